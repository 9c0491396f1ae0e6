"""Answers about the register, as they are shown and as they are echoed."""

from datetime import date
from enum import StrEnum

from application.queries.contract_answer import Knowledge
from domain.calendar import Instant, Term
from domain.care_type import CareType
from domain.contract.facts import Reason
from domain.contract.standing import ClaimsStanding, Status
from domain.model import Frozen

REGISTER_FORMAT = 1


class ListedContract(Frozen):
    """One contract on the day asked about; tier and selective purchasing are absent when it is not in force.

    ``entitled_tier`` is that of the procedure, ``due_on`` the last local day of what the procedure waited for.
    """

    contract_id: str
    status: Status
    attempt: int
    entitled_tier: str | None
    offered_tier: str | None
    due_on: date | None
    reasons: tuple[Reason, ...]
    in_force: bool
    term: Term | None
    tier: str | None
    tier_from: date | None
    selective: tuple[str, ...]
    listed: bool
    listed_from: Instant | None


class RegisterAnswer(Frozen):
    """A page of the register; ``next_page`` asks for the one after it with the same knowledge, absent at the end.

    Repeated with its ``known_at`` and ``position`` it is the same to the byte, for one version of the model.
    """

    format: int = REGISTER_FORMAT
    tzdata: str
    model_version: int
    purchaser: str
    effective_on: date
    known_at: Instant
    position: int
    knowledge: Knowledge
    contracts: tuple[ListedContract, ...] = ()
    next_page: str | None = None


class WhyNot(StrEnum):
    """Why there is no contract in force, where no procedure tells."""

    NO_POLICY = "no_policy"
    PRACTICE_UNKNOWN = "practice_unknown"
    NO_PROCEDURE = "no_procedure"
    OUTSIDE_TERM = "outside_term"


class ClaimAnswer(Frozen):
    """Whether care on a day was contracted, for a claim; ``claims`` is absent when the log can not tell.

    ``practice`` is the contract's own AGB code, where the one asked with is that of a location. ``reason`` is why there
    is no contract in force: a value of ``WhyNot``, the route of a care type that is not contracted this way, or the
    status of the procedure; never what was found of the practice.
    """

    format: int = REGISTER_FORMAT
    tzdata: str
    model_version: int
    purchaser: str
    agb: str
    care_type: CareType
    effective_on: date
    known_at: Instant
    position: int
    knowledge: Knowledge
    claims: ClaimsStanding | None = None
    practice: str | None = None
    contract_id: str | None = None
    tier: str | None = None
    tier_from: date | None = None
    term: Term | None = None
    selective: tuple[str, ...] = ()
    listed: bool = False
    reason: str | None = None

"""The answer to a question about one contract, as it is shown and as it is echoed: one model for each part."""

from datetime import date
from enum import StrEnum
from typing import Literal

from application.queries.insurers import InsurerNamed
from domain.calendar import Instant, Term
from domain.contract.audience import Audience
from domain.contract.facts import ApplicationKind, Reason
from domain.contract.standing import ClaimsStanding, Status
from domain.explanation import Explanation
from domain.model import Frozen, added
from domain.policy.application_rules import StartOn

ANSWER_FORMAT = 1


class Knowledge(StrEnum):
    """Whether the log can answer at all."""

    KNOWN = "known"
    NOT_KNOWN_YET = "not_known_yet"


class TierFrom(Frozen):
    """A tier and the local day from which it holds."""

    tier: str
    effective_on: date
    factors: tuple[str, ...]


class EvidenceState(Frozen):
    """A piece of evidence and what became of it; ``explanation`` is the one stored with its verdict."""

    evidence_id: str
    factor: str
    supplied_at: Instant
    state: Literal["waiting", "rejected", "accepted"]
    consequence: str | None = None
    explanation: Explanation | None = None


class ReviewState(Frozen):
    """A question to a person."""

    review_id: str
    ground: str
    factor: str | None
    outcome: str | None


class OfferState(Frozen):
    """The offer as it stands; with ``starts`` its start waits for the signature, by that rule."""

    offered_at: Instant
    tier: str | None
    term: Term
    last_signing_day: date
    agreement_sha256: str
    flags: tuple[Reason, ...] = ()
    starts: StartOn | None = added()


class ApplicationState(Frozen):
    """The application that opened the attempt, and what became of it; its month governs the start (CQ25-4-37)."""

    kind: ApplicationKind
    received_at: Instant
    awaits_documents: bool
    granted_at: Instant | None
    term: Term | None


class ModuleInForce(Frozen):
    """A module in force on the day asked about; ``last_day`` is its last one if the contract runs on."""

    module: str
    term: Term
    last_day: date
    next_retest_due: date | None


class ModuleState(Frozen):
    """Where a module stood in the procedure: granted, or refused with the reason; the results of its tests."""

    module: str
    granted_at: Instant | None = None
    term: Term | None = None
    refused: Reason | None = None
    ended_by: Reason | None = None
    last_day: date | None = None
    next_retest_due: date | None = None
    passed: tuple[date, ...] = ()
    failed: tuple[date, ...] = ()


class Procedure(Frozen):
    """Where the procedure stood by the end of the day asked about, deadlines judged at ``judged_at``.

    Of several attempts it is about the latest; ``attempt`` is its number. ``flags`` are what a person at the purchaser
    should see of the approach; they decide nothing.
    """

    status: Status
    attempt: int = 1
    application: ApplicationState | None = None
    judged_at: Instant
    approached_at: Instant | None
    reasons: tuple[Reason, ...]
    flags: tuple[Reason, ...] = added(())
    questionnaire_deadline: date | None
    confirmed_at: Instant | None
    assessed_at: Instant | None
    entitled_tier: str | None
    corrections_open: tuple[str, ...]
    evidence: tuple[EvidenceState, ...]
    reviews: tuple[ReviewState, ...]
    offer: OfferState | None
    signed_at: Instant | None
    published_at: Instant | None
    modules: tuple[ModuleState, ...] = added(())


class Legal(Frozen):
    """What held in law on the day asked about, from every fact known.

    ``claims`` says how a claim for care on that day is treated at ``known_at`` (OD47).
    """

    concluded: bool
    in_force: bool
    term: Term | None
    tier: str | None
    tier_from: date | None
    timeline: tuple[TierFrom, ...]
    selective: tuple[str, ...]
    claims: ClaimsStanding
    modules: tuple[ModuleInForce, ...] = added(())


class NextTier(Frozen):
    """The shortest way to the next tier: the factors whose evidence can still bring it; ``points`` are those missing.

    Where tiers count no points there are none.
    """

    tier: str
    factors: tuple[str, ...]
    clause: str
    points: str | None = added()


class ExplainedBy(Frozen):
    """The fact whose decision an explanation tells: what was decided later without changing a tier is not in it."""

    event_id: str
    occurred_at: Instant
    recorded_at: Instant


class ContractAnswer(Frozen):
    """An answer with what it rests on; repeated with its ``known_at`` and ``position`` it is the same to the byte.

    ``explanation`` is about the tier of the day asked about, of the first day in force before that; ``next_tier`` about
    what can be supplied at ``known_at``. ``insurers`` are named where one policy is for several; a signed contract is
    with those of its offer.
    """

    format: int = ANSWER_FORMAT
    tzdata: str
    contract_id: str
    effective_on: date
    known_at: Instant
    position: int
    knowledge: Knowledge
    policy_id: str | None = None
    policy_position: int | None = None
    insurers: tuple[InsurerNamed, ...] = added(())
    procedure: Procedure | None = None
    legal_position: Legal | None = None
    listed: bool | None = None
    listed_from: Instant | None = None
    explanation: Explanation | None = None
    explained_by: ExplainedBy | None = None
    next_tier: NextTier | None = None
    audience: Audience = added(Audience.PURCHASER)

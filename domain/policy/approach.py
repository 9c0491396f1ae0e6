"""Whom a round approaches, as data: each rule with its clause; a care type may have rules of its own."""

from enum import StrEnum

from pydantic import Field

from domain.model import Frozen
from domain.policy.values import Clause, Code, Day, RefusalCode, Ruled, Words
from domain.provider.register import ProviderKind


class RecentContractRule(Ruled):
    """Only who had a contract in force in one of the so many calendar years before the policy year is approached."""

    calendar_years: int = Field(ge=1)


class WhichCareType(StrEnum):
    """Whether only the care type in question counts, or any."""

    SAME = "same"
    ANY = "any"


class ContractInYearRule(Ruled):
    """A contract in force in the calendar year so many years before the policy year.

    With ``full_years`` it ran for exactly so many calendar years, with ``addendum`` it had that addendum (CQ25-4-28).
    """

    years_before: int = Field(default=1, ge=1)
    care_type: WhichCareType = WhichCareType.SAME
    full_years: int | None = Field(default=None, ge=1)
    addendum: Words | None = None
    code: RefusalCode = "NO_CONTRACT_IN_YEAR"


class ClaimsInYearRule(Ruled):
    """Claims in the calendar year so many years before the policy year: more than none.

    None with a contract is a gap in the text: not approached, not new, and flagged; unknown is for a person (OD35).
    """

    years_before: int = Field(default=1, ge=1)
    value: Code = "claims"
    code: RefusalCode = "NO_CLAIMS_IN_YEAR"
    unknown_code: RefusalCode = "CLAIMS_UNKNOWN"
    flag: RefusalCode = "CONTRACT_WITHOUT_CLAIMS"


class FindingsRule(Ruled):
    """A finding that the practice did not meet the conditions, recorded with its day, up to ``until`` (ASR24-5-3)."""

    value: Code = "finding"
    until: Day
    code: RefusalCode = "FOUND_NOT_TO_MEET_CONDITIONS"


class RunningRule(Ruled):
    """A contract that runs on into the policy year gets no new offer (CQ25-4-2)."""

    code: RefusalCode = "RUNNING_MULTI_YEAR"


class ClosedRule(Ruled):
    """The round approaches nobody for the care type (CQ25-4-3)."""

    code: RefusalCode = "NO_ROUND"


class ApproachRules(Frozen):
    """Whom a round approaches. ``conditions`` tests those that need no answer of the practice, before the approach."""

    approach: Ruled
    kinds: tuple[ProviderKind, ...] = Field(min_length=1)
    kinds_clause: Clause
    certificate: Ruled | None = None
    recent_contract: RecentContractRule | None = None
    opt_out: Ruled | None = None
    integrity: Ruled | None = None
    running: RunningRule | None = None
    closed: ClosedRule | None = None
    contract_in_year: ContractInYearRule | None = None
    claims_in_year: ClaimsInYearRule | None = None
    findings: FindingsRule | None = None
    conditions: Ruled | None = None

"""Applications as data: for whom, until when, from when a contract starts, what a person judges, what bars."""

from enum import StrEnum

from pydantic import Field, model_validator

from domain.model import added
from domain.policy.condition_rules import Criterion
from domain.policy.values import (
    Bilingual,
    Clause,
    Code,
    Day,
    Flag,
    Identifier,
    Inconsistency,
    RefusalCode,
    Ruled,
    refuse,
)


class Applicants(StrEnum):
    """Whom a rule is about, by the contracts that this purchaser had with the practice.

    ``new`` had none ever; ``without_last_year`` had none in the year before the policy year, so all new ones too.
    """

    EVERYBODY = "everybody"
    NEW = "new"
    WITHOUT_LAST_YEAR = "without_last_year"


class After(StrEnum):
    """What an application may follow on: no offer, or one that came to nothing (OD19)."""

    NO_OFFER = "no_offer"
    LAPSED = "lapsed"
    DECLINED = "declined"
    REFUSED = "refused"
    TERMINATED = "terminated"


class ApplicationDeadline(Ruled):
    """Until the planning's day of kind ``application_deadline`` one applies for the regular round.

    From the policy year on it no longer holds (OD33).
    """

    applicants: Applicants = Applicants.EVERYBODY
    code: RefusalCode = "APPLICATION_TOO_LATE"


class StartOn(StrEnum):
    """The day on which a contract starts, never before its term: seven rules that policies use."""

    TERM_START = "term_start"
    FIRST_OF_MONTH_AFTER_APPLICATION = "first_of_month_after_application"
    FIRST_OF_MONTH_AFTER_SIGNATURE = "first_of_month_after_signature"
    MONTH_OF_SIGNATURE = "month_of_signature"
    NEXT_QUARTER_DAY = "next_quarter_day"
    FIXED_DAY = "fixed_day"
    DECIDED_BY_PERSON = "decided_by_person"


ON_ITS_OWN = (
    StartOn.TERM_START,
    StartOn.FIRST_OF_MONTH_AFTER_SIGNATURE,
    StartOn.MONTH_OF_SIGNATURE,
    StartOn.NEXT_QUARTER_DAY,
    StartOn.FIXED_DAY,
)
"""Rules that need no application and no person: those by which a round's contracts can start."""


class StartRule(Ruled):
    """From when a contract is in force; ``day`` belongs to ``fixed_day`` alone.

    ``not_before`` is for a term that began before the year that is applied for: a month after the application that
    lies before that day gives that day (CQ25-4-37).
    """

    on: StartOn
    day: Day | None = None
    not_before: Day | None = added()

    @model_validator(mode="after")
    def _day_fits(self) -> "StartRule":
        if (self.on is StartOn.FIXED_DAY) != (self.day is not None):
            refuse([Inconsistency(("day",), "a day belongs to the rule fixed_day, and only there")])
        if self.not_before is not None and self.on is not StartOn.FIRST_OF_MONTH_AFTER_APPLICATION:
            told = "belongs to the rule first_of_month_after_application, and only there"
            refuse([Inconsistency(("not_before",), told)])
        return self


class SignBy(Ruled):
    """Until when an offer on an application can be signed: the last day is so many days after that of the offer."""

    days: int = Field(ge=1)


class JudgedCriterion(Criterion):
    """What a named person judges of an application, with the reason code of a refusal.

    With ``when_doubted`` it is only asked where an officer has signalled doubt (CQ25-4-39).
    """

    refusal_code: RefusalCode
    applicants: Applicants = Applicants.EVERYBODY
    when_doubted: Flag = False


class NoClaimsFiled(Ruled):
    """In a running year no contract where claims for treatment in that year were filed, for any care type (OD34)."""

    value: Code = "claims"
    code: RefusalCode = "CLAIMS_ALREADY_FILED"
    unknown_code: RefusalCode = "CLAIMS_UNKNOWN"


class ApplicationRules(Ruled):
    """The route for who received no offer.

    ``states`` are what an application has to say; one that does not is asked for it. Waiting for documents never moves
    the day of the application. ``flag_start_before_offer`` shows a start that lies before offer or signature to a
    person and bars nothing (OD20).
    """

    contact: str = ""
    after: tuple[After, ...] = tuple(After)
    states: tuple[Code, ...] = ()
    states_clause: Clause | None = None
    deadline: ApplicationDeadline | None = None
    start: StartRule | None = None
    start_in_running_year: StartRule | None = None
    sign_by: SignBy | None = None
    criteria: tuple[JudgedCriterion, ...] = ()
    no_claims_filed: NoClaimsFiled | None = None
    flag_start_before_offer: Ruled | None = None


class FollowInsurerRule(Ruled):
    """A practice may ask to take over what it agreed with another insurer; a person decides (CQ25-4-30..32).

    Without ``documents`` the application waits for them; the month of the application counts (OD52).
    """

    documents: Bilingual
    documents_clause: Clause
    assessment_clause: Clause
    vektis: Flag = True
    term_decided_by_person: Flag = True


class TransferRule(Ruled):
    """The care is contracted under another policy; ``to`` names it."""

    to: Identifier
    code: RefusalCode = "OTHER_POLICY"

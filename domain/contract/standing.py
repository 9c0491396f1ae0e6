"""Where a contract stands: two sorts of answer that must never be confused.

*Where did the procedure stand* at an instant: from the facts that had occurred by then, deadlines judged at it.
*What was the legal position* on a day: term and tier timeline evaluated on the day, from every fact that is known.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.calendar import Deadline, Term, day_start, last_instant
from domain.care_type import CareType
from domain.contract.contract import Assignment, Contract
from domain.policy.document import PlanningKind, PolicyDocument


class Status(StrEnum):
    """Where the procedure stands."""

    NO_PROCEDURE = "no_procedure"
    AWAITS_REVIEW = "awaits_review"
    NOT_APPROACHED = "not_approached"
    QUESTIONNAIRE_OPEN = "questionnaire_open"
    QUESTIONNAIRE_LAPSED = "questionnaire_lapsed"
    CONFIRMED = "confirmed"
    ASSESSED_NEGATIVE = "assessed_negative"
    ASSESSED = "assessed"
    OFFER_WITHHELD = "offer_withheld"
    OFFERED = "offered"
    OFFER_DECLINED = "offer_declined"
    OFFER_LAPSED = "offer_lapsed"
    SIGNED = "signed"
    ENDED = "ended"


OVER = frozenset(
    {
        Status.QUESTIONNAIRE_LAPSED,
        Status.ASSESSED_NEGATIVE,
        Status.OFFER_DECLINED,
        Status.OFFER_LAPSED,
        Status.ENDED,
    }
)
"""Where nothing that is supplied counts any more."""


@dataclass(frozen=True)
class Deadlines:
    """The deadlines that hold for a contract at an instant: those of the policy version in force then."""

    questionnaire: Deadline
    signing: Deadline
    publication_starts: datetime


def deadlines_of(contract: Contract, document: PolicyDocument, care_type: CareType) -> Deadlines:
    """The policy's deadlines for a care type; a last signing day set by a person goes first."""
    signing, _ = document.deadline(PlanningKind.SIGNING, care_type)
    if contract.offer is not None and contract.offer.last_day_fixed:
        signing = Deadline(day=contract.offer.last_signing_day)
    publication, _ = document.deadline(PlanningKind.PUBLICATION, care_type)
    return Deadlines(
        questionnaire=document.deadline(PlanningKind.QUESTIONNAIRE_DEADLINE, care_type)[0],
        signing=signing,
        publication_starts=day_start(publication.day),
    )


def status(contract: Contract, deadlines: Deadlines, at: datetime) -> Status:
    """The procedure's status at an instant; what a deadline ends has ended when it passes, recorded or not."""
    if contract.signed_at is not None:
        term = contract.term
        ended = term is not None and term.end is not None and at > last_instant(term.end)
        return Status.ENDED if ended else Status.SIGNED
    if contract.declined_at is not None:
        return Status.OFFER_DECLINED
    if contract.offer is not None:
        return Status.OFFER_LAPSED if deadlines.signing.passed(at) else Status.OFFERED
    if contract.assessed_at is not None:
        if not contract.positive:
            return Status.ASSESSED_NEGATIVE
        return Status.OFFER_WITHHELD if contract.withheld is not None else Status.ASSESSED
    if contract.confirmed_at is not None:
        return Status.CONFIRMED
    if contract.questionnaire_sent_at is not None:
        return Status.QUESTIONNAIRE_LAPSED if deadlines.questionnaire.passed(at) else Status.QUESTIONNAIRE_OPEN
    return _before_the_questionnaire(contract)


def _before_the_questionnaire(contract: Contract) -> Status:
    if contract.not_approached:
        return Status.NOT_APPROACHED
    undecided = any(review.outcome is None for review in contract.reviews.values())
    return Status.AWAITS_REVIEW if undecided else Status.NO_PROCEDURE


@dataclass(frozen=True)
class LegalPosition:
    """What holds in law on a day; the tier is absent when the contract is not in force."""

    concluded: bool
    in_force: bool
    term: Term | None
    tier: Assignment | None


def legal_position(contract: Contract, effective_on: date) -> LegalPosition:
    """The position on a local day, from every fact known, also those that occurred after the day."""
    in_force = contract.in_force(effective_on)
    return LegalPosition(
        concluded=contract.signed_at is not None,
        in_force=in_force,
        term=contract.term,
        tier=contract.tier_on(effective_on) if in_force else None,
    )


def listed_from(contract: Contract, publication_starts: datetime) -> datetime | None:
    """From when the care finder shows the contract: the later of signature and publication date (OD18)."""
    return None if contract.signed_at is None else max(contract.signed_at, publication_starts)


def listed(contract: Contract, publication_starts: datetime, at: datetime) -> bool:
    """Whether the care finder shows the contract at an instant: until the last instant of the last day in force."""
    starts, term = listed_from(contract, publication_starts), contract.term
    if starts is None or term is None or at < starts:
        return False
    return term.end is None or at <= last_instant(term.end)


def timeline_of(contract: Contract) -> list[Assignment]:
    """The tiers as they hold from day to day, each with the first day on which it answers."""
    days: Iterable[date] = sorted({assignment.effective_on for assignment in contract.assignments})
    found: list[Assignment] = []
    for day in days:
        assignment = contract.tier_on(day)
        if assignment is not None and (not found or found[-1].tier != assignment.tier):
            found.append(assignment)
    return found

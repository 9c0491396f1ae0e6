"""Where a contract stands: two sorts of answer that must never be confused.

*Where did the procedure stand* at an instant: from the facts that had occurred by then, deadlines judged at it.
*What was the legal position* on a day: term and tier timeline evaluated on the day, from every fact that is known.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from domain.calendar import Deadline, Term, day_start, last_instant, local_day
from domain.care_type import CareType
from domain.contract.contract import Assignment, Contract, Offer
from domain.contract.facts import Reason
from domain.policy.care_type_rules import SelectivePurchase
from domain.policy.document import PlanningKind, PolicyDocument, Route
from domain.policy.judged import Judged
from domain.policy.planning import Reminders
from domain.policy.term_rules import ExtendedBy
from domain.provider.provider import Provider


class Status(StrEnum):
    """Where the procedure stands."""

    NO_PROCEDURE = "no_procedure"
    AWAITS_REVIEW = "awaits_review"
    NOT_APPROACHED = "not_approached"
    TRANSFERRED = "transferred"
    APPLICATION_RECEIVED = "application_received"
    APPLICATION_REFUSED = "application_refused"
    CARRIED_OVER = "carried_over"
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
        Status.APPLICATION_REFUSED,
        Status.QUESTIONNAIRE_LAPSED,
        Status.ASSESSED_NEGATIVE,
        Status.OFFER_DECLINED,
        Status.OFFER_LAPSED,
        Status.ENDED,
    }
)
"""Where nothing that is supplied counts any more."""

UNFINISHED = frozenset(
    {
        Status.AWAITS_REVIEW,
        Status.APPLICATION_RECEIVED,
        Status.QUESTIONNAIRE_OPEN,
        Status.CONFIRMED,
        Status.ASSESSED,
        Status.OFFER_WITHHELD,
        Status.OFFERED,
    }
)
"""Where contracting goes on: neither signed, nor lapsed, nor refused (ASR24-5-DECL-2)."""


class Deadlines(NamedTuple):
    """The deadlines that hold for a contract at an instant: those of the policy version in force then."""

    questionnaire: Deadline | None
    signing: Deadline | None
    publication_starts: datetime | None


class Planned(NamedTuple):
    """What a policy's planning says of one care type, before it is asked about a contract.

    ``extends_to`` is until when its adoption extends running contracts; ``reply_within`` is in how many working days
    the purchaser aims to answer.
    """

    questionnaire: Deadline | None
    signing: Deadline | None
    signing_binds: bool
    publication_starts: datetime | None
    questionnaire_reminders: Reminders | None = None
    signing_reminders: Reminders | None = None
    extends_to: date | None = None
    reply_within: int | None = None


def planned(document: PolicyDocument, care_type: CareType) -> Planned:
    """The policy's deadlines for a care type, each absent where the planning has none."""
    publication = _planned(document, PlanningKind.PUBLICATION, care_type)
    asked = document.care_types[care_type].route is Route.QUESTIONNAIRE
    extension = document.care_types[care_type].extension
    by_adoption = extension is not None and extension.by is ExtendedBy.ADOPTION
    return Planned(
        questionnaire=_planned(document, PlanningKind.QUESTIONNAIRE_DEADLINE, care_type) if asked else None,
        signing=_planned(document, PlanningKind.SIGNING, care_type),
        signing_binds=document.binds(PlanningKind.SIGNING, care_type),
        publication_starts=None if publication is None else day_start(publication.day),
        questionnaire_reminders=_reminders(document, PlanningKind.QUESTIONNAIRE_DEADLINE, care_type) if asked else None,
        signing_reminders=_reminders(document, PlanningKind.SIGNING, care_type),
        extends_to=extension.until if extension is not None and by_adoption else None,
        reply_within=None if document.mail is None else document.mail.reply_within_working_days,
    )


def _reminders(document: PolicyDocument, kind: PlanningKind, care_type: CareType) -> Reminders | None:
    row = document.row_of(kind, care_type)
    return None if row is None else row.reminders


def deadlines_of(contract: Contract, document: PolicyDocument, care_type: CareType) -> Deadlines:
    """The policy's deadlines for a care type, each absent where the planning has none.

    An offer's own last signing day goes first; a target ends no offer (OD39), and no deadline of the round an
    application (OD22).
    """
    return deadlines_under(planned(document, care_type), contract)


def deadlines_under(planning: Planned, contract: Contract) -> Deadlines:
    """The same from what the planning says."""
    signing, offer = planning.signing, contract.offer
    if offer is not None and (offer.last_day_fixed or not planning.signing_binds):
        signing = Deadline(day=offer.last_signing_day)
    return Deadlines(
        questionnaire=planning.questionnaire if contract.application is None else None,
        signing=signing,
        publication_starts=planning.publication_starts,
    )


def _planned(document: PolicyDocument, kind: PlanningKind, care_type: CareType) -> Deadline | None:
    day = document.day_of(kind, care_type)
    return None if day is None else document.deadline(kind, care_type)[0]


def status(contract: Contract, deadlines: Deadlines, at: datetime) -> Status:
    """The procedure's status at an instant; what a deadline ends has ended when it passes, recorded or not."""
    if contract.concluded:
        term = contract.term
        ended = term is None or (term.end is not None and at > last_instant(term.end))
        if ended:
            return Status.ENDED
        return Status.SIGNED if contract.signed_at is not None else Status.CARRIED_OVER
    if contract.declined_at is not None:
        return Status.OFFER_DECLINED
    if contract.offer is not None:
        lapsed = deadlines.signing is not None and deadlines.signing.passed(at)
        return Status.OFFER_LAPSED if lapsed else Status.OFFERED
    if contract.assessed_at is not None:
        if not contract.positive:
            return Status.ASSESSED_NEGATIVE
        return Status.OFFER_WITHHELD if contract.withheld is not None else Status.ASSESSED
    if contract.confirmed_at is not None:
        return Status.CONFIRMED
    if contract.withheld is not None:
        return Status.OFFER_WITHHELD
    if contract.questionnaire_sent_at is not None:
        lapsed = deadlines.questionnaire is not None and deadlines.questionnaire.passed(at)
        return Status.QUESTIONNAIRE_LAPSED if lapsed else Status.QUESTIONNAIRE_OPEN
    return _before_the_questionnaire(contract)


def _before_the_questionnaire(contract: Contract) -> Status:
    if contract.application is not None:
        refused = contract.application.refused is not None
        return Status.APPLICATION_REFUSED if refused else Status.APPLICATION_RECEIVED
    if contract.transferred_to is not None:
        return Status.TRANSFERRED
    if contract.not_approached:
        return Status.NOT_APPROACHED
    undecided = any(review.outcome is None for review in contract.reviews.values())
    return Status.AWAITS_REVIEW if undecided else Status.NO_PROCEDURE


def term_sought(contract: Contract, of_policy: Term | None) -> Term | None:
    """The days in force once signed, else those offered or granted, else the policy's."""
    application = contract.application
    granted = None if application is None else application.term
    if application is not None and of_policy is not None:
        granted = application.term_beside(of_policy)
    return contract.settled_term or granted or of_policy


def entitled_tier(contract: Contract, term: Term | None, at: datetime) -> str | None:
    """The tier that the practice is entitled to in the procedure; before the term that of its first day."""
    assignment = None if term is None else contract.tier_on(max(local_day(at), term.start))
    return None if assignment is None else assignment.tier


def last_signing_day(offer: Offer, deadlines: Deadlines) -> date:
    """The last local day on which an offer can be signed."""
    return offer.last_signing_day if deadlines.signing is None else deadlines.signing.last_day


def reasons_of(contract: Contract) -> tuple[Reason, ...]:
    """Why the practice was not approached, or why its application was refused."""
    refused = None if contract.application is None else contract.application.refused
    return contract.not_approached if refused is None else (*contract.not_approached, refused)


def flagged(judged: Iterable[Judged]) -> tuple[Reason, ...]:
    """What a person at the purchaser should see of what was judged, whatever it came to (OD35, OD38)."""
    return tuple(
        Reason(code=flag, clause=each.explanation.clause, found=each.explanation.value)
        for each in judged
        for flag in each.flags
    )


def members_of(selective: Iterable[SelectivePurchase], provider: Provider | None, day: date) -> tuple[str, ...]:
    """The selective purchasing that the practice takes part in on a local day, by code (OD45)."""
    if provider is None:
        return ()
    return tuple(each.code for each in selective if provider.member_on(day, each.network))


@dataclass(frozen=True)
class LegalPosition:
    """What holds in law on a day; the tier is absent when the contract is not in force."""

    concluded: bool
    in_force: bool
    term: Term | None
    tier: Assignment | None


def legal_position(contract: Contract, effective_on: date) -> LegalPosition:
    """The position on a local day, from every fact known, also those that occurred after the day."""
    in_force, asked = contract.attempt_in_force(effective_on), contract.attempt_asked(effective_on)
    tier = None if in_force is None else in_force.tier_on(effective_on)
    return LegalPosition(
        concluded=asked is not None,
        in_force=in_force is not None,
        term=None if asked is None else asked.term,
        tier=None if in_force is None or tier is None else _from_the_start(in_force, tier),
    )


def _from_the_start(contract: Contract, assignment: Assignment) -> Assignment:
    """A tier that was assigned before the signature moved the start holds from that start."""
    starts = assignment.effective_on if contract.term is None else contract.term.start
    return assignment._replace(effective_on=max(assignment.effective_on, starts))


class ClaimsStanding(StrEnum):
    """How a claim for care on a day is treated: one of three answers, never two at once (OD47)."""

    CONTRACTED = "contracted"
    NOT_CONTRACTED = "not_contracted"
    HELD = "held"


def claims_standing(
    contract: Contract, document: PolicyDocument, care_type: CareType, effective_on: date, at: datetime
) -> ClaimsStanding:
    """How a claim for care on a local day is treated with what is known at an instant (ASR24-5-DECL-2, OD47).

    Contracted when the contract is in force on the day. Held while contracting for the term that the day lies in is
    unfinished, deadlines judged at the instant, if the policy in force then says so; else not contracted.
    """
    if contract.attempt_in_force(effective_on) is not None:
        return ClaimsStanding.CONTRACTED
    rules = document.care_types[care_type]
    rule, last = rules.term, rules.latest_end
    holds = document.claims is not None and document.claims.held_while_unfinished
    if not holds or rule is None or last is None or not rule.start <= effective_on <= last:
        return ClaimsStanding.NOT_CONTRACTED
    unfinished = status(contract, deadlines_of(contract, document, care_type), at) in UNFINISHED
    return ClaimsStanding.HELD if unfinished else ClaimsStanding.NOT_CONTRACTED


def listed_from(contract: Contract, publication_starts: datetime | None) -> datetime | None:
    """From when the care finder shows an attempt: the later of signature and publication date (OD18).

    A contract from before this system was shown already, and is from its first day on.
    """
    if contract.carried_over is not None:
        return day_start(contract.carried_over.term.start)
    if contract.signed_at is None or publication_starts is None:
        return None
    return max(contract.signed_at, publication_starts)


def listed(contract: Contract, publication_starts: datetime | None, at: datetime) -> bool:
    """Whether the care finder shows an attempt at an instant: until the last instant of its last day in force."""
    return any(_listed(attempt, publication_starts, at) for attempt in contract.attempts)


def _listed(attempt: Contract, publication_starts: datetime | None, at: datetime) -> bool:
    starts, term = listed_from(attempt, publication_starts), attempt.term
    if starts is None or term is None or at < starts:
        return False
    return term.end is None or at <= last_instant(term.end)


def timeline_of(contract: Contract) -> list[Assignment]:
    """The tiers as they hold from day to day, each with the first day on which it answers."""
    days: Iterable[date] = sorted({_from_the_start(contract, each).effective_on for each in contract.assignments})
    found: list[Assignment] = []
    for day in days:
        assignment = contract.tier_on(day)
        if assignment is not None and (not found or found[-1].tier != assignment.tier):
            found.append(_from_the_start(contract, assignment))
    return found

"""What falls due for a contract by time alone, and what waits for a person."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from domain.calendar import day_start, last_instant, next_day
from domain.contract.commands import (
    AnnounceTierChange,
    ContractCommand,
    Publish,
    RecordExtension,
    RecordLapse,
    RecordModuleLapse,
    RecordReminder,
    Unpublish,
)
from domain.contract.contract import Contract
from domain.contract.ended_proofs import ended_proofs
from domain.contract.facts import (
    ApplicationReceived,
    DocumentsReceived,
    DocumentsRequested,
    EvidenceRejected,
    EvidenceUploaded,
    Reminder,
    ReviewGround,
)
from domain.contract.modules import lapses_ahead
from domain.contract.reminders import reminders_ahead
from domain.contract.standing import Deadlines, Planned, Status, deadlines_under, listed_from
from domain.contract.tier_announcement import tiers_ahead
from domain.history import Recorded, effective


class DueKind(StrEnum):
    """What a tick records when it is due."""

    QUESTIONNAIRE_REMINDER = "questionnaire_reminder"
    OFFER_REMINDER = "offer_reminder"
    QUESTIONNAIRE_LAPSE = "questionnaire_lapse"
    OFFER_LAPSE = "offer_lapse"
    EXTENSION = "extension"
    TIER_CHANGE = "tier_change"
    MODULE_LAPSE = "module_lapse"
    PUBLICATION = "publication"
    UNPUBLICATION = "unpublication"


RECORDED_BY: dict[DueKind, ContractCommand] = {
    DueKind.QUESTIONNAIRE_REMINDER: RecordReminder(),
    DueKind.OFFER_REMINDER: RecordReminder(),
    DueKind.QUESTIONNAIRE_LAPSE: RecordLapse(),
    DueKind.OFFER_LAPSE: RecordLapse(),
    DueKind.EXTENSION: RecordExtension(),
    DueKind.TIER_CHANGE: AnnounceTierChange(),
    DueKind.MODULE_LAPSE: RecordModuleLapse(),
    DueKind.PUBLICATION: Publish(),
    DueKind.UNPUBLICATION: Unpublish(),
}
"""The command that records each."""


class Due(NamedTuple):
    """What falls due, and from which instant on; ``until`` is when it is no longer to be done, absent if it stays."""

    kind: DueKind
    at: datetime
    until: datetime | None = None


def falls_due(contract: Contract, planning: Planned, since: datetime) -> Iterator[Due]:
    """What a tick will record of a contract, and from when, when nothing more happens to it.

    ``since`` is the instant from which the planning is in force.
    """
    yield from _by_planning(contract, deadlines_under(planning, contract))
    for reminder in reminders_ahead(contract, planning):
        asked = reminder.about is Reminder.QUESTIONNAIRE
        kind = DueKind.QUESTIONNAIRE_REMINDER if asked else DueKind.OFFER_REMINDER
        yield Due(kind, reminder.at, reminder.until)
    yield from _extension(contract, planning, since)
    yield from (Due(DueKind.TIER_CHANGE, each.at) for each in tiers_ahead(contract))
    yield from (Due(DueKind.MODULE_LAPSE, at) for at in lapses_ahead(contract))


def _extension(contract: Contract, planning: Planned, since: datetime) -> Iterator[Due]:
    agreed, until = contract.agreed_term, planning.extends_to
    if until is None or agreed is None or agreed.end is None or contract.last_day is not None or agreed.end >= until:
        return
    starts = max(since, contract.signed_at or since)
    if starts <= last_instant(agreed.end):
        yield Due(DueKind.EXTENSION, starts)


def _by_planning(contract: Contract, deadlines: Deadlines) -> Iterator[Due]:
    if contract.signed_at is None and contract.declined_at is None:
        yield from _lapses(contract, deadlines)
    elif contract.signed_at is not None:
        yield from _publications(contract, deadlines)


def _lapses(contract: Contract, deadlines: Deadlines) -> Iterator[Due]:
    asked = contract.questionnaire_sent_at is not None and contract.confirmed_at is None
    if asked and deadlines.questionnaire is not None:
        ends = deadlines.questionnaire.ends_at
        if contract.questionnaire_lapse_recorded != ends:
            yield Due(DueKind.QUESTIONNAIRE_LAPSE, ends)
    if contract.offer is not None and deadlines.signing is not None:
        ends = deadlines.signing.ends_at
        if contract.offer_lapse_recorded != ends:
            yield Due(DueKind.OFFER_LAPSE, ends)


def _publications(contract: Contract, deadlines: Deadlines) -> Iterator[Due]:
    starts, term = listed_from(contract, deadlines.publication_starts), contract.term
    if starts is None or contract.signed_at is None:
        return
    ends = None if term is None or term.end is None else day_start(next_day(term.end))
    if contract.published_at is None:
        first = max(starts, contract.signed_at)
        if term is not None and (ends is None or first < ends):
            yield Due(DueKind.PUBLICATION, first, ends)
    elif contract.unpublished_at is None:
        if term is None:
            yield Due(DueKind.UNPUBLICATION, contract.published_at)
        elif ends is not None:
            yield Due(DueKind.UNPUBLICATION, ends)
    elif term is not None:
        # its end was taken back: it is told again from the first day on which it is in force
        first = max(starts, contract.unpublished_at, day_start(term.start))
        if ends is None or first < ends:
            yield Due(DueKind.PUBLICATION, first, ends)


class WorkKind(StrEnum):
    """What a person has to do."""

    EVIDENCE = "evidence"
    CORRECTION = "correction"
    PROOF_ENDS = "proof_ends"
    ASSESSMENT = "assessment"
    APPLICATION = "application"
    REVIEW = "review"
    MISSING_DATA = "missing_data"


PROOF_ENDS_IN = timedelta(days=60)
"""So long before a proof ends it is shown to a person, who may ask the practice for a new one."""


class Work(NamedTuple):
    """One thing that waits for a person, named by ``item`` within its contract and kind.

    It waits since an instant; ``due_on`` is the last local day on which it is in time, if there is one.
    """

    kind: WorkKind
    item: str
    about: str
    since: datetime
    due_on: date | None = None


def open_work(
    contract: Contract,
    stands: Status,
    due_on: date | None,
    history: Sequence[Recorded],
    reply_by: Callable[[datetime], date | None] = lambda _: None,
) -> Iterator[Work]:
    """What waits for a person where the procedure stands, reviews apart: it ends with the procedure.

    ``due_on`` is the last local day on which the contract can be signed, absent once it is; ``reply_by`` tells by which
    day the purchaser aims to answer what came at an instant (CQ25-5-6).
    """
    for evidence in contract.evidence.values():
        if evidence.open:
            by = due_on or reply_by(evidence.supplied_at)
            yield Work(WorkKind.EVIDENCE, evidence.evidence_id, evidence.factor, evidence.supplied_at, by)
    yield from _unanswered_corrections(contract, history, due_on)
    yield from _proofs_that_end(contract)
    if stands is Status.CONFIRMED and contract.confirmed_at is not None:
        yield Work(WorkKind.ASSESSMENT, "questionnaire", "", contract.confirmed_at, due_on)
    application = contract.application
    if stands is Status.APPLICATION_RECEIVED and application is not None:
        if application.documents_missing:
            requested = [each for each in effective(history) if isinstance(each.fact, DocumentsRequested)]
            documents = requested[-1].fact.documents if isinstance(requested[-1].fact, DocumentsRequested) else ()
            yield Work(WorkKind.MISSING_DATA, "documents", ", ".join(documents), requested[-1].occurred_at)
        elif application.granted_at is None:
            came = [each.occurred_at for each in effective(history) if isinstance(each.fact, DocumentsReceived)]
            last = max([application.received_at, *came])
            yield Work(
                WorkKind.APPLICATION,
                "application",
                application.kind.value,
                application.received_at,
                reply_by(last),
            )


def _unanswered_corrections(contract: Contract, history: Sequence[Recorded], due_on: date | None) -> Iterator[Work]:
    """Factors whose proof was rejected, or never came, and for which nothing was supplied since (CQ25-3.2-24)."""
    rejected: dict[str, Work] = {}
    for each in effective(history):
        match each.fact:
            case EvidenceRejected() as fact:
                item = fact.evidence_id or fact.factor
                rejected[fact.factor] = Work(WorkKind.CORRECTION, item, fact.factor, each.occurred_at, due_on)
            case EvidenceUploaded() as fact:
                rejected.pop(fact.factor, None)
            case ApplicationReceived(attempt=int()):
                rejected.clear()
            case _:
                continue
    accepted = {each.factor for each in contract.evidence.values() if each.accepted is not None}
    yield from (each for factor, each in rejected.items() if factor not in accepted)


def _proofs_that_end(contract: Contract) -> Iterator[Work]:
    """Proofs that the tier rests on and that will end; once one has, a review is asked for instead (OD07)."""
    if not contract.concluded or contract.term is None:
        return
    last = contract.term.end or date.max
    for proof in ended_proofs(contract, last):
        since = day_start(proof.last_day - PROOF_ENDS_IN)
        yield Work(WorkKind.PROOF_ENDS, proof.factor, proof.factor, since, proof.last_day)


def open_reviews(contract: Contract, since: datetime) -> Iterator[Work]:
    """The questions that a named person has to decide; ``since`` stands for an instant that is not known."""
    for review in contract.reviews.values():
        if review.outcome is None:
            missing = review.ground is ReviewGround.VECOZO_EMAIL_MISSING
            kind = WorkKind.MISSING_DATA if missing else WorkKind.REVIEW
            about = review.ground.value if review.factor is None else f"{review.ground.value} {review.factor}"
            yield Work(kind, review.review_id, about, review.requested_at or since)

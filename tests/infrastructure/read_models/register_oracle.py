"""The register worked out by hand, for Caresq: a clerk with the files, a calendar and the planning of the policy.

Knows nothing of folds, standings or intervals; reads facts one by one and asks plain questions of plain values.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from domain.calendar import AMSTERDAM
from domain.contract import facts as told
from domain.history import FactCorrected, Recorded
from domain.policy.adoption import PolicyVersions
from tests.domain.contract.oracle import _as_mended


@dataclass
class File:
    """One attempt at a contract."""

    number: int = 1
    began: bool = False
    sent: bool = False
    confirmed: bool = False
    verdict: bool | None = None
    withheld: bool = False
    offer: Any = None
    declined: bool = False
    signed_at: datetime | None = None
    carried_over: Any = None
    ended_on: date | None = None
    applied: bool = False
    refused: bool = False
    transferred: bool = False
    not_approached: bool = False
    waiting: set[str] = field(default_factory=set)
    tiers: list[tuple[date, str]] = field(default_factory=list)

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last day in force."""
        term = self.carried_over.term if self.carried_over else self.offer.term if self.signed_at else None
        if term is None:
            return None
        last = term.end or date.max
        last = last if self.ended_on is None else self.ended_on
        return (term.start, last) if last >= term.start else None


def read(history: Sequence[Recorded], until: datetime | None = None) -> list[File]:
    """The files of a contract, oldest first, from what had happened by an instant, or from all that is known."""
    files = [File()]
    for recorded in history:
        mended = None if isinstance(recorded.fact, FactCorrected) else _as_mended(history, recorded)
        if mended is not None and (until is None or mended[1] <= until):
            _note(files, *mended)
    return files


def _note(files: list[File], fact: Any, at: datetime) -> None:  # noqa: C901, PLR0912 - one line for each fact
    file = files[-1]
    if isinstance(fact, told.ApplicationReceived):
        if fact.attempt is not None:
            if file.began:
                files.append(File())
            files[-1].number, files[-1].applied, files[-1].began = fact.attempt, True, True
        return
    began = True
    match fact:
        case told.Approached():
            file.not_approached = False
        case told.NotApproached():
            file.not_approached = True
        case told.QuestionnaireSent():
            file.sent = True
        case told.QuestionnaireConfirmed():
            file.confirmed = True
        case told.QuestionnaireAssessed():
            file.verdict = fact.positive
        case told.OfferWithheld():
            file.withheld = True
        case told.ContractOffered():
            file.offer, file.withheld = fact, False
        case told.OfferDeclined():
            file.declined = True
        case told.Signed():
            file.signed_at = at
        case told.ContractCarriedOver():
            file.carried_over = fact
            file.tiers = [] if fact.tier is None else [(fact.term.start, fact.tier)]
        case told.ContractTerminated():
            file.ended_on = fact.last_day
        case told.TierAssigned():
            file.tiers.append((fact.effective_on, fact.tier))
        case told.ApplicationRefused():
            began = file.applied and fact.attempt == file.number
            file.refused = file.refused or began
        case told.TransferredToOtherPolicy():
            file.transferred = True
        case told.ReviewRequested():
            file.waiting.add(fact.review_id)
        case told.ReviewDecided():
            began = fact.review_id in file.waiting
            file.waiting.discard(fact.review_id)
        case _:
            began = not isinstance(fact, told.EvidenceAccepted | told.EvidenceRejected | told.DocumentsRequested)
    file.began = file.began or began


def status(file: File, day: date, planned: dict[str, date]) -> str:
    """Where the procedure stood at the end of a local day, or at an instant on it."""
    if file.signed_at or file.carried_over:
        over = file.days is None or day > file.days[1]
        return "ended" if over else "signed" if file.signed_at else "carried_over"
    if file.declined:
        return "offer_declined"
    if file.offer is not None:
        last = file.offer.last_signing_day if file.offer.last_day_fixed else planned["signing"]
        return "offer_lapsed" if day > last else "offered"
    if file.verdict is not None:
        return (
            "offer_withheld" if file.verdict and file.withheld else "assessed" if file.verdict else "assessed_negative"
        )
    if file.confirmed:
        return "confirmed"
    if file.withheld:
        return "offer_withheld"
    if file.sent:
        late = not file.applied and "questionnaire_deadline" in planned and day > planned["questionnaire_deadline"]
        return "questionnaire_lapsed" if late else "questionnaire_open"
    if file.applied:
        return "application_refused" if file.refused else "application_received"
    if file.transferred or file.not_approached:
        return "transferred" if file.transferred else "not_approached"
    return "awaits_review" if file.waiting else "no_procedure"


def planned_days(versions: PolicyVersions, care_type: str, at: datetime) -> dict[str, date]:
    """The days of the planning that was in force at an instant, by kind."""
    document = versions.versions[0].document
    for version in sorted(versions.versions, key=lambda each: (each.in_force_from, each.position)):
        if version.in_force_from <= at:
            document = version.document
    return {row.kind.value: row.day for row in document.planning if care_type in row.care_types and row.day is not None}


Law = tuple[bool, date | None, date | None, str | None, date | None, bool]
"""In force, first and last day of the term, tier and its first day, listed."""


def law(files: Sequence[File], day: date, published: date) -> Law | None:
    """What held on a day; nothing where nothing did."""
    midnight = datetime.combine(date.fromordinal(day.toordinal() + 1), datetime.min.time(), AMSTERDAM)
    listed = False
    holding: File | None = None
    for file in files:
        if file.days is None:
            continue
        if file.days[0] <= day <= file.days[1]:
            holding = file
        begins = file.days[0] if file.carried_over else published
        seen = day >= begins and (file.carried_over is not None or (file.signed_at or midnight) < midnight)
        listed = listed or (seen and day <= file.days[1])
    if holding is None and not listed:
        return None
    concluded = [file for file in files if file.signed_at or file.carried_over]
    days = (holding or concluded[-1]).days
    term = (None, None) if days is None else (days[0], None if days[1] == date.max else days[1])
    if holding is None:
        return (False, *term, None, None, listed)
    since = max((each for each, _ in holding.tiers if each <= day), default=None)
    tier = None if since is None else [name for each, name in holding.tiers if each == since][-1]
    return (True, *term, tier, since, listed)

"""The policy's words once more, written naively: what a reader with the file of one practice would work out by hand.

Reads only what happened (supplies, verdicts, what persons decided, what was mended) and nothing that the system
derived from it. For physiotherapy under Caresq's policy, whose start is 1 January 2025.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from domain.calendar import AMSTERDAM
from domain.contract.facts import (
    ContractTerminated,
    EvidenceAccepted,
    EvidenceRejected,
    EvidenceUploaded,
    QuestionnaireConfirmed,
    Registration,
    ReviewDecided,
    ReviewOutcome,
    ReviewRequested,
)
from domain.history import Fact, FactCorrected, Recorded
from tests.given import BUREAU

START = date(2025, 1, 1)
TIER_BY_NUMBER = "EDCBA"
LETS_A_REGISTRATION_IN = ("registration_after_confirmation", "factor_ends_before_start")


@dataclass
class Proof:
    """A file that arrived, and what stood on it if a reviewer found it right."""

    factor: str
    supplied_at: datetime
    right: Registration | None = None


@dataclass
class File:
    """All that is known of the practice."""

    confirmed_at: datetime | None = None
    claims: set[str] = field(default_factory=set)
    listed_bureau: bool = False
    proofs: dict[str, Proof] = field(default_factory=dict)
    asked: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    approved: set[tuple[str, str | None]] = field(default_factory=set)
    last_day: date | None = None


def tiers_by_hand(history: Sequence[Recorded], *, share_met: bool, end: date | None) -> Iterator[tuple[date, str]]:
    """The tier on the first and last days of every month of the contract, and on the days around them."""
    file = _read(history)
    last = min([each for each in (end, file.last_day) if each is not None], default=date(2027, 6, 30))
    for each in _telling_days(last):
        met = {code for code in ("kngf", "skf") if _counts(file, code, each, last)}
        if "skf" in met:
            met.add("kngf")
        if "prem" in file.claims and file.listed_bureau:
            met.add("prem")
        if "share" in file.claims and share_met:
            met.add("share")
        yield each, TIER_BY_NUMBER[len(met)]


def _telling_days(last: date) -> Iterator[date]:
    each = START
    while each <= last:
        if each.day <= 2 or (each + timedelta(days=1)).day == 1 or each == last:
            yield each
        each += timedelta(days=1)


def _counts(file: File, factor: str, on_day: date, last: date) -> bool:
    if factor not in file.claims and ("registration_after_confirmation", factor) not in file.approved:
        return False
    for proof in file.proofs.values():
        if proof.factor == factor and proof.right is not None and _fits(file, proof, proof.right):
            first = _first_day(file, proof)
            if first <= on_day and first <= last:
                return True
    return False


def _first_day(file: File, proof: Proof) -> date:
    """Supplied with the questionnaire: the start. Later: the first of the next month, and never before the start."""
    if file.confirmed_at is not None and proof.supplied_at <= file.confirmed_at:
        return START
    local = proof.supplied_at.astimezone(AMSTERDAM)
    following = date(local.year + 1, 1, 1) if local.month == 12 else date(local.year, local.month + 1, 1)
    return max(START, following)


def _fits(file: File, proof: Proof, right: Registration) -> bool:
    if proof.factor == "skf" and right.attributes.get("label") != "Keurmerk":
        return False
    assert file.confirmed_at is not None
    confirmed_on = file.confirmed_at.astimezone(AMSTERDAM).date()
    too_new = right.valid_from is not None and right.valid_from > confirmed_on
    too_short = right.valid_to is not None and (right.valid_to < START or right.valid_to < confirmed_on)
    let_in = any((ground, proof.factor) in file.approved for ground in LETS_A_REGISTRATION_IN)
    return let_in or not (too_new or too_short)


# ------------------------------------------------------------------------------------------- reading the log


def _read(history: Sequence[Recorded]) -> File:
    file = File()
    for recorded in history:
        reading = _as_mended(history, recorded)
        if reading is not None:
            _note(file, *reading)
    return file


def _as_mended(history: Sequence[Recorded], recorded: Recorded) -> tuple[Fact, datetime] | None:
    """A fact as the last correction that stands says it reads; nothing when that one voids it."""
    fact, instant = recorded.fact, recorded.occurred_at
    for other in history:
        if isinstance(other.fact, FactCorrected) and other.version > recorded.version:
            mended = _as_mended(history, other)
            if mended is None or not isinstance(mended[0], FactCorrected) or mended[0].corrects != recorded.version:
                continue
            correction: FactCorrected = mended[0]
            if correction.replacement is None:
                fact = _VOID
            else:
                said: dict[str, Any] = correction.replacement
                fact, instant = type(recorded.fact)(**said), correction.occurred_at or recorded.occurred_at
    return None if fact is _VOID else (fact, instant)


_VOID = Fact()


def _note(file: File, fact: Fact, instant: datetime) -> None:
    match fact:
        case QuestionnaireConfirmed():
            file.confirmed_at = instant
            file.claims = set(fact.answers.claims)
            file.listed_bureau = "prem" in file.claims and fact.answers.claims["prem"].bureau == BUREAU
        case EvidenceUploaded():
            file.proofs[fact.evidence_id] = Proof(fact.factor, instant)
        case EvidenceAccepted() if fact.evidence_id in file.proofs:
            file.proofs[fact.evidence_id].right = fact.registration
        case EvidenceRejected() if fact.evidence_id in file.proofs:
            file.proofs[fact.evidence_id].right = None
        case ReviewRequested():
            file.asked[fact.review_id] = (fact.ground.value, fact.factor)
        case ReviewDecided() if fact.review_id in file.asked and fact.outcome is ReviewOutcome.APPROVED:
            file.approved.add(file.asked[fact.review_id])
        case ContractTerminated():
            file.last_day = fact.last_day
        case _:  # what the system derived, and what does not bear on the tier
            pass

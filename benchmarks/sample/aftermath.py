"""What came to light after: wrong entries mended, mail entered long after it arrived, contracts ended before their day.

Months later, so that the same day has several answers by what was known.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from application.due import record_due
from benchmarks.sample.world import OFFICER, Lives
from domain.contract.commands import AcceptEvidence, ContractCommand, CorrectFact, Terminate, UploadEvidence
from domain.contract.contract_id import ContractId
from domain.contract.facts import EvidenceAccepted, EvidenceUploaded, Registration, Signed
from domain.history import Recorded
from tests.given import at

PURCHASER = "caresq"
FIRST_MORNING = "2026-01-05T09:00"


class Late(NamedTuple):
    """A command, and the instant at which what it tells of happened, when that is not now."""

    contract_id: ContractId
    command: ContractCommand
    occurred_at: datetime | None
    reason: str


def live_the_aftermath(lives: Lives) -> None:
    """Some minutes apart, through the first months of 2026; then the care finder is told."""
    moment = at(FIRST_MORNING)
    for contract_id, history in lives.contracts(PURCHASER):
        for late in _late(lives, contract_id, history):
            moment += timedelta(minutes=11, seconds=7)
            lives.clock.set(moment)
            lives.act(late.contract_id, late.command, OFFICER, reason=late.reason, occurred_at=late.occurred_at)
    lives.clock.set(moment + timedelta(days=1))
    record_due(lives.system.ticking, lives.clock.now())


def _late(lives: Lives, contract_id: ContractId, history: list[Recorded]) -> Iterator[Late]:
    choices = lives.choices(str(contract_id))
    uploads = [each for each in history if isinstance(each.fact, EvidenceUploaded)]
    accepted = [each for each in history if isinstance(each.fact, EvidenceAccepted)]
    signed = any(isinstance(each.fact, Signed) for each in history)
    if uploads and choices.chance("wrong day", 0.04):
        wrong = uploads[-1]
        arrived = wrong.occurred_at - timedelta(days=choices.between("wrong day", 1, 25))
        arrived = max(arrived, history[0].occurred_at)
        body = wrong.fact.model_dump(mode="json")
        mended = CorrectFact(version=wrong.version, replacement=body, fact_occurred_at=arrived)
        yield Late(contract_id, mended, None, "the postmark tells an earlier day")
    elif accepted and choices.chance("not theirs", 0.02):
        yield Late(contract_id, CorrectFact(version=accepted[-1].version), None, "it was the proof of a namesake")
    elif signed and uploads and choices.chance("in the mail", 0.03):
        factor = uploads[-1].fact.factor  # type: ignore[attr-defined]
        number = 1 + sum(each.fact.factor == factor for each in uploads)  # type: ignore[attr-defined]
        arrived = at("2025-03-10T10:00") + timedelta(days=choices.between("in the mail", 0, 250))
        upload = UploadEvidence(factor=factor, sha256="7e" * 32, size=4_096, media_type="application/pdf")
        yield Late(contract_id, upload, arrived, "found in the mail of that week")
        registration = Registration(attributes={"keurmerk": "SKF Keurmerk"}, valid_from=date(2024, 3, 1))
        verdict = AcceptEvidence(evidence_id=f"{factor}-{number}", registration=registration)
        yield Late(contract_id, verdict, None, "checked with the register")
    elif signed and choices.chance("ended early", 0.01):
        last_day = date(2026, 6, 30) + timedelta(days=choices.between("ended early", 0, 90))
        yield Late(contract_id, Terminate(last_day=last_day), None, "the practice closes")

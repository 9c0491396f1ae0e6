"""A wrong entry is mended by a further fact; what rested on it is decided anew in the same append."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from domain.contract.commands import CorrectFact
from domain.contract.contract import fold
from domain.contract.evidence import consequences
from domain.contract.facts import (
    ContractTerminated,
    EvidenceAccepted,
    EvidenceRejected,
    EvidenceUploaded,
    ReviewDecided,
    ReviewRequested,
)
from domain.contract.situation import Decided, Situation
from domain.history import Fact, FactCorrected, Recorded
from domain.refusal import Refused

CORRECTABLE = (
    EvidenceUploaded,
    EvidenceRejected,
    EvidenceAccepted,
    ContractTerminated,
    ReviewRequested,
    ReviewDecided,
    FactCorrected,
)
"""What officers enter; what the portal delivered or the system derived is not mended by hand, a signature never."""


def correct_fact(command: CorrectFact, situation: Situation) -> list[Decided] | Refused:
    """Void or replace one fact of this contract, and derive anew what rested on it."""
    target = _find(situation.history, command.version)
    if target is None:
        return Refused("FACT_UNKNOWN", f"{situation.contract_id} has no fact {command.version}")
    name = target.fact.stored_name
    if not isinstance(target.fact, CORRECTABLE):
        names = ", ".join(each.stored_name for each in CORRECTABLE)
        return Refused("NOT_CORRECTABLE", f"{name} can not be corrected; only {names} can")
    if command.fact_occurred_at is not None and command.fact_occurred_at > situation.now:
        return Refused("OCCURRED_IN_FUTURE", "the corrected instant lies in the future")
    if command.fact_occurred_at is not None and command.replacement is None:
        return Refused("REPLACEMENT_MISSING", "a corrected instant needs the fact it belongs to as replacement")
    replacement = _normalised(type(target.fact), command.replacement)
    if isinstance(replacement, Refused):
        return replacement
    corrected = FactCorrected(corrects=command.version, replacement=replacement, occurred_at=command.fact_occurred_at)
    if _last_correction(situation.history, command.version) == corrected:
        return []
    later = replace(situation, contract=fold([*situation.history, _appended(situation, corrected)]))
    return [Decided(corrected), *consequences(later)]


def _find(history: Sequence[Recorded], version: int) -> Recorded | None:
    return next((recorded for recorded in history if recorded.version == version), None)


def _last_correction(history: Sequence[Recorded], version: int) -> Fact | None:
    corrections = [
        each.fact for each in history if isinstance(each.fact, FactCorrected) and each.fact.corrects == version
    ]
    return corrections[-1] if corrections else None


def _normalised(fact_type: type[Fact], replacement: dict[str, Any] | None) -> dict[str, Any] | Refused | None:
    """The replacement as the fact's own JSON, or what is wrong with it."""
    if replacement is None:
        return None
    try:
        return fact_type.model_validate(replacement).model_dump(mode="json")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        return Refused("REPLACEMENT_WRONG", f"{fact_type.stored_name}.{where}: {first['msg']}")


def _appended(situation: Situation, corrected: FactCorrected) -> Recorded:
    last = situation.history[-1]
    return last._replace(
        version=last.version + 1, fact=corrected, occurred_at=situation.occurred_at, recorded_at=situation.now
    )

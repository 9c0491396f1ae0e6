"""A wrong entry about a practice is mended by a further fact; nothing that was stored changes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from domain.history import Fact, FactCorrected, Recorded, effective
from domain.model import what_is_wrong
from domain.provider.commands import CorrectProviderFact
from domain.provider.facts import ProviderChanged, ProviderRegistered, PurchaserFact
from domain.refusal import Refused


def correct_provider_fact(
    command: CorrectProviderFact, history: Sequence[Recorded], now: datetime, reason: str | None
) -> list[FactCorrected] | Refused:
    """Void or replace one fact of a practice's stream; a purchaser mends its own facts only.

    A correction that changes nothing of what is read is not recorded.
    """
    if not (reason or "").strip():
        return Refused("REASON_MISSING", "a correction needs a reason: say what was wrong")
    targets = {each.version: each.fact for each in history}
    target = targets.get(command.version)
    if target is None or _owner(target, targets) != (command.purchaser,):
        whose = f"of {command.purchaser}" if command.purchaser else "of the register"
        return Refused("FACT_UNKNOWN", f"there is no fact {command.version} {whose} about this practice")
    if command.fact_occurred_at is not None and command.fact_occurred_at > now:
        return Refused("OCCURRED_IN_FUTURE", "the corrected instant lies in the future")
    if command.replacement is None and command.fact_occurred_at is not None:
        return Refused("REPLACEMENT_MISSING", "a corrected instant needs the fact it belongs to as replacement")
    if command.replacement is None and isinstance(target, ProviderRegistered):
        return Refused("NOT_CORRECTABLE", "what first registered the practice can be replaced, not voided")
    replacement = None if command.replacement is None else _read(target, command.replacement, targets)
    if isinstance(replacement, Refused):
        return replacement
    corrected = FactCorrected(
        corrects=command.version,
        replacement=replacement,
        occurred_at=command.fact_occurred_at,
        purchaser=command.purchaser,
    )
    mended = [*history, history[-1]._replace(version=history[-1].version + 1, fact=corrected)]
    return [] if list(effective(mended)) == list(effective(history)) else [corrected]


def _owner(fact: Fact, targets: Mapping[int, Fact]) -> tuple[str | None] | None:
    """Whose fact it is, a purchaser's or (None) the register's; nothing when it is none that can be mended."""
    if isinstance(fact, PurchaserFact):
        return (fact.purchaser,)
    if isinstance(fact, FactCorrected):
        corrected = targets.get(fact.corrects)
        return None if corrected is None else _owner(corrected, targets)
    return (None,) if isinstance(fact, ProviderRegistered | ProviderChanged) else None


def _read(fact: Fact, replacement: dict[str, Any], targets: Mapping[int, Fact]) -> dict[str, Any] | Refused:
    """The replacement as the fact's own JSON, or what is wrong with it; practice and purchaser stay who they are."""
    name = fact.stored_name
    try:
        read = type(fact).model_validate(replacement)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        return Refused("REPLACEMENT_WRONG", f"{name}.{where}: {what_is_wrong(first)}")
    for path in (("purchaser",), ("record", "agb"), ("corrects",)):
        if _at(read, path) != _at(fact, path):
            where, stays = ".".join(path), _at(fact, path)
            return Refused("REPLACEMENT_WRONG", f"{name}.{where}: stays {stays!r}, the fact is known by it")
    if isinstance(read, FactCorrected) and read.replacement is not None:
        nested = _read(targets[read.corrects], read.replacement, targets)
        return nested if isinstance(nested, Refused) else {**read.model_dump(mode="json"), "replacement": nested}
    return read.model_dump(mode="json")


def _at(part: Any, path: Sequence[str]) -> Any:
    for name in path:
        part = getattr(part, name, None)
    return part

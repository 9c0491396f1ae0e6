"""What may be recorded of a provider: pure decisions that answer facts, or a refusal.

A decision that would repeat what is known answers no fact.
"""

from datetime import date

from domain.care_type import CareType
from domain.provider.facts import (
    ContractHistoryRecorded,
    IntegritySignalEnded,
    IntegritySignalled,
    OptedOut,
    OptOutWithdrawn,
    ProviderChanged,
    ProviderFact,
    ProviderRegistered,
)
from domain.provider.provider import OptOut, PastContract, Provider
from domain.provider.register import PracticeRecord
from domain.refusal import Refused


def register(provider: Provider | None, record: PracticeRecord) -> list[ProviderFact]:
    """Record what the register says of a practice, if it says something new."""
    if provider is None:
        return [ProviderRegistered(record=record)]
    return [] if provider.record == record else [ProviderChanged(record=record)]


def record_history(
    provider: Provider | None, purchaser: str, contracts: tuple[PastContract, ...]
) -> list[ContractHistoryRecorded]:
    """Record the contracts a purchaser had with a practice; none given says nothing, it does not erase."""
    known = () if provider is None else provider.past_contracts
    if not contracts or known == contracts:
        return []
    return [ContractHistoryRecorded(purchaser=purchaser, contracts=contracts)]


def register_opt_out(
    provider: Provider | None, purchaser: str, care_type: CareType | None, from_day: date
) -> list[OptedOut]:
    """Record an opt-out that a file names; one that was recorded before and withdrawn since stays withdrawn."""
    known = () if provider is None else provider.opt_outs
    if any((each.care_type, each.from_day) == (care_type, from_day) for each in known) or _covered(
        known, care_type, from_day
    ):
        return []
    return [OptedOut(purchaser=purchaser, care_type=care_type, from_day=from_day)]


def opt_out(
    provider: Provider | None, purchaser: str, care_type: CareType | None, from_day: date
) -> list[OptedOut] | Refused:
    """The practice wants no offers from a day, for one care type or for all (CQ25-4-10, OD13)."""
    if provider is None:
        return _unknown()
    if _covered(provider.opt_outs, care_type, from_day):
        return []
    return [OptedOut(purchaser=purchaser, care_type=care_type, from_day=from_day)]


def withdraw_opt_out(
    provider: Provider | None, purchaser: str, care_type: CareType | None, from_day: date
) -> list[OptOutWithdrawn] | Refused:
    """The practice wants offers again from a day; a repeat changes nothing, without an opt-out it is refused (OD13)."""
    if provider is None:
        return _unknown()
    wanted = _care_types(care_type)
    named = [each for each in provider.opt_outs if care_type is None or each.care_type in (None, care_type)]
    standing = [each for each in named if any(each.covers(one) and each.ends_on(one) is None for one in wanted)]
    if not standing and any(from_day in {each.ends_on(one) for one in wanted} for each in named):
        return []
    if not standing:
        return Refused(
            "NO_OPT_OUT",
            f"{provider.record.agb} has no opt-out{_of(care_type)} to withdraw; look it up with `providers show`",
            "CQ25-4-10",
        )
    return [OptOutWithdrawn(purchaser=purchaser, care_type=care_type, from_day=from_day)]


def signal_integrity(
    provider: Provider | None, purchaser: str, from_day: date, reason: str | None
) -> list[IntegritySignalled] | Refused:
    """A named officer doubts the integrity of the care; a reason is mandatory (CQ25-4-39, OD54)."""
    if provider is None:
        return _unknown()
    if not (reason or "").strip():
        return _reason_missing()
    if any(each.recorded_on <= from_day and each.ended_on is None for each in provider.integrity_signals):
        return []
    return [IntegritySignalled(purchaser=purchaser, from_day=from_day)]


def end_integrity_signal(
    provider: Provider | None, purchaser: str, from_day: date, reason: str | None
) -> list[IntegritySignalEnded] | Refused:
    """A named officer takes the doubt back from a day; a reason is mandatory (OD54)."""
    if provider is None:
        return _unknown()
    if not (reason or "").strip():
        return _reason_missing()
    standing = [each for each in provider.integrity_signals if each.ended_on is None]
    if not standing and any(each.ended_on == from_day for each in provider.integrity_signals):
        return []
    if not standing:
        return Refused(
            "NO_INTEGRITY_SIGNAL", f"{provider.record.agb} has no integrity signal that could end", "CQ25-4-39"
        )
    return [IntegritySignalEnded(purchaser=purchaser, from_day=from_day)]


def _covered(opt_outs: tuple[OptOut, ...], care_type: CareType | None, from_day: date) -> bool:
    """Whether offers are already refused from that day on, for every care type that is meant."""
    return all(
        any(each.covers(wanted) and each.from_day <= from_day and each.ends_on(wanted) is None for each in opt_outs)
        for wanted in _care_types(care_type)
    )


def _care_types(care_type: CareType | None) -> tuple[CareType, ...]:
    return tuple(CareType) if care_type is None else (care_type,)


def _of(care_type: CareType | None) -> str:
    return "" if care_type is None else f" for {care_type}"


def _unknown() -> Refused:
    return Refused("PROVIDER_UNKNOWN", "no practice with that AGB code is known; import it with `providers import`", "")


def _reason_missing() -> Refused:
    return Refused("REASON_MISSING", "an integrity signal needs a reason: say what was found and by whom", "CQ25-4-39")

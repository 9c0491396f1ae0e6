"""What may be recorded of a provider: pure decisions that answer facts, or a refusal.

A decision that would repeat what is known answers no fact.
"""

from datetime import date
from typing import assert_never

from domain.care_type import CareType
from domain.provider.commands import (
    EndIntegritySignal,
    OptOutOfOffers,
    RecordValue,
    SignalIntegrity,
    WithdrawOptOut,
)
from domain.provider.facts import (
    ContractHistoryRecorded,
    IntegritySignalEnded,
    IntegritySignalled,
    OptedOut,
    OptOutWithdrawn,
    ProviderChanged,
    ProviderFact,
    ProviderRegistered,
    ValuesRecorded,
)
from domain.provider.provider import KnownValue, OptOut, PastContract, Provider
from domain.provider.register import PracticeRecord
from domain.refusal import Refused

Entry = OptOutOfOffers | WithdrawOptOut | SignalIntegrity | EndIntegritySignal | RecordValue
"""The commands that enter something new; mending what stands is ``corrections.correct_provider_fact``."""


def register(provider: Provider | None, record: PracticeRecord) -> list[ProviderFact]:
    """Record what the register says of a practice, if it says something new."""
    if provider is None:
        return [ProviderRegistered(record=record)]
    return [] if provider.record == record else [ProviderChanged(record=record)]


def record_history(
    provider: Provider | None, purchaser: str, contracts: tuple[PastContract, ...]
) -> list[ProviderFact]:
    """Record the contracts a purchaser had with a practice; none given says nothing, it does not erase."""
    known = () if provider is None else provider.past_contracts
    if not contracts or known == contracts:
        return []
    return [ContractHistoryRecorded(purchaser=purchaser, contracts=contracts)]


def record_values(provider: Provider | None, purchaser: str, values: tuple[KnownValue, ...]) -> list[ProviderFact]:
    """Record what a purchaser knows under codes of its policy: only what is new; a value not given stays known."""
    known = {} if provider is None else {each.key: each for each in provider.known_values}
    news = tuple(each for each in values if known.get(each.key) != each)
    return [ValuesRecorded(purchaser=purchaser, values=news)] if news else []


def register_opt_out(
    provider: Provider | None, purchaser: str, care_type: CareType | None, from_day: date
) -> list[ProviderFact]:
    """Record an opt-out that a file names; one that was recorded before and withdrawn since stays withdrawn."""
    known = () if provider is None else provider.opt_outs
    named_before = any((each.care_type, each.from_day) == (care_type, from_day) for each in known)
    if named_before or _covered(known, care_type, from_day):
        return []
    return [OptedOut(purchaser=purchaser, care_type=care_type, from_day=from_day)]


def decide(command: Entry, provider: Provider | None, day: date, reason: str | None) -> list[ProviderFact] | Refused:
    """What a command brings to a provider as its purchaser knows it; ``day`` is the local day of the word."""
    if provider is None:
        return Refused("PROVIDER_UNKNOWN", "no practice with that AGB code is known; import it with `providers import`")
    match command:
        case OptOutOfOffers():
            return _opt_out(command, provider, command.from_day or day)
        case WithdrawOptOut():
            return _withdraw(command, provider, command.from_day or day)
        case SignalIntegrity() | EndIntegritySignal() if not (reason or "").strip():
            return Refused("REASON_MISSING", "a doubt about integrity needs a reason: say what was found", "CQ25-4-39")
        case RecordValue() if not (reason or "").strip():
            return Refused("REASON_MISSING", "what became known needs a reason: say from where")
        case RecordValue():
            value = KnownValue(code=command.code, value=command.value, year=command.year, care_type=command.care_type)
            return record_values(provider, command.purchaser, (value,))
        case SignalIntegrity():
            return _signal(command, provider, command.from_day or day)
        case EndIntegritySignal():
            return _end_signal(command, provider, command.from_day or day)
        case _:
            assert_never(command)


def _opt_out(command: OptOutOfOffers, provider: Provider, from_day: date) -> list[ProviderFact]:
    if _covered(provider.opt_outs, command.care_type, from_day):
        return []
    return [OptedOut(purchaser=command.purchaser, care_type=command.care_type, from_day=from_day)]


def _withdraw(command: WithdrawOptOut, provider: Provider, from_day: date) -> list[ProviderFact] | Refused:
    meant = _meant(command.care_type)
    ends = {
        opt_out.ends_on(care_type) for opt_out in provider.opt_outs for care_type in meant if opt_out.covers(care_type)
    }
    if None in ends:
        return [OptOutWithdrawn(purchaser=command.purchaser, care_type=command.care_type, from_day=from_day)]
    if from_day in ends:
        return []
    which = "" if command.care_type is None else f" for {command.care_type}"
    return Refused(
        "NO_OPT_OUT",
        f"{provider.record.agb} has no opt-out{which} that could be withdrawn",
        "CQ25-4-10",
        found="no opt-out",
        asked="an opt-out in force",
    )


def _signal(command: SignalIntegrity, provider: Provider, from_day: date) -> list[ProviderFact]:
    if any(each.recorded_on <= from_day and each.ended_on is None for each in provider.integrity_signals):
        return []
    return [IntegritySignalled(purchaser=command.purchaser, from_day=from_day)]


def _end_signal(command: EndIntegritySignal, provider: Provider, from_day: date) -> list[ProviderFact] | Refused:
    ends = {each.ended_on for each in provider.integrity_signals}
    if None in ends:
        return [IntegritySignalEnded(purchaser=command.purchaser, from_day=from_day)]
    if from_day in ends:
        return []
    return Refused(
        "NO_INTEGRITY_SIGNAL",
        f"{provider.record.agb} has no doubt recorded that could end",
        "CQ25-4-39",
        found="no doubt on record",
        asked="a doubt that an officer signalled",
    )


def _covered(opt_outs: tuple[OptOut, ...], care_type: CareType | None, from_day: date) -> bool:
    """Whether offers are already refused from that day on, for every care type that is meant."""
    return all(
        any(each.covers(one) and each.from_day <= from_day and each.ends_on(one) is None for each in opt_outs)
        for one in _meant(care_type)
    )


def _meant(care_type: CareType | None) -> tuple[CareType, ...]:
    return tuple(CareType) if care_type is None else (care_type,)

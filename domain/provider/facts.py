"""The facts of a provider's stream, and how they fold into what one purchaser may see of it.

What the register says is everybody's; contract history, known values, opt-out and integrity signals belong to one
purchaser, carry it, and fold only into its view.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import assert_never

from domain.agb import AgbCode
from domain.care_type import CareType
from domain.history import Fact, Recorded, effective
from domain.provider.provider import (
    Delegation,
    IntegritySignal,
    KnownValue,
    OptOut,
    OptOutException,
    PastContract,
    Provider,
)
from domain.provider.register import Person, PracticeRecord

NO_PURCHASER = ""
"""Folds the register alone, without any purchaser's own facts."""


class ProviderRegistered(Fact):
    """The register names the practice for the first time."""

    record: PracticeRecord


class ProviderChanged(Fact):
    """The register says something else of the practice; ``record`` is the whole of it, not the difference."""

    record: PracticeRecord


class ContractHistoryRecorded(Fact):
    """The contracts that the purchaser had with the practice before this log (CQ25-4-9).

    It names all of them and replaces what was recorded before.
    """

    purchaser: str
    contracts: tuple[PastContract, ...]


class ValuesRecorded(Fact):
    """What the purchaser came to know under codes of its policy: measurements, registrations (OD30, OD31).

    Each replaces what was known under the same code, year and care type; whatever it does not name stays known.
    """

    purchaser: str
    values: tuple[KnownValue, ...]


class OptedOut(Fact):
    """The practice wants no offers from ``from_day``; for one care type, or all when none is named (CQ25-4-10)."""

    purchaser: str
    care_type: CareType | None
    from_day: date


class OptOutWithdrawn(Fact):
    """The practice wants offers again from ``from_day``; for one care type, or for all when there is none (OD13)."""

    purchaser: str
    care_type: CareType | None
    from_day: date


class IntegritySignalled(Fact):
    """A named officer doubts the integrity of the care; the reason stands in the envelope (CQ25-4-39, OD54)."""

    purchaser: str
    from_day: date


class IntegritySignalEnded(Fact):
    """A named officer takes the doubt back from ``from_day``; the reason stands in the envelope (OD54)."""

    purchaser: str
    from_day: date


class DelegationGranted(Fact):
    """A signatory lets ``person`` fill in and upload for the practice; never sign or decline.

    ``granted_by`` is the signatory's person id. It holds until it is revoked, or until ``last_day`` has passed.
    """

    person: Person
    granted_by: str
    certificate_serial: str
    last_day: date | None


class DelegationRevoked(Fact):
    """A signatory took the right to act back."""

    person_id: str
    revoked_by: str
    certificate_serial: str


RegisterFact = ProviderRegistered | ProviderChanged
"""What the register says: seen by every purchaser."""

PurchaserFact = (
    ContractHistoryRecorded | ValuesRecorded | OptedOut | OptOutWithdrawn | IntegritySignalled | IntegritySignalEnded
)
"""What one purchaser knows: it carries ``purchaser`` and is never shown to another."""

PracticeFact = DelegationGranted | DelegationRevoked
"""What the practice itself arranges: seen by every purchaser."""

ProviderFact = RegisterFact | PurchaserFact | PracticeFact
"""Every fact of a provider's stream: the type checker counts them."""


def provider_stream(agb: AgbCode) -> str:
    """The stream of one practice: ``provider/04001234``."""
    return f"provider/{agb}"


def fold_provider(history: Sequence[Recorded], purchaser: str = NO_PURCHASER) -> Provider | None:
    """The practice as ``purchaser`` knew it after these facts of its stream; nothing when it was not registered."""
    provider: Provider | None = None
    for recorded in effective(history):
        if isinstance(recorded.fact, ProviderFact):
            provider = evolve(provider, recorded.fact, recorded.version, purchaser)
    if provider is not None and provider.version != history[-1].version:
        return replace(provider, version=history[-1].version)
    return provider


def evolve(provider: Provider | None, fact: ProviderFact, version: int, purchaser: str) -> Provider | None:
    """The provider after one more fact; a fact of another purchaser moves only the version."""
    if isinstance(fact, RegisterFact):
        if provider is None:
            return Provider(version=version, record=fact.record)
        return replace(provider, version=version, record=fact.record)
    if provider is None:
        return None
    if isinstance(fact, PracticeFact):
        return replace(provider, version=version, delegations=_delegations(provider.delegations, fact))
    known = _known_to_purchaser(provider, fact, version) if fact.purchaser == purchaser else provider
    return replace(known, version=version)


def _delegations(known: tuple[Delegation, ...], fact: PracticeFact) -> tuple[Delegation, ...]:
    """One for each person at most: a later grant replaces the earlier one."""
    person_id = fact.person.person_id if isinstance(fact, DelegationGranted) else fact.person_id
    others = tuple(each for each in known if each.person.person_id != person_id)
    match fact:
        case DelegationGranted():
            return (*others, Delegation(person=fact.person, granted_by=fact.granted_by, last_day=fact.last_day))
        case DelegationRevoked():
            return others
        case _:
            assert_never(fact)


def _known_to_purchaser(provider: Provider, fact: PurchaserFact, version: int) -> Provider:
    match fact:
        case ContractHistoryRecorded():
            return replace(provider, past_contracts=fact.contracts)
        case ValuesRecorded():
            values = {each.key: each for each in provider.known_values}
            replaced = list(provider.replaced_values)
            for each in fact.values:
                if values.get(each.key, each) != each:
                    replaced.append(values[each.key])
                values[each.key] = each
            return replace(provider, known_values=tuple(values.values()), replaced_values=tuple(replaced))
        case OptedOut():
            opted_out = OptOut(care_type=fact.care_type, from_day=fact.from_day)
            return replace(provider, opt_outs=(*provider.opt_outs, opted_out))
        case OptOutWithdrawn():
            return replace(provider, opt_outs=tuple(_withdrawn(each, fact) for each in provider.opt_outs))
        case IntegritySignalled():
            signal = IntegritySignal(recorded_on=fact.from_day, version=version)
            return replace(provider, integrity_signals=(*provider.integrity_signals, signal))
        case IntegritySignalEnded():
            ended = tuple(_ended(each, fact.from_day) for each in provider.integrity_signals)
            return replace(provider, integrity_signals=ended)
        case _:
            assert_never(fact)


def _withdrawn(opt_out: OptOut, fact: OptOutWithdrawn) -> OptOut:
    if opt_out.withdrawn_on is not None:
        return opt_out
    if fact.care_type in (None, opt_out.care_type):
        return opt_out.model_copy(update={"withdrawn_on": fact.from_day})
    if opt_out.care_type is None and fact.care_type is not None:
        exception = OptOutException(care_type=fact.care_type, from_day=fact.from_day)
        return opt_out.model_copy(update={"exceptions": (*opt_out.exceptions, exception)})
    return opt_out


def _ended(signal: IntegritySignal, day: date) -> IntegritySignal:
    return signal if signal.ended_on is not None else signal.model_copy(update={"ended_on": day})

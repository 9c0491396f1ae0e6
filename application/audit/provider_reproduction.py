"""What was recorded of a practice, decided again: an officer's word, or a row of a register."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from application.order import digest
from application.provider_import import NamedOptOut, PracticeEntry, decide_entry
from application.providers import decide_command
from domain.history import Context, Fact, FactCorrected, Recorded
from domain.provider import commands as ask
from domain.provider import facts as f
from domain.refusal import Refused


def decided_of_provider(
    facts: Sequence[Fact], before: Sequence[Recorded], context: Context, judged_at: datetime
) -> tuple[str, Sequence[Fact] | Refused]:
    """The kind of the command that brought these facts, and what it brings now."""
    for command in _commands(facts[0]):
        # the fact holds what a correction was given in the form in which it reads, so that its digest may be another
        if isinstance(command, ask.CorrectProviderFact) or digest(command) == context.command_digest:
            return command.kind, decide_command(command, before, judged_at, judged_at, context.reason)
    return "import", decide_entry(_entry(facts, before), before)


def _commands(fact: Fact) -> Iterator[ask.ProviderCommand | ask.DelegationCommand]:
    """The commands that may have brought a fact: with the day that it names, or with the day of the word."""
    for given in (True, False):
        match fact:
            case f.OptedOut():
                day = fact.from_day if given else None
                yield ask.OptOutOfOffers(purchaser=fact.purchaser, care_type=fact.care_type, from_day=day)
            case f.OptOutWithdrawn():
                day = fact.from_day if given else None
                yield ask.WithdrawOptOut(purchaser=fact.purchaser, care_type=fact.care_type, from_day=day)
            case f.IntegritySignalled():
                yield ask.SignalIntegrity(purchaser=fact.purchaser, from_day=fact.from_day if given else None)
            case f.IntegritySignalEnded():
                yield ask.EndIntegritySignal(purchaser=fact.purchaser, from_day=fact.from_day if given else None)
            case f.ValuesRecorded(values=(value,)):
                said = {"code": value.code, "value": value.value, "year": value.year, "care_type": value.care_type}
                yield ask.RecordValue.model_validate({"purchaser": fact.purchaser, **said})
            case f.DelegationGranted():
                yield ask.GrantDelegation.model_validate(fact.model_dump())
            case f.DelegationRevoked():
                yield ask.RevokeDelegation.model_validate(fact.model_dump())
            case FactCorrected():
                yield ask.CorrectProviderFact(
                    purchaser=fact.purchaser,
                    version=fact.corrects,
                    replacement=fact.replacement,
                    fact_occurred_at=fact.occurred_at,
                )
            case _:
                return


def _entry(facts: Sequence[Fact], before: Sequence[Recorded]) -> PracticeEntry:
    """The row of the register as far as it said something new."""
    known = f.fold_provider(before)
    records = [each.record for each in facts if isinstance(each, f.RegisterFact)]
    record = records[0] if records else None if known is None else known.record
    if record is None:
        raise LookupError("the register said nothing of this practice before its purchasers did")
    return PracticeEntry(
        record=record,
        past_contracts={
            each.purchaser: each.contracts for each in facts if isinstance(each, f.ContractHistoryRecorded)
        },
        known_values={each.purchaser: each.values for each in facts if isinstance(each, f.ValuesRecorded)},
        opt_outs=tuple(
            NamedOptOut(each.purchaser, each.care_type, each.from_day) for each in facts if isinstance(each, f.OptedOut)
        ),
    )

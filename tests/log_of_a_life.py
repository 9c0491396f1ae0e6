"""A contract's life that was drawn at random, written into a log as the program would have recorded it."""

from collections.abc import Sequence

from application.mapper import NewFact
from domain.calendar import to_microseconds
from domain.history import Context, Fact
from domain.policy.adoption import Ground, adopted, policy_stream
from domain.provider.facts import ContractHistoryRecorded, ProviderRegistered, provider_stream
from domain.refusal import Refused
from infrastructure.bootstrap import System
from infrastructure.clock import SetClock
from tests.given import Given, Outcome


def record_life(system: System, clock: SetClock, beginning: Given, outcomes: Sequence[Outcome]) -> None:
    """Adopt the life's policies at the log positions it knows them by, bring its practice in, and record its facts.

    One commit for what the life began with, and one for each command that brought facts.
    """
    provider = beginning.provider
    assert provider is not None
    clock.set(max(each.in_force_from for each in beginning.policies.versions))
    for version, adoption in enumerate(beginning.policies.versions, start=1):
        fact, since = adopted(adoption.document, Ground.PUBLICATION), to_microseconds(adoption.in_force_from)
        _save(system, [_new(policy_stream(adoption.document.id), version, fact, since)])
    stream, now = provider_stream(provider.record.agb), to_microseconds(clock.now())
    history = ContractHistoryRecorded(purchaser="caresq", contracts=provider.past_contracts)
    registered = [_new(stream, 1, ProviderRegistered(record=provider.record), now), _new(stream, 2, history, now)]
    _save(system, registered)
    contract = str(beginning.contract_id)
    for each in beginning.history:
        clock.set(max(clock.now(), each.recorded_at))
        _save(system, [_new(contract, each.version, each.fact, to_microseconds(each.occurred_at))])
    version = len(beginning.history)
    for outcome in outcomes:
        if isinstance(outcome.decided, Refused) or not outcome.decided:
            continue
        clock.set(max(clock.now(), outcome.now))
        facts = []
        for version, decided in enumerate(outcome.decided, start=version + 1):  # noqa: B020
            instant = to_microseconds(decided.occurred_at or outcome.occurred_at)
            facts.append(_new(contract, version, decided.fact, instant)._replace(explanation=decided.explanation))
        _save(system, facts)


def _new(stream: str, version: int, fact: Fact, occurred_at: int) -> NewFact:
    told = Context(
        actor="a test", command_id=f"{stream}@{version}", command_digest="", correlation_id="life", reason="drawn"
    )
    return NewFact(stream, version, fact, occurred_at, told.model_dump_json(exclude_none=True).encode())


def _save(system: System, facts: Sequence[NewFact]) -> None:
    system.contracting.save(*facts)

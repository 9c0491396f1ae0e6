"""One fact as an auditor reads it: who, on whose behalf, what, when, why, and what it changed from what to what."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

from application.audit.subject import AdoptedPolicies, subject_of
from application.mapper import FactMapper
from application.ports import EventLog
from application.queries.difference import Change, changes
from domain.calendar import Instant, instant_text, local_text
from domain.contract.contract import fold
from domain.contract.contract_id import is_contract
from domain.explanation import Explanation
from domain.history import Fact, Recorded
from domain.model import Frozen
from domain.policy.adoption import PolicyAdopted
from domain.provider.facts import NO_PURCHASER, ProviderFact, PurchaserFact, RegisterFact, fold_provider

NOT_OF_THE_STATE = {"version", "past"}
"""Fields of a state that count its facts, or hold what came before."""


class TrailEntry(Frozen):
    """One fact of the log with its envelope.

    Instants are in UTC; those that end in ``_local`` say the same for a reader, with the zone named. ``clauses`` are
    those that the fact and its explanation cite. ``caused_by`` is the event that brought this one about, absent where
    a command did. ``changes`` are the fields of the contract, the practice or the policy that the fact changed, before
    and after, as its stream read with it for the last fact.
    """

    position: int
    event_id: str
    stream_id: str
    purchaser: str | None
    agb: str | None
    name: str
    occurred_at: Instant
    occurred_at_local: str
    recorded_at: Instant
    recorded_at_local: str
    actor: str
    on_behalf_of: str | None
    reason: str | None
    clauses: tuple[str, ...]
    command_id: str
    correlation_id: str
    caused_by: str | None
    policy_id: str | None
    policy_position: int | None
    provider_version: int | None
    fact: dict[str, Any]
    changes: tuple[Change, ...]


class EntryMaker:
    """Makes entries of facts; reads their streams for what each changed, and their explanations, a page at a time."""

    def __init__(self, log: EventLog, facts: FactMapper, policies: AdoptedPolicies) -> None:
        self._log = log
        self._facts = facts
        self._policies = policies

    def entries(
        self, page: Sequence[Recorded], histories: Mapping[str, Sequence[Recorded]] | None = None
    ) -> Iterator[TrailEntry]:
        """The entries of up to 1,000 facts, in their order; ``histories`` are their streams where they are at hand."""
        if histories is None:
            histories = self._histories(page)
        explanations = self._log.explanations_at([each.position for each in page])
        for recorded in page:
            stored = explanations.get(recorded.position)
            explanation = None if stored is None else self._facts.decode_explanation(stored)
            yield self._entry(recorded, histories[recorded.stream_id], explanation)

    def _histories(self, page: Sequence[Recorded]) -> dict[str, list[Recorded]]:
        found: dict[str, list[Recorded]] = {each.stream_id: [] for each in page}
        last = max((each.position for each in page), default=0)
        for recorded in self._facts.decode_all(self._log.read_streams(list(found), up_to=last)):
            found[recorded.stream_id].append(recorded)
        return found

    def _entry(self, recorded: Recorded, history: Sequence[Recorded], explanation: Explanation | None) -> TrailEntry:
        context, fact = recorded.envelope(), recorded.fact
        subject = subject_of(recorded.stream_id, fact, self._policies.purchaser_of)
        data = fact.model_dump(mode="json")
        return TrailEntry(
            position=recorded.position,
            event_id=recorded.event_id,
            stream_id=recorded.stream_id,
            purchaser=subject.purchaser,
            agb=subject.agb,
            name=fact.stored_name,
            occurred_at=recorded.occurred_at,
            occurred_at_local=local_text(recorded.occurred_at),
            recorded_at=recorded.recorded_at,
            recorded_at_local=local_text(recorded.recorded_at),
            actor=context.actor,
            on_behalf_of=context.on_behalf_of,
            reason=context.reason,
            clauses=tuple(dict.fromkeys([*_cited(data), *(() if explanation is None else explanation.clauses())])),
            command_id=context.command_id,
            correlation_id=context.correlation_id,
            caused_by=context.causation_id,
            policy_id=self._policies.policy_of(recorded, context),
            policy_position=context.policy_position,
            provider_version=context.provider_version,
            fact=_without_document(fact, data),
            changes=tuple(_changed(recorded, history)),
        )


def _changed(recorded: Recorded, history: Sequence[Recorded]) -> Iterator[Change]:
    before = [each for each in history if each.version < recorded.version]
    old, new = _state(before, recorded), _state([*before, recorded], recorded)
    # most of a state stays as it was, and making JSON of it costs more than all the rest
    same = {name for name in old.keys() & new.keys() if old[name] == new[name]}
    was, became = ({name: _as_json(each[name]) for name in each if name not in same} for each in (old, new))
    return changes(was, became)


def _state(history: Sequence[Recorded], recorded: Recorded) -> dict[str, Any]:
    """What a stream comes to after some of its facts, by field; of a practice as the fact's purchaser knows it."""
    fact = recorded.fact
    if is_contract(recorded.stream_id):
        return _fields(fold(history))
    if isinstance(fact, ProviderFact):
        provider = fold_provider(history, fact.purchaser if isinstance(fact, PurchaserFact) else NO_PURCHASER)
        seen = {} if provider is None else _fields(provider)
        return {each: seen[each] for each in seen if (each == "record") == isinstance(fact, RegisterFact)}
    if isinstance(fact, PolicyAdopted):
        adopted = [each.fact.model_dump(mode="json") for each in history]
        read = {} if recorded.version == 1 or not adopted else {"document": json.loads(adopted[-1]["document"])}
        return {} if not adopted else {**adopted[-1], "document": None, **read}
    return fact.model_dump(mode="json") if history[-1:] == [recorded] else {}


def _fields(state: Any) -> dict[str, Any]:
    """The fields of a contract or a practice."""
    return {each.name: getattr(state, each.name) for each in fields(state) if each.name not in NOT_OF_THE_STATE}


def _as_json(value: Any) -> Any:
    """A state of the domain as JSON, named tuples by their fields."""
    match value:
        case Frozen():
            return value.model_dump(mode="json")
        case datetime():
            return instant_text(value)
        case date():
            return value.isoformat()
        case dict():
            return {str(key): _as_json(each) for key, each in value.items()}
        case frozenset():
            return sorted(map(_as_json, value))
        case tuple() if hasattr(value, "_asdict"):
            return {key: _as_json(each) for key, each in value._asdict().items()}
        case tuple() | list():
            return [_as_json(each) for each in value]
        case object() if is_dataclass(value) and not isinstance(value, type):
            return {name: _as_json(each) for name, each in _fields(value).items()}
        case str():
            return str(value)
        case _:
            return value


def _cited(value: Any) -> Iterator[str]:
    """The clauses that a fact names itself."""
    if isinstance(value, dict):
        if isinstance(value.get("clause"), str) and value["clause"]:
            yield value["clause"]
        for each in value.values():
            yield from _cited(each)
    elif isinstance(value, list):
        for each in value:
            yield from _cited(each)


def _without_document(fact: Fact, data: dict[str, Any]) -> dict[str, Any]:
    """A policy's document is told by its SHA-256; the document itself is what ``policy show`` is for."""
    return {key: value for key, value in data.items() if key != "document"} if isinstance(fact, PolicyAdopted) else data

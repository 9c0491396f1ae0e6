"""The one write path of contracts: load, decide, append."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from eventsourcing.application import Application
from eventsourcing.persistence import EventStore, InfrastructureFactory, Mapper, Recording
from eventsourcing.utils import Environment

from application.earlier_contracts import ContractHistory, folded, ids_of
from application.mapper import FactMapper, NewFact
from application.opt_out import opt_out_withdrawn
from application.order import Order, Untold, as_data, contexts, digest
from application.policy_library import PolicyLibrary
from application.ports import Appended, Clock, EventLog, OtherVersion, VersionConflict
from application.watch import UNWATCHED, Watch
from domain.agb import AgbCode
from domain.calendar import local_day, to_microseconds
from domain.contract.commands import ContractCommand, ExtendTerm, Publish, RecordExtension, RequestModule, Unpublish
from domain.contract.contract import Contract, fold
from domain.contract.contract_id import ContractId
from domain.contract.decide import decide
from domain.contract.delegated import delegation_for
from domain.contract.earlier import JUDGE_HISTORY, EarlierContract, begins_before
from domain.contract.facts import ContractFact
from domain.contract.retold import command_told_by
from domain.contract.situation import Decided, Situation, kept_version
from domain.history import FactCorrected, Recorded
from domain.policy.adoption import PolicyVersions
from domain.provider.facts import ProviderFact, fold_provider, provider_stream
from domain.provider.facts import evolve as evolve_provider
from domain.provider.provider import Provider
from domain.refusal import Refused, RefusedError

ATTEMPTS = 5
PROVIDERS_KEPT = 2_000
CONTRACTS_AT_ONCE = 200
BY_THE_CURRENT_POLICY = (Publish, Unpublish, RecordExtension, ExtendTerm, RequestModule)
"""What a later version of the policy governs, also of a contract that keeps the version of its offer."""


class Answer(NamedTuple):
    """What an accepted command brought: its facts, none when all had happened already.

    ``position`` is the log position that the answer rests on; ``repeated`` tells that the command id was answered
    before.
    """

    contract_id: ContractId
    facts: tuple[ContractFact, ...]
    version: int
    position: int
    repeated: bool = False


class Loaded(NamedTuple):
    """A contract as the log has it now, with the policy and the provider that a decision sees.

    ``earlier`` are the practice's contracts of earlier periods, where they were asked for.
    """

    contract_id: ContractId
    history: list[Recorded]
    contract: Contract
    policies: PolicyVersions
    provider: Provider | None
    earlier: tuple[EarlierContract, ...] = ()


class Contracting(Application[str]):
    """Contracts, event-sourced: the library's application with our fold in the place of its repository.

    Every command is idempotent by its id, and is decided anew on the new state when another writer was first.
    """

    def __init__(
        self, factory: InfrastructureFactory[Any], log: EventLog, clock: Clock, watch: Watch = UNWATCHED
    ) -> None:
        self._factory = factory
        self.log_port = log
        self.clock = clock
        self._watch = watch
        self.facts = FactMapper(factory.compressor(), factory.cipher())
        self.policies = PolicyLibrary(log, self.facts)
        self.contract_history = ContractHistory(log, self.facts, self.policies)
        self._providers: dict[tuple[str, AgbCode], Provider] = {}
        super().__init__()

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        """The factory around our recorder."""
        return self._factory

    def construct_mapper(self) -> Mapper[str]:
        """Our mapper from facts to stored events."""
        return self.facts

    def construct_event_store(self) -> EventStore[str]:
        """The library's event store over our mapper and recorder."""
        return EventStore(self.facts, self.recorder)

    def save(self, *objs: Any, **kwargs: Any) -> list[Recording[str]]:
        """The library's way in: new facts go through the same append, with their envelopes.

        Raises ``TypeError`` for anything else, and then stores nothing.
        """
        for each in objs:
            if not isinstance(each, NewFact):
                raise TypeError(f"only a NewFact can be saved, found {each!r}")
        self._append(objs, to_microseconds(self.clock.now()))
        return []

    def act(self, contract_id: ContractId, command: ContractCommand, order: Order) -> Answer:
        """Carry out a command; raises ``RefusedError`` when a rule forbids it, and then stores nothing.

        Raises ``OtherVersion`` when the order is for another version of the contract than it has; a repeat is answered
        all the same.
        """
        acting = partial(self._act_from, contract_id, command, order)
        return self._watch.over(str(contract_id), command, order, acting)

    def act_on(self, loaded: Loaded, command: ContractCommand, order: Order) -> Answer:
        """The same on a contract that was just loaded; it is loaded again when it was changed meanwhile."""
        acting = partial(self._act, loaded, command, order)
        return self._watch.over(str(loaded.contract_id), command, order, acting)

    def _act_from(self, contract_id: ContractId, command: ContractCommand, order: Order) -> Answer:
        return self._act(self.load(contract_id, command), command, order)

    def _act(self, loaded: Loaded, command: ContractCommand, order: Order) -> Answer:
        contract_id = loaded.contract_id
        now = self.clock.now()
        body = digest(command)
        for attempt in range(ATTEMPTS):
            if attempt:
                loaded = self.load(contract_id, command)
            acting = _acting(loaded, command, order, now)
            answered = self._answered(loaded, acting, body)
            if answered is not None:
                return answered
            _check_version(loaded, order)
            facts = self.prepare(loaded, command, acting, body, now=now)
            if not facts:
                return _unchanged(loaded)
            withdrawn = opt_out_withdrawn(loaded.contract_id, loaded.provider, facts, acting, now)
            try:
                appended = self._append([*facts, *withdrawn], to_microseconds(now))
            except VersionConflict:
                continue
            # its own last fact, as a repeat finds it; the opt-out that ends with it comes after
            return _answer(contract_id, facts, appended.first_position + len(facts) - 1)
        raise VersionConflict(f"{contract_id} was changed by others {ATTEMPTS} times in a row; try again")

    def load(self, contract_id: ContractId, command: ContractCommand | None = None) -> Loaded:
        """The contract with its policy and provider and all else that a command's decision sees; see ``load_all``."""
        return self.load_all([contract_id], [] if command is None else [command])[0]

    def load_all(self, contract_ids: Sequence[ContractId], commands: Collection[ContractCommand] = ()) -> list[Loaded]:
        """Several contracts with their policies and providers, in one round trip; at most 200.

        Where one of the commands judges contract history and a rule asks for it, with the practices' contracts of
        earlier periods; a second round trip only where a policy is met for the first time.
        """
        # kept aside: the next provider that is taken in may clear the memory
        known = {each[:2]: self._providers.get(each[:2]) for each in contract_ids}
        wanted = {str(contract_id): 0 for contract_id in contract_ids}
        for (_, agb), provider in known.items():
            stream, seen = provider_stream(agb), 0 if provider is None else provider.version
            wanted[stream] = min(seen, wanted.get(stream, seen))
        judges_history = any(isinstance(each, JUDGE_HISTORY) for each in commands)
        if judges_history:
            wanted.update(dict.fromkeys(self._streams_before(contract_ids), 0))
        found: dict[str, list[Recorded]] = {}
        for recorded in self.facts.decode_all(self.log_port.read(list(wanted.items()), news=self.policies.unread)):
            found.setdefault(recorded.stream_id, []).append(recorded)
        self.policies.extend(found)
        unread = sorted(self._streams_before(contract_ids) - wanted.keys()) if judges_history else []
        if unread:
            for recorded in self.facts.decode_all(self.log_port.read([(each, 0) for each in unread])):
                found.setdefault(recorded.stream_id, []).append(recorded)
        loaded = [self._loaded(contract_id, found, known[contract_id[:2]]) for contract_id in contract_ids]
        if not judges_history:
            return loaded
        return [each._replace(earlier=folded(self._before(each.contract_id), found)) for each in loaded]

    def prepare(
        self, loaded: Loaded, command: ContractCommand, order: Order, body: str, *, now: datetime
    ) -> list[NewFact]:
        """The facts that a command brings on a loaded contract; raises ``RefusedError``."""
        situation = _situation(loaded, order, now)
        decided = decide(command, situation)
        if isinstance(decided, Refused):
            raise RefusedError(decided)
        if not decided:
            return []
        deciding = situation.current if isinstance(command, BY_THE_CURRENT_POLICY) else situation.kept
        version = loaded.contract.version
        told = contexts(
            order,
            body,
            f"{loaded.contract_id}@{version + 1}",
            facts=len(decided),
            policy_position=deciding.position,
            provider_version=None if loaded.provider is None else loaded.provider.version,
            untold=_untold(command, situation, decided),
        )
        occurred_at = to_microseconds(situation.occurred_at)
        return [
            NewFact(
                str(loaded.contract_id),
                version + number,
                each.fact,
                occurred_at if each.occurred_at is None else to_microseconds(each.occurred_at),
                context,
                each.explanation,
            )
            for number, (each, context) in enumerate(zip(decided, told, strict=True), start=1)
        ]

    def begin_all(self, wanted: Sequence[tuple[ContractId, ContractCommand, Order]]) -> list[Answer | Refused]:
        """One command each on many contracts, at most 200; new streams in one commit, or one by one after a conflict.

        Streams that exist already get a transaction each.
        """
        loaded = self.load_all([each[0] for each in wanted], [each[1] for each in wanted])
        return self.begin_loaded(loaded, wanted)

    def begin_loaded(
        self, contracts: Sequence[Loaded], wanted: Sequence[tuple[ContractId, ContractCommand, Order]]
    ) -> list[Answer | Refused]:
        """``begin_all`` on contracts that were just loaded, in the same order."""
        now = self.clock.now()
        answers: dict[ContractId, Answer | Refused] = {}
        alone: dict[ContractId, Answer | Refused] = {}
        pending: list[tuple[ContractId, list[NewFact]]] = []
        for loaded, (contract_id, command, order) in zip(contracts, wanted, strict=True):
            body = digest(command)
            try:
                acting = _acting(loaded, command, order, now)
                answered = self._answered(loaded, acting, body)
                facts = [] if answered is not None else self.prepare(loaded, command, acting, body, now=now)
            except RefusedError as error:
                answers[contract_id] = error.refused
                continue
            if facts and loaded.history:
                alone[contract_id] = self._one_by_one((contract_id, command, order))
            elif facts:
                pending.append((contract_id, facts))
            else:
                answers[contract_id] = answered or _unchanged(loaded)
        if pending:
            try:
                appended = self._append([fact for _, facts in pending for fact in facts], to_microseconds(now))
            except VersionConflict:
                return [self._one_by_one(each) for each in wanted]
            answers.update(
                {contract_id: _answer(contract_id, facts, appended.last_position) for contract_id, facts in pending}
            )
        for contract_id, command, order in wanted:
            if contract_id in answers:
                self._watch.note(str(contract_id), command, order, answers[contract_id])
        answers |= alone
        return [answers[contract_id] for contract_id, _, _ in wanted]

    def providers(self, purchaser: str, agbs: Sequence[AgbCode]) -> list[Provider]:
        """Registered practices as a purchaser knows them, in one round trip, kept for the loads that follow."""
        known = [(provider_stream(agb), self._providers.get((purchaser, agb))) for agb in agbs]
        found: dict[str, list[Recorded]] = {}
        for row in self.log_port.read([(stream, 0 if each is None else each.version) for stream, each in known]):
            found.setdefault(row.originator_id, []).append(self.facts.decode(row))
        providers = [
            self._provider((purchaser, agb), provider, found.get(stream, []))
            for agb, (stream, provider) in zip(agbs, known, strict=True)
        ]
        return [provider for provider in providers if provider is not None]

    def _before(self, contract_id: ContractId) -> list[ContractId]:
        return ids_of(contract_id.purchaser, contract_id.agb, self.policies.history_of(contract_id))

    def _streams_before(self, contract_ids: Sequence[ContractId]) -> set[str]:
        return {str(each) for contract_id in contract_ids for each in self._before(contract_id)}

    def _one_by_one(self, wanted: tuple[ContractId, ContractCommand, Order]) -> Answer | Refused:
        try:
            return self.act(*wanted)
        except RefusedError as error:
            return error.refused

    def _append(self, facts: Sequence[NewFact], now: int) -> Appended:
        return self.log_port.append([self.facts.encode(fact) for fact in facts], now=now)

    def _loaded(self, contract_id: ContractId, found: dict[str, list[Recorded]], provider: Provider | None) -> Loaded:
        policies = self.policies.governing(contract_id)
        if not policies.versions:
            raise RefusedError(
                Refused(
                    "POLICY_NOT_ADOPTED",
                    f"no adopted policy of {contract_id.purchaser} has {contract_id.care_type} "
                    f"for {contract_id.period}",
                )
            )
        history = found.get(str(contract_id), [])
        return Loaded(
            contract_id,
            history,
            fold(history),
            policies,
            self._provider(contract_id[:2], provider, found.get(provider_stream(contract_id.agb), [])),
        )

    def _provider(
        self, key: tuple[str, AgbCode], provider: Provider | None, news: Sequence[Recorded]
    ) -> Provider | None:
        """The provider as a purchaser knows it: what is kept in memory and what is new in its stream."""
        if not news:
            return provider
        if any(isinstance(recorded.fact, FactCorrected) for recorded in news):
            # what was folded before may rest on what is mended
            history = self.facts.decode_all(self.log_port.read([(provider_stream(key[1]), 0)]))
            provider, news = fold_provider(history, key[0]), ()
        for recorded in news:
            if isinstance(recorded.fact, ProviderFact) and (provider is None or recorded.version > provider.version):
                provider = evolve_provider(provider, recorded.fact, recorded.version, key[0])
        if provider is not None:
            if len(self._providers) >= PROVIDERS_KEPT:
                self._providers.clear()
            self._providers[key] = provider
        return provider

    def _answered(self, loaded: Loaded, order: Order, body: str) -> Answer | None:
        """The answer that was given to this command id before, rebuilt from its facts."""
        needle = b'"command_id":' + json.dumps(order.command_id, ensure_ascii=False).encode()
        earlier = [recorded for recorded in loaded.history if needle in recorded.context]
        earlier = [recorded for recorded in earlier if recorded.envelope().command_id == order.command_id]
        if not earlier:
            return None
        if earlier[0].envelope().command_digest != body:
            raise RefusedError(
                Refused("COMMAND_ID_REUSED", f"command id {order.command_id!r} was used for another command")
            )
        facts = tuple(recorded.fact for recorded in earlier)
        return Answer(loaded.contract_id, facts, earlier[-1].version, earlier[-1].position, repeated=True)  # type: ignore[arg-type]


def _acting(loaded: Loaded, command: ContractCommand, order: Order, now: datetime) -> Order:
    """The order with the signatory for whom a delegate acts; raises ``RefusedError`` when none lets this one.

    Also a repeat is refused once the right was taken back: nobody is answered who may not ask.
    """
    if not order.delegated:
        return order
    delegation = delegation_for(command, loaded.provider, order.actor, order.occurred_at or now, now)
    if isinstance(delegation, Refused):
        raise RefusedError(delegation)
    return order._replace(on_behalf_of=delegation.granted_by)


def _unchanged(loaded: Loaded) -> Answer:
    position = loaded.history[-1].position if loaded.history else 0
    return Answer(loaded.contract_id, (), loaded.contract.version, position)


def _check_version(loaded: Loaded, order: Order) -> None:
    found = loaded.contract.version
    if order.expected_version is not None and order.expected_version != found:
        raise OtherVersion(
            f"{loaded.contract_id} is at version {found}, the command was meant for version {order.expected_version}"
        )


def _answer(contract_id: ContractId, facts: Sequence[NewFact], position: int) -> Answer:
    return Answer(
        contract_id,
        tuple(fact.fact for fact in facts),  # type: ignore[misc]
        facts[-1].originator_version,
        position,
    )


def _untold(command: ContractCommand, situation: Situation, decided: Sequence[Decided]) -> Untold:
    """What must stand beside the facts so that the same command can be decided again."""
    own = decided[0].occurred_at or situation.occurred_at
    return Untold(
        None if command_told_by([each.fact for each in decided]) == command else as_data(command),
        None if own == situation.occurred_at else situation.occurred_at,
        None if situation.now == situation.occurred_at else situation.now,
        {str(each.contract_id): each.contract.version for each in situation.earlier} or None,
    )


def _situation(loaded: Loaded, order: Order, now: datetime) -> Situation:
    """What the decision stands on; raises ``RefusedError`` when no policy was in force at the act's instant."""
    occurred_at = order.occurred_at or now
    current = loaded.policies.at(occurred_at)
    if current is None:
        raise RefusedError(
            Refused(
                "POLICY_NOT_IN_FORCE",
                f"no version of the policy of {loaded.contract_id.purchaser} was in force on {local_day(occurred_at)}",
            )
        )
    kept = kept_version(loaded.contract, loaded.policies, current)
    return Situation(
        loaded.contract_id,
        loaded.history,
        loaded.contract,
        current,
        kept,
        loaded.provider,
        occurred_at,
        now,
        order.reason,
        tuple(each for each in loaded.earlier if begins_before(each.contract_id.period, kept.document.year)),
        handed_over=order.handed_over_by is not None,
    )

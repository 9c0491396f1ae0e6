"""Contracts with the policy's real rules, against the library's stock aggregate with the same payload."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from itertools import groupby, islice
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import JSONTranscoder, Transcoding

from application.contracting import Answer, Contracting
from application.mapper import FactMapper
from application.order import Order
from application.ports import Entry, Row
from application.provider_import import PracticeEntry
from benchmarks.arena import DATABASES, Arena
from benchmarks.measure import Contest, rate
from benchmarks.peers import library
from domain.agb import AgbCode
from domain.contract.commands import (
    Approach,
    AssessQuestionnaire,
    ConfirmQuestionnaire,
    ContractCommand,
    MakeOffer,
    Sign,
)
from domain.contract.contract import fold
from domain.contract.contract_id import ContractId
from infrastructure.bootstrap import upgrade_database
from tests.given import answers
from tests.round_world import RoundWorld, entry, round_world

Values = dict[str, Any]
Told = tuple[str, Values, datetime, Values]
COMMANDS = {"sqlite": 300, "postgres": 200}
ROUNDS = 5
STREAMS = 400
STREAMS_A_QUERY = 200
SMALL, LARGE = 10_000, 1_000_000
COMMANDS_A_SIZE = 2_000
EVENTS_BEFORE_AN_OFFER = 5
PATTERN = "04900000"


def contests(arena: Arena) -> Iterator[Contest]:
    """Commands, replay, and the cost of a command in a large log, on each database."""
    for database in DATABASES:
        yield _commands(arena, database, practice_in_memory=True)
        yield _commands(arena, database, practice_in_memory=False)
        yield from _replay(arena, database)
        yield _growth(arena, database)


class Lived(NamedTuple):
    """One contract's stored facts, and its practice's, to be copied to other practices."""

    contract: list[Row]
    provider: list[Row]
    offered_sha256: str


def live_one(world: RoundWorld, *, offered: bool) -> Lived:
    """Bring one contract to its tier, or to its offer, by the use cases."""
    world.at("2024-04-02T09:00")
    world.adopt("caresq-2025-fys-term")
    world.register(_practice_of_four())
    contract_id = f"caresq/{PATTERN}/FYS/2025-2026"
    steps: list[tuple[str, ContractCommand]] = [
        ("2024-09-16T09:00", Approach()),
        ("2024-10-02T10:00", ConfirmQuestionnaire(answers=answers("prem", "share"))),
        ("2024-10-04T10:00", AssessQuestionnaire()),
    ]
    for moment, command in [*steps, ("2024-10-07T10:00", MakeOffer())][: 4 if offered else 3]:
        world.at(moment)
        world.act(contract_id, command)
    log = world.contracting.log_port
    return Lived(
        log.read([(contract_id, 0)]),
        log.read([(f"provider/{PATTERN}", 0)]),
        world.offered_sha256(contract_id) if offered else "",
    )


def _practice_of_four() -> PracticeEntry:
    """A practice with four physiotherapists, as most have a few."""
    alone = entry(PATTERN)
    colleague = alone.record.professionals[0]
    four = tuple(colleague.model_copy(update={"agb": AgbCode(f"0410000{number}")}) for number in range(4))
    return PracticeEntry(alone.record.model_copy(update={"professionals": four}), alone.past_contracts)


def spread(world: RoundWorld, lived: Lived, numbers: Sequence[int], *, with_provider: bool = True) -> list[ContractId]:
    """The same facts for other practices, by number; 200 streams a commit."""
    log = world.contracting.log_port
    kept = [*lived.contract, *(lived.provider if with_provider else [])]
    for first in range(0, len(numbers), STREAMS_A_QUERY):
        chunk = [f"04{number:06}" for number in numbers[first : first + STREAMS_A_QUERY]]
        entries = [_entry(row, agb, number) for number, agb in enumerate(chunk) for row in kept]
        log.append(entries, now=entries[-1].occurred_at)
    return [ContractId.parse(f"caresq/04{number:06}/FYS/2025-2026") for number in numbers]


def _entry(row: Row, agb: str, number: int) -> Entry:
    """The fact for another practice, some microseconds later, as no two practices act at one instant."""
    return Entry(
        row.originator_id.replace(PATTERN, agb),
        row.originator_version,
        row.topic,
        row.state.replace(PATTERN.encode(), agb.encode()),
        row.occurred_at + number,
        row.context,
        None,
    )


class Kept(Aggregate):
    """A contract as a stock aggregate: every event carries the values, the instant and the context that ours stores."""

    @event("Begun")
    def __init__(self, name: str, values: Values, occurred_at: datetime, context: Values) -> None:
        self.name, self.values, self.occurred_at, self.context = name, values, occurred_at, context

    @event("Happened")
    def happen(self, name: str, values: Values, occurred_at: datetime, context: Values) -> None:
        self.name, self.values, self.occurred_at, self.context = name, values, occurred_at, context


class DateAsIso(Transcoding):
    """Days are typed, as ours are; the library's own transcodings know instants only."""

    type = date
    name = "date_iso"

    def encode(self, obj: date) -> str:
        """The day as text."""
        return obj.isoformat()

    def decode(self, data: str) -> date:
        """The day again."""
        return date.fromisoformat(data)


def told(facts: FactMapper, row: Row) -> Told:
    """The same values for the library, of the same types; tuples are lists, which its transcoder reads faster."""
    recorded = facts.decode(row)
    values = _lists(recorded.fact.model_dump())
    assert isinstance(values, dict)
    return row.topic, values, recorded.occurred_at, json.loads(row.context)


def _lists(value: object) -> object:
    if isinstance(value, dict):
        return {key: _lists(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_lists(each) for each in value]
    return str(value) if isinstance(value, StrEnum) else value


def stock(arena: Arena, database: str) -> Application[UUID]:
    """The library's application, that also knows days."""
    application = library(arena, database)
    transcoder = application.mapper.transcoder
    assert isinstance(transcoder, JSONTranscoder)
    transcoder.register(DateAsIso())
    return application


def fill_library(application: Application[UUID], facts: Sequence[Told], amount: int) -> list[UUID]:
    """So many aggregates with that history."""
    return fill_histories(application, [facts] * amount)


def fill_histories(application: Application[UUID], histories: Sequence[Sequence[Told]]) -> list[UUID]:
    """An aggregate for each history."""
    ids = []
    for first in range(0, len(histories), 50):
        made = []
        for facts in histories[first : first + 50]:
            kept = Kept(*facts[0])
            for each in facts[1:]:
                kept.happen(*each)
            made.append(kept)
        application.save(*made)
        ids += [kept.id for kept in made]
    return ids


def _world(arena: Arena, database: str) -> RoundWorld:
    url = arena.bare_url(database)
    upgrade_database(url)
    return arena.stack.enter_context(round_world(url))


def _commands(arena: Arena, database: str, *, practice_in_memory: bool) -> Contest:
    """A signature: load the six facts and what is new of policy and practice, decide by the rules, append one.

    A service knows the practice from the page on which the offer was read; the other row reads and decodes it too,
    which the library's aggregate never does.
    """
    amount = COMMANDS[database]
    seen = "known" if practice_in_memory else "never seen"
    world = _world(arena, database)
    lived = live_one(world, offered=True)
    world.at("2024-10-21T10:00")
    contracts = iter(spread(world, lived, range(amount * (ROUNDS + 1))))
    command = Sign(person_id="p1", certificate_serial="s1", agreement_sha256=lived.offered_sha256)
    application = stock(arena, database)
    history = [told(world.contracting.facts, row) for row in lived.contract]
    kept = iter(fill_library(application, history, amount * (ROUNDS + 1)))
    world.act(f"caresq/{PATTERN}/FYS/2025-2026", command)
    signed = told(
        world.contracting.facts, world.contracting.log_port.read([(f"caresq/{PATTERN}/FYS/2025-2026", len(history))])[0]
    )

    def ours() -> float:
        asked = list(islice(contracts, amount))
        if practice_in_memory:
            world.contracting.load_all(asked)
        return rate(lambda: [sign(each) for each in asked], amount)

    def sign(contract_id: ContractId) -> Answer:
        return world.contracting.act(contract_id, command, Order("signatory", f"sign-{contract_id.agb}"))

    def peer() -> None:
        for kept_id in islice(kept, amount):
            aggregate: Kept = application.repository.get(kept_id)
            aggregate.happen(*signed)
            application.save(aggregate)

    ours()
    peer()
    return Contest(
        f"command with the policy's rules: load six, decide, append one; practice {seen}",
        database,
        ours,
        lambda: rate(peer, amount),
        target=2.5,
        rounds=ROUNDS,
    )


def _replay(arena: Arena, database: str) -> Iterator[Contest]:
    """Facts folded per second, in batches of streams and one by one."""
    world = _world(arena, database)
    lived = live_one(world, offered=True)
    contracts = [str(each) for each in spread(world, lived, range(STREAMS), with_provider=False)]
    application = stock(arena, database)
    kept = fill_library(application, [told(world.contracting.facts, row) for row in lived.contract], STREAMS)
    length = len(lived.contract)

    def batches() -> None:
        for first in range(0, STREAMS, STREAMS_A_QUERY):
            replay_batch(world.contracting, contracts[first : first + STREAMS_A_QUERY], length)

    def one_by_one() -> None:
        log, facts = world.contracting.log_port, world.contracting.facts
        for name in contracts:
            assert fold(facts.decode_all(log.read([(name, 0)]))).version == length

    def peer() -> None:
        for kept_id in kept:
            aggregate: Kept = application.repository.get(kept_id)
            assert aggregate.version == length

    for warm in (batches, one_by_one, peer):
        warm()
    ways: list[tuple[str, Callable[[], None], float]] = [
        (f"replay: {STREAMS_A_QUERY} streams a query", batches, 8.0),
        ("replay: stream by stream", one_by_one, 8.0 if database == "sqlite" else 4.0),
    ]
    for name, ours, target in ways:
        yield Contest(
            name, database, partial(rate, ours, STREAMS * length), partial(rate, peer, STREAMS * length), target
        )


def replay_batch(contracting: Contracting, contracts: Sequence[str], length: int) -> None:
    """Read up to 200 streams in one query, and fold one after the other."""
    rows = contracting.log_port.read_streams(contracts)
    for _, of_stream in groupby(rows, key=attrgetter("originator_id")):
        assert fold(contracting.facts.decode_all(list(of_stream))).version == length


def _growth(arena: Arena, database: str) -> Contest:
    """Microseconds a command at a million events, against ten thousand; each contract is used once."""
    large = _world(arena, database)
    lived = live_one(large, offered=False)
    assert len(lived.contract) == EVENTS_BEFORE_AN_OFFER
    streams = LARGE // EVENTS_BEFORE_AN_OFFER
    asked = range(0, streams, streams // (COMMANDS_A_SIZE * (ROUNDS + 1)))
    spread(large, lived, [number for number in range(streams) if number not in asked], with_provider=False)
    in_large = iter(spread(large, lived, asked))
    large.at("2024-10-07T10:00")

    def at_large() -> float:
        return _microseconds(large.contracting, islice(in_large, COMMANDS_A_SIZE))

    def at_small() -> float:
        small = _world(arena, database)
        contracts = spread(small, live_one(small, offered=False), range(SMALL // EVENTS_BEFORE_AN_OFFER))
        small.at("2024-10-07T10:00")
        return _microseconds(small.contracting, iter(contracts))

    return Contest(
        f"command at {LARGE:,} events against {SMALL:,}, µs",
        database,
        at_large,
        at_small,
        target=1.3,
        at_most=True,
        rounds=ROUNDS,
    )


def _microseconds(contracting: Contracting, contracts: Iterator[ContractId]) -> float:
    """What one command takes; the first ones only warm up."""
    for contract_id in islice(contracts, 50):
        _offer(contracting, contract_id)
    rest = list(contracts)
    return 1e6 / rate(lambda: [_offer(contracting, each) for each in rest], len(rest))


def _offer(contracting: Contracting, contract_id: ContractId) -> Answer:
    return contracting.act(contract_id, MakeOffer(), Order("officer", f"offer-{contract_id.agb}"))

"""A round of the nation: what memory it takes, and how fast its new streams are written."""

import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from typing import Any

from application.mapper import NewFact
from application.order import Order
from application.round import registered_practices
from benchmarks.arena import DATABASES, Arena
from benchmarks.measure import Contest, rate
from benchmarks.peers import raw_executemany
from domain.care_type import CareType
from domain.contract.commands import Approach
from domain.contract.contract_id import ContractId
from infrastructure.bootstrap import open_system, upgrade_database
from tests.round_world import RoundWorld, round_world, sample

PRACTICES = 20_000
MOST_MEGABYTES = 500
CHUNK = 200
COMMITS = 15


def contests(arena: Arena) -> Iterator[Contest]:
    """Memory on SQLite, bulk append on each database."""
    yield _memory(arena)
    for database in DATABASES:
        yield _new_streams(arena, database)


def _memory(arena: Arena) -> Contest:
    """The peak of a whole process that holds the round; the peer is the most that it may take."""
    url = arena.bare_url("sqlite")
    upgrade_database(url)
    with round_world(url) as world:
        world.register(*sample(arena.folder, PRACTICES))

    def megabytes() -> float:
        command = [sys.executable, "-m", "benchmarks.round_memory", url]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return float(printed.split()[0])

    name = f"round: peak memory over {PRACTICES:,} practices, MB"
    return Contest(name, "sqlite", megabytes, lambda: MOST_MEGABYTES, target=1.0, at_most=True, rounds=1)


def _new_streams(arena: Arena, database: str) -> Contest:
    """Facts of new streams, encoded and appended, against their ready bytes given to the bare database."""
    url = arena.bare_url(database)
    upgrade_database(url)
    with round_world(url) as world:
        world.register(*sample(arena.folder, 400))
        world.at("2024-09-16T09:00")
        decided = _decided(world)
    system = arena.stack.enter_context(open_system(url))
    write = raw_executemany(arena, database)
    ours_number, peers_number, position = count(), count(), count(1)

    def new_streams(numbers: Iterator[int]) -> list[NewFact]:
        """The facts of 200 contracts under ids that are new."""
        return [
            fact._replace(originator_id=f"caresq/{next(numbers):08}/FYS/2025-2026")
            if fact.originator_version == 1
            else fact
            for fact in decided
        ]

    def ours() -> float:
        chunks = [_one_id_each(new_streams(ours_number)) for _ in range(COMMITS)]
        return rate(lambda: [system.contracting.save(*chunk) for chunk in chunks], COMMITS * len(decided))

    def peer() -> float:
        encode = system.contracting.facts.encode
        chunks: list[list[Any]] = []
        for _ in range(COMMITS):
            entries = [encode(fact) for fact in _one_id_each(new_streams(peers_number))]
            chunks.append(
                [(next(position), *entry[:5], entry.occurred_at, entry.context, entry.explanation) for entry in entries]
            )
        return rate(lambda: [write(chunk) for chunk in chunks], COMMITS * len(decided))

    ours(), peer()
    return Contest(f"round: new streams, {CHUNK} a commit, against executemany", database, ours, peer, target=0.4)


def _decided(world: RoundWorld) -> list[NewFact]:
    """What the round would record of the first 200 candidates."""
    kept: list[NewFact] = []
    order = Order("bench", "round/bench", correlation_id="round/bench")
    ids = [
        ContractId("caresq", agb, CareType.FYS, "2025-2026")
        for agb in registered_practices(world.contracting)
        if agb.prefix == "04"
    ]
    for loaded in world.contracting.load_all(ids[:CHUNK]):
        kept += world.contracting.prepare(loaded, Approach(), order, "", now=world.clock.now())
    return kept


def _one_id_each(facts: list[NewFact]) -> list[NewFact]:
    """Later facts of a stream follow the id of its first one."""
    stream_id = ""
    followed = []
    for fact in facts:
        stream_id = fact.originator_id if fact.originator_version == 1 else stream_id
        followed.append(fact._replace(originator_id=stream_id))
    return followed

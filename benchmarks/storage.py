"""The storage alone, with five toy facts: what the rules of a policy are later added to."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import count, groupby, islice
from operator import attrgetter
from time import time_ns
from uuid import UUID

from eventsourcing.application import Application

from benchmarks.arena import DATABASES, Arena
from benchmarks.measure import Contest, Round, rate
from benchmarks.peers import RawRow, library, raw_copy, raw_executemany
from benchmarks.toys import (
    CONTEXT,
    NOTE,
    WRITE,
    Closed,
    Opened,
    Toy,
    entry,
    fold,
    six_facts,
    toy_with_six_events,
)
from infrastructure.persistence.recorder import LogRecorder

COMMANDS = {"sqlite": 200, "postgres": 120}
"""Commands a round; the library does about 900 and 300 a second."""
ROUNDS = 7
STREAMS = 200
CHUNK = 200


def contests(arena: Arena) -> Iterator[Contest]:
    """Commands, replay and bulk append, on each database."""
    for database in DATABASES:
        yield _commands(arena, database)
        yield from _replay(arena, database)
        yield from _bulk(arena, database)


def now() -> int:
    """Now, in microseconds."""
    return time_ns() // 1000


def stream(number: int) -> str:
    """The id of a stream, of the shape and length of a contract's."""
    return f"caresq/{number:08}/FYS/2025-2026"


def fill_log(log: LogRecorder, streams: int) -> list[str]:
    """Streams of six facts each."""
    ids = [stream(number) for number in range(streams)]
    for first in range(0, streams, 50):
        at = now()
        log.append(
            [
                entry(name, version, fact, at)
                for name in ids[first : first + 50]
                for version, fact in enumerate(six_facts(), 1)
            ],
            now=at,
        )
    return ids


def fill_library(application: Application[UUID], streams: int) -> list[UUID]:
    """Aggregates of six events each."""
    toys = [toy_with_six_events() for _ in range(streams)]
    for first in range(0, streams, 50):
        application.save(*toys[first : first + 50])
    return [toy.id for toy in toys]


def _commands(arena: Arena, database: str) -> Contest:
    """Load six events, append one; each stream is used once."""
    amount = COMMANDS[database]
    log, application = arena.log(database), library(arena, database)
    streams = iter(fill_log(log, amount * (ROUNDS + 1)))
    toys = iter(fill_library(application, amount * (ROUNDS + 1)))

    def ours() -> None:
        for name in islice(streams, amount):
            state = fold(log.read([(name, 0)]))
            at = now()
            log.append([entry(name, state.version + 1, Closed(by=state.by, note=NOTE), at)], now=at)

    def peer() -> None:
        for toy_id in islice(toys, amount):
            toy: Toy = application.repository.get(toy_id)
            toy.close(toy.by, NOTE)
            application.save(toy)

    ours()  # prepared statements, caches
    peer()
    return Contest(
        "toy command: load six, append one",
        database,
        lambda: rate(ours, amount),
        lambda: rate(peer, amount),
        target=2.5,
        rounds=ROUNDS,
    )


def _replay(arena: Arena, database: str) -> Iterator[Contest]:
    """Facts folded per second, in batches of streams and one by one."""
    log, application = arena.log(database), library(arena, database)
    streams, toys = fill_log(log, STREAMS), fill_library(application, STREAMS)

    def batches() -> None:
        for first in range(0, STREAMS, CHUNK):
            rows = log.read_streams(streams[first : first + CHUNK])
            for _, facts in groupby(rows, key=attrgetter("originator_id")):
                assert fold(list(facts)).version == 6

    def one_by_one() -> None:
        for name in streams:
            assert fold(log.read([(name, 0)])).version == 6

    def peer() -> None:
        for toy_id in toys:
            toy: Toy = application.repository.get(toy_id)
            assert toy.version == 6

    batches()
    one_by_one()
    peer()
    for name, ours, target in (
        (f"toy replay: {CHUNK} streams a query", batches, 8.0),
        ("toy replay: stream by stream", one_by_one, 8.0 if database == "sqlite" else 4.0),
    ):
        # as long a round for both, or a moment of a busy machine counts for more in the shorter
        yield Contest(name, database, _facts(ours, 4), _facts(peer, 1), target)


def _facts(work: Callable[[], None], times: int) -> Round:
    def repeated() -> None:
        for _ in range(times):
            work()

    return lambda: rate(repeated, STREAMS * 6 * times)


def _bulk(arena: Arena, database: str) -> Iterator[Contest]:
    """Rows per second, 200 new streams of one fact a commit, against the bare database."""
    log = arena.log(database)
    numbers = count()
    commits = 10

    def facts(numbers: Iterator[int]) -> list[tuple[str, Opened]]:
        return [(stream(number), Opened(by="j.devries", note=NOTE)) for number in islice(numbers, CHUNK)]

    def ours() -> None:
        for _ in range(commits):
            at = now()
            log.append([entry(name, 1, fact, at) for name, fact in facts(numbers)], now=at)

    ways = {"executemany": raw_executemany(arena, database)}
    if database == "postgres":
        ways["COPY"] = raw_copy(arena)
    for way, write in ways.items():
        ours()
        yield Contest(
            f"bulk append: {CHUNK} streams a commit, against {way}",
            database,
            lambda: rate(ours, CHUNK * commits),
            partial(_raw, write, count(1), commits),
            target=0.4,
        )


def _raw(write: Callable[[Sequence[RawRow]], None], positions: Iterator[int], commits: int) -> float:
    """Rows per second of the bare database; the rows are made before the clock runs."""
    at = now()
    state = WRITE[Opened](Opened(by="j.devries", note=NOTE))
    chunks: list[list[RawRow]] = [
        [(number, stream(number), 1, "Opened", state, at, at, CONTEXT, None) for number in islice(positions, CHUNK)]
        for _ in range(commits)
    ]

    def bare() -> None:
        for chunk in chunks:
            write(chunk)

    return rate(bare, CHUNK * commits)

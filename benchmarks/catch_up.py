"""Read models brought up to date: in batches, beside one event a transaction and the library's own projection."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count
from time import perf_counter

from benchmarks.arena import DATABASES, Arena
from benchmarks.contracts import fill_histories, stock, told
from benchmarks.measure import Contest, rate
from benchmarks.past import all_histories
from benchmarks.projection import projected
from benchmarks.sampled import SMALLEST, sampled
from benchmarks.standing import Standing, standing
from infrastructure.read_models.models import all_models
from infrastructure.read_models.register.model import RegisterModel
from infrastructure.read_models.runner import Runner

EVENTS_A_SECOND = 20_000.0
TIMES_ONE_BY_ONE = 15.0
ONE_BY_ONE = 300
"""Commits that are applied one by one in a round."""
IN_BATCHES = 8_000
ROUNDS = 3
LATEST = 0.4
"""The share of the log that is applied before rounds begin: from there on a commit holds an act, not a register."""
PROJECTED = 2_000


LISTS = ("contract_overview", "contract_work", "contract_deadline")


def contests(arena: Arena, sizes: Sequence[int], databases: Sequence[str] = DATABASES) -> Iterator[Contest]:
    """The register alone, which has the most to reckon, and each list, on each database."""
    for database in databases:
        for size in sizes:
            yield from _whole(arena, database, size)
        yield from _lists(arena, database)
        yield _beside_one_by_one(arena, database)
        yield _beside_the_library(arena, database)


def _whole(arena: Arena, database: str, size: int) -> Iterator[Contest]:
    """From nothing to the head, once."""
    with standing(sampled(arena, database, size)) as at:

        def ours() -> float:
            return rate(lambda: _catch_up(at.runner([RegisterModel()]), at.head), at.head)

        yield Contest(
            f"catch-up of the register at {size:,}, events a second",
            database,
            ours,
            lambda: EVENTS_A_SECOND,
            target=1.0,
            rounds=1,
        )


def _lists(arena: Arena, database: str) -> Iterator[Contest]:
    """From nothing to the head, each model by itself."""
    with standing(sampled(arena, database, SMALLEST)) as at:
        for model in all_models():
            if model.name in LISTS:
                yield Contest(
                    f"catch-up of {model.name} at {SMALLEST:,}, events a second",
                    database,
                    partial(rate, partial(_catch_up, at.runner([model]), at.head), at.head),
                    lambda: EVENTS_A_SECOND,
                    target=1.0,
                    rounds=1,
                )


def _beside_one_by_one(arena: Arena, database: str) -> Contest:
    """The same model by the same runner, one commit of the log a transaction; one copy of the sample for each."""
    in_batches, one_by_one = (arena.stack.enter_context(standing(sampled(arena, database, SMALLEST))) for _ in range(2))
    begins = int(in_batches.head * LATEST)
    runner, single = in_batches.runner([RegisterModel()]), _OneByOne(one_by_one, _end_of_commit(one_by_one, begins))
    _catch_up(runner, _end_of_commit(in_batches, begins))
    read_to = [_end_of_commit(in_batches, begins + number * IN_BATCHES) for number in range(ROUNDS + 1)]
    rounds = count(1)

    def ours() -> float:
        number = next(rounds)
        return rate(lambda: _catch_up(runner, read_to[number]), read_to[number] - read_to[number - 1])

    return Contest(
        "catch-up of the register in batches, events a second, against one commit a transaction",
        database,
        ours,
        single.some,
        target=TIMES_ONE_BY_ONE,
        rounds=ROUNDS,
    )


class _OneByOne:
    """Goes on commit by commit, as whoever follows the log while it grows."""

    def __init__(self, at: Standing, position: int) -> None:
        self._position = position
        self._log = at.system.log
        self._runner = at.runner([RegisterModel()])
        _catch_up(self._runner, position)

    def some(self) -> float:
        """Events a second over the next commits."""
        began, first = perf_counter(), self._position
        for _ in range(ONE_BY_ONE):
            [row] = self._log.rows_after(self._position, limit=1)
            self._position = self._log.horizon(known_at=row.recorded_at).position
            self._runner.catch_up(up_to=self._position)
        return (self._position - first) / (perf_counter() - began)


def _beside_the_library(arena: Arena, database: str) -> Contest:
    """The library's projection keeps the name of the last event of each contract; ours the whole register."""
    at = arena.stack.enter_context(standing(sampled(arena, database, SMALLEST)))
    application = stock(arena, database)
    facts = at.system.contracting.facts
    some = [history for number, history in enumerate(all_histories(at.system)) if number % 5 == 0]
    rows = at.system.log.read_streams([history[0].stream_id for history in some[:1_000]])
    by_stream: dict[str, list[object]] = {}
    for row in rows:
        by_stream.setdefault(row.originator_id, []).append(told(facts, row))
    fill_histories(application, list(by_stream.values()))  # type: ignore[arg-type]
    apply = projected(application, database)
    ends = iter([_end_of_commit(at, int(at.head * share / 4)) for share in range(1, 5)])
    runner, begins = at.runner([RegisterModel()]), 0

    def ours() -> float:
        nonlocal begins
        first, begins = begins, next(ends)
        return rate(lambda: _catch_up(runner, begins), begins - first)

    return Contest(
        "catch-up of the register, events a second, against the library's projection of one row",
        database,
        ours,
        lambda: rate(lambda: apply(PROJECTED // 2), PROJECTED // 2),
        target=1.0,
        rounds=ROUNDS,
    )


def _catch_up(runner: Runner, up_to: int) -> None:
    caught_up = runner.catch_up(up_to=up_to)
    assert not caught_up.faults, caught_up.faults


def _end_of_commit(at: Standing, position: int) -> int:
    return at.system.log.horizon(position=position).position

"""Read models at rest: lookups of claims, pages, trails; how they are made, and how their cost grows with the log."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from functools import partial
from itertools import cycle, islice
from time import perf_counter

from application.queries.audit_trail import TrailAsked
from application.queries.horizon import Asked
from application.register.reads import RegisterFilter
from benchmarks import continuum
from benchmarks.arena import DATABASES, Arena, cores_awake
from benchmarks.measure import Contest, Round, quantile, rate
from benchmarks.past import all_histories, filled_continuum
from benchmarks.sample.stores import SIZES
from benchmarks.sampled import SMALLEST, sampled
from benchmarks.standing import Made, Standing, make_models, standing
from tests.given import at

KNOWN_AT = "2025-06-30T12:00"
DAYS = {"asr": date(2024, 5, 15), "caresq": date(2025, 3, 1)}
"""A day in the contracts of each purchaser."""
LOOKUPS = 4_000
PAGES = 40
TRAILS = 400
LIMIT = 50
MOST_A_LOOKUP = {"sqlite": 150.0, "postgres": 500.0}
"""Microseconds, for 99 of a hundred."""
MOST_A_PAGE = 50_000.0
"""Microseconds, for 95 of a hundred."""
MOST_A_TRAIL = 5_000.0
"""Microseconds, for 95 of a hundred."""
MOST_GROWTH = 1.5
REBUILT_A_SECOND = 25_000.0
CAUGHT_UP_A_SECOND = 20_000.0
MOST_MEGABYTES = 1_000.0
ROUNDS = 5
FILTERS = {
    "tier": RegisterFilter("caresq", tier="A"),
    "tier and care type": RegisterFilter("caresq", care_type="LOG", tier="B"),
    "status": RegisterFilter("caresq", status="offer_declined"),
    "nothing": RegisterFilter("caresq"),
}
Timed = Callable[[int], list[float]]
"""Asks so many questions, and answers with the microseconds that each took."""


def contests(arena: Arena, sizes: Sequence[int], databases: Sequence[str] = DATABASES) -> Iterator[Contest]:
    """On each database, for each size; what a question costs at the largest beside the smallest."""
    for database in databases:
        with ExitStack() as stack:
            smallest = stack.enter_context(standing(sampled(arena, database, SMALLEST)))
            yield from _made(smallest, make_models(smallest))
            yield from _beside_continuum(arena, smallest)
            yield from _questions(smallest)
            for size in sizes:
                if size > SMALLEST:
                    with standing(sampled(arena, database, size)) as larger:
                        yield from _made(larger, make_models(larger))
                        yield from _questions(larger)
                        yield from _growth(smallest, larger)


# -------------------------------------------------------------------------------------------- what is measured


def lookups(of: Standing) -> Timed:
    """Lookups of claims, each for another contract, as known at a past instant: whole answers, in process."""
    asked = [
        (each.purchaser, each.agb, each.care_type, Asked(effective_on=DAYS[each.purchaser], known_at=at(KNOWN_AT)))
        for each in of.some_contracts(LOOKUPS)
    ]
    return _timed(of.system.register.lookup, asked)


def pages(of: Standing, wanted: RegisterFilter) -> Timed:
    """First pages at a past day with the knowledge of a past instant."""
    asked = Asked(effective_on=DAYS["caresq"], known_at=at(KNOWN_AT))
    return _timed(partial(of.system.register.page, limit=LIMIT), [(wanted, asked)] * 2)


def trails(of: Standing) -> Timed:
    """The whole trail of one contract."""
    asked = [(TrailAsked(contract=str(each)), Asked()) for each in of.some_contracts(TRAILS)]
    return _timed(of.system.trail.page, asked)


def trails_of_actors(of: Standing) -> Timed:
    """The first page of what one signatory did."""
    asked = [(TrailAsked(actor=f"p-{each.agb}-1"), Asked()) for each in of.some_contracts(TRAILS)]
    return _timed(of.system.trail.page, asked)


def _timed(ask: Callable[..., object], questions: Sequence[tuple[object, ...]]) -> Timed:
    again = cycle(questions)

    def some(amount: int) -> list[float]:
        took = []
        for question in islice(again, amount):
            began = perf_counter()
            ask(*question)
            took.append((perf_counter() - began) * 1e6)
        return took

    some(len(questions))  # each of them once, so that what is measured is not the disk
    return some


# ------------------------------------------------------------------------------------------------------- rows


def _questions(of: Standing) -> Iterator[Contest]:
    database, size = of.sampled.database, f"{of.sampled.size:,}"
    look_up = lookups(of)
    for share, name in ((0.99, "p99"), (0.5, "p50")):
        measured = partial(_quantile, share, look_up, LOOKUPS)
        yield _limit(f"register lookup at {size}, {name}, µs", database, measured, MOST_A_LOOKUP[database])
    for name, wanted in FILTERS.items():
        measured = partial(_quantile, 0.95, pages(of, wanted), PAGES)
        yield _limit(
            f"register on a past day by {name} at {size}, first page, p95, µs", database, measured, MOST_A_PAGE
        )
    measured = partial(_quantile, 0.95, trails(of), TRAILS)
    yield _limit(f"audit trail of one contract at {size}, p95, µs", database, measured, MOST_A_TRAIL)
    if of.sampled.size < SIZES[-1]:
        measured = partial(_quantile, 0.95, trails_of_actors(of), TRAILS)
        yield _limit(f"audit trail of one signatory at {size}, p95, µs", database, measured, MOST_A_TRAIL)


def _made(of: Standing, made: Made) -> Iterator[Contest]:
    database, size = of.sampled.database, f"{of.sampled.size:,}"
    for name, measured, least in (
        ("full rebuild of the register", made.rebuilt, REBUILT_A_SECOND),
        ("catch-up of the audit index", made.indexed, CAUGHT_UP_A_SECOND),
    ):
        if measured is None:
            continue
        yield Contest(
            f"{name} at {size}, events a second", database, _once(measured), _once(least), target=1.0, rounds=1
        )
    log = of.bytes_of(log=True) / of.head
    [[payload]] = of.system.log.database.fetch(
        "SELECT avg(length(state) + length(context) + coalesce(length(explanation), 0)) FROM log WHERE position < ?",
        (100_000,),
    )
    for name, ours, peer, most in (
        ("log, bytes an event, against what is in it", log, float(payload), 1.5),
        ("register and audit index, bytes an event, against the log", of.bytes_of(log=False) / of.head, log, 1.0),
        ("peak memory of making them, MB", made.megabytes, MOST_MEGABYTES, 1.0),
    ):
        yield Contest(f"{name}, at {size}", database, _once(ours), _once(peer), target=most, at_most=True, rounds=1)


def _growth(smaller: Standing, larger: Standing) -> Iterator[Contest]:
    database, sizes = larger.sampled.database, f"{larger.sampled.size:,} against {smaller.sampled.size:,}"
    ways: list[tuple[str, Callable[[Standing], Timed], int]] = [
        ("register lookup", lookups, LOOKUPS),
        ("first page by tier", partial(pages, wanted=FILTERS["tier"]), PAGES),
        ("first page by status", partial(pages, wanted=FILTERS["status"]), PAGES),
        ("audit trail of one contract", trails, TRAILS),
    ]
    for name, way, amount in ways:
        at_large, at_small = (partial(_quantile, 0.5, way(each), amount) for each in (larger, smaller))
        yield Contest(
            f"{name}: {sizes}, p50, µs", database, at_large, at_small, target=MOST_GROWTH, at_most=True, rounds=ROUNDS
        )


def _beside_continuum(arena: Arena, of: Standing) -> Iterator[Contest]:
    """Whole answers a second, against Continuum's state of the same contract on the same day."""
    database = of.sampled.database
    engine = filled_continuum(arena, database, list(all_histories(of.system)))
    look_up = lookups(of)
    asked = cycle(of.some_contracts(LOOKUPS))
    instant = at(KNOWN_AT)

    def states() -> None:
        for contract_id in islice(asked, LOOKUPS // 10):
            continuum.stood(engine, str(contract_id), DAYS[contract_id.purchaser], instant)

    def ours() -> float:
        return rate(lambda: look_up(LOOKUPS), LOOKUPS)

    def peer() -> float:
        return rate(states, LOOKUPS // 10)

    name = "register lookup, a second, against Continuum's state as of an instant"
    yield Contest(name, database, ours, peer, target=20, rounds=ROUNDS)
    if database == "postgres":
        yield Contest(f"{name}, cores awake", database, _awake(ours), _awake(peer), target=20, rounds=ROUNDS)


def _awake(way: Round) -> Round:
    def measured() -> float:
        with cores_awake():
            return way()

    return measured


def _limit(name: str, database: str, ours: Round, most: float) -> Contest:
    """Against a limit, which stands where a peer's figure would."""
    return Contest(name, database, ours, _once(most), target=1.0, at_most=True, rounds=ROUNDS)


def _once(value: float) -> Round:
    return lambda: value


def _quantile(share: float, way: Timed, amount: int) -> float:
    return quantile(share, way(amount))

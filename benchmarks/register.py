"""The register of claims: lookups, pages, and how their cost grows; SQLAlchemy-Continuum beside the smallest sample."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from functools import partial
from itertools import cycle, islice
from time import perf_counter

from application.queries.horizon import Asked
from application.register.claims import CareGiven
from application.register.reads import RegisterFilter
from benchmarks import continuum
from benchmarks.arena import DATABASES, Arena
from benchmarks.measure import Contest, Round, quantile, rate
from benchmarks.past import all_histories, filled_continuum
from benchmarks.sampled import SMALLEST, sampled
from benchmarks.standing import Standing, keep_up, standing
from domain.contract.contract_id import ContractId
from tests.given import at

KNOWN_AT = "2025-06-30T12:00"
DAYS = {"asr": date(2024, 5, 15), "caresq": date(2025, 3, 1)}
"""A day in the contracts of each purchaser."""
LOOKUPS = 4_000
PAGES = 40
LIMIT = 50
MOST_A_LOOKUP = {"sqlite": 150.0, "postgres": 500.0}
"""Microseconds, for 99 of a hundred."""
MOST_A_PAGE = 50_000.0
"""Microseconds, for 95 of a hundred."""
MOST_GROWTH = 1.5
ROUNDS = 5
FILTERS = {
    "by tier": RegisterFilter("caresq", tier="A"),
    "by tier and care type": RegisterFilter("caresq", care_type="LOG", tier="B"),
    "by status": RegisterFilter("caresq", status="offer_declined"),
    "all": RegisterFilter("caresq"),
}


def contests(arena: Arena, sizes: Sequence[int]) -> Iterator[Contest]:
    """On each database, for each size; what a question costs at the largest beside the smallest."""
    for database in DATABASES:
        smallest = _kept_up(arena.stack, arena, database, SMALLEST)
        yield from _beside_continuum(arena, smallest)
        yield from _questions(smallest)
        for size in sizes:
            if size == SMALLEST:
                continue
            with ExitStack() as stack:
                larger = _kept_up(stack, arena, database, size)
                yield from _questions(larger)
                yield from _growth(smallest, larger)


def _kept_up(stack: ExitStack, arena: Arena, database: str, size: int) -> Standing:
    found = stack.enter_context(standing(sampled(arena, database, size)))
    keep_up(found)
    return found


# -------------------------------------------------------------------------------------------- what is measured


def lookups(at_: Standing) -> Callable[[int], list[float]]:
    """Microseconds of so many lookups of claims, each for another contract, all about the same knowledge."""
    asked = [_care(each) for each in at_.some_contracts(LOOKUPS)]
    questions = cycle(asked)
    known_at = at(KNOWN_AT)

    def look_up(amount: int) -> list[float]:
        took = []
        for care in islice(questions, amount):
            began = perf_counter()
            at_.questions.lookup(
                care.purchaser, care.code, care.care_type, Asked(effective_on=care.effective_on, known_at=known_at)
            )
            took.append((perf_counter() - began) * 1e6)
        return took

    look_up(LOOKUPS)
    return look_up


def pages(at_: Standing, wanted: RegisterFilter) -> Callable[[int], list[float]]:
    """Microseconds of so many first pages, at a past day with the knowledge of a past instant."""
    asked = Asked(effective_on=DAYS["caresq"], known_at=at(KNOWN_AT))

    def first_pages(amount: int) -> list[float]:
        took = []
        for _ in range(amount):
            began = perf_counter()
            at_.questions.page(wanted, asked, limit=LIMIT)
            took.append((perf_counter() - began) * 1e6)
        return took

    first_pages(2)
    return first_pages


def _care(contract_id: ContractId) -> CareGiven:
    return CareGiven(contract_id.purchaser, contract_id.agb, contract_id.care_type, DAYS[contract_id.purchaser])


# ------------------------------------------------------------------------------------------------------- rows


def _questions(at_: Standing) -> Iterator[Contest]:
    database, size = at_.sampled.database, f"{at_.sampled.size:,}"
    look_up = lookups(at_)
    yield _limit(
        f"register lookup at {size}, p99, µs",
        database,
        lambda: quantile(0.99, look_up(LOOKUPS)),
        MOST_A_LOOKUP[database],
    )
    yield _limit(
        f"register lookup at {size}, p50, µs",
        database,
        lambda: quantile(0.5, look_up(LOOKUPS)),
        MOST_A_LOOKUP[database],
    )
    for name, wanted in FILTERS.items():
        first_pages = pages(at_, wanted)
        yield _limit(
            f"register on a past day at {size}, {name}, first page, p95, µs",
            database,
            partial(_p95, first_pages),
            MOST_A_PAGE,
        )


def _growth(smaller: Standing, larger: Standing) -> Iterator[Contest]:
    database, sizes = larger.sampled.database, f"{larger.sampled.size:,} against {smaller.sampled.size:,}"
    ways: list[tuple[str, Callable[[Standing], Callable[[int], list[float]]], int]] = [
        ("register lookup", lookups, LOOKUPS),
        ("first page by tier", partial(pages, wanted=FILTERS["by tier"]), PAGES),
    ]
    for name, way, amount in ways:
        at_large, at_small = way(larger), way(smaller)
        yield Contest(
            f"{name} at {sizes}, p50, µs",
            database,
            partial(_median, at_large, amount),
            partial(_median, at_small, amount),
            target=MOST_GROWTH,
            at_most=True,
            rounds=ROUNDS,
        )


def _beside_continuum(arena: Arena, at_: Standing) -> Iterator[Contest]:
    """Lookups per second, whole answers, against Continuum's state of the same contract on the same day."""
    database = at_.sampled.database
    engine = filled_continuum(arena, database, list(all_histories(at_.system)))
    look_up = lookups(at_)
    asked = cycle(at_.some_contracts(LOOKUPS))
    instant = at(KNOWN_AT)

    def states() -> None:
        for contract_id in islice(asked, LOOKUPS // 10):
            continuum.stood(engine, str(contract_id), DAYS[contract_id.purchaser], instant)

    yield Contest(
        "register lookup, a second, against Continuum's state as of an instant",
        database,
        lambda: rate(lambda: look_up(LOOKUPS), LOOKUPS),
        lambda: rate(states, LOOKUPS // 10),
        target=20,
        rounds=ROUNDS,
    )


def _limit(name: str, database: str, ours: Round, most: float) -> Contest:
    """Against a limit, which stands where a peer's figure would."""
    return Contest(name, database, ours, lambda: most, target=1.0, at_most=True, rounds=ROUNDS)


def _p95(way: Callable[[int], list[float]]) -> float:
    return quantile(0.95, way(PAGES))


def _median(way: Callable[[int], list[float]], amount: int) -> float:
    return quantile(0.5, way(amount))

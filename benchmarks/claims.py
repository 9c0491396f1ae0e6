"""Files of claims, file to file: lines a second, with keys that come back and with keys that never do."""

import csv
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from itertools import islice
from os import sched_getaffinity
from pathlib import Path

from application.typed_instants import instant, local_date
from benchmarks.arena import DATABASES, Arena
from benchmarks.measure import Contest, rate
from benchmarks.sample.stores import SIZES
from benchmarks.sampled import sampled
from benchmarks.standing import Standing, standing
from infrastructure.bootstrap import CheckOrder, ClaimFile, check_file

PURCHASER = "caresq"
PRACTICES = 25_000
LINES = {"keys that come back": 2_000_000, "all keys distinct": 200_000}
DAYS = 8
"""Of each practice when all keys are distinct; when they come back, the same lines again and again."""
LEAST = {
    ("keys that come back", "sqlite"): 100_000.0,
    ("keys that come back", "postgres"): 60_000.0,
    ("all keys distinct", "sqlite"): 30_000.0,
    ("all keys distinct", "postgres"): 30_000.0,
}
FIRST_DAY = date(2025, 3, 3)
ROUNDS = 3


def contests(arena: Arena, sizes: Sequence[int]) -> Iterator[Contest]:
    """On each database, over the practices of the second sample, or of the smallest where that is the largest."""
    size = max(size for size in sizes if size <= SIZES[1])
    for database in DATABASES:
        with standing(sampled(arena, database, size)) as at:
            at.system.read_models.rebuild("register")
            keys = _keys(at)
            for name, lines in LINES.items():
                file = arena.folder / f"claims-{database}-{lines}.csv"
                amount = _write(file, keys, lines, distinct=name == "all keys distinct")
                order = CheckOrder(at.sampled.url, PURCHASER, at.system.register.horizon(), instant, local_date)
                yield Contest(
                    f"claim lines a second over {min(PRACTICES, len(keys)):,} practices, file to file, {name}",
                    database,
                    partial(_check, order, file, amount),
                    partial(float, LEAST[name, database]),
                    target=1.0,
                    rounds=ROUNDS,
                )


def _keys(at: Standing) -> list[tuple[str, str]]:
    """Code and care type of practices with a contract, one each."""
    found: dict[str, str] = {}
    after = f"{PURCHASER}/"
    while len(found) < PRACTICES and (stream_ids := at.system.log.stream_ids(f"{PURCHASER}/", after=after)):
        after = stream_ids[-1]
        for stream_id in stream_ids:
            _, agb, care_type, _ = stream_id.split("/")
            found.setdefault(agb, care_type)
    return list(islice(found.items(), PRACTICES))


def _write(file: Path, keys: list[tuple[str, str]], lines: int, *, distinct: bool) -> int:
    """Every fortieth code is of nobody, as in claims that went to the wrong insurer; how many lines there are."""
    every = [
        (_code(agb, number + day * len(keys), distinct=distinct), care_type, f"{FIRST_DAY + timedelta(days=day)}")
        for day in range(DAYS)
        for number, (agb, care_type) in enumerate(keys)
    ]
    # neighbours in the file are strangers to each other
    mixed = [every[number * 7_919 % len(every)] for number in range(min(lines, len(every)) if distinct else lines)]
    with file.open("w", encoding="utf-8", newline="") as written:
        writer = csv.writer(written, lineterminator="\n")
        writer.writerow(("agb", "care_type", "treated_on"))
        writer.writerows(mixed)
    return len(mixed)


def _code(agb: str, number: int, *, distinct: bool) -> str:
    if number % 40:
        return agb
    return f"98{number:06}" if distinct else "99999999"


def _check(order: CheckOrder, file: Path, lines: int) -> float:
    target = file.with_suffix(".answered.csv")
    processes = len(sched_getaffinity(0))

    def check() -> None:
        with file.open("rb") as claims, target.open("wb") as answers:
            given = ClaimFile(str(file), claims, file.stat().st_size)
            done = check_file(order, given, answers, processes=processes, report=_unseen, tell=print)
        assert (done.rows, done.mistakes) == (lines, 0)

    return rate(check, lines)


def _unseen(done: int, total: int) -> None:
    """Nobody watches."""

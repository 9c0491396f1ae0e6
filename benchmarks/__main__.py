"""``python -m benchmarks``: hold every contest, print the table, write ``build/bench.json``.

A missed target is told in its row and is no failure: a busy machine misses some. Words after the command name files of
contests, such as ``register``, or keep only rows whose name holds one of them; ``--database`` keeps those of one.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import perf_counter

from rich.console import Console

from benchmarks import catch_up, claims, contracts, due, http, letters, past, register, storage
from benchmarks import round as round_of_the_nation
from benchmarks.arena import DATABASES, Arena, open_arena
from benchmarks.measure import Contest, Result, hold, report, save
from benchmarks.sample.stores import SIZES, NoRoomError

WRITTEN = Path("build/bench.json")
Contests = Callable[[Arena], Iterator[Contest]]


def files(sizes: tuple[int, ...], databases: tuple[str, ...]) -> dict[str, tuple[Contests, bool]]:
    """The contests by the name of their file, and whether they need the room of a disk."""
    return {
        "storage": (storage.contests, False),
        "contracts": (contracts.contests, False),
        "round": (round_of_the_nation.contests, False),
        "due": (due.contests, False),
        "letters": (letters.contests, False),
        "http": (http.contests, False),
        "past": (past.contests, False),
        "catch-up": (partial(catch_up.contests, sizes=sizes, databases=databases), True),
        "claims": (partial(claims.contests, sizes=sizes), True),
        "register": (partial(register.contests, sizes=sizes, databases=databases), True),
    }


def main() -> int:
    """Hold the contests."""
    asked = _asked()
    console = Console(width=120)
    databases = (asked.database,) if asked.database else DATABASES
    known = files(tuple(size for size in SIZES if size <= asked.size), databases)
    named = [word for word in asked.words if word in known]
    words = [word for word in asked.words if word not in known]
    began = perf_counter()
    results: list[Result] = []
    places: dict[str, None] = {}
    try:
        for contests, on_disk in [known[name] for name in named or known]:
            with open_arena(on_disk=on_disk) as arena:
                places[arena.where] = None
                for contest in contests(arena):
                    if words and not any(word in contest.name for word in words):
                        continue
                    if contest.database not in databases:
                        continue
                    with console.status(f"{contest.name} ({contest.database})"):
                        results.append(hold(contest))
                    save(results, WRITTEN)
    except NoRoomError as error:
        console.print(str(error))
        return 1
    report(results, "; ".join(places))
    missed = sum(not row.met for row in results)
    console.print(f"{len(results)} rows in {perf_counter() - began:.0f} s, {missed} below target; see {WRITTEN}")
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure, against peers and targets.")
    parser.add_argument("words", nargs="*", help="names of files, or parts of the names of rows")
    parser.add_argument("--size", type=int, default=SIZES[1], choices=SIZES, help="contracts of the largest sample")
    parser.add_argument("--database", choices=DATABASES, help="hold the contests of one database alone")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

"""``python -m benchmarks``: hold every contest, print the table, write ``build/bench.json``.

A missed target is told in its row and is no failure: a busy machine misses some. Words after the command keep only
rows whose name holds one of them.
"""

import sys
from pathlib import Path
from time import perf_counter

from rich.console import Console

from benchmarks import contracts, past, storage
from benchmarks import round as round_of_the_nation
from benchmarks.arena import open_arena
from benchmarks.measure import Contest, Result, hold, report

FILES = (storage, contracts, round_of_the_nation, past)


def main() -> int:
    """Hold the contests."""
    console = Console(width=120)
    wanted = sys.argv[1:]
    began = perf_counter()
    results: list[Result] = []
    at_most: set[str] = set()
    with open_arena() as arena:
        for file in FILES:
            for contest in file.contests(arena):
                if not _is_wanted(contest, wanted):
                    continue
                with console.status(f"{contest.name} ({contest.database})"):
                    results.append(hold(contest))
                if contest.at_most:
                    at_most.add(contest.name)
        where = arena.where
    report(results, at_most, where, Path("build/bench.json"))
    missed = sum(not row.met for row in results)
    console.print(f"{len(results)} rows in {perf_counter() - began:.0f} s, {missed} below target; see build/bench.json")
    return 0


def _is_wanted(contest: Contest, wanted: list[str]) -> bool:
    return not wanted or any(word in contest.name for word in wanted)


if __name__ == "__main__":
    sys.exit(main())

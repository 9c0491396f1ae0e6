"""Contests between our way and another: interleaved rounds, medians, a table and a JSON file."""

import gc
import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.table import Table

Round = Callable[[], float]
"""Does one round of work and answers how much of it was done per second, or what else is compared."""


@dataclass(frozen=True)
class Contest:
    """One row: our way and the other's, round by round in turn.

    ``target`` is for ours divided by the peer's: at least, or at most where less is better (memory, cost).
    """

    name: str
    database: str
    ours: Round
    peer: Round
    target: float
    at_most: bool = False
    rounds: int = 7


@dataclass(frozen=True)
class Result:
    """A row as it goes to the file; ``ours`` and ``peer`` are medians."""

    name: str
    database: str
    ours: float
    peer: float
    ratio: float
    target: float
    at_most: bool
    met: bool


def rate(work: Callable[[], object], amount: int) -> float:
    """How much per second, when one call of ``work`` does ``amount``."""
    began = perf_counter()
    work()
    return amount / (perf_counter() - began)


def hold(contest: Contest) -> Result:
    """Let both do their rounds in turn, so that a slow moment of the machine meets both."""
    ours: list[float] = []
    peers: list[float] = []
    gc.collect()
    gc.freeze()  # what the set-up left is nobody's work
    for number in range(contest.rounds):
        # who goes first changes, so that neither always finds the machine warm
        for ways in ((ours, contest.ours), (peers, contest.peer))[:: 1 if number % 2 else -1]:
            ways[0].append(ways[1]())
    median, peer = statistics.median(ours), statistics.median(peers)
    ratio = median / peer
    met = ratio <= contest.target if contest.at_most else ratio >= contest.target
    return Result(contest.name, contest.database, median, peer, round(ratio, 3), contest.target, contest.at_most, met)


def save(results: Sequence[Result], path: Path) -> None:
    """Write what is known so far: a long run that is broken off has told something."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps([asdict(row) for row in results], indent=2) + "\n", encoding="utf-8")


def report(results: Sequence[Result], where: str) -> None:
    """Print the table, with a word on where the databases stood."""
    table = Table(title="Contractspoor against its peers: medians of interleaved rounds of this run", caption=where)
    for column in ("what", "database", "ratio", "target", "met", "ours", "peer"):
        table.add_column(column, justify="left" if column in {"what", "database"} else "right")
    for row in results:
        target = f"{'<=' if row.at_most else '>='} {row.target:g}"
        met = "yes" if row.met else "NO"
        table.add_row(row.name, row.database, f"{row.ratio:.2f}", target, met, f"{row.ours:,.0f}", f"{row.peer:,.0f}")
    Console(width=120).print(table)


def quantile(share: float, took: Sequence[float]) -> float:
    """What at most this share of all took."""
    return sorted(took)[min(len(took) - 1, int(share * len(took)))]

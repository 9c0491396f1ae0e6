"""Many reminders due at one instant: how long until all are decided and written, and what memory that takes."""

import subprocess
import sys
from collections.abc import Iterator
from functools import cache

from application.round import RoundOrder, run_round
from benchmarks.arena import Arena
from benchmarks.measure import Contest
from infrastructure.bootstrap import upgrade_database
from tests.round_world import POLICY, entry, round_world

REMINDERS = 20_000
MOST_SECONDS = 60
MOST_MEGABYTES = 500


def contests(arena: Arena) -> Iterator[Contest]:
    """On SQLite; the peers are the most that it may take."""

    @cache
    def measured() -> tuple[float, float]:
        url = arena.bare_url("sqlite")
        sent(url)
        command = [sys.executable, "-m", "benchmarks.due_at_once", url]
        seconds, megabytes, recorded = subprocess.run(
            command, check=True, capture_output=True, text=True
        ).stdout.split()
        assert int(recorded) == REMINDERS, f"{recorded} reminders were recorded"
        return float(seconds), float(megabytes)

    name = f"due: {REMINDERS:,} reminders of one instant"
    yield Contest(
        f"{name}, s", "sqlite", lambda: measured()[0], lambda: MOST_SECONDS, target=1.0, at_most=True, rounds=1
    )
    yield Contest(
        f"{name}, peak MB", "sqlite", lambda: measured()[1], lambda: MOST_MEGABYTES, target=1.0, at_most=True, rounds=1
    )


def sent(url: str) -> None:
    """As many questionnaires, sent on one morning; the table of what is due knows them."""
    upgrade_database(url)
    with round_world(url) as world:
        world.register(*(entry(f"04{number:06}") for number in range(1, REMINDERS + 1)))
        world.at("2024-09-16T09:00")
        run_round(world.contracting, RoundOrder(POLICY, "officer"))
        world.system.ticking.due.bring_up()

"""A round that is killed at random moments: what was acknowledged is there once, and it goes on from where it was."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from application.round import (
    RoundOrder,
    RoundReport,
    registered_practices,
    round_care_types,
    run_round,
    version_of,
)
from domain.agb import AgbCode
from domain.calendar import local_day
from domain.policy.eligibility import is_candidate
from infrastructure.bootstrap import upgrade_database
from tests.round_world import POLICY, RoundWorld, round_world, sample
from tests.slow.round_worker import PAGE

ROOT = Path(__file__).parents[2]
BATCH = "round/caresq-2025/2024-09-16"
MOST_PAGES = 6
"""How many pages a round gets before it is killed, at most."""
MOST_SECONDS = 0.004
"""About as long as a page takes: the kill falls somewhere inside one."""


@pytest.mark.parametrize(
    "kills", [pytest.param(3, id="3 kills"), pytest.param(50, id="50 kills", marks=pytest.mark.slow)]
)
def test_a_killed_round_loses_nothing_and_does_nothing_twice(kills: int, database_url: str, tmp_path: Path) -> None:
    moments = random.Random(kills)
    with round_world(database_url) as world:
        world.register(*sample(tmp_path, PAGE * 12 * kills))
        world.at("2024-09-16T09:00")
        practices = registered_practices(world.contracting)
        for _ in range(kills):
            acknowledged = killed_round(database_url, moments)
            assert candidates(world, practices[:acknowledged]) <= world.contracts().keys()
            assert world.facts(BATCH)[:1] == ["RoundStarted"] or acknowledged == 0
        done = run_round(world.contracting, RoundOrder(POLICY, "officer"))
        assert done.resumed
        assert world.facts(BATCH) == ["RoundStarted", "RoundFinished"]
        contracts = world.contracts()
    uninterrupted, whole = held_at_once(tmp_path, PAGE * 12 * kills)
    assert contracts == uninterrupted
    assert done.counts == whole.counts


def killed_round(database_url: str, moments: random.Random) -> int:
    """How many practices it said it had gone over before it was killed."""
    command = [sys.executable, "-m", "tests.slow.round_worker", database_url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stderr is not None
        told = [worker.stdout.readline() for _ in range(1 + moments.randint(0, MOST_PAGES))]
        try:
            worker.wait(timeout=moments.random() * MOST_SECONDS)
        except subprocess.TimeoutExpired:
            worker.send_signal(signal.SIGKILL)
        told += worker.stdout.readlines()
        assert worker.wait() == -signal.SIGKILL, worker.stderr.read()
    return int([line for line in told if line.endswith("\n")][-1].split()[0])


def candidates(world: RoundWorld, practices: list[AgbCode]) -> set[str]:
    """The contracts that the round must have decided, once it has gone over these practices."""
    document = version_of(world.contracting, POLICY, world.clock.now()).document
    return {
        f"caresq/{provider.record.agb}/{care_type}/{rules.period}"
        for provider in world.contracting.providers("caresq", practices)
        for care_type, rules in ((each, document.care_types[each]) for each in round_care_types(document))
        if is_candidate(rules, care_type, provider, local_day(world.clock.now()))
    }


def held_at_once(folder: Path, practices: int) -> tuple[dict[str, list[bytes]], RoundReport]:
    """The same round, never interrupted, on a database of its own."""
    url = f"sqlite:///{folder / 'whole.db'}"
    upgrade_database(url)
    with round_world(url) as world:
        world.register(*sample(folder, practices))
        world.at("2024-09-16T09:00")
        report = run_round(world.contracting, RoundOrder(POLICY, "officer"))
        return world.contracts(), report

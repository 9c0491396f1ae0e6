"""The catch-up runner: every commit applied once by each model, whoever else runs, is killed, or can not go on."""

import gc
import logging
import random
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import pytest
from sqlalchemy import text

from application.ports import StorageUnavailable, VersionConflict
from infrastructure.persistence.engine import transaction
from infrastructure.persistence.recorder import LogRecorder
from infrastructure.read_models import batches, state
from infrastructure.read_models.runner import collecting_seldom
from infrastructure.read_models.waiting import Waiting
from tests.infrastructure.persistence.entries import append, entry, instant, writing_processes
from tests.infrastructure.read_models.toys import (
    Applied,
    Poisoned,
    applied,
    make_tables,
    running,
    running_process,
    toy_runner,
)

NAME, TOO, POISONED = "toy_applied", "toy_applied_too", "toy_applied_poisoned"
BAD = "caresq/07001234/LOG/2025-2026"


def fill(log: LogRecorder, commits: int, *, facts: int = 3, stream: str = "fill") -> int:
    """So many commits; the last position."""
    for commit in range(commits):
        head = append(log, *[entry(commit * facts + n + 1, stream) for n in range(facts)])
    return head.last_position


def test_models_are_caught_up_to_a_position_and_no_further(database_url: str, event_log: LogRecorder) -> None:
    make_tables(database_url, Applied(), Applied(TOO))
    fill(event_log, 10)
    told: list[int] = []
    with toy_runner(database_url, Applied(), Applied(TOO)) as (runner, *_):
        done = runner.catch_up(up_to=12, progress=told.append)
        assert {name: standing.position for name, standing in done.standings.items()} == {NAME: 12, TOO: 12}
        runner.catch_up([TOO], up_to=21)
        assert applied(database_url, Applied()) == list(range(1, 13))
        assert applied(database_url, Applied(TOO)) == list(range(1, 22))
    assert told == sorted(told)
    assert told[-1] == 12


def test_a_model_that_is_behind_meets_the_others_and_shares_their_batches(
    database_url: str, event_log: LogRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "ROWS_AT_ONCE", 7)
    make_tables(database_url, Applied(), Applied(TOO))
    fill(event_log, 4)
    with toy_runner(database_url, Applied(), Applied(TOO)) as (runner, _, log):
        runner.catch_up([NAME], up_to=12)
        fill(log, 4, stream="more")
        runner.catch_up(up_to=24)
    assert applied(database_url, Applied()) == applied(database_url, Applied(TOO)) == list(range(1, 25))


def test_a_batch_that_lost_the_race_leaves_nothing(database_url: str, event_log: LogRecorder) -> None:
    make_tables(database_url, Applied())
    head = fill(event_log, 40)
    barrier = Barrier(3)

    def catch_up(_: int) -> None:
        with toy_runner(database_url, Applied()) as (runner, *_others):
            barrier.wait()
            runner.catch_up(up_to=head)

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(catch_up, range(3)))
    assert applied(database_url, Applied()) == list(range(1, head + 1))


def test_several_processes_run_at_once_while_others_write(database_url: str) -> None:
    make_tables(database_url, Applied(), Applied(TOO))
    with ExitStack() as processes:
        for _ in range(2):
            processes.enter_context(running_process(database_url))
        with writing_processes(database_url, 2, "w/", 60):
            pass
        with toy_runner(database_url, Applied(), Applied(TOO)) as (_, waiting, _):
            assert waiting.wait_for(120, [NAME, TOO], 20)
    for model in (Applied(), Applied(TOO)):
        assert applied(database_url, model) == list(range(1, 121))


@pytest.mark.parametrize(
    "kills", [pytest.param(4, id="4 kills"), pytest.param(60, id="60 kills", marks=pytest.mark.slow)]
)
def test_a_killed_runner_leaves_each_batch_whole_or_not_at_all(
    kills: int, database_url: str, event_log: LogRecorder
) -> None:
    moments = random.Random(kills)
    make_tables(database_url, Applied(), Applied(TOO))
    head = 0
    for kill in range(kills):
        with running_process(database_url) as process:
            fill(event_log, 20, stream=f"kill/{kill}")
            head += 60
            try:
                process.wait(timeout=moments.random() * 0.03)
            except subprocess.TimeoutExpired:
                process.kill()
            process.wait()
        for model in (Applied(), Applied(TOO)):
            found = applied(database_url, model)
            assert found == list(range(1, len(found) + 1))
            assert len(found) % 3 == 0
            with toy_runner(database_url, model) as (runner, _, _):
                assert runner.standings()[model.name].position == len(found)
    with toy_runner(database_url, Applied(), Applied(TOO)) as (runner, _, _):
        runner.catch_up(up_to=head)
    assert applied(database_url, Applied()) == applied(database_url, Applied(TOO)) == list(range(1, head + 1))


@pytest.mark.parametrize("rows_at_once", [5, 2_000])
def test_a_poisoned_event_stops_its_own_model_at_its_commit_and_the_others_go_on(
    rows_at_once: int,
    database_url: str,
    event_log: LogRecorder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(batches, "ROWS_AT_ONCE", rows_at_once)
    poisoned = Poisoned(BAD)
    make_tables(database_url, Applied(), poisoned)
    fill(event_log, 3)
    append(event_log, entry(1, BAD), entry(2, BAD))
    fill(event_log, 3, stream="after")
    with toy_runner(database_url, Applied(), poisoned) as (runner, _, _):
        done = runner.catch_up(up_to=20)
        assert applied(database_url, Applied()) == list(range(1, 21))
        assert applied(database_url, poisoned) == list(range(1, 10))
        assert {name: standing.position for name, standing in done.standings.items()} == {NAME: 20, POISONED: 9}
        fault = done.faults[POISONED]
        assert list(done.faults) == [POISONED]
        assert (fault.position, fault.event_id, fault.message) == (10, f"{BAD}@1", "ArithmeticError: seven is no tier")
        assert instant() - 60_000_000 < fault.at <= instant()
        [alert] = [record for record in caplog.records if record.levelno == logging.ERROR]
        assert POISONED in alert.message
        assert f"{BAD}@1 at log position 10: ArithmeticError: seven is no tier" in alert.message
        assert f"readmodels resume {POISONED}" in alert.message
        runner.catch_up(up_to=20)
    assert len([record for record in caplog.records if record.levelno == logging.ERROR]) == 1


def test_a_fact_that_can_not_be_read_is_named_inside_its_commit(database_url: str, event_log: LogRecorder) -> None:
    class Reading(Applied):
        def apply(self, connection, batch):  # type: ignore[no-untyped-def]
            assert batch.facts
            super().apply(connection, batch)

    make_tables(database_url, Reading())
    stored = entry(1)._replace(state=b'{"tier":"C","effective_on":"2025-01-01","factors":[]}')
    append(event_log, stored, entry(1, BAD)._replace(topic="Renewed.v7"))
    with toy_runner(database_url, Reading()) as (runner, _, _):
        fault = runner.catch_up(up_to=2).faults[NAME]
    assert (fault.position, fault.event_id) == (2, f"{BAD}@1")
    assert "a 'Renewed.v7', which this version does not know" in fault.message


def test_a_model_that_is_mended_goes_on_where_it_stopped(database_url: str, event_log: LogRecorder) -> None:
    poisoned = Poisoned(BAD)
    make_tables(database_url, poisoned)
    append(event_log, entry(1, BAD))
    fill(event_log, 2)
    with toy_runner(database_url, poisoned) as (runner, _, log):
        runner.catch_up(up_to=7)
        assert applied(database_url, poisoned) == []
        poisoned.poison = "nothing"
        runner.catch_up(up_to=7)
        assert applied(database_url, poisoned) == []
        with log.database.transaction() as connection:
            assert state.resume(connection, POISONED)
            assert not state.resume(connection, POISONED)
        assert runner.catch_up(up_to=7).faults == {}
    assert applied(database_url, poisoned) == list(range(1, 8))


def test_a_model_of_another_version_waits_to_be_rebuilt(database_url: str, event_log: LogRecorder) -> None:
    make_tables(database_url, Applied())
    fill(event_log, 1)
    with toy_runner(database_url, Applied()) as (runner, _, _):
        runner.catch_up(up_to=3)
    fill(event_log, 1, stream="more")
    newer = Applied()
    newer.version = 2
    with toy_runner(database_url, newer) as (runner, _, log):
        assert list(runner.catch_up(up_to=6).outdated) == [NAME]
        assert applied(database_url, newer) == [1, 2, 3]
        with log.database.transaction() as connection, pytest.raises(VersionConflict, match="stopped or rebuilt"):
            state.moved(connection, newer, at=1, events_per_second=1)


def test_a_database_that_fails_stops_nothing_for_good(
    database_url: str, event_log: LogRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_tables(database_url, Applied())
    head = fill(event_log, 2)
    away = [StorageUnavailable("the database is away")]
    plain = Applied.apply

    def apply(self, connection, batch):  # type: ignore[no-untyped-def]
        plain(self, connection, batch)
        if away:
            raise away.pop()

    monkeypatch.setattr(Applied, "apply", apply)
    with toy_runner(database_url, Applied()) as (runner, waiting, _):
        with pytest.raises(StorageUnavailable, match="away"):
            runner.catch_up(up_to=head)
        assert runner.standings()[NAME].fault is None
        away.append(StorageUnavailable("the database is away again"))
        with running(runner):
            assert waiting.wait_for(head, [NAME], 20)
    assert applied(database_url, Applied()) == list(range(1, head + 1))


def test_a_statement_that_the_database_refuses_is_poison_and_no_failure(
    database_url: str, event_log: LogRecorder
) -> None:
    make_tables(database_url, Applied(), Applied(TOO))
    with transaction(event_log.database.engine) as connection:
        connection.execute(text(f"DROP TABLE {TOO}"))
    fill(event_log, 1)
    with toy_runner(database_url, Applied(), Applied(TOO)) as (runner, _, _):
        assert list(runner.catch_up(up_to=3).faults) == [TOO]
    assert applied(database_url, Applied()) == [1, 2, 3]


def test_it_is_told_how_fast_and_when_a_model_was_moved(database_url: str, event_log: LogRecorder) -> None:
    make_tables(database_url, Applied())
    head = fill(event_log, 5)
    with toy_runner(database_url, Applied()) as (runner, _, _):
        assert runner.standings()[NAME] == state.Standing()
        before = instant()
        standing = runner.catch_up(up_to=head).standings[NAME]
    assert standing.moved_at is not None
    assert standing.events_per_second is not None
    assert before <= standing.moved_at <= instant()
    assert standing.events_per_second > 100


def median(lags: list[int]) -> int:
    return sorted(lags)[len(lags) // 2]


def lags(log: LogRecorder, waiting: Waiting, name: str, count: int) -> list[int]:
    found = []
    for version in range(1, count + 1):
        began = instant()
        position = append(log, entry(version, "lag")).last_position
        assert waiting.wait_for(position, [name], 20)
        found.append(instant() - began)
    return found


def test_a_runner_is_woken_at_once_by_a_commit_of_its_own_process(database_url: str) -> None:
    make_tables(database_url, Applied())
    with toy_runner(database_url, Applied()) as (runner, waiting, log), running(runner):
        assert median(lags(log, waiting, NAME, 15)) < 100_000


def test_a_command_waits_for_its_position_in_the_runner_of_another_process(database_url: str) -> None:
    make_tables(database_url, Applied(), Applied(TOO))
    with running_process(database_url), toy_runner(database_url, Applied()) as (_, waiting, log):
        assert median(lags(log, waiting, TOO, 15)) < 150_000


def test_waiting_ends_after_its_time_and_for_a_model_that_has_stopped_at_once(
    database_url: str, event_log: LogRecorder
) -> None:
    poisoned = Poisoned(BAD)
    make_tables(database_url, poisoned)
    append(event_log, entry(1, BAD))
    with toy_runner(database_url, poisoned) as (runner, waiting, _):
        began = instant()
        assert not waiting.wait_for(1, [POISONED], 0.2)
        assert 150_000 < instant() - began < 5_000_000
        runner.catch_up(up_to=1)
        began = instant()
        assert not waiting.wait_for(1, [POISONED], 60)
        assert instant() - began < 5_000_000


def test_who_waits_is_notified_once_per_batch(
    database_url: str, event_log: LogRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "ROWS_AT_ONCE", 7)
    make_tables(database_url, Applied(), Applied(TOO))
    head = fill(event_log, 4)
    told: list[str] = []
    monkeypatch.setattr(Waiting, "wake", lambda _: told.append("woken"))
    with toy_runner(database_url, Applied(), Applied(TOO)) as (runner, _, _):
        runner.catch_up(up_to=head)
    assert len(told) == head / 6


def test_what_a_catch_up_keeps_is_not_looked_through_when_it_ends() -> None:
    collections: list[str] = []

    def note(phase: str, _: object) -> None:
        collections.append(phase)

    gc.callbacks.append(note)
    try:
        with collecting_seldom():
            kept = [[number] for number in range(10_000)]
        more = [[each] for each in kept[:10]]
    finally:
        gc.callbacks.remove(note)
    assert (len(kept), len(more), collections) == (10_000, 10, [])
    assert gc.isenabled()

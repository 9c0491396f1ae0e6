"""A read model is made anew aside and swapped in: who reads it notices nothing, and a crash leaves it as it was."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Semaphore, Thread

import pytest
from sqlalchemy import delete, func, insert, inspect, select, update

from application.mapper import FactMapper
from application.policy_library import PolicyLibrary
from infrastructure.clock import SystemClock
from infrastructure.persistence.engine import transaction
from infrastructure.persistence.recorder import LogRecorder, open_log
from infrastructure.persistence.tracking import TRACKING
from infrastructure.read_models import batches, rebuild, tables
from infrastructure.read_models.model import ReadModel
from infrastructure.read_models.rebuild import RebuildFailed
from infrastructure.read_models.service import Condition, ReadModels
from infrastructure.read_models.state import READ_MODEL
from tests.infrastructure.persistence.entries import append, entry
from tests.infrastructure.read_models.test_runner import fill
from tests.infrastructure.read_models.toys import APPLIED, Applied, Poisoned, applied, make_tables, running

NAME = "toy_applied"
WRITES_AT_ONCE = 300


def silent(done: int, total: int) -> None:
    """Nobody watches."""


@contextmanager
def read_models(database_url: str, *models: ReadModel) -> Iterator[tuple[ReadModels, LogRecorder]]:
    log = open_log(database_url)
    mapper = FactMapper()
    found = ReadModels(log, mapper, PolicyLibrary(log, mapper), SystemClock(), models)
    try:
        yield found, log
    finally:
        found.close()
        log.close()


def names_of_tables(log: LogRecorder) -> list[str]:
    return [name for name in inspect(log.database.engine).get_table_names() if name.startswith("toy")]


def test_reads_go_on_unharmed_while_a_model_is_rebuilt_under_load(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "ROWS_AT_ONCE", 40)
    make_tables(database_url, Applied())
    begun, over = Event(), Event()
    room = Semaphore(WRITES_AT_ONCE)

    def write() -> int:
        """As fast as it goes, but no further ahead of a rebuild than that ever ends."""
        log, head = open_log(database_url), 0
        while not over.is_set():
            if room.acquire(timeout=0.1):
                head = append(log, *[entry(n + 1, f"load/{head}") for n in range(3)]).last_position
                begun.set()
        log.close()
        return head

    def read() -> int:
        """Every view is a whole beginning of the log, and none is shorter than one before it."""
        reads = seen = 0
        with read_models(database_url, Applied()) as (found, _):
            while not over.is_set():
                with found.reading([NAME]) as (connection, position):
                    counted = select(
                        func.count(), func.count(APPLIED.c.position.distinct()), func.max(APPLIED.c.position)
                    )
                    count, distinct, last = connection.execute(counted).one()
                    assert (count, distinct, last or 0) == (position, position, position)
                assert position >= seen
                seen, reads = position, reads + 1
        return reads

    with (
        ThreadPoolExecutor(3) as threads,
        read_models(database_url, Applied()) as (found, log),
        running(found.runner),
    ):
        writer, readers = threads.submit(write), [threads.submit(read) for _ in range(2)]
        try:
            assert begun.wait(30)
            for _ in range(4):
                assert found.rebuild(NAME) > 0
                room.release(WRITES_AT_ONCE)
        finally:
            over.set()
        head = writer.result()
        assert all(reader.result() > 0 for reader in readers)
        assert found.waiting.wait_for(head, [NAME], 30)
        assert names_of_tables(log) == [NAME]
    assert applied(database_url, Applied()) == list(range(1, head + 1))


REBUILD_UNTIL_KILLED = """
import sys
from infrastructure.read_models import batches, rebuild
from tests.infrastructure.read_models.test_rebuild import read_models
from tests.infrastructure.read_models.toys import Applied

class Slow(Applied):
    def aside(self, suffix):
        return Slow(self.name, suffix)

    def apply(self, connection, batch):
        super().apply(connection, batch)
        if batch.read_from >= int(sys.argv[2]):
            print("in the middle", flush=True)
            sys.stdin.read()

batches.ROWS_AT_ONCE = 10
if sys.argv[3] == "swap":
    def swap(*_):
        print("in the middle", flush=True)
        sys.stdin.read()
    rebuild.tables.swap = swap
with read_models(sys.argv[1], Slow()) as (found, _):
    found.rebuild("toy_applied")
"""


@pytest.mark.parametrize(("applied_before", "where"), [(0, "first batch"), (20, "a batch"), (1_000, "swap")])
def test_a_rebuild_that_is_killed_leaves_the_model_and_the_next_one_clears_away(
    applied_before: int, where: str, database_url: str, event_log: LogRecorder
) -> None:
    make_tables(database_url, Applied())
    head = fill(event_log, 15)
    with read_models(database_url, Applied()) as (found, log):
        found.catch_up()
        with subprocess.Popen(
            [sys.executable, "-c", REBUILD_UNTIL_KILLED, database_url, str(applied_before), where],
            cwd=Path(__file__).parents[3],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "in the middle\n"
            process.kill()
        assert applied(database_url, Applied()) == list(range(1, head + 1))
        assert [each.condition for each in found.status()] == [Condition.UP_TO_DATE]
        assert len(names_of_tables(log)) == 2
        head = fill(log, 1, stream="after")
        found.catch_up()
        assert found.rebuild(NAME) == head
        assert names_of_tables(log) == [NAME]
        with log.database.engine.connect() as connection:
            assert list(connection.execute(select(READ_MODEL.c.name)).scalars()) == [NAME]
            assert list(connection.execute(select(TRACKING.c.name)).scalars()) == [NAME]
    assert applied(database_url, Applied()) == list(range(1, head + 1))


def test_a_model_with_its_indexes_is_the_same_after_any_number_of_rebuilds(
    database_url: str, event_log: LogRecorder
) -> None:
    make_tables(database_url, Applied())
    fill(event_log, 3)
    with read_models(database_url, Applied()) as (found, log):
        columns = inspect(log.database.engine).get_columns(NAME)
        for _ in range(3):
            assert found.rebuild(NAME) == 9
            fresh = inspect(log.database.engine)
            assert str(fresh.get_columns(NAME)) == str(columns)
            [index] = fresh.get_indexes(NAME)
            assert index["column_names"] == ["stream_id"]
            assert str(index["name"]).startswith(f"toy_applied_stream{tables.ASIDE}")


def test_a_rebuild_of_a_new_version_goes_on_after_a_fault_and_an_old_runner_leaves_it_alone(
    database_url: str, event_log: LogRecorder
) -> None:
    poison = "caresq/07001234/LOG/2025-2026"
    old = Poisoned(poison, NAME)
    make_tables(database_url, old)
    append(event_log, entry(1, poison))
    with read_models(database_url, old) as (outdated, _):
        outdated.catch_up()
        assert [each.condition for each in outdated.status()] == [Condition.STOPPED]
        with pytest.raises(RebuildFailed, match=f"{poison}@1 at log position 1: ArithmeticError: seven is no tier"):
            outdated.rebuild(NAME)
        assert [each.condition for each in outdated.status()] == [Condition.STOPPED]
        new = Applied()
        new.version = 2
        with read_models(database_url, new) as (found, log):
            assert names_of_tables(log) == [NAME]
            assert found.rebuild(NAME) == 1
            assert [each.condition for each in found.status()] == [Condition.UP_TO_DATE]
            fill(log, 1)
            outdated.catch_up()
            assert [each.condition for each in outdated.status()] == [Condition.OUTDATED]
            assert applied(database_url, new) == [1]
            found.catch_up()
    assert applied(database_url, Applied()) == [1, 2, 3, 4]


def test_of_two_rebuilds_at_once_the_later_one_goes_on(database_url: str, event_log: LogRecorder) -> None:
    make_tables(database_url, Applied())
    fill(event_log, 2)
    begun, go_on = Event(), Event()

    class Waits(Applied):
        def aside(self, suffix: str) -> Applied:
            return Waits(self.name, suffix)

    def earlier() -> str:
        with read_models(database_url, Waits()) as (found, _):

            def report(done: int, total: int) -> None:
                if done == total:
                    begun.set()
                    assert go_on.wait(30)

            with pytest.raises(RebuildFailed) as given_up:
                found.rebuild(NAME, report)
            return str(given_up.value)

    with ThreadPoolExecutor(1) as threads, read_models(database_url, Applied()) as (found, log):
        told = threads.submit(earlier)
        assert begun.wait(30)
        assert found.rebuild(NAME) == 6
        go_on.set()
        assert told.result() == f"another rebuild of read model {NAME} has begun; this one is given up"
        assert names_of_tables(log) == [NAME]
        assert [each.condition for each in found.status()] == [Condition.UP_TO_DATE]
    assert applied(database_url, Applied()) == list(range(1, 7))


def test_a_long_read_keeps_nobody_waiting_while_a_rebuild_stands_back(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild, "_PAUSE_SECONDS", 0.05)
    make_tables(postgres_url, Applied())
    with read_models(postgres_url, Applied()) as (found, log):
        fill(log, 2)
        found.catch_up()
        count = select(func.count()).select_from(APPLIED)
        with log.database.snapshot([NAME]) as long_read:
            assert long_read.scalar(count) == 6
            work = Thread(target=found.rebuild, args=(NAME,))
            work.start()
            for _ in range(20):
                with found.reading([NAME]) as (connection, _):
                    assert connection.scalar(count) == 6
            assert work.is_alive()
            assert long_read.scalar(count) == 6
        work.join(30)
        assert not work.is_alive()
        assert names_of_tables(log) == [NAME]


def test_a_check_finds_what_is_wrong_and_what_is_missing_and_leaves_nothing(
    database_url: str, event_log: LogRecorder
) -> None:
    make_tables(database_url, Applied())
    fill(event_log, 4)
    with read_models(database_url, Applied()) as (found, log):
        found.catch_up()
        fill(log, 1, stream="not applied yet")
        right = found.verify(NAME, silent)
        assert (right.position, right.rows, right.wrong, right.missing, right.examples) == (12, 12, 0, 0, ())
        with transaction(log.database.engine) as connection:
            connection.execute(delete(APPLIED).where(APPLIED.c.position == 3))
            connection.execute(update(APPLIED).where(APPLIED.c.position == 5).values(stream_id="another"))
            connection.execute(insert(APPLIED).values(position=99, stream_id="nowhere", commit_ends=99))
        wrong = found.verify(NAME, silent)
        assert (wrong.rows, wrong.wrong, wrong.missing) == (12, 2, 2)
        assert {(kind, row[0]) for _, kind, row in wrong.examples} == {
            ("wrong", 5),
            ("wrong", 99),
            ("missing", 3),
            ("missing", 5),
        }
        assert names_of_tables(log) == [NAME]
        found.rebuild(NAME)
        assert found.verify(NAME, silent).wrong == 0

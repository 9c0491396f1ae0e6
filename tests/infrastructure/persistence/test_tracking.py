"""A batch of the log is applied once, however many runners read it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from eventsourcing.persistence import IntegrityError, Tracking
from sqlalchemy import Engine

from application.ports import VersionConflict
from infrastructure.persistence import tracking
from infrastructure.persistence.engine import create_log_engine, transaction
from infrastructure.persistence.recorder import LogRecorder


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create_log_engine(database_url)
    with transaction(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE applied (position BIGINT)")
    yield engine
    engine.dispose()


def test_a_cursor_begins_at_nothing_and_moves_from_where_it_stands(engine: Engine) -> None:
    with transaction(engine) as connection:
        assert tracking.position_of(connection, "register") == 0
        tracking.move(connection, "register", read_from=0, to=10)
        tracking.move(connection, "register", read_from=10, to=25)
        assert tracking.position_of(connection, "register") == 25
        assert tracking.position_of(connection, "letters") == 0


@pytest.mark.parametrize("read_from", [0, 9, 11])
def test_a_cursor_that_stands_elsewhere_is_not_moved(engine: Engine, read_from: int) -> None:
    with transaction(engine) as connection:
        tracking.move(connection, "register", read_from=0, to=10)
    with pytest.raises(VersionConflict, match="another runner of reader register"), transaction(engine) as connection:
        tracking.move(connection, "register", read_from=read_from, to=30)
    with transaction(engine) as connection:
        assert tracking.position_of(connection, "register") == 10


def test_a_cursor_never_goes_back(engine: Engine) -> None:
    with transaction(engine) as connection, pytest.raises(ValueError, match="can not go from position 10 to 10"):
        tracking.move(connection, "register", read_from=10, to=10)


def test_two_runners_that_race_apply_every_batch_once(engine: Engine) -> None:
    batches = 25
    barrier = Barrier(2)

    def run(_: int) -> int:
        won = 0
        for batch in range(batches):
            barrier.wait()
            try:
                with transaction(engine) as connection:
                    tracking.move(connection, "register", read_from=batch * 10, to=batch * 10 + 10)
                    connection.exec_driver_sql(f"INSERT INTO applied VALUES ({batch})")
            except VersionConflict:
                continue
            won += 1
        return won

    with ThreadPoolExecutor(2) as threads:
        assert sum(threads.map(run, range(2))) == batches
    with transaction(engine) as connection:
        applied = connection.exec_driver_sql("SELECT position FROM applied ORDER BY position").scalars().all()
    assert list(applied) == list(range(batches))


def test_the_library_too_applies_a_notification_once(event_log: LogRecorder) -> None:
    barrier = Barrier(8)

    def record(_: int) -> bool:
        barrier.wait()
        try:
            event_log.insert_tracking(Tracking("upstream", 7))
        except IntegrityError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(record, range(8))) == 1

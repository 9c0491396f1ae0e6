"""What follows from the log alone waits for no disk; an append waits for it, before and after."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine

from infrastructure.persistence import tracking
from infrastructure.persistence.engine import parse_url
from infrastructure.persistence.recorder import LogRecorder, open_log
from tests.infrastructure.persistence.entries import append, entry

WAITS = {"sqlite": 2, "postgresql": "on"}
WAITS_FOR_NO_DISK = {"sqlite": 1, "postgresql": "off"}


@pytest.fixture
def log(database_url: str) -> Iterator[LogRecorder]:
    """A log whose server waits for the disk, as one in earnest and not as that of the tests."""
    url = parse_url(database_url)
    if url.get_backend_name() == "postgresql":
        server = create_engine(url, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.exec_driver_sql(f"ALTER DATABASE {url.database} SET synchronous_commit = on")
        server.dispose()
    log = open_log(database_url)
    yield log
    log.close()


def level(connection: Connection) -> object:
    asked = "PRAGMA synchronous" if connection.dialect.name == "sqlite" else "SHOW synchronous_commit"
    return connection.exec_driver_sql(asked).scalar()


def level_of_transactions(log: LogRecorder) -> object:
    with log.database.transaction() as connection:
        return level(connection)


def test_only_a_derivation_waits_for_no_disk(log: LogRecorder) -> None:
    dialect = log.database.engine.dialect.name
    with log.database.derivation() as connection:
        assert level(connection) == WAITS_FOR_NO_DISK[dialect]
        tracking.put(connection, "derived", 7)
    assert level_of_transactions(log) == WAITS[dialect]
    with log.database.engine.connect() as connection:
        assert tracking.position_of(connection, "derived") == 7


def test_one_that_fails_leaves_nothing_and_the_next_transaction_waits_again(log: LogRecorder) -> None:
    def derived(tier: int) -> None:
        with log.database.derivation() as connection:
            tracking.put(connection, "derived", tier // 0)

    with pytest.raises(ZeroDivisionError):
        derived(7)
    assert level_of_transactions(log) == WAITS[log.database.engine.dialect.name]
    with log.database.engine.connect() as connection:
        assert tracking.position_of(connection, "derived") == 0


def test_it_keeps_no_writer_waiting_until_it_writes(log: LogRecorder, database_url: str) -> None:
    another = open_log(database_url, lock_timeout=0.1)
    try:
        with log.database.derivation() as connection:
            appended = append(another, entry(1))
            tracking.put(connection, "derived", appended.last_position)
    finally:
        another.close()
    with log.database.engine.connect() as connection:
        assert tracking.position_of(connection, "derived") == appended.last_position

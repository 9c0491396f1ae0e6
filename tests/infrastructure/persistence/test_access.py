"""The access log only grows, on both databases."""

from collections.abc import Iterator
from threading import Thread

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from application.ports import Accessed, StorageUnavailable
from infrastructure.persistence.access import AccessTable
from infrastructure.persistence.engine import create_log_engine, transaction

READ = Accessed(0, 1_700_000_000_000_000, "auditor", "export", "contract x", "caresq", 1_699_999_000_000_000, 12)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create_log_engine(database_url)
    yield engine
    engine.dispose()


def test_accesses_are_numbered_in_their_order_and_found_by_reader_and_purchaser(engine: Engine) -> None:
    log = AccessTable(engine)
    for reader, purchaser in (("a", "caresq"), ("b", "asr"), ("a", None), ("b", "caresq")):
        log.record(READ._replace(reader=reader, purchaser=purchaser))

    assert [each.number for each in log.accesses()] == [1, 2, 3, 4]
    assert [each.number for each in log.accesses(reader="a")] == [1, 3]
    assert [each.number for each in log.accesses(purchaser="caresq")] == [1, 4]
    assert [each.number for each in log.accesses(after=1, limit=2)] == [2, 3]
    assert log.accesses()[0] == READ._replace(number=1, reader="a")


def test_those_who_read_at_the_same_time_get_a_number_each(engine: Engine) -> None:
    log = AccessTable(engine)
    threads = [Thread(target=log.record, args=(READ,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.number for each in log.accesses()] == list(range(1, 9))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE access_log SET reader = 'nobody'",
        "DELETE FROM access_log",
        "INSERT INTO access_log SELECT 1, 0, 'x', 'x', 'x', NULL, 0, 0",
        "INSERT OR REPLACE INTO access_log SELECT 1, 0, 'x', 'x', 'x', NULL, 0, 0",
        "TRUNCATE access_log",
    ],
)
def test_nothing_in_it_is_changed_deleted_or_replaced(engine: Engine, statement: str) -> None:
    log = AccessTable(engine)
    log.record(READ)
    with pytest.raises(DBAPIError), transaction(engine) as connection:
        connection.exec_driver_sql(statement)
    assert log.accesses() == [READ._replace(number=1)]


def test_a_database_that_is_not_set_up_is_told(bare_postgres_url: str) -> None:
    engine = create_log_engine(bare_postgres_url)
    with pytest.raises(StorageUnavailable, match="not set up"):
        AccessTable(engine).record(READ)
    with pytest.raises(StorageUnavailable, match="not set up"):
        AccessTable(engine).accesses()
    engine.dispose()

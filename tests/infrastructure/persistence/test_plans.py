"""How PostgreSQL goes about the questions that the log is asked: by an index each, by the connection's own process."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, cast

import psycopg
import pytest

from infrastructure.persistence import postgres
from infrastructure.persistence.engine import create_log_engine
from infrastructure.persistence.prepared import Prepared
from infrastructure.read_models.register import reads

_AS_IF_IT_HELD_MILLIONS = (
    "parallel_setup_cost = 0",
    "parallel_tuple_cost = 0",
    "min_parallel_table_scan_size = 0",
    "min_parallel_index_scan_size = 0",
    "jit_above_cost = 0",
)


@contextmanager
def connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    engine = create_log_engine(url)
    try:
        with engine.connect() as connection:
            yield cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    finally:
        engine.dispose()


@pytest.mark.parametrize(
    "statement", [postgres._STREAM, postgres._EACH_STREAM, postgres._EACH_STREAM_AND_NEWS, reads._ON_DAY]
)
def test_no_question_starts_processes_or_a_compiler_nor_reads_a_whole_table(postgres_url: str, statement: str) -> None:
    numbers = count(1)
    plain = statement.replace("%b", "?").replace("%s", "?")
    numbered = "".join(f"${next(numbers)}" if part == "?" else part for part in plain)
    with connected(postgres_url) as server:
        for setting in _AS_IF_IT_HELD_MILLIONS:
            server.execute(f"SET {setting}".encode())
        # past the driver, which would want values
        told = server.pgconn.exec_(f"EXPLAIN (GENERIC_PLAN) {numbered}".encode())
    plan = "\n".join((told.get_value(row, 0) or b"").decode() for row in range(told.ntuples))
    assert "Index Scan" in plan
    assert not [word for word in ("Gather", "Parallel", "JIT", "Seq Scan", "Bitmap") if word in plan], plan


def test_rows_of_a_prepared_statement_are_read_alike_each_time_whatever_their_columns(postgres_url: str) -> None:
    with connected(postgres_url) as server:
        prepared = Prepared(server)
        for _ in range(2):
            assert prepared.rows("SELECT ?::text, ?::bigint, NULL::text", ("04001234", 2**40)) == [
                ("04001234", 2**40, None)
            ]
            assert prepared.rows("SELECT ?::bigint WHERE false", (1,)) == []


def test_a_statement_that_the_server_refuses_is_left_to_the_driver_which_tells_why(postgres_url: str) -> None:
    with connected(postgres_url) as server:
        assert Prepared(server).rows("SELECT nothing FROM nowhere WHERE ? = 1", (1,)) is None

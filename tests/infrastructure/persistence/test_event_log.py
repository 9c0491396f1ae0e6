"""The ``EventLog`` port: one suite for every implementation."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy.exc import DBAPIError

from application.ports import ClockAhead, EventLogError, VersionConflict
from infrastructure.persistence.engine import transaction
from infrastructure.persistence.recorder import LogRecorder, open_log
from tests.infrastructure.persistence.entries import PROVIDER, STREAM, append, entry, instant

INSERT = """
    INSERT INTO log (position, stream_id, version, topic, state, recorded_at) SELECT 1, 'x', 1, 'x', state, 1 FROM log
    WHERE true
"""


def versions(log: LogRecorder, stream: str = STREAM) -> list[int]:
    return [row.originator_version for row in log.read([(stream, 0)])]


def test_a_fact_is_read_back_as_it_was_written(event_log: LogRecorder) -> None:
    written = entry(1)
    appended = append(event_log, written)
    [row] = event_log.read([(STREAM, 0)])
    assert row == (1, *written[:5], appended.recorded_at, written.context)
    assert isinstance(row.state, bytes)
    assert isinstance(row.context, bytes)


def test_positions_begin_at_one_and_have_no_gaps(event_log: LogRecorder) -> None:
    assert append(event_log, entry(1), entry(2))[:2] == (1, 2)
    with pytest.raises(VersionConflict):
        append(event_log, entry(3), entry(2))
    assert append(event_log, entry(3), entry(1, PROVIDER))[:2] == (3, 4)
    assert [row.position for row in event_log.rows_after(0)] == [1, 2, 3, 4]


def test_a_commit_has_one_instant_later_than_that_of_the_commit_before(event_log: LogRecorder) -> None:
    instants = [append(event_log, entry(n), entry(n, PROVIDER)).recorded_at for n in range(1, 20)]
    assert sorted(set(instants)) == instants
    assert [row.recorded_at for row in event_log.rows_after(0)] == [i for i in instants for _ in range(2)]


def test_a_fact_is_never_recorded_before_it_occurred(event_log: LogRecorder) -> None:
    soon = instant() + 800_000
    assert append(event_log, entry(1, occurred_at=soon)).recorded_at >= soon
    assert append(event_log, entry(2)).recorded_at > soon


def test_a_version_is_written_once_and_a_refused_append_leaves_nothing(event_log: LogRecorder) -> None:
    append(event_log, entry(1), entry(2))
    with pytest.raises(VersionConflict, match=f"{STREAM} already has version 2; load and decide again"):
        append(event_log, entry(2), entry(3))
    assert versions(event_log) == [1, 2]


def test_a_conflict_in_a_chunk_says_to_go_one_by_one(event_log: LogRecorder) -> None:
    append(event_log, entry(1, "a"))
    with pytest.raises(VersionConflict, match="one of 2 streams; load them and decide again, one by one"):
        append(event_log, entry(1, "b"), entry(1, "a"))
    assert versions(event_log, "b") == []


def test_an_append_needs_a_fact_and_each_fact_a_context(event_log: LogRecorder) -> None:
    with pytest.raises(EventLogError, match="at least one fact"):
        append(event_log)
    with pytest.raises(EventLogError, match=f"{STREAM}@1 has no context"):
        append(event_log, entry(1)._replace(context=b""))


def test_rows_and_explanations_are_found_by_their_positions(event_log: LogRecorder) -> None:
    append(event_log, *(entry(n, explanation=b"why" if n % 10 == 3 else None) for n in range(1, 41)))

    assert [row.position for row in event_log.rows_at([3, 17, 33, 99])] == [3, 17, 33]
    assert [row.position for row in event_log.rows_at(range(1, 31))] == list(range(1, 31))
    assert event_log.explanations_at([3, 4, 13, 99]) == {3: b"why", 13: b"why"}
    assert (event_log.rows_at([]), event_log.explanations_at([])) == ([], {})
    with pytest.raises(ValueError, match="at most 1000"):
        event_log.rows_at(range(1001))


def test_an_explanation_is_kept_beside_its_fact_and_may_fill_16_kb(event_log: LogRecorder) -> None:
    append(event_log, entry(1, explanation=b"x" * 16_384), entry(2))
    assert event_log.explanation(STREAM, 1) == b"x" * 16_384
    assert event_log.explanation(STREAM, 2) is None
    assert event_log.explanation(STREAM, 3) is None
    with pytest.raises(EventLogError, match="takes 16385 bytes; at most 16384 fit"):
        append(event_log, entry(3, explanation=b"x" * 16_385))
    assert versions(event_log) == [1, 2]


def test_two_streams_are_read_in_one_go_each_after_its_own_version(event_log: LogRecorder) -> None:
    append(event_log, entry(1), entry(1, PROVIDER), entry(2), entry(2, PROVIDER), entry(3))
    rows = event_log.read([(STREAM, 0), (PROVIDER, 1), ("caresq/nobody", 0)])
    read = {(row.originator_id, row.originator_version) for row in rows}
    assert read == {(STREAM, 1), (STREAM, 2), (STREAM, 3), (PROVIDER, 2)}
    assert [row.originator_version for row in rows if row.originator_id == STREAM] == [1, 2, 3]
    assert event_log.read([]) == []
    assert event_log.read([(STREAM, 3)]) == []


def test_what_is_new_in_all_streams_of_a_kind_comes_along(event_log: LogRecorder) -> None:
    append(event_log, entry(1, "policy/a"), entry(1), entry(1, PROVIDER))
    append(event_log, entry(1, "policy/b"), entry(2, "policy/a"), entry(1, "policz"), entry(1, "polic"))
    for streams in ([], [STREAM], [STREAM, PROVIDER], [STREAM, PROVIDER, "caresq/nobody"]):
        found = event_log.read([(stream, 0) for stream in streams], news=("policy/", 1))
        told = [(row.originator_id, row.originator_version) for row in found]
        assert sorted(told) == sorted([*((each, 1) for each in streams[:2]), ("policy/a", 2), ("policy/b", 1)])
        assert [each[0] for each in told if each[0].startswith("policy/")] == ["policy/a", "policy/b"]
    assert event_log.read([], news=("policy/", 5)) == []


def test_many_streams_are_read_in_order_of_bytes_and_version_up_to_a_position(event_log: LogRecorder) -> None:
    streams = ["b", "a", "Z", "é", "a/b"]
    append(event_log, *[entry(1, stream) for stream in streams])
    append(event_log, *[entry(2, stream) for stream in streams])
    rows = event_log.read_streams([*streams, "nobody"])
    assert [(row.originator_id, row.originator_version) for row in rows] == [
        (stream, version) for stream in ["Z", "a", "a/b", "b", "é"] for version in (1, 2)
    ]
    assert [row.originator_id for row in event_log.read_streams(streams, up_to=2)] == ["a", "b"]
    assert event_log.read_streams([]) == []
    with pytest.raises(ValueError, match="read at most 1000"):
        event_log.read_streams(["x"] * 1001)


def test_stream_ids_come_in_pages_in_order_of_bytes(event_log: LogRecorder) -> None:
    append(event_log, *[entry(1, stream) for stream in ["caresq/b", "caresq/a", "asr/a", "caresq/é", "caresq%"]])
    append(event_log, entry(2, "caresq/a"))
    assert event_log.stream_ids("caresq/") == ["caresq/a", "caresq/b", "caresq/é"]
    assert event_log.stream_ids("caresq/", limit=2) == ["caresq/a", "caresq/b"]
    assert event_log.stream_ids("caresq/", after="caresq/b") == ["caresq/é"]
    assert event_log.stream_ids("") == ["asr/a", "caresq%", "caresq/a", "caresq/b", "caresq/é"]


def test_the_whole_log_is_read_in_pages(event_log: LogRecorder) -> None:
    append(event_log, *[entry(n) for n in range(1, 11)])
    assert [row.position for row in event_log.rows_after(3, limit=4)] == [4, 5, 6, 7]
    assert [row.position for row in event_log.rows_after(8, up_to=9)] == [9]
    assert event_log.rows_after(10) == []


def test_a_service_clock_more_than_a_second_ahead_is_refused(event_log: LogRecorder) -> None:
    event_log.append([entry(1)], now=instant() + 500_000)
    with pytest.raises(ClockAhead, match="s ahead of the database's clock, more than the second that is allowed"):
        event_log.append([entry(2)], now=instant() + 3_000_000)
    assert versions(event_log) == [1]


def test_a_fact_can_not_have_occurred_in_the_future(event_log: LogRecorder) -> None:
    with pytest.raises(ClockAhead):
        append(event_log, entry(1, occurred_at=instant() + 3_000_000))
    assert event_log.rows_after(0) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE log SET state = state",
        "UPDATE log SET state = state WHERE position = 99",
        "DELETE FROM log",
        f"{INSERT} ON CONFLICT (position) DO UPDATE SET topic = 'x'",
    ],
)
def test_the_log_refuses_every_change(event_log: LogRecorder, change: str) -> None:
    append(event_log, entry(1), entry(2))
    before = event_log.rows_after(0)
    if event_log.database.engine.dialect.name == "sqlite":
        change = change.replace("WHERE position = 99", "WHERE position = 2")
    with (
        pytest.raises(DBAPIError, match="the log is append-only"),
        transaction(event_log.database.engine) as connection,
    ):
        connection.exec_driver_sql(change)
    assert event_log.rows_after(0) == before


def test_the_log_refuses_a_replaced_row_on_sqlite_and_truncation_on_postgres(event_log: LogRecorder) -> None:
    append(event_log, entry(1))
    change = "TRUNCATE log"
    if event_log.database.engine.dialect.name == "sqlite":
        change = INSERT.replace("INSERT", "REPLACE")
    with (
        pytest.raises(DBAPIError, match="the log is append-only"),
        transaction(event_log.database.engine) as connection,
    ):
        connection.exec_driver_sql(change)
    assert versions(event_log) == [1]


def test_what_looks_like_sql_is_only_text(event_log: LogRecorder) -> None:
    stream = "x'; DROP TABLE log; --%s ? :a \"\\"
    append(event_log, entry(1, stream))
    assert event_log.stream_ids(stream) == [stream]
    assert [row.originator_id for row in event_log.read_streams([stream])] == [stream]
    assert [row.originator_id for row in event_log.read([(stream, 0), ("%s", 0)])] == [stream]


@pytest.mark.parametrize("taken", ["1, 'x', 1", "9, stream_id, version", "1, stream_id, version"])
def test_a_connection_of_anybody_replaces_nothing_on_sqlite(sqlite_url: str, taken: str) -> None:
    log = open_log(sqlite_url)
    append(log, entry(1), entry(2))
    before = log.rows_after(0)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as connection:
        for recursive in ("OFF", "ON"):
            connection.execute(f"PRAGMA recursive_triggers = {recursive}")
            with pytest.raises(
                sqlite3.IntegrityError, match="append-only: this position, or this version of the stream"
            ):
                connection.execute(
                    "INSERT OR REPLACE INTO log (position, stream_id, version, topic, state, recorded_at) "
                    f"SELECT {taken}, 'x', state, 1 FROM log WHERE position = 1"
                )
            connection.commit()
    assert log.rows_after(0) == before
    log.close()

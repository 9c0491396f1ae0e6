"""The log on SQLite: one file, write-ahead log, one writer at a time."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import chain
from threading import Event, Lock
from typing import Any, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.pool import PoolProxiedConnection

from application.ports import Appended, Clock, ClockAhead, Entry, Row, StorageUnavailable, VersionConflict
from domain.calendar import to_microseconds
from infrastructure.persistence.database import CLOCK_TOLERANCE, NewRow, Settled, Waiter, ahead, behind, conflict
from infrastructure.persistence.engine import derivation, snapshot, transaction
from infrastructure.persistence.errors import DRIVER_ERRORS, database_name, unavailable
from infrastructure.persistence.ready import ReadyConnections

_HEAD = "SELECT position, recorded_at FROM log ORDER BY position DESC LIMIT 1"
_INSERT = (
    "INSERT INTO log (position, recorded_at, stream_id, version, topic, state, occurred_at, context, explanation) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_STREAM = (
    "SELECT position, stream_id, version, topic, state, occurred_at, recorded_at, context FROM log "
    "WHERE stream_id = ? AND version > ? ORDER BY version"
)
# "+" keeps the planner from walking the positions instead of the streams
_NEWS = (
    "SELECT position, stream_id, version, topic, state, occurred_at, recorded_at, context FROM log "
    "WHERE stream_id >= ? AND stream_id < ? AND +position > ?"
)
_FEW_STREAMS = [
    " UNION ALL ".join([_STREAM.removesuffix(" ORDER BY version")] * streams) + " ORDER BY 2, 3"
    for streams in range(1, 4)
]
_FEW_STREAMS_AND_NEWS = [
    " UNION ALL ".join([*[_STREAM.removesuffix(" ORDER BY version")] * streams, _NEWS]) + " ORDER BY 2, 3"
    for streams in range(3)
]
"""Of a few streams: what a command reads."""
_STREAMS = (
    "SELECT position, stream_id, version, topic, state, occurred_at, recorded_at, context FROM log "
    "WHERE stream_id IN (SELECT value FROM json_each(?)) AND position <= ? ORDER BY stream_id, version"
)
_TRACK = (
    "INSERT INTO tracking (name, position) VALUES (?, ?) "
    "ON CONFLICT (name) DO UPDATE SET position = excluded.position WHERE tracking.position < excluded.position"
)
# by a row of the log, which the trigger meets first; or by a row of the same append
_TAKEN = {sqlite3.SQLITE_CONSTRAINT_TRIGGER, sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}
# on a read-only file BEGIN IMMEDIATE takes no lock and does not say so; a write does
_WRITE_NOTHING = "UPDATE tracking SET position = position WHERE false"
_POLL_SECONDS = 0.02


class SqliteDatabase:
    """The clock is the clock port's, read inside the write lock; see ``LogDatabase``."""

    def __init__(self, engine: Engine, clock: Clock, lock_timeout: float = 10.0) -> None:
        self.engine = engine
        self._clock = clock
        self._lock_timeout = lock_timeout
        # threads of one process queue here: SQLite's own waiting is a poll, and unfair
        self._writer = Lock()
        self._promised = 0
        self._ready = ReadyConnections(engine, _new_cursor)
        self._listeners: set[Event] = set()

    def append(
        self, rows: Sequence[Entry | NewRow], *, now: int | None, tracking: tuple[str, int] | None = None
    ) -> Appended:
        """See ``LogDatabase.append``."""
        occurred_at = max((row.occurred_at for row in rows if row.occurred_at is not None), default=0)
        with self._writing() as cursor:
            clock = to_microseconds(self._clock.now())
            if max(now or 0, occurred_at) > clock + CLOCK_TOLERANCE:
                raise ClockAhead(ahead(max(now or 0, occurred_at) - clock))
            head, head_recorded_at = _head(cursor)
            recorded_at = max(clock, head_recorded_at + 1, self._promised + 1, occurred_at)
            try:
                cursor.executemany(
                    _INSERT, [(position, recorded_at, *row) for position, row in enumerate(rows, head + 1)]
                )
            except sqlite3.IntegrityError as error:
                if error.sqlite_errorcode in _TAKEN:
                    raise VersionConflict(conflict(rows)) from error
                raise
            if tracking is not None:
                _track(cursor, *tracking)
        for listener in tuple(self._listeners):
            listener.set()
        return Appended(head + 1, head + len(rows), recorded_at)

    def track(self, name: str, position: int) -> None:
        """See ``LogDatabase.track``."""
        with self._writing() as cursor:
            _track(cursor, name, position)

    def read(self, streams: Sequence[tuple[str, int]], news: tuple[str, str, int] | None = None) -> list[Row]:
        """See ``EventLog.read``."""
        with self._cursor() as cursor:
            if news is not None and len(streams) < len(_FEW_STREAMS_AND_NEWS):
                found = cursor.execute(_FEW_STREAMS_AND_NEWS[len(streams)], (*chain.from_iterable(streams), *news))
                return list(map(Row._make, found.fetchall()))
            if news is None and len(streams) <= len(_FEW_STREAMS):
                # one statement sees all streams as of the same commit
                found = cursor.execute(_FEW_STREAMS[len(streams) - 1], tuple(chain.from_iterable(streams)))
                return list(map(Row._make, found.fetchall()))
            cursor.execute("BEGIN")  # likewise
            rows: list[Row] = []
            for stream in streams:
                rows += map(Row._make, cursor.execute(_STREAM, stream).fetchall())
            if news is not None:
                rows += map(Row._make, cursor.execute(_NEWS + " ORDER BY stream_id, version", news).fetchall())
            cursor.execute("COMMIT")
            return rows

    def read_streams(self, stream_ids: Sequence[str], up_to: int) -> list[Row]:
        """See ``EventLog.read_streams``."""
        with self._cursor() as cursor:
            return list(map(Row._make, cursor.execute(_STREAMS, (json.dumps(stream_ids), up_to)).fetchall()))

    def fetch(self, statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """See ``LogDatabase.fetch``."""
        with self._cursor() as cursor:
            return cursor.execute(statement, parameters).fetchall()

    def look_up(self, statement: str, parameters: Sequence[str | int]) -> list[tuple[Any, ...]]:
        """See ``LogDatabase.look_up``."""
        return self.fetch(statement, parameters)

    def settled(self, known_at: int | None) -> Settled:
        """See ``LogDatabase.settled``: nobody else writes while we hold the write lock."""
        with self._writing() as cursor:
            cursor.execute(_WRITE_NOTHING)
            now = to_microseconds(self._clock.now())
            head, recorded_at = _head(cursor)
            now = max(now, recorded_at)
            self._promised = max(self._promised, now if known_at is None else min(known_at, now))
            return Settled(now, head, recorded_at)

    def wait_for_commits(self, woken: Waiter) -> None:
        """Commits of this process wake at once; those of others are seen in ``PRAGMA data_version``."""
        committed = Event()
        self._listeners.add(committed)
        try:
            with self._cursor() as cursor:
                seen = None
                while not woken.stopped():
                    version = cursor.execute("PRAGMA data_version").fetchone()
                    if committed.is_set() or version != seen:
                        committed.clear()
                        seen = version
                        woken.wake()
                    committed.wait(_POLL_SECONDS)
        finally:
            self._listeners.discard(committed)

    def wait_for_readers(self, woken: Waiter) -> None:
        """The file tells of every commit alike."""
        self.wait_for_commits(woken)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """See ``LogDatabase.transaction``: threads of one process queue for it as they do for an append."""
        with self._turn(), transaction(self.engine) as connection:
            yield connection

    @contextmanager
    def derivation(self) -> Iterator[Connection]:
        """See ``LogDatabase.derivation``."""
        with self._turn(), derivation(self.engine) as connection:
            yield connection

    def snapshot(self, tables: Sequence[str] = ()) -> AbstractContextManager[Connection]:
        """See ``LogDatabase.snapshot``."""
        return snapshot(self.engine, tables)

    def close(self) -> None:
        """Close the connections."""
        self._ready.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Cursor]:
        with self._turn(), self._cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            yield cursor
            cursor.execute("COMMIT")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._writer.acquire(timeout=self._lock_timeout):
            raise StorageUnavailable(f"{database_name(self.engine.url)} is locked by a slow writer; try again")
        try:
            yield
        finally:
            self._writer.release()

    @contextmanager
    def _cursor(self) -> Iterator[sqlite3.Cursor]:
        try:
            ready = self._ready.take()
        except DRIVER_ERRORS as error:
            raise unavailable(error, self.engine.url) from error
        try:
            try:
                yield ready.cursor
            finally:
                if ready.cursor.connection.in_transaction:
                    ready.cursor.connection.rollback()
        except DRIVER_ERRORS as error:
            raise unavailable(error, self.engine.url) from error
        finally:
            self._ready.give_back(ready)


def _new_cursor(connection: PoolProxiedConnection) -> sqlite3.Cursor:
    return cast("sqlite3.Connection", connection.driver_connection).cursor()


def _head(cursor: sqlite3.Cursor) -> tuple[int, int]:
    position, recorded_at = cursor.execute(_HEAD).fetchone() or (0, 0)
    return position, recorded_at


def _track(cursor: sqlite3.Cursor, name: str, position: int) -> None:
    if cursor.execute(_TRACK, (name, position)).rowcount != 1:
        raise VersionConflict(behind(name, position))

"""The log on PostgreSQL: an append is one function and one round trip."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from threading import Lock
from typing import Any, cast

import psycopg
from psycopg.errors import UniqueViolation
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine
from sqlalchemy.pool import PoolProxiedConnection

from application.ports import Appended, Clock, ClockAhead, Entry, Row, StorageUnavailable, VersionConflict
from domain.calendar import to_microseconds
from infrastructure.persistence.database import NewRow, Settled, Waiter, ahead, behind, conflict
from infrastructure.persistence.engine import derivation, snapshot, transaction
from infrastructure.persistence.errors import DRIVER_ERRORS, unavailable
from infrastructure.persistence.prepared import Prepared
from infrastructure.persistence.ready import Ready, ReadyConnections
from infrastructure.persistence.tracking import READERS

_CLOCK_AHEAD = "CS001"
_LISTEN_SECONDS = 0.1
_Ready = Ready[psycopg.Cursor[tuple[Any, ...]]]
_PREPARED = "contractspoor_prepared"
# two ways to call the one function: arrays built from scalars on the server cost less for a single row
_APPEND_ONE = (
    "SELECT contractspoor_append(ARRAY[%s::text], ARRAY[%s::integer], "
    "ARRAY[%s::text], ARRAY[%s::bytea], ARRAY[%s::bigint], ARRAY[%s::bytea], ARRAY[%s::bytea], %s::bigint, %s::bigint)"
)
_APPEND_MANY = (
    "SELECT contractspoor_append(%b::text[], %b::integer[], "
    "%b::text[], %b::bytea[], %b::bigint[], %b::bytea[], %b::bytea[], %s::bigint, %s::bigint)"
)
_STREAM = (
    "SELECT position, stream_id, version, topic, state, occurred_at, recorded_at, context FROM log "
    "WHERE stream_id = %s AND version > %s ORDER BY version"
)
_EACH_STREAM = (
    "SELECT position, log.stream_id, log.version, topic, state, occurred_at, recorded_at, context "
    "FROM unnest(%b::text[], %b::bigint[]) AS wanted (stream_id, version) "
    "JOIN log ON log.stream_id = wanted.stream_id AND log.version > wanted.version ORDER BY log.stream_id, log.version"
)
# "+ 0" keeps the planner from walking the positions instead of the streams
_NEWS = (
    "SELECT position, stream_id, version, topic, state, occurred_at, recorded_at, context FROM log "
    "WHERE stream_id >= %s AND stream_id < %s AND position + 0 > %s"
)
_EACH_STREAM_AND_NEWS = f"{_EACH_STREAM.partition(' ORDER BY ')[0]} UNION ALL {_NEWS} ORDER BY 2, 3"
_STREAMS = (
    "SELECT position, stream_id, version, topic, state, occurred_at, recorded_at, context FROM log "
    "WHERE stream_id = ANY(%b::text[]) AND position + 0 <= %s ORDER BY stream_id, version"
)
_TRACK = (
    "INSERT INTO tracking (name, position) VALUES (%s, %s) "
    "ON CONFLICT (name) DO UPDATE SET position = excluded.position WHERE tracking.position < excluded.position "
    "RETURNING position"
)


class PostgresDatabase:
    """The clock is the database's own, read inside the lock, unless ``set_clock`` is given; see ``LogDatabase``."""

    def __init__(self, engine: Engine, set_clock: Clock | None = None) -> None:
        self.engine = engine
        self._set_clock = set_clock
        # with a set clock only: what was promised to a question must hold for the appends of this process
        self._set_clock_lock = Lock()
        self._promised = 0
        self._ready = ReadyConnections(engine, _new_cursor)

    def append(
        self, rows: Sequence[Entry | NewRow], *, now: int | None, tracking: tuple[str, int] | None = None
    ) -> Appended:
        """See ``LogDatabase.append``."""
        if self._set_clock is None:
            return self._append(rows, now, None, tracking)
        with self._set_clock_lock:
            instant = max(to_microseconds(self._set_clock.now()), self._promised + 1)
            return self._append(rows, now, instant, tracking)

    def track(self, name: str, position: int) -> None:
        """See ``LogDatabase.track``."""
        _further(self._rows(_TRACK, (name, position)), name, position)

    def read(self, streams: Sequence[tuple[str, int]], news: tuple[str, str, int] | None = None) -> list[Row]:
        """See ``EventLog.read``."""
        if news is not None:
            wanted = [each[0] for each in streams], [each[1] for each in streams]
            return list(map(Row._make, self._rows(_EACH_STREAM_AND_NEWS, (*wanted, *news))))
        if len(streams) == 1:
            return list(map(Row._make, self._rows(_STREAM, streams[0])))
        stream_ids, versions = zip(*streams, strict=True)
        return list(map(Row._make, self._rows(_EACH_STREAM, (list(stream_ids), list(versions)))))

    def read_streams(self, stream_ids: Sequence[str], up_to: int) -> list[Row]:
        """See ``EventLog.read_streams``."""
        return list(map(Row._make, self._rows(_STREAMS, (list(stream_ids), up_to))))

    def fetch(self, statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """See ``LogDatabase.fetch``."""
        return self._rows(statement.replace("?", "%s"), parameters)

    def look_up(self, statement: str, parameters: Sequence[str | int]) -> list[tuple[Any, ...]]:
        """See ``LogDatabase.look_up``."""
        ready = self._take()
        try:
            rows = _prepared(ready).rows(statement, parameters)
        finally:
            self._end(ready)
        return self.fetch(statement, parameters) if rows is None else rows

    def settled(self, known_at: int | None) -> Settled:
        """See ``LogDatabase.settled``: a shared lock waits for the writers, who hold it alone."""
        if self._set_clock is None:
            return self._settled()
        with self._set_clock_lock:
            settled = self._settled()._replace(now=to_microseconds(self._set_clock.now()))
            settled = settled._replace(now=max(settled.now, settled.recorded_at))
            self._promised = max(self._promised, settled.now if known_at is None else min(known_at, settled.now))
            return settled

    def wait_for_commits(self, woken: Waiter) -> None:
        """See ``LogDatabase.wait_for_commits``."""
        self._listen("contractspoor_log", woken)

    def wait_for_readers(self, woken: Waiter) -> None:
        """See ``LogDatabase.wait_for_readers``."""
        self._listen(READERS, woken)

    def transaction(self) -> AbstractContextManager[Connection]:
        """See ``LogDatabase.transaction``."""
        return transaction(self.engine)

    def derivation(self) -> AbstractContextManager[Connection]:
        """See ``LogDatabase.derivation``."""
        return derivation(self.engine)

    def snapshot(self, tables: Sequence[str] = ()) -> AbstractContextManager[Connection]:
        """See ``LogDatabase.snapshot``."""
        return snapshot(self.engine, tables)

    def close(self) -> None:
        """Close the connections."""
        self._ready.close()

    def _listen(self, channel: str, woken: Waiter) -> None:
        """Listen on a connection of its own."""
        try:
            connection = self.engine.raw_connection()
            driver = cast("psycopg.Connection[tuple[Any, ...]]", connection.driver_connection)
            connection.detach()  # goes back to no pool: it listens
            try:
                driver.execute(f"LISTEN {channel}".encode())
                woken.wake()
                while not woken.stopped():
                    for _ in driver.notifies(timeout=_LISTEN_SECONDS, stop_after=1):
                        woken.wake()
            finally:
                connection.close()
        except DRIVER_ERRORS as error:
            raise unavailable(error, self.engine.url) from error

    def _append(
        self,
        rows: Sequence[Entry | NewRow],
        now: int | None,
        set_instant: int | None,
        tracking: tuple[str, int] | None,
    ) -> Appended:
        if len(rows) == 1:
            statement, parameters = _APPEND_ONE, (*rows[0], now, set_instant)
        else:
            statement, parameters = _APPEND_MANY, (*map(list, zip(*rows, strict=True)), now, set_instant)
        try:
            if tracking is None:
                [[(first, recorded_at)]] = self._rows(statement, parameters)
            else:
                with self._working() as (_, cursor), cursor.connection.transaction():
                    # the log's lock is taken last, and held for the shortest time
                    _further(cursor.execute(_TRACK, tracking).fetchall(), *tracking)
                    [[(first, recorded_at)]] = cursor.execute(statement, parameters).fetchall()
        except UniqueViolation as error:
            raise VersionConflict(conflict(rows)) from error
        return Appended(first, first + len(rows) - 1, recorded_at)

    def _settled(self) -> Settled:
        now, position, recorded_at = self._rows("SELECT now_at, head, head_recorded_at FROM contractspoor_settled()")[0]
        return Settled(max(now, recorded_at), position, recorded_at)

    def _rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of one statement; tried again on a fresh connection when the server has hung up meanwhile.

        That is safe for an append too: had the first try been committed, the second finds its version taken.
        """
        for retry in (True, False):
            try:
                with self._working() as (_, cursor):
                    return cursor.execute(statement, parameters).fetchall()
            except Disconnected:
                if not retry:
                    raise
                self._ready.close()
        raise AssertionError  # the second try returns or raises

    @contextmanager
    def _working(self) -> Iterator[_Ready]:
        ready = self._take()
        try:
            yield ready
        except UniqueViolation:
            raise
        except psycopg.Error as error:
            if error.sqlstate == _CLOCK_AHEAD:
                raise ClockAhead(ahead(int(error.diag.message_primary or 0))) from error
            if ready.cursor.connection.closed:
                raise Disconnected(str(unavailable(error, self.engine.url))) from error
            raise unavailable(error, self.engine.url) from error
        finally:
            self._end(ready)

    def _take(self) -> _Ready:
        try:
            return self._ready.take()
        except DRIVER_ERRORS as error:
            raise unavailable(error, self.engine.url) from error

    def _end(self, ready: _Ready) -> None:
        """Keep it, unless the server hung up, or nobody knows what it still sends: as after an interruption."""
        if ready.cursor.connection.pgconn.transaction_status == TransactionStatus.IDLE:
            self._ready.give_back(ready)
        else:
            ready.connection.invalidate()


def _new_cursor(connection: PoolProxiedConnection) -> psycopg.Cursor[tuple[Any, ...]]:
    return cast("psycopg.Connection[tuple[Any, ...]]", connection.driver_connection).cursor(binary=True)


def _prepared(ready: _Ready) -> Prepared:
    """Lives as long as the connection, of whatever cursor."""
    info = ready.connection.info
    found: Prepared | None = info.get(_PREPARED)
    if found is None:
        found = info[_PREPARED] = Prepared(ready.cursor.connection)
    return found


class Disconnected(StorageUnavailable):
    """The server hung up; a fresh connection may do better."""


def _further(moved: Sequence[object], name: str, position: int) -> None:
    if not moved:
        raise VersionConflict(behind(name, position))

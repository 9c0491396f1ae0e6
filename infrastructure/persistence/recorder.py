"""One object that is both our ``EventLog`` port and the library's recorder, on the same table."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from eventsourcing.persistence import ApplicationRecorder as LibraryApplicationRecorder
from eventsourcing.persistence import (
    IntegrityError,
    Notification,
    OperationalError,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    Tracking,
)
from sqlalchemy import URL

from application.ports import (
    Appended,
    Clock,
    Entry,
    EventLogError,
    Horizon,
    Row,
    StorageUnavailable,
    VersionConflict,
)
from infrastructure.clock import SystemClock
from infrastructure.persistence.database import LogDatabase, NewRow
from infrastructure.persistence.engine import create_log_engine
from infrastructure.persistence.horizon import find_horizon
from infrastructure.persistence.postgres import PostgresDatabase
from infrastructure.persistence.sqlite import SqliteDatabase
from infrastructure.persistence.subscription import LogSubscription

EXPLANATION_BYTES = 16_384
"""The most that an explanation may take."""
_HORIZONS_KEPT = 1_000
STREAMS_AT_ONCE = 1_000
"""The most streams that ``read_streams`` takes."""

_EVENTS = (
    "SELECT stream_id, version, topic, state FROM log WHERE stream_id = ? AND version > ? AND version <= ? "
    "ORDER BY version LIMIT ?"
)
_EVENTS_DESCENDING = _EVENTS.replace("ORDER BY version", "ORDER BY version DESC")
_NOTIFICATIONS = (
    "SELECT stream_id, version, topic, state, position FROM log "
    "WHERE position >= ? AND position <= ? AND $AMONG ORDER BY position LIMIT ?"
)
_ROWS_AT = (
    "SELECT position, stream_id, version, topic, state, occurred_at, recorded_at, context FROM log "
    "WHERE position IN ($THESE) ORDER BY position"
)
_EXPLANATIONS_AT = "SELECT position, explanation FROM log WHERE position IN ($THESE) AND explanation IS NOT NULL"
_SIZES = (1, 20, 200, 1_000)
_LAST = (1 << 63) - 1
_AFTER_EVERY_TEXT = "\U0010ffff"


def open_log(
    database_url: str | URL, *, clock: Clock | None = None, set_clock: bool = False, lock_timeout: float = 10.0
) -> "LogRecorder":
    """The log at a database URL; connects to nothing yet, and checks no schema (``schema.check_revision`` does).

    ``set_clock`` says that ``clock`` is set by hand, for a scenario or a simulation: then PostgreSQL too records
    with it, where it otherwise always uses its own. ``lock_timeout`` is in seconds.
    """
    if set_clock and clock is None:
        raise ValueError("a log with a set clock needs that clock")
    engine = create_log_engine(database_url, lock_timeout=lock_timeout)
    if engine.dialect.name == "postgresql":
        return LogRecorder(PostgresDatabase(engine, clock if set_clock else None))
    return LogRecorder(SqliteDatabase(engine, clock or SystemClock(), lock_timeout))


class LogRecorder(ProcessRecorder):
    """The log of facts; see ``application.ports.EventLog`` and the library's ``ProcessRecorder``.

    Events that the library inserts have neither context nor ``occurred_at``; ids come back as ``originator_id_type``.
    """

    def __init__(self, database: LogDatabase, originator_id_type: type[str] | type[UUID] = str) -> None:
        self.database = database
        self._originator_id_type = originator_id_type
        self._horizons: dict[int, int] = {}

    def close(self) -> None:
        """Close the connections."""
        self.database.close()

    # ------------------------------------------------------------------------------------------- EventLog

    def append(self, entries: Sequence[Entry], *, now: int) -> Appended:
        """See ``EventLog.append``; refuses an empty append, and an entry without context."""
        if not entries:
            raise EventLogError("an append holds at least one fact")
        for entry in entries:
            if not entry.context:
                raise EventLogError(f"{_name(entry)} has no context: who recorded it, and why?")
            if entry.explanation is not None and len(entry.explanation) > EXPLANATION_BYTES:
                raise EventLogError(
                    f"the explanation of {_name(entry)} takes {len(entry.explanation)} bytes; "
                    f"at most {EXPLANATION_BYTES} fit"
                )
        return self.database.append(entries, now=now)

    def read(self, streams: Sequence[tuple[str, int]], *, news: tuple[str, int] | None = None) -> list[Row]:
        """See ``EventLog.read``."""
        if news is not None:
            prefix, seen = news
            return self.database.read(streams, (prefix, prefix + _AFTER_EVERY_TEXT, seen))
        return self.database.read(streams) if streams else []

    def read_streams(self, stream_ids: Sequence[str], *, up_to: int | None = None) -> list[Row]:
        """See ``EventLog.read_streams``."""
        if len(stream_ids) > STREAMS_AT_ONCE:
            raise ValueError(f"{len(stream_ids)} streams at once; read at most {STREAMS_AT_ONCE}")
        return self.database.read_streams(stream_ids, _LAST if up_to is None else up_to) if stream_ids else []

    def stream_ids(self, prefix: str, *, after: str = "", limit: int = 1000) -> list[str]:
        """See ``EventLog.stream_ids``."""
        rows = self.database.fetch(
            "SELECT DISTINCT stream_id FROM log WHERE stream_id > ? AND stream_id >= ? AND stream_id < ? "
            "ORDER BY stream_id LIMIT ?",
            (after, prefix, prefix + _AFTER_EVERY_TEXT, limit),
        )
        return [row[0] for row in rows]

    def rows_after(self, position: int, *, limit: int = 1000, up_to: int | None = None) -> list[Row]:
        """See ``EventLog.rows_after``."""
        rows = self.database.fetch(
            "SELECT position, stream_id, version, topic, state, occurred_at, recorded_at, context FROM log "
            "WHERE position > ? AND position <= ? ORDER BY position LIMIT ?",
            (position, _LAST if up_to is None else up_to, limit),
        )
        return list(map(Row._make, rows))

    def explanation(self, originator_id: str, originator_version: int) -> bytes | None:
        """See ``EventLog.explanation``."""
        rows = self.database.fetch(
            "SELECT explanation FROM log WHERE stream_id = ? AND version = ?", (originator_id, originator_version)
        )
        return rows[0][0] if rows else None

    def rows_at(self, positions: Sequence[int]) -> list[Row]:
        """See ``EventLog.rows_at``."""
        return list(map(Row._make, self._at(_ROWS_AT, positions)))

    def explanations_at(self, positions: Sequence[int]) -> dict[int, bytes]:
        """See ``EventLog.explanations_at``."""
        return dict(self._at(_EXPLANATIONS_AT, positions))

    def _at(self, statement: str, positions: Sequence[int]) -> list[tuple[Any, ...]]:
        """Rows by position, in statements of a few sizes, so that the database prepares each once."""
        if len(positions) > STREAMS_AT_ONCE:
            raise ValueError(f"{len(positions)} positions at once; read at most {STREAMS_AT_ONCE}")
        if not positions:
            return []
        size = next(each for each in _SIZES if each >= len(positions))
        filled = [*positions, *[positions[-1]] * (size - len(positions))]
        return self.database.fetch(statement.replace("$THESE", ", ".join("?" * size)), filled)

    def horizon(self, *, known_at: int | None = None, position: int | None = None) -> Horizon:
        """See ``EventLog.horizon``; what was once found out about an instant stays so, and is not looked up again."""
        if known_at is not None:
            last = self._horizons.get(known_at)
            if last is not None and (position is None or position == last):
                return Horizon(known_at, last)
        found = find_horizon(self.database, known_at, position)
        if len(self._horizons) >= _HORIZONS_KEPT:
            self._horizons.clear()
        self._horizons[found.known_at] = found.position
        return found

    # ---------------------------------------------------------------------------------- the library's recorder

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int]:
        """Record events of the library, with a ``tracking`` in the same commit if given; answers their positions."""
        tracking: Tracking | None = kwargs.get("tracking")
        reader = None if tracking is None else (tracking.application_name, tracking.notification_id)
        with _as_library_errors():
            if stored_events:
                rows = [NewRow(str(e.originator_id), e.originator_version, e.topic, e.state) for e in stored_events]
                appended = self.database.append(rows, now=None, tracking=reader)
                return list(range(appended.first_position, appended.last_position + 1))
            if reader is not None:
                self.database.track(*reader)
            return []

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The events of one stream with a version above ``gt`` and not above ``lte``."""
        with _as_library_errors():
            rows = self.database.fetch(
                _EVENTS_DESCENDING if desc else _EVENTS,
                (str(originator_id), -1 if gt is None else gt, _LAST if lte is None else lte, limit or _LAST),
            )
        return [StoredEvent(self._originator_id_type(row[0]), *row[1:]) for row in rows]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        """The events of the whole log from ``start`` to ``stop`` in order of position, of some topics if given."""
        first = 0 if start is None else start if inclusive_of_start else start + 1
        among = f"topic IN ({', '.join('?' * len(topics))})" if topics else "true"
        with _as_library_errors():
            rows = self.database.fetch(
                _NOTIFICATIONS.replace("$AMONG", among),
                (first, _LAST if stop is None else stop, *topics, limit),
            )
        return [Notification(self._originator_id_type(row[0]), *row[1:]) for row in rows]

    def max_notification_id(self) -> int | None:
        """The position of the head, or none when nothing has been recorded."""
        with _as_library_errors():
            position: int | None = self.database.fetch("SELECT max(position) FROM log", ())[0][0]
        return position

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[LibraryApplicationRecorder]:
        """Iterate over the events after ``gt``, and go on with new ones as they are recorded."""
        return LogSubscription(self, self.database, gt, topics)

    def insert_tracking(self, tracking: Tracking) -> None:
        """Record how far a reader is; refuses a position that is not further than before."""
        with _as_library_errors():
            self.database.track(tracking.application_name, tracking.notification_id)

    def max_tracking_id(self, application_name: str) -> int | None:
        """How far a reader is, or none when it has not begun."""
        with _as_library_errors():
            rows = self.database.fetch("SELECT position FROM tracking WHERE name = ?", (application_name,))
        return rows[0][0] if rows else None


@contextmanager
def _as_library_errors() -> Iterator[None]:
    try:
        yield
    except VersionConflict as error:
        raise IntegrityError(str(error)) from error
    except StorageUnavailable as error:
        raise OperationalError(str(error)) from error


def _name(entry: Entry) -> str:
    return f"{entry.originator_id}@{entry.originator_version}"

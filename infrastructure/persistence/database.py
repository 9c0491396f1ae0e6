"""What a database must do for the recorder; everything else is the same for both."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Connection, Engine

from application.ports import Appended, Entry, Row

CLOCK_TOLERANCE = 1_000_000
"""Microseconds that a service's clock may run ahead of the database's."""


class NewRow(NamedTuple):
    """A row on its way to the log; events of the library have neither ``occurred_at`` nor context."""

    stream_id: str
    version: int
    topic: str
    state: bytes
    occurred_at: int | None = None
    context: bytes | None = None
    explanation: bytes | None = None


def conflict(rows: Sequence["Entry | NewRow"]) -> str:
    """What to tell a writer who was not the first; rows are tuples that begin with stream and version."""
    streams = {row[0] for row in rows}
    if len(streams) > 1:
        return f"another writer was first in one of {len(streams)} streams; load them and decide again, one by one"
    return f"another writer was first: {rows[0][0]} already has version {rows[0][1]}; load and decide again"


def behind(name: str, position: int) -> str:
    """What to tell a reader whose cursor another has moved."""
    return f"another runner of reader {name} was first at position {position}; read on from where it stands now"


def ahead(microseconds: int) -> str:
    """What to tell a service whose clock, or whose caller's ``occurred_at``, lies in the future."""
    return (
        f"an instant of this append is {microseconds / 1_000_000:.3f} s ahead of the database's clock, "
        "more than the second that is allowed; set the clock of this machine right"
    )


class Settled(NamedTuple):
    """The head of the log, read when no writer was in flight, and the database's clock at that moment."""

    now: int
    position: int
    recorded_at: int


class LogDatabase(Protocol):
    """Instants are integer microseconds. Every method raises ``StorageUnavailable`` when the database does."""

    engine: Engine

    def append(
        self, rows: Sequence[Entry | NewRow], *, now: int | None, tracking: tuple[str, int] | None = None
    ) -> Appended:
        """Write all rows in one commit, with their place and instant; see ``EventLog.append``.

        ``tracking`` is the name of a reader and the position it has reached, recorded in the same commit.
        """
        ...

    def track(self, name: str, position: int) -> None:
        """Record how far a reader is; raises ``VersionConflict`` unless that is further than before."""
        ...

    def read(self, streams: Sequence[tuple[str, int]], news: tuple[str, str, int] | None = None) -> list[Row]:
        """See ``EventLog.read``; ``news`` names the first id, the one after the last, and the position seen."""
        ...

    def read_streams(self, stream_ids: Sequence[str], up_to: int) -> list[Row]:
        """See ``EventLog.read_streams``."""
        ...

    def fetch(self, statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows of one SELECT; parameters stand as ``?`` in the statement."""
        ...

    def look_up(self, statement: str, parameters: Sequence[str | int]) -> list[tuple[Any, ...]]:
        """The same for one of the few statements that are asked again and again; each stays prepared."""
        ...

    def settled(self, known_at: int | None) -> Settled:
        """Wait for writers in flight, then read clock and head together.

        Afterwards nothing is recorded at or before ``known_at`` (none: at or before the answer's ``now``).
        """
        ...

    def wait_for_commits(self, woken: "Waiter") -> None:
        """Call ``woken.wake()`` after every commit, by whatever process, until ``woken.stopped()``."""
        ...

    def wait_for_readers(self, woken: "Waiter") -> None:
        """The same after every move of a reader's cursor that was announced (``tracking.announce``)."""
        ...

    def transaction(self) -> AbstractContextManager[Connection]:
        """A transaction that writes tables of readers, through SQLAlchemy Core, in turn with the appends.

        Errors come as the driver's; ``errors.unavailable`` makes one line of them.
        """
        ...

    def derivation(self) -> AbstractContextManager[Connection]:
        """A transaction like ``transaction``, for what follows from the log alone: its commit waits for no disk.

        When the machine fails, the last ones may be lost, each as a whole and none before a later one; what the log
        has acknowledged never is. The lock is taken at the first statement that writes.
        """
        ...

    def snapshot(self, tables: Sequence[str] = ()) -> AbstractContextManager[Connection]:
        """A transaction that sees everything as it is when it first reads, and holds nobody up; nothing is kept.

        It may write to temporary tables. ``tables`` are those that it reads which a rebuild may swap.
        """
        ...

    def close(self) -> None:
        """Close the connections."""
        ...


class Waiter(Protocol):
    """Somebody who wants to know of commits."""

    def wake(self) -> None:
        """There may be something new."""
        ...

    def stopped(self) -> bool:
        """Whether nobody waits any more."""
        ...

"""The cursor of a reader of the log, moved by compare-and-set in the transaction of what the reader wrote.

The library's ``insert_tracking`` accepts every position beyond the last; two runners that each read a batch from the
same position could then both apply it. Here the position that was read from must still be the stored one.
"""

from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Text, insert, select, update
from sqlalchemy.exc import IntegrityError

from application.ports import VersionConflict
from infrastructure.persistence.database import behind

TRACKING = Table(
    "tracking", MetaData(), Column("name", Text, primary_key=True), Column("position", BigInteger, nullable=False)
)


READERS = "contractspoor_readers"
"""The channel on which PostgreSQL tells that a cursor was moved."""


def position_of(connection: Connection, name: str) -> int:
    """The position up to which a reader has read; 0 when it has not begun."""
    return connection.scalar(select(TRACKING.c.position).where(TRACKING.c.name == name)) or 0


def move(connection: Connection, name: str, *, read_from: int, to: int) -> None:
    """Move a reader's cursor from the position it read from, 0 for a reader that begins, to the last it has applied.

    The connection is in the transaction that holds what the reader wrote (``engine.transaction``); on
    ``VersionConflict`` another runner was first, and that transaction must be rolled back.
    """
    if to <= read_from:
        raise ValueError(f"reader {name} can not go from position {read_from} to {to}")
    stands = (TRACKING.c.name == name) & (TRACKING.c.position == read_from)
    if connection.execute(update(TRACKING).where(stands).values(position=to)).rowcount == 1:
        return
    if read_from != 0:
        raise VersionConflict(behind(name, read_from))
    try:
        connection.execute(insert(TRACKING).values(name=name, position=to))
    except IntegrityError as error:
        raise VersionConflict(behind(name, read_from)) from error


def held_position(connection: Connection, name: str) -> int:
    """The position of a reader, which nobody moves until this transaction ends."""
    held = select(TRACKING.c.position).where(TRACKING.c.name == name).with_for_update()
    return connection.scalar(held) or 0


def put(connection: Connection, name: str, position: int) -> None:
    """Put a reader, whose position is held, where it stands now."""
    if connection.execute(update(TRACKING).where(TRACKING.c.name == name).values(position=position)).rowcount == 0:
        connection.execute(insert(TRACKING).values(name=name, position=position))


def announce(connection: Connection) -> None:
    """Wake up who waits for a cursor to be moved (``LogDatabase.wait_for_readers``), when the transaction commits."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"NOTIFY {READERS}")

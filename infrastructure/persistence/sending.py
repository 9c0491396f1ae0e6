"""Whether what leaves the system is held back: after a restore, until somebody says from where to go on."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Text, delete, insert, select

from domain.calendar import from_microseconds, to_microseconds

_HOLD = Table("sending_hold", MetaData(), Column("held_at", BigInteger, primary_key=True), Column("reason", Text))


class Hold(NamedTuple):
    """Sending is held since an instant in UTC, and why."""

    held_at: datetime
    reason: str


def hold(connection: Connection, *, at: datetime, reason: str) -> None:
    """Hold sending back from now on; a hold that stands already stays as it is."""
    if held(connection) is None:
        connection.execute(insert(_HOLD).values(held_at=to_microseconds(at), reason=reason))


def held(connection: Connection) -> Hold | None:
    """The hold that stands, if one does."""
    row = connection.execute(select(_HOLD).order_by(_HOLD.c.held_at).limit(1)).first()
    return None if row is None else Hold(from_microseconds(row.held_at), row.reason)


def release(connection: Connection) -> bool:
    """Let sending go on; whether it was held."""
    return connection.execute(delete(_HOLD)).rowcount > 0

"""What a backup holds: every table whose rows could not be made anew from the log.

Read models can; their tables, their state and their cursors stay behind.
"""

from typing import NamedTuple

from sqlalchemy import BigInteger, Column, ColumnElement, Integer, LargeBinary, MetaData, Table, Text, select

from infrastructure.persistence.access import ACCESS_LOG
from infrastructure.persistence.tracking import TRACKING

_TABLES = MetaData()
LOG = Table(
    "log",
    _TABLES,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("stream_id", Text),
    Column("version", Integer),
    Column("topic", Text),
    Column("state", LargeBinary),
    Column("occurred_at", BigInteger),
    Column("recorded_at", BigInteger),
    Column("context", LargeBinary),
    Column("explanation", LargeBinary),
)
DELIVERY = Table(
    "delivery",
    _TABLES,
    Column("id", Text, primary_key=True),
    Column("position", BigInteger),
    Column("event_id", Text),
    Column("kind", Text),
    Column("channel", Text),
    Column("purchaser", Text),
    Column("stream_id", Text),
    Column("recipient", Text),
    Column("correlation_id", Text),
    Column("message", LargeBinary),
    Column("created_at", BigInteger),
    Column("state", Text),
    Column("attempts", Integer),
    Column("due_at", BigInteger),
    Column("sent_at", BigInteger),
    Column("error", Text),
)
_READ_MODEL = Table("read_model", _TABLES, Column("name", Text, primary_key=True))


class Durable(NamedTuple):
    """A table to copy; ``key`` is its primary key of one column, ``only`` says which of its rows."""

    table: Table
    key: Column[int] | Column[str]
    only: ColumnElement[bool] | None = None


DURABLE = (
    Durable(LOG, LOG.c.position),
    Durable(ACCESS_LOG, ACCESS_LOG.c.number),
    Durable(DELIVERY, DELIVERY.c.id),
    Durable(TRACKING, TRACKING.c.name, TRACKING.c.name.not_in(select(_READ_MODEL.c.name))),
)
DERIVED = frozenset({"alembic_version", "due_failure", "job", "job_bad_row", "job_file", "read_model", "register_look"})
"""Tables that stay behind beside those of the read models; what jobs and ticks have recorded stands in the log."""

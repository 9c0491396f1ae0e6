"""The deadlines: what falls due by time alone, when, and for which contract."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Connection, MetaData, Row, Table, Text, func, select, tuple_

from application.queries.lists import DeadlinesAsked
from domain.calendar import last_instant, to_microseconds
from domain.contract.due import falls_due
from infrastructure.read_models.outlook import Outlook, Outlooks, OutlookSource, PerContract
from infrastructure.read_models.overview import ALWAYS_TO
from infrastructure.read_models.practices import PRACTICE
from infrastructure.read_models.rows import Values

DEADLINE = Table(
    "contract_deadline",
    MetaData(),
    Column("contract_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("due_at", BigInteger, primary_key=True),
    Column("until", BigInteger, nullable=False),
    Column("purchaser", Text, nullable=False),
    Column("agb", Text, nullable=False),
    Column("care_type", Text, nullable=False),
    Column("period", Text, nullable=False),
)
"""In microseconds: the first instant at which a tick records it, and the first at which it no longer does."""


def deadlines(outlooks: OutlookSource | None = None) -> PerContract:
    """The read model; ``outlooks`` are those that others of the process share."""
    return PerContract(DEADLINE, _rows, outlooks or Outlooks(), deadlines, version=2)


def _rows(found: Outlook) -> Iterator[Values]:
    for due in falls_due(found.contract, found.planning, found.planned_since):
        until = ALWAYS_TO if due.until is None else to_microseconds(due.until)
        yield found.stream_id, due.kind.value, to_microseconds(due.at), until, *found.contract_id


def falling_due(connection: Connection, asked: DeadlinesAsked, at: int) -> list[Row[Any]]:
    """What falls due, or is due at an instant and was not recorded, the earliest first.

    A page, and one row more than the limit where there are more.
    """
    named = DEADLINE.outerjoin(PRACTICE, PRACTICE.c.agb == DEADLINE.c.agb)
    query = select(DEADLINE, PRACTICE.c.name).select_from(named).where(*_wanted(asked, at))
    earliest = DEADLINE.c.due_at, DEADLINE.c.contract_id, DEADLINE.c.kind
    if asked.after is not None:
        query = query.where(tuple_(*earliest) > tuple_(*asked.after))
    return list(connection.execute(query.order_by(*earliest).limit(asked.limit + 1)))


def how_many(connection: Connection, asked: DeadlinesAsked, at: int) -> int:
    """How much of it there is."""
    return connection.scalar(select(func.count()).select_from(DEADLINE).where(*_wanted(asked, at))) or 0


def _wanted(asked: DeadlinesAsked, at: int) -> Iterator[ColumnElement[bool]]:
    yield DEADLINE.c.purchaser == asked.purchaser
    yield DEADLINE.c.until > at
    if asked.until is not None:
        yield DEADLINE.c.due_at <= to_microseconds(last_instant(asked.until))
    if asked.kind is not None:
        yield DEADLINE.c.kind == asked.kind.value
    if asked.care_type is not None:
        yield DEADLINE.c.care_type == asked.care_type.value

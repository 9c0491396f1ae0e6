"""The worklist of reviews: what waits for a person, since when, and until when it is in time."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import BigInteger, Column, ColumnElement, Connection, MetaData, Row, Table, Text, func, select, tuple_

from application.queries.lists import WorkAsked
from domain.calendar import day_start, local_day, next_day, to_microseconds
from domain.contract.due import Work, WorkKind, open_reviews, open_work
from domain.contract.standing import OVER
from infrastructure.read_models.outlook import Outlook, Outlooks, OutlookSource, PerContract
from infrastructure.read_models.overview import ALWAYS_TO
from infrastructure.read_models.practices import PRACTICE
from infrastructure.read_models.rows import Values
from infrastructure.working_days import DutchWorkingDays

WORK = Table(
    "contract_work",
    MetaData(),
    Column("contract_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("about", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("due_on", Text),
    Column("until", BigInteger, nullable=False),
    Column("purchaser", Text, nullable=False),
    Column("agb", Text, nullable=False),
    Column("care_type", Text, nullable=False),
    Column("period", Text, nullable=False),
)
"""Instants are in microseconds; ``until`` is when it ceases by itself, because the procedure ends."""


def worklist(outlooks: OutlookSource | None = None) -> PerContract:
    """The read model; ``outlooks`` are those that others of the process share."""
    return PerContract(WORK, _rows, outlooks or Outlooks(), worklist, version=2)


def _rows(found: Outlook) -> Iterator[Values]:
    contract, signing = found.contract, found.deadlines.signing
    over = next((number for number, step in enumerate(found.steps) if step.state.status in OVER), None)
    if over != 0:
        until = ALWAYS_TO if over is None else to_microseconds(found.steps[over].at)
        due_on = None if contract.concluded or signing is None else signing.last_day
        reply_by = partial(_reply_by, found.planning.reply_within)
        for work in open_work(contract, found.steps[0].state.status, due_on, found.history, reply_by):
            ends = until
            if work.kind is WorkKind.PROOF_ENDS and work.due_on is not None:
                ends = min(until, to_microseconds(day_start(next_day(work.due_on))))
            yield _row(found, work, ends)
    for review in open_reviews(contract, found.since):
        yield _row(found, review, ALWAYS_TO)


_WORKING_DAYS = DutchWorkingDays()


def _reply_by(within: int | None, came: datetime) -> date | None:
    """The working day by which the purchaser aims to answer, where its policy says so."""
    return None if within is None else _WORKING_DAYS.after(local_day(came), within)


def _row(found: Outlook, work: Work, until: int) -> Values:
    due_on = None if work.due_on is None else work.due_on.isoformat()
    told = work.kind.value, work.item, work.about, to_microseconds(work.since), due_on, until
    return found.stream_id, *told, *found.contract_id


_NEVER = "9999-12-31"


def work(connection: Connection, asked: WorkAsked, at: int, today: date) -> list[Row[Any]]:
    """What waits for a person at an instant, on a local day: what is due first, then what has waited longest.

    A page, and one row more than the limit where there are more.
    """
    named = WORK.outerjoin(PRACTICE, PRACTICE.c.agb == WORK.c.agb)
    query = select(WORK, PRACTICE.c.name).select_from(named).where(*_wanted(asked, at, today))
    urgent = func.coalesce(WORK.c.due_on, _NEVER), WORK.c.since, WORK.c.contract_id, WORK.c.kind, WORK.c.item
    if asked.after is not None:
        query = query.where(tuple_(*urgent) > tuple_(asked.after.due_on or _NEVER, *asked.after[1:]))
    return list(connection.execute(query.order_by(*urgent).limit(asked.limit + 1)))


def waiting(connection: Connection, asked: WorkAsked, at: int, today: date) -> dict[str, int]:
    """How much of it waits, by kind."""
    counted = select(WORK.c.kind, func.count()).where(*_wanted(asked, at, today)).group_by(WORK.c.kind)
    return dict(sorted((kind, count) for kind, count in connection.execute(counted)))


def _wanted(asked: WorkAsked, at: int, today: date) -> Iterator[ColumnElement[bool]]:
    yield WORK.c.purchaser == asked.purchaser
    yield WORK.c.until > at
    yield WORK.c.since <= at
    if asked.kind is not None:
        yield WORK.c.kind == asked.kind.value
    if asked.care_type is not None:
        yield WORK.c.care_type == asked.care_type.value
    if asked.overdue:
        yield WORK.c.due_on < today.isoformat()

"""The contract overview: every contract as it stands now, to be filtered, sorted and searched."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    and_,
    func,
    or_,
    select,
)

from application.queries.lists import ContractsAsked, ListOrder
from domain.calendar import to_microseconds
from domain.contract.standing import reasons_of
from infrastructure.read_models.outlook import Outlook, Outlooks, OutlookSource, PerContract
from infrastructure.read_models.practices import PRACTICE, searched
from infrastructure.read_models.rows import Values

ALWAYS_TO = 2**63 - 1
"""The end of what no time ends."""

OVERVIEW = Table(
    "contract_overview",
    MetaData(),
    Column("contract_id", Text, primary_key=True),
    Column("at_from", BigInteger, primary_key=True),
    Column("at_to", BigInteger, nullable=False),
    Column("purchaser", Text, nullable=False),
    Column("agb", Text, nullable=False),
    Column("care_type", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("entitled_tier", Text),
    Column("offered_tier", Text),
    Column("due_on", Text),
    Column("reasons", Text, nullable=False),
    Column("open_reviews", Integer, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("changed_position", BigInteger, nullable=False),
)
"""A row for each stretch of time from the last fact on, which time alone ends: half-open, in microseconds."""


def overview(outlooks: OutlookSource | None = None) -> PerContract:
    """The read model; ``outlooks`` are those that others of the process share."""
    return PerContract(OVERVIEW, _rows, outlooks or Outlooks(), overview, version=1)


def _rows(found: Outlook) -> Iterator[Values]:
    contract_id, contract, last = found.contract_id, found.contract, found.last
    reasons = " ".join(each.code for each in reasons_of(contract))
    reviews = sum(review.outcome is None for review in contract.reviews.values())
    ends = [*(to_microseconds(step.at) for step in found.steps[1:]), ALWAYS_TO]
    at_from = 0
    for step, at_to in zip(found.steps, ends, strict=True):
        state = step.state
        yield (
            found.stream_id,
            at_from,
            at_to,
            *contract_id,
            state.status.value,
            state.attempt,
            state.entitled_tier,
            state.offered_tier,
            None if state.due_on is None else state.due_on.isoformat(),
            reasons,
            reviews,
            to_microseconds(last.recorded_at),
            last.position,
        )
        at_from = at_to


_NEVER = "9999-12-31"
_ORDERS: dict[ListOrder, ColumnElement[Any]] = {
    ListOrder.NAME: func.coalesce(PRACTICE.c.searched, ""),
    ListOrder.DUE: func.coalesce(OVERVIEW.c.due_on, _NEVER),
    ListOrder.CHANGED: OVERVIEW.c.changed_position,
}


def contracts(connection: Connection, asked: ContractsAsked, at: int) -> list[Row[Any]]:
    """A page of a purchaser's contracts as they stand at an instant, with the practice's name and city; one row more
    than the limit where there are more.
    """
    key, order = OVERVIEW.c.contract_id, _ORDERS.get(asked.order)
    latest_first = asked.order is ListOrder.CHANGED
    # a contract's id begins with its purchaser: a page in this order reads no more than its rows
    of_purchaser = OVERVIEW.c.purchaser == asked.purchaser, key.between(f"{asked.purchaser}/", f"{asked.purchaser}0")
    query = _standing(at).where(*of_purchaser, *_wanted(asked))
    if asked.after is not None:
        begins = key > asked.after
        if order is not None:
            last = connection.execute(_standing(at).with_only_columns(order).where(key == asked.after)).scalar()
            begins = or_(order < last if latest_first else order > last, and_(order == last, begins))
        query = query.where(begins)
    if order is not None:
        query = query.order_by(order.desc() if latest_first else order)
    return list(connection.execute(query.order_by(key).limit(asked.limit + 1)))


def _standing(at: int) -> Select[Any]:
    practices = OVERVIEW.outerjoin(PRACTICE, PRACTICE.c.agb == OVERVIEW.c.agb)
    query = select(OVERVIEW, PRACTICE.c.name, PRACTICE.c.city).select_from(practices)
    return query.where(OVERVIEW.c.at_from <= at, OVERVIEW.c.at_to > at)


def _wanted(asked: ContractsAsked) -> Iterator[ColumnElement[bool]]:
    if asked.care_type is not None:
        yield OVERVIEW.c.care_type == asked.care_type.value
    if asked.status is not None:
        yield OVERVIEW.c.status == asked.status.value
    if asked.tier is not None:
        yield OVERVIEW.c.entitled_tier == asked.tier
    if asked.with_open_reviews:
        yield OVERVIEW.c.open_reviews > 0
    if asked.text is not None and asked.text.isdigit():
        yield OVERVIEW.c.agb.between(asked.text, f"{asked.text}:")
    elif asked.text is not None:
        # first the practices, which are few, then their contracts
        named = PRACTICE.c.searched.contains(searched(asked.text), autoescape=True)
        yield OVERVIEW.c.agb.in_(select(PRACTICE.c.agb).where(named).scalar_subquery())

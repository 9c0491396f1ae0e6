"""The deliveries: each message to each recipient once, with what became of it."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from infrastructure.persistence.durable import DELIVERY


class Channel(StrEnum):
    """By which way a message goes."""

    MAIL = "mail"
    WEBHOOK = "webhook"


class State(StrEnum):
    """What became of a delivery: ``dead`` waits for a person, ``skipped`` was left out on purpose."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"
    SKIPPED = "skipped"


class Delivery(NamedTuple):
    """A message to a recipient; instants are in microseconds, ``message`` is JSON by the channel.

    ``due_at`` is when it is tried next; ``attempts`` have been begun.
    """

    id: str
    position: int
    event_id: str
    kind: str
    channel: str
    purchaser: str
    stream_id: str
    recipient: str
    correlation_id: str
    message: bytes
    created_at: int
    state: str = State.WAITING
    attempts: int = 0
    due_at: int = 0
    sent_at: int | None = None
    error: str | None = None


def enter(connection: Connection, deliveries: Iterable[Delivery]) -> None:
    """Enter new deliveries; one that is known already stays as it is."""
    rows = [each._asdict() for each in deliveries]
    if rows:
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        connection.execute(dialect.insert(DELIVERY).on_conflict_do_nothing(), rows)


def claim_due(connection: Connection, *, now: int, lease: int, limit: int) -> list[Delivery]:
    """Take deliveries that are due, in the order of what caused them, for so many microseconds.

    Who takes one tries it; if nothing comes of it within the lease, because the sender died, it is due again.
    """
    waiting = (DELIVERY.c.state == State.WAITING) & (DELIVERY.c.due_at <= now)
    query = select(DELIVERY).where(waiting).order_by(DELIVERY.c.position, DELIVERY.c.id).limit(limit)
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True)
    found = [Delivery(*row) for row in connection.execute(query)]
    if found:
        taken = update(DELIVERY).where(DELIVERY.c.id.in_([each.id for each in found]))
        connection.execute(taken.values(attempts=DELIVERY.c.attempts + 1, due_at=now + lease))
    return [each._replace(attempts=each.attempts + 1) for each in found]


def mark(connection: Connection, delivery: Delivery, **values: Any) -> None:
    """Note what became of an attempt; nothing when another attempt has been begun since."""
    same = (DELIVERY.c.id == delivery.id) & (DELIVERY.c.attempts == delivery.attempts)
    connection.execute(update(DELIVERY).where(same, DELIVERY.c.state == State.WAITING).values(**values))


def listed(
    connection: Connection,
    *,
    state: State | None = None,
    stream_id: str | None = None,
    after: str | None = None,
    limit: int = 100,
) -> list[Delivery]:
    """Deliveries in the order of what caused them, of a state or a contract if one is named."""
    query = select(DELIVERY).order_by(DELIVERY.c.position, DELIVERY.c.id).limit(limit)
    if state is not None:
        query = query.where(DELIVERY.c.state == state)
    if stream_id is not None:
        query = query.where(DELIVERY.c.stream_id == stream_id)
    if after is not None:
        here = select(DELIVERY.c.position).where(DELIVERY.c.id == after).scalar_subquery()
        further = (DELIVERY.c.position > here) | ((DELIVERY.c.position == here) & (DELIVERY.c.id > after))
        query = query.where(further)
    return [Delivery(*row) for row in connection.execute(query)]


def again(connection: Connection, ids: Sequence[str] | None, *, now: int) -> list[str]:
    """Let these, dead or skipped, or every dead one be tried anew, from the first attempt; those that were."""
    stranded = DELIVERY.c.state == State.DEAD
    if ids is not None:
        stranded = DELIVERY.c.state.in_([State.DEAD, State.SKIPPED]) & DELIVERY.c.id.in_(ids)
    found = sorted(connection.scalars(select(DELIVERY.c.id).where(stranded)))
    connection.execute(update(DELIVERY).where(stranded).values(state=State.WAITING, attempts=0, due_at=now, error=None))
    return found


def skip_before(connection: Connection, position: int) -> int:
    """Leave out what waits and was caused before a log position; how many."""
    earlier = (DELIVERY.c.state == State.WAITING) & (DELIVERY.c.position < position)
    return connection.execute(update(DELIVERY).where(earlier).values(state=State.SKIPPED)).rowcount


class Depth(NamedTuple):
    """How many deliveries are in a state, and since when the oldest of them has been; microseconds."""

    messages: int
    oldest: int


def depths(connection: Connection) -> dict[str, Depth]:
    """The depth of the outbox by state; a state without deliveries is left out."""
    query = select(DELIVERY.c.state, func.count(), func.min(DELIVERY.c.created_at)).group_by(DELIVERY.c.state)
    return {state: Depth(count, oldest) for state, count, oldest in connection.execute(query)}

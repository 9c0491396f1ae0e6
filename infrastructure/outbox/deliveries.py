"""The deliveries: each message to each recipient once, with what became of it."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, func, or_, select, true, update
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

    @property
    def name(self) -> str:
        """The id; that of a letter without the address at its end, which is nobody's business who looks at a list."""
        return f"{self.position}/{self.kind}" if self.channel == Channel.MAIL else self.id

    @property
    def masked_recipient(self) -> str:
        """The recipient; of an address no more than its first letter and what stands behind the @."""
        before, at, domain = self.recipient.rpartition("@")
        return f"{before[:1]}…@{domain}" if at else self.recipient

    @property
    def masked_error(self) -> str | None:
        """The error without the address, which mail servers like to repeat."""
        return (
            self.error.replace(self.recipient, self.masked_recipient) if self.error and self.recipient else self.error
        )

    def state_at(self, instant: int) -> str:
        """``sent`` if it had been by an earlier instant (microseconds), else ``not_sent``.

        Whether it then waited, was dead or was left out nothing tells: of what was tried, the last try alone is kept.
        """
        return State.SENT if self.sent_at is not None and self.sent_at <= instant else "not_sent"


_POSITIONS = 500
_NOTED = ("state", "attempts", "due_at", "sent_at", "error")
_NOTE = (
    update(DELIVERY)
    .where(DELIVERY.c.id == bindparam("taken"), DELIVERY.c.attempts == bindparam("begun"))
    .where(DELIVERY.c.state == State.WAITING)
    .values({name: bindparam(name) for name in _NOTED})
)


def enter(connection: Connection, deliveries: Iterable[Delivery]) -> None:
    """Enter new deliveries; one that is known already stays as it is."""
    rows = [each._asdict() for each in deliveries]
    if rows:
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        connection.execute(dialect.insert(DELIVERY).on_conflict_do_nothing(), rows)


def claim_due(connection: Connection, *, due_by: int, until: int, limit: int) -> list[Delivery]:
    """Take deliveries that were due by an instant, in the order of what caused them, until another; microseconds.

    Who takes one tries it; if nothing comes of it ``until`` then, because the sender died, it is due again.
    """
    waiting = (DELIVERY.c.state == State.WAITING) & (DELIVERY.c.due_at <= due_by)
    first = select(DELIVERY.c.id).where(waiting).order_by(DELIVERY.c.position, DELIVERY.c.id).limit(limit)
    if connection.dialect.name == "postgresql":
        first = first.with_for_update(skip_locked=True)
    taken = update(DELIVERY).where(DELIVERY.c.id.in_(select(first.cte("first").c.id)))
    taken = taken.values(attempts=DELIVERY.c.attempts + 1, due_at=until)
    found = (Delivery(*row) for row in connection.execute(taken.returning(*DELIVERY.c)))
    return sorted(found, key=lambda each: (each.position, each.id))


def note(connection: Connection, tried: Iterable[tuple[Delivery, Delivery]]) -> None:
    """Note what became of attempts: each delivery as it was taken, and as it is now.

    Nothing where another attempt has been begun since.
    """
    rows = [
        {"taken": taken.id, "begun": taken.attempts, **{name: getattr(now, name) for name in _NOTED}}
        for taken, now in tried
    ]
    if rows:
        connection.execute(_NOTE, rows)


def _named(name: str) -> ColumnElement[bool]:
    """By its id, or that of a letter without the address."""
    position, _, kind = name.partition("/")
    letter = (DELIVERY.c.channel == Channel.MAIL) & (DELIVERY.c.kind == kind)
    at = int(position) if position.isdecimal() and len(position) < len(str(2**63)) else -1
    return (DELIVERY.c.id == name) | (letter & (DELIVERY.c.position == at))


def listed(
    connection: Connection,
    *,
    state: State | None = None,
    stream_id: str | None = None,
    purchaser: str | None = None,
    channel: Channel | None = None,
    up_to: int | None = None,
    after: str | None = None,
    limit: int = 100,
) -> list[Delivery]:
    """Deliveries in the order of what caused them, of a state, a contract, a purchaser or a channel if one is named.

    Of facts up to a log position, if given.
    """
    query = select(DELIVERY).order_by(DELIVERY.c.position, DELIVERY.c.id).limit(limit)
    if state is not None:
        query = query.where(DELIVERY.c.state == state)
    if stream_id is not None:
        query = query.where(DELIVERY.c.stream_id == stream_id)
    if purchaser is not None:
        query = query.where(DELIVERY.c.purchaser == purchaser)
    if channel is not None:
        query = query.where(DELIVERY.c.channel == channel)
    if up_to is not None:
        query = query.where(DELIVERY.c.position <= up_to)
    if after is not None:
        here = connection.execute(select(DELIVERY.c.position, DELIVERY.c.id).where(_named(after))).first()
        if here is None:
            return []
        further = (DELIVERY.c.position == here.position) & (DELIVERY.c.id > here.id)
        query = query.where((DELIVERY.c.position > here.position) | further)
    return [Delivery(*row) for row in connection.execute(query)]


def caused_by(connection: Connection, positions: Sequence[int], purchaser: str | None) -> list[Delivery]:
    """What the facts at these log positions caused, in order; of one purchaser's, if given."""
    mine = true() if purchaser is None else DELIVERY.c.purchaser == purchaser
    found: list[Delivery] = []
    for first in range(0, len(positions), _POSITIONS):
        these = DELIVERY.c.position.in_(positions[first : first + _POSITIONS])
        query = select(DELIVERY).where(these, mine).order_by(DELIVERY.c.position, DELIVERY.c.id)
        found += [Delivery(*row) for row in connection.execute(query)]
    return found


def to_be_tried_anew(connection: Connection, ids: Sequence[str] | None, purchaser: str | None = None) -> list[Delivery]:
    """These, if they are dead or were skipped, or every dead one, of a purchaser if one is named; in the order of what
    caused them.
    """
    stranded = DELIVERY.c.state == State.DEAD
    if ids is not None:
        stranded = DELIVERY.c.state.in_([State.DEAD, State.SKIPPED]) & or_(*(_named(each) for each in ids))
    if purchaser is not None:
        stranded &= DELIVERY.c.purchaser == purchaser
    query = select(DELIVERY).where(stranded).order_by(DELIVERY.c.position, DELIVERY.c.id)
    return [Delivery(*row) for row in connection.execute(query)]


def change(connection: Connection, was: Delivery, now: Delivery) -> None:
    """Make a delivery that nobody tries what it is ``now``; nothing when its state has changed since."""
    same = (DELIVERY.c.id == was.id) & (DELIVERY.c.state == was.state)
    connection.execute(update(DELIVERY).where(same).values({name: getattr(now, name) for name in _NOTED}))


def skip_before(connection: Connection, position: int) -> int:
    """Leave out what waits and was caused before a log position; how many."""
    earlier = (DELIVERY.c.state == State.WAITING) & (DELIVERY.c.position < position)
    return connection.execute(update(DELIVERY).where(earlier).values(state=State.SKIPPED)).rowcount


def waiting(connection: Connection) -> int:
    """How many deliveries wait, due or not."""
    query = select(func.count()).select_from(DELIVERY).where(DELIVERY.c.state == State.WAITING)
    return connection.scalar(query) or 0


class Depth(NamedTuple):
    """How many deliveries are in a state, and since when the oldest of them has been; microseconds."""

    messages: int
    oldest: int


def depths(connection: Connection) -> dict[str, Depth]:
    """The depth of the outbox by state; a state without deliveries is left out."""
    query = select(DELIVERY.c.state, func.count(), func.min(DELIVERY.c.created_at)).group_by(DELIVERY.c.state)
    return {state: Depth(count, oldest) for state, count, oldest in connection.execute(query)}

"""Sends what is due, at least once: taken, tried, noted. Pauses grow; what is refused for good waits for a person."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from threading import Event
from typing import NamedTuple, Protocol

from application.ports import Clock
from domain.calendar import to_microseconds
from infrastructure.outbox import deliveries
from infrastructure.outbox.deliveries import Channel, Delivery, State
from infrastructure.outbox.telling import tell
from infrastructure.persistence import sending
from infrastructure.persistence.database import LogDatabase
from infrastructure.persistence.errors import storage_errors

_SECOND = 1_000_000
PAUSES = tuple(minutes * 60 * _SECOND for minutes in (1, 5, 30, 120, 360, 720, 1440))
"""Between attempts, in microseconds; after the last one a delivery is dead."""
LEASE = 10 * 60 * _SECOND
"""How long a sender has for the deliveries that it took; if it dies, they are due again after that."""
AT_ONCE = 100
"""How many deliveries are taken, and noted, in one commit."""


class NotNowError(Exception):
    """This delivery could not be made now; another attempt may succeed."""


class NeverError(Exception):
    """The recipient refuses this delivery for good."""


class AwayError(Exception):
    """The way itself is closed: nothing that goes by it can be delivered now."""


class Transport(Protocol):
    """A way by which deliveries go; its tests run on the real thing."""

    def deliver(self, delivery: Delivery) -> None:
        """Hand the delivery over. Raises ``NotNowError``, ``NeverError`` or ``AwayError``."""
        ...

    def close(self) -> None:
        """End its connections."""
        ...


class Sent(NamedTuple):
    """What a turn did; ``held`` says why nothing was done at all, ``away`` which ways are closed and why."""

    sent: int = 0
    failed: int = 0
    dead: int = 0
    held: str = ""
    away: tuple[str, ...] = ()

    def counting(self, tried: Delivery) -> "Sent":
        """With one more, by what became of it."""
        match tried.state:
            case State.SENT:
                return self._replace(sent=self.sent + 1)
            case State.DEAD:
                return self._replace(dead=self.dead + 1)
            case _:
                return self._replace(failed=self.failed + 1)

    def together(self, other: "Sent") -> "Sent":
        """Of two senders at work at once."""
        away = tuple(dict.fromkeys((*self.away, *other.away)))
        sent, failed, dead = self.sent + other.sent, self.failed + other.failed, self.dead + other.dead
        return Sent(sent, failed, dead, self.held or other.held, away)


class Sender:
    """Sends by the transports it is given; several senders may work at once.

    Deliveries are taken and noted some at a time, in one commit: who dies in between repeats no more than ``AT_ONCE``.
    """

    def __init__(self, database: LogDatabase, clock: Clock, transports: Mapping[Channel, Transport]) -> None:
        self._database = database
        self._clock = clock
        self._transports = transports

    def send_due(self, tried_one: Callable[[], None] = lambda: None, stop: Event | None = None) -> Sent:
        """Send everything that is due now, in the order of what caused it, until ``stop`` is set, or sending is held.

        ``tried_one`` is called after each attempt. Raises ``StorageUnavailable``; what was taken then is due again
        after the lease.
        """
        stopped = Event().is_set if stop is None else stop.is_set
        done, away = Sent(), dict[str, str]()
        started = self._now()
        tried: list[tuple[Delivery, Delivery]] = []
        with storage_errors(self._database.engine.url):
            while True:
                taken_at = self._now()
                with self._database.transaction() as connection:
                    deliveries.note(connection, tried)
                    held = sending.held(connection)
                    if held is not None:
                        return done._replace(held=held.reason)
                    if stopped():
                        return done
                    found = deliveries.claim_due(connection, due_by=started, until=taken_at + LEASE, limit=AT_ONCE)
                if not found:
                    return done._replace(away=tuple(f"{channel}: {why}" for channel, why in away.items()))
                tried = []
                try:
                    for delivery in found:
                        if stopped() or self._now() > taken_at + LEASE // 2:
                            break
                        after = self._try(delivery, away)
                        tried.append((delivery, after))
                        done = done.counting(after)
                        tell(after)
                        tried_one()
                    tried += [(each, _untried(each, due_at=started)) for each in found[len(tried) :]]
                except BaseException:
                    with self._database.transaction() as connection:  # what left before it broke off has left
                        deliveries.note(connection, tried)
                    raise

    def _try(self, delivery: Delivery, away: dict[str, str]) -> Delivery:
        """The delivery as it is afterwards."""
        try:
            self._deliver(delivery, away)
        except NeverError as error:
            return delivery._replace(state=State.DEAD, error=str(error))
        except AwayError as error:
            # not the fault of the message: the attempt does not count
            away[delivery.channel] = str(error)
            return _untried(delivery, due_at=self._now() + PAUSES[0])._replace(error=str(error))
        except NotNowError as error:
            if delivery.attempts > len(PAUSES):
                told = f"{error}; given up after {delivery.attempts} attempts"
                return delivery._replace(state=State.DEAD, error=told)
            return delivery._replace(due_at=self._now() + PAUSES[delivery.attempts - 1], error=str(error))
        return delivery._replace(state=State.SENT, sent_at=self._now(), error=None)

    def _deliver(self, delivery: Delivery, away: Mapping[str, str]) -> None:
        transport = self._transports.get(Channel(delivery.channel))
        if transport is None:
            raise AwayError("nothing is set up to send by it")
        if delivery.channel in away:
            raise AwayError(away[delivery.channel])
        transport.deliver(delivery)

    def _now(self) -> int:
        return to_microseconds(self._clock.now())


def _untried(delivery: Delivery, *, due_at: int) -> Delivery:
    """As if it had not been taken, and due at an instant."""
    return delivery._replace(attempts=delivery.attempts - 1, due_at=due_at)


def send_all(senders: Sequence[Sender], tried_one: Callable[[], None], stop: Event) -> Sent:
    """Let all of them send at once, each in a thread and over connections of its own.

    Whatever breaks one off, Ctrl-C for instance, stops the others after the letter in hand.
    """
    with ThreadPoolExecutor(len(senders)) as pool:
        turns = [pool.submit(sender.send_due, tried_one, stop) for sender in senders]
        try:
            return reduce(Sent.together, [turn.result() for turn in turns])
        except BaseException:
            stop.set()
            raise

"""Sends what is due, at least once: taken, tried, noted. Pauses grow; what is refused for good waits for a person."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from application.ports import Clock, ProgressReport
from domain.calendar import to_microseconds
from infrastructure.outbox import deliveries
from infrastructure.outbox.deliveries import Channel, Delivery, State
from infrastructure.persistence import sending
from infrastructure.persistence.database import LogDatabase
from infrastructure.persistence.errors import storage_errors

_SECOND = 1_000_000
PAUSES = tuple(minutes * 60 * _SECOND for minutes in (1, 5, 30, 120, 360, 720, 1440))
"""Between attempts, in microseconds; after the last one a delivery is dead."""
LEASE = 10 * 60 * _SECOND
"""How long a sender has for the deliveries that it took; if it dies, they are due again after that."""
_AT_ONCE = 50


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


class Sender:
    """Sends by the transports it is given; several senders may work at once."""

    def __init__(self, database: LogDatabase, clock: Clock, transports: Mapping[Channel, Transport]) -> None:
        self._database = database
        self._clock = clock
        self._transports = transports

    def send_due(self, report: ProgressReport = lambda done, total: None) -> Sent:  # noqa: ARG005
        """Send everything that is due now, in the order of what caused it, unless sending is held.

        Raises ``StorageUnavailable``; what was taken then is due again after the lease.
        """
        done, away = Sent(), dict[str, str]()
        now = to_microseconds(self._clock.now())
        with storage_errors(self._database.engine.url):
            total = self._waiting()
            while True:
                with self._database.transaction() as connection:
                    held = sending.held(connection)
                    if held is not None:
                        return done._replace(held=held.reason)
                    found = deliveries.claim_due(connection, now=now, lease=LEASE, limit=_AT_ONCE)
                if not found:
                    return done._replace(away=tuple(f"{channel}: {why}" for channel, why in away.items()))
                for delivery in found:
                    done = self._try(delivery, done, away)
                    report(sum(done[:3]), total)

    def _try(self, delivery: Delivery, done: Sent, away: dict[str, str]) -> Sent:
        try:
            self._deliver(delivery, away)
        except NeverError as error:
            self._mark(delivery, state=State.DEAD, error=str(error))
            return done._replace(dead=done.dead + 1)
        except AwayError as error:
            # not the fault of the message: the attempt does not count
            away[delivery.channel] = str(error)
            due_at = to_microseconds(self._clock.now()) + PAUSES[0]
            self._mark(delivery, attempts=delivery.attempts - 1, due_at=due_at, error=str(error))
            return done._replace(failed=done.failed + 1)
        except NotNowError as error:
            if delivery.attempts > len(PAUSES):
                self._mark(delivery, state=State.DEAD, error=f"{error}; given up after {delivery.attempts} attempts")
                return done._replace(dead=done.dead + 1)
            due_at = to_microseconds(self._clock.now()) + PAUSES[delivery.attempts - 1]
            self._mark(delivery, due_at=due_at, error=str(error))
            return done._replace(failed=done.failed + 1)
        self._mark(delivery, state=State.SENT, sent_at=to_microseconds(self._clock.now()), error=None)
        return done._replace(sent=done.sent + 1)

    def _deliver(self, delivery: Delivery, away: Mapping[str, str]) -> None:
        transport = self._transports.get(Channel(delivery.channel))
        if transport is None:
            raise AwayError("nothing is set up to send by it")
        if delivery.channel in away:
            raise AwayError(away[delivery.channel])
        transport.deliver(delivery)

    def _mark(self, delivery: Delivery, **values: object) -> None:
        with self._database.transaction() as connection:
            deliveries.mark(connection, delivery, **values)

    def _waiting(self) -> int:
        with self._database.engine.connect() as connection:
            depth = deliveries.depths(connection).get(State.WAITING)
            return 0 if depth is None else depth.messages

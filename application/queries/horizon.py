"""What a question may know, as it was asked and as it is echoed."""

from datetime import date, datetime

from application.ports import Clock, EventLog, Horizon
from domain.calendar import from_microseconds, last_instant, local_day, to_microseconds
from domain.model import Frozen


class Asked(Frozen):
    """On which of the two axes a question stands; all absent is now.

    ``effective_on`` is the local day asked about, ``known_at`` the instant whose knowledge is used, ``position`` the
    same as a log position.
    """

    effective_on: date | None = None
    known_at: datetime | date | None = None
    position: int | None = None


def fix_horizon(log: EventLog, clock: Clock, asked: Asked) -> tuple[date, Horizon]:
    """The day asked about, and what may be known; a bare local date means its last instant, today's means now.

    Raises the errors of ``EventLog.horizon``.
    """
    known_at = asked.known_at
    if known_at is not None and not isinstance(known_at, datetime):
        known_at = None if known_at == local_day(clock.now()) else last_instant(known_at)
    horizon = log.horizon(known_at=None if known_at is None else to_microseconds(known_at), position=asked.position)
    return asked.effective_on or local_day(from_microseconds(horizon.known_at)), horizon

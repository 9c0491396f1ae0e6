"""What happens by itself, and when: every use case that a tick calls, and its times.

A tick records and announces what has come about already; no right and no deadline ever waits for one. So a tick that
comes late, or twice, does no harm, and one tick makes up for all that were missed.
"""

from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from application.tick import EVERY_TICK, Work
from domain.calendar import AMSTERDAM, local_day, next_day


class EveryMinute(NamedTuple):
    """At the beginning of every minute: what is due is looked up in a table by its instant, which costs little."""

    @property
    def words(self) -> str:
        """How a person says it."""
        return "every minute"

    def next_run(self, after: datetime) -> datetime:
        """The first such instant after another, in UTC."""
        return after.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)


class EveryDayAt(NamedTuple):
    """Every day at a local time in Europe/Amsterdam.

    Never between 2 and 3 o'clock, which a change of the clocks skips or repeats.
    """

    local_time: time

    @property
    def words(self) -> str:
        """How a person says it."""
        return f"every day at {self.local_time:%H:%M}"

    def next_run(self, after: datetime) -> datetime:
        """The first instant after another at which a clock in Amsterdam shows the time, in UTC."""
        today = local_day(after)
        found = datetime.combine(today, self.local_time, tzinfo=AMSTERDAM).astimezone(UTC)
        if found > after:
            return found
        return datetime.combine(next_day(today), self.local_time, tzinfo=AMSTERDAM).astimezone(UTC)


class Job(NamedTuple):
    """A use case and when it is called."""

    work: Work
    times: EveryMinute | EveryDayAt


TIMES: dict[str, EveryMinute | EveryDayAt] = {
    "due": EveryMinute(),
    # goes through every running contract: once a day, when nobody works
    "register": EveryDayAt(time(0, 25)),
}
JOBS = tuple(Job(work, TIMES[work.name]) for work in EVERY_TICK)

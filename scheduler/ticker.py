"""Calls the jobs at their times, until it is stopped."""

from collections.abc import Callable
from datetime import UTC, datetime, time

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.base import BaseTrigger

from domain.calendar import AMSTERDAM, local_day, next_day
from scheduler.jobs import JOBS, Job


class EveryDayAt(BaseTrigger):  # type: ignore[misc] # the library carries no types
    """Every day at a local time in Europe/Amsterdam.

    The library's cron trigger leaves out the day after the clocks went forward, for times before one o'clock.
    """

    def __init__(self, local_time: time) -> None:
        self.local_time = local_time

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The first such instant after the one before, or after ``now`` when there was none, in UTC."""
        return next_run(self.local_time, now if previous_fire_time is None else previous_fire_time)


def next_run(local_time: time, after: datetime) -> datetime:
    """The first instant after ``after`` at which a clock in Amsterdam shows ``local_time``, in UTC."""
    today = local_day(after)
    found = datetime.combine(today, local_time, tzinfo=AMSTERDAM).astimezone(UTC)
    if found > after:
        return found
    return datetime.combine(next_day(today), local_time, tzinfo=AMSTERDAM).astimezone(UTC)


def make_ticker(call: Callable[[Job], None], now: datetime) -> BlockingScheduler:
    """A scheduler that calls every job once at ``now``, to make up for what was missed, and then at its times.

    A job that is late is called all the same, once; jobs run one after the other.
    """
    ticker = BlockingScheduler(timezone=AMSTERDAM, executors={"default": ThreadPoolExecutor(1)})
    for job in JOBS:
        ticker.add_job(
            call,
            EveryDayAt(job.local_time),
            args=(job,),
            id=job.name,
            next_run_time=now,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    return ticker

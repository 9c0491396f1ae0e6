"""Calls the jobs at their times while this process leads."""

from collections.abc import Callable
from datetime import datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from domain.calendar import AMSTERDAM
from scheduler.jobs import JOBS, EveryDayAt, EveryMinute, Job


class AtItsTimes(BaseTrigger):  # type: ignore[misc] # the library carries no types
    """The times of a job.

    The library's cron trigger leaves out the day after the clocks went forward, for times before one o'clock.
    """

    def __init__(self, times: EveryMinute | EveryDayAt) -> None:
        self.times = times

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The first such instant after the one before, or after ``now`` when there was none, in UTC."""
        return self.times.next_run(now if previous_fire_time is None else previous_fire_time)


def make_ticker(call: Callable[[Job], None], now: datetime) -> BackgroundScheduler:
    """A scheduler that calls every job once at ``now``, to make up for what was missed, and then at its times.

    A job that is late is called all the same, once; jobs run one after the other.
    """
    ticker = BackgroundScheduler(timezone=AMSTERDAM, executors={"default": ThreadPoolExecutor(1)})
    for job in JOBS:
        ticker.add_job(
            call,
            AtItsTimes(job.times),
            args=(job,),
            id=job.work.name,
            next_run_time=now,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    return ticker

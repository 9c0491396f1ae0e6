"""Calls the jobs at their times, until it is stopped."""

from collections.abc import Callable
from datetime import datetime

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger

from domain.calendar import AMSTERDAM
from scheduler.jobs import JOBS, Job


def trigger(job: Job) -> CronTrigger:
    """Every day at the job's local time."""
    return CronTrigger(hour=job.local_time.hour, minute=job.local_time.minute, timezone=AMSTERDAM)


def next_run(job: Job, after: datetime) -> datetime:
    """The first instant after ``after`` at which the job is called, local."""
    found: datetime = trigger(job).get_next_fire_time(None, after.astimezone(AMSTERDAM))
    return found


def make_ticker(call: Callable[[Job], None], now: datetime) -> BlockingScheduler:
    """A scheduler that calls every job once at ``now``, to make up for what was missed, and then at its times.

    A job that is late is called all the same, once; jobs run one after the other.
    """
    ticker = BlockingScheduler(timezone=AMSTERDAM, executors={"default": ThreadPoolExecutor(1)})
    for job in JOBS:
        ticker.add_job(
            call,
            trigger(job),
            args=(job,),
            id=job.name,
            next_run_time=now,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
    return ticker

"""The thread that carries out jobs, one after the other; as many processes as like may have one."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from application.carrying_out import Worker
from application.jobs import LEASE, Job, JobLostError, Jobs, JobState
from application.ports import Clock, EventLogError

_LOG = logging.getLogger("contractspoor.jobs")
_LOOK_SECONDS = 0.5
"""How often a worker looks whether a job waits."""


def run_jobs(worker: Worker, clock: Clock, stop: Event) -> None:
    """Carry out jobs until told to stop; the one in hand ends after the practices in hand, and says so."""
    while not stop.is_set():
        try:
            worked = run_next(worker, clock)
        except EventLogError as error:
            _LOG.warning("jobs: %s", error)
            worked = False
        if not worked:
            stop.wait(_LOOK_SECONDS)


def run_next(worker: Worker, clock: Clock) -> bool:
    """Carry out the job that waits longest; whether there was one. Raises ``StorageUnavailable``."""
    job = worker.jobs.take(clock.now())
    if job is None:
        return False
    with _heard(worker.jobs, job, clock):
        try:
            worker.carry_out(job)
        except JobLostError:
            _LOG.warning("job %s: another has begun it; it is left to them", job.job_id)
        except EventLogError:  # the database went away: the lease ends the job
            raise
        except Exception:  # noqa: BLE001 - the edge of the thread
            _LOG.exception("job %s failed", job.job_id)
            told = "failed unexpectedly; the log of the service says why"
            worker.jobs.end(job, JobState.FAILED, clock.now(), error=told)
    return True


@contextmanager
def _heard(jobs: Jobs, job: Job, clock: Clock) -> Iterator[None]:
    """Say now and then that the job is worked on, however long its work is silent."""
    done = Event()
    thread = Thread(target=_beat, args=(jobs, job, clock, done), name="contractspoor-job-heard")
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _beat(jobs: Jobs, job: Job, clock: Clock, done: Event) -> None:
    while not done.wait(LEASE.total_seconds() / 4):
        try:
            jobs.beat(job, clock.now())
        except EventLogError as error:
            _LOG.warning("job %s: %s", job.job_id, error)

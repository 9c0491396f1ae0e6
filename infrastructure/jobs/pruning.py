"""Old jobs go: those that have ended, with their files and their bad rows."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import Engine, delete, func, select

from application.jobs import JobState, PrunedJobs
from domain.calendar import to_microseconds
from infrastructure.jobs.table import BAD_ROW, JOB, JOB_FILE
from infrastructure.persistence.engine import transaction
from infrastructure.persistence.errors import storage_errors

_AT_ONCE = 500
_OVER = (JobState.DONE, JobState.FAILED, JobState.STOPPED)
"""Not the interrupted ones: somebody still waits for those."""


def prune_jobs(engine: Engine, before: datetime, *, dry_run: bool) -> PrunedJobs:
    """Remove the jobs that ended before an instant, or only count them; all of them go, or none.

    Raises ``StorageUnavailable``.
    """
    over = JOB.c.state.in_(_OVER) & (JOB.c.ended_at < to_microseconds(before))
    bad_rows = 0
    with storage_errors(engine.url), transaction(engine) as connection:
        # held, so that nobody resumes one while it goes
        found = list(connection.scalars(select(JOB.c.id).where(over).order_by(JOB.c.id).with_for_update()))
        for ids in _pages(found):
            of_these = BAD_ROW.c.job_id.in_(ids)
            bad_rows += connection.scalar(select(func.count()).where(of_these)) or 0
            if not dry_run:
                connection.execute(delete(BAD_ROW).where(of_these))
                connection.execute(delete(JOB_FILE).where(JOB_FILE.c.job_id.in_(ids)))
                connection.execute(delete(JOB).where(JOB.c.id.in_(ids)))
    return PrunedJobs(len(found), bad_rows)


def _pages(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(ids), _AT_ONCE):
        yield ids[first : first + _AT_ONCE]

"""What happens by itself, and when."""

import pytest

from scheduler.jobs import JOBS, Job
from scheduler.ticker import make_ticker, next_run
from tests.given import at

DEADLINES = JOBS[0]


def test_every_job_has_a_name_of_its_own_and_says_what_it_does() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)
    assert all(job.meaning for job in JOBS)


def test_deadlines_are_looked_at_after_the_local_day_has_ended() -> None:
    assert next_run(DEADLINES.local_time, at("2024-11-07T23:59:59")) == at("2024-11-08T00:05")


@pytest.mark.parametrize("month", ["2024-10", "2025-03"])
@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.name)
def test_a_job_is_called_every_day_also_when_the_clocks_change(month: str, job: Job) -> None:
    trigger = {each.id: each.trigger for each in make_ticker(print, at("2024-01-01")).get_jobs()}[job.name]
    called = [trigger.get_next_fire_time(None, at(f"{month}-01T00:00"))]
    while len(called) < 31:
        called.append(trigger.get_next_fire_time(called[-1], called[-1]))

    assert called == [at(f"{month}-{day:02}T{job.local_time:%H:%M}") for day in range(1, 32)]


def test_a_ticker_calls_every_job_once_to_begin_with() -> None:
    called: list[str] = []
    ticker = make_ticker(lambda job: called.append(job.name), at("2024-11-07T12:00"))

    for added in ticker.get_jobs():
        assert added.next_run_time == at("2024-11-07T12:00")
        added.func(*added.args)
    assert called == [job.name for job in JOBS]

"""What happens by itself, and when."""

import itertools
from datetime import timedelta

import pytest

from application.tick import EVERY_TICK
from scheduler.jobs import JOBS, EveryDayAt, Job
from scheduler.ticker import AtItsTimes, make_ticker
from tests.given import at

REGISTER = next(job for job in JOBS if job.work.name == "register")
DUE = next(job for job in JOBS if job.work.name == "due")


def test_every_job_has_a_name_of_its_own_and_says_what_it_does() -> None:
    assert len({job.work.name for job in JOBS}) == len(JOBS)
    assert all(job.work.meaning for job in JOBS)


def test_the_scheduler_does_what_a_tick_of_a_scenario_or_of_the_demo_does_and_nothing_else() -> None:
    assert [job.work for job in JOBS] == list(EVERY_TICK)


def test_what_is_due_is_looked_up_at_the_beginning_of_every_minute() -> None:
    assert DUE.times.next_run(at("2024-11-07T23:59:59")) == at("2024-11-08T00:00")
    assert DUE.times.next_run(at("2024-11-08T00:00")) == at("2024-11-08T00:01")


def test_the_register_is_looked_at_after_the_local_day_has_ended() -> None:
    assert REGISTER.times.next_run(at("2024-11-07T23:59:59")) == at("2024-11-08T00:25")


@pytest.mark.parametrize("night", ["2024-10-27", "2025-03-30"])
def test_the_night_in_which_the_clocks_change_has_a_tick_in_each_of_its_minutes(night: str) -> None:
    trigger, called = AtItsTimes(DUE.times), [at(f"{night}T00:00")]
    for _ in range(6 * 60):
        called.append(trigger.get_next_fire_time(called[-1], called[-1]))

    assert {later - earlier for earlier, later in itertools.pairwise(called)} == {timedelta(minutes=1)}


@pytest.mark.parametrize("month", ["2024-10", "2025-03"])
@pytest.mark.parametrize(
    "job", [each for each in JOBS if isinstance(each.times, EveryDayAt)], ids=lambda job: job[0][0]
)
def test_a_daily_job_is_called_every_day_also_when_the_clocks_change(month: str, job: Job) -> None:
    assert isinstance(job.times, EveryDayAt)
    trigger = {each.id: each.trigger for each in make_ticker(print, at("2024-01-01")).get_jobs()}[job.work.name]
    called = [trigger.get_next_fire_time(None, at(f"{month}-01T00:00"))]
    while len(called) < 31:
        called.append(trigger.get_next_fire_time(called[-1], called[-1]))

    assert called == [at(f"{month}-{day:02}T{job.times.local_time:%H:%M}") for day in range(1, 32)]


def test_a_ticker_calls_every_job_once_to_begin_with() -> None:
    called: list[str] = []
    ticker = make_ticker(lambda job: called.append(job.work.name), at("2024-11-07T12:00"))

    for added in ticker.get_jobs():
        assert added.next_run_time == at("2024-11-07T12:00")
        added.func(*added.args)
    assert called == [job.work.name for job in JOBS]

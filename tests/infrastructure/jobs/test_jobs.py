"""Jobs on both databases: taken once, stopped, resumed, and interrupted when nothing is heard of their worker."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from application.jobs import LEASE, BadRow, ImportWork, Job, JobLostError, JobState, NewJob, RoundWork
from domain.refusal import RefusedError
from infrastructure.jobs.pruning import prune_jobs
from infrastructure.jobs.table import JobTable
from infrastructure.persistence.engine import create_log_engine
from tests.given import at, day

NOW = at("2024-09-16T09:00")
ROUND = NewJob("caresq", "officer-1", "officer-1:key-1", RoundWork(policy_id="caresq-2025", on=day("2024-09-16")))
IMPORT = NewJob("caresq", "officer-1", "officer-1:key-2", ImportWork(sha256="0" * 64, size=4))
BAD = BadRow(line=2, column="kind", found="=1", expected="a kind", practice="04001234")


@pytest.fixture
def jobs(database_url: str) -> Iterator[JobTable]:
    engine = create_log_engine(database_url)
    yield JobTable(engine)
    engine.dispose()


def taken(jobs: JobTable, new: NewJob = ROUND) -> Job:
    jobs.add(new, NOW, b"file")
    job = jobs.take(NOW)
    assert job is not None
    return job


def state(jobs: JobTable, job: Job, later: timedelta = timedelta(0)) -> JobState:
    found = jobs.job("caresq", job.job_id, NOW + later)
    assert found is not None
    return found.state


def test_a_job_is_entered_once_for_its_command_id_and_other_work_under_it_is_refused(jobs: JobTable) -> None:
    first, again = jobs.add(ROUND, NOW), jobs.add(ROUND, NOW + LEASE)
    with pytest.raises(RefusedError) as refused:
        jobs.add(ROUND._replace(work=RoundWork(policy_id="caresq-2025", on=day("2024-09-17"))), NOW)

    assert (first, again) == ((first[0], False), (first[0], True))
    assert refused.value.refused.code == "COMMAND_ID_REUSED"
    assert len(jobs.jobs(NOW)) == 1


def test_many_workers_take_each_job_once_and_in_its_turn(jobs: JobTable) -> None:
    for number in range(4):
        jobs.add(ROUND._replace(command_id=f"key-{number}"), NOW + timedelta(seconds=number))
    with ThreadPoolExecutor(4) as pool:
        found = [each for each in pool.map(lambda _: jobs.take(NOW), range(8)) if each is not None]

    assert sorted(each.job_id for each in found) == sorted(each.job_id for each in jobs.jobs(NOW))
    assert {each.state for each in found} == {JobState.RUNNING}


def test_a_job_belongs_to_one_purchaser_and_pages_are_newest_first(jobs: JobTable) -> None:
    made = [
        jobs.add(ROUND._replace(command_id=f"key-{number}"), NOW + timedelta(seconds=number // 2))[0].job_id
        for number in range(5)
    ]
    first = [each.job_id for each in jobs.jobs(NOW, purchaser="caresq", limit=3)]
    rest = [each.job_id for each in jobs.jobs(NOW, purchaser="caresq", after=first[-1], limit=3)]

    assert sorted(first + rest) == sorted(made)
    assert first[0] == made[4]
    assert jobs.jobs(NOW, purchaser="asr") == []
    assert jobs.job("asr", made[0], NOW) is None
    for change in (jobs.stop, jobs.resume):
        with pytest.raises(RefusedError, match="asr has no job"):
            change("asr", made[0], NOW)


def test_one_that_waits_stops_at_once_and_one_that_goes_on_is_told(jobs: JobTable) -> None:
    waiting = jobs.add(ROUND, NOW)[0]
    assert jobs.stop("caresq", waiting.job_id, NOW).state is JobState.STOPPED
    assert jobs.take(NOW) is None

    assert jobs.resume("caresq", waiting.job_id, NOW).state is JobState.WAITING
    job = jobs.take(NOW)
    assert job is not None
    assert jobs.note(job, 200, 1000) is False
    assert jobs.stop("caresq", job.job_id, NOW).stop_asked
    assert jobs.note(job, 400, 1000) is True
    jobs.end(job, JobState.STOPPED, NOW)
    assert state(jobs, job) is JobState.STOPPED


def test_every_change_has_its_number(jobs: JobTable) -> None:
    job = taken(jobs)
    seen = [job.change]
    for done in (200, 400):
        jobs.note(job, done, 400)
        seen += [each.change for each in jobs.jobs(NOW)]
    jobs.end(job, JobState.DONE, NOW, result={"counts": {}})
    seen += [each.change for each in jobs.jobs(NOW)]

    assert seen == sorted(set(seen))


def test_one_of_whose_worker_nothing_is_heard_is_interrupted_and_can_be_resumed(jobs: JobTable) -> None:
    job, later = taken(jobs), LEASE + timedelta(seconds=1)
    assert (state(jobs, job, LEASE), state(jobs, job, later)) == (JobState.RUNNING, JobState.INTERRUPTED)
    jobs.beat(job, NOW + later)
    assert state(jobs, job, later) is JobState.RUNNING
    assert jobs.resume("caresq", job.job_id, NOW + later).state is JobState.RUNNING

    assert jobs.resume("caresq", job.job_id, NOW + 3 * LEASE).state is JobState.WAITING
    anew = jobs.take(NOW + 3 * LEASE)
    assert anew is not None
    assert anew.attempt == job.attempt + 1
    with pytest.raises(JobLostError):
        jobs.note(job, 600, 1000)
    jobs.end(job, JobState.FAILED, NOW, error="too late")
    assert state(jobs, job, 3 * LEASE) is JobState.RUNNING


def test_one_that_is_done_is_not_resumed_and_its_file_is_gone(jobs: JobTable) -> None:
    job = taken(jobs, IMPORT)
    kept = jobs.file(job)
    jobs.end(job, JobState.DONE, NOW, result={"new": 1})
    with pytest.raises(RefusedError, match="nothing to go on with"):
        jobs.resume("caresq", job.job_id, NOW)

    assert (kept, jobs.file(job)) == (b"file", b"")
    assert [each.result for each in jobs.jobs(NOW)] == [{"new": 1}]


def test_bad_rows_are_paged_in_their_order_and_forgotten_when_the_job_is_begun_anew(jobs: JobTable) -> None:
    job = taken(jobs, IMPORT)
    jobs.add_bad_rows(job, [BAD, BAD.model_copy(update={"line": 3})])
    jobs.add_bad_rows(job, [BAD.model_copy(update={"line": 4})])
    pages = [jobs.bad_rows(job.job_id, after=after, limit=2) for after in (0, 2)]
    jobs.end(job, JobState.STOPPED, NOW)
    jobs.resume("caresq", job.job_id, NOW)
    counted = jobs.jobs(NOW)[0].bad_rows
    jobs.take(NOW)

    assert [[row.line for _, row in page] for page in pages] == [[2, 3], [4]]
    assert (counted, jobs.bad_rows(job.job_id)) == (3, [])


def test_old_jobs_that_ended_go_with_their_bad_rows_and_no_others(jobs: JobTable, database_url: str) -> None:
    job = taken(jobs, IMPORT)
    jobs.add_bad_rows(job, [BAD, BAD])
    jobs.end(job, JobState.DONE, NOW)
    later = taken(jobs, ROUND._replace(command_id="later"))
    jobs.end(later, JobState.FAILED, NOW + timedelta(hours=1), error="no")
    running = taken(jobs, ROUND._replace(command_id="running"))
    waiting, _ = jobs.add(ROUND._replace(command_id="waiting"), NOW)
    engine = create_log_engine(database_url)
    until = NOW + timedelta(minutes=1)
    tried, held_still = prune_jobs(engine, until, dry_run=True), len(jobs.jobs(NOW))
    pruned, again = (prune_jobs(engine, until, dry_run=False) for _ in range(2))
    engine.dispose()

    assert (tried, pruned, again) == ((1, 2), (1, 2), (0, 0))
    assert held_still == 4
    assert {each.job_id for each in jobs.jobs(NOW)} == {later.job_id, running.job_id, waiting.job_id}
    assert jobs.bad_rows(job.job_id) == []

"""Many writers at once, in threads and in processes."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread

from application.ports import Appended, VersionConflict
from infrastructure.persistence.recorder import LogRecorder
from tests.infrastructure.persistence.entries import STREAM, append, append_next, entry, instant, writing_processes


def test_of_fifty_equal_appends_in_parallel_one_wins(event_log: LogRecorder) -> None:
    barrier = Barrier(50)

    def attempt(_: int) -> Appended | VersionConflict:
        barrier.wait()
        try:
            return append(event_log, entry(1))
        except VersionConflict as conflict:
            return conflict

    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(attempt, range(50)))
    assert sum(isinstance(answer, Appended) for answer in answers) == 1
    assert sum(isinstance(answer, VersionConflict) for answer in answers) == 49
    assert len(event_log.rows_after(0)) == 1


def test_two_processes_that_write_to_one_stream_lose_nothing(database_url: str, event_log: LogRecorder) -> None:
    with writing_processes(database_url, 2, STREAM, 60):
        pass
    rows = event_log.rows_after(0)
    assert [(row.position, row.originator_version) for row in rows] == [(n, n) for n in range(1, 121)]


def test_commits_of_concurrent_writers_are_recorded_at_rising_instants(event_log: LogRecorder) -> None:
    def write(writer: int) -> None:
        for _ in range(50):
            append_next(event_log, f"w/{writer}")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(4)))
    rows = event_log.rows_after(0)
    instants = [row.recorded_at for row in rows]
    assert [row.position for row in rows] == list(range(1, 201))
    assert sorted(set(instants)) == instants
    assert all(row.recorded_at >= row.occurred_at for row in rows)


def test_a_tailing_reader_misses_nothing_of_four_writing_processes(database_url: str, event_log: LogRecorder) -> None:
    tailed: list[int] = []

    def tail() -> None:
        while len(tailed) < 400:
            for row in event_log.rows_after(len(tailed) and tailed[-1]):
                tailed.append(row.position)

    reader = Thread(target=tail)
    with writing_processes(database_url, 4, "w/", 100):
        reader.start()
    reader.join(timeout=30)
    assert tailed == list(range(1, 401))


def test_a_subscription_is_woken_by_the_commits_of_other_processes(database_url: str, event_log: LogRecorder) -> None:
    append(event_log, entry(1, "before"))
    with event_log.subscribe(gt=1) as subscription, writing_processes(database_url, 4, "w/", 50):
        received = [next(subscription).id for _ in range(200)]
    assert received == list(range(2, 202))


def test_a_subscription_is_woken_within_a_moment(event_log: LogRecorder) -> None:
    with event_log.subscribe() as subscription:
        append(event_log, entry(1))
        next(subscription)
        delays = []
        for version in range(2, 12):
            began = instant()
            append(event_log, entry(version))
            assert next(subscription).originator_version == version
            delays.append(instant() - began)
    assert sorted(delays)[5] < 50_000

"""What a question may know: named once, it answers the same for ever."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Thread

import pytest

from application.ports import Horizon, HorizonMismatch, KnownAtInFuture, PositionUnknown
from domain.calendar import to_microseconds
from infrastructure.clock import SetClock
from infrastructure.persistence.engine import transaction
from infrastructure.persistence.recorder import LogRecorder, open_log
from tests.infrastructure.persistence.entries import append, entry, instant, writing_processes

MORNING = datetime(2025, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(MORNING)


@pytest.fixture
def scenario_log(database_url: str, clock: SetClock) -> Iterator[LogRecorder]:
    log = open_log(database_url, clock=clock, set_clock=True)
    yield log
    log.close()


def test_nothing_named_means_now_and_all_that_is_recorded(event_log: LogRecorder) -> None:
    appended = append(event_log, entry(1), entry(2))
    before = instant()
    horizon = event_log.horizon()
    assert horizon.position == appended.last_position
    assert before - 1_000 <= horizon.known_at <= instant() + 1_000


def test_an_empty_log_has_a_horizon_too(event_log: LogRecorder) -> None:
    horizon = event_log.horizon()
    assert horizon.position == 0
    append(event_log, entry(1))
    assert event_log.horizon(known_at=horizon.known_at, position=0) == horizon


def test_an_instant_knows_what_was_recorded_up_to_it(event_log: LogRecorder) -> None:
    commits = [append(event_log, *[entry(n, f"s{commit}") for n in range(1, 4)]) for commit in range(10)]
    for commit in commits:
        at = commit.recorded_at
        assert event_log.horizon(known_at=at) == Horizon(at, commit.last_position)
        assert event_log.horizon(known_at=at - 1) == Horizon(at - 1, commit.first_position - 1)
    assert event_log.horizon(known_at=1) == Horizon(1, 0)


def test_a_position_is_moved_to_the_end_of_its_commit(event_log: LogRecorder) -> None:
    append(event_log, entry(1))
    commit = append(event_log, entry(2), entry(3), entry(4))
    append(event_log, entry(5))
    for position in (2, 3, 4):
        assert event_log.horizon(position=position) == Horizon(commit.recorded_at, 4)


def test_the_pair_of_an_answer_is_accepted_and_a_pair_that_does_not_fit_refused(event_log: LogRecorder) -> None:
    commit = append(event_log, entry(1), entry(2))
    append(event_log, entry(3))
    horizon = event_log.horizon(known_at=commit.recorded_at)
    assert event_log.horizon(known_at=horizon.known_at, position=horizon.position) == horizon
    for position in (1, 3):
        with pytest.raises(HorizonMismatch, match="the last position recorded up to then is 2"):
            event_log.horizon(known_at=horizon.known_at, position=position)


def test_tomorrow_is_not_known_today(event_log: LogRecorder) -> None:
    append(event_log, entry(1))
    with pytest.raises(KnownAtInFuture, match="name an instant that has passed"):
        event_log.horizon(known_at=instant() + 5_000_000)


def test_a_position_that_was_never_given_out_is_unknown(event_log: LogRecorder) -> None:
    with pytest.raises(PositionUnknown, match="nothing has been recorded yet"):
        event_log.horizon(position=1)
    append(event_log, entry(1))
    for position in (-1, 0, 2):
        with pytest.raises(PositionUnknown, match=f"no position {position}: its positions run from 1 to 1"):
            event_log.horizon(position=position)
    with pytest.raises(PositionUnknown):
        event_log.horizon(known_at=instant(), position=7)


def test_a_set_clock_decides_when_a_fact_is_recorded(scenario_log: LogRecorder, clock: SetClock) -> None:
    first = to_microseconds(MORNING)
    assert scenario_log.append([entry(1, occurred_at=first)], now=first).recorded_at == first
    assert scenario_log.append([entry(2, occurred_at=first)], now=first).recorded_at == first + 1
    clock.set(MORNING + timedelta(days=30))
    later = to_microseconds(clock.now())
    assert scenario_log.horizon() == Horizon(later, 2)
    assert scenario_log.append([entry(3, occurred_at=first)], now=later).recorded_at > later
    with pytest.raises(KnownAtInFuture):
        scenario_log.horizon(known_at=later + 2)


def test_what_is_recorded_while_a_set_clock_stands_still_stays_unknown_to_earlier_answers(
    scenario_log: LogRecorder,
) -> None:
    now = to_microseconds(MORNING)
    asked = scenario_log.horizon()
    scenario_log.append([entry(1, occurred_at=now)], now=now)
    again = scenario_log.horizon(known_at=asked.known_at)
    scenario_log.append([entry(2, occurred_at=now)], now=now)
    assert scenario_log.horizon(known_at=asked.known_at, position=asked.position) == asked == again == Horizon(now, 0)


WRITE = {
    "sqlite": "INSERT INTO log (position, stream_id, version, topic, state, recorded_at) "
    "VALUES (2, 'slow', 1, 'T', x'00', {})",
    "postgresql": "SELECT * FROM contractspoor_append('{{slow}}', '{{1}}', '{{T}}', '{{x}}', '{{null}}', '{{x}}', "
    "'{{null}}', {}, NULL)",
}


def test_an_instant_after_the_head_waits_for_the_writer_in_flight_and_one_before_does_not(
    event_log: LogRecorder,
) -> None:
    head = append(event_log, entry(1))
    answers: list[Horizon] = []
    with transaction(event_log.database.engine) as slow_writer:
        slow_writer.exec_driver_sql(WRITE[slow_writer.dialect.name].format(instant()))
        known_at = instant()
        question = Thread(target=lambda: answers.append(event_log.horizon(known_at=known_at)))
        question.start()
        assert event_log.horizon(known_at=head.recorded_at).position == 1
        question.join(timeout=0.3)
        assert question.is_alive()
        assert answers == []
    question.join(timeout=10)
    assert answers == [Horizon(known_at, 2)]


def test_the_same_question_answers_the_same_while_other_processes_write(
    database_url: str, event_log: LogRecorder
) -> None:
    def answer(horizon: Horizon) -> str:
        rows = event_log.read_streams(["w/0", "w/1"], up_to=horizon.position)
        return sha256(repr((horizon, rows)).encode()).hexdigest()

    def answer_known_at(known_at: int) -> tuple[Horizon, str]:
        horizon = event_log.horizon(known_at=known_at)
        return horizon, answer(horizon)

    differ = 0
    asked: list[tuple[Horizon, str]] = []
    with writing_processes(database_url, 2, "w/", None):
        for _ in range(100):
            # the instant is taken outside any lock, so that writers are in flight around it
            horizon, first = answer_known_at(instant())
            differ += answer_known_at(horizon.known_at) != (horizon, first)
            asked.append((horizon, first))
    for horizon, first in asked:
        differ += answer_known_at(horizon.known_at) != (horizon, first)
        differ += answer(event_log.horizon(known_at=horizon.known_at, position=horizon.position)) != first
    assert differ == 0
    assert len({horizon.position for horizon, _ in asked}) > 20  # the log did grow meanwhile


def test_what_was_known_at_an_instant_is_found_out_once(
    event_log: LogRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    appended = append(event_log, entry(1))
    first = event_log.horizon(known_at=appended.recorded_at)
    append(event_log, entry(2))

    def ask(*_: object) -> list[tuple[object, ...]]:
        pytest.fail("the log was asked again")

    with monkeypatch.context() as patched:
        patched.setattr(event_log.database, "fetch", ask)
        patched.setattr(event_log.database, "settled", ask)
        assert event_log.horizon(known_at=appended.recorded_at) == first
        assert event_log.horizon(known_at=appended.recorded_at, position=first.position) == first
    with pytest.raises(HorizonMismatch):
        event_log.horizon(known_at=appended.recorded_at, position=first.position + 1)

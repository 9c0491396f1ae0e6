"""What falls due is recorded once, in order, with the instant since which it is due; what fails is tried again."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from application.due import SYSTEM, DueReport, due_by_the_log, record_due
from application.due_failures import PAUSES, failed_again
from application.ports import DueItem, Entry
from application.round import RoundOrder, run_round
from application.tick import carry_out_due
from domain.calendar import to_microseconds
from domain.contract.commands import AssessQuestionnaire, ConfirmQuestionnaire, CorrectFact, MakeOffer, Sign, Terminate
from domain.contract.contract_id import ContractId
from domain.contract.due import DueKind
from domain.history import Recorded
from domain.refusal import RefusedError
from tests.application.test_round import complete_answers
from tests.given import at, day
from tests.round_world import POLICY, RoundWorld, entry, round_world

SIGNED = "caresq/04001234/FYS/2025-2026"
OFFERED = "caresq/04001235/FYS/2025-2026"
SENT = "caresq/04001236/FYS/2025-2026"


@pytest.fixture
def world(sqlite_url: str) -> Iterator[RoundWorld]:
    """One contract is signed, one offered, one only has its questionnaire."""
    with round_world(sqlite_url) as opened:
        opened.register(entry("04001234"), entry("04001235"), entry("04001236"))
        opened.adopt("caresq-2025-fys-term")
        opened.at("2024-09-16T09:00")
        run_round(opened.contracting, RoundOrder(POLICY, "officer"))
        opened.at("2024-10-01")
        for contract_id in (SIGNED, OFFERED):
            opened.act(contract_id, ConfirmQuestionnaire(answers=complete_answers()))
            opened.act(contract_id, AssessQuestionnaire())
            opened.act(contract_id, MakeOffer())
        sha256 = opened.offered_sha256(SIGNED)
        opened.act(SIGNED, Sign(person_id="p1", certificate_serial="s1", agreement_sha256=sha256))
        yield opened


def due(world: RoundWorld, moment: str) -> dict[str, int]:
    """What a tick at a moment records."""
    return record_due(world.system.ticking, world.at(moment)).recorded


def last(world: RoundWorld, contract_id: str) -> Recorded:
    return world.contracting.load(ContractId.parse(contract_id)).history[-1]


def occurred(world: RoundWorld, contract_id: str) -> list[tuple[str, str]]:
    """What the system recorded of a contract: the names, and since when each was due, in local time."""
    history = world.contracting.load(ContractId.parse(contract_id)).history
    return [
        (each.fact.stored_name, f"{each.occurred_at:%Y-%m-%dT%H:%MZ}")
        for each in history
        if each.envelope().actor == SYSTEM
    ]


def test_a_lapse_is_recorded_after_the_deadline_and_with_it_as_its_instant(world: RoundWorld) -> None:
    assert due(world, "2024-10-20T23:59:59") == {"Reminded": 1}
    assert due(world, "2024-10-22T06:00") == {"QuestionnaireLapsed": 1}
    fact = last(world, SENT)
    assert fact.occurred_at == at("2024-10-21T00:00")
    assert fact.recorded_at >= at("2024-10-22T06:00")
    assert fact.envelope().actor == SYSTEM
    assert fact.envelope().command_id == f"tick/questionnaire/{SENT}/2024-10-20"


def test_another_tick_records_nothing_twice(world: RoundWorld) -> None:
    assert due(world, "2024-11-08T06:00") == {"OfferLapsed": 1, "QuestionnaireLapsed": 1}
    assert due(world, "2024-11-08T06:00") == {}
    assert due(world, "2024-11-08T06:01") == {}


def test_a_tick_as_of_an_earlier_instant_records_what_was_due_then(world: RoundWorld) -> None:
    world.at("2024-12-01")
    assert record_due(world.system.ticking, at("2024-10-25")).recorded == {"QuestionnaireLapsed": 1}


def test_a_tick_of_tomorrow_is_refused(world: RoundWorld) -> None:
    now = world.at("2024-10-01")
    with pytest.raises(RefusedError, match="OCCURRED_IN_FUTURE"):
        record_due(world.system.ticking, now + timedelta(days=1))
    with pytest.raises(RefusedError, match="OCCURRED_IN_FUTURE"):
        carry_out_due(world.system.ticking, now + timedelta(days=1))


def test_nothing_is_published_before_the_publication_date(world: RoundWorld) -> None:
    due(world, "2024-11-11T23:59:59")
    assert due(world, "2024-11-12T00:00") == {"Published": 1}
    assert due(world, "2024-11-13") == {}
    assert last(world, SIGNED).envelope().command_id == f"tick/publish/{SIGNED}/2024-11-12"


def test_a_late_publication_carries_the_instant_since_which_it_was_due_and_the_real_one(world: RoundWorld) -> None:
    due(world, "2024-11-15T09:00")
    published = last(world, SIGNED)
    assert (published.fact.stored_name, published.occurred_at) == ("Published", at("2024-11-12T00:00"))
    assert published.recorded_at >= at("2024-11-15T09:00")


def test_after_its_last_day_a_contract_is_unpublished(world: RoundWorld) -> None:
    due(world, "2024-11-12")
    assert due(world, "2025-12-31T23:59:59") == {}
    assert due(world, "2026-01-01T00:00") == {"Unpublished": 1}
    assert due(world, "2026-02-01") == {}


def test_what_was_taken_back_on_the_same_day_is_recorded_a_second_time(world: RoundWorld) -> None:
    due(world, "2024-11-12")
    for number in (1, 2):
        world.at(f"2025-07-01T0{number}:00")
        world.act(SIGNED, Terminate(last_day=day("2025-06-30")), reason="closes")
        assert due(world, f"2025-07-01T0{number}:10") == {"Unpublished": 1}
        ended = world.contracting.load(ContractId.parse(SIGNED))
        world.act(SIGNED, CorrectFact(version=_version_of(ended.history, "ContractTerminated")), reason="does not")
        assert due(world, f"2025-07-01T0{number}:20") == {"Published": 1}


def _version_of(history: list[Recorded], name: str) -> int:
    return next(each.version for each in reversed(history) if each.fact.stored_name == name)


def test_after_three_days_without_a_tick_each_thing_happens_once_and_in_order(world: RoundWorld) -> None:
    before = world.head()
    report = record_due(world.system.ticking, world.at("2024-11-13T10:00"))
    made = [
        (each.stream_id, each.fact.stored_name)
        for each in world.contracting.facts.decode_all(world.contracting.log_port.rows_after(before))
    ]
    assert made == [(SENT, "QuestionnaireLapsed"), (OFFERED, "OfferLapsed"), (SIGNED, "Published")]
    assert (report.due, report.due_since) == (3, at("2024-10-21T00:00"))
    assert due(world, "2024-11-13T10:01") == {}


def test_a_reminder_is_recorded_at_nine_of_its_day(world: RoundWorld) -> None:
    assert due(world, "2024-10-06T08:59") == {}
    assert due(world, "2024-10-06T09:00") == {"Reminded": 1}
    assert occurred(world, SENT) == [("Reminded", "2024-10-06T07:00Z")]
    assert due(world, "2024-10-31T09:00") == {"QuestionnaireLapsed": 1, "Reminded": 1}
    assert occurred(world, OFFERED) == [("Reminded", "2024-10-31T08:00Z")]


# ------------------------------------------------------------------------------------------------- what fails


def unreadable(world: RoundWorld, contract_id: str) -> None:
    """A fact of a newer program in a contract's stream."""
    version = last(world, contract_id).version + 1
    world.contracting.log_port.append([Entry(contract_id, version, "FactOfTomorrow.v1", b"{}", 0, b"{}", None)], now=0)


def test_while_the_table_can_not_be_brought_up_the_log_is_gone_through(world: RoundWorld) -> None:
    now = world.at("2024-11-08T06:00")
    unreadable(world, OFFERED)
    report = record_due(world.system.ticking, now)
    assert [failure.contract_id for failure in report.failures] == [OFFERED]
    assert "newer" in report.failures[0].message
    assert "contract_deadline stopped" in (report.table_behind or "")
    assert report.recorded == {"QuestionnaireLapsed": 1}


def broken(world: RoundWorld) -> None:
    """The table knows that the offer lapses, and then its stream can not be read."""
    world.system.ticking.due.bring_up()
    unreadable(world, OFFERED)


class TableAsItStands:
    """The table of before: nothing brings it up."""

    def __init__(self, world: RoundWorld) -> None:
        self._table = world.system.ticking.due

    def bring_up(self) -> None:
        """Leave it as it is."""

    def due(self, at: int, *, after: DueItem | None, limit: int) -> list[DueItem]:
        return self._table.due(at, after=after, limit=limit)


def failing(world: RoundWorld, moment: str) -> DueReport:
    ticking = world.system.ticking._replace(due=TableAsItStands(world))
    return record_due(ticking, world.at(moment))


def test_one_that_fails_is_told_and_tried_again_after_growing_pauses_and_the_rest_go_on(world: RoundWorld) -> None:
    broken(world)
    first = failing(world, "2024-11-08T06:00")
    assert first.recorded == {"QuestionnaireLapsed": 1}
    [failure] = first.failures
    assert (failure.contract_id, failure.attempts) == (OFFERED, 1)
    assert failure.next_try_at == at("2024-11-08T06:01")

    early = failing(world, "2024-11-08T06:00:30")
    assert (early.failures, early.held_back) == ((), 1)

    moment, attempts = at("2024-11-08T06:00"), 1
    for pause in PAUSES:
        moment += pause
        world.clock.set(moment)
        [failure] = record_due(world.system.ticking._replace(due=TableAsItStands(world)), moment).failures
        attempts += 1
        assert failure.attempts == attempts
    assert failure.next_try_at is None
    assert [each.next_try_at for each in world.system.ticking.failures.all()] == [None]
    assert failing(world, "2025-01-01").held_back == 1


def test_what_was_carried_out_after_all_is_no_failure_any_more(world: RoundWorld) -> None:
    failures = world.system.ticking.failures
    item = DueItem(to_microseconds(at("2024-10-21T00:00")), SENT, DueKind.QUESTIONNAIRE_LAPSE)
    failures.put(failed_again(None, item, world.at("2024-10-21T06:00"), "the disk was full"))
    assert due(world, "2024-10-21T06:02") == {"QuestionnaireLapsed": 1}
    assert failures.all() == []


def test_who_no_longer_leads_stops_before_the_next_contract(world: RoundWorld) -> None:
    leads = iter([True, False])
    report = record_due(world.system.ticking._replace(go_on=lambda: next(leads, False)), world.at("2024-11-13T10:00"))
    assert report.recorded == {"QuestionnaireLapsed": 1}


def test_the_table_and_the_log_say_the_same_is_due(world: RoundWorld) -> None:
    for moment in ("2024-10-06T09:00", "2024-10-18", "2024-10-21T00:00", "2024-11-05T09:00", "2024-11-12T00:00"):
        now = world.at(moment)
        world.system.ticking.due.bring_up()
        table = world.system.ticking.due.due(to_microseconds(now), after=None, limit=100)
        assert table == due_by_the_log(world.contracting, now)
        assert table

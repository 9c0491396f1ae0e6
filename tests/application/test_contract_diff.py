"""What two answers about one contract differ in, and the facts behind it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from pydantic import ValidationError

from application.queries.contract_diff import Axis, Compared, DiffAnswer, DiffEnd, contract_diff
from application.queries.difference import applied
from application.queries.horizon import Asked
from domain.calendar import local_day
from domain.contract.contract_id import ContractId
from infrastructure.bootstrap import System, open_system, upgrade_database
from infrastructure.clock import SetClock
from tests.domain.contract.random_lives import STAGES, STEPS, Beginning, Step, beginnings, live
from tests.given import at, day
from tests.infrastructure.cli.conftest import CONTRACT
from tests.log_of_a_life import record_life

NOW = Asked()
FYS = ContractId.parse(CONTRACT)
KNOWN_IN_JULY, KNOWN_IN_AUGUST = at("2025-07-20T17:00"), at("2025-08-31T17:00")


@contextmanager
def opened(url: str, now: str = "2026-02-01T09:00") -> Iterator[System]:
    with open_system(url, clock=SetClock(at(now))) as system:
        yield system


def difference(url: str, compared: Compared, asked: Asked = NOW) -> DiffAnswer:
    with opened(url) as system:
        return contract_diff(system.contracting, system.questions, FYS, compared, asked)


def answered(system: System, end: DiffEnd) -> Any:
    asked = Asked(effective_on=end.effective_on, known_at=end.known_at, position=end.position)
    return json.loads(system.questions.contract(FYS, asked).model_dump_json())


def values(answer: DiffAnswer) -> dict[str, tuple[Any, Any]]:
    return {".".join(each.path): (each.old, each.new) for each in answer.changes}


def test_what_became_known_in_august_changed_the_tier_of_june(year: str) -> None:
    june = Asked(effective_on=day("2025-06-15"))
    answer = difference(year, Compared(axis=Axis.KNOWN, before=KNOWN_IN_JULY, after=KNOWN_IN_AUGUST), june)

    found = values(answer)
    assert found["legal_position.tier"] == ("D", "C")
    assert found["legal_position.tier_from"] == ("2025-01-01", "2025-06-01")
    [tier] = [each for each in answer.changes if each.path == ("legal_position", "tier")]
    named = {each.event_id: each for each in answer.events}
    assert [named[each].name for each in tier.because] == ["EvidenceAccepted", "TierAssigned"]
    assert {each.actor for each in answer.events} == {"officer"}


def test_the_days_before_and_after_the_first_of_june_differ_by_the_tier_assigned_for_it(year: str) -> None:
    asked = Compared(axis=Axis.EFFECTIVE, before=day("2025-05-31"), after=day("2025-06-01"))
    answer = difference(year, asked)

    [tier] = [each for each in answer.changes if each.path == ("legal_position", "tier")]
    assert (tier.old, tier.new) == ("D", "C")
    assert [each.name for each in answer.events if each.event_id in tier.because] == ["TierAssigned"]


def test_a_contract_comes_into_force_because_it_was_signed(year: str) -> None:
    asked = Compared(axis=Axis.EFFECTIVE, before=day("2024-12-31"), after=day("2025-01-01"))
    answer = difference(year, asked)

    [in_force] = [each for each in answer.changes if each.path == ("legal_position", "in_force")]
    assert "Signed" in [each.name for each in answer.events if each.event_id in in_force.because]


def test_a_deadline_that_passed_by_itself_has_no_fact_behind_it(year: str) -> None:
    forgotten = ContractId.parse("caresq/05007788/LOG/2025-2026")
    asked = Compared(axis=Axis.EFFECTIVE, before=day("2024-09-01"), after=day("2025-01-15"))
    with opened(year) as system:
        answer = contract_diff(system.contracting, system.questions, forgotten, asked, NOW)

    [status] = [each for each in answer.changes if each.path == ("procedure", "status")]
    assert (status.old, status.new, status.because) == ("questionnaire_open", "questionnaire_lapsed", ())


@pytest.mark.parametrize("axis", Axis)
def test_an_answer_does_not_differ_from_itself(year: str, axis: Axis) -> None:
    same = day("2025-06-15")
    answer = difference(year, Compared(axis=axis, before=same, after=same))
    assert (answer.changes, answer.events) == ((), ())


def test_turned_round_it_tells_the_same_facts_and_gives_the_first_answer_back(year: str) -> None:
    there = difference(year, Compared(axis=Axis.KNOWN, before=KNOWN_IN_JULY, after=KNOWN_IN_AUGUST))
    back = difference(year, Compared(axis=Axis.KNOWN, before=KNOWN_IN_AUGUST, after=KNOWN_IN_JULY))
    assert there.events == back.events
    with opened(year) as system:
        assert applied(answered(system, back.before), back.changes) == answered(system, there.before)


def test_what_was_not_known_yet_differs_as_a_whole(year: str) -> None:
    asked = Compared(axis=Axis.KNOWN, before=day("2024-03-01"), after=KNOWN_IN_AUGUST)
    assert values(difference(year, asked))["knowledge"] == ("not_known_yet", "known")


def test_an_instant_is_no_end_of_the_effective_axis() -> None:
    with pytest.raises(ValidationError, match="name days"):
        Compared(axis=Axis.EFFECTIVE, before=KNOWN_IN_JULY, after=None)


DAYS = st.dates(min_value=date(2024, 9, 1), max_value=date(2027, 2, 1))


@settings(max_examples=25)
@drawn(beginnings(*STAGES), st.lists(STEPS, min_size=4, max_size=16), st.lists(DAYS, min_size=4, max_size=4))
def test_applied_to_the_one_answer_a_difference_gives_the_other(
    tmp_path_factory: pytest.TempPathFactory, beginning: Beginning, steps: list[Step], days: list[date]
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('life') / 'life.db'}"
    clock = SetClock(at("2024-04-01"))
    outcomes = live(beginning, steps)
    upgrade_database(url)
    with open_system(url, clock=clock) as system:
        record_life(system, clock, beginning.contract, outcomes)
        contract_id = beginning.contract.contract_id
        clock.set(clock.now() + timedelta(days=1))
        last = local_day(clock.now())
        first, second = (min(each, last - timedelta(days=1)) for each in days[:2])
        for compared, asked in (
            (Compared(axis=Axis.EFFECTIVE, before=days[2], after=days[3]), NOW),
            (Compared(axis=Axis.KNOWN, before=first, after=second), Asked(effective_on=days[2])),
        ):
            answer = contract_diff(system.contracting, system.questions, contract_id, compared, asked)
            ends = [
                json.loads(
                    system.questions.contract(
                        contract_id,
                        Asked(effective_on=each.effective_on, known_at=each.known_at, position=each.position),
                    ).model_dump_json()
                )
                for each in (answer.before, answer.after)
            ]
            read_back = DiffAnswer.model_validate_json(answer.model_dump_json())
            assert applied(ends[0], read_back.changes) == ends[1]
            assert (ends[0] == ends[1]) == (answer.changes == ())
            assert {each.event_id for each in answer.events} == {e for c in answer.changes for e in c.because}

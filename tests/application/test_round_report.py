"""How far a round was on a day and as known then: from the log by fold."""

from collections.abc import Iterator
from datetime import date

import pytest

from application.queries.horizon import Asked
from application.queries.round_report import ReportRow, report_rows, round_report, round_status
from application.round import RoundOrder, run_round
from domain.care_type import CareType
from domain.contract.commands import ConfirmQuestionnaire, RequestReview
from domain.contract.facts import ReviewGround
from domain.contract.standing import Status
from domain.refusal import RefusedError
from tests.given import answers
from tests.round_world import POLICY, RoundWorld, entry, round_world

FYS = "caresq/04001234/FYS/2025-2026"


@pytest.fixture
def world(sqlite_url: str) -> Iterator[RoundWorld]:
    with round_world(sqlite_url) as opened:
        opened.register(
            entry("04001234"),
            entry("04001235", contracted=False),
            entry("05007788", "LOG"),
            entry("24001234", "DIE"),
        )
        yield opened


def held(world: RoundWorld, moment: str, *, pages: int | None = None) -> None:
    world.at(moment)
    run_round(world.contracting, RoundOrder(POLICY, "officer"), stop=lambda: pages == 0)


def rows(world: RoundWorld, *, everybody: bool = False) -> dict[str, ReportRow]:
    return {row.contract_id: row for row in report_rows(world.contracting, POLICY, Asked(), everybody=everybody)}


def test_before_any_round_there_is_nothing_to_count(world: RoundWorld) -> None:
    status = round_status(world.contracting, POLICY, Asked())
    assert status.runs == ()
    assert status.care_types == {each: {} for each in CareType if each is not CareType.VAL}


def test_the_status_counts_by_care_type(world: RoundWorld) -> None:
    held(world, "2024-09-16T09:00")
    counted = round_status(world.contracting, POLICY, Asked()).care_types
    assert counted[CareType.FYS] == {Status.NOT_APPROACHED: 1, Status.QUESTIONNAIRE_OPEN: 1}
    assert counted[CareType.LOG] == {Status.QUESTIONNAIRE_OPEN: 1}


def test_the_status_judges_deadlines_without_a_tick(world: RoundWorld) -> None:
    held(world, "2024-09-16T09:00")
    world.at("2024-10-20T23:59:59")
    assert round_status(world.contracting, POLICY, Asked()).care_types[CareType.LOG] == {Status.QUESTIONNAIRE_OPEN: 1}
    world.at("2024-10-21T00:00")
    assert round_status(world.contracting, POLICY, Asked()).care_types[CareType.LOG] == {Status.QUESTIONNAIRE_LAPSED: 1}


def test_the_status_knows_an_interrupted_round(world: RoundWorld) -> None:
    held(world, "2024-09-16T09:00", pages=0)
    (run,) = round_status(world.contracting, POLICY, Asked()).runs
    assert (run.day, run.run, run.actor, run.finished_at) == (date(2024, 9, 16), 1, "officer", None)
    held(world, "2024-09-16T10:00")
    (run,) = round_status(world.contracting, POLICY, Asked()).runs
    assert run.finished_at is not None


def test_the_report_has_a_row_for_each_candidate_and_care_type(world: RoundWorld) -> None:
    held(world, "2024-09-16T09:00")
    found = rows(world)
    assert list(found) == [
        FYS,
        "caresq/04001235/FYS/2025-2026",
        "caresq/05007788/LOG/2025-2026",
        "caresq/24001234/DIE/2025-2026",
    ]
    assert found["caresq/24001234/DIE/2025-2026"].status is Status.OFFERED
    assert found[FYS].status is Status.QUESTIONNAIRE_OPEN
    assert found[FYS].approached_on == date(2024, 9, 16)


def test_the_report_tells_every_reason_with_its_clause(world: RoundWorld) -> None:
    held(world, "2024-09-16T09:00")
    (reason,) = rows(world)["caresq/04001235/FYS/2025-2026"].reasons
    assert (reason.code, reason.clause) == ("NOT_CONTRACTED_RECENTLY", "CQ25-4-9")


def test_the_report_of_everybody_says_why_others_are_no_candidates(world: RoundWorld) -> None:
    found = rows(world, everybody=True)
    assert len(found) == 4 * 10
    dietitian = found["caresq/24001234/FYS/2025-2026"]
    assert dietitian.status is Status.NO_PROCEDURE
    assert "PROFESSION_NOT_ATTACHED" in {reason.code for reason in dietitian.reasons}


def test_an_unknown_policy_is_refused_with_those_that_are_adopted(world: RoundWorld) -> None:
    with pytest.raises(RefusedError, match="adopted are: caresq-2025"):
        round_status(world.contracting, "caresq-2026", Asked())


def test_a_repeated_question_about_a_round_gives_the_same_bytes(world: RoundWorld) -> None:
    held(world, "2024-09-16T09:00")
    status = round_status(world.contracting, POLICY, Asked())
    report = round_report(world.contracting, POLICY, Asked(), everybody=True)
    world.at("2024-11-20T09:00")
    world.adopt("caresq-2025-fys-term")
    world.register(entry("04001234", certified=False), entry("04001235"), entry("04001999"))
    world.act(FYS, RequestReview(ground=ReviewGround.INTEGRITY), reason="a letter")
    held(world, "2024-11-20T10:00")

    same = Asked(effective_on=status.effective_on, known_at=status.known_at, position=status.position)

    assert round_status(world.contracting, POLICY, same).model_dump_json() == status.model_dump_json()
    again = round_report(world.contracting, POLICY, same, everybody=True)
    assert again.model_dump_json() == report.model_dump_json()
    assert round_status(world.contracting, POLICY, Asked()).runs != status.runs


def test_a_day_that_has_passed_is_answered_with_what_had_happened_by_its_end(world: RoundWorld) -> None:
    held(world, "2024-09-16T09:00")
    world.at("2024-10-10T12:00")
    world.act(FYS, ConfirmQuestionnaire(answers=answers("prem")))
    world.at("2024-11-20T09:00")

    def stood(day: str) -> dict[CareType, dict[Status, int]]:
        return round_status(world.contracting, POLICY, Asked(effective_on=date.fromisoformat(day))).care_types

    assert stood("2024-09-15")[CareType.FYS] == {}
    assert stood("2024-10-09")[CareType.FYS] == {Status.NOT_APPROACHED: 1, Status.QUESTIONNAIRE_OPEN: 1}
    assert stood("2024-10-10")[CareType.FYS] == {Status.NOT_APPROACHED: 1, Status.CONFIRMED: 1}
    assert stood("2024-10-20")[CareType.LOG] == {Status.QUESTIONNAIRE_OPEN: 1}
    assert stood("2024-10-21")[CareType.LOG] == {Status.QUESTIONNAIRE_LAPSED: 1}
    before = round_report(world.contracting, POLICY, Asked(effective_on=date(2024, 10, 9))).rows
    assert {row.contract_id: row.status for row in before}[FYS] is Status.QUESTIONNAIRE_OPEN


def test_a_round_that_nobody_had_recorded_is_not_known(world: RoundWorld) -> None:
    before = world.head()
    held(world, "2024-09-16T09:00")

    assert round_status(world.contracting, POLICY, Asked(position=before)).runs == ()


def test_a_policy_that_was_adopted_later_is_neither_used_nor_named(world: RoundWorld) -> None:
    before = world.head()
    world.at("2024-09-16T09:00")
    world.adopt("caresq-2025-fys-term")

    with pytest.raises(RefusedError, match="adopted are: none"):
        round_status(world.contracting, POLICY, Asked(known_at=date(2024, 3, 31)))
    assert round_status(world.contracting, POLICY, Asked(position=before)).position == before

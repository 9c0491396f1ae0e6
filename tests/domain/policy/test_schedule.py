"""The planning in order of time, with what each row does and from which instant."""

from datetime import UTC, date, datetime

from domain.calendar import Boundary
from domain.care_type import CareType
from domain.policy.planning import PlanningKind, PlanningRow, Window
from domain.policy.schedule import Force, ScheduledRow, in_order_of_time


def row(
    label: str,
    day: str | None = None,
    *,
    kind: PlanningKind = PlanningKind.OTHER,
    boundary: Boundary = Boundary.INCLUSIVE,
    binding: bool = True,
    window: tuple[str, str] | None = None,
    relative_to: str | None = None,
) -> PlanningRow:
    return PlanningRow(
        label=label,
        kind=kind,
        care_types=(CareType.FYS,),
        day=None if day is None else date.fromisoformat(day),
        boundary=boundary,
        binding=binding,
        window=None if window is None else Window(first_day=_day(window[0]), last_day=_day(window[1])),
        relative_to=relative_to,
        clause="EX30-5-1",
    )


def _day(text: str) -> date:
    return date.fromisoformat(text)


def only(planned: PlanningRow) -> ScheduledRow:
    (scheduled,) = in_order_of_time([planned])
    return scheduled


def labels(*rows: PlanningRow) -> list[str]:
    return [each.label for each in in_order_of_time(rows)]


def test_a_deadline_is_too_late_at_the_first_instant_of_the_next_day_in_amsterdam() -> None:
    scheduled = only(row("Deadline", "2024-10-20"))
    assert scheduled.force is Force.DEADLINE
    assert scheduled.too_late_at == datetime(2024, 10, 20, 22, tzinfo=UTC)
    assert scheduled.opens_at is None


def test_on_the_day_that_summer_time_ends_a_deadline_lasts_an_hour_longer() -> None:
    assert only(row("Deadline", "2024-10-27")).too_late_at == datetime(2024, 10, 27, 23, tzinfo=UTC)


def test_until_a_day_that_no_longer_belongs_is_too_late_when_it_begins() -> None:
    scheduled = only(row("Tot 1 oktober", "2023-10-01", boundary=Boundary.EXCLUSIVE))
    assert scheduled.too_late_at == datetime(2023, 9, 30, 22, tzinfo=UTC)


def test_a_day_that_does_not_bind_is_a_target() -> None:
    scheduled = only(row("Contractering afronden", "2023-11-01", kind=PlanningKind.SIGNING, binding=False))
    assert scheduled.force is Force.TARGET
    assert scheduled.too_late_at == datetime(2023, 11, 1, 23, tzinfo=UTC)


def test_publication_begins_with_its_day_and_is_never_too_late() -> None:
    scheduled = only(row("Vanaf 12 november", "2024-11-12", kind=PlanningKind.PUBLICATION))
    assert scheduled.force is Force.FIRST_DAY
    assert scheduled.opens_at == datetime(2024, 11, 11, 23, tzinfo=UTC)
    assert scheduled.too_late_at is None


def test_a_window_and_a_relative_moment_have_no_instant() -> None:
    window = only(row("Half september", window=("2024-09-11", "2024-09-20"), binding=False))
    relative = only(row("Na bevestiging", relative_to="questionnaire_confirmed"))
    assert (window.force, relative.force) == (Force.WINDOW, Force.RELATIVE)
    assert [each for each in (window, relative) if each.opens_at or each.too_late_at] == []


def test_the_rows_stand_in_order_of_time_whatever_order_the_policy_has() -> None:
    rows = [
        row("published", "2024-11-12", kind=PlanningKind.PUBLICATION),
        row("signed", "2024-11-07"),
        row("offered", window=("2024-09-11", "2024-09-20"), binding=False),
    ]
    assert labels(*rows) == labels(*reversed(rows)) == ["offered", "signed", "published"]


def test_rows_of_one_instant_keep_the_order_of_the_policy() -> None:
    rows = [row(name, "2024-11-07") for name in ("c", "a", "b")]
    assert labels(*rows) == ["c", "a", "b"]


def test_an_exclusive_day_stands_before_an_inclusive_one() -> None:
    assert labels(row("until", "2024-11-08", boundary=Boundary.EXCLUSIVE), row("on", "2024-11-08")) == ["until", "on"]


def test_a_row_without_a_day_stays_with_the_row_before_it() -> None:
    relative = row("after that", relative_to="questionnaire_confirmed")
    late, early = row("late", "2024-11-07"), row("early", "2024-10-20")
    assert labels(late, relative, early) == ["early", "late", "after that"]
    assert labels(relative, late, early) == ["after that", "early", "late"]


def test_a_scheduled_row_says_all_that_the_planning_says() -> None:
    planned = row("Deadline", "2024-10-20")
    assert planned.model_dump().items() <= only(planned).model_dump().items()

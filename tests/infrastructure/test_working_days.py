from datetime import date, timedelta

import pytest

from application.ports import WorkingDays
from infrastructure.working_days import DutchWorkingDays

WORKING_DAYS: WorkingDays = DutchWorkingDays()


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2025, 1, 1), "New Year"),
        (date(2025, 4, 18), "Good Friday"),
        (date(2025, 4, 21), "Easter Monday"),
        (date(2024, 3, 29), "Good Friday, early"),
        (date(2024, 4, 1), "Easter Monday, early"),
        (date(2038, 4, 26), "Easter Monday, as late as it can be"),
        (date(2026, 4, 27), "King's Day"),
        (date(2025, 5, 5), "5 May in a lustrum year"),
        (date(2020, 5, 5), "5 May in the lustrum year before"),
        (date(2026, 5, 5), "5 May in any other year"),
        (date(2027, 5, 5), "5 May in any other year, on a Wednesday"),
        (date(2025, 5, 29), "Ascension Day"),
        (date(2025, 6, 9), "Whit Monday"),
        (date(2025, 12, 25), "Christmas"),
        (date(2025, 12, 26), "the day after Christmas"),
        (date(2025, 4, 26), "King's Day on Saturday, because 27 April is a Sunday"),
        (date(2024, 10, 20), "a Sunday"),
    ],
)
def test_a_recognised_holiday_is_no_working_day(day: date, name: str) -> None:
    assert not WORKING_DAYS.is_working_day(day), name


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2025, 4, 28), "the day after a Sunday 27 April: King's Day went to the Saturday before, not after"),
        (date(2025, 4, 17), "Maundy Thursday"),
        (date(2025, 4, 22), "the Tuesday after Easter"),
        (date(2026, 4, 28), "the day after King's Day"),
        (date(2025, 5, 6), "the day after 5 May in a lustrum year"),
        (date(2024, 12, 31), "New Year's Eve"),
        (date(2026, 1, 2), "the day after New Year"),
        (date(2025, 12, 24), "Christmas Eve"),
        (date(2025, 5, 30), "the Friday after Ascension Day"),
        (date(2025, 4, 30), "Queen's Day, until 2013"),
    ],
)
def test_a_day_that_only_feels_like_a_holiday_is_a_working_day(day: date, why: str) -> None:
    assert WORKING_DAYS.is_working_day(day), why


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2024, 10, 14), 5, date(2024, 10, 21)),
        (date(2024, 10, 19), 1, date(2024, 10, 21)),
        (date(2025, 4, 17), 1, date(2025, 4, 22)),
        (date(2024, 12, 24), 5, date(2025, 1, 3)),
        (date(2025, 4, 25), 1, date(2025, 4, 28)),
        (date(2025, 4, 30), 5, date(2025, 5, 8)),
        (date(2026, 4, 24), 1, date(2026, 4, 28)),
        (date(2026, 4, 30), 3, date(2026, 5, 6)),
        (date(2025, 12, 23), 5, date(2026, 1, 2)),
        (date(2024, 10, 25), 1, date(2024, 10, 28)),
        (date(2028, 2, 28), 1, date(2028, 2, 29)),
    ],
)
def test_five_working_days_step_over_weekends_and_holidays(day: date, count: int, expected: date) -> None:
    assert WORKING_DAYS.after(day, count) == expected


def test_every_answer_is_itself_a_working_day_with_the_asked_number_of_them_up_to_it() -> None:
    for start in (date(2023, 12, 20) + timedelta(days=step) for step in range(800)):
        found = WORKING_DAYS.after(start, 5)
        between = [start + timedelta(days=step) for step in range(1, (found - start).days + 1)]
        assert sum(map(WORKING_DAYS.is_working_day, between)) == 5
        assert WORKING_DAYS.is_working_day(found)


def test_no_working_days_after_a_day_is_refused() -> None:
    with pytest.raises(ValueError, match="0 working days: expected at least 1"):
        WORKING_DAYS.after(date(2025, 1, 1), 0)

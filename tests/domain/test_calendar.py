"""Local days, months, deadlines and terms in Amsterdam; instants in UTC."""

import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.calendar import (
    AMSTERDAM,
    Boundary,
    Deadline,
    Instant,
    Term,
    day_start,
    first_of_next_month,
    from_microseconds,
    instant_text,
    last_instant,
    local_day,
    local_text,
    next_day,
    to_microseconds,
)
from tests.given import at, day

DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))
MICROSECONDS = st.integers(min_value=-(10**16), max_value=4 * 10**15)
INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("2024-10-20", "2024-10-19T22:00Z"),
        ("2024-11-12", "2024-11-11T23:00Z"),
        ("2025-01-01", "2024-12-31T23:00Z"),
    ],
)
def test_a_day_begins_at_midnight_in_amsterdam(text: str, begins: str) -> None:
    assert day_start(day(text)) == at(begins)


@pytest.mark.parametrize(("text", "hours"), [("2024-10-27", 25), ("2025-03-30", 23), ("2024-10-28", 24)])
def test_a_day_on_which_the_clock_changes_is_longer_or_shorter(text: str, hours: int) -> None:
    assert day_start(next_day(day(text))) - day_start(day(text)) == timedelta(hours=hours)


@given(DAYS)
def test_every_instant_from_the_start_of_a_day_to_its_last_falls_on_it(each: date) -> None:
    assert local_day(day_start(each)) == each
    assert local_day(last_instant(each)) == each
    assert local_day(last_instant(each) + timedelta(microseconds=1)) == next_day(each)


def test_the_hour_that_is_lived_twice_keeps_its_order_and_its_day() -> None:
    first, second = at("2024-10-27T00:30Z"), at("2024-10-27T01:30Z")
    assert (local_text(first), local_text(second)) == (
        "2024-10-27 02:30:00 CEST (Europe/Amsterdam)",
        "2024-10-27 02:30:00 CET (Europe/Amsterdam)",
    )
    assert first < second
    assert local_day(first) == local_day(second) == day("2024-10-27")


@given(DAYS)
def test_the_first_of_the_next_month_is_the_first_first_after_the_day(each: date) -> None:
    first = first_of_next_month(each)
    assert first.day == 1
    assert each < first <= each + timedelta(days=31)
    assert (first - timedelta(days=1)).month == each.month


def test_the_first_of_the_month_counts_in_that_month() -> None:
    assert first_of_next_month(day("2025-03-01")) == day("2025-04-01")
    assert first_of_next_month(day("2025-12-31")) == day("2026-01-01")


@given(MICROSECONDS)
def test_stored_microseconds_are_exact(microseconds: int) -> None:
    assert to_microseconds(from_microseconds(microseconds)) == microseconds


def test_an_instant_reads_in_utc_with_six_decimals() -> None:
    assert instant_text(at("2024-11-07T23:59:59")) == "2024-11-07T22:59:59.000000Z"
    assert instant_text(at("0999-01-01T00:00:00Z")) == "0999-01-01T00:00:00.000000Z"


def test_an_instant_of_another_zone_becomes_utc() -> None:
    read = INSTANT.validate_python(datetime(2024, 11, 7, 23, 30, tzinfo=timezone(timedelta(hours=1))))
    assert (read.tzinfo, read.hour) == (UTC, 22)


@pytest.mark.parametrize("text", ["2024-11-07T23:30:00", "yesterday"])
def test_an_instant_without_zone_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        INSTANT.validate_python(text)


@pytest.mark.parametrize("number", [20241020, "20241020", "-20241020", 1.5, None])
def test_a_number_is_never_taken_for_seconds_since_1970(number: object) -> None:
    with pytest.raises(ValidationError) as refused:
        INSTANT.validate_python(number)
    (told,) = refused.value.errors()
    assert told["msg"] == "Value error, expected an instant with its zone, such as 2025-03-15T09:30:00+01:00"


def test_no_answer_changes_with_the_zone_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "America/New_York")
        time.tzset()
        told = instant_text(at("2024-11-07T23:59:59")), local_text(at("2024-11-07T23:59:59"))
        days = local_day(at("2024-11-07T23:59:59")), day_start(date(2031, 11, 7))
        read = INSTANT.validate_python(datetime(2024, 11, 7, 23, 30, tzinfo=timezone(timedelta(hours=1))))
    time.tzset()
    assert told == ("2024-11-07T22:59:59.000000Z", "2024-11-07 23:59:59 CET (Europe/Amsterdam)")
    assert days == (date(2024, 11, 7), datetime(2031, 11, 6, 23, tzinfo=UTC))
    assert (read.tzinfo, read.hour) == (UTC, 22)


def test_the_microseconds_of_an_instant_are_a_whole_number_since_1970() -> None:
    microseconds = to_microseconds(datetime(1970, 1, 2, 0, 0, 0, 1, tzinfo=UTC))
    assert (microseconds, type(microseconds)) == (86_400_000_001, int)


@pytest.mark.parametrize(
    ("boundary", "in_time", "too_late"),
    [
        (Boundary.INCLUSIVE, "2024-10-20T23:59:59.999999", "2024-10-21T00:00"),
        (Boundary.EXCLUSIVE, "2024-10-19T23:59:59.999999", "2024-10-20T00:00"),
    ],
)
def test_a_deadline_lasts_to_its_last_instant_or_ends_before_it(
    boundary: Boundary, in_time: str, too_late: str
) -> None:
    deadline = Deadline(day=day("2024-10-20"), boundary=boundary)
    assert not deadline.passed(at(in_time))
    assert deadline.passed(at(too_late))
    assert deadline.ends_at == at(too_late)


def test_a_deadline_is_inclusive_unless_it_says_otherwise() -> None:
    assert Deadline(day=day("2024-10-20")).boundary is Boundary.INCLUSIVE


@pytest.mark.parametrize(
    ("last_day", "boundary", "ends"),
    [
        ("2025-03-30", Boundary.INCLUSIVE, "2025-03-30T22:00Z"),
        ("2025-03-30", Boundary.EXCLUSIVE, "2025-03-29T23:00Z"),
        ("2025-10-26", Boundary.INCLUSIVE, "2025-10-26T23:00Z"),
        ("2025-10-26", Boundary.EXCLUSIVE, "2025-10-25T22:00Z"),
    ],
)
def test_a_deadline_on_a_day_on_which_the_clock_changes_ends_at_the_midnight_of_its_side(
    last_day: str, boundary: Boundary, ends: str
) -> None:
    deadline = Deadline(day=day(last_day), boundary=boundary)
    assert deadline.ends_at == at(ends)
    assert not deadline.passed(at(ends) - timedelta(microseconds=1))
    assert deadline.passed(at(ends))


@given(DAYS)
def test_a_deadline_passes_at_the_next_local_midnight_whatever_the_season(each: date) -> None:
    assert not Deadline(day=each).passed(last_instant(each))
    assert Deadline(day=each).passed(day_start(next_day(each)))


def test_a_term_holds_both_its_ends() -> None:
    term = Term(start=day("2025-01-01"), end=day("2026-12-31"))
    days = ("2024-12-31", "2025-01-01", "2026-12-31", "2027-01-01")
    assert [term.contains(day(each)) for each in days] == [False, True, True, False]


def test_a_term_without_end_is_open() -> None:
    assert Term(start=day("2025-01-01"), end=None).contains(day("2099-01-01"))


def test_a_term_does_not_end_before_it_starts() -> None:
    with pytest.raises(ValidationError, match="before it starts"):
        Term(start=day("2025-01-01"), end=day("2024-12-31"))
    assert Term(start=day("2025-01-01"), end=day("2025-01-01")).contains(day("2025-01-01"))


def test_the_rules_of_the_zone_come_from_the_pinned_package() -> None:
    assert AMSTERDAM.key == "Europe/Amsterdam"
    assert datetime(2025, 7, 1, tzinfo=AMSTERDAM).utcoffset() == timedelta(hours=2)

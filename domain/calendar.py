"""Local days, months, deadlines and terms in the Netherlands; instants in UTC.

Days, months and deadlines are those of Europe/Amsterdam; an instant is an aware datetime in UTC. The zone's rules
come from the pinned ``tzdata`` package alone, so that an answer does not change with the machine it is given on.
"""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, PlainSerializer, model_validator

from domain.model import Frozen

zoneinfo.reset_tzpath(to=())
AMSTERDAM = zoneinfo.ZoneInfo("Europe/Amsterdam")
MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant_text(instant: datetime) -> str:
    """An instant as JSON shows it: UTC with six decimals and Z."""
    # strftime writes the year 999 with three digits, which nothing reads back
    return instant.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _iso_instant(value: object) -> object:
    # Without this, pydantic reads 20241020 as seconds since 1970.
    if isinstance(value, datetime) or (isinstance(value, str) and "-" in value[1:]):
        return value
    raise ValueError("expected an instant with its zone, such as 2025-03-15T09:30:00+01:00")


Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_iso_instant),
    AfterValidator(lambda instant: instant.astimezone(UTC)),
    PlainSerializer(instant_text, return_type=str, when_used="json"),
]
"""An aware datetime, turned into UTC; JSON shows it with six decimals and Z."""


class Boundary(StrEnum):
    """Whether the day a policy names still belongs: "uiterlijk" and "t/m" do, "tot" does not."""

    INCLUSIVE = "inclusive"
    EXCLUSIVE = "exclusive"


class Deadline(Frozen):
    """A day until which something may be done; inclusive lasts to its last instant, exclusive ("tot") ends before
    it.
    """

    day: date
    boundary: Boundary = Boundary.INCLUSIVE

    @property
    def ends_at(self) -> datetime:
        """The first instant that is too late, in UTC."""
        return day_start(self.day) if self.boundary is Boundary.EXCLUSIVE else day_start(next_day(self.day))

    @property
    def last_day(self) -> date:
        """The last local day on which it is not too late."""
        return self.day if self.boundary is Boundary.INCLUSIVE else self.day - timedelta(days=1)

    def passed(self, at: datetime) -> bool:
        """Whether ``at`` is too late."""
        return at >= self.ends_at


class Term(Frozen):
    """The days on which a contract is in force, both ends included; an open end is a term not yet decided."""

    start: date
    end: date | None

    @model_validator(mode="after")
    def _in_order(self) -> "Term":
        if self.end is not None and self.end < self.start:
            raise ValueError(f"the term ends on {self.end}, before it starts on {self.start}")
        return self

    def contains(self, day: date) -> bool:
        """Whether the contract is in force on that day."""
        return self.start <= day and (self.end is None or day <= self.end)


@lru_cache(maxsize=4096)
def day_start(day: date) -> datetime:
    """The first instant of a local day, in UTC."""
    return datetime.combine(day, time.min, tzinfo=AMSTERDAM).astimezone(UTC)


def next_day(day: date) -> date:
    """The day after."""
    return day + timedelta(days=1)


def last_instant(day: date) -> datetime:
    """The last instant of a local day: a microsecond before the next one begins."""
    return day_start(next_day(day)) - MICROSECOND


def local_day(instant: datetime) -> date:
    """The day in Amsterdam on which an instant falls."""
    return instant.astimezone(AMSTERDAM).date()


def first_of_next_month(day: date) -> date:
    """The first day of the month after the month of ``day``."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def last_of_month(day: date) -> date:
    """The last day of the month of ``day``."""
    return first_of_next_month(day) - timedelta(days=1)


def to_microseconds(instant: datetime) -> int:
    """An instant as the integer microseconds since 1970 that the log stores; exact, never by a float."""
    return (instant - _EPOCH) // MICROSECOND


@lru_cache(maxsize=4096)
def from_microseconds(microseconds: int) -> datetime:
    """The instant of stored microseconds, in UTC; the facts of one commit share theirs."""
    return _EPOCH + timedelta(0, 0, microseconds)


def local_text(instant: datetime) -> str:
    """An instant as a person reads it, with its zone: ``2024-10-27 02:30:00 CET (Europe/Amsterdam)``."""
    return instant.astimezone(AMSTERDAM).strftime("%Y-%m-%d %H:%M:%S %Z (Europe/Amsterdam)")

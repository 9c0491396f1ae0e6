"""Modules on top of a contract: their own conditions, term and start, and a test anew on a day of every year."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from domain.calendar import last_of_month
from domain.policy.application_rules import StartOn, StartRule
from domain.policy.term_rules import DecidedTerm
from domain.policy.values import YEARLY_DAY, Bilingual, Code, Inconsistency, Ruled, refuse

YearlyDay = Annotated[str, StringConstraints(pattern=YEARLY_DAY)]
"""A day of every year, as its month and day: ``10-01``."""

SHORTEST_YEAR = 2001
"""A year without a leap day: a yearly day must stand in it."""


class ThenEnds(StrEnum):
    """When a module ends, counted from the day of a failed test, or from the day by which a missed one was due."""

    THAT_DAY = "that_day"
    WITH_THE_MONTH = "with_the_month"
    WITH_THE_YEAR = "with_the_year"
    NOT = "not"

    def last_day(self, since: date) -> date | None:
        """The last day in force; none when it goes on."""
        match self:
            case ThenEnds.THAT_DAY:
                return since
            case ThenEnds.WITH_THE_MONTH:
                return last_of_month(since)
            case ThenEnds.WITH_THE_YEAR:
                return date(since.year, 12, 31)
            case ThenEnds.NOT:
                return None


class RetestOutcome(Ruled):
    """What a test that was failed or missed means."""

    ends: ThenEnds


class RetestRule(Ruled):
    """Every year the module is tested anew, on or before a day; passed, it goes on until the next."""

    day: YearlyDay
    failed: RetestOutcome
    missed: RetestOutcome

    @model_validator(mode="after")
    def _in_every_year(self) -> "RetestRule":
        month, day = self._parts
        if day > last_of_month(date(SHORTEST_YEAR, month, 1)).day:
            refuse([Inconsistency(("day",), "expected a day that every year has", self.day)])
        return self

    @property
    def _parts(self) -> tuple[int, int]:
        month, day = self.day.split("-")
        return int(month), int(day)

    def due_between(self, after: date, until: date) -> Iterator[date]:
        """The days by which a test is due, later than the one day and not later than the other."""
        month, day = self._parts
        for year in range(after.year, until.year + 1):
            due = date(year, month, day)
            if after < due <= until:
                yield due


class ModuleRules(Ruled):
    """What a practice can have on top of its contract for the care type, while that contract is in force.

    ``start`` is counted from the request, by itself the first of the module's term; ``retest`` may be left out.
    """

    label: Bilingual
    conditions: tuple[Code, ...] = Field(min_length=1)
    term: DecidedTerm
    start: StartRule | None = None
    retest: RetestRule | None = None

    @model_validator(mode="after")
    def _start_fits(self) -> "ModuleRules":
        if self.start is not None and self.start.on is StartOn.DECIDED_BY_PERSON:
            refuse([Inconsistency(("start", "on"), "no person decides the start of a module", self.start.on)])
        return self


def module_mistakes(
    modules: dict[str, ModuleRules], first_day: date | None, last_day: date | None
) -> Iterator[Inconsistency]:
    """Terms of modules that do not lie in the term of the contract."""
    for code, module in modules.items():
        if first_day is None or last_day is None:
            yield Inconsistency(("modules", code), "needs a term of the care type, in which it lies")
            continue
        for name, day in (("start", module.term.start), ("end", module.term.end)):
            if not first_day <= day <= last_day:
                message = f"expected a day in the term of the contract, {first_day}..{last_day}"
                yield Inconsistency(("modules", code, "term", name), message, str(day))

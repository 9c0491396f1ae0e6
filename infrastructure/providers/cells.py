"""Cells of a register file as values; every mistake is noted with its line, what was found and what was expected."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from application.provider_import import RowMistake
from domain.agb import AgbCode

Choice = TypeVar("Choice", bound=StrEnum)

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_HOURS = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?", re.ASCII)
_CODE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_NUMBER_WITH_COMMA = re.compile(r"-?[0-9]+,[0-9]+", re.ASCII)
_NOT_COMPUTED = re.compile(r"#(N/[AB]|[A-Z/0]+[!?]).*", re.DOTALL)
_SHORTENED = re.compile(r"-?[0-9]([.,][0-9]+)?E\+[0-9]+", re.ASCII)
_YEAR = re.compile(r"[0-9]{4}", re.ASCII)
_HOURS_IN_A_WEEK = 168
_LONGEST = 200
_EARLIEST, _LATEST = date(1900, 1, 1), date(2199, 12, 31)


class Row:
    """One row of the file; each reading answers the value, or nothing after noting a mistake.

    An empty cell that must be filled is a mistake only for the readings that say so; which columns a row must fill the
    layout says, and ``Row`` is told before.
    """

    def __init__(self, line: int, cells: Mapping[str, str], mistakes: list[RowMistake]) -> None:
        self.line = line
        self._cells = cells
        self._mistakes = mistakes

    def found(self, column: str) -> str:
        """The cell's text, without surrounding spaces; nothing when it is empty or not there."""
        return self._cells.get(column, "")

    def refuse(self, column: str, expected: str) -> None:
        """Note that the cell does not hold what was expected."""
        self._mistakes.append(RowMistake(self.line, column, self.found(column), expected))

    def text(self, column: str) -> str:
        """One line of text."""
        text = self.found(column)
        if not text.isprintable():
            self.refuse(column, "one line of text, without line breaks, tabs or control characters")
        elif len(text) > _LONGEST:
            self.refuse(column, f"at most {_LONGEST} characters, not {len(text)}")
        return text

    def email(self, column: str) -> str:
        """An e-mail address, or nothing."""
        text = self.text(column)
        if text and not _EMAIL.fullmatch(text):
            self.refuse(column, "an e-mail address such as praktijk@voorbeeld.example, or nothing")
        return text

    def agb(self, column: str) -> AgbCode | None:
        """Eight digits as text; a code that lost its zero is refused, never padded."""
        try:
            return AgbCode(self.found(column))
        except ValueError as error:
            self.refuse(column, str(error).partition("expected ")[2])
            return None

    def code(self, column: str, example: str = "manueel") -> str:
        """A short code in small letters; a mistake is told with an example."""
        text = self.found(column)
        if not _CODE.fullmatch(text):
            self.refuse(column, f"a code in small letters, such as {example}")
        return text

    def identifier(self, column: str) -> str:
        """The id of a purchaser."""
        text = self.found(column)
        if not _IDENTIFIER.fullmatch(text):
            self.refuse(column, "an id in small letters, such as caresq")
        return text

    def choice(self, column: str, choices: type[Choice]) -> Choice | None:
        """One of a fixed list."""
        text = self.found(column)
        try:
            return choices(text)
        except ValueError:
            self.refuse(column, one_of(text, [each.value for each in choices]))
            return None

    def yes(self, column: str) -> bool:
        """Yes or no."""
        text = self.found(column)
        if text not in {"yes", "no"}:
            self.refuse(column, "yes or no")
        return text == "yes"

    def hours(self, column: str) -> Decimal:
        """Hours a week, with a point before the decimals."""
        text = self.found(column)
        if "," in text and _HOURS.fullmatch(text.replace(",", ".")):
            self.refuse(column, f"a point before the decimals: {text.replace(',', '.')}")
        elif not _HOURS.fullmatch(text):
            self.refuse(column, "hours a week with at most two decimals, such as 32.5")
        elif Decimal(text) > _HOURS_IN_A_WEEK:
            self.refuse(column, f"at most {_HOURS_IN_A_WEEK} hours, so many has a week")
        else:
            return Decimal(text)
        return Decimal(0)

    def value(self, column: str) -> str:
        """A value as it was supplied; a number has a point before its decimals."""
        text = self.text(column)
        if _NUMBER_WITH_COMMA.fullmatch(text):
            self.refuse(column, f"a point before the decimals: {text.replace(',', '.')}")
        return text

    def year(self, column: str) -> int | None:
        """A calendar year, or nothing."""
        text = self.found(column)
        if not text:
            return None
        if not _YEAR.fullmatch(text) or not _EARLIEST.year <= int(text) <= _LATEST.year:
            self.refuse(column, f"a year from {_EARLIEST.year} to {_LATEST.year}, such as 2022, or nothing")
            return None
        return int(text)

    def day(self, column: str) -> date | None:
        """A day, or nothing."""
        text = self.found(column)
        if not text:
            return None
        day = _day(text)
        if isinstance(day, str):
            self.refuse(column, day)
            return None
        return day

    def first_day(self) -> date:
        """The day from which the row holds; the earliest day of all after a mistake."""
        return self.day("valid_from") or date.min

    def last_day(self, first_day: date) -> date | None:
        """The last day on which the row holds, or nothing for an open end."""
        last_day = self.day("valid_to")
        if last_day is not None and last_day < first_day:
            self.refuse("valid_to", f"a day not before valid_from {first_day}")
            return None
        return last_day


def spoilt(text: str) -> str:
    """What was expected of a cell whose value a spreadsheet has lost; nothing when it has not."""
    if text.startswith("#") and _NOT_COMPUTED.fullmatch(text):
        return "a value: the spreadsheet could not compute this one"
    if "E+" in text and _SHORTENED.fullmatch(text):
        return "all digits: a spreadsheet has shortened this number, format the column as text"
    return ""


def one_of(text: str, choices: list[str]) -> str:
    """The sentence that names the choices, and the nearest one."""
    near = get_close_matches(text, choices, n=1)
    return f"one of {', '.join(choices)}" + (f"; did you mean {near[0]}?" if near else "")


@lru_cache(maxsize=8192)
def _day(text: str) -> date | str:
    """The day, or what was expected instead."""
    if not _DAY.fullmatch(text):
        return "a day written as 2025-03-01"
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return "a day that exists in the calendar"
    if not _EARLIEST <= day <= _LATEST:
        return f"a day from {_EARLIEST} to {_LATEST}"
    return day

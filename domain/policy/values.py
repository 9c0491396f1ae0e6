"""The values a policy document is written in: names, clauses, days, exact fractions.

A clause is cited by its number (``CQ25-3.2-20``); where the text is silent and a reading was taken, ``reading`` names
it (``OD26``). Days are local days in Europe/Amsterdam. Numbers that matter are exact: fractions as text, hours as
decimals.
"""

import re
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, PlainSerializer, StringConstraints
from pydantic_core import PydanticCustomError

from domain.model import Frozen

CODE = r"^[a-z][a-z0-9_]*$"
REFUSAL_CODE = r"^[A-Z][A-Z0-9_]*$"
IDENTIFIER = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
CLAUSE = r"^[A-Z]+[0-9]{2}-[0-9A-Za-z.]+-[0-9A-Za-z-]+$"
READING = r"^OD[0-9]{2}$"
AGB_PREFIX = r"^[0-9]{2}$"
UZOVI = r"^[0-9]{4}$"
DIGITS = r"^[0-9]+$"
YEARLY_DAY = r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
PERIOD_KEY = r"^[0-9]{4}(-[0-9]{4})?$"

MEANING_OF_PATTERNS = {
    CODE: "a code of small letters, digits and _, such as register_kp",
    REFUSAL_CODE: "a reason code of capitals, digits and _, such as DATA_MISSING",
    IDENTIFIER: "an id of small letters, digits and -, such as caresq-2025",
    CLAUSE: "a clause such as CQ25-3.2-20",
    READING: "a reading such as OD26",
    AGB_PREFIX: "the two digits with which AGB codes begin, such as 04",
    UZOVI: "a UZOVI number of four digits",
    DIGITS: "digits only",
    YEARLY_DAY: "a month and a day such as 10-01",
    PERIOD_KEY: "a period such as 2025 or 2025-2026",
}
"""What each pattern asks for, in words, for whoever wrote something else."""

Code = Annotated[str, StringConstraints(pattern=CODE)]
RefusalCode = Annotated[str, StringConstraints(pattern=REFUSAL_CODE)]
Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER)]
Clause = Annotated[str, StringConstraints(pattern=CLAUSE)]
Reading = Annotated[str, StringConstraints(pattern=READING)]
AgbPrefix = Annotated[str, StringConstraints(pattern=AGB_PREFIX)]
Uzovi = Annotated[str, StringConstraints(pattern=UZOVI)]
PeriodKey = Annotated[str, StringConstraints(pattern=PERIOD_KEY)]
Words = Annotated[str, StringConstraints(min_length=1)]

_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_FRACTION = re.compile(r"[0-9]{1,9}(/[1-9][0-9]{0,8}|\.[0-9]{1,9})?", re.ASCII)
_SIGNED = re.compile(rf"-?{_FRACTION.pattern}", re.ASCII)


def _iso_day(value: object) -> object:
    # Without this, pydantic reads 20241020 as seconds since 1970.
    if isinstance(value, str):
        return day_in(value) or _not_a_day()
    return value if isinstance(value, date) or value is None else _not_a_day()


def day_in(text: str) -> date | None:
    """The day that a text says, written as 2024-10-20 and no other way; nothing when it says none."""
    try:
        return date.fromisoformat(text) if _ISO_DAY.fullmatch(text) else None
    except ValueError:
        return None


def _not_a_day() -> date:
    raise ValueError("expected a day that exists, such as 2024-10-20")


def _exact(value: object) -> object:
    if isinstance(value, str):
        if not _FRACTION.fullmatch(value):
            raise ValueError("expected an exact fraction such as 30/100")
        return Fraction(value)
    return value


def _exact_or_negative(value: object) -> object:
    if isinstance(value, str):
        if not _SIGNED.fullmatch(value):
            raise ValueError("expected an exact number such as 2, 1.5, 1/3 or -1")
        return Fraction(value)
    return value


def number_text(number: Fraction) -> str:
    """A number as people write it: ``2``, ``-1.5``, and ``1/3`` where no decimals say it exactly."""
    for places in range(10):
        if 10**places % number.denominator == 0:
            whole = abs(number.numerator) * (10**places // number.denominator)
            digits = str(whole).rjust(places + 1, "0")
            sign = "-" if number < 0 else ""
            return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)
    return str(number)


def _yes_or_no(value: object) -> object:
    if isinstance(value, str):
        if value not in ("true", "false"):
            raise ValueError("expected true or false")
        return value == "true"
    return value


Day = Annotated[date, BeforeValidator(_iso_day)]
"""A local day, written as 2024-10-20 and no other way."""

ExactFraction = Annotated[Fraction, BeforeValidator(_exact), PlainSerializer(str, return_type=str)]
"""A fraction that is compared exactly and never rounded."""

ExactNumber = Annotated[Fraction, BeforeValidator(_exact_or_negative), PlainSerializer(number_text, return_type=str)]
"""The same, possibly negative: a weight."""

Flag = Annotated[bool, BeforeValidator(_yes_or_no)]
"""true or false, as these two words."""


class Ruled(Frozen):
    """A rule that names where it stands, and the reading taken of it if there is one."""

    clause: Clause
    reading: Reading | None = None


class Bilingual(Frozen):
    """A name in both languages."""

    nl: Words
    en: Words


class Inconsistency(NamedTuple):
    """Two parts of a document that each read well and do not fit together.

    ``path`` leads to the part that names the other; ``found`` is the name it gives, ``known`` are those there are.
    """

    path: tuple[str | int, ...]
    message: str
    found: str = ""
    known: tuple[str, ...] = ()


INCONSISTENT = "inconsistent"
"""The type of the pydantic error that carries inconsistencies, all of them, in its context as ``found``."""


def refuse(inconsistencies: Iterable[Inconsistency]) -> None:
    """Raise one validation error that tells all inconsistencies, if there is any."""
    found = tuple(inconsistencies)
    if found:
        told = "; ".join(f"{'.'.join(map(str, each.path))}: {each.message}" for each in found)
        raise PydanticCustomError(INCONSISTENT, "{told}", {"told": told, "found": found})

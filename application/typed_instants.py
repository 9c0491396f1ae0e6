"""Instants and days as people and programs type them."""

import re
from datetime import UTC, date, datetime

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}.*", re.ASCII)
_EXAMPLE = "2025-03-15T09:30:00+01:00 or 2025-03-15T08:30:00Z"


FIRST_YEAR, LAST_YEAR = 1900, 2999
"""Outside these years something was mistyped; far outside, days can not be reckoned with."""


class InstantError(ValueError):
    """The text is no instant; the message says what was found and what would be right."""


def instant(text: str) -> datetime:
    """An instant with its zone, in UTC. Raises ``InstantError``."""
    if not _INSTANT.fullmatch(text):
        raise InstantError(f'found "{text}", expected an instant with its zone, such as {_EXAMPLE}')
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InstantError(f'found "{text}", which does not exist; expected an instant such as {_EXAMPLE}') from None
    if found.utcoffset() is None:
        raise InstantError(f'found "{text}" without a zone, expected an instant such as {_EXAMPLE}')
    _check_year(text, found.year)
    return found.astimezone(UTC)


def local_date(text: str) -> date:
    """A day in Amsterdam. Raises ``InstantError``."""
    if not _DAY.fullmatch(text):
        raise InstantError(f'found "{text}", expected a day such as 2025-03-15')
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise InstantError(f'found "{text}", a day that does not exist') from None
    _check_year(text, found.year)
    return found


def _check_year(text: str, year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InstantError(f'found "{text}", expected a year between {FIRST_YEAR} and {LAST_YEAR}')

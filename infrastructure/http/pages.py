"""Pages of a list that may be of another day: a cursor keeps the day and the knowledge of the page that named it."""

from datetime import date, datetime
from typing import Protocol

from application.queries.horizon import Asked
from domain.calendar import instant_text
from infrastructure.http.problems import ProblemError, invalid
from infrastructure.http.reading import Paging

_PINNED = "@"
"""Begins a cursor that keeps day and knowledge; that of a list of the present names a place in it and nothing else."""


class Listed(Protocol):
    """An answer with what it rests on, and the place after which the next page begins, if there is one."""

    @property
    def effective_on(self) -> date: ...
    @property
    def known_at(self) -> datetime: ...
    @property
    def position(self) -> int: ...
    @property
    def next_after(self) -> str | None: ...


def going_on(page: Paging, asked: Asked) -> tuple[Asked, str | None]:
    """What a page is asked about, and the place after which it begins; ends with a problem when the cursor is wrong."""
    if page.cursor is None or not page.cursor.startswith(_PINNED):
        return asked, page.cursor
    if asked != Asked():
        raise invalid("query.cursor", "it has the day and the knowledge of the page before; leave the others out")
    try:
        known_at, position, effective_on, place = page.cursor.removeprefix(_PINNED).split("~", 3)
        kept = {"known_at": datetime.fromisoformat(known_at), "position": int(position), "effective_on": effective_on}
        return Asked.model_validate(kept), place
    except ValueError:
        raise changed() from None


def changed() -> ProblemError:
    """The problem of a cursor that no answer named."""
    return invalid("query.cursor", "expected the next_page of the answer before, unchanged")


def next_page(asked: Asked, answer: Listed) -> str | None:
    """The cursor of the page after an answer, absent on the last; of another day or knowledge it keeps both."""
    if answer.next_after is None or asked == Asked():
        return answer.next_after
    return f"{_PINNED}{instant_text(answer.known_at)}~{answer.position}~{answer.effective_on}~{answer.next_after}"

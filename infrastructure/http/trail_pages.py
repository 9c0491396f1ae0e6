"""Pages of the audit trail; each names the next, with the knowledge that the first rests on."""

import re

from application.queries.audit_trail import TrailAnswer, TrailAsked
from application.queries.horizon import Asked
from application.typed_instants import instant
from domain.calendar import instant_text
from infrastructure.bootstrap import System
from infrastructure.http.problems import ProblemError, invalid
from infrastructure.http.reading import Paging

_CURSOR = re.compile(r"([^~]{20,40})~([0-9]{1,18})~([0-9]{1,18})", re.ASCII)


class TrailPage(TrailAnswer):
    """A page of the trail; ``next_page`` is the ``cursor`` of the one after it, absent on the last."""

    next_page: str | None


def trail_page(system: System, wanted: TrailAsked, asked: Asked, page: Paging) -> TrailPage:
    """A page; one that a cursor asks for has the knowledge of the page before. Raises ``ProblemError``."""
    after = 0
    if page.cursor is not None:
        if asked != Asked():
            raise invalid("query.cursor", "it goes on with the knowledge of the page before; leave the others out")
        asked, after = _begins(page.cursor)
    answer = system.trail.page(wanted, asked, after=after, limit=page.limit)
    following = None
    if answer.next_after is not None:
        following = f"{instant_text(answer.known_at)}~{answer.position}~{answer.next_after}"
    return TrailPage.model_validate({**dict(answer), "next_page": following})


def _begins(cursor: str) -> tuple[Asked, int]:
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise _unknown()
    try:
        return Asked(known_at=instant(found[1]), position=int(found[2])), int(found[3])
    except ValueError:
        raise _unknown() from None


def _unknown() -> ProblemError:
    return invalid("query.cursor", "expected the next_page of the answer before, unchanged")

"""What waits for a person and what falls due by itself: as lists, and as calendars."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query
from starlette.responses import Response

from application.calendar_feed import CalendarFeed, provider_feed, purchaser_feed
from application.ports import Horizon
from application.providers import known_provider
from application.queries.horizon import fix_horizon
from application.queries.lists import DeadlineList, DeadlinePlace, DeadlinesAsked, WorkAsked, WorkList, WorkPlace
from application.wording.explanations import Language
from domain.care_type import CareType
from domain.contract.due import DueKind, WorkKind
from infrastructure.bootstrap import System, ical
from infrastructure.http.access import Operation
from infrastructure.http.calling import CheckedRoute, TheSystem
from infrastructure.http.pages import changed, going_on, next_page
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import fail
from infrastructure.http.reading import Agb, Asking, Cursor, Day, Knowing, Paging, Purchaser, Question, agb_of
from infrastructure.http.resources.contracts import check_adopted
from infrastructure.http.routing import NOT_MODIFIED, READING, IfNoneMatch, answered, operation, unless_known

router = APIRouter(tags=["work"], route_class=CheckedRoute)

OfCareType = Annotated[CareType | None, Query(description="Only this care type.")]
Most = Annotated[int, Query(ge=1, le=10_000, description="So many at most; all of them are counted.")]
InLanguage = Annotated[Language, Query(alias="lang", description="In which language.")]
CALENDAR = "text/calendar"
_PlaceT = TypeVar("_PlaceT", WorkPlace, DeadlinePlace)


class WorkPage(WorkList):
    """A page of work; ``next_page`` is the ``cursor`` of the one after it, absent on the last."""

    next_page: str | None


class DeadlinePage(DeadlineList):
    """A page of deadlines; ``next_page`` is the ``cursor`` of the one after it, absent on the last."""

    next_page: str | None


@router.get(
    "/worklist/{purchaser}",
    **operation(Operation.READ_WORKLIST, WorkPage, *READING, success="What waits, the most urgent first."),
)
def read_worklist(
    purchaser: Purchaser,
    question: Asking,
    system: TheSystem,
    cursor: Cursor = None,
    kind: Annotated[WorkKind | None, Query(description="Only work of this kind.")] = None,
    care_type: OfCareType = None,
    overdue: Annotated[bool, Query(description="Only what is late.")] = False,
    limit: Most = 100,
) -> Response:
    """Evidence to check, questionnaires to assess, applications, reviews, missing data: as it waits, or on a day did.

    A page that a cursor asks for has the day and the knowledge of the page before, where that named any.
    """
    asked, place = going_on(Paging(cursor, limit), question.seen_by(system))
    after = None if place is None else _place(WorkPlace.parse, place)
    wanted = WorkAsked(purchaser=purchaser, kind=kind, care_type=care_type, overdue=overdue, after=after, limit=limit)
    found = system.lists.worklist(wanted, asked)
    if not found.items:
        check_adopted(system, purchaser, found.position)
    return answered(WorkPage.model_validate({**dict(found), "next_page": next_page(asked, found)}))


@router.get(
    "/deadlines/{purchaser}",
    **operation(Operation.LIST_DEADLINES, DeadlinePage, *READING, success="What falls due, the earliest first."),
)
def list_deadlines(
    purchaser: Purchaser,
    question: Asking,
    system: TheSystem,
    cursor: Cursor = None,
    until: Annotated[Day | None, Query(description="Only what falls due up to the end of this day.")] = None,
    kind: Annotated[DueKind | None, Query(description="Only this.")] = None,
    care_type: OfCareType = None,
    limit: Most = 100,
) -> Response:
    """What will be recorded by itself of which contract, and when; or what was to be, on a day.

    What was tried and failed is told in an answer about now only. A page that a cursor asks for has the day and the
    knowledge of the page before, where that named any.
    """
    asked, place = going_on(Paging(cursor, limit), question.seen_by(system))
    after = None if place is None else _place(DeadlinePlace.parse, place)
    wanted = DeadlinesAsked(purchaser=purchaser, until=until, kind=kind, care_type=care_type, after=after, limit=limit)
    found = system.lists.deadlines(wanted, asked)
    if not found.items:
        check_adopted(system, purchaser, found.position)
    return answered(DeadlinePage.model_validate({**dict(found), "next_page": next_page(asked, found)}))


def _place(parse: Callable[[str], _PlaceT], text: str) -> _PlaceT:
    try:
        return parse(text)
    except ValueError:
        raise changed() from None


@router.get(
    "/deadlines/{purchaser}/calendar",
    **operation(
        Operation.READ_CALENDAR,
        None,
        *READING,
        success="The planning as iCalendar.",
        media_types=(CALENDAR,),
        further=NOT_MODIFIED,
    ),
)
def read_calendar(
    purchaser: Purchaser,
    question: Knowing,
    system: TheSystem,
    language: InLanguage = Language.NL,
    known: IfNoneMatch = None,
) -> Response:
    """The planning of the purchaser's policies as a calendar; no entry is about a practice."""
    horizon = _known_then(system, question)
    check_adopted(system, purchaser, horizon.position)
    return _calendar(purchaser_feed(system.contracting, purchaser, language, horizon), known)


@router.get(
    "/practices/{agb}/calendar",
    **operation(
        Operation.READ_CALENDAR_OF_PRACTICE,
        None,
        *READING,
        success="The practice's deadlines as iCalendar.",
        media_types=(CALENDAR,),
        further=NOT_MODIFIED,
    ),
)
def read_calendar_of_practice(
    agb: Agb,
    question: Knowing,
    system: TheSystem,
    language: InLanguage = Language.NL,
    known: IfNoneMatch = None,
) -> Response:
    """The practice's deadlines with every purchaser, for the practice alone; an entry keeps its id when it changes."""
    code, horizon = agb_of(agb), _known_then(system, question)
    if known_provider(system.providers, code, "", horizon) is None:
        raise fail(Kind.NOT_FOUND, f"no practice with AGB code {agb} is registered", code="PROVIDER_UNKNOWN")
    return _calendar(provider_feed(system.contracting, code, language, horizon), known)


def _known_then(system: System, question: Question) -> Horizon:
    return fix_horizon(system.log, system.clock, question.seen_by(system))[1]


def _calendar(feed: CalendarFeed, known: str | None) -> Response:
    """The same log gives the same bytes, so its position and the language tell whether they changed."""
    headers = {
        "Cache-Control": "private, no-cache",
        "Content-Disposition": 'attachment; filename="deadlines.ics"',
        "X-Position": str(feed.position),
    }
    return unless_known(
        f'"{feed.position}-{feed.language}"',
        known,
        lambda: Response(ical(feed), headers=headers, media_type=f"{CALENDAR}; charset=utf-8"),
    )

"""What waits for a person and what falls due by itself: as lists of the present, and as calendars."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from application.calendar_feed import CalendarFeed, provider_feed, purchaser_feed
from application.providers import known_provider
from application.queries.lists import DeadlineList, DeadlinesAsked, WorkAsked, WorkList
from application.wording.explanations import Language
from domain.care_type import CareType
from domain.contract.due import DueKind, WorkKind
from infrastructure.bootstrap import ical
from infrastructure.http.access import Operation
from infrastructure.http.calling import TheSystem
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import fail
from infrastructure.http.reading import Agb, Day, MinPosition, Purchaser, agb_of, check_position
from infrastructure.http.resources.contracts import check_adopted
from infrastructure.http.routing import NOT_MODIFIED, READING, IfNoneMatch, answered, operation, unless_known

router = APIRouter(tags=["work"])

OfCareType = Annotated[CareType | None, Query(description="Only this care type.")]
Most = Annotated[int, Query(ge=1, le=10_000, description="So many at most; all of them are counted.")]
InLanguage = Annotated[Language, Query(alias="lang", description="In which language.")]
CALENDAR = "text/calendar"


@router.get(
    "/worklist/{purchaser}",
    **operation(Operation.READ_WORKLIST, WorkList, *READING, success="What waits, the most urgent first."),
)
def read_worklist(
    purchaser: Purchaser,
    system: TheSystem,
    min_position: MinPosition = None,
    kind: Annotated[WorkKind | None, Query(description="Only work of this kind.")] = None,
    care_type: OfCareType = None,
    overdue: Annotated[bool, Query(description="Only what is late.")] = False,
    limit: Most = 100,
) -> Response:
    """Evidence to check, questionnaires to assess, applications, reviews, missing data: as it waits now."""
    check_position(system, min_position)
    asked = WorkAsked(purchaser=purchaser, kind=kind, care_type=care_type, overdue=overdue, limit=limit)
    found = system.lists.worklist(asked)
    if not found.items:
        check_adopted(system, purchaser, found.position)
    return answered(found)


@router.get(
    "/deadlines/{purchaser}",
    **operation(Operation.LIST_DEADLINES, DeadlineList, *READING, success="What falls due, the earliest first."),
)
def list_deadlines(
    purchaser: Purchaser,
    system: TheSystem,
    min_position: MinPosition = None,
    until: Annotated[Day | None, Query(description="Only what falls due up to the end of this day.")] = None,
    kind: Annotated[DueKind | None, Query(description="Only this.")] = None,
    care_type: OfCareType = None,
    limit: Most = 100,
) -> Response:
    """What will be recorded by itself of which contract, and when."""
    check_position(system, min_position)
    asked = DeadlinesAsked(purchaser=purchaser, until=until, kind=kind, care_type=care_type, limit=limit)
    found = system.lists.deadlines(asked)
    if not found.items:
        check_adopted(system, purchaser, found.position)
    return answered(found)


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
    purchaser: Purchaser, system: TheSystem, language: InLanguage = Language.NL, known: IfNoneMatch = None
) -> Response:
    """The planning of the purchaser's policies as a calendar; no entry is about a practice."""
    check_adopted(system, purchaser, system.log.horizon().position)
    return _calendar(purchaser_feed(system.contracting, purchaser, language), known)


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
    agb: Agb, system: TheSystem, language: InLanguage = Language.NL, known: IfNoneMatch = None
) -> Response:
    """The practice's deadlines with every purchaser, for the practice alone; an entry keeps its id when it changes."""
    code = agb_of(agb)
    if known_provider(system.providers, code, "", system.log.horizon()) is None:
        raise fail(Kind.NOT_FOUND, f"no practice with AGB code {agb} is registered", code="PROVIDER_UNKNOWN")
    return _calendar(provider_feed(system.contracting, code, language), known)


def _calendar(feed: CalendarFeed, known: str | None) -> Response:
    """The same log gives the same bytes, so its position and the language tell whether they changed."""
    headers = {"Cache-Control": "private, no-cache", "Content-Disposition": 'attachment; filename="deadlines.ics"'}
    return unless_known(
        f'"{feed.position}-{feed.language}"',
        known,
        lambda: Response(ical(feed), headers=headers, media_type=f"{CALENDAR}; charset=utf-8"),
    )

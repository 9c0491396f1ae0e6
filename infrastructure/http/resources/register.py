"""The register: whether care on a day was contracted."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from application.queries.contract_answer import Knowledge
from application.queries.horizon import Asked
from application.queries.register import place_of
from application.register.answers import ClaimAnswer, RegisterAnswer
from application.register.reads import RegisterFilter
from domain.care_type import CareType
from domain.contract.standing import Status
from infrastructure.http.access import Operation
from infrastructure.http.calling import CheckedRoute, TheSystem
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import fail, invalid
from infrastructure.http.reading import Asking, Page, Purchaser, TheCareType, Words
from infrastructure.http.routing import READING, answered, operation

router = APIRouter(tags=["register"], route_class=CheckedRoute)
MODEL = "register"


@router.get(
    "/register/{purchaser}",
    **operation(Operation.LIST_REGISTER, RegisterAnswer, *READING, success="A page, in order of AGB code."),
)
def list_register(
    purchaser: Purchaser,
    question: Asking,
    page: Page,
    system: TheSystem,
    care_type: Annotated[CareType | None, Query(description="Only this care type.")] = None,
    tier: Annotated[Words | None, Query(description="Only contracts in force in this tier on the day.")] = None,
    status: Annotated[Status | None, Query(description="Only procedures that stood there.")] = None,
    listed: Annotated[bool | None, Query(description="Only what the care finder showed, or did not show.")] = None,
) -> Response:
    """The purchaser's contracts on a day, with the knowledge of an instant: the procedure, and what held in law.

    A page that a cursor asks for has the day and the knowledge of the page before; what is recorded meanwhile changes
    none.
    """
    asked, after = question.seen_by(system), None
    if page.cursor is not None:
        if asked != Asked():
            raise invalid("query.cursor", "it has the day and the knowledge of the page before; leave the others out")
        try:
            asked, after = place_of(page.cursor)
        except ValueError:
            raise invalid("query.cursor", "expected the next_page of the answer before, unchanged") from None
    wanted = RegisterFilter(
        purchaser,
        None if care_type is None else care_type.value,
        tier,
        None if status is None else status.value,
        listed,
    )
    answer = system.register.page(wanted, asked, after=after, limit=page.limit)
    if answer.knowledge is Knowledge.NOT_KNOWN_YET:
        raise fail(Kind.NOT_KNOWN_YET, f"no policy of {purchaser} was adopted by then")
    return answered(answer)


@router.get(
    "/register/{purchaser}/{code}/{care_type}",
    **operation(Operation.LOOK_UP_REGISTER, ClaimAnswer, *READING, success="How a claim for the care is treated."),
)
def look_up_register(
    purchaser: Purchaser,
    code: Annotated[
        str,
        Path(
            pattern="^[0-9]{8}$",
            description="The AGB code of the practice or of one of its locations.",
            examples=["04001234"],
        ),
    ],
    care_type: TheCareType,
    question: Asking,
    system: TheSystem,
) -> Response:
    """Whether care on a day was contracted, in which tier, as known at an instant."""
    answer = system.register.lookup(purchaser, code, care_type, question.seen_by(system, MODEL))
    if answer.knowledge is Knowledge.NOT_KNOWN_YET:
        raise fail(Kind.NOT_KNOWN_YET, f"no policy of {purchaser} was adopted by then")
    return answered(answer)

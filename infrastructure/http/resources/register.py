"""The register: whether care on a day was contracted."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from application.queries.contract_answer import Knowledge
from application.register.answers import ClaimAnswer
from domain.care_type import CareType
from infrastructure.http.access import Operation
from infrastructure.http.calling import TheSystem
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import fail
from infrastructure.http.reading import Asking, Purchaser
from infrastructure.http.routing import READING, answered, operation

router = APIRouter(tags=["register"])
MODEL = "register"


@router.get(
    "/register/{purchaser}/{code}/{care_type}",
    **operation(Operation.LOOK_UP_REGISTER, ClaimAnswer, *READING, success="How a claim for the care is treated."),
)
def look_up_register(
    purchaser: Purchaser,
    code: Annotated[
        str, Path(pattern="^[0-9]{8}$", description="The AGB code of the practice or of one of its locations.")
    ],
    care_type: Annotated[CareType, Path()],
    question: Asking,
    system: TheSystem,
) -> Response:
    """Whether care on a day was contracted, in which tier, as known at an instant."""
    answer = system.register.lookup(purchaser, code, care_type, question.seen_by(system, MODEL))
    if answer.knowledge is Knowledge.NOT_KNOWN_YET:
        raise fail(Kind.NOT_KNOWN_YET, f"no policy of {purchaser} was adopted by then")
    return answered(answer)

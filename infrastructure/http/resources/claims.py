"""Claims by the file: each line is answered beside what stands in it."""

from collections.abc import Generator
from typing import Annotated

from fastapi import APIRouter, Header, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from application.audit.access import Action, Reading, record_access
from application.typed_instants import instant, local_date
from domain.calendar import from_microseconds, instant_text
from infrastructure.bootstrap import CheckOrder, ClaimFileError, System, answer_file
from infrastructure.http.access import Operation
from infrastructure.http.calling import Caller, CheckedRoute, TheSystem
from infrastructure.http.claim_bodies import CSV, JSON_LINES, AnswersResponse, ClaimFiles
from infrastructure.http.edge import large_body
from infrastructure.http.identity import Identity
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import fail, invalid
from infrastructure.http.reading import Asking, Purchaser, Question
from infrastructure.http.resources.contracts import check_adopted
from infrastructure.http.routing import READING, operation

router = APIRouter(tags=["register"], route_class=CheckedRoute)

MOST_BYTES = 50_000_000
"""Of the claims in one request: about a million and a half lines."""
_SHEET = "agb,care_type,treated_on\n04001234,FYS,2025-06-15\n"
_LINES = '{"agb": "04001234", "care_type": "FYS", "treated_on": "2025-06-15", "claim": "A-1"}\n'


@router.post(
    "/register/{purchaser}/checks",
    **operation(
        Operation.CHECK_CLAIMS,
        None,
        *READING,
        Kind.TOO_LARGE,
        Kind.TOO_SLOW,
        Kind.MEDIA_TYPE,
        success="Each line with its answer, in the form in which the claims came; see docs/register.md.",
        media_types=(CSV, JSON_LINES),
        takes={CSV: _SHEET, JSON_LINES: _LINES},
    ),
)
@large_body(MOST_BYTES)
async def check_claims(
    purchaser: Purchaser,
    question: Asking,
    caller: Caller,
    system: TheSystem,
    request: Request,
    content_type: Annotated[str, Header(alias="Content-Type", include_in_schema=False)] = "",
) -> Response:
    """Answer claims by the file, as CSV or as JSON Lines: each line is answered beside what stands in it.

    All with the knowledge of one instant, unless a line names its own `known_at`; `X-Known-At` and `X-Position` give
    the same answers again. What can not be read is told in its line. Answers are handed out while the next are worked
    out, and none is kept; the access is written down before the first. One that breaks off may be asked again: it
    commands nothing.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in {CSV, JSON_LINES}:
        raise fail(Kind.MEDIA_TYPE, f"claims come as {CSV} or {JSON_LINES}")
    files = ClaimFiles()
    try:
        with files.body.open("wb") as body:
            async for piece in request.stream():
                body.write(piece)
        answers, headers = await run_in_threadpool(_answers, files, media_type, purchaser, question, caller, system)
    except BaseException:
        files.close()
        raise

    def close() -> None:
        answers.close()
        files.close()

    return AnswersResponse(answers, close, headers, media_type)


def _answers(
    files: ClaimFiles, media_type: str, purchaser: str, question: Question, caller: Identity, system: System
) -> tuple[Generator[bytes], dict[str, str]]:
    """The answers to the body, to be worked out, and the headers that tell with whose knowledge."""
    asked = question.seen_by(system)
    if asked.effective_on is not None:
        raise invalid("query.effective_on", "each line says on which day the treatment was: treated_on")
    horizon = system.register.horizon(asked.known_at, asked.position)
    check_adopted(system, purchaser, horizon.position)
    known_at = from_microseconds(horizon.known_at)
    files.as_sheet(media_type)
    reading = Reading(
        caller.person_id, Action.CLAIMS, {"bytes": files.claims.stat().st_size}, purchaser, known_at, horizon.position
    )
    record_access(system.access, system.clock, reading)
    url = system.log.database.engine.url.render_as_string(hide_password=False)
    order = CheckOrder(url, purchaser, horizon, instant, local_date)
    try:
        answers = answer_file(order, "the file", files.claims)
    except ClaimFileError as error:
        raise invalid("body", str(error)) from None
    return answers, {"X-Known-At": instant_text(known_at), "X-Position": str(horizon.position)}

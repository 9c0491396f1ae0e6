"""Register files, brought in while the portal goes on."""

from hashlib import sha256
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from application.jobs import ImportWork, NewJob
from application.provider_import import RegisterFileError
from infrastructure.bootstrap import register_of
from infrastructure.http.access import Operation
from infrastructure.http.calling import CheckedRoute, TheSystem
from infrastructure.http.commanding import Given
from infrastructure.http.edge import large_body
from infrastructure.http.problems import invalid
from infrastructure.http.reading import Purchaser
from infrastructure.http.resources.jobs import JobAccepted, as_job, job_accepted
from infrastructure.http.routing import COMMANDING, operation

router = APIRouter(tags=["providers"], route_class=CheckedRoute)
LARGEST_FILE = 50_000_000
"""Bytes; a national register takes about ten million."""
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EXAMPLE = "record,agb,name,kind,region\npractice,04001234,Praktijk Voorbeeld,location,Gelderland\n"


async def _content(request: Request) -> bytes:
    return await request.body()


def _taking_a_file(declared: dict[str, Any]) -> dict[str, Any]:
    """With the file in the OpenAPI document, which FastAPI does not see: the body is read as it is."""
    schema = {"schema": {"type": "string", "format": "binary"}}
    content = {"text/csv": {**schema, "example": _EXAMPLE}, _SHEET: schema}
    body = {"requestBody": {"required": True, "content": content}}
    return {**as_job(declared), "openapi_extra": {**declared["openapi_extra"], **body}}


@router.post(
    "/imports/{purchaser}",
    **_taking_a_file(
        operation(
            Operation.IMPORT_REGISTER,
            JobAccepted,
            *COMMANDING,
            success="The file is whole, and waits for its turn: follow its job.",
            example={"job_id": "0" * 24, "kind": "import", "purchaser": "caresq"},
            status=HTTPStatus.ACCEPTED,
        )
    ),
)
@large_body(LARGEST_FILE)
def import_register(
    purchaser: Purchaser, given: Given, content: Annotated[bytes, Depends(_content)], system: TheSystem
) -> Response:
    """Bring in a register in CSV or XLSX (docs/providers.md) in the background; a second time changes nothing.

    A practice with a bad row, or with another purchaser's facts, is left out as a whole, the others are brought in.
    Where a running contract rests on what changed, a review is asked for.
    """
    try:
        with register_of(content):
            pass
    except RegisterFileError as error:
        raise invalid("body", str(error)) from None
    work = ImportWork(sha256=sha256(content).hexdigest(), size=len(content))
    new = NewJob(purchaser, given.identity.person_id, given.command_id, work, given.correlation_id)
    job, repeated = system.jobs.add(new, system.clock.now(), content)
    return job_accepted(job, repeated=repeated)

"""Files of evidence: taken in as they come, handed out as attachments that no browser runs."""

import re
import sys
from collections.abc import AsyncIterator, Iterator
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import Annotated, Any, BinaryIO, cast

import anyio.to_thread
from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response, StreamingResponse

from application.evidence import Reader, read_evidence, supply_evidence
from infrastructure.http.access import Operation
from infrastructure.http.calling import Caller, CheckedRoute, TheSystem
from infrastructure.http.commanding import Accepted, Given, accepted, told
from infrastructure.http.edge import large_body
from infrastructure.http.identity import OF_A_PRACTICE, OF_A_PURCHASER
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import ProblemError, fail, invalid
from infrastructure.http.reading import CONTRACT, Moment, TheContract, Words
from infrastructure.http.resources.signing import ACCEPTED
from infrastructure.http.routing import COMMANDING, operation

router = APIRouter(tags=["evidence"], route_class=CheckedRoute)
CHUNK = 1 << 20
ANY_SIZE = sys.maxsize
"""What the edge lets through: the limit of a file is a setting, which is looked at here."""
NAME = "^[a-z][a-z0-9_-]{0,79}$"
ENDINGS = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}
"""What is accepted, and how a file of it is named when it is handed out."""
_SENT_AS = (*ENDINGS, "application/octet-stream")
_FILE = {"content": {each: {"schema": {"type": "string", "format": "binary"}} for each in _SENT_AS}, "required": True}


class EvidenceAccepted(Accepted):
    """A file that was taken in: under which id, and what it is by its content."""

    evidence_id: str
    sha256: str
    size: int
    media_type: str


def with_a_file(declared: dict[str, Any]) -> dict[str, Any]:
    """With the body in the OpenAPI document, which the framework does not see."""
    declared["openapi_extra"]["requestBody"] = _FILE
    return declared


async def _received(request: Request) -> AsyncIterator[BinaryIO]:
    """The body, on the disk once it is large, so that no thread waits for who sends slowly."""
    limit: int = request.app.state.evidence_bytes
    sent_as = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent_as not in _SENT_AS:
        raise fail(Kind.MEDIA_TYPE, f"the header Content-Type is none of {', '.join(_SENT_AS)}")
    length = request.headers.get("content-length", "")
    announced = int(length) if re.fullmatch("[0-9]{1,18}", length, re.ASCII) else None
    if announced is not None and announced > limit:
        raise _too_large(limit)
    size = 0
    with SpooledTemporaryFile(max_size=CHUNK) as file:
        try:
            async for part in request.stream():
                size += len(part)
                if size > limit:
                    raise _too_large(limit)
                if size > CHUNK:
                    await anyio.to_thread.run_sync(file.write, part)
                else:
                    file.write(part)
        except ClientDisconnect:
            raise fail(Kind.BAD_REQUEST, "the file ended before all of it was there") from None
        if announced not in {None, size}:
            raise fail(Kind.BAD_REQUEST, f"the file has {size} bytes, the header Content-Length says {announced}")
        file.seek(0)
        yield cast("BinaryIO", file)


ReceivedFile = Annotated[BinaryIO, Depends(_received)]
"""The body of a request as a file, whole and within the limit."""


def _too_large(limit: int) -> ProblemError:
    return fail(Kind.TOO_LARGE, f"a file of evidence has at most {limit} bytes", code="EVIDENCE_TOO_LARGE")


@router.post(
    CONTRACT + "/evidence/{factor}",
    **with_a_file(
        operation(
            Operation.UPLOAD_EVIDENCE,
            EvidenceAccepted,
            *COMMANDING,
            success="The file is stored, and that it was supplied is recorded.",
            example={
                **ACCEPTED,
                "version": 5,
                "facts": ["EvidenceUploaded"],
                "evidence_id": "kngf-1",
                "sha256": "0" * 64,
                "size": 48213,
                "media_type": "application/pdf",
            },
        )
    ),
)
@large_body(ANY_SIZE)
def upload_evidence(
    contract_id: TheContract,
    factor: Annotated[str, Path(pattern=NAME, description="What it proves: a factor of the policy, as kngf.")],
    given: Given,
    system: TheSystem,
    file: ReceivedFile,
    sha256: Annotated[
        str | None,
        Query(pattern="^[0-9a-f]{64}$", description="Its SHA-256 as the sender knows it; another file is refused."),
    ] = None,
    occurred_at: Annotated[
        Moment | None,
        Query(description="For an officer, of what came by mail: when it arrived. An earlier instant needs a reason."),
    ] = None,
    reason: Annotated[Words | None, Query(description="For an officer: how it came. Name no person here.")] = None,
) -> Response:
    """Supply a file as evidence for a factor: the body is the file itself, a PDF, PNG, JPEG or DOCX.

    What it is, is told by its content; a name is neither asked nor kept. The same file again changes nothing. An
    officer enters what a practice sent by mail, on its behalf, with the instant at which it arrived.
    """
    order = given.order(reason=reason, occurred_at=occurred_at)
    if not given.identity.is_any_of(OF_A_PRACTICE):
        order = order._replace(on_behalf_of=contract_id.agb)
    elif occurred_at is not None:
        raise invalid("query.occurred_at", "a practice supplies now; leave it out")
    parts = parts_of(file)
    found = supply_evidence(system.contracting, system.evidence, contract_id, factor, parts, order, claimed=sha256)
    told_too = {"evidence_id": found.evidence_id, **found.file._asdict()}
    return accepted(found.answer, EvidenceAccepted(**told(found.answer).model_dump(), **told_too))


@router.get(
    CONTRACT + "/evidence/{evidence_id}",
    **operation(
        Operation.DOWNLOAD_EVIDENCE, None, Kind.NOT_FOUND, success="The file, as an attachment.", media_types=[*ENDINGS]
    ),
)
def download_evidence(
    contract_id: TheContract,
    evidence_id: Annotated[str, Path(pattern=NAME, description="Its id, such as kngf-1.")],
    caller: Caller,
    system: TheSystem,
) -> Response:
    """A file that was supplied: held against its SHA-256, and written into the access log, before its first byte."""
    if caller.is_any_of(OF_A_PURCHASER) and caller.purchaser == contract_id.purchaser:
        reader = Reader(caller.person_id, purchaser=caller.purchaser)
    else:
        reader = Reader(caller.person_id, practice=caller.practice)
    found = read_evidence(system.contracting, system.evidence, system.access, contract_id, evidence_id, reader)
    name = f"{found.evidence_id}.{ENDINGS.get(found.file.media_type, 'bin')}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(found.file.size),
    }
    return StreamingResponse(_handed_out(found.content), headers=headers, media_type=_media_type(found.file.media_type))


def _media_type(recorded: str) -> str:
    """What was entered by hand may be anything; nothing but what is accepted is named to a browser."""
    return recorded if recorded in ENDINGS else "application/octet-stream"


def parts_of(file: BinaryIO) -> Iterator[bytes]:
    """The file part by part."""
    return iter(partial(file.read, CHUNK), b"")


def _handed_out(file: BinaryIO) -> Iterator[bytes]:
    with file:
        yield from parts_of(file)

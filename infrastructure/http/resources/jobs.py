"""Jobs: how far they are, to be followed as they go on; stopped and resumed; and what was wrong with their file."""

from collections.abc import AsyncIterator, Iterator
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any

import anyio
import anyio.to_thread
from fastapi import APIRouter, Header, Path, Query
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from starlette.responses import Response, StreamingResponse

from application.jobs import BadRow, Job, JobKind
from application.queries.round_csv import csv_line
from domain.model import Frozen
from infrastructure.bootstrap import System
from infrastructure.http.access import Operation
from infrastructure.http.calling import CheckedRoute, TheSystem
from infrastructure.http.commanding import Given
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import fail
from infrastructure.http.reading import Page, Purchaser, Words
from infrastructure.http.routing import COMMANDING, answered, operation

router = APIRouter(tags=["jobs"], route_class=CheckedRoute)

JobId = Annotated[str, Path(alias="job", pattern="^[a-z0-9]{1,64}$", description="A job, by the id it was given.")]
JOB = "/jobs/{purchaser}/{job}"
LOOK_SECONDS = 0.25
"""How often a job that is followed is looked at."""
_STILL_THERE_SECONDS = 15
LONGEST_SECONDS = 300
"""After so long a stream ends, for the follower to come back with a token that is still good."""


class JobAccepted(Frozen):
    """A job that waits or goes on: it is read, followed, stopped and resumed under this id."""

    job_id: str
    kind: JobKind
    purchaser: str


class JobList(Frozen):
    """A page of jobs, the newest first."""

    jobs: tuple[Job, ...]
    next_page: str | None


class Lines(StrEnum):
    """How lines are written: CSV with a header, or one JSON object on each line."""

    CSV = "csv"
    JSONL = "jsonl"

    @property
    def media_type(self) -> str:
        """As the answer names it."""
        return "text/csv; charset=utf-8" if self is Lines.CSV else "application/jsonl"


LINES = ("text/csv", "application/jsonl")


@router.get("/jobs/{purchaser}", **operation(Operation.LIST_JOBS, JobList, success="The jobs, the newest first."))
def list_jobs(
    purchaser: Purchaser,
    page: Page,
    system: TheSystem,
    correlation_id: Annotated[
        Words | None, Query(description="Only those that the request with this `X-Correlation-Id` asked for.")
    ] = None,
) -> Response:
    """The purchaser's rounds and imports that were started over HTTP, and where each stands."""
    found = system.jobs.jobs(
        system.clock.now(),
        purchaser=purchaser,
        correlation_id=correlation_id,
        after=page.cursor,
        limit=page.limit + 1,
    )
    shown = tuple(found[: page.limit])
    return answered(JobList(jobs=shown, next_page=shown[-1].job_id if len(found) > page.limit else None))


@router.get(JOB, **operation(Operation.READ_JOB, Job, Kind.NOT_FOUND, success="Where the job stands."))
def read_job(purchaser: Purchaser, job_id: JobId, system: TheSystem) -> Response:
    """Where a job stands: how far it is, what came of it, or why it failed. ``interrupted``: its process ended."""
    return answered(the_job(system, purchaser, job_id))


@router.post(
    JOB + "/stop", **operation(Operation.STOP_JOB, Job, *COMMANDING, success="The job: it stops, or had ended before.")
)
def stop_job(purchaser: Purchaser, job_id: JobId, _given: Given, system: TheSystem) -> Response:
    """Stop a job after the practices in hand. What was recorded stands, and the job can be resumed."""
    return answered(system.jobs.stop(purchaser, job_id, system.clock.now()))


@router.post(
    JOB + "/resume", **operation(Operation.RESUME_JOB, Job, *COMMANDING, success="The job: it waits, or goes on.")
)
def resume_job(purchaser: Purchaser, job_id: JobId, _given: Given, system: TheSystem) -> Response:
    """Go on with a job that was stopped or interrupted, or that failed. Nothing is done twice."""
    return answered(system.jobs.resume(purchaser, job_id, system.clock.now()))


_FOLLOWING = operation(
    Operation.FOLLOW_JOB,
    None,
    Kind.NOT_FOUND,
    success="Server-sent events: `progress` with the job at every change, `ended` when it has ended.",
    media_types=("text/event-stream",),
)
_FOLLOWING["responses"][204] = {"description": "Nothing has changed since, and nothing will."}


@router.get(JOB + "/events", **_FOLLOWING)
async def follow_job(
    purchaser: Purchaser,
    job_id: JobId,
    system: TheSystem,
    last_event_id: Annotated[
        str | None,
        Header(alias="Last-Event-ID", pattern="^[0-9]{1,18}$", description="The last event seen: go on after it."),
    ] = None,
) -> Response:
    """Follow a job until it has ended. Each event is the whole job and is named by its change.

    Who comes back with the last id gets what has changed since; when nothing will, 204 says not to come back.
    """
    seen = 0 if last_event_id is None else int(last_event_id)
    job = await anyio.to_thread.run_sync(the_job, system, purchaser, job_id)
    if job.ended and job.change <= seen:
        return Response(status_code=204)
    return EventSourceResponse(_events(system, job, seen))


async def _events(system: System, job: Job, seen: int) -> AsyncIterator[bytes]:
    silent = elapsed = 0.0
    while elapsed < LONGEST_SECONDS:
        if job.change > seen or job.ended:
            seen, silent = job.change, 0.0
            name = "ended" if job.ended else "progress"
            yield format_sse_event(data_str=job.model_dump_json(), event=name, id=str(seen))
        if job.ended:
            return
        if silent >= _STILL_THERE_SECONDS:
            silent = 0.0
            yield KEEPALIVE_COMMENT
        await anyio.sleep(LOOK_SECONDS)
        silent, elapsed = silent + LOOK_SECONDS, elapsed + LOOK_SECONDS
        job = await anyio.to_thread.run_sync(the_job, system, job.purchaser, job.job_id)


@router.get(
    JOB + "/bad-rows",
    **operation(
        Operation.EXPORT_BAD_ROWS,
        None,
        Kind.NOT_FOUND,
        success="A line for each cell that can not be read.",
        media_types=LINES,
    ),
)
def export_bad_rows(
    purchaser: Purchaser,
    job_id: JobId,
    system: TheSystem,
    lines: Annotated[Lines, Query(alias="format", description="How the lines are written.")] = Lines.CSV,
) -> Response:
    """What was wrong with the file of an import: line, column, what was found and what was expected."""
    job = the_job(system, purchaser, job_id)
    return StreamingResponse(_bad_rows(system, job, lines), media_type=lines.media_type)


def _bad_rows(system: System, job: Job, lines: Lines) -> Iterator[str]:
    if lines is Lines.CSV:
        yield csv_line(BadRow.model_fields)
    after = 0
    while page := system.jobs.bad_rows(job.job_id, after=after):
        after = page[-1][0]
        if lines is Lines.CSV:
            yield "".join(csv_line(row.model_dump().values()) for _, row in page)
        else:
            yield "".join(f"{row.model_dump_json()}\n" for _, row in page)


def the_job(system: System, purchaser: str, job_id: str) -> Job:
    """A job of a purchaser; ends with a problem when it has none of that name."""
    job = system.jobs.job(purchaser, job_id, system.clock.now())
    if job is None:
        raise fail(Kind.NOT_FOUND, f"{purchaser} has no job {job_id}", code="JOB_UNKNOWN")
    return job


def job_accepted(job: Job, *, repeated: bool) -> Response:
    """The answer to who wanted a job: the same to a repeat, with a header that says so."""
    headers = {"Location": f"/jobs/{job.purchaser}/{job.job_id}"}
    if repeated:
        headers["Idempotency-Replayed"] = "true"
    told = JobAccepted(job_id=job.job_id, kind=job.kind, purchaser=job.purchaser)
    return answered(told, headers, status=HTTPStatus.ACCEPTED)


def as_job(declared: dict[str, Any]) -> dict[str, Any]:
    """A command that starts a job, declared with where its job is read."""
    where = {"description": "Where the job is read.", "schema": {"type": "string"}}
    declared["responses"][int(HTTPStatus.ACCEPTED)]["headers"] = {"Location": where}
    return declared

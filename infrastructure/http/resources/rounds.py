"""The yearly round: what it would be about, holding it, how far the procedures are, and its report."""

from collections.abc import Iterator
from datetime import date
from http import HTTPStatus
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Body, Query
from starlette.responses import Response, StreamingResponse

from application.audit.access import Action, Reading, record_access
from application.jobs import NewJob, RoundWork
from application.queries.horizon import Asked
from application.queries.round_csv import csv_lines
from application.queries.round_report import ReportRow, RoundStatusAnswer, report_rows, round_status
from application.round import RoundOrder, RoundPlan, round_plan
from domain.care_type import CareType
from domain.contract.facts import Text
from domain.model import Frozen
from infrastructure.http.access import Operation
from infrastructure.http.calling import Caller, CheckedRoute, TheSystem
from infrastructure.http.commanding import Given
from infrastructure.http.reading import Asking, Day, Purchaser
from infrastructure.http.resources.jobs import LINES, JobAccepted, Lines, as_job, job_accepted
from infrastructure.http.resources.policies import Policy, check_policy
from infrastructure.http.routing import COMMANDING, READING, answered, operation

router = APIRouter(tags=["rounds"], route_class=CheckedRoute)
ROUND = "/rounds/{purchaser}/{policy}"
_ROWS_AT_ONCE = 100


class RoundToStart(Frozen):
    """A round on a day, today when left out; an earlier one needs a ``reason``, a later one can only be tried.

    No ``care_types`` is all of the round; a ``dry_run`` decides and counts, and stores nothing.
    """

    on: date | None = None
    care_types: tuple[CareType, ...] = ()
    reason: Text | None = None
    dry_run: bool = False


@router.get(
    ROUND + "/plan", **operation(Operation.PLAN_ROUND, RoundPlan, *READING, success="What the round would be about.")
)
def plan_round(
    purchaser: Purchaser,
    policy_id: Policy,
    system: TheSystem,
    on: Annotated[Day | None, Query(description="The day on which the round acts; left out: today.")] = None,
) -> Response:
    """Which care types a round on a day would be about, and which of them lie outside the planning's windows."""
    check_policy(system, purchaser, policy_id)
    return answered(round_plan(system.contracting, RoundOrder(policy_id, "", on, dry_run=True, reason="a plan")))


@router.post(
    ROUND + "/runs",
    **as_job(
        operation(
            Operation.START_ROUND,
            JobAccepted,
            *COMMANDING,
            success="The round waits for its turn: follow its job.",
            example={"job_id": "0" * 24, "kind": "round", "purchaser": "caresq"},
            status=HTTPStatus.ACCEPTED,
        )
    ),
)
def start_round(
    purchaser: Purchaser,
    policy_id: Policy,
    wanted: Annotated[RoundToStart, Body(examples=[{"care_types": ["FYS"], "dry_run": True}])],
    given: Given,
    system: TheSystem,
) -> Response:
    """Hold a round in the background: approach every candidate, and release the offers that waited for an amendment."""
    check_policy(system, purchaser, policy_id)
    order = RoundOrder(policy_id, given.identity.person_id, wanted.on, wanted.care_types, wanted.reason, wanted.dry_run)
    plan = round_plan(system.contracting, order)
    work = RoundWork(
        policy_id=policy_id,
        on=plan.day,
        care_types=wanted.care_types,
        reason=wanted.reason,
        dry_run=wanted.dry_run,
    )
    new = NewJob(purchaser, given.identity.person_id, given.command_id, work, given.correlation_id)
    job, repeated = system.jobs.add(new, system.clock.now())
    return job_accepted(job, repeated=repeated)


@router.get(
    ROUND,
    **operation(Operation.READ_ROUND, RoundStatusAnswer, *READING, success="Where the procedures stood, and the runs."),
)
def read_round(purchaser: Purchaser, policy_id: Policy, question: Asking, system: TheSystem) -> Response:
    """How many procedures stood where on a day, by care type; and which runs of the round were held or interrupted."""
    check_policy(system, purchaser, policy_id)
    asked = question.seen_by(system)
    if asked == Asked():
        return answered(system.lists.round_status(policy_id))
    return answered(round_status(system.contracting, policy_id, asked))


@router.get(
    ROUND + "/report",
    **operation(
        Operation.EXPORT_ROUND_REPORT,
        None,
        *READING,
        success="A line for each practice and care type.",
        media_types=LINES,
    ),
)
def export_round_report(
    purchaser: Purchaser,
    policy_id: Policy,
    question: Asking,
    caller: Caller,
    system: TheSystem,
    lines: Annotated[Lines, Query(alias="format", description="How the lines are written.")] = Lines.CSV,
    everybody: Annotated[
        bool, Query(alias="all", description="Lines for practices that are no candidates too.")
    ] = False,
) -> Response:
    """Where each practice stood on a day, and why, line by line; who reads it out is written down before the first.

    The last columns say on which day and with which knowledge; asked with these again, the answer is the same.
    """
    check_policy(system, purchaser, policy_id)
    rows = report_rows(system.contracting, policy_id, question.seen_by(system), everybody=everybody)
    first = next(rows, None)
    if first is not None:
        subject = {"policy": policy_id}
        reading = Reading(caller.person_id, Action.ROUND_REPORT, subject, purchaser, first.known_at, first.position)
        record_access(system.access, system.clock, reading)
    return StreamingResponse(_written(first, rows, lines), media_type=lines.media_type)


def _written(first: ReportRow | None, rows: Iterator[ReportRow], lines: Lines) -> Iterator[str]:
    everything = rows if first is None else _after(first, rows)
    written = csv_lines(everything) if lines is Lines.CSV else (f"{row.model_dump_json()}\n" for row in everything)
    while some := "".join(islice(written, _ROWS_AT_ONCE)):
        yield some


def _after(first: ReportRow, rows: Iterator[ReportRow]) -> Iterator[ReportRow]:
    yield first
    yield from rows

"""The audit trail of a purchaser: found, exported, followed to its causes, and decided again."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import ValidationError
from starlette.responses import Response, StreamingResponse

from application.audit.access import AccessAnswer, Action, Reading, accesses, record_access
from application.audit.reproduction import Reproduction, reproduce
from application.audit.subject import owner_of
from application.queries.audit_trail import Period, TrailAsked
from application.queries.audit_why import SHOWN, WhyAnswer, WhyAsked, audit_why
from application.queries.trail_file import trail_lines, trail_sheet
from domain.calendar import instant_text
from domain.contract.contract_id import ContractId
from domain.model import what_is_wrong
from domain.refusal import RefusedError
from infrastructure.bootstrap import System
from infrastructure.http.access import Operation, allowing
from infrastructure.http.calling import Caller, CheckedRoute, TheSystem
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import ProblemError, fail, invalid
from infrastructure.http.reading import (
    Asking,
    InstantOrDay,
    MinPosition,
    Page,
    Purchaser,
    Words,
    agb_of,
    check_position,
)
from infrastructure.http.routing import READING, answered, operation
from infrastructure.http.trail_pages import TrailPage, trail_page

router = APIRouter(tags=["audit"], route_class=CheckedRoute)

_EVENT = "^[A-Za-z0-9/._~-]{1,200}@[1-9][0-9]{0,8}$"
Event = Annotated[
    str,
    Query(
        pattern=_EVENT,
        description="A fact by its stream and number, such as caresq/04001234/FYS/2025-2026@1.",
        examples=["caresq/04001234/FYS/2025-2026@1"],
    ),
]


class Form(StrEnum):
    """How an export is written: a sheet that opens in a spreadsheet, or a JSON object a line, without loss."""

    CSV = "csv"
    JSONL = "jsonl"


_MEDIA_TYPES = {Form.CSV: "text/csv; charset=utf-8", Form.JSONL: "application/jsonl"}


async def _wanted(
    purchaser: Purchaser,
    contract: Annotated[
        str | None, Query(pattern="^[A-Za-z0-9/-]{1,120}$", description="One contract: caresq/04001234/FYS/2025-2026.")
    ] = None,
    provider: Annotated[
        str | None, Query(pattern="^[0-9]{8}$", description="A practice and all its contracts, by its AGB code.")
    ] = None,
    actor: Annotated[Words | None, Query(description="Who did it.")] = None,
    on_behalf_of: Annotated[Words | None, Query(description="For whom it was done.")] = None,
    policy: Annotated[
        Words | None, Query(description="Decided under any version of it, its adoptions, its rounds.")
    ] = None,
    recorded_from: Annotated[InstantOrDay | None, Query(description="Recorded from then on.")] = None,
    recorded_to: Annotated[InstantOrDay | None, Query(description="Recorded before then, that day included.")] = None,
    occurred_from: Annotated[InstantOrDay | None, Query(description="Happened from then on.")] = None,
    occurred_to: Annotated[InstantOrDay | None, Query(description="Happened before then, that day included.")] = None,
) -> TrailAsked:
    return TrailAsked(
        purchaser=purchaser,
        contract=None if contract is None else _contract(contract, purchaser),
        agb=None if provider is None else agb_of(provider, "query.provider"),
        actor=actor,
        on_behalf_of=on_behalf_of,
        policy_id=policy,
        recorded=_period(recorded_from, recorded_to, "query.recorded_to"),
        occurred=_period(occurred_from, occurred_to, "query.occurred_to"),
    )


Wanted = Annotated[TrailAsked, Depends(_wanted)]
"""Which facts of the purchaser in the path are asked for; whatever is absent leaves none out."""


@router.get(
    "/audit/{purchaser}/trail",
    **operation(Operation.READ_TRAIL, TrailPage, *READING, success="A page of the trail, in log order."),
)
def read_trail(wanted: Wanted, question: Asking, page: Page, system: TheSystem) -> Response:
    """The facts of a contract, a practice, a person, a policy or a period, or of any of these together."""
    return answered(trail_page(system, wanted, question.seen_by(system), page))


@router.get(
    "/audit/{purchaser}/export",
    **operation(
        Operation.EXPORT_TRAIL,
        None,
        *READING,
        success="Every fact asked for, in log order; `X-Known-At` and `X-Position` give the same file again.",
        media_types=("text/csv", "application/jsonl"),
    ),
)
def export_trail(
    wanted: Wanted,
    question: Asking,
    caller: Caller,
    system: TheSystem,
    form: Annotated[Form, Query(alias="format", description="A sheet, or a JSON object a line.")] = Form.JSONL,
) -> Response:
    """The same facts as a file of any length, streamed; written into the access log before the first is handed out."""
    pages = system.trail.pages(wanted, question.seen_by(system))
    first = next(pages)
    subject = wanted.model_dump(mode="json", exclude_defaults=True)
    reading = Reading(caller.person_id, Action.AUDIT_TRAIL, subject, first.purchaser, first.known_at, first.position)
    record_access(system.access, system.clock, reading)
    write = trail_sheet if form is Form.CSV else trail_lines
    headers = {
        "Content-Disposition": f'attachment; filename="audit-trail-{wanted.purchaser}-{first.position}.{form}"',
        "X-Known-At": instant_text(first.known_at),
        "X-Position": str(first.position),
    }
    lines = write(each for page in chain([first], pages) for each in page.entries)
    return StreamingResponse(_in_pieces(lines), headers=headers, media_type=_MEDIA_TYPES[form])


@router.get(
    "/audit/{purchaser}/why",
    **operation(Operation.READ_CAUSES, WhyAnswer, *READING, success="From the command to every consequence."),
)
def read_causes(
    purchaser: Purchaser,
    event: Event,
    question: Asking,
    caller: Caller,
    system: TheSystem,
    limit: Annotated[
        int, Query(ge=1, le=1_000, description="So many consequences of each event; the rest are counted.")
    ] = SHOWN,
) -> Response:
    """The chain of causes of an event as a tree: from a person's command or a tick to every consequence.

    Who may list deliveries sees the letters and webhooks that each event caused, as they stand now.
    """
    _check_owner(system, event, purchaser)
    asked, wanted = question.seen_by(system), WhyAsked(event, purchaser, limit)
    deliveries = system.outbox if allowing(caller, Operation.LIST_DELIVERIES, purchaser=purchaser, agb=None) else None
    try:
        answer = audit_why(system.contracting, system.trail.index, wanted, asked, deliveries)
    except RefusedError as error:
        raise _not_theirs(error, event, purchaser) from None
    return answered(answer)


@router.get(
    "/audit/{purchaser}/reproduction",
    **operation(Operation.REPRODUCE_DECISION, Reproduction, *READING, Kind.REFUSED, success="What comes out now."),
)
def reproduce_decision(
    purchaser: Purchaser, event: Event, system: TheSystem, min_position: MinPosition = None
) -> Response:
    """Decide again what brought an event, from the facts, the policy and the practice that its envelope names.

    With the present code, and nothing is stored: `outcome` says whether the same facts and explanations come out.
    """
    check_position(system, min_position)
    _check_owner(system, event, purchaser)
    return answered(reproduce(system.contracting, event, purchaser))


class AccessPage(AccessAnswer):
    """A page of the access log; ``next_page`` is the ``cursor`` of the one after it, absent on the last."""

    next_page: str | None


@router.get(
    "/audit/{purchaser}/accesses",
    **operation(Operation.LIST_ACCESSES, AccessPage, success="Who was handed what, in order of time."),
)
def list_accesses(
    purchaser: Purchaser,
    page: Page,
    system: TheSystem,
    reader: Annotated[Words | None, Query(description="What this one read out.")] = None,
) -> Response:
    """Who read out what, when, and on which answer: exports, answered claims and evidence."""
    after = 0
    if page.cursor is not None:
        if not (page.cursor.isascii() and page.cursor.isdecimal() and len(page.cursor) < 19):
            raise invalid("query.cursor", "expected the next_page of the answer before, unchanged")
        after = int(page.cursor)
    found = accesses(system.access, reader=reader, purchaser=purchaser, after=after, limit=page.limit)
    following = None if found.next_after is None else str(found.next_after)
    return answered(AccessPage.model_validate({**dict(found), "next_page": following}))


def _in_pieces(lines: Iterable[str]) -> Iterator[str]:
    """Lines together: each piece costs a turn of the server."""
    piece: list[str] = []
    size = 0
    for line in lines:
        piece.append(line)
        size += len(line)
        if size > 65_536:
            yield "".join(piece)
            piece, size = [], 0
    yield "".join(piece)


def _contract(contract: str, purchaser: str) -> str:
    try:
        contract_id = ContractId.parse(contract)
    except ValueError as error:
        raise invalid("query.contract", str(error)) from None
    if contract_id.purchaser != purchaser:
        raise invalid("query.contract", f"it is of another purchaser than {purchaser}")
    return str(contract_id)


def _period(first: datetime | None, last: datetime | None, path: str) -> Period:
    try:
        return Period(first=first, last=last)
    except ValidationError as error:
        raise invalid(path, what_is_wrong(error.errors()[0])) from None


def _check_owner(system: System, event: str, purchaser: str) -> None:
    """Of what is another purchaser's nobody is told whether it is there."""
    stream = event.rpartition("@")[0]
    if owner_of(system.contracting.policies, stream) not in {None, purchaser}:
        raise _unknown(event, purchaser)


def _not_theirs(error: RefusedError, event: str, purchaser: str) -> Exception:
    return _unknown(event, purchaser) if error.refused.code == "OF_ANOTHER_PURCHASER" else error


def _unknown(event: str, purchaser: str) -> ProblemError:
    return fail(Kind.NOT_FOUND, f"the log has no event {event} that {purchaser} may see", code="EVENT_UNKNOWN")

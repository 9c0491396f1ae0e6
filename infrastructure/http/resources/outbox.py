"""The outbox as who runs the service sees it: how it stands, what failed, holding and going on."""

from typing import Annotated

from fastapi import APIRouter, Body, Query
from pydantic import Field
from starlette.responses import Response

from domain.calendar import Instant, from_microseconds
from domain.model import Frozen
from infrastructure.bootstrap import Channel, DeliveryState, System
from infrastructure.http.access import Operation
from infrastructure.http.calling import CheckedRoute, TheSystem
from infrastructure.http.commanding import Given
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import fail
from infrastructure.http.reading import Page, Words
from infrastructure.http.resources.deliveries import DeliveryList, Resending, ToResend, delivery_page, resent
from infrastructure.http.routing import COMMANDING, answered, operation

router = APIRouter(tags=["operations"], route_class=CheckedRoute)
OUTBOX = "/operations/outbox"


class Depth(Frozen):
    """How many deliveries are in a state, and when the oldest of them was entered."""

    count: int
    oldest: Instant


class OutboxState(Frozen):
    """How far the outbox has read the log, how many facts it is ``behind``, and what became of its deliveries.

    While it is held nothing leaves; ``held_since`` names the hold to whoever ends it.
    """

    position: int
    behind: int
    held_since: Instant | None
    held_because: str | None
    deliveries: dict[DeliveryState, Depth]


class ToHold(Frozen):
    """Why nothing may leave, in a sentence."""

    reason: Words


class ToGoOn(Frozen):
    """Which hold ends, and ``from_position``: what was caused before it went out already, and is skipped.

    Left out, nothing is skipped.
    """

    held_since: Instant
    from_position: Annotated[int | None, Field(ge=1, le=2**63 - 1)] = None


@router.get(OUTBOX, **operation(Operation.READ_OUTBOX, OutboxState, success="How the outbox stands."))
def read_outbox(system: TheSystem) -> Response:
    """How far the outbox has read the log, whether sending is held, and how much waits, was sent or failed."""
    return _stands(system)


@router.get(
    OUTBOX + "/deliveries",
    **operation(Operation.LIST_ALL_DELIVERIES, DeliveryList, success="The deliveries, and what became of them."),
)
def list_all_deliveries(
    page: Page,
    system: TheSystem,
    state: Annotated[DeliveryState | None, Query(description="Only those of this state.")] = None,
    channel: Annotated[Channel | None, Query(description="Only letters, or only webhooks.")] = None,
) -> Response:
    """Everything that leaves the system, for every purchaser: addresses are masked, and no letter is shown."""
    return delivery_page(system, page, state=state, channel=channel)


@router.post(
    OUTBOX + "/resend",
    **operation(Operation.RESEND_ALL_DELIVERIES, Resending, *COMMANDING, success="What is tried anew."),
)
def resend_all_deliveries(
    wanted: Annotated[ToResend, Body(examples=[{"deliveries": ["8123/offer_ready"]}, {}])],
    _given: Given,
    system: TheSystem,
) -> Response:
    """Let dead or skipped deliveries of any purchaser be tried anew; a letter goes to the address known now."""
    return resent(system.outbox.resend(wanted.deliveries))


@router.post(
    OUTBOX + "/hold",
    **operation(Operation.HOLD_OUTBOX, OutboxState, *COMMANDING, success="Nothing leaves any more."),
)
def hold_outbox(
    wanted: Annotated[ToHold, Body(examples=[{"reason": "The mail server moves."}])], _given: Given, system: TheSystem
) -> Response:
    """Hold everything back that leaves the system; what is new is entered and waits. A hold that stands stays."""
    system.outbox.hold(wanted.reason)
    return _stands(system)


@router.post(
    OUTBOX + "/resume",
    **operation(
        Operation.RESUME_OUTBOX,
        OutboxState,
        *COMMANDING,
        success="Sending goes on.",
    ),
)
def resume_outbox(
    wanted: Annotated[ToGoOn, Body(examples=[{"held_since": "2025-03-01T09:00:00Z", "from_position": 8123}])],
    _given: Given,
    system: TheSystem,
) -> Response:
    """Let sending go on after the hold that was read. After a restore, name the first position that must still go.

    Where it goes on already nothing happens, so that a repeat skips nothing; another hold than that stays (409).
    """
    hold = system.outbox.status().hold
    if hold is not None:
        system.outbox.fill()
        if not system.outbox.end_hold(wanted.held_since, wanted.from_position):
            raise fail(Kind.REFUSED, "sending is held since another instant; read the outbox again", code="OTHER_HOLD")
    return _stands(system)


def _stands(system: System) -> Response:
    found, head = system.outbox.status(), system.log.max_notification_id() or 0
    return answered(
        OutboxState(
            position=found.position,
            behind=head - found.position,
            held_since=None if found.hold is None else found.hold.held_at,
            held_because=None if found.hold is None else found.hold.reason,
            deliveries={
                DeliveryState(state): Depth(count=depth.messages, oldest=from_microseconds(depth.oldest))
                for state, depth in sorted(found.depths.items())
            },
        )
    )

"""What leaves the system for a purchaser: letters and webhooks, what became of each, and trying them anew."""

from typing import Annotated

from fastapi import APIRouter, Body, Query
from pydantic import Field, StringConstraints
from starlette.responses import Response

from domain.calendar import Instant, from_microseconds
from domain.model import Frozen
from infrastructure.bootstrap import Channel, Delivery, DeliveryState, Resent, System
from infrastructure.http.access import Operation
from infrastructure.http.calling import CheckedRoute, TheSystem
from infrastructure.http.commanding import Given
from infrastructure.http.reading import Page, Paging, Purchaser
from infrastructure.http.routing import COMMANDING, answered, operation

router = APIRouter(tags=["deliveries"], route_class=CheckedRoute)
DeliveryId = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class DeliveryShown(Frozen):
    """A letter or a webhook on its way: which fact caused it, and what became of it; addresses are masked.

    ``dead`` waits for a person; ``due_at`` is when one that waits is tried next.
    """

    delivery_id: str
    event_id: str
    kind: str
    channel: Channel
    contract_id: str
    recipient: str
    state: DeliveryState
    attempts: int
    created_at: Instant
    due_at: Instant | None
    sent_at: Instant | None
    error: str | None


class DeliveryList(Frozen):
    """A page of deliveries, in the order of what caused them."""

    deliveries: tuple[DeliveryShown, ...]
    next_page: str | None


class ToResend(Frozen):
    """Which deliveries, dead or skipped, are tried anew; left out, every dead one."""

    deliveries: Annotated[tuple[DeliveryId, ...] | None, Field(min_length=1, max_length=200)] = None


class Resending(Frozen):
    """Which are tried anew, which can not be because what was missing still is, and which were not dead or skipped."""

    waiting: tuple[str, ...]
    stranded: tuple[str, ...]
    others: tuple[str, ...]


class ReceiverShown(Frozen):
    """Who is told by webhook, and where; of the address no more than what can not be secret."""

    name: str
    url: str


class Receivers(Frozen):
    """Who is told by webhook of the purchaser's contracts."""

    receivers: tuple[ReceiverShown, ...]


@router.get(
    "/deliveries/{purchaser}",
    **operation(Operation.LIST_DELIVERIES, DeliveryList, success="The deliveries, and what became of them."),
)
def list_deliveries(
    purchaser: Purchaser,
    page: Page,
    system: TheSystem,
    state: Annotated[DeliveryState | None, Query(description="Only those of this state.")] = None,
    channel: Annotated[Channel | None, Query(description="Only letters, or only webhooks.")] = None,
) -> Response:
    """The purchaser's letters and webhooks: sent, waiting for their time, or dead and waiting for a person."""
    return delivery_page(system, page, purchaser=purchaser, state=state, channel=channel)


@router.post(
    "/deliveries/{purchaser}/resend",
    **operation(
        Operation.RESEND_DELIVERIES,
        Resending,
        *COMMANDING,
        success="What is tried anew.",
        example={"waiting": ["8123/offer_ready"], "stranded": [], "others": []},
    ),
)
def resend_deliveries(
    purchaser: Purchaser,
    wanted: Annotated[ToResend, Body(examples=[{"deliveries": ["8123/offer_ready"]}])],
    _given: Given,
    system: TheSystem,
) -> Response:
    """Let dead or skipped deliveries be tried anew; a letter goes to the address known now."""
    return resent(system.outbox.resend(wanted.deliveries, purchaser))


@router.get(
    "/webhooks/{purchaser}",
    **operation(
        Operation.LIST_RECEIVERS,
        Receivers,
        success="Who is told by webhook; never a secret.",
        example={"receivers": [{"name": "aevitae", "url": "https://claims.example/in"}]},
    ),
)
def list_receivers(purchaser: Purchaser, system: TheSystem) -> Response:
    """Who is told by webhook of the purchaser's contracts, as the service is set up (docs/webhooks.md)."""
    found = system.outbox.receivers(purchaser)
    return answered(Receivers(receivers=tuple(ReceiverShown(name=name, url=url) for name, url in found)))


def delivery_page(
    system: System,
    page: Paging,
    *,
    purchaser: str | None = None,
    state: DeliveryState | None = None,
    channel: Channel | None = None,
) -> Response:
    """A page of deliveries, of one purchaser or of all."""
    found = system.outbox.deliveries(
        purchaser=purchaser, state=state, channel=channel, after=page.cursor, limit=page.limit + 1
    )
    shown = found[: page.limit]
    following = shown[-1].name if len(found) > page.limit else None
    return answered(DeliveryList(deliveries=tuple(map(_shown, shown)), next_page=following))


def resent(found: Resent) -> Response:
    """What is tried anew, and what is not."""
    return answered(
        Resending(
            waiting=tuple(each.name for each in found.waiting),
            stranded=tuple(each.name for each in found.stranded),
            others=found.others,
        )
    )


def _shown(delivery: Delivery) -> DeliveryShown:
    waits = delivery.state == DeliveryState.WAITING
    return DeliveryShown(
        delivery_id=delivery.name,
        event_id=delivery.event_id,
        kind=delivery.kind,
        channel=Channel(delivery.channel),
        contract_id=delivery.stream_id,
        recipient=delivery.masked_recipient,
        state=DeliveryState(delivery.state),
        attempts=delivery.attempts,
        created_at=from_microseconds(delivery.created_at),
        due_at=from_microseconds(delivery.due_at) if waits else None,
        sent_at=None if delivery.sent_at is None else from_microseconds(delivery.sent_at),
        error=delivery.masked_error,
    )

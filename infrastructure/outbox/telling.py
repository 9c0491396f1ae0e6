"""What became of a delivery, as a line in the program's log; never to whom it went."""

import logging

from infrastructure.outbox.deliveries import Delivery, State

_LOG = logging.getLogger("contractspoor.outbox")


def tell(delivery: Delivery) -> None:
    """Tell of a delivery after an attempt: at info, and at warning when it waits for a person."""
    level = logging.WARNING if delivery.state == State.DEAD else logging.INFO
    if not _LOG.isEnabledFor(level):
        return
    words = {State.SENT: "delivery sent", State.DEAD: "delivery dead: %s", State.WAITING: "delivery waits: %s"}
    told = {
        "correlation_id": delivery.correlation_id,
        "event_id": delivery.event_id,
        "kind": delivery.kind,
        "channel": delivery.channel,
        "attempts": delivery.attempts,
    }
    _LOG.log(level, words[State(delivery.state)], *[delivery.error] * (delivery.state != State.SENT), extra=told)

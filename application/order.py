"""The order around a command: who asks, on whose behalf, why, and under which id."""

from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from domain.history import Context
from domain.model import Frozen


class Order(NamedTuple):
    """Who gives a command.

    With ``delegated`` the actor, by person id, gives it as a delegate of the practice: the right to is looked up with
    the contract, and the signatory who granted it stands as the one on whose behalf.

    ``occurred_at`` is the instant of the act, now when absent; an earlier one needs a reason.

    The same ``command_id`` with the same command gives the same answer and changes nothing; with another command it
    is refused. With an ``expected_version`` it is carried out on no other version of its contract.

    ``handed_over_by`` is the feed of another portal in which the act was done, at the instant that this portal gave it.
    """

    actor: str
    command_id: str
    on_behalf_of: str | None = None
    reason: str | None = None
    occurred_at: datetime | None = None
    correlation_id: str | None = None
    causation_id: str | None = None
    expected_version: int | None = None
    delegated: bool = False
    handed_over_by: str | None = None


def digest(command: Frozen) -> str:
    """What tells one command's body from another's: the first half of its SHA-256, in hexadecimal.

    Defaults are left out, so that a field added later does not make an old command another one.
    """
    body = command.__pydantic_serializer__.to_json(command, exclude_defaults=True)
    return sha256(type(command).__name__.encode() + body).hexdigest()[:32]


def as_data(command: Frozen) -> dict[str, Any]:
    """A command as the envelope keeps it: its kind, and whatever is not by default."""
    return {**command.model_dump(mode="json", exclude_defaults=True), "kind": type(command).__name__}


class Untold(NamedTuple):
    """What a decision's own facts do not tell of it; see ``Context``."""

    command: dict[str, Any] | None = None
    acted_at: datetime | None = None
    decided_at: datetime | None = None
    earlier_contracts: dict[str, int] | None = None


NOTHING_UNTOLD = Untold()


def contexts(
    order: Order,
    command_digest: str,
    first_event: str,
    *,
    facts: int = 1,
    policy_position: int | None,
    provider_version: int | None,
    untold: Untold = NOTHING_UNTOLD,
) -> list[bytes]:
    """The stored contexts of the facts of one append, in their order; the first fact caused the others."""
    given = Context(
        actor=order.actor,
        on_behalf_of=order.on_behalf_of,
        command_id=order.command_id,
        command_digest=command_digest,
        correlation_id=order.correlation_id or order.command_id,
        causation_id=order.causation_id,
        reason=order.reason,
        policy_position=policy_position,
        provider_version=provider_version,
        handed_over_by=order.handed_over_by,
    )
    first = _stored(given if untold == NOTHING_UNTOLD else given.model_copy(update=untold._asdict()))
    if facts == 1:
        return [first]
    return [first, *[_stored(given.model_copy(update={"causation_id": first_event}))] * (facts - 1)]


def _stored(context: Context) -> bytes:
    return context.__pydantic_serializer__.to_json(context, exclude_none=True)

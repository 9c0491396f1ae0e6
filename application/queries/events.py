"""The facts of one contract as a reader sees them: what, when on both axes, by whom and why."""

from typing import Any

from application.contracting import Contracting
from application.queries.audience import open_history, restricted_of
from application.queries.horizon import Asked, fix_horizon
from domain.calendar import Instant, from_microseconds
from domain.contract.audience import Audience, open_explanation
from domain.contract.contract_id import ContractId
from domain.history import Context, Recorded
from domain.model import Frozen, added


class EventShown(Frozen):
    """One fact with its envelope; ``fact`` is its JSON."""

    event_id: str
    position: int
    version: int
    name: str
    occurred_at: Instant
    recorded_at: Instant
    fact: dict[str, Any]
    context: Context
    explanation: dict[str, Any] | None = None


class EventsAnswer(Frozen):
    """The facts recorded up to ``known_at``, in log order."""

    contract_id: str
    known_at: Instant
    position: int
    events: tuple[EventShown, ...]
    audience: Audience = added(Audience.PURCHASER)


def contract_events(
    contracting: Contracting, contract_id: ContractId, asked: Asked, audience: Audience = Audience.PURCHASER
) -> EventsAnswer:
    """The facts of a contract that were known at the instant asked; raises the errors of ``EventLog.horizon``."""
    log, facts = contracting.log_port, contracting.facts
    _, horizon = fix_horizon(log, contracting.clock, asked)
    recorded = facts.decode_all(log.read_streams([str(contract_id)], up_to=horizon.position))
    restricted = restricted_of(contracting, contract_id.purchaser, horizon.position)
    hides = audience is not Audience.PURCHASER
    shown = []
    for each in open_history(recorded, restricted) if hides else recorded:
        stored = log.explanation(each.stream_id, each.version)
        told = None if stored is None else facts.decode_explanation(stored)
        told = told if told is None or not hides else open_explanation(told, restricted)
        shown.append(event_shown(each, None if told is None else told.model_dump(mode="json")))
    return EventsAnswer(
        contract_id=str(contract_id),
        known_at=from_microseconds(horizon.known_at),
        position=horizon.position,
        events=tuple(shown),
        audience=audience,
    )


def event_shown(recorded: Recorded, explanation: dict[str, Any] | None = None) -> EventShown:
    """A fact with its envelope, as a reader sees it."""
    return EventShown(
        event_id=recorded.event_id,
        position=recorded.position,
        version=recorded.version,
        name=recorded.fact.stored_name,
        occurred_at=recorded.occurred_at,
        recorded_at=recorded.recorded_at,
        fact=recorded.fact.model_dump(mode="json"),
        context=recorded.envelope(),
        explanation=explanation,
    )

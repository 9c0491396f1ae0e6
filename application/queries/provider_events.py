"""The facts about one practice as a purchaser may see them: the register's, and this purchaser's own."""

from collections.abc import Mapping

from application.contracting import Contracting
from application.queries.events import EventShown, event_shown
from application.queries.horizon import Asked, fix_horizon
from domain.agb import AgbCode
from domain.calendar import Instant, from_microseconds
from domain.history import Fact, FactCorrected
from domain.model import Frozen
from domain.policy.document import PolicyDocument
from domain.policy.restricted_values import open_values
from domain.provider.facts import (
    IntegritySignalEnded,
    IntegritySignalled,
    PurchaserFact,
    ValuesRecorded,
    provider_stream,
)


class ProviderEventsAnswer(Frozen):
    """The facts recorded up to ``known_at``, in log order; without ``purchaser`` the register's alone.

    Doubts about integrity and restricted values are there only when the purchaser's reviewers ask (OD54).
    """

    agb: AgbCode
    purchaser: str | None
    known_at: Instant
    position: int
    events: tuple[EventShown, ...]


def provider_events(
    contracting: Contracting, agb: AgbCode, purchaser: str | None, asked: Asked, *, with_integrity: bool = False
) -> ProviderEventsAnswer:
    """The facts about a practice; ``with_integrity`` is for the purchaser's reviewers only.

    Raises the errors of ``EventLog.horizon``.
    """
    _, horizon = fix_horizon(contracting.log_port, contracting.clock, asked)
    contracting.policies.refresh()
    adopted = contracting.policies.adopted_by(horizon.position)
    documents = [each.document for each in adopted if each.document.purchaser.id == purchaser]
    rows = contracting.log_port.read_streams([provider_stream(agb)], up_to=horizon.position)
    history = contracting.facts.decode_all(rows)
    facts = {each.version: each.fact for each in history}
    shown = []
    for each in history:
        fact = _seen(each.fact, facts, purchaser)
        if fact is not None and not with_integrity:
            fact = _open(fact, facts, documents)
        if fact is not None:
            shown.append(_without_digest(event_shown(each._replace(fact=fact))))
    return ProviderEventsAnswer(
        agb=agb,
        purchaser=purchaser,
        known_at=from_microseconds(horizon.known_at),
        position=horizon.position,
        events=tuple(shown),
    )


def _without_digest(event: EventShown) -> EventShown:
    """Without the fingerprint of all that was entered at once: it may be another purchaser's, or hidden, too."""
    return event.model_copy(
        update={"context": event.context.model_copy(update={"command_digest": "", "command": None})}
    )


def _seen(fact: Fact, facts: Mapping[int, Fact], purchaser: str | None) -> Fact | None:
    """The fact, unless it is another purchaser's."""
    if isinstance(fact, FactCorrected):
        corrected = facts.get(fact.corrects)
        return None if corrected is None or _seen(corrected, facts, purchaser) is None else fact
    return None if isinstance(fact, PurchaserFact) and fact.purchaser != purchaser else fact


def _open(fact: Fact, facts: Mapping[int, Fact], documents: list[PolicyDocument]) -> Fact | None:
    """The fact as everybody at the purchaser may see it; nothing when it is for its reviewers alone."""
    if isinstance(fact, IntegritySignalled | IntegritySignalEnded):
        return None
    if isinstance(fact, ValuesRecorded):
        values = open_values(fact.values, documents)
        return fact.model_copy(update={"values": values}) if values else None
    if isinstance(fact, FactCorrected):
        corrected = facts[fact.corrects]
        whole = _open(corrected, facts, documents) == corrected
        read = None if fact.replacement is None else type(corrected).model_validate(fact.replacement)
        return fact if whole and (read is None or _open(read, facts, documents) == read) else None
    return fact

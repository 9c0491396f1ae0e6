"""What officers hear of one practice: load, decide, append."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import groupby

from application.mapper import FactMapper, NewFact
from application.ports import Clock, EventLog, Horizon, VersionConflict
from domain.agb import AgbCode
from domain.calendar import instant_text, local_day, to_microseconds
from domain.history import Context, Recorded
from domain.provider.commands import ProviderCommand
from domain.provider.decide import decide
from domain.provider.facts import NO_PURCHASER, ProviderFact, fold_provider, provider_stream
from domain.provider.provider import Provider
from domain.refusal import Refused

ATTEMPTS = 5
"""How often a command is decided anew when another writer was first."""


@dataclass(frozen=True, slots=True)
class ProviderOrder:
    """Who asks, and why; ``occurred_at`` is when the word arrived, the present when it is absent.

    The same ``command_id`` again changes nothing and gives the same answer; an earlier ``occurred_at`` needs a reason.
    """

    actor: str
    command_id: str
    reason: str | None = None
    on_behalf_of: str | None = None
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """The answer to an order: the facts that it brought, none when all was known, and the last version that it saw."""

    facts: tuple[ProviderFact, ...]
    version: int


class ProviderStreams:
    """The streams of providers in the log: facts out, facts in."""

    def __init__(self, log: EventLog, mapper: FactMapper, clock: Clock) -> None:
        self._log = log
        self._mapper = mapper
        self._clock = clock

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return self._clock.now()

    def history(self, agb: AgbCode, horizon: Horizon | None = None) -> list[Recorded]:
        """All facts of one practice, up to the position of ``horizon``; none when it is not known."""
        up_to = None if horizon is None else horizon.position
        return self._mapper.decode_all(self._log.read_streams([provider_stream(agb)], up_to=up_to))

    def histories(self, agbs: Sequence[AgbCode]) -> dict[AgbCode, list[Recorded]]:
        """The facts of up to 1,000 practices; who is not known is left out."""
        recorded = self._mapper.decode_all(self._log.read_streams([provider_stream(agb) for agb in agbs]))
        found = {stream_id: list(facts) for stream_id, facts in groupby(recorded, key=lambda each: each.stream_id)}
        return {agb: found[provider_stream(agb)] for agb in agbs if provider_stream(agb) in found}

    def append(self, facts: Sequence[NewFact]) -> None:
        """Write all in one commit, or none; raises ``VersionConflict`` when another writer was first."""
        if facts:
            self._log.append([self._mapper.encode(fact) for fact in facts], now=to_microseconds(self._clock.now()))


def new_facts(
    agb: AgbCode, seen: int, facts: Sequence[ProviderFact], context: Context, occurred_at: datetime
) -> list[NewFact]:
    """Facts for the stream of a practice after the version that was seen."""
    stored_context = context.__pydantic_serializer__.to_json(context, exclude_none=True)
    occurred = to_microseconds(occurred_at)
    return [
        NewFact(provider_stream(agb), version, fact, occurred, stored_context)
        for version, fact in enumerate(facts, start=seen + 1)
    ]


def known_provider(
    streams: ProviderStreams, agb: AgbCode, purchaser: str = NO_PURCHASER, horizon: Horizon | None = None
) -> Provider | None:
    """The practice as a purchaser knows it, with the knowledge of ``horizon`` or of now; nothing when it is unknown."""
    return fold_provider(streams.history(agb, horizon), purchaser)


def execute(
    streams: ProviderStreams, agb: AgbCode, command: ProviderCommand, order: ProviderOrder
) -> Entered | Refused:
    """Carry out an officer's command on one practice; a repeat changes nothing.

    Raises ``VersionConflict`` when other writers were first five times in a row.
    """
    now = streams.now()
    occurred_at = order.occurred_at or now
    digest = _digest(agb, command)
    refused = _refuse_instant(order, occurred_at, now)
    if refused is not None:
        return refused
    for attempt in range(1, ATTEMPTS + 1):
        history = streams.history(agb)
        repeated = _repeated(history, order.command_id, digest)
        if repeated is not None:
            return repeated
        provider = fold_provider(history, command.purchaser)
        decided = decide(command, provider, local_day(occurred_at), order.reason)
        if isinstance(decided, Refused):
            return decided
        context = Context(
            actor=order.actor,
            on_behalf_of=order.on_behalf_of,
            command_id=order.command_id,
            command_digest=digest,
            correlation_id=order.command_id,
            reason=order.reason,
            provider_version=len(history),
        )
        try:
            streams.append(new_facts(agb, len(history), decided, context, occurred_at))
        except VersionConflict:
            if attempt == ATTEMPTS:
                raise
            continue
        return Entered(tuple(decided), len(history) + len(decided))
    raise AssertionError("the last attempt answers or raises")


def _digest(agb: AgbCode, command: ProviderCommand) -> str:
    return sha256(f"{agb} {command.model_dump_json()}".encode()).hexdigest()


def _refuse_instant(order: ProviderOrder, occurred_at: datetime, now: datetime) -> Refused | None:
    if occurred_at > now:
        return Refused(
            "OCCURRED_IN_FUTURE", f"nothing can have happened at {instant_text(occurred_at)}: it is {instant_text(now)}"
        )
    if occurred_at < now and not (order.reason or "").strip():
        return Refused("REASON_MISSING", "an earlier instant than the present needs a reason: say how it is known")
    return None


def _repeated(history: Sequence[Recorded], command_id: str, digest: str) -> Entered | Refused | None:
    """The answer that this command id got before, rebuilt from its facts."""
    earlier = [recorded for recorded in history if recorded.envelope().command_id == command_id]
    if not earlier:
        return None
    if earlier[0].envelope().command_digest != digest:
        return Refused(
            "COMMAND_ID_REUSED", f"the command id {command_id!r} was used for another command; choose a new one"
        )
    facts = tuple(recorded.fact for recorded in earlier if isinstance(recorded.fact, ProviderFact))
    return Entered(facts, earlier[-1].version)

"""What officers hear of one practice: load, decide, append."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import groupby

from application.mapper import FactMapper, NewFact
from application.order import Order, contexts, digest
from application.ports import Clock, EventLog, Horizon, VersionConflict
from application.watch import UNWATCHED, Watch
from domain.agb import AgbCode
from domain.calendar import instant_text, local_day, to_microseconds
from domain.history import FactCorrected, Recorded
from domain.provider.commands import CorrectProviderFact, DelegationCommand, ProviderCommand
from domain.provider.corrections import correct_provider_fact
from domain.provider.decide import decide
from domain.provider.delegation import delegate
from domain.provider.facts import NO_PURCHASER, ProviderFact, fold_provider, provider_stream
from domain.provider.provider import Provider
from domain.refusal import Refused, RefusedError

ATTEMPTS = 5
"""How often a command is decided anew when another writer was first."""


@dataclass(frozen=True, slots=True)
class Entered:
    """The answer to an order: the facts that it brought, none when all was known, and the last version that it saw.

    ``repeated`` tells that its command id was answered before.
    """

    facts: tuple[ProviderFact | FactCorrected, ...]
    version: int
    repeated: bool = field(default=False, compare=False)


class ProviderStreams:
    """The streams of providers in the log: facts out, facts in."""

    def __init__(self, log: EventLog, mapper: FactMapper, clock: Clock, watch: Watch = UNWATCHED) -> None:
        self._log = log
        self._mapper = mapper
        self._clock = clock
        self.watch = watch

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
    agb: AgbCode,
    seen: int,
    facts: Sequence[ProviderFact | FactCorrected],
    order: Order,
    command_digest: str,
    occurred_at: datetime,
) -> list[NewFact]:
    """Facts for the stream of a practice after the version that was seen; the first one caused the others."""
    stream_id = provider_stream(agb)
    if not facts:
        return []
    told = contexts(
        order,
        command_digest,
        f"{stream_id}@{seen + 1}",
        facts=len(facts),
        policy_position=None,
        provider_version=seen,
    )
    occurred = to_microseconds(occurred_at)
    return [
        NewFact(stream_id, seen + number, fact, occurred, context)
        for number, (fact, context) in enumerate(zip(facts, told, strict=True), start=1)
    ]


def known_provider(
    streams: ProviderStreams, agb: AgbCode, purchaser: str = NO_PURCHASER, horizon: Horizon | None = None
) -> Provider | None:
    """The practice as a purchaser knows it, with the knowledge of ``horizon`` or of now; nothing when it is unknown."""
    return fold_provider(streams.history(agb, horizon), purchaser)


def execute(
    streams: ProviderStreams, agb: AgbCode, command: ProviderCommand | DelegationCommand, order: Order
) -> Entered:
    """Carry out an officer's command on one practice, or a signatory's; a repeat changes nothing.

    Raises ``RefusedError`` when a rule forbids it, and then stores nothing; ``VersionConflict`` when other writers were
    first five times in a row.
    """
    work = partial(_execute, streams, agb, command, order)
    return streams.watch.over(provider_stream(agb), command, order, work)


def _execute(
    streams: ProviderStreams, agb: AgbCode, command: ProviderCommand | DelegationCommand, order: Order
) -> Entered:
    now = streams.now()
    occurred_at = order.occurred_at or now
    body = digest(command)
    _check_instant(order, occurred_at, now)
    if isinstance(command, DelegationCommand) and occurred_at != now:
        message = "who acts for a practice is said at once, never for an earlier instant; leave occurred_at out"
        raise RefusedError(Refused("NEVER_BACKDATED", message))
    for _ in range(ATTEMPTS):
        history = streams.history(agb)
        repeated = _repeated(history, order.command_id, body)
        if repeated is not None:
            return repeated
        decided = decide_command(command, history, occurred_at, now, order.reason)
        if isinstance(decided, Refused):
            raise RefusedError(decided)
        try:
            streams.append(new_facts(agb, len(history), decided, order, body, occurred_at))
        except VersionConflict:
            continue
        return Entered(tuple(decided), len(history) + len(decided))
    raise VersionConflict(f"{provider_stream(agb)} was changed by others {ATTEMPTS} times in a row; try again")


def decide_command(
    command: ProviderCommand | DelegationCommand,
    history: Sequence[Recorded],
    occurred_at: datetime,
    now: datetime,
    reason: str | None,
) -> Sequence[ProviderFact | FactCorrected] | Refused:
    """What a command brings after the facts of a practice's stream; it occurred at an instant, and is decided now."""
    if isinstance(command, CorrectProviderFact):
        return correct_provider_fact(command, history, now, reason)
    if isinstance(command, DelegationCommand):
        return delegate(command, fold_provider(history), local_day(occurred_at))
    return decide(command, fold_provider(history, command.purchaser), local_day(occurred_at), reason)


def _check_instant(order: Order, occurred_at: datetime, now: datetime) -> None:
    if occurred_at > now:
        message = f"nothing can have happened at {instant_text(occurred_at)}: it is {instant_text(now)}"
        raise RefusedError(Refused("OCCURRED_IN_FUTURE", message))
    if occurred_at < now and not (order.reason or "").strip():
        message = "an earlier instant than the present needs a reason: say how it is known"
        raise RefusedError(Refused("REASON_MISSING", message))


def _repeated(history: Sequence[Recorded], command_id: str, body: str) -> Entered | None:
    """The answer that this command id got before, rebuilt from its facts."""
    envelopes = [(recorded, recorded.envelope()) for recorded in history]
    earlier = [(recorded, context) for recorded, context in envelopes if context.command_id == command_id]
    if not earlier:
        return None
    if earlier[0][1].command_digest != body:
        message = f"the command id {command_id!r} was used for another command; choose a new one"
        raise RefusedError(Refused("COMMAND_ID_REUSED", message))
    facts = tuple(recorded.fact for recorded, _ in earlier if isinstance(recorded.fact, ProviderFact | FactCorrected))
    return Entered(facts, earlier[-1][0].version, repeated=True)

"""Why something was recorded: the chain of causes up to a command, and from there down to every consequence."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from application.audit.subject import AdoptedPolicies, subject_of
from application.contracting import Contracting
from application.ports import AuditIndex, Deliveries, Row, ToldOf
from application.queries.horizon import Asked, fix_horizon
from application.round_log import batch_of
from domain.calendar import Instant, from_microseconds
from domain.history import Context, Recorded
from domain.model import Frozen, added
from domain.refusal import Refused, RefusedError
from domain.round.facts import ROUNDS, RoundStarted

SHOWN = 20
"""Consequences of one event that are shown unless somebody asks for more; the others are counted."""
_AT_ONCE = 1_000
_CAUSE = re.compile(rb'"causation_id":"((?:[^"\\\\]|\\\\.)*)"')


class WhyCommand(Frozen):
    """Who asked for the first event of the chain, and why: a person, or a tick where ``by_itself``."""

    actor: str
    on_behalf_of: str | None
    command_id: str
    reason: str | None
    by_itself: bool


class WhyDelivery(Frozen):
    """A letter or webhook that an event caused, as it stands now, without a whole e-mail address."""

    delivery_id: str
    kind: str
    channel: str
    recipient: str
    state: str


class WhyEvent(Frozen):
    """An event with what was told of it and its consequences; ``asked`` marks the one that was asked about.

    ``more`` counts the consequences that are not shown.
    """

    event_id: str
    position: int
    name: str
    occurred_at: Instant
    recorded_at: Instant
    actor: str
    policy_id: str | None
    asked: bool = False
    deliveries: tuple[WhyDelivery, ...] = added(())
    consequences: tuple["WhyEvent", ...] = ()
    more: int = 0


class WhyAnswer(Frozen):
    """From the command to every consequence known; ``course`` is the round, import or batch that the command was in."""

    event_id: str
    known_at: Instant
    position: int
    command: WhyCommand
    course: str | None
    root: WhyEvent


class WhyAsked(NamedTuple):
    """The event, whose facts may be seen (none: everybody's), and how many consequences of each event are shown."""

    event_id: str
    purchaser: str | None = None
    shown: int = SHOWN


def audit_why(
    contracting: Contracting,
    index: AuditIndex | None,
    wanted: WhyAsked,
    asked: Asked,
    deliveries: Deliveries | None = None,
) -> WhyAnswer:
    """The tree of causes around an event, as known at an instant, with the ``deliveries`` as they stand now.

    Raises ``RefusedError`` when there is no such event, or it is another purchaser's, and the errors of
    ``EventLog.horizon``.
    """
    _, horizon = fix_horizon(contracting.log_port, contracting.clock, asked)
    causes = _Causes(contracting, index, wanted, horizon.position)
    event = causes.event(wanted.event_id)
    if event is None:
        raise RefusedError(Refused("EVENT_UNKNOWN", f"the log has no event {wanted.event_id}, as known then"))
    if not causes.visible(event):
        message = f"{wanted.event_id} is of another purchaser than {wanted.purchaser}"
        raise RefusedError(Refused("OF_ANOTHER_PURCHASER", message))
    chain = list(causes.chain(event))
    first = chain[-1].envelope()
    root = causes.tree(chain[-1], {each.event_id for each in chain})
    if deliveries is not None:
        root = _with_deliveries(root, deliveries, wanted.purchaser)
    return WhyAnswer(
        event_id=wanted.event_id,
        known_at=from_microseconds(horizon.known_at),
        position=horizon.position,
        command=WhyCommand(
            actor=first.actor,
            on_behalf_of=first.on_behalf_of,
            command_id=first.command_id,
            reason=first.reason,
            by_itself=first.command_id.startswith(("tick/", "registry/")),
        ),
        course=None if first.correlation_id == first.command_id else first.correlation_id,
        root=root,
    )


class _Causes:
    """Follows causes up and consequences down, as far as a purchaser may see and the log was known."""

    def __init__(self, contracting: Contracting, index: AuditIndex | None, wanted: WhyAsked, up_to: int) -> None:
        self._log, self._facts = contracting.log_port, contracting.facts
        self._index = index
        self._wanted = wanted
        self._up_to = up_to
        self._policies = AdoptedPolicies.of(contracting.policies)
        self._streams: dict[str, list[Recorded]] = {}
        self._named: dict[str, list[Row]] | None = None

    def event(self, event_id: str) -> Recorded | None:
        """An event by its name."""
        stream_id, _, version = event_id.rpartition("@")
        if not stream_id or not version.isdecimal():
            return None
        return next((each for each in self._stream(stream_id) if each.version == int(version)), None)

    def visible(self, recorded: Recorded) -> bool:
        """Whether the purchaser may see it."""
        owner = subject_of(recorded.stream_id, recorded.fact, self._policies.purchaser_of).purchaser
        return self._wanted.purchaser is None or owner in (None, self._wanted.purchaser)

    def chain(self, event: Recorded) -> Iterator[Recorded]:
        """The event, its cause, the cause of that, up to what a command brought."""
        seen: set[str] = set()
        found: Recorded | None = event
        while found is not None and found.event_id not in seen and self.visible(found):
            seen.add(found.event_id)
            yield found
            found = self._cause(found)

    def tree(self, event: Recorded, kept: set[str]) -> WhyEvent:
        """The event with its consequences; those in ``kept`` are shown whatever their number."""
        children = [each for each in self._consequences(event) if self.visible(each)]
        shown = [each for n, each in enumerate(children) if n < self._wanted.shown or each.event_id in kept]
        context = event.envelope()
        return WhyEvent(
            event_id=event.event_id,
            position=event.position,
            name=event.fact.stored_name,
            occurred_at=event.occurred_at,
            recorded_at=event.recorded_at,
            actor=context.actor,
            policy_id=self._policies.policy_of(event, context),
            asked=event.event_id == self._wanted.event_id,
            consequences=tuple(self.tree(each, kept) for each in shown),
            more=len(children) - len(shown),
        )

    def _cause(self, event: Recorded) -> Recorded | None:
        context = event.envelope()
        if context.causation_id is not None:
            return self.event(context.causation_id)
        return self._start_of_round(event, context)

    def _start_of_round(self, event: Recorded, context: Context) -> Recorded | None:
        """What began the run of a round in the course of which something was recorded."""
        if not context.correlation_id.startswith(ROUNDS) or isinstance(event.fact, RoundStarted):
            return None
        stream, _, run = context.correlation_id.partition(".")
        number = int(run) if run.isdecimal() else 1
        starts = (each for each in self._stream(stream) if isinstance(each.fact, RoundStarted))
        return next((each for each in starts if each.fact.run == number), None)  # type: ignore[attr-defined]

    def _consequences(self, event: Recorded) -> list[Recorded]:
        """What names the event as its cause, and of the start of a round all that it began, in log order."""
        own = [each for each in self._stream(event.stream_id) if _caused(each, event)]
        found = {each.position: each for each in (*own, *self._elsewhere(event))}
        return [found[position] for position in sorted(found)]

    def _elsewhere(self, event: Recorded) -> Iterator[Recorded]:
        batch = batch_of(event.fact) if isinstance(event.fact, RoundStarted) else None
        if self._index is None:
            yield from self._scanned(event, batch)
            return
        yield from self._read(self._index.caused_by(event.event_id, up_to=self._up_to))
        after = event.position
        while batch is not None and (
            positions := self._index.correlated(batch, after=after, up_to=self._up_to, limit=_AT_ONCE)
        ):
            after = positions[-1]
            yield from (each for each in self._read(positions) if each.envelope().causation_id is None)

    def _scanned(self, event: Recorded, batch: str | None) -> Iterator[Recorded]:
        """Without an index the log is read once for all causes that stand in another stream."""
        if self._named is None:
            self._named = {}
            for row in self._rows(0):
                cause = _CAUSE.search(row.context)
                if cause is not None and cause[1].rpartition(b"@")[0] != row.originator_id.encode():
                    self._named.setdefault(json.loads(b'"' + cause[1] + b'"'), []).append(row)
        yield from self._facts.decode_all(self._named.get(event.event_id, []))
        if batch is not None:
            named = [row for row in self._rows(event.position) if batch.encode() in row.context]
            for recorded in self._facts.decode_all(named):
                context = recorded.envelope()
                if context.causation_id is None and context.correlation_id == batch:
                    yield recorded

    def _rows(self, after: int) -> Iterator[Row]:
        while rows := self._log.rows_after(after, up_to=self._up_to):
            after = rows[-1].position
            yield from rows

    def _read(self, positions: Sequence[int]) -> list[Recorded]:
        found: list[Recorded] = []
        for first in range(0, len(positions), _AT_ONCE):
            found += self._facts.decode_all(self._log.rows_at(positions[first : first + _AT_ONCE]))
        return found

    def _stream(self, stream_id: str) -> list[Recorded]:
        if stream_id not in self._streams:
            rows = self._log.read_streams([stream_id], up_to=self._up_to)
            self._streams[stream_id] = self._facts.decode_all(rows)
        return self._streams[stream_id]


def _with_deliveries(root: WhyEvent, deliveries: Deliveries, purchaser: str | None) -> WhyEvent:
    """The tree with what each event that it shows caused to leave."""
    found: dict[int, list[WhyDelivery]] = {}
    for told in deliveries.caused_by(sorted(_positions(root)), purchaser):
        found.setdefault(told.position, []).append(_delivery(told))

    def told_of(event: WhyEvent) -> WhyEvent:
        below = tuple(map(told_of, event.consequences))
        return event.model_copy(update={"deliveries": tuple(found.get(event.position, ())), "consequences": below})

    return told_of(root)


def _positions(event: WhyEvent) -> Iterator[int]:
    yield event.position
    for each in event.consequences:
        yield from _positions(each)


def _delivery(told: ToldOf) -> WhyDelivery:
    return WhyDelivery(
        delivery_id=told.delivery_id,
        kind=told.kind,
        channel=told.channel,
        recipient=told.recipient,
        state=told.state,
    )


def _caused(recorded: Recorded, event: Recorded) -> bool:
    return recorded.version > event.version and recorded.envelope().causation_id == event.event_id

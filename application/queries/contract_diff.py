"""What two answers about one contract differ in, on either axis, and which facts made the difference."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from pydantic import model_validator

from application.contracting import Contracting
from application.ports import Horizon
from application.queries.audience import open_history, restricted_of
from application.queries.contract_answer import ContractAnswer, Knowledge
from application.queries.difference import Change, changes
from application.queries.horizon import Asked, fix_horizon
from application.queries.time_travel import TimeTravel
from domain.calendar import MICROSECOND, Instant, from_microseconds, local_day, next_day
from domain.contract.audience import Audience
from domain.contract.contract import fold
from domain.contract.contract_id import ContractId
from domain.contract.facts import (
    ContractCarriedOver,
    ContractOffered,
    ContractTerminated,
    ModuleEnded,
    ModuleGranted,
    ModuleLapsed,
    ModuleRetested,
    Signed,
    TermExtended,
    TierAssigned,
)
from domain.history import FactCorrected, Recorded, effective
from domain.model import Frozen
from domain.policy.adoption import PolicyAdopted, policy_stream
from domain.provider.facts import (
    IntegritySignalEnded,
    IntegritySignalled,
    PurchaserFact,
    RegisterFact,
    ValuesRecorded,
    provider_stream,
)

ECHOED = {("effective_on",), ("known_at",), ("position",), ("procedure", "judged_at")}
"""Fields that repeat what was asked: no fact makes them differ."""

OF_REVIEWERS = (IntegritySignalled, IntegritySignalEnded, ValuesRecorded)
"""What a purchaser records of a practice for its own people."""


class Axis(StrEnum):
    """Along which of the two dates an answer is compared with another."""

    EFFECTIVE = "effective"
    KNOWN = "known"


class Compared(Frozen):
    """What is compared: ``before`` with ``after``, days on the effective axis, instants or days on that of knowledge.

    An end that is absent is now.
    """

    axis: Axis
    before: datetime | date | None
    after: datetime | date | None

    @model_validator(mode="after")
    def _days_on_the_effective_axis(self) -> "Compared":
        instants = isinstance(self.before, datetime) or isinstance(self.after, datetime)
        if instants and self.axis is Axis.EFFECTIVE:
            raise ValueError("an instant belongs to the axis of knowledge; name days, such as 2025-03-15")
        return self


class DiffEnd(Frozen):
    """One of the two questions, as its answer echoes it."""

    effective_on: date
    known_at: Instant
    position: int


class ChangeMade(Change):
    """A field that differs; ``because`` names the facts, none where a deadline passed or a day came by itself."""

    because: tuple[str, ...] = ()


class EventBehind(Frozen):
    """A fact that made a difference, and who recorded it."""

    event_id: str
    position: int
    name: str
    occurred_at: Instant
    recorded_at: Instant
    actor: str
    on_behalf_of: str | None = None
    reason: str | None = None


class DiffAnswer(Frozen):
    """From the answer to ``before`` to that to ``after``; ``events`` are all that ``changes`` name, in log order.

    ``knowledge`` is ``not_known_yet`` when the log could answer neither question.
    """

    tzdata: str
    contract_id: str
    axis: Axis
    before: DiffEnd
    after: DiffEnd
    knowledge: Knowledge
    changes: tuple[ChangeMade, ...]
    events: tuple[EventBehind, ...]


class _Step(NamedTuple):
    """Facts that come to count together, and the two questions between which they do."""

    events: Sequence[Recorded]
    before: DiffEnd
    after: DiffEnd


def contract_diff(
    contracting: Contracting,
    questions: TimeTravel,
    contract_id: ContractId,
    compared: Compared,
    asked: Asked,
    audience: Audience = Audience.PURCHASER,
) -> DiffAnswer:
    """The difference between two answers; raises what ``TimeTravel.contract`` raises of either.

    ``asked`` is what both have in common: the day for the axis of knowledge, what is known for the other.
    """
    before, after = _ends(contracting, compared, asked)
    comparing = _Comparing(contracting, questions, contract_id, audience)
    old, new = comparing.answer(before), comparing.answer(after)
    differing = list(changes(old.model_dump(mode="json"), new.model_dump(mode="json")))
    steps = comparing.steps(compared.axis, before, after) if differing else ()
    made = [(each.events, comparing.paths(each)) for each in steps]
    found = [ChangeMade(**dict(each)) if each.path in ECHOED else _made(each, made) for each in differing]
    named = {event_id for each in found for event_id in each.because}
    events = {each.event_id: each for of_step, _ in made for each in of_step if each.event_id in named}
    neither = old.knowledge is new.knowledge is Knowledge.NOT_KNOWN_YET
    return DiffAnswer(
        tzdata=old.tzdata,
        contract_id=str(contract_id),
        axis=compared.axis,
        before=before,
        after=after,
        knowledge=Knowledge.NOT_KNOWN_YET if neither else Knowledge.KNOWN,
        changes=tuple(found),
        events=tuple(map(_behind, sorted(events.values(), key=lambda each: each.position))),
    )


def _ends(contracting: Contracting, compared: Compared, asked: Asked) -> tuple[DiffEnd, DiffEnd]:
    """Both questions, fixed so that they can be asked again."""
    log, clock = contracting.log_port, contracting.clock
    if compared.axis is Axis.KNOWN:
        day = asked.effective_on or local_day(clock.now())
        known = (fix_horizon(log, clock, Asked(known_at=each))[1] for each in (compared.before, compared.after))
        first, second = (_end(day, horizon) for horizon in known)
        return first, second
    today, horizon = fix_horizon(log, clock, asked.model_copy(update={"effective_on": None}))
    return _end(compared.before or today, horizon), _end(compared.after or today, horizon)


def _end(day: date, horizon: Horizon) -> DiffEnd:
    return DiffEnd(effective_on=day, known_at=from_microseconds(horizon.known_at), position=horizon.position)


class _Comparing:
    """Finds the facts that came to count between two questions, and what changed with each."""

    def __init__(
        self, contracting: Contracting, questions: TimeTravel, contract_id: ContractId, audience: Audience
    ) -> None:
        self._contracting = contracting
        self._questions = questions
        self._contract_id = contract_id
        self._audience = audience

    def answer(self, end: DiffEnd) -> ContractAnswer:
        """The answer to one of the questions."""
        asked = Asked(effective_on=end.effective_on, known_at=end.known_at, position=end.position)
        return self._questions.contract(self._contract_id, asked, self._audience)

    def paths(self, step: _Step) -> list[tuple[str, ...]]:
        """The fields that change in a step."""
        old, new = (self.answer(each).model_dump(mode="json") for each in (step.before, step.after))
        return [each.path for each in changes(old, new)]

    def steps(self, axis: Axis, before: DiffEnd, after: DiffEnd) -> Iterator[_Step]:
        """The steps from the earlier question to the later one, whichever of them was asked about first."""
        if axis is Axis.KNOWN:
            low, high = sorted((before, after), key=lambda each: each.position)
            return self._recorded_between(low, high)
        low, high = sorted((before, after), key=lambda each: each.effective_on)
        return self._counting_between(low, high)

    def _recorded_between(self, low: DiffEnd, high: DiffEnd) -> Iterator[_Step]:
        """Commit by commit."""
        recorded = [each for each in self._facts(high.position) if each.position > low.position]
        for instant, commit in groupby(recorded, key=lambda each: each.recorded_at):
            known = (self._horizon(each) for each in (instant - MICROSECOND, instant))
            first, second = (_end(low.effective_on, each) for each in known)
            yield _Step(tuple(commit), max(low, first, key=lambda each: each.known_at), second)

    def _counting_between(self, low: DiffEnd, high: DiffEnd) -> Iterator[_Step]:
        """Day by day, where a fact happened or comes to count on one."""
        of_day: dict[date, list[Recorded]] = {}
        facts = self._facts(low.position)
        for recorded in facts:
            for day in self._days(recorded, facts):
                of_day.setdefault(day, []).append(recorded)
        for day, events in sorted(of_day.items()):
            if low.effective_on < day <= high.effective_on:
                ends = (low.model_copy(update={"effective_on": each}) for each in (day - timedelta(days=1), day))
                yield _Step(events, *ends)

    def _facts(self, up_to: int) -> list[Recorded]:
        """What the contract's answers rest on, in log order: its own facts, its practice's, the adopted policies."""
        contracting, agb = self._contracting, self._contract_id.agb
        policies = contracting.policies.governing(self._contract_id, up_to=up_to)
        streams = [str(self._contract_id), provider_stream(agb)]
        streams += {policy_stream(each.document.id) for each in policies.versions}
        found = contracting.facts.decode_all(contracting.log_port.read_streams(streams, up_to=up_to))
        if self._audience is not Audience.PURCHASER:
            restricted = restricted_of(contracting, self._contract_id.purchaser, up_to)
            own = [each for each in found if each.stream_id == streams[0]]
            found = [*open_history(own, restricted), *(each for each in found if each.stream_id != streams[0])]
        return sorted((each for each in found if self._is_seen(each)), key=lambda each: each.position)

    def _is_seen(self, recorded: Recorded) -> bool:
        """Whether it is no fact of another purchaser, and none that only the purchaser's own people may see."""
        fact = recorded.fact
        if self._audience is not Audience.PURCHASER and isinstance(fact, OF_REVIEWERS):
            return False
        return not isinstance(fact, PurchaserFact) or fact.purchaser == self._contract_id.purchaser

    def _horizon(self, instant: datetime) -> Horizon:
        return fix_horizon(self._contracting.log_port, self._contracting.clock, Asked(known_at=instant))[1]

    def _days(self, recorded: Recorded, facts: Sequence[Recorded]) -> set[date]:
        """The days on which a fact, as it reads after its corrections, may change an answer."""
        if recorded.stream_id != str(self._contract_id):
            return set(_days_elsewhere(recorded))
        own = [each for each in facts if each.stream_id == recorded.stream_id]
        if isinstance(recorded.fact, FactCorrected):
            target = [each for each in effective(own) if each.version == recorded.fact.corrects]
        else:
            target = [each for each in effective(own) if each.version == recorded.version]
        return {day for each in target for day in _counts_on(each, own)}


def _days_elsewhere(recorded: Recorded) -> Iterator[date]:
    """The days on which a policy comes into force, or a membership in the register begins or has ended."""
    if isinstance(recorded.fact, RegisterFact):
        for professional in recorded.fact.record.professionals:
            for dated in (professional, *professional.memberships):
                yield dated.valid_from
                if dated.valid_to is not None and dated.valid_to < date.max:
                    yield next_day(dated.valid_to)
    elif isinstance(recorded.fact, PolicyAdopted):
        yield local_day(recorded.occurred_at)


def _counts_on(recorded: Recorded, history: Sequence[Recorded]) -> Iterator[date]:
    fact = recorded.fact
    yield local_day(recorded.occurred_at)
    match fact:
        case TierAssigned():
            yield fact.effective_on
        case ContractOffered():
            yield next_day(fact.last_signing_day)
        case TermExtended():
            yield next_day(fact.end)
        case ModuleGranted():
            yield from (fact.term.start, *(() if fact.term.end is None else (next_day(fact.term.end),)))
        case ModuleRetested() | ModuleEnded() | ModuleLapsed():
            yield from () if fact.last_day is None else (next_day(fact.last_day),)
        case ContractTerminated():
            yield next_day(fact.last_day)
        case Signed() | ContractCarriedOver():
            term = fold([each for each in history if each.version <= recorded.version]).term
            yield from () if term is None else (term.start, *(() if term.end is None else (next_day(term.end),)))
        case _:
            pass


def _made(change: Change, steps: Sequence[tuple[Sequence[Recorded], list[tuple[str, ...]]]]) -> ChangeMade:
    """A change with the facts of every step in which its field changed, or a part of it, or what it is a part of."""
    because = [
        each.event_id
        for events, paths in steps
        if any(change.path[: len(path)] == path or path[: len(change.path)] == change.path for path in paths)
        for each in events
    ]
    return ChangeMade(**dict(change), because=tuple(dict.fromkeys(because)))


def _behind(recorded: Recorded) -> EventBehind:
    context = recorded.envelope()
    return EventBehind(
        event_id=recorded.event_id,
        position=recorded.position,
        name=recorded.fact.stored_name,
        occurred_at=recorded.occurred_at,
        recorded_at=recorded.recorded_at,
        actor=context.actor,
        on_behalf_of=context.on_behalf_of,
        reason=context.reason,
    )

"""What a round records of itself, so that an interrupted one is known and goes on under the same ids."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from application.contracting import Contracting
from application.mapper import NewFact
from application.order import Order, contexts, digest
from application.ports import VersionConflict
from domain.calendar import to_microseconds
from domain.care_type import CareType
from domain.history import Recorded
from domain.round.facts import RoundCounts, RoundFact, RoundFinished, RoundStarted, round_stream

ATTEMPTS = 5


class RunKey(NamedTuple):
    """One run of a round: the policy, the local day, the care types, and which run of that day it is."""

    policy_id: str
    day: date
    care_types: tuple[CareType, ...]
    run: int = 1
    resumed: bool = False

    @property
    def stream(self) -> str:
        """The stream of the day's rounds."""
        return round_stream(self.policy_id, self.day)

    @property
    def batch(self) -> str:
        """What all facts of the run have in common: ``round/caresq-2025/2024-09-16``, ``...-16.2`` for a second run."""
        return self.stream if self.run == 1 else f"{self.stream}.{self.run}"


class Run(NamedTuple):
    """One run as its stream tells it; without ``finished_at`` it was interrupted, or still goes on."""

    started: RoundStarted
    started_at: datetime
    actor: str
    finished_at: datetime | None
    counts: Mapping[CareType, RoundCounts]


class RoundLog:
    """The stream of a day's rounds: load, decide, append.

    The start of a run carries the ``correlation_id`` of what asked for it; all else carries that of the run, so that
    the one leads to the other.
    """

    def __init__(
        self, contracting: Contracting, actor: str, reason: str | None, correlation_id: str | None = None
    ) -> None:
        self._contracting = contracting
        self._actor = actor
        self._reason = reason
        self._correlation_id = correlation_id

    def begin(self, asked: RunKey, occurred_at: datetime | None, *, store: bool) -> RunKey:
        """The run that goes on, the unfinished one over the same care types, or a new one that is now recorded."""
        for _ in range(ATTEMPTS):
            history = self._history(asked)
            runs = runs_of(history)
            for run in runs:
                if run.finished_at is None and run.started.care_types == asked.care_types:
                    return asked._replace(run=run.started.run, resumed=True)
            key = asked._replace(run=len(runs) + 1)
            if not store:
                return key
            started = RoundStarted(policy_id=key.policy_id, day=key.day, run=key.run, care_types=key.care_types)
            try:
                self._append(key, len(history), "start", started, occurred_at, self._correlation_id)
            except VersionConflict:
                continue
            return key
        raise VersionConflict(f"{asked.stream} was changed by others {ATTEMPTS} times in a row; try again")

    def finish(self, key: RunKey, counts: dict[CareType, RoundCounts]) -> None:
        """Record that the run went over every practice; once, also when two processes held it together."""
        for _ in range(ATTEMPTS):
            history = self._history(key)
            if any(run.started.run == key.run and run.finished_at is not None for run in runs_of(history)):
                return
            try:
                self._append(key, len(history), "finish", RoundFinished(run=key.run, counts=counts), None)
            except VersionConflict:
                continue
            return
        raise VersionConflict(f"{key.stream} was changed by others {ATTEMPTS} times in a row; try again")

    def _history(self, key: RunKey) -> list[Recorded]:
        return self._contracting.facts.decode_all(self._contracting.log_port.read([(key.stream, 0)]))

    def _append(
        self,
        key: RunKey,
        seen: int,
        step: str,
        fact: RoundFact,
        occurred_at: datetime | None,
        correlation_id: str | None = None,
    ) -> None:
        order = Order(
            self._actor, f"{key.batch}/{step}", reason=self._reason, correlation_id=correlation_id or key.batch
        )
        [context] = contexts(order, digest(fact), key.stream, policy_position=None, provider_version=None)
        instant = to_microseconds(occurred_at or self._contracting.clock.now())
        self._contracting.save(NewFact(key.stream, seen + 1, fact, instant, context))


def batch_of(started: RoundStarted) -> str:
    """The correlation id of all that a run recorded after its start."""
    return RunKey(started.policy_id, started.day, started.care_types, started.run).batch


def runs_of(history: Sequence[Recorded]) -> list[Run]:
    """The runs that one stream tells of, in order."""
    runs: dict[int, Run] = {}
    for recorded in history:
        fact = recorded.fact
        if isinstance(fact, RoundStarted):
            runs[fact.run] = Run(fact, recorded.occurred_at, recorded.envelope().actor, None, {})
        elif isinstance(fact, RoundFinished) and fact.run in runs:
            runs[fact.run] = runs[fact.run]._replace(finished_at=recorded.recorded_at, counts=fact.counts)
    return list(runs.values())

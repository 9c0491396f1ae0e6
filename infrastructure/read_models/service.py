"""The read models of a system: asked for by queries, kept up by a runner, tended by an operator."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from threading import Event
from typing import NamedTuple

from sqlalchemy import Connection

from application.mapper import FactMapper
from application.policy_library import PolicyLibrary
from application.ports import Clock, EventLogError, ProgressReport, ReadModelBehind, ReadModelStopped
from domain.calendar import from_microseconds, to_microseconds
from infrastructure.persistence.errors import storage_errors
from infrastructure.persistence.recorder import LogRecorder
from infrastructure.read_models import state
from infrastructure.read_models.batches import BatchReader
from infrastructure.read_models.model import ReadModel
from infrastructure.read_models.rebuild import Rebuild
from infrastructure.read_models.runner import CaughtUp, Runner, outdated
from infrastructure.read_models.state import Fault, Standing
from infrastructure.read_models.verify import Verified, verify
from infrastructure.read_models.waiting import Waiting


class UnknownReadModel(EventLogError):
    """There is no read model of that name."""


class Condition(StrEnum):
    """How a model is."""

    NOT_BEGUN = "not_begun"
    UP_TO_DATE = "up_to_date"
    BEHIND = "behind"
    STOPPED = "stopped"
    OUTDATED = "outdated"


class ModelStatus(NamedTuple):
    """A model as an operator sees it.

    ``lag_seconds`` is how long ago the first event was recorded that it has not applied; ``events_per_second`` how
    fast it was when it last moved, at ``moved_at`` (UTC). ``stored_version`` is that of its tables.
    """

    name: str
    version: int
    stored_version: int | None
    condition: Condition
    position: int
    lag_events: int
    lag_seconds: float
    events_per_second: int | None
    moved_at: datetime | None
    fault: Fault | None


class Reading(NamedTuple):
    """One view of the tables: all of them hold at least the log up to ``position``."""

    connection: Connection
    position: int


def no_report(done: int, total: int) -> None:
    """Nobody watches."""


class ReadModels:
    """All read models of one database. Every method raises ``StorageUnavailable`` when the database does."""

    def __init__(
        self, log: LogRecorder, mapper: FactMapper, policies: PolicyLibrary, clock: Clock, models: Sequence[ReadModel]
    ) -> None:
        self._log = log
        self._mapper = mapper
        self._clock = clock
        self._models = {model.name: model for model in models}
        self._reader = BatchReader(log, mapper, policies)
        self.waiting = Waiting(log.database)
        self.runner = Runner(log.database, self._reader, mapper, models, clock, moved=self.waiting.wake)

    @property
    def names(self) -> list[str]:
        """All models, in order of name."""
        return sorted(self._models)

    def close(self) -> None:
        """End the threads that wait."""
        self.waiting.close()

    def status(self) -> list[ModelStatus]:
        """How every model is, in order of name."""
        standings, head = self.runner.standings(), self._head()
        now = to_microseconds(self._clock.now())
        return [self._status(self._models[name], standings[name], head, now) for name in self.names]

    def catch_up(
        self,
        names: Collection[str] | None = None,
        *,
        report: ProgressReport = no_report,
        stop: Callable[[], bool] = lambda: False,
    ) -> CaughtUp:
        """Bring models, all if none is named, to where the log ends now, or as far as they can come.

        Raises ``UnknownReadModel``.
        """
        for name in names or ():
            self._named(name)
        head = self._head()
        return self.runner.catch_up(names, up_to=head, progress=lambda position: report(position, head), stop=stop)

    def run(self, stop: Event, names: Collection[str] | None = None) -> None:
        """Keep models up, all if none is named, until told to stop; see ``Runner.run``. Raises ``UnknownReadModel``."""
        for name in names or ():
            self._named(name)
        self.runner.run(stop, names)

    def resume(self, name: str) -> bool:
        """Let a model go on that has stopped, once the cause is mended; whether it had. Raises ``UnknownReadModel``."""
        self._named(name)
        with storage_errors(self._log.database.engine.url), self._log.database.transaction() as connection:
            return state.resume(connection, name)

    def rebuild(self, name: str, report: ProgressReport = no_report) -> int:
        """Make a model anew, aside, and swap it in; the position at which it stands then.

        Raises ``UnknownReadModel`` and ``RebuildFailed``; then it is what it was.
        """
        model = self._named(name)
        position = Rebuild(self._log, self._reader, self._mapper, self._clock, model).run(self._head, report)
        self.waiting.wake()
        return position

    def verify(self, name: str, report: ProgressReport = no_report) -> Verified:
        """Hold a model against a fresh fold of the log; nobody is held up. Raises ``UnknownReadModel``."""
        return verify(self._log.database, self._reader, self._named(name), report)

    def ready(self, names: Collection[str], report: ProgressReport = no_report) -> None:
        """Bring the models of a query to where the log ends now, without a runner or together with one.

        Raises ``ReadModelBehind`` when one has stopped or must be rebuilt.
        """
        done = self.catch_up(names, report=report)
        for name, fault in done.faults.items():
            raise ReadModelStopped(
                f"read model {name} stopped at {fault.event_id}, log position {fault.position}: {fault.message}; "
                f"mend the cause, then run: contractspoor readmodels resume {name}"
            )
        for name in done.outdated:
            raise ReadModelBehind(
                f"read model {name} was made by another version of the program; "
                f"run: contractspoor readmodels rebuild {name}"
            )

    @contextmanager
    def reading(self, names: Collection[str]) -> Iterator[Reading]:
        """One view of the tables of some models, after ``ready``."""
        tables = [table.name for name in names for table in self._named(name).tables]
        with storage_errors(self._log.database.engine.url), self._log.database.snapshot(tables) as connection:
            standings = state.standings(connection, names)
            yield Reading(connection, min(standing.position for standing in standings.values()))

    def _head(self) -> int:
        # not the library's way: an error must be ours
        return int(self._log.database.fetch("SELECT coalesce(max(position), 0) FROM log", ())[0][0])

    def _named(self, name: str) -> ReadModel:
        try:
            return self._models[name]
        except KeyError:
            raise UnknownReadModel(f"there is no read model {name!r}; there are {', '.join(self.names)}") from None

    def _status(self, model: ReadModel, standing: Standing, head: int, now: int) -> ModelStatus:
        lag = max(head - standing.position, 0)
        waits = self._log.rows_after(standing.position, limit=1) if lag else []
        return ModelStatus(
            model.name,
            model.version,
            standing.version,
            _condition(model, standing, lag),
            standing.position,
            lag,
            max(now - waits[0].recorded_at, 0) / 1_000_000 if waits else 0.0,
            standing.events_per_second,
            None if standing.moved_at is None else from_microseconds(standing.moved_at),
            standing.fault,
        )


def _condition(model: ReadModel, standing: Standing, lag: int) -> Condition:
    if standing.fault is not None:
        return Condition.STOPPED
    if standing.version is None:
        return Condition.NOT_BEGUN
    if outdated(model, standing):
        return Condition.OUTDATED
    return Condition.BEHIND if lag else Condition.UP_TO_DATE

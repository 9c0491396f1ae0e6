"""Makes a read model anew from the log, aside, and swaps it in while its readers and runners go on.

What was made aside until then, by a rebuild that was killed, is taken away by the next one.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from threading import Event
from time import monotonic

from sqlalchemy import Connection, Table, delete

from application.mapper import FactMapper
from application.ports import Clock, EventLogError, ProgressReport, StorageUnavailable
from domain.calendar import to_microseconds
from infrastructure.persistence import tracking
from infrastructure.persistence.errors import is_locked, storage_errors
from infrastructure.persistence.recorder import LogRecorder
from infrastructure.persistence.tracking import TRACKING
from infrastructure.read_models import slices, state, tables
from infrastructure.read_models.batches import BatchReader
from infrastructure.read_models.model import Batch, ReadModel
from infrastructure.read_models.runner import Runner
from infrastructure.read_models.slices import WORTH_PROCESSES, ByPractice
from infrastructure.read_models.state import READ_MODEL, Fault

_LOG = logging.getLogger("contractspoor.readmodels")
_LOCK_MILLISECONDS = 200
"""How long a swap on PostgreSQL makes new readers wait behind a long one, before it stands back."""
_PAUSE_SECONDS = 0.5
_SWAP_SECONDS = 600.0


class RebuildFailed(EventLogError):
    """The model could not be made anew; what it was is untouched."""


class Rebuild:
    """One rebuild of one model; see ``run``."""

    def __init__(
        self, log: LogRecorder, reader: BatchReader, mapper: FactMapper, clock: Clock, model: ReadModel
    ) -> None:
        self._log = log
        self._database = database = log.database
        self._reader = reader
        self._model = model
        self._made_by = model.made_by if isinstance(model, ByPractice) else None
        self._suffix = f"{tables.ASIDE}{to_microseconds(clock.now()):x}"
        self._aside = Aside(model, self._suffix)
        self._runner = Runner(database, reader, mapper, [self._aside], clock)

    def run(self, head: Callable[[], int], report: ProgressReport) -> int:
        """Make the model anew, swap it in, and answer the position at which it stands then.

        ``head`` tells where the log ends. Of two rebuilds of a model at once the later one goes on. Raises
        ``RebuildFailed`` and ``StorageUnavailable``; then the model is what it was.
        """
        try:
            with self._writing() as connection:
                self._begin(connection)
            if self._made_by is not None and (up_to := head()) >= WORTH_PROCESSES:
                self._fill(self._made_by, up_to, report)
            self._catch_up(head(), report)
            self._index()
            position = self._swap_in(head, report)
        except BaseException as error:
            if isinstance(error, StorageUnavailable | RebuildFailed) and self._superseded():
                raise RebuildFailed(
                    f"another rebuild of read model {self._model.name} has begun; this one is given up"
                ) from error
            with suppress(EventLogError), self._writing() as connection:
                self._take_away(connection)
            raise
        try:
            with self._writing() as connection:
                self._drop_left_over(connection)
        except StorageUnavailable:
            _LOG.warning(
                "the old tables of read model %s are still read; the next rebuild drops them", self._model.name
            )
        return position

    def _begin(self, connection: Connection) -> None:
        """Clear away what rebuilds that were killed have left, and make the tables aside."""
        self._drop_left_over(connection)
        for table in (TRACKING, READ_MODEL):
            connection.execute(delete(table).where(table.c.name.startswith(f"{self._model.name}{tables.ASIDE}")))
        tables.make_likeness(connection, self._model.tables, self._suffix)
        state.enter(connection, self._aside)

    def _drop_left_over(self, connection: Connection) -> None:
        tables.drop(connection, tables.left_over(connection, self._model.tables))

    def _take_away(self, connection: Connection) -> None:
        """What this rebuild made, and nothing of another."""
        tables.drop(connection, [table.name for table in self._aside.tables])
        self._forget_cursor(connection)

    def _forget_cursor(self, connection: Connection) -> None:
        for table in (TRACKING, READ_MODEL):
            connection.execute(delete(table).where(table.c.name == self._aside.name))

    def _superseded(self) -> bool:
        """Whether a later rebuild has cleared this one away."""
        with suppress(StorageUnavailable):
            return self._runner.standings()[self._aside.name].version is None
        return False

    def _fill(self, made_by: Callable[[], ReadModel], up_to: int, report: ProgressReport) -> None:
        """Take most of the log in by processes of its own; the catch-up goes on from there."""
        url = self._database.engine.url.render_as_string(hide_password=False)
        done = 0
        for filled in slices.fill(url, made_by, self._suffix, slices.slices_of(self._log, up_to)):
            if filled.culprit is not None:
                event_id = f"{filled.culprit.originator_id}@{filled.culprit.originator_version}"
                raise self._failed(Fault(filled.culprit.position, event_id, filled.message, 0))
            done += filled.facts
            report(done, up_to)
        with self._writing() as connection:
            tracking.put(connection, self._aside.name, up_to)

    def _failed(self, fault: Fault) -> RebuildFailed:
        return RebuildFailed(
            f"read model {self._model.name} can not be made anew and stays what it was: {fault.event_id} at log "
            f"position {fault.position}: {fault.message}"
        )

    def _catch_up(self, head: int, report: ProgressReport) -> None:
        done = self._runner.catch_up(up_to=head, progress=lambda position: report(position, head))
        for fault in done.faults.values():
            raise self._failed(fault)

    def _index(self) -> None:
        with self._database.engine.connect() as connection:
            statements = [
                statement
                for table in self._model.tables
                for statement in tables.index_statements(connection, table, self._suffix)
            ]
        for statement in statements:
            with self._writing() as connection:
                connection.exec_driver_sql(statement)

    def _swap_in(self, head: Callable[[], int], report: ProgressReport) -> int:
        """Swap at a moment when nobody reads the tables for long; stands back again and again for who does."""
        began, pause = monotonic(), Event()
        while True:
            self._catch_up(head(), report)
            try:
                with self._writing() as connection:
                    return self._swap(connection)
            except StorageUnavailable as error:
                if not is_locked(error.__cause__) or monotonic() - began > _SWAP_SECONDS:
                    raise
            pause.wait(_PAUSE_SECONDS)

    def _swap(self, connection: Connection) -> int:
        """Hold the runners, apply what is missing, and swap tables and cursor."""
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {_LOCK_MILLISECONDS}")
        aside = state.standings(connection, [self._aside.name])[self._aside.name]
        if aside.version is None:
            raise RebuildFailed("the tables aside are gone")
        live = tracking.held_position(connection, self._model.name)
        position = aside.position
        while position < live and (batch := self._reader.after(position, up_to=live)):
            self._aside.apply(connection, batch)
            position = batch.to
        tables.swap(connection, self._model.tables, self._suffix)
        self._forget_cursor(connection)
        tracking.put(connection, self._model.name, position)
        state.rebuilt(connection, self._model)
        tracking.announce(connection)
        return position

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with storage_errors(self._database.engine.url), self._database.transaction() as connection:
            yield connection


class Aside:
    """A model under a name and a cursor of its own, in tables whose names end in a suffix."""

    def __init__(self, model: ReadModel, suffix: str) -> None:
        self.name = f"{model.name}{suffix}"
        self.version = model.version
        self._model = model.aside(suffix)

    @property
    def tables(self) -> Sequence[Table]:
        """The tables aside."""
        return self._model.tables

    def aside(self, suffix: str) -> ReadModel:
        """See ``ReadModel``."""
        return self._model.aside(suffix)

    def apply(self, connection: Connection, batch: Batch) -> None:
        """See ``ReadModel``."""
        self._model.apply(connection, batch)

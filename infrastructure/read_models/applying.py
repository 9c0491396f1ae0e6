"""One batch given to some models: rows and cursor in one transaction, and what one can not apply stops it alone."""

import logging
from collections.abc import Sequence
from time import perf_counter
from typing import NamedTuple

from pydantic import ValidationError
from sqlalchemy import Connection

from application.mapper import FactMapper
from application.ports import Clock, Row, VersionConflict
from domain.calendar import to_microseconds
from domain.history import Context
from infrastructure.persistence import tracking
from infrastructure.persistence.database import LogDatabase
from infrastructure.persistence.errors import is_unavailable, storage_errors
from infrastructure.read_models import state
from infrastructure.read_models.batches import BatchReader
from infrastructure.read_models.model import Batch, ReadModel
from infrastructure.read_models.state import Fault

_LOG = logging.getLogger("contractspoor.readmodels")
_TOGETHER = 200
"""Rows of a batch that all its models apply in one transaction: one wait for the disk, and a lock held briefly."""


class Outcome(NamedTuple):
    """The models that a batch moved, and the errors of those that could not apply it; the rest lost a race."""

    moved: list[ReadModel]
    failed: list[tuple[ReadModel, Exception]]


class Applier:
    """Applies batches. Every method raises ``StorageUnavailable`` when the database does."""

    def __init__(self, database: LogDatabase, reader: BatchReader, mapper: FactMapper, clock: Clock) -> None:
        self._database = database
        self._reader = reader
        self._mapper = mapper
        self._clock = clock

    def apply(self, models: Sequence[ReadModel], batch: Batch, *, began: float) -> list[ReadModel]:
        """Move the models that stand where the batch begins; those that moved, if only by a part of it.

        One that can not apply a commit is moved to the end of the commit before, and stopped there with an alert.
        ``began`` is when the batch was asked for, by ``perf_counter``.
        """
        batch.prepare()
        groups = [models] if len(batch.rows) <= _TOGETHER else [[each] for each in models]
        moved: list[ReadModel] = []
        for group in groups:
            outcome = self._together(group, batch, began)
            moved += outcome.moved
            for model, error in outcome.failed:
                moved += self._one_by_one(model, batch, error)
        return moved

    def _together(self, models: Sequence[ReadModel], batch: Batch, began: float) -> Outcome:
        """All of these in one transaction, each to itself within it."""
        outcome = Outcome([], [])
        with storage_errors(self._database.engine.url), self._database.derivation() as connection:
            preparing = perf_counter() - began
            for model in models:
                try:
                    with connection.begin_nested():
                        self._apply(connection, model, batch, preparing)
                except VersionConflict:
                    continue
                except Exception as error:
                    if is_unavailable(error):
                        raise
                    outcome.failed.append((model, error))
                else:
                    outcome.moved.append(model)
            if outcome.moved:
                tracking.announce(connection)
        return outcome

    def _apply(self, connection: Connection, model: ReadModel, batch: Batch, preparing: float) -> None:
        began = perf_counter() - preparing
        # first of all: whoever comes second waits here, and has done nothing in vain
        tracking.move(connection, model.name, read_from=batch.read_from, to=batch.to)
        model.apply(connection, batch)
        rate = len(batch.rows) / (perf_counter() - began)
        state.moved(connection, model, at=to_microseconds(self._clock.now()), events_per_second=round(rate))

    def _one_by_one(self, model: ReadModel, batch: Batch, error: Exception) -> list[ReadModel]:
        """Go commit by commit up to the one that can not be applied, and stop there."""
        moved: list[ReadModel] = []
        position = batch.read_from
        while commit := self._reader.after(position, up_to=batch.to, limit=1):
            if commit.to < batch.to or moved:
                outcome = self._together([model], commit, perf_counter())
                if outcome.moved:
                    moved = [model]
                    position = commit.to
                    continue
                if not outcome.failed:
                    break  # another runner is at it
                error = outcome.failed[0][1]
            self._stop(model, commit, error)
            break
        return moved

    def _stop(self, model: ReadModel, commit: Batch, error: Exception) -> None:
        row, message = culprit_of(self._mapper, commit.rows), message_of(error)
        event_id = f"{row.originator_id}@{row.originator_version}"
        fault = Fault(row.position, event_id, message, to_microseconds(self._clock.now()))
        with storage_errors(self._database.engine.url), self._database.transaction() as connection:
            state.stop(connection, model, fault)
            tracking.announce(connection)
        _LOG.error(
            "read model %s stopped before %s at log position %d: %s; the others go on. Mend the cause, then run: "
            "contractspoor readmodels resume %s",
            model.name,
            event_id,
            row.position,
            message,
            model.name,
            extra={"read_model": model.name, "event_id": event_id, "correlation_id": _correlation_of(row)},
        )
        _LOG.debug("what stopped read model %s", model.name, exc_info=error)


def culprit_of(mapper: FactMapper, rows: Sequence[Row]) -> Row:
    """The first fact of a commit that can not be read; the first of all where every one can."""
    for row in rows:
        try:
            mapper.decode(row)
        except Exception:  # noqa: BLE001 - whatever it is, this is the one
            return row
    return rows[0]


def _correlation_of(row: Row) -> str | None:
    """In the course of what it was recorded; a context that can not be read tells nothing."""
    try:
        return Context.model_validate_json(row.context).correlation_id
    except ValidationError:
        return None


def message_of(error: Exception) -> str:
    """What went wrong, in one line."""
    return f"{type(error).__name__}: {(str(error).strip() or 'no message').splitlines()[0][:500]}"

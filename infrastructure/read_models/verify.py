"""Holds a read model against a fresh fold of the log, in tables of this connection alone: nobody is held up."""

from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from application.ports import ProgressReport
from infrastructure.persistence import tracking
from infrastructure.persistence.database import LogDatabase
from infrastructure.persistence.errors import storage_errors
from infrastructure.read_models import tables
from infrastructure.read_models.batches import BatchReader
from infrastructure.read_models.model import ReadModel
from infrastructure.read_models.runner import collecting_seldom

SHOWN = 5
_FRESH = "__fresh"


class Verified(NamedTuple):
    """A model as it stood at a position: its rows, and how many of them a fresh fold lacks, or has beyond them.

    ``examples`` are a few of these rows, each with the table and whether it is ``wrong`` (in the model alone) or
    ``missing`` (in the fresh fold alone).
    """

    name: str
    position: int
    rows: int
    wrong: int
    missing: int
    examples: tuple[tuple[str, str, tuple[Any, ...]], ...]


def verify(database: LogDatabase, reader: BatchReader, model: ReadModel, report: ProgressReport) -> Verified:
    """Apply the log from its beginning up to where the model stands, and compare every row.

    Raises ``StorageUnavailable``, and whatever the model raises when it can not apply a fact.
    """
    with storage_errors(database.engine.url), database.snapshot([table.name for table in model.tables]) as connection:
        position = tracking.position_of(connection, model.name)
        tables.make_likeness(connection, model.tables, _FRESH, temporary=True)
        _fill(connection, reader, model.aside(_FRESH), position, report)
        return _compared(connection, model, position)


def _fill(connection: Connection, reader: BatchReader, fresh: ReadModel, position: int, report: ProgressReport) -> None:
    at = 0
    with collecting_seldom() as turn_ended:
        while batch := reader.after(at, up_to=position):
            fresh.apply(connection, batch)
            at = batch.to
            report(at, position)
            turn_ended()


def _compared(connection: Connection, model: ReadModel, position: int) -> Verified:
    rows = wrong = missing = 0
    examples: list[tuple[str, str, tuple[Any, ...]]] = []
    for table in model.tables:
        fresh = f"{table.name}{_FRESH}"
        rows += connection.scalar(text(f"SELECT count(*) FROM {table.name}")) or 0
        only_live, only_fresh = _except(table.name, fresh), _except(fresh, table.name)
        wrong += connection.scalar(text(f"SELECT count(*) FROM ({only_live}) AS d")) or 0
        missing += connection.scalar(text(f"SELECT count(*) FROM ({only_fresh}) AS d")) or 0
        for kind, query in (("wrong", only_live), ("missing", only_fresh)):
            examples += [(table.name, kind, tuple(row)) for row in connection.execute(text(f"{query} LIMIT {SHOWN}"))]
    return Verified(model.name, position, rows, wrong, missing, tuple(examples))


def _except(table: str, other: str) -> str:
    return f"SELECT * FROM {table} EXCEPT SELECT * FROM {other}"

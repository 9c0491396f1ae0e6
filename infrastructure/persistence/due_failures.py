"""What failed when it was due: a table of its own, because no fact tells of it and no rebuild makes it anew."""

from sqlalchemy import BigInteger, Column, ColumnElement, Integer, MetaData, Table, Text, delete, insert, select

from application.due_failures import Failed
from application.ports import DueItem
from domain.calendar import from_microseconds, to_microseconds
from infrastructure.persistence.database import LogDatabase
from infrastructure.persistence.errors import storage_errors

_FAILURE = Table(
    "due_failure",
    MetaData(),
    Column("subject", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("due_at", BigInteger, primary_key=True),
    Column("attempts", Integer, nullable=False),
    Column("failed_at", BigInteger, nullable=False),
    Column("next_try_at", BigInteger),
    Column("error", Text, nullable=False),
)


class DueFailuresTable:
    """See ``application.due_failures.Failures``."""

    def __init__(self, database: LogDatabase) -> None:
        self._database = database

    def all(self) -> list[Failed]:
        """Everything that failed and was not carried out since."""
        query = select(_FAILURE).order_by(_FAILURE.c.due_at, _FAILURE.c.subject, _FAILURE.c.kind)
        with storage_errors(self._database.engine.url), self._database.snapshot() as connection:
            return [
                Failed(
                    DueItem(row.due_at, row.subject, row.kind),
                    row.attempts,
                    from_microseconds(row.failed_at),
                    None if row.next_try_at is None else from_microseconds(row.next_try_at),
                    row.error,
                )
                for row in connection.execute(query)
            ]

    def put(self, failed: Failed) -> None:
        """Keep a failure, in the place of an earlier one of the same thing."""
        item, next_try_at = failed.item, failed.next_try_at
        with storage_errors(self._database.engine.url), self._database.transaction() as connection:
            connection.execute(delete(_FAILURE).where(*_same(item)))
            connection.execute(
                insert(_FAILURE).values(
                    **item._asdict(),
                    attempts=failed.attempts,
                    failed_at=to_microseconds(failed.failed_at),
                    next_try_at=None if next_try_at is None else to_microseconds(next_try_at),
                    error=failed.error,
                )
            )

    def forget(self, item: DueItem) -> None:
        """It was carried out, or is due no more, or is to be tried anew."""
        with storage_errors(self._database.engine.url), self._database.transaction() as connection:
            connection.execute(delete(_FAILURE).where(*_same(item)))


def _same(item: DueItem) -> tuple[ColumnElement[bool], ...]:
    return _FAILURE.c.subject == item.subject, _FAILURE.c.kind == item.kind, _FAILURE.c.due_at == item.due_at

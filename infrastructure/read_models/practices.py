"""What the register calls each practice now, to search by name."""

from collections.abc import Sequence

from sqlalchemy import Column, Connection, MetaData, Table, Text

from domain.provider.facts import fold_provider
from infrastructure.read_models.model import Batch, renamed
from infrastructure.read_models.rows import put_rows

PRACTICE = Table(
    "practice",
    MetaData(),
    Column("agb", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("searched", Text, nullable=False),
    Column("city", Text, nullable=False),
)


class Practices:
    """A row for each registered practice; ``searched`` is its name as a search compares it."""

    name = PRACTICE.name
    version = 1

    def __init__(self, suffix: str = "") -> None:
        self.table = renamed(PRACTICE, suffix) if suffix else PRACTICE

    @property
    def tables(self) -> Sequence[Table]:
        """Its one table."""
        return (self.table,)

    def aside(self, suffix: str) -> "Practices":
        """See ``ReadModel``."""
        return Practices(suffix)

    def apply(self, connection: Connection, batch: Batch) -> None:
        """Write what the register says now of every practice of which it says something new."""
        rows = []
        for history in batch.histories(batch.of_providers).values():
            provider = fold_provider(history)
            if provider is not None:
                record = provider.record
                rows.append((record.agb, record.name, searched(record.name), record.city))
        put_rows(connection, self.table, rows)


def searched(text: str) -> str:
    """A name as a search compares it: whatever its capitals, and with single spaces."""
    return " ".join(text.casefold().split())

"""What the register calls each practice now, to search by name."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import get_args

from sqlalchemy import Column, Connection, MetaData, Table, Text

from application.ports import Row
from domain.history import FactCorrected, Recorded
from domain.provider.facts import RegisterFact, fold_provider
from infrastructure.read_models.model import OF_PURCHASERS, Batch, renamed
from infrastructure.read_models.rows import Values, put_rows

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
        put_rows(connection, self.table, _rows(batch.histories(batch.of_providers).values()))


def put_practices(
    connection: Connection, rows: Sequence[Row], decode: Callable[[Sequence[Row]], list[Recorded]]
) -> None:
    """Write what the register said of practices after all of these rows of their streams, decoding no more of them than
    that takes.
    """
    decisive: list[Row] = []
    for _, streamed in groupby(rows, key=_stream_of):
        told = [row for row in streamed if row.topic not in OF_PURCHASERS]
        corrected = any(row.topic == FactCorrected.topic() for row in told)
        decisive += told if corrected else [row for row in told if row.topic in _OF_THE_REGISTER][-1:]
    histories = (list(history) for _, history in groupby(decode(decisive), key=_stream_named))
    put_rows(connection, PRACTICE, _rows(histories))


_OF_THE_REGISTER = frozenset(fact.topic() for fact in get_args(RegisterFact))
_stream_of, _stream_named = attrgetter("originator_id"), attrgetter("stream_id")


def _rows(histories: Iterable[Sequence[Recorded]]) -> list[Values]:
    known = (fold_provider(history) for history in histories)
    records = [provider.record for provider in known if provider is not None]
    return [(record.agb, record.name, searched(record.name), record.city) for record in records]


def searched(text: str) -> str:
    """A name as a search compares it: whatever its capitals, and with single spaces."""
    return " ".join(text.casefold().split())

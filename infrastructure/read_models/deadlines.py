"""The deadlines: what falls due by time alone, when, and for which contract."""

from collections.abc import Iterator

from sqlalchemy import BigInteger, Column, MetaData, Table, Text

from domain.calendar import to_microseconds
from domain.contract.due import falls_due
from infrastructure.read_models.outlook import Outlook, Outlooks, PerContract
from infrastructure.read_models.overview import ALWAYS_TO
from infrastructure.read_models.rows import Values

DEADLINE = Table(
    "contract_deadline",
    MetaData(),
    Column("contract_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("due_at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("purchaser", Text, nullable=False),
    Column("agb", Text, nullable=False),
    Column("care_type", Text, nullable=False),
    Column("period", Text, nullable=False),
)
"""In microseconds: the first instant at which a tick records it, and the first at which it no longer does."""


def deadlines(outlooks: Outlooks) -> PerContract:
    """The read model."""
    return PerContract(DEADLINE.name, 1, DEADLINE, _rows, outlooks)


def _rows(found: Outlook) -> Iterator[Values]:
    for due in falls_due(found.contract, found.deadlines):
        until = ALWAYS_TO if due.until is None else to_microseconds(due.until)
        yield str(found.contract_id), due.kind.value, to_microseconds(due.at), until, *found.contract_id

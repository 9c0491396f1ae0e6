"""The contract overview: every contract as it stands now, to be filtered, sorted and searched."""

from collections.abc import Iterator

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text

from domain.calendar import to_microseconds
from domain.contract.standing import reasons_of
from infrastructure.read_models.outlook import Outlook, Outlooks, PerContract
from infrastructure.read_models.rows import Values

ALWAYS_TO = 2**63 - 1
"""The end of what no time ends."""

OVERVIEW = Table(
    "contract_overview",
    MetaData(),
    Column("contract_id", Text, primary_key=True),
    Column("at_from", BigInteger, primary_key=True),
    Column("at_to", BigInteger, nullable=False),
    Column("purchaser", Text, nullable=False),
    Column("agb", Text, nullable=False),
    Column("care_type", Text, nullable=False),
    Column("period", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("entitled_tier", Text),
    Column("offered_tier", Text),
    Column("due_on", Text),
    Column("reasons", Text, nullable=False),
    Column("open_reviews", Integer, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("changed_position", BigInteger, nullable=False),
)
"""A row for each stretch of time from the last fact on, which time alone ends: half-open, in microseconds."""


def overview(outlooks: Outlooks) -> PerContract:
    """The read model."""
    return PerContract(OVERVIEW.name, 1, OVERVIEW, _rows, outlooks)


def _rows(found: Outlook) -> Iterator[Values]:
    contract_id, contract, last = found.contract_id, found.contract, found.last
    reasons = " ".join(each.code for each in reasons_of(contract))
    reviews = sum(review.outcome is None for review in contract.reviews.values())
    ends = [*(to_microseconds(step.at) for step in found.steps[1:]), ALWAYS_TO]
    at_from = 0
    for step, at_to in zip(found.steps, ends, strict=True):
        state = step.state
        yield (
            str(contract_id),
            at_from,
            at_to,
            *contract_id,
            state.status.value,
            state.attempt,
            state.entitled_tier,
            state.offered_tier,
            None if state.due_on is None else state.due_on.isoformat(),
            reasons,
            reviews,
            to_microseconds(last.recorded_at),
            last.position,
        )
        at_from = at_to

"""SQLAlchemy-Continuum beside ours: a contract and its tiers in ordinary tables, every earlier state kept as a version.

The versions are written straight into Continuum's own tables, one transaction for each commit of the sample, with the
instant at which it was recorded; only questions are measured. Of our two dates Continuum knows when a thing was
recorded; from which day a tier counts is a column.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, configure_mappers, mapped_column, relationship
from sqlalchemy_continuum import make_versioned, transaction_class, version_class

from domain.calendar import to_microseconds
from domain.contract.contract import Contract, evolve
from domain.contract.contract_id import ContractId
from domain.contract.facts import TierAssigned
from domain.history import FactCorrected, Recorded

make_versioned(user_cls=None)
ROWS_AT_ONCE = 5_000
Values = dict[str, Any]


class Model(DeclarativeBase):
    """The tables of this peer."""


class Kept(Model):
    """A contract as it stands now; Continuum keeps what it was."""

    __tablename__ = "contract"
    __versioned__: ClassVar[Values] = {}

    id: Mapped[str] = mapped_column(primary_key=True)
    purchaser: Mapped[str]
    agb: Mapped[str]
    care_type: Mapped[str]
    period: Mapped[str]
    status: Mapped[str]
    offered_tier: Mapped[str | None]
    signed_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    published_at: Mapped[int | None] = mapped_column(sa.BigInteger)
    first_day: Mapped[str | None]
    last_day: Mapped[str | None]
    tiers: Mapped[list["KeptTier"]] = relationship()


class KeptTier(Model):
    """A tier of a contract from a day on."""

    __tablename__ = "contract_tier"
    __versioned__: ClassVar[Values] = {}

    id: Mapped[str] = mapped_column(primary_key=True)
    contract_id: Mapped[str] = mapped_column(sa.ForeignKey("contract.id"), index=True)
    effective_on: Mapped[str]
    tier: Mapped[str]


configure_mappers()
VERSION: Any = version_class(Kept)
TIER_VERSION: Any = version_class(KeptTier)
TRANSACTION: Any = transaction_class(Kept)


class Stood(NamedTuple):
    """What a question about a contract is answered with."""

    status: str
    signed_at: int | None
    tier: str | None


def fill(engine: sa.Engine, histories: Iterable[list[Recorded]]) -> None:
    """Make the tables and write the histories of contracts into them."""
    Model.metadata.create_all(engine)
    facts = sorted((recorded for history in histories for recorded in history), key=attrgetter("position"))
    transactions = {
        recorded_at: number
        for number, (recorded_at, _) in enumerate(groupby(facts, key=attrgetter("recorded_at")), start=1)
    }
    contracts: list[Values] = []
    tiers: list[Values] = []
    for _, history in groupby(sorted(facts, key=attrgetter("stream_id", "position")), key=attrgetter("stream_id")):
        facts_of_one = list(history)
        contracts += _versions(facts_of_one, transactions)
        tiers += _tiers(facts_of_one, transactions)
    issued = [{"id": number, "issued_at": _naive(recorded_at)} for recorded_at, number in transactions.items()]
    with engine.begin() as connection:
        _write(connection, TRANSACTION.__table__, issued)
        for version, kept, rows in ((VERSION, Kept, contracts), (TIER_VERSION, KeptTier, tiers)):
            _write(connection, version.__table__, rows)
            now = [row for row in rows if row["end_transaction_id"] is None]
            marks = {"transaction_id", "end_transaction_id", "operation_type"}
            _write(connection, kept.__table__, [{key: row[key] for key in row.keys() - marks} for row in now])


def stood(engine: sa.Engine, contract_id: str, day: date, instant: datetime) -> Stood | None:
    """How the contract stood at an instant, with the tier of a day; nothing when it did not exist yet.

    A session for each question, as each request has one.
    """
    with Session(engine) as session:
        found = session.scalars(
            sa.select(VERSION)
            .join(TRANSACTION, TRANSACTION.id == VERSION.transaction_id)
            .where(VERSION.id == contract_id, TRANSACTION.issued_at <= _naive(instant))
            .order_by(VERSION.transaction_id.desc())
            .limit(1)
        ).one_or_none()
        if found is None:
            return None
        told = day.isoformat()
        tier = max((each for each in found.tiers if each.effective_on <= told), key=_counts, default=None)
        return Stood(found.status, found.signed_at, None if tier is None else tier.tier)


def _counts(tier: Any) -> tuple[str, int]:
    return tier.effective_on, tier.transaction_id


def _versions(history: list[Recorded], transactions: dict[datetime, int]) -> list[Values]:
    """One version for each commit; what a later commit corrected is as it was entered."""
    contract_id = ContractId.parse(history[0].stream_id)
    contract = Contract()
    rows: list[Values] = []
    for recorded_at, of_commit in groupby(history, key=attrgetter("recorded_at")):
        status = ""
        for recorded in of_commit:
            status = recorded.fact.stored_name
            if not isinstance(recorded.fact, FactCorrected):
                contract = evolve(contract, recorded.fact, recorded.occurred_at)  # type: ignore[arg-type]
        of_version = {"status": status, "operation_type": 1 if rows else 0}
        rows.append(_state(contract_id, contract) | of_version | _since(transactions[recorded_at]))
    for row, following in pairwise(rows):
        row["end_transaction_id"] = following["transaction_id"]
    return rows


def _tiers(history: list[Recorded], transactions: dict[datetime, int]) -> list[Values]:
    return [
        {
            "id": recorded.event_id,
            "contract_id": recorded.stream_id,
            "effective_on": recorded.fact.effective_on.isoformat(),
            "tier": recorded.fact.tier,
            "operation_type": 0,
        }
        | _since(transactions[recorded.recorded_at])
        for recorded in history
        if isinstance(recorded.fact, TierAssigned)
    ]


def _since(transaction: int) -> Values:
    return {"transaction_id": transaction, "end_transaction_id": None}


def _state(contract_id: ContractId, contract: Contract) -> Values:
    term = contract.term
    return {
        "id": str(contract_id),
        "purchaser": contract_id.purchaser,
        "agb": str(contract_id.agb),
        "care_type": contract_id.care_type.value,
        "period": contract_id.period,
        "offered_tier": None if contract.offer is None else contract.offer.tier,
        "signed_at": None if contract.signed_at is None else to_microseconds(contract.signed_at),
        "published_at": None if contract.published_at is None else to_microseconds(contract.published_at),
        "first_day": None if term is None else term.start.isoformat(),
        "last_day": None if term is None or term.end is None else term.end.isoformat(),
    }


def _write(connection: sa.Connection, table: sa.Table | Any, rows: list[Values]) -> None:
    for first in range(0, len(rows), ROWS_AT_ONCE):
        connection.execute(sa.insert(table), rows[first : first + ROWS_AT_ONCE])


def _naive(instant: datetime) -> datetime:
    """Continuum's own column keeps UTC without a zone."""
    return instant.astimezone(UTC).replace(tzinfo=None)

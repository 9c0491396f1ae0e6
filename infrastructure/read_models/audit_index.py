"""The audit index: where in the log a practice, an actor, a policy or a cause is found, without a scan of it."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Text

from application.ports import Row
from domain.contract.contract_id import is_contract
from domain.round.facts import PLANS, ROUNDS
from infrastructure.read_models.model import Batch, renamed
from infrastructure.read_models.rows import Values, insert_rows

AUDIT_ENTRY = Table(
    "audit_entry",
    MetaData(),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("purchaser", Text),
    Column("agb", Text),
    Column("actor", Text),
    Column("on_behalf_of", Text),
    Column("policy_id", Text),
    Column("policy_position", BigInteger),
    Column("occurred_at", BigInteger),
    Column("recorded_at", BigInteger, nullable=False),
    Column("caused_by", Text),
    Column("correlation_id", Text),
)
"""A row for each fact. ``purchaser`` is whose fact it is, absent for what belongs to everybody; ``caused_by`` names an
event of another stream; ``correlation_id`` is absent where it is the command's own id.
"""

_PROVIDERS, _POLICIES = "provider/", "policy/"


class AuditIndex:
    """A row for each fact of the log, made from its envelope: a fact that can not be read is found too."""

    name = AUDIT_ENTRY.name
    version = 1

    def __init__(self, suffix: str = "") -> None:
        self.table = renamed(AUDIT_ENTRY, suffix) if suffix else AUDIT_ENTRY

    @property
    def tables(self) -> Sequence[Table]:
        """Its one table."""
        return (self.table,)

    def aside(self, suffix: str) -> "AuditIndex":
        """See ``ReadModel``."""
        return AuditIndex(suffix)

    def apply(self, connection: Connection, batch: Batch) -> None:
        """Add a row for every fact."""
        adopted = {each.position: each.document for each in batch.policies.adopted_by(batch.to)}
        purchasers = {document.id: document.purchaser.id for document in adopted.values()}
        policies = {position: document.id for position, document in adopted.items()}
        insert_rows(connection, self.table, [_entry(batch, row, policies, purchasers) for row in batch.rows])


def _entry(batch: Batch, row: Row, policies: dict[int, str], purchasers: dict[str, str]) -> Values:
    context: dict[str, Any] = json.loads(batch.context_of(row) or b"{}")
    position: int | None = context.get("policy_position")
    purchaser = agb = policy_id = None
    stream_id = row.originator_id
    if is_contract(stream_id):
        purchaser, agb, _, _ = stream_id.split("/")
        policy_id = None if position is None else policies.get(position)
    elif stream_id.startswith(_PROVIDERS):
        agb = stream_id.removeprefix(_PROVIDERS)
        purchaser = _purchaser_of(batch, row)
    elif stream_id.startswith((_POLICIES, ROUNDS, PLANS)):
        policy_id = stream_id.split("/")[1]
        purchaser = purchasers.get(policy_id)
    cause, correlation = context.get("causation_id"), context.get("correlation_id")
    return (
        row.position,
        purchaser,
        agb,
        context.get("actor"),
        context.get("on_behalf_of"),
        policy_id,
        position,
        row.occurred_at,
        row.recorded_at,
        None if cause is None or cause.rpartition("@")[0] in {stream_id, ""} else cause,
        None if correlation == context.get("command_id") else correlation,
    )


def _purchaser_of(batch: Batch, row: Row) -> str | None:
    """Whose a fact about a practice is; what the register says is everybody's."""
    try:
        stored = json.loads(batch.state_of(row))
    except ValueError:
        return None
    found = stored.get("purchaser") if isinstance(stored, dict) else None
    return found if isinstance(found, str) else None

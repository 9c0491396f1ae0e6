"""Questions to the audit index."""

from collections.abc import Callable
from typing import Any

from application.ports import AuditFilter
from infrastructure.persistence.database import LogDatabase

_CAUSED_BY = "SELECT position FROM audit_entry WHERE caused_by = ? AND position <= ? ORDER BY position"
_CORRELATED = (
    "SELECT position FROM audit_entry WHERE correlation_id = ? AND position > ? AND position <= ? "
    "ORDER BY position LIMIT ?"
)


class AuditReads:
    """See ``application.ports.AuditIndex``; ``ready`` brings the index up to a position before it is asked.

    Raises what ``ready`` raises, and ``StorageUnavailable``.
    """

    def __init__(self, database: LogDatabase, ready: Callable[[int], None]) -> None:
        self._database = database
        self._ready = ready

    def positions(self, wanted: AuditFilter, *, after: int, up_to: int, limit: int) -> list[int]:
        """See ``AuditIndex``."""
        equal = {
            "agb": wanted.agb,
            "actor": wanted.actor,
            "on_behalf_of": wanted.on_behalf_of,
            "policy_id": wanted.policy_id,
        }
        named = {column: value for column, value in equal.items() if value is not None}
        conditions = [f"{column} = ?" for column in named]
        parameters: list[Any] = list(named.values())
        if wanted.purchaser is not None:
            conditions.append("(purchaser IS NULL OR purchaser = ?)")
            parameters.append(wanted.purchaser)
        for condition, instant in (
            ("occurred_at >= ?", wanted.occurred_from),
            ("occurred_at < ?", wanted.occurred_until),
        ):
            if instant is not None:
                conditions.append(condition)
                parameters.append(instant)
        # a period alone is found by its instants, and not by walking the whole log in order
        by_period = not named and (wanted.occurred_from is not None or wanted.occurred_until is not None)
        position = "position + 0" if by_period else "position"
        where = " AND ".join([*conditions, f"{position} > ?", f"{position} <= ?"])
        statement = f"SELECT position FROM audit_entry WHERE {where} ORDER BY {position} LIMIT ?"
        return self._read(up_to, statement, (*parameters, after, up_to, limit))

    def caused_by(self, event_id: str, *, up_to: int) -> list[int]:
        """See ``AuditIndex``."""
        return self._read(up_to, _CAUSED_BY, (event_id, up_to))

    def correlated(self, correlation_id: str, *, after: int, up_to: int, limit: int) -> list[int]:
        """See ``AuditIndex``."""
        return self._read(up_to, _CORRELATED, (correlation_id, after, up_to, limit))

    def _read(self, up_to: int, statement: str, parameters: tuple[Any, ...]) -> list[int]:
        self._ready(up_to)
        return [row[0] for row in self._database.fetch(statement, parameters)]

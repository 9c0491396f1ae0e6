"""Looks at the register that found nothing to ask: a table of its own, which anybody may empty."""

from collections.abc import Collection, Sequence

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text, delete, func, insert, or_, select

from application.register_looks import RULES, Look
from infrastructure.persistence.database import LogDatabase
from infrastructure.persistence.errors import storage_errors

_LOOK = Table(
    "register_look",
    MetaData(),
    Column("contract_id", Text, primary_key=True),
    Column("looked_at", BigInteger, nullable=False),
    Column("turns_at", BigInteger, nullable=False),
    Column("contract_version", Integer, nullable=False),
    Column("practice", Text),
    Column("practice_version", Integer, nullable=False),
    Column("policy_position", BigInteger, nullable=False),
    Column("rules", Integer, nullable=False),
)
_LOG = Table("log", MetaData(), Column("stream_id", Text), Column("version", Integer))


class RegisterLooksTable:
    """See ``application.register_looks.Looks``."""

    def __init__(self, database: LogDatabase) -> None:
        self._database = database

    def standing(self, contract_ids: Sequence[str], at: int) -> Collection[tuple[str, int]]:
        """See ``Looks.standing``: the last version of each stream is read from the log's own index."""
        query = select(_LOOK.c.contract_id, _LOOK.c.policy_position).where(
            _LOOK.c.contract_id.in_(contract_ids),
            _LOOK.c.rules == RULES,
            _LOOK.c.looked_at <= at,
            _LOOK.c.turns_at > at,
            _LOOK.c.contract_version == _last_version(_LOOK.c.contract_id),
            or_(_LOOK.c.practice.is_(None), _LOOK.c.practice_version == _last_version(_LOOK.c.practice)),
        )
        with storage_errors(self._database.engine.url), self._database.snapshot() as connection:
            return [(row[0], row[1]) for row in connection.execute(query)]

    def keep(self, looks: Sequence[Look]) -> None:
        """See ``Looks.keep``: waits for no disk, since what is lost is looked at anew."""
        if not looks:
            return
        found = [each.contract_id for each in looks]
        with storage_errors(self._database.engine.url), self._database.derivation() as connection:
            connection.execute(delete(_LOOK).where(_LOOK.c.contract_id.in_(found)))
            connection.execute(insert(_LOOK), [{**each._asdict(), "rules": RULES} for each in looks])


def _last_version(stream: Column[str]) -> object:
    return select(func.coalesce(func.max(_LOG.c.version), 0)).where(_LOG.c.stream_id == stream).scalar_subquery()

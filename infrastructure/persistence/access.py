"""The access log: who read out what, in a table of its own that only grows."""

from sqlalchemy import BigInteger, Column, Engine, MetaData, Table, Text, func, insert, select

from application.ports import Accessed
from infrastructure.persistence.engine import transaction
from infrastructure.persistence.errors import storage_errors

ACCESS_LOG = Table(
    "access_log",
    MetaData(),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("accessed_at", BigInteger, nullable=False),
    Column("reader", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("purchaser", Text),
    Column("known_at", BigInteger, nullable=False),
    Column("position", BigInteger, nullable=False),
)
_C = ACCESS_LOG.c
_LOCK = 0x416363657373
"""Any number nobody else uses, as the key of PostgreSQL's advisory lock."""


class AccessTable:
    """See ``application.ports.AccessLog``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def record(self, accessed: Accessed) -> None:
        """See ``AccessLog``."""
        with storage_errors(self._engine.url), transaction(self._engine) as connection:
            if self._engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            last = connection.scalar(select(func.coalesce(func.max(_C.number), 0))) or 0
            connection.execute(insert(ACCESS_LOG).values(accessed._replace(number=last + 1)._asdict()))

    def accesses(
        self, *, reader: str | None = None, purchaser: str | None = None, after: int = 0, limit: int = 200
    ) -> list[Accessed]:
        """See ``AccessLog``."""
        asked = select(ACCESS_LOG).where(_C.number > after).order_by(_C.number).limit(limit)
        if reader is not None:
            asked = asked.where(_C.reader == reader)
        if purchaser is not None:
            asked = asked.where(_C.purchaser == purchaser)
        with storage_errors(self._engine.url), self._engine.connect() as connection:
            return [Accessed(*row) for row in connection.execute(asked)]

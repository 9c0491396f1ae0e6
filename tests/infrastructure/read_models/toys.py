"""Small read models to try the runner with."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Column, Connection, Index, MetaData, Table, Text, insert

from infrastructure.read_models.model import Batch, renamed

APPLIED = Table(
    "toy_applied",
    MetaData(),
    # no key: a batch that is applied twice shows
    Column("position", BigInteger, nullable=False),
    Column("stream_id", Text, nullable=False),
    Column("commit_ends", BigInteger, nullable=False),
    Index("toy_applied_stream", "stream_id"),
)


class Applied:
    """A row for every fact that was applied."""

    version = 1

    def __init__(self, name: str = "toy_applied", suffix: str = "") -> None:
        self.name = name
        self._table = renamed(APPLIED, name.removeprefix(APPLIED.name) + suffix)

    @property
    def tables(self) -> Sequence[Table]:
        return (self._table,)

    def aside(self, suffix: str) -> "Applied":
        return Applied(self.name, suffix)

    def apply(self, connection: Connection, batch: Batch) -> None:
        ends = {row.recorded_at: row.position for row in batch.rows}
        connection.execute(
            insert(self._table),
            [
                {"position": row.position, "stream_id": row.originator_id, "commit_ends": ends[row.recorded_at]}
                for row in batch.rows
            ],
        )

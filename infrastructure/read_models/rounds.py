"""The runs of rounds: when each began and ended, over which care types, and what it counted."""

import json
from collections.abc import Sequence

from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, Table, Text

from application.round_log import runs_of
from domain.calendar import to_microseconds
from domain.round.facts import ROUNDS
from infrastructure.read_models.model import Batch, renamed
from infrastructure.read_models.rows import Values, put_rows

ROUND_RUN = Table(
    "round_run",
    MetaData(),
    Column("policy_id", Text, primary_key=True),
    Column("day", Text, primary_key=True),
    Column("run", Integer, primary_key=True),
    Column("care_types", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("counts", Text, nullable=False),
)
"""Instants are in microseconds; ``counts`` is JSON by care type; without ``finished_at`` a run was interrupted."""


class RoundRuns:
    """A row for each run of a round."""

    name = ROUND_RUN.name
    version = 1

    def __init__(self, suffix: str = "") -> None:
        self.table = renamed(ROUND_RUN, suffix) if suffix else ROUND_RUN

    @property
    def tables(self) -> Sequence[Table]:
        """Its one table."""
        return (self.table,)

    def aside(self, suffix: str) -> "RoundRuns":
        """See ``ReadModel``."""
        return RoundRuns(suffix)

    def apply(self, connection: Connection, batch: Batch) -> None:
        """Write the runs of every day of which the batch tells."""
        rows: list[Values] = []
        for history in batch.histories(batch.of_streams(ROUNDS)).values():
            for run in runs_of(history):
                finished = None if run.finished_at is None else to_microseconds(run.finished_at)
                counts = {care_type.value: told.model_dump(mode="json") for care_type, told in run.counts.items()}
                rows.append(
                    (
                        run.started.policy_id,
                        run.started.day.isoformat(),
                        run.started.run,
                        " ".join(run.started.care_types),
                        run.actor,
                        to_microseconds(run.started_at),
                        finished,
                        json.dumps(counts, sort_keys=True),
                    )
                )
        put_rows(connection, self.table, rows)

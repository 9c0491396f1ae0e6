"""The runs of rounds: when each began and ended, over which care types, and what it counted."""

import json
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Connection, Integer, MetaData, Table, Text, func, select, tuple_

from application.queries.round_report import RoundStatusAnswer, RunShown
from application.round_log import runs_of
from domain.calendar import from_microseconds, local_day, to_microseconds
from domain.care_type import CareType
from domain.contract.standing import Status
from domain.round.facts import ROUNDS
from infrastructure.read_models.model import Batch, renamed
from infrastructure.read_models.overview import OVERVIEW
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


class RoundAsked(NamedTuple):
    """A round to report now: the policy, the care types that it is about, and the periods whose contracts are its."""

    policy_id: str
    purchaser: str
    care_types: Sequence[CareType]
    periods: Collection[tuple[CareType, str]]


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


def round_standing(connection: Connection, asked: RoundAsked, known_at: int, position: int) -> RoundStatusAnswer:
    """How many procedures of a round stand where at an instant, how many reviews wait, and which runs were held."""
    mine = tuple_(OVERVIEW.c.care_type, OVERVIEW.c.period).in_([(each.value, period) for each, period in asked.periods])
    counted = (
        select(OVERVIEW.c.care_type, OVERVIEW.c.status, func.count(), func.sum(OVERVIEW.c.open_reviews))
        .where(
            OVERVIEW.c.purchaser == asked.purchaser, OVERVIEW.c.at_from <= known_at, OVERVIEW.c.at_to > known_at, mine
        )
        .group_by(OVERVIEW.c.care_type, OVERVIEW.c.status)
    )
    found: dict[str, dict[str, int]] = {each.value: {} for each in asked.care_types}
    reviews = dict.fromkeys(found, 0)
    for care_type, status, count, open_reviews in connection.execute(counted):
        if care_type in found:
            found[care_type][status] = count
            reviews[care_type] += int(open_reviews)
    at = from_microseconds(known_at)
    return RoundStatusAnswer(
        policy_id=asked.policy_id,
        effective_on=local_day(at),
        known_at=at,
        position=position,
        judged_at=at,
        runs=tuple(_runs(connection, asked.policy_id)),
        care_types={
            each: {status: found[each][status] for status in Status if status in found[each]}
            for each in asked.care_types
        },
        open_reviews={each: reviews[each] for each in asked.care_types},
    )


def _runs(connection: Connection, policy_id: str) -> Iterator[RunShown]:
    held = select(ROUND_RUN).where(ROUND_RUN.c.policy_id == policy_id).order_by(ROUND_RUN.c.day, ROUND_RUN.c.run)
    for row in connection.execute(held):
        yield RunShown.model_validate(
            {
                "day": row.day,
                "run": row.run,
                "care_types": row.care_types.split(),
                "actor": row.actor,
                "started_at": from_microseconds(row.started_at),
                "finished_at": None if row.finished_at is None else from_microseconds(row.finished_at),
            }
        )

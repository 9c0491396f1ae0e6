"""Lists of the present, from the tables that are brought up to date first."""

from contextlib import AbstractContextManager

from application.ports import Clock, ProgressReport
from application.queries.lists import (
    ContractList,
    ContractsAsked,
    DeadlineItem,
    DeadlineList,
    DeadlinesAsked,
    ListedContract,
    WorkAsked,
    WorkItem,
    WorkList,
)
from domain.calendar import from_microseconds, local_day, to_microseconds
from infrastructure.read_models.deadlines import DEADLINE, falling_due, how_many
from infrastructure.read_models.overview import OVERVIEW, contracts
from infrastructure.read_models.practices import PRACTICE
from infrastructure.read_models.service import Reading, ReadModels, no_report
from infrastructure.read_models.worklist import WORK, waiting, work


class Lists:
    """Answers about what stands now; each says at which instant, and up to which log position it knows.

    Every method raises ``ReadModelBehind`` when its tables can not be brought up, and ``StorageUnavailable``.
    """

    def __init__(self, read_models: ReadModels, clock: Clock) -> None:
        self._read_models = read_models
        self._clock = clock

    def contracts(self, asked: ContractsAsked, report: ProgressReport = no_report) -> ContractList:
        """A page of a purchaser's contracts."""
        now = self._clock.now()
        with self._reading(OVERVIEW.name, report) as (connection, position):
            rows = contracts(connection, asked, to_microseconds(now))
        page = [
            ListedContract(
                contract_id=row.contract_id,
                name=row.name,
                city=row.city,
                status=row.status,
                attempt=row.attempt,
                entitled_tier=row.entitled_tier,
                offered_tier=row.offered_tier,
                due_on=row.due_on,
                reasons=tuple(row.reasons.split()),
                open_reviews=row.open_reviews,
                changed_at=from_microseconds(row.changed_at),
                changed_position=row.changed_position,
            )
            for row in rows[: asked.limit]
        ]
        return ContractList(
            purchaser=asked.purchaser,
            at=now,
            position=position,
            contracts=tuple(page),
            next_after=page[-1].contract_id if len(rows) > asked.limit else None,
        )

    def worklist(self, asked: WorkAsked, report: ProgressReport = no_report) -> WorkList:
        """What waits for a person of a purchaser."""
        now = self._clock.now()
        at, today = to_microseconds(now), local_day(now)
        with self._reading(WORK.name, report) as (connection, position):
            counts, rows = waiting(connection, asked, at, today), work(connection, asked, at, today)
        return WorkList.model_validate(
            {
                "purchaser": asked.purchaser,
                "at": now,
                "position": position,
                "waiting": counts,
                "items": [
                    WorkItem(
                        contract_id=row.contract_id,
                        name=row.name,
                        kind=row.kind,
                        item=row.item,
                        about=row.about,
                        since=from_microseconds(row.since),
                        due_on=row.due_on,
                    )
                    for row in rows
                ],
            }
        )

    def deadlines(self, asked: DeadlinesAsked, report: ProgressReport = no_report) -> DeadlineList:
        """What falls due for a purchaser's contracts, and what is due and not recorded yet."""
        now = self._clock.now()
        at = to_microseconds(now)
        with self._reading(DEADLINE.name, report) as (connection, position):
            total, rows = how_many(connection, asked, at), falling_due(connection, asked, at)
        return DeadlineList(
            purchaser=asked.purchaser,
            at=now,
            position=position,
            total=total,
            items=tuple(
                DeadlineItem(
                    contract_id=row.contract_id,
                    name=row.name,
                    kind=row.kind,
                    due_at=from_microseconds(row.due_at),
                    due=row.due_at <= at,
                )
                for row in rows
            ),
        )

    def _reading(self, name: str, report: ProgressReport) -> AbstractContextManager[Reading]:
        names = [name, PRACTICE.name]
        self._read_models.ready(names, report)
        return self._read_models.reading(names)

"""Lists of the present, from the tables that are brought up to date first."""

from contextlib import AbstractContextManager
from typing import Any

from application.contracting import Contracting
from application.due_failures import Failed, Failures
from application.ports import DueItem, ProgressReport
from application.queries.horizon import Asked
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
from application.queries.round_report import RoundStatusAnswer, round_status
from application.round import round_care_types, version_of
from domain.calendar import from_microseconds, local_day, to_microseconds
from domain.care_type import CareType
from domain.policy.adoption import policy_stream
from domain.policy.document import PolicyDocument
from infrastructure.read_models.deadlines import DEADLINE, falling_due, how_many
from infrastructure.read_models.overview import OVERVIEW, contracts
from infrastructure.read_models.practices import PRACTICE
from infrastructure.read_models.rounds import ROUND_RUN, RoundAsked, round_standing
from infrastructure.read_models.service import Reading, ReadModels, no_report
from infrastructure.read_models.worklist import WORK, waiting, work


class Lists:
    """Answers about what stands now; each says at which instant, and up to which log position it knows.

    Every method raises ``ReadModelBehind`` when its tables can not be brought up, and ``StorageUnavailable``.
    """

    def __init__(self, read_models: ReadModels, contracting: Contracting, failures: Failures) -> None:
        self._read_models = read_models
        self._failures = failures
        self._contracting = contracting
        self._clock = contracting.clock

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
        failed = {each.item: each for each in self._failures.all()}
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
                    **_told(failed.get(DueItem(row.due_at, row.contract_id, row.kind))),
                )
                for row in rows
            ),
        )

    def round_status(self, policy_id: str, report: ProgressReport = no_report) -> RoundStatusAnswer:
        """What ``application.queries.round_report.round_status`` answers when no day is named.

        Counted in the tables; from the log where another policy shares a period with this one, or where something is
        recorded meanwhile. Raises what it raises.
        """
        asked = self._round(policy_id)
        if asked is not None:
            names = [OVERVIEW.name, ROUND_RUN.name]
            self._read_models.ready(names, report)
            horizon = self._contracting.log_port.horizon()
            with self._read_models.reading(names) as (connection, position):
                if position == horizon.position:
                    return round_standing(connection, asked, horizon.known_at, position)
        return round_status(self._contracting, policy_id, Asked())

    def _round(self, policy_id: str) -> RoundAsked | None:
        """The round of a policy, where its present version alone says what its contracts are."""
        policies = self._contracting.policies
        document = version_of(self._contracting, policy_id, self._clock.now()).document
        periods = _periods(document)
        for stream in policies.streams():
            for version in policies.versions(stream).versions:
                named = _periods(version.document)
                of_another = stream != policy_stream(policy_id)
                if of_another and version.document.purchaser == document.purchaser and named & periods:
                    return None
                if not of_another and named != periods:
                    return None
        return RoundAsked(policy_id, document.purchaser.id, round_care_types(document), periods)

    def _reading(self, name: str, report: ProgressReport) -> AbstractContextManager[Reading]:
        names = [name, PRACTICE.name]
        self._read_models.ready(names, report)
        return self._read_models.reading(names)


def _told(failed: Failed | None) -> dict[str, Any]:
    if failed is None:
        return {}
    return {"attempts": failed.attempts, "error": failed.error, "next_try_at": failed.next_try_at}


def _periods(document: PolicyDocument) -> set[tuple[CareType, str]]:
    """The care types of a policy with their periods."""
    return {(care_type, rules.period) for care_type, rules in document.care_types.items() if rules.period is not None}

"""Lists of a purchaser: of the present from tables, which are brought up to date first; of the past from the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from application.contracting import Contracting
from application.due_failures import Failed, Failures
from application.ports import DueItem, Horizon, ProgressReport
from application.queries.horizon import Asked, fix_horizon
from application.queries.lists import (
    ContractList,
    ContractsAsked,
    DeadlineItem,
    DeadlineList,
    DeadlinePlace,
    DeadlinesAsked,
    ListedContract,
    WorkAsked,
    WorkItem,
    WorkList,
    WorkPlace,
)
from application.queries.round_report import RoundStatusAnswer, round_status
from application.round import round_care_types, version_of
from domain.calendar import from_microseconds, last_instant, local_day, to_microseconds
from domain.care_type import CareType
from domain.policy.adoption import policy_stream
from domain.policy.document import PolicyDocument
from infrastructure.read_models.deadlines import DEADLINE, falling_due, how_many
from infrastructure.read_models.overview import OVERVIEW, contracts
from infrastructure.read_models.past import Past, PastMoment
from infrastructure.read_models.practices import PRACTICE
from infrastructure.read_models.rounds import ROUND_RUN, RoundAsked, round_standing
from infrastructure.read_models.service import ReadModels, no_report
from infrastructure.read_models.worklist import WORK, waiting, work

NOW = Asked()
"""The present, which a question is about that names neither a day nor whose knowledge."""


class _View(NamedTuple):
    """The tables of a list, of the present or not, and what their answer rests on."""

    connection: Connection
    present: bool
    effective_on: date
    horizon: Horizon

    @property
    def judged_at(self) -> datetime:
        """The earlier of the end of the day and ``known_at``."""
        return min(last_instant(self.effective_on), from_microseconds(self.horizon.known_at))

    def told(self, purchaser: str) -> dict[str, Any]:
        """What every list says of itself."""
        return {
            "purchaser": purchaser,
            "at": self.judged_at,
            "effective_on": self.effective_on,
            "known_at": from_microseconds(self.horizon.known_at),
            "position": self.horizon.position,
        }


class Lists:
    """Answers about a purchaser; each says of which day and instant it is, and up to which log position it knows.

    A question may be ``asked`` on either axis. Every method raises the errors of ``EventLog.horizon``,
    ``ReadModelBehind`` when its tables can not be brought up or too many ask about the past at once, and
    ``StorageUnavailable``.
    """

    def __init__(self, read_models: ReadModels, contracting: Contracting, failures: Failures) -> None:
        self._read_models = read_models
        self._failures = failures
        self._contracting = contracting
        self._log = contracting.log_port
        self._clock = contracting.clock
        self._past = Past(contracting.log_port, contracting.facts, contracting.policies)

    def close(self) -> None:
        """Let go of what was made for questions about the past."""
        self._past.close()

    def contracts(
        self, wanted: ContractsAsked, asked: Asked = NOW, *, report: ProgressReport = no_report
    ) -> ContractList:
        """A page of a purchaser's contracts."""
        with self._view(OVERVIEW.name, wanted.purchaser, asked, report) as view:
            rows = contracts(view.connection, wanted, to_microseconds(view.judged_at))
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
            for row in rows[: wanted.limit]
        ]
        more = len(rows) > wanted.limit
        return ContractList(
            **view.told(wanted.purchaser),
            contracts=tuple(page),
            next_after=page[-1].contract_id if more else None,
        )

    def worklist(self, wanted: WorkAsked, asked: Asked = NOW, *, report: ProgressReport = no_report) -> WorkList:
        """A page of what waits for a person of a purchaser."""
        with self._view(WORK.name, wanted.purchaser, asked, report) as view:
            at, today = to_microseconds(view.judged_at), local_day(view.judged_at)
            counts, rows = waiting(view.connection, wanted, at, today), work(view.connection, wanted, at, today)
        page, last = rows[: wanted.limit], rows[wanted.limit - 1] if len(rows) > wanted.limit else None
        items = [
            WorkItem(
                contract_id=row.contract_id,
                name=row.name,
                kind=row.kind,
                item=row.item,
                about=row.about,
                since=from_microseconds(row.since),
                due_on=row.due_on,
            )
            for row in page
        ]
        ends = (
            None if last is None else WorkPlace(last.due_on or "", last.since, last.contract_id, last.kind, last.item)
        )
        return WorkList.model_validate(
            {
                **view.told(wanted.purchaser),
                "waiting": counts,
                "items": items,
                "next_after": None if ends is None else str(ends),
            }
        )

    def deadlines(
        self, wanted: DeadlinesAsked, asked: Asked = NOW, *, report: ProgressReport = no_report
    ) -> DeadlineList:
        """A page of what falls due for a purchaser's contracts, and of what is due and not recorded yet."""
        with self._view(DEADLINE.name, wanted.purchaser, asked, report) as view:
            at = to_microseconds(view.judged_at)
            total, rows = how_many(view.connection, wanted, at), falling_due(view.connection, wanted, at)
        failed = {each.item: each for each in self._failures.all()} if view.present else {}
        page, last = rows[: wanted.limit], rows[wanted.limit - 1] if len(rows) > wanted.limit else None
        return DeadlineList(
            **view.told(wanted.purchaser),
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
                for row in page
            ),
            next_after=None if last is None else str(DeadlinePlace(last.due_at, last.contract_id, last.kind)),
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
            horizon = self._log.horizon()
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

    @contextmanager
    def _view(self, name: str, purchaser: str, asked: Asked, report: ProgressReport) -> Iterator[_View]:
        """The table of a list, with the practices' names."""
        effective_on, horizon = fix_horizon(self._log, self._clock, asked)
        today = local_day(from_microseconds(horizon.known_at))
        if asked.known_at is not None or asked.position is not None or effective_on < today:
            moment = PastMoment(horizon.position, min(last_instant(effective_on), from_microseconds(horizon.known_at)))
            with self._past.reading(purchaser, moment) as connection:
                yield _View(connection, False, effective_on, horizon)
            return
        names = [name, PRACTICE.name]
        self._read_models.ready(names, report)
        with self._read_models.reading(names) as (connection, position):
            if position != horizon.position:  # something was recorded meanwhile: it is judged when that was
                effective_on, horizon = fix_horizon(
                    self._log, self._clock, Asked(effective_on=asked.effective_on, position=position)
                )
            yield _View(connection, True, effective_on, horizon)


def _told(failed: Failed | None) -> dict[str, Any]:
    if failed is None:
        return {}
    return {"attempts": failed.attempts, "error": failed.error, "next_try_at": failed.next_try_at}


def _periods(document: PolicyDocument) -> set[tuple[CareType, str]]:
    """The care types of a policy with their periods."""
    return {(care_type, rules.period) for care_type, rules in document.care_types.items() if rules.period is not None}

"""The planning in order of time: what each row does, and the instant at which it begins or it is too late."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

from domain.calendar import Deadline, Instant, day_start
from domain.policy.planning import PlanningKind, PlanningRow


class Force(StrEnum):
    """What a row of the planning does.

    A ``deadline`` ends by itself when it passes, a ``first_day`` begins so, and passing a ``target`` gives a warning.
    A ``window`` informs (OD29, OD50). A row that is ``relative`` follows on something else and has no day.
    """

    DEADLINE = "deadline"
    FIRST_DAY = "first_day"
    TARGET = "target"
    WINDOW = "window"
    RELATIVE = "relative"


class ScheduledRow(PlanningRow):
    """A row of the planning with its force: ``opens_at`` is the first instant of a first day (OD18), ``too_late_at``
    the first instant too late for a deadline or a target; both in UTC.
    """

    force: Force
    opens_at: Instant | None = None
    too_late_at: Instant | None = None


def in_order_of_time(rows: Iterable[PlanningRow]) -> tuple[ScheduledRow, ...]:
    """The rows by their instants, of equal ones the policy's own order; a row without a day stays with the one before
    it.
    """
    begins = datetime.min.replace(tzinfo=UTC)
    placed: list[tuple[datetime, ScheduledRow]] = []
    for row in rows:
        scheduled = _scheduled(row)
        begins = (
            scheduled.opens_at or scheduled.too_late_at or (day_start(row.window.first_day) if row.window else begins)
        )
        placed.append((begins, scheduled))
    return tuple(scheduled for _, scheduled in sorted(placed, key=lambda each: each[0]))


def _scheduled(row: PlanningRow) -> ScheduledRow:
    given = row.model_dump()
    if row.window is not None:
        return ScheduledRow(**given, force=Force.WINDOW)
    if row.day is None:
        return ScheduledRow(**given, force=Force.RELATIVE)
    if row.kind is PlanningKind.PUBLICATION and row.binding:
        return ScheduledRow(**given, force=Force.FIRST_DAY, opens_at=day_start(row.day))
    too_late_at = Deadline(day=row.day, boundary=row.boundary).ends_at
    return ScheduledRow(**given, force=Force.DEADLINE if row.binding else Force.TARGET, too_late_at=too_late_at)

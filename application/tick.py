"""Everything that a tick does, for the scheduler, for scenarios and for the simulation alike."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from application.due import SYSTEM, DueReport, Ticking, record_due, refuse_future, told
from application.plans import Plan, carry_out_plan, item_of, plans_due
from application.registry_changes import ask_about_register


class Work(NamedTuple):
    """A use case that a tick calls, by its name."""

    name: str
    meaning: str
    carry_out: Callable[[Ticking, datetime], DueReport]


def carry_out_due(ticking: Ticking, at: datetime) -> DueReport:
    """Hold planned rounds and record what deadlines and dates brought about by ``at``, in the order of their instants.

    Raises ``RefusedError`` when ``at`` lies in the future.
    """
    now = ticking.contracting.clock.now()
    refuse_future(now, at)
    waiting = {each.item for each in ticking.failures.all() if each.waits(now)}
    reports: list[DueReport] = []
    for plan in plans_due(ticking.contracting, at):
        if item_of(plan) not in waiting and ticking.go_on():
            reports += [record_due(ticking, plan.planned_for), _hold(ticking, plan, at)]
    return _together([*reports, record_due(ticking, at)], at)


def _hold(ticking: Ticking, plan: Plan, at: datetime) -> DueReport:
    done = carry_out_plan(ticking.contracting, ticking.failures, plan, SYSTEM, ticking.go_on)
    failures = () if done.failed is None else (told(done.failed),)
    return DueReport(at=at, contracts=0, recorded=done.recorded, failures=failures, due=1, due_since=plan.planned_for)


def _together(reports: list[DueReport], at: datetime) -> DueReport:
    recorded: Counter[str] = Counter()
    for each in reports:
        recorded.update(each.recorded)
    return DueReport(
        at=at,
        contracts=sum(each.contracts for each in reports),
        recorded=dict(sorted(recorded.items())),
        failures=tuple(failure for each in reports for failure in each.failures),
        due=sum(each.due for each in reports),
        due_since=min((each.due_since for each in reports if each.due_since is not None), default=None),
        held_back=sum(each.held_back for each in reports),
        table_behind=reports[-1].table_behind,
    )


def ask_about_register_of_all(ticking: Ticking, at: datetime) -> DueReport:
    """Ask for reviews where the register no longer bears out what a running contract rests on.

    Only what changed, or what time has changed, is looked at again.
    """
    return ask_about_register(ticking.contracting, at, looks=ticking.looks)


EVERY_TICK = (
    Work(
        "due",
        "hold planned rounds; record reminders, lapses, extensions, tiers that begin, publications and their ends",
        carry_out_due,
    ),
    Work(
        "register",
        "ask for a review where the register no longer bears out what a running contract rests on",
        ask_about_register_of_all,
    ),
)
"""All of them, in order."""


def tick(ticking: Ticking, at: datetime) -> dict[str, DueReport]:
    """Do everything that is due at an instant, once; raises ``RefusedError`` when it lies in the future."""
    return {work.name: work.carry_out(ticking, at) for work in EVERY_TICK}

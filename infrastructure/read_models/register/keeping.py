"""A contract's rows as more is known of it: the difference between two answers, written once."""

import json
from collections.abc import Sequence
from typing import TypeVar

from domain.calendar import to_microseconds
from domain.contract.facts import Reason
from domain.contract.intervals import LegalInterval, LegalState, ProcedureState, Step
from domain.contract.timeline import Timeline
from infrastructure.read_models.register.tables import OPEN
from infrastructure.read_models.register.writing import Changes, Values

RowT = TypeVar("RowT", Step, LegalInterval)
ContractKey = tuple[str, str, str, str]
"""Purchaser, AGB code, care type and period."""


class ContractRows:
    """Follows a timeline, and tells what each change of it ends and begins."""

    def __init__(self, key: ContractKey, timeline: Timeline) -> None:
        self.timeline = timeline
        self.key = key
        self._steps: list[Step] = timeline.steps
        self._intervals: list[LegalInterval] = timeline.intervals

    def write(self, position: int, procedure: Changes, legal: Changes) -> None:
        """What the timeline answers since ``position``, and answered otherwise before."""
        if self.timeline.steps is not self._steps:
            self._write_steps(position, procedure)
        if self.timeline.intervals is not self._intervals:
            self._write_intervals(position, legal)

    def _write_steps(self, position: int, procedure: Changes) -> None:
        ended, begun = _difference(self._steps, self.timeline.steps)
        for step in ended:
            procedure.end((*self.key, to_microseconds(step.at)), position)
        for step in begun:
            procedure.begin((*self.key, to_microseconds(step.at)), position, procedure_values(step.state))
        self._steps = self.timeline.steps

    def _write_intervals(self, position: int, legal: Changes) -> None:
        ended, begun = _difference(self._intervals, self.timeline.intervals)
        for interval in ended:
            legal.end((*self.key, interval.day_from.isoformat()), position)
        for interval in begun:
            legal.begin((*self.key, interval.day_from.isoformat()), position, legal_values(interval))
        self._intervals = self.timeline.intervals


def _difference(before: Sequence[RowT], after: Sequence[RowT]) -> tuple[Sequence[RowT], Sequence[RowT]]:
    """What is no longer there, and what is new; most often both begin with the same."""
    same = 0
    for was, now in zip(before, after, strict=False):
        if was is not now:
            break
        same += 1
    before, after = before[same:], after[same:]
    if not before:
        return (), after
    return [each for each in before if each not in after], [each for each in after if each not in before]


def procedure_values(state: ProcedureState) -> Values:
    """A row's values, as the table holds them."""
    due_on = None if state.due_on is None else state.due_on.isoformat()
    return (state.status.value, state.attempt, state.entitled_tier, state.offered_tier, due_on, _told(state.reasons))


def _told(reasons: Sequence[Reason]) -> str | None:
    """Reasons as JSON; most have none."""
    if not reasons:
        return None
    return json.dumps([each.model_dump(mode="json") for each in reasons], ensure_ascii=False, separators=(",", ":"))


def legal_values(interval: LegalInterval) -> Values:
    """A row's values, as the table holds them."""
    state: LegalState = interval.state
    return (
        OPEN if interval.day_to is None else interval.day_to.isoformat(),
        int(state.in_force),
        state.attempt,
        None if state.term is None else state.term.start.isoformat(),
        None if state.term is None or state.term.end is None else state.term.end.isoformat(),
        state.tier,
        None if state.tier_from is None else state.tier_from.isoformat(),
        " ".join(state.selective),
        int(state.listed),
        None if state.listed_from is None else to_microseconds(state.listed_from),
    )

"""Why: the tree that the rules make while they decide, as data and not as text written beside them."""

from collections.abc import Iterable
from enum import StrEnum

from domain.model import Frozen

MOST_NAMED = 25
"""How many members of a list a tree names one by one; a tree has at most 16 kB."""


class Outcome(StrEnum):
    """Three-valued: unknown is never taken for met."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class Explanation(Frozen):
    """One rule that was applied: its clause, what was found, what was asked, and what it rests on."""

    rule: str
    clause: str = ""
    outcome: Outcome
    value: str = ""
    threshold: str = ""
    because: tuple["Explanation", ...] = ()

    def clauses(self) -> list[str]:
        """Every clause the tree cites, in reading order, each once."""
        found = dict.fromkeys([self.clause] if self.clause else [])
        for reason in self.because:
            found.update(dict.fromkeys(reason.clauses()))
        return list(found)


def outcome_of(condition: bool) -> Outcome:
    """Met or not met."""
    return Outcome.MET if condition else Outcome.NOT_MET


def shortened(members: Iterable[Explanation], rule: str) -> tuple[Explanation, ...]:
    """The first members one by one, the others counted, so that a tree stays small enough to store."""
    listed = tuple(members)
    if len(listed) <= MOST_NAMED:
        return listed
    left_out = [[each for each in listed[MOST_NAMED:] if each.outcome is outcome] for outcome in Outcome]
    counted = tuple(
        Explanation(
            rule=f"{rule}.others",
            clause=alike[0].clause,
            outcome=alike[0].outcome,
            value=str(len(alike)),
            threshold=alike[0].threshold,
        )
        for alike in left_out
        if alike
    )
    return listed[:MOST_NAMED] + counted

"""A rule that was judged: what was found, and what follows from it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from domain.explanation import Explanation, Outcome
from domain.policy.condition_rules import Criterion, UnknownMeans

RESTRICTED = "FOR_REVIEWERS_ONLY"
"""The reason that stands in the place of one that only the purchaser's reviewers may see (ASR24-4-ALG-6)."""


class Consequence(StrEnum):
    """What follows: nothing, a refusal, a question to the practice, or a person who decides."""

    NONE = "none"
    BARS = "bars"
    ASKS = "asks"
    PERSON = "person"


FOLLOWS_UNKNOWN = {
    UnknownMeans.REFUSE: Consequence.BARS,
    UnknownMeans.ASK: Consequence.ASKS,
    UnknownMeans.PERSON: Consequence.PERSON,
}


@dataclass(frozen=True)
class Judged:
    """One rule by its code, with the reason code of a refusal, what follows, and the explanation of what was found.

    ``criteria`` are what a person weighs. ``flags`` name what a person should see; they never decide.
    """

    code: str
    refusal_code: str
    consequence: Consequence
    explanation: Explanation
    restricted: bool = False
    flags: tuple[str, ...] = ()
    criteria: tuple[Criterion, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Whether the rule is met; unknown is never taken for met."""
        return self.explanation.outcome

    def for_others(self) -> "Judged":
        """The same as somebody may see it who is no reviewer: of a restricted rule neither reason nor finding."""
        if not self.restricted or self.outcome is Outcome.MET:
            return self
        hidden = Explanation(rule="restricted", outcome=self.outcome)
        return replace(self, code="restricted", refusal_code=RESTRICTED, explanation=hidden, flags=(), criteria=())


def together(judged: Iterable[Judged]) -> Outcome:
    """What rules come to together: one that bars is not met, one that waits for somebody leaves it unknown."""
    consequences = {each.consequence for each in judged} - {Consequence.NONE}
    if Consequence.BARS in consequences:
        return Outcome.NOT_MET
    return Outcome.UNKNOWN if consequences else Outcome.MET


def bar(code: str, explanation: Explanation, *flags: str) -> Judged:
    """A rule that bars where it is not met."""
    met = explanation.outcome is Outcome.MET
    return Judged(explanation.rule, code, Consequence.NONE if met else Consequence.BARS, explanation, flags=flags)


def person_decides(code: str, explanation: Explanation, *criteria: Criterion) -> Judged:
    """A rule that only a person can judge."""
    return Judged(explanation.rule, code, Consequence.PERSON, explanation, criteria=criteria)

"""A contract's intervals kept up as more is known of it, without making all of them anew."""

from collections.abc import Callable, Sequence

from domain.contract.contract import Contract, advance, begun, fold
from domain.contract.intervals import (
    ALWAYS,
    SILENT,
    LegalInterval,
    Rulings,
    Step,
    in_order,
    legal_intervals,
    procedure_steps,
    steps_from,
)
from domain.history import FactCorrected, Recorded, effective
from domain.provider.provider import Provider

_OF_THE_LEGAL_POSITION = ("past", "carried_over", "assignments", "offer", "signed_at", "last_day")


class Timeline:
    """Both answers of one contract as more and more of the log is known.

    ``steps`` and ``intervals`` are the ``procedure_steps`` and ``legal_intervals`` of what is known. ``history`` and
    ``practice`` answer with the contract's facts, and with its practice, known at a log position; they are seldom
    asked.
    """

    def __init__(
        self,
        rulings: Rulings,
        history: Callable[[int], Sequence[Recorded]],
        practice: Callable[[int], Provider | None],
    ) -> None:
        self.steps: list[Step] = []
        self.intervals: list[LegalInterval] = []
        self.version = 0
        self._rulings = rulings
        self._history = history
        self._practice = practice
        self._draft = begun()
        self._latest = ALWAYS

    def extend(self, news: Sequence[Recorded]) -> None:
        """The next facts of the contract are known, in log order."""
        self.version = news[-1].version
        position = news[-1].position
        kinds = {type(recorded.fact) for recorded in news}
        if FactCorrected in kinds or news[0].occurred_at < self._latest or not in_order(news):
            self._unfold(position)
            self._reckon(position)
            return
        self._latest = news[-1].occurred_at
        if self.steps and kinds <= SILENT:
            for recorded in news:
                advance(self._draft, recorded)
            return
        before = _legal_values(self._draft)
        self._continue(news)
        if any(is_now is not was for is_now, was in zip(_legal_values(self._draft), before, strict=True)):
            self._reckon(position)

    def _continue(self, news: Sequence[Recorded]) -> None:
        """The facts mend nothing and occurred after all others: what came before then stays as it is."""
        first, kept = news[0].occurred_at, len(self.steps)
        while kept and self.steps[kept - 1].at >= first:
            kept -= 1
        tail = steps_from(self._draft, news, self._rulings)
        if kept and self.steps[kept - 1].state == tail[0].state:
            del tail[0]
        self.steps = [*self.steps[:kept], *tail]

    def rule(self, rulings: Rulings, position: int) -> None:
        """Other policy versions are known from a log position on."""
        self._rulings = rulings
        self._unfold(position)
        self._reckon(position)

    def meet(self, position: int) -> None:
        """The register is known to say something else of the practice from a log position on."""
        self._reckon(position)

    def _unfold(self, position: int) -> None:
        history = self._history(position)
        facts = list(effective(history))
        self._draft = fold(history)
        self._latest = max((recorded.occurred_at for recorded in facts), default=ALWAYS)
        self.steps = procedure_steps(facts, self._rulings)

    def _reckon(self, position: int) -> None:
        concluded = any(attempt.concluded for attempt in self._draft.attempts)
        asked = concluded and any(ruling.selective for ruling in self._rulings)
        provider = self._practice(position) if asked else None
        self.intervals = legal_intervals(self._draft, self._rulings, provider) if concluded else []


def _legal_values(contract: Contract) -> list[object]:
    """What the legal position rests on; a fact that changes one of these puts another object in its place."""
    state = vars(contract)
    return [state[name] for name in _OF_THE_LEGAL_POSITION]

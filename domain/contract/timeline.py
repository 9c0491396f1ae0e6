"""A contract's intervals kept up as more is known of it, without making all of them anew."""

from collections.abc import Sequence

from domain.contract.contract import begun, fold
from domain.contract.intervals import (
    ALWAYS,
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

_LEGAL_FIELDS = ("past", "carried_over", "assignments", "offer", "signed_at", "last_day")


class Timeline:
    """Both answers of one contract as more and more is known of it.

    ``steps`` and ``intervals`` are ``procedure_steps`` and ``legal_intervals`` of all that it was told.
    """

    def __init__(self, rulings: Rulings, provider: Provider | None = None) -> None:
        self.steps: list[Step] = []
        self.intervals: list[LegalInterval] = []
        self._history: list[Recorded] = []
        self._draft = begun()
        self._latest = ALWAYS
        self._rulings = rulings
        self._provider = provider

    def extend(self, news: Sequence[Recorded]) -> None:
        """Further facts of the contract are known, in log order."""
        before = [vars(self._draft)[name] for name in _LEGAL_FIELDS]
        self._history += news
        if self._only_continues(news):
            first = news[0].occurred_at
            kept = self.steps
            while kept and kept[-1].at >= first:
                kept = kept[:-1]
            tail = steps_from(self._draft, news, self._rulings)
            self.steps = [*kept, *(tail[1:] if kept and kept[-1].state == tail[0].state else tail)]
            self._latest = news[-1].occurred_at
        else:
            self._unfold()
        if any(vars(self._draft)[name] is not value for name, value in zip(_LEGAL_FIELDS, before, strict=True)):
            self.intervals = legal_intervals(self._draft, self._rulings, self._provider)

    def rule(self, rulings: Rulings) -> None:
        """Other policy versions are known."""
        self._rulings = rulings
        self._unfold()
        self.intervals = legal_intervals(self._draft, rulings, self._provider)

    def meet(self, provider: Provider | None) -> None:
        """The register is known to say something else of the practice."""
        self._provider = provider
        self.intervals = legal_intervals(self._draft, self._rulings, provider)

    def _only_continues(self, news: Sequence[Recorded]) -> bool:
        """Whether the facts mend nothing and occurred after all others: what came before then stays as it is."""
        return (
            news[0].occurred_at >= self._latest
            and not any(isinstance(recorded.fact, FactCorrected) for recorded in news)
            and in_order(news)
        )

    def _unfold(self) -> None:
        facts = list(effective(self._history))
        self._draft = fold(self._history)
        self._latest = max((recorded.occurred_at for recorded in facts), default=ALWAYS)
        self.steps = procedure_steps(facts, self._rulings)

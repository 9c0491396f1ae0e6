"""A contract's intervals kept up as more is known of it, without making all of them anew."""

from collections.abc import Callable, Sequence

from domain.contract.contract import Contract, advance, begun, fold
from domain.contract.facts import (
    EvidenceAccepted,
    EvidenceRejected,
    EvidenceUploaded,
    OfferLapsed,
    Published,
    QuestionnaireLapsed,
    QuestionnaireSaved,
    Unpublished,
)
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

_OF_THE_LEGAL_POSITION = (
    *("past", "carried_over", "assignments", "offer"),
    *("signed_at", "signed_term", "extended_to", "last_day"),
)
_ASIDE = frozenset(
    {
        EvidenceAccepted,
        EvidenceRejected,
        EvidenceUploaded,
        OfferLapsed,
        Published,
        QuestionnaireLapsed,
        QuestionnaireSaved,
        Unpublished,
    }
)
"""Facts that neither answer rests on: they say what was known to come about, or their consequence is another fact."""


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
        continues = self._only_continues(news)
        if continues and self.steps and all(type(recorded.fact) in _ASIDE for recorded in news):
            for recorded in news:
                advance(self._draft, recorded)
            self._latest = news[-1].occurred_at
            return
        before = _legal_values(self._draft)
        if continues:
            first = news[0].occurred_at
            kept = [step for step in self.steps if step.at < first]
            tail = steps_from(self._draft, news, self._rulings)
            self.steps = [*kept, *(tail[1:] if kept and kept[-1].state == tail[0].state else tail)]
            self._latest = news[-1].occurred_at
        else:
            self._unfold(position)
        if any(is_now is not was for is_now, was in zip(_legal_values(self._draft), before, strict=True)):
            self._reckon(position)

    def rule(self, rulings: Rulings, position: int) -> None:
        """Other policy versions are known from a log position on."""
        self._rulings = rulings
        if self.version == 0:
            return  # nothing is known of the contract yet
        self._unfold(position)
        self._reckon(position)

    def meet(self, position: int) -> None:
        """The register is known to say something else of the practice from a log position on."""
        self._reckon(position)

    def _only_continues(self, news: Sequence[Recorded]) -> bool:
        """Whether the facts mend nothing and occurred after all others: what came before then stays as it is."""
        return (
            news[0].occurred_at >= self._latest
            and FactCorrected not in {type(recorded.fact) for recorded in news}
            and in_order(news)
        )

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

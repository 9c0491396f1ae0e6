"""A contract's intervals kept up as more is known of it, without making all of them anew."""

from collections.abc import Callable, Sequence, Set
from operator import itemgetter

from domain.contract.contract import begun, fold
from domain.contract.facts import (
    EvidenceAccepted,
    EvidenceRejected,
    EvidenceUploaded,
    OfferLapsed,
    Published,
    QuestionnaireConfirmed,
    QuestionnaireLapsed,
    QuestionnaireOpened,
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
from domain.history import Fact, FactCorrected, Recorded, effective
from domain.provider.provider import Provider

_of_the_legal_position = itemgetter(
    *("past", "carried_over", "assignments", "offer"),
    *("signed_at", "signed_term", "extended_to", "last_day"),
)
"""What the legal position rests on, from the state of a contract."""
_ASIDE = frozenset(
    {
        EvidenceAccepted,
        EvidenceRejected,
        EvidenceUploaded,
        OfferLapsed,
        Published,
        QuestionnaireLapsed,
        QuestionnaireOpened,
        QuestionnaireSaved,
        Unpublished,
    }
)
"""Facts that neither answer rests on: they say what was known to come about, or their consequence is another fact."""


_UNASKED = {"answers": None, "findings": (), "measured": ()}
"""What a confirmed questionnaire says, as a draft holds it that has forgotten it: neither answer rests on that."""


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
        kinds = {type(recorded.fact) for recorded in news}
        continues = self._only_continues(news, kinds)
        if continues and self.steps and kinds <= _ASIDE:
            self._latest = news[-1].occurred_at
            return
        before = _of_the_legal_position(vars(self._draft))
        if continues:
            first = news[0].occurred_at
            kept = [step for step in self.steps if step.at < first]
            tail = steps_from(self._draft, news, self._rulings)
            if QuestionnaireConfirmed in kinds:
                vars(self._draft).update(_UNASKED)  # it is half of what a contract takes in memory
            self.steps = [*kept, *(tail[1:] if kept and kept[-1].state == tail[0].state else tail)]
            self._latest = news[-1].occurred_at
        else:
            self._unfold(news[-1].position)
        if _of_the_legal_position(vars(self._draft)) != before:
            self._reckon(news[-1].position)

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

    def _only_continues(self, news: Sequence[Recorded], kinds: Set[type[Fact]]) -> bool:
        """Whether the facts mend nothing and occurred after all others: what came before then stays as it is."""
        return news[0].occurred_at >= self._latest and FactCorrected not in kinds and (len(news) == 1 or in_order(news))

    def _unfold(self, position: int) -> None:
        history = self._history(position)
        facts = list(effective(history))
        self._draft = fold(history)
        vars(self._draft).update(_UNASKED)
        self._latest = max((recorded.occurred_at for recorded in facts), default=ALWAYS)
        self.steps = procedure_steps(facts, self._rulings)

    def _reckon(self, position: int) -> None:
        concluded = any(attempt.concluded for attempt in self._draft.attempts)
        asked = concluded and any(ruling.selective for ruling in self._rulings)
        provider = self._practice(position) if asked else None
        self.intervals = legal_intervals(self._draft, self._rulings, provider) if concluded else []

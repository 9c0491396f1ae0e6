"""Counting what a round decides for one care type."""

from collections import Counter
from collections.abc import Iterable

from domain.contract.contract import Contract
from domain.contract.facts import Approached, ContractOffered, NotApproached, ReviewRequested
from domain.history import Fact
from domain.round.facts import RoundCounts


class RoundTally:
    """Counts; a contract about which the round decided nothing new counts by where it stands."""

    def __init__(self) -> None:
        self.candidates = 0
        self.approached = 0
        self.approached_before = 0
        self.not_approached = 0
        self.reasons: Counter[str] = Counter()
        self.reviews = 0
        self.refused: Counter[str] = Counter()
        self.released_offers = 0

    def add(self, before: Contract, facts: Iterable[Fact]) -> None:
        """Count one contract: how it was found, and the facts of this round about it."""
        told = list(facts)
        self.reviews += sum(isinstance(fact, ReviewRequested) for fact in told)
        self.released_offers += any(isinstance(fact, ContractOffered) for fact in told)
        verdicts = [fact for fact in told if isinstance(fact, (Approached, NotApproached))]
        if verdicts:
            verdict = verdicts[-1]
            reasons = verdict.reasons if isinstance(verdict, NotApproached) else ()
        elif before.approached_at is not None:
            self.approached_before += 1
            return
        else:
            reasons = before.not_approached
            if not reasons:
                self.reviews += not told
                return
        if reasons:
            self.not_approached += 1
            self.reasons.update(reason.code for reason in reasons)
        else:
            self.approached += 1

    def counts(self) -> RoundCounts:
        """The counts, in order of code."""
        return RoundCounts(
            candidates=self.candidates,
            approached=self.approached,
            approached_before=self.approached_before,
            not_approached=self.not_approached,
            reasons=dict(sorted(self.reasons.items())),
            reviews=self.reviews,
            refused=dict(sorted(self.refused.items())),
            released_offers=self.released_offers,
        )

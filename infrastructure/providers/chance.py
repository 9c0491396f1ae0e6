"""Seeded chance for the sample register: the same draws for the same seed on every Python."""

import random  # noqa: TID251 -- the one place where chance is wanted: seeded, for fictional practices
from collections.abc import Sequence
from typing import TypeVar

Option = TypeVar("Option")
Weights = tuple[tuple[Option, int], ...]
"""Options with how often each is drawn; whole numbers, whose sums are exact."""


class Chance:
    """Draws from ``random.Random(seed).random()`` alone, whose values are guaranteed."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed).random  # noqa: S311 -- not a secret

    def happens(self, share: float) -> bool:
        """True in that share of draws."""
        return self.draw() < share

    def below(self, limit: int) -> int:
        """A whole number from 0 up to but without the limit."""
        return int(self.draw() * limit)

    def one(self, options: Sequence[Option]) -> Option:
        """One of the options, each as often."""
        return options[self.below(len(options))]

    def weighted(self, weights: Weights[Option]) -> Option:
        """One of the options, each as often as it weighs."""
        left = self.draw() * sum(weight for _, weight in weights)
        options = iter(weights)
        option, weight = next(options)
        while (left := left - weight) >= 0:
            option, weight = next(options)
        return option

"""Bounds of a number: open or closed on either side, compared exactly and never rounded."""

from decimal import Decimal
from fractions import Fraction

from pydantic import model_validator

from domain.model import Frozen
from domain.policy.values import Inconsistency, refuse


class Bounds(Frozen):
    """From and up to where a number lies: ``at_least`` and ``at_most`` belong to it, ``above`` and ``below`` do not."""

    below: Decimal | None = None
    at_most: Decimal | None = None
    at_least: Decimal | None = None
    above: Decimal | None = None

    @model_validator(mode="after")
    def _bounds_fit(self) -> "Bounds":
        if not self.bounds:
            refuse([Inconsistency((), "needs one of below, at_most, at_least, above")])
        if {"below", "at_most"} <= self.bounds.keys() or {"above", "at_least"} <= self.bounds.keys():
            refuse([Inconsistency((), f"needs at most one bound on a side; found {' and '.join(self.bounds)}")])
        if not self._room():
            refuse([Inconsistency((), f"nothing lies between {' and '.join(map(str, self.bounds.values()))}")])
        return self

    def _room(self) -> bool:
        lowest, highest = [list(map(self.bounds.get, side)) for side in (("above", "at_least"), ("at_most", "below"))]
        pairs = [(low, high) for low in lowest for high in highest if low is not None and high is not None]
        inclusive = {"at_least", "at_most"} >= self.bounds.keys()
        return all(low < high or (inclusive and low == high) for low, high in pairs)

    @property
    def bounds(self) -> dict[str, Decimal]:
        """The bounds that are given, by name."""
        named = {"above": self.above, "at_least": self.at_least, "at_most": self.at_most, "below": self.below}
        return {name: bound for name, bound in named.items() if bound is not None}

    @property
    def words(self) -> str:
        """The bounds as a person reads them: ``at least 8.0 and below 9.0``."""
        return " and ".join(f"{name.replace('_', ' ')} {bound}" for name, bound in self.bounds.items())

    def contains(self, number: Decimal | Fraction) -> bool:
        """Whether a number lies within."""
        exact = Fraction(number)
        return (
            (self.below is None or exact < Fraction(self.below))
            and (self.at_most is None or exact <= Fraction(self.at_most))
            and (self.at_least is None or exact >= Fraction(self.at_least))
            and (self.above is None or exact > Fraction(self.above))
        )

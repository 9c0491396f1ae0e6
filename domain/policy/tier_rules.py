"""How a tier is reached: by a number of factors, by weighted points, or by bands of measured numbers.

A table is of one kind throughout. Each kind says for itself what it asks and whether that is met; nobody else asks of
which kind a table is.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple

from pydantic import Discriminator, Field, Tag, model_validator

from domain.explanation import Outcome, outcome_of
from domain.model import added
from domain.policy.bounds import Bounds
from domain.policy.values import (
    Bilingual,
    Code,
    Day,
    ExactNumber,
    Flag,
    Inconsistency,
    Ruled,
    Words,
    number_text,
    refuse,
)


class Standing(NamedTuple):
    """What a tier is judged by: how many factors are met, their points, and the numbers, absent where unknown."""

    factors: int = 0
    points: Fraction = Fraction(0)
    numbers: Mapping[str, Decimal | None] = MappingProxyType({})


class TierTerm(Ruled):
    """The last day in force of a contract that is offered in this tier, in the place of the care type's."""

    end: Day


class Tier(Ruled):
    """One agreement of the tier table: entitled from this many factors met."""

    name: Words
    at_least: int = Field(ge=0)
    term: TierTerm | None = added()

    @property
    def asked(self) -> str:
        """What it asks, in words."""
        return f"at least {_factors(self.at_least)}"

    def found(self, standing: Standing) -> str:
        """What it looks at, in words."""
        return _factors(standing.factors)

    def judged(self, standing: Standing) -> Outcome:
        """Whether it is reached."""
        return outcome_of(standing.factors >= self.at_least)


class PointsTier(Ruled):
    """One agreement of a table of points: entitled from this sum of the weights of the factors met."""

    name: Words
    points_at_least: ExactNumber
    term: TierTerm | None = added()

    @property
    def asked(self) -> str:
        """What it asks, in words."""
        return f"at least {points_text(self.points_at_least)}"

    def found(self, standing: Standing) -> str:
        """What it looks at, in words."""
        return points_text(standing.points)

    def judged(self, standing: Standing) -> Outcome:
        """Whether it is reached; points are compared exactly."""
        return outcome_of(standing.points >= self.points_at_least)


class BandTier(Ruled):
    """One agreement of a table of bands: in one of the ways ``when`` every measure lies within its bounds.

    ``otherwise`` is the last tier, of whoever is in no other.
    """

    name: Words
    when: tuple[Annotated[dict[Code, Bounds], Field(min_length=1)], ...] = ()
    otherwise: Flag = False
    term: TierTerm | None = added()

    @model_validator(mode="after")
    def _one_of_both(self) -> "BandTier":
        if bool(self.when) == self.otherwise:
            refuse([Inconsistency((), "needs exactly one of when, otherwise")])
        return self

    @property
    def asked(self) -> str:
        """What it asks, in words."""
        if self.otherwise:
            return "no other tier"
        ways = (" and ".join(f"{name} {band.words}" for name, band in way.items()) for way in self.when)
        return ", or ".join(ways)

    def found(self, standing: Standing) -> str:
        """What it looks at, in words."""
        return ", ".join(
            f"{name} {'unknown' if number is None else number}" for name, number in standing.numbers.items()
        )

    def judged(self, standing: Standing) -> Outcome:
        """Whether it is reached; a number that is not known never counts as one that lies within.

        The tier ``otherwise`` is never reached: it is what is left.
        """
        ways = [_all_of(_lies(band, standing.numbers.get(name)) for name, band in way.items()) for way in self.when]
        return next((each for each in (Outcome.MET, Outcome.UNKNOWN) if each in ways), Outcome.NOT_MET)


def _lies(band: Bounds, number: Decimal | None) -> Outcome:
    return Outcome.UNKNOWN if number is None else outcome_of(band.contains(number))


def _all_of(outcomes: Iterable[Outcome]) -> Outcome:
    found = list(outcomes)
    return next((each for each in (Outcome.NOT_MET, Outcome.UNKNOWN) if each in found), Outcome.MET)


def _factors(number: int) -> str:
    return f"{number} factor" if number == 1 else f"{number} factors"


def points_text(points: Fraction) -> str:
    """Points in words."""
    return f"{number_text(points)} point" if points == 1 else f"{number_text(points)} points"


def _how_reached(value: Any) -> str:
    if isinstance(value, PointsTier) or (isinstance(value, dict) and "points_at_least" in value):
        return "by_points"
    if isinstance(value, BandTier) or (isinstance(value, dict) and {"when", "otherwise"} & value.keys()):
        return "by_bands"
    return "by_count"


AnyTier = Annotated[
    Annotated[Tier, Tag("by_count")] | Annotated[PointsTier, Tag("by_points")] | Annotated[BandTier, Tag("by_bands")],
    Discriminator(_how_reached),
]


class Measure(Ruled):
    """A number that bands look at: ``value`` known to the purchaser, of a ``year`` if given, or asked of the practice.

    ``within`` says which numbers there can be, ``whole`` that they are whole; any other is no number of this measure.
    """

    label: Bilingual
    value: Code | None = None
    year: int | None = None
    asked: Flag = False
    whole: Flag = False
    within: Bounds | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "Measure":
        if (self.value is None) != self.asked:
            refuse([Inconsistency((), "needs exactly one of value, asked")])
        if self.asked and self.year is not None:
            refuse([Inconsistency(("year",), "belongs to a value that is known, not to one that is asked")])
        return self

    def takes(self, number: Decimal) -> bool:
        """Whether it can be this number."""
        whole = not self.whole or number == number.to_integral_value()
        return whole and (self.within is None or self.within.contains(number))

    @property
    def source(self) -> str:
        """Where the number comes from, in words."""
        if self.value is None:
            return "answered in the questionnaire"
        return f"known as {self.value}" + ("" if self.year is None else f" of {self.year}")

    @property
    def words(self) -> str:
        """What can be measured, in words."""
        kind = "a whole number" if self.whole else "a number"
        return kind if self.within is None else f"{kind} {self.within.words}"


class Unmeasured(Ruled):
    """The tier while a number is missing on which it depends; unknown is never taken for met."""

    tier: Words


def tier_reached(table: Sequence[AnyTier], unmeasured: Unmeasured | None, standing: Standing) -> AnyTier:
    """The highest tier that is reached; while that can not be told, the one that the policy names for it.

    A table that the check accepted divides all numbers, so that a tier that is met is the only one, whatever else is
    unknown.
    """
    outcomes = [tier.judged(standing) for tier in table]
    if Outcome.MET in outcomes:
        return table[outcomes.index(Outcome.MET)]
    if Outcome.UNKNOWN in outcomes and unmeasured is not None:
        return next(tier for tier in table if tier.name == unmeasured.tier)
    return table[-1]

"""Whether a table of tiers can be used: nobody is in two tiers or in none, and every tier can be reached."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from domain.policy.bands import Line, TooManyBandsError, never_reached, told, undivided
from domain.policy.tier_rules import AnyTier, BandTier, Measure, PointsTier, Tier, Unmeasured
from domain.policy.values import Inconsistency, number_text

MOST_TOLD = 6
"""How many gaps and overlaps of one table are told."""

_KINDS = {Tier: "at_least", PointsTier: "points_at_least", BandTier: "when"}
"""Each kind of tier by the key that tells it."""


class TierTable(NamedTuple):
    """The parts of a care type that its tiers rest on: weights by factor, measures, the tier without a number."""

    tiers: Sequence[AnyTier]
    weights: Mapping[str, Fraction | None]
    measures: Mapping[str, Measure] = MappingProxyType({})
    unmeasured: Unmeasured | None = None

    def mistakes(self) -> Iterator[Inconsistency]:
        """What does not fit together, with its path in the care type."""
        kinds = {type(tier): tier for tier in self.tiers}
        if len(kinds) > 1:
            named = " and ".join(_KINDS[kind] for kind in kinds)
            yield Inconsistency(("tiers",), f"expected tiers of one kind, found {named}")
            return
        names = [tier.name for tier in self.tiers]
        for index, name in enumerate(names):
            if name in names[:index]:
                yield Inconsistency(("tiers", index, "name"), "expected a name that no other tier has", name)
        by_count = [tier for tier in self.tiers if isinstance(tier, Tier)]
        by_points = [tier for tier in self.tiers if isinstance(tier, PointsTier)]
        by_bands = [tier for tier in self.tiers if isinstance(tier, BandTier)]
        yield from self._of_counts(by_count)
        yield from self._of_points(by_points)
        yield from self._of_bands(by_bands)

    def _of_counts(self, tiers: Sequence[Tier]) -> Iterator[Inconsistency]:
        thresholds = [tier.at_least for tier in tiers]
        if thresholds and (sorted(set(thresholds), reverse=True) != thresholds or thresholds[-1] != 0):
            found = ", ".join(map(str, thresholds))
            yield Inconsistency(("tiers",), f"at_least must fall from tier to tier and end at 0, found {found}")
        elif thresholds and thresholds[0] > len(self.weights):
            message = f"expected at most {len(self.weights)}, the number of factors"
            yield Inconsistency(("tiers", 0, "at_least"), message, str(thresholds[0]))

    def _of_points(self, tiers: Sequence[PointsTier]) -> Iterator[Inconsistency]:
        for code, weight in self.weights.items():
            if tiers and weight is None:
                yield Inconsistency(("factors", code, "points"), "missing; the tiers count points")
            if not tiers and weight is not None:
                yield Inconsistency(("factors", code, "points"), "no tier counts points")
        weights = [weight for weight in self.weights.values() if weight is not None]
        if not tiers or len(weights) < len(self.weights):
            return
        thresholds = [tier.points_at_least for tier in tiers]
        if sorted(set(thresholds), reverse=True) != thresholds:
            found = ", ".join(map(number_text, thresholds))
            yield Inconsistency(("tiers",), f"points_at_least must fall from tier to tier, found {found}")
            return
        most = sum((weight for weight in weights if weight > 0), Fraction(0))
        least = sum((weight for weight in weights if weight < 0), Fraction(0))
        if thresholds[0] > most:
            message = f"expected at most {number_text(most)}, the points of all factors"
            yield Inconsistency(("tiers", 0, "points_at_least"), message, number_text(thresholds[0]))
        if thresholds[-1] > least:
            message = f"expected at most {number_text(least)}; who has fewer points would be in no tier"
            path = ("tiers", len(tiers) - 1, "points_at_least")
            yield Inconsistency(path, message, number_text(thresholds[-1]))

    def _of_bands(self, tiers: Sequence[BandTier]) -> Iterator[Inconsistency]:
        if not tiers:
            for code in self.measures:
                yield Inconsistency(("measures", code), "no tier looks at it")
            if self.unmeasured is not None:
                yield Inconsistency(("unmeasured",), "no tier looks at a measure")
            return
        for code in self.weights:
            yield Inconsistency(("factors", code), "no tier looks at it; these look at measures")
        names = tuple(tier.name for tier in tiers)
        if self.unmeasured is None:
            yield Inconsistency(("unmeasured",), "missing; say which tier holds while a number is not known")
        elif self.unmeasured.tier not in names:
            yield Inconsistency(("unmeasured", "tier"), "expected the name of a tier", self.unmeasured.tier, names)
        for index, tier in enumerate(tiers[:-1]):
            if tier.otherwise:
                yield Inconsistency(("tiers", index, "otherwise"), "belongs to the last tier")
                return
        unknown = list(self._measures_that_miss(tiers))
        yield from unknown
        if unknown:
            return
        looked_at = {code for tier in tiers for way in tier.when for code in way}
        for code in self.measures:
            if code not in looked_at:
                yield Inconsistency(("measures", code), "no tier looks at it")
        yield from self._division(tiers)

    def _measures_that_miss(self, tiers: Sequence[BandTier]) -> Iterator[Inconsistency]:
        known = tuple(self.measures)
        for index, tier in enumerate(tiers):
            for way, bands in enumerate(tier.when):
                for code in bands:
                    if code not in known:
                        path = ("tiers", index, "when", way, code)
                        yield Inconsistency(path, "expected a name under measures", code, known)

    def _division(self, tiers: Sequence[BandTier]) -> Iterator[Inconsistency]:
        ways = {tier.name: tier.when for tier in tiers if not tier.otherwise}
        lines = {code: Line(measure.whole, measure.within) for code, measure in self.measures.items()}
        if len(ways) < len([tier for tier in tiers if not tier.otherwise]):
            return  # two of one name, which is told already
        try:
            wrong = list(undivided(ways, lines, gaps=not tiers[-1].otherwise))
            empty = never_reached(ways, lines)
        except TooManyBandsError as error:
            yield Inconsistency(("tiers",), str(error))
            return
        for sentence in told(wrong, MOST_TOLD):
            yield Inconsistency(("tiers",), sentence)
        for index, tier in enumerate(tiers):
            if tier.name in empty:
                yield Inconsistency(("tiers", index, "when"), "no number that can be measured reaches it")

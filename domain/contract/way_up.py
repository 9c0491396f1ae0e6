"""The shortest way to a higher tier, told by the functions that assign it."""

from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

from domain.calendar import Term
from domain.contract.contract import Assignment, Contract
from domain.contract.tiers import counts_for, supply_effect
from domain.policy.document import CareTypeRules
from domain.policy.factors import standing_of, starts_with_implied, tier_for
from domain.policy.tier_rules import AnyTier, PointsTier


class WayUp(NamedTuple):
    """The shortest way to a higher tier: the factors that are still to be met; where points count, how many miss."""

    tier: str
    factors: tuple[str, ...]
    clause: str
    points: Fraction | None = None


def supply_counts(contract: Contract, rules: CareTypeRules, term: Term, supplied_at: datetime) -> bool:
    """Whether right evidence supplied at an instant would still count from a day of the term (CQ25-3.2-26)."""
    effect = supply_effect(contract, rules, term, supplied_at)
    return effect is not None and term.contains(effect)


def way_to_next_tier(
    contract: Contract, rules: CareTypeRules, assignment: Assignment, term: Term, asked_at: datetime
) -> WayUp | None:
    """The fewest factors that bring the next tier when they are proven by what is supplied at ``asked_at``.

    After confirmation only factors that were claimed and need evidence can still be met, by a corrected supply
    (OD43). Absent when the practice has the highest tier or no open way.
    """
    if not supply_counts(contract, rules, term, asked_at):
        return None
    names = [tier.name for tier in rules.tiers]
    if assignment.tier not in names[1:]:
        return None  # the highest, or of a table that a later policy has replaced
    rank = names.index(assignment.tier)
    held = set(assignment.factors)
    open_factors = [
        code
        for code, factor in rules.factors.items()
        if code not in held
        and (contract.answers is None or (factor.evidence is not None and counts_for(contract, code)))
    ]
    for number in range(1, len(open_factors) + 1):
        for added in combinations(open_factors, number):
            met = starts_with_implied(rules, dict.fromkeys((*held, *added), _ANY_DAY))
            tier = tier_for(rules, met, contract.measured)
            if names.index(tier.name) < rank:
                return WayUp(tier.name, added, tier.clause, _points_missing(rules, held, tier))
    return None


def _points_missing(rules: CareTypeRules, held: Iterable[str], tier: AnyTier) -> Fraction | None:
    if not isinstance(tier, PointsTier):
        return None
    return tier.points_at_least - standing_of(rules, held).points


_ANY_DAY = date(1, 1, 1)

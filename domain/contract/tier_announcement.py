"""A tier that was assigned ahead begins to count: announced on its first day (CQ25-3.2-25)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.calendar import day_start
from domain.contract.contract import Assignment, Contract
from domain.contract.facts import TierChangeAnnounced
from domain.contract.reasons import tier_begins_explained
from domain.contract.situation import Decided, Situation


class TierAhead(NamedTuple):
    """A tier that a running contract changes to, and the instant from which that is to be announced."""

    at: datetime
    before: str
    assignment: Assignment


def tiers_ahead(contract: Contract) -> Iterator[TierAhead]:
    """The changes of tier to announce, the earliest first; the tier of the first day in force is no change."""
    if not contract.concluded:
        return
    for day in sorted(contract.tiers_ahead):
        eve = day - timedelta(days=1)
        before, assignment = contract.tier_on(eve), contract.tier_on(day)
        if before is None or assignment is None or before.tier == assignment.tier:
            continue
        if contract.in_force(eve) and contract.in_force(day):
            begins = day_start(day)
            at = begins if contract.signed_at is None else max(begins, contract.signed_at)
            yield TierAhead(at, before.tier, assignment)


def announce_tier_change(situation: Situation) -> list[Decided]:
    """Announce the tiers that have begun to count, each with that instant."""
    return [
        Decided(
            TierChangeAnnounced(tier=each.assignment.tier, effective_on=each.assignment.effective_on),
            tier_begins_explained(situation, each.before, each.assignment),
            occurred_at=each.at,
        )
        for each in tiers_ahead(situation.contract)
        if each.at <= situation.occurred_at
    ]

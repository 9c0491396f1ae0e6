"""What keys a contract: the purchaser, and per care type a period; no change of policy touches them."""

from collections.abc import Iterator
from datetime import date

from domain.policy.document import CareTypeRules, PolicyDocument
from domain.policy.values import Inconsistency


def changed_keys(before: PolicyDocument, after: PolicyDocument) -> Iterator[Inconsistency]:
    """What no change of a policy may touch: its id, its purchaser, the periods that are part of every contract's id."""
    if after.id != before.id:
        yield Inconsistency(("id",), f"a change of policy keeps its id {before.id}", after.id)
    if after.purchaser.id != before.purchaser.id:
        kept = f"a change of policy keeps its purchaser {before.purchaser.id}"
        yield Inconsistency(("purchaser", "id"), kept, after.purchaser.id)
    for care_type, rules in before.care_types.items():
        changed = after.care_types.get(care_type)
        period = None if changed is None else changed.period
        if rules.period is not None and period != rules.period:
            kept = f"a change of policy keeps the period {rules.period} of {care_type}"
            yield Inconsistency(("care_types", care_type.value, "period"), kept, period or "")


def overlaps(document: PolicyDocument, other: PolicyDocument) -> Iterator[Inconsistency]:
    """Where two policies of one purchaser cover the same days of a care type; under the same period key they may."""
    if document.purchaser.id != other.purchaser.id or document.id == other.id:
        return
    for care_type, rules in document.care_types.items():
        there = other.care_types.get(care_type)
        days, days_there = _days(rules), None if there is None else _days(there)
        if there is None or days is None or days_there is None or rules.period == there.period:
            continue
        if days[0] <= days_there[1] and days_there[0] <= days[1]:
            covered = f"{other.id} covers {days_there[0]}..{days_there[1]} under the period {there.period}"
            yield Inconsistency(("care_types", care_type.value, "period"), covered, rules.period or "")


def _days(rules: CareTypeRules) -> tuple[date, date] | None:
    """The first day, and the last one that may be."""
    last = rules.latest_end
    return None if rules.term is None or last is None else (rules.term.start, last)

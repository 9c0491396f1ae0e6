"""Amendments: a change to an adopted policy, written as what is different and adopted as the whole document."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from domain.model import Frozen
from domain.policy.adoption import Ground
from domain.policy.document import PolicyDocument
from domain.policy.values import Clause, Identifier, Inconsistency, Words


class Amendment(Frozen):
    """What changes in the policy ``amends``, on which ground and under which clause; ``set`` is a partial document."""

    amends: Identifier
    ground: Ground
    clause: Clause
    note: Words
    set: dict[str, Any] = Field(min_length=1)


def merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The changes over the base: mappings key by key, a key set to nothing taken away, everything else replaced."""
    result = dict(base)
    for key, change in changes.items():
        if change is None:
            result.pop(key, None)
        elif isinstance(change, dict) and isinstance(result.get(key), dict):
            result[key] = merged(result[key], change)
        else:
            result[key] = change
    return result


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

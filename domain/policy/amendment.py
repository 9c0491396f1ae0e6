"""Amendments: a change to an adopted policy, written as what is different and adopted as the whole document."""

from typing import Any

from pydantic import Field

from domain.model import Frozen
from domain.policy.adoption import Ground
from domain.policy.values import Clause, Identifier, Words


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

"""What two answers differ in, field by field; applied to the one it gives the other."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from domain.model import Frozen

KEYS = {"evidence": "evidence_id", "reviews": "review_id"}
"""Lists whose members are known by a name: each is compared with itself, wherever it stands."""
WHOLE = frozenset({"explanation"})
"""Fields that are one value: half of another explanation says nothing."""


class Kind(StrEnum):
    """Whether a value took the place of another, or was not there before, or is not there any more."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


class Change(Frozen):
    """One field that differs: its place in the answer, the value before and the one after, as JSON.

    A member of a list is named by what it is known by: ``("procedure", "evidence", "kngf-1", "state")``.
    """

    path: tuple[str, ...]
    kind: Kind = Kind.CHANGED
    old: Any = None
    new: Any = None


def changes(old: Any, new: Any, path: tuple[str, ...] = ()) -> Iterator[Change]:
    """Everything in which two values of JSON differ, in the order of the fields."""
    if old == new:
        return
    last = path[-1] if path else ""
    key = KEYS.get(last)
    if isinstance(old, dict) and isinstance(new, dict) and last not in WHOLE:
        yield from _members(old, new, path)
    elif key is not None and _can_be_told_apart(old, new, key):
        yield from _members({each[key]: each for each in old}, {each[key]: each for each in new}, path)
    else:
        yield Change(path=path, old=old, new=new)


def applied(answer: Any, differing: Sequence[Change]) -> Any:
    """The other answer: the first one with all changes made."""
    for change in differing:
        answer = _with(answer, change.path, change, None)
    return answer


def _can_be_told_apart(old: Any, new: Any, key: str) -> bool:
    """Whether members kept their order and those that are new stand last, so that nothing is lost."""
    if not (isinstance(old, list) and isinstance(new, list)):
        return False
    before, after = [each[key] for each in old], [each[key] for each in new]
    kept = [each for each in before if each in after]
    return after[: len(kept)] == kept and len({*before}) == len(before) and len({*after}) == len(after)


def _members(old: Mapping[str, Any], new: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Change]:
    """What became of each member by its name, those that are new last."""
    for name, member in old.items():
        if name not in new:
            yield Change(path=(*path, name), kind=Kind.REMOVED, old=member)
        else:
            yield from changes(member, new[name], (*path, name))
    for name, member in new.items():
        if name not in old:
            yield Change(path=(*path, name), kind=Kind.ADDED, new=member)


def _with(part: Any, path: Sequence[str], change: Change, key: str | None) -> Any:
    """A value with a change made at a place in it; the members of a list are known by ``key``."""
    if not path:
        return change.new
    name, *rest = path
    if isinstance(part, list) and key is not None:
        if not rest and change.kind is Kind.ADDED:
            return [*part, change.new]
        if not rest and change.kind is Kind.REMOVED:
            return [each for each in part if each[key] != name]
        return [_with(each, rest, change, None) if each[key] == name else each for each in part]
    if not rest and change.kind is Kind.REMOVED:
        return {each: value for each, value in part.items() if each != name}
    return {**part, name: _with(part.get(name), rest, change, KEYS.get(name))}

"""What changed between two policy documents, part by part, each with the clause of the rule that changed.

Paths lead through the old document; only the place of an entry that is added to a list is its place in the new one.
Entries of a list are recognised by what they are called, so that an added row does not change all those below it.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from domain.model import Frozen
from domain.policy.consistency import names_a_clause
from domain.policy.document import PolicyDocument

Path = tuple[str | int, ...]
NAMES = ("name", "code", "factor", "label", "nl")
"""What an entry of a list is called, whichever of these it has."""


class ChangeKind(StrEnum):
    """What happened to a part of the document; ``moved`` is an entry of a list that stands elsewhere in it."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


class Change(Frozen):
    """One difference: where, what stood there and what stands there now, as JSON; of a move, the places.

    ``clause`` is that of the rule that changed, in the new document if it still stands there; ``entry`` is what the
    entry of a list is called in which it lies.
    """

    kind: ChangeKind
    path: Path
    old: Any = None
    new: Any = None
    clause: str | None = None
    entry: str | None = None

    @property
    def is_rule(self) -> bool:
        """Whether a whole rule with a clause of its own was added or removed."""
        whole = self.new if self.kind is ChangeKind.ADDED else self.old if self.kind is ChangeKind.REMOVED else None
        return isinstance(whole, dict) and "clause" in whole


class _Within(NamedTuple):
    """Where a comparison is: the path, and the clause and list entry that hold for it."""

    path: Path = ()
    clause: str | None = None
    entry: str | None = None

    def change(self, kind: ChangeKind, old: Any = None, new: Any = None) -> Change:
        """A change of the part that stands here."""
        return Change(kind=kind, path=self.path, old=old, new=new, clause=self.clause, entry=self.entry)


def differences(old: PolicyDocument, new: PolicyDocument) -> tuple[Change, ...]:
    """Everything that differs, in the order of the old document."""
    return tuple(_compared(_as_data(old), _as_data(new), _Within()))


def applied(document: PolicyDocument, changes: Iterable[Change]) -> PolicyDocument:
    """The document with the changes made: ``differences(a, b)`` applied to ``a`` give ``b``."""
    return PolicyDocument.model_validate(_changed(_as_data(document), [(each.path, each) for each in changes]))


def _as_data(document: PolicyDocument) -> Any:
    return document.model_dump(mode="json", exclude_none=True)


def _compared(old: Any, new: Any, within: _Within) -> Iterator[Change]:
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _compared_mappings(old, new, within)
    elif _is_list_of_mappings(old) and _is_list_of_mappings(new):
        yield from _compared_lists(old, new, within)
    elif old != new:
        yield within.change(ChangeKind.CHANGED, old, new)


def _is_list_of_mappings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, dict) for each in value)


def _compared_mappings(old: dict[str, Any], new: dict[str, Any], within: _Within) -> Iterator[Change]:
    for key in dict.fromkeys([*old, *new]):
        path = (*within.path, key)
        part = _Within(path, _clause_of(path, old, new) or within.clause, within.entry)
        if key not in new:
            yield part.change(ChangeKind.REMOVED, old=old[key])
        elif key not in old:
            yield part.change(ChangeKind.ADDED, new=new[key])
        else:
            yield from _compared(old[key], new[key], part)


def _clause_of(path: Path, old: dict[str, Any], new: dict[str, Any]) -> str | None:
    """The clause of a part: its own, else the one that stands beside it for it, else that of the rule around it."""
    key = str(path[-1])
    for mapping in (new, old):
        value = mapping.get(key)
        if isinstance(value, str) and names_a_clause(path):
            return value
        if isinstance(value, dict) and "clause" in value:
            return str(value["clause"])
    for mapping in (new, old):
        for other, clause in mapping.items():
            stem = other.removesuffix("_clause")
            if stem != other and (key == stem or key.endswith(f"_{stem}")):
                return str(clause)
    return new.get("clause") or old.get("clause")


def _compared_lists(old: list[Any], new: list[Any], within: _Within) -> Iterator[Change]:
    pairs = _paired(old, new)
    staying = _longest_rising([new_place for _, new_place in sorted(pairs.items())])
    for place, entry in enumerate(old):
        counterpart = new[pairs[place]] if place in pairs else entry
        here = _Within((*within.path, place), counterpart.get("clause") or within.clause, _called(entry))
        if place not in pairs:
            yield here.change(ChangeKind.REMOVED, old=entry)
            continue
        if pairs[place] not in staying:
            yield here.change(ChangeKind.MOVED, old=place, new=pairs[place])
        yield from _compared_mappings(entry, counterpart, here)
    for place, entry in enumerate(new):
        if place not in pairs.values():
            here = _Within((*within.path, place), entry.get("clause") or within.clause, _called(entry))
            yield here.change(ChangeKind.ADDED, new=entry)


def _called(entry: dict[str, Any]) -> str | None:
    return next((str(entry[name]) for name in NAMES if name in entry), None)


def _same_name(old: dict[str, Any], new: dict[str, Any]) -> bool:
    return _called(old) is not None and (_called(old), old.get("kind")) == (_called(new), new.get("kind"))


def _same_subject(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether two rows of the planning are of one kind, for at least one care type that both have."""
    about_both = set(old.get("care_types", ())) & set(new.get("care_types", ()))
    return bool(about_both) and old.get("kind") == new.get("kind")


_RECOGNISED_BY: tuple[Callable[[dict[str, Any], dict[str, Any]], bool], ...] = (
    lambda old, new: old == new,
    _same_name,
    _same_subject,
)


def _paired(old: list[Any], new: list[Any]) -> dict[int, int]:
    """Which entry of the new list is which of the old one, by place; each at most once, the surest ones first."""
    pairs: dict[int, int] = {}
    for same in _RECOGNISED_BY:
        for place, entry in enumerate(old):
            if place not in pairs:
                free = (other for other in range(len(new)) if other not in pairs.values())
                match = next((other for other in free if same(entry, new[other])), None)
                if match is not None:
                    pairs[place] = match
    return pairs


def _longest_rising(places: Sequence[int]) -> set[int]:
    """As many of the places as possible that stand in rising order; the others are those that moved."""
    lowest_ends: list[int] = []
    chains: list[tuple[int, ...]] = []
    for place in places:
        length = bisect_left(lowest_ends, place)
        chain = (*(chains[length - 1] if length else ()), place)
        lowest_ends[length:] = [place, *lowest_ends[length + 1 :]]
        chains[length:] = [chain, *chains[length + 1 :]]
    return set(chains[-1]) if chains else set()


def _changed(value: Any, changes: Sequence[tuple[Path, Change]]) -> Any:
    if not changes:
        return value
    return _changed_list(value, changes) if isinstance(value, list) else _changed_mapping(value, changes)


def _changed_mapping(value: dict[str, Any], changes: Sequence[tuple[Path, Change]]) -> dict[str, Any]:
    result = dict(value)
    for path, change in changes:
        if len(path) > 1:
            continue
        if change.kind is ChangeKind.REMOVED:
            result.pop(str(path[0]), None)
        else:
            result[str(path[0])] = change.new
    for key in {path[0] for path, _ in changes if len(path) > 1}:
        result[str(key)] = _changed(value[str(key)], _inside(changes, key))
    return result


def _changed_list(value: list[Any], changes: Sequence[tuple[Path, Change]]) -> list[Any]:
    here = [(int(path[0]), change) for path, change in changes if len(path) == 1]
    entries = [_changed(entry, _inside(changes, place)) for place, entry in enumerate(value)]
    leaving = {place for place, change in here if change.kind in (ChangeKind.REMOVED, ChangeKind.MOVED)}
    arriving = {place: change.new for place, change in here if change.kind is ChangeKind.ADDED}
    arriving |= {change.new: entries[place] for place, change in here if change.kind is ChangeKind.MOVED}
    result = [entry for place, entry in enumerate(entries) if place not in leaving]
    for place, entry in sorted(arriving.items(), key=lambda each: each[0]):
        result.insert(place, entry)
    return result


def _inside(changes: Sequence[tuple[Path, Change]], key: str | int) -> list[tuple[Path, Change]]:
    return [(path[1:], change) for path, change in changes if len(path) > 1 and path[0] == key]

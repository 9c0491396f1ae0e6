"""What changed between two versions of a policy as a person reads it: by clause, each part with old and new."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from domain.policy.differences import Change, ChangeKind, Path
from infrastructure.cli.page import Page


def print_changes(old: str, new: str, changes: Sequence[Change]) -> None:
    """Print the changes under their clauses, in the order of the document."""
    page = Page()
    page.line(f"from  {old}", style="bold")
    page.line(f"to    {new}", style="bold")
    if not changes:
        page.line("no differences")
        return
    for clause, of_clause in _grouped(changes, lambda change: change.clause):
        page.heading(clause or "no clause")
        for entry, of_entry in _grouped(of_clause, lambda change: change.entry):
            if entry:
                page.line(entry, indent=2)
            for change in of_entry:
                page.line(_headline(change), indent=4 if entry else 2)
                for line in _lines(change):
                    page.line(line, indent=6)
    page.line(f"\n{len(changes)} difference{'' if len(changes) == 1 else 's'}")


def _grouped(
    changes: Sequence[Change], named: Callable[[Change], str | None]
) -> Iterator[tuple[str | None, list[Change]]]:
    for name in dict.fromkeys(map(named, changes)):
        yield name, [change for change in changes if named(change) == name]


def path_text(path: Path) -> str:
    """A path as people write it: ``care_types.FYS.tiers[1].at_least``."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def _headline(change: Change) -> str:
    what = f"{change.kind} rule" if change.is_rule else change.kind.value
    return f"{what} {path_text(change.path)}{_in_one_line(change)}"


def _in_one_line(change: Change) -> str:
    match change:
        case Change(kind=ChangeKind.MOVED):
            return f": from place {change.old + 1} to place {change.new + 1}"
        case Change(kind=ChangeKind.CHANGED, old=str() | int(), new=str() | int()):
            return f": {_value(change.old)} -> {_value(change.new)}"
        case Change(kind=ChangeKind.ADDED, new=str() | int()):
            return f": {_value(change.new)}"
        case Change(kind=ChangeKind.REMOVED, old=str() | int()):
            return f": {_value(change.old)}"
        case _:
            return ""


def _lines(change: Change) -> Iterator[str]:
    if _in_one_line(change):
        return
    if change.old is not None:
        yield from (f"- {line}" for line in _leaves(change.old))
    if change.new is not None:
        yield from (f"+ {line}" for line in _leaves(change.new))


def _leaves(value: Any, path: Path = ()) -> Iterator[str]:
    """Each value of a part in a line of its own, after its path; a list of plain values in one."""
    if path and value in ("", [], {}):
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
        for place, inner in enumerate(value):
            yield from _leaves(inner, (*path, place))
    else:
        told = ", ".join(map(_value, value)) or "nothing" if isinstance(value, list) else _value(value)
        yield f"{path_text(path)}: {told}" if path else told


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) or "nothing"

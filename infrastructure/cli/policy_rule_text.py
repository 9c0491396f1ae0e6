"""Any rule of a policy in lines of its own: its name, what it says beyond the defaults, and its clause."""

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from domain.policy.document import Bilingual, Ruled

CITED = ("clause", "reading")


def cited(rule: Ruled) -> str:
    """Where a rule stands: its clause, and the reading taken of it."""
    return f"{rule.clause}, {rule.reading}" if rule.reading else rule.clause


def rule_lines(name: str, part: BaseModel) -> Iterator[str]:
    """A part and all rules in it, each in a line: ``approach.recent_contract: calendar_years 3 (CQ25-4-9, OD11)``."""
    said = details(part)
    if said or isinstance(part, Ruled):
        clause = f" ({cited(part)})" if isinstance(part, Ruled) else ""
        yield f"{name}{': ' if said else ''}{said}{clause}"
    for field, value in _given(part):
        if isinstance(value, tuple):
            for index, each in enumerate(value):
                if isinstance(each, Ruled):
                    yield from rule_lines(f"{name}.{field}[{index}]", each)
        elif isinstance(value, Ruled):
            yield from rule_lines(f"{name}.{field}", value)


def details(part: BaseModel) -> str:
    """What a part says itself, beyond the defaults; the rules inside it say their own."""
    cites = isinstance(part, Ruled)
    said = ((field, _told(value)) for field, value in _given(part) if not (cites and field in CITED))
    return ", ".join(f"{field} {text}" for field, text in said if text)


def _given(part: BaseModel) -> Iterator[tuple[str, Any]]:
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if field.is_required() or value != field.get_default(call_default_factory=True):
            yield name, value


def _told(value: Any) -> str:
    match value:
        case Bilingual():
            return value.nl
        case Ruled():
            return ""
        case BaseModel():
            return f"[{details(value)}]"
        case tuple():
            return " ".join(filter(None, map(_told, value)))
        case dict():
            return " ".join(f"{key} {_told(each)}" for key, each in value.items())
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)

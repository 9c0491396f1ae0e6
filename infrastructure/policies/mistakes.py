"""What pydantic refuses, told as lines that teach: path, what was found, what was expected, the nearest known name."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain.policy.consistency import inconsistencies
from domain.policy.document import PolicyDocument
from domain.policy.values import INCONSISTENT, MEANING_OF_PATTERNS, Inconsistency
from domain.refusal import nearest
from infrastructure.policies.known_names import names_at, values_at
from infrastructure.policies.yaml_file import Path, described

UNKNOWN_KEY = "unknown key"
MISSING = "missing"
UNION_TAGS = frozenset({"decided", "undecided", "by_count", "by_points", "by_bands"})
MOST_LISTED = 12
"""How many known names a message lists."""


class Told(NamedTuple):
    """One mistake: where in the document, and what is wrong there."""

    path: Path
    message: str


def mistakes_in(model: type[BaseModel], data: Any, error: ValidationError) -> list[Told]:
    """Every mistake of a validation; what only follows from a misspelt key is left out."""
    told = list(_all_told(model, data, error.errors(include_url=False)))
    misspelt = [each.path for each in told if each.message.startswith(UNKNOWN_KEY)]
    meant = {(*path[:-1], nearest(str(path[-1]), names_at(model, path[:-1])) or "") for path in misspelt}
    if model is PolicyDocument and isinstance(data, dict):
        # pydantic judges a document as a whole only when all its parts read; these checks need no more than what reads
        told += [
            Told(each.path, _inconsistency(each))
            for each in inconsistencies(data)
            if each.known or not each.found or not {("conditions",), ("bureau_lists",)} & meant
        ]
    kept = [each for each in told if not (each.message.startswith(MISSING) and each.path in meant)]
    return list(dict.fromkeys(kept))


def path_text(path: Path) -> str:
    """A path as people write it: ``care_types.FYS.tiers[1].at_least``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def _all_told(model: type[BaseModel], data: Any, details: Iterable[ErrorDetails]) -> Iterator[Told]:
    for detail in details:
        path = _path(detail["loc"], data)
        if detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"]:
            continue  # only too short because an entry of it can not be read, and that is told already
        if detail["type"] == INCONSISTENT:
            for each in detail["ctx"]["found"]:
                yield Told((*path, *each.path), _inconsistency(each))
        else:
            yield Told(path, _message(model, path, detail))


def _inconsistency(each: Inconsistency) -> str:
    found = f"found {described(each.found)}, " if each.found else ""
    listed = f": {', '.join(each.known)}" if 0 < len(each.known) <= MOST_LISTED else ""
    return found + each.message + (_did_you_mean(each.found, each.known) or listed)


def _message(model: type[BaseModel], path: Path, detail: ErrorDetails) -> str:
    if detail["type"] == "extra_forbidden":
        return _unknown_key(str(path[-1]), names_at(model, path[:-1]))
    if detail["loc"][-1:] == ("[key]",):
        known = names_at(model, path[:-1])
        return _unknown_key(str(path[-1]), known) if known else f"found {described(path[-1])}, {_expected(detail)}"
    if detail["type"] == "missing":
        return MISSING
    known = values_at(model, path) if detail["type"] in ("enum", "literal_error") else ()
    expected = f"expected {_one_of(known)}" if known else _expected(detail)
    return f"found {described(detail['input'])}, {expected}{_did_you_mean(detail['input'], known)}"


def _unknown_key(found: str, known: Sequence[str]) -> str:
    return UNKNOWN_KEY + (_did_you_mean(found, known) or f"; here stand {', '.join(known)}")


def _expected(detail: ErrorDetails) -> str:
    context = detail.get("ctx", {})
    match detail["type"]:
        case "string_pattern_mismatch":
            return f"expected {MEANING_OF_PATTERNS[context['pattern']]}"
        case "string_type" | "string_too_short":
            return "expected text"
        case "int_parsing" | "int_type" | "int_from_float":
            return "expected a whole number"
        case "decimal_parsing" | "decimal_type":
            return "expected a number such as 24 or 23.5"
        case "model_type" | "model_attributes_type" | "dict_type":
            return "expected keys with values"
        case "tuple_type":
            return "expected a list"
        case "too_short":
            return f"expected at least {context['min_length']} in it"
        case "greater_than_equal":
            return f"expected at least {context['ge']}"
        case "greater_than":
            return f"expected more than {context['gt']}"
        case "less_than_equal":
            return f"expected at most {context['le']}"
        case "value_error":
            return str(context["error"])
        case _:
            return detail["msg"][0].lower() + detail["msg"][1:]


def _one_of(known: Sequence[str]) -> str:
    return known[0] if len(known) == 1 else f"one of {', '.join(known)}"


def _did_you_mean(found: object, known: Sequence[str]) -> str:
    near = nearest(found, known) if isinstance(found, str) else None
    return f', did you mean "{near}"?' if near else ""


def _path(location: Sequence[str | int], data: Any) -> Path:
    """The path in the document: pydantic's location without its tags of unions and keys."""
    path: list[str | int] = []
    node = data
    for part in location:
        if part == "[key]" or (part in UNION_TAGS and not (isinstance(node, dict) and part in node)):
            continue
        path.append(part)
        if isinstance(node, dict):
            node = node.get(part)
        elif isinstance(node, list) and isinstance(part, int) and part < len(node):
            node = node[part]
        else:
            node = None
    return tuple(path)

"""What a scenario expects, in part: only what matters is written, and only that is compared."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, create_model

from application.mapper import FACT_TYPES
from application.scenarios.rewriting import Rewriter
from application.scenarios.written import Written

NOTHING = "nothing"
PARTS = Rewriter("Expected", partial=True)
FACTS: dict[str, type[BaseModel]] = {each.stored_name: PARTS.model(each) for each in FACT_TYPES}
"""How each fact is expected, by its name: all of its fields may be left out."""

_one_fact = create_model(  # type: ignore[call-overload]
    "ExpectedFact",
    __base__=Written,
    __doc__="A fact by its name, with the fields that matter.",
    **{name: (model | None, None) for name, model in FACTS.items()},
)
_one_fact.model_config["json_schema_extra"] = {"minProperties": 1, "maxProperties": 1}

FactWritten: Any = Literal[tuple(FACTS)] | _one_fact


class ExpectedFact(NamedTuple):
    """A fact that should be recorded: its name, and the JSON of those fields that matter."""

    name: str
    fields: dict[str, Any]


class Refusal(Written):
    """The step should be refused with this code, and under this clause if one is given."""

    refused: str
    clause: str | None = None


Expected = Refusal | tuple[ExpectedFact, ...] | dict[str, tuple[ExpectedFact, ...]]
"""A refusal, the facts of the step in their order (none is nothing), or the facts of each stream that is named."""

_expected: Any = Refusal | Literal["nothing"] | list[FactWritten] | dict[str, Literal["nothing"] | list[FactWritten]]


def read_expected(value: object) -> object:
    """What a step should bring, from how it is written; the reader has checked each part."""
    match value:
        case "nothing":
            return ()
        case list():
            return tuple(map(_fact, value))
        case {"refused": _}:
            return Refusal.model_validate(value)
        case dict():
            return {stream: () if facts == NOTHING else tuple(map(_fact, facts)) for stream, facts in value.items()}
        case _:
            return value


def _fact(written: str | dict[str, Any]) -> ExpectedFact:
    if isinstance(written, str):
        return ExpectedFact(written, {})
    ((name, fields),) = written.items()
    return ExpectedFact(name, as_json(FACTS[name].model_validate(fields or {})))


def as_json(model: BaseModel) -> dict[str, Any]:
    """What was written in a model, as JSON; fields that were left out are left out."""
    return model.model_dump(mode="json", exclude_unset=True)


Expectation = Annotated[Any, BeforeValidator(read_expected, json_schema_input_type=_expected)]
"""``nothing``, a list of facts, ``refused: CODE``, or for each stream a list of facts or ``nothing``."""


class Difference(NamedTuple):
    """Where what came is not what was expected."""

    path: str
    expected: str
    found: str

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{where}expected {self.expected}, found {self.found}"


def differences(expected: Any, found: Any, path: str = "") -> Iterator[Difference]:
    """Every part of what was expected that came otherwise; what was not written is not compared.

    Lists of plain values are compared without their order, lists of parts one by one; a plain value beside a list asks
    whether it stands in it.
    """
    match expected:
        case Mapping() if isinstance(found, Mapping):
            for key, value in expected.items():
                yield from differences(value, found.get(key, MISSING), f"{path}.{key}".removeprefix("."))
        case list() if isinstance(found, list):
            yield from _lists(expected, found, path)
        case [] if found is MISSING:
            return  # a list that came later to the answer is left out while there is nothing in it
        case list() | Mapping():
            yield Difference(path, shown(expected), shown(found))
        case _ if isinstance(found, list):
            if _text(expected) not in map(_text, found):
                yield Difference(path, f"{shown(expected)} among them", shown(found))
        case _ if _text(expected) != _text(found):
            yield Difference(path, shown(expected), shown(found))


def _lists(expected: list[Any], found: list[Any], path: str) -> Iterator[Difference]:
    if not any(isinstance(each, (Mapping, list)) for each in [*expected, *found]):
        if sorted(map(_text, expected)) != sorted(map(_text, found)):
            yield Difference(path, shown(expected), shown(found))
        return
    if len(expected) != len(found):
        yield Difference(path, f"{len(expected)} in the list", f"{len(found)}: {shown(found)}")
    for number, (one, other) in enumerate(zip(expected, found, strict=False)):
        yield from differences(one, other, f"{path}[{number}]")


MISSING = object()
_MOST = 300


def _text(value: Any) -> str:
    """A plain value as text: JSON's words for truth and nothing, and YAML's."""
    if value is MISSING:
        return "left out"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def shown(value: Any) -> str:
    """A value for a message, on one line."""
    if isinstance(value, Mapping):
        text = "{" + ", ".join(f"{key}: {shown(each)}" for key, each in value.items()) + "}"
    elif isinstance(value, Sequence) and not isinstance(value, str):
        text = "[" + ", ".join(map(shown, value)) + "]"
    else:
        text = _text(value)
    return text if len(text) <= _MOST else text[: _MOST - 3] + "..."

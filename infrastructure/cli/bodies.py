"""The bodies of commands: read from JSON with every mistake told by its field, and described."""

import json
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from domain.contract.commands import AnyCommand, Command, ContractCommand
from domain.model import what_is_wrong
from infrastructure.cli.errors import FAILED, WRONG_USE, fail

COMMANDS: dict[str, type[Command]] = {each.model_fields["kind"].default: each for each in get_args(ContractCommand)}
"""Every command of a contract by its kind."""

_ADAPTER: TypeAdapter[ContractCommand] = TypeAdapter(AnyCommand)


def read_command(kind: str, body: str) -> ContractCommand:
    """The command of a kind with its fields from JSON text, from ``@FILE`` or, for ``-``, from standard input.

    Ends the command line when it can not be read: exit code 1 when a file or the input is wrong, else 2.
    """
    if kind not in COMMANDS:
        fail(f"there is no command {kind!r}{_nearest(kind, COMMANDS)}; all of them: contractspoor contract commands", 2)
    found, where, exit_code = _object_in(body, f'the fields of {kind} such as {{"factor": "kngf"}}')
    if found.get("kind", kind) != kind:
        fail(f"{where}: kind is {found['kind']!r}, but the command asked for is {kind}", exit_code)
    try:
        return _ADAPTER.validate_json(json.dumps({**found, "kind": kind}))
    except ValidationError as error:
        told = "; ".join(_mistake(each, COMMANDS[kind]) for each in error.errors(include_url=False))
        fail(f"{where}: {told} (the fields of every command: contractspoor contract commands)", exit_code)
    except (OverflowError, UnicodeEncodeError) as error:
        fail(f"{where}: a value can not be used: {error}", exit_code)


def read_object(body: str) -> dict[str, Any]:
    """A JSON object from text, from ``@FILE`` or, for ``-``, from standard input; ends the command line else."""
    return _object_in(body, 'the fields of a fact such as {"purchaser": "asr"}')[0]


def _object_in(body: str, expected: str) -> tuple[dict[str, Any], str, int]:
    """The object, how a message names where it stood, and the exit code when it is wrong."""
    text, where, exit_code = _text_of(body)
    try:
        found = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        fail(f"{where} is no JSON: {str(error) or 'nested too deeply'}", exit_code)
    if not isinstance(found, dict):
        fail(f"{where} is no JSON object: expected {expected}", exit_code)
    return found, where, exit_code


def described() -> Iterator[tuple[str, str, list[tuple[str, str, bool]]]]:
    """Each kind, what it does, and its fields: name, what it takes, and whether it must be given."""
    for kind, command in COMMANDS.items():
        schema = command.model_json_schema()
        fields = [
            (name, _takes(schema["properties"][name], schema.get("$defs", {})), field.is_required())
            for name, field in command.model_fields.items()
            if name != "kind"
        ]
        yield kind, " ".join((command.__doc__ or "").split()), fields


def commands_schema() -> dict[str, Any]:
    """The JSON Schema of every command."""
    return _ADAPTER.json_schema()


def _text_of(body: str) -> tuple[str, str, int]:
    """The text, how a message names it, and the exit code when it is wrong."""
    if body == "-":
        where, read = "standard input", sys.stdin.buffer.read
    elif body.startswith("@"):
        where, read = body[1:], Path(body[1:]).read_bytes
    else:
        return body, "--body", WRONG_USE
    try:
        return read().decode(), where, FAILED
    except UnicodeDecodeError as error:
        fail(f"{where} is not UTF-8 text: byte {error.start} can not be read; save the file as UTF-8")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f'the field "{name}" stands in it twice')
    return dict(pairs)


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _mistake(mistake: ErrorDetails, command: type[Command]) -> str:
    path = [str(part) for part in mistake["loc"][1:]]  # the first part is the kind
    where = ".".join(path)
    match mistake["type"]:
        case "extra_forbidden":
            return f"{where}: unknown field{_nearest(path[-1], _names_beside(path, command))}"
        case "missing":
            return f"{where} is missing"
        case _:
            found = json.dumps(mistake["input"], ensure_ascii=False, default=str)
            message = what_is_wrong(mistake).removeprefix("Input ")
            return f"{where}: found {found[:80]}, {message[0].lower()}{message[1:]}"


def _names_beside(path: list[str], command: type[BaseModel]) -> list[str]:
    """The fields that stand where an unknown one was found."""
    model: type[BaseModel] = command
    for part in path[:-1]:
        field = model.model_fields.get(part)
        inner = None if field is None else next(_models_in(field.annotation), None)
        model = inner or model
    return [name for name in model.model_fields if name != "kind"]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from _models_in(each)


def _nearest(name: str, known: Any) -> str:
    by_lower = {each.lower(): each for each in known}
    close = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.5)
    if close:
        return f", did you mean {by_lower[close[0]]!r}?"
    return f"; there is {', '.join(known)}" if known else "; it has no fields"


def _takes(schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    """What a field takes, in words."""
    if "$ref" in schema:
        return _takes(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in schema:
        return " or ".join(_takes(each, definitions) for each in schema["anyOf"] if each.get("type") != "null")
    if "enum" in schema:
        return " | ".join(schema["enum"])
    if schema.get("format") == "date":
        return "day"
    if schema.get("format") == "date-time":
        return "instant"
    if schema.get("pattern") == "^[0-9a-f]{64}$":
        return "SHA-256"
    if schema.get("type") == "object" and "properties" in schema:
        inner = ", ".join(f"{name}: {_takes(each, definitions)}" for name, each in schema["properties"].items())
        return f"{{{inner}}}"
    if schema.get("type") == "object":
        values = schema.get("additionalProperties")
        return f"{{name: {_takes(values, definitions)}}}" if isinstance(values, dict) else "object"
    if schema.get("type") == "array":
        return f"[{_takes(schema['items'], definitions)}]"
    return {"string": "text", "integer": "number", "boolean": "true | false"}.get(str(schema.get("type")), "value")

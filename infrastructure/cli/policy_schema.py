"""The JSON Schema of policy files, made from the models that read them, for editors that check and complete.

An editor gives YAML scalars types (``04`` becomes 4, ``true`` a truth value) where the program reads text, so the
schema takes both. What needs more than one place to be judged, ``contractspoor policy check`` judges.
"""

import json
from typing import Any

from pydantic.json_schema import models_json_schema

from domain.policy.amendment import Amendment
from domain.policy.document import PolicyDocument

Schema = dict[str, Any]

CHANGED = "Changed"
"""Before the name of a part as an amendment writes it: all keys may be left out, and one left empty is taken away."""
ANY_TEXT = ["string", "number", "boolean"]
DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
NUMBER = "^[0-9]+([/.][0-9]+)?$"
SIGNED = "^-?[0-9]+([/.][0-9]+)?$"
NOTHING: Schema = {"type": "null"}


def schema_text() -> str:
    """The schema of a policy file: a whole document, or an amendment when it says what it amends."""
    _, made = models_json_schema([(PolicyDocument, "validation"), (Amendment, "validation")])
    parts: dict[str, Schema] = {name: _as_written(part) for name, part in made["$defs"].items()}
    parts |= {CHANGED + name: _as_changed(part, parts) for name, part in parts.items()}
    parts["Amendment"]["properties"]["set"] = {"$ref": f"#/$defs/{CHANGED}PolicyDocument", "minProperties": 1}
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Contractspoor policy",
        "type": "object",
        "if": {"anyOf": [{"required": ["amends"]}, {"required": ["set"]}]},
        "then": {"$ref": "#/$defs/Amendment"},
        "else": {"$ref": "#/$defs/PolicyDocument"},
        "$defs": _reachable(parts, ["Amendment", "PolicyDocument"]),
    }
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _as_written(part: Schema) -> Schema:
    """A part of the models' schema as people write it in YAML."""
    written = {key: value for key, value in part.items() if key not in ("title", "gt", "ge", "lt", "le")}
    if "description" in written:
        written["description"] = " ".join(written["description"].replace("``", "`").split())
    for key in ("properties", "patternProperties"):
        if key in written:
            written[key] = {name: _as_written(inner) for name, inner in written[key].items()}
    for key in ("items", "additionalProperties", "propertyNames"):
        if isinstance(written.get(key), dict):
            written[key] = _as_written(written[key])
    for key in ("anyOf", "oneOf"):
        if key in written:
            written[key] = [_as_written(inner) for inner in written[key]]
    if written.get("anyOf", [{}])[0].get("type") == "number":
        number = _number(part)
        pattern = NUMBER if {"minimum", "exclusiveMinimum"} & number.keys() else SIGNED
        written["anyOf"] = [number, {"type": "string", "pattern": pattern}, *written["anyOf"][2:]]
    if "patternProperties" in written:
        written["additionalProperties"] = False
    return _scalar(written)


def _number(part: Schema) -> Schema:
    """A number with its bounds, which of a fraction stand beside it."""
    bounds = {"gt": "exclusiveMinimum", "ge": "minimum", "lt": "exclusiveMaximum", "le": "maximum"}
    return {**part["anyOf"][0], **{name: part[key] for key, name in bounds.items() if key in part}}


def _scalar(part: Schema) -> Schema:
    """The types that one value may have when an editor reads it."""
    match part:
        case {"const": str(value)} if value.isdigit():
            return {**_without(part, "const", "type"), "enum": [value, int(value)]}
        case {"enum": _} | {"const": _}:
            return part
        case {"type": "string", "format": "date"}:
            return {**part, "pattern": DAY}
        case {"type": "string", "pattern": str(pattern)}:
            return {**part, "type": ["string", "integer"]} if pattern.startswith("^[0-9]") else part
        case {"type": "string"}:
            return {**part, "type": ANY_TEXT}
        case {"type": "integer"}:
            return {**part, "type": ["integer", "string"], "pattern": "^[0-9]+$"}
        case {"type": "boolean"}:
            return {**_without(part, "type"), "enum": [True, False, "true", "false"]}
        case _:
            return part


def _as_changed(part: Schema, parts: dict[str, Schema]) -> Schema:
    """A part as an amendment writes it; what stands in a list is replaced as a whole and stays as it is."""
    changed = _without(part, "required", "default", "minProperties")
    for key in ("properties", "patternProperties"):
        if key in changed:
            changed[key] = {name: _or_nothing(_as_changed(inner, parts)) for name, inner in changed[key].items()}
    if isinstance(changed.get("additionalProperties"), dict):
        changed["additionalProperties"] = _or_nothing(_as_changed(changed["additionalProperties"], parts))
    if "oneOf" in changed:
        return _any_keys_of([parts[_named(each)] for each in changed["oneOf"]], parts)
    if "anyOf" in changed:
        changed["anyOf"] = [_as_changed(inner, parts) for inner in changed["anyOf"]]
    if parts.get(_named(changed), {}).get("type") == "object":
        changed["$ref"] = f"#/$defs/{CHANGED}{_named(changed)}"
    return changed


def _any_keys_of(alternatives: list[Schema], parts: dict[str, Schema]) -> Schema:
    """Several sorts of one part, as an amendment writes it that may turn the one sort into another."""
    properties: dict[str, Schema] = {}
    for each in alternatives:
        for name, inner in each["properties"].items():
            known = properties.setdefault(name, {"anyOf": [NOTHING]})["anyOf"]
            known += [change for change in [_as_changed(inner, parts)] if change not in known]
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _named(part: Schema) -> str:
    return str(part.get("$ref", "")).removeprefix("#/$defs/")


def _or_nothing(part: Schema) -> Schema:
    return part if NOTHING in part.get("anyOf", ()) else {"anyOf": [part, NOTHING]}


def _without(part: Schema, *keys: str) -> Schema:
    return {key: value for key, value in part.items() if key not in keys}


def _reachable(parts: dict[str, Schema], names: list[str]) -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    while names:
        name = names.pop()
        if name not in found:
            found[name] = parts[name]
            names += _references(parts[name])
    return found


def _references(part: Any) -> list[str]:
    if isinstance(part, dict):
        here = [_named(part)] if isinstance(part.get("$ref"), str) else []
        return here + [name for inner in part.values() for name in _references(inner)]
    return [name for inner in part for name in _references(inner)] if isinstance(part, list) else []

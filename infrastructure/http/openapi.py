"""The OpenAPI document: what stands in it beside the routes."""

import json
from importlib.resources import files
from typing import Any

from infrastructure.http.access import Operation
from infrastructure.http.commanding import PERIOD
from infrastructure.http.problem_examples import problem_examples
from infrastructure.http.problems import ProblemDocument
from infrastructure.http.routing import SECURITY_SCHEME

ANSWERS = "answers.json"
"""Answers that were recorded from the API, by operation."""

DESCRIPTION = """\
The yearly contracting of paramedical care: what was agreed, since when, why, on whose word, and what was known about it
on any earlier day.

Questions that have a state take `effective_on` (which day do you ask about?) and `known_at` or `position` (with whose
knowledge?), and echo them: asked again with these, the answer has the same bytes. Commands take an `Idempotency-Key`
and answer a `position`, which a question can wait for with `min-position`. Errors are problem documents (RFC 9457) in
Dutch or English, by `Accept-Language`. Each operation names the roles that may call it under `x-roles`.
"""

TAGS: list[dict[str, Any]] = [
    {"name": "contracts", "description": "For officers, reviewers, auditors and the practice itself."},
    {"name": "questionnaire", "description": "For the practice: what is asked, saved and confirmed."},
    {"name": "evidence", "description": "Files: supplied by the practice, read by it and by the purchaser's people."},
    {"name": "delegations", "description": "For the practice's signatories: who fills in and uploads for it."},
    {"name": "decisions", "description": "For the purchaser's officers and reviewers, on what they read."},
    {"name": "applications", "description": "For practices without an offer, and for who decides what they ask."},
    {"name": "modules", "description": "For practices that ask for one on top of a contract, and for who decides."},
    {"name": "agreements", "description": "The texts that were offered, for the same people."},
    {"name": "audit", "description": "For auditors, and for the purchaser's own people."},
    {"name": "feeds", "description": "For another portal, such as VECOZO's, that hands over what it saw."},
    {"name": "signing", "description": "For the practice's signatories."},
    {"name": "register", "description": "For claims systems, officers and auditors."},
    {"name": "policies", "description": "For the purchaser's people; the planning is for practices too."},
    {"name": "rounds", "description": "For the purchaser's people; officers hold them."},
    {"name": "jobs", "description": "For the purchaser's people: work that takes longer than a request."},
    {
        "name": "deliveries",
        "description": "For officers and auditors: what leaves the system, and who is told by webhook.",
    },
    {"name": "providers", "description": "For the purchaser's people; practices opt out themselves."},
    {"name": "care finder", "description": "For everybody; and for the purchaser what it will show."},
    {"name": "work", "description": "What waits for officers and reviewers, and deadlines for practices too."},
    {"name": "letters", "description": "For officers, reviewers, auditors and the practice itself."},
    {"name": "operations", "description": "For whoever runs the service."},
    {"name": "health", "description": "For whoever runs the service."},
]


_VERSIONED = frozenset({Operation.READ_CONTRACT, Operation.READ_QUESTIONNAIRE})
"""What is read before a command is given for its version."""
_HEADERS = {
    "Allow": "The methods that the path has.",
    "ETag": "The version of what was answered: for `If-Match` of a contract, for `If-None-Match` of all else.",
    "Idempotency-Replayed": "`true` where the command was carried out before, under the same key.",
    "Retry-After": "Seconds to wait before the next attempt.",
    "WWW-Authenticate": "The challenge of RFC 6750.",
}


def described(document: dict[str, Any], issuer: str | None) -> dict[str, Any]:
    """With the identity provider and the problem documents; changes the document that it is given, once."""
    components = document.setdefault("components", {})
    if SECURITY_SCHEME in components.get("securitySchemes", {}):
        return document
    answers = json.loads((files(__package__) / ANSWERS).read_bytes())
    for path, operations in document["paths"].items():
        for operation in operations.values():
            _of_contracts_only(path, operation)
            _name_headers(operation)
            for parameter in operation.get("parameters", ()):
                _never_null(parameter)
            _show(operation, answers)
    components["headers"] = {
        name: {"description": told, "schema": {"type": "string"}} for name, told in _HEADERS.items()
    }
    schemas = components.setdefault("schemas", {})
    problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs", {})
    schemas[ProblemDocument.__name__] = problem
    components["examples"] = problem_examples()
    components["securitySchemes"] = {
        SECURITY_SCHEME: {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "An access token of the identity provider"
            + ("." if issuer is None else f" {issuer}.")
            + " Its claim `roles` lists roles, `purchaser` and `practice_agb` say whose.",
        }
    }
    return document


def _of_contracts_only(path: str, operation: dict[str, Any]) -> None:
    """Only contracts have versions: no other command can be meant for one."""
    if f"{{{PERIOD}}}" in path or not any(each["name"] == "If-Match" for each in operation.get("parameters", ())):
        return
    operation["parameters"] = [each for each in operation["parameters"] if each["name"] != "If-Match"]
    for status in ("412", "428"):
        operation["responses"].pop(status, None)


def _name_headers(operation: dict[str, Any]) -> None:
    """What an answer tells in its headers, beside those that every answer has."""
    taken = {each["name"] for each in operation.get("parameters", ())}
    told = {"405": ("Allow",), "401": ("WWW-Authenticate",), **dict.fromkeys(("429", "503", "504"), ("Retry-After",))}
    if "Idempotency-Key" in taken:
        told |= dict.fromkeys(("200", "202"), ("Idempotency-Replayed", *(("ETag",) if "If-Match" in taken else ())))
    if "If-None-Match" in taken:
        told |= dict.fromkeys(("200", "304"), ("ETag",))
    if operation["operationId"] in _VERSIONED:
        told["200"] = ("ETag",)
    for status, names in told.items():
        if status in operation["responses"]:
            headers = operation["responses"][status].setdefault("headers", {})
            headers |= {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _show(operation: dict[str, Any], answers: dict[str, Any]) -> None:
    """An example of what is answered, where the route brings none itself."""
    for status, response in operation["responses"].items():
        told = response.get("content", {}).get("application/json")
        if status.startswith("2") and told is not None and operation["operationId"] in answers:
            told.setdefault("example", answers[operation["operationId"]])


def _never_null(parameter: dict[str, Any]) -> None:
    """A parameter that may be left out is not null then: it is not there."""
    schema = parameter["schema"]
    kinds = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if len(kinds) == 1:
        del schema["anyOf"]
        schema |= kinds[0]

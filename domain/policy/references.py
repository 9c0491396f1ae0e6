"""Whether what conditions and applications refer to stands in the document."""

from collections.abc import Iterator
from typing import Any

from domain.policy.plain_data import entries, mapping, names
from domain.policy.planning import PlanningKind
from domain.policy.values import Inconsistency


def references_that_miss(document: dict[str, Any], care_types: dict[str, Any]) -> Iterator[Inconsistency]:
    """Conditions that hold on another one, a deadline for applications, and the codes that persons judge under."""
    conditions = {code: mapping(each) for code, each in mapping(document.get("conditions")).items()}
    yield from _grounds_that_miss(conditions, care_types)
    application = mapping(document.get("application"))
    if application.get("deadline") is not None and not _has_application_deadline(document):
        found = f"needs a row of kind {PlanningKind.APPLICATION_DEADLINE} with a day in the planning"
        yield Inconsistency(("application", "deadline"), found)
    yield from _codes_that_repeat(application, conditions)


def _grounds_that_miss(conditions: dict[str, dict[str, Any]], care_types: dict[str, Any]) -> Iterator[Inconsistency]:
    for code, condition in conditions.items():
        ground = mapping(condition.get("applies_when")).get("declared")
        if not isinstance(ground, str):
            continue
        if ground not in conditions or ground == code:
            known = tuple(other for other in conditions if other != code)
            path = ("conditions", code, "applies_when", "declared")
            yield Inconsistency(path, "expected another name under conditions", ground, known)
            continue
        for name, rules in care_types.items():
            asked = names(rules.get("conditions"))
            if code in asked and ground not in asked:
                message = f"{code} holds only where {ground} is declared, and that is not asked"
                yield Inconsistency(("care_types", name, "conditions", asked.index(code)), message)


def _has_application_deadline(document: dict[str, Any]) -> bool:
    rows = (mapping(row) for row in entries(document.get("planning")))
    return any(row.get("kind") == PlanningKind.APPLICATION_DEADLINE and row.get("day") for row in rows)


def _codes_that_repeat(application: dict[str, Any], conditions: dict[str, dict[str, Any]]) -> Iterator[Inconsistency]:
    taken = set(conditions)
    for index, criterion in enumerate(entries(application.get("criteria"))):
        code = mapping(criterion).get("code")
        if isinstance(code, str) and code in taken:
            message = "expected a code that no condition or other criterion has"
            yield Inconsistency(("application", "criteria", index, "code"), message, code)
        elif isinstance(code, str):
            taken.add(code)

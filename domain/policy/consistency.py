"""Whether the parts of a document fit together: names that are used exist, deadlines stand, clauses are its own.

The checks read plain JSON data and pass over what they can not read, so that they tell their part also of a document in
which something else is wrong.
"""

from collections.abc import Iterator
from typing import Any

from domain.care_type import CareType
from domain.policy.care_type_rules import Route
from domain.policy.plain_data import entries, mapping, names
from domain.policy.planning import PlanningKind
from domain.policy.references import references_that_miss
from domain.policy.values import Inconsistency

DEADLINES_OF_THE_QUESTIONNAIRE = (PlanningKind.QUESTIONNAIRE_DEADLINE, PlanningKind.SIGNING, PlanningKind.PUBLICATION)
MOMENTS = ("day", "window", "relative_to")


def inconsistencies(document: dict[str, Any]) -> Iterator[Inconsistency]:
    """Everything in a document that does not fit together, in no order."""
    care_types = {name: rules for name, rules in mapping(document.get("care_types")).items() if isinstance(rules, dict)}
    yield from _conditions_that_miss(document, care_types)
    yield from _bureau_lists_that_miss(document, care_types)
    yield from references_that_miss(document, care_types)
    planning = document.get("planning")
    rows = planning if isinstance(planning, list) else []
    yield from _rows_that_repeat(rows)
    with_questionnaire = [
        name for name in CareType if name in care_types and care_types[name].get("route") == Route.QUESTIONNAIRE
    ]
    if "planning" in document:
        yield from _deadlines_that_miss(rows, with_questionnaire)
    if with_questionnaire and document.get("questionnaire") is None:
        yield Inconsistency(("questionnaire",), f"missing; the route of {', '.join(with_questionnaire)} needs it")
    yield from _foreign_clauses(document)
    yield from _insurers_that_misfit(document)


def names_a_clause(path: tuple[str | int, ...]) -> bool:
    """Whether the text at a path is the number of a clause."""
    return str(path[-1]) == "clause" or str(path[-1]).endswith("_clause") or path[-2:-1] == ("specialisations",)


def cited_clauses(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every clause that a document cites, with the path to where it does."""
    if isinstance(data, dict):
        for key, value in data.items():
            if isinstance(value, str) and names_a_clause((*path, key)):
                yield (*path, key), value
            else:
                yield from cited_clauses(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from cited_clauses(value, (*path, index))


def _conditions_that_miss(document: dict[str, Any], care_types: dict[str, Any]) -> Iterator[Inconsistency]:
    known = tuple(mapping(document.get("conditions")))
    for name, rules in care_types.items():
        modules = {code: mapping(each) for code, each in mapping(rules.get("modules")).items()}
        asked: dict[tuple[str, ...], dict[str, Any]] = {(): rules}
        asked |= {("modules", code): module for code, module in modules.items()}
        for where, part in asked.items():
            for index, condition in enumerate(names(part.get("conditions"))):
                if condition and condition not in known:
                    path: tuple[str | int, ...] = ("care_types", name, *where, "conditions", index)
                    yield Inconsistency(path, "expected a name under conditions", condition, known)


def _bureau_lists_that_miss(document: dict[str, Any], care_types: dict[str, Any]) -> Iterator[Inconsistency]:
    known = tuple(mapping(document.get("bureau_lists")))
    for name, rules in care_types.items():
        for code, factor in mapping(rules.get("factors")).items():
            wanted = mapping(factor).get("bureau_list")
            if isinstance(wanted, str) and wanted not in known:
                path = ("care_types", name, "factors", code, "bureau_list")
                yield Inconsistency(path, "expected a name under bureau_lists", wanted, known)


def _rows_that_repeat(rows: list[Any]) -> Iterator[Inconsistency]:
    seen: dict[str, set[str]] = {}
    for index, row in enumerate(rows):
        kind = str(mapping(row).get("kind"))
        care_types = list(filter(None, names(mapping(row).get("care_types"))))
        repeated = [name for name in care_types if name in seen.setdefault(kind, set())]
        if repeated and kind != PlanningKind.OTHER:
            message = f"an earlier row of kind {kind} names {', '.join(repeated)} already"
            yield Inconsistency(("planning", index, "care_types"), message)
        seen[kind].update(care_types)


def _deadlines_that_miss(rows: list[Any], with_questionnaire: list[CareType]) -> Iterator[Inconsistency]:
    if not all(_readable(row) for row in rows):
        return  # the row that is not readable may be the one that seems to miss
    for name in with_questionnaire:
        given = {row["kind"] for row in rows if name in row["care_types"] and row.get("day") is not None}
        for kind in DEADLINES_OF_THE_QUESTIONNAIRE:
            if kind not in given:
                message = f"no row of kind {kind} gives a day for {name}, whose route questionnaire needs one"
                yield Inconsistency(("planning",), message)


def _readable(row: Any) -> bool:
    care_types = names(mapping(row).get("care_types"))
    return (
        bool(care_types)
        and all(name in list(CareType) for name in care_types)
        and row.get("kind") in list(PlanningKind)
        and any(row.get(moment) is not None for moment in MOMENTS)
    )


def _insurers_that_misfit(document: dict[str, Any]) -> Iterator[Inconsistency]:
    several = [mapping(each) for each in entries(document.get("insurers"))]
    if document.get("insurer") is not None and several:
        yield Inconsistency(("insurers",), "stands beside insurer; write one of them, or all under insurers")
    if document.get("insurer") is None and not document.get("insurers"):
        yield Inconsistency(("insurer",), "missing; name the insurer, or several under insurers")
    taken: dict[tuple[str, str], str] = {}
    for index, insurer in enumerate(several):
        name = str(insurer.get("name", ""))
        if insurer.get("uzovi") is None:
            yield Inconsistency(("insurers", index, "uzovi"), "missing; of several insurers each has its own")
        own = [("id", insurer.get("id")), ("uzovi", insurer.get("uzovi"))]
        labels = [(("insurers", index, "labels", place), ("label", each)) for place, each in _labels(insurer)]
        for path, (kind, value) in [*((("insurers", index, kind), (kind, value)) for kind, value in own), *labels]:
            if not isinstance(value, str):
                continue
            if (kind, value) in taken:
                yield Inconsistency(path, f"expected another; {taken[kind, value]} has it already", value)
            taken.setdefault((kind, value), name)


def _labels(insurer: dict[str, Any]) -> Iterator[tuple[int, str]]:
    yield from enumerate(names(insurer.get("labels")))


def _foreign_clauses(document: dict[str, Any]) -> Iterator[Inconsistency]:
    prefix = document.get("clause_prefix")
    if isinstance(prefix, str) and prefix:
        for path, clause in cited_clauses(document):
            if "-" in clause and not clause.startswith(f"{prefix}-"):
                yield Inconsistency(path, f"expected a clause of this policy, {prefix}-...", clause)

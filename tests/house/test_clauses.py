"""``docs/clauses.csv``: where each clause of both policies is enforced, and what shows it."""

import ast
import csv
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from domain.policy.consistency import cited_clauses
from infrastructure.policies.library import PolicyFiles
from tests.house.planting import PROJECT

LIST = PROJECT / "docs" / "clauses.csv"
NUMBERS = PROJECT / "tests" / "domain" / "policy"
COLUMNS = ["clause", "kind", "where", "shown_by", "how"]
HOW = {"enforced", "data", "a person decides", "no rule"}
WITH_RULE = {
    *("eligibility", "exclusion", "questionnaire", "evidence", "tier", "date", "term", "offer", "request", "signature"),
    "publication",
}
"""The kinds of clauses that no purchaser can leave without a rule."""
CITED = re.compile(r"\b(?:CQ25|ASR24)-[A-Z0-9.]+(?:-[A-Z0-9.]+)*-[0-9]+")


def rows() -> list[dict[str, str]]:
    with LIST.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def numbers() -> dict[str, str]:
    """Every clause of both policies' texts, with its kind."""
    found: dict[str, str] = {}
    for path in sorted(NUMBERS.glob("clauses_of_*.csv")):
        with path.open(encoding="utf-8", newline="") as lines:
            found |= {row["clause"]: row["kind"] for row in csv.DictReader(lines, delimiter=";")}
    return found


@cache
def policy(name: str) -> dict[str, Any]:
    return PolicyFiles().read(name.removesuffix(".yaml")).document(None).model_dump(mode="json")


@cache
def names_in(path: Path) -> frozenset[str]:
    """The functions, classes and methods that a module defines."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    return frozenset(each.name for each in ast.walk(ast.parse(path.read_text())) if isinstance(each, kinds))


def listed(text: str) -> list[str]:
    """What stands in a cell, one or several."""
    return [each for each in text.split("; ") if each]


def missing_place(place: str) -> str | None:
    """Why a place does not exist: a path in a document, or a function or class in a file."""
    if ".yaml: " in place:
        name, path = place.split(": ", 1)
        return missing_path(policy(name), path.split("."))
    return missing_name(*place.split(":", 1)) if ":" in place else "names neither a path nor a function"


def missing_path(part: Any, path: list[str]) -> str | None:
    for key in path:
        if isinstance(part, list) and key.isdigit() and int(key) < len(part):
            part = part[int(key)]
        elif isinstance(part, dict) and key in part:
            part = part[key]
        else:
            return f"has no {key}"
    return None if part is not None else "says nothing there"


def missing_name(file: str, name: str) -> str | None:
    path = PROJECT / file
    if not path.is_file():
        return "is no file"
    return None if name in names_in(path) else f"defines no {name}"


def missing_proof(proof: str) -> str | None:
    """Why a test or scenario does not exist."""
    if "::" in proof:
        file, name = proof.split("::")
        return missing_name(file, name) if name.startswith("test_") else "names no test"
    known = proof.startswith("tests/scenarios/") and proof.endswith(".yaml") and (PROJECT / proof).is_file()
    return None if known else "is no scenario"


def scenarios() -> list[Path]:
    return sorted((PROJECT / "tests" / "scenarios").rglob("*.yaml"))


def test_the_list_has_its_columns_and_says_how_in_four_ways() -> None:
    with LIST.open(encoding="utf-8", newline="") as lines:
        assert csv.DictReader(lines).fieldnames == COLUMNS
    assert {row["how"] for row in rows()} <= HOW


def test_every_clause_stands_in_the_list_once_with_its_kind() -> None:
    assert [(row["clause"], row["kind"]) for row in rows()] == list(numbers().items())


def test_every_named_place_exists() -> None:
    wrong = [(row["clause"], each, missing_place(each)) for row in rows() for each in listed(row["where"])]
    assert [each for each in wrong if each[2]] == []


def test_every_named_test_and_scenario_exists() -> None:
    wrong = [(row["clause"], each, missing_proof(each)) for row in rows() for each in listed(row["shown_by"])]
    assert [each for each in wrong if each[2]] == []


def test_what_is_enforced_data_or_a_persons_names_a_place_and_what_shows_it() -> None:
    ruled = [row for row in rows() if row["how"] in {"enforced", "data", "a person decides"}]
    assert [row["clause"] for row in ruled if not (listed(row["where"]) and listed(row["shown_by"]))] == []


def test_what_has_no_rule_names_no_place() -> None:
    assert [row["clause"] for row in rows() if row["how"] == "no rule" and (row["where"] or row["shown_by"])] == []


def test_no_clause_that_asks_for_a_rule_stands_without_one() -> None:
    assert [row["clause"] for row in rows() if row["kind"] in WITH_RULE and row["how"] == "no rule"] == []


def test_a_clause_that_a_document_cites_is_not_called_without_rule() -> None:
    cited = {clause for name in ("caresq-2025", "asr-2024") for _, clause in cited_clauses(policy(name))}
    assert [row["clause"] for row in rows() if row["how"] == "no rule" and row["clause"] in cited] == []


@pytest.mark.parametrize("name", ["caresq-2025", "asr-2024"])
def test_every_clause_cited_in_a_document_is_known(name: str) -> None:
    assert {clause for _, clause in cited_clauses(policy(name))} - numbers().keys() == set()


def test_every_clause_cited_in_a_scenario_or_amendment_is_known() -> None:
    packaged = sorted((PROJECT / "domain" / "policy" / "documents").glob("*.yaml"))
    cited = {(path.name, each) for path in [*scenarios(), *packaged] for each in CITED.findall(path.read_text())}
    assert [each for each in sorted(cited) if each[1] not in numbers()] == []


def test_a_scenario_that_shows_a_clause_cites_it() -> None:
    wrong = [
        (row["clause"], proof)
        for row in rows()
        for proof in listed(row["shown_by"])
        if "::" not in proof and row["clause"] not in CITED.findall((PROJECT / proof).read_text())
    ]
    assert wrong == []


def test_a_missing_place_or_proof_is_told() -> None:
    """That the checks above can fail."""
    places = ["caresq-2025.yaml: conditions.none", "caresq-2025.yaml: planning.99", "domain/agb.py:Agb", "domain/agb"]
    assert [missing_place(each) for each in places] == [
        "has no none",
        "has no 99",
        "defines no Agb",
        "names neither a path nor a function",
    ]
    assert missing_proof("tests/house/test_clauses.py::test_none") == "defines no test_none"
    assert missing_proof("tests/house/test_clauses.py::numbers") == "names no test"
    assert missing_proof("tests/scenarios/caresq-2025/none.yaml") == "is no scenario"

"""The JSON Schema of policy files: it is made from the models, and takes what they take."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from infrastructure.policies.yaml_file import read_yaml
from tests.infrastructure.policies.command_line import Run

ROOT = Path(__file__).parents[3]
SCHEMA = ROOT / "docs" / "policy.schema.json"
PACKAGED = sorted((ROOT / "domain" / "policy" / "documents").glob("*.yaml"))
OF_SCENARIOS = [
    *sorted((ROOT / "tests" / "scenarios" / "policies").glob("*.yaml")),
    *sorted((ROOT / "tests" / "fictional_policies").glob("*.yaml")),
]
AMENDMENT = ROOT / "tests" / "scenarios" / "policies" / "caresq-2025-fys-two-years.yaml"
MISTAKES = ROOT / "tests" / "policy_mistakes" / "documents"
NAMES_ITS_SCHEMA = re.compile(r"^# yaml-language-server: \$schema=(\S+)$", re.MULTILINE)
INTEGER = re.compile(r"[-+]?[0-9]+", re.ASCII)
NUMBER = re.compile(r"[-+]?[0-9]+\.[0-9]+", re.ASCII)


@pytest.fixture(scope="module")
def schema() -> Draft202012Validator:
    made = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(made)
    return Draft202012Validator(made)


def as_text(path: Path) -> Any:
    """The file as the program reads it: every value is text."""
    return read_yaml(path.read_bytes()).data


def as_typed(value: Any) -> Any:
    """The same as an editor reads it: numbers and truth values have types, and 04 has lost its zero."""
    match value:
        case dict():
            return {key: as_typed(inner) for key, inner in value.items()}
        case list():
            return [as_typed(inner) for inner in value]
        case "true" | "false":
            return value == "true"
        case str() if INTEGER.fullmatch(value):
            return int(value)
        case str() if NUMBER.fullmatch(value):
            return float(value)
        case _:
            return value


def mistakes(schema: Draft202012Validator, data: Any) -> list[str]:
    return [f"{each.json_path}: {each.message}" for each in _causes(schema.iter_errors(data))]


def _causes(errors: Any) -> Iterator[Any]:
    for error in errors:
        if error.context:
            yield from _causes(error.context)
        else:
            yield error


def test_the_schema_in_the_documentation_is_up_to_date(run: Run) -> None:
    printed = run("schema").stdout
    assert json.loads(printed)["title"] == "Contractspoor policy"
    if printed != SCHEMA.read_text(encoding="utf-8"):
        pytest.fail("the models have changed; run: contractspoor policy schema > docs/policy.schema.json")


@pytest.mark.parametrize(
    "path", [*PACKAGED, *OF_SCENARIOS, ROOT / "tests" / "policy_mistakes" / "valid.yaml"], ids=lambda path: path.stem
)
def test_a_good_policy_is_good_as_text_and_as_an_editor_reads_it(schema: Draft202012Validator, path: Path) -> None:
    assert mistakes(schema, as_text(path)) == []
    assert mistakes(schema, as_typed(as_text(path))) == []


@pytest.mark.parametrize("path", [*PACKAGED, *OF_SCENARIOS], ids=lambda path: path.stem)
def test_a_policy_names_its_schema_for_the_editor(path: Path) -> None:
    (named,) = NAMES_ITS_SCHEMA.findall(path.read_text(encoding="utf-8"))
    assert (path.parent / named).resolve() == SCHEMA


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("a_misspelt_key", "care_types.FYS.tiers[1]: "),
        ("a_missing_key", "$.care_types.FYS.tiers[1]: 'clause' is a required property"),
        ("a_misspelt_value", ".route: "),
        ("an_unknown_care_type", "$.planning[1].care_types[0]: 'FYZ' is not one of"),
        ("a_day_without_dashes", ".day: "),
        ("a_number_in_words", ".at_least: "),
        ("a_clause_that_is_none", ".clause: "),
        ("an_undecided_term_with_one_option", "options"),
        ("a_planning_row_of_no_kind", ".kind: "),
        ("a_list_where_keys_belong", " is not of type 'object'"),
    ],
)
def test_an_editor_marks_what_can_be_seen_where_it_stands(schema: Draft202012Validator, name: str, where: str) -> None:
    data = as_text(MISTAKES / f"{name}.yaml")
    for read in (data, as_typed(data)):
        told = mistakes(schema, read)
        assert [each for each in told if where in each], told


def test_an_amendment_may_leave_out_and_take_away_but_not_misspell(schema: Draft202012Validator) -> None:
    amendment = as_text(AMENDMENT)
    term = amendment["set"]["care_types"]["FYS"]["term"]
    assert term["options"] is None
    term["ends"] = term.pop("end")
    assert mistakes(schema, amendment) != []
    term["end"] = term.pop("ends")
    del amendment["ground"]
    assert [each for each in mistakes(schema, amendment) if "'ground' is a required property" in each]


def test_text_may_look_like_a_number_and_a_code_may_not_have_capitals(schema: Draft202012Validator) -> None:
    document = as_text(ROOT / "tests" / "policy_mistakes" / "valid.yaml")
    document["title"] = "2030"
    assert mistakes(schema, as_typed(document)) == []
    document["conditions"]["Guidelines"] = document["conditions"].pop("guidelines")
    (told,) = mistakes(schema, document)
    assert told.startswith("$.conditions: ")
    assert "'Guidelines'" in told

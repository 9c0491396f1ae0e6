"""The format reaches everything the program can be asked, and its documents are true."""

import json
import pkgutil
import re
from collections.abc import Callable, Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, get_args, get_type_hints

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ValidationError

import application.queries
from application.mapper import FACT_TYPES
from application.queries.horizon import Asked, fix_horizon
from application.scenarios.deeds import FORMS, AnswersForm, answers_of
from application.scenarios.expectations import FACTS, differences
from application.scenarios.format import Scenario
from application.scenarios.questions import QUESTIONS
from application.scenarios.rewriting import Rewriter
from application.scenarios.run import run_scenario
from application.scenarios.values import read_moment
from domain.calendar import Instant
from domain.care_type import CareType
from domain.contract.commands import Command, ContractCommand
from domain.explanation import Explanation
from domain.history import Fact
from domain.policy.answers import Claim
from domain.provider.commands import ProviderCommand
from infrastructure.bootstrap import policy_sources
from infrastructure.cli.scenario import schema_text
from infrastructure.trials import scenario_worlds
from tests.application.scenario_files import FILES, ROOT, SHORT, as_editors_read_it, mistakes, read

SCHEMA = ROOT / "docs" / "scenario.schema.json"
DOCUMENT = ROOT / "docs" / "scenarios.md"


def test_every_command_of_a_contract_and_of_a_practice_can_be_written() -> None:
    commands = {*get_args(ContractCommand), *get_args(ProviderCommand), *Command.__subclasses__()}

    assert {command.__name__ for command in commands} <= set(FORMS)
    for command in commands:
        form = FORMS[command.__name__]
        assert set(form.model_fields) == set(command.model_fields)


def test_every_question_can_be_asked() -> None:
    assert _answers() == {question.answer_model for question in QUESTIONS.values()}


def test_everything_that_is_asked_of_the_log_is_answered_in_the_words_of_a_question() -> None:
    """A query of the program is what takes ``Asked``, whatever its answer is called."""
    known = {part for question in QUESTIONS.values() for part in _models(question.answer_model)}

    assert len(list(_queries())) >= len(QUESTIONS)
    for name, query in _queries():
        assert _models(get_type_hints(query)["return"]) & known, f"{name} has no question in the format"


def test_no_other_part_of_the_program_asks_of_the_log_for_itself() -> None:
    """But what gathers the answers of contracts: ``test_lists_of_the_past`` holds the rows of lists to them."""
    asking = {
        path.relative_to(ROOT).as_posix()
        for package in ("application", "infrastructure", "scheduler")
        for path in (ROOT / package).rglob("*.py")
        if "fix_horizon(" in path.read_text()
    }

    lists = {"infrastructure/read_models/lists.py"}
    calendars = {"infrastructure/http/resources/work.py", "infrastructure/cli/calendar.py"}
    letters = {"infrastructure/http/resources/letters.py", "infrastructure/cli/letters.py"}
    gathering = lists | calendars | letters
    assert {Path(path).parent.as_posix() for path in asking - gathering} == {"application/queries"}
    assert gathering <= asking


def _queries() -> Iterator[tuple[str, Callable[..., Any]]]:
    """The public functions of ``application.queries`` that are told what they may know, also those of its classes."""
    for module in _modules():
        classes = [each for each in vars(module).values() if isinstance(each, type)]
        for owner in (module, *classes):
            for name, each in vars(owner).items():
                own = isinstance(each, FunctionType) and each.__module__ == module.__name__
                if own and not name.startswith("_") and Asked in get_type_hints(each).values() and each != fix_horizon:
                    yield f"{module.__name__}.{name}", each


def _models(annotation: Any) -> set[type[BaseModel]]:
    """The models in a type, and the models of their fields."""
    found = {annotation} if isinstance(annotation, type) and issubclass(annotation, BaseModel) else set()
    fields = [field.annotation for model in found for field in model.model_fields.values()]
    for part in (*get_args(annotation), *(each for field in fields for each in (field, *get_args(field)))):
        if isinstance(part, type) and issubclass(part, BaseModel):
            found.add(part)
    return found


def _modules() -> list[ModuleType]:
    return [
        import_module(f"application.queries.{each.name}") for each in pkgutil.iter_modules(application.queries.__path__)
    ]


def _answers() -> set[type[BaseModel]]:
    """The models of answers of ``application.queries``: those whose name ends in Answer."""
    return {
        each
        for module in _modules()
        for name, each in vars(module).items()
        if name.endswith("Answer") and isinstance(each, type) and issubclass(each, BaseModel)
    }


def test_every_fact_can_be_expected_with_any_of_its_fields() -> None:
    assert {fact.stored_name for fact in FACT_TYPES} == set(FACTS)
    for fact in FACT_TYPES:
        assert set(FACTS[fact.stored_name].model_fields) == set(fact.model_fields)
        assert FACTS[fact.stored_name]() is not None


def test_a_model_that_is_added_later_is_written_at_once() -> None:
    class CeilingAgreed(Fact):
        """A fact of a later version."""

        on: date
        at: Instant
        parts: tuple[Claim, ...] = ()

    expected = Rewriter("Expected", partial=True).model(CeilingAgreed)
    written = expected.model_validate({"at": "2025-01-01T01:00", "parts": [{"bureau": "Meetbureau Alfa"}]})

    assert written.model_dump(mode="json", exclude_unset=True) == {
        "at": "2025-01-01T00:00:00.000000Z",
        "parts": [{"bureau": "Meetbureau Alfa"}],
    }
    with pytest.raises(ValidationError):
        expected.model_validate({"on": "20250101"})


def test_the_schema_in_the_documents_is_that_of_the_models() -> None:
    assert SCHEMA.read_text() == schema_text(), "run: contractspoor scenario schema > docs/scenario.schema.json"


def test_the_schema_accepts_every_scenario_as_editors_read_it() -> None:
    schema = json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)

    for path in FILES:
        data = as_editors_read_it((ROOT / path).read_text())
        assert [f"{path}: {error.json_path}: {error.message}" for error in validator.iter_errors(data)] == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("do: Approach", "do: Approch"),
        ("at: 2024-09-16T09:00", "at: 16 September"),
        ("[Approached, QuestionnaireSent]", "[Approched]"),
        ("status: questionnaire_open", "status: open"),
        ("professionals:", "profesionals:"),
        ("contract: caresq", "contrct: caresq"),
    ],
)
def test_the_schema_refuses_what_the_program_refuses(right: str, wrong: str, tmp_path: Path) -> None:
    text = SHORT.replace(right, wrong, 1)
    validator = Draft202012Validator(json.loads(SCHEMA.read_text()))

    assert mistakes(tmp_path, text) != []
    assert list(validator.iter_errors(as_editors_read_it(text))) != []
    assert list(validator.iter_errors(as_editors_read_it(SHORT))) == []


def test_the_example_in_the_document_comes_as_it_says(tmp_path: Path) -> None:
    [example] = re.findall(r"^```yaml\n(.*?)^```", DOCUMENT.read_text(), re.DOTALL | re.MULTILINE)
    path = tmp_path / "example.yaml"
    path.write_text(example)
    file = read(path)

    with scenario_worlds() as worlds, worlds(file.sources) as world:
        assert run_scenario(file.scenario, world) == []
    validator = Draft202012Validator(json.loads(SCHEMA.read_text()))
    assert list(validator.iter_errors(as_editors_read_it(example))) == []


def test_the_document_names_every_kind_of_step_every_question_and_every_key() -> None:
    words = set(re.findall(r"\w+", DOCUMENT.read_text()))

    assert set(FORMS) - words == set()
    assert set(QUESTIONS) - words == set()
    assert set(_keys(Scenario)) - words == set()


def _keys(model: Any) -> Iterator[str]:
    yield from model.model_fields
    for part in ("policies", "providers", "steps"):
        yield from get_args(model.model_fields[part].annotation)[0].model_fields


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2024-11-07T23:59:59", "2024-11-07T22:59:59Z"),
        ("2024-07-01 09:00", "2024-07-01T07:00:00Z"),
        ("2024-10-27T00:30Z", "2024-10-27T00:30:00Z"),
        ("2024-10-27T02:30+01:00", "2024-10-27T01:30:00Z"),
        ("2025-03-30T03:00", "2025-03-30T01:00:00Z"),
    ],
)
def test_an_instant_without_a_zone_is_local_time_in_amsterdam(written: str, utc: str) -> None:
    assert read_moment(written) == read_moment(utc)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("2024-10-27T02:30", "comes twice"),
        ("2025-03-30T02:30", "does not exist"),
        ("2025-02-30T09:00", "it does not exist"),
        ("2025-02-20", "expected a day and a time"),
        ("20250220", "expected a day and a time"),
        ("2025-02-20T09:00 Amsterdam", "expected a day and a time"),
    ],
)
def test_an_instant_that_is_none_or_two_is_refused(written: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read_moment(written)


def test_complete_answers_meet_every_condition_and_name_a_bureau() -> None:
    document = policy_sources().read("caresq-2025").document(None)

    for care_type in (CareType.FYS, CareType.OEF, CareType.LOG):
        answers = answers_of(AnswersForm.model_validate({"claims": ["prem"]}), document, care_type)
        assert {*answers.declared, *answers.chosen} == set(document.care_types[care_type].conditions)
        assert all(answers.declared.values())
        assert answers.claims == {"prem": Claim(bureau="Meetbureau Alfa")}


def test_answers_as_given_fill_in_nothing_and_no_bureau_is_none() -> None:
    document = policy_sources().read("caresq-2025").document(None)
    form = AnswersForm.model_validate(
        {"conditions": "as_given", "declared": {"guidelines": "false"}, "claims": {"prem": {"bureau": None}}}
    )

    answers = answers_of(form, document, CareType.FYS)

    assert answers.declared == {"guidelines": False}
    assert answers.chosen == {}
    assert answers.claims == {"prem": Claim()}


@pytest.mark.parametrize(
    ("expected", "found", "told"),
    [
        ({"a": "1"}, {"a": 1, "b": 2}, []),
        ({"a": True}, {"a": False}, ["a: expected true, found false"]),
        ({"a": None}, {"a": None}, []),
        ({"a": None}, {}, ["a: expected null, found left out"]),
        ({"a": []}, {}, []),
        ({"a": ["x", "y"]}, {"a": ["y", "x"]}, []),
        ({"a": ["x"]}, {"a": ["y", "x"]}, ["a: expected [x], found [y, x]"]),
        ({"a": []}, {"a": ["x"]}, ["a: expected [], found [x]"]),
        ({"a": "x"}, {"a": ["y", "x"]}, []),
        ({"a": "z"}, {"a": ["y", "x"]}, ["a: expected z among them, found [y, x]"]),
        ({"a": [{"b": 1}]}, {"a": [{"b": 1, "c": 2}]}, []),
        ({"a": [{"b": 1}]}, {"a": []}, ["a: expected 1 in the list, found 0: []"]),
        ({"a": [{"b": 1}, {"b": 2}]}, {"a": [{"b": 2}, {"b": 2}]}, ["a[0].b: expected 1, found 2"]),
        ({"a": {"b": 1}}, {"a": None}, ["a: expected {b: 1}, found null"]),
    ],
)
def test_only_what_is_written_is_compared(expected: Any, found: Any, told: list[str]) -> None:
    assert [str(each) for each in differences(expected, found)] == told


def test_a_tree_of_itself_is_written_freely() -> None:
    expected = Rewriter("Expected", partial=True).model(Explanation)

    written = expected.model_validate({"because": [{"rule": "inside", "because": [{"value": "3/10"}]}]})

    assert written.model_dump(exclude_unset=True) == {"because": ({"rule": "inside", "because": [{"value": "3/10"}]},)}

"""The OpenAPI document shows of every answer what it looks like: as it was recorded, and as its schema says."""

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator, ValidationError

from infrastructure.http.openapi import ANSWERS
from infrastructure.http.problem_kinds import Kind
from tests.infrastructure.http.api import Api
from tests.infrastructure.http.recorded import recorded

FROZEN = Path(str(files("infrastructure.http") / ANSWERS))


class Shown(NamedTuple):
    """What a response is said to be, and what is shown of it."""

    operation: str
    status: str
    media_type: str
    content: dict[str, Any]


def responses(document: dict[str, Any]) -> Iterator[Shown]:
    for path in document["paths"].values():
        for each in path.values():
            for status, response in each["responses"].items():
                for media_type, content in response.get("content", {}).items():
                    if media_type.endswith("json"):
                        yield Shown(each["operationId"], status, media_type, content)


def mistakes(example: Any, schema: dict[str, Any], document: dict[str, Any]) -> Iterator[ValidationError]:
    validator = Draft202012Validator(schema | {"components": document["components"]})
    return validator.iter_errors(example)


def shape(answer: Any) -> Any:
    """The fields of an answer and what kind of value each has; a new policy or time zone changes values, not these."""
    if isinstance(answer, dict):
        return {name: shape(each) for name, each in answer.items()}
    if isinstance(answer, list):
        return [shape(each) for each in answer]
    return type(answer).__name__


def test_the_answers_shown_are_those_that_the_api_gives(api: Api) -> None:
    """One that is wrong now: leave ``{}`` in the file, and the next run writes it anew; read the difference."""
    told, frozen = recorded(api), json.loads(FROZEN.read_bytes())
    if frozen == {}:
        FROZEN.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        raise AssertionError(f"{FROZEN.name} was written anew: read it, and keep it if it is right")

    assert shape(told) == shape(frozen)


def test_every_answer_in_json_has_an_example_that_its_schema_allows(api: Api) -> None:
    document = api.get("/openapi.json").json()
    answers = [each for each in responses(document) if each.status.startswith("2")]
    without = [each.operation for each in answers if "example" not in each.content]
    wrong = [
        f"{each.operation} {each.status}: {mistake.json_path}: {mistake.message}"
        for each in answers
        for mistake in mistakes(each.content.get("example"), each.content["schema"], document)
    ]

    assert len(answers) > 70
    assert (without, wrong) == ([], [])


def test_every_problem_has_an_example_of_each_kind_that_it_may_be(api: Api) -> None:
    document = api.get("/openapi.json").json()
    examples = document["components"]["examples"]
    for name, example in examples.items():
        assert list(mistakes(example["value"], {"$ref": "#/components/schemas/ProblemDocument"}, document)) == []
        assert example["value"]["type"].endswith(f":{name}")
    for each in responses(document):
        if not each.status.startswith("2"):
            shown = [found["$ref"].rpartition("/")[2] for found in each.content["examples"].values()]
            assert {examples[name]["value"]["status"] for name in shown} == {int(each.status)}, each.operation

    assert {each["value"]["type"] for each in examples.values()} == {kind.uri for kind in Kind}

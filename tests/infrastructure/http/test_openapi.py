"""The OpenAPI document is frozen: a change is read before it is made."""

import json
from pathlib import Path
from typing import Any

from infrastructure.http.access import Operation
from tests.infrastructure.http.api import Api

FROZEN = Path(__file__).parents[3] / "docs" / "openapi.json"


def test_the_document_is_the_frozen_one(api: Api) -> None:
    """One that is wrong now is deleted, and the next run writes it anew: read the difference."""
    told = json.dumps(api.get("/openapi.json").json(), indent=1, ensure_ascii=False) + "\n"
    if not FROZEN.exists():
        FROZEN.write_text(told, encoding="utf-8")
        raise AssertionError(f"{FROZEN.name} was written anew: read it, and keep it if it is right")

    assert told == FROZEN.read_text(encoding="utf-8")


def _operations(api: Api) -> list[dict[str, Any]]:
    document = api.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1.")
    return [each for path in document["paths"].values() for each in path.values()]


def test_every_operation_has_its_id_a_tag_a_summary_and_says_who_may_call_it(api: Api) -> None:
    found = _operations(api)

    assert sorted(each["operationId"] for each in found) == sorted(Operation)
    for each in found:
        assert len(each["tags"]) == 1, each["operationId"]
        assert each["description"], each["operationId"]
        assert each["x-roles"], each["operationId"]


def test_every_problem_that_is_announced_is_a_problem_document(api: Api) -> None:
    for each in _operations(api):
        for status, response in each["responses"].items():
            if not status.startswith(("2", "3")):
                assert list(response["content"]) == ["application/problem+json"], (each["operationId"], status)


QUESTIONS = {Operation.CHECK_CLAIMS}
"""Questions that are so long that they are sent as a body."""


def test_every_command_takes_a_key(api: Api) -> None:
    document = api.get("/openapi.json").json()
    commands = [
        each
        for path in document["paths"].values()
        for method, each in path.items()
        if method != "get" and each["operationId"] not in QUESTIONS
    ]

    assert commands
    for each in commands:
        assert "Idempotency-Key" in {parameter["name"] for parameter in each["parameters"]}, each["operationId"]


def test_the_headers_that_a_caller_needs_stand_in_the_document(api: Api) -> None:
    paths = api.get("/openapi.json").json()["paths"]
    contract = paths["/contracts/{purchaser}/{agb}/{care_type}/{period}"]["get"]["responses"]
    signed = paths["/contracts/{purchaser}/{agb}/{care_type}/{period}/signature"]["post"]["responses"]["200"]
    begun = paths["/imports/{purchaser}"]["post"]["responses"]["202"]

    assert [*contract["200"]["headers"]] == ["ETag"]
    assert [*contract["429"]["headers"]] == ["Retry-After"]
    assert {*signed["headers"]} == {"ETag", "Idempotency-Replayed"}
    assert {*begun["headers"]} == {"Location", "Idempotency-Replayed"}

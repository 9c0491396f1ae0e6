"""Questions over HTTP: both axes, echoed and repeatable, after a position, and problems where there is no answer."""

from typing import Any

import pytest

from infrastructure.http.identity import Role
from tests.infrastructure.http.api import AGB, CONTRACT, Api
from tests.infrastructure.http.conftest import api_on

STATUS = f"/contracts/{CONTRACT}"
LOOKUP = f"/register/caresq/{AGB}/FYS"


def test_a_contract_is_told_on_both_axes_and_the_answer_repeats_to_the_byte(api: Api) -> None:
    now = api.get(STATUS).json()
    first = api.get(STATUS, effective_on="2025-03-01", known_at="2024-10-15")
    api.sign()
    echoed = {name: first.json()[name] for name in ("effective_on", "known_at", "position")}

    assert (now["procedure"]["status"], first.json()["procedure"]["status"]) == ("offered", "assessed")
    assert (echoed["effective_on"], echoed["known_at"]) == ("2025-03-01", "2024-10-15T21:59:59.999999Z")
    assert api.get(STATUS, **echoed).content == first.content


def test_the_register_tells_what_a_command_has_just_recorded(api: Api) -> None:
    position = api.sign().json()["position"]
    api.system.read_models.catch_up(["register"])
    answer = api.get(LOOKUP, Role.CLAIMS_SYSTEM, **{"effective_on": "2025-03-01", "min-position": position}).json()

    assert (answer["claims"], answer["tier"], answer["contract_id"]) == ("contracted", "D", CONTRACT)
    assert answer["position"] >= position


def test_a_position_that_the_register_does_not_reach_in_time_is_no_answer_from_before_it(api: Api) -> None:
    position = api.sign().json()["position"]
    with api_on(api.system, api.clock, api.issuer, http_wait_seconds=0.05) as impatient:
        answer = impatient.get(LOOKUP, Role.CLAIMS_SYSTEM, **{"min-position": position})

    assert (answer.status_code, answer.headers["Content-Type"]) == (504, "application/problem+json")
    assert (answer.json()["code"], answer.headers["Retry-After"]) == ("READ_MODEL_BEHIND", "1")


def test_a_position_that_the_log_does_not_have_is_not_known_yet(api: Api) -> None:
    questions: list[dict[str, Any]] = [{"min-position": 99}, {"position": 99}]
    for query in questions:
        answer = api.get(STATUS, **query)

        assert (answer.status_code, answer.json()["code"]) == (409, "POSITION_UNKNOWN")


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"effective_on": "2025-02-30"}, "query.effective_on"),
        ({"effective_on": "tomorrow"}, "query.effective_on"),
        ({"known_at": "2025-02-03T10:00"}, "query.known_at"),
        ({"position": "-1"}, "query.position"),
        ({"min-position": "-1"}, "query.min-position"),
        ({"position": str(2**63)}, "query.position"),
    ],
    ids=str,
)
def test_a_question_that_can_not_be_names_the_field(api: Api, query: dict[str, Any], path: str) -> None:
    answer = api.get(STATUS, **query)

    assert (answer.status_code, [each["path"] for each in answer.json()["errors"]]) == (422, [path])


def test_nobody_can_know_what_will_be_recorded(api: Api) -> None:
    answer = api.get(STATUS, known_at="2024-11-02")

    assert (answer.status_code, answer.json()["code"]) == (422, "KNOWN_AT_IN_FUTURE")


def test_what_is_not_there_and_what_is_not_known_yet_are_told_apart(api: Api) -> None:
    unknown = api.get("/contracts/caresq/04009999/FYS/2025-2026")
    period = api.get("/contracts/caresq/04001234/FYS/1999")
    early = api.get(STATUS, known_at="2024-03-01")
    early_lookup = api.get(LOOKUP, known_at="2024-03-01")

    assert (unknown.status_code, unknown.json()["code"]) == (404, "PROVIDER_UNKNOWN")
    assert (period.status_code, period.json()["code"]) == (404, "POLICY_NOT_ADOPTED")
    assert (early.status_code, early.json()["code"]) == (409, "NOT_KNOWN_YET")
    assert (early_lookup.status_code, early_lookup.json()["code"]) == (409, "NOT_KNOWN_YET")


def test_the_process_lives_and_is_ready(api: Api) -> None:
    assert api.get("/healthz", Role.PUBLIC).json() == {"status": "ok"}
    assert api.get("/readyz", Role.PUBLIC).json() == {"status": "ok", "position": 11}

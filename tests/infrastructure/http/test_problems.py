"""Problem documents: in the language asked for, with the clause and the explanation, and never a traceback."""

import logging
from typing import Any

import pytest
from fastapi import FastAPI

from application.ports import EventLogError, ReadModelStopped, StorageDamaged, StorageUnavailable, VersionConflict
from application.wording.explanations import Language
from application.wording.refusals import DUTCH, refusal_told
from domain.explanation import Explanation, Outcome
from domain.history import UnreadableError
from infrastructure.http.identity import Role
from infrastructure.http.languages import language_asked
from infrastructure.http.problem_kinds import Kind
from tests.infrastructure.http.api import CONTRACT, Api

SIGNATURE = f"/contracts/{CONTRACT}/signature"
SECRET = "postgresql://user:geheim@host/db"


def test_a_refusal_brings_its_code_clause_explanation_and_what_to_do(api: Api) -> None:
    answer = api.post(SIGNATURE, {"agreement_sha256": "0" * 64})
    told = answer.json()

    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (told["type"], told["status"]) == ("urn:contractspoor:problem:refused", 409)
    assert (told["code"], told["clause"]) == ("AGREEMENT_CHANGED", "CQ25-4-24")
    assert told["explanation"]["outcome"] == "not_met"
    assert told["explanation"]["text"].startswith("not met: ")
    assert told["what_to_do"].startswith("Nothing was recorded.")
    assert told["correlation_id"] == answer.headers["X-Correlation-Id"]


def test_a_problem_is_told_in_dutch_to_who_asks_for_it(api: Api) -> None:
    dutch: dict[str, Any] = {"Accept-Language": "nl-NL, en;q=0.5"}
    answer = api.post(SIGNATURE, {"agreement_sha256": "0" * 64}, **dutch)
    told = answer.json()

    assert (answer.headers["Content-Language"], told["language"]) == ("nl", "nl")
    assert told["title"] == "Geweigerd door een regel"
    assert told["detail"] == DUTCH["AGREEMENT_CHANGED"]
    assert told["explanation"]["text"].startswith("niet voldaan: ")


def test_what_a_refusal_names_is_not_lost_in_dutch(api: Api) -> None:
    unknown = api.client.request(
        "GET", "/contracts/caresq/04001234/FYS/1999", headers=api.headers() | {"Accept-Language": "nl"}
    ).json()

    assert unknown["code"] == "POLICY_NOT_ADOPTED"
    assert unknown["detail"].startswith("Geen vastgesteld beleid van caresq heeft FYS voor 1999, zoals bekend op 2024-")
    assert unknown["detail"].endswith(
        "toen was vastgesteld: DIE ERG FYS GLI HUI LOG OEF VAL (2025-2026), INST ZKH (2025), VOET (2024-2025)."
    )


def test_a_code_that_only_a_policy_knows_is_told_in_dutch_by_its_explanation() -> None:
    why = Explanation(rule="signature", clause="X-1", outcome=Outcome.NOT_MET, value="nothing came")

    assert (
        refusal_told("OF_A_POLICY", "nothing came", why, Language.NL)
        == "niet voldaan: ondertekening: er kwam niets [X-1]"
    )
    assert refusal_told("OF_A_POLICY", "nothing came", None, Language.NL) == "nothing came"
    assert refusal_told("OF_A_POLICY", "nothing came", why, Language.EN) == "nothing came"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("nl", "nl"),
        ("NL-be", "nl"),
        ("en, nl", "en"),
        ("en;q=0.2, nl;q=0.9", "nl"),
        ("fr, nl;q=0.1", "nl"),
        ("nl;q=0", "en"),
        ("*", "en"),
        ("*, nl;q=0.1", "en"),
        ("en;q=0, *", "nl"),
        ("fr, *;q=0.3, nl;q=0.5", "nl"),
        ("nl;q=many", "en"),
        (",;,=", "en"),
    ],
)
def test_the_language_preferred_is_the_one_answered(header: str, language: str) -> None:
    assert language_asked(header) is Language(language)


def _fails(app: FastAPI, error: Exception) -> None:
    async def failing() -> None:
        raise error

    app.add_api_route("/failing", failing)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (RuntimeError(SECRET), 500, "FAULT"),
        (EventLogError(SECRET), 500, "EVENT_LOG"),
        (UnreadableError(SECRET), 500, "UNREADABLE"),
        (StorageDamaged(SECRET), 500, "STORAGE_DAMAGED"),
        (ReadModelStopped(SECRET), 500, "READ_MODEL_STOPPED"),
        (StorageUnavailable(SECRET), 503, "STORAGE_UNAVAILABLE"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_fails_inside_is_logged_and_only_named(
    api: Api, caplog: pytest.LogCaptureFixture, error: Exception, status: int, code: str
) -> None:
    _fails(api.app, error)
    with caplog.at_level(logging.ERROR, "contractspoor.http"):
        answer = api.client.request("GET", "/failing")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert SECRET not in answer.text
    assert "Traceback" not in answer.text
    assert [vars(each)["correlation_id"] for each in caplog.records] == [answer.json()["correlation_id"]]
    assert SECRET in caplog.text
    assert ("Retry-After" in answer.headers) == (status == 503)


def test_writers_who_were_always_late_are_told_to_try_again(api: Api) -> None:
    _fails(api.app, VersionConflict("changed by others 5 times in a row"))
    answer = api.client.request("GET", "/failing")

    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (409, "CONFLICT", "1")


def test_what_the_framework_refuses_is_a_problem_too(api: Api) -> None:
    missing, method = api.client.request("GET", "/nowhere"), api.client.request("DELETE", "/healthz")
    broken = api.client.request(
        "POST",
        SIGNATURE,
        content=b"{",
        headers=api.headers(Role.PROVIDER_SIGNATORY) | {"Content-Type": "application/json", "Idempotency-Key": "k"},
    )

    assert [each.json()["type"].rpartition(":")[2] for each in (missing, method, broken)] == [
        "not-found",
        "method-not-allowed",
        "bad-request",
    ]
    assert method.headers["Allow"] == "GET, HEAD"


def test_a_body_with_mistakes_names_each_with_its_path(api: Api) -> None:
    answer = api.post(SIGNATURE, {"agreement_sha256": "short", "signed_by": "me"})

    assert [each["path"] for each in answer.json()["errors"]] == ["body.agreement_sha256", "body.signed_by"]


def test_every_kind_of_problem_has_words_in_both_languages() -> None:
    for kind in Kind:
        told = kind.value
        assert all((*told.title, *told.advice)), kind
        assert told.title.nl != told.title.en
    assert len({kind.uri for kind in Kind}) == len(Kind)

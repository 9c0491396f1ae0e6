"""Questions about contracts over HTTP: lists, why, what changed, on whose word, and the text that was agreed."""

from hashlib import sha256
from typing import Any

import pytest

from application.order import Order
from domain.contract.commands import RequestReview
from domain.contract.contract_id import ContractId
from domain.contract.facts import ReviewGround
from infrastructure.http.access import ACCESS, Operation
from infrastructure.http.identity import Role
from tests.infrastructure.http.api import AGB, CONTRACT, Api
from tests.infrastructure.http.routes import declared

STATUS = f"/contracts/{CONTRACT}"
OF_PRACTICE = f"/practices/{AGB}/contracts/caresq"


def test_every_question_can_be_asked_with_the_examples_of_its_own_description(api: Api) -> None:
    api.let_the_delegate_act()
    document = api.get("/openapi.json").json()
    roles = {route.operation: next(iter(ACCESS[route.operation])) for route in declared(api.app)}
    for path, methods in document["paths"].items():
        told = methods.get("get")
        if told is None or told["tags"][0] not in ASKING:
            continue
        examples = {
            each["name"]: each["schema"]["examples"][0] for each in told.get("parameters", []) if each["required"]
        }
        query = {name: value for name, value in examples.items() if f"{{{name}}}" not in path}
        answer = api.get(path.format(**examples), roles[Operation(told["operationId"])], **query)

        assert answer.status_code == 200, (told["operationId"], answer.text)
        assert answer.headers["Content-Type"].partition(";")[0] in told["responses"]["200"]["content"]


ASKING = {"contracts", "agreements", "audit", "care finder", "work", "letters", "register", "operations"}
"""Tags of operations that ask."""


def test_a_purchaser_lists_searches_and_pages_through_its_contracts(api: Api) -> None:
    found = api.get("/contracts/caresq", status="offered", text=AGB[:5]).json()
    none = api.get("/contracts/caresq", status="signed").json()
    cursor = api.get("/contracts/caresq", cursor=CONTRACT).json()

    assert [(each["contract_id"], each["status"]) for each in found["contracts"]] == [(CONTRACT, "offered")]
    assert (none["contracts"], cursor["contracts"], found["next_page"]) == ([], [], None)
    for wrong in ("asr/04001234/FYS/2024", "nothing", "~"):
        assert api.get("/contracts/caresq", cursor=wrong).status_code == 422


def test_a_list_of_the_present_knows_what_was_just_recorded(api: Api) -> None:
    position = api.sign().json()["position"]
    found = api.get("/contracts/caresq", **{"min-position": position}).json()
    ahead = api.get("/contracts/caresq", **{"min-position": position + 1})

    assert [each["status"] for each in found["contracts"]] == ["signed"]
    assert (ahead.status_code, ahead.json()["code"]) == (409, "POSITION_UNKNOWN")


def test_a_practice_lists_its_own_contracts_and_they_repeat_to_the_byte(api: Api) -> None:
    api.let_the_delegate_act()
    first = api.get(OF_PRACTICE, Role.PROVIDER_DELEGATE, effective_on="2025-03-01")
    told = first.json()
    api.sign()
    echoed = {name: told[name] for name in ("effective_on", "known_at", "position")}

    assert [(each["contract_id"], each["status"]) for each in told["contracts"]] == [(CONTRACT, "offered")]
    assert (told["audience"], api.get(OF_PRACTICE).json().get("audience")) == ("provider", None)
    assert api.get(OF_PRACTICE, Role.PROVIDER_DELEGATE, **echoed).content == first.content


@pytest.mark.parametrize("path", ["/contracts/nobody", f"/practices/{AGB}/contracts/nobody"])
def test_nothing_of_a_purchaser_without_a_policy_is_not_known_yet(api: Api, path: str) -> None:
    answer = api.client.request("GET", path, headers=api.headers(Role.OFFICER, purchaser="nobody"))

    assert (answer.status_code, answer.json()["code"]) == (409, "NOT_KNOWN_YET")


def _asked_why(api: Api, language: str, **query: Any) -> Any:
    headers = api.headers() | {"Accept-Language": language}
    return api.client.request("GET", f"{STATUS}/why", params=query, headers=headers)


def test_a_contract_is_explained_in_the_language_asked_for_with_clauses(api: Api) -> None:
    english, dutch = _asked_why(api, "en"), _asked_why(api, "nl")
    told = {each["about"]: each for each in english.json()["decisions"]}

    assert (english.headers["Content-Language"], dutch.headers["Content-Language"]) == ("en", "nl")
    assert told["tier"]["title"] == "Tier"
    assert told["tier"]["explanation"]["text"].startswith("met: ")
    assert told["approach"]["explanation"]["because"][0]["clause"]
    assert dutch.json()["decisions"][0]["title"] == "Benadering"
    assert [each["event_id"] for each in dutch.json()["decisions"]] == [
        each["event_id"] for each in english.json()["decisions"]
    ]


def test_what_two_answers_differ_in_names_the_facts_that_made_it(api: Api) -> None:
    api.sign()
    of_knowledge = {"axis": "known", "from": "2024-10-15", "effective_on": "2025-03-01"}
    of_days = {"from": "2024-10-11", "to": "2024-10-15"}
    known, days = (api.get(f"{STATUS}/diff", Role.AUDITOR, **each).json() for each in (of_knowledge, of_days))

    assert [each["name"] for each in known["events"]][-1] == "Signed"
    assert "QuestionnaireAssessed" in [each["name"] for each in days["events"]]


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({}, "query.from"),
        ({"from": "soon"}, "query.from"),
        ({"from": "2024-10-11T10:00:00Z"}, "query.from"),
        ({"from": "2024-10-11", "effective_on": "2024-10-12"}, "query.effective_on"),
        ({"from": "2024-10-11", "axis": "known", "known_at": "2024-10-12"}, "query.known_at"),
    ],
    ids=str,
)
def test_a_comparison_that_can_not_be_names_the_field(api: Api, query: dict[str, Any], path: str) -> None:
    answer = api.get(f"{STATUS}/diff", **query)

    assert (answer.status_code, [each["path"] for each in answer.json()["errors"]]) == (422, [path])


def test_the_trail_of_a_contract_goes_on_with_the_knowledge_of_its_first_page(api: Api) -> None:
    whole = api.get(f"{STATUS}/trail").json()
    page, entries = api.get(f"{STATUS}/trail", limit=3).json(), []
    api.sign()
    while True:
        entries += page["entries"]
        if page["next_page"] is None:
            break
        page = api.get(f"{STATUS}/trail", limit=3, cursor=page["next_page"]).json()

    assert entries == whole["entries"]
    assert len(api.get(f"{STATUS}/trail").json()["entries"]) == len(entries) + 1
    both = api.get(f"{STATUS}/trail", cursor="2024-11-01T00:00:00Z~1~1", known_at="2024-10-15")
    assert (both.status_code, api.get(f"{STATUS}/trail", cursor="next").status_code) == (422, 422)


def test_what_a_policy_keeps_for_its_reviewers_is_hidden_from_all_but_the_purchasers_people(api: Api) -> None:
    command = RequestReview(ground=ReviewGround.INTEGRITY)
    api.system.contracting.act(ContractId.parse(CONTRACT), command, Order("reviewer", "doubt", reason="A signal."))
    two_hats = api.headers(
        Role.PROVIDER_SIGNATORY, roles=["officer", "claims_system", "provider_signatory"], purchaser="asr"
    )
    api.let_the_delegate_act()
    for part in ("", "/events"):
        asked = f"{STATUS}{part}"
        inside = api.get(asked, Role.REVIEWER).text
        outside = api.get(asked, Role.PROVIDER_DELEGATE)
        other = api.client.request("GET", asked, headers=two_hats).text

        assert "integrity" in inside, part
        assert (outside.status_code, "integrity" in outside.text) == (200, False), part
        assert "integrity" not in other, part


def test_the_text_to_sign_is_handed_out_to_the_byte_and_not_again_to_who_has_it(api: Api) -> None:
    wanted = api.offered_text()
    text = api.get(f"{STATUS}/agreement/text", Role.PROVIDER_SIGNATORY)
    headers = api.headers() | {"If-None-Match": f"W/{text.headers['ETag']}"}  # as a proxy that packs answers makes it
    again = api.client.request("GET", f"{STATUS}/agreement/text", headers=headers)
    listed = api.get(f"{STATUS}/agreements").json()

    assert sha256(text.content).hexdigest() == wanted == listed["offered"]
    assert (again.status_code, again.content) == (304, b"")
    assert [each["verified"] for each in listed["texts"]] == [True] * len(listed["texts"])


def test_the_agreement_on_paper_is_the_same_file_each_time(api: Api) -> None:
    first, second = (api.get(f"{STATUS}/agreement/pdf", lang="en") for _ in range(2))

    assert first.content == second.content
    assert first.content.startswith(b"%PDF-")
    name = "caresq-04001234-FYS-2025-2026-en.pdf"
    assert first.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_a_text_that_is_not_there_is_not_found(api: Api) -> None:
    early = api.get(f"{STATUS}/agreement/text", known_at="2024-10-15")
    other = api.get(f"{STATUS}/agreement/pdf", sha256="0" * 64)
    unknown = api.get("/contracts/caresq/04009999/FYS/2025-2026/agreements")

    assert [(each.status_code, each.json()["code"]) for each in (early, other, unknown)] == [
        (404, "AGREEMENT_UNKNOWN"),
        (404, "AGREEMENT_UNKNOWN"),
        (404, "PROVIDER_UNKNOWN"),
    ]

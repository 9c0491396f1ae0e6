"""Another portal hands over what it saw: each act once, at its own instant, by its own id."""

from hashlib import sha256
from typing import Any

import pytest

from application.audit.reproduction import Outcome, reproduce
from application.order import Order
from domain.contract.commands import RecordLapse
from domain.contract.contract_id import ContractId
from infrastructure.http.identity import Role
from tests.given import answers, at
from tests.infrastructure.evidence.files import PDF
from tests.infrastructure.http.api import AGB, CONTRACT, Api

ITEMS = "/feeds/caresq/vecozo/items"
WHOSE = {"agb": AGB, "care_type": "FYS", "period": "2025-2026", "person_id": "p1"}


def hand_over(api: Api, *items: Any, key: str = "batch-1") -> list[dict[str, Any]]:
    answer = api.post(ITEMS, {"items": list(items)}, Role.FEED, key)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def signed(api: Api, occurred_at: str, **changes: Any) -> dict[str, Any]:
    told = {"id": "V-1", "kind": "Signed", "certificate_serial": "serial-1", "agreement_sha256": api.offered_text()}
    return {**told, **WHOSE, "occurred_at": occurred_at, **changes}


def test_a_signature_of_before_the_deadline_counts_though_it_is_handed_over_after_its_lapse_was_recorded(
    api: Api,
) -> None:
    contract_id = ContractId.parse(CONTRACT)
    api.clock.set(at("2024-11-08T00:05"))
    api.system.contracting.act(contract_id, RecordLapse(), Order("tick", "tick"))
    api.clock.set(at("2024-11-08T09:00"))
    [found] = hand_over(api, signed(api, "2024-11-07T23:59:59+01:00"))

    recorded = api.system.contracting.load(contract_id).history[-1]
    envelope = recorded.envelope()
    assert (found["status"], found["facts"], found["repeated"]) == ("recorded", ["Signed"], False)
    assert (recorded.occurred_at, recorded.recorded_at) == (at("2024-11-07T23:59:59"), at("2024-11-08T09:00"))
    assert (envelope.actor, envelope.on_behalf_of, envelope.handed_over_by) == ("p1", AGB, "vecozo")
    assert reproduce(api.system.contracting, recorded.event_id).outcome is Outcome.SAME
    assert api.get(f"/contracts/{CONTRACT}", effective_on="2025-03-01").json()["legal_position"]["in_force"] is True


@pytest.mark.parametrize(
    ("occurred_at", "code"),
    [
        ("2024-11-08T08:00:01Z", "OCCURRED_IN_FUTURE"),
        ("2024-11-08T00:00:00+01:00", "OFFER_LAPSED"),
        ("2024-10-15T12:00:00+02:00", "BEFORE_ITS_CAUSE"),
    ],
)
def test_an_act_is_judged_by_its_own_instant(api: Api, occurred_at: str, code: str) -> None:
    api.clock.set(at("2024-11-08T09:00"))
    [found] = hand_over(api, signed(api, occurred_at))

    assert (found["status"], found["code"], api.facts()) == ("refused", code, 11)


def test_an_act_handed_over_again_is_recorded_once_whatever_the_key_of_the_request(api: Api) -> None:
    item = signed(api, "2024-10-30T10:00:00+01:00")
    first, again = hand_over(api, item), hand_over(api, item, key="batch-2")
    [other] = hand_over(api, {**item, "agreement_sha256": "0" * 64})

    assert [each | {"repeated": True} for each in first] == again
    assert (other["status"], other["code"], api.facts()) == ("refused", "COMMAND_ID_REUSED", 12)


def test_each_act_of_a_batch_is_answered_by_itself(asked_api: Api) -> None:
    claimed = answers("kngf", "prem").model_dump(mode="json")
    asked_api.clock.set(at("2024-10-10"))
    supplied = {
        **WHOSE,
        "id": "V-1",
        "kind": "EvidenceUploaded",
        "factor": "kngf",
        "sha256": sha256(PDF).hexdigest(),
        "size": len(PDF),
        "media_type": "application/pdf",
        "occurred_at": "2024-10-09T10:00:00Z",
    }
    confirmed = {**WHOSE, "id": "V-2", "kind": "QuestionnaireConfirmed", "answers": claimed}
    confirmed |= {"occurred_at": "2024-10-09T10:05:00Z"}
    stranger = {**supplied, "id": "V-3", "agb": "04009999"}
    too_early = {**confirmed, "id": "V-0", "occurred_at": "2024-09-15T10:05:00Z"}
    found = hand_over(asked_api, too_early, supplied, stranger, confirmed)

    assert [(each["id"], each["code"] or each["facts"]) for each in found] == [
        ("V-0", "BEFORE_ITS_CAUSE"),
        ("V-1", ["EvidenceUploaded"]),
        ("V-3", "NOT_SENT"),
        ("V-2", ["QuestionnaireConfirmed"]),
    ]


def test_a_first_look_is_handed_over_at_its_own_instant_and_changes_nothing_that_a_practice_is_told(
    asked_api: Api,
) -> None:
    contract_id = ContractId.parse(CONTRACT)
    before = asked_api.get(f"/contracts/{CONTRACT}").json()
    asked_api.get(f"/contracts/{CONTRACT}/questionnaire")
    reading_stores_nothing = asked_api.facts()
    looked = {**WHOSE, "id": "V-1", "kind": "QuestionnaireOpened", "occurred_at": "2024-09-20T10:00:00Z"}
    early = {**looked, "id": "V-0", "occurred_at": "2024-09-15T10:00:00Z"}
    later = {**looked, "id": "V-2", "occurred_at": "2024-09-21T10:00:00Z"}
    found = hand_over(asked_api, early, looked, later, looked, {**looked, "id": "V-3", "agb": "04009999"})

    recorded = asked_api.system.contracting.load(contract_id).history[-1]
    assert [(each["code"] or each["facts"], each["repeated"]) for each in found] == [
        ("BEFORE_ITS_CAUSE", False),
        (["QuestionnaireOpened"], False),
        ([], False),
        (["QuestionnaireOpened"], True),
        ("NOT_SENT", False),
    ]
    assert asked_api.facts() == reading_stores_nothing + 1
    assert (recorded.occurred_at, recorded.envelope().handed_over_by) == (at("2024-09-20T12:00"), "vecozo")
    assert reproduce(asked_api.system.contracting, recorded.event_id).outcome is Outcome.SAME
    after = asked_api.get(f"/contracts/{CONTRACT}").json()
    after["procedure"]["judged_at"] = before["procedure"]["judged_at"]
    assert (after["procedure"], after["legal_position"]) == (before["procedure"], before["legal_position"])


def test_a_file_is_handed_over_by_itself_and_read_by_the_evidence_that_names_it(asked_api: Api) -> None:
    headers = asked_api.headers(Role.FEED) | {"Idempotency-Key": "f1", "Content-Type": "application/pdf"}
    stored = asked_api.client.request("POST", "/feeds/caresq/vecozo/files", content=PDF, headers=headers)
    item = {**WHOSE, "id": "V-1", "kind": "EvidenceUploaded", "factor": "kngf", "occurred_at": "2024-09-30T10:00:00Z"}
    [found] = hand_over(asked_api, item | stored.json())

    assert found["facts"] == ["EvidenceUploaded"]
    assert asked_api.get(f"/contracts/{CONTRACT}/evidence/kngf-1", Role.REVIEWER).content == PDF


def test_a_malformed_act_is_told_in_its_place_and_the_others_are_taken(api: Api) -> None:
    item = signed(api, "2024-10-30T10:00:00+01:00")
    wrong = {**item, "id": "V-2", "agb": "4001234", "signed_by": "me"}
    found = hand_over(api, {**item, "id": "a/b"}, item, wrong, {"id": "V-3", "kind": "Waved"}, "V-4")

    assert [(each["id"], each["status"]) for each in found] == [
        ("a/b", "malformed"),
        ("V-1", "recorded"),
        ("V-2", "malformed"),
        ("V-3", "malformed"),
        (None, "malformed"),
    ]
    assert [[error["path"] for error in each["errors"]] for each in found] == [
        ["body.items.0.id"],
        [],
        ["body.items.2.agb", "body.items.2.signed_by"],
        ["body.items.3"],
        ["body.items.4"],
    ]
    assert found[2]["message"] == (
        "body.items.2.agb: '4001234' is not an AGB code: expected eight digits, found 7; did a spreadsheet drop the "
        "leading zero?"
    )
    assert api.facts() == 12
    [mended] = hand_over(api, {**item, "id": "V-2"}, key="batch-2")
    assert (mended["status"], api.facts()) == ("recorded", 12)


def test_what_is_no_batch_is_refused_as_a_whole(api: Api) -> None:
    item = signed(api, "2024-10-30T10:00:00+01:00")
    bodies: list[Any] = [{"items": []}, {"items": [item] * 201}, {"items": item}, {"acts": [item]}, [item]]
    for body in bodies:
        assert api.post(ITEMS, body, Role.FEED).status_code == 422, body
    assert api.facts() == 11


def test_the_same_id_about_another_contract_is_another_act(api: Api) -> None:
    item = signed(api, "2024-10-30T10:00:00+01:00")
    elsewhere, there = hand_over(api, {**item, "care_type": "OEF"}, item)

    assert (elsewhere["code"], there["status"], there["repeated"]) == ("NO_OFFER", "recorded", False)


def test_what_became_of_an_act_is_told_in_dutch_to_who_asks_for_it(api: Api) -> None:
    item = signed(api, "2024-10-30T10:00:00+01:00", agreement_sha256="0" * 64)
    body = {"items": [item, {**item, "id": "V-2", "size": 1}]}
    dutch: dict[str, Any] = {"Accept-Language": "nl"}
    answer = api.post(ITEMS, body, Role.FEED, **dutch)

    assert answer.headers["Content-Language"] == "nl"
    assert [each["message"] for each in answer.json()["items"]] == [
        "De ondertekende tekst is niet de aangeboden tekst; lees en teken de aangeboden tekst.",
        "body.items.1.size: dit veld is hier niet bekend",
    ]

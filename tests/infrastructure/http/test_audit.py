"""The audit trail over HTTP: found, exported into the access log first, followed to its causes, decided again."""

import csv
import io
from typing import Any

import pytest

from application.ports import StorageUnavailable
from application.queries.audit_entry import TrailEntry
from application.queries.trail_file import COLUMNS
from infrastructure.http.identity import Role
from tests.infrastructure.http.api import AGB, CONTRACT, Api

TRAIL, EXPORT, WHY = "/audit/caresq/trail", "/audit/caresq/export", "/audit/caresq/why"
AGAIN, ACCESSES = "/audit/caresq/reproduction", "/audit/caresq/accesses"


def test_facts_are_found_by_contract_practice_person_policy_and_period(api: Api) -> None:
    def names(**query: Any) -> list[str]:
        return [each["name"] for each in api.get(TRAIL, Role.AUDITOR, **query).json()["entries"]]

    assert names(contract=CONTRACT) == names(provider=AGB)[2:] == names(actor="officer")
    assert names(policy="caresq-2025", actor="board")[0] == "PolicyAdopted"
    assert set(names(occurred_from="2024-10-16")) <= {"ContractOffered", "TierAssigned"}
    assert names(recorded_to="2024-04-01") == names(known_at="2024-04-01")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"contract": "asr/04001234/FYS/2024"}, 422, "INVALID"),
        ({"contract": "caresq"}, 422, "INVALID"),
        ({"provider": "00000000000"}, 422, "INVALID"),
        ({"policy": "caresq-1999"}, 404, "POLICY_NOT_ADOPTED"),
        ({"recorded_from": "2024-10-02", "recorded_to": "2024-10-01"}, 422, "INVALID"),
        ({"actor": "a\0b"}, 422, "INVALID"),
        ({"cursor": "1"}, 422, "INVALID"),
    ],
    ids=str,
)
def test_what_can_not_be_asked_is_told(api: Api, query: dict[str, str], status: int, code: str) -> None:
    answer = api.get(TRAIL, Role.AUDITOR, **query)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_export_holds_all_that_the_pages_hold_and_can_be_had_again(api: Api) -> None:
    lines = api.get(EXPORT, Role.AUDITOR)
    sheet = api.get(EXPORT, Role.AUDITOR, format="csv", contract=CONTRACT)
    api.sign()
    known = {"known_at": lines.headers["X-Known-At"], "position": lines.headers["X-Position"]}
    entries = [TrailEntry.model_validate_json(line) for line in lines.text.splitlines()]
    page = api.get(TRAIL, Role.AUDITOR, **known).json()["entries"]
    rows = list(csv.reader(io.StringIO(sheet.content.decode("utf-8-sig"), newline=""), delimiter=";"))

    assert [each.model_dump(mode="json") for each in entries] == page
    assert api.get(EXPORT, Role.AUDITOR, **known).content == lines.content
    assert (tuple(rows[0]), {row[2] for row in rows[1:]}) == (COLUMNS, {CONTRACT})
    assert lines.headers["Content-Disposition"].startswith('attachment; filename="audit-trail-caresq-')


def test_who_exports_is_written_down_before_anything_is_handed_out(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    api.get(EXPORT, Role.AUDITOR, contract=CONTRACT)
    told = api.get(ACCESSES, Role.AUDITOR).json()

    [entry] = told["entries"]
    assert (entry["reader"], entry["action"]) == ("auditor-1", "export of the audit trail")
    assert CONTRACT in entry["subject"]
    assert api.get(ACCESSES, Role.AUDITOR, cursor="1").json()["entries"] == []

    def full(_accessed: object) -> None:
        raise StorageUnavailable("the disk is full")

    monkeypatch.setattr(api.system.access, "record", full)
    refused = api.get(EXPORT, Role.AUDITOR)
    assert (refused.status_code, refused.json()["code"]) == (503, "STORAGE_UNAVAILABLE")


def test_an_event_is_followed_to_its_command_and_to_what_it_brought(api: Api) -> None:
    told = api.get(WHY, Role.AUDITOR, event=f"{CONTRACT}@1").json()

    assert (told["command"]["actor"], told["root"]["name"]) == ("officer", "Approached")


def test_what_an_event_caused_to_be_sent_is_shown_to_those_alone_who_may_list_deliveries(api: Api) -> None:
    api.system.outbox.fill()
    cause = api.system.outbox.deliveries()[0].event_id
    roles = (Role.OFFICER, Role.AUDITOR, Role.REVIEWER)
    answers = {role: api.get(WHY, role, event=cause) for role in roles}

    assert {answer.status_code for answer in answers.values()} == {200}
    assert [role for role in roles if '"deliveries"' in answers[role].text] == [Role.OFFICER, Role.AUDITOR]


def test_a_decision_that_is_made_again_comes_out_the_same(api: Api) -> None:
    told = api.get(AGAIN, Role.AUDITOR, event=f"{CONTRACT}@1", **{"min-position": api.facts()}).json()
    ahead = api.get(AGAIN, Role.AUDITOR, event=f"{CONTRACT}@1", **{"min-position": api.facts() + 1}).json()

    assert ahead["code"] == "POSITION_UNKNOWN"
    assert (told["outcome"], told["command"], told["facts"][0]["differs"]) == ("same", "Approach", [])


@pytest.mark.parametrize("path", ["why", "reproduction"])
def test_of_another_purchasers_events_nobody_is_told_whether_they_are_there(api: Api, path: str) -> None:
    asr = api.headers(Role.AUDITOR, purchaser="asr")
    answers = [
        api.client.request("GET", f"/audit/asr/{path}", params={"event": event}, headers=asr)
        for event in (f"{CONTRACT}@1", f"{CONTRACT}@999", f"provider/{AGB}@2", f"provider/{AGB}@999")
    ]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "EVENT_UNKNOWN")] * 4

"""Practices over HTTP: each purchaser sees its own, doubts are for reviewers, and what is entered is entered once."""

from typing import Any

import pytest

from application.policies import AdoptionOrder, adopt
from domain.agb import AgbCode
from infrastructure.bootstrap import policy_sources
from infrastructure.http.identity import Role
from tests.infrastructure.http.api import AGB, Api

PROVIDER = f"/providers/caresq/{AGB}"


def test_a_practice_is_told_as_its_purchaser_knows_it_and_as_known_then(api: Api) -> None:
    now = api.get(PROVIDER).json()
    never = api.get("/providers/caresq/04009999")
    known = {name: now[name] for name in ("known_at", "position")}
    api.post(f"{PROVIDER}/opt-outs", {}, Role.OFFICER)
    after, then = (api.get(PROVIDER, **asked).json() for asked in ({}, known))

    assert (now["record"]["agb"], now["purchaser"]) == (AGB, "caresq")
    assert now["past_contracts"] != []
    assert (then, [each["care_type"] for each in after["opt_outs"]]) == (now, [None])
    assert (never.status_code, never.json()["code"]) == (404, "PROVIDER_UNKNOWN")


def test_another_purchaser_sees_the_register_and_nothing_of_what_this_one_knows(api: Api) -> None:
    headers = api.headers(Role.OFFICER, purchaser="asr")
    path = f"/providers/asr/{AGB}"
    found = api.client.request("GET", path, headers=headers).json()
    events = api.client.request("GET", f"{path}/events", headers=headers).json()["events"]

    assert (found["record"]["agb"], found["past_contracts"]) == (AGB, [])
    assert [each["name"] for each in events] == ["ProviderRegistered"]


def test_a_doubt_about_integrity_is_entered_once_and_seen_by_reviewers_only(api: Api) -> None:
    path, body = f"{PROVIDER}/integrity-signals", {"reason": "claims for days of closure"}
    first, again = api.post(path, body, Role.OFFICER), api.post(path, body, Role.OFFICER)
    other = api.post(path, body | {"from_day": "2024-10-01"}, Role.OFFICER)
    seen = {role: api.get(PROVIDER, role).json()["integrity_signals"] for role in (Role.OFFICER, Role.REVIEWER)}
    events = {
        role: "IntegritySignalled" in [each["name"] for each in api.get(f"{PROVIDER}/events", role).json()["events"]]
        for role in (Role.OFFICER, Role.AUDITOR, Role.REVIEWER)
    }
    ended = api.post(f"{path}/end", {"reason": "explained"}, Role.REVIEWER)

    assert first.json() == {"agb": AGB, "version": 3, "position": 12, "facts": ["IntegritySignalled"]}
    assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
    assert (other.status_code, other.json()["code"]) == (422, "COMMAND_ID_REUSED")
    assert (seen[Role.OFFICER], len(seen[Role.REVIEWER])) == (None, 1)
    assert events == {Role.OFFICER: False, Role.AUDITOR: False, Role.REVIEWER: True}
    assert ended.json()["facts"] == ["IntegritySignalEnded"]


def test_a_practice_opts_out_and_in_again_by_its_signatory_in_the_name_of_the_practice(api: Api) -> None:
    out = api.post(f"{PROVIDER}/opt-outs", {"care_type": "FYS"})
    opted_out = api.get(PROVIDER).json()["opt_outs"]
    back = api.post(f"{PROVIDER}/opt-outs/withdrawal", {"care_type": "FYS"}, key="key-2")
    envelope = api.system.providers.history(AgbCode(AGB))[-1].envelope()
    backdated = api.post(f"{PROVIDER}/opt-outs", {"occurred_at": "2024-10-01T10:00:00Z", "reason": "x"}, key="key-3")

    assert (out.json()["facts"], back.json()["facts"]) == (["OptedOut"], ["OptOutWithdrawn"])
    assert [each["care_type"] for each in opted_out] == ["FYS"]
    assert (envelope.actor, envelope.on_behalf_of) == ("p1", AGB)
    assert (backdated.status_code, backdated.json()["errors"][0]["path"]) == (422, "body.occurred_at")


def test_an_officer_enters_what_arrived_earlier_with_a_reason(api: Api) -> None:
    heard = {"occurred_at": "2024-10-20T10:00:00Z"}
    without = api.post(f"{PROVIDER}/opt-outs", heard, Role.OFFICER)
    given = api.post(f"{PROVIDER}/opt-outs", heard | {"reason": "a letter of 18 October"}, Role.OFFICER)
    [_, _, recorded] = api.get(f"{PROVIDER}/events").json()["events"]

    assert (without.status_code, without.json()["code"]) == (422, "REASON_MISSING")
    assert given.status_code == 200
    assert (recorded["name"], recorded["occurred_at"]) == ("OptedOut", "2024-10-20T10:00:00.000000Z")
    assert recorded["context"]["reason"] == "a letter of 18 October"


def test_a_value_that_a_rule_reads_is_recorded_and_another_refused(api: Api) -> None:
    adopt(api.system.policies, policy_sources().read("asr-2024"), AdoptionOrder(actor="board"))
    headers = api.headers(Role.OFFICER, purchaser="asr") | {"Idempotency-Key": "key-1"}
    path, body = (
        f"/providers/asr/{AGB}/values",
        {"code": "claims", "value": "12", "year": 2023, "reason": "told by Vektis"},
    )
    known = api.client.request("POST", path, json=body, headers=headers)
    unread = api.post(f"{PROVIDER}/values", body, Role.OFFICER)

    assert known.json()["facts"] == ["ValuesRecorded"]
    assert unread.status_code in {409, 422}
    assert api.get(PROVIDER).json()["known_values"] == []


CORRECTIONS: list[tuple[dict[str, Any], int, str]] = [
    ({"version": 2}, 422, "INVALID"),
    ({"version": 1, "reason": "x"}, 422, "FACT_UNKNOWN"),
    ({"version": 99, "reason": "x"}, 422, "FACT_UNKNOWN"),
    ({"version": 1, "of_the_register": True, "reason": "x"}, 409, "NOT_CORRECTABLE"),
]


@pytest.mark.parametrize(("body", "status", "code"), CORRECTIONS, ids=str)
def test_a_correction_that_can_not_be_stores_nothing(api: Api, body: dict[str, Any], status: int, code: str) -> None:
    facts, answer = api.facts(), api.post(f"{PROVIDER}/corrections", body, Role.OFFICER)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert api.facts() == facts


def test_a_wrong_entry_is_mended_and_earlier_knowledge_stays_what_it_was(api: Api) -> None:
    before = api.get(PROVIDER).json()
    mended = api.post(f"{PROVIDER}/corrections", {"version": 2, "reason": "of another practice"}, Role.OFFICER)
    then = api.get(PROVIDER, known_at=before["known_at"], position=before["position"])

    assert mended.json()["facts"] == ["FactCorrected"]
    assert api.get(PROVIDER).json()["past_contracts"] == []
    assert then.json() == before

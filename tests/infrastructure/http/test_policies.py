"""Policies over HTTP: a purchaser's own, at any knowledge; drafts are checked, and adopted once."""

from importlib.resources import files
from typing import Any

import pytest

from infrastructure.http.identity import Role
from tests.infrastructure.http.api import Api

POLICY = "/policies/caresq/caresq-2025"
ADOPTIONS = "/policies/caresq/adoptions"
CHECKS = "/policies/caresq/checks"
AMENDMENT = """\
amends: caresq-2025
ground: clarification
clause: CQ25-4-7
note: {note}
set:
  care_types:
    FYS:
      term:
        end: 2026-12-31
        options:
        clause: CQ25-4-7
"""


def packaged(name: str) -> str:
    return (files("domain.policy") / "documents" / f"{name}.yaml").read_text(encoding="utf-8")


def test_the_policies_of_a_purchaser_are_told_as_known_at_an_instant(api: Api) -> None:
    now = api.get("/policies/caresq").json()
    before = api.get("/policies/caresq", known_at="2024-05-01").json()

    assert [(each["policy_id"], each["year"], len(each["versions"])) for each in now["policies"]] == [
        ("caresq-2025", 2025, 2)
    ]
    assert [len(each["versions"]) for each in before["policies"]] == [1]
    assert api.get("/policies/caresq", known_at=before["known_at"], position=before["position"]).json() == before


def test_the_version_in_force_follows_the_knowledge_and_is_not_known_before_its_adoption(api: Api) -> None:
    now, before = api.get(POLICY), api.get(POLICY, known_at="2024-05-01")
    never = api.get(POLICY, known_at="2024-03-01")
    ends = [each.json()["document"]["care_types"]["FYS"]["term"]["end"] for each in (before, now)]

    assert ends == ["undecided", "2025-12-31"]
    assert (never.status_code, never.json()["code"]) == (409, "NOT_KNOWN_YET")


def test_a_practice_reads_the_planning_and_nothing_else_of_a_policy(api: Api) -> None:
    rows = api.get(f"{POLICY}/schedule", Role.PROVIDER_DELEGATE).json()["rows"]

    assert {"deadline", "first_day"} <= {each["force"] for each in rows}
    assert all(each["clause"] for each in rows)
    assert api.get(POLICY, Role.PROVIDER_DELEGATE).status_code == 403


@pytest.mark.parametrize("path", ["", "/schedule", "/differences"])
def test_a_policy_is_found_under_its_own_purchaser_only(api: Api, path: str) -> None:
    adopted = api.post("/policies/asr/adoptions", {"document": packaged("asr-2024")}, Role.OFFICER)
    of_another = {"document": packaged("asr-2024")}
    headers = api.headers(Role.OFFICER, purchaser="asr", sub="asr-officer") | {"Idempotency-Key": "asr-1"}
    api.client.request("POST", "/policies/asr/adoptions", json=of_another, headers=headers)
    answer = api.get(f"/policies/caresq/asr-2024{path}")

    assert adopted.status_code == 403
    assert (answer.status_code, answer.json()["code"]) == (404, "POLICY_NOT_ADOPTED")


def test_what_changed_between_two_versions_names_its_clause(api: Api) -> None:
    found = api.get(f"{POLICY}/differences").json()
    changed = {".".join(map(str, each["path"])): each for each in found["changes"]}
    wrong = api.get(f"{POLICY}/differences", to_position=found["to_position"] + 1)

    assert found["from_position"] < found["to_position"]
    assert changed["care_types.FYS.term.end"]["new"] == "2025-12-31"
    assert changed["care_types.FYS.term.end"]["clause"] == "CQ25-4-7"
    assert [each["path"] for each in wrong.json()["errors"]] == ["query.to_position"]


def test_a_draft_is_checked_against_the_version_in_force_and_nothing_is_adopted(api: Api) -> None:
    facts = api.facts()
    good = api.post(CHECKS, {"document": AMENDMENT.format(note="Two years.")}, Role.OFFICER).json()
    bad = api.post(CHECKS, {"document": packaged("caresq-2025").replace("year:", "jear:")}, Role.OFFICER).json()

    assert (good["policy_id"], good["mistakes"]) == ("caresq-2025", [])
    assert ["care_types", "FYS", "term", "end"] in [each["path"] for each in good["changes"]]
    assert 'did you mean "year"' in " ".join(each["message"] for each in bad["mistakes"])
    assert all(each["line"] for each in bad["mistakes"])
    assert api.facts() == facts


def test_an_amendment_is_adopted_once_under_its_key_by_who_the_token_names(api: Api) -> None:
    facts, body = api.facts(), {"document": AMENDMENT.format(note="Two years."), "reason": "asked in the Q&A"}
    first, again = api.post(ADOPTIONS, body, Role.OFFICER), api.post(ADOPTIONS, body, Role.OFFICER)
    other = api.post(ADOPTIONS, {"document": packaged("caresq-2025"), "ground": "clarification"}, Role.OFFICER)
    recorded = api.system.contracting.facts.decode_all(api.system.log.rows_at([first.json()["position"]]))[0]

    assert (again.status_code, again.content) == (200, first.content)
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    assert (other.status_code, other.json()["code"]) == (422, "COMMAND_ID_REUSED")
    assert (recorded.envelope().actor, recorded.envelope().reason) == ("officer-1", "asked in the Q&A")
    assert recorded.envelope().correlation_id == first.headers["X-Correlation-Id"]
    assert api.facts() == facts + 1


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"document": AMENDMENT.format(note="x"), "occurred_at": "2024-10-01T10:00:00Z"}, 422, "REASON_MISSING"),
    ({"document": AMENDMENT.format(note="x"), "occurred_at": "2025-10-01T10:00:00Z"}, 422, "OCCURRED_IN_FUTURE"),
    ({"document": packaged("asr-2024")}, 403, "OF_ANOTHER_PURCHASER"),
    ({"document": "amends: caresq-2025"}, 422, "POLICY_MISTAKES"),
    ({"document": "- &a [*a, *a]"}, 422, "POLICY_MISTAKES"),
]


@pytest.mark.parametrize(
    ("body", "status", "code"), REFUSED, ids=[f"{each[2]}-{each[1]}" for each in REFUSED[:-1]] + ["x"]
)
def test_an_adoption_that_can_not_be_stores_nothing(api: Api, body: dict[str, Any], status: int, code: str) -> None:
    facts, answer = api.facts(), api.post(ADOPTIONS, body, Role.OFFICER)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert api.facts() == facts

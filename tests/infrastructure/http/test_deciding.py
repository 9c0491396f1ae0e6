"""What the purchaser's people decide over HTTP: on the version that they read, with a reason, never for another."""

from typing import Any

from httpx import Response

from domain.contract.contract_id import ContractId
from infrastructure.http.identity import Role
from tests.given import answers, at
from tests.infrastructure.evidence.files import PDF
from tests.infrastructure.http.api import CONTRACT, Api

PATH = f"/contracts/{CONTRACT}"


def decide(api: Api, path: str, body: dict[str, Any], role: Role = Role.OFFICER) -> Response:
    """Decide on the version that is there now, under a key of its own."""
    read = api.get(PATH, role).headers["ETag"]
    return api.post(f"{PATH}/{path}", body, role, f"on-{read.strip(chr(34))}", **{"If-Match": read})


def facts(answer: Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    found: list[str] = answer.json()["facts"]
    return found


def supplied(api: Api) -> None:
    """A file for skf, a questionnaire confirmed and assessed."""
    api.upload(f"{PATH}/evidence/skf", PDF)
    api.clock.set(at("2024-10-10"))
    claimed = answers("kngf", "prem", "skf").model_dump(mode="json")
    api.post(f"{PATH}/questionnaire/confirmation", {"answers": claimed}, key="c1")
    api.clock.set(at("2024-10-14"))


def test_a_reviewer_judges_evidence_and_questionnaire_and_an_officer_offers(asked_api: Api) -> None:
    supplied(asked_api)
    assessed = decide(asked_api, "assessment", {}, Role.REVIEWER)
    accepted = decide(
        asked_api, "evidence/skf-1/acceptance", {"registration": {"attributes": {"label": "Keurmerk"}}}, Role.REVIEWER
    )
    offered = decide(asked_api, "offer", {})

    assert facts(assessed)[0] == "QuestionnaireAssessed"
    assert facts(accepted)[0] == "EvidenceAccepted"
    assert facts(offered) == ["ContractOffered"]
    assert asked_api.get(PATH).json()["procedure"]["offer"]["tier"] == "B"


def test_a_rejection_names_its_ground_and_keeps_its_reason_from_the_practice(asked_api: Api) -> None:
    supplied(asked_api)
    body = {"ground": "Of another practice", "reason": "Called the registry"}
    without = decide(asked_api, "evidence/skf-1/rejection", {"ground": "Of another practice"}, Role.REVIEWER)
    rejected = decide(asked_api, "evidence/skf-1/rejection", body, Role.REVIEWER)

    envelope = asked_api.system.contracting.load(ContractId.parse(CONTRACT)).history[-1].envelope()
    assert (without.status_code, without.json()["errors"][0]["path"]) == (422, "body.reason")
    assert facts(rejected) == ["EvidenceRejected"]
    assert (envelope.actor, envelope.reason) == ("reviewer-1", "Called the registry")
    assert "registry" not in rejected.text


def test_a_decision_about_what_was_read_before_is_refused(asked_api: Api) -> None:
    supplied(asked_api)
    stale = asked_api.post(f"{PATH}/assessment", {}, Role.REVIEWER, "a1", **{"If-Match": '"2"'})
    unread = asked_api.post(f"{PATH}/assessment", {}, Role.REVIEWER, "a1")

    assert [each.status_code for each in (stale, unread)] == [412, 428]


def test_an_officer_enters_when_a_verdict_was_given_never_in_the_future(asked_api: Api) -> None:
    supplied(asked_api)
    future = decide(asked_api, "assessment", {"occurred_at": "2024-10-15T00:00:00Z", "reason": "x"})
    unexplained = decide(asked_api, "assessment", {"occurred_at": "2024-10-11T12:00:00Z"})
    earlier = decide(asked_api, "assessment", {"occurred_at": "2024-10-11T12:00:00Z", "reason": "By phone, noted"})

    assert [each.json()["code"] for each in (future, unexplained)] == ["OCCURRED_IN_FUTURE", "REASON_MISSING"]
    assert facts(earlier)[0] == "QuestionnaireAssessed"
    [recorded] = [
        each
        for each in asked_api.system.contracting.load(ContractId.parse(CONTRACT)).history
        if each.fact.stored_name == "QuestionnaireAssessed"
    ]
    assert recorded.occurred_at == at("2024-10-11T12:00:00Z")


def test_a_person_is_asked_and_a_person_decides(api: Api) -> None:
    asked = api.post(
        f"{PATH}/reviews",
        {"ground": "factor_no_longer_met", "factor": "kngf", "found": "ended on 31 October", "reason": "Told by mail"},
        Role.REVIEWER,
    )
    [review] = api.get(PATH).json()["procedure"]["reviews"]
    decided = decide(
        api, f"reviews/{review['review_id']}/decision", {"outcome": "dismissed", "reason": "It was renewed"}
    )
    unknown = decide(api, "reviews/condition-9/decision", {"outcome": "dismissed", "reason": "It was renewed"})

    assert facts(asked) == ["ReviewRequested"]
    assert facts(decided) == ["ReviewDecided"]
    assert (unknown.status_code, unknown.json()["code"]) == (404, "REVIEW_UNKNOWN")


def test_a_contract_is_ended_and_a_wrong_end_is_mended_but_never_a_signature(api: Api) -> None:
    signed = api.sign()
    ended = decide(api, "termination", {"last_day": "2025-06-30", "reason": "Notice of the practice"})
    voided = decide(api, "corrections", {"version": ended.json()["version"], "reason": "Another practice gave notice"})
    signature = decide(api, "corrections", {"version": signed.json()["version"], "reason": "A wish"})

    assert facts(ended)[0] == "ContractTerminated"
    assert facts(voided)[0] == "FactCorrected"
    assert signature.status_code == 409
    assert api.get(PATH, effective_on="2025-12-31").json()["legal_position"]["in_force"] is True


def test_where_the_term_is_no_persons_to_decide_it_is_refused_with_its_code(api: Api) -> None:
    answer = decide(api, "term", {"end": "2025-12-31", "reason": "As another insurer"})

    assert (answer.status_code, answer.json()["code"]) == (422, "TERM_NOT_ASKED")

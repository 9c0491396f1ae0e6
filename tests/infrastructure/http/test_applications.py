"""A practice without an offer applies over HTTP, and a named person decides."""

from typing import Any

from domain.contract.contract_id import ContractId
from infrastructure.http.identity import Role
from tests.given import answers, at
from tests.infrastructure.http.api import CONTRACT, Api
from tests.infrastructure.http.test_deciding import PATH, decide, facts

APPLICATION = f"{PATH}/application"
DECLARED: dict[str, Any] = answers().model_dump(mode="json")


def lapsed(api: Api) -> None:
    """The last signing day has passed: what was offered is no more."""
    api.clock.set(at("2024-12-10"))


def test_a_practice_whose_offer_lapsed_applies_sends_documents_and_signs_what_is_granted(api: Api) -> None:
    lapsed(api)
    applied = api.post(APPLICATION, {"documents": ["Diploma"], "declared": DECLARED}, key="a1")
    asked = api.post(f"{APPLICATION}/document-request", {"documents": ["Jaarrekening"]}, Role.REVIEWER, "a2")
    sent = api.post(f"{APPLICATION}/documents", {"documents": ["Jaarrekening"]}, key="a3")
    verdict = {"verdicts": {"added_value": True}, "reason": "Nobody else in the region"}
    granted = decide(api, "application/decision", verdict)

    assert facts(applied)[:2] == ["OfferLapsed", "ApplicationReceived"]
    assert facts(asked) == ["DocumentsRequested"]
    assert facts(sent) == ["DocumentsReceived"]
    assert facts(granted) == ["ReviewDecided", "ApplicationGranted", "QuestionnaireSent"]
    assert facts(api.post(f"{PATH}/questionnaire/confirmation", {"answers": DECLARED}, key="a4")) == [
        "QuestionnaireConfirmed"
    ]
    assert facts(decide(api, "assessment", {})) == ["QuestionnaireAssessed", "TierAssigned"]
    assert facts(decide(api, "offer", {})) == ["ContractOffered"]
    assert facts(api.sign("s1")) == ["Signed"]
    assert api.get(PATH, effective_on="2025-03-01").json()["legal_position"]["in_force"] is True


def test_what_came_by_mail_is_entered_by_an_officer_with_the_instant_at_which_it_arrived(api: Api) -> None:
    lapsed(api)
    mail = {"declared": DECLARED, "occurred_at": "2024-11-29T09:00:00+01:00"}
    by_itself = api.post(APPLICATION, mail, key="a1")
    unexplained = api.post(APPLICATION, mail, Role.OFFICER, "a2")
    entered = api.post(APPLICATION, mail | {"reason": "A letter, stamped on arrival"}, Role.OFFICER, "a3")

    assert (by_itself.status_code, by_itself.json()["errors"][0]["path"]) == (422, "body.occurred_at")
    assert unexplained.json()["code"] == "REASON_MISSING"
    assert "ApplicationReceived" in facts(entered)
    history = api.system.contracting.load(ContractId.parse(CONTRACT)).history
    [received] = [each for each in history if each.fact.stored_name == "ApplicationReceived"]
    assert received.occurred_at == at("2024-11-29T08:00:00Z")
    assert received.envelope().actor == "officer-1"


def test_an_application_is_decided_with_a_reason_and_by_the_criteria_that_are_asked(api: Api) -> None:
    lapsed(api)
    api.post(APPLICATION, {"declared": DECLARED}, key="a1")
    without = decide(api, "application/decision", {"verdicts": {"added_value": True}})
    unasked = decide(api, "application/decision", {"verdicts": {"beauty": True}, "reason": "A view"})
    refused = decide(api, "application/decision", {"verdicts": {"added_value": False}, "reason": "Enough around"})

    assert (without.status_code, without.json()["errors"][0]["path"]) == (422, "body.reason")
    assert (unasked.status_code, unasked.json()["code"]) == (422, "VERDICT_NOT_ASKED")
    assert facts(refused) == ["ReviewDecided", "ApplicationRefused"]


def test_a_condition_that_is_not_asked_is_named_where_it_stands(api: Api) -> None:
    lapsed(api)
    answer = api.post(APPLICATION, {"declared": {"declared": {"polici": True}}}, key="a1")

    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "body.declared.declared.polici")

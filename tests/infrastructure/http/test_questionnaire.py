"""A practice fills in its questionnaire over HTTP, by a signatory or by whom a signatory named."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from domain.contract.contract_id import ContractId
from infrastructure.http.identity import Role
from tests.given import answers, at
from tests.infrastructure.http.api import AGB, CONTRACT, Api

QUESTIONNAIRE = f"/contracts/{CONTRACT}/questionnaire"
CONFIRMATION = f"{QUESTIONNAIRE}/confirmation"
DELEGATIONS = f"/practices/{AGB}/delegations"
DELEGATE, SIGNATORY = Role.PROVIDER_DELEGATE, Role.PROVIDER_SIGNATORY
COMPLETE: dict[str, Any] = answers("kngf", "prem").model_dump(mode="json")


def errors(answer: Any) -> dict[str, str]:
    return {each["path"]: each["message"] for each in answer.json()["errors"]}


def test_the_questions_are_those_of_the_policy_each_with_the_place_of_its_answer(asked_api: Api) -> None:
    answer = asked_api.get(QUESTIONNAIRE, SIGNATORY)
    told, questions = answer.json(), {each["code"]: each for each in answer.json()["questions"]}

    assert (told["policy_id"], told["last_day"], told["draft"], told["answers"]) == (
        "caresq-2025", "2024-10-20", None, None,
    )  # fmt: skip
    assert {each for each, question in questions.items() if question["required"]} == {
        *COMPLETE["declared"], *COMPLETE["chosen"],
    }  # fmt: skip
    assert (questions["kngf"]["path"], questions["kngf"]["kind"]) == ("answers.claims.kngf", "claim")
    assert (questions["kngf"]["evidence"], questions["prem"]["bureaus"][:1]) == (True, ["Meetbureau Alfa"])
    assert set(questions["prem"]["label"]) == {"nl", "en"}
    assert answer.headers["ETag"] == '"2"'


def test_a_draft_is_saved_resumed_and_confirmed(asked_api: Api) -> None:
    draft = {"declared": dict.fromkeys(list(COMPLETE["declared"])[:1], True), "chosen": {}, "claims": {}}
    read = asked_api.get(QUESTIONNAIRE, SIGNATORY).headers["ETag"]
    saved = asked_api.put(QUESTIONNAIRE, {"answers": draft}, SIGNATORY, "s1", **{"If-Match": read})
    resumed = asked_api.get(QUESTIONNAIRE, SIGNATORY)
    incomplete = asked_api.post(CONFIRMATION, {}, key="c1")
    confirmed = asked_api.post(CONFIRMATION, {"answers": COMPLETE}, key="c1")
    after = asked_api.get(QUESTIONNAIRE, Role.OFFICER)

    assert saved.json()["facts"] == ["QuestionnaireSaved"]
    assert resumed.json()["draft"] == draft
    assert resumed.headers["ETag"] == saved.headers["ETag"]
    assert (incomplete.status_code, incomplete.json()["code"]) == (422, "QUESTIONNAIRE_INCOMPLETE")
    missing = [f"declared.{code}" for code in COMPLETE["declared"].keys() - draft["declared"].keys()]
    missing += [f"chosen.{code}" for code in COMPLETE["chosen"]]
    assert errors(incomplete) == {f"body.answers.{each}": "not yet answered" for each in missing}
    assert confirmed.json()["facts"] == ["QuestionnaireConfirmed"]
    assert after.json()["answers"] == COMPLETE


def test_what_was_saved_is_known_as_it_was_known(asked_api: Api) -> None:
    before = asked_api.get(QUESTIONNAIRE, SIGNATORY)
    asked_api.put(QUESTIONNAIRE, {"answers": COMPLETE}, SIGNATORY, "s1", **{"If-Match": '"2"'})
    asked_api.clock.set(at("2024-10-02"))
    again = asked_api.get(QUESTIONNAIRE, SIGNATORY, position=before.json()["position"], effective_on="2024-10-01")

    assert again.json()["draft"] is None
    assert asked_api.get(QUESTIONNAIRE, SIGNATORY).json()["draft"] == COMPLETE


def test_each_answer_that_was_not_asked_is_named_with_what_was_probably_meant(asked_api: Api) -> None:
    wrong = {"declared": {"polici": True}, "claims": {"kngff": {}}, "numbers": {"weight": "4"}}
    answer = asked_api.put(QUESTIONNAIRE, {"answers": wrong}, SIGNATORY, "s1", **{"If-Match": '"2"'})

    assert (answer.status_code, answer.json()["code"]) == (422, "ANSWER_NOT_ASKED")
    assert set(errors(answer)) == {
        "body.answers.declared.polici", "body.answers.claims.kngff", "body.answers.numbers.weight",
    }  # fmt: skip
    assert errors(answer)["body.answers.claims.kngff"] == "not asked: kngff (did you mean kngf?)"


def test_two_who_fill_in_at_once_do_not_overwrite_each_other(asked_api: Api) -> None:
    first = asked_api.put(QUESTIONNAIRE, {"answers": COMPLETE}, SIGNATORY, "s1", **{"If-Match": '"2"'})
    second = asked_api.put(QUESTIONNAIRE, {"answers": {}}, SIGNATORY, "s2", **{"If-Match": '"2"'})
    unread = asked_api.put(QUESTIONNAIRE, {"answers": {}}, SIGNATORY, "s3")

    assert (first.status_code, second.status_code, unread.status_code) == (200, 412, 428)


def test_after_the_deadline_and_for_care_without_one_there_is_no_questionnaire_to_fill_in(asked_api: Api) -> None:
    direct = asked_api.get(QUESTIONNAIRE.replace("FYS", "DIE"), SIGNATORY)
    asked_api.clock.set(at("2024-10-21"))
    late = asked_api.post(CONFIRMATION, {"answers": COMPLETE})

    assert (direct.status_code, direct.json()["code"]) == (409, "NO_QUESTIONNAIRE")
    assert (late.status_code, late.json()["code"], late.json()["clause"]) == (
        409, "QUESTIONNAIRE_LAPSED", "CQ25-5-14",
    )  # fmt: skip


def test_fifty_at_once_with_one_key_confirm_once(asked_api: Api) -> None:
    with ThreadPoolExecutor(50) as pool:
        found = list(pool.map(lambda _: asked_api.post(CONFIRMATION, {"answers": COMPLETE}), range(50)))

    assert {(each.status_code, each.content) for each in found} == {(200, found[0].content)}
    assert sum("Idempotency-Replayed" not in each.headers for each in found) == 1
    assert asked_api.facts() == 7


# ------------------------------------------------------------------------------------------------ delegates


def as_delegate(api: Api, person_id: str = "p7") -> dict[str, Any]:
    return api.headers(DELEGATE, sub=f"login-of-{person_id}", person_id=person_id) | {"Idempotency-Key": "d1"}


def confirm_as_delegate(api: Api, key: str = "d1") -> Any:
    headers = as_delegate(api) | {"Idempotency-Key": key}
    return api.client.request("POST", CONFIRMATION, json={"answers": COMPLETE}, headers=headers)


def test_a_delegate_acts_once_a_signatory_granted_it_and_both_stand_in_the_trail(asked_api: Api) -> None:
    before, unread = (
        confirm_as_delegate(asked_api),
        asked_api.client.request("GET", QUESTIONNAIRE, headers=as_delegate(asked_api)),
    )
    granted = asked_api.post(DELEGATIONS, {"person_id": "p7", "name": "J. Voorbeeld"}, key="g1")
    confirmed = confirm_as_delegate(asked_api)

    envelope = asked_api.system.contracting.load(ContractId.parse(CONTRACT)).history[-1].envelope()
    assert (before.status_code, before.json()["code"], unread.status_code) == (403, "NOT_DELEGATED", 403)
    assert granted.json() == {"agb": AGB, "version": 3, "position": 7, "facts": ["DelegationGranted"]}
    assert confirmed.status_code == 200
    assert (envelope.actor, envelope.on_behalf_of) == ("p7", "p1")


def test_a_right_that_is_taken_back_ends_at_once_also_for_a_repeat(asked_api: Api) -> None:
    asked_api.post(DELEGATIONS, {"person_id": "p7", "name": "J. Voorbeeld"}, key="g1")
    confirmed = confirm_as_delegate(asked_api)
    revoked = asked_api.post(f"{DELEGATIONS}/p7/revocation", key="g2")
    again = confirm_as_delegate(asked_api)

    assert (confirmed.status_code, revoked.json()["facts"]) == (200, ["DelegationRevoked"])
    assert (again.status_code, again.json()["code"]) == (403, "NOT_DELEGATED")
    assert asked_api.get(DELEGATIONS, SIGNATORY).json()["delegations"] == []


def test_a_delegate_sees_whether_they_may_act_and_nobody_else(asked_api: Api) -> None:
    before = asked_api.get(DELEGATIONS, DELEGATE)
    asked_api.post(DELEGATIONS, {"person_id": "p8", "name": "K. Voorbeeld"}, key="g1")
    asked_api.let_the_delegate_act()
    own = asked_api.get(DELEGATIONS, DELEGATE).json()["delegations"]

    assert (before.status_code, before.json()["delegations"]) == (200, [])
    assert [each["person"]["person_id"] for each in own] == ["p7"]


def test_a_granting_repeated_with_its_key_is_answered_alike_and_listed_once(asked_api: Api) -> None:
    body = {"person_id": "p7", "name": "J. Voorbeeld", "last_day": "2024-12-31"}
    first, again = (asked_api.post(DELEGATIONS, body, key="g1") for _ in range(2))
    listed = asked_api.get(DELEGATIONS, SIGNATORY).json()["delegations"]

    assert (first.content, again.headers["Idempotency-Replayed"]) == (again.content, "true")
    assert listed == [
        {"person": {"person_id": "p7", "name": "J. Voorbeeld"}, "granted_by": "p1", "last_day": "2024-12-31"}
    ]


def test_only_a_signatory_with_the_registered_certificate_says_who_acts(asked_api: Api) -> None:
    body = {"person_id": "p7", "name": "J. Voorbeeld"}
    wrong = asked_api.headers(SIGNATORY, certificate_serial="serial-9") | {"Idempotency-Key": "g1"}
    other = asked_api.client.request("POST", DELEGATIONS, json=body, headers=wrong)
    ended = asked_api.post(DELEGATIONS, body | {"last_day": "2024-09-30"})
    by_delegate = asked_api.post(DELEGATIONS, body, DELEGATE)

    assert (other.status_code, other.json()["code"]) == (403, "CERTIFICATE_NOT_THEIRS")
    assert (ended.status_code, ended.json()["code"]) == (422, "DELEGATION_ENDED")
    assert (by_delegate.status_code, by_delegate.json()["code"]) == (403, "NOT_ALLOWED")

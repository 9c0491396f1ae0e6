"""Commands over HTTP happen once, on the version that they were meant for."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fastapi import Depends, Response

from domain.contract.contract_id import ContractId
from domain.contract.facts import Signed
from infrastructure.http.access import Operation
from infrastructure.http.calling import Allowed
from infrastructure.http.commanding import GivenOnVersion
from infrastructure.http.identity import Role
from tests.infrastructure.http.api import AGB, CONTRACT, Api

SIGNATURE = f"/contracts/{CONTRACT}/signature"


def test_who_signs_and_with_which_certificate_comes_from_the_token_and_stands_in_the_trail(api: Api) -> None:
    answer = api.sign()

    recorded = api.system.contracting.load(ContractId.parse(CONTRACT)).history[-1]
    envelope = recorded.envelope()
    assert answer.json() == {"contract_id": CONTRACT, "version": 8, "position": 12, "facts": ["Signed"]}
    assert answer.headers["ETag"] == '"8"'
    assert isinstance(recorded.fact, Signed)
    assert recorded.fact.person.certificate_serial == "serial-1"
    assert (envelope.actor, envelope.on_behalf_of) == ("p1", AGB)
    assert envelope.command_id == "provider_signatory-1:key-1"
    assert envelope.correlation_id == answer.headers["X-Correlation-Id"]


def test_a_signature_with_another_certificate_than_the_registered_one_is_refused(api: Api) -> None:
    headers = api.headers(Role.PROVIDER_SIGNATORY, certificate_serial="serial-2") | {"Idempotency-Key": "key-1"}
    body = {"agreement_sha256": api.offered_text()}
    answer = api.client.request("POST", SIGNATURE, json=body, headers=headers)
    in_the_body = api.client.request("POST", SIGNATURE, json=body | {"certificate_serial": "serial-1"}, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (403, "CERTIFICATE_NOT_THEIRS")
    assert in_the_body.status_code == 422
    assert api.facts() == 11


def test_an_accepted_command_repeated_with_its_key_gives_the_same_answer(api: Api) -> None:
    first, again = api.sign(), api.sign()

    assert (again.status_code, again.content, again.headers["ETag"]) == (200, first.content, first.headers["ETag"])
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")


def test_fifty_at_once_with_one_key_are_one_signature_and_one_answer(either_api: Api) -> None:
    api = either_api
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: api.sign(), range(50)))

    assert {(each.status_code, each.content) for each in answers} == {(200, answers[0].content)}
    assert sum("Idempotency-Replayed" not in each.headers for each in answers) == 1
    assert api.facts() == 12


def test_another_body_under_the_same_key_is_refused_and_the_key_of_another_is_another(api: Api) -> None:
    api.sign()
    other = api.post(SIGNATURE, {"agreement_sha256": "0" * 64})
    anothers = api.client.request(
        "POST",
        SIGNATURE,
        json={"agreement_sha256": "0" * 64},
        headers=api.headers(Role.PROVIDER_SIGNATORY, sub="another") | {"Idempotency-Key": "key-1"},
    )

    assert (other.status_code, other.json()["code"]) == (422, "COMMAND_ID_REUSED")
    assert (anothers.status_code, anothers.json()["code"]) == (409, "ALREADY_SIGNED")


def test_a_refusal_stores_nothing_and_is_decided_anew_under_the_same_key(api: Api) -> None:
    refused = api.post(SIGNATURE, {"agreement_sha256": "0" * 64})
    signed = api.sign()

    assert (refused.status_code, refused.json()["code"]) == (409, "AGREEMENT_CHANGED")
    assert (signed.status_code, api.facts()) == (200, 12)


def test_a_command_without_a_key_or_with_one_that_can_be_none_is_refused(api: Api) -> None:
    headers, body = api.headers(Role.PROVIDER_SIGNATORY), {"agreement_sha256": api.offered_text()}
    without = api.client.request("POST", SIGNATURE, json=body, headers=headers)
    wrong = api.client.request("POST", SIGNATURE, json=body, headers=headers | {"Idempotency-Key": "a:b"})

    assert (without.status_code, without.json()["code"]) == (400, "KEY_REQUIRED")
    assert [each["path"] for each in wrong.json()["errors"]] == ["header.Idempotency-Key"]


def test_a_command_meant_for_another_version_is_refused_and_a_repeat_is_not(either_api: Api) -> None:
    api = either_api
    read = api.get(f"/contracts/{CONTRACT}").headers["ETag"]
    wrong = api.sign("key-2", **{"If-Match": '"6"'})
    signed = api.sign(**{"If-Match": read})
    again = api.sign(**{"If-Match": read})

    assert (read, wrong.status_code, wrong.json()["code"]) == ('"7"', 412, "OTHER_VERSION")
    assert (signed.status_code, again.status_code, again.content) == (200, 200, signed.content)
    assert api.get(f"/contracts/{CONTRACT}").headers["ETag"] == signed.headers["ETag"] == '"8"'


def test_of_many_at_once_who_read_the_same_version_one_is_accepted(either_api: Api) -> None:
    read, agreement_sha256 = either_api.get(f"/contracts/{CONTRACT}").headers["ETag"], either_api.offered_text()

    def sign(number: int) -> int:
        body: dict[str, Any] = {"agreement_sha256": agreement_sha256}
        on_what_was_read: dict[str, Any] = {"If-Match": read}
        return either_api.post(SIGNATURE, body, key=f"key-{number}", **on_what_was_read).status_code

    with ThreadPoolExecutor(8) as pool:
        found = sorted(pool.map(sign, range(8)))

    assert found == [200, *[412] * 7]


def test_a_decision_about_what_was_read_must_name_its_version(api: Api) -> None:
    def decide(given: GivenOnVersion) -> Response:
        return Response(str(given.expected_version))

    api.app.add_api_route(
        "/decided/{period}", decide, methods=["POST"], dependencies=[Depends(Allowed(Operation.HEALTH))]
    )
    on_seven: dict[str, Any] = {"If-Match": '"7"'}
    on_any: dict[str, Any] = {"If-Match": "*"}
    without, named, wrong = (api.post("/decided/2025", **given) for given in ({}, on_seven, on_any))

    assert (without.status_code, without.json()["code"]) == (428, "VERSION_REQUIRED")
    assert (named.text, wrong.status_code) == ("7", 422)


def test_what_has_no_versions_is_not_commanded_for_one(api: Api) -> None:
    on_seven: dict[str, Any] = {"If-Match": '"7"'}
    before = api.facts()
    answer = api.post(f"/providers/caresq/{AGB}/opt-outs", {"care_type": "ERG"}, Role.OFFICER, **on_seven)

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"path": "header.If-Match", "message": "only a contract has versions; leave it out"}
    ]
    assert api.facts() == before


def test_an_offer_can_be_declined_and_then_not_be_signed(api: Api) -> None:
    declined = api.post(f"/contracts/{CONTRACT}/decline")
    signed = api.sign("key-2")

    assert declined.json()["facts"] == ["OfferDeclined"]
    assert (signed.status_code, signed.json()["code"]) == (409, "OFFER_DECLINED")

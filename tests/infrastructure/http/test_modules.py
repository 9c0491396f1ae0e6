"""After the signature, over HTTP: modules on top of a contract, and the notice by which it runs on."""

from pathlib import Path
from typing import Any

from httpx import Response

from application.mapper import NewFact
from application.order import Order
from application.policies import AdoptionOrder, adopt
from domain.calendar import to_microseconds
from domain.care_type import CareType
from domain.contract.commands import Approach, Sign
from domain.contract.contract_id import ContractId
from domain.history import Context
from domain.policy.answers import Answers
from domain.provider.facts import ContractHistoryRecorded, provider_stream
from infrastructure.bootstrap import policy_sources
from infrastructure.http.identity import Role
from tests.given import at, practice
from tests.infrastructure.http.api import AGB, Api
from tests.infrastructure.http.test_deciding import facts

POLICIES = Path(__file__).parents[2] / "fictional_policies"
DECLARED = {"guidelines": True, "claims_via_vecozo": True}


def concluded(api: Api, policy: str, contract: str) -> None:
    """Under a fictional policy of 2027 the practice signed what was offered directly."""
    contract_id = ContractId.parse(contract)
    api.clock.set(at("2026-04-01"))
    adopt(api.system.policies, policy_sources().read(str(POLICIES / f"{policy}.yaml")), AdoptionOrder(actor="board"))
    history = ContractHistoryRecorded(purchaser=contract_id.purchaser, contracts=practice(CareType.FYS).past_contracts)
    context = Context(actor="import", command_id="history", command_digest="", correlation_id="history")
    version, now = len(api.system.providers.history(contract_id.agb)), to_microseconds(api.clock.now())
    stream = provider_stream(contract_id.agb)
    api.system.contracting.save(NewFact(stream, version + 1, history, now, context.model_dump_json().encode()))
    api.clock.set(at("2026-09-02"))
    api.system.contracting.act(contract_id, Approach(), Order("officer", "approach"))
    offer = api.system.contracting.load(contract_id).contract.offer
    assert offer is not None
    sign = Sign(
        person_id="p1",
        certificate_serial="serial-1",
        agreement_sha256=offer.agreement_sha256,
        declared=Answers(declared=DECLARED),
    )
    api.system.contracting.act(contract_id, sign, Order("p1", "sign"))
    api.clock.set(at("2027-01-10"))


def command(api: Api, path: str, role: Role, key: str, **body: Any) -> Response:
    """On the version that is there now, as an officer of that purchaser reads it."""
    purchaser = path.split("/")[2]
    claims = {} if role is Role.PROVIDER_SIGNATORY else {"purchaser": purchaser}
    contract = "/".join(path.split("/")[:6])
    read = api.client.request("GET", contract, headers=api.headers(Role.OFFICER, purchaser=purchaser)).headers["ETag"]
    headers = api.headers(role, **claims) | {"Idempotency-Key": key, "If-Match": read}
    return api.client.request("POST", path, json=body, headers=headers)


def test_a_practice_asks_for_a_module_which_is_tested_and_ended(api: Api) -> None:
    contract = f"modulair/{AGB}/FYS/2027-2029"
    concluded(api, "modulair-2027", contract)
    path = f"/contracts/{contract}/modules/aan_huis"
    undeclared = command(api, path, Role.PROVIDER_SIGNATORY, "m0")
    mailed = command(api, path, Role.PROVIDER_SIGNATORY, "m1", occurred_at="2027-01-09T09:00:00+01:00")
    granted = command(api, path, Role.PROVIDER_SIGNATORY, "m2", declared={"declared": {"home_visits": True}})
    unread = api.client.request(
        "POST",
        f"{path}/end",
        json={"last_day": "2027-06-30", "reason": "Asked"},
        headers=api.headers(Role.OFFICER, purchaser="modulair") | {"Idempotency-Key": "m3"},
    )
    tested = command(api, f"{path}/tests", Role.REVIEWER, "m4", passed=True, reason="Audit of 9 January")
    ended = command(api, f"{path}/end", Role.OFFICER, "m5", last_day="2027-06-30", reason="The practice asked for it")
    shown = api.client.request("GET", f"/contracts/{contract}", headers=api.headers(Role.PROVIDER_SIGNATORY)).json()

    assert (undeclared.status_code, undeclared.json()["code"]) == (409, "CONDITIONS_NOT_DECLARED")
    assert (mailed.status_code, mailed.json()["errors"][0]["path"]) == (422, "body.occurred_at")
    assert unread.status_code == 428
    brought = [facts(each) for each in (granted, tested, ended)]
    assert brought == [["ModuleGranted"], ["ModuleRetested"], ["ModuleEnded"]]
    [module] = shown["legal_position"]["modules"]
    assert (module["module"], module["last_day"]) == ("aan_huis", "2027-06-30")


def test_an_officer_gives_notice_that_a_contract_runs_on(api: Api) -> None:
    contract = f"verlenging/{AGB}/DIE/2027"
    concluded(api, "verlenging-2027", contract)
    path = f"/contracts/{contract}/extension"
    unexplained = command(api, path, Role.OFFICER, "e1")
    first = command(api, path, Role.OFFICER, "e2", reason="No new policy in time")
    repeated = command(api, path, Role.OFFICER, "e2", reason="No new policy in time")

    assert (unexplained.status_code, unexplained.json()["errors"][0]["path"]) == (422, "body.reason")
    assert (facts(first), repeated.headers["Idempotency-Replayed"]) == (["TermExtended"], "true")

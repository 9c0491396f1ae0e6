"""Who may do what: every route, every role, own and other purchaser, own and other practice."""

import re
from itertools import product

import pytest
from httpx import Response

from infrastructure.http.access import ACCESS, Operation, Reach
from infrastructure.http.identity import Role
from tests.infrastructure.http.api import AGB, CONTRACT, Api
from tests.infrastructure.http.routes import OTHER_AGB, OTHER_PURCHASER, Declared, declared, undeclared


def expected(route: Declared, role: Role, *, own_purchaser: bool, own_practice: bool) -> bool:
    reach = ACCESS[route.operation].get(role)
    return {
        None: False,
        Reach.ALL: True,
        Reach.OWN_PURCHASER: own_purchaser,
        Reach.OWN_PRACTICE: own_practice,
    }[reach]


def barred(answer: Response, code: str = "NOT_ALLOWED") -> bool:
    """Whether the table said no; a rule may say so too, of this person, with another code."""
    return answer.status_code == 403 and answer.json()["code"] == code


@pytest.mark.parametrize("role", Role)
def test_every_cell_of_the_table_is_what_a_caller_meets(api: Api, role: Role) -> None:
    headers, wrong = api.headers(role), []
    for route, own_purchaser, own_practice in product(declared(api.app), (True, False), (True, False)):
        path = route.filled("caresq" if own_purchaser else OTHER_PURCHASER, AGB if own_practice else OTHER_AGB)
        answer = api.client.request(route.method, path, headers=headers)
        status = answer.status_code
        if (status != 401 and not barred(answer)) != expected(
            route, role, own_purchaser=own_purchaser, own_practice=own_practice
        ):
            wrong.append(f"{route.operation} by {role} at {path}: {status}")

    assert wrong == []


def test_every_route_declares_its_operation_and_every_operation_has_a_route(api: Api) -> None:
    assert undeclared(api.app) == []
    assert {route.operation for route in declared(api.app)} == set(Operation) == set(ACCESS)


def test_a_route_without_an_operation_is_found(api: Api) -> None:
    api.app.add_api_route("/forgotten", lambda: None)

    assert undeclared(api.app) == ["/forgotten"]


def test_what_reaches_ones_own_only_names_it_in_its_path(api: Api) -> None:
    names = {Reach.OWN_PURCHASER: "purchaser", Reach.OWN_PRACTICE: "agb"}
    for route in declared(api.app):
        named = set(re.findall(r"\{([a-z_]+)\}", route.path))
        wanted = {names[reach] for reach in ACCESS[route.operation].values() if reach in names}

        assert wanted <= named, route.path


def test_roles_add_up_each_with_its_own_reach(api: Api) -> None:
    both = api.headers(Role.OFFICER, roles=["officer", "provider_signatory"], practice_agb=OTHER_AGB)

    assert api.client.request("GET", f"/contracts/{CONTRACT}", headers=both).status_code == 200
    assert api.client.request("POST", f"/contracts/{CONTRACT}/signature", headers=both).status_code == 403


def test_who_is_a_delegate_elsewhere_decides_as_an_officer_and_for_nobody(api: Api) -> None:
    both = api.headers(Role.OFFICER, roles=["officer", "provider_delegate"], practice_agb=OTHER_AGB)
    headers = both | {"Idempotency-Key": "k"}
    answer = api.client.request("POST", f"/providers/caresq/{AGB}/opt-outs", json={"care_type": "ERG"}, headers=headers)
    (event,) = api.get("/audit/caresq/trail", provider=AGB, actor="officer-1").json()["entries"]

    assert answer.status_code == 200
    assert event["on_behalf_of"] is None


def test_a_role_without_the_claim_that_says_whose_reaches_nothing(api: Api) -> None:
    nobodys = api.headers(Role.OFFICER, purchaser=None)

    assert api.client.request("GET", f"/contracts/{CONTRACT}", headers=nobodys).status_code == 403


def test_nobody_can_claim_to_be_the_public_and_more(api: Api) -> None:
    stranger = api.headers(Role.OFFICER, roles=["public", "another service's"])
    answer = api.client.request("GET", f"/contracts/{CONTRACT}", headers=stranger)

    assert answer.status_code == 403
    assert "(none)" in answer.json()["detail"]


def test_a_delegate_does_nothing_for_the_practice_but_while_a_signatory_lets_them(api: Api) -> None:
    headers = api.headers(Role.PROVIDER_DELEGATE)
    own = [
        each for each in declared(api.app) if ACCESS[each.operation].get(Role.PROVIDER_DELEGATE) is Reach.OWN_PRACTICE
    ]

    def undelegated() -> set[Operation]:
        answers = (
            (each.operation, api.client.request(each.method, each.filled("caresq", AGB), headers=headers))
            for each in own
        )
        return {operation for operation, answer in answers if barred(answer, "NOT_DELEGATED")}

    before = undelegated()
    api.let_the_delegate_act()
    while_it_stands = undelegated()
    api.post(f"/practices/{AGB}/delegations/p7/revocation", key="take-it-back")
    after = undelegated()

    assert before == after == {each.operation for each in own} - {Operation.LIST_DELEGATIONS}
    assert while_it_stands == set()


def test_the_practice_does_not_see_what_is_kept_for_the_purchaser(api: Api) -> None:
    api.let_the_delegate_act()
    audiences = [
        api.get(f"/contracts/{CONTRACT}", role).json().get("audience")
        for role in (Role.OFFICER, Role.REVIEWER, Role.AUDITOR, Role.PROVIDER_DELEGATE, Role.PROVIDER_SIGNATORY)
    ]

    assert audiences == [None, None, None, "provider", "provider"]

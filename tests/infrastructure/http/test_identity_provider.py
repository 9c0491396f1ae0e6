"""Tokens of a real identity provider: a signatory who logs in, and a claims system with credentials of its own."""

import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

import pytest

from infrastructure.bootstrap import System, open_system
from infrastructure.clock import SetClock, SystemClock
from infrastructure.http.app import create_app
from infrastructure.http.serving import verifier_of
from infrastructure.settings import Settings
from tests.given import at
from tests.infrastructure.http.api import AGB, CONTRACT
from tests.infrastructure.http.identity_provider import running_provider, token_of_a_machine, token_of_a_person
from tests.infrastructure.http.in_process import InProcessClient, in_process
from tests.infrastructure.http.issuer import AUDIENCE


class Door(NamedTuple):
    """The API that accepts this provider's tokens; the provider's clock is the real one."""

    issuer: str
    client: InProcessClient
    system: System


@pytest.fixture(scope="module")
def door(offered_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    file = shutil.copy(offered_file, tmp_path_factory.mktemp("door") / "door.db")
    clock = SetClock(at("2024-11-01"))
    with running_provider() as issuer, open_system(f"sqlite:///{file}", clock=clock) as system:
        settings = Settings(oidc_issuer=issuer, oidc_audience=AUDIENCE)
        verifier = verifier_of(settings, SystemClock())
        app = create_app(lambda: nullcontext(system), settings, verifier=verifier, clock=clock)
        with in_process(app) as client:
            yield Door(issuer, client, system)


def test_a_signatory_logs_in_and_signs(door: Door) -> None:
    headers = {"Authorization": f"Bearer {token_of_a_person(door.issuer, 'signatory')}"}
    offer = door.client.request("GET", f"/contracts/{CONTRACT}", headers=headers).json()["procedure"]["offer"]
    answer = door.client.request(
        "POST",
        f"/contracts/{CONTRACT}/signature",
        json={"agreement_sha256": offer["agreement_sha256"]},
        headers=headers | {"Idempotency-Key": "signature"},
    )

    assert answer.json()["facts"] == ["Signed"]


def test_a_claims_system_asks_with_credentials_of_its_own_and_nothing_else(door: Door) -> None:
    headers = {"Authorization": f"Bearer {token_of_a_machine(door.issuer, 'claims-system')}"}
    lookup = door.client.request("GET", f"/register/caresq/{AGB}/FYS", headers=headers)
    contract = door.client.request("GET", f"/contracts/{CONTRACT}", headers=headers)

    assert (lookup.status_code, contract.status_code) == (200, 403)


def test_a_person_whom_the_provider_gives_no_role_may_do_nothing(door: Door) -> None:
    headers = {"Authorization": f"Bearer {token_of_a_person(door.issuer, 'passer-by')}"}

    assert door.client.request("GET", f"/contracts/{CONTRACT}", headers=headers).status_code == 403

"""The demo's data served with identities that work nowhere else, and never on a log that is real."""

import re
import shutil
from pathlib import Path

import httpx
import pytest

from application.mapper import NewFact
from domain.calendar import to_microseconds
from domain.contract.contract_id import ContractId
from domain.history import Context
from domain.simulation import SIMULATION_STREAM, SimulationStarted
from infrastructure.bootstrap import open_system, upgrade_database
from infrastructure.clock import SetClock, SystemClock
from infrastructure.http.identity import Role
from tests.given import at
from tests.infrastructure.cli.conftest import Run, run  # noqa: F401 - a fixture
from tests.infrastructure.http.api import CONTRACT
from tests.infrastructure.http.conftest import live_to_the_offer
from tests.infrastructure.http.issuer import Issuer
from tests.infrastructure.http.server import serving_demo


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log that begins as the demo's does, and ends while an offer waits for its signature."""
    file = tmp_path_factory.mktemp("demo") / "demo.db"
    upgrade_database(f"sqlite:///{file}")
    clock = SetClock(at("2024-04-01"))
    with open_system(f"sqlite:///{file}", clock=clock) as system:
        context = Context(actor="demo", command_id="demo", command_digest="", correlation_id="demo")
        label, now = SimulationStarted(seed=7, providers=1), to_microseconds(clock.now())
        system.contracting.save(NewFact(SIMULATION_STREAM, 1, label, now, context.model_dump_json().encode()))
        live_to_the_offer(system, clock, ContractId.parse(CONTRACT))
    return file


def test_every_identity_of_the_demo_does_what_its_role_may(simulated: Path, issuer: Issuer) -> None:
    with serving_demo(f"sqlite:///{simulated}") as server:
        written = simulated.with_suffix(".env")
        told = dict(re.findall(r"^export (\w+)=(.*)$", written.read_text(), re.MULTILINE))
        stranger = issuer.token(SystemClock().now(), roles=["officer"], purchaser="caresq")

        def status(path: str, token: str) -> int:
            return httpx.get(told["API"] + path, headers={"Authorization": f"Bearer {token}"}, timeout=30).status_code

        contract, lookup = f"/contracts/{told['CONTRACT']}", f"/register/caresq/{told['AGB']}/FYS"
        found = {
            role: (status(contract, told[role]), status(lookup, told[role]))
            for role in ("OFFICER", "CLAIMS_SYSTEM", "PROVIDER_SIGNATORY", "PROVIDER_DELEGATE", "FEED", "OPERATOR")
        }
        metrics = status("/metrics", told["OPERATOR"])
        refused = status(contract, stranger)
        offer = httpx.get(
            told["API"] + contract, headers={"Authorization": f"Bearer {told['PROVIDER_SIGNATORY']}"}, timeout=30
        ).json()["procedure"]["offer"]
        signed = httpx.post(
            f"{told['API']}{contract}/signature",
            json={"agreement_sha256": offer["agreement_sha256"]},
            headers={"Authorization": f"Bearer {told['PROVIDER_SIGNATORY']}", "Idempotency-Key": "demo"},
            timeout=30,
        )

    assert written.stat().st_mode & 0o077 == 0
    assert found == {
        "OFFICER": (200, 200),
        "CLAIMS_SYSTEM": (403, 200),
        "PROVIDER_SIGNATORY": (200, 403),
        "PROVIDER_DELEGATE": (200, 403),
        "FEED": (403, 403),
        "OPERATOR": (403, 403),
    }
    assert {each.name for each in Role} - {"PUBLIC"} == told.keys() - {"API", "CONTRACT", "AGB"}
    assert metrics == 200
    assert (refused, signed.status_code, signed.json()["facts"]) == (401, 200, ["Signed"])
    assert server.url == told["API"]


def test_a_log_that_is_no_simulation_is_not_served_to_whoever_asks(
    run: Run,  # noqa: F811
    offered_file: Path,
    tmp_path: Path,
) -> None:
    file = Path(shutil.copy(offered_file, tmp_path / "real.db"))
    refused = run("serve", "--demo", "--database", f"sqlite:///{file}")

    assert (refused.exit_code, refused.stderr.splitlines()) == (
        2,
        ["--demo: this log is no simulation; make one with: contractspoor demo"],
    )
    assert not file.with_suffix(".env").exists()

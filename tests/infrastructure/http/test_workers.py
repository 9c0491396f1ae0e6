"""Two real processes on one PostgreSQL: signing at once, and one of them killed in the middle of it."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import httpx
import pytest

from domain.contract.contract_id import ContractId
from domain.contract.facts import Signed
from infrastructure.bootstrap import System, open_system
from infrastructure.clock import SetClock
from tests.given import at
from tests.infrastructure.http.conftest import live_to_the_offer
from tests.infrastructure.http.issuer import Issuer
from tests.infrastructure.http.server import Server, serving_at
from tests.postgres_server import PostgresServer

NOW = at("2024-11-01")
CONTRACTS = [ContractId.parse(f"caresq/0400{number:04}/FYS/2025-2026") for number in range(1_001, 1_025)]


class Signatories:
    """The signatories of all practices, before two processes."""

    def __init__(self, server: Server, system: System, issuer: Issuer, client: httpx.Client) -> None:
        self.server = server
        self.system = system
        self._issuer = issuer
        self._client = client

    def sign(self, contract_id: ContractId) -> httpx.Response:
        """Sign what was offered, always under the same key; sent anew while nobody answers."""
        offer = self.system.contracting.load(contract_id).contract.offer
        assert offer is not None
        claims: dict[str, Any] = {
            "roles": ["provider_signatory"],
            "practice_agb": contract_id.agb,
            "certificate_serial": "serial-1",
        }
        token = self._issuer.token(NOW, sub=f"signatory of {contract_id.agb}", person_id="p1", **claims)
        while True:
            try:
                return self._client.post(
                    f"/contracts/{contract_id}/signature",
                    json={"agreement_sha256": offer.agreement_sha256},
                    headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "signature"},
                )
            except httpx.TransportError:
                continue

    def workers(self) -> set[int]:
        """The processes that answer: a correlation id that they make names them."""
        found: set[int] = set()
        while len(found) < 2:
            with httpx.Client(base_url=self.server.url, timeout=30) as fresh:
                found.add(int(fresh.get("/healthz").headers["X-Correlation-Id"].split("-")[2]))
        return found

    def signatures(self) -> Counter[str]:
        """How often each contract is signed in the log."""
        rows = self.system.log.read_streams([str(each) for each in CONTRACTS])
        return Counter(row.originator_id for row in rows if row.topic == Signed.topic())


@pytest.fixture(scope="module")
def signatories(postgres_server: PostgresServer, postgres_template: str, issuer: Issuer) -> Iterator[Signatories]:
    database = postgres_server.create_database(postgres_template)
    url, clock = postgres_server.url(database), SetClock(at("2024-04-01"))
    limits = httpx.Limits(max_keepalive_connections=0)
    with open_system(url, clock=clock) as system:
        for contract_id in CONTRACTS:
            live_to_the_offer(system, clock, contract_id)
        with (
            serving_at(NOW, url, issuer.url, workers=2) as server,
            httpx.Client(base_url=server.url, limits=limits, timeout=30) as client,
        ):
            found = Signatories(server, system, issuer, client)
            found.workers()
            yield found
    postgres_server.drop_database(database)


def test_fifty_at_once_through_two_processes_are_one_signature(signatories: Signatories) -> None:
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(signatories.sign, [CONTRACTS[0]] * 50))

    assert {(each.status_code, each.content) for each in answers} == {(200, answers[0].content)}
    assert sum("Idempotency-Replayed" not in each.headers for each in answers) == 1
    assert signatories.signatures()[str(CONTRACTS[0])] == 1


@pytest.mark.slow
def test_a_process_killed_under_load_loses_nothing_that_was_acknowledged(signatories: Signatories) -> None:
    victim, *_ = signatories.workers()
    begun = Event()

    def sign(contract_id: ContractId) -> httpx.Response:
        answer = signatories.sign(contract_id)
        begun.set()
        return answer

    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(sign, each) for each in CONTRACTS]
        begun.wait()
        os.kill(victim, signal.SIGKILL)
        acknowledged = [each.result() for each in answers]

    assert {each.status_code for each in acknowledged} == {200}
    assert signatories.signatures() == dict.fromkeys(map(str, CONTRACTS), 1)
    assert victim not in signatories.workers(), "a new process has taken its place"

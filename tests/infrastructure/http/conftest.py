"""The API in this process, on a log in which one practice was offered a contract that it has not signed yet."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from application.mapper import NewFact
from application.order import Order
from application.policies import AdoptionOrder, adopt
from domain.calendar import to_microseconds
from domain.care_type import CareType
from domain.contract.commands import Approach, AssessQuestionnaire, ConfirmQuestionnaire, ContractCommand, MakeOffer
from domain.contract.contract_id import ContractId
from domain.history import Context
from domain.provider.facts import ContractHistoryRecorded, ProviderRegistered, provider_stream
from infrastructure.bootstrap import System, open_system, policy_sources, upgrade_database
from infrastructure.clock import SetClock
from infrastructure.http.app import create_app
from infrastructure.http.keys import ProviderKeys
from infrastructure.http.tokens import TokenVerifier
from infrastructure.settings import Settings
from tests.given import answers, at, practice
from tests.infrastructure.http.api import CONTRACT, Api
from tests.infrastructure.http.in_process import in_process
from tests.infrastructure.http.issuer import AUDIENCE, Issuer, running_issuer


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    """An issuer of tokens; a test that changes its keys puts them back."""
    with running_issuer() as issuer:
        yield issuer


def live_to_the_offer(system: System, clock: SetClock, contract_id: ContractId) -> None:
    """Caresq's policy, one practice, and its contract up to the offer of 16 October 2024."""

    def act(moment: str, command: ContractCommand) -> None:
        clock.set(at(moment))
        system.contracting.act(contract_id, command, Order("officer", f"given/{contract_id}/{moment}"))

    context = Context(actor="import", command_id="import", command_digest="", correlation_id="import")
    provider, stored = practice(CareType.FYS), context.model_dump_json().encode()
    facts = (
        ProviderRegistered(record=provider.record.model_copy(update={"agb": contract_id.agb})),
        ContractHistoryRecorded(purchaser="caresq", contracts=provider.past_contracts),
    )
    now, stream = to_microseconds(clock.now()), provider_stream(contract_id.agb)
    system.contracting.save(*(NewFact(stream, number, fact, now, stored) for number, fact in enumerate(facts, 1)))
    if not system.contracting.policies.streams():
        clock.set(at("2024-04-01"))
        adopt(system.policies, policy_sources().read("caresq-2025"), AdoptionOrder(actor="board"))
        clock.set(at("2024-09-10"))
        adopt(system.policies, policy_sources().read("caresq-2025-fys-term"), AdoptionOrder(actor="board"))
    act("2024-09-16", Approach())
    act("2024-10-10", ConfirmQuestionnaire(answers=answers("kngf", "prem")))
    act("2024-10-14", AssessQuestionnaire())
    act("2024-10-16", MakeOffer())
    clock.set(at("2024-11-01"))


@pytest.fixture(scope="session")
def offered_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with that log."""
    file = tmp_path_factory.mktemp("offered") / "offered.db"
    upgrade_database(f"sqlite:///{file}")
    clock = SetClock(at("2024-04-01"))
    with open_system(f"sqlite:///{file}", clock=clock) as system:
        live_to_the_offer(system, clock, ContractId.parse(CONTRACT))
    return file


@contextmanager
def api_on(system: System, clock: SetClock, issuer: Issuer, **settings: object) -> Iterator[Api]:
    """The API on a system, started."""
    verifier = TokenVerifier(issuer.url, AUDIENCE, ProviderKeys(issuer.url, None, clock), clock, skew_seconds=30)
    app = create_app(lambda: nullcontext(system), Settings.model_validate(settings), verifier=verifier, clock=clock)
    with in_process(app) as client:
        yield Api(client, app, system, clock, issuer)


@pytest.fixture
def api(offered_file: Path, tmp_path: Path, issuer: Issuer) -> Iterator[Api]:
    """The API on a copy of that log, on 1 November 2024."""
    url = f"sqlite:///{shutil.copy(offered_file, tmp_path / 'offered.db')}"
    clock = SetClock(at("2024-11-01"))
    with open_system(url, clock=clock) as system, api_on(system, clock, issuer) as made:
        yield made

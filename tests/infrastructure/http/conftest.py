"""The API in this process, on a log in which one practice was offered a contract that it has not signed yet."""

import shutil
from collections.abc import Callable, Iterator
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


def live_to_the_questionnaire(system: System, clock: SetClock, contract_id: ContractId) -> None:
    """Caresq's policy, one practice, and its contract up to the questionnaire of 16 September 2024."""
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
    clock.set(at("2024-09-16"))
    system.contracting.act(contract_id, Approach(), Order("officer", f"given/{contract_id}/2024-09-16"))
    clock.set(at("2024-10-01"))


def live_to_the_offer(system: System, clock: SetClock, contract_id: ContractId) -> None:
    """The same up to the offer of 16 October 2024."""

    def act(moment: str, command: ContractCommand) -> None:
        clock.set(at(moment))
        system.contracting.act(contract_id, command, Order("officer", f"given/{contract_id}/{moment}"))

    live_to_the_questionnaire(system, clock, contract_id)
    act("2024-10-10", ConfirmQuestionnaire(answers=answers("kngf", "prem")))
    act("2024-10-14", AssessQuestionnaire())
    act("2024-10-16", MakeOffer())
    clock.set(at("2024-11-01"))


Live = Callable[[System, SetClock, ContractId], None]


def _lived(folder: Path, live: Live) -> Path:
    file = folder / "lived.db"
    upgrade_database(f"sqlite:///{file}")
    clock = SetClock(at("2024-04-01"))
    with open_system(f"sqlite:///{file}", clock=clock) as system:
        live(system, clock, ContractId.parse(CONTRACT))
    return file


@pytest.fixture(scope="session")
def offered_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with an offer that waits for its signature."""
    return _lived(tmp_path_factory.mktemp("offered"), live_to_the_offer)


@pytest.fixture(scope="session")
def asked_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with a questionnaire that waits to be filled in."""
    return _lived(tmp_path_factory.mktemp("asked"), live_to_the_questionnaire)


@pytest.fixture(autouse=True, scope="session")
def _files_stand_apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Files of evidence of whatever is opened for a whole session or module stand in no folder of the project."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONTRACTSPOOR_EVIDENCE_URL", str(tmp_path_factory.mktemp("evidence")))
        yield


@pytest.fixture(autouse=True)
def evidence_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the files of evidence of a test stand."""
    monkeypatch.setenv("CONTRACTSPOOR_EVIDENCE_URL", str(tmp_path / "evidence"))
    return tmp_path / "evidence"


@contextmanager
def api_on(system: System, clock: SetClock, issuer: Issuer, **settings: object) -> Iterator[Api]:
    """The API on a system, started."""
    verifier = TokenVerifier(issuer.url, AUDIENCE, ProviderKeys(issuer.url, None, clock), clock, skew_seconds=30)
    app = create_app(lambda: nullcontext(system), Settings.model_validate(settings), verifier=verifier, clock=clock)
    with in_process(app) as client:
        yield Api(client, app, system, clock, issuer)


@pytest.fixture
def api(offered_file: Path, tmp_path: Path, issuer: Issuer) -> Iterator[Api]:
    """The API on a copy of the log with an offer, on 1 November 2024."""
    with _api_on_copy(offered_file, tmp_path, issuer, "2024-11-01") as made:
        yield made


@pytest.fixture
def asked_api(asked_file: Path, tmp_path: Path, issuer: Issuer) -> Iterator[Api]:
    """The API on a copy of the log with an open questionnaire, on 1 October 2024."""
    with _api_on_copy(asked_file, tmp_path, issuer, "2024-10-01") as made:
        yield made


@contextmanager
def _api_on_copy(file: Path, folder: Path, issuer: Issuer, moment: str) -> Iterator[Api]:
    url = f"sqlite:///{shutil.copy(file, folder / file.name)}"
    clock = SetClock(at(moment))
    with open_system(url, clock=clock) as system, api_on(system, clock, issuer) as made:
        yield made


@contextmanager
def _api_on_postgres(url: str, issuer: Issuer, live: Live) -> Iterator[Api]:
    clock = SetClock(at("2024-04-01"))
    with open_system(url, clock=clock) as system:
        live(system, clock, ContractId.parse(CONTRACT))
        with api_on(system, clock, issuer) as made:
            yield made


@pytest.fixture(params=["sqlite", "postgres"])
def either_api(request: pytest.FixtureRequest, issuer: Issuer) -> Iterator[Api]:
    """As ``api``, on each database in turn."""
    if request.param == "sqlite":
        yield request.getfixturevalue("api")
        return
    with _api_on_postgres(request.getfixturevalue("postgres_url"), issuer, live_to_the_offer) as made:
        yield made


@pytest.fixture(params=["sqlite", "postgres"])
def either_asked_api(request: pytest.FixtureRequest, issuer: Issuer) -> Iterator[Api]:
    """As ``asked_api``, on each database in turn."""
    if request.param == "sqlite":
        yield request.getfixturevalue("asked_api")
        return
    with _api_on_postgres(request.getfixturevalue("postgres_url"), issuer, live_to_the_questionnaire) as made:
        yield made

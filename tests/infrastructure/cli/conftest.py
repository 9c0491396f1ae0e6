"""The command line as a person uses it, on a log in which one practice has lived through a year."""

import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest

from application.mapper import NewFact
from application.order import Order
from application.policies import AdoptionOrder, adopt
from application.providers import execute
from domain.calendar import to_microseconds
from domain.care_type import CareType
from domain.contract.commands import (
    AcceptEvidence,
    Approach,
    AssessQuestionnaire,
    ConfirmQuestionnaire,
    ContractCommand,
    MakeOffer,
    Publish,
    Sign,
    UploadEvidence,
)
from domain.contract.contract_id import ContractId
from domain.history import Context
from domain.provider.commands import GrantDelegation, OptOutOfOffers
from domain.provider.facts import ContractHistoryRecorded, ProviderRegistered, provider_stream
from domain.provider.register import Person
from infrastructure.bootstrap import System, open_system, policy_sources, upgrade_database
from infrastructure.cli.main import main
from infrastructure.clock import SetClock
from tests.given import answers, at, practice
from tests.infrastructure.evidence.files import PDF

CONTRACT = "caresq/04001234/FYS/2025-2026"
FORGOTTEN = "caresq/05007788/LOG/2025-2026"
"""A questionnaire that nobody answered; its practice opted out later. Nothing has recorded that it lapsed."""


class Result(NamedTuple):
    exit_code: int
    stdout: str
    stderr: str


Run = Callable[..., Result]


@pytest.fixture
def run(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Carries out a command line in a folder that holds one file of evidence, in an environment that sets nothing."""
    for variable in ("DATABASE_URL", "LOCK_TIMEOUT_SECONDS", "TRACEBACK", "EVIDENCE_URL", "EVIDENCE_SCANNER"):
        monkeypatch.delenv(f"CONTRACTSPOOR_{variable}", raising=False)
    folder = tmp_path / "folder"
    proof = sha256(PDF).hexdigest()
    (folder / "evidence" / proof[:2]).mkdir(parents=True)
    (folder / "evidence" / proof[:2] / proof).write_bytes(PDF)
    monkeypatch.chdir(folder)

    def run_command(*arguments: str) -> Result:
        exit_code = main(arguments)
        printed = capsysbinary.readouterr()
        return Result(exit_code, printed.out.decode(), printed.err.decode())

    return run_command


@pytest.fixture(scope="session")
def year_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log in which one practice signed and sent in May what was checked in August, and another answered nothing."""
    file = tmp_path_factory.mktemp("year") / "year.db"
    url = f"sqlite:///{file}"
    upgrade_database(url)
    clock = SetClock(at("2024-04-01"))
    with open_system(url, clock=clock) as system:
        _register(system, clock, CareType.FYS)
        _register(system, clock, CareType.LOG)
        _live_a_year(system, clock)
    return file


@pytest.fixture
def year(year_file: Path, tmp_path: Path) -> str:
    """A copy of that log, by URL."""
    return f"sqlite:///{shutil.copy(year_file, tmp_path / 'year.db')}"


def _register(system: System, clock: SetClock, care_type: CareType) -> None:
    context = Context(actor="import", command_id="import", command_digest="", correlation_id="import")
    provider = practice(care_type)
    stream, stored = provider_stream(provider.record.agb), context.model_dump_json().encode()
    facts = (
        ProviderRegistered(record=provider.record),
        ContractHistoryRecorded(purchaser="caresq", contracts=provider.past_contracts),
    )
    now = to_microseconds(clock.now())
    system.contracting.save(*(NewFact(stream, number, fact, now, stored) for number, fact in enumerate(facts, 1)))


def _live_a_year(system: System, clock: SetClock) -> None:
    contract_id = ContractId.parse(CONTRACT)
    forgetful = ContractId.parse(FORGOTTEN)

    def adopt_on(moment: str, name: str) -> None:
        clock.set(at(moment))
        adopt(system.policies, policy_sources().read(name), AdoptionOrder(actor="board"))

    def act(
        moment: str, command: ContractCommand, actor: str, on_behalf_of: str | None = None, on: ContractId = contract_id
    ) -> None:
        clock.set(at(moment))
        order = Order(actor=actor, command_id=f"year/{moment}/{command.kind}", on_behalf_of=on_behalf_of)
        system.contracting.act(on, command, order)

    adopt_on("2024-04-01", "caresq-2025")
    act("2024-08-26", Approach(), "officer", on=forgetful)
    act("2024-09-16", Approach(), "officer")
    act("2024-10-10", ConfirmQuestionnaire(answers=answers("kngf", "prem")), "p1", "Praktijk De Brug")
    act("2024-10-14", AssessQuestionnaire(), "officer")
    adopt_on("2024-10-15", "caresq-2025-fys-term")
    act("2024-10-16", MakeOffer(), "officer")
    offer = system.contracting.load(contract_id).contract.offer
    assert offer is not None
    signature = Sign(person_id="p1", certificate_serial="serial-1", agreement_sha256=offer.agreement_sha256)
    act("2024-11-01", signature, "p1", "Praktijk De Brug")
    act("2024-11-12", Publish(), "officer")
    proof = UploadEvidence(factor="kngf", sha256=sha256(PDF).hexdigest(), size=len(PDF), media_type="application/pdf")
    clock.set(at("2025-02-03"))
    opt_out = OptOutOfOffers(purchaser="caresq", care_type=CareType.LOG)
    execute(system.providers, forgetful.agb, opt_out, Order(actor="officer", command_id="year/opt-out"))
    act("2025-05-20", proof, "p1", "Praktijk De Brug")
    act("2025-08-20", AcceptEvidence(evidence_id="kngf-1"), "officer")
    delegated = GrantDelegation(
        person=Person(person_id="p8", name="K. Voorbeeld"), granted_by="p1", certificate_serial="serial-1"
    )
    execute(system.providers, contract_id.agb, delegated, Order(actor="p1", command_id="year/delegate"))

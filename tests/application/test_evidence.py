"""Evidence is supplied with its file, handed out to whom it belongs, and held against the log."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from application.evidence import Reader, check_evidence, read_evidence, supply_evidence, unreferenced
from application.order import Order
from application.ports import EvidenceDamaged, EvidenceMissing, StorageUnavailable
from domain.agb import AgbCode
from domain.contract.commands import CorrectFact
from domain.contract.contract_id import ContractId
from domain.contract.facts import EvidenceUploaded
from domain.history import Recorded
from domain.refusal import RefusedError
from infrastructure.bootstrap import System, open_system
from infrastructure.clock import SetClock
from tests.given import at
from tests.infrastructure.cli.conftest import CONTRACT
from tests.infrastructure.evidence.files import JPEG, PDF, PNG

ID = ContractId.parse(CONTRACT)
CARESQ = Reader("reviewer", purchaser="caresq")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(at("2025-09-01"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONTRACTSPOOR_EVIDENCE_URL", f"file://{tmp_path}/proofs")
    return tmp_path / "proofs"


@pytest.fixture
def system(year: str, clock: SetClock, folder: Path) -> Iterator[System]:
    with open_system(year, clock=clock) as system:
        assert not folder.exists()
        yield system


def supply(system: System, factor: str, content: bytes, command_id: str = "c1") -> str:
    order = Order("p1", command_id, on_behalf_of="Praktijk De Brug")
    return supply_evidence(system.contracting, system.evidence, ID, factor, [content], order).evidence_id


def supplied(system: System) -> Recorded:
    """The last fact of a supply."""
    return [each for each in system.contracting.load(ID).history if isinstance(each.fact, EvidenceUploaded)][-1]


def read(system: System, evidence_id: str, reader: Reader = CARESQ) -> bytes:
    found = read_evidence(system.contracting, system.evidence, system.access, ID, evidence_id, reader)
    with found.content:
        return found.content.read()


def code(system: System, evidence_id: str, reader: Reader) -> str:
    with pytest.raises(RefusedError) as refused:
        read(system, evidence_id, reader)
    return refused.value.refused.code


def file_of(folder: Path, content: bytes) -> Path:
    name = hashlib.sha256(content).hexdigest()
    return folder / name[:2] / name


def test_the_fact_holds_what_the_file_is_and_not_what_was_claimed(system: System) -> None:
    assert supply(system, "skf", PNG) == "skf-1"

    assert supplied(system).fact.model_dump() == {
        "evidence_id": "skf-1",
        "factor": "skf",
        "sha256": hashlib.sha256(PNG).hexdigest(),
        "size": len(PNG),
        "media_type": "image/png",
    }


def test_the_same_file_again_is_the_same_evidence_under_any_command_id(system: System) -> None:
    first = supply(system, "skf", PNG)
    version = system.contracting.load(ID).contract.version

    assert supply(system, "skf", PNG) == first
    assert supply(system, "skf", PNG, "c2") == first
    assert system.contracting.load(ID).contract.version == version


def test_a_file_that_is_refused_brings_no_fact_and_a_supply_that_is_refused_leaves_its_file_unnamed(
    system: System,
) -> None:
    version = system.contracting.load(ID).contract.version
    for factor, content in (("skf", b"a letter"), ("nothing", JPEG)):
        with pytest.raises(RefusedError):
            supply(system, factor, content)
    assert system.contracting.load(ID).contract.version == version

    [stored] = system.evidence.stored()
    assert unreferenced(system.contracting, system.evidence, stored.stored_at + timedelta(days=1)) == ()
    later = stored.stored_at + timedelta(days=1, seconds=1)
    assert unreferenced(system.contracting, system.evidence, later) == (stored,)


def test_each_reads_what_is_its_own_and_never_anothers(system: System) -> None:
    supply(system, "skf", PNG)
    practice = Reader("p1", practice=AgbCode("04001234"))

    assert read(system, "skf-1") == read(system, "skf-1", practice) == PNG
    assert code(system, "skf-1", Reader("x", purchaser="asr")) == "OF_ANOTHER_PURCHASER"
    assert code(system, "skf-1", Reader("x", practice=AgbCode("04001235"))) == "OF_ANOTHER_PRACTICE"
    assert code(system, "skf-1", Reader("x", "asr", AgbCode("04001234"))) == "OF_ANOTHER_PURCHASER"
    assert code(system, "skf-1", Reader("x")) == "OF_ANOTHER_PRACTICE"
    assert code(system, "skf-2", CARESQ) == "EVIDENCE_UNKNOWN"


def test_a_reading_is_recorded_with_who_what_and_on_which_answer(system: System) -> None:
    supply(system, "skf", PNG)
    read(system, "skf-1")

    [accessed] = system.access.accesses()
    assert (accessed.reader, accessed.action, accessed.purchaser) == ("reviewer", "evidence", "caresq")
    assert accessed.subject == f"contract {CONTRACT}, evidence skf-1, SHA-256 {hashlib.sha256(PNG).hexdigest()}"
    assert accessed.position == system.log.horizon().position


def test_what_was_not_handed_out_is_not_recorded_as_read(system: System, folder: Path) -> None:
    with pytest.raises(EvidenceMissing):
        read(system, "kngf-1")
    supply(system, "skf", PNG)
    file_of(folder, PNG).write_bytes(PNG + b"\0")
    with pytest.raises(EvidenceDamaged):
        read(system, "skf-1")
    assert code(system, "skf-1", Reader("x", purchaser="asr")) == "OF_ANOTHER_PURCHASER"
    assert system.access.accesses() == []


def test_what_can_not_be_recorded_as_read_is_not_handed_out(year: str, system: System) -> None:
    supply(system, "skf", PNG)
    with open_system(f"{year}?mode=ro") as reading, pytest.raises(StorageUnavailable):
        read(reading, "skf-1")


def test_evidence_that_was_entered_by_mistake_is_read_by_nobody_and_its_file_stays(system: System) -> None:
    supply(system, "skf", PNG)
    version = supplied(system).version
    order = Order("officer", "c2", reason="of another practice")
    system.contracting.act(ID, CorrectFact(version=version), order)

    assert code(system, "skf-1", CARESQ) == "EVIDENCE_UNKNOWN"
    [stored] = system.evidence.stored()
    assert unreferenced(system.contracting, system.evidence, stored.stored_at + timedelta(days=9)) == ()


def test_the_store_is_held_against_the_log(system: System, folder: Path, clock: SetClock) -> None:
    supply(system, "skf", PNG)
    with pytest.raises(RefusedError):
        supply(system, "nothing", JPEG)
    [loose] = [each for each in system.evidence.stored() if each.sha256 == hashlib.sha256(JPEG).hexdigest()]
    clock.set(loose.stored_at + timedelta(days=2))
    file_of(folder, PNG).write_bytes(PNG[:-1])

    found = check_evidence(system.contracting, system.evidence, clock.now())
    assert found.named == 2
    assert [each.sha256 for each in found.missing] == [hashlib.sha256(PDF).hexdigest()]
    assert [each.event_id for each in found.damaged] == [supplied(system).event_id]
    assert found.unreferenced == (loose,)

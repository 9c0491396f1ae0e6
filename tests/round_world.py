"""A small register and an adopted policy on a real database, with a set clock: what rounds are tested on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

from application.contracting import Answer
from application.order import Order
from application.policies import AdoptionOrder, adopt
from application.provider_import import PracticeEntry, import_records
from domain.agb import AgbCode
from domain.contract.commands import ContractCommand
from domain.contract.contract_id import ContractId
from domain.contract.facts import ContractOffered
from domain.provider.provider import PastContract
from domain.provider.register import Certificate, Person, PracticeRecord, Profession, Professional, Signatory
from infrastructure.bootstrap import System, open_register, open_system, policy_sources, write_sample_register
from infrastructure.clock import SetClock
from tests.given import at, day

POLICY = "caresq-2025"
PROFESSIONS = {
    "FYS": (Profession.PHYSIOTHERAPIST, "04"),
    "OEF": (Profession.EXERCISE_THERAPIST, "07"),
    "LOG": (Profession.SPEECH_THERAPIST, "05"),
    "DIE": (Profession.DIETITIAN, "24"),
}


class RoundWorld:
    """The system, its clock, and the few words that tests of rounds use."""

    def __init__(self, system: System, clock: SetClock) -> None:
        self.system = system
        self.contracting = system.contracting
        self.clock = clock
        self._commands = 0

    def at(self, moment: str) -> datetime:
        """Put the clock there; see ``tests.given.at``."""
        self.clock.set(at(moment))
        return self.clock.now()

    def adopt(self, name: str) -> None:
        """Adopt a packaged document or amendment, now."""
        adopt(self.system.policies, policy_sources().read(name), AdoptionOrder(actor="officer"))

    def register(self, *entries: PracticeEntry) -> None:
        """Import practices."""
        import_records(self.system.providers, entries, actor="import")

    def act(self, contract_id: str, command: ContractCommand, reason: str | None = None) -> Answer:
        """Carry out a command under an id of its own."""
        self._commands += 1
        order = Order("somebody", f"test-{self._commands}", reason=reason)
        return self.contracting.act(ContractId.parse(contract_id), command, order)

    def offered_sha256(self, contract_id: str) -> str:
        """The text that stands offered."""
        history = self.contracting.load(ContractId.parse(contract_id)).history
        return next(each.fact.agreement_sha256 for each in reversed(history) if isinstance(each.fact, ContractOffered))

    def facts(self, stream_id: str) -> list[str]:
        """The names of a stream's facts."""
        rows = self.contracting.log_port.read([(stream_id, 0)])
        return [recorded.fact.stored_name for recorded in self.contracting.facts.decode_all(rows)]

    def contracts(self) -> dict[str, list[bytes]]:
        """The facts of every contract, as stored."""
        found: dict[str, list[bytes]] = {}
        for row in self.contracting.log_port.rows_after(0, limit=100_000):
            if row.originator_id.startswith("caresq/"):
                found.setdefault(row.originator_id, []).append(row.state)
        return found

    def head(self) -> int:
        """The last position of the log."""
        return self.contracting.log_port.horizon().position


@contextmanager
def round_world(database_url: str, moment: str = "2024-04-01") -> Iterator[RoundWorld]:
    """A world in which Caresq's policy was adopted on 1 April 2024."""
    clock = SetClock(at(moment))
    with open_system(database_url, clock=clock) as system:
        world = RoundWorld(system, clock)
        world.adopt(POLICY)
        yield world


def entry(agb: str, care_type: str = "FYS", *, certified: bool = True, contracted: bool = True) -> PracticeEntry:
    """A practice with one professional, that a round approaches unless said otherwise."""
    profession, prefix = PROFESSIONS[care_type]
    record = PracticeRecord(
        agb=AgbCode(agb),
        name=f"Praktijk {agb}",
        vecozo_email=f"{agb}@voorbeeld.example",
        certificates=(Certificate(valid_from=day("2020-01-01")),) if certified else (),
        professionals=(
            Professional(
                agb=AgbCode(f"{prefix}{agb[2:]}"),
                profession=profession,
                weekly_hours=Decimal(32),
                valid_from=day("2020-01-01"),
            ),
        ),
        signatories=(
            Signatory(
                person=Person(person_id="p1", name="P. Voorbeeld"),
                certificate_serial="s1",
                valid_from=day("2020-01-01"),
            ),
        ),
    )
    past = PastContract.model_validate({"care_type": care_type, "first_day": "2023-01-01", "last_day": "2024-12-31"})
    return PracticeEntry(record, {"caresq": (past,)} if contracted else {})


def sample(folder: Path, count: int, seed: int = 7) -> Iterator[PracticeEntry]:
    """The first practices of a sample register."""
    written = StringIO()
    write_sample_register(count, seed, written)
    file = folder / f"register-{count}-{seed}.csv"
    file.write_text(written.getvalue(), encoding="utf-8")
    for each in open_register(file).entries():
        assert isinstance(each, PracticeEntry)
        yield each

"""A log with letters to send, on each database, and an outbox with the settings of a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from application.due import record_due
from application.mapper import NewFact
from application.order import Order
from application.policies import AdoptionOrder, adopt
from domain.agb import AgbCode
from domain.calendar import to_microseconds
from domain.care_type import CareType
from domain.contract.commands import Approach
from domain.contract.contract_id import ContractId
from domain.explanation import Explanation
from domain.history import Context, Fact
from domain.policy.adoption import Ground, adopted, policy_stream
from domain.policy.document import PolicyDocument
from domain.provider.facts import ContractHistoryRecorded, ProviderRegistered, provider_stream
from infrastructure.bootstrap import System, open_system, policy_sources
from infrastructure.clock import SetClock
from infrastructure.outbox.box import Outbox
from infrastructure.settings import Settings
from tests.given import at, practice

LETTER = "caresq/{agb}/FYS/2025-2026"


class Post(NamedTuple):
    """A system whose log grows by letters, and the means to send them."""

    system: System
    clock: SetClock
    settings: dict[str, Any]

    @property
    def outbox(self) -> Outbox:
        """The outbox under the present settings."""
        found = Settings(**self.settings)
        return Outbox(self.system.contracting, self.system.log.database, self.clock, found)

    def approach(self, *numbers: int, email: str = "praktijk{number}@voorbeeld.example") -> None:
        """Record for each number a practice to whom a questionnaire is sent: one letter each."""
        for number in numbers:
            agb = AgbCode(f"04{number:06}")
            self.register(number, email.format(number=number))
            contract_id = ContractId.parse(LETTER.format(agb=agb))
            self.system.contracting.act(contract_id, Approach(), Order(actor="officer", command_id=f"round/{agb}"))

    def register(self, number: int, email: str) -> None:
        """Record what the register says of a practice, with this address."""
        agb = AgbCode(f"04{number:06}")
        record = practice(CareType.FYS).record.model_copy(update={"agb": agb, "vecozo_email": email})
        context = Context(actor="import", command_id=f"import/{agb}", command_digest="", correlation_id="import")
        facts = (
            ProviderRegistered(record=record),
            ContractHistoryRecorded(purchaser="caresq", contracts=practice(CareType.FYS).past_contracts),
        )
        now, stored = to_microseconds(self.clock.now()), context.model_dump_json().encode()
        stream = provider_stream(agb)
        first = len(self.system.log.read_streams([stream])) + 1
        self.system.contracting.save(
            *(NewFact(stream, version, fact, now, stored) for version, fact in enumerate(facts, first))
        )

    def record(self, number: int, *facts: Fact, why: Explanation | None = None) -> str:
        """Record facts of a practice's contract in one commit, each explained so; the id of the last event."""
        stream = LETTER.format(agb=f"04{number:06}")
        context = Context(actor="officer", command_id="c", command_digest="", correlation_id="c")
        now, stored = to_microseconds(self.clock.now()), context.model_dump_json().encode()
        seen = len(self.system.log.read_streams([stream]))
        self.system.contracting.save(
            *(NewFact(stream, version, fact, now, stored, why) for version, fact in enumerate(facts, seen + 1))
        )
        return f"{stream}@{seen + len(facts)}"

    def amend(self, document: PolicyDocument) -> None:
        """Adopt a changed document from now on."""
        stream, now = policy_stream(document.id), to_microseconds(self.clock.now())
        context = Context(actor="board", command_id="amend", command_digest="", correlation_id="amend")
        version = len(self.system.log.read_streams([stream])) + 1
        fact = adopted(document, Ground.POLICY)
        self.system.contracting.save(NewFact(stream, version, fact, now, context.model_dump_json().encode()))

    def lapse(self) -> None:
        """Let the deadline of the questionnaires pass, and a tick record it."""
        self.clock.set(at("2024-10-22"))
        record_due(self.system.ticking, self.clock.now())


def silent(done: int, total: int) -> None:
    """Nobody watches."""


@contextmanager
def opened_post(database_url: str, folder: Path, moment: str = "2024-09-16") -> Iterator[Post]:
    """The system on a database, with the policy adopted."""
    clock = SetClock(at("2024-04-01"))
    with open_system(database_url, clock=clock) as system:
        adopt(system.policies, policy_sources().read("caresq-2025"), AdoptionOrder(actor="board"))
        clock.set(at(moment))
        yield Post(system, clock, {"mail_folder": folder / "letters"})


@pytest.fixture
def post(database_url: str, tmp_path: Path) -> Iterator[Post]:
    """The system on each database in turn, with the policy adopted."""
    with opened_post(database_url, tmp_path) as found:
        yield found


@pytest.fixture
def sqlite_post(sqlite_url: str, tmp_path: Path) -> Iterator[Post]:
    """The same on SQLite alone, where the database makes no difference."""
    with opened_post(sqlite_url, tmp_path) as found:
        yield found

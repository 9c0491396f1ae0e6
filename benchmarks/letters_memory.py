"""Enters and sends letters in a process of its own, and prints the most memory, in MB, that it ever had."""

import sys
from collections.abc import Iterator

from application.contracting import Contracting
from application.mapper import NewFact
from application.order import Order
from application.policies import AdoptionOrder, adopt
from benchmarks.round_memory import peak_megabytes
from domain.agb import AgbCode
from domain.calendar import to_microseconds
from domain.care_type import CareType
from domain.contract.commands import Approach
from domain.contract.contract_id import ContractId
from domain.history import Context
from domain.provider.facts import ContractHistoryRecorded, ProviderRegistered, provider_stream
from infrastructure.bootstrap import open_system, policy_sources
from infrastructure.clock import SetClock
from infrastructure.outbox.box import Outbox
from infrastructure.settings import Settings
from tests.given import at, practice

LETTERS = 20_000
_AT_ONCE = 200


def senders_settings(port: int) -> Settings:
    """Of a sender to the server on this machine."""
    return Settings(
        smtp_host="127.0.0.1", smtp_port=port, smtp_security="none", mail_sender="contractspoor@verzekeraar.example"
    )


def enter_letters(url: str) -> None:
    """Record so many practices, each with a questionnaire that is ready: one letter each."""
    clock = SetClock(at("2024-04-01"))
    with open_system(url, clock=clock) as system:
        adopt(system.policies, policy_sources().read("caresq-2025"), AdoptionOrder(actor="board"))
        clock.set(at("2024-09-16"))
        contracting = system.contracting
        now = to_microseconds(clock.now())
        for first in range(0, LETTERS, _AT_ONCE):
            codes = [AgbCode(f"04{number:06}") for number in range(first, first + _AT_ONCE)]
            contracting.save(*(fact for agb in codes for fact in _practice(agb, now)))
            contracting.save(*(fact for agb in codes for fact in _approached(contracting, agb)))


def _practice(agb: AgbCode, now: int) -> Iterator[NewFact]:
    world = practice(CareType.FYS)
    record = world.record.model_copy(update={"agb": agb, "vecozo_email": f"praktijk{agb}@voorbeeld.example"})
    context = Context(actor="import", command_id=f"import/{agb}", command_digest="", correlation_id="import")
    facts = (
        ProviderRegistered(record=record),
        ContractHistoryRecorded(purchaser="caresq", contracts=world.past_contracts),
    )
    for version, fact in enumerate(facts, 1):
        yield NewFact(provider_stream(agb), version, fact, now, context.model_dump_json().encode())


def _approached(contracting: Contracting, agb: AgbCode) -> list[NewFact]:
    contract_id = ContractId("caresq", agb, CareType.FYS, "2025-2026")
    order = Order("officer", f"round/{agb}", correlation_id="round")
    return contracting.prepare(contracting.load(contract_id), Approach(), order, "", now=contracting.clock.now())


if __name__ == "__main__":
    with open_system(sys.argv[1]) as system:
        outbox = Outbox(system.contracting, system.log.database, system.clock, senders_settings(int(sys.argv[2])))
        outbox.fill()
        sent = outbox.send()
        assert sent.sent == LETTERS, sent
    print(peak_megabytes())

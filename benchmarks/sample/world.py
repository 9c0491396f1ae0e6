"""The system in the hands of those who live the sample."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from application.order import Order
from application.simulation.choices import Choices
from application.simulation.world import SettableClock
from domain.contract.commands import ContractCommand
from domain.contract.contract_id import ContractId
from domain.contract.facts import ContractFact
from domain.history import Recorded
from domain.refusal import RefusedError
from infrastructure.bootstrap import System

SEED = 7
OFFICER = "A. Proef, zorginkoop"


@dataclass
class Lives:
    """The system and its clock."""

    system: System
    clock: SettableClock
    refused: Counter[str] = field(default_factory=Counter)

    def choices(self, key: str) -> Choices:
        """What is chosen about a contract or a practice, the same in every run."""
        return Choices(SEED, key)

    def act(
        self, contract_id: ContractId, command: ContractCommand, actor: str, **told: object
    ) -> tuple[ContractFact, ...]:
        """Carry out a command now; a refusal is counted, as not everybody keeps to the rules."""
        name = f"{type(command).__name__}/{contract_id}/{self.clock.now():%Y%m%dT%H%M%S%f}"
        order = Order(actor, name)._replace(**told)  # type: ignore[arg-type]
        try:
            return self.system.contracting.act(contract_id, command, order).facts
        except RefusedError as error:
            self.refused[error.refused.code] += 1
            return ()

    def contracts(self, purchaser: str) -> Iterator[tuple[ContractId, list[Recorded]]]:
        """Every contract of a purchaser with its history, in order of id."""
        contracting, after = self.system.contracting, ""
        while stream_ids := contracting.log_port.stream_ids(f"{purchaser}/", after=after):
            after = stream_ids[-1]
            histories: dict[str, list[Recorded]] = {}
            for recorded in contracting.facts.decode_all(contracting.log_port.read_streams(stream_ids)):
                histories.setdefault(recorded.stream_id, []).append(recorded)
            for stream_id, history in histories.items():
                yield ContractId.parse(stream_id), history

"""A sample with its register kept up: what questions are asked of, and how it came to be so."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version

from application.queries.register import RegisterQuestions
from application.register.reads import RegisterReads
from benchmarks.sampled import Sampled
from domain.contract.contract_id import ContractId
from infrastructure.bootstrap import System, open_system
from infrastructure.clock import SystemClock
from infrastructure.read_models.batches import BatchReader
from infrastructure.read_models.model import ReadModel
from infrastructure.read_models.register.model import VERSION, RegisterModel
from infrastructure.read_models.register.reads import RegisterTables
from infrastructure.read_models.runner import Runner


@dataclass(frozen=True)
class Standing:
    """The system on a sample, with what reads its register, and its head."""

    sampled: Sampled
    system: System
    questions: RegisterQuestions
    reads: RegisterReads
    head: int

    def runner(self, models: Sequence[ReadModel]) -> Runner:
        """A runner over some models."""
        contracting = self.system.contracting
        reader = BatchReader(self.system.log, contracting.facts, contracting.policies)
        return Runner(self.system.log.database, reader, contracting.facts, models, SystemClock())

    def some_contracts(self, amount: int) -> list[ContractId]:
        """Contracts from all over the log, those of both purchasers in turn, the same in every run."""
        found = [self._of(purchaser, amount // 2) for purchaser in ("asr", "caresq")]
        return [contract_id for pair in zip(*found, strict=True) for contract_id in pair]

    def _of(self, purchaser: str, amount: int) -> list[ContractId]:
        every = max(1, self.sampled.size // 2 // amount // 2)
        found: list[str] = []
        after = f"{purchaser}/"
        while stream_ids := self.system.log.stream_ids(f"{purchaser}/", after=after):
            after = stream_ids[-1]
            found += stream_ids[::every]
        step = max(1, len(found) // amount)
        return [ContractId.parse(each) for each in found[::step][:amount]]


@contextmanager
def standing(sampled: Sampled) -> Iterator[Standing]:
    """The sample as it is, its register not yet kept up."""
    with open_system(sampled.url) as system:
        reads = RegisterTables(system.log.database)
        questions = RegisterQuestions(
            system.contracting, reads, lambda _: None, tzdata=version("tzdata"), model_version=VERSION
        )
        yield Standing(sampled, system, questions, reads, system.log.horizon().position)


def keep_up(at: Standing) -> None:
    """Bring the register to the head of the log."""
    caught_up = at.runner([RegisterModel()]).catch_up(up_to=at.head)
    assert not caught_up.faults, caught_up.faults

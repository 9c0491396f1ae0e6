"""A sample with its read models made: what questions are asked of, and how long it took to make them."""

import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from sqlalchemy import make_url

from benchmarks.sample.stores import SIZES, sample_file
from benchmarks.sampled import Sampled
from domain.contract.contract_id import ContractId
from infrastructure.bootstrap import System, open_system
from infrastructure.clock import SystemClock
from infrastructure.read_models.audit_index import AuditIndex
from infrastructure.read_models.batches import BatchReader
from infrastructure.read_models.model import ReadModel
from infrastructure.read_models.register.model import RegisterModel
from infrastructure.read_models.runner import Runner


@dataclass(frozen=True)
class Standing:
    """The system on a sample, and the head of its log."""

    sampled: Sampled
    system: System
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

    def bytes_of(self, *, log: bool) -> int:
        """What the log takes on the disk with its index, or else all the rest."""
        if self.sampled.database == "sqlite":
            statement = "SELECT page_size * (page_count - freelist_count) FROM pragma_page_size, pragma_page_count, "
            [[all_of_it]] = self.system.log.database.fetch(f"{statement} pragma_freelist_count", ())
            of_log = sample_file(self.sampled.size).stat().st_size  # that holds nothing else
            return of_log if log else int(all_of_it) - of_log
        statement = (
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' "
            f"AND relnamespace = 'public'::regnamespace AND (relname = 'log') = {log}"
        )
        return int(self.system.log.database.fetch(statement, ())[0][0])

    def _of(self, purchaser: str, amount: int) -> list[ContractId]:
        every = max(1, self.sampled.size // 4 // amount)
        found: list[str] = []
        after = f"{purchaser}/"
        while stream_ids := self.system.log.stream_ids(f"{purchaser}/", after=after):
            after = stream_ids[-1]
            found += stream_ids[::every]
        step = max(1, len(found) // amount)
        return [ContractId.parse(each) for each in found[::step][:amount]]


@dataclass(frozen=True)
class Made:
    """How the read models came to be, in events a second; megabytes are the peak of this process and of a worker.

    The audit index of the largest sample is not made: it only grows longer.
    """

    rebuilt: float
    indexed: float | None
    megabytes: float


@contextmanager
def standing(sampled: Sampled) -> Iterator[Standing]:
    """The sample as it is, no read model made yet; the file is gone afterwards, as the next one needs its room."""
    with open_system(sampled.url) as system:
        yield Standing(sampled, system, system.log.horizon().position)
    url = make_url(sampled.url)
    if url.get_backend_name() == "sqlite":
        for suffix in ("", "-wal", "-shm"):
            Path(f"{url.database}{suffix}").unlink(missing_ok=True)


def make_models(at: Standing) -> Made:
    """The register by a rebuild, the audit index by a catch-up."""
    began = perf_counter()
    at.system.read_models.rebuild(RegisterModel.name)
    rebuilt = at.head / (perf_counter() - began)
    indexed = _index(at) if at.sampled.size < SIZES[-1] else None
    if at.sampled.database == "postgres":
        names = ", ".join(table.name for table in RegisterModel().tables)
        with at.system.log.database.engine.connect() as connection:
            connection.exec_driver_sql(f"VACUUM ANALYZE {names}")
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return Made(rebuilt, indexed, sum(peaks) / 1024)


def _index(at: Standing) -> float:
    began = perf_counter()
    caught_up = at.system.read_models.catch_up([AuditIndex.name])
    assert not caught_up.faults, caught_up.faults
    return at.head / (perf_counter() - began)

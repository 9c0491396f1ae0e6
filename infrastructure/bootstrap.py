"""The one place where the use cases meet their adapters."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from application.contracting import Contracting
from application.policies import PolicySources, PolicyStreams
from application.ports import Clock
from application.providers import ProviderStreams
from infrastructure.clock import SystemClock
from infrastructure.persistence.factory import LogFactory
from infrastructure.persistence.recorder import LogRecorder, open_log
from infrastructure.persistence.schema import check_revision
from infrastructure.policies.library import PolicyFiles


@dataclass(frozen=True)
class System:
    """The running system: the log and what stands on it."""

    log: LogRecorder
    clock: Clock
    contracting: Contracting
    providers: ProviderStreams
    policies: PolicyStreams


@contextmanager
def open_system(database_url: str, *, clock: Clock | None = None, lock_timeout: float = 10.0) -> Iterator[System]:
    """The system on a migrated database; a ``clock`` that is given is a set clock, for scenarios and simulations only.

    Raises ``StorageUnavailable`` when the database can not be used, is not migrated, or is of a newer version.
    """
    log = open_log(database_url, clock=clock, set_clock=clock is not None, lock_timeout=lock_timeout)
    try:
        check_revision(log.database.engine)
        present = clock or SystemClock()
        contracting = Contracting(LogFactory(log), log, present)
        providers = ProviderStreams(log, contracting.facts, present)
        policies = PolicyStreams(log, contracting.facts, present, contracting.policies)
        yield System(log, present, contracting, providers, policies)
    finally:
        log.close()


def policy_sources() -> PolicySources:
    """Where policy documents are read: the packaged ones by id, others from files."""
    return PolicyFiles()

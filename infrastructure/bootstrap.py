"""The one place where the use cases meet their adapters."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TextIO

from application.contracting import Contracting
from application.policies import PolicySources, PolicyStreams
from application.ports import Clock
from application.provider_import import Register
from application.providers import ProviderStreams
from application.queries.time_travel import TimeTravel
from infrastructure.clock import SystemClock
from infrastructure.persistence.factory import LogFactory
from infrastructure.persistence.recorder import LogRecorder, open_log
from infrastructure.persistence.schema import check_revision
from infrastructure.persistence.state import DatabaseState, Upgraded, database_state, upgrade_database
from infrastructure.policies.library import PolicyFiles
from infrastructure.providers.csv_file import RegisterFile
from infrastructure.providers.sample_register import write_sample
from infrastructure.settings import SettingsError, load_settings

__all__ = [
    "DatabaseState",
    "SettingsError",
    "System",
    "Upgraded",
    "database_state",
    "load_settings",
    "open_register",
    "open_system",
    "policy_sources",
    "upgrade_database",
    "write_sample_register",
]


@dataclass(frozen=True)
class System:
    """The running system: the log and what stands on it."""

    log: LogRecorder
    clock: Clock
    contracting: Contracting
    providers: ProviderStreams
    policies: PolicyStreams
    questions: TimeTravel


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
        questions = TimeTravel(contracting, version("tzdata"))
        yield System(log, present, contracting, providers, policies, questions)
    finally:
        log.close()


def policy_sources() -> PolicySources:
    """Where policy documents are read: the packaged ones by id, others from files."""
    return PolicyFiles()


def open_register(path: Path) -> Register:
    """A register file, read once to know that it is whole; raises ``RegisterFileError``."""
    return RegisterFile(path)


def write_sample_register(count: int, seed: int, file: TextIO) -> None:
    """Write a fictional register of 1 to 99,999 practices, the same for the same seed; open it with ``newline=""``."""
    write_sample(count, seed, file)

"""The one place where the use cases meet their adapters."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import TextIO

from application.carrying_out import Worker
from application.contracting import Contracting
from application.due import Ticking
from application.jobs import PrunedJobs
from application.policies import PolicySources, PolicyStreams
from application.ports import AccessLog, Clock, EvidenceStore, Printer
from application.provider_import import Register
from application.providers import ProviderStreams
from application.queries.audit_trail import Trail
from application.queries.care_finder import CareFinder
from application.queries.register import RegisterQuestions
from application.queries.time_travel import TimeTravel
from application.simulation.world import SimulatedWorld
from domain.calendar import from_microseconds, to_microseconds
from infrastructure.clock import RunningClock, SetClock, SystemClock
from infrastructure.evidence.places import place_of
from infrastructure.evidence.scanner import ClamdScanner
from infrastructure.evidence.store import EvidenceFiles
from infrastructure.ical import ical
from infrastructure.jobs.pruning import prune_jobs
from infrastructure.jobs.running import run_jobs, run_next
from infrastructure.jobs.table import JobTable
from infrastructure.observability.commands import CommandWatch
from infrastructure.observability.correlation import correlated
from infrastructure.observability.exposition import Metrics, PortTakenError
from infrastructure.observability.gauges import LateThings, Watched
from infrastructure.observability.gauges import late_things as late_at
from infrastructure.observability.logs import set_up_logs
from infrastructure.outbox.box import Outbox
from infrastructure.outbox.deliveries import Channel, Delivery
from infrastructure.outbox.deliveries import State as DeliveryState
from infrastructure.outbox.receivers import ReceiversError, read_receivers
from infrastructure.outbox.resending import Resent
from infrastructure.outbox.wording import word as word_letter
from infrastructure.persistence.access import AccessTable
from infrastructure.persistence.backup import Backup, back_up
from infrastructure.persistence.backup import restore as restore_backup
from infrastructure.persistence.due_failures import DueFailuresTable
from infrastructure.persistence.engine import sqlite_file
from infrastructure.persistence.errors import storage_errors
from infrastructure.persistence.factory import LogFactory
from infrastructure.persistence.lead import Lead, lead_of
from infrastructure.persistence.recorder import LogRecorder, open_log
from infrastructure.persistence.register_looks import RegisterLooksTable
from infrastructure.persistence.schema import check_revision
from infrastructure.persistence.simulated import forgo_durability, make_simulation_file
from infrastructure.persistence.state import DatabaseState, Upgraded, database_state, upgrade_database
from infrastructure.policies.library import PolicyFiles, policy_from_text
from infrastructure.providers.carried_over_file import carried_over_rows
from infrastructure.providers.register_file import RegisterFile, register_of
from infrastructure.providers.sample_register import write_sample
from infrastructure.read_models.audit_index import AuditIndex
from infrastructure.read_models.audit_reads import AuditReads
from infrastructure.read_models.deadlines import DEADLINE
from infrastructure.read_models.due_table import DueTable
from infrastructure.read_models.lists import Lists
from infrastructure.read_models.models import all_models
from infrastructure.read_models.ready import Ready
from infrastructure.read_models.register.checking import (
    Checked,
    CheckOrder,
    ClaimFile,
    ClaimFileError,
    answer_file,
    check_file,
)
from infrastructure.read_models.register.model import RegisterModel
from infrastructure.read_models.register.overlaps import overlaps
from infrastructure.read_models.register.reads import RegisterTables
from infrastructure.read_models.service import Condition, ModelStatus, ReadModels
from infrastructure.read_models.verify import Verified
from infrastructure.settings import Settings, SettingsError, load_settings, unknown_settings

__all__ = [
    "DEADLINES",
    "Backup",
    "Channel",
    "CheckOrder",
    "Checked",
    "ClaimFile",
    "ClaimFileError",
    "Condition",
    "DatabaseState",
    "Delivery",
    "DeliveryState",
    "Lead",
    "Metrics",
    "ModelStatus",
    "PortTakenError",
    "ReceiversError",
    "Resent",
    "Settings",
    "SettingsError",
    "System",
    "Upgraded",
    "Verified",
    "answer_file",
    "back_up",
    "carried_over_rows",
    "check_file",
    "correlated",
    "database_state",
    "ical",
    "late_things",
    "lead_of",
    "load_settings",
    "metrics_of",
    "open_register",
    "open_simulated",
    "open_simulation",
    "open_system",
    "overlaps",
    "policy_from_text",
    "policy_sources",
    "read_receivers",
    "register_of",
    "restore_backup",
    "set_up_logs",
    "sqlite_file",
    "system_clock",
    "unknown_settings",
    "upgrade_database",
    "word_letter",
    "write_sample_register",
]

DEADLINES = DEADLINE.name
"""The read model that knows what is due."""


@dataclass(frozen=True)
class System:
    """The running system: the log and what stands on it; ``reader`` reads out, unless a command names another."""

    log: LogRecorder
    clock: Clock
    contracting: Contracting
    providers: ProviderStreams
    policies: PolicyStreams
    questions: TimeTravel
    trail: Trail
    register: RegisterQuestions
    care_finder: CareFinder
    read_models: ReadModels
    lists: Lists
    ticking: Ticking
    outbox: Outbox
    access: AccessLog
    evidence: EvidenceStore
    jobs: JobTable
    reader: str

    def run_jobs(self, stop: Event) -> None:
        """Carry out jobs as they come, until told to stop."""
        run_jobs(self._worker(stop.is_set), self.clock, stop)

    def run_next_job(self, ending: Callable[[], bool] = lambda: False) -> bool:
        """Carry out the job that waits longest, until the process is ``ending``; whether there was one."""
        return run_next(self._worker(ending), self.clock)

    def prune_jobs(self, before: datetime, *, dry_run: bool) -> PrunedJobs:
        """Remove the jobs that ended before an instant, with their bad rows, or only count them."""
        return prune_jobs(self.log.database.engine, before, dry_run=dry_run)

    def _worker(self, ending: Callable[[], bool]) -> Worker:
        return Worker(self.jobs, self.contracting, self.providers, register_of, ending)


@contextmanager
def open_system(database_url: str, *, clock: Clock | None = None, lock_timeout: float = 10.0) -> Iterator[System]:
    """The system on a migrated database; a ``clock`` that is given is a set clock, for scenarios and simulations only.

    Raises ``StorageUnavailable`` when the database can not be used, is not migrated, or is of a newer version.
    """
    log = open_log(database_url, clock=clock, set_clock=clock is not None, lock_timeout=lock_timeout)
    try:
        check_revision(log.database.engine)
        present = clock or SystemClock()
        watch = CommandWatch()
        contracting = Contracting(LogFactory(log), log, present, watch)
        providers = ProviderStreams(log, contracting.facts, present, watch)
        policies = PolicyStreams(log, contracting.facts, present, contracting.policies)
        questions = TimeTravel(contracting, version("tzdata"))
        read_models = ReadModels(log, contracting.facts, contracting.policies, present, all_models())
        lists = Lists(read_models, contracting, DueFailuresTable(log.database))
        settings = load_settings()
        with closing(read_models), closing(lists):
            index = AuditReads(log.database, Ready(AuditIndex.name, log.database, read_models.runner))
            yield System(
                log=log,
                clock=present,
                contracting=contracting,
                providers=providers,
                policies=policies,
                questions=questions,
                trail=Trail(contracting, index),
                register=_register(log, contracting, read_models),
                care_finder=CareFinder(contracting),
                read_models=read_models,
                lists=lists,
                ticking=Ticking(
                    contracting,
                    DueTable(read_models),
                    DueFailuresTable(log.database),
                    RegisterLooksTable(log.database),
                ),
                outbox=Outbox(contracting, log.database, present, settings),
                access=AccessTable(log.database.engine),
                jobs=JobTable(log.database.engine),
                evidence=_evidence(settings, present),
                reader=settings.reader,
            )
    finally:
        log.close()


def _register(log: LogRecorder, contracting: Contracting, read_models: ReadModels) -> RegisterQuestions:
    """The register on its tables, which it brings up before it answers."""
    ready = Ready(RegisterModel.name, log.database, read_models.runner)
    return RegisterQuestions(
        contracting, RegisterTables(log.database), ready, tzdata=version("tzdata"), model_version=RegisterModel.version
    )


def _evidence(settings: Settings, clock: Clock) -> EvidenceFiles:
    """The store of evidence that the settings name. Raises ``SettingsError``."""
    file, secret = settings.evidence_s3_secret_file, None
    if file is not None:
        try:
            secret = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise SettingsError(f"CONTRACTSPOOR_EVIDENCE_S3_SECRET_FILE: {file} can not be read") from None
    scanner = None if settings.evidence_scanner is None else ClamdScanner(settings.evidence_scanner)
    place = place_of(settings.evidence_url, endpoint=settings.evidence_s3_endpoint, secret=secret)
    return EvidenceFiles(place, clock, max_bytes=settings.evidence_max_bytes, scanner=scanner)


def metrics_of(opened: Callable[[], AbstractContextManager[System]]) -> Metrics:
    """The metrics of this process and of a system, which each scrape opens, or is lent (``nullcontext(system)``)."""

    @contextmanager
    def watched() -> Iterator[Watched]:
        with opened() as system:
            yield Watched(system.log.database, system.read_models, system.clock)

    return Metrics(watched)


def late_things(system: System) -> LateThings:
    """What is due now and not recorded, as far as the read model of deadlines has read."""
    with storage_errors(system.log.database.engine.url), system.log.database.engine.connect() as connection:
        return late_at(connection, to_microseconds(system.clock.now()))


def system_clock() -> Clock:
    """The clock of this machine."""
    return SystemClock()


@contextmanager
def open_simulation(database_url: str, *, providers: int, seed: int) -> Iterator[tuple[System, SimulatedWorld]]:
    """A world to live two years in: a fresh SQLite file and a sample register of so many practices.

    A file that holds an older simulation is made anew. Raises ``StorageUnavailable`` when it holds anything else.
    """
    make_simulation_file(database_url)
    clock = SetClock(datetime(1970, 1, 1, tzinfo=UTC))
    with TemporaryDirectory() as folder, open_system(database_url, clock=clock) as system:
        forgo_durability(system.log.database.engine)
        early, register = Path(folder) / "early.csv", Path(folder) / "register.csv"
        with early.open("w", encoding="utf-8", newline="") as file:
            write_sample(providers, seed, file, known_to=("asr",))
        with register.open("w", encoding="utf-8", newline="") as file:
            write_sample(providers, seed, file)
        yield (
            system,
            SimulatedWorld(
                clock=clock,
                contracting=system.contracting,
                ticking=system.ticking,
                providers=system.providers,
                policies=system.policies,
                sources=PolicyFiles(),
                early_register=RegisterFile(early),
                register=RegisterFile(register),
                seed=seed,
            ),
        )


@contextmanager
def open_simulated(database_url: str) -> Iterator[System]:
    """A simulation that was made, with a clock that goes on where its log ends.

    Raises ``StorageUnavailable``; whether it is a simulation is for the caller to see first.
    """
    log = open_log(database_url)
    try:
        position = log.max_notification_id()
        ended_at = (
            SystemClock().now() if position is None else from_microseconds(log.horizon(position=position).known_at)
        )
    finally:
        log.close()
    with open_system(database_url, clock=RunningClock(ended_at)) as system:
        yield system


def agreement_printer() -> Printer:
    """What lays out agreements on paper."""
    # its fonts take a second to load, and most commands print nothing
    from infrastructure.printing.pdf import PdfPrinter  # noqa: PLC0415

    return PdfPrinter()


def policy_sources() -> PolicySources:
    """Where policy documents are read: the packaged ones by id, others from files."""
    return PolicyFiles()


def open_register(path: Path) -> Register:
    """A register file, read once to know that it is whole; raises ``RegisterFileError``."""
    return RegisterFile(path)


def write_sample_register(count: int, seed: int, file: TextIO) -> None:
    """Write a fictional register of 1 to 99,999 practices, the same for the same seed; open it with ``newline=""``."""
    write_sample(count, seed, file)

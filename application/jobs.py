"""Work that takes longer than a request: it waits in the database, one worker takes it, and whoever asks sees how far.

A job can be stopped and resumed. One whose worker died is interrupted; nothing is lost by it, since every use case that
a job calls finds what it has recorded already, and goes on.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

from domain.calendar import Instant
from domain.care_type import CareType
from domain.model import Frozen

LEASE = timedelta(seconds=30)
"""Who carries out a job says so at least this often; one of whom nothing is heard for longer is interrupted."""


class JobKind(StrEnum):
    """What a job does."""

    ROUND = "round"
    IMPORT = "import"


class JobState(StrEnum):
    """Where a job stands: ``interrupted`` when its process ended before the work did, ``failed`` when a rule or the
    data forbade it. Both, and a job that was stopped, can be resumed.
    """

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.STOPPED, JobState.INTERRUPTED})
"""The states in which nothing happens until somebody resumes the job."""


class RoundWork(Frozen):
    """A round on one local day; see ``application.round.RoundOrder``."""

    policy_id: str
    on: date
    care_types: tuple[CareType, ...] = ()
    reason: str | None = None
    dry_run: bool = False


class ImportWork(Frozen):
    """A register file, by its SHA-256 and its size in bytes."""

    sha256: str
    size: int


Work = RoundWork | ImportWork


class Job(Frozen):
    """A job as it stands: ``done`` of ``total`` practices, 0 of 0 before the first are counted.

    ``change`` counts what has happened to it and so tells whether something is new, ``attempt`` how often it was begun.
    ``result`` is the report of the work, ``error`` one line that says why it failed; ``bad_rows`` are mistakes in the
    file, which can be asked for. ``correlation_id`` is that of the request: what an import records carries it, and the
    ``RoundStarted`` of a round that it began.
    """

    job_id: str
    kind: JobKind
    purchaser: str
    actor: str
    state: JobState
    stop_asked: bool
    done: int
    total: int
    change: int
    attempt: int
    created_at: Instant
    started_at: Instant | None
    ended_at: Instant | None
    work: dict[str, Any]
    result: dict[str, Any] | None
    error: str | None
    bad_rows: int
    correlation_id: str | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing happens until somebody resumes it."""
        return self.state in ENDED


class NewJob(NamedTuple):
    """A job to be: whose it is, who wants it, and under which command id."""

    purchaser: str
    actor: str
    command_id: str
    work: Work
    correlation_id: str | None = None

    @property
    def kind(self) -> JobKind:
        """By the work."""
        return JobKind.ROUND if isinstance(self.work, RoundWork) else JobKind.IMPORT

    @property
    def job_id(self) -> str:
        """The same for the same purchaser and command id."""
        return sha256(f"{self.purchaser}\n{self.command_id}".encode()).hexdigest()[:24]


class BadRow(Frozen):
    """One cell of a file that can not be read; ``line`` counts from 1, the header is line 1."""

    line: int
    column: str
    found: str
    expected: str
    practice: str


class PrunedJobs(NamedTuple):
    """How many old jobs went, or would go, and how many bad rows of theirs."""

    jobs: int
    bad_rows: int


class JobLostError(Exception):
    """Another has begun this job anew, or it was ended: whoever still works on it stops."""


class Jobs(Protocol):
    """Where jobs stand. Every method raises ``StorageUnavailable`` when the database can not be used."""

    def add(self, new: NewJob, now: datetime, file: bytes | None = None) -> tuple[Job, bool]:
        """Enter a job, once for its command id; the job, and whether it stood there already.

        Raises ``RefusedError`` when the command id was used for other work.
        """
        ...

    def job(self, purchaser: str, job_id: str, now: datetime) -> Job | None:
        """A job of a purchaser, if it has one of that name."""
        ...

    def jobs(
        self,
        now: datetime,
        *,
        purchaser: str | None = None,
        correlation_id: str | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> list[Job]:
        """A page of jobs, the newest first, after the one that the page before ended with."""
        ...

    def take(self, now: datetime) -> Job | None:
        """Begin the job that waits longest; nobody else gets it. None when nothing waits."""
        ...

    def note(self, job: Job, done: int, total: int) -> bool:
        """Note how far a job is that was taken; whether it is to stop. Raises ``JobLostError``."""
        ...

    def beat(self, job: Job, now: datetime) -> None:
        """Say that a job that was taken is still worked on."""
        ...

    def end(
        self,
        job: Job,
        state: JobState,
        now: datetime,
        *,
        result: dict[str, Any] | None = None,
        error: str | None = None,
    ) -> None:
        """End a job that was taken; nothing happens when another has begun it anew."""
        ...

    def stop(self, purchaser: str, job_id: str, now: datetime) -> Job:
        """Let a job stop after the practices in hand, at once when nobody works on it; one that has ended stays so."""
        ...

    def resume(self, purchaser: str, job_id: str, now: datetime) -> Job:
        """Let a job wait again that was stopped or interrupted, or that failed; one that goes on, goes on.

        Raises ``RefusedError`` when it is done.
        """
        ...

    def file(self, job: Job) -> bytes:
        """The file that a job is about."""
        ...

    def add_bad_rows(self, job: Job, rows: Sequence[BadRow]) -> None:
        """Keep what is wrong with the file of a job that was taken; beginning it anew forgets them."""
        ...

    def bad_rows(self, job_id: str, *, after: int = 0, limit: int = 1000) -> list[tuple[int, BadRow]]:
        """A page of bad rows in their order, each with its number from 1."""
        ...

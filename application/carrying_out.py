"""Carries out jobs: what each kind of work calls, how it is stopped, and what its end says."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from application.contracting import Contracting
from application.jobs import BadRow, ImportWork, Job, JobKind, Jobs, JobState, RoundWork
from application.ports import EventLogError, StorageUnavailable
from application.provider_import import (
    PracticeEntry,
    RefusedPractice,
    Register,
    RegisterFileError,
    RowMistake,
    import_register,
)
from application.providers import ProviderStreams
from application.registry_changes import ask_about_changes_after
from application.round import RoundOrder, run_round
from domain.calendar import local_day
from domain.history import UnreadableError
from domain.refusal import RefusedError

OpenRegister = Callable[[bytes], AbstractContextManager[Register]]


class _StoppedError(Exception):
    """The work ends here; what was recorded stands."""


@dataclass(frozen=True)
class Worker:
    """Carries out one job after the other; ``ending`` says that the process ends, and the job in hand with it."""

    jobs: Jobs
    contracting: Contracting
    providers: ProviderStreams
    open_register: OpenRegister
    ending: Callable[[], bool] = lambda: False

    def carry_out(self, job: Job) -> None:
        """Carry out a job that was taken, to its end or until it is to stop.

        Raises ``JobLostError`` when another has begun it, ``StorageUnavailable`` when the database went away: then it
        is interrupted as soon as its lease is over.
        """
        work = self._round if job.kind is JobKind.ROUND else self._import
        clock = self.contracting.clock
        try:
            result = work(job)
        except _StoppedError:
            self.jobs.end(job, self._stopped(), clock.now())
        except StorageUnavailable:
            raise
        except RefusedError as error:
            self.jobs.end(job, JobState.FAILED, clock.now(), error=f"{error.refused.code}: {error.refused.message}")
        except (RegisterFileError, EventLogError, UnreadableError) as error:
            self.jobs.end(job, JobState.FAILED, clock.now(), error=str(error))
        else:
            self.jobs.end(job, JobState.DONE, clock.now(), result=result)

    def _stopped(self) -> JobState:
        return JobState.INTERRUPTED if self.ending() else JobState.STOPPED

    def _round(self, job: Job) -> dict[str, Any]:
        work = RoundWork.model_validate(job.work)
        asked, noted = False, self._progress(job)

        def progress(done: int, total: int) -> None:
            nonlocal asked
            asked = noted(done, total)

        reason = work.reason
        if reason is None and work.on < local_day(self.contracting.clock.now()):
            reason = f"the rest of a round that was begun on {work.on}"
        order = RoundOrder(
            work.policy_id, job.actor, work.on, work.care_types, reason, work.dry_run, correlation_id=job.correlation_id
        )
        report = run_round(self.contracting, order, progress=progress, stop=lambda: asked or self.ending())
        if report.interrupted:
            raise _StoppedError
        return report.model_dump(mode="json")

    def _import(self, job: Job) -> dict[str, Any]:
        ImportWork.model_validate(job.work)
        noted, found = self._progress(job), list[BadRow]()

        def progress(done: int, total: int) -> None:
            if found:
                self.jobs.add_bad_rows(job, found)
                found.clear()
            if noted(done, total) or self.ending():
                raise _StoppedError

        def refuse(practice: RefusedPractice) -> None:
            found.extend(BadRow(practice=practice.agb, **mistake._asdict()) for mistake in practice.mistakes)

        head = self.contracting.log_port.horizon().position
        with self.open_register(self.jobs.file(job)) as register:
            imported = import_register(
                self.providers,
                OwnRegister(register, job.purchaser),
                actor=job.actor,
                correlation_id=job.correlation_id,
                on_refused=refuse,
                progress=progress,
            )
            practices = register.practices
        asked = ask_about_changes_after(self.contracting, head, correlation_id=job.correlation_id)
        return {
            "practices": practices,
            "new": imported.new,
            "changed": imported.changed,
            "unchanged": imported.unchanged,
            "refused": imported.refused,
            "reviews_asked": asked.recorded.get("ReviewRequested", 0),
            "failures": [each.model_dump(mode="json") for each in asked.failures],
        }

    def _progress(self, job: Job) -> Callable[[int, int], bool]:
        return lambda done, total: self.jobs.note(job, done, total)


@dataclass(frozen=True)
class OwnRegister:
    """A register file as one purchaser may bring it in: a practice of which it says another's facts is refused."""

    register: Register
    purchaser: str

    @property
    def practices(self) -> int:
        """How many different practices it names."""
        return self.register.practices

    def entries(self) -> Iterator[PracticeEntry | RefusedPractice]:
        """Each practice in turn; see ``Register``."""
        for practice in self.register.entries():
            others = sorted(practice.purchasers - {self.purchaser}) if isinstance(practice, PracticeEntry) else []
            if isinstance(practice, PracticeEntry) and others:
                expected = f"facts of {self.purchaser} only: those of others are theirs to bring in"
                mistake = RowMistake(0, "purchaser", ", ".join(others), expected)
                yield RefusedPractice(practice.record.agb, (mistake,))
            else:
                yield practice

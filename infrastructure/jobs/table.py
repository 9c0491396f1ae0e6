"""Jobs in tables: one row each, the file that it is about, and the bad rows of that file."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Row,
    Table,
    Text,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from application.jobs import LEASE, BadRow, Job, JobKind, JobLostError, JobState, NewJob
from domain.calendar import from_microseconds, to_microseconds
from domain.refusal import Refused, RefusedError
from infrastructure.persistence.engine import transaction
from infrastructure.persistence.errors import storage_errors

_TABLES = MetaData()
JOB = Table(
    "job",
    _TABLES,
    Column("id", Text, primary_key=True),
    Column("kind", Text),
    Column("purchaser", Text),
    Column("actor", Text),
    Column("command_digest", Text),
    Column("work", Text),
    Column("state", Text),
    Column("stop_asked", Integer),
    Column("done", BigInteger),
    Column("total", BigInteger),
    Column("change", BigInteger),
    Column("attempt", Integer),
    Column("created_at", BigInteger),
    Column("started_at", BigInteger),
    Column("ended_at", BigInteger),
    Column("heard_at", BigInteger),
    Column("result", Text),
    Column("error", Text),
    Column("correlation_id", Text),
)
JOB_FILE = Table("job_file", _TABLES, Column("job_id", Text, primary_key=True), Column("content", LargeBinary))
BAD_ROW = Table(
    "job_bad_row",
    _TABLES,
    Column("job_id", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("line", BigInteger),
    Column("column_name", Text),
    Column("found", Text),
    Column("expected", Text),
    Column("practice", Text),
)
_C = JOB.c
_BAD_ROWS = select(func.count()).where(BAD_ROW.c.job_id == _C.id).scalar_subquery().label("bad_rows")
_LEASE = to_microseconds(from_microseconds(0) + LEASE)


class JobTable:
    """See ``application.jobs.Jobs``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, new: NewJob, now: datetime, file: bytes | None = None) -> tuple[Job, bool]:
        """See ``Jobs``."""
        work = new.work.model_dump_json(exclude_defaults=True)
        body = sha256(f"{new.kind}\n{work}".encode()).hexdigest()
        row = {
            "id": new.job_id,
            "kind": new.kind,
            "purchaser": new.purchaser,
            "actor": new.actor,
            "command_digest": body,
            "work": work,
            "state": JobState.WAITING,
            "stop_asked": 0,
            "done": 0,
            "total": 0,
            "change": 1,
            "attempt": 0,
            "created_at": to_microseconds(now),
            "correlation_id": new.correlation_id,
        }
        with self._writing() as connection:
            dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
            entered = connection.execute(dialect.insert(JOB).values(row).on_conflict_do_nothing().returning(_C.id))
            is_new = entered.first() is not None
            if is_new and file is not None:
                connection.execute(insert(JOB_FILE).values(job_id=new.job_id, content=file))
            if connection.scalar(select(_C.command_digest).where(_C.id == new.job_id)) != body:
                message = f"the command id {new.command_id!r} was used for other work; choose a new one"
                raise RefusedError(Refused("COMMAND_ID_REUSED", message))
            return _found(connection, new.job_id, now), not is_new

    def job(self, purchaser: str, job_id: str, now: datetime) -> Job | None:
        """See ``Jobs``."""
        with self._reading() as connection:
            row = connection.execute(_jobs((_C.id == job_id) & (_C.purchaser == purchaser))).first()
        return None if row is None else _job(row, now)

    def jobs(
        self,
        now: datetime,
        *,
        purchaser: str | None = None,
        correlation_id: str | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> list[Job]:
        """See ``Jobs``."""
        asked = _jobs().order_by(_C.created_at.desc(), _C.id.desc()).limit(limit)
        if purchaser is not None:
            asked = asked.where(_C.purchaser == purchaser)
        if correlation_id is not None:
            asked = asked.where(_C.correlation_id == correlation_id)
        with self._reading() as connection:
            if after is not None:
                here = connection.execute(select(_C.created_at, _C.id).where(_C.id == after)).first()
                if here is None:
                    return []
                older = (_C.created_at == here.created_at) & (_C.id < here.id)
                asked = asked.where(or_(_C.created_at < here.created_at, older))
            return [_job(row, now) for row in connection.execute(asked)]

    def take(self, now: datetime) -> Job | None:
        """See ``Jobs``."""
        first = select(_C.id).where(_C.state == JobState.WAITING).order_by(_C.created_at, _C.id).limit(1)
        with self._reading() as connection:
            if connection.execute(first).first() is None:
                return None
        if self._engine.dialect.name == "postgresql":
            first = first.with_for_update(skip_locked=True)
        with self._writing() as connection:
            job_id = connection.scalar(first)
            if job_id is None:
                return None
            instant = to_microseconds(now)
            _change(
                connection,
                _C.id == job_id,
                state=JobState.RUNNING,
                attempt=_C.attempt + 1,
                done=0,
                total=0,
                started_at=instant,
                heard_at=instant,
                ended_at=None,
                result=None,
                error=None,
            )
            connection.execute(delete(BAD_ROW).where(BAD_ROW.c.job_id == job_id))
            return _found(connection, job_id, now)

    def note(self, job: Job, done: int, total: int) -> bool:
        """See ``Jobs``."""
        with self._writing() as connection:
            if not _change(connection, _taken(job), done=done, total=total):
                raise JobLostError(job.job_id)
            return bool(connection.scalar(select(_C.stop_asked).where(_C.id == job.job_id)))

    def beat(self, job: Job, now: datetime) -> None:
        """See ``Jobs``."""
        with self._writing() as connection:
            connection.execute(update(JOB).where(_taken(job)).values(heard_at=to_microseconds(now)))

    def end(
        self,
        job: Job,
        state: JobState,
        now: datetime,
        *,
        result: dict[str, Any] | None = None,
        error: str | None = None,
    ) -> None:
        """See ``Jobs``."""
        told = None if result is None else json.dumps(result, ensure_ascii=False)
        with self._writing() as connection:
            ended = _change(
                connection,
                _taken(job),
                state=state,
                stop_asked=0,
                ended_at=to_microseconds(now),
                result=told,
                error=error,
            )
            if ended and state is JobState.DONE:
                connection.execute(delete(JOB_FILE).where(JOB_FILE.c.job_id == job.job_id))

    def stop(self, purchaser: str, job_id: str, now: datetime) -> Job:
        """See ``Jobs``."""
        with self._writing() as connection:
            job = _held(connection, purchaser, job_id, now)
            instant = to_microseconds(now)
            if job.state is JobState.WAITING:
                _change(connection, _C.id == job_id, state=JobState.STOPPED, ended_at=instant)
            elif job.state is JobState.RUNNING and not job.stop_asked:
                _change(connection, _C.id == job_id, stop_asked=1)
            return _found(connection, job_id, now)

    def resume(self, purchaser: str, job_id: str, now: datetime) -> Job:
        """See ``Jobs``."""
        with self._writing() as connection:
            job = _held(connection, purchaser, job_id, now)
            if job.state is JobState.DONE:
                raise RefusedError(Refused("JOB_DONE", "the job is done: there is nothing to go on with"))
            if job.ended:
                _change(connection, _C.id == job_id, state=JobState.WAITING, stop_asked=0, ended_at=None, error=None)
            return _found(connection, job_id, now)

    def file(self, job: Job) -> bytes:
        """See ``Jobs``."""
        with self._reading() as connection:
            found = connection.scalar(select(JOB_FILE.c.content).where(JOB_FILE.c.job_id == job.job_id))
        return bytes(found or b"")

    def add_bad_rows(self, job: Job, rows: Sequence[BadRow]) -> None:
        """See ``Jobs``."""
        with self._writing() as connection:
            mine = BAD_ROW.c.job_id == job.job_id
            last = connection.scalar(select(func.coalesce(func.max(BAD_ROW.c.number), 0)).where(mine)) or 0
            connection.execute(
                insert(BAD_ROW),
                [
                    {
                        "job_id": job.job_id,
                        "number": number,
                        "column_name": each.column,
                        **each.model_dump(exclude={"column"}),
                    }
                    for number, each in enumerate(rows, last + 1)
                ],
            )

    def bad_rows(self, job_id: str, *, after: int = 0, limit: int = 1000) -> list[tuple[int, BadRow]]:
        """See ``Jobs``."""
        asked = select(BAD_ROW).where(BAD_ROW.c.job_id == job_id, BAD_ROW.c.number > after)
        with self._reading() as connection:
            found = connection.execute(asked.order_by(BAD_ROW.c.number).limit(limit)).all()
        return [
            (
                row.number,
                BadRow(
                    line=row.line, column=row.column_name, found=row.found, expected=row.expected, practice=row.practice
                ),
            )
            for row in found
        ]

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with storage_errors(self._engine.url), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with storage_errors(self._engine.url), transaction(self._engine) as connection:
            yield connection


def _jobs(where: ColumnElement[bool] | None = None) -> Any:
    asked = select(JOB, _BAD_ROWS)
    return asked if where is None else asked.where(where)


def _taken(job: Job) -> ColumnElement[bool]:
    """The job as long as nobody has begun it anew or ended it."""
    return (_C.id == job.job_id) & (_C.attempt == job.attempt) & (_C.state == JobState.RUNNING)


def _change(connection: Connection, where: ColumnElement[bool], **values: Any) -> bool:
    changed: Mapping[str, Any] = {**values, "change": _C.change + 1}
    return connection.execute(update(JOB).where(where).values(changed)).rowcount == 1


def _held(connection: Connection, purchaser: str, job_id: str, now: datetime) -> Job:
    """A job that nobody else changes until this transaction ends."""
    mine = (_C.id == job_id) & (_C.purchaser == purchaser)
    if connection.execute(select(_C.id).where(mine).with_for_update()).first() is None:
        raise RefusedError(Refused("JOB_UNKNOWN", f"{purchaser} has no job {job_id}"))
    return _found(connection, job_id, now)


def _found(connection: Connection, job_id: str, now: datetime) -> Job:
    return _job(connection.execute(_jobs(_C.id == job_id)).one(), now)


def _job(row: Row[Any], now: datetime) -> Job:
    """The job of a row; one of whose worker nothing was heard for too long is interrupted."""
    state = JobState(row.state)
    if state is JobState.RUNNING and row.heard_at + _LEASE < to_microseconds(now):
        state = JobState.INTERRUPTED
    instants = {
        name: None if getattr(row, name) is None else from_microseconds(getattr(row, name))
        for name in ("started_at", "ended_at")
    }
    return Job(
        job_id=row.id,
        kind=JobKind(row.kind),
        purchaser=row.purchaser,
        actor=row.actor,
        state=state,
        stop_asked=bool(row.stop_asked),
        done=row.done,
        total=row.total,
        change=row.change,
        attempt=row.attempt,
        created_at=from_microseconds(row.created_at),
        work=json.loads(row.work),
        result=None if row.result is None else json.loads(row.result),
        error=row.error,
        bad_rows=row.bad_rows,
        correlation_id=row.correlation_id,
        **instants,
    )

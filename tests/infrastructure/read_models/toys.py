"""Small read models to try the runner with."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from sqlalchemy import BigInteger, Column, Connection, Index, MetaData, Table, Text, insert, select

from application.mapper import FactMapper
from application.policy_library import PolicyLibrary
from infrastructure.clock import SystemClock
from infrastructure.persistence.engine import create_log_engine, transaction
from infrastructure.persistence.recorder import LogRecorder, open_log
from infrastructure.read_models.batches import BatchReader
from infrastructure.read_models.model import Batch, ReadModel
from infrastructure.read_models.runner import Runner
from infrastructure.read_models.waiting import Waiting


def applied_table(name: str) -> Table:
    return Table(
        name,
        MetaData(),
        # no key: a batch that is applied twice shows
        Column("position", BigInteger, nullable=False),
        Column("stream_id", Text, nullable=False),
        Column("commit_ends", BigInteger, nullable=False),
        Index(f"{name}_stream", "stream_id"),
    )


APPLIED = applied_table("toy_applied")


class Applied:
    """A row for every fact that was applied."""

    version = 1

    def __init__(self, name: str = "toy_applied", suffix: str = "") -> None:
        self.name = name
        self._table = applied_table(f"{name}{suffix}")

    @property
    def tables(self) -> Sequence[Table]:
        return (self._table,)

    def aside(self, suffix: str) -> "Applied":
        return Applied(self.name, suffix)

    def apply(self, connection: Connection, batch: Batch) -> None:
        ends = {row.recorded_at: row.position for row in batch.rows}
        connection.execute(
            insert(self._table),
            [
                {"position": row.position, "stream_id": row.originator_id, "commit_ends": ends[row.recorded_at]}
                for row in batch.rows
            ],
        )


class Poisoned(Applied):
    """Can not apply the facts of one stream."""

    def __init__(self, poison: str, name: str = "toy_applied_poisoned", suffix: str = "") -> None:
        super().__init__(name, suffix)
        self.poison = poison

    def aside(self, suffix: str) -> "Poisoned":
        return Poisoned(self.poison, self.name, suffix)

    def apply(self, connection: Connection, batch: Batch) -> None:
        super().apply(connection, batch)
        if any(row.originator_id == self.poison for row in batch.rows):
            raise ArithmeticError("seven is no tier")


def make_tables(database_url: str, *models: ReadModel) -> None:
    """Make what a migration makes for a real model."""
    engine = create_log_engine(database_url)
    with transaction(engine) as connection:
        for model in models:
            for table in model.tables:
                table.create(connection)
    engine.dispose()


def applied(database_url: str, model: ReadModel) -> list[int]:
    """The positions that a model has applied, in order."""
    engine = create_log_engine(database_url)
    with engine.connect() as connection:
        found = connection.execute(select(model.tables[0].c.position)).scalars().all()
    engine.dispose()
    return sorted(found)


@contextmanager
def toy_runner(database_url: str, *models: ReadModel) -> Iterator[tuple[Runner, Waiting, LogRecorder]]:
    """A runner over a log, with who waits for it."""
    log = open_log(database_url)
    mapper = FactMapper()
    waiting = Waiting(log.database)
    reader = BatchReader(log, mapper, PolicyLibrary(log, mapper))
    try:
        yield Runner(log.database, reader, mapper, models, SystemClock(), moved=waiting.wake), waiting, log
    finally:
        waiting.close()
        log.close()


@contextmanager
def running(runner: Runner) -> Iterator[None]:
    """A runner at work in a thread."""
    stop = Event()
    thread = Thread(target=runner.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _run(database_url: str) -> None:
    """A process that runs until it is killed, or until its input ends."""
    with toy_runner(database_url, Applied(), Applied("toy_applied_too")) as (runner, _, _), running(runner):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.read()


@contextmanager
def running_process(database_url: str) -> Iterator["subprocess.Popen[str]"]:
    """A runner of both toys in a process of its own, killed at the end of the block."""
    with subprocess.Popen(
        [sys.executable, "-m", __name__, database_url],
        cwd=Path(__file__).parents[3],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        process.kill()


if __name__ == "__main__":
    _run(sys.argv[1])

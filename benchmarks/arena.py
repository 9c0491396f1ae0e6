"""Where the contests are held: fresh databases, on an SQLite file and on a durable PostgreSQL."""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import perf_counter

from infrastructure.persistence import schema
from infrastructure.persistence.engine import create_log_engine
from infrastructure.persistence.recorder import LogRecorder, open_log
from tests.postgres_server import PostgresServer, running_postgres

DATABASES = ("sqlite", "postgres")
SLOW_DISK = 500
"""Microseconds."""
MEMORY = Path("/dev/shm")


@dataclass
class Arena:
    """Gives out databases; all are gone at the end, and every log that was opened is closed."""

    folder: Path
    postgres: PostgresServer
    where: str
    stack: ExitStack
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def bare_url(self, database: str) -> str:
        """A new database in which nothing has been set up; ``database`` is sqlite or postgres."""
        if database == "sqlite":
            return f"sqlite:///{self.folder / f'{next(self.numbers)}.db'}"
        return self.postgres.url(self.postgres.create_database())

    def log(self, database: str) -> LogRecorder:
        """A new log, set up and empty."""
        url = self.bare_url(database)
        engine = create_log_engine(url)
        schema.upgrade(engine)
        engine.dispose()
        log = open_log(url)
        self.stack.callback(log.close)
        return log


@contextmanager
def open_arena(*, on_disk: bool = False) -> Iterator[Arena]:
    """An arena, with a PostgreSQL that writes to disk as in earnest.

    Where a durable write takes long, nothing else would be measured: then everything stands in memory, unless there
    is too much of it and it is to stay ``on_disk``.
    """
    place = Path("/tmp")
    microseconds = durable_write(place)
    where = f"a durable write takes {microseconds:,.0f} µs on this disk"
    if microseconds > SLOW_DISK and MEMORY.is_dir() and not on_disk:
        place = MEMORY
        where = f"{where}, which drowns every difference: all databases stand in {MEMORY} instead"
    with (
        tempfile.TemporaryDirectory(prefix="contractspoor-bench-", dir=place) as folder,
        running_postgres(durable=True, place=place) as server,
        ExitStack() as stack,
    ):
        yield Arena(Path(folder), server, where, stack)


def durable_write(place: Path) -> float:
    """The median of how many microseconds it takes to write 4 kB to the disk for certain."""
    took = []
    with tempfile.NamedTemporaryFile(dir=place) as file:
        for _ in range(50):
            began = perf_counter()
            os.write(file.fileno(), b"x" * 4096)
            os.fdatasync(file.fileno())
            took.append((perf_counter() - began) * 1e6)
    return statistics.median(took)


_STAY_AWAKE = (
    "import os; os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0)); print(flush=True)\nwhile True: pass"
)


@contextmanager
def cores_awake() -> Iterator[None]:
    """Keep every core from sleeping meanwhile, by loops that give way to whatever else there is to do.

    A virtual machine may need longer to wake a core than a database to answer; then a question and its answer cost
    little more than two such waits.
    """
    command = [sys.executable, "-c", _STAY_AWAKE]
    loops = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(os.cpu_count() or 1)]
    try:
        for loop in loops:
            assert loop.stdout is not None
            loop.stdout.readline()
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()

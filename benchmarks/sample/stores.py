"""Writes the sample straight into the log, as only a benchmark may: in bulk, with positions and instants of its own.

Files are built once and kept in ``build/bench``; who measures works on a copy.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from time import perf_counter
from typing import cast

import psycopg

from benchmarks.sample.copies import Lived, LogRow, copied, read_lived
from benchmarks.sample.lives import live
from infrastructure.bootstrap import upgrade_database

FOLDER = Path("build/bench")
SMALLEST = 10_000
SIZES = (SMALLEST, 100_000, 1_000_000)
PRACTICES = 4_690
"""So many live through the smallest sample; it has some contracts more than its name says, and none less."""
BYTES_A_CONTRACT = 10_000
"""What the file takes, explanations included, with room to spare."""
ROWS_AT_ONCE = 100_000
Tell = Callable[[str], None]


class NoRoomError(Exception):
    """The disk has too little room; the message says how much is needed."""


def sample_file(size: int, tell: Tell = print) -> Path:
    """The SQLite file with a sample of that size, built when it is missing; never write to it."""
    path = FOLDER / f"sample-{size}.db"
    if path.exists():
        upgrade_database(f"sqlite:///{path}")  # an earlier version may have built it
        return path
    FOLDER.mkdir(parents=True, exist_ok=True)
    check_room(FOLDER, size * BYTES_A_CONTRACT)
    began = perf_counter()
    unfinished = path.with_suffix(".unfinished")
    for each in (unfinished, *_beside(unfinished)):
        each.unlink(missing_ok=True)
    if size == SMALLEST:
        live(f"sqlite:///{unfinished}", PRACTICES, tell)
        _into_one_file(unfinished)
    else:
        upgrade_database(f"sqlite:///{unfinished}")
        fill_sqlite(unfinished, rows_of(size, tell))
    unfinished.rename(path)
    tell(f"{path}: {path.stat().st_size / 1e6:,.0f} MB in {perf_counter() - began:,.0f} s")
    return path


def rows_of(size: int, tell: Tell = print) -> Iterator[list[LogRow]]:
    """The commits of the sample of that size."""
    copies = size // SMALLEST
    return copied(lived_sample(with_texts=copies > 1, tell=tell), copies)


def lived_sample(*, with_texts: bool, tell: Tell = print) -> Lived:
    """The lives that all samples consist of."""
    return read_lived(str(sample_file(SMALLEST, tell)), with_texts=with_texts)


def fill_sqlite(path: Path, commits: Iterable[list[LogRow]]) -> None:
    """Write all rows to the empty log of a file that nobody else uses, without waiting for the disk."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1000000"):
            file.execute(f"PRAGMA {pragma}")
        triggers = file.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'log'"
        ).fetchall()
        file.execute("BEGIN")
        for name, _ in triggers:
            file.execute(f"DROP TRIGGER {name}")
        file.executemany(
            "INSERT INTO log (position, stream_id, version, topic, state, occurred_at, recorded_at, context, "
            "explanation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            chain.from_iterable(commits),
        )
        for _, statement in triggers:
            file.execute(statement)
        file.execute("COMMIT")
        file.execute("PRAGMA journal_mode = WAL")


def fill_postgres(url: str, commits: Iterable[list[LogRow]]) -> None:
    """Write all rows to the empty log of a database, by COPY in one transaction, then let it count what it holds."""
    with psycopg.connect(url, autocommit=True) as server:
        with (
            server.transaction(),
            server.cursor() as cursor,
            cursor.copy(
                "COPY log (position, stream_id, version, topic, state, occurred_at, recorded_at, context, explanation) "
                "FROM STDIN (FORMAT BINARY)"
            ) as copy,
        ):
            copy.set_types(["int8", "text", "int4", "text", "bytea", "int8", "int8", "bytea", "bytea"])
            for row in chain.from_iterable(commits):
                copy.write_row(row)
        server.execute("VACUUM ANALYZE log")


def rows_in(path: Path) -> Iterator[list[LogRow]]:
    """The rows of a sample's file, in pages; they come from the disk, not from the lives."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
        cursor = file.execute(
            "SELECT position, stream_id, version, topic, state, occurred_at, recorded_at, context, explanation "
            "FROM log ORDER BY position"
        )
        while page := cursor.fetchmany(1_000):
            yield cast("list[LogRow]", page)


def check_room(folder: Path, needed: int) -> None:
    """Raises ``NoRoomError`` unless the disk has so many bytes free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise NoRoomError(f"{folder} has {free / 1e9:.1f} GB free; this sample needs {needed / 1e9:.1f} GB")


def _into_one_file(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for each in _beside(path):
        each.unlink(missing_ok=True)


def _beside(path: Path) -> list[Path]:
    return [path.with_name(path.name + suffix) for suffix in ("-wal", "-shm", "-journal")]

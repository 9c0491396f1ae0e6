"""A backup: an SQLite file like any other of Contractspoor's, with a seal that tells whether it is whole.

It is taken from either database in one snapshot while writers go on, and is restored into either. A restored database
sends nothing until somebody resumes sending (``sending``): letters that went out after the backup must not go again.
"""

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, func, insert, inspect, select
from sqlalchemy.exc import DatabaseError

from application.ports import EventLogError, ProgressReport
from domain.calendar import instant_text
from infrastructure.persistence import schema, sending
from infrastructure.persistence.durable import DURABLE, LOG, Durable
from infrastructure.persistence.engine import create_log_engine, transaction
from infrastructure.persistence.errors import database_name, unavailable

_PAGE = 2_000
_SEAL = (
    "CREATE TABLE backup (made_at TEXT NOT NULL, position INTEGER NOT NULL, rows INTEGER NOT NULL, seal TEXT NOT NULL)"
)


class BackupError(EventLogError):
    """The backup can not be made or restored; nothing was changed. The message says what to do."""


class Backup(NamedTuple):
    """What a backup holds: the log up to ``position``, ``rows`` of all tables together, made at an instant in UTC."""

    made_at: datetime
    position: int
    rows: int


def back_up(database_url: str, target: Path, *, now: datetime, report: ProgressReport) -> Backup:
    """Copy all that is durable to a new file, readable by its owner only.

    Writers go on meanwhile: the backup holds what had been committed when it began. Raises ``BackupError`` when the
    file exists, ``StorageUnavailable`` when the database can not be read; then there is no new file.
    """
    if target.exists():
        raise BackupError(f"{target} exists already and stays as it is; name another file")
    if not target.absolute().parent.is_dir():
        raise BackupError(f"there is no folder {target.absolute().parent} to put a backup into; make it first")
    engine = create_log_engine(database_url)
    try:
        schema.check_revision(engine)
        with _growing(target) as part, _file_engine(part) as copy:
            schema.upgrade(copy)
            part.chmod(0o600)
            with _reading(engine) as source, transaction(copy) as destination:
                _copy(source, destination, report)
                position, rows, seal = _seal_of(destination)
                made = Backup(now, position, rows)
                _write_seal(destination, made, seal)
        return made
    finally:
        engine.dispose()


def restore(backup: Path, database_url: str, *, now: datetime, report: ProgressReport) -> Backup:
    """Fill a database that is empty, or not there yet, with a backup; sending is held until it is resumed.

    All of it is restored, or nothing. A backup of an older version of the program is brought up to date on the way.
    Raises ``BackupError`` when the file is no backup, is damaged or of a newer version, or when the database holds
    anything; ``StorageUnavailable`` when it can not be written.
    """
    sealed, seal = _read_seal(backup)
    target = create_log_engine(database_url)
    try:
        with TemporaryDirectory(prefix="contractspoor-restore-") as folder, _copied(backup, Path(folder)) as source:
            with _reading(source) as rows:
                if _seal_of(rows) != (sealed.position, sealed.rows, seal):
                    raise BackupError(f"{backup} is damaged: its rows are not those that its seal was put on")
            schema.upgrade(source)
            schema.upgrade(target)
            with _reading(source) as rows, transaction(target) as destination:
                _refuse_unless_empty(destination, target)
                _copy(rows, destination, report)
                reason = f"restored from a backup made at {instant_text(sealed.made_at)}"
                sending.hold(destination, at=now, reason=reason)
        return sealed
    finally:
        target.dispose()


def _copy(source: Connection, destination: Connection, report: ProgressReport) -> None:
    """Copy every durable row."""
    total = sum(source.execute(_among(durable, select(func.count()))).scalar_one() for durable in DURABLE)
    done = 0
    report(0, total)
    for durable in DURABLE:
        for rows in _pages(source, durable):
            destination.execute(insert(durable.table), [row._asdict() for row in rows])
            done += len(rows)
            report(done, total)


def _seal_of(connection: Connection) -> tuple[int, int, str]:
    """The last log position, the number of durable rows, and the digest of them all.

    A table that an older version did not have is as one without rows.
    """
    digest, count = hashlib.sha256(), 0
    there = set(inspect(connection).get_table_names())
    for durable in DURABLE:
        known = durable._replace(only=None) if "read_model" not in there else durable
        for rows in _pages(connection, known) if durable.table.name in there else ():
            for row in rows:
                _add(digest, durable.table.name, row)
            count += len(rows)
    return connection.scalar(select(func.max(LOG.c.position))) or 0, count, digest.hexdigest()


def _pages(source: Connection, durable: Durable) -> Iterator[Sequence[Row[Any]]]:
    page = _among(durable, select(durable.table)).order_by(durable.key).limit(_PAGE)
    rows = source.execute(page).all()
    while rows:
        yield rows
        rows = source.execute(page.where(durable.key > getattr(rows[-1], durable.key.name))).all()


def _among(durable: Durable, query: Any) -> Any:
    query = query.select_from(durable.table)
    return query if durable.only is None else query.where(durable.only)


def _add(digest: "hashlib._Hash", table: str, row: Row[Any]) -> None:
    """Every value with its length, so that no two different rows read the same."""
    for value in (table, *row):
        written = value if isinstance(value, bytes) else b"" if value is None else str(value).encode()
        digest.update(b"%d %d:" % (value is None, len(written)))
        digest.update(written)


def _write_seal(destination: Connection, made: Backup, seal: str) -> None:
    destination.exec_driver_sql(_SEAL)
    destination.exec_driver_sql(
        "INSERT INTO backup VALUES (?, ?, ?, ?)", (instant_text(made.made_at), made.position, made.rows, seal)
    )


def _read_seal(backup: Path) -> tuple[Backup, str]:
    if not backup.is_file():
        raise BackupError(f"there is no backup {backup}; check the name")
    try:
        connection = sqlite3.connect(f"{backup.absolute().as_uri()}?mode=ro", uri=True)
        try:
            found = connection.execute("SELECT made_at, position, rows, seal FROM backup").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise BackupError(f"{backup} is no backup: {error}; one is made by: contractspoor backup FILE") from error
    if found is None:
        raise BackupError(f"{backup} has no seal: it was not finished; take another backup")
    return Backup(datetime.fromisoformat(found[0]), found[1], found[2]), found[3]


@contextmanager
def _copied(backup: Path, folder: Path) -> Iterator[Engine]:
    """A copy of the backup in ``folder``, to bring up to date: the file itself is never written."""
    copy = folder / "backup.db"
    shutil.copyfile(backup, copy)
    with _file_engine(copy) as engine:
        try:
            yield engine
        except (sqlite3.DatabaseError, DatabaseError) as error:
            raise BackupError(f"{backup} is damaged: {unavailable(error, engine.url)}") from error


@contextmanager
def _growing(target: Path) -> Iterator[Path]:
    """A file beside the target that takes its name once all is written, and is gone when that fails."""
    part = target.with_name(f"{target.name}.part")
    try:
        part.unlink(missing_ok=True)
        yield part
        _leave_one_file(part)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.rename(target)
    except OSError as error:
        raise BackupError(f"{target} can not be written: {error.strerror or error}") from error
    finally:
        for suffix in ("", "-wal", "-shm"):
            part.with_name(part.name + suffix).unlink(missing_ok=True)


def _leave_one_file(path: Path) -> None:
    """Without the write-ahead log, a file can be read where nothing can be written."""
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode = DELETE")
    finally:
        connection.close()


@contextmanager
def _file_engine(path: Path) -> Iterator[Engine]:
    engine = create_log_engine(f"sqlite:///{path}")
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _reading(engine: Engine) -> Iterator[Connection]:
    """A connection whose every statement sees the same commits."""
    options = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with engine.connect().execution_options(**options) as connection:
        yield connection


def _refuse_unless_empty(destination: Connection, target: Engine) -> None:
    for durable in DURABLE:
        if destination.execute(select(durable.key).limit(1)).first() is not None:
            raise BackupError(
                f"{database_name(target.url)} is not empty and stays as it is; restore into a new database"
            )

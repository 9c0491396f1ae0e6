"""The SQLAlchemy engine and how its connections are set up.

The log keeps a few raw connections ready with their cursor (``ready``), where a checkout of a SQLAlchemy ``Connection``
per statement costs 145 µs. Read models may use the same engine through SQLAlchemy Core.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from psycopg.types.numeric import Int8BinaryDumper
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from application.ports import StorageUnavailable

_CACHE_KIB = 64 * 1024
_STATEMENTS = 256
_WRITING = "contractspoor_writing"
_DURABLE = "PRAGMA synchronous = FULL"


def create_log_engine(database_url: str | URL, *, lock_timeout: float = 10.0, pool_size: int = 5) -> Engine:
    """An engine for ``sqlite:///contractspoor.db`` or ``postgresql://user:password@host/database``.

    ``lock_timeout`` is how many seconds a writer waits for another before it gives up. An SQLite file must exist
    (``schema.upgrade`` makes it). Connects to nothing yet. Raises ``StorageUnavailable`` on a URL of another kind.
    """
    url = parse_url(database_url)
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url, lock_timeout, pool_size)
    return _postgres_engine(url, lock_timeout, pool_size)


def parse_url(database_url: str | URL) -> URL:
    """The URL, PostgreSQL always through psycopg 3; refuses what the program has no adapter for."""
    try:
        url = make_url(database_url)
    except (ArgumentError, ValueError):
        text = str(database_url)
        # a path holds no password
        file = f"; is {text} a file? Name it sqlite:///{text}" if text.strip() and not {":", "@"} & set(text) else ""
        raise StorageUnavailable(
            "the database URL can not be read; it looks like sqlite:///contractspoor.db "
            f"or postgresql://user:password@host:5432/database{file}"
        ) from None
    if url.drivername in {"postgres", "postgresql"}:
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername in {"sqlite", "sqlite+pysqlite"}:
        if url.database in {None, "", ":memory:"}:
            raise StorageUnavailable("the database URL names no file; it looks like sqlite:///contractspoor.db")
        if url.query and url.query not in ({"mode": "ro"}, {"mode": "rw"}):
            raise StorageUnavailable("an SQLite URL takes no setting but ?mode=ro, which opens the file read-only")
    elif url.drivername != "postgresql+psycopg":
        raise StorageUnavailable(
            f"there is no adapter for a {url.drivername} database; the URL begins with sqlite:/// or postgresql://"
        )
    return url


def sqlite_file(database_url: str | URL) -> Path | None:
    """The file of an SQLite database; nothing for a server's. Raises ``StorageUnavailable``."""
    url = parse_url(database_url)
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes, through SQLAlchemy Core: on SQLite it takes the write lock at the start."""
    if engine.dialect.name == "sqlite":
        options: dict[str, Any] = {_WRITING: True}
    else:
        options = {"isolation_level": "READ COMMITTED"}
    with engine.execution_options(**options).begin() as connection:
        yield connection


@contextmanager
def derivation(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes and whose commit waits for no disk; see ``LogDatabase.derivation``."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            driver = cast("sqlite3.Connection", connection.connection.driver_connection)
            # the file stays whole at this level too; every append that follows brings these commits to the disk first
            driver.execute("PRAGMA synchronous = NORMAL")
            try:
                with connection.begin():
                    yield connection
            finally:
                driver.execute(_DURABLE)
    else:
        with transaction(engine) as connection:
            connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
            yield connection


@contextmanager
def snapshot(engine: Engine, tables: Sequence[str]) -> Iterator[Connection]:
    """A transaction that reads, and sees everything as it is when it first does; what it writes is not kept.

    Of ``tables`` it sees what stands under their names from then on, though another be swapped in.
    """
    options = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with engine.execution_options(**options).connect() as connection, connection.begin() as reading:
        try:
            if tables and engine.dialect.name == "postgresql":
                # before the snapshot: of a table swapped in after it, it would show what it held unfinished
                connection.exec_driver_sql(f"LOCK TABLE {', '.join(tables)} IN ACCESS SHARE MODE")
            yield connection
        finally:
            if reading.is_active:
                reading.rollback()


def _sqlite_engine(url: URL, lock_timeout: float, pool_size: int) -> Engine:
    path = Path(str(url.database))
    if path.is_dir():
        raise StorageUnavailable(f"the database {path} is a folder; name a file in it in CONTRACTSPOOR_DATABASE_URL")

    def connect() -> sqlite3.Connection:
        return connect_sqlite(path, lock_timeout, mode=str(url.query.get("mode", "rw")))

    # the mode is ours: SQLAlchemy would take it for a setting of the driver
    plain = url.set(query={})
    engine = create_engine(plain, creator=connect, pool_size=pool_size, max_overflow=10, pool_reset_on_return=None)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get(_WRITING, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def connect_sqlite(path: Path, lock_timeout: float, mode: str = "rw") -> sqlite3.Connection:
    """A connection in autocommit mode to a file that exists: write-ahead log, durable commits, 64 MB cache."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=lock_timeout,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=_STATEMENTS,
    )
    try:
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(_DURABLE)
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _postgres_engine(url: URL, lock_timeout: float, pool_size: int) -> Engine:
    engine = create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        pool_size=pool_size,
        max_overflow=10,
        pool_reset_on_return=None,
        connect_args={"prepare_threshold": 0, "application_name": "contractspoor", "connect_timeout": 10},
    )

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        connection.autocommit = True
        connection.execute(f"SET lock_timeout = {int(lock_timeout * 1000)}")
        # every query of the log has its index; a plan made while the log was small must not outlive that
        connection.execute("SET enable_seqscan = off")
        connection.execute("SET enable_bitmapscan = off")
        # nor is a statement planned anew for each question: that takes longer than the lookup of a claim
        connection.execute("SET plan_cache_mode = force_generic_plan")
        # such a plan can not know how few rows a question finds: it starts no processes and compiles no code
        connection.execute("SET max_parallel_workers_per_gather = 0")
        connection.execute("SET jit = off")
        # one prepared statement per query, however large its numbers are
        connection.adapters.register_dumper(int, Int8BinaryDumper)

    return engine

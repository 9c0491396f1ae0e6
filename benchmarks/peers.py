"""The others: the eventsourcing library with its own recorders, and the database without anything between."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from uuid import UUID

import psycopg
from eventsourcing.application import Application
from sqlalchemy import make_url

from benchmarks.arena import Arena
from infrastructure.persistence.engine import connect_sqlite

_COLUMNS = (
    "position bigint PRIMARY KEY, stream_id text NOT NULL, version integer NOT NULL, topic text NOT NULL, "
    "state {bytes} NOT NULL, occurred_at bigint, recorded_at bigint NOT NULL, context {bytes}, explanation {bytes}, "
    "UNIQUE (stream_id, version)"
)
RawRow = tuple[int, str, int, str, bytes, int, int, bytes, None]


def library(arena: Arena, database: str) -> Application[UUID]:
    """A stock application of the library on a new database, with its built-in recorder."""
    url = make_url(arena.bare_url(database))
    if database == "sqlite":
        settings = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(url.database)}
    else:
        settings = {
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": str(url.database),
            "POSTGRES_HOST": str(url.host),
            "POSTGRES_PORT": str(url.port),
            "POSTGRES_USER": str(url.username),
            "POSTGRES_PASSWORD": str(url.password),
        }
    application: Application[UUID] = Application(env=settings)
    arena.stack.callback(application.close)
    return application


def raw_executemany(arena: Arena, database: str) -> Callable[[Sequence[RawRow]], None]:
    """Writes rows of the log's shape to a plain table with the same keys, by ``executemany`` in one transaction."""
    url = arena.bare_url(database)
    insert = "INSERT INTO plain VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
    if database == "sqlite":
        path = arena.folder / f"{next(arena.numbers)}.db"
        path.touch()
        file = arena.stack.enter_context(closing(connect_sqlite(path, 5)))
        file.execute(
            f"CREATE TABLE plain ({_COLUMNS.format(bytes='blob').replace('bigint PRIMARY', 'INTEGER PRIMARY')})"
        )

        def write_file(rows: Sequence[RawRow]) -> None:
            _in_transaction(file, insert, rows)

        return write_file
    server = arena.stack.enter_context(psycopg.connect(url, autocommit=True))
    server.execute(f"CREATE TABLE plain ({_COLUMNS.format(bytes='bytea')})".encode())

    def write_server(rows: Sequence[RawRow]) -> None:
        with server.transaction(), server.cursor() as cursor:
            cursor.executemany(insert.replace("?", "%s").encode(), rows)

    return write_server


def raw_copy(arena: Arena) -> Callable[[Sequence[RawRow]], None]:
    """The same by PostgreSQL's ``COPY``."""
    server = arena.stack.enter_context(psycopg.connect(arena.bare_url("postgres"), autocommit=True))
    server.execute(f"CREATE TABLE plain ({_COLUMNS.format(bytes='bytea')})".encode())

    def write(rows: Sequence[RawRow]) -> None:
        with server.transaction(), server.cursor() as cursor, cursor.copy("COPY plain FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    return write


def _in_transaction(file: sqlite3.Connection, insert: str, rows: Sequence[RawRow]) -> None:
    file.execute("BEGIN IMMEDIATE")
    file.executemany(insert, rows)
    file.execute("COMMIT")

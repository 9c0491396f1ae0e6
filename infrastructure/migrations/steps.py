"""Runs the SQL of a step, by the kind of database."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import psycopg
from sqlalchemy import Connection

_FOLDER = Path(__file__).parent / "sql"


def run_step(revision: str, connection: Connection) -> None:
    """Run ``sql/<revision>.<dialect>.sql`` in the transaction of the connection."""
    dialect = connection.dialect.name
    text = (_FOLDER / f"{revision}.{dialect}.sql").read_text(encoding="utf-8")
    if dialect == "postgresql":
        # several statements at once can not be prepared, and the log's connections prepare by default
        driver = cast("psycopg.Connection[object]", connection.connection.driver_connection)
        driver.execute(text, prepare=False)
        return
    for statement in sqlite_statements(text):
        connection.exec_driver_sql(statement)


def sqlite_statements(text: str) -> Iterator[str]:
    """The statements of a script one by one; only SQLite itself knows where a trigger ends."""
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement.strip()
            statement = ""

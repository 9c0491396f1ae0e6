"""The SQL of a step, by the kind of database."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

_FOLDER = Path(__file__).parent / "sql"


def statements(revision: str, dialect: str) -> Iterator[str]:
    """The statements of ``sql/<revision>.<dialect>.sql`` in order.

    PostgreSQL takes the file as one; SQLite's driver takes one statement at a time, and only SQLite itself
    knows where a trigger ends.
    """
    text = (_FOLDER / f"{revision}.{dialect}.sql").read_text(encoding="utf-8")
    if dialect == "postgresql":
        yield text
        return
    statement = ""
    for line in text.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement.strip()
            statement = ""

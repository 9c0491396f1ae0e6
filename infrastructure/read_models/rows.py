"""Many rows at once, past SQLAlchemy Core: on PostgreSQL a COPY or one statement, on SQLite a prepared one."""

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql

Values = tuple[Any, ...]
"""The values of a row, in the order of the table's columns."""
_WORTH_A_COPY = 50
"""Rows."""


def insert_rows(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert rows that are new."""
    _write(connection, table, rows, "")


def put_rows(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert rows, in the place of those with the same primary key."""
    _write(connection, table, rows, _in_place(table))


def delete_rows(connection: Connection, table: Table, column: str, values: Iterable[str]) -> None:
    """Delete the rows with one of these texts in a column."""
    keys = list(values)
    if not keys:
        return
    if connection.dialect.name == "sqlite":
        among = f"DELETE FROM {table.name} WHERE {column} IN (SELECT value FROM json_each(?))"
        connection.exec_driver_sql(among, (json.dumps(keys),))
    else:
        _driver(connection).execute(f"DELETE FROM {table.name} WHERE {column} = ANY(%b::text[])".encode(), (keys,))


def _write(connection: Connection, table: Table, rows: Sequence[Values], in_place: str) -> None:
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        statement = _of_sqlite(table) + in_place
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(statement, rows)
        finally:
            cursor.close()
    elif in_place or len(rows) < _WORTH_A_COPY:
        statement = _of_postgres(table) + in_place
        columns = [list(values) for values in zip(*rows, strict=True)]
        _driver(connection).execute(statement.encode(), columns)
    else:
        _copy(connection, table, rows)


def _copy(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Into PostgreSQL, for a third of the time of arrays; a few rows are not worth its round trips."""
    statement = f"COPY {table.name} ({_columns(table)}) FROM STDIN (FORMAT BINARY)"
    with _driver(connection).cursor() as cursor, cursor.copy(statement.encode()) as copy:
        copy.set_types(_types(table))
        for row in rows:
            copy.write_row(row)


def _driver(connection: Connection) -> "psycopg.Connection[Values]":
    return cast("psycopg.Connection[Values]", connection.connection.driver_connection)


@lru_cache(maxsize=256)
def _of_sqlite(table: Table) -> str:
    return f"INSERT INTO {table.name} ({_columns(table)}) VALUES ({', '.join('?' * len(table.columns))})"


@lru_cache(maxsize=256)
def _of_postgres(table: Table) -> str:
    arrays = ", ".join(f"%b::{name}[]" for name in _types(table))
    return f"INSERT INTO {table.name} ({_columns(table)}) SELECT * FROM unnest({arrays})"


@lru_cache(maxsize=256)
def _types(table: Table) -> list[str]:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    return [column.type.compile(dialect).partition(" ")[0].lower() for column in table.columns]


@lru_cache(maxsize=256)
def _in_place(table: Table) -> str:
    keys = [column.name for column in table.primary_key.columns]
    others = [column.name for column in table.columns if column.name not in keys]
    replaced = ", ".join(f"{name} = excluded.{name}" for name in others)
    return f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {replaced}" if others else " ON CONFLICT DO NOTHING"


def _columns(table: Table) -> str:
    return ", ".join(column.name for column in table.columns)

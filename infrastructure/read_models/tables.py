"""Tables made in the likeness of others, as the database itself knows them; and taken away again."""

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Table, inspect, text

ASIDE = "__aside_"
"""What the names of tables, indexes and cursors of a rebuild go on with after the model's own."""


def make_likeness(connection: Connection, tables: Sequence[Table], suffix: str, *, temporary: bool = False) -> None:
    """Make ``<table><suffix>`` for each table: the same columns and primary key, no further index."""
    kind = "TEMPORARY TABLE" if temporary else "TABLE"
    for table in tables:
        name = f"{table.name}{suffix}"
        if connection.dialect.name == "sqlite":
            stored = _definition(connection, "name = :name AND type = 'table'", table.name)[0]
            connection.exec_driver_sql(re.sub(r'^CREATE TABLE "?\w+"?', f"CREATE {kind} {name}", stored))
        else:
            keys = ", ".join(inspect(connection).get_pk_constraint(table.name)["constrained_columns"])
            connection.exec_driver_sql(f"CREATE {kind} {name} (LIKE {table.name} INCLUDING ALL EXCLUDING INDEXES)")
            if keys:
                connection.exec_driver_sql(f"ALTER TABLE {name} ADD PRIMARY KEY ({keys})")


def index_statements(connection: Connection, table: Table, suffix: str) -> list[str]:
    """The statements that give ``<table><suffix>`` the indexes of the table."""
    if connection.dialect.name == "sqlite":
        stored = _definition(connection, "tbl_name = :name AND type = 'index' AND sql IS NOT NULL", table.name)
    else:
        query = text(
            "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = CAST(:name AS regclass) "
            "AND NOT indisprimary"
        )
        stored = list(connection.execute(query, {"name": table.name}).scalars())
    return [_renamed(statement, table.name, suffix) for statement in stored]


def swap(connection: Connection, tables: Sequence[Table], suffix: str) -> None:
    """Put ``<table><suffix>`` in the place of each table, which is called ``<table><suffix>_old`` from now on."""
    for table in tables:
        connection.exec_driver_sql(f"ALTER TABLE {table.name} RENAME TO {table.name}{suffix}_old")
        connection.exec_driver_sql(f"ALTER TABLE {table.name}{suffix} RENAME TO {table.name}")


def left_over(connection: Connection, tables: Iterable[Table]) -> list[str]:
    """The tables that rebuilds have left: unfinished ones, and old ones that were not yet taken away."""
    prefixes = tuple(f"{table.name}{ASIDE}" for table in tables)
    return [name for name in inspect(connection).get_table_names() if name.startswith(prefixes)]


def drop(connection: Connection, names: Iterable[str]) -> None:
    """Take tables away, with all that is in them."""
    for name in names:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {name}")


def _definition(connection: Connection, which: str, name: str) -> list[str]:
    found = connection.execute(text(f"SELECT sql FROM sqlite_master WHERE {which}"), {"name": name})
    return list(found.scalars())


def _renamed(statement: str, table: str, suffix: str) -> str:
    """``CREATE INDEX name ON table (...)`` for the likeness; an index that was swapped in before has a suffix."""
    found = re.fullmatch(rf'(CREATE .*?INDEX )"?(\w+)"?(\s+ON (?:\w+\.)?)"?{table}"?( .*)', statement, re.DOTALL)
    if found is None:
        raise LookupError(f"an index of {table} can not be read: {statement}")
    begins, name, on, rest = found.groups()
    return f"{begins}{name.partition(ASIDE)[0]}{suffix}{on}{table}{suffix}{rest}"

"""What a batch changes in one table: rows that end to be known, and rows that begin to be."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Integer, Table, Text

from infrastructure.read_models.register.tables import STILL

Key = tuple[Any, ...]
"""A primary key without ``known_from``."""
Values = tuple[Any, ...]


class Changes:
    """The changes of one table; a row that begins and ends within them is written whole.

    The table's columns are its key, ``known_from``, ``known_to``, and its values, in this order.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._keys = len(table.primary_key.columns) - 1
        self._ended: list[tuple[Any, ...]] = []
        self._whole: list[tuple[Any, ...]] = []
        self._begun: dict[Key, tuple[int, Values]] = {}

    def __len__(self) -> int:
        return len(self._ended) + len(self._whole) + len(self._begun)

    def end(self, key: Key, position: int) -> None:
        """From a log position on, the row that is known under a key is known no longer."""
        begun = self._begun.pop(key, None)
        if begun is None:
            self._ended.append((position, *key))
        else:
            self._whole.append((*key, begun[0], position, *begun[1]))

    def begin(self, key: Key, position: int, values: Values) -> None:
        """From a log position on, these values are known under a key that no row has then."""
        self._begun[key] = (position, values)

    def rows(self) -> list[tuple[Any, ...]]:
        """The rows that begin, in order of their keys: neighbours in the table come one after the other."""
        still = [(*key, position, STILL, *values) for key, (position, values) in self._begun.items()]
        return sorted(self._whole + still)  # no two have one key, so nothing else is compared

    def write(self, connection: Connection) -> None:
        """Write all, and begin anew; a row ends before another takes its place."""
        if connection.dialect.name == "postgresql":
            self._write_to_postgres(connection)
        else:
            self._write_to_sqlite(connection)
        self._ended, self._whole, self._begun = [], [], {}

    def _write_to_sqlite(self, connection: Connection) -> None:
        names = [column.name for column in self._table.columns]
        if self._ended:
            where = " AND ".join(f"{name} = ?" for name in names[: self._keys])
            statement = f"UPDATE {self._table.name} SET known_to = ? WHERE {where} AND known_to = {STILL}"
            connection.exec_driver_sql(statement, self._ended)
        rows = self.rows()
        if rows:
            marks = ", ".join("?" * len(names))
            connection.exec_driver_sql(f"INSERT INTO {self._table.name} VALUES ({marks})", rows)

    def _write_to_postgres(self, connection: Connection) -> None:
        """One statement each, the rows as arrays: a tenth of the time of one statement a row."""
        columns = list(self._table.columns)
        keys = columns[: self._keys]
        if self._ended:
            names = ", ".join(column.name for column in keys)
            where = " AND ".join(f"kept.{column.name} = told.{column.name}" for column in keys)
            arrays = ", ".join(["%b::bigint[]", *(f"%b::{_type(column.type)}[]" for column in keys)])
            statement = (
                f"UPDATE {self._table.name} AS kept SET known_to = told.until "
                f"FROM unnest({arrays}) AS told (until, {names}) WHERE {where} AND kept.known_to = {STILL}"
            )
            connection.exec_driver_sql(statement, _columns(self._ended))
        rows = self.rows()
        if rows:
            arrays = ", ".join(f"%b::{_type(column.type)}[]" for column in columns)
            statement = f"INSERT INTO {self._table.name} SELECT * FROM unnest({arrays})"
            connection.exec_driver_sql(statement, _columns(rows))


def _columns(rows: Sequence[tuple[Any, ...]]) -> tuple[list[Any], ...]:
    return tuple(map(list, zip(*rows, strict=True)))


def _type(of_column: object) -> str:
    """The type of an array's elements."""
    if isinstance(of_column, Text):
        return "text"
    return "integer" if type(of_column) is Integer else "bigint"

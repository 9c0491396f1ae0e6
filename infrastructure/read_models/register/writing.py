"""What a batch changes in one table: rows that end to be known, and rows that begin to be."""

from typing import Any

from sqlalchemy import Connection, Integer, Table, Text

from infrastructure.read_models.register.tables import STILL
from infrastructure.read_models.rows import insert_rows

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
        if self._ended:
            if connection.dialect.name == "postgresql":
                self._end_on_postgres(connection)
            else:
                self._end_on_sqlite(connection)
        insert_rows(connection, self._table, self.rows())
        self._ended, self._whole, self._begun = [], [], {}

    def _end_on_sqlite(self, connection: Connection) -> None:
        where = " AND ".join(f"{column.name} = ?" for column in self._table.columns[: self._keys])
        statement = f"UPDATE {self._table.name} SET known_to = ? WHERE {where} AND known_to = {STILL}"
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(statement, self._ended)
        finally:
            cursor.close()

    def _end_on_postgres(self, connection: Connection) -> None:
        """One statement, the keys as arrays: a tenth of the time of one statement a row."""
        keys = self._table.columns[: self._keys]
        names = ", ".join(column.name for column in keys)
        where = " AND ".join(f"kept.{column.name} = told.{column.name}" for column in keys)
        arrays = ", ".join(["%b::bigint[]", *(f"%b::{_type(column.type)}[]" for column in keys)])
        statement = (
            f"UPDATE {self._table.name} AS kept SET known_to = told.until "
            f"FROM unnest({arrays}) AS told (until, {names}) WHERE {where} AND kept.known_to = {STILL}"
        )
        connection.exec_driver_sql(statement, tuple(map(list, zip(*self._ended, strict=True))))


def _type(of_column: object) -> str:
    """The type of an array's elements."""
    if isinstance(of_column, Text):
        return "text"
    return "integer" if type(of_column) is Integer else "bigint"

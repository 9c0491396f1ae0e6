"""The rows of many keys in one statement: one round trip, and one walk along an index."""

import json
from collections.abc import Sequence
from typing import Any

from infrastructure.persistence.database import LogDatabase


def rows_of_each(
    database: LogDatabase,
    statement: str,
    keys: Sequence[tuple[str, ...]],
    names: Sequence[str],
    parameters: Sequence[str | int] = (),
) -> list[tuple[Any, ...]]:
    """The rows of a statement that reads ``FROM $WANTED JOIN table ON ...``, its parameters behind that.

    ``names`` are those of the columns of the keys there.
    """
    if not keys:
        return []
    if database.engine.dialect.name == "postgresql":
        arrays = ", ".join(["%b::text[]"] * len(names))
        wanted = f"unnest({arrays}) AS wanted ({', '.join(names)})"
        columns = [list(each) for each in zip(*keys, strict=True)]
        return database.fetch(statement.replace("$WANTED", wanted), (*columns, *parameters))
    # the other way round, SQLite would go over the whole table
    columns_of = ", ".join(f"value ->> {at} AS {name}" for at, name in enumerate(names))
    wanted = f"(SELECT {columns_of} FROM json_each(?)) AS wanted CROSS"
    return database.fetch(statement.replace("$WANTED", wanted), (json.dumps(keys), *parameters))

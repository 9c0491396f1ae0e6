"""A fresh database for each scenario: copies of one that was set up once."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL

from application.ports import StorageUnavailable
from infrastructure.persistence.engine import create_log_engine, parse_url
from infrastructure.persistence.errors import storage_errors
from infrastructure.persistence.schema import upgrade

IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
"""A store that is thrown away need not reach a disk."""


class Stores(Protocol):
    """Makes databases that are set up and empty."""

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The URL of a database that nobody has used, gone when the scenario is over."""
        ...


@contextmanager
def fresh_stores(database_url: str | None = None) -> Iterator[Stores]:
    """Stores in a temporary folder, or on the server of a PostgreSQL URL whose user may create databases.

    Raises ``StorageUnavailable``.
    """
    url = None if database_url is None else parse_url(database_url)
    if url is not None and url.get_backend_name() == "sqlite":
        raise StorageUnavailable(
            "each scenario gets a fresh SQLite file by itself; name a PostgreSQL server or nothing"
        )
    if url is None:
        there = IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else None
        with tempfile.TemporaryDirectory(prefix="contractspoor-scenarios-", dir=there) as folder:
            yield SqliteStores(Path(folder))
    else:
        stores = PostgresStores(url)
        try:
            yield stores
        finally:
            stores.close()


class SqliteStores:
    """Files, copied from a template."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        self._template = folder / "template.db"
        engine = create_log_engine(f"sqlite:///{self._template}")
        upgrade(engine)
        engine.dispose()

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """A copy of the template."""
        path = self._folder / f"{next(self._numbers)}.db"
        shutil.copyfile(self._template, path)
        try:
            yield f"sqlite:///{path}"
        finally:
            for each in self._folder.glob(f"{path.name}*"):
                each.unlink()


class PostgresStores:
    """Databases on the server of a URL, copied from a template; the database of the URL itself is not touched."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._numbers = count(1)
        self._prefix = f"contractspoor_scenario_{os.getpid()}"
        self._template = f"{self._prefix}_template"
        self._server = create_log_engine(url)
        self._carry_out(f'CREATE DATABASE "{self._template}"')
        engine = create_log_engine(url.set(database=self._template))
        upgrade(engine)
        engine.dispose()

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """A copy of the template."""
        name = f"{self._prefix}_{next(self._numbers)}"
        self._carry_out(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        try:
            yield self._url.set(database=name).render_as_string(hide_password=False)
        finally:
            self._carry_out(f'DROP DATABASE "{name}" WITH (FORCE)')

    def close(self) -> None:
        """Take the template away."""
        self._carry_out(f'DROP DATABASE "{self._template}" WITH (FORCE)')
        self._server.dispose()

    def _carry_out(self, statement: str) -> None:
        with storage_errors(self._url), self._server.connect() as connection:
            connection.exec_driver_sql(statement)

"""Which scheduler leads, of all that run on one database: at most one, and its lead ends with its process.

On PostgreSQL a session holds an advisory lock, on a connection of its own: a server that loses the session, because the
process died or the network did, gives the lock to the next that asks. On SQLite a lock on a file beside the database.
"""

import fcntl
import os
from pathlib import Path
from typing import IO, Any, Protocol

import psycopg
from sqlalchemy import URL

from application.ports import StorageUnavailable
from infrastructure.persistence.engine import parse_url, sqlite_file
from infrastructure.persistence.errors import unavailable

_KEY = 0x636F6E7473706F72
"""The advisory lock of the scheduler: the letters ``contspor``."""
_LOOK_SECONDS = 5


class AnotherLeads(StorageUnavailable):
    """Another scheduler runs on a database that knows only one."""


class Lead(Protocol):
    """The lead over one database, or the wish for it; raises ``StorageUnavailable``."""

    def take(self) -> bool:
        """Take the lead if nobody has it; whether it is held now. Raises ``AnotherLeads`` where nobody may wait."""
        ...

    def held(self) -> bool:
        """Whether it is still held; once lost it has to be taken again."""
        ...

    def close(self) -> None:
        """Give it up."""
        ...


def lead_of(database_url: str | URL) -> Lead:
    """The lead over a database; nothing is taken yet."""
    file = sqlite_file(database_url)
    return _PostgresLead(parse_url(database_url)) if file is None else _SqliteLead(file)


class _SqliteLead:
    def __init__(self, database: Path) -> None:
        self._database = database
        self._file: IO[str] | None = None

    def take(self) -> bool:
        if self._file is not None:
            return True
        path = self._database.with_name(f"{self._database.name}.scheduler")
        try:
            file = path.open("a+", encoding="utf-8")
        except OSError as error:
            raise StorageUnavailable(f"{path} can not be written: {error.strerror or error}") from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip()
            file.close()
            raise AnotherLeads(
                f"another scheduler{f' (process {holder})' if holder else ''} runs on {self._database}; an SQLite "
                "database takes one: end that one first, or use PostgreSQL, where a second one stands by"
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._file = file
        return True

    def held(self) -> bool:
        return self._file is not None

    def close(self) -> None:
        if self._file is not None:
            self._file.truncate(0)
            self._file.close()
            self._file = None


class _PostgresLead:
    def __init__(self, url: URL) -> None:
        self._url = url
        self._session: psycopg.Connection[tuple[bool]] | None = None
        self._leads = False

    def take(self) -> bool:
        if self._leads and self.held():
            return True
        try:
            session = self._connected()
            row = session.execute("SELECT pg_try_advisory_lock(%s)", (_KEY,)).fetchone()
        except psycopg.Error as error:
            self.close()
            raise unavailable(error, self._url) from error
        self._leads = row is not None and row[0]
        return self._leads

    def held(self) -> bool:
        """Asks the server, which forgets the lock with the session."""
        if not self._leads or self._session is None:
            return False
        try:
            self._session.execute("SELECT true")
        except psycopg.Error:
            self.close()
            return False
        return True

    def close(self) -> None:
        self._leads = False
        if self._session is not None:
            self._session.close()
            self._session = None

    def _connected(self) -> "psycopg.Connection[tuple[bool]]":
        """A session of its own; either side notices within seconds that the other is gone."""
        if self._session is None:
            look = _LOOK_SECONDS
            where: dict[str, Any] = {**self._url.translate_connect_args(username="user", database="dbname")}
            self._session = psycopg.connect(
                **{**where, **self._url.query},
                autocommit=True,
                application_name="contractspoor scheduler",
                connect_timeout=10,
                keepalives_idle=look,
                keepalives_interval=look,
                keepalives_count=2,
                tcp_user_timeout=3_000 * look,
                options=f"-c tcp_keepalives_idle={look} -c tcp_keepalives_interval={look} -c tcp_keepalives_count=2 "
                "-c idle_session_timeout=0",
            )
        return self._session

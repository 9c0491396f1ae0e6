"""A driver's error, said in one line that tells what to do."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from application.ports import StorageDamaged, StorageUnavailable

NOT_MIGRATED = "is not set up for this program; run: contractspoor database upgrade"
DRIVER_ERRORS: tuple[type[Exception], ...] = (sqlite3.Error, psycopg.Error, SQLAlchemyError)

_SQLITE = {
    sqlite3.SQLITE_BUSY: "is locked by another program; try again, or end the program that holds it",
    sqlite3.SQLITE_LOCKED: "is locked by another program; try again, or end the program that holds it",
    sqlite3.SQLITE_READONLY: "is read-only; give this user the right to write the file and its folder",
    sqlite3.SQLITE_PERM: "is read-only; give this user the right to write the file and its folder",
    sqlite3.SQLITE_FULL: "has no room: the disk is full; free space and try again, nothing was stored by half",
    sqlite3.SQLITE_IOERR: "can not be read or written: the disk reports an error; check the disk and its free space",
    sqlite3.SQLITE_CORRUPT: "is damaged; restore it from a backup",
    sqlite3.SQLITE_NOTADB: "is not a database; name another file in CONTRACTSPOOR_DATABASE_URL",
    sqlite3.SQLITE_CANTOPEN: "can not be opened: it does not exist or this user may not read it; "
    "check CONTRACTSPOOR_DATABASE_URL, or run: contractspoor database upgrade",
}
_POSTGRES = {
    "55P03": "is locked by another program; try again, or end the session that holds the lock",
    "57014": "took too long to answer; try again",
    "25006": "is read-only; connect to the primary server",
    "53100": "has no room: the server's disk is full; free space and try again, nothing was stored by half",
    "53300": "has no connection left; try again, or raise max_connections on the server",
    "57P03": "is starting up or shutting down; try again",
    "42P01": NOT_MIGRATED,
    "42883": NOT_MIGRATED,
    "XX001": "is damaged; restore it from a backup",
    "XX002": "is damaged: an index can not be read; let its administrator rebuild it",
    "42501": "refuses this user; grant it the rights on the tables of Contractspoor",
}
_PASSING = {"08", "40", "53", "55", "57", "58"}
"""Classes of PostgreSQL's states that pass: connection, serialization, resources, locks, an operator, the system."""
_REFUSED_AT_THE_DOOR = {
    "password authentication failed": "refuses the user name or password; check CONTRACTSPOOR_DATABASE_URL",
    "no password supplied": "asks for a password; add it to CONTRACTSPOOR_DATABASE_URL",
    "no pg_hba.conf entry": "does not let this user in from this machine; check pg_hba.conf on the server",
    "does not exist": "does not exist on that server; create it, or check CONTRACTSPOOR_DATABASE_URL",
    "starting up": "is starting up or shutting down; try again",
    "shutting down": "is starting up or shutting down; try again",
    "too many clients": "has no connection left; try again, or raise max_connections on the server",
}


def database_name(url: URL) -> str:
    """The database as an error may name it: never with the password."""
    if url.get_backend_name() == "sqlite":
        return f"the database {url.database}"
    return f"the database {url.database} on {url.host or 'this machine'}:{url.port or 5432}"


def is_unavailable(error: BaseException) -> bool:
    """Whether the database can do nothing for now, as against refusing one statement for what it says."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF in _SQLITE
    if isinstance(cause, psycopg.Error):
        lost = cause.sqlstate is None and isinstance(cause, psycopg.OperationalError)
        return lost or cause.sqlstate == "25006" or (cause.sqlstate or "")[:2] in _PASSING
    return isinstance(cause, (StorageUnavailable, PoolTimeout))


def is_locked(error: BaseException | None) -> bool:
    """Whether somebody else held a lock for too long."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        return code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    return isinstance(cause, psycopg.Error) and cause.sqlstate in {"55P03", "40P01"}


def unavailable(error: BaseException, url: URL) -> StorageUnavailable:
    """The one line for an error of the driver, of SQLAlchemy, or of its pool."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    if isinstance(cause, sqlite3.Error):
        said = _of_sqlite(cause)
    elif isinstance(cause, psycopg.Error):
        said = _of_postgres(cause)
    elif isinstance(cause, PoolTimeout):
        said = "is busy: every connection of this program is in use; try again"
    else:
        said = f"failed: {_one_line(cause)}"
    kind = StorageDamaged if _is_damage(cause) else StorageUnavailable
    return kind(f"{database_name(url)} {said}")


def _is_damage(cause: BaseException) -> bool:
    """Whether the database's own pages can not be read."""
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF == sqlite3.SQLITE_CORRUPT
    return isinstance(cause, psycopg.Error) and cause.sqlstate in {"XX001", "XX002"}


@contextmanager
def storage_errors(url: URL) -> Iterator[None]:
    """What the driver raises inside comes out as ``StorageUnavailable``, in one line."""
    try:
        yield
    except DRIVER_ERRORS as error:
        raise unavailable(error, url) from error


def _of_sqlite(error: sqlite3.Error) -> str:
    # errors that the Python driver raises itself, such as a wrong number of parameters, carry no code
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _SQLITE:
        return _SQLITE[code]
    if "no such table" in str(error):
        return NOT_MIGRATED
    return f"failed: {_one_line(error)}"


def _of_postgres(error: psycopg.Error) -> str:
    if error.sqlstate in _POSTGRES:
        return _POSTGRES[error.sqlstate]
    if error.sqlstate is None and isinstance(error, psycopg.OperationalError):
        text = str(error)
        for part, said in _REFUSED_AT_THE_DOOR.items():
            if part in text:
                return said
        return "can not be reached; check that the server runs, and CONTRACTSPOOR_DATABASE_URL"
    if error.sqlstate in {"57P01", "57P02"}:
        return "ended the connection; try again"
    return f"failed: {_one_line(error)}"


def _one_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]

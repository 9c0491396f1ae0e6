"""What a database is and where its log stands, and the upgrade as a command asks for it."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Engine

from domain.calendar import from_microseconds
from infrastructure.persistence import schema
from infrastructure.persistence.engine import create_log_engine
from infrastructure.persistence.errors import database_name, storage_errors

_HEAD = "SELECT position, recorded_at FROM log ORDER BY position DESC LIMIT 1"


class DatabaseState(NamedTuple):
    """A database as ``database status`` tells of it.

    ``name`` is without the password; ``revision`` is absent when the database was never set up; ``position`` and
    ``recorded_at`` (UTC) are those of the last fact, absent when there is none.
    """

    name: str
    revision: str | None
    needed: str
    position: int | None = None
    recorded_at: datetime | None = None

    @property
    def newer(self) -> bool:
        """Whether the database is of a newer version than this program."""
        return self.revision is not None and self.revision not in schema.REVISIONS

    @property
    def ready(self) -> bool:
        """Whether this program can use it as it is."""
        return self.revision == self.needed


class Upgraded(NamedTuple):
    """What an upgrade did: ``before`` is absent when the database had never been set up."""

    name: str
    before: str | None
    after: str


def database_state(database_url: str, *, lock_timeout: float = 10.0) -> DatabaseState:
    """The state of a database, read only. Raises ``StorageUnavailable`` when it can not be read."""
    engine = create_log_engine(database_url, lock_timeout=lock_timeout)
    try:
        name, needed = database_name(engine.url), schema.REVISIONS[-1]
        revision = schema.current_revision(engine)
        head = _head(engine) if revision in schema.REVISIONS else None
        if head is None:
            return DatabaseState(name, revision, needed)
        return DatabaseState(name, revision, needed, head[0], from_microseconds(head[1]))
    finally:
        engine.dispose()


def upgrade_database(database_url: str, *, lock_timeout: float = 10.0) -> Upgraded:
    """Bring a database to the revision this program needs; an SQLite file is made when it is not there.

    Raises ``StorageUnavailable``; then nothing was changed.
    """
    engine = create_log_engine(database_url, lock_timeout=lock_timeout)
    try:
        absent = engine.dialect.name == "sqlite" and not Path(str(engine.url.database)).exists()
        before = None if absent else schema.current_revision(engine)
        return Upgraded(database_name(engine.url), before, schema.upgrade(engine))
    finally:
        engine.dispose()


def _head(engine: Engine) -> tuple[int, int] | None:
    with storage_errors(engine.url), engine.connect() as connection:
        row = connection.exec_driver_sql(_HEAD).first()
    return None if row is None else (row[0], row[1])

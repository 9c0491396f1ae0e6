"""A fresh SQLite file for a simulation, which never takes the place of a log that is anything else."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from application.ports import StorageUnavailable
from domain.simulation import SIMULATION_STREAM
from infrastructure.persistence.engine import create_log_engine, parse_url
from infrastructure.persistence.errors import unavailable
from infrastructure.persistence.schema import upgrade


def make_simulation_file(database_url: str) -> None:
    """Make the file anew and set it up; an older simulation there is removed.

    Raises ``StorageUnavailable`` when the URL names no SQLite file, or one whose log is no simulation.
    """
    url = parse_url(database_url)
    if url.get_backend_name() != "sqlite":
        raise StorageUnavailable("a simulation is made in an SQLite file of its own, such as sqlite:///build/demo.db")
    path = Path(str(url.database))
    if path.exists() and not _is_simulation(path):
        raise StorageUnavailable(f"{path} is no simulation and stays as it is; name another file with --database")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    except OSError as error:
        raise StorageUnavailable(f"{path} can not be made: {error.strerror or error}") from error
    engine = create_log_engine(url)
    try:
        upgrade(engine)
    finally:
        engine.dispose()


def _is_simulation(path: Path) -> bool:
    """Whether the log begins as a simulation does; an empty file is nobody's log."""
    if path.is_file() and path.stat().st_size == 0:
        return True
    try:
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        try:
            found = connection.execute("SELECT stream_id FROM log WHERE position = 1").fetchone()
        finally:
            connection.close()
    except sqlite3.Error:
        return False
    return found is not None and found[0] == SIMULATION_STREAM


def forgo_durability(engine: Engine) -> None:
    """Do not wait for the disk at each commit: what a simulation loses, it makes again."""

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: object) -> None:
        try:
            connection.execute("PRAGMA synchronous = OFF")
        except sqlite3.Error as error:
            raise unavailable(error, engine.url) from error

    engine.dispose()

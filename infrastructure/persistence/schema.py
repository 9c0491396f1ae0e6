"""Upgrade and check of the schema; services never create tables."""

from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from application.ports import StorageUnavailable
from infrastructure.persistence.engine import transaction
from infrastructure.persistence.errors import DRIVER_ERRORS, NOT_MIGRATED, database_name, unavailable

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012")
"""Every revision this program knows, oldest first; the last is the one it needs."""

_MIGRATIONS = Path(__file__).parent.parent / "migrations"
_UPGRADE_LOCK = 0x436F6E7472
"""Any number nobody else uses, as the key of PostgreSQL's advisory lock."""


def upgrade(engine: Engine, revision: str = REVISIONS[-1]) -> str:
    """Bring the database to the revision this program needs, and answer that revision; SQLite's file is made.

    Another ``revision`` is for who must know how an older database looked.

    Upgrades of the same database at the same time wait for each other, and all end well. All of an upgrade is
    stored, or nothing. Raises ``StorageUnavailable`` when the database is of a newer version than this program.
    """
    # only an upgrade needs alembic, which takes a third of the time in which any other command starts
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    if engine.dialect.name == "sqlite":
        _make_file(Path(str(engine.url.database)))
    try:
        with transaction(engine) as connection:
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})")
            _refuse_newer(engine, current_revision(engine))
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    except DRIVER_ERRORS as error:
        raise unavailable(error, engine.url) from error
    return revision


def current_revision(engine: Engine) -> str | None:
    """The revision of the database, or none when it was never set up. Raises ``StorageUnavailable``."""
    try:
        with engine.connect() as connection:
            return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    except (OperationalError, ProgrammingError) as error:
        if _is_missing_table(error):
            return None
        raise unavailable(error, engine.url) from error
    except DRIVER_ERRORS as error:
        raise unavailable(error, engine.url) from error


def check_revision(engine: Engine) -> None:
    """Raise ``StorageUnavailable`` unless the database is of exactly the revision this program needs."""
    revision = current_revision(engine)
    _refuse_newer(engine, revision)
    if revision is not None and revision != REVISIONS[-1]:
        raise StorageUnavailable(
            f"{database_name(engine.url)} is of an older version ({revision}) than this program ({REVISIONS[-1]}); "
            "run: contractspoor database upgrade"
        )
    if revision is None:
        raise StorageUnavailable(f"{database_name(engine.url)} {NOT_MIGRATED}")


def _refuse_newer(engine: Engine, revision: str | None) -> None:
    if revision is not None and revision not in REVISIONS:
        raise StorageUnavailable(
            f"{database_name(engine.url)} is of a newer version ({revision}) than this program ({REVISIONS[-1]}); "
            "use the newer program"
        )


def _make_file(path: Path) -> None:
    try:
        path.touch()
    except OSError as error:
        missing = not path.parent.is_dir()
        why = f"there is no folder {path.parent}; make it first" if missing else error.strerror
        raise StorageUnavailable(f"the database {path} can not be made: {why}") from error


def _is_missing_table(error: DBAPIError) -> bool:
    return "no such table" in str(error.orig) or getattr(error.orig, "sqlstate", None) == "42P01"

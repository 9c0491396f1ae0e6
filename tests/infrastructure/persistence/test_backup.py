"""Backup and restore: from either database into either, sealed, all or nothing, and silent until resumed."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from application.ports import Row, StorageUnavailable
from infrastructure.persistence import schema, sending
from infrastructure.persistence.backup import BackupError, back_up, restore
from infrastructure.persistence.durable import DERIVED, DURABLE
from infrastructure.persistence.engine import create_log_engine, transaction
from infrastructure.persistence.recorder import open_log
from infrastructure.persistence.tracking import TRACKING, move
from infrastructure.read_models.models import all_models
from tests.infrastructure.persistence.entries import append, entry, writing_processes
from tests.postgres_server import PostgresServer

MADE_AT = datetime(2025, 3, 1, 8, 30, tzinfo=UTC)
RESTORED_AT = datetime(2025, 3, 2, 9, 0, tzinfo=UTC)
NewDatabase = Callable[[], str]
READ_MODELS = {table.name for model in all_models() for table in model.tables}


def silent(done: int, total: int) -> None:
    """Nobody watches."""


def rows_of(url: str) -> list[Row]:
    log = open_log(url)
    try:
        return log.rows_after(0, limit=100_000)
    finally:
        log.close()


def fill(url: str, count: int) -> None:
    log = open_log(url)
    for number in range(count):
        append(log, entry(stream=f"caresq/{number:08}/FYS/2025-2026", explanation=b"{}" if number % 2 else None))
    log.close()


@pytest.fixture(params=["sqlite", "postgres"])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewDatabase]:
    """Makes the address of a database in which nothing has been set up, of each kind in turn."""
    if request.param == "sqlite":
        yield lambda: f"sqlite:///{tmp_path / 'restored.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    names: list[str] = []

    def create() -> str:
        names.append(server.create_database())
        return server.url(names[-1])

    yield create
    for name in names:
        server.drop_database(name)


def test_what_is_restored_is_what_was_backed_up_whatever_the_databases(
    database_url: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    fill(database_url, 5)
    made = back_up(database_url, tmp_path / "backup.db", now=MADE_AT, report=silent)
    restored = new_database()
    found = restore(tmp_path / "backup.db", restored, now=RESTORED_AT, report=silent)

    assert rows_of(restored) == rows_of(database_url)
    assert found == made
    assert (made.position, made.rows, made.made_at) == (5, 5, MADE_AT)


def test_the_explanations_and_the_cursors_of_what_leaves_the_system_come_along_those_of_read_models_do_not(
    database_url: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    fill(database_url, 2)
    engine = create_log_engine(database_url)
    with transaction(engine) as connection:
        move(connection, "letters", read_from=0, to=2)
        move(connection, "overview", read_from=0, to=1)
        connection.exec_driver_sql("INSERT INTO read_model (name, version) VALUES ('overview', 1)")
    engine.dispose()
    back_up(database_url, tmp_path / "backup.db", now=MADE_AT, report=silent)
    restored = new_database()
    restore(tmp_path / "backup.db", restored, now=RESTORED_AT, report=silent)

    log = open_log(restored)
    with log.database.engine.connect() as connection:
        cursors = {row.name: row.position for row in connection.execute(TRACKING.select())}
    assert cursors == {"letters": 2}
    assert log.explanation("caresq/00000001/FYS/2025-2026", 1) == b"{}"
    log.close()


def test_a_restored_log_goes_on_where_the_backup_ended(
    database_url: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    fill(database_url, 3)
    back_up(database_url, tmp_path / "backup.db", now=MADE_AT, report=silent)
    restored = new_database()
    restore(tmp_path / "backup.db", restored, now=RESTORED_AT, report=silent)

    log = open_log(restored)
    assert append(log, entry(2, "caresq/00000000/FYS/2025-2026")).first_position == 4
    log.close()


def test_sending_is_held_after_a_restore_until_it_is_released(
    database_url: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    back_up(database_url, tmp_path / "backup.db", now=MADE_AT, report=silent)
    restored = new_database()
    restore(tmp_path / "backup.db", restored, now=RESTORED_AT, report=silent)
    engine = create_log_engine(restored)
    with transaction(engine) as connection:
        held = sending.held(connection)
        sending.hold(connection, at=MADE_AT, reason="again")
        still_held = sending.held(connection)
        released = (sending.release(connection), sending.held(connection), sending.release(connection))
    engine.dispose()

    assert held == sending.Hold(RESTORED_AT, "restored from a backup made at 2025-03-01T08:30:00.000000Z")
    assert still_held == held
    assert released == (True, None, False)


def test_a_backup_taken_while_others_write_holds_every_position_up_to_its_last(
    database_url: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    with writing_processes(database_url, 2, "provider/0400000/", appends=None):
        made = back_up(database_url, tmp_path / "backup.db", now=MADE_AT, report=silent)
        while not made.position:
            (tmp_path / "backup.db").unlink()
            made = back_up(database_url, tmp_path / "backup.db", now=MADE_AT, report=silent)
    restored = new_database()
    restore(tmp_path / "backup.db", restored, now=RESTORED_AT, report=silent)

    found = rows_of(restored)
    assert [row.position for row in found] == list(range(1, made.position + 1))
    assert found == rows_of(database_url)[: made.position]


def test_a_backup_is_readable_by_its_owner_only_and_where_nothing_can_be_written(
    sqlite_url: str, tmp_path: Path
) -> None:
    fill(sqlite_url, 1)
    folder = tmp_path / "vault"
    folder.mkdir()
    back_up(sqlite_url, folder / "backup.db", now=MADE_AT, report=silent)

    assert (folder / "backup.db").stat().st_mode & 0o777 == 0o600
    assert [each.name for each in folder.iterdir()] == ["backup.db"]
    folder.chmod(0o500)
    (folder / "backup.db").chmod(0o400)
    assert restore(folder / "backup.db", f"sqlite:///{tmp_path / 'new.db'}", now=MADE_AT, report=silent).position == 1


def test_a_backup_never_takes_the_place_of_a_file(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "backup.db").write_text("dear")
    with pytest.raises(BackupError, match="exists already and stays as it is"):
        back_up(sqlite_url, tmp_path / "backup.db", now=MADE_AT, report=silent)

    assert (tmp_path / "backup.db").read_text() == "dear"


def test_a_backup_that_is_cut_off_leaves_nothing(sqlite_url: str, tmp_path: Path) -> None:
    fill(sqlite_url, 1)

    def interrupt(done: int, total: int) -> None:
        if done == total:
            raise KeyboardInterrupt

    folder = tmp_path / "vault"
    folder.mkdir()
    with pytest.raises(KeyboardInterrupt):
        back_up(sqlite_url, folder / "backup.db", now=MADE_AT, report=interrupt)

    assert not list(folder.iterdir())


def test_a_database_that_holds_anything_is_not_restored_over(
    database_url: str, sqlite_url: str, tmp_path: Path
) -> None:
    back_up(sqlite_url, tmp_path / "backup.db", now=MADE_AT, report=silent)
    fill(database_url, 2)
    with pytest.raises(BackupError, match="is not empty and stays as it is; restore into a new database"):
        restore(tmp_path / "backup.db", database_url, now=RESTORED_AT, report=silent)

    assert len(rows_of(database_url)) == 2


def change(statement: str) -> Callable[[sqlite3.Connection], Any]:
    return lambda connection: connection.executescript(
        f"DROP TRIGGER log_refuses_update; DROP TRIGGER log_refuses_delete; {statement}"
    )


@pytest.mark.parametrize(
    "damage",
    [
        change("UPDATE log SET state = CAST('{\"version\":2}' AS BLOB) WHERE position = 2"),
        change("UPDATE log SET recorded_at = recorded_at + 1 WHERE position = 3"),
        change("UPDATE log SET explanation = CAST('' AS BLOB) WHERE explanation IS NULL"),
        change("DELETE FROM log WHERE position = 3"),
        change("INSERT INTO tracking VALUES ('letters', 3)"),
        change("UPDATE backup SET position = 2"),
    ],
)
def test_a_backup_that_was_changed_is_refused_and_nothing_is_restored(
    sqlite_url: str, new_database: NewDatabase, tmp_path: Path, damage: Callable[[sqlite3.Connection], Any]
) -> None:
    fill(sqlite_url, 3)
    back_up(sqlite_url, tmp_path / "backup.db", now=MADE_AT, report=silent)
    with closing(sqlite3.connect(tmp_path / "backup.db")) as connection:
        damage(connection)
    restored = new_database()
    with pytest.raises(BackupError, match="is damaged: its rows are not those that its seal was put on"):
        restore(tmp_path / "backup.db", restored, now=RESTORED_AT, report=silent)

    engine = create_log_engine(restored)
    assert not (tmp_path / "restored.db").exists()
    assert engine.dialect.name == "sqlite" or schema.current_revision(engine) is None
    engine.dispose()


def test_a_backup_with_damaged_bytes_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    fill(sqlite_url, 1_500)  # so that the middle of the file is full of them
    backup = tmp_path / "backup.db"
    back_up(sqlite_url, backup, now=MADE_AT, report=silent)
    whole = backup.read_bytes()
    page = whole.index(b"caresq/00000150/FYS/2025-2026TierAssigned") // 4096 * 4096
    backup.write_bytes(whole[:page] + bytes(4096) + whole[page + 4096 :])
    with pytest.raises(BackupError, match="is damaged"):
        restore(backup, f"sqlite:///{tmp_path / 'new.db'}", now=RESTORED_AT, report=silent)


@pytest.mark.parametrize(
    ("made", "saying"),
    [
        (lambda _file: None, "there is no backup"),
        (lambda file: file.write_text("agb,name"), "is no backup"),
        (lambda file: sqlite3.connect(file).execute("CREATE TABLE log (a)").connection.close(), "is no backup"),
    ],
)
def test_a_file_that_is_no_backup_is_refused(made: Callable[[Path], Any], saying: str, tmp_path: Path) -> None:
    made(tmp_path / "backup.db")
    with pytest.raises(BackupError, match=saying):
        restore(tmp_path / "backup.db", f"sqlite:///{tmp_path / 'new.db'}", now=RESTORED_AT, report=silent)


def test_a_backup_of_a_newer_program_is_refused_by_an_older_one(sqlite_url: str, tmp_path: Path) -> None:
    back_up(sqlite_url, tmp_path / "backup.db", now=MADE_AT, report=silent)
    with closing(sqlite3.connect(tmp_path / "backup.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageUnavailable, match="newer version"):
        restore(tmp_path / "backup.db", f"sqlite:///{tmp_path / 'new.db'}", now=RESTORED_AT, report=silent)


def test_every_table_is_in_a_backup_or_can_be_made_anew(database_url: str) -> None:
    engine = create_log_engine(database_url)
    found = inspect(engine)
    columns = {name: {each["name"] for each in found.get_columns(name)} for name in found.get_table_names()}
    engine.dispose()
    durable = {each.table.name: {column.name for column in each.table.columns} for each in DURABLE}

    assert {name: columns[name] for name in durable} == durable
    assert set(columns) - set(durable) == DERIVED | {"sending_hold"} | READ_MODELS


def test_a_killed_restore_leaves_a_database_into_which_the_next_one_goes(sqlite_url: str, tmp_path: Path) -> None:
    fill(sqlite_url, 50)
    back_up(sqlite_url, tmp_path / "backup.db", now=MADE_AT, report=silent)
    target = f"sqlite:///{tmp_path / 'new.db'}"
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "backup.db"), target], check=False)
    left = rows_of(target)
    restore(tmp_path / "backup.db", target, now=RESTORED_AT, report=silent)

    assert (killed.returncode, left) == (-9, [])
    assert rows_of(target) == rows_of(sqlite_url)


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from infrastructure.persistence.backup import restore

def kill(done, total):
    if done:
        os.kill(os.getpid(), signal.SIGKILL)

restore(Path(sys.argv[1]), sys.argv[2], now=datetime(2025, 3, 2, tzinfo=UTC), report=kill)
"""


def test_an_older_backup_is_brought_up_to_date_on_the_way(sqlite_url: str, tmp_path: Path) -> None:
    fill(sqlite_url, 2)
    backup = tmp_path / "backup.db"
    back_up(sqlite_url, backup, now=MADE_AT, report=silent)
    older = create_log_engine(f"sqlite:///{tmp_path / 'older.db'}")
    schema.upgrade(older, "0003")
    older.dispose()
    with closing(sqlite3.connect(tmp_path / "older.db")) as connection:
        connection.execute("ATTACH ? AS newer", (str(backup),))
        connection.execute("INSERT INTO log SELECT * FROM newer.log")
        connection.execute("CREATE TABLE backup AS SELECT * FROM newer.backup")
        connection.commit()
    backup = tmp_path / "older.db"
    before = backup.read_bytes()
    restored = f"sqlite:///{tmp_path / 'new.db'}"

    assert restore(backup, restored, now=RESTORED_AT, report=silent).position == 2
    engine = create_log_engine(restored)
    assert schema.current_revision(engine) == schema.REVISIONS[-1]
    engine.dispose()
    assert backup.read_bytes() == before


def test_a_backup_into_a_folder_that_is_not_there_is_told(sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="there is no folder"):
        back_up(sqlite_url, tmp_path / "vault" / "backup.db", now=MADE_AT, report=silent)

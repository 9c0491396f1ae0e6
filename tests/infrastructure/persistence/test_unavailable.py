"""A database that can not be used says so in one line that tells what to do; nothing is stored by half."""

import os
import pwd
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event

from application.ports import StorageUnavailable
from infrastructure.persistence import schema
from infrastructure.persistence.engine import create_log_engine
from infrastructure.persistence.recorder import LogRecorder, open_log
from tests.infrastructure.persistence.entries import append, entry
from tests.postgres_server import PASSWORD, PostgresServer, running_postgres

LOOK_UP = "SELECT version FROM log WHERE position = ?"


def refusal(url: str, lock_timeout: float = 0.2) -> str:
    """What the log at ``url`` says when one appends to it: always a single line, and never the password."""
    log = open_log(url, lock_timeout=lock_timeout)
    try:
        with pytest.raises(StorageUnavailable) as refused:
            append(log, entry(1))
    finally:
        log.close()
    said = str(refused.value)
    assert "\n" not in said
    assert PASSWORD not in said
    return said


def test_a_locked_file_is_waited_for_and_then_named(sqlite_url: str) -> None:
    path = sqlite_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert refusal(sqlite_url) == (
            f"the database {path} is locked by another program; try again, or end the program that holds it"
        )


def test_a_locked_log_on_postgres_is_waited_for_and_then_named(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as other:
        other.execute("SELECT pg_advisory_xact_lock(contractspoor_lock())")
        assert "is locked by another program; try again" in refusal(postgres_url)


@contextmanager
def _not_root() -> Iterator[None]:
    """The rights of an ordinary user: root may write everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_url(sqlite_url: str) -> Iterator[str]:
    """A database in a folder that every user may look into."""
    folder = Path(tempfile.mkdtemp(prefix="contractspoor-open-", dir="/tmp"))
    shutil.copy(sqlite_url.removeprefix("sqlite:///"), folder / "open.db")
    folder.chmod(0o755)
    yield f"sqlite:///{folder / 'open.db'}"
    shutil.rmtree(folder)


def test_a_read_only_file_is_named(open_url: str) -> None:
    path = Path(open_url.removeprefix("sqlite:///"))
    path.chmod(0o444)
    with _not_root():
        assert refusal(open_url) == (
            f"the database {path} is read-only; give this user the right to write the file and its folder"
        )


def test_a_full_disk_stores_nothing_by_half(sqlite_url: str) -> None:
    log = open_log(sqlite_url)
    connections: list[sqlite3.Connection] = []

    @event.listens_for(log.database.engine, "connect")
    def made(connection: sqlite3.Connection, *_: object) -> None:
        connections.append(connection)

    def limit(pages: int) -> None:
        for connection in connections:
            connection.execute(f"PRAGMA max_page_count = {pages}")  # never below what is used

    append(log, entry(1))
    limit(1)
    big = entry(2, explanation=b"x" * 16_000)
    with pytest.raises(
        StorageUnavailable, match="the disk is full; free space and try again, nothing was stored by half"
    ):
        append(log, *[big._replace(originator_version=version) for version in range(2, 20)])
    assert [row.originator_version for row in log.rows_after(0)] == [1]
    limit(1 << 30)
    assert append(log, entry(2)).first_position == 2
    log.close()


def test_a_file_that_does_not_exist_is_not_made(tmp_path: Path) -> None:
    assert "does not exist" in refusal(f"sqlite:///{tmp_path / 'typo.db'}")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_does_not_exist_is_named_by_the_upgrade(tmp_path: Path) -> None:
    engine = create_log_engine(f"sqlite:///{tmp_path / 'nowhere' / 'x.db'}")
    with pytest.raises(StorageUnavailable, match=r"can not be made: there is no folder .*nowhere; make it first"):
        schema.upgrade(engine)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Geachte heer, mevrouw, " * 100)
    assert "is not a database" in refusal(f"sqlite:///{tmp_path / 'letter.txt'}")


def test_a_server_that_does_not_run_is_named() -> None:
    assert refusal("postgresql://a:geheim@127.0.0.1:1/contracts") == (
        "the database contracts on 127.0.0.1:1 can not be reached; "
        "check that the server runs, and CONTRACTSPOOR_DATABASE_URL"
    )


def test_a_wrong_password_and_an_unknown_database_are_named(postgres_server: PostgresServer) -> None:
    assert "refuses the user name or password" in refusal(postgres_server.url("postgres", password="wrong"))
    assert "does not exist on that server" in refusal(postgres_server.url("nowhere"))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("mysql://a:geheim@b/c", "there is no adapter for a mysql database"),
        ("contractspoor.db", "can not be read; it looks like sqlite:///contractspoor.db"),
        ("postgresql://a:geheim@host:notaport/c", "can not be read"),
    ],
)
def test_a_url_of_another_kind_is_refused_without_its_password(url: str, said: str) -> None:
    with pytest.raises(StorageUnavailable, match=said) as refused:
        open_log(url)
    assert "geheim" not in str(refused.value)


def test_a_connection_that_the_server_ended_is_replaced(postgres_server: PostgresServer, postgres_url: str) -> None:
    log = open_log(postgres_url)
    append(log, entry(1))
    _hang_up(postgres_server, log)
    assert append(log, entry(2)).first_position == 2
    _hang_up(postgres_server, log)
    assert len(log.rows_after(0)) == 2
    assert log.database.look_up(LOOK_UP, (1,)) == [(1,)]
    _hang_up(postgres_server, log)
    assert log.database.look_up(LOOK_UP, (2,)) == [(2,)]
    log.close()


def test_a_statement_that_can_not_be_looked_up_is_told_by_the_driver(postgres_url: str) -> None:
    log = open_log(postgres_url)
    with pytest.raises(StorageUnavailable, match='column "nothing" does not exist'):
        log.database.look_up("SELECT nothing FROM log WHERE position = ?", (1,))
    log.close()


def test_a_server_that_has_gone_is_named_and_found_again() -> None:
    with running_postgres() as server:
        url = server.url("postgres")
        engine = create_log_engine(url)
        schema.upgrade(engine)
        engine.dispose()
        log = open_log(url)
        append(log, entry(1))
    with pytest.raises(StorageUnavailable, match="can not be reached"):
        append(log, entry(2))
    log.close()


def _hang_up(server: PostgresServer, log: LogRecorder) -> None:
    with server.connect() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
            [log.database.engine.url.database],
        )

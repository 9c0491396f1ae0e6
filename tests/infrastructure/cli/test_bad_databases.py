"""Databases that can not be used: one line that says what to do, exit code 1, and nothing stored by half."""

import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from infrastructure.bootstrap import write_sample_register
from infrastructure.persistence.schema import REVISIONS
from tests.infrastructure.cli.command_lines import ELSEWHERE, LONG_WORK, ON_A_DATABASE, every_command, line_of
from tests.infrastructure.cli.conftest import CONTRACT, Result, Run
from tests.infrastructure.evidence.files import PDF
from tests.postgres_server import PostgresServer

STORING = [name for name, line in ON_A_DATABASE.items() if line.stores]
HOLD_THE_LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files that the command lines name."""
    with (tmp_path / "register.csv").open("w", encoding="utf-8", newline="") as register:
        write_sample_register(20, 1, register)
    (tmp_path / "contracts.csv").write_text(
        "purchaser,agb,care_type,period,start,end,tier,external_policy\n"
        "caresq,26001122,VOET,2024-2025,2024-01-01,2025-12-31,,caresq-2024\n"
    )
    (tmp_path / "claims.csv").write_text("agb,care_type,treated_on\n04001234,FYS,2025-06-15\n")
    (tmp_path / "proof.pdf").write_bytes(PDF)
    return tmp_path


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///").partition("?")[0])


def head(url: str) -> tuple[Any, ...]:
    """What the log holds: how many facts, up to which position."""
    with closing(sqlite3.connect(path_of(url))) as connection:
        found: tuple[Any, ...] = connection.execute("SELECT count(*), max(position) FROM log").fetchone()
        return found


def told_in_one_line(result: Result, saying: str, *, exit_code: int = 1) -> None:
    assert result.exit_code == exit_code, result
    assert saying in result.stderr
    assert result.stderr.count("\n") == 1, result.stderr
    assert "Traceback" not in result.stderr
    assert "Value error" not in result.stderr


@contextmanager
def locked_by_another_process(file: Path) -> Iterator[None]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD_THE_LOCK, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield
        holder.communicate()


@contextmanager
def no_room_for_another_page() -> Iterator[None]:
    """SQLite itself finds the database full, as on a full disk."""

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(Pool, "connect", limit)
    try:
        yield
    finally:
        event.remove(Pool, "connect", limit)


@contextmanager
def no_file_may_grow(url: str) -> Iterator[None]:
    """The system refuses every further byte; what the readers share stands already, as under a running service."""
    with closing(sqlite3.connect(path_of(url))) as reader:
        reader.execute("SELECT count(*) FROM log").fetchone()
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_every_command_has_its_line_in_the_tables() -> None:
    assert {each.name for each in every_command()} == ON_A_DATABASE.keys() | ELSEWHERE.keys() | LONG_WORK


@pytest.mark.parametrize("name", ON_A_DATABASE)
def test_the_line_of_every_command_is_right(run: Run, year: str, folder: Path, name: str) -> None:
    before = head(year)
    result = run(*line_of(name, folder), "--database", year)

    assert result.exit_code == 0, result.stderr
    assert (head(year) != before) == ON_A_DATABASE[name].stores


@pytest.mark.parametrize("name", ON_A_DATABASE)
def test_a_database_that_is_not_there(run: Run, folder: Path, name: str) -> None:
    url = f"sqlite:///{folder / 'nowhere.db'}"

    told_in_one_line(
        run(*line_of(name, folder), "--database", url), f"run: contractspoor database upgrade --database {url}"
    )
    assert not (folder / "nowhere.db").exists()


@pytest.mark.parametrize("name", ON_A_DATABASE)
def test_a_database_that_was_never_set_up(run: Run, folder: Path, name: str) -> None:
    file = folder / "empty.db"
    file.touch()
    result = run(*line_of(name, folder), "--database", f"sqlite:///{file}")

    assert result.exit_code == 1
    assert "un: contractspoor database upgrade" in (result.stderr or result.stdout)


@pytest.mark.parametrize("name", [*ON_A_DATABASE, "database upgrade"])
def test_a_file_that_is_no_database(run: Run, folder: Path, name: str) -> None:
    file = folder / "letter.db"
    file.write_text("Dear practice, " * 100)
    content = file.read_bytes()

    told_in_one_line(
        run(*line_of(name, folder), "--database", f"sqlite:///{file}"), "is not a database; name another file"
    )
    assert file.read_bytes() == content


@pytest.mark.parametrize("name", [*ON_A_DATABASE, "database upgrade"])
def test_a_database_of_a_newer_version(run: Run, year: str, folder: Path, name: str) -> None:
    with closing(sqlite3.connect(path_of(year))) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = head(year)
    result = run(*line_of(name, folder), "--database", year)

    assert result.exit_code == 1
    assert "is of a newer version (9999) than this program" in (result.stderr or result.stdout)
    assert head(year) == before


@pytest.mark.parametrize("name", [*STORING, "contract show"])
def test_a_database_that_another_process_holds(
    run: Run, year: str, folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTRACTSPOOR_LOCK_TIMEOUT_SECONDS", "0.05")
    before = head(year)
    with locked_by_another_process(path_of(year)):
        result = run(*line_of(name, folder), "--database", year)

    told_in_one_line(result, "is locked by another program; try again, or end the program that holds it")
    assert head(year) == before


@pytest.mark.parametrize("name", [*STORING, "contract show"])
def test_a_database_that_may_only_be_read(run: Run, year: str, folder: Path, name: str) -> None:
    before = head(year)

    told_in_one_line(run(*line_of(name, folder), "--database", f"{year}?mode=ro"), "is read-only; ")
    assert head(year) == before


def test_a_read_only_database_answers_what_was_known_then(run: Run, year: str) -> None:
    result = run("contract", "show", CONTRACT, "--known-at", "2025-07-20", "--database", f"{year}?mode=ro")

    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize("name", ["policy adopt", "providers import", "contract act"])
def test_a_database_without_room(run: Run, year: str, folder: Path, name: str) -> None:
    before = head(year)
    with no_room_for_another_page():
        result = run(*line_of(name, folder), "--database", year)

    told_in_one_line(result, "has no room: the disk is full; free space and try again, nothing was stored by half")
    assert head(year) == before


@pytest.mark.parametrize("name", STORING)
def test_a_disk_that_takes_no_further_byte(run: Run, year: str, folder: Path, name: str) -> None:
    before = head(year)
    with no_file_may_grow(year):
        result = run(*line_of(name, folder), "--database", year)

    told_in_one_line(result, "can not be read or written: the disk reports an error; check the disk and its free space")
    assert head(year) == before


@pytest.mark.parametrize("name", [*ON_A_DATABASE, "database upgrade"])
@pytest.mark.parametrize(
    ("url", "saying"),
    [
        ("mysql://localhost/contractspoor", "there is no adapter for a mysql database"),
        ("contractspoor.db", "the database URL can not be read; it looks like sqlite:///"),
        ("sqlite://", "the database URL names no file"),
        ("sqlite:///x.db?cache=shared", "an SQLite URL takes no setting but ?mode=ro"),
        (
            "postgresql://officer:geheim@127.0.0.1:1/log",
            "can not be reached; check that the server runs, and --database",
        ),
    ],
)
def test_a_url_that_leads_nowhere(run: Run, folder: Path, name: str, url: str, saying: str) -> None:
    result = run(*line_of(name, folder), "--database", url)

    told_in_one_line(result, saying)
    assert "geheim" not in result.stderr


def test_a_path_a_folder_and_a_database_of_an_older_version_are_told_with_what_would_be_right(
    run: Run, year: str, folder: Path
) -> None:
    with closing(sqlite3.connect(path_of(year))) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0009'")
    line = line_of("contract show", folder)

    told_in_one_line(run(*line, "--database", "/srv/log.db"), "is /srv/log.db a file? Name it sqlite:////srv/log.db")
    told_in_one_line(run(*line, "--database", f"sqlite:///{folder}"), "is a folder; name a file in it in --database")
    told_in_one_line(
        run(*line, "--database", year),
        f"is of an older version (0009) than this program ({REVISIONS[-1]}); run: contract",
    )


@pytest.mark.parametrize("name", ["contract show", "contract act", "providers import", "database upgrade"])
def test_a_server_that_refuses_the_password(run: Run, postgres_server: PostgresServer, folder: Path, name: str) -> None:
    url = postgres_server.url("postgres", password="wrong-secret")
    result = run(*line_of(name, folder), "--database", url)

    told_in_one_line(result, "refuses the user name or password")
    assert "wrong-secret" not in result.stderr


def test_a_server_without_that_database(run: Run, postgres_server: PostgresServer) -> None:
    told_in_one_line(
        run("database", "upgrade", "--database", postgres_server.url("nowhere")), "does not exist on that server"
    )


def test_a_fact_of_a_newer_program(run: Run, year: str) -> None:
    with closing(sqlite3.connect(path_of(year))) as connection, connection:
        connection.execute(
            "INSERT INTO log (position, recorded_at, stream_id, version, topic, state, occurred_at, context) "
            "SELECT position + 1, recorded_at + 1, ?, 13, 'Renewed.v1', CAST('{}' AS BLOB), recorded_at, context "
            "FROM log ORDER BY position DESC LIMIT 1",
            (CONTRACT,),
        )

    told = run("contract", "show", CONTRACT, "--database", year)
    told_in_one_line(told, "it was written by a newer one", exit_code=5)


def test_a_lock_timeout_that_is_no_number(run: Run, year: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRACTSPOOR_LOCK_TIMEOUT_SECONDS", "soon")

    told_in_one_line(
        run("contract", "show", CONTRACT, "--database", year), "CONTRACTSPOOR_LOCK_TIMEOUT_SECONDS: ", exit_code=2
    )

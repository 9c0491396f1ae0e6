"""Setting databases up, and refusing those that do not fit."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from application.ports import StorageUnavailable
from infrastructure import migrations
from infrastructure.persistence import schema
from infrastructure.persistence.engine import create_log_engine, transaction
from infrastructure.persistence.recorder import open_log
from tests.infrastructure.persistence.entries import append, entry

UPGRADE = """
import sys
from infrastructure.persistence import schema
from infrastructure.persistence.engine import create_log_engine
engine = create_log_engine(sys.argv[1])
sys.stdout.write("ready"); sys.stdout.flush(); sys.stdin.read()
schema.upgrade(engine)
"""


@pytest.fixture(params=["sqlite", "postgres"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database in which nothing has been set up."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    return str(request.getfixturevalue("bare_postgres_url"))


@pytest.fixture
def bare_engine(bare_url: str) -> Iterator[Engine]:
    engine = create_log_engine(bare_url)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = create_log_engine(database_url)
    yield engine
    engine.dispose()


def test_a_database_is_set_up_and_a_second_time_changes_nothing(bare_engine: Engine) -> None:
    for _ in range(2):
        assert schema.upgrade(bare_engine) == schema.REVISIONS[-1]
        assert schema.current_revision(bare_engine) == schema.REVISIONS[-1]
        schema.check_revision(bare_engine)


def test_four_upgrades_at_the_same_time_all_end_well(bare_url: str) -> None:
    upgrades = [
        subprocess.Popen(
            [sys.executable, "-c", UPGRADE, bare_url],
            cwd=Path(__file__).parents[3],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for upgrade in upgrades:
        assert upgrade.stdout is not None
        assert upgrade.stdout.read(5) == "ready"
    for upgrade in upgrades:
        assert upgrade.stdin is not None
        upgrade.stdin.close()
        upgrade.stdin = None
    assert [upgrade.communicate(timeout=60)[1] for upgrade in upgrades] == [""] * 4
    assert [upgrade.returncode for upgrade in upgrades] == [0] * 4
    log = open_log(bare_url)
    append(log, entry(1))
    log.close()


def test_a_database_that_is_not_set_up_says_which_command_does_it(database_url: str, engine: Engine) -> None:
    with transaction(engine) as connection:
        connection.exec_driver_sql("DROP TABLE log")
        connection.exec_driver_sql("DROP TABLE alembic_version")
    log = open_log(database_url)
    for ask in (lambda: schema.check_revision(engine), lambda: log.read([("x", 0)]), lambda: append(log, entry(1))):
        with pytest.raises(StorageUnavailable, match="run: contractspoor database upgrade"):
            ask()
    log.close()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(engine: Engine) -> None:
    with transaction(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for refuse in (schema.check_revision, schema.upgrade):
        with pytest.raises(StorageUnavailable, match=r"is of a newer version \(9999\) than this program"):
            refuse(engine)
    assert schema.current_revision(engine) == "9999"


def test_a_database_of_the_first_version_is_upgraded_with_all_that_is_in_it(bare_url: str, bare_engine: Engine) -> None:
    engine = bare_engine
    assert schema.upgrade(engine, "0001") == "0001"
    log = open_log(bare_url)
    append(log, entry(1))
    before = log.rows_after(0)
    with pytest.raises(StorageUnavailable, match="run: contractspoor database upgrade"):
        schema.check_revision(engine)
    assert schema.upgrade(engine) == schema.REVISIONS[-1]
    assert log.rows_after(0) == before
    append(log, entry(2))
    log.close()


def test_an_upgrade_that_fails_half_way_leaves_nothing(bare_url: str, bare_engine: Engine) -> None:
    if bare_url.startswith("sqlite"):
        Path(bare_url.removeprefix("sqlite:///")).touch()
    with transaction(bare_engine) as connection:
        connection.exec_driver_sql("CREATE TABLE tracking (mine INTEGER)")
    with pytest.raises(StorageUnavailable, match="already exists"):
        schema.upgrade(bare_engine)
    assert schema.current_revision(bare_engine) is None
    with transaction(bare_engine) as connection:
        connection.exec_driver_sql("CREATE TABLE log (nobody INTEGER)")  # the first step's table was rolled back


def test_nobody_makes_tables_but_an_upgrade(bare_url: str, bare_engine: Engine) -> None:
    log = open_log(bare_url)
    with pytest.raises(StorageUnavailable):
        log.horizon()
    log.close()
    if bare_url.startswith("sqlite"):
        assert not Path(bare_url.removeprefix("sqlite:///")).exists()
    else:
        assert schema.current_revision(bare_engine) is None


def test_the_program_knows_every_step_and_each_has_its_sql() -> None:
    folder = Path(str(migrations.__file__)).parent
    config = Config()
    config.set_main_option("script_location", str(folder))
    steps = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(steps)) == schema.REVISIONS
    for step in steps:
        assert {file.name for file in (folder / "sql").glob(f"{step}.*")} == {
            f"{step}.sqlite.sql",
            f"{step}.postgresql.sql",
        }

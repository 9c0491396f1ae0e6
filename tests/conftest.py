"""Fixtures for everybody: databases that are real, empty and set up, on SQLite and on PostgreSQL.

Each worker of pytest-xdist starts a server of its own when a test first asks for PostgreSQL; it takes half a second.
"""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import Phase, settings

from infrastructure.observability import logs
from infrastructure.persistence import schema
from infrastructure.persistence.engine import create_log_engine
from infrastructure.persistence.recorder import LogRecorder, open_log
from tests.postgres_server import PostgresServer, running_postgres

# the same examples on every machine and in every run; HYPOTHESIS_PROFILE=searching draws new ones, and breaking does
# not look for the smallest example of what a mutant breaks
settings.register_profile("steady", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("searching", deadline=None, print_blob=True)
settings.register_profile("breaking", derandomize=True, deadline=None, phases=(Phase.explicit, Phase.generate))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(autouse=True)
def _loggers() -> None:
    """No test hears less, or more, because a command that ran in this process before it set up the logs."""
    root = logging.getLogger()
    root.handlers[:] = [each for each in root.handlers if type(each).__module__ != logs.__name__]
    root.setLevel(logging.WARNING)
    logging.getLogger(logs.OURS).setLevel(logging.NOTSET)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A running PostgreSQL."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """The name of a database that is set up and empty, to copy from."""
    name = postgres_server.create_database()
    engine = create_log_engine(postgres_server.url(name))
    schema.upgrade(engine)
    engine.dispose()
    return name


@pytest.fixture
def bare_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A database in which nothing has been set up."""
    name = postgres_server.create_database()
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, postgres_template: str) -> Iterator[str]:
    """A PostgreSQL database that is set up and empty."""
    name = postgres_server.create_database(postgres_template)
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An SQLite file that is set up and empty."""
    url = f"sqlite:///{tmp_path / 'contractspoor.db'}"
    engine = create_log_engine(url)
    schema.upgrade(engine)
    engine.dispose()
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database that is set up and empty, of each kind in turn."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def event_log(database_url: str) -> Iterator[LogRecorder]:
    """An empty log on each database in turn."""
    log = open_log(database_url)
    yield log
    log.close()

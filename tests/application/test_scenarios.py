"""The acceptance suite: every file under ``tests/scenarios`` is a case of its own."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from application.policies import PolicySource, PolicySources
from application.scenarios.run import World, run_scenario
from infrastructure.trials import read_scenario, scenario_worlds
from tests.application.scenario_files import FILES, ROOT, SCENARIOS, read
from tests.postgres_server import PostgresServer

Worlds = Callable[[PolicySources], AbstractContextManager[World]]
KNOWN: dict[str, PolicySource] = {}
"""Policies, read once for all files."""


@pytest.fixture(scope="module")
def new_world() -> Iterator[Worlds]:
    """Worlds on fresh SQLite files."""
    with scenario_worlds() as worlds:
        yield worlds


@pytest.mark.parametrize("path", FILES, ids=str)
def test_it_comes_as_the_scenario_says(path: Path, new_world: Worlds) -> None:
    file = read_scenario(ROOT / path, KNOWN)
    with new_world(file.sources) as world:
        failures = run_scenario(file.scenario, world)

    told = [f"{path}:{file.line_of(each.path)}: expected {each.expected}; found {each.found}" for each in failures]
    assert told == []


def test_postgresql_plays_them_in_databases_of_their_own_and_takes_those_away(postgres_server: PostgresServer) -> None:
    name = postgres_server.create_database()
    before = _databases(postgres_server)
    file = read(SCENARIOS / "caresq-2025" / "S13-standard-correction.yaml")

    with scenario_worlds(postgres_server.url(name)) as worlds:
        for _ in range(2):
            with worlds(file.sources) as world:
                assert run_scenario(file.scenario, world) == []

    assert _databases(postgres_server) == before


def _databases(server: PostgresServer) -> set[str]:
    with server.connect() as connection:
        return {str(name) for (name,) in connection.execute("SELECT datname FROM pg_database")}


def test_every_worked_example_has_a_file() -> None:
    numbers = {path.name.split("-")[0].rstrip("abc") for path in FILES if path.name.startswith("S")}

    assert numbers == {
        *(f"S{number:02}" for number in range(1, 36)),
        *("S37", "S38", "S40", "S42", "S43", "S46", "S48", "S49", "S53", "S55", "S56", "S57", "S59", "S61", "S63"),
        *("S66", "S70", "S72", "S74", "S77"),
    }
    own = [path for path in FILES if not path.name.startswith("S")]
    assert len(own) >= len(FILES) - len(own)

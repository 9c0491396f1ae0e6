"""The register's tables, the fold and a reckoning by hand agree on every cell of worlds drawn at random."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as drawn

from infrastructure.bootstrap import open_system
from infrastructure.read_models.register.model import RegisterModel
from infrastructure.read_models.register.overlaps import overlaps
from infrastructure.read_models.register.reads import RegisterTables
from tests.infrastructure.read_models.register_cells import (
    Log,
    catch_up,
    cells_of_fold,
    cells_of_tables,
    in_short,
    questions,
    telling_days,
    worked_out,
)
from tests.postgres_server import PostgresServer
from tests.register_world import STEPS, Step, begun, copied, live

EXAMPLES, LEAST_CELLS = 10, 10_000
DAYS, COMMITS = 45, 16
# a world takes a second: making a failing one smaller would take many minutes
WORLD = settings(max_examples=EXAMPLES, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


def check_cells(url: str, *, at_once: int) -> int:
    """Bring the register up in batches of that many rows, and hold every cell of it against the fold."""
    with open_system(url) as system:
        catch_up(system, RegisterModel(), at_once=at_once)
        log, tables = Log(system), RegisterTables(system.log.database)
        days = telling_days(log.rows)
        days = days[:: max(1, len(days) // DAYS)]
        cells = 0
        for question in questions(log.rows, days, max(1, len(log.rows) // COMMITS)):
            found = cells_of_tables(tables, question)
            assert found == cells_of_fold(log, question), question
            assert in_short(found) == worked_out(log, question), question
            cells += len(log.contracts())
        assert overlaps(system.log.database) == []
        return cells


def lived(folder: Path, steps: list[Step]) -> str:
    url = f"sqlite:///{folder / 'world.db'}"
    with begun(url) as world:
        live(world, steps)
    return url


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_tables_and_fold_agree_on_every_cell(database: str, request: pytest.FixtureRequest) -> None:
    cells: list[int] = []

    @drawn(steps=STEPS)
    @WORLD
    def agree(steps: list[Step]) -> None:
        at_once = (1, 5, 2_000)[len(steps) % 3]
        with TemporaryDirectory() as folder:
            url = lived(Path(folder), steps)
            if database == "sqlite":
                cells.append(check_cells(url, at_once=at_once))
                return
            with open_system(url) as system:
                rows = system.log.rows_after(0, limit=100_000)
            server: PostgresServer = request.getfixturevalue("postgres_server")
            name = server.create_database(request.getfixturevalue("postgres_template"))
            try:
                copied(rows, server.url(name))
                cells.append(check_cells(server.url(name), at_once=at_once))
            finally:
                server.drop_database(name)

    agree()
    assert sum(cells) >= LEAST_CELLS

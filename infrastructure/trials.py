"""Scenarios meet the system here: each is played on a store of its own, apart from every log."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime

from application.policies import PolicySources
from application.scenarios.run import World
from infrastructure.bootstrap import open_system
from infrastructure.clock import SetClock
from infrastructure.scenarios.reader import ScenarioFile, ScenarioMistakesError, read_scenario, scenario_paths
from infrastructure.scenarios.stores import fresh_stores

__all__ = ["ScenarioFile", "ScenarioMistakesError", "read_scenario", "scenario_paths", "scenario_worlds"]


@contextmanager
def scenario_worlds(
    database_url: str | None = None,
) -> Iterator[Callable[[PolicySources], AbstractContextManager[World]]]:
    """Makes worlds for scenarios: each the system on a fresh store with a set clock, gone when it is left.

    Stores are SQLite files in a temporary folder, or databases on the PostgreSQL server of a URL. Raises
    ``StorageUnavailable``.
    """
    with fresh_stores(database_url) as stores:

        @contextmanager
        def world(sources: PolicySources) -> Iterator[World]:
            clock = SetClock(datetime(1970, 1, 1, tzinfo=UTC))
            with stores.fresh() as url, open_system(url, clock=clock) as system:
                yield World(
                    contracting=system.contracting,
                    ticking=system.ticking,
                    providers=system.providers,
                    policies=system.policies,
                    clock=clock,
                    sources=sources,
                    time_travel=system.questions,
                    register=system.register,
                )

        yield world

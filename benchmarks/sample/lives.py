"""Lives about 10,000 contracts through the use cases: the two years of the simulation, and what came to light after.

All facts, contexts and explanations are those that the rules made; only the clock and the people are invented.
"""

from collections import Counter
from collections.abc import Callable

from application.simulation.year import Year
from benchmarks.sample.aftermath import live_the_aftermath
from benchmarks.sample.world import SEED, Lives
from infrastructure.bootstrap import open_simulation


def live(url: str, practices: int, tell: Callable[[str], None] = lambda _: None) -> Counter[str]:
    """Make an SQLite file that holds the lives of so many practices; what was refused, by code."""
    with open_simulation(url, providers=practices, seed=SEED) as (system, world):
        for phase in Year(world).phases():
            told = phase.work(lambda done, total: None)  # noqa: ARG005 - the names of the protocol
            tell(f"{phase.day} {phase.label}: {told}")
        lives = Lives(system, world.clock)
        live_the_aftermath(lives)
        return lives.refused + world.refused

"""Lives about 10,000 contracts through the use cases: a.s.r.'s year 2024, Caresq's 2025, and what came to light after.

All facts, contexts and explanations are those that the rules made; only the clock and the people are invented.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from application.provider_import import Register, import_register
from application.simulation.year import SimulatedWorld, Year
from benchmarks.sample.aftermath import live_the_aftermath
from benchmarks.sample.asr_year import live_the_year_of_asr
from benchmarks.sample.world import SEED, Lives
from infrastructure.bootstrap import open_register, open_system, policy_sources, write_sample_register
from infrastructure.clock import SetClock
from infrastructure.persistence.simulated import forgo_durability
from tests.given import at

FIRST_DAY = "2023-04-01T09:00"
REGISTERED_AT = "2023-04-03T09:00"


def live(url: str, practices: int, tell: Callable[[str], None] = lambda _: None) -> Counter[str]:
    """Fill the empty SQLite log at ``url`` with the lives of so many practices; what was refused, by code."""
    clock = SetClock(at(FIRST_DAY))
    with TemporaryDirectory() as folder, open_system(url, clock=clock) as system:
        forgo_durability(system.log.database.engine)
        lives = Lives(system, clock, _register(Path(folder), practices))
        tell("a.s.r., 2023 and 2024")
        lives.adopt(FIRST_DAY, "asr-2024")
        clock.set(at(REGISTERED_AT))
        import_register(system.providers, lives.register, actor="register import", on_refused=lambda _: None)
        live_the_year_of_asr(lives)
        tell("Caresq, 2024 and 2025")
        world = SimulatedWorld(
            clock=clock,
            contracting=system.contracting,
            providers=system.providers,
            policies=system.policies,
            sources=policy_sources(),
            register=lives.register,
            seed=SEED,
        )
        for phase in Year(world).phases():
            phase.work(lambda done, total: None)  # noqa: ARG005 - the names of the protocol
        tell("what came to light in 2026")
        live_the_aftermath(lives)
        return lives.refused + world.refused


def _register(folder: Path, practices: int) -> Register:
    file = folder / "register.csv"
    with file.open("w", encoding="utf-8", newline="") as written:
        write_sample_register(practices, SEED, written)
    return open_register(file)

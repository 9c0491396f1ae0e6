"""What a simulation acts on, and the stretches of time that it is told in."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import NamedTuple, Protocol

from application.contracting import Contracting
from application.due import Ticking
from application.policies import PolicySources, PolicyStreams
from application.ports import Clock, ProgressReport
from application.provider_import import Register
from application.providers import ProviderStreams
from application.simulation.corrections import BestCorrection
from application.simulation.reminders import FirstHeeded
from domain.calendar import AMSTERDAM

MIDNIGHT, MORNING = time(0), time(9)


class SettableClock(Clock, Protocol):
    """A clock that stands still until it is set."""

    def set(self, instant: datetime) -> None:
        """Put the clock at an instant."""
        ...


@dataclass
class SimulatedWorld:
    """What the simulation acts on, and what it remembers of it.

    ``early_register`` is the register without what the second purchaser knows; ``register`` is all of it.
    """

    clock: SettableClock
    contracting: Contracting
    ticking: Ticking
    providers: ProviderStreams
    policies: PolicyStreams
    sources: PolicySources
    early_register: Register
    register: Register
    seed: int
    acts: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    correction: BestCorrection = field(default_factory=BestCorrection)
    reminder: FirstHeeded = field(default_factory=FirstHeeded)


class Phase(NamedTuple):
    """A stretch of time: what it is called, what its bar counts, and the work, which answers one line."""

    day: date
    label: str
    unit: str
    work: Callable[[ProgressReport], str]


def local_instant(day: date, at: time = MORNING) -> datetime:
    """The instant of a local day and time."""
    return datetime.combine(day, at, tzinfo=AMSTERDAM).astimezone(UTC)

"""The catch-up runner: gives each read model the log in batches, and follows it as it grows.

Any number of runners may work at once, in threads or processes: the cursor is moved by compare-and-set before a
batch is applied, and who finds it elsewhere leaves that batch to the other. A runner that is killed leaves a batch
whole or not at all.
"""

import gc
import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from threading import Event, Thread
from time import perf_counter
from typing import NamedTuple

from application.mapper import FactMapper
from application.ports import Clock, StorageUnavailable
from infrastructure.persistence.database import LogDatabase
from infrastructure.persistence.errors import storage_errors
from infrastructure.read_models import state
from infrastructure.read_models.applying import Applier
from infrastructure.read_models.batches import BatchReader
from infrastructure.read_models.model import ReadModel
from infrastructure.read_models.state import Fault, Standing

_LOG = logging.getLogger("contractspoor.readmodels")
_RETRY_SECONDS = 1.0
_TURNS_A_COLLECTION = 1_000
"""A turn leaves some thirty objects that only a collection takes away, and keeps thousands that it looks through."""


class CaughtUp(NamedTuple):
    """How models stand after a catch-up, and of them those that a fault stops, and those that must be rebuilt."""

    standings: Mapping[str, Standing]
    faults: Mapping[str, Fault]
    outdated: Sequence[str]


class Runner:
    """Keeps some models up; ``moved`` is called once after each batch that moved a cursor."""

    def __init__(
        self,
        database: LogDatabase,
        reader: BatchReader,
        mapper: FactMapper,
        models: Iterable[ReadModel],
        clock: Clock,
        *,
        moved: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._reader = reader
        self._applier = Applier(database, reader, mapper, clock)
        # one order everywhere, so that no two runners wait for each other
        self._models = {model.name: model for model in sorted(models, key=lambda each: each.name)}
        self._moved = moved

    def standings(self) -> dict[str, Standing]:
        """How the models stand now. Raises ``StorageUnavailable``."""
        with storage_errors(self._database.engine.url), self._database.engine.connect() as connection:
            return state.standings(connection, self._models)

    def catch_up(
        self,
        names: Collection[str] | None = None,
        *,
        up_to: int,
        progress: Callable[[int], None] = lambda _position: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> CaughtUp:
        """Bring models, all if none is named, to a position at which a commit ends, or as far as they can come.

        ``progress`` is told how far the model is that is furthest behind. Raises ``StorageUnavailable``.
        """
        wanted = [model for name, model in self._models.items() if names is None or name in names]
        with collecting_seldom() as turn_ended:
            while True:
                standings = self.standings()
                behind = [each for each in _able(wanted, standings) if standings[each.name].position < up_to]
                progress(min((standings[each.name].position for each in behind), default=up_to))
                if not behind or stop():
                    break
                self._turn(behind, standings, up_to)
                turn_ended()
        found = {each.name: standings[each.name] for each in wanted}
        faults = {name: standing.fault for name, standing in found.items() if standing.fault is not None}
        return CaughtUp(found, faults, [each.name for each in wanted if outdated(each, found[each.name])])

    def run(self, stop: Event, names: Collection[str] | None = None) -> None:
        """Keep models up, all if none is named, until ``stop`` is set; a batch in hand is finished.

        Goes on after a database that was away. A model that can not go on is told in the program's log.
        """
        wakening = Wakening(stop)
        listener = Thread(target=self._listen, args=(wakening,), name="contractspoor-readmodels", daemon=True)
        listener.start()
        models = [model for name, model in self._models.items() if names is None or name in names]
        try:
            while not stop.is_set():
                wakening.clear()
                try:
                    self._follow(models, stop)
                except StorageUnavailable as error:
                    _LOG.warning("%s; trying again", error)
                    stop.wait(_RETRY_SECONDS)
                else:
                    wakening.wait()
        finally:
            stop.set()
            listener.join()

    def _follow(self, models: Sequence[ReadModel], stop: Event) -> None:
        with collecting_seldom() as turn_ended:
            while not stop.is_set():
                standings = self.standings()
                if not self._turn(_able(models, standings), standings, None):
                    break
                turn_ended()

    def _listen(self, wakening: "Wakening") -> None:
        while not wakening.stopped():
            try:
                self._database.wait_for_commits(wakening)
            except StorageUnavailable as error:
                _LOG.warning("%s; trying again", error)
                wakening.wake()
                wakening.pause(_RETRY_SECONDS)
        wakening.wake()

    def _turn(self, models: Sequence[ReadModel], standings: Mapping[str, Standing], up_to: int | None) -> bool:
        """One batch for each position at which models stand; whether there was any.

        The foremost come first, so that one far behind delays nobody long. It goes no further than the next, so that
        they meet, and share their batches from there on.
        """
        self._enter([each for each in models if standings[each.name].version is None])
        positions = sorted({standings[each.name].position for each in models}, reverse=True)
        found = False
        for position, limit in zip(positions, [up_to, *positions], strict=False):
            began = perf_counter()
            batch = self._reader.after(position, up_to=limit)
            if batch is None:
                continue
            found = True
            group = [each for each in models if standings[each.name].position == position]
            if self._applier.apply(group, batch, began=began):
                self._moved()
        return found

    def _enter(self, models: Sequence[ReadModel]) -> None:
        if not models:
            return
        with storage_errors(self._database.engine.url), self._database.transaction() as connection:
            for model in models:
                state.enter(connection, model)


@contextmanager
def collecting_seldom() -> Iterator[Callable[[], None]]:
    """Let Python look for cycles once in many turns: it looks through all that is kept, which was half of a catch-up.

    Answers with what is to be called at the end of each turn.
    """
    enabled, turns = gc.isenabled(), count(1)

    def turn_ended() -> None:
        if enabled and next(turns) % _TURNS_A_COLLECTION == 0:
            gc.collect()

    gc.disable()
    try:
        yield turn_ended
    finally:
        if enabled:
            # what is kept is old, not new: else the next allocation would have all of it looked through
            gc.freeze()
            gc.unfreeze()
            gc.enable()


class Wakening:
    """Wakes a thread that waits for commits, until it is told to stop."""

    def __init__(self, stop: Event) -> None:
        self._stop = stop
        self._woken = Event()

    def wake(self) -> None:
        """There may be something new."""
        self._woken.set()

    def stopped(self) -> bool:
        """Whether nobody waits any more."""
        return self._stop.is_set()

    def clear(self) -> None:
        """What woke us is known; wait for the next."""
        self._woken.clear()

    def wait(self) -> None:
        """Wait to be woken."""
        self._woken.wait()

    def pause(self, seconds: float) -> None:
        """Let a moment pass, or less when told to stop."""
        self._stop.wait(seconds)


def outdated(model: ReadModel, standing: Standing) -> bool:
    """Whether the tables are those of another version of the model: it must be rebuilt."""
    return standing.version not in {None, model.version}


def _able(models: Iterable[ReadModel], standings: Mapping[str, Standing]) -> list[ReadModel]:
    """Those that nothing keeps from going on."""
    return [each for each in models if standings[each.name].fault is None and not outdated(each, standings[each.name])]

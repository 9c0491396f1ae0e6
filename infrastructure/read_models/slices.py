"""A read model filled by several processes at once: each is given whole histories, some practices at a time.

For a model that rests on nothing but a practice, its contracts, and the policies: then practices may come in any order,
where the log's own order would take up each contract again for each of its facts.
"""

import gc
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import closing
from functools import cached_property
from itertools import pairwise
from multiprocessing import get_context
from os import sched_getaffinity
from typing import NamedTuple, Protocol, runtime_checkable

from application.mapper import FactMapper
from application.policy_library import PolicyLibrary
from application.ports import Row
from domain.history import Recorded
from infrastructure.persistence.factory import LogFactory
from infrastructure.persistence.recorder import LogRecorder, open_log
from infrastructure.read_models.applying import culprit_of, message_of
from infrastructure.read_models.batches import Histories
from infrastructure.read_models.model import Batch, ReadModel
from infrastructure.read_models.runner import collecting_seldom

PRACTICES_AT_ONCE = 200
STREAMS_AT_ONCE = 1_000
WORTH_PROCESSES = 50_000
"""Facts; below that a rebuild is done before the processes have begun."""
_AHEAD = 2
"""Slices that wait for each of the other processes, so that none is ever idle."""
_PROVIDERS = "provider/"
_LAST_CODE = "99999999"
_AFTER_EVERY_TEXT = "\U0010ffff"


@runtime_checkable
class ByPractice(Protocol):
    """A read model that may be filled so; ``made_by`` makes another, in another process."""

    @property
    def made_by(self) -> Callable[[], ReadModel]:
        """A function or class of a module, called without arguments."""
        ...


class Slice(NamedTuple):
    """The practices after one AGB code up to and with another; ``up_to`` is where the log ends for them."""

    after: str
    last: str
    up_to: int


class Filled(NamedTuple):
    """How many facts a slice had; or the fact that it could not take, and why."""

    facts: int
    culprit: Row | None = None
    message: str = ""


class WholeHistories(Batch):
    """All that is known of some practices at a position, as one batch from the beginning of the log."""

    def __init__(
        self,
        rows: Sequence[Row],
        adoptions: Mapping[str, Sequence[Recorded]],
        up_to: int,
        histories: Histories,
        policies: PolicyLibrary,
    ) -> None:
        super().__init__(0, rows, histories, policies)
        self.to = up_to
        self._adoptions = adoptions

    @cached_property
    def of_policies(self) -> Mapping[str, Sequence[Recorded]]:
        """Every adoption: they belong to each slice."""
        return self._adoptions


def fill(url: str, model: Callable[[], ReadModel], suffix: str, slices: Sequence[Slice]) -> Iterator[Filled]:
    """Fill the tables of ``model`` whose names end in ``suffix``, on every core; tells of each slice as it is done.

    This process does its share, from the first slice on, and begins before the others have come up. Raises
    ``StorageUnavailable``. The tables are to be empty, and thrown away when it ends early.
    """
    others = len(sched_getaffinity(0)) - 1
    if others == 0:
        with closing(_Worker(url, model().aside(suffix))) as worker:
            yield from map(worker.fill, slices)
        return
    waiting, begun = deque(slices), set[Future[Filled]]()
    # processes of their own, not copies of this one, whose connections and threads they must not have
    with (
        closing(_Worker(url, model().aside(suffix))) as worker,
        collecting_seldom() as turn_ended,
        ProcessPoolExecutor(
            others, mp_context=get_context("spawn"), initializer=_begin, initargs=(url, model, suffix)
        ) as pool,
    ):
        try:
            while waiting or begun:
                while waiting and len(begun) < _AHEAD * others:
                    begun.add(pool.submit(_fill, waiting.pop()))
                if waiting:
                    yield worker.fill(waiting.popleft())
                    turn_ended()
                done = wait(begun, 0 if waiting else None, return_when=FIRST_COMPLETED).done
                begun -= done
                yield from (each.result() for each in done)
        finally:
            pool.shutdown(cancel_futures=True)


def slices_of(log: LogRecorder, up_to: int) -> list[Slice]:
    """The practices of the log, in order; who has contracts without being registered belongs to the next one."""
    bounds, after = [""], ""
    while found := log.stream_ids(_PROVIDERS, after=after, limit=PRACTICES_AT_ONCE):
        after = found[-1]
        bounds.append(after.removeprefix(_PROVIDERS))
    return [Slice(first, last, up_to) for first, last in pairwise([*bounds[:-1], _LAST_CODE])]


class _Worker:
    """What one process does: reads slices and writes them, each in a transaction of its own."""

    def __init__(self, url: str, model: ReadModel) -> None:
        self._log = open_log(url)
        self._model = model
        factory = LogFactory(self._log)
        self._mapper = FactMapper(factory.compressor(), factory.cipher())
        self._policies = PolicyLibrary(self._log, self._mapper)

    def close(self) -> None:
        """End its connections."""
        self._log.close()

    def fill(self, asked: Slice) -> Filled:
        """Read a slice and write what the model holds of it."""
        self._policies.refresh()
        adoptions = {
            stream: self._mapper.decode_all(self._log.read_streams([stream], up_to=asked.up_to))
            for stream in self._policies.streams()
        }
        purchasers = {each.document.purchaser.id for each in self._policies.adopted_by(asked.up_to)}
        rows = sorted(self._rows([f"{_PROVIDERS}", *(f"{each}/" for each in sorted(purchasers))], asked))
        if not rows:
            return Filled(0)
        batch = WholeHistories(rows, adoptions, asked.up_to, Histories(self._log, self._mapper), self._policies)
        try:
            batch.prepare()
            with self._log.database.derivation() as connection:
                self._model.apply(connection, batch)
        except Exception as error:  # noqa: BLE001 - told of the fact, as a runner tells of it
            return Filled(0, culprit_of(self._mapper, rows), message_of(error))
        return Filled(len(rows))

    def _rows(self, prefixes: Sequence[str], asked: Slice) -> Iterator[Row]:
        for prefix in prefixes:
            after, last = f"{prefix}{asked.after}{_AFTER_EVERY_TEXT if asked.after else ''}", f"{prefix}{asked.last}"
            while found := self._log.stream_ids(prefix, after=after, limit=STREAMS_AT_ONCE):
                within = [each for each in found if each[: len(last)] <= last]
                yield from self._log.read_streams(within, up_to=asked.up_to)
                if len(within) < len(found):
                    break
                after = found[-1]


_WORKERS: list[_Worker] = []
"""The worker of this process, if it is one."""


def _begin(url: str, model: Callable[[], ReadModel], suffix: str) -> None:
    # what a slice leaves is thrown away as a whole
    gc.set_threshold(100_000, 20, 100)
    _WORKERS.append(_Worker(url, model().aside(suffix)))


def _fill(asked: Slice) -> Filled:
    return _WORKERS[0].fill(asked)

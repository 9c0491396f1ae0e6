"""Claim files, answered file to file: this process and others take blocks of lines, which come back in order."""

import gc
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import BinaryIO, NamedTuple

from application.mapper import FactMapper
from application.policy_library import PolicyLibrary
from application.ports import Horizon, ProgressReport
from application.register.claim_lines import ANSWERED, ClaimLines, Mistake
from infrastructure.persistence.recorder import open_log
from infrastructure.read_models.register.claim_file import (
    Answered,
    Answerer,
    Block,
    ClaimFileError,
    Layout,
    blocks,
    read_header,
)
from infrastructure.read_models.register.remembered import RememberedTables

__all__ = ["CheckOrder", "Checked", "ClaimFile", "ClaimFileError", "answer_file", "check_file"]

ALONE_BYTES = 8 << 20
"""A file of so many bytes is answered sooner than another process is begun."""
_AHEAD = 2
"""Blocks that each other process may have before it."""
_BEHIND = 32
"""Blocks that may wait for one before them: memory stays the same however long the file is."""


class CheckOrder(NamedTuple):
    """Whose claims, with what knowledge, on which database; the parsers are those of the command line."""

    database_url: str
    purchaser: str
    horizon: Horizon
    parse_instant: Callable[[str], datetime]
    parse_day: Callable[[str], date]


class ClaimFile(NamedTuple):
    """A file of claims, opened in binary: what it is called in messages, and its bytes, none where nobody can tell."""

    name: str
    lines: BinaryIO
    bytes: int | None


class Checked(NamedTuple):
    """What a check did."""

    rows: int
    mistakes: int


def check_file(
    order: CheckOrder,
    claims: ClaimFile,
    answers: BinaryIO,
    *,
    processes: int,
    report: ProgressReport,
    tell: Callable[[Mistake], None],
) -> Checked:
    """Answer every line of ``claims`` in ``answers``; a line that can not be read is told, and the others go on.

    Raises ``ClaimFileError`` when the file has not the columns of a file of claims or a line without end, and
    ``OSError``.
    """
    rows = wrong = done = 0
    header, layout = read_header(claims.name, claims.lines)
    answers.write(_answered_header(header, layout))
    more = processes - 1 if claims.bytes is None or claims.bytes > ALONE_BYTES else 0
    found = blocks(claims.name, claims.lines, layout.delimiter)
    with _here(order, layout) as worker, _elsewhere(order, layout, more) as others, _without_looking_for_cycles():
        for block in _in_order(found, worker, others):
            answers.write(block.text)
            rows += block.rows
            wrong += len(block.mistakes)
            done += block.read
            if claims.bytes is not None:
                report(len(header) + done, claims.bytes)
            for mistake in block.mistakes:
                tell(mistake)
    return Checked(rows, wrong)


def answer_file(order: CheckOrder, name: str, source: Path) -> Generator[bytes]:
    """What ``check_file`` writes of a file, block by block as each is answered, in this process and no other.

    Whoever does not want the rest closes the iterator, in whatever thread. Raises what ``check_file`` raises, and at
    once: the file is looked through to its end before the first line is answered.
    """
    with source.open("rb") as lines:
        header, layout = read_header(name, lines)
        for _ in blocks(name, lines, layout.delimiter):
            pass
    return _answered(order, source, header, layout)


def _answered(order: CheckOrder, source: Path, header: bytes, layout: Layout) -> Generator[bytes]:
    with source.open("rb") as lines, _here(order, layout) as worker:
        lines.seek(len(header))
        yield _answered_header(header, layout)
        for block in blocks(source.name, lines, layout.delimiter):
            with _without_looking_for_cycles():
                answered = worker.answer(block)
            yield answered.text


def _answered_header(header: bytes, layout: Layout) -> bytes:
    return header.rstrip(b"\r\n") + layout.delimiter.join(("", *ANSWERED)).encode() + b"\n"


def _in_order(found: Iterator[Block], here: "_Worker", others: "_Others | None") -> Iterator[Answered]:
    """The answers of every block; this process answers what the others have no room for."""
    pending: deque[Future[Answered] | Answered] = deque()
    for block in found:
        taken = None if others is None else others.take(block)
        pending.append(taken or here.answer(block))
        while pending and (len(pending) > _BEHIND or _finished(pending[0])):
            yield _result(pending.popleft())
    while pending:
        yield _result(pending.popleft())


def _finished(each: Future[Answered] | Answered) -> bool:
    return isinstance(each, Answered) or each.done()


def _result(each: Future[Answered] | Answered) -> Answered:
    return each if isinstance(each, Answered) else each.result()


class _Worker:
    """One process' log, tables and memory."""

    def __init__(self, order: CheckOrder, layout: Layout) -> None:
        self._log = open_log(order.database_url)
        policies = PolicyLibrary(self._log, FactMapper())
        policies.refresh()
        lines = ClaimLines(
            RememberedTables(self._log.database, order.purchaser),
            policies,
            self._log,
            order.purchaser,
            order.horizon,
            delimiter=layout.delimiter,
            parse_instant=order.parse_instant,
            parse_day=order.parse_day,
        )
        self.answer = Answerer(lines, layout).answer

    def close(self) -> None:
        """Close the connections."""
        self._log.close()


@contextmanager
def _without_looking_for_cycles() -> Iterator[None]:
    """Nothing that is kept of a file has any; to look through all of it took as long as the answers."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def _here(order: CheckOrder, layout: Layout) -> Iterator[_Worker]:
    worker = _Worker(order, layout)
    try:
        yield worker
    finally:
        worker.close()


class _Others:
    """Other processes; ``begun`` are done as these become ready, which takes a second."""

    def __init__(self, pool: ProcessPoolExecutor, processes: int) -> None:
        self._pool = pool
        self.begun = [pool.submit(_ready) for _ in range(processes)]
        self._taken: list[Future[Answered]] = []

    def take(self, block: Block) -> Future[Answered] | None:
        """Let one that is ready and has room answer a block; nothing when there is none."""
        self._taken = [each for each in self._taken if not each.done()]
        if len(self._taken) >= _AHEAD * sum(each.done() for each in self.begun):
            return None
        self._taken.append(self._pool.submit(_answer, block))
        return self._taken[-1]


@contextmanager
def _elsewhere(order: CheckOrder, layout: Layout, processes: int) -> Iterator[_Others | None]:
    if not processes:
        yield None
        return
    with ProcessPoolExecutor(processes, get_context("spawn"), _begin_worker, (order, layout)) as pool:
        yield _Others(pool, processes)


# ------------------------------------------------------------------------------------ in a process of a pool

_WORKERS: list[_Worker] = []
"""Its one worker."""


def _begin_worker(order: CheckOrder, layout: Layout) -> None:
    gc.disable()  # see _without_looking_for_cycles
    _WORKERS.append(_Worker(order, layout))


def _ready() -> None:
    """Whoever can answer this can answer lines."""


def _answer(block: Block) -> Answered:
    return _WORKERS[0].answer(block)

"""Claim files, answered file to file: blocks of lines go to processes of their own and come back in order."""

import csv
import io
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import BinaryIO, NamedTuple

from application.mapper import FactMapper
from application.policy_library import PolicyLibrary
from application.ports import Horizon, ProgressReport
from application.register.claim_lines import ANSWERED, ASKED, KNOWN_AT, ClaimLines, LineError, Mistake
from domain.care_type import CareType
from infrastructure.persistence.recorder import open_log
from infrastructure.read_models.register.remembered import RememberedTables

BLOCK_BYTES = 1 << 20
_AHEAD = 4
"""Blocks that each process may have before it: memory stays the same however long the file is."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
ANSWERED_WRONG = "error"


class ClaimFileError(Exception):
    """A file of claims can not be used at all; the message is one line that names it."""


class CheckOrder(NamedTuple):
    """Whose claims, with what knowledge, on which database; the parsers are those of the command line."""

    database_url: str
    purchaser: str
    horizon: Horizon
    parse_instant: Callable[[str], datetime]
    parse_day: Callable[[str], date]


class Layout(NamedTuple):
    """The delimiter, and where the columns stand that are asked for; ``known_at`` may be absent."""

    delimiter: str
    columns: tuple[int, ...]
    width: int


class Block(NamedTuple):
    """Whole lines, and the number of the first."""

    first_line: int
    text: bytes


class Answered(NamedTuple):
    """A block with its answers."""

    text: bytes
    rows: int
    read: int
    mistakes: tuple[Mistake, ...]


class Checked(NamedTuple):
    """What a check did."""

    rows: int
    mistakes: int


def check_file(
    order: CheckOrder,
    source: Path,
    target: Path,
    *,
    processes: int,
    report: ProgressReport,
    tell: Callable[[Mistake], None],
) -> Checked:
    """Answer every line of ``source`` in ``target``; a line that can not be read is told, and the others go on.

    Raises ``ClaimFileError`` when the file has not the columns of a file of claims, and ``OSError``.
    """
    rows = wrong = done = 0
    total = source.stat().st_size
    with source.open("rb") as lines, target.open("wb") as answers:
        header = lines.readline()
        layout = read_header(source, header)
        answers.write(header.rstrip(b"\r\n") + layout.delimiter.join(("", *ANSWERED)).encode() + b"\n")
        # a small file is answered sooner than a process is begun
        alone = processes < 2 or total < 2 * BLOCK_BYTES
        with _here(order, layout) if alone else _elsewhere(order, layout, processes) as answer_all:
            for block in answer_all(blocks(lines)):
                answers.write(block.text)
                rows += block.rows
                wrong += len(block.mistakes)
                done += block.read
                report(len(header) + done, total)
                for mistake in block.mistakes:
                    tell(mistake)
    return Checked(rows, wrong)


def read_header(source: Path, header: bytes) -> Layout:
    """Where the columns stand. Raises ``ClaimFileError``."""
    try:
        text = header.removeprefix(_BYTE_ORDER_MARK).decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise ClaimFileError(f"{source}: line 1: not UTF-8 text; save the file as CSV in UTF-8") from None
    delimiter = ";" if text.count(";") > text.count(",") else ","
    names = [name.strip().lower() for name in next(csv.reader([text], delimiter=delimiter), [])]
    missing = [name for name in ASKED if name not in names]
    if missing:
        raise ClaimFileError(
            f"{source}: line 1: found the columns {', '.join(names) or 'none'}, and not {', '.join(missing)}; "
            f"a file of claims has {', '.join(ASKED)} and perhaps {KNOWN_AT}"
        )
    doubled = [name for name in (*ASKED, KNOWN_AT) if names.count(name) > 1]
    if doubled:
        raise ClaimFileError(f"{source}: line 1: the column {doubled[0]} stands twice; keep one of them")
    known_at = (names.index(KNOWN_AT),) if KNOWN_AT in names else ()
    return Layout(delimiter, (*(names.index(name) for name in ASKED), *known_at), len(names))


def blocks(lines: BinaryIO) -> Iterator[Block]:
    """Blocks of whole lines; one that ends inside a quoted cell goes on to the end of it."""
    first = 2
    while text := lines.read(BLOCK_BYTES):
        text += lines.readline()
        while text.count(b'"') % 2 and (more := lines.readline()):
            text += more
        yield Block(first, text)
        first += text.count(b"\n")


# ------------------------------------------------------------------------------------------------- one process


class Answerer:
    """Answers blocks, one after the other."""

    def __init__(self, lines: ClaimLines, layout: Layout) -> None:
        self._lines = lines
        self._layout = layout

    def answer(self, block: Block, load: Callable[[Sequence[Sequence[str]], Layout], None]) -> Answered:
        """The block's lines, each with its answer behind it."""
        # what is not UTF-8 in a cell that nobody asks for goes through as it is; elsewhere it is no AGB code and no day
        rows = self._rows(block.text.decode("utf-8", "surrogateescape"))
        load([row for _, row, _ in rows], self._layout)
        mistakes: list[Mistake] = []
        answers = [self._line(block.first_line + at, row, written, mistakes) for at, row, written in rows]
        told = "\n".join(answers)
        written = f"{told}\n".encode("utf-8", "surrogateescape") if answers else b""
        return Answered(written, len(rows), len(block.text), tuple(mistakes))

    def _rows(self, text: str) -> list[tuple[int, list[str], str]]:
        """Rows that are not empty: after which line of the block, their cells, and how they are written."""
        delimiter = self._layout.delimiter
        if '"' not in text:
            lines = text.replace("\r\n", "\n").split("\n")
            return [(number, line.split(delimiter), line) for number, line in enumerate(lines) if line]
        found = []
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        before = 0
        for row in reader:
            if row:
                written = io.StringIO()
                csv.writer(written, delimiter=delimiter, lineterminator="\r\n").writerow(row)
                found.append((before, row, written.getvalue().removesuffix("\r\n")))
            before = reader.line_num
        return found

    def _line(self, number: int, row: Sequence[str], written: str, mistakes: list[Mistake]) -> str:
        layout = self._layout
        try:
            answer = self._answer(row)
        except LineError as error:
            mistakes.append(Mistake(number, error.column, str(error)))
            reason = str(error).replace(layout.delimiter, " ").replace('"', "'").replace("\n", " ")
            answer = (ANSWERED_WRONG, *[""] * 6, reason, "", "")
        return layout.delimiter.join((written, *answer))

    def _answer(self, row: Sequence[str]) -> tuple[str, ...]:
        layout = self._layout
        if len(row) != layout.width:
            raise LineError("", f"found {len(row)} cells, expected {layout.width} as in the first line")
        return self._lines.answer(*[row[column].strip() for column in layout.columns])


AnswerAll = Callable[[Iterator[Block]], Iterator[Answered]]


@contextmanager
def _here(order: CheckOrder, layout: Layout) -> Iterator[AnswerAll]:
    worker = _Worker(order, layout)
    try:
        yield lambda found: map(worker.answer, found)
    finally:
        worker.close()


class _Worker:
    """One process' log, tables and memory."""

    def __init__(self, order: CheckOrder, layout: Layout) -> None:
        self._log = open_log(order.database_url)
        policies = PolicyLibrary(self._log, FactMapper())
        policies.refresh()
        self._tables = RememberedTables(self._log.database, order.purchaser)
        lines = ClaimLines(
            self._tables,
            policies,
            self._log,
            order.purchaser,
            order.horizon,
            parse_instant=order.parse_instant,
            parse_day=order.parse_day,
        )
        self._answerer = Answerer(lines, layout)

    def answer(self, block: Block) -> Answered:
        """See ``Answerer.answer``."""
        return self._answerer.answer(block, self._load)

    def close(self) -> None:
        """Close the connections."""
        self._log.close()

    def _load(self, rows: Sequence[Sequence[str]], layout: Layout) -> None:
        agb, care_type = layout.columns[:2]
        wanted = {(row[agb], row[care_type]) for row in rows if len(row) == layout.width}
        self._tables.load([key for key in wanted if key[0].isascii() and key[1] in CareType.__members__])


# --------------------------------------------------------------------------------------------- many processes

_WORKERS: list[_Worker] = []
"""In a process of a pool: its one worker."""


def _begin_worker(order: CheckOrder, layout: Layout) -> None:
    _WORKERS.append(_Worker(order, layout))


def _answer_elsewhere(block: Block) -> Answered:
    return _WORKERS[0].answer(block)


@contextmanager
def _elsewhere(order: CheckOrder, layout: Layout, processes: int) -> Iterator[AnswerAll]:
    with ProcessPoolExecutor(processes, get_context("spawn"), _begin_worker, (order, layout)) as pool:

        def answer_all(found: Iterator[Block]) -> Iterator[Answered]:
            pending: deque[Future[Answered]] = deque()
            for block in found:
                pending.append(pool.submit(_answer_elsewhere, block))
                if len(pending) >= processes * _AHEAD:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()

        yield answer_all

"""A file of claims: where its columns stand, its blocks of whole lines, and the same lines with their answers."""

import csv
import io
from collections.abc import Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, NamedTuple, NoReturn

from application.register.claim_lines import ASKED, KNOWN_AT, ClaimLines, LineError, Mistake

BLOCK_BYTES = 1 << 18
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class ClaimFileError(Exception):
    """A file of claims can not be used at all; the message is one line that names it."""


class Layout(NamedTuple):
    """The delimiter, how many columns there are, and where those stand that are asked for.

    ``key`` are ``agb``, ``care_type`` and ``known_at``, which may be absent.
    """

    delimiter: str
    width: int
    key: tuple[int, ...]
    treated_on: int


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
    agb, care_type, treated_on = (names.index(name) for name in ASKED)
    known_at = (names.index(KNOWN_AT),) if KNOWN_AT in names else ()
    return Layout(delimiter, len(names), (agb, care_type, *known_at), treated_on)


def blocks(lines: BinaryIO) -> Iterator[Block]:
    """Blocks of whole lines; one that ends inside a quoted cell goes on to the end of it."""
    first = 2
    while text := lines.read(BLOCK_BYTES):
        text += lines.readline()
        while text.count(b'"') % 2 and (more := lines.readline()):
            text += more
        yield Block(first, text)
        first += text.count(b"\n")


Rows = tuple[Sequence[int], list[list[str]], list[str]]
"""Of each row that is not empty: after which line of its block it stands, its cells, and how it is written."""


class Answerer:
    """Answers blocks, one after the other."""

    def __init__(self, lines: ClaimLines, layout: Layout) -> None:
        self._lines = lines
        self._layout = layout
        self._key = itemgetter(*layout.key)

    def answer(self, block: Block) -> Answered:
        """The block's lines, each with its answer behind it; those that are empty are left out."""
        # what is not UTF-8 in a cell that nobody asks for goes through as it is; elsewhere it is no AGB code and no day
        text = block.text.decode("utf-8", "surrogateescape")
        after, rows, written = self._quoted(text) if '"' in text else self._plain(text)
        key_of, answer, (_, width, _, day) = self._key, self._lines.answer, self._layout
        self._lines.prepare({key_of(row) for row in rows if len(row) == width})
        mistakes: list[Mistake] = []
        answers: list[str] = []
        for number, row, line in zip(after, rows, written, strict=True):
            try:
                answers.append(line + answer(key_of(row), row[day]) if len(row) == width else line + self._width(row))
            except LineError as error:
                mistakes.append(Mistake(block.first_line + number, error.column, str(error)))
                answers.append(line + self._lines.mistake(str(error)))
        answers.append("")
        told = "\n".join(answers).encode("utf-8", "surrogateescape")
        return Answered(told, len(rows), len(block.text), tuple(mistakes))

    def _width(self, row: Sequence[str]) -> NoReturn:
        raise LineError("", f"found {len(row)} cells, expected {self._layout.width} as in the first line")

    def _plain(self, text: str) -> Rows:
        lines = text.replace("\r\n", "\n").split("\n")
        written = [line for line in lines if line]
        after = range(len(lines)) if len(lines) == len(written) + 1 else [at for at, line in enumerate(lines) if line]
        delimiter = self._layout.delimiter
        return after[: len(written)], [line.split(delimiter) for line in written], written

    def _quoted(self, text: str) -> Rows:
        delimiter = self._layout.delimiter
        after: list[int] = []
        rows: list[list[str]] = []
        lines: list[str] = []
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        before = 0
        for row in reader:
            if row:
                written = io.StringIO()
                csv.writer(written, delimiter=delimiter, lineterminator="\r\n").writerow(row)
                after.append(before)
                rows.append(row)
                lines.append(written.getvalue().removesuffix("\r\n"))
            before = reader.line_num
        return after, rows, lines

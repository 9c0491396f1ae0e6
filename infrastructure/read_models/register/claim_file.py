"""A file of claims: where its columns stand, its blocks of whole lines, and the same lines with their answers."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from functools import cache
from operator import itemgetter
from typing import BinaryIO, NamedTuple, NoReturn

from application.register.claim_lines import ASKED, KNOWN_AT, ClaimLines, LineError, Mistake

BLOCK_BYTES = 1 << 18
LONGEST_LINE = 1_000_000
"""Bytes; a file with a longer line is refused, so that memory stays the same whatever it holds."""
LONGEST_CELL = 100_000
"""Bytes up to which the end of a quoted cell is looked for in further lines; less than what ``csv`` takes."""
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


def read_header(source: str, lines: BinaryIO) -> tuple[bytes, Layout]:
    """The first line, and where the columns stand. Raises ``ClaimFileError``."""
    header = lines.readline(LONGEST_LINE)
    if len(header) == LONGEST_LINE:
        raise _too_long(source, 1)
    try:
        text = header.removeprefix(_BYTE_ORDER_MARK).decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise ClaimFileError(f"{source}: line 1: not UTF-8 text; save the file as CSV in UTF-8") from None
    if "\r" in text:
        raise ClaimFileError(f"{source}: line 1: a CR without LF; save the file with lines that end in LF or CR LF")
    delimiter = ";" if text.count(";") > text.count(",") else ","
    names = [name.strip().lower() for name in next(csv.reader([text], delimiter=delimiter), [])]
    missing = [name for name in ASKED if name not in names]
    if missing:
        raise ClaimFileError(
            f"{source}: line 1: found the columns {_named(names)}, and not {', '.join(missing)}; "
            f"a file of claims has {', '.join(ASKED)} and perhaps {KNOWN_AT}"
        )
    doubled = [name for name in (*ASKED, KNOWN_AT) if names.count(name) > 1]
    if doubled:
        raise ClaimFileError(f"{source}: line 1: the column {doubled[0]} stands twice; keep one of them")
    agb, care_type, treated_on = (names.index(name) for name in ASKED)
    known_at = (names.index(KNOWN_AT),) if KNOWN_AT in names else ()
    return header, Layout(delimiter, len(names), (agb, care_type, *known_at), treated_on)


def _named(names: Sequence[str]) -> str:
    told = ", ".join(names)
    return (told if told.isprintable() and len(told) <= _NAMES_TOLD else repr(told[:_NAMES_TOLD])) or "none"


def _too_long(source: str, line: int) -> ClaimFileError:
    return ClaimFileError(f"{source}: line {line} is longer than {LONGEST_LINE:,} bytes; a claim is one line")


def blocks(source: str, lines: BinaryIO, delimiter: str) -> Iterator[Block]:
    """Blocks of whole lines; one that ends inside a quoted cell goes on to the end of it. Raises ``ClaimFileError``."""
    first = 2
    while found := lines.read(BLOCK_BYTES):
        text = bytearray(found)
        rest = b"" if found.endswith(b"\n") else lines.readline(LONGEST_LINE)
        if len(rest) == LONGEST_LINE:
            raise _too_long(source, first + found.count(b"\n"))
        text += rest
        begun = open_cell(text.decode("latin-1"), delimiter) if b'"' in text else None
        while begun is not None and len(text) - begun < LONGEST_CELL and (more := lines.readline(LONGEST_CELL)):
            text += more
            if b'"' in more and open_cell(text[begun:].decode("latin-1"), delimiter) is None:
                begun = None
        if not text.endswith(b"\n"):
            text += lines.readline(LONGEST_LINE)
        yield Block(first, bytes(text))
        first += text.count(b"\n")


def open_cell(text: str, delimiter: str) -> int | None:
    """Where a quoted cell begins in whole rows that is not closed by their end; none where all are.

    A quote inside of a cell that does not begin with one is a letter like others, as it is for ``csv``.
    """
    last = None
    for last in _quoted_cells(delimiter).finditer(text):  # noqa: B007 - the last one
        pass
    return None if last is None or last["end"] else last.start("begin")


@cache
def _quoted_cells(delimiter: str) -> re.Pattern[str]:
    return re.compile(rf'(?:\A|(?<=[{delimiter}\r\n]))(?P<begin>")[^"]*+(?:""[^"]*+)*+(?P<end>"?)')


Rows = tuple[Sequence[int], list[list[str]], list[str]]
"""Of each row that is not empty: after which line of its block it stands, its cells, and how it is written.

One that is no CSV has no cells.
"""
_NO_CSV = f"a quoted cell does not end within {LONGEST_CELL:,} characters; write a quote inside of one twice"
_NAMES_TOLD, _LINE_KEPT = 200, 1_000


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
                answers.append(line + answer(key_of(row), row[day]) if len(row) == width else self._width(row))
            except LineError as error:
                mistakes.append(Mistake(block.first_line + number, error.column, str(error)))
                told = line if len(row) == width else self._in_one_cell(line)
                answers.append(told + self._lines.mistake(str(error)))
        answers.append("")
        told_all = "\n".join(answers).encode("utf-8", "surrogateescape")
        return Answered(told_all, len(rows), len(block.text), tuple(mistakes))

    def _width(self, row: Sequence[str]) -> NoReturn:
        found = f"found {len(row)} cells, expected {self._layout.width} as in the first line"
        raise LineError("", found if row else _NO_CSV)

    def _in_one_cell(self, line: str) -> str:
        """How a line begins that has not the cells of the first one: in the first column, its answer in its own."""
        return self._written([line[:_LINE_KEPT], *[""] * (self._layout.width - 1)])

    def _plain(self, text: str) -> Rows:
        lines = text.replace("\r\n", "\n").split("\n")
        written = [line for line in lines if line]
        after = range(len(lines)) if len(lines) == len(written) + 1 else [at for at, line in enumerate(lines) if line]
        delimiter = self._layout.delimiter
        return after[: len(written)], [line.split(delimiter) for line in written], written

    def _quoted(self, text: str) -> Rows:
        """Rows as ``csv`` reads them; behind one that is none, each line is a row of its own."""
        begun = open_cell(text, self._layout.delimiter)
        whole = text if begun is None else text[: text.rfind("\n", 0, begun) + 1]
        try:
            found = list(self._read(whole))
        except csv.Error:  # a cell that is too long for it
            whole, found = "", []
        before = whole.count("\n")
        for line in text[len(whole) :].split("\n"):
            found += [(before, row, written) for _, row, written in self._alone(line.removesuffix("\r"))]
            before += 1
        after, rows, lines = (list(each) for each in zip(*found, strict=True)) if found else ([], [], [])
        return after, rows, lines

    def _alone(self, line: str) -> Iterator[tuple[int, list[str], str]]:
        try:
            found = [] if open_cell(line, self._layout.delimiter) is not None else list(self._read(line))
        except csv.Error:
            found = []
        if found or not line:
            yield from found
        else:
            yield 0, [], line

    def _read(self, text: str) -> Iterator[tuple[int, list[str], str]]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self._layout.delimiter)
        before = 0
        for row in reader:
            if row:
                yield before, row, self._written(row)
            before = reader.line_num

    def _written(self, row: Sequence[str]) -> str:
        written = io.StringIO()
        csv.writer(written, delimiter=self._layout.delimiter, lineterminator="\r\n").writerow(row)
        return written.getvalue().removesuffix("\r\n")

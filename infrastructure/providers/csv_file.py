"""A register file in CSV: read twice in a stream, once to know that it is whole, once for its practices."""

import csv
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from application.provider_import import PracticeEntry, RefusedPractice, RegisterFileError, RowMistake
from infrastructure.providers.layout import COLUMNS
from infrastructure.providers.practice_rows import PracticeRows, RawRow, read_practice

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class _Group(NamedTuple):
    """Adjacent rows of one practice."""

    agb: str
    rows: list[RawRow]


class RegisterFile:
    """A register file whose header and rows can be told apart; made by reading it once.

    ``practices`` is how many different practices it names. Raises ``RegisterFileError`` when it is no such file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._first_lines: dict[str, int] = {}
        self._returns: dict[str, list[int]] = {}
        for group in self._groups():
            line = group.rows[0].line
            if group.agb in self._first_lines:
                self._returns.setdefault(group.agb, []).append(line)
            else:
                self._first_lines[group.agb] = line
        if not self._first_lines:
            raise RegisterFileError(f"{path}: has a header and no rows below it")
        self.practices = len(self._first_lines)

    def entries(self) -> Iterator[PracticeEntry | RefusedPractice]:
        """Each practice as an entry, or refused with its mistakes; one whose rows stand apart is refused each time."""
        for group in self._groups():
            if group.agb not in self._returns:
                yield read_practice(group.agb, group.rows)
            else:
                yield self._scattered(group)

    def _scattered(self, group: _Group) -> RefusedPractice:
        practice = PracticeRows(group.agb)
        for row in group.rows:
            practice.add(row)
        line, first_line = group.rows[0].line, self._first_lines[group.agb]
        if line != first_line:
            expected = f"all rows of a practice together: those of {group.agb} begin on line {first_line}"
            practice.mistakes.append(RowMistake(line, "agb", group.agb, expected))
        return RefusedPractice(group.agb, tuple(sorted(practice.mistakes)))

    def _groups(self) -> Iterator[_Group]:
        for agb, rows in groupby(self._rows(), key=lambda each: each[0]):
            yield _Group(agb, [row for _, row in rows])

    def _rows(self) -> Iterator[tuple[str, RawRow]]:
        """Rows with the AGB code under which they belong; an empty or missing one belongs to the row above."""
        lines = _text_lines(self.path)
        header = next(lines, "")
        if not header:
            raise RegisterFileError(f"{self.path}: is empty; the first line must name the columns {', '.join(COLUMNS)}")
        delimiter = _delimiter(self.path, header)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        columns = _columns(self.path, next(csv.reader([header], delimiter=delimiter)))
        agb_at = columns.index("agb")
        agb, before = "", 1
        while True:
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise RegisterFileError(f"{self.path}: {_unreadable(error, before + 1)}") from None
            line, before = before + 1, reader.line_num + 1
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            if len(cells) > agb_at:
                agb = cells[agb_at] or agb
            if len(cells) == len(columns):
                yield agb, RawRow(line, dict(zip(columns, cells, strict=True)))
            else:
                yield agb, RawRow(line, None, len(cells))


def _text_lines(path: Path) -> Iterator[str]:
    """The lines of a UTF-8 file, with or without byte order mark."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                content = line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line
                if number == 1 and content.startswith(_UTF_16):
                    raise RegisterFileError(f"{path}: is UTF-16, not UTF-8; save it as 'CSV UTF-8'")
                if b"\0" in content:
                    raise RegisterFileError(
                        f"{path}: line {number} has a NUL byte; is this a text file? Save it as 'CSV UTF-8'"
                    )
                yield content.decode()
    except UnicodeDecodeError as error:
        raise RegisterFileError(
            f"{path}: line {number} is not UTF-8 (byte 0x{error.object[error.start]:02x} at place {error.start + 1}); "
            "save the file as 'CSV UTF-8'"
        ) from None
    except OSError as error:
        raise RegisterFileError(f"{path}: can not be read: {error.strerror or error}") from None


def _delimiter(path: Path, header: str) -> str:
    if "\t" in header and "," not in header and ";" not in header:
        raise RegisterFileError(f"{path}: line 1 is separated by tabs; save the file with commas or semicolons")
    return ";" if header.count(";") > header.count(",") else ","


def _columns(path: Path, found: list[str]) -> list[str]:
    """The columns in the file's own order; refuses unknown, doubled and missing ones, all at once."""
    columns = [column.strip() for column in found]
    mistakes = []
    for column in columns:
        if column not in COLUMNS:
            near = get_close_matches(column.lower(), COLUMNS, n=1)
            mistakes.append(f"unknown column {column!r}" + (f", did you mean {near[0]!r}?" if near else ""))
    mistakes += [f"column {column!r} stands there twice" for column in COLUMNS if columns.count(column) > 1]
    missing = [column for column in COLUMNS if column not in columns]
    if missing:
        mistakes.append(f"missing: {', '.join(missing)}")
    if mistakes:
        raise RegisterFileError(f"{path}: line 1 must name the columns of a register file; {'; '.join(mistakes)}")
    return columns


def _unreadable(error: csv.Error, line: int) -> str:
    if "end of data" in str(error) or "field limit" in str(error):
        return f"the row that begins on line {line} has a quote that is never closed"
    return f"the row that begins on line {line} is not CSV: {error}; double a quote inside quotes"

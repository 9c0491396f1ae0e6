"""A register file, read twice: once to know that it is whole, once for its practices."""

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path
from typing import NamedTuple, Protocol

from application.provider_import import PracticeEntry, RefusedPractice, RegisterFileError, RowMistake
from infrastructure.providers.csv_file import CsvTable
from infrastructure.providers.layout import COLUMNS, EVERY_COLUMN
from infrastructure.providers.practice_rows import PracticeRows, RawRow, read_practice
from infrastructure.providers.xlsx_file import STARTS_WITH, XlsxTable

_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
"""The first bytes of an .xls file, and of a workbook that a password protects."""


class Table(Protocol):
    """The rows of a file, whatever its format."""

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Rows that are not empty, the header first, each with its line from 1; raises ``RegisterFileError``."""
        ...


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
        self._table = _table(path)
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
        rows = self._table.rows()
        line, header = next(rows, (0, []))
        if not header:
            raise RegisterFileError(f"{self.path}: is empty; the first line must name the columns {', '.join(COLUMNS)}")
        columns = _columns(f"{self.path}: line {line}", header)
        agb_at, agb = columns.index("agb"), ""
        for line, cells in rows:
            if len(cells) > agb_at:
                agb = cells[agb_at] or agb
            if len(cells) == len(columns):
                yield agb, RawRow(line, dict(zip(columns, cells, strict=True)))
            else:
                yield agb, RawRow(line, None, len(cells), len(columns))


def _table(path: Path) -> Table:
    """The reader for what the file is, whatever its name says."""
    if path.is_fifo():
        raise RegisterFileError(f"{path}: is read twice, which a pipe can not be; write it to a file first")
    try:
        with path.open("rb") as file:
            start = file.read(len(STARTS_WITH))
    except OSError as error:
        raise RegisterFileError(f"{path}: can not be read: {error.strerror or error}") from None
    if start == STARTS_WITH:
        return XlsxTable(path)
    if start == _OLD_WORKBOOK:
        raise RegisterFileError(
            f"{path}: is an old Excel workbook, or one with a password; save it as .xlsx without a password"
        )
    if path.suffix.lower() == ".xlsx":
        raise RegisterFileError(f"{path}: is no Excel workbook, in spite of its name; save it again as .xlsx or as CSV")
    return CsvTable(path)


def _columns(where: str, found: list[str]) -> list[str]:
    """The columns in the file's own order; refuses unknown, doubled and missing ones, all at once."""
    columns = [column.strip() for column in found]
    mistakes = []
    for column in columns:
        if column not in EVERY_COLUMN:
            near = get_close_matches(column.lower(), EVERY_COLUMN, n=1)
            mistakes.append(f"unknown column {column!r}" + (f", did you mean {near[0]!r}?" if near else ""))
    mistakes += [f"column {column!r} stands there twice" for column in EVERY_COLUMN if columns.count(column) > 1]
    missing = [column for column in COLUMNS if column not in columns]
    if missing:
        mistakes.append(f"missing: {', '.join(missing)}")
    if mistakes:
        raise RegisterFileError(f"{where} must name the columns of a register file; {'; '.join(mistakes)}")
    return columns

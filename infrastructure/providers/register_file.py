"""A register file, read twice: once to know that it is whole, once for its practices."""

from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
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


class _Line(NamedTuple):
    """A row under the AGB code of the practice that it belongs to."""

    agb: str
    line: int
    cells: list[str]


class RegisterFile:
    """A register file whose header and rows can be told apart; made by reading it once.

    ``practices`` is how many different practices it names. Raises ``RegisterFileError`` when it is no such file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._table = _table(path)
        self._columns: list[str] = []
        self._first_lines: dict[str, int] = {}
        self._returning: set[str] = set()
        for agb, rows in self._groups():
            if agb in self._first_lines:
                self._returning.add(agb)
            else:
                self._first_lines[agb] = next(rows).line
        if not self._first_lines:
            raise RegisterFileError(f"{path}: has a header and no rows below it")
        self.practices = len(self._first_lines)

    def entries(self) -> Iterator[PracticeEntry | RefusedPractice]:
        """Each practice as an entry, or refused with its mistakes; one whose rows stand apart is refused each time."""
        for agb, rows in self._groups():
            raw = [self._raw(row) for row in rows]
            yield self._scattered(agb, raw) if agb in self._returning else read_practice(agb, raw)

    def _scattered(self, agb: str, rows: list[RawRow]) -> RefusedPractice:
        practice = PracticeRows(agb)
        for row in rows:
            practice.add(row)
        line, first_line = rows[0].line, self._first_lines[agb]
        if line != first_line:
            expected = f"all rows of a practice together: those of {agb} begin on line {first_line}"
            practice.mistakes.append(RowMistake(line, "agb", agb, expected))
        return RefusedPractice(agb, tuple(sorted(practice.mistakes)))

    def _groups(self) -> Iterator[tuple[str, Iterator[_Line]]]:
        """Adjacent rows of one practice, as often as they stand together somewhere."""
        return groupby(self._rows(), key=lambda row: row.agb)

    def _rows(self) -> Iterator[_Line]:
        """A row whose AGB code is empty or missing belongs to the practice of the row above."""
        rows = self._table.rows()
        line, header = next(rows, (0, []))
        if not header:
            raise RegisterFileError(f"{self.path}: is empty; the first line must name the columns {', '.join(COLUMNS)}")
        self._columns = _columns(f"{self.path}: line {line}", header)
        agb_at, agb = self._columns.index("agb"), ""
        for line, cells in rows:
            if len(cells) > agb_at:
                agb = cells[agb_at] or agb
            yield _Line(agb, line, cells)

    def _raw(self, row: _Line) -> RawRow:
        if len(row.cells) != len(self._columns):
            return RawRow(row.line, None, len(row.cells), len(self._columns))
        return RawRow(row.line, {column: cell for column, cell in zip(self._columns, row.cells, strict=True) if cell})


@contextmanager
def register_of(content: bytes) -> Iterator[RegisterFile]:
    """A register file of these bytes; raises ``RegisterFileError``, which names it "the file"."""
    with TemporaryDirectory(prefix="contractspoor-register-") as folder:
        path = Path(folder) / "register"
        path.write_bytes(content)
        try:
            yield RegisterFile(path)
        except RegisterFileError as error:
            raise RegisterFileError(str(error).replace(str(path), "the file")) from None


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

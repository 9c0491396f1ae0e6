"""The rows of an Excel workbook (.xlsx) with one sheet, as the texts that the same register would have in CSV."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812 -- it is a class

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
)

from application.provider_import import RegisterFileError
from infrastructure.providers.xlsx_cells import SHEETS, cells_without_value, most_cells

STARTS_WITH = b"PK\x03\x04"
"""The first bytes of a workbook: it is a ZIP archive."""

_MOST_CELLS = 50_000_000
"""Filled or not: the reader keeps every cell up to the last row and column in memory."""

_DAMAGED = (CalamineError, BadZipFile, ZlibError, EOFError, NotImplementedError, RuntimeError, OSError)
_DIGITS_OF_A_NUMBER = Decimal(10) ** 15
"""A spreadsheet keeps fifteen digits of a number; those of a longer one are lost."""

_SAVE_AGAIN = "save the register as an Excel workbook (.xlsx) or as 'CSV UTF-8'"

Value = int | float | str | bool | date | datetime | time | timedelta
"""What a cell may hold."""


class XlsxTable:
    """A workbook, read into memory once. Raises ``RegisterFileError`` when it is damaged or has several sheets."""

    def __init__(self, path: Path) -> None:
        _check_archive(path)
        try:
            self._sheet = _only_sheet(path)
            self._without_value = cells_without_value(path)
        except PasswordError:
            raise RegisterFileError(f"{path}: is protected by a password; {_SAVE_AGAIN} without one") from None
        except _DAMAGED as error:
            raise RegisterFileError(f"{path}: is a damaged workbook ({error}); {_SAVE_AGAIN}") from None

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Rows that are not empty, as wide as the header unless they hold more, with their number in the sheet."""
        width = 0
        for line, cells in self._texts():
            if not any(cells):
                continue
            while len(cells) > width and not cells[-1]:
                cells.pop()
            width = width or len(cells)
            yield line, cells

    def _texts(self) -> Iterator[tuple[int, list[str]]]:
        """Every row from the first, from the first column with something in it."""
        if self._sheet is None or self._sheet.start is None:
            return
        _, first_column = self._sheet.start
        last = 0
        for line, values in enumerate(self._sheet.iter_rows(), start=1):  # leaves out empty columns before, not rows
            cells = [value.strip() if isinstance(value, str) else text_of(value) for value in values]
            yield line, _filled_in(cells, self._without_value.get(line, {}), first_column)
            last = line
        for line in sorted(line for line in self._without_value if line > last):
            yield line, _filled_in([""] * self._sheet.width, self._without_value[line], first_column)


def _filled_in(cells: list[str], without_value: dict[int, str], first_column: int) -> list[str]:
    """The cells with those that the reader took for empty; what stands before the first column is no part of it."""
    for column, text in without_value.items():
        if column >= first_column:
            cells += [""] * (column - first_column + 1 - len(cells))
            cells[column - first_column] = text
    return cells


def text_of(value: Value) -> str:
    """What the cell would be in CSV: a day as 2025-03-01, a number in all its digits with a point.

    A number of which the spreadsheet has lost digits is written with an exponent, as a spreadsheet shows it.
    """
    match value:
        case bool():
            return str(value).upper()
        case int() | float():
            number = Decimal(repr(value))
            if abs(number) >= _DIGITS_OF_A_NUMBER:
                return f"{number:.14E}"
            return f"{number.quantize(Decimal(1)) if number == number.to_integral_value() else number:f}"
        case _:
            return str(value)


def _check_archive(path: Path) -> None:
    try:
        with ZipFile(path) as archive:
            sheets = [name for name in archive.namelist() if SHEETS.fullmatch(name)]
            cells = max((most_cells(archive, name) for name in sheets), default=0)
    except _DAMAGED as error:
        raise RegisterFileError(f"{path}: is a damaged workbook ({error}); {_SAVE_AGAIN}") from None
    if not sheets:
        raise RegisterFileError(f"{path}: is no Excel workbook; {_SAVE_AGAIN}")
    if cells > _MOST_CELLS:
        raise RegisterFileError(f"{path}: spans {cells:,} cells; delete what stands outside the register")


def _only_sheet(path: Path) -> CalamineSheet | None:
    """The sheet with something in it; nothing when all are empty."""
    workbook = CalamineWorkbook.from_path(path)
    worksheets = [
        workbook.get_sheet_by_index(index)
        for index, sheet in enumerate(workbook.sheets_metadata)
        if sheet.typ is SheetTypeEnum.WorkSheet
    ]
    filled = [sheet for sheet in worksheets if sheet.start is not None]
    if len(filled) > 1:
        names = ", ".join(sheet.name for sheet in filled)
        raise RegisterFileError(f"{path}: has {len(filled)} sheets ({names}); keep only the one with the register")
    return filled[0] if filled else None

"""Cells of a workbook that look filled and have no value: errors such as #N/A, and formulas never computed.

The reader of workbooks takes them for empty, so that a day that could not be computed would become an open end.
"""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import IO
from zipfile import ZipFile

from application.provider_import import RegisterFileError

SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml")
"""The members of a workbook that hold its sheets."""

_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_PLACE = re.compile(rb"\br=[\"']([A-Z]+)([0-9]+)[\"']")
_KIND = re.compile(rb"\bt=[\"'](\w+)[\"']")
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>([^<]+)<")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)<)")
_SUSPECT = re.compile(rb"\bt=[\"']e[\"']|<(?:\w+:)?f\b")
_SPAN = re.compile(rb"<(?:\w+:)?dimension\s+ref=[\"'][A-Z]+[0-9]+:([A-Z]+)([0-9]+)[\"']")
_END_OF_ROW = b"row>"
_READ_AT_ONCE = 2**20
_HEAD = 2**12


def most_cells(archive: ZipFile, sheet: str) -> int:
    """How many cells a sheet spans, filled or not, as it says of itself; none when it says nothing."""
    with archive.open(sheet) as file:
        span = _SPAN.search(file.read(_HEAD))
    return 0 if span is None else (_column(span[1].decode()) + 1) * int(span[2])


def cells_without_value(path: Path) -> dict[int, dict[int, str]]:
    """By row from 1 and column from 0: the error, or the formula after ``#FORMULA!``."""
    found: dict[int, dict[int, str]] = {}
    with ZipFile(path) as archive:
        for name in filter(SHEETS.fullmatch, archive.namelist()):
            with archive.open(name) as sheet:
                for rows in _whole_rows(sheet):
                    if _SUSPECT.search(rows):
                        for row, column, text in _without_value(path, rows):
                            found.setdefault(row, {})[column] = text
    return found


def _whole_rows(sheet: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while read := sheet.read(_READ_AT_ONCE):
        rows, end, rest = (rest + read).rpartition(_END_OF_ROW)
        yield rows + end
    yield rest


def _without_value(path: Path, rows: bytes) -> Iterator[tuple[int, int, str]]:
    for cell in _CELL.finditer(rows):
        attributes, content = cell[1], cell[2] or b""
        kind, value, formula = _KIND.search(attributes), _VALUE.search(content), _FORMULA.search(content)
        if kind is not None and kind[1] == b"e":
            text = value[1].decode(errors="replace") if value else "#N/A"
        elif formula is not None and value is None and (kind is None or kind[1] != b"str"):
            text = f"#FORMULA! ={unescape((formula[1] or b'').decode(errors='replace'))}"
        else:
            continue
        place = _PLACE.search(attributes)
        if place is None:
            raise RegisterFileError(f"{path}: has a cell that the spreadsheet could not compute ({text}); mend it")
        yield int(place[2]), _column(place[1].decode()), text


def _column(letters: str) -> int:
    """A is 0, Z is 25, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1

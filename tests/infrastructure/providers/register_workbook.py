"""Registers as workbooks, for tests."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl

from infrastructure.providers.layout import EVERY_COLUMN


def workbook(folder: Path, *rows: dict[str, Any], columns: Sequence[str] = EVERY_COLUMN) -> Path:
    """A workbook whose cells hold what the rows hold: texts as texts, numbers as numbers, days as days."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("register")
    sheet.append(list(columns))
    for each in rows:
        sheet.append([each.get(column, "") or None for column in columns])
    path = folder / "register.xlsx"
    book.save(path)
    return path

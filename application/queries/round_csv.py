"""The report of a round as CSV that a spreadsheet can not run."""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime

from application.queries.round_report import ReportRow
from application.queries.spreadsheet import inert
from domain.calendar import instant_text

COLUMNS = tuple(ReportRow.model_fields)


def csv_lines(rows: Iterable[ReportRow]) -> Iterator[str]:
    """A header and a line for each row; AGB codes stay text with their zeros."""
    yield csv_line(COLUMNS)
    for row in rows:
        yield csv_line([_cell(row, name) for name in COLUMNS])


def csv_line(cells: Iterable[object]) -> str:
    """One line of CSV; text that a spreadsheet would take for a formula stays text."""
    line: str = csv.writer(_AsItIs(), lineterminator="\n").writerow([inert(str(each)) for each in cells])
    return line


class _AsItIs:
    """A file that answers what is written to it."""

    def write(self, text: str) -> str:
        return text


def _cell(row: ReportRow, name: str) -> str:
    value = getattr(row, name)
    if name in ("reasons", "flags"):
        return "; ".join(f"{each.code} ({each.clause}): {each.found}" for each in value)
    if isinstance(value, tuple):
        return "; ".join(value)
    if isinstance(value, datetime):
        return instant_text(value)
    return "" if value is None else str(value)

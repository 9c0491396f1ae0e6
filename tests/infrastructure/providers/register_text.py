"""Register files for tests: the rows that matter, all other columns empty."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from infrastructure.providers.layout import EVERY_COLUMN

Cells = dict[str, str]
AGB = "04001234"


def row(record: str, agb: str = AGB, **cells: str) -> Cells:
    return {"record": record, "agb": agb, **cells}


def practice(agb: str = AGB, **cells: str) -> Cells:
    return row("practice", agb, **{"name": "De Linde", "kind": "independent", **cells})


def professional(agb: str = AGB, code: str = "04012345", **cells: str) -> Cells:
    filled = {
        "professional_agb": code,
        "profession": "fysiotherapeut",
        "weekly_hours": "32.5",
        "valid_from": "2020-01-01",
        **cells,
    }
    return row("professional", agb, **filled)


def text(rows: Sequence[Cells], *, delimiter: str = ",", columns: Sequence[str] = EVERY_COLUMN) -> str:
    written = io.StringIO()
    writer = csv.DictWriter(written, columns, restval="", delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def register_file(folder: Path, *rows: Cells) -> Path:
    path = folder / "register.csv"
    path.write_bytes(text(rows).encode())
    return path

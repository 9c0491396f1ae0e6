"""Claims as a body of the API: kept on disk while they are answered, and JSON Lines as the CSV that is answered."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from application.register.claim_lines import ASKED, KNOWN_AT

CSV, JSON_LINES = "text/csv", "application/jsonl"
_COLUMNS = (*ASKED, KNOWN_AT, "given")
_NO_OBJECT = f"expected a JSON object with {', '.join(ASKED)} and perhaps {KNOWN_AT}"
_PIECE = 1 << 16


class ClaimFiles:
    """The claims of a request and their answers, in a folder of their own until ``close``."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="contractspoor-claims-")
        self.body = Path(self._folder.name) / "body"
        self.claims = Path(self._folder.name) / "claims.csv"
        self.answers = Path(self._folder.name) / "answers.csv"

    def as_sheet(self, media_type: str) -> None:
        """Make of the body the CSV file that is answered."""
        if media_type == CSV:
            self.body.rename(self.claims)
            return
        with self.body.open("rb") as lines, self.claims.open("w", encoding="utf-8", newline="") as file:
            sheet = csv.writer(file)
            sheet.writerow(_COLUMNS)
            sheet.writerows(_row(line) for line in lines)

    def answered(self, media_type: str) -> Iterator[bytes]:
        """The answers as the body was written: CSV with further columns, or JSON Lines with further fields."""
        try:
            with self.answers.open("rb") as file:
                yield from _pieces(file) if media_type == CSV else _together(_objects(file))
        finally:
            self.close()

    def close(self) -> None:
        """Forget all of it; may be called again."""
        self._folder.cleanup()


def _row(line: bytes) -> list[str]:
    """A line as cells; what is no object has none, and is told in its place."""
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        return ["", "", "", "", "null"]
    return [*(_cell(given.get(name)) for name in _COLUMNS[:-1]), json.dumps(given)]


def _cell(value: Any) -> str:
    """A value as a cell in one line; what can be no code and no day stays something that can be none."""
    text = "" if value is None else str(value)[:200]
    return text.encode("ascii", "replace").decode().replace("\n", " ").replace("\r", " ").replace("\0", "?")


def _objects(file: BinaryIO) -> Iterator[bytes]:
    # decoded line by line: a wrapper would close the file that somebody else opened
    rows = csv.DictReader(line.decode() for line in file)
    for number, row in enumerate(rows, start=1):
        given = json.loads(row.pop("given"))
        answer = {name: text or None for name, text in row.items() if name not in _COLUMNS}
        if given is None:
            answer["reason"] = _NO_OBJECT
        told = {**(given or {}), "line": number, **answer}
        yield json.dumps(told).encode() + b"\n"


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _together(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Lines together: each piece costs a turn of the server."""
    piece = bytearray()
    for line in lines:
        piece += line
        if len(piece) > _PIECE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)

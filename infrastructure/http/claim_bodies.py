"""Claims as a body of the API: kept on disk, JSON Lines as the CSV that is answered, and handed out as they are."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from anyio import CancelScope
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from application.register.claim_lines import ASKED, KNOWN_AT

CSV, JSON_LINES = "text/csv", "application/jsonl"
_COLUMNS = (*ASKED, KNOWN_AT, "given")
_NO_OBJECT = f"expected a JSON object with {', '.join(ASKED)} and perhaps {KNOWN_AT}"
_PIECE = 1 << 16


class ClaimFiles:
    """The claims of a request, in a folder of their own until ``close``."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="contractspoor-claims-")
        self.body = Path(self._folder.name) / "body"
        self.claims = Path(self._folder.name) / "claims.csv"

    def as_sheet(self, media_type: str) -> None:
        """Make of the body the CSV file that is answered."""
        if media_type == CSV:
            self.body.rename(self.claims)
            return
        with self.body.open("rb") as lines, self.claims.open("w", encoding="utf-8", newline="") as file:
            sheet = csv.writer(file)
            sheet.writerow(_COLUMNS)
            sheet.writerows(_row(line) for line in lines)

    def close(self) -> None:
        """Forget all of it; may be called again."""
        self._folder.cleanup()


class AnswersResponse(StreamingResponse):
    """Hands out answers while they are worked out; whether it comes to the end or the caller goes, ``close`` is called.

    ``answers`` are those of the CSV file, of which JSON Lines are made again where the claims came so.
    """

    def __init__(
        self, answers: Iterator[bytes], close: Callable[[], None], headers: Mapping[str, str], media_type: str
    ) -> None:
        self._close = close
        pieces = answers if media_type == CSV else _together(_objects(answers))
        super().__init__(pieces, headers=headers, media_type=media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; a block that is being answered when the caller goes is the last."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            with CancelScope(shield=True):
                await run_in_threadpool(self._close)


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


def _objects(answers: Iterator[bytes]) -> Iterator[bytes]:
    rows = csv.DictReader(line.decode() for piece in answers for line in piece.splitlines(keepends=True))
    for number, row in enumerate(rows, start=1):
        given = json.loads(row.pop("given"))
        answer = {name: text or None for name, text in row.items() if name not in _COLUMNS}
        if given is None:
            answer["reason"] = _NO_OBJECT
        told = {**(given or {}), "line": number, **answer}
        yield json.dumps(told).encode() + b"\n"


def _together(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Lines together: each piece costs a turn of the server."""
    piece = bytearray()
    for line in lines:
        piece += line
        if len(piece) > _PIECE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)

"""Rows written to a file or to standard output, for a spreadsheet or for a program."""

import csv
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TextIO

from application.queries.audit_entry import TrailEntry
from infrastructure.cli.errors import fail

RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a cell begins that a spreadsheet runs as a formula."""
COLUMNS = (
    "position", "event", "stream", "purchaser", "agb", "fact", "occurred_at", "recorded_at", "occurred_at_utc",
    "recorded_at_utc", "actor", "on_behalf_of", "reason", "clauses", "policy", "policy_position", "caused_by",
    "command_id", "correlation_id", "changes", "values",
)  # fmt: skip


def exported(
    target: str,
    entries: Iterable[TrailEntry],
    write: Callable[[Iterable[TrailEntry], TextIO], int],
    *,
    force: bool,
) -> int:
    """Write to a file, or for ``-`` to standard output; answers how many. Whoever opens the file finds a whole one."""
    if target == "-":
        return write(entries, sys.stdout)
    file = Path(target)
    if file.exists() and not force:
        fail(f"{file} exists; name another file, or write over it with --force")
    unfinished = file.with_name(f"{file.name}.part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as written:
            count = write(entries, written)
        unfinished.replace(file)
    except OSError as error:
        fail(f"{file} can not be written: {error.strerror or error}")
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def written_lines(entries: Iterable[TrailEntry], file: TextIO) -> int:
    """One JSON object a line: ``TrailEntry`` reads it back without loss."""
    count = 0
    for count, entry in enumerate(entries, start=1):  # noqa: B007
        file.write(entry.model_dump_json() + "\n")
    return count


def written_csv(entries: Iterable[TrailEntry], file: TextIO) -> int:
    """Rows as Excel with Dutch settings opens them: semicolons, UTF-8 with a mark, lines that end in CR LF."""
    file.write("\ufeff")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    count = 0
    for count, entry in enumerate(entries, start=1):  # noqa: B007
        writer.writerow([cell(each) for each in _row(entry)])
    return count


def cell(text: str) -> str:
    """A cell that stays the text that it is: nothing is run, and no code loses its leading zero.

    Such a cell begins with an apostrophe, which spreadsheets take for "this is text".
    """
    number_like = text[:1] == "0" and text[1:].isdigit()
    return f"'{text}" if number_like or text.startswith((*RUNS, "'")) else text


def _row(entry: TrailEntry) -> list[str]:
    changes = "\n".join(f"{'.'.join(each.path)}: {_json(each.old)} -> {_json(each.new)}" for each in entry.changes)
    return [
        str(entry.position), entry.event_id, entry.stream_id, entry.purchaser or "", entry.agb or "", entry.name,
        entry.occurred_at_local, entry.recorded_at_local, entry.model_dump(mode="json")["occurred_at"],
        entry.model_dump(mode="json")["recorded_at"], entry.actor, entry.on_behalf_of or "", entry.reason or "",
        " ".join(entry.clauses), entry.policy_id or "", str(entry.policy_position or ""), entry.caused_by or "",
        entry.command_id, entry.correlation_id, changes, _json(entry.fact),
    ]  # fmt: skip


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)

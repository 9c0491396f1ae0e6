"""The audit trail written out: for a spreadsheet, and for a program."""

import csv
import json
from collections.abc import Iterable, Iterator

from application.queries.audit_entry import TrailEntry
from application.queries.spreadsheet import inert

COLUMNS = (
    "position", "event", "stream", "purchaser", "agb", "fact", "occurred_at", "recorded_at", "occurred_at_utc",
    "recorded_at_utc", "actor", "on_behalf_of", "reason", "clauses", "policy", "policy_position", "caused_by",
    "command_id", "correlation_id", "changes", "values",
)  # fmt: skip


def trail_lines(entries: Iterable[TrailEntry]) -> Iterator[str]:
    """One JSON object a line: ``TrailEntry`` reads it back without loss."""
    for entry in entries:
        yield entry.model_dump_json() + "\n"


def trail_sheet(entries: Iterable[TrailEntry]) -> Iterator[str]:
    """The head, then a row for each, as Excel with Dutch settings opens them.

    Semicolons, a byte order mark, lines that end in CR LF.
    """
    writer = csv.writer(_Told(), delimiter=";", lineterminator="\r\n")
    yield f"\ufeff{writer.writerow(COLUMNS)}"
    for entry in entries:
        yield str(writer.writerow(cell(each) for each in _row(entry)))


class _Told:
    """A file that keeps nothing: what is written is what ``writerow`` answers."""

    def write(self, text: str) -> str:
        return text


def cell(text: str) -> str:
    """A cell that stays the text that it is: nothing is run, and no code loses its leading zero.

    Such a cell begins with an apostrophe, which spreadsheets take for "this is text".
    """
    number_like = text[:1] == "0" and text[1:].isdigit()
    return f"'{text}" if number_like or text.startswith("'") else inert(text)


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

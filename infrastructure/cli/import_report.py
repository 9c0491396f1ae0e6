"""What an import of a register tells: a line per bad row, the counts, and a file of bad rows."""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import typer

from application.due import DueReport
from application.provider_import import Imported, RefusedPractice, Register
from infrastructure.cli.console import print_json
from infrastructure.cli.errors import fail

_MOST_LINES = 50
"""How many bad rows a terminal is shown; the file and the JSON have them all."""


@contextmanager
def bad_rows_file(path: Path | None) -> Iterator[Callable[[RefusedPractice], None]]:
    """Writes the bad rows of refused practices to a CSV file as they are found; to nowhere without a path."""
    if path is None:
        yield lambda _practice: None
        return
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            yield _mistakes_writer(file)
    except OSError as error:
        fail(f"{path} can not be written: {error.strerror or error}")


def _mistakes_writer(file: TextIO) -> Callable[[RefusedPractice], None]:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["line", "column", "found", "reason", "practice"])

    def write(practice: RefusedPractice) -> None:
        for line, column, found, expected in practice.mistakes:
            writer.writerow([line, column, _inert(found), f"expected {expected}", _inert(practice.agb)])

    return write


def _inert(text: str) -> str:
    """Text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


def tell_import(
    file: Path,
    register: Register,
    imported: Imported,
    refused: list[RefusedPractice],
    errors: Path | None,
    asked: DueReport,
    *,
    as_json: bool,
) -> None:
    """The counts, and every bad row: in JSON all of them, on a terminal the first 50; and what was asked about."""
    reviews = asked.recorded.get("ReviewRequested", 0)
    counts = {
        "practices": register.practices,
        "new": imported.new,
        "changed": imported.changed,
        "unchanged": imported.unchanged,
        "refused": imported.refused,
    }
    if as_json:
        bad_rows: list[dict[str, Any]] = [
            {"practice": practice.agb, **mistake._asdict()} for practice in refused for mistake in practice.mistakes
        ]
        failures = [each.model_dump() for each in asked.failures]
        print_json({"file": str(file), **counts, "bad_rows": bad_rows, "reviews_asked": reviews, "failures": failures})
        return
    for each in asked.failures:
        typer.echo(f"{each.contract_id}: {each.message}", err=True)
    lines = [f"{file}: {mistake} (of practice {each.agb})" for each in refused for mistake in each.mistakes]
    for line in lines[:_MOST_LINES]:
        typer.echo(line, err=True)
    if len(lines) > _MOST_LINES:
        typer.echo(f"{file}: {len(lines) - _MOST_LINES} more; --errors FILE writes them all", err=True)
    typer.echo(
        f"{file}: {register.practices} practices: {imported.new} new, {imported.changed} changed, "
        f"{imported.unchanged} unchanged, {imported.refused} refused"
    )
    if refused:
        left_out = list(dict.fromkeys(each.agb for each in refused))
        more = f" and {len(left_out) - 20} more" if len(left_out) > 20 else ""
        typer.echo(f"Left out, with all their rows: {', '.join(left_out[:20])}{more}")
    if reviews:
        typer.echo(f"Running contracts rested on what changed: {reviews} reviews are asked for, nothing is decided.")
    if errors is not None:
        typer.echo(f"Bad rows: {errors}")

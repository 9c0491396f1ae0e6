"""How a round reads: its counts as tables, its report as CSV that a spreadsheet can not run."""

import csv
from collections.abc import Iterable, Mapping
from typing import TextIO

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from application.queries.round_report import ReportRow, RoundStatus
from application.round import RoundReport
from domain.calendar import instant_text, local_text

COLUMNS = tuple(ReportRow.model_fields)
_RUNS_IN_A_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r", "\n")


def print_round(done: RoundReport) -> None:
    """What a round did, by care type, with the reasons."""
    for warning in done.warnings:
        typer.echo(f"Warning: {warning}", err=True)
    what = "Tried, nothing is stored" if done.dry_run else "Gone on with" if done.resumed else "Held"
    typer.echo(f"{what}: {done.batch}")
    table = _table("type", "candidates", "approached", "before", "not", "reviews", "refused", "offers")
    for care_type, counts in done.counts.items():
        numbers = (
            counts.candidates,
            counts.approached,
            counts.approached_before,
            counts.not_approached,
            counts.reviews,
            sum(counts.refused.values()),
            counts.released_offers,
        )
        table.add_row(care_type, *(f"{number:,}" for number in numbers))
    _print(table)
    for care_type, counts in done.counts.items():
        if counts.reasons:
            typer.echo(f"{care_type} not approached: {_counted(counts.reasons)}")
        if counts.refused:
            typer.echo(f"{care_type} refused: {_counted(counts.refused)}")
    for failure in done.failures:
        typer.echo(f"{failure.stream_id}: {failure.message}", err=True)
    if done.failures:
        typer.echo(f"{len(done.failures)} contracts could not be decided; run the round again for them", err=True)


def print_status(found: RoundStatus) -> None:
    """Where the procedures stand, by care type and status."""
    typer.echo(
        f"{found.policy_id}, deadlines judged at {local_text(found.known_at)}, "
        f"known at {instant_text(found.known_at)}, position {found.position}"
    )
    for run in found.runs:
        end = (
            f"finished {local_text(run.finished_at)}"
            if run.finished_at is not None
            else "not finished: it was interrupted, or still goes on; the same command again goes on"
        )
        number = "" if run.run == 1 else f", run {run.run}"
        typer.echo(f"Round of {run.day}{number} ({', '.join(run.care_types)}) by {run.actor}: {end}")
    if not found.runs:
        typer.echo("No round was held yet.")
    table = _table("care type", "status", "contracts")
    for care_type, counts in found.care_types.items():
        for status, count in counts.items():
            table.add_row(care_type, status.replace("_", " "), f"{count:,}")
    _print(table)
    waiting = {str(care_type): count for care_type, count in found.open_reviews.items() if count}
    if waiting:
        typer.echo(f"Reviews that wait for a person: {_counted(waiting)}")


def write_csv(rows: Iterable[ReportRow], file: TextIO) -> int:
    """Write a header and the rows, and answer how many; AGB codes stay text with their zeros."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    written = 0
    for row in rows:
        writer.writerow([_cell(row, name) for name in COLUMNS])
        written += 1
    return written


def _cell(row: ReportRow, name: str) -> str:
    value = getattr(row, name)
    if name == "reasons":
        text = "; ".join(f"{each.code} ({each.clause}): {each.found}" for each in row.reasons)
    elif isinstance(value, tuple):
        text = "; ".join(value)
    else:
        text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_RUNS_IN_A_SPREADSHEET) else text


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())


def _table(first: str, *others: str) -> Table:
    table = Table(box=SIMPLE, pad_edge=False)
    table.add_column(first)
    for name in others:
        table.add_column(name, justify="left" if name == "status" else "right")
    return table


def _print(table: Table) -> None:
    Console(soft_wrap=False).print(table)

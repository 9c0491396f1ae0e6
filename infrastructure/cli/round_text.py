"""How a round reads: its counts as tables, its report as CSV."""

import shlex
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TextIO

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from application.queries.round_csv import csv_lines
from application.queries.round_report import ReportRow, RoundStatusAnswer
from application.round import RoundReport
from domain.calendar import AMSTERDAM, instant_text, local_text
from infrastructure.cli.page import Page

_ON_ONE_LINE = 3
"""So many care types leave room for the actor."""


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


def print_status(found: RoundStatusAnswer, *, database: str | None) -> None:
    """Where the procedures stood, by care type and status, and the command that repeats the answer.

    ``database`` is the URL that was named on the command line.
    """
    page = Page()
    page.line(found.policy_id, style="bold")
    page.value("asked about", f"{found.effective_on} ({found.effective_on:%A})")
    page.value("as known at", local_text(found.known_at))
    page.value("log position", str(found.position))
    page.heading("Rounds")
    for run in found.runs:
        number = "" if run.run == 1 else f" run {run.run}"
        care_types = ", ".join(run.care_types)
        if len(run.care_types) > _ON_ONE_LINE:
            page.value(f"{run.day}{number}", f"{care_types};")
            page.value("", f"by {run.actor}")
        else:
            page.value(f"{run.day}{number}", f"{care_types}; by {run.actor}")
        if run.finished_at is None:
            page.value("", "not finished: interrupted, or still going on;")
            page.value("", "the same command again goes on")
        else:
            page.value("", f"finished {_local(run.finished_at)}")
    if not found.runs:
        page.line("No round was held yet.", 2)
    table = _table("care type", "status", "contracts")
    for care_type, counts in found.care_types.items():
        for status, count in counts.items():
            table.add_row(care_type, status.replace("_", " "), f"{count:,}")
    _print(table)
    waiting = {str(care_type): count for care_type, count in found.open_reviews.items() if count}
    if waiting:
        page.line(f"Reviews that wait for a person: {_counted(waiting)}")
    page.heading("The same answer, for ever")
    page.command(
        f"contractspoor round status {found.policy_id}",
        f"--effective-on {found.effective_on}",
        f"--known-at {instant_text(found.known_at)}",
        f"--position {found.position}",
        *([f"--database {shlex.quote(database)}"] if database else []),
    )


def write_csv(rows: Iterable[ReportRow], file: TextIO) -> int:
    """Write a header and the rows, and answer how many."""
    written = -1
    for line in csv_lines(rows):
        file.write(line)
        written += 1
    return written


def _local(instant: datetime) -> str:
    return instant.astimezone(AMSTERDAM).strftime("%Y-%m-%d %H:%M:%S %Z")


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

"""``contractspoor round``: hold a round, see how far it is, report every practice."""

import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from application.audit.access import Action, Reading, record_access
from application.queries.horizon import Asked
from application.queries.round_report import ReportRow, report_rows, round_status
from application.round import RoundOrder, RoundReport, run_round
from domain.care_type import CareType
from domain.contract.audience import Audience
from infrastructure.bootstrap import System
from infrastructure.cli import round_plans
from infrastructure.cli.console import print_json, progress_bar
from infrastructure.cli.errors import FAILED, STOPPED, fail
from infrastructure.cli.options import (
    Actor,
    AsJson,
    Database,
    EffectiveOn,
    For,
    KnownAt,
    Position,
    Reader,
    Reason,
    opened,
    parsed_day,
)
from infrastructure.cli.round_text import print_round, print_status, write_csv

app = typer.Typer(no_args_is_help=True, help="Hold the yearly round of a policy, see how far it is, report it.")

Policy = Annotated[str, typer.Argument(metavar="POLICY", help="An adopted policy by its id, such as caresq-2025.")]


@app.command()
def run(
    policy: Policy,
    actor: Actor,
    on: Annotated[
        date | None,
        typer.Option(
            "--on",
            metavar="DAY",
            parser=parsed_day,
            help="The day on which the round acts; left out: today. An earlier day needs --reason, "
            "a later one can only be tried with --dry-run.",
        ),
    ] = None,
    care_type: Annotated[
        list[CareType] | None, typer.Option("--care-type", help="Only this care type; may be given again.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Decide and count, and store nothing.")] = False,
    reason: Reason = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Approach every candidate of the policy, and release the offers that waited for an amendment.

    Can be stopped with Ctrl-C and run again: it goes on where it stopped, and does nothing twice.
    """
    asked = RoundOrder(policy, actor, on, tuple(care_type or ()), reason, dry_run)
    with opened(database) as system, _stops_on_interrupt() as stop, progress_bar("Round", "practices") as report:
        done = run_round(system.contracting, asked, progress=report, stop=stop)
    if as_json:
        print_json(done.model_dump(mode="json"))
    else:
        print_round(done)
    if done.interrupted:
        fail(_how_to_go_on(done, asked, database), STOPPED, code="STOPPED")
    if done.failures:
        raise typer.Exit(FAILED)


@app.command()
def status(
    policy: Policy,
    effective_on: EffectiveOn = None,
    known_at: KnownAt = None,
    position: Position = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """How many procedures stood where on a day, by care type; and which runs of the round were held or interrupted."""
    asked = Asked(effective_on=effective_on, known_at=known_at, position=position)
    with opened(database) as system:
        now = asked == Asked()
        found = system.lists.round_status(policy) if now else round_status(system.contracting, policy, asked)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        print_status(found, database=database)


@app.command()
def report(
    policy: Policy,
    csv: Annotated[
        str, typer.Option("--csv", metavar="FILE|-", help="Where the rows are written; - is standard output.")
    ],
    everybody: Annotated[bool, typer.Option("--all", help="Rows for practices that are no candidates too.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
    effective_on: EffectiveOn = None,
    known_at: KnownAt = None,
    position: Position = None,
    audience: For = Audience.PURCHASER,
    reader: Reader = None,
    database: Database = None,
) -> None:
    """Write a row for each practice and care type as CSV: where it stood on a day, and why.

    The last columns say on which day and with which knowledge; asked with these again, the file is the same.
    """
    file = None if csv == "-" else Path(csv)
    if file is not None and file.exists() and not force:
        fail(f"{file} exists; name another file, or write over it with --force")
    with opened(database) as system:
        asked = Asked(effective_on=effective_on, known_at=known_at, position=position)
        rows = _accessed(
            system,
            report_rows(system.contracting, policy, asked, everybody=everybody, audience=audience),
            policy,
            reader or system.reader,
        )
        if file is None:
            write_csv(rows, sys.stdout)
            return
        # written aside first: whoever opens the report finds a whole one
        unfinished = file.with_name(f"{file.name}.part")
        try:
            with unfinished.open("w", encoding="utf-8", newline="") as written:
                count = write_csv(rows, written)
            unfinished.replace(file)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            fail(f"{file} can not be written: {error.strerror or error}")
    typer.echo(f"{file}: {count} rows")


def _accessed(system: System, rows: Iterator[ReportRow], policy: str, reader: str) -> Iterator[ReportRow]:
    """The rows, once it is written down who reads them out."""
    first = next(rows, None)
    if first is None:
        return rows
    subject, purchaser = {"policy": policy}, first.contract_id.partition("/")[0]
    reading = Reading(reader, Action.ROUND_REPORT, subject, purchaser, first.known_at, first.position)
    record_access(system.access, system.clock, reading)
    return chain([first], rows)


def _how_to_go_on(done: RoundReport, asked: RoundOrder, database: str | None) -> str:
    if done.dry_run:
        return "stopped; nothing was stored"
    words = ["contractspoor", "round", "run", asked.policy_id, "--on", str(done.day), "--actor", asked.actor]
    for care_type in asked.care_types:
        words += ["--care-type", care_type]
    words += ["--reason", asked.reason or "the rest of an interrupted round"]
    words += [] if database is None else ["--database", database]
    return f"stopped; what was decided stands, and nothing is done twice. Go on with: {shlex.join(words)}"


@contextmanager
def _stops_on_interrupt() -> Iterator["_Stop"]:
    """Ctrl-C lets the current chunk end; a second Ctrl-C stops at once."""
    stop = _Stop()
    before = signal.signal(signal.SIGINT, stop.ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


class _Stop:
    def __init__(self) -> None:
        self._asked = False

    def __call__(self) -> bool:
        return self._asked

    def ask(self, _signal: int, _frame: object) -> None:
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True


app.command("plan")(round_plans.plan)
app.add_typer(round_plans.app, name="plans")

"""``contractspoor readmodels``: see how the read models are, keep them up, make them anew, check them."""

from contextlib import nullcontext
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from domain.calendar import instant_text, local_text
from infrastructure.bootstrap import ModelStatus, Verified, metrics_of
from infrastructure.cli.console import print_json, progress_bar
from infrastructure.cli.errors import FAILED, STOPPED
from infrastructure.cli.options import AsJson, Database, MetricsPort, log_of_a_service, opened
from infrastructure.cli.stopping import stops_on_signal

app = typer.Typer(
    no_args_is_help=True, help="See how the read models are, keep them up, make them anew, or check them."
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="A read model; readmodels status lists them.")]


Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[NAME]...", help="Only these; left out: all. Two processes with some each use two cores."),
]


@app.command()
def status(database: Database = None, as_json: AsJson = False) -> None:
    """How far each read model is behind the log, how fast it goes, and what stopped it. Exit code 1 if one has stopped.

    Also when one must be rebuilt, because another version of the program made it.
    """
    with opened(database) as system:
        found = system.read_models.status()
    if as_json:
        print_json({"read_models": [_as_json(each) for each in found]})
    else:
        _print_status(found)
    if any(each.condition in {"stopped", "outdated"} for each in found):
        raise typer.Exit(FAILED)


@app.command()
def run(names: Names = None, metrics_port: MetricsPort = None, database: Database = None) -> None:
    """Keep the read models up as facts are recorded, until Ctrl-C. Several may run at once.

    A model that can not go on stops alone, and is told of on standard error; then the exit code is 1 in the end.
    """
    log_of_a_service("warning")
    with (
        opened(database) as system,
        stops_on_signal() as stop,
        metrics_of(lambda: nullcontext(system)).served(metrics_port),
    ):
        typer.echo(f"Keeping up {', '.join(names or system.read_models.names)}.", err=True)
        system.read_models.run(stop, names or None)
        stopped = [each.name for each in system.read_models.status() if each.fault is not None]
    typer.echo("Stopped; every batch is whole, and the next run goes on from there.", err=True)
    if stopped:
        raise typer.Exit(FAILED)
    if stop.interrupted:
        raise typer.Exit(STOPPED)


@app.command("catch-up")
def catch_up(names: Names = None, database: Database = None, as_json: AsJson = False) -> None:
    """Bring read models to where the log ends now. Exit code 1 if one can not come there."""
    log_of_a_service("warning")
    with opened(database) as system, progress_bar("Read models", "events", transient=True) as report:
        done = system.read_models.catch_up(names or None, report=report)
        found = system.read_models.status()
    if as_json:
        print_json({"read_models": [_as_json(each) for each in found]})
    else:
        _print_status(found)
    if done.faults or done.outdated:
        raise typer.Exit(FAILED)


@app.command()
def rebuild(name: Name, database: Database = None, as_json: AsJson = False) -> None:
    """Make a read model anew from the log, and swap it in: it answers all the while, and a rebuild that ends early
    changes nothing.
    """
    with opened(database) as system, progress_bar("Rebuild", "events", transient=True) as report:
        position = system.read_models.rebuild(name, report)
    if as_json:
        print_json({"read_model": name, "position": position})
    else:
        typer.echo(f"Rebuilt {name} up to log position {position}.")


@app.command()
def verify(name: Name, database: Database = None, as_json: AsJson = False) -> None:
    """Hold a read model against a fresh fold of the log. Exit code 1 when a row differs. Nobody is held up."""
    with opened(database) as system, progress_bar("Verify", "events", transient=True) as report:
        found = system.read_models.verify(name, report)
    if as_json:
        print_json(
            {
                "read_model": found.name,
                "position": found.position,
                "rows": found.rows,
                "wrong": found.wrong,
                "missing": found.missing,
                "examples": [
                    {"table": table, "kind": kind, "row": [str(value) for value in row]}
                    for table, kind, row in found.examples
                ],
            }
        )
    else:
        _print_verified(found)
    if found.wrong or found.missing:
        raise typer.Exit(FAILED)


@app.command()
def resume(name: Name, database: Database = None, as_json: AsJson = False) -> None:
    """Let a read model go on that has stopped, once the cause is mended."""
    with opened(database) as system:
        resumed = system.read_models.resume(name)
    if as_json:
        print_json({"read_model": name, "resumed": resumed})
    else:
        typer.echo(f"{name} goes on." if resumed else f"Nothing to do: {name} had not stopped.")


def _as_json(found: ModelStatus) -> dict[str, Any]:
    fault = found.fault
    return {
        "name": found.name,
        "condition": found.condition.value,
        "version": found.version,
        "stored_version": found.stored_version,
        "position": found.position,
        "lag_events": found.lag_events,
        "lag_seconds": round(found.lag_seconds, 3),
        "events_per_second": found.events_per_second,
        "moved_at": None if found.moved_at is None else instant_text(found.moved_at),
        "fault": None
        if fault is None
        else {"position": fault.position, "event_id": fault.event_id, "message": fault.message},
    }


def _print_status(found: list[ModelStatus]) -> None:
    table = Table(box=SIMPLE, pad_edge=False)
    for column in ("read model", "condition"):
        table.add_column(column)
    for column in ("position", "behind", "seconds", "events/s"):
        table.add_column(column, justify="right")
    for each in found:
        rate = "" if each.events_per_second is None else f"{each.events_per_second:,}"
        condition = each.condition.replace("_", " ")
        table.add_row(
            each.name, condition, f"{each.position:,}", f"{each.lag_events:,}", f"{each.lag_seconds:,.1f}", rate
        )
    Console(soft_wrap=False).print(table)
    for each in found:
        if each.fault is not None:
            typer.echo(
                f"{each.name} stopped at {each.fault.event_id}, log position {each.fault.position}: "
                f"{each.fault.message}. Mend the cause, then run: contractspoor readmodels resume {each.name}"
            )
        elif each.condition == "outdated":
            typer.echo(
                f"{each.name} is of version {each.stored_version}, this program's is {each.version}. "
                f"Run: contractspoor readmodels rebuild {each.name}"
            )
        elif each.moved_at is not None and each.lag_events:
            typer.echo(f"{each.name} last moved at {local_text(each.moved_at)}.")


def _print_verified(found: Verified) -> None:
    if not found.wrong and not found.missing:
        typer.echo(f"{found.name} is what the log says up to position {found.position}: {found.rows:,} rows.")
        return
    typer.echo(
        f"{found.name} is not what the log says up to position {found.position}: {found.wrong:,} rows are wrong and "
        f"{found.missing:,} are missing. Run: contractspoor readmodels rebuild {found.name}"
    )
    for table, kind, row in found.examples:
        typer.echo(f"  {kind} in {table}: {', '.join(map(str, row))}")

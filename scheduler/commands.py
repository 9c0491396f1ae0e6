"""``contractspoor scheduler``: run the ticker, give one tick, list what it does when, or try anew what was given up."""

import signal
from datetime import datetime
from threading import Event
from typing import Annotated

import typer

from application.due import DueReport
from domain.calendar import instant_text, local_text
from infrastructure.bootstrap import lead_of, metrics_of, open_system, system_clock
from infrastructure.cli.console import print_json
from infrastructure.cli.errors import FAILED, STOPPED
from infrastructure.cli.options import (
    AsJson,
    Database,
    MetricsPort,
    database_url,
    log_of_a_service,
    naming,
    opened,
    parsed_instant,
)
from scheduler.jobs import JOBS, EveryDayAt, Job
from scheduler.running import Told, run_scheduler

app = typer.Typer(no_args_is_help=True, help="Do what falls due by itself: run the ticker, or give one tick.")


@app.command()
def run(metrics_port: MetricsPort = None, database: Database = None) -> None:
    """Tick now, and then at the times that `list` shows, until Ctrl-C or SIGTERM.

    Of several on one PostgreSQL database one leads and the others stand by; an SQLite database takes one. A tick that
    fails, because the database can not be reached for instance, is told on standard error; the next makes up for it.
    """
    log_of_a_service("warning")
    stop = Event()
    stopped_by: list[signal.Signals] = []

    def end(number: int, _frame: object) -> None:
        stopped_by.append(signal.Signals(number))
        stop.set()

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, end)
    url = database_url(database)
    with opened(database) as system, naming(database), metrics_of(lambda: open_system(url)).served(metrics_port):
        lead = lead_of(url)
        try:
            run_scheduler(lead, system.ticking, system.clock, stop, _told())
        finally:
            lead.close()
    typer.echo("Stopped; the next start makes up for what was missed.", err=True)
    if signal.SIGINT in stopped_by:
        raise typer.Exit(STOPPED)


def _told() -> Told:
    ticked: set[str] = set()

    def tell(job: Job, report: DueReport) -> None:
        # a tick of every minute that has nothing to say says nothing, but for the first
        if job.work.name not in ticked or report.recorded or report.failures or report.table_behind:
            _tell(job, report)
        ticked.add(job.work.name)

    return Told(
        leads=lambda: typer.echo("This scheduler leads."),
        stands_by=lambda: typer.echo("Another scheduler leads; this one stands by."),
        lost=lambda: typer.echo("The lead was lost; this scheduler stands by.", err=True),
        ticked=tell,
        failed=lambda what, error: typer.echo(f"{what}: {error}", err=True),
    )


@app.command()
def tick(
    at: Annotated[
        datetime | None,
        typer.Option("--at", metavar="INSTANT", parser=parsed_instant, help="As of this instant; left out: now."),
    ] = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Give one tick: carry out every job now, or as of an instant that has passed. A second tick records nothing."""
    reports: dict[str, DueReport] = {}
    with opened(database) as system:
        for job in JOBS:
            reports[job.work.name] = job.work.carry_out(system.ticking, at or system.clock.now())
            if not as_json:
                _tell(job, reports[job.work.name])
    if as_json:
        print_json({name: report.model_dump(mode="json") for name, report in reports.items()})
    if any(report.failures for report in reports.values()):
        raise typer.Exit(FAILED)


@app.command("list")
def list_jobs(as_json: AsJson = False) -> None:
    """List what happens by itself, at which local time, and when next."""
    now = system_clock().now()
    if as_json:
        print_json(
            [
                {
                    "name": job.work.name,
                    "meaning": job.work.meaning,
                    "every": "day" if isinstance(job.times, EveryDayAt) else "minute",
                    "local_time": f"{job.times.local_time:%H:%M}" if isinstance(job.times, EveryDayAt) else None,
                    "zone": "Europe/Amsterdam",
                    "next": instant_text(job.times.next_run(now)),
                }
                for job in JOBS
            ]
        )
        return
    for job in JOBS:
        typer.echo(f"{job.work.name:10} {job.times.words}, next {local_text(job.times.next_run(now))}")
        typer.echo(f"{'':10} {job.work.meaning}")


@app.command()
def retry(
    subject: Annotated[
        str | None, typer.Argument(metavar="[CONTRACT|PLAN]", help="Only this; left out: everything that failed.")
    ] = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Let the next tick try anew what failed and waits, or was given up."""
    with opened(database) as system:
        failed = [each for each in system.ticking.failures.all() if subject in {None, each.item.subject}]
        for each in failed:
            system.ticking.failures.forget(each.item)
    if as_json:
        print_json([{"subject": each.item.subject, "kind": each.item.kind} for each in failed])
        return
    for each in failed:
        typer.echo(f"{each.item.subject}: {each.item.kind.replace('_', ' ')} is tried anew at the next tick")
    if not failed:
        typer.echo("Nothing failed" + ("." if subject is None else f" of {subject}."))


def _tell(job: Job, report: DueReport) -> None:
    recorded = ", ".join(f"{count} {name}" for name, count in report.recorded.items()) or "nothing to record"
    typer.echo(f"{job.work.name}: {recorded}, of {report.contracts} contracts, at {local_text(report.at)}")
    if report.table_behind is not None:
        typer.echo(f"{job.work.name}: went through the whole log, because {report.table_behind}", err=True)
    for failure in report.failures:
        again = "" if failure.next_try_at is None else f"; tried again at {local_text(failure.next_try_at)}"
        typer.echo(f"{job.work.name}: {failure.contract_id}: {failure.message}{again}", err=True)

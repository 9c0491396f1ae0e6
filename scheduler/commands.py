"""``contractspoor scheduler``: run the ticker, give one tick, or list what it does when.

The command line finds this through the entry point group ``contractspoor.commands``: a layer below may not import one
above it.
"""

import signal
from datetime import datetime
from typing import Annotated

import typer

from application.due import DueReport
from application.ports import EventLogError
from domain.calendar import instant_text, local_text
from infrastructure.bootstrap import metrics_of, open_system, system_clock
from infrastructure.cli.console import print_json
from infrastructure.cli.errors import FAILED, STOPPED
from infrastructure.cli.options import (
    AsJson,
    Database,
    MetricsPort,
    database_url,
    log_of_a_service,
    opened,
    parsed_instant,
)
from scheduler.jobs import JOBS, Job
from scheduler.ticker import make_ticker, next_run

app = typer.Typer(no_args_is_help=True, help="Do what falls due by itself: run the ticker, or give one tick.")


@app.command()
def run(metrics_port: MetricsPort = None, database: Database = None) -> None:
    """Tick now and then every day at the times that `list` shows, until Ctrl-C or SIGTERM.

    A tick that fails, because the database can not be reached for instance, is told on standard error; the next one
    makes up for it.
    """
    log_of_a_service("warning")
    with opened(database):
        pass  # a database that can not be used at all is told before anything runs

    def call(job: Job) -> None:
        try:
            _tell(job, _carry_out(job, database))
        except EventLogError as error:
            typer.echo(f"{job.name}: {error}", err=True)

    def stop(number: int, _frame: object) -> None:
        stopped_by.append(signal.Signals(number))
        raise KeyboardInterrupt

    stopped_by: list[signal.Signals] = []
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, stop)
    ticker = make_ticker(call, system_clock().now())
    try:
        with metrics_of(lambda: open_system(database_url(database))).served(metrics_port):
            ticker.start()
    except KeyboardInterrupt:
        ticker.shutdown(wait=True)  # what is being carried out is carried out to its end
        typer.echo("Stopped; the next start makes up for what was missed.", err=True)
        if signal.SIGINT in stopped_by:
            raise typer.Exit(STOPPED) from None


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
            reports[job.name] = job.carry_out(system.contracting, at or system.clock.now())
            if not as_json:
                _tell(job, reports[job.name])
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
                    "name": job.name,
                    "meaning": job.meaning,
                    "local_time": f"{job.local_time:%H:%M}",
                    "zone": "Europe/Amsterdam",
                    "next": instant_text(next_run(job.local_time, now)),
                }
                for job in JOBS
            ]
        )
        return
    for job in JOBS:
        typer.echo(
            f"{job.name:12} every day at {job.local_time:%H:%M}, next {local_text(next_run(job.local_time, now))}"
        )
        typer.echo(f"{'':12} {job.meaning}")


def _carry_out(job: Job, database: str | None) -> DueReport:
    with opened(database) as system:
        return job.carry_out(system.contracting, system.clock.now())


def _tell(job: Job, report: DueReport) -> None:
    recorded = ", ".join(f"{count} {name}" for name, count in report.recorded.items()) or "nothing to record"
    typer.echo(f"{job.name}: {recorded}, of {report.contracts} contracts, at {local_text(report.at)}")
    for failure in report.failures:
        typer.echo(f"{job.name}: {failure.contract_id}: {failure.message}", err=True)

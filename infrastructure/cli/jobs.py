"""``contractspoor jobs``: the work that was asked for over HTTP, and where it stands."""

from datetime import date
from typing import Annotated

import typer

from application.jobs import Job
from domain.calendar import day_start, local_text
from infrastructure.cli.console import print_json
from infrastructure.cli.options import AsJson, Database, opened, parsed_day

app = typer.Typer(
    no_args_is_help=True, help="See the rounds and imports that were asked for over HTTP; remove old ones."
)


@app.command("list")
def list_jobs(
    purchaser: Annotated[
        str | None, typer.Option("--purchaser", metavar="NAME", help="Only this purchaser's, such as caresq.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=10_000, help="So many at most.")] = 50,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """List jobs, the newest first: how far each is, and why one failed. An interrupted one is resumed over HTTP."""
    with opened(database) as system:
        found = system.jobs.jobs(system.clock.now(), purchaser=purchaser, limit=limit)
    if as_json:
        print_json([each.model_dump(mode="json") for each in found])
        return
    if not found:
        typer.echo("Nothing.")
    for each in found:
        typer.echo(_line(each))


@app.command()
def prune(
    before: Annotated[
        date,
        typer.Option(
            "--before", metavar="DAY", parser=parsed_day, help="Those that ended before this day begins in Amsterdam."
        ),
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count them, and remove nothing.")] = False,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Remove old jobs that are done, failed or were stopped, with their files and bad rows.

    What they recorded stands in the log and stays. A job that waits, runs or was interrupted stays too.
    """
    with opened(database) as system:
        gone = system.prune_jobs(day_start(before), dry_run=dry_run)
    if as_json:
        print_json({**gone._asdict(), "dry_run": dry_run})
        return
    told = "nothing was removed" if dry_run else "removed"
    typer.echo(f"{gone.jobs:,} jobs that ended before {before}, with {gone.bad_rows:,} bad rows: {told}.")


def _line(job: Job) -> str:
    about = job.work.get("policy_id", f"{job.work.get('size', 0):,} bytes")
    far = f"{job.done:,} of {job.total:,} practices"
    error = f": {job.error}" if job.error else ""
    asked = f"asked for {local_text(job.created_at)} by {job.actor}"
    return f"{job.state:11} {job.job_id}  {job.kind} {job.purchaser} {about}, {far}, {asked}{error}"

"""``contractspoor jobs``: the work that was asked for over HTTP, and where it stands."""

from typing import Annotated

import typer

from application.jobs import Job
from domain.calendar import local_text
from infrastructure.cli.console import print_json
from infrastructure.cli.options import AsJson, Database, opened

app = typer.Typer(no_args_is_help=True, help="See the rounds and imports that were asked for over HTTP.")


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


def _line(job: Job) -> str:
    about = job.work.get("policy_id", f"{job.work.get('size', 0):,} bytes")
    far = f"{job.done:,} of {job.total:,} practices"
    error = f": {job.error}" if job.error else ""
    asked = f"asked for {local_text(job.created_at)} by {job.actor}"
    return f"{job.state:11} {job.job_id}  {job.kind} {job.purchaser} {about}, {far}, {asked}{error}"

"""``contractspoor doctor``: look at everything that the service stands on, and say what to do about what is wrong."""

from typing import Annotated

import typer

from infrastructure.cli.console import print_json
from infrastructure.cli.errors import FAILED
from infrastructure.cli.examination import Verdict, examine
from infrastructure.cli.options import AsJson, Database

app = typer.Typer()


@app.command()
def doctor(
    quiet: Annotated[bool, typer.Option("--quiet", help="Only what is not fine.")] = False,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Look at settings, database, clock, zone data, policies, read models, outbox, late things and disk.

    Changes nothing. Exit code 1 when something fails; a warning is something to look after before it does.
    """
    findings = [each for each in examine(database) if not (quiet and each.verdict is Verdict.FINE)]
    if as_json:
        print_json([each._asdict() for each in findings])
    for each in () if as_json else findings:
        typer.echo(f"{each.verdict:6} {each.about}: {each.found}" + (f"; {each.advice}" if each.advice else ""))
    if any(each.verdict is Verdict.FAILS for each in findings):
        raise typer.Exit(FAILED)

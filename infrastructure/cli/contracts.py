"""``contractspoor contracts``: many contracts at once."""

from pathlib import Path
from typing import Annotated

import typer

from application.carried_over import carry_over_contracts
from infrastructure.bootstrap import carried_over_rows
from infrastructure.cli.console import print_json
from infrastructure.cli.errors import FAILED, fail
from infrastructure.cli.options import Actor, AsJson, Database, opened

app = typer.Typer(no_args_is_help=True, help="Bring in contracts from before this system.")


@app.callback()
def contracts() -> None:
    """Bring in contracts from before this system."""


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Contracts in CSV; docs/providers.md has the columns.")],
    actor: Actor = "contract import",
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Carry over contracts that run on under an earlier policy; a second import of the same file changes nothing.

    A bad row is told and left out, the others are carried over, and the exit code is 1.
    """
    if not file.exists():
        fail(f"{file}: there is no such file; docs/providers.md has its columns")
    with opened(database) as system:
        rows = carried_over_rows(file)
        done = carry_over_contracts(system.contracting, rows, actor=actor, reason=f"carried over from {file.name}")
    if as_json:
        print_json({"file": str(file), **done.model_dump(mode="json")})
    else:
        for each in done.refused:
            typer.echo(f"{file}: line {each.line}, {each.message}", err=True)
        left_out = len({each.line for each in done.refused})
        typer.echo(
            f"{file}: {done.rows} contracts: {done.new} carried over, {done.unchanged} unchanged, {left_out} left out"
        )
    if done.refused:
        raise typer.Exit(FAILED)

"""``contractspoor providers``: import a register, draw a sample, show a practice, record what officers hear."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from application.provider_import import RefusedPractice, import_register
from application.queries.horizon import Asked
from application.queries.provider import provider
from application.registry_changes import ask_about_changes_after
from domain.calendar import instant_text
from infrastructure.bootstrap import open_register, write_sample_register
from infrastructure.cli.adopted import warn_of_unknown_purchaser
from infrastructure.cli.console import print_json, progress_bar
from infrastructure.cli.delegation import delegate, revoke_delegation
from infrastructure.cli.errors import FAILED, WRONG_USE, fail
from infrastructure.cli.import_report import bad_rows_file, tell_import
from infrastructure.cli.options import Actor, Agb, AsJson, Database, KnownAt, Position, opened
from infrastructure.cli.provider_records import (
    WithIntegrity,
    correct,
    events,
    opt_out,
    record,
    signal_integrity,
    withdraw_opt_out,
)
from infrastructure.cli.provider_text import print_provider, provider_json

app = typer.Typer(no_args_is_help=True, help="Import, sample and show practices, and record what they tell.")


@app.command("import")
def import_file(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A register in CSV or XLSX; docs/providers.md has its layout.")
    ],
    errors: Annotated[Path | None, typer.Option("--errors", help="Write every bad row to this CSV file.")] = None,
    actor: Actor = "register import",
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Import practices from a register; a second import of the same file changes nothing.

    A practice with a bad row is left out as a whole, the others are imported, and the exit code is 1. Where a running
    contract rests on what changed, a review is asked for; nothing is decided.
    """
    if not file.exists():
        fail(f"{file}: there is no such file; make one to try with: contractspoor providers sample {file}")
    if errors is not None and errors.resolve() == file.resolve():
        fail(f"--errors {errors} is the register itself; name another file", WRONG_USE)
    refused: list[RefusedPractice] = []
    register = open_register(file)
    with ExitStack() as inside:
        system = inside.enter_context(opened(database))
        write_bad_rows = inside.enter_context(bad_rows_file(errors))
        report = inside.enter_context(progress_bar("Importing", "practices"))

        def refuse(practice: RefusedPractice) -> None:
            refused.append(practice)
            write_bad_rows(practice)

        head = system.log.horizon().position
        imported = import_register(system.providers, register, actor=actor, on_refused=refuse, progress=report)
        asked = ask_about_changes_after(system.contracting, head)
    tell_import(file, register, imported, refused, errors, asked, as_json=as_json)
    if refused or asked.failures:
        raise typer.Exit(FAILED)


@app.command()
def sample(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the register is written, in CSV.")],
    count: Annotated[int, typer.Option("--count", min=1, max=99_999, help="How many practices.")] = 2000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same file.")] = 1,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
) -> None:
    """Write a fictional national register: no practice, professional or person in it exists."""
    if file.exists() and not force:
        fail(f"{file} exists; name another file, or write over it with --force", WRONG_USE)
    unfinished = file.with_name(f"{file.name}.part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as written:
            write_sample_register(count, seed, written)
        unfinished.replace(file)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        fail(f"{file} can not be written: {error.strerror or error}")
    typer.echo(f"{file}: {count} fictional practices (seed {seed}). Next: contractspoor providers import {file}")


@app.command()
def show(
    agb: Agb,
    purchaser: Annotated[
        str | None,
        typer.Option(
            "--purchaser",
            help="Also what this purchaser knows, such as caresq: contracts, opt-outs, values. Left out: the register.",
        ),
    ] = None,
    known_at: KnownAt = None,
    position: Position = None,
    with_integrity: WithIntegrity = False,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Show a practice as the register tells it; with --purchaser also its contracts and opt-outs there."""
    if with_integrity and purchaser is None:
        raise typer.BadParameter("name the purchaser with --purchaser", param_hint="'--with-integrity'")
    with opened(database) as system:
        asked = Asked(known_at=known_at, position=position)
        answer = provider(system.contracting, agb, purchaser, asked, with_integrity=with_integrity)
        if purchaser is not None:
            warn_of_unknown_purchaser(system, purchaser)
    if answer.record is None:
        fail(
            f"{agb}: no practice with that AGB code, "
            f"as known at {instant_text(answer.known_at)}, position {answer.position}",
            code="PROVIDER_UNKNOWN",
        )
    if as_json:
        print_json(provider_json(answer))
    else:
        print_provider(answer)


for name, command in (
    ("opt-out", opt_out),
    ("withdraw-opt-out", withdraw_opt_out),
    ("signal-integrity", signal_integrity),
    ("record", record),
    ("correct", correct),
    ("delegate", delegate),
    ("revoke-delegation", revoke_delegation),
    ("events", events),
):
    app.command(name)(command)

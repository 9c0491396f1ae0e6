"""``contractspoor providers``: import a register, draw a sample, show a practice, record what officers hear."""

from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from application.order import Order
from application.provider_import import RefusedPractice, import_register
from application.providers import execute
from application.queries.horizon import Asked
from application.queries.provider import provider
from application.registry_changes import ask_about_changes_after
from domain.agb import AgbCode
from domain.calendar import instant_text
from domain.care_type import CareType
from domain.provider.commands import (
    EndIntegritySignal,
    OptOutOfOffers,
    ProviderCommand,
    SignalIntegrity,
    WithdrawOptOut,
)
from infrastructure.bootstrap import open_register, write_sample_register
from infrastructure.cli.adopted import warn_of_unknown_purchaser
from infrastructure.cli.console import print_json, progress_bar
from infrastructure.cli.errors import FAILED, WRONG_USE, fail
from infrastructure.cli.import_report import bad_rows_file, tell_import
from infrastructure.cli.instants import InstantError, local_date
from infrastructure.cli.options import Actor, AsJson, CommandId, Database, KnownAt, OccurredAt, Position, Reason, opened
from infrastructure.cli.provider_text import print_provider, provider_json

app = typer.Typer(no_args_is_help=True, help="Import, sample and show practices, and record what they tell.")


def _agb(text: str) -> AgbCode:
    try:
        return AgbCode(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _day(text: str) -> date:
    try:
        return local_date(text)
    except InstantError as error:
        raise typer.BadParameter(str(error)) from None


Agb = Annotated[
    AgbCode, typer.Argument(metavar="AGB", parser=_agb, help="The practice, by its AGB code of eight digits.")
]
Purchaser = Annotated[str, typer.Option("--purchaser", help="The purchaser whose view it is, such as caresq.")]
FromDay = Annotated[
    date | None,
    typer.Option("--from-day", metavar="DAY", parser=_day, help="From which day; left out: the day it was heard."),
]
CareTypes = Annotated[CareType | None, typer.Option("--care-type", help="One care type; left out: all.")]


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
    with_integrity: Annotated[
        bool,
        typer.Option(
            "--with-integrity",
            help="Show integrity signals and restricted values too: for the purchaser's reviewers only.",
        ),
    ] = False,
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


@app.command("opt-out")
def opt_out(
    agb: Agb,
    purchaser: Purchaser,
    actor: Actor,
    care_type: CareTypes = None,
    reason: Reason = None,
    from_day: FromDay = None,
    occurred_at: OccurredAt = None,
    command_id: CommandId = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Record that a practice wants no offers from a purchaser, for one care type or for all."""
    command = OptOutOfOffers(purchaser=purchaser, care_type=care_type, from_day=from_day)
    _execute(agb, command, (actor, reason, occurred_at, command_id), database, as_json=as_json)


@app.command("withdraw-opt-out")
def withdraw_opt_out(
    agb: Agb,
    purchaser: Purchaser,
    actor: Actor,
    care_type: CareTypes = None,
    reason: Reason = None,
    from_day: FromDay = None,
    occurred_at: OccurredAt = None,
    command_id: CommandId = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Record that a practice wants offers again, for one care type or for all."""
    command = WithdrawOptOut(purchaser=purchaser, care_type=care_type, from_day=from_day)
    _execute(agb, command, (actor, reason, occurred_at, command_id), database, as_json=as_json)


@app.command("signal-integrity")
def signal_integrity(
    agb: Agb,
    purchaser: Purchaser,
    actor: Actor,
    reason: Annotated[str, typer.Option("--reason", help="What was found; only the purchaser's reviewers see it.")],
    end: Annotated[bool, typer.Option("--end", help="Take the doubt back.")] = False,
    from_day: FromDay = None,
    occurred_at: OccurredAt = None,
    command_id: CommandId = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Record a doubt about the integrity of a practice's care: it goes to review instead of being approached."""
    kind = EndIntegritySignal if end else SignalIntegrity
    command = kind(purchaser=purchaser, from_day=from_day)
    _execute(agb, command, (actor, reason, occurred_at, command_id), database, as_json=as_json)


def _execute(
    agb: AgbCode,
    command: ProviderCommand,
    given: tuple[str, str | None, datetime | None, str | None],
    database: str | None,
    *,
    as_json: bool,
) -> None:
    actor, reason, occurred_at, command_id = given
    with opened(database) as system:
        name = command_id or f"{command.kind}/{agb}/{instant_text(system.clock.now())}"
        order = Order(actor=actor, command_id=name, reason=reason, occurred_at=occurred_at)
        warn_of_unknown_purchaser(system, command.purchaser)
        entered = execute(system.providers, agb, command, order)
    if as_json:
        facts = [{"fact": fact.stored_name, **fact.model_dump(mode="json")} for fact in entered.facts]
        print_json({"agb": agb, "command_id": name, "version": entered.version, "facts": facts})
    elif entered.facts:
        for fact in entered.facts:
            values = ", ".join(f"{key} {value or 'all'}" for key, value in fact.model_dump(mode="json").items())
            typer.echo(f"{agb}: {fact.stored_name} ({values}), version {entered.version}")
    else:
        typer.echo(f"{agb}: nothing changed, it was recorded before")

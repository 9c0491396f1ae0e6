"""``contractspoor contracts``: several contracts at once."""

from pathlib import Path
from typing import Annotated

import typer

from application.carried_over import carry_over_contracts
from application.queries.horizon import Asked
from application.queries.own_contracts import OwnContract, own_contracts
from domain.calendar import local_text
from domain.contract.audience import Audience
from domain.contract.standing import ClaimsStanding, Status
from infrastructure.bootstrap import carried_over_rows
from infrastructure.cli.adopted import warn_of_unknown_purchaser
from infrastructure.cli.console import print_json
from infrastructure.cli.errors import FAILED, fail
from infrastructure.cli.options import (
    Actor,
    Agb,
    AsJson,
    Database,
    EffectiveOn,
    For,
    KnownAt,
    Position,
    opened,
)
from infrastructure.cli.page import Page

app = typer.Typer(no_args_is_help=True, help="List a practice's contracts; bring in those from before this system.")


@app.command("list")
def list_contracts(
    agb: Agb,
    purchaser: Annotated[str, typer.Option("--purchaser", help="With which purchaser, such as asr.")],
    effective_on: EffectiveOn = None,
    known_at: KnownAt = None,
    position: Position = None,
    audience: For = Audience.PURCHASER,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """List the contracts that a practice has or seeks with a purchaser, and where each stands on a day.

    With --audience provider it is what the practice itself may see.
    """
    asked = Asked(effective_on=effective_on, known_at=known_at, position=position)
    with opened(database) as system:
        answer = own_contracts(system.contracting, system.questions, agb, purchaser, asked, audience)
        warn_of_unknown_purchaser(system, purchaser)
    if as_json:
        print_json(answer.model_dump(mode="json"))
        return
    page = Page()
    page.line(f"{agb} at {purchaser} on {answer.effective_on}, as known at {local_text(answer.known_at)}", style="bold")
    for each in answer.contracts:
        page.line(f"{each.contract_id}  {_standing(each)}", 2)
    if not answer.contracts:
        page.line("no contract is had or sought, as far as was known", 2)
    page.again(answer.known_at, answer.position)


def _standing(contract: OwnContract) -> str:
    said = [contract.status.replace("_", " "), "in force" if contract.in_force else "not in force"]
    said += [f"tier {contract.tier}"] if contract.tier else []
    said += [f"sign until {contract.last_signing_day}"] if contract.status is Status.OFFERED else []
    said += ["claims are held"] if contract.claims is ClaimsStanding.HELD else []
    reasons = ", ".join(f"{each.code} [{each.clause}]" if each.clause else each.code for each in contract.reasons)
    return "; ".join(said) + (f": {reasons}" if reasons else "")


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

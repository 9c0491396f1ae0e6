"""``contractspoor providers delegate`` and ``revoke-delegation``: who acts for a practice besides its signatories."""

from datetime import date
from typing import Annotated

import typer

from application.order import Order
from application.providers import execute
from domain.agb import AgbCode
from domain.calendar import instant_text
from domain.provider.commands import DelegationCommand, GrantDelegation, RevokeDelegation
from domain.provider.register import Person
from infrastructure.cli.console import print_json
from infrastructure.cli.options import Agb, AsJson, CommandId, Database, Reason, opened, parsed_day, parsed_name

PersonId = Annotated[
    str, typer.Argument(metavar="PERSON", parser=parsed_name, help="The delegate, by the person id of the portal.")
]
By = Annotated[
    str, typer.Option("--by", metavar="PERSON", parser=parsed_name, help="The signatory, by the register's person id.")
]
Certificate = Annotated[
    str,
    typer.Option(
        "--certificate", metavar="SERIAL", parser=parsed_name, help="The serial of the signatory's certificate."
    ),
]


def delegate(
    agb: Agb,
    person_id: PersonId,
    name: Annotated[str, typer.Argument(metavar="NAME", parser=parsed_name, help="The delegate's name.")],
    by: By,
    certificate: Certificate,
    last_day: Annotated[
        date | None,
        typer.Option("--last-day", metavar="DAY", parser=parsed_day, help="Until when; left out: until it is revoked."),
    ] = None,
    reason: Reason = None,
    command_id: CommandId = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Let a person fill in and upload for a practice, on the word of its signatory; never sign or decline."""
    person = Person(person_id=person_id, name=name)
    command = GrantDelegation(person=person, granted_by=by, certificate_serial=certificate, last_day=last_day)
    _execute(agb, command, by, (reason, command_id), database, as_json=as_json)


def revoke_delegation(
    agb: Agb,
    person_id: PersonId,
    by: By,
    certificate: Certificate,
    reason: Reason = None,
    command_id: CommandId = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Take a delegate's right to act back, at once, on the word of a signatory of the practice."""
    command = RevokeDelegation(person_id=person_id, revoked_by=by, certificate_serial=certificate)
    _execute(agb, command, by, (reason, command_id), database, as_json=as_json)


def _execute(
    agb: AgbCode,
    command: DelegationCommand,
    by: str,
    given: tuple[str | None, str | None],
    database: str | None,
    *,
    as_json: bool,
) -> None:
    reason, command_id = given
    with opened(database) as system:
        name = command_id or f"{command.kind}/{agb}/{instant_text(system.clock.now())}"
        entered = execute(system.providers, agb, command, Order(actor=by, command_id=name, reason=reason))
    if as_json:
        facts = [{"fact": fact.stored_name, **fact.model_dump(mode="json")} for fact in entered.facts]
        print_json({"agb": agb, "command_id": name, "version": entered.version, "facts": facts})
    elif not entered.facts:
        typer.echo(f"{agb}: nothing changed, it was recorded before")
    elif isinstance(command, GrantDelegation):
        until = "it is revoked" if command.last_day is None else f"{command.last_day}"
        typer.echo(f"{agb}: {command.person.person_id} fills in and uploads for the practice until {until}")
    else:
        typer.echo(f"{agb}: {command.person_id} does not act for the practice any more")

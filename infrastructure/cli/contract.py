"""``contractspoor contract``: ask about one contract, on both time axes, and act on it."""

from typing import Annotated

import typer

from application.audit.access import Action, Reading, record_access
from application.order import Order
from application.ports import Horizon
from application.queries.contract_answer import Knowledge
from application.queries.events import contract_events
from application.queries.horizon import Asked
from domain.calendar import instant_text, to_microseconds
from domain.contract.audience import Audience
from infrastructure.cli import agreement, contract_diff, lists, why
from infrastructure.cli.asked_about import check_governed, check_known, end_not_known, practice_named, write_json
from infrastructure.cli.bodies import commands_schema, described, read_command
from infrastructure.cli.console import print_json
from infrastructure.cli.contract_text import print_contract, print_events
from infrastructure.cli.options import (
    Actor,
    AsJson,
    CommandId,
    Contract,
    Database,
    EffectiveOn,
    For,
    KnownAt,
    OccurredAt,
    OnBehalfOf,
    Position,
    Reader,
    Reason,
    opened,
)
from infrastructure.cli.page import Page

app = typer.Typer(no_args_is_help=True, help="Ask about one contract, or act on it.")


@app.command()
def show(
    contract_id: Contract,
    effective_on: EffectiveOn = None,
    known_at: KnownAt = None,
    position: Position = None,
    audience: For = Audience.PURCHASER,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Show where the procedure stood and what held in law, on a day, with the knowledge of an instant; and why.

    Exit code 3 when the log can not answer yet, because no policy of the purchaser was adopted at that instant. That
    there is no procedure, or no contract in force, is an answer: exit code 0.
    """
    asked = Asked(effective_on=effective_on, known_at=known_at, position=position)
    with opened(database) as system:
        answer = system.questions.contract(contract_id, asked, audience)
        practice = practice_named(system, contract_id, answer)
        if as_json:
            write_json(answer)
        if answer.knowledge is Knowledge.NOT_KNOWN_YET:
            end_not_known(system, contract_id, Horizon(to_microseconds(answer.known_at), answer.position))
    if not as_json:
        print_contract(answer, practice=practice, database=database)


@app.command()
def events(
    contract_id: Contract,
    known_at: KnownAt = None,
    position: Position = None,
    audience: For = Audience.PURCHASER,
    database: Database = None,
    as_json: AsJson = False,
    as_lines: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line, a line a fact.")] = False,
    reader: Reader = None,
) -> None:
    """List the facts of a contract: what, when it happened and when it was recorded, by whom, for whom, and why."""
    if as_json and as_lines:
        raise typer.BadParameter("choose one of the two", param_hint="'--json' / '--jsonl'")
    with opened(database) as system:
        asked = Asked(known_at=known_at, position=position)
        answer = contract_events(system.contracting, contract_id, asked, audience)
        if not answer.events:
            check_known(system, contract_id, Horizon(to_microseconds(answer.known_at), answer.position))
        if as_lines:
            subject = {"contract": str(contract_id), "audience": audience}
            by, what = reader or system.reader, Action.CONTRACT_EVENTS
            reading = Reading(by, what, subject, contract_id.purchaser, answer.known_at, answer.position)
            record_access(system.access, system.clock, reading)
    if as_lines:
        for event in answer.events:
            write_json(event)
    elif as_json:
        write_json(answer)
    else:
        print_events(answer)


@app.command()
def act(
    contract_id: Contract,
    command: Annotated[
        str,
        typer.Argument(metavar="COMMAND", help="What to do, such as MakeOffer; see: contractspoor contract commands."),
    ],
    actor: Actor,
    body: Annotated[
        str, typer.Option("--body", metavar="JSON|@FILE|-", help="The fields of the command; - reads standard input.")
    ] = "{}",
    on_behalf_of: OnBehalfOf = None,
    reason: Reason = None,
    occurred_at: OccurredAt = None,
    command_id: CommandId = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Carry out a command on a contract: its facts are recorded, or it is refused and nothing is.

    Without --command-id each run is a command of its own; what has happened already is never recorded twice.
    """
    wanted = read_command(command, body)
    with opened(database) as system:
        name = command_id or f"cli/{command}/{instant_text(system.clock.now())}"
        order = Order(actor, name, on_behalf_of=on_behalf_of, reason=reason, occurred_at=occurred_at)
        check_governed(system, contract_id)
        answer = system.contracting.act(contract_id, wanted, order)
    if as_json:
        print_json(
            {
                "contract_id": str(contract_id),
                "command_id": name,
                "repeated": answer.repeated,
                "version": answer.version,
                "position": answer.position,
                "facts": [{"fact": each.stored_name, **each.model_dump(mode="json")} for each in answer.facts],
            }
        )
        return
    page = Page()
    for fact in answer.facts:
        values = ", ".join(f"{key}: {value}" for key, value in fact.model_dump(mode="json").items() if value)
        page.line(f"{fact.stored_name}  {values}".rstrip())
    if answer.repeated:
        page.line(f"Nothing was recorded: the command {name} was carried out before, with the facts above.")
    elif not answer.facts:
        page.line("Nothing was recorded: it has happened already.")
    page.line(f"{contract_id} is at version {answer.version}, log position {answer.position}.")


@app.command("commands")
def list_commands(as_json: Annotated[bool, typer.Option("--json", help="Their JSON Schema.")] = False) -> None:
    """List every command of a contract with its fields; those with an asterisk must be given."""
    if as_json:
        print_json(commands_schema())
        return
    page = Page()
    for kind, meaning, fields in described():
        page.line(kind, style="bold")
        page.line(meaning.replace("``", ""), 2)
        page.values((f"{name}{'*' if required else ''}", takes) for name, takes, required in fields)


app.command("list")(lists.list_contracts)
app.command("search")(lists.search_contracts)
app.command("diff")(contract_diff.diff)
app.command("why")(why.why)
app.command("agreement")(agreement.agreement)

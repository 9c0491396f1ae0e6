"""What officers enter of a practice, mend, and read back: commands of ``contractspoor providers`` about its facts."""

import json
from datetime import date, datetime
from typing import Annotated, Any

import typer

from application.known_values import record_value
from application.order import Order
from application.providers import execute
from application.queries.horizon import Asked
from application.queries.provider_events import provider_events
from application.registry_changes import ask_about_changes_after
from domain.agb import AgbCode
from domain.calendar import instant_text, local_text
from domain.care_type import CareType
from domain.provider.commands import (
    CorrectProviderFact,
    EndIntegritySignal,
    OptOutOfOffers,
    ProviderCommand,
    RecordValue,
    SignalIntegrity,
    WithdrawOptOut,
)
from infrastructure.cli.adopted import warn_of_unknown_purchaser
from infrastructure.cli.bodies import read_object
from infrastructure.cli.console import print_json
from infrastructure.cli.options import (
    Actor,
    Agb,
    AsJson,
    CommandId,
    Database,
    KnownAt,
    OccurredAt,
    Position,
    Reason,
    opened,
    parsed_day,
    parsed_instant,
)
from infrastructure.cli.page import Page

Purchaser = Annotated[str, typer.Option("--purchaser", help="The purchaser whose view it is, such as caresq.")]
Whose = Annotated[
    str | None,
    typer.Option("--purchaser", help="Whose facts too, such as caresq. Left out: what the register says alone."),
]
FromDay = Annotated[
    date | None,
    typer.Option("--from-day", metavar="DAY", parser=parsed_day, help="From which day; left out: when it was heard."),
]
CareTypes = Annotated[CareType | None, typer.Option("--care-type", help="One care type; left out: all.")]
WithIntegrity = Annotated[
    bool,
    typer.Option(
        "--with-integrity",
        help="Show integrity signals and restricted values too: for the purchaser's reviewers only.",
    ),
]
Given = tuple[str, str | None, datetime | None, str | None]
"""Who, why, when it was heard, and under which id."""


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


def record(
    agb: Agb,
    code: Annotated[str, typer.Argument(metavar="CODE", help="What it is: a code that the policy reads, as claims.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="What became known: a number, a day or a word.")],
    purchaser: Purchaser,
    actor: Actor,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="How it became known.")],
    year: Annotated[int | None, typer.Option("--year", help="Of which year, where the policy reads it of one.")] = None,
    care_type: Annotated[CareType | None, typer.Option("--care-type", help="Of one care type; left out: all.")] = None,
    occurred_at: OccurredAt = None,
    command_id: CommandId = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Record what became known of a practice: whether it filed claims, its treatment index, a registration, a verdict.

    The next round, application or signature is decided by it; a code that no rule reads is refused.
    """
    command = RecordValue(purchaser=purchaser, code=code, value=value, year=year, care_type=care_type)
    _execute(agb, command, (actor, reason, occurred_at, command_id), database, as_json=as_json)


def correct(
    agb: Agb,
    version: Annotated[int, typer.Argument(metavar="VERSION", min=1, help="The fact; see: providers events.")],
    actor: Actor,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="What was wrong.")],
    purchaser: Whose = None,
    body: Annotated[
        str | None,
        typer.Option("--body", metavar="JSON|@FILE|-", help="The fact as it should read; left out: it is voided."),
    ] = None,
    fact_occurred_at: Annotated[
        datetime | None,
        typer.Option("--fact-occurred-at", metavar="INSTANT", parser=parsed_instant, help="When it really happened."),
    ] = None,
    occurred_at: OccurredAt = None,
    command_id: CommandId = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Mend a wrong entry about a practice: read a fact otherwise, or not at all. What was stored stays.

    Asked with earlier knowledge the answers stay what they were. Where a running contract rests on what was mended in
    the register, a review is asked for.
    """
    command = CorrectProviderFact(
        purchaser=purchaser,
        version=version,
        replacement=None if body is None else read_object(body),
        fact_occurred_at=fact_occurred_at,
    )
    _execute(agb, command, (actor, reason, occurred_at, command_id), database, as_json=as_json)


def events(
    agb: Agb,
    purchaser: Whose = None,
    known_at: KnownAt = None,
    position: Position = None,
    with_integrity: WithIntegrity = False,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """List the facts about a practice: what, when it happened and when it was recorded, by whom and why."""
    if with_integrity and purchaser is None:
        raise typer.BadParameter("name the purchaser with --purchaser", param_hint="'--with-integrity'")
    with opened(database) as system:
        asked = Asked(known_at=known_at, position=position)
        answer = provider_events(system.contracting, agb, purchaser, asked, with_integrity=with_integrity)
        if purchaser is not None:
            warn_of_unknown_purchaser(system, purchaser)
    if as_json:
        print_json(answer.model_dump(mode="json"))
        return
    page = Page()
    page.line(f"{agb}, as known at {local_text(answer.known_at)}, log position {answer.position}", style="bold")
    for each in answer.events:
        page.line(f"{each.version:4}  {each.name}  happened {local_text(each.occurred_at)}", 2)
        recorded = f"recorded {local_text(each.recorded_at)} by {each.context.actor}"
        page.line(f"{recorded}{f': {each.context.reason}' if each.context.reason else ''}", 8)
        page.line(_told(each.fact), 8)
    if not answer.events:
        page.line("nothing is recorded, as far as was known", 2)
    page.again(answer.known_at, answer.position)


def _told(fact: dict[str, Any]) -> str:
    """What a fact says; of the register's record its name, the whole of it is shown by ``providers show``."""
    said = {key: value for key, value in fact.items() if value is not None and key != "purchaser"}
    if "record" in said:
        said["record"] = said["record"]["name"]
    return ", ".join(f"{key} {each if isinstance(each, str) else json.dumps(each)}" for key, each in said.items())


def _execute(agb: AgbCode, command: ProviderCommand, given: Given, database: str | None, *, as_json: bool) -> None:
    actor, reason, occurred_at, command_id = given
    with opened(database) as system:
        name = command_id or f"{command.kind}/{agb}/{instant_text(system.clock.now())}"
        order = Order(actor=actor, command_id=name, reason=reason, occurred_at=occurred_at)
        head = system.log.horizon().position
        if isinstance(command, RecordValue):
            entered = record_value(system.contracting, system.providers, agb, command, order)
        else:
            entered = execute(system.providers, agb, command, order)
        if isinstance(command, CorrectProviderFact):
            ask_about_changes_after(system.contracting, head)
        if command.purchaser is not None:
            warn_of_unknown_purchaser(system, command.purchaser)
    if as_json:
        facts = [{"fact": fact.stored_name, **fact.model_dump(mode="json")} for fact in entered.facts]
        print_json({"agb": agb, "command_id": name, "version": entered.version, "facts": facts})
    elif entered.facts:
        for fact in entered.facts:
            said = fact.model_dump(mode="json")
            values = ", ".join(f"{key} {_shown(value)}" for key, value in said.items() if key != "replacement")
            typer.echo(f"{agb}: {fact.stored_name} ({values}), version {entered.version}")
    else:
        typer.echo(f"{agb}: nothing changed, it was recorded before")


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(" ".join(str(part) for part in each.values() if part is not None) for each in value)
    return str(value or "all")

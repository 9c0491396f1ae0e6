"""``contractspoor contract diff``: what two answers about one contract differ in."""

from datetime import date, datetime
from itertools import groupby
from typing import Annotated

import typer

from application.ports import Horizon
from application.queries.contract_answer import Knowledge
from application.queries.contract_diff import ECHOED, Axis, ChangeMade, Compared, DiffAnswer, DiffEnd, contract_diff
from application.queries.horizon import Asked
from domain.calendar import instant_text, local_text, to_microseconds
from domain.contract.audience import Audience
from infrastructure.cli.asked_about import check_practice, end_not_known, write_json
from infrastructure.cli.audit_text import old_and_new
from infrastructure.cli.errors import WRONG_USE, fail
from infrastructure.cli.options import (
    AsJson,
    Contract,
    Database,
    EffectiveOn,
    For,
    KnownAt,
    Position,
    instant_or_day,
    opened,
)
from infrastructure.cli.page import Page

OF_THE_FACT = {("explained_by", "occurred_at"), ("explained_by", "recorded_at")}
"""Fields that only say more of the fact that is named."""


def diff(
    contract_id: Contract,
    before: Annotated[
        date,
        typer.Option(
            "--from",
            metavar="DAY|INSTANT",
            parser=instant_or_day,
            help="The one answer: a day to ask about, or with --axis known an instant to know as of.",
        ),
    ],
    after: Annotated[
        date | None,
        typer.Option("--to", metavar="DAY|INSTANT", parser=instant_or_day, help="The other; left out: now."),
    ] = None,
    axis: Annotated[
        Axis, typer.Option("--axis", help="Compare two days, or what was known at two instants.")
    ] = Axis.EFFECTIVE,
    effective_on: EffectiveOn = None,
    known_at: KnownAt = None,
    position: Position = None,
    audience: For = Audience.PURCHASER,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Show what two answers about a contract differ in, field by field, and the facts that made the difference.

    With --axis effective both are given with the same knowledge (--known-at, --position), with --axis known both are
    about the same day (--effective-on). Nothing differs: exit code 0, and nothing is shown.
    """
    _check_axes(axis, before, after, effective_on=effective_on, known_at=known_at, position=position)
    asked = Asked(effective_on=effective_on, known_at=known_at, position=position)
    with opened(database) as system:
        compared = Compared(axis=axis, before=before, after=after)
        answer = contract_diff(system.contracting, system.questions, contract_id, compared, asked, audience)
        latest = max(answer.before, answer.after, key=lambda each: each.known_at)
        horizon = Horizon(to_microseconds(latest.known_at), latest.position)
        if answer.knowledge is Knowledge.KNOWN:
            check_practice(system, contract_id, horizon)
        if as_json:
            write_json(answer)
        if answer.knowledge is Knowledge.NOT_KNOWN_YET:
            end_not_known(system, contract_id, horizon)
    if not as_json:
        print_diff(answer)


def _check_axes(axis: Axis, before: date, after: date | None, **given: object) -> None:
    """A date that has two ends can not be given a third time."""
    if axis is Axis.KNOWN:
        wrong = [f"--{name.replace('_', '-')}" for name in ("known_at", "position") if given[name] is not None]
    else:
        wrong = [] if given["effective_on"] is None else ["--effective-on"]
    if wrong:
        fail(f"{wrong[0]}: --from and --to say it already, with --axis {axis}", WRONG_USE)
    if axis is Axis.EFFECTIVE and (isinstance(before, datetime) or isinstance(after, datetime)):
        fail("--from, --to: an instant goes with --axis known; name days, such as 2025-03-15", WRONG_USE)


def print_diff(answer: DiffAnswer) -> None:
    """Each field that differs with both values and the facts behind it."""
    page = Page()
    page.line(answer.contract_id, style="bold")
    page.value("from", _end(answer.before))
    page.value("to", _end(answer.after))
    shown = [each for each in answer.changes if each.path not in ECHOED | OF_THE_FACT]
    if not shown:
        page.line("Nothing differs.", 2)
    for part, of_part in groupby(shown, key=lambda each: each.path[0] if len(each.path) > 1 else "the answer"):
        page.heading(part.replace("_", " ").capitalize())
        for because, together in groupby(of_part, key=lambda each: each.because):
            for change in together:
                _print_change(page, change)
            names = ", ".join(_short(each, answer.contract_id) for each in because)
            page.value("", f"because of {names}" if names else "by the passing of time", "dim")
    events = answer.events if shown else ()
    if events:
        page.heading("The facts that made the difference")
    for event in events:
        page.line(f"{_short(event.event_id, answer.contract_id)}  {event.name}")
        behalf = f" for {event.on_behalf_of}" if event.on_behalf_of else ""
        page.value("happened", local_text(event.occurred_at))
        page.value("recorded", f"{local_text(event.recorded_at)}, log position {event.position}")
        page.value("by", f"{event.actor}{behalf}")
        page.values([("why", event.reason or "")])
    page.line("")
    if answer.axis is Axis.KNOWN:
        ends = f"--from {instant_text(answer.before.known_at)} --to {instant_text(answer.after.known_at)}"
        page.line(f"The same again with {ends} --effective-on {answer.before.effective_on}", style="dim")
    else:
        page.again(answer.before.known_at, answer.before.position)


def _print_change(page: Page, change: ChangeMade) -> None:
    name = " ".join(change.path[1:] or change.path).replace("_", " ")
    if change.path[-1] == "explanation":
        page.value(
            name, f"{'nothing' if change.old is None else 'one'} -> {'nothing' if change.new is None else 'another'}"
        )
    else:
        page.value(name, old_and_new(change))


def _short(event_id: str, contract_id: str) -> str:
    """``@13`` for a fact of the contract itself."""
    return event_id.removeprefix(contract_id)


def _end(end: DiffEnd) -> str:
    return f"{end.effective_on}, as known at {local_text(end.known_at)}, log position {end.position}"

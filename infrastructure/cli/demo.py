"""``contractspoor demo``: two purchasers' contracting with invented practices, and questions about it to try."""

from datetime import timedelta
from typing import Annotated

import typer

from application.letters.letter import Language
from application.letters.preview import letters_about
from application.queries.horizon import Asked
from application.simulation.both import View, seen_by_both
from application.simulation.corrections import Correction
from application.simulation.diary import NO_ACTS
from application.simulation.reminders import HeededReminder
from application.simulation.summary import OPEN_DAY, Summary, summarise, with_a_way_up
from application.simulation.year import EARLIER_POLICY, LAST_DAY, NOT_DUE, POLICY, Year
from domain.calendar import local_text
from domain.contract.contract_id import ContractId
from infrastructure.bootstrap import System, open_simulation, word_letter
from infrastructure.cli.console import progress_bar
from infrastructure.cli.contract_text import print_explanation
from infrastructure.cli.demo_text import print_summary, print_views
from infrastructure.cli.page import Page

QUIET = (NOT_DUE, NO_ACTS)
OPEN_DAYS = (OPEN_DAY.replace(year=OPEN_DAY.year - 1), OPEN_DAY)
"""Halfway the term of each purchaser's contracts."""


app = typer.Typer()


@app.command()
def demo(
    providers: Annotated[
        int, typer.Option("--providers", min=1, max=99_999, help="How many practices; the nation has some 20,000.")
    ] = 2_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same log.")] = 7,
    database: Annotated[
        str, typer.Option("--database", metavar="URL", help="The SQLite file of the demo; an older demo is made anew.")
    ] = "sqlite:///build/demo.db",
) -> None:
    """Live through two years of simulated contracting: a.s.r. for 2024, then Caresq for 2025, over one register.

    Rounds, evidence, offers, signatures, applications, publication, corrections. Everything in it is invented. Prints
    where all contracts stand, one practice as both purchasers see it, and commands to try on the log that it leaves.
    """
    page = Page()
    with open_simulation(database, providers=providers, seed=seed) as (system, world):
        page.line(f"Simulated data: {providers:,} invented practices, seed {seed}. Nothing here is real.", style="bold")
        for phase in Year(world).phases():
            with progress_bar(f"{phase.day} {phase.label}", phase.unit, transient=True) as report:
                told = phase.work(report)
            if told not in QUIET:
                typer.echo(f"  {phase.day}  {phase.label:24} {told}")
        now = system.clock.now()
        earlier, summary = (summarise(system.contracting, policy, now) for policy in (EARLIER_POLICY, POLICY))
        explained = with_a_way_up(system.questions, summary.in_force)
        print_summary(page, f"The contracts of {EARLIER_POLICY} on {LAST_DAY}", earlier)
        print_summary(
            page, f"The contracts of {POLICY} on {LAST_DAY}, by the tier that the practice is entitled to", summary
        )
        refused = ", ".join(f"{code} {count:,}" for code, count in sorted(world.refused.items()))
        page.line(f"Refused, as the rules ask: {refused or 'nothing'}.")
        if world.correction.found is not None:
            _print_correction(page, system, world.correction.found)
        if world.reminder.found is not None:
            _print_reminder(page, system, world.reminder.found)
        if explained is not None:
            page.heading("Why this tier, and the shortest way to the next one")
            print_explanation(explained)
        views = seen_by_both(system.contracting, system.questions, [earlier.concluded, summary.concluded], OPEN_DAYS)
        if views:
            print_views(page, views)
        page.heading("Try next")
        way_up = None if explained is None else ContractId.parse(explained.contract_id)
        reminder = world.reminder.found
        for command in commands_to_try(database, summary, world.correction.found, reminder, way_up, views):
            page.verbatim(f"  {command}\n")


def commands_to_try(
    database: str,
    summary: Summary,
    correction: Correction | None,
    reminder: HeededReminder | None,
    way_up: ContractId | None,
    views: list[View],
) -> list[str]:
    """Commands with contracts of this log; each can be pasted as it stands."""
    commands = []
    if correction is not None:
        day, contract_id = correction.effective_on, correction.contract_id
        for known_on in (correction.checked_on - timedelta(days=1), LAST_DAY):
            commands.append(f"contract show {contract_id} --effective-on {day} --known-at {known_on}")
        commands.append(f"contract events {contract_id}")
    if reminder is not None:
        commands.append(f"letters preview {reminder.event_id} --lang en")
    if way_up is not None:
        commands.append(f"contract why {way_up} --effective-on {OPEN_DAY} --known-at {OPEN_DAY}")
    for view in views:
        commands.append(f"contract show {view.contract_id} --effective-on {view.contract.effective_on}")
        commands.append(f"providers show {view.contract_id.agb} --purchaser {view.contract_id.purchaser}")
    if summary.in_force:
        commands.append(f"contract agreement {summary.in_force[0]}")
    commands += [f"round status {POLICY}", f"round report {POLICY} --csv -", f"policy show {EARLIER_POLICY}"]
    return [f"contractspoor {command} --database {database}" for command in commands]


def _print_correction(page: Page, system: System, correction: Correction) -> None:
    """The same day, asked with the knowledge of two instants."""
    contract_id, day = correction.contract_id, correction.effective_on
    page.heading("One day, known at two instants")
    page.line(
        f"{contract_id} supplied the right proof on {correction.supplied_on}; an officer found it right on "
        f"{correction.checked_on}."
    )
    page.line(f"It counts from {day}, the first of the month after the supply (CQ25-3.2-25).")
    for known_on in (correction.checked_on - timedelta(days=1), LAST_DAY):
        answer = system.questions.contract(contract_id, Asked(effective_on=day, known_at=known_on))
        legal = answer.legal_position
        tier = "no tier" if legal is None or legal.tier is None else f"tier {legal.tier}"
        page.line(f"on {day}, as known at {local_text(answer.known_at)}: {tier}", 2, "bold")


def _print_reminder(page: Page, system: System, reminder: HeededReminder) -> None:
    """A practice that was late, the letter that it got, and what came of it."""
    days = (reminder.last_day - reminder.reminded_on).days
    page.heading("One practice that was late")
    page.line(f"{reminder.contract_id} had not confirmed its questionnaire {days} days before the last day.")
    page.line(
        f"It was reminded on {reminder.reminded_on} ({reminder.clause}), and confirmed on {reminder.confirmed_on}."
    )
    for letter in letters_about(system.contracting, reminder.event_id) or ():
        page.line(f"To: {letter.recipient}", 2)
        page.line(f"Subject: {word_letter(letter, Language.NL).subject}", 2)

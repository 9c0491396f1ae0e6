"""``contractspoor demo``: a year of contracting with invented practices, and questions about it to try."""

from datetime import timedelta
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from application.queries.contract_answer import ContractAnswer
from application.queries.horizon import Asked
from application.simulation.corrections import Correction
from application.simulation.summary import OPEN_DAY, Standing, Summary, summarise, with_a_way_up
from application.simulation.year import LAST_DAY, POLICY, Year
from domain.calendar import local_text
from domain.care_type import CareType
from domain.contract.standing import Status
from infrastructure.bootstrap import System, open_simulation
from infrastructure.cli.console import progress_bar
from infrastructure.cli.contract_text import print_explanation
from infrastructure.cli.page import Page

CARE_TYPES, STATUSES = tuple(CareType), tuple(Status)
QUIET = ("nothing was due", "0 acts, 0 of them refused")


def demo(
    providers: Annotated[
        int, typer.Option("--providers", min=1, max=99_999, help="How many practices; the nation has some 20,000.")
    ] = 2_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same log.")] = 7,
    database: Annotated[
        str, typer.Option("--database", metavar="URL", help="The SQLite file of the demo; an older demo is made anew.")
    ] = "sqlite:///build/demo.db",
) -> None:
    """Live through a year of simulated contracting: round, evidence, offers, signatures, publication, corrections.

    Everything in it is invented. Prints where all contracts stand, and commands to try on the log that it leaves.
    """
    page = Page()
    with open_simulation(database, providers=providers, seed=seed) as (system, world):
        page.line(f"Simulated data: {providers:,} invented practices, seed {seed}. Nothing here is real.", style="bold")
        for phase in Year(world).phases():
            with progress_bar(f"{phase.day} {phase.label}", phase.unit, transient=True) as report:
                told = phase.work(report)
            if told not in QUIET:
                typer.echo(f"  {phase.day}  {phase.label:24} {told}")
        summary = summarise(system.contracting, system.clock.now())
        explained = with_a_way_up(system.questions, summary.in_force)
        _print_summary(page, summary)
        refused = ", ".join(f"{code} {count:,}" for code, count in sorted(world.refused.items()))
        page.line(f"Refused, as the rules ask: {refused or 'nothing'}.")
        if world.correction.found is not None:
            _print_correction(page, system, world.correction.found)
        if explained is not None:
            page.heading("Why this tier, and the shortest way to the next one")
            print_explanation(explained)
        page.heading("Try next")
        for command in commands_to_try(database, summary, world.correction.found, explained):
            page.verbatim(f"  {command}\n")


def commands_to_try(
    database: str, summary: Summary, correction: Correction | None, explained: ContractAnswer | None
) -> list[str]:
    """Commands with contracts of this log; each can be pasted as it stands."""
    commands = []
    if correction is not None:
        day, contract_id = correction.effective_on, correction.contract_id
        for known_on in (correction.checked_on - timedelta(days=1), LAST_DAY):
            commands.append(f"contract show {contract_id} --effective-on {day} --known-at {known_on}")
        commands.append(f"contract events {contract_id}")
    if explained is not None:
        commands.append(f"contract explain {explained.contract_id} --effective-on {OPEN_DAY} --known-at {OPEN_DAY}")
    if summary.in_force:
        commands.append(f"contract agreement {summary.in_force[0]}")
    commands += [f"round status {POLICY}", f"round report {POLICY} --csv -", f"policy show {POLICY}"]
    return [f"contractspoor {command} --database {database}" for command in commands]


def _print_summary(page: Page, summary: Summary) -> None:
    tiers = sorted({standing.tier for standing in summary.counts if standing.tier is not None})
    page.heading(f"Where the contracts stand on {LAST_DAY}, by tier that the practice is entitled to")
    table = Table(box=SIMPLE, pad_edge=False)
    table.add_column("type")
    table.add_column("status", no_wrap=True)
    for name in (*tiers, "none", "all"):
        table.add_column(name, justify="right")
    rows = {(standing.care_type, standing.status) for standing in summary.counts}
    previous = None
    for care_type, status in sorted(rows, key=lambda row: (CARE_TYPES.index(row[0]), STATUSES.index(row[1]))):
        counts = [summary.counts[Standing(care_type, status, tier)] for tier in (*tiers, None)]
        shown = [f"{count:,}" if count else "·" for count in counts]
        name = "" if care_type == previous else care_type
        table.add_row(name, status.replace("_", " "), *shown, f"{sum(counts):,}")
        previous = care_type
    Console(highlight=False).print(table)


def _print_correction(page: Page, system: System, correction: Correction) -> None:
    """The same day, asked with the knowledge of two instants."""
    contract_id, day = correction.contract_id, correction.effective_on
    page.heading("One day, known at two instants")
    page.line(
        f"{contract_id} supplied the right proof on {correction.supplied_on}; an officer found it right on "
        f"{correction.checked_on}. It counts from {day}, the first of the month after the supply (CQ25-3.2-25)."
    )
    for known_on in (correction.checked_on - timedelta(days=1), LAST_DAY):
        answer = system.questions.contract(contract_id, Asked(effective_on=day, known_at=known_on))
        legal = answer.legal_position
        tier = "no tier" if legal is None or legal.tier is None else f"tier {legal.tier}"
        page.line(f"on {day}, as known at {local_text(answer.known_at)}: {tier}", 2, "bold")

"""What the demo ends with: where all contracts stand, and one practice as both purchasers see it."""

from collections.abc import Sequence
from datetime import datetime

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from application.queries.contract_answer import ContractAnswer
from application.queries.provider import ProviderAnswer
from application.simulation.both import View
from application.simulation.summary import Standing, Summary
from domain.calendar import local_day
from domain.care_type import CareType
from domain.contract.standing import Status
from infrastructure.cli.page import Page

CARE_TYPES, STATUSES = tuple(CareType), tuple(Status)


def print_summary(page: Page, title: str, summary: Summary) -> None:
    """Contracts by care type, by where they stand, and by tier where there are tiers."""
    tiers = sorted({standing.tier for standing in summary.counts if standing.tier is not None})
    columns = (*tiers, None) if tiers else ()
    page.heading(title)
    table = Table(box=SIMPLE, pad_edge=False)
    table.add_column("type")
    table.add_column("status", no_wrap=True)
    for name in (*(tier or "none" for tier in columns), "all"):
        table.add_column(name, justify="right")
    rows = {(standing.care_type, standing.status) for standing in summary.counts}
    previous = None
    for care_type, status in sorted(rows, key=lambda row: (CARE_TYPES.index(row[0]), STATUSES.index(row[1]))):
        counts = [summary.counts[Standing(care_type, status, tier)] for tier in columns]
        everything = sum(summary.counts[Standing(care_type, status, tier)] for tier in (*tiers, None))
        shown = [f"{count:,}" if count else "·" for count in counts]
        name = "" if care_type == previous else care_type
        table.add_row(name, status.replace("_", " "), *shown, f"{everything:,}")
        previous = care_type
    Console(highlight=False).print(table)


def print_views(page: Page, views: Sequence[View]) -> None:
    """The same practice, a column for each purchaser; a column holds that purchaser's own answers and nothing else."""
    record = views[0].practice.record
    page.heading(f"One practice, seen by both: {views[0].contract_id.agb}" + (f" {record.name}" if record else ""))
    table = Table(box=SIMPLE, pad_edge=False)
    table.add_column("")
    for view in views:
        table.add_column(view.contract_id.purchaser, overflow="fold")
    columns = [_column(view) for view in views]
    for name in columns[0]:
        table.add_row(name, *(column[name] for column in columns))
    Console(highlight=False).print(table)
    page.line("Each column is made of that purchaser's answers alone: nothing of the one shows in what the other asks.")


def _column(view: View) -> dict[str, str]:
    contract = view.contract
    procedure, legal = contract.procedure, contract.legal_position
    term = None if legal is None else legal.term
    return {
        "contract": f"{view.contract_id.care_type}, {view.contract_id.period}",
        "policy": contract.policy_id or "",
        "approached": "" if procedure is None or procedure.approached_at is None else _day(procedure.approached_at),
        "questionnaire": "none"
        if procedure is None or procedure.confirmed_at is None
        else f"confirmed {_day(procedure.confirmed_at)}",
        "signed": "" if procedure is None or procedure.signed_at is None else _day(procedure.signed_at),
        "in force": "" if term is None else f"{term.start} to {term.end}",
        "tier": _tier(contract),
        "in the care finder": "" if contract.listed_from is None else f"from {_day(contract.listed_from)}",
        "knows of it": "\n".join(_known(view.practice)) or "nothing",
    }


def _tier(contract: ContractAnswer) -> str:
    legal = contract.legal_position
    return "none" if legal is None or legal.tier is None else f"{legal.tier} on {contract.effective_on}"


def _known(practice: ProviderAnswer) -> list[str]:
    years: dict[str, list[str]] = {}
    for each in practice.past_contracts or ():
        years.setdefault(each.care_type, []).append(f"{each.first_day:%Y}")
    return [
        *(f"{care_type} contracts of {', '.join(found)}" for care_type, found in years.items()),
        *(f"no offers wanted from {each.from_day}" for each in practice.opt_outs or ()),
        *(
            f"{each.code}{f' of {each.year}' if each.year else ''}: {each.value}"
            for each in practice.known_values or ()
        ),
    ]


def _day(instant: datetime) -> str:
    return str(local_day(instant))

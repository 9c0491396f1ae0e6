"""How lists of a purchaser read on the command line."""

from collections.abc import Sequence
from shlex import quote

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from application.queries.horizon import Asked
from application.queries.lists import ContractList, DeadlineItem, DeadlineList, WorkList
from domain.calendar import instant_text, local_day, local_text

_BESIDE = 3
"""Cells between two columns."""
_LAST_AT_LEAST = 20


def print_contracts(found: ContractList) -> None:
    """A page of contracts."""
    rows = [
        (
            each.contract_id,
            each.status.replace("_", " "),
            each.entitled_tier or each.offered_tier or "",
            "" if each.due_on is None else str(each.due_on),
            each.name or "",
        )
        for each in found.contracts
    ]
    _print_table(("contract", "stands", "tier", "due", "practice"), rows)
    count = len(rows)
    typer.echo(f"{count} contract{'' if count == 1 else 's'} of {found.purchaser}, {known(found)}.")


def print_work(found: WorkList) -> None:
    """A page of what waits for a person."""
    rows = [
        (
            each.contract_id,
            each.kind.replace("_", " "),
            each.about.replace("_", " "),
            str(local_day(each.since)),
            "" if each.due_on is None else str(each.due_on),
            each.name or "",
        )
        for each in found.items
    ]
    _print_table(("contract", "what", "about", "since", "due", "practice"), rows)
    counts = ", ".join(f"{kind.replace('_', ' ')} {count:,}" for kind, count in found.waiting.items()) or "nothing"
    typer.echo(f"Waiting at {found.purchaser}: {counts}; {known(found)}.")


def print_deadlines(found: DeadlineList) -> None:
    """A page of what falls due."""
    rows = [
        (
            local_text(each.due_at).partition(" (")[0],
            each.contract_id,
            each.kind.replace("_", " "),
            _stands(each),
        )
        for each in found.items
    ]
    _print_table(("from", "contract", "what", ""), rows)
    typer.echo(f"{found.total:,} of {found.purchaser}, {known(found)}.")


def _stands(item: DeadlineItem) -> str:
    if item.error is None:
        return "due now" if item.due else ""
    again = "given up; see: scheduler retry"
    if item.next_try_at is not None:
        again = f"again at {local_text(item.next_try_at).partition(' (')[0]}"
    return f"failed {item.attempts} times, {again}: {item.error}"


def known(found: ContractList | WorkList | DeadlineList) -> str:
    """What a list rests on."""
    knowledge = "" if found.known_at == found.at else f" as known at {local_text(found.known_at)}"
    return f"at {local_text(found.at)}{knowledge}, log position {found.position}"


def print_more(found: ContractList | WorkList | DeadlineList, asked: Asked) -> None:
    """How to ask for the next page; of another day or knowledge with those of this one, whatever happens meanwhile."""
    if found.next_after is None:
        return
    axes = f" --effective-on {found.effective_on} --position {found.position} --known-at {instant_text(found.known_at)}"
    typer.echo(f"There are more: --after {quote(found.next_after)}{'' if asked == Asked() else axes}")


def _print_table(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    if not rows:
        return
    table, console = Table(box=SIMPLE, pad_edge=False), Console()
    widths = [max(map(len, cells)) for cells in zip(columns, *rows, strict=True)]
    # ids and days stay whole, on a narrow terminal too: the last column gives way, and only there
    whole = sum(widths[:-1]) + _BESIDE * len(widths)
    last = max(console.width - whole, _LAST_AT_LEAST) if console.is_terminal else widths[-1]
    console.width = max(console.width, whole + last)
    for column in columns[:-1]:
        table.add_column(column, no_wrap=True)
    table.add_column(columns[-1], no_wrap=True, overflow="ellipsis", max_width=last)
    for row in rows:
        table.add_row(*row)
    console.print(table)

"""``contractspoor contract list`` and ``search``, ``worklist show``, ``deadlines list``: what stands now."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from application.queries.lists import (
    ContractList,
    ContractsAsked,
    DeadlineItem,
    DeadlineList,
    DeadlinesAsked,
    ListOrder,
    WorkAsked,
    WorkList,
)
from domain.calendar import local_day, local_text
from domain.care_type import CareType
from domain.contract.contract_id import ContractId
from domain.contract.due import DueKind, WorkKind
from domain.contract.standing import Status
from infrastructure.bootstrap import System
from infrastructure.cli.console import print_json, progress_bar
from infrastructure.cli.errors import NOT_KNOWN_YET, Told, end
from infrastructure.cli.options import AsJson, Database, opened, parsed_contract_id, parsed_day

worklist_app = typer.Typer(no_args_is_help=True, help="See what waits for a person.")
deadlines_app = typer.Typer(no_args_is_help=True, help="See what falls due by itself.")

Purchaser = Annotated[str, typer.Option("--purchaser", metavar="NAME", help="Whose contracts, such as caresq.")]
OfCareType = Annotated[CareType | None, typer.Option("--care-type", help="Only this care type.")]
OfStatus = Annotated[Status | None, typer.Option("--status", help="Only procedures that stand there.")]
OfTier = Annotated[
    str | None, typer.Option("--tier", metavar="TIER", help="Only practices that are entitled to this tier.")
]
WithOpenReviews = Annotated[
    bool, typer.Option("--open-reviews", help="Only procedures with a question that a person must decide.")
]
Sort = Annotated[ListOrder, typer.Option("--sort", help="Changed: what changed last comes first.")]
After = Annotated[
    ContractId | None,
    typer.Option(
        "--after", metavar="CONTRACT", parser=parsed_contract_id, help="Go on after this contract of the page before."
    ),
]
Limit = Annotated[int, typer.Option("--limit", metavar="N", min=1, max=10_000, help="So many at most.")]


def list_contracts(
    purchaser: Purchaser,
    care_type: OfCareType = None,
    status: OfStatus = None,
    tier: OfTier = None,
    open_reviews: WithOpenReviews = False,
    sort: Sort = ListOrder.CONTRACT,
    after: After = None,
    limit: Limit = 50,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """List a purchaser's contracts as they stand now, filtered and sorted, page by page.

    For another day, or the knowledge of another instant, see register list.
    """
    asked = ContractsAsked(
        purchaser=purchaser,
        care_type=care_type,
        status=status,
        tier=tier,
        with_open_reviews=open_reviews,
        order=sort,
        after=None if after is None else str(after),
        limit=limit,
    )
    _list(asked, database, as_json=as_json)


def search_contracts(
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="A part of the practice's name, or the first digits of its AGB code.")
    ],
    purchaser: Purchaser,
    sort: Sort = ListOrder.NAME,
    after: After = None,
    limit: Limit = 50,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Find a purchaser's contracts by the practice's name or AGB code, as they stand now."""
    asked = ContractsAsked(
        purchaser=purchaser, text=text, order=sort, after=None if after is None else str(after), limit=limit
    )
    _list(asked, database, as_json=as_json)


def _list(asked: ContractsAsked, database: str | None, *, as_json: bool) -> None:
    with opened(database) as system, progress_bar("Read models", "events", transient=True) as report:
        found = system.lists.contracts(asked, report)
        _check_known(system, found, found.contracts)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        _print_contracts(found)


@worklist_app.callback()
def worklist() -> None:
    """See what waits for a person."""


@worklist_app.command("show")
def show_worklist(
    purchaser: Purchaser,
    kind: Annotated[WorkKind | None, typer.Option("--kind", help="Only work of this kind.")] = None,
    care_type: OfCareType = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is late.")] = False,
    limit: Limit = 100,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Show what waits for a person: evidence to check, questionnaires to assess, applications, reviews, missing data.

    What is due first comes first, then what has waited longest.
    """
    asked = WorkAsked(purchaser=purchaser, kind=kind, care_type=care_type, overdue=overdue, limit=limit)
    with opened(database) as system, progress_bar("Read models", "events", transient=True) as report:
        found = system.lists.worklist(asked, report)
        _check_known(system, found, found.items)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        _print_work(found)


@deadlines_app.callback()
def deadlines() -> None:
    """See what falls due by itself."""


@deadlines_app.command("list")
def list_deadlines(
    purchaser: Purchaser,
    until: Annotated[
        date | None,
        typer.Option(
            "--until", metavar="DAY", parser=parsed_day, help="Only what falls due up to the end of this day."
        ),
    ] = None,
    kind: Annotated[DueKind | None, typer.Option("--kind", help="Only this.")] = None,
    care_type: OfCareType = None,
    limit: Limit = 100,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """List what the scheduler will record of which contract, and when, the earliest first."""
    asked = DeadlinesAsked(purchaser=purchaser, until=until, kind=kind, care_type=care_type, limit=limit)
    with opened(database) as system, progress_bar("Read models", "events", transient=True) as report:
        found = system.lists.deadlines(asked, report)
        _check_known(system, found, found.items)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        _print_deadlines(found)


def _check_known(system: System, found: ContractList | WorkList | DeadlineList, items: Sequence[object]) -> None:
    """That there is nothing is an answer only where a policy of the purchaser was adopted; else exit code 3."""
    if items:
        return
    system.contracting.policies.refresh()
    adopted = {each.document.purchaser.id for each in system.contracting.policies.adopted_by(found.position)}
    if found.purchaser not in adopted:
        others = f"those of {', '.join(sorted(adopted))} were" if adopted else "nor of anybody else"
        message = f"not known yet: no policy of {found.purchaser} was adopted by then, {others}; {_known(found)}"
        end(Told("NOT_KNOWN_YET", message, NOT_KNOWN_YET))


def _print_contracts(found: ContractList) -> None:
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
    typer.echo(f"{count} contract{'' if count == 1 else 's'} of {found.purchaser}, {_known(found)}.")
    if found.next_after is not None:
        typer.echo(f"There are more: --after {found.next_after}")


def _print_work(found: WorkList) -> None:
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
    typer.echo(f"Waiting at {found.purchaser}: {counts}; {_known(found)}.")


def _print_deadlines(found: DeadlineList) -> None:
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
    typer.echo(f"{found.total:,} of {found.purchaser}, {_known(found)}.")


def _stands(item: DeadlineItem) -> str:
    if item.error is None:
        return "due now" if item.due else ""
    again = "given up; see: scheduler retry"
    if item.next_try_at is not None:
        again = f"again at {local_text(item.next_try_at).partition(' (')[0]}"
    return f"failed {item.attempts} times, {again}: {item.error}"


def _known(found: ContractList | WorkList | DeadlineList) -> str:
    return f"at {local_text(found.at)}, log position {found.position}"


def _print_table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    table = Table(box=SIMPLE, pad_edge=False)
    for number, column in enumerate(columns):
        # ids and days stay whole; the last column gives way
        table.add_column(column, no_wrap=True, overflow="ellipsis" if number == len(columns) - 1 else "fold")
    for row in rows:
        table.add_row(*row)
    if table.row_count:
        Console(soft_wrap=False).print(table)

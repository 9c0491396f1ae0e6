"""``contractspoor contract list`` and ``search``, ``worklist show``, ``deadlines list``: of now, or of another day."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer

from application.queries.horizon import Asked
from application.queries.lists import (
    ContractList,
    ContractsAsked,
    DeadlineList,
    DeadlinePlace,
    DeadlinesAsked,
    ListOrder,
    WorkAsked,
    WorkList,
    WorkPlace,
)
from domain.care_type import CareType
from domain.contract.contract_id import ContractId
from domain.contract.due import DueKind, WorkKind
from domain.contract.standing import Status
from infrastructure.bootstrap import System
from infrastructure.cli import calendar
from infrastructure.cli.console import print_json, progress_bar
from infrastructure.cli.errors import NOT_KNOWN_YET, Told, end
from infrastructure.cli.lists_text import known, print_contracts, print_deadlines, print_more, print_work
from infrastructure.cli.options import (
    AsJson,
    Database,
    EffectiveOn,
    KnownAt,
    Position,
    opened,
    parsed_contract_id,
    parsed_day,
)

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


def _work_place(text: str) -> WorkPlace:
    try:
        return WorkPlace.parse(text)
    except ValueError:
        raise typer.BadParameter(_UNCHANGED) from None


def _deadline_place(text: str) -> DeadlinePlace:
    try:
        return DeadlinePlace.parse(text)
    except ValueError:
        raise typer.BadParameter(_UNCHANGED) from None


_UNCHANGED = "expected what the page before named to go on after, unchanged"
AfterWork = Annotated[
    WorkPlace | None,
    typer.Option("--after", metavar="PLACE", parser=_work_place, help="Go on where the page before says."),
]
AfterDeadline = Annotated[
    DeadlinePlace | None,
    typer.Option("--after", metavar="PLACE", parser=_deadline_place, help="Go on where the page before says."),
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
    effective_on: EffectiveOn = None,
    known_at: KnownAt = None,
    position: Position = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """List a purchaser's contracts as they stand now, or stood on another day, filtered and sorted, page by page.

    What held in law on a day, and who was listed, says: register list.
    """
    wanted = ContractsAsked(
        purchaser=purchaser,
        care_type=care_type,
        status=status,
        tier=tier,
        with_open_reviews=open_reviews,
        order=sort,
        after=None if after is None else str(after),
        limit=limit,
    )
    asked = Asked(effective_on=effective_on, known_at=known_at, position=position)
    _list(wanted, asked, database, as_json=as_json)


def search_contracts(
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="A part of the practice's name, or the first digits of its AGB code.")
    ],
    purchaser: Purchaser,
    sort: Sort = ListOrder.NAME,
    after: After = None,
    limit: Limit = 50,
    effective_on: EffectiveOn = None,
    known_at: KnownAt = None,
    position: Position = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Find a purchaser's contracts by the practice's name or AGB code, as they stand now or stood on another day."""
    wanted = ContractsAsked(
        purchaser=purchaser, text=text, order=sort, after=None if after is None else str(after), limit=limit
    )
    asked = Asked(effective_on=effective_on, known_at=known_at, position=position)
    _list(wanted, asked, database, as_json=as_json)


def _list(wanted: ContractsAsked, asked: Asked, database: str | None, *, as_json: bool) -> None:
    with opened(database) as system, progress_bar("Read models", "events", transient=True) as report:
        found = system.lists.contracts(wanted, asked, report=report)
        _check_known(system, found, found.contracts)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        print_contracts(found)
        print_more(found, asked)


@worklist_app.callback()
def worklist() -> None:
    """See what waits for a person."""


@worklist_app.command("show")
def show_worklist(
    purchaser: Purchaser,
    kind: Annotated[WorkKind | None, typer.Option("--kind", help="Only work of this kind.")] = None,
    care_type: OfCareType = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is late.")] = False,
    after: AfterWork = None,
    limit: Limit = 100,
    effective_on: EffectiveOn = None,
    known_at: KnownAt = None,
    position: Position = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Show what waits for a person: evidence to check, questionnaires to assess, applications, reviews, missing data.

    What is due first comes first, then what has waited longest.
    """
    wanted = WorkAsked(purchaser=purchaser, kind=kind, care_type=care_type, overdue=overdue, after=after, limit=limit)
    asked = Asked(effective_on=effective_on, known_at=known_at, position=position)
    with opened(database) as system, progress_bar("Read models", "events", transient=True) as report:
        found = system.lists.worklist(wanted, asked, report=report)
        _check_known(system, found, found.items)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        print_work(found)
        print_more(found, asked)


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
    after: AfterDeadline = None,
    limit: Limit = 100,
    effective_on: EffectiveOn = None,
    known_at: KnownAt = None,
    position: Position = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """List what the scheduler will record of which contract, and when, the earliest first.

    Of another day: what it was to record then. What failed is told of now only.
    """
    wanted = DeadlinesAsked(purchaser=purchaser, until=until, kind=kind, care_type=care_type, after=after, limit=limit)
    asked = Asked(effective_on=effective_on, known_at=known_at, position=position)
    with opened(database) as system, progress_bar("Read models", "events", transient=True) as report:
        found = system.lists.deadlines(wanted, asked, report=report)
        _check_known(system, found, found.items)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        print_deadlines(found)
        print_more(found, asked)


def _check_known(system: System, found: ContractList | WorkList | DeadlineList, items: Sequence[object]) -> None:
    """That there is nothing is an answer only where a policy of the purchaser was adopted; else exit code 3."""
    if items:
        return
    system.contracting.policies.refresh()
    adopted = {each.document.purchaser.id for each in system.contracting.policies.adopted_by(found.position)}
    if found.purchaser not in adopted:
        others = f"those of {', '.join(sorted(adopted))} were" if adopted else "nor of anybody else"
        message = f"not known yet: no policy of {found.purchaser} was adopted by then, {others}; {known(found)}"
        end(Told("NOT_KNOWN_YET", message, NOT_KNOWN_YET))


deadlines_app.command("ical")(calendar.write_calendar)

"""``contractspoor register``: who is contracted, without replay: pages of all contracts, and one claim at a time."""

from datetime import date
from typing import Annotated

import typer

from application.queries.contract_answer import Knowledge
from application.queries.horizon import Asked
from application.queries.register import Place, place_of
from application.register.reads import RegisterFilter
from domain.care_type import CareType
from domain.contract.standing import Status
from infrastructure.bootstrap import overlaps
from infrastructure.cli.adopted import end_not_known
from infrastructure.cli.claim_check import check
from infrastructure.cli.console import print_json
from infrastructure.cli.errors import FAILED, WRONG_USE, fail
from infrastructure.cli.options import (
    Agb,
    AsJson,
    Database,
    EffectiveOn,
    KnownAt,
    Position,
    opened,
    parsed_day,
)
from infrastructure.cli.register_text import print_claim, print_page

app = typer.Typer(no_args_is_help=True, help="Ask who is contracted: page by page, or for a claim.")
app.command()(check)
MOST_LINES = 1_000


def _care_type(text: str) -> CareType:
    try:
        return CareType(text.upper())
    except ValueError:
        raise typer.BadParameter(f'found "{text}", expected one of {", ".join(CareType)}') from None


def _status(text: str) -> Status:
    try:
        return Status(text.lower())
    except ValueError:
        raise typer.BadParameter(f'found "{text}", expected one of {", ".join(Status)}') from None


def _place(text: str) -> Place:
    try:
        return place_of(text)
    except ValueError:
        raise typer.BadParameter("expected what an answer names as its next page, unchanged") from None


Purchaser = Annotated[str, typer.Option("--purchaser", metavar="NAME", help="Whose contracts, such as caresq.")]


@app.command("list")
def list_contracts(
    purchaser: Purchaser,
    care_type: Annotated[
        CareType | None, typer.Option("--care-type", metavar="TYPE", parser=_care_type, help="Only these, such as FYS.")
    ] = None,
    tier: Annotated[
        str | None, typer.Option("--tier", metavar="NAME", help="Only contracts in force in this tier on the day.")
    ] = None,
    status: Annotated[
        Status | None,
        typer.Option(
            "--status", metavar="NAME", parser=_status, help="Only procedures that stood so, such as offered."
        ),
    ] = None,
    listed: Annotated[
        bool | None, typer.Option("--listed/--no-listed", help="Only what the care finder showed, or did not show.")
    ] = None,
    effective_on: EffectiveOn = None,
    known_at: KnownAt = None,
    position: Position = None,
    page: Annotated[
        Place | None,
        typer.Option("--page", metavar="PLACE", parser=_place, help="Go on where an answer said that the next begins."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=MOST_LINES, help="Lines on a page.")] = 50,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """List a purchaser's contracts on a day, with the knowledge of an instant, in order of AGB code.

    Exit code 3 when the log can not answer yet, because no policy of the purchaser was adopted at that instant.
    """
    asked = Asked(effective_on=effective_on, known_at=known_at, position=position)
    if page is not None:
        if asked != Asked():
            fail("--page goes on with the day and the knowledge of the page before; leave the others out", WRONG_USE)
        asked = page.asked
    wanted = RegisterFilter(
        purchaser,
        None if care_type is None else care_type.value,
        tier,
        None if status is None else status.value,
        listed,
    )
    with opened(database) as system:
        answer = system.register.page(wanted, asked, after=None if page is None else page.after, limit=limit)
    if as_json:
        print_json(answer.model_dump(mode="json"))
    elif answer.knowledge is Knowledge.KNOWN:
        print_page(answer)
    if answer.knowledge is Knowledge.NOT_KNOWN_YET:
        end_not_known(purchaser, as_json=as_json)


@app.command()
def lookup(
    agb: Agb,
    care_type: Annotated[CareType, typer.Argument(metavar="CARE_TYPE", parser=_care_type, help="Such as FYS.")],
    treated_on: Annotated[date, typer.Argument(metavar="DATE", parser=parsed_day, help="The day of the treatment.")],
    purchaser: Annotated[
        str | None, typer.Option("--purchaser", metavar="NAME", help="With whom; left out: each that has a policy.")
    ] = None,
    known_at: KnownAt = None,
    position: Position = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Say whether care was contracted on a day, for a claim; by the AGB code of a practice or of its location.

    Not contracted, and held while contracting is unfinished, are answers too: exit code 0. Exit code 3 when the log
    can not answer yet.
    """
    with opened(database) as system:
        asked = Asked(effective_on=treated_on, known_at=known_at, position=position)
        if purchaser is None:
            answers = system.register.lookup_everywhere(agb, care_type, asked)
        else:
            answers = [system.register.lookup(purchaser, agb, care_type, asked)]
    known = [each for each in answers if each.knowledge is Knowledge.KNOWN]
    if as_json:
        print_json([each.model_dump(mode="json") for each in answers])
    for each in () if as_json else known:
        print_claim(each)
    if not known:
        end_not_known(purchaser, as_json=as_json)


@app.command()
def verify(database: Database = None, as_json: AsJson = False) -> None:
    """Check that the register never says two things at once: no two rows meet on both axes.

    Exit code 1 when some do. Whether the rows are those of a fresh fold says: contractspoor readmodels verify register.
    """
    with opened(database) as system:
        horizon = system.register.horizon()
        found = overlaps(system.log.database)
    if as_json:
        print_json({"position": horizon.position, "overlaps": list(found)})
    else:
        for each in found:
            typer.echo(each, err=True)
        said = "no two rows meet" if not found else f"{len(found)} pairs of rows meet"
        typer.echo(f"The register up to log position {horizon.position}: {said}.")
    if found:
        raise typer.Exit(FAILED)

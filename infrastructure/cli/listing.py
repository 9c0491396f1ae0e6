"""``contractspoor listing``: what the care finder shows of a purchaser's care type."""

from datetime import date
from typing import Annotated

import typer

from application.queries.contract_answer import Knowledge
from application.queries.horizon import Asked
from application.queries.listing import ListingAnswer, ListingAsked, listing
from domain.calendar import local_text
from domain.care_type import CareType
from domain.policy.document import PublicationMode
from infrastructure.cli.adopted import warn_of_unknown_purchaser
from infrastructure.cli.console import print_json
from infrastructure.cli.errors import NOT_KNOWN_YET, Told, end
from infrastructure.cli.options import AsJson, Database, KnownAt, Position, instant_or_day, opened
from infrastructure.cli.page import Page

At = Annotated[
    date | None,
    typer.Option(
        "--at",
        metavar="INSTANT|DAY",
        parser=instant_or_day,
        help="At which instant is it shown? A day means its last instant in Amsterdam; it may lie in the future. "
        "Left out: today.",
    ),
]
_WORDS = {"contracted": "contracted", "not_contracted": "not contracted"}


app = typer.Typer()


@app.command("listing")
def care_finder(
    purchaser: Annotated[str, typer.Argument(metavar="PURCHASER", help="Whose care finder, such as caresq.")],
    care_type: Annotated[CareType, typer.Option("--care-type", help="The care type that is looked for.")],
    region: Annotated[
        str | None, typer.Option("--region", metavar="NAME", help="Only practices of this region; left out: all.")
    ] = None,
    at: At = None,
    known_at: KnownAt = None,
    position: Position = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Show which practices the care finder lists for a care type: nothing before the publication date.

    The policy says whether who has no contract is left out or shown as not contracted; never why. Exit code 3 when the
    log can not answer yet, because no policy of the purchaser was adopted at that instant.
    """
    asked = Asked(known_at=known_at, position=position)
    with opened(database) as system:
        answer = listing(system.contracting, ListingAsked(purchaser, care_type, region, at, asked))
        if answer.knowledge is Knowledge.NOT_KNOWN_YET and not as_json:
            warn_of_unknown_purchaser(system, purchaser)
    if as_json:
        print_json(answer.model_dump(mode="json"))
    if answer.knowledge is Knowledge.NOT_KNOWN_YET:
        known = f"{local_text(answer.known_at)}, log position {answer.position}"
        message = f"not known yet: no policy of {purchaser} was adopted by then; as known at {known}"
        end(Told("NOT_KNOWN_YET", message, NOT_KNOWN_YET))
    if not as_json:
        _print(answer)


def _print(answer: ListingAnswer) -> None:
    page = Page()
    where = f" in {answer.region}" if answer.region else ""
    shown = f"at {local_text(answer.at)}"
    page.line(f"{answer.care_type.dutch}{where}, shown for {answer.purchaser} {shown}", style="bold")
    page.value("as known at", f"{local_text(answer.known_at)}, log position {answer.position}")
    page.value("published from", "not planned" if answer.published_from is None else local_text(answer.published_from))
    for insurer in answer.insurers:
        page.value("for", insurer.words)
    left_out = answer.mode is not PublicationMode.SHOW
    page.value("not contracted", "left out" if left_out else "shown as not contracted")
    for each in answer.practices:
        place = ", ".join(filter(None, (each.city, each.region)))
        bought = f"; {', '.join(each.selective)}" if each.selective else ""
        page.line(f"{each.agb}  {_WORDS[each.shown_as]:14}  {each.name}{f', {place}' if place else ''}{bought}", 2)
    count = len(answer.practices)
    page.line(f"{count} practice{'' if count == 1 else 's'} shown.")
    page.again(answer.known_at, answer.position)

"""``contractspoor deadlines ical``: deadlines as a calendar file."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from application.calendar_feed import CalendarFeed, provider_feed, purchaser_feed
from application.ports import Horizon
from application.providers import known_provider
from application.queries.horizon import Asked, fix_horizon
from application.wording.explanations import Language
from domain.agb import AgbCode
from infrastructure.bootstrap import System, ical
from infrastructure.cli.console import print_json
from infrastructure.cli.errors import NOT_KNOWN_YET, WRONG_USE, fail
from infrastructure.cli.options import AsJson, Database, KnownAt, Position, opened, parsed_agb


def write_calendar(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The .ics file to write, - for standard output.")],
    provider: Annotated[
        AgbCode | None,
        typer.Option("--provider", metavar="AGB", parser=parsed_agb, help="The deadlines of this practice."),
    ] = None,
    purchaser: Annotated[
        str | None,
        typer.Option("--purchaser", metavar="NAME", help="The planning of its policies; of a practice, only with it."),
    ] = None,
    lang: Annotated[Language, typer.Option("--lang", help="In which language.")] = Language.NL,
    known_at: KnownAt = None,
    position: Position = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Write deadlines as an iCalendar file: a practice's own, or the planning of a purchaser's policies.

    A practice without --purchaser means with all of them: that file is for nobody but the practice.
    """
    if provider is None and purchaser is None:
        fail("name a practice with --provider, or a purchaser with --purchaser", WRONG_USE)
    target = Path(file)
    if file != "-" and target.exists() and not force:
        fail(f"{target} exists; name another file, or write over it with --force")
    with opened(database) as system:
        asked = Asked(known_at=known_at, position=position)
        feed = _feed(system, provider, purchaser, lang, fix_horizon(system.log, system.clock, asked)[1])
    _write(target, ical(feed), to_file=file != "-")
    if file == "-":
        return
    if as_json:
        print_json({"file": file, "position": feed.position, "entries": len(feed.entries)})
    else:
        count = len(feed.entries)
        typer.echo(f"{count} entr{'y' if count == 1 else 'ies'} in {file}, as of log position {feed.position}.")


def _feed(
    system: System, provider: AgbCode | None, purchaser: str | None, lang: Language, horizon: Horizon
) -> CalendarFeed:
    contracting = system.contracting
    contracting.policies.refresh()
    adopted = {each.document.purchaser.id for each in contracting.policies.adopted_by(horizon.position)}
    if purchaser is not None and purchaser not in adopted:
        fail(f"not known yet: no policy of {purchaser} was adopted by then", NOT_KNOWN_YET, code="NOT_KNOWN_YET")
    if provider is None:
        return purchaser_feed(contracting, purchaser or "", lang, horizon)
    if known_provider(system.providers, provider, purchaser or "", horizon) is None:
        fail(
            f"no practice with AGB code {provider} is registered; check the code, or bring it in with: "
            "contractspoor providers import FILE",
            code="PROVIDER_UNKNOWN",
        )
    return provider_feed(contracting, provider, lang, horizon, purchaser=purchaser)


def _write(target: Path, calendar: bytes, *, to_file: bool) -> None:
    if not to_file:
        sys.stdout.flush()
        sys.stdout.buffer.write(calendar)
        sys.stdout.buffer.flush()
        return
    try:
        target.write_bytes(calendar)
    except OSError as error:
        fail(f"{target} can not be written: {error.strerror or error}")

"""``contractspoor letters``: what practices were told, and how a letter reads."""

from collections.abc import Sequence
from typing import Annotated

import typer

from application.letters.example import example
from application.letters.letter import Language, Letter, LetterKind
from application.letters.preview import letters_about
from application.queries.horizon import Asked, fix_horizon
from infrastructure.bootstrap import word_letter
from infrastructure.cli.console import print_json
from infrastructure.cli.errors import WRONG_USE, fail
from infrastructure.cli.options import AsJson, Contract, Database, KnownAt, Position, opened
from infrastructure.cli.outbox import Addresses, After, Limit, print_deliveries, print_deliveries_then

app = typer.Typer(no_args_is_help=True, help="See what practices were told, and how a letter reads.")


@app.command("list")
def list_letters(
    contract: Contract,
    after: After = None,
    limit: Limit = 100,
    addresses: Addresses = False,
    known_at: KnownAt = None,
    position: Position = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """List what was told about a contract: each message with the fact that caused it, and what became of it.

    With the knowledge of an earlier instant: what the facts known then caused, and whether each had been sent by then.
    """
    asked = Asked(known_at=known_at, position=position)
    with opened(database) as system:
        _, horizon = fix_horizon(system.log, system.clock, asked)
        found = system.outbox.deliveries(stream_id=str(contract), up_to=horizon.position, after=after, limit=limit)
    if asked == Asked():
        print_deliveries(found, as_json=as_json, addresses=addresses)
    else:
        print_deliveries_then(found, horizon.known_at, as_json=as_json, addresses=addresses)


@app.command()
def preview(
    event: Annotated[
        str | None, typer.Argument(metavar="EVENT", help="The fact, such as caresq/04001234/FYS/2025-2026@7.")
    ] = None,
    kind: Annotated[
        LetterKind | None, typer.Option("--kind", help="Instead of a fact: an example of this kind of letter.")
    ] = None,
    lang: Annotated[Language, typer.Option("--lang", help="In which language.")] = Language.NL,
    html: Annotated[bool, typer.Option("--html", help="As HTML instead of text.")] = False,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Show the letters about the commit that holds a fact, or an example of a kind; nothing is sent or stored.

    An example is about a practice that does not exist, and needs no database.
    """
    if (event is None) == (kind is None):
        fail("name a fact, <contract>@<version>, or a kind of letter with --kind", WRONG_USE)
    letters = [example(kind)] if kind is not None else _letters_about(event or "", database)
    worded = [(letter, word_letter(letter, lang)) for letter in letters]
    if as_json:
        print_json([{**letter.model_dump(mode="json"), **words._asdict()} for letter, words in worded])
        return
    if not worded:
        typer.echo(f"No letter goes with {event}.")
    for letter, words in worded:
        typer.echo(f"To: {letter.recipient or '(no address known)'}\nSubject: {words.subject}\n")
        typer.echo(words.html if html else words.text)


def _letters_about(event: str, database: str | None) -> Sequence[Letter]:
    with opened(database) as system:
        try:
            letters = letters_about(system.contracting, event)
        except ValueError as error:
            fail(f"{event}: {error}; an event is <contract>@<version>, see: contractspoor contract events", WRONG_USE)
    if letters is None:
        fail(f"there is no fact {event}; see: contractspoor contract events {event.rpartition('@')[0]}")
    return letters

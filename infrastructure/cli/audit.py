"""``contractspoor audit``: who did what, when, on whose behalf and why."""

import re
from datetime import date
from itertools import chain, islice
from typing import Annotated

import typer
from pydantic import ValidationError

from application.audit.access import PAGE as ACCESSES
from application.audit.access import Action, Reading, accesses, record_access
from application.audit.subject import owner_of, subject_of
from application.queries.audit_trail import PAGE, Period, TrailAsked
from application.queries.audit_why import SHOWN, WhyAsked, audit_why
from application.queries.horizon import Asked
from domain.agb import AgbCode
from domain.contract.contract_id import ContractId
from domain.model import what_is_wrong
from infrastructure.bootstrap import System
from infrastructure.cli.asked_about import write_json
from infrastructure.cli.audit_text import print_accesses, print_trail, print_why
from infrastructure.cli.errors import WRONG_USE, fail
from infrastructure.cli.export_file import exported, written_csv, written_lines
from infrastructure.cli.options import (
    AsJson,
    Database,
    KnownAt,
    Position,
    Reader,
    instant_or_day,
    opened,
    parsed_agb,
    parsed_contract_id,
    parsed_name,
)
from infrastructure.cli.page import same_again

EVENT = re.compile(r"[^@\s]+@[1-9][0-9]{0,8}", re.ASCII)
PROVIDERS = "provider/"

app = typer.Typer(no_args_is_help=True, help="Follow who did what, when, on whose behalf and why.")

PurchaserName = Annotated[
    str | None,
    typer.Option("--purchaser", metavar="NAME", parser=parsed_name, help="What this purchaser may see, and no more."),
]


def _event_id(text: str) -> str:
    if not EVENT.fullmatch(text):
        raise typer.BadParameter(
            f'found "{text}", expected a stream and a number, such as caresq/04001234/FYS/2025-2026@7'
        )
    return text


ByWhom = Annotated[str | None, typer.Option("--actor", metavar="NAME", parser=parsed_name, help="Who did it.")]
ForWhom = Annotated[
    str | None, typer.Option("--on-behalf-of", metavar="NAME", parser=parsed_name, help="For whom it was done.")
]
Event = Annotated[
    str,
    typer.Argument(
        metavar="EVENT", parser=_event_id, help="A fact by its stream and number: caresq/04001234/FYS/2025-2026@7."
    ),
]
EveryPurchaser = Annotated[bool, typer.Option("--every-purchaser", help="The facts of all purchasers.")]


@app.callback()
def audit() -> None:
    """Follow who did what, when, on whose behalf and why."""


def _bound(option: str, meaning: str) -> object:
    return typer.Option(option, metavar="DAY|INSTANT", parser=instant_or_day, help=meaning)


@app.command()
def trail(
    contract: Annotated[
        ContractId | None,
        typer.Option("--contract", metavar="CONTRACT", parser=parsed_contract_id, help="One contract."),
    ] = None,
    provider: Annotated[
        AgbCode | None,
        typer.Option("--provider", metavar="AGB", parser=parsed_agb, help="A practice and all its contracts."),
    ] = None,
    actor: ByWhom = None,
    on_behalf_of: ForWhom = None,
    policy: Annotated[
        str | None,
        typer.Option("--policy", metavar="ID", help="Decided under any version of it, its adoptions, its rounds."),
    ] = None,
    recorded_from: Annotated[date | None, _bound("--recorded-from", "Recorded from then on.")] = None,
    recorded_to: Annotated[date | None, _bound("--recorded-to", "Recorded before then, that day included.")] = None,
    occurred_from: Annotated[date | None, _bound("--occurred-from", "Happened from then on.")] = None,
    occurred_to: Annotated[date | None, _bound("--occurred-to", "Happened before then, that day included.")] = None,
    purchaser: PurchaserName = None,
    every_purchaser: EveryPurchaser = False,
    after: Annotated[
        int, typer.Option("--after", metavar="N", min=0, max=2**63 - 1, help="Begin after this log position.")
    ] = 0,
    limit: Annotated[
        int | None,
        typer.Option("--limit", metavar="N", min=1, help=f"At most so many facts; {PAGE} on a page, all in a file."),
    ] = None,
    known_at: KnownAt = None,
    position: Position = None,
    csv: Annotated[
        str | None, typer.Option("--csv", metavar="FILE|-", help="Write them for a spreadsheet; - is standard output.")
    ] = None,
    lines: Annotated[
        str | None, typer.Option("--jsonl", metavar="FILE|-", help="Write one JSON object a line, without loss.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
    reader: Reader = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """List the facts of a contract, a practice, a person, a policy or a period, or of any of these together.

    In the order of the log, a page at a time; exported, all of them. A contract and a policy are one purchaser's; else
    name whose facts you may see with --purchaser, or ask for --every-purchaser.
    """
    if sum((csv is not None, lines is not None, as_json)) > 1:
        fail("choose one of --csv, --jsonl and --json", WRONG_USE)
    if purchaser is None and not every_purchaser and contract is None and policy is None:
        fail("name --purchaser, or ask for --every-purchaser: one purchaser's facts are not another's", WRONG_USE)
    wanted = TrailAsked(
        purchaser=purchaser,
        contract=None if contract is None else str(contract),
        agb=provider,
        actor=actor,
        on_behalf_of=on_behalf_of,
        policy_id=policy,
        recorded=_period(recorded_from, recorded_to, "--recorded-to"),
        occurred=_period(occurred_from, occurred_to, "--occurred-to"),
    )
    asked = Asked(known_at=known_at, position=position)
    with opened(database) as system:
        if csv is None and lines is None:
            answer = system.trail.page(wanted, asked, after=after, limit=limit or PAGE)
            if as_json:
                write_json(answer)
            else:
                print_trail(answer)
            return
        pages = system.trail.pages(wanted, asked, after=after)
        first = next(pages)
        subject = wanted.model_dump(mode="json", exclude_defaults=True)
        reading = Reading(
            reader or system.reader, Action.AUDIT_TRAIL, subject, first.purchaser, first.known_at, first.position
        )
        record_access(system.access, system.clock, reading)
        entries = islice((each for page in chain([first], pages) for each in page.entries), limit)
        target = str(csv if lines is None else lines)
        count = exported(target, entries, written_csv if lines is None else written_lines, force=force)
    told = f"{count} facts; the same again with {same_again(first.known_at, first.position)}"
    typer.echo(told if target == "-" else f"{target}: {told}", err=target == "-")


def _period(first: date | None, last: date | None, option: str) -> Period:
    try:
        return Period(first=first, last=last)
    except ValidationError as error:
        message = what_is_wrong(error.errors()[0])
        fail(f"{option}: {message}", WRONG_USE)


@app.command()
def why(
    event: Event,
    purchaser: PurchaserName = None,
    every_purchaser: EveryPurchaser = False,
    limit: Annotated[
        int,
        typer.Option("--limit", metavar="N", min=1, help="So many consequences of each event; the rest are counted."),
    ] = SHOWN,
    known_at: KnownAt = None,
    position: Position = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Print the chain of causes of an event as a tree: from a person's command or a tick to every consequence.

    Letters and webhooks stand below the event that caused them, as they stand now; addresses are masked.
    An event of a contract, a policy or a round is one purchaser's; for one of a practice name --purchaser, or ask for
    --every-purchaser.
    """
    with opened(database) as system:
        seen_by = whose(system, event, purchaser, every_purchaser=every_purchaser)
        asked = Asked(known_at=known_at, position=position)
        wanted = WhyAsked(event, seen_by, limit)
        answer = audit_why(system.contracting, system.trail.index, wanted, asked, system.outbox)
    if as_json:
        write_json(answer)
    else:
        print_why(answer)


@app.command()
def access(
    purchaser: PurchaserName = None,
    every_purchaser: EveryPurchaser = False,
    reader: Annotated[
        str | None, typer.Option("--reader", metavar="NAME", parser=parsed_name, help="What this one read out.")
    ] = None,
    after: Annotated[
        int, typer.Option("--after", metavar="N", min=0, max=2**63 - 1, help="Begin after this number.")
    ] = 0,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="At most so many on a page.")] = ACCESSES,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """List who read out what, when, and on which answer: exports and evidence, in the order in which it happened.

    With --purchaser the accesses to that purchaser's facts alone; with --every-purchaser all of them.
    """
    if purchaser is None and not every_purchaser:
        fail("name --purchaser, or ask for --every-purchaser: one purchaser's facts are not another's", WRONG_USE)
    with opened(database) as system:
        whose_facts = None if every_purchaser else purchaser
        answer = accesses(system.access, reader=reader, purchaser=whose_facts, after=after, limit=limit)
    if as_json:
        write_json(answer)
    else:
        print_accesses(answer)


def whose(system: System, event: str, purchaser: str | None, *, every_purchaser: bool) -> str | None:
    """The purchaser whose facts may be seen around an event; none when it is everybody's.

    Ends the command when nobody said whose facts of a practice, and when the event is another purchaser's.
    """
    stream = event.rpartition("@")[0]
    if every_purchaser:
        return None
    owner = owner_of(system.contracting.policies, stream)
    if owner is None and purchaser is None and stream.startswith(PROVIDERS):
        fail("name --purchaser, or ask for --every-purchaser: one purchaser's facts are not another's", WRONG_USE)
    if owner is None and stream.startswith(PROVIDERS):
        owner = _owner_of_fact(system, event)
    if None not in (owner, purchaser) and owner != purchaser:
        fail(f"refused: OF_ANOTHER_PURCHASER: {event} is of another purchaser than {purchaser}")
    return purchaser or owner


def _owner_of_fact(system: System, event: str) -> str | None:
    """The purchaser whose fact about a practice it is; none where it is the register's, or nobody knows it."""
    stream, _, version = event.rpartition("@")
    contracting = system.contracting
    for recorded in contracting.facts.decode_all(contracting.log_port.read_streams([stream])):
        if str(recorded.version) == version:
            return subject_of(stream, recorded.fact, lambda _: None).purchaser
    return None

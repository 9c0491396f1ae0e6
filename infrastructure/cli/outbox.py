"""``contractspoor outbox``: send what is due, look at what waits or failed, hold and resume."""

from collections.abc import Sequence
from typing import Annotated

import typer

from domain.calendar import from_microseconds, instant_text, local_text
from infrastructure.bootstrap import Delivery, DeliveryState
from infrastructure.cli.console import print_json, progress_bar
from infrastructure.cli.errors import FAILED, STOPPED, WRONG_USE, fail
from infrastructure.cli.options import AsJson, Database, log_of_a_service, opened
from infrastructure.cli.stopping import stops_on_signal

app = typer.Typer(no_args_is_help=True, help="Send letters and webhooks, and see what became of them.")
After = Annotated[
    str | None, typer.Option("--after", metavar="ID", help="Go on after this delivery; left out: from the first.")
]
Addresses = Annotated[bool, typer.Option("--addresses", help="With the whole e-mail addresses.")]
Limit = Annotated[int, typer.Option("--limit", metavar="N", min=1, max=10_000, help="At most so many.")]


@app.command()
def status(database: Database = None, as_json: AsJson = False) -> None:
    """Tell how far the outbox has read the log, whether sending is held, and how much waits, was sent or failed."""
    with opened(database) as system:
        found, head = system.outbox.status(), system.log.max_notification_id() or 0
    if as_json:
        print_json(
            {
                "position": found.position,
                "behind": head - found.position,
                "held_since": None if found.hold is None else instant_text(found.hold.held_at),
                "held_because": None if found.hold is None else found.hold.reason,
                "deliveries": {state: depth.messages for state, depth in sorted(found.depths.items())},
            }
        )
        return
    typer.echo(f"Read up to log position {found.position}, {head - found.position} behind.")
    if found.hold is not None:
        typer.echo(f"Held since {local_text(found.hold.held_at)}: {found.hold.reason}")
        typer.echo("Go on with: contractspoor outbox resume --from POSITION")
    for state, depth in sorted(found.depths.items()):
        typer.echo(f"{state:8} {depth.messages:8}  the oldest of {local_text(from_microseconds(depth.oldest))}")


@app.command("list")
def list_deliveries(
    state: Annotated[DeliveryState | None, typer.Option("--state", help="Only those of this state.")] = None,
    after: After = None,
    limit: Limit = 100,
    addresses: Addresses = False,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """List deliveries in the order of what caused them; `--state dead` shows what waits for a person."""
    with opened(database) as system:
        found = system.outbox.deliveries(state=state, after=after, limit=limit)
    print_deliveries(found, as_json=as_json, addresses=addresses)


@app.command()
def send(database: Database = None, as_json: AsJson = False) -> None:
    """Enter what is new in the log, and send what is due. Exit code 1 when something could not be sent.

    What fails is tried again after a pause that grows, from a minute to a day; what is refused for good, or fails
    eight times, is dead and waits for a person.
    """
    with opened(database) as system, progress_bar("Sending", "messages", transient=True) as report:
        entered = system.outbox.fill()
        sent = system.outbox.send(report)
    if as_json:
        print_json({"entered": entered, **sent._asdict()})
    elif sent.held:
        typer.echo(f"{entered} new; nothing was sent, sending is held: {sent.held}", err=True)
    else:
        typer.echo(f"{entered} new; {sent.sent} sent, {sent.failed} to be tried again, {sent.dead} dead.")
        for away in sent.away:
            typer.echo(away, err=True)
    if sent.failed or sent.dead or sent.held:
        raise typer.Exit(FAILED)


@app.command()
def run(
    every: Annotated[
        float, typer.Option("--every", metavar="SECONDS", min=0.1, max=3600, help="How long to pause between turns.")
    ] = 5.0,
    database: Database = None,
) -> None:
    """Send what is recorded, every few seconds, until Ctrl-C or SIGTERM. Several may run at once.

    What could not be sent is told in the program's log, tried again after growing pauses, and listed when it is dead.
    """
    log_of_a_service("warning")
    with opened(database) as system, stops_on_signal() as stop:
        typer.echo("Sending what is recorded.", err=True)
        system.outbox.run(stop, every)
    typer.echo("Stopped; what is not sent yet waits for the next run.", err=True)
    if stop.interrupted:
        raise typer.Exit(STOPPED)


@app.command()
def resend(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID...", help="Deliveries that are dead or were skipped.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every dead delivery.")] = False,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Let dead or skipped deliveries be tried anew, from their first attempt; a letter goes to the address known now.

    Exit code 1 when one is neither dead nor skipped, or the register still knows no address for it.
    """
    if bool(ids) == every:
        fail("name deliveries, or --all for every dead one; see: contractspoor outbox list --state dead", WRONG_USE)
    with opened(database) as system:
        found = system.outbox.resend(ids or None)
    if as_json:
        told = {"to_be_sent": found.waiting, "stranded": found.stranded}
        print_json({name: [each.name for each in deliveries] for name, deliveries in told.items()})
    else:
        typer.echo(f"{len(found.waiting)} to be sent again.")
    if found.others:
        fail(f"neither dead nor skipped: {', '.join(found.others)}; see: contractspoor outbox list")
    if found.stranded:
        count = len(found.stranded)
        fail(f"{count} can not be sent: the register still knows no address; see: contractspoor outbox list")


@app.command()
def hold(
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in a sentence.")],
    database: Database = None,
) -> None:
    """Hold everything back that leaves the system, until `outbox resume`; new messages are entered and wait."""
    with opened(database) as system:
        system.outbox.hold(reason)
    typer.echo("Nothing is sent until: contractspoor outbox resume")


@app.command()
def resume(
    position: Annotated[
        int | None,
        typer.Option(
            "--from",
            metavar="POSITION",
            min=1,
            max=2**63 - 1,
            help="Skip what was caused before this log position, because it went out already; left out: skip nothing.",
        ),
    ] = None,
    database: Database = None,
) -> None:
    """Let sending go on after a hold. After a restore, name the first log position whose letters must still go."""
    with opened(database) as system:
        system.outbox.fill()
        was_held, skipped = system.outbox.resume(position)
    typer.echo(f"{'Sending goes on' if was_held else 'Sending was not held'}; {skipped} skipped.")


def print_deliveries(found: Sequence[Delivery], *, as_json: bool, addresses: bool) -> None:
    """Deliveries, one in a line; the message itself is left out, and addresses unless they are asked for."""
    if as_json:
        print_json([_as_json(each, addresses=addresses) for each in found])
        return
    if not found:
        typer.echo("Nothing.")
    for each in found:
        due = f", next attempt {local_text(from_microseconds(each.due_at))}" if each.state == "waiting" else ""
        name, told = (each.id, each.error) if addresses else (each.name, each.masked_error)
        error = f": {told}" if told else ""
        typer.echo(f"{each.state:8} {name}  by {each.event_id}, {each.attempts} attempts{due}{error}")


def print_deliveries_then(found: Sequence[Delivery], known_at: int, *, as_json: bool, addresses: bool) -> None:
    """The same with the knowledge of an earlier instant, in microseconds: no more than whether each had been sent."""
    if as_json:
        print_json([_then(each, known_at, addresses=addresses) for each in found])
        return
    if not found:
        typer.echo("Nothing.")
    for each in found:
        typer.echo(f"{each.state_at(known_at):8} {each.id if addresses else each.name}  by {each.event_id}")


def _then(delivery: Delivery, known_at: int, *, addresses: bool) -> dict[str, object]:
    told, state = _as_json(delivery, addresses=addresses), delivery.state_at(known_at)
    sent_at = told["sent_at"] if state == DeliveryState.SENT else None
    return told | {"state": state, "sent_at": sent_at, "attempts": None, "due_at": None, "error": None}


def _as_json(delivery: Delivery, *, addresses: bool) -> dict[str, object]:
    told = delivery._asdict()
    del told["message"]
    if not addresses:
        told |= {"id": delivery.name, "recipient": delivery.masked_recipient, "error": delivery.masked_error}
    for name in ("created_at", "due_at", "sent_at"):
        told[name] = None if told[name] is None else instant_text(from_microseconds(told[name]))
    return told

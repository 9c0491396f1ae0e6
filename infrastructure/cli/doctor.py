"""``contractspoor doctor``: look at everything that the service stands on, and say what to do about what is wrong."""

import shutil
import zoneinfo
from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from application.ports import EventLogError
from domain.calendar import from_microseconds, local_text
from infrastructure.bootstrap import (
    Condition,
    DatabaseState,
    DeliveryState,
    System,
    database_state,
    load_settings,
    open_system,
    sqlite_file,
    system_clock,
)
from infrastructure.cli.console import print_json
from infrastructure.cli.errors import FAILED
from infrastructure.cli.options import AsJson, Database

_UPGRADE = "run: contractspoor database upgrade"
_ROOM = 1 << 30
_PATIENCE = timedelta(days=1)


class Verdict(StrEnum):
    """Whether something is as it should be; what ``fails`` keeps the service from its work."""

    FINE = "fine"
    WARNS = "warns"
    FAILS = "fails"


class Finding(NamedTuple):
    """What was looked at, what was found, and what to do about it when it is not fine."""

    about: str
    verdict: Verdict
    found: str
    advice: str = ""


def doctor(
    quiet: Annotated[bool, typer.Option("--quiet", help="Only what is not fine.")] = False,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Look at database, clock, zone data, policies, read models, outbox and disk. Exit code 1 when something fails.

    Changes nothing. A warning is something to look after before it fails.
    """
    url = database or load_settings().database_url
    findings = [each for each in examine(url) if not (quiet and each.verdict is Verdict.FINE)]
    if as_json:
        print_json([each._asdict() for each in findings])
    for each in () if as_json else findings:
        typer.echo(f"{each.verdict:6} {each.about}: {each.found}" + (f"; {each.advice}" if each.advice else ""))
    if any(each.verdict is Verdict.FAILS for each in findings):
        raise typer.Exit(FAILED)


def examine(url: str) -> Iterator[Finding]:
    """Everything there is to find, in the order in which it should be mended."""
    yield _zones()
    yield from _disk(url)
    try:
        state = database_state(url)
    except EventLogError as error:
        yield Finding("database", Verdict.FAILS, str(error))
        return
    yield _database(state)
    if not state.ready:
        return
    with open_system(url) as system:
        try:
            system.log.horizon()
        except EventLogError as error:
            yield Finding("writing", Verdict.FAILS, str(error))
            return
        yield Finding("writing", Verdict.FINE, "the log can be written")
        yield _clock(state)
        yield _policies(system)
        yield from _read_models(system)
        yield from _outbox(system)


def _zones() -> Finding:
    if zoneinfo.TZPATH:
        advice = "let nothing call zoneinfo.reset_tzpath, and start the program anew"
        return Finding("zone data", Verdict.FAILS, "the system's files are used beside the tzdata package", advice)
    return Finding("zone data", Verdict.FINE, f"tzdata {version('tzdata')}, and no other")


def _disk(url: str) -> Iterator[Finding]:
    file = sqlite_file(url)
    folder = None if file is None else file.absolute().parent
    if file is None or folder is None or not folder.is_dir():
        return
    free, size = shutil.disk_usage(folder).free, file.stat().st_size if file.exists() else 0
    found = f"{free / _ROOM:,.1f} GiB free beside a database of {size / _ROOM:,.1f} GiB"
    if free < max(_ROOM, size):
        yield Finding("disk", Verdict.WARNS, found, f"make room on the disk of {Path(folder)}")
    else:
        yield Finding("disk", Verdict.FINE, found)


def _database(state: DatabaseState) -> Finding:
    if state.newer:
        advice = "use the newer program"
        return Finding("database", Verdict.FAILS, f"{state.name} is of a newer version ({state.revision})", advice)
    if not state.ready:
        found = "has not been set up" if state.revision is None else f"is at version {state.revision}"
        return Finding("database", Verdict.FAILS, f"{state.name} {found}, {state.needed} is needed", _UPGRADE)
    return Finding("database", Verdict.FINE, f"{state.name} is at version {state.revision}")


def _clock(state: DatabaseState) -> Finding:
    now = system_clock().now()
    if state.recorded_at is not None and state.recorded_at > now + timedelta(seconds=1):
        found = f"it is {local_text(now)} here, and the last fact was recorded at {local_text(state.recorded_at)}"
        return Finding("clock", Verdict.FAILS, found, "set the clock of this machine right")
    return Finding("clock", Verdict.FINE, f"it is {local_text(now)}")


def _policies(system: System) -> Finding:
    system.contracting.policies.refresh()
    adopted = system.contracting.policies.adopted_by(system.log.max_notification_id() or 0)
    if not adopted:
        advice = "adopt one: contractspoor policy adopt caresq-2025 --actor NAME"
        return Finding("policies", Verdict.WARNS, "none is adopted, so that nobody can be contracted", advice)
    latest = sorted({version.document.id for version in adopted})
    return Finding("policies", Verdict.FINE, f"{len(latest)} adopted: {', '.join(latest)}")


def _read_models(system: System) -> Iterator[Finding]:
    for each in system.read_models.status():
        about = f"read model {each.name}"
        if each.fault is not None:
            advice = f"mend the cause, then: contractspoor readmodels resume {each.name}"
            yield Finding(about, Verdict.FAILS, f"stopped before {each.fault.event_id}: {each.fault.message}", advice)
        elif each.condition is Condition.OUTDATED:
            advice = f"run: contractspoor readmodels rebuild {each.name}"
            yield Finding(about, Verdict.FAILS, "its tables are of another version of the program", advice)
        elif each.lag_seconds > _PATIENCE.total_seconds() and each.position:
            advice = "keep one running: contractspoor readmodels run"
            yield Finding(about, Verdict.WARNS, f"{each.lag_events} events behind", advice)
        else:
            yield Finding(about, Verdict.FINE, f"{each.lag_events} events behind")


def _outbox(system: System) -> Iterator[Finding]:
    status, now = system.outbox.status(), system_clock().now()
    if status.hold is not None:
        advice = "go on with: contractspoor outbox resume --from POSITION"
        yield Finding("outbox", Verdict.WARNS, f"held: {status.hold.reason}", advice)
    dead, waiting = status.depths.get(DeliveryState.DEAD), status.depths.get(DeliveryState.WAITING)
    if dead is not None:
        advice = "see: contractspoor outbox list --state dead"
        yield Finding("outbox", Verdict.WARNS, f"{dead.messages} messages could not be delivered", advice)
    if waiting is not None and from_microseconds(waiting.oldest) < now - _PATIENCE:
        since = local_text(from_microseconds(waiting.oldest))
        advice = "send: contractspoor outbox send"
        yield Finding("outbox", Verdict.WARNS, f"{waiting.messages} messages wait, the oldest since {since}", advice)
    if status.hold is None and dead is None and waiting is None:
        yield Finding("outbox", Verdict.FINE, "nothing waits")

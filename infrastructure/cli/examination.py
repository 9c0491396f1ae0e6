"""What the service stands on, looked at piece by piece: what was found, and what to do about it."""

import shutil
import zoneinfo
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from application.ports import Clock, EventLogError
from domain.calendar import from_microseconds, local_text
from domain.policy.document import UndecidedTerm
from infrastructure.bootstrap import (
    DEADLINES,
    Condition,
    DatabaseState,
    DeliveryState,
    ReceiversError,
    Settings,
    SettingsError,
    System,
    database_state,
    late_things,
    load_settings,
    open_system,
    read_receivers,
    sqlite_file,
    system_clock,
    unknown_settings,
)

_UPGRADE = "run: contractspoor database upgrade"
_ROOM = 1 << 30
_PATIENCE = timedelta(days=1)
_TOLERANCE = timedelta(seconds=1)
_BEHIND = timedelta(seconds=30)
"""How far the database's clock may be ahead: what happened would be told as earlier than it was recorded."""


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


def examine(database: str | None, here: Clock | None = None) -> Iterator[Finding]:
    """Everything there is to find, in the order in which it should be mended; ``here`` is this machine's clock."""
    yield _zones()
    try:
        settings = load_settings()
    except SettingsError as error:
        yield Finding("settings", Verdict.FAILS, str(error), "set it right, or unset it")
        return
    yield from _settings(settings)
    url = database or settings.database_url
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
        now = (here or system_clock()).now()
        try:
            settled_at = from_microseconds(system.log.horizon().known_at)
        except EventLogError as error:
            yield Finding("writing", Verdict.FAILS, str(error))
            return
        yield Finding("writing", Verdict.FINE, "the log can be written")
        yield _clock(state, now, settled_at)
        yield from _policies(system)
        yield from _read_models(system)
        yield _late(system)
        yield _failures(system)
        yield from _outbox(system, now)


def _settings(settings: Settings) -> Iterator[Finding]:
    """Names that nothing reads, and files that they name."""
    wrong = list(_unknown_settings())
    for name, file in (
        ("SMTP_PASSWORD_FILE", settings.smtp_password_file),
        ("SMTP_CA_FILE", settings.smtp_ca_file),
    ):
        if file is not None and not file.is_file():
            found = f"CONTRACTSPOOR_{name}: there is no file {file}"
            wrong.append(Finding("settings", Verdict.FAILS, found, "name the file, or unset it"))
    if settings.smtp_host is None and settings.mail_folder.exists() and not settings.mail_folder.is_dir():
        found = f"CONTRACTSPOOR_MAIL_FOLDER: {settings.mail_folder} is no folder"
        wrong.append(Finding("settings", Verdict.FAILS, found, "name a folder, or an SMTP server"))
    try:
        read_receivers(settings.webhooks_file)
    except ReceiversError as error:
        found = f"CONTRACTSPOOR_WEBHOOKS_FILE: {error}"
        wrong.append(Finding("settings", Verdict.FAILS, found, "set the file right (docs/webhooks.md), or unset it"))
    yield from wrong or [Finding("settings", Verdict.FINE, "every variable is known, and every file is there")]


def _unknown_settings() -> Iterator[Finding]:
    for name, known in unknown_settings():
        advice = "unset it" if known is None else f"did you mean {known}?"
        yield Finding("settings", Verdict.WARNS, f"{name} is no setting", advice)


def _zones() -> Finding:
    if zoneinfo.TZPATH:
        advice = "let nothing call zoneinfo.reset_tzpath, and start the program anew"
        return Finding("zone data", Verdict.FAILS, "the system's files are used beside the tzdata package", advice)
    found = f"tzdata {version('tzdata')}, and no other; answers name it"
    return Finding("zone data", Verdict.FINE, found)


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


def _clock(state: DatabaseState, now: datetime, settled_at: datetime) -> Finding:
    """This machine's clock against the last fact and against the database's own clock, read after it."""
    advice = "set the clock of this machine right"
    if state.recorded_at is not None and state.recorded_at > now + _TOLERANCE:
        found = f"it is {local_text(now)} here, and the last fact was recorded at {local_text(state.recorded_at)}"
        return Finding("clock", Verdict.FAILS, found, advice)
    found = f"it is {local_text(now)} here, and {local_text(settled_at)} in the database"
    if now > settled_at + _TOLERANCE:
        return Finding("clock", Verdict.FAILS, f"{found}, which refuses what is more than a second ahead", advice)
    if settled_at > now + _BEHIND:
        return Finding("clock", Verdict.WARNS, found, advice)
    return Finding("clock", Verdict.FINE, f"it is {local_text(now)}")


def _policies(system: System) -> Iterator[Finding]:
    policies = system.contracting.policies
    latest = [policies.versions(stream).versions[-1].document for stream in policies.streams()]
    if not latest:
        advice = "adopt one: contractspoor policy adopt caresq-2025 --actor NAME"
        yield Finding("policies", Verdict.WARNS, "none is adopted, so that nobody can be contracted", advice)
        return
    adopted = ", ".join(sorted(document.id for document in latest))
    yield Finding("policies", Verdict.FINE, f"{len(latest)} adopted: {adopted}")
    for document in latest:
        open_ = [care_type for care_type, rules in document.care_types.items() if isinstance(rules.term, UndecidedTerm)]
        if open_:
            found = f"{document.id} leaves the term undecided of {', '.join(open_)}: offers are withheld"
            advice = "adopt the amendment that decides it: contractspoor policy adopt FILE"
            yield Finding("terms", Verdict.WARNS, found, advice)


def _late(system: System) -> Finding:
    behind = next(each for each in system.read_models.status() if each.name == DEADLINES)
    if behind.lag_events:
        found = f"what is late can not be told: {DEADLINES} is {behind.lag_events} events behind"
        return Finding("scheduler", Verdict.FINE, found)
    due = late_things(system)
    late = sum(due.late.values())
    if late and due.oldest is not None:
        since = local_text(from_microseconds(due.oldest))
        advice = "keep one running: contractspoor scheduler run; or once: contractspoor scheduler tick"
        return Finding("scheduler", Verdict.WARNS, f"{late} things are late, the oldest due since {since}", advice)
    return Finding("scheduler", Verdict.FINE, "nothing is late")


def _failures(system: System) -> Finding:
    """What was due and failed; a tick tries no more what it gave up."""
    failed = system.ticking.failures.all()
    given_up = [each for each in failed if each.next_try_at is None]
    if given_up:
        item, error = given_up[0].item, given_up[0].error
        first = f"{item.kind.replace('_', ' ')} of {item.subject}: {error}"
        found = f"{len(given_up)} given up after the last try, the first is {first}"
        advice = "mend the cause, then: contractspoor scheduler retry"
        return Finding("failures", Verdict.WARNS, found, advice)
    found = f"{len(failed)} failed and are tried again" if failed else "nothing that was due failed"
    return Finding("failures", Verdict.FINE, found)


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


def _outbox(system: System, now: datetime) -> Iterator[Finding]:
    status = system.outbox.status()
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

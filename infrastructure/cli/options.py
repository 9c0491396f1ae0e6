"""The options that many commands have, and the system that they open."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Annotated, Literal

import typer

from application.ports import StorageUnavailable
from application.typed_instants import InstantError, instant, local_date
from domain.agb import AgbCode
from domain.contract.audience import Audience
from domain.contract.contract_id import ContractId
from infrastructure.bootstrap import System, load_settings, open_system, set_up_logs
from infrastructure.cli.errors import errors_are_json

_UPGRADE = "contractspoor database upgrade"
_SIMULATION = "simulation"
"""The stream whose first fact says that everything in the log is made up."""


def parsed_day(text: str) -> date:
    """A day in Amsterdam, for an option's ``parser``."""
    try:
        return local_date(text)
    except InstantError as error:
        raise typer.BadParameter(str(error)) from None


def parsed_instant(text: str) -> datetime:
    """An instant with its zone, for an option's ``parser``."""
    try:
        return instant(text)
    except InstantError as error:
        raise typer.BadParameter(str(error)) from None


def instant_or_day(text: str) -> date:
    """An instant with its zone, or a day in Amsterdam, for an option's ``parser``."""
    return parsed_day(text) if len(text) == len("2025-03-15") else parsed_instant(text)


def parsed_contract_id(text: str) -> ContractId:
    """A contract's id, for an option's ``parser``."""
    try:
        return ContractId.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def parsed_name(text: str) -> str:
    """A name or a sentence in one line, for an option's ``parser``."""
    if not text.strip() or not text.isprintable():
        raise typer.BadParameter("expected a name or a sentence in one line")
    return text.strip()


def parsed_agb(text: str) -> AgbCode:
    """An AGB code, for an option's ``parser``."""
    try:
        return AgbCode(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


Agb = Annotated[
    AgbCode, typer.Argument(metavar="AGB", parser=parsed_agb, help="The practice, by its AGB code of eight digits.")
]
Contract = Annotated[
    ContractId,
    typer.Argument(
        metavar="CONTRACT",
        parser=parsed_contract_id,
        help="Purchaser, practice, care type and period, such as caresq/04001234/FYS/2025-2026.",
    ),
]
EffectiveOn = Annotated[
    date | None,
    typer.Option(
        "--effective-on", metavar="DAY", parser=parsed_day, help="Which day do you ask about? Left out: today."
    ),
]
KnownAt = Annotated[
    date | None,
    typer.Option(
        "--known-at",
        metavar="INSTANT|DAY",
        parser=instant_or_day,
        help="With the knowledge of which instant? It needs a zone (2025-07-20T17:00+02:00); a day means its last "
        "instant in Amsterdam, today means now. Left out: now.",
    ),
]
Position = Annotated[
    int | None,
    typer.Option("--position", metavar="N", min=0, max=2**63 - 1, help="The same, as a position in the log."),
]
Actor = Annotated[str, typer.Option("--actor", metavar="NAME", parser=parsed_name, help="Who does it.")]
For = Annotated[
    Audience,
    typer.Option(
        "--audience",
        help="Who sees the answer: the purchaser's officers, or the practice and others, from whom restricted reasons "
        "and doubts are hidden.",
    ),
]
Reader = Annotated[
    str | None,
    typer.Option(
        "--reader",
        metavar="NAME",
        parser=parsed_name,
        help="Who reads it out, for the access log. Left out: CONTRACTSPOOR_READER, else the account on this machine.",
    ),
]
OnBehalfOf = Annotated[
    str | None, typer.Option("--on-behalf-of", metavar="NAME", parser=parsed_name, help="For whom the actor acts.")
]
Reason = Annotated[str | None, typer.Option("--reason", metavar="TEXT", parser=parsed_name, help="Why, in a sentence.")]
OccurredAt = Annotated[
    datetime | None,
    typer.Option(
        "--occurred-at",
        metavar="INSTANT",
        parser=parsed_instant,
        help="When it happened, with a zone; an earlier instant than now needs --reason. Left out: now.",
    ),
]
CommandId = Annotated[
    str | None,
    typer.Option(
        "--command-id",
        metavar="ID",
        parser=parsed_name,
        help="A name of your own for this command: sent twice under it, it is carried out once.",
    ),
]
Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL",
        help="Where the log stands; left out: CONTRACTSPOOR_DATABASE_URL, else sqlite:///contractspoor.db.",
    ),
]
MetricsPort = Annotated[
    int | None,
    typer.Option(
        "--metrics-port", metavar="PORT", min=1, max=65535, help="Serve metrics for Prometheus on 127.0.0.1 meanwhile."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON; errors too.")]


def database_url(given: str | None) -> str:
    """The URL that was given, else that of the settings. Raises ``SettingsError``."""
    return load_settings().database_url if given is None else given


def log_of_a_service(level: Literal["info", "warning"]) -> None:
    """For a command that works on by itself: it logs from this level on where the settings name none."""
    settings = load_settings()
    set_up_logs(settings.log_format, settings.log_level or level)


@contextmanager
def opened(database: str | None) -> Iterator[System]:
    """The system on the database that an option or the settings name; says so when its data are simulated.

    Raises ``StorageUnavailable`` and ``SettingsError``.
    """
    settings = load_settings()
    url, lock_timeout = database or settings.database_url, settings.lock_timeout_seconds
    with naming(database), open_system(url, lock_timeout=lock_timeout) as system:
        if not errors_are_json() and system.log.stream_ids(_SIMULATION, limit=1):
            typer.echo("Simulated data: no practice, person or contract in this log exists.", err=True)
        yield system


@contextmanager
def naming(database: str | None) -> Iterator[None]:
    """Errors of the database that ``--database`` named advise about that option."""
    try:
        yield
    except StorageUnavailable as error:
        raise type(error)(with_url(str(error), database)) from error


def with_url(message: str, database: str | None) -> str:
    """The advice to check the URL or to upgrade, for a database that ``--database`` named.

    The URL of a server may hold a password and is not repeated.
    """
    if database is None:
        return message
    message = message.replace("CONTRACTSPOOR_DATABASE_URL", "--database")
    return message.replace(_UPGRADE, f"{_UPGRADE} --database {database if database.startswith('sqlite:') else 'URL'}")

"""What commands there are: each is loaded when it is called, so that help and mistakes wait for none of them."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group_from_info
from typer.models import TyperInfo

PLUGINS = "contractspoor.commands"
"""The entry point group by which packages above this one add commands: ``name = "package.module:DOOR"``."""

SECTIONS = ("Look around", "Contract", "Ask", "Run it")
"""The parts of the list that help shows."""
_LOOK, _CONTRACT, _ASK, RUN = SECTIONS


class Door(NamedTuple):
    """A command, or a group of them, as help lists it: ``help`` is one line.

    ``found_in`` is ``package.module:app``, of a typer application: its command of that name, or all of it.
    """

    name: str
    section: str
    help: str
    found_in: str


DOORS = (
    Door("demo", _LOOK, "Live through two years of simulated contracting.", "infrastructure.cli.demo:app"),
    Door("scenario", _LOOK, "Play cases written as files, on a fresh store.", "infrastructure.cli.scenario:app"),
    Door("policy", _CONTRACT, "Check, show, compare and adopt procurement policies.", "infrastructure.cli.policy:app"),
    Door(
        "providers", _CONTRACT, "Import and show practices; record what they tell.", "infrastructure.cli.providers:app"
    ),
    Door(
        "contracts",
        _CONTRACT,
        "List a practice's contracts; bring in earlier ones.",
        "infrastructure.cli.contracts:app",
    ),
    Door("round", _CONTRACT, "Hold or plan the yearly round, and report it.", "infrastructure.cli.round:app"),
    Door("worklist", _CONTRACT, "See what waits for a person.", "infrastructure.cli.lists:worklist_app"),
    Door("deadlines", _CONTRACT, "See what falls due by itself.", "infrastructure.cli.lists:deadlines_app"),
    Door(
        "evidence",
        _CONTRACT,
        "Supply evidence, read it back, check that all is there.",
        "infrastructure.cli.evidence:app",
    ),
    Door(
        "letters", _CONTRACT, "See what practices were told, and how a letter reads.", "infrastructure.cli.letters:app"
    ),
    Door("contract", _ASK, "Ask about one contract and why; or act on it.", "infrastructure.cli.contract:app"),
    Door("register", _ASK, "Ask who is contracted: page by page, or for a claim.", "infrastructure.cli.register:app"),
    Door("listing", _ASK, "Show whom the care finder lists for a care type.", "infrastructure.cli.listing:app"),
    Door("audit", _ASK, "Follow who did what, when, on whose behalf and why.", "infrastructure.cli.audit:app"),
    Door("decision", _ASK, "Make a decision again: does the same come out?", "infrastructure.cli.decision:app"),
    Door("database", RUN, "Set up or upgrade the database, and tell its state.", "infrastructure.cli.database:app"),
    Door("serve", RUN, "Serve the HTTP API, with all that it needs beside it.", "infrastructure.cli.serve:app"),
    Door("outbox", RUN, "Send letters and webhooks; see what became of them.", "infrastructure.cli.outbox:app"),
    Door("readmodels", RUN, "Keep the read models up, rebuild or check them.", "infrastructure.cli.readmodels:app"),
    Door("jobs", RUN, "See what was asked for over HTTP; remove old jobs.", "infrastructure.cli.jobs:app"),
    Door("doctor", RUN, "Look at all that the service stands on; what to do.", "infrastructure.cli.doctor:app"),
    Door("metrics", RUN, "Print the metrics in Prometheus's text format.", "infrastructure.cli.metrics:app"),
    Door("backup", RUN, "Back up the log and what could not be made anew.", "infrastructure.cli.backup:app"),
    Door("restore", RUN, "Restore a backup into an empty database.", "infrastructure.cli.backup:app"),
)


class Later(TyperCommand):
    """A command that is not loaded yet: help knows its name and its line."""

    def __init__(self, door: Door) -> None:
        super().__init__(name=door.name, help=door.help)
        self.door = door

    def loaded(self) -> Any:
        """The command, or the group of commands, itself."""
        module, _, name = self.door.found_in.partition(":")
        app: typer.Typer = getattr(import_module(module), name)
        group = get_group_from_info(
            TyperInfo(app), pretty_exceptions_short=False, suggest_commands=True, rich_markup_mode=None
        )
        found = group.commands.get(self.door.name, group)
        found.name = self.door.name
        return found


class Commands(TyperGroup):
    """All commands, as help lists them; the one that is called is loaded."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands.update((door.name, Later(door)) for door in _doors())

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """The command that the arguments name, loaded, and the arguments that are left for it."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.loaded() if isinstance(command, Later) else command, rest

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of help, in its sections."""
        known = [each for each in self.commands.values() if isinstance(each, Later)]
        width = max(len(each.door.name) for each in known)
        for section in SECTIONS:
            with formatter.section(section):
                formatter.write_dl(
                    [(f"{each.door.name:{width}}", each.door.help) for each in known if each.door.section == section]
                )


def _doors() -> Sequence[Door]:
    """Ours, and those of packages above."""
    return (*DOORS, *_plugins())


def _plugins() -> Iterator[Door]:
    for plugin in sorted(entry_points(group=PLUGINS), key=lambda each: each.name):
        yield plugin.load()

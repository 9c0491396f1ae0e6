"""Every command of the command line, each with arguments under which it does its work on the log of ``year``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import typer

from infrastructure.cli.doors import Later
from infrastructure.cli.main import app
from tests.given import TWO_YEARS
from tests.infrastructure.cli.conftest import CONTRACT

LONG = "a letter of the practice, " * 400
"""A reason that does not fit on a page of the database that has room left."""


class Command(NamedTuple):
    """A command as the program has it."""

    path: tuple[str, ...]
    command: Any

    @property
    def name(self) -> str:
        return " ".join(self.path)

    @property
    def options(self) -> list[Any]:
        return [each for each in self.command.params if each.param_type_name == "option" and each.name != "help"]

    def takes(self, metavar: str) -> list[str]:
        """The options whose value is written like that."""
        return [each.opts[0] for each in self.options if metavar in (each.metavar or "")]

    def has(self, option: str) -> bool:
        return any(option in each.opts for each in self.options)


def every_command() -> list[Command]:
    """All commands of all groups."""
    return list(_commands(typer.main.get_command(app), ()))


def _commands(command: Any, path: tuple[str, ...]) -> Iterator[Command]:
    command = command.loaded() if isinstance(command, Later) else command
    subcommands = getattr(command, "commands", None)
    if subcommands is None:
        yield Command(path, command)
        return
    for name, subcommand in subcommands.items():
        yield from _commands(subcommand, (*path, name))


class Line(NamedTuple):
    """Arguments that are right; ``stores`` says that they bring facts."""

    arguments: tuple[str, ...]
    stores: bool = False


ACTOR = ("--actor", "officer", "--reason", LONG)
SIGNATORY = ("--by", "p1", "--certificate", "serial-1", "--reason", LONG)
PRACTICE = ("04001234", "--purchaser", "caresq")

ON_A_DATABASE = {
    "backup": Line(("backup.db",)),
    "database status": Line(()),
    "policy show": Line(("caresq-2025",)),
    "policy schedule": Line(("caresq-2025",)),
    "policy diff": Line(("caresq-2025", str(TWO_YEARS))),
    "policy adopt": Line((str(TWO_YEARS), "--ground", "clarification", *ACTOR), stores=True),
    "providers import": Line(("{register}",), stores=True),
    "providers show": Line(PRACTICE),
    "providers opt-out": Line((*PRACTICE, *ACTOR), stores=True),
    "providers withdraw-opt-out": Line(("05007788", "--purchaser", "caresq", *ACTOR), stores=True),
    "providers signal-integrity": Line((*PRACTICE, *ACTOR), stores=True),
    "providers record": Line(("04001234", "claims", "0", "--year", "2024", "--purchaser", "asr", *ACTOR), stores=True),
    "providers correct": Line((*PRACTICE[:1], "2", *PRACTICE[1:], *ACTOR), stores=True),
    "providers events": Line(PRACTICE),
    "providers delegate": Line(("04001234", "p7", "J. Voorbeeld", *SIGNATORY), stores=True),
    "providers revoke-delegation": Line(("04001234", "p8", *SIGNATORY), stores=True),
    "contracts import": Line(("{contracts}",), stores=True),
    "contracts list": Line(PRACTICE),
    "round run": Line(("caresq-2025", *ACTOR), stores=True),
    "round status": Line(("caresq-2025",)),
    "round report": Line(("caresq-2025", "--csv", "-")),
    "readmodels status": Line(()),
    "readmodels catch-up": Line(()),
    "readmodels rebuild": Line(("contract_overview",)),
    "readmodels verify": Line(("contract_overview",)),
    "readmodels resume": Line(("contract_overview",)),
    "contract list": Line(("--purchaser", "caresq")),
    "contract search": Line(("praktijk", "--purchaser", "caresq")),
    "worklist show": Line(("--purchaser", "caresq")),
    "deadlines ical": Line(("-", "--purchaser", "caresq")),
    "deadlines list": Line(("--purchaser", "caresq")),
    "contract show": Line((CONTRACT,)),
    "contract diff": Line((CONTRACT, "--from", "2024-12-01", "--to", "2025-06-15")),
    "contract why": Line((CONTRACT,)),
    "contract events": Line((CONTRACT,)),
    "contract agreement": Line((CONTRACT,)),
    "decision reproduce": Line((f"{CONTRACT}@12",)),
    "audit access": Line(("--purchaser", "caresq")),
    "audit why": Line((f"{CONTRACT}@2",)),
    "register list": Line(("--purchaser", "caresq")),
    "register lookup": Line(("04001234", "FYS", "2025-06-15", "--purchaser", "caresq")),
    "audit trail": Line(("--contract", CONTRACT)),
    "register check": Line(("{claims}",)),
    "register verify": Line(()),
    "contract act": Line((CONTRACT, "RequestReview", "--body", '{{"ground": "integrity"}}', *ACTOR), stores=True),
    "evidence upload": Line((CONTRACT, "skf", "{proof}", "--occurred-at", "2025-09-01T12:00:00Z", *ACTOR), stores=True),
    "evidence download": Line((CONTRACT, "kngf-1", "read.pdf")),
    "evidence check": Line(()),
    "evidence sweep": Line(("--remove",)),
    "letters list": Line((CONTRACT,)),
    "letters preview": Line((f"{CONTRACT}@2",)),
    "jobs list": Line(()),
    "jobs prune": Line(("--before", "2025-01-01")),
    "outbox status": Line(()),
    "outbox list": Line(()),
    "outbox send": Line(()),
    "outbox resend": Line(("--all",)),
    "outbox hold": Line(("--reason", "because")),
    "outbox resume": Line(()),
    "metrics": Line(()),
    "listing": Line(("caresq", "--care-type", "FYS")),
    "scheduler tick": Line((), stores=True),
    "scheduler retry": Line(()),
    "round plan": Line(("caresq-2025", "--at", "2027-09-16T09:00+02:00", *ACTOR), stores=True),
    "round plans list": Line(("caresq-2025",)),
}
"""The commands that use an existing log."""

ELSEWHERE = {
    "database upgrade": Line(()),
    "policy check": Line(("caresq-2025",)),
    "policy schema": Line(()),
    "providers sample": Line(("sample.csv", "--count", "3")),
    "contract commands": Line(()),
    "scenario run": Line(("{scenario}",)),
    "scenario schema": Line(()),
    "scheduler list": Line(()),
}
"""The commands that use none, or make it."""

LONG_WORK = {
    "demo",
    "doctor",
    "outbox run",
    "readmodels run",
    "restore",
    "round plans cancel",
    "scheduler run",
    "serve",
}
"""Commands that other tests run: they make a log of their own, or do not end by themselves."""


def line_of(name: str, folder: Path) -> list[str]:
    """The command line of a command, its files in a folder; ``--database`` is left to the caller."""
    line = (ON_A_DATABASE | ELSEWHERE)[name]
    named = {
        "register": "register.csv",
        "claims": "claims.csv",
        "contracts": "contracts.csv",
        "proof": "proof.pdf",
        "scenario": "scenario.yaml",
    }
    files = {name: str(folder / file) for name, file in named.items()}
    return [*name.split(), *(argument.format(**files) for argument in line.arguments)]

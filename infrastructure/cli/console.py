"""What every command has in common: one line that tells what was wrong, answers in JSON, a bar for long work."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeElapsedColumn
from rich.text import Text

from application.ports import EventLogError, ProgressReport
from domain.refusal import RefusedError
from infrastructure.bootstrap import SettingsError, load_settings

FAILED, WRONG_USE = 1, 2
"""Exit codes: something went wrong; the command was not used as it should be."""


def fail(message: str, code: int = FAILED) -> NoReturn:
    """End the command with one line."""
    typer.echo(message, err=True)
    raise typer.Exit(code)


@contextmanager
def told() -> Iterator[None]:
    """What the log or a rule refuses ends the command with one line and exit code 1."""
    try:
        yield
    except RefusedError as error:
        fail(f"refused: {error}")
    except EventLogError as error:
        fail(str(error))


def database_url(given: str | None) -> str:
    """The URL that was given, else that of the settings."""
    if given is not None:
        return given
    try:
        return load_settings().database_url
    except SettingsError as error:
        fail(str(error), WRONG_USE)


def print_json(answer: Any) -> None:
    """An answer as JSON."""
    json.dump(answer, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


class _Rate(ProgressColumn):
    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        rate = task.finished_speed or task.speed
        return Text("" if rate is None else f"{rate:,.0f} {self._unit}/s")


@contextmanager
def progress_bar(label: str, unit: str) -> Iterator[ProgressReport]:
    """A bar with its rate on a terminal's error output; nothing when that is no terminal."""
    console = Console(stderr=True)
    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), _Rate(unit), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(label, total=None)

        def report(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield report

"""``contractspoor``: every command, and the one place where errors become one line and an exit code."""

import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from typing import Annotated, Any

import typer

from infrastructure.cli.doors import Commands
from infrastructure.cli.errors import READER_GONE, WRONG_USE, Told, errors_as_json, tell


class CommandLine(Commands):
    """All commands; whatever one of them raises ends here in one line."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.TyperException):
            raise
        except (Exception, KeyboardInterrupt) as error:
            raise typer.Exit(_told(error)) from error


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"contractspoor {version('contractspoor')}")
        raise typer.Exit


def _write_logs() -> None:
    """As the settings say; a command that needs settings tells itself which of them can not be used."""
    from infrastructure.bootstrap import SettingsError, load_settings, set_up_logs  # noqa: PLC0415 - see doors

    with suppress(SettingsError):
        settings = load_settings()
        set_up_logs(settings.log_format, settings.log_level)


def _make_app() -> typer.Typer:
    app = typer.Typer(
        cls=CommandLine,
        no_args_is_help=True,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120},
    )

    @app.callback()
    def contractspoor(
        _version: Annotated[
            bool, typer.Option("--version", help="Show the version and exit.", is_eager=True, callback=_print_version)
        ] = False,
    ) -> None:
        """Run the yearly contracting of paramedical care, and answer what was agreed, since when and why.

        The log stands in the SQLite file contractspoor.db, or where --database or CONTRACTSPOOR_DATABASE_URL says.

        Begin with: contractspoor database upgrade. Or look around in a simulated year: contractspoor demo.

        Exit codes: 0 done, 1 it could not be done, 2 the command line is wrong, 3 the log can not answer yet,
        4 the log has no such thing, 5 what it holds can not be read, 130 stopped by Ctrl-C.
        """
        _write_logs()

    return app


app = _make_app()


def main(arguments: Sequence[str]) -> int:
    """Carry out a command line, and answer its exit code; prints, and never raises."""
    command = typer.main.get_command(app)
    with errors_as_json("--json" in arguments):
        try:
            code = command.main(list(arguments), prog_name="contractspoor", standalone_mode=False)
            sys.stdout.flush()
        except typer.TyperException as error:
            tell(_wrong_use(error))
            return error.exit_code
        except SystemExit:  # how the libraries that print for us end when nobody reads on
            return READER_GONE
        except Exception as error:  # noqa: BLE001 - the edge of the program
            return _told(error)
    return code if isinstance(code, int) else 0


def _wrong_use(error: typer.TyperException) -> Told:
    """A mistake in the command line, with the help that tells how it is right."""
    if isinstance(error, typer.BadParameter):
        from domain.model import sentence_alone  # noqa: PLC0415 - see doors

        error.message = sentence_alone(error.message)
    message = error.format_message()
    if message.lstrip().startswith("Usage:"):  # a group without a command shows its help
        return Told("USAGE", message, WRONG_USE)
    context = getattr(error, "ctx", None)
    path = "contractspoor" if context is None else context.command_path
    stop = "" if message.endswith((".", "?")) else "."
    return Told("USAGE", f"{' '.join(message.split())}{stop} See: {path} --help", error.exit_code)


def _told(error: BaseException) -> int:
    """Tell an error in one line, and answer the exit code."""
    if isinstance(error, OSError) and error.filename is None:
        _close_output()  # what could not be written can not be flushed at the end either
    if isinstance(error, BrokenPipeError):
        return READER_GONE
    from infrastructure.cli.explaining import explained, print_traceback_if_asked  # noqa: PLC0415 - see doors

    print_traceback_if_asked(error)
    told = explained(error)
    tell(told)
    return told.exit_code


def _close_output() -> None:
    """Nobody can read what we print: let the rest go nowhere, so that ending does not fail again."""
    with suppress(io.UnsupportedOperation):  # a test's output has no descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

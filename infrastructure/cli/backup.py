"""``contractspoor backup`` and ``restore``: all that could not be made anew, in one file."""

from pathlib import Path
from typing import Annotated

import typer

from domain.calendar import instant_text, local_text
from infrastructure.bootstrap import Backup, back_up, load_settings, restore_backup, system_clock
from infrastructure.cli.console import print_json, progress_bar
from infrastructure.cli.options import AsJson, Database, naming

BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]


app = typer.Typer()


@app.command()
def backup(file: BackupFile, database: Database = None, as_json: AsJson = False) -> None:
    """Back up the log and all else that could not be made anew, into a new file, while work goes on.

    The file is an SQLite database with a seal, whichever database it comes from; only its owner can read it. Read
    models are left out: they are made anew from the log.
    """
    settings = load_settings()
    with naming(database), progress_bar("Backup", "rows") as report:
        made = back_up(database or settings.database_url, file, now=system_clock().now(), report=report)
    _tell(made, f"Backed up to {file}", as_json)


@app.command()
def restore(file: BackupFile, database: Database = None, as_json: AsJson = False) -> None:
    """Restore a backup into a database that is empty or not there yet: all of it, or nothing.

    Nothing is sent from the restored database until sending is resumed: what went out after the backup was made must
    not go out again.
    """
    settings = load_settings()
    with naming(database), progress_bar("Restore", "rows") as report:
        made = restore_backup(file, database or settings.database_url, now=system_clock().now(), report=report)
    _tell(made, f"Restored {file}", as_json)


def _tell(made: Backup, done: str, as_json: bool) -> None:
    if as_json:
        print_json({"made_at": instant_text(made.made_at), "position": made.position, "rows": made.rows})
    else:
        typer.echo(f"{done}: the log up to position {made.position}, made at {local_text(made.made_at)}.")

"""``contractspoor database``: set a database up or upgrade it, and tell its state."""

import typer

from domain.calendar import instant_text, local_text
from infrastructure.bootstrap import DatabaseState, database_state, load_settings, upgrade_database
from infrastructure.cli.console import print_json
from infrastructure.cli.errors import FAILED
from infrastructure.cli.options import AsJson, Database, naming, with_url

app = typer.Typer(no_args_is_help=True, help="Set up or upgrade the database, and tell its state.")


@app.command()
def upgrade(database: Database = None, as_json: AsJson = False) -> None:
    """Bring the database to the version that this program needs; an SQLite file is made when it is not there.

    Takes a lock, so that two upgrades at once end well; all of an upgrade is stored, or nothing.
    """
    settings = load_settings()
    with naming(database):
        done = upgrade_database(database or settings.database_url, lock_timeout=settings.lock_timeout_seconds)
    if as_json:
        print_json({"database": done.name, "before": done.before, "after": done.after})
    elif done.before == done.after:
        typer.echo(f"Nothing to do: {done.name} is at version {done.after} already.")
    else:
        was = "nothing" if done.before is None else f"version {done.before}"
        typer.echo(f"Upgraded {done.name} from {was} to version {done.after}.")


@app.command()
def status(database: Database = None, as_json: AsJson = False) -> None:
    """Tell the version of the database and how far its log goes. Exit code 1 when it must be upgraded first."""
    settings = load_settings()
    with naming(database):
        state = database_state(database or settings.database_url, lock_timeout=settings.lock_timeout_seconds)
    if as_json:
        print_json(
            {
                "database": state.name,
                "ready": state.ready,
                "version": state.revision,
                "needed": state.needed,
                "position": state.position,
                "recorded_at": None if state.recorded_at is None else instant_text(state.recorded_at),
            }
        )
    else:
        typer.echo(with_url(_told(state), database))
    if not state.ready:
        raise typer.Exit(FAILED)


def _told(state: DatabaseState) -> str:
    name = state.name[0].upper() + state.name[1:]
    if state.newer:
        return f"{name} is of a newer version ({state.revision}) than this program ({state.needed}): use the newer one."
    if state.revision is None:
        return f"{name} has not been set up. Run: contractspoor database upgrade"
    if not state.ready:
        return f"{name} is at version {state.revision}, {state.needed} is needed. Run: contractspoor database upgrade"
    if state.position is None or state.recorded_at is None:
        return f"{name} is at version {state.revision} and ready; nothing has been recorded yet."
    return (
        f"{name} is at version {state.revision} and ready.\n"
        f"The last fact has log position {state.position}, recorded at {local_text(state.recorded_at)}."
    )

"""``contractspoor serve``: the HTTP API."""

from typing import Annotated

import typer

from infrastructure.bootstrap import sqlite_file
from infrastructure.cli.errors import WRONG_USE, fail
from infrastructure.cli.options import Database, database_url, log_of_a_service, opened


def serve(
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes any that is free.")] = 8000,
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=64, help="How many processes; more than one needs PostgreSQL.")
    ] = 1,
    database: Database = None,
) -> None:
    """Serve the HTTP API until Ctrl-C or SIGTERM; it also keeps the read models up and does what falls due.

    Whose tokens it accepts say CONTRACTSPOOR_OIDC_ISSUER and CONTRACTSPOOR_OIDC_AUDIENCE. The API describes itself
    under /openapi.json.
    """
    from infrastructure.http.serving import Address, AddressTakenError  # noqa: PLC0415 - a second for this command only
    from infrastructure.http.serving import serve as serve_api  # noqa: PLC0415

    url = database_url(database)
    if workers > 1 and sqlite_file(url) is not None:
        fail("--workers: an SQLite file is served by one process; give more than one a PostgreSQL", WRONG_USE)
    with opened(database):
        pass  # a database that can not be used is told before anything runs
    log_of_a_service("info")

    def ready(address: str) -> None:
        typer.echo(f"Serving {address} with {workers} process{'' if workers == 1 else 'es'}.", err=True)

    try:
        serve_api(url, Address(host, port), workers=workers, ready=ready)
    except AddressTakenError as error:
        fail(str(error), WRONG_USE, code="ADDRESS_TAKEN")
    typer.echo("Stopped; what was being answered was answered.", err=True)

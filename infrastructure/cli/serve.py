"""``contractspoor serve``: the HTTP API."""

from functools import partial
from typing import Annotated

import typer

from domain.contract.contract_id import ContractId
from infrastructure.bootstrap import load_settings, metrics_of, open_system, sqlite_file, system_clock
from infrastructure.cli.errors import WRONG_USE, fail
from infrastructure.cli.options import Database, MetricsPort, database_url, log_of_a_service, opened

app = typer.Typer()


@app.command()
def serve(
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes any that is free.")] = 8000,
    workers: Annotated[
        int, typer.Option("--workers", min=1, max=64, help="How many processes; more than one needs PostgreSQL.")
    ] = 1,
    demo: Annotated[
        bool,
        typer.Option(
            "--demo",
            help="Serve what contractspoor demo made: time goes on where it ended, and a file of tokens is written "
            "that this process alone accepts.",
        ),
    ] = False,
    metrics_port: MetricsPort = None,
    database: Database = None,
) -> None:
    """Serve the HTTP API until Ctrl-C or SIGTERM; it also keeps the read models up and does what falls due.

    Whose tokens it accepts say CONTRACTSPOOR_OIDC_ISSUER and CONTRACTSPOOR_OIDC_AUDIENCE. The API describes itself
    under /openapi.json.
    """
    # a second of loading, for this command only
    from infrastructure.http import serving  # noqa: PLC0415

    settings, url = load_settings(), database_url(database)
    if demo:
        _serve_demo(url, host, port)
        return
    serving.verifier_of(settings, system_clock())  # what is missing is told before anything runs
    if workers > 1 and sqlite_file(url) is not None:
        fail("--workers: an SQLite file is served by one process; give more than one a PostgreSQL", WRONG_USE)
    log_of_a_service("info")

    def ready(address: str) -> None:
        typer.echo(f"Serving {address} with {workers} process{'' if workers == 1 else 'es'}.", err=True)

    make, address = partial(serving.make_app, url), serving.Address(host, port)
    patience = settings.http_headers_seconds
    try:
        with metrics_of(lambda: open_system(url)).served(metrics_port):
            serving.serve(make, opened(database), address, workers=workers, headers_seconds=patience, ready=ready)
    except serving.AddressTakenError as error:
        fail(str(error), WRONG_USE, code="ADDRESS_TAKEN")
    typer.echo("Stopped; what was being answered was answered.", err=True)


def _serve_demo(url: str, host: str, port: int) -> None:
    from infrastructure.http import demo, serving  # noqa: PLC0415

    file = sqlite_file(url)
    if file is None:
        fail("--demo: a simulation stands in an SQLite file", WRONG_USE)
    identities = file.with_suffix(".env")
    log_of_a_service("warning")

    def ready(address: str, contract_id: ContractId) -> None:
        typer.echo(f"Serving {address} with simulated data: no practice, person or contract in it exists.", err=True)
        typer.echo(f"Tokens of every role, about {contract_id}, which nothing else accepts, are in {identities}:")
        typer.echo(f"  . {identities}")
        typer.echo('  curl -H "Authorization: Bearer $OFFICER" $API/contracts/$CONTRACT')

    try:
        serving.serve_demo(url, serving.Address(host, port), identities, ready)
    except serving.AddressTakenError as error:
        fail(str(error), WRONG_USE, code="ADDRESS_TAKEN")
    except demo.NoSimulationError as error:
        fail(f"--demo: {error}", WRONG_USE)
    typer.echo("Stopped; what was being answered was answered.", err=True)

"""``contractspoor metrics``: what Prometheus would read now."""

from contextlib import nullcontext

import typer

from infrastructure.bootstrap import metrics_of
from infrastructure.cli.options import Database, opened

app = typer.Typer()


@app.command()
def metrics(database: Database = None) -> None:
    """Print the metrics in Prometheus's text format: lags, depths and what is due, as the database has them now.

    What is counted in a process, such as commands and refusals, that process serves itself, with --metrics-port.
    """
    with opened(database) as system:
        typer.echo(metrics_of(lambda: nullcontext(system)).text().decode(), nl=False)

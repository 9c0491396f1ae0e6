"""The metrics in Prometheus's text format: as text, and over HTTP on this machine only."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.metadata import version

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from infrastructure.observability.commands import COUNTED
from infrastructure.observability.gauges import DatabaseGauges, Watched

HERE = "127.0.0.1"


class PortTakenError(Exception):
    """The metrics can not be served at a port; the message is one line that says what to do."""


class _Version(Collector):
    def collect(self) -> Iterator[Metric]:
        told = GaugeMetricFamily("contractspoor_info", "The version of the program, as a label.", labels=["version"])
        told.add_metric([version("contractspoor")], 1)
        yield told


class Metrics:
    """The metrics of this process and of the database that it works on."""

    def __init__(self, opened: Callable[[], AbstractContextManager[Watched]]) -> None:
        self._registry = CollectorRegistry()
        for each in (*COUNTED, _Version(), DatabaseGauges(opened)):
            self._registry.register(each)
        ProcessCollector(registry=self._registry)

    def text(self) -> bytes:
        """All metrics as they are now, in the text format: ``text/plain; version=0.0.4; charset=utf-8``."""
        return generate_latest(self._registry)

    @contextmanager
    def served(self, port: int | None) -> Iterator[None]:
        """Serve ``/metrics`` on 127.0.0.1 at a port, if one is named. Raises ``PortTakenError``."""
        if port is None:
            yield
            return
        try:
            server, thread = start_http_server(port, addr=HERE, registry=self._registry)
        except OSError as error:
            message = f"metrics can not be served at {HERE}:{port}: {error.strerror or error}; name another port"
            raise PortTakenError(message) from error
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

"""The ticker beside the HTTP API, in its process; found through the entry point group ``contractspoor.services``."""

import logging
from threading import Event, Thread

from application.ports import EventLogError
from infrastructure.bootstrap import System
from scheduler.jobs import Job
from scheduler.ticker import make_ticker

_LOG = logging.getLogger("contractspoor.scheduler")


def run(system: System, stop: Event) -> None:
    """Tick now and then every day, until told to stop; a job in hand is carried out to its end."""

    def call(job: Job) -> None:
        try:
            report = job.carry_out(system.contracting, system.clock.now())
        except EventLogError as error:
            _LOG.warning("%s: %s; the next tick makes up for it", job.name, error)
            return
        for failure in report.failures:
            _LOG.warning("%s: %s: %s", job.name, failure.contract_id, failure.message)

    ticker = make_ticker(call, system.clock.now())
    started = Thread(target=ticker.start, name="contractspoor-ticker")
    started.start()
    stop.wait()
    ticker.shutdown(wait=True)
    started.join()

"""The scheduler beside the HTTP API, in its process; found through the entry point group ``contractspoor.services``."""

import logging
from threading import Event

from application.due import DueReport
from application.ports import EventLogError
from infrastructure.bootstrap import System, lead_of
from scheduler.jobs import Job
from scheduler.running import Told, run_scheduler

_LOG = logging.getLogger("contractspoor.scheduler")


def run(system: System, stop: Event) -> None:
    """Lead or stand by, and tick while this process leads, until told to stop.

    On SQLite, where another scheduler runs already, that one does it.
    """
    lead = lead_of(system.log.database.engine.url)
    try:
        run_scheduler(lead, system.ticking, system.clock, stop, _told())
    except EventLogError as error:
        _LOG.warning("this process records nothing that falls due: %s", error)
    finally:
        lead.close()


def _told() -> Told:
    def ticked(job: Job, report: DueReport) -> None:
        for failure in report.failures:
            _LOG.warning("%s: %s: %s", job.work.name, failure.contract_id, failure.message)

    return Told(
        leads=lambda: _LOG.info("this process leads"),
        stands_by=lambda: _LOG.info("another scheduler leads; this process stands by"),
        lost=lambda: _LOG.warning("the lead was lost; this process stands by"),
        ticked=ticked,
        failed=lambda what, error: _LOG.warning("%s: %s; the next tick makes up for it", what, error),
    )

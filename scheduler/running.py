"""The scheduler as a process: it leads or stands by, ticks while it leads, and stops when told."""

from collections.abc import Callable
from threading import Event
from typing import NamedTuple

from application.due import DueReport, Ticking
from application.ports import Clock, EventLogError
from infrastructure.bootstrap import Lead
from scheduler.jobs import Job
from scheduler.ticker import make_ticker

LOOKS_EVERY_SECONDS = 1.0
"""How often who leads makes sure that it does, and who stands by tries to."""


class Told(NamedTuple):
    """Whom the scheduler tells what it does."""

    leads: Callable[[], None]
    stands_by: Callable[[], None]
    lost: Callable[[], None]
    ticked: Callable[[Job, DueReport], None]
    failed: Callable[[str, Exception], None]


def run_scheduler(lead: Lead, ticking: Ticking, clock: Clock, stop: Event, told: Told) -> None:
    """Lead, or stand by until nobody else leads, until told to stop; what is being carried out then is carried out.

    Raises ``AnotherLeads`` where nobody can stand by, and ``StorageUnavailable`` when the first try to lead fails.
    """
    stood_by = False
    first = True
    while not stop.is_set():
        try:
            leads = lead.take()
        except EventLogError as error:
            if first:
                raise
            told.failed("lead", error)
            leads = False
        first = False
        if leads:
            told.leads()
            _tick_while_leading(lead, ticking, clock, stop, told)
            stood_by = False
            continue
        if not stood_by:
            told.stands_by()
            stood_by = True
        stop.wait(LOOKS_EVERY_SECONDS)


def _tick_while_leading(lead: Lead, ticking: Ticking, clock: Clock, stop: Event, told: Told) -> None:
    lost = Event()
    while_leading = ticking._replace(go_on=lambda: not (lost.is_set() or stop.is_set()))

    def call(job: Job) -> None:
        if lost.is_set() or stop.is_set():
            return
        try:
            told.ticked(job, job.work.carry_out(while_leading, clock.now()))
        except EventLogError as error:
            told.failed(job.work.name, error)

    ticker = make_ticker(call, clock.now())
    ticker.start()
    try:
        while not stop.wait(LOOKS_EVERY_SECONDS):
            if not lead.held():
                lost.set()
                told.lost()
                return
    finally:
        ticker.shutdown(wait=True)

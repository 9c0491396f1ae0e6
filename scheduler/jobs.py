"""What happens by itself, and when: every use case that a tick calls, at its local time in Europe/Amsterdam.

A tick records and announces what has come about already; no right and no deadline ever waits for one. So a tick that
comes late, or twice, does no harm, and one tick makes up for all that were missed.
"""

from collections.abc import Callable
from datetime import datetime, time
from typing import NamedTuple

from application.contracting import Contracting
from application.deadlines import record_due
from application.due import DueReport
from application.extensions import extend_due
from application.modules import record_module_lapses_due
from application.publication import publish_due
from application.registry_changes import ask_about_register


class Job(NamedTuple):
    """A use case and the local time at which it is called every day."""

    name: str
    meaning: str
    local_time: time
    carry_out: Callable[[Contracting, datetime], DueReport]


JOBS = (
    Job("deadlines", "record questionnaires and offers that lapsed when the day ended", time(0, 5), record_due),
    Job(
        "extensions",
        "record terms that an adopted policy extends",
        time(0, 10),
        extend_due,
    ),
    Job(
        "modules",
        "record modules that a missed test has ended",
        time(0, 12),
        record_module_lapses_due,
    ),
    Job(
        "publication",
        "tell the care finder who is contracted from today, and who no longer is",
        time(0, 15),
        publish_due,
    ),
    Job(
        "register",
        "ask for a review where the register no longer bears out what a running contract rests on",
        time(0, 25),
        ask_about_register,
    ),
)
"""Soon after midnight, because deadlines and publication go by whole local days; never between 2 and 3 o'clock, which
a change of the clocks skips or repeats."""

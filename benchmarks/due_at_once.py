"""Gives one tick in a process of its own; prints its seconds, the most memory of it in MB, and how many reminders."""

import sys
from time import perf_counter

from application.due import record_due
from benchmarks.round_memory import peak_megabytes
from infrastructure.bootstrap import open_system
from infrastructure.clock import SetClock
from tests.given import at

if __name__ == "__main__":
    with open_system(sys.argv[1], clock=SetClock(at("2024-10-06T09:00"))) as system:
        began = perf_counter()
        report = record_due(system.ticking, system.clock.now())
        print(perf_counter() - began, peak_megabytes(), report.recorded.get("Reminded", 0))

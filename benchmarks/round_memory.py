"""Holds a round in a process of its own and prints the most memory, in MB, that the process ever had."""

import resource
import sys

from application.round import RoundOrder, run_round
from infrastructure.bootstrap import open_system
from infrastructure.clock import SetClock
from tests.given import at
from tests.round_world import POLICY

if __name__ == "__main__":
    with open_system(sys.argv[1], clock=SetClock(at("2024-09-16T09:00"))) as system:
        done = run_round(system.contracting, RoundOrder(POLICY, "officer"))
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    decided = sum(counts.candidates for counts in done.counts.values())
    print(kilobytes / 1024 if sys.platform != "darwin" else kilobytes / 1024**2, decided)

"""Holds a round in a process of its own and prints the most memory, in MB, that the process ever had."""

import resource
import sys
from pathlib import Path

from application.round import RoundOrder, run_round
from infrastructure.bootstrap import open_system
from infrastructure.clock import SetClock
from tests.given import at
from tests.round_world import POLICY


def peak_megabytes() -> float:
    """The most memory of this process; ``getrusage`` on Linux also counts what its parent had before it began."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return float(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024**2 if sys.platform == "darwin" else peak / 1024


if __name__ == "__main__":
    with open_system(sys.argv[1], clock=SetClock(at("2024-09-16T09:00"))) as system:
        done = run_round(system.contracting, RoundOrder(POLICY, "officer"))
    print(peak_megabytes(), sum(counts.candidates for counts in done.counts.values()))

"""Holds the round of 16 September 2024 in a process that may be killed; tells of each page that is decided."""

import os
import sys

import application.round
from application.round import RoundOrder, run_round
from infrastructure.bootstrap import open_system
from infrastructure.clock import SetClock
from tests.given import at
from tests.round_world import POLICY

PAGE = 2


def tell(done: int, total: int) -> None:
    """Written at once: what was told was acknowledged."""
    os.write(1, f"{done} of {total}\n".encode())


def hold(database_url: str) -> None:
    application.round.PRACTICES_AT_ONCE = PAGE
    with open_system(database_url, clock=SetClock(at("2024-09-16T09:00"))) as system:
        tell(0, 0)
        run_round(system.contracting, RoundOrder(POLICY, "officer"), progress=tell)


if __name__ == "__main__":
    hold(sys.argv[1])

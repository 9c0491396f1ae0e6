"""Every refusal that a test of the decider meets, word for word: the user reads it, so it is approved here once."""

import csv
import re
from functools import cache
from pathlib import Path

from domain.refusal import Refused

APPROVED = Path(__file__).parent / "refusals.csv"


def assert_worded(refused: Refused) -> None:
    """Code, clause and message stand together in the list, a fingerprint as ``<sha256>``; else, say what to add."""
    worded = (refused.code, refused.clause, re.sub(r"[0-9a-f]{64}", "<sha256>", refused.message))
    line = f'{worded[0]},{worded[1]},"{worded[2]}"'
    assert worded in _approved(), f"not worded so in tests/{APPROVED.name}; where it is right, add the line\n{line}"


@cache
def _approved() -> frozenset[tuple[str, ...]]:
    with APPROVED.open(encoding="utf-8", newline="") as lines:
        return frozenset(tuple(row) for row in csv.reader(lines))

"""Every refusal that a test of the decider meets, word for word: the user reads it, so it is approved here once."""

import csv
import io
import re
from functools import cache
from pathlib import Path

from domain.refusal import Refused

APPROVED = Path(__file__).parent / "refusals.csv"


def assert_worded(refused: Refused) -> None:
    """It stands in the list: code, clause, message, what was found and asked, a fingerprint as ``<sha256>``."""
    told = (refused.code, refused.clause, refused.message, refused.found, refused.asked)
    worded = tuple(re.sub(r"\b[0-9a-f]{64}\b", "<sha256>", each) for each in told)
    if worded not in _approved():
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(worded)
        raise AssertionError(f"not so in tests/{APPROVED.name}; where it is right, add the line\n{line.getvalue()}")


@cache
def _approved() -> frozenset[tuple[str, ...]]:
    with APPROVED.open(encoding="utf-8", newline="") as lines:
        return frozenset(tuple(row) for row in csv.reader(lines))

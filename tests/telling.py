"""What a decision brings, told whole: each fact with all its values, and the explanation beside it as a tree.

A page stands under tests/told/; one that is new is written by the first run, which fails so that somebody reads it.
A page that is wrong now is deleted and written anew, and the change is read in the diff.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from domain.contract.situation import Decided
from domain.explanation import Explanation
from domain.refusal import Refused

PAGES = Path(__file__).parent / "told"


def assert_told(page: str, decided: list[Decided] | Refused) -> None:
    """The decision reads as the page has it; a fingerprint reads ``<sha256>``."""
    told = re.sub(r"\b[0-9a-f]{64}\b", "<sha256>", "\n".join(_lines(decided)) + "\n")
    path = PAGES / f"{page}.txt"
    if not path.exists():
        path.write_text(told, encoding="utf-8")
        raise AssertionError(f"{path.name} is new and was written: read it, and keep it if it is right")
    assert told == path.read_text(encoding="utf-8")


def _lines(decided: list[Decided] | Refused) -> Iterator[str]:
    if isinstance(decided, Refused):
        yield f"refused {decided.code} [{decided.clause}]: {decided.message}"
        if decided.explanation is not None:
            yield from _tree(decided.explanation, 1)
        return
    for each in decided:
        values = each.fact.model_dump_json(exclude_defaults=True)
        yield f"{each.fact.stored_name} {values}" + (f" on {each.occurred_at}" if each.occurred_at else "")
        if each.explanation is not None:
            yield from _tree(each.explanation, 1)


def _tree(explanation: Explanation, depth: int) -> Iterator[str]:
    asked = f" (asked: {explanation.threshold})" if explanation.threshold else ""
    clause = f" [{explanation.clause}]" if explanation.clause else ""
    yield "  " * depth + f"{explanation.outcome} {explanation.rule}{clause}: {explanation.value}{asked}"
    for each in explanation.because:
        yield from _tree(each, depth + 1)

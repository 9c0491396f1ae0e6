"""The register's rows of many practices, read a block of claims at a time and asked again in memory."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from application.register.reads import InForce, Meant, OfCode, Stood
from domain.contract.standing import Status
from infrastructure.persistence.database import LogDatabase
from infrastructure.read_models.register.reads import LEGAL, legal_row
from infrastructure.read_models.register.wanted import rows_of_each

_KEPT = 100_000
"""Codes and care types; each takes about a kilobyte."""
_LEGAL = (
    f"SELECT agb, care_type, known_from, known_to, day_from, day_to, {LEGAL} FROM $WANTED "
    "JOIN legal_position ON purchaser = ? AND agb = wanted_agb AND care_type = wanted_care_type WHERE in_force = 1"
)
_STOOD = (
    "SELECT agb, care_type, known_from, known_to, period, at_from, status FROM $WANTED "
    "JOIN procedure ON purchaser = ? AND agb = wanted_agb AND care_type = wanted_care_type "
    "ORDER BY agb, care_type, period, at_from DESC"
)
_MEANT = (
    "SELECT code, agb, known_from, known_to, day_from, day_to FROM $WANTED "
    "JOIN practice_code ON code = wanted_agb ORDER BY code, agb, day_from"
)
_NAMES = ("wanted_agb", "wanted_care_type")
Key = tuple[str, str]
"""AGB code and care type."""
Known = tuple[int, int]
"""From which log position on, and before which one."""


class _Practice(NamedTuple):
    """What is in force, and where procedures stood, each with the positions between which it is known."""

    in_force: list[tuple[Known, InForce]]
    stood: list[tuple[Known, Stood]]


class RememberedTables:
    """See ``RememberedReads``; for one purchaser.

    Only what was known up to the position at which the file is checked may be asked. Of the practices that were read
    last, ``_KEPT`` at most stay in memory.
    """

    def __init__(self, database: LogDatabase, purchaser: str) -> None:
        self._database = database
        self._purchaser = purchaser
        self._practices: dict[Key, _Practice] = {}
        self._meant: dict[str, list[tuple[Known, Meant]]] = {}

    def load(self, wanted: Collection[Key]) -> None:
        """See ``RememberedReads.load``; in a few round trips."""
        if len(self._practices) > _KEPT:
            self._practices.clear()
            self._meant.clear()
        self._load_meant(sorted({code for code, _ in wanted if code not in self._meant}))
        named = {(meant.agb, care_type) for code, care_type in wanted for _, meant in self._meant[code]}
        missing = sorted(key for key in named.union(wanted) if key not in self._practices)
        purchaser = (self._purchaser,)
        for key in missing:
            self._practices[key] = _Practice([], [])
        for agb, care_type, known_from, known_to, day_from, day_to, *legal in rows_of_each(
            self._database, _LEGAL, missing, _NAMES, purchaser
        ):
            row = InForce(day_from, day_to, legal_row(legal))
            self._practices[agb, care_type].in_force.append(((known_from, known_to), row))
        for agb, care_type, known_from, known_to, period, at_from, status in rows_of_each(
            self._database, _STOOD, missing, _NAMES, purchaser
        ):
            step = Stood(agb, period, at_from, Status(status))
            self._practices[agb, care_type].stood.append(((known_from, known_to), step))

    def of_code(self, code: str, care_type: str, position: int) -> OfCode:
        """See ``RememberedReads.of_code``."""
        if not self._holds(code, care_type):
            self.load([(code, care_type)])
        meant = _known(self._meant[code], position)
        named = sorted({code, *(each.agb for each in meant)}) if meant else [code]
        practices = [self._practices[agb, care_type] for agb in named]
        return OfCode(
            meant,
            [row for practice in practices for row in _known(practice.in_force, position)],
            [step for practice in practices for step in _known(practice.stood, position)],
        )

    def _holds(self, code: str, care_type: str) -> bool:
        if code not in self._meant or (code, care_type) not in self._practices:
            return False
        return all((meant.agb, care_type) in self._practices for _, meant in self._meant[code])

    def _load_meant(self, codes: Sequence[str]) -> None:
        for code in codes:
            self._meant[code] = []
        rows = rows_of_each(self._database, _MEANT, [(code,) for code in codes], _NAMES[:1])
        for code, agb, known_from, known_to, day_from, day_to in rows:
            self._meant[code].append(((known_from, known_to), Meant(agb, day_from, day_to)))


def _known(rows: Sequence[tuple[Known, Any]], position: int) -> list[Any]:
    return [row for (known_from, known_to), row in rows if known_from <= position < known_to]

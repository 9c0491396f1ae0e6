"""The register's rows of one practice and care type, all of them read at once and asked again in memory."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from application.register.reads import LegalRow, ProcedureRow, RegisterFilter, RegisterKey, RegisterLine, RegisterMoment
from infrastructure.persistence.database import LogDatabase
from infrastructure.read_models.register.reads import LEGAL, PROCEDURE, RegisterTables, legal_row, procedure_row

_KEPT = 200_000
_ALL_LEGAL = (
    f"SELECT {LEGAL}, day_from, day_to, known_from, known_to FROM legal_position "
    "WHERE purchaser = ? AND agb = ? AND care_type = ? AND in_force = 1"
)
_ALL_STEPS = (
    f"SELECT {PROCEDURE}, at_from, known_from, known_to FROM procedure "
    "WHERE purchaser = ? AND agb = ? AND care_type = ? ORDER BY period, at_from DESC"
)
_ALL_CODES = "SELECT agb, day_from, day_to, known_from, known_to FROM practice_code WHERE code = ? ORDER BY agb"
_LEGAL_OF_MANY = (
    f"SELECT {', '.join(f'legal.{name}' for name in LEGAL.split(', '))}, day_from, day_to, known_from, known_to "
    "FROM unnest(%b::text[], %b::text[]) AS wanted (agb, care_type) JOIN legal_position AS legal "
    "ON legal.purchaser = %s AND legal.agb = wanted.agb AND legal.care_type = wanted.care_type AND in_force = 1"
)
Key = tuple[str, str]
"""AGB code and care type."""


class _Legal(NamedTuple):
    row: LegalRow
    day_from: str
    day_to: str
    known_from: int
    known_to: int


class RememberedTables:
    """See ``RegisterReads``; for one purchaser, and for files of claims, in which the same practices come again.

    Only what was known up to the position at which the file is checked may be asked.
    """

    def __init__(self, database: LogDatabase, purchaser: str) -> None:
        self._tables = RegisterTables(database)
        self._database = database
        self._purchaser = purchaser
        self._legal: dict[Key, list[_Legal]] = {}
        self._steps: dict[Key, list[tuple[Any, ...]]] = {}
        self._codes: dict[str, list[tuple[Any, ...]]] = {}

    def load(self, keys: Collection[Key]) -> None:
        """Read what is not in memory; on a server in one round trip."""
        if len(self._legal) > _KEPT:
            self._legal.clear()
            self._steps.clear()
            self._codes.clear()
        missing = [key for key in keys if key not in self._legal]
        if self._database.engine.dialect.name == "postgresql" and len(missing) > 1:
            for key in missing:
                self._legal[key] = []
            agbs, care_types = zip(*missing, strict=True)
            for row in self._database.fetch(_LEGAL_OF_MANY, (list(agbs), list(care_types), self._purchaser)):
                self._legal[row[1], row[2]].append(_Legal(legal_row(row[:-4]), *row[-4:]))
            return
        for key in missing:
            self._legal[key] = self._legal_of(key)

    def in_force(
        self, purchaser: str, agb: str, care_type: str, effective_on: date, position: int
    ) -> Sequence[LegalRow]:
        """See ``RegisterReads.in_force``."""
        key, day = (agb, care_type), effective_on.isoformat()
        found = self._legal.get(key)
        if found is None:
            found = self._legal[key] = self._legal_of(key)
        return [
            each.row
            for each in found
            if each.day_from <= day < each.day_to and each.known_from <= position < each.known_to
        ]

    def practices(self, code: str, effective_on: date, position: int) -> Sequence[str]:
        """See ``RegisterReads.practices``."""
        found = self._codes.get(code)
        if found is None:
            found = self._codes[code] = self._database.fetch(_ALL_CODES, (code,))
        day = effective_on.isoformat()
        return [row[0] for row in found if row[1] <= day < row[2] and row[3] <= position < row[4]]

    def procedures(
        self, purchaser: str, agb: str, care_type: str, judged_at: int, position: int
    ) -> Sequence[ProcedureRow]:
        """See ``RegisterReads.procedures``."""
        key = (agb, care_type)
        rows = self._steps.get(key)
        if rows is None:
            rows = self._steps[key] = self._database.fetch(_ALL_STEPS, (self._purchaser, agb, care_type))
        found: dict[str, ProcedureRow] = {}
        for row in rows:
            if row[-3] <= judged_at and row[-2] <= position < row[-1] and row[3] not in found:
                found[row[3]] = procedure_row(row[:-3])
        return list(found.values())

    def lines(
        self, asked: RegisterFilter, moment: RegisterMoment, *, after: RegisterKey | None, limit: int
    ) -> Sequence[RegisterLine]:
        """See ``RegisterReads.lines``; not remembered."""
        return self._tables.lines(asked, moment, after=after, limit=limit)

    def _legal_of(self, key: Key) -> list[_Legal]:
        rows = self._database.fetch(_ALL_LEGAL, (self._purchaser, *key))
        return [_Legal(legal_row(row[:-4]), *row[-4:]) for row in rows]

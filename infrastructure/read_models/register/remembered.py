"""The register's rows of one practice and care type, all of them read at once and asked again in memory."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

from application.register.reads import (
    InForce,
    LegalRow,
    ProcedureRow,
    RegisterFilter,
    RegisterKey,
    RegisterLine,
    RegisterMoment,
)
from domain.calendar import from_microseconds, local_day
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
_STEPS_OF_MANY = (
    f"SELECT {', '.join(f'step.{name}' for name in PROCEDURE.split(', '))}, at_from, known_from, known_to "
    "FROM unnest(%b::text[], %b::text[]) AS wanted (agb, care_type) JOIN procedure AS step "
    "ON step.purchaser = %s AND step.agb = wanted.agb AND step.care_type = wanted.care_type "
    "ORDER BY period, at_from DESC"
)
_CODES_OF_MANY = (
    "SELECT code, agb, day_from, day_to, known_from, known_to FROM practice_code "
    "WHERE code = ANY(%b::text[]) ORDER BY agb"
)
Key = tuple[str, str]
"""AGB code and care type."""


class _Legal(NamedTuple):
    row: LegalRow
    day_from: str
    day_to: str
    known_from: int
    known_to: int


class _Code(NamedTuple):
    agb: str
    day_from: str
    day_to: str
    known_from: int
    known_to: int


class _Step(NamedTuple):
    row: ProcedureRow
    at_from: int
    known_from: int
    known_to: int


class RememberedTables:
    """See ``RememberedReads``; for one purchaser, and for files of claims, in which the same practices come again.

    Only what was known up to the position at which the file is checked may be asked.
    """

    def __init__(self, database: LogDatabase, purchaser: str) -> None:
        self._tables = RegisterTables(database)
        self._database = database
        self._purchaser = purchaser
        self._legal: dict[Key, list[_Legal]] = {}
        self._steps: dict[Key, list[_Step]] = {}
        self._codes: dict[str, list[_Code]] = {}

    def load(self, keys: Collection[Key]) -> None:
        """Read what is not in memory, on a server in a few round trips."""
        if len(self._legal) > _KEPT:
            self._legal.clear()
            self._steps.clear()
            self._codes.clear()
        missing = [key for key in keys if key not in self._legal]
        if self._database.engine.dialect.name != "postgresql" or len(missing) < 2:
            return
        agbs, care_types = (list(each) for each in zip(*missing, strict=True))
        for key in missing:
            self._legal[key], self._steps[key] = [], []
            self._codes[key[0]] = []
        for row in self._database.fetch(_LEGAL_OF_MANY, (agbs, care_types, self._purchaser)):
            self._legal[row[1], row[2]].append(_Legal(legal_row(row[:-4]), *row[-4:]))
        for row in self._database.fetch(_STEPS_OF_MANY, (agbs, care_types, self._purchaser)):
            self._steps[row[1], row[2]].append(_Step(procedure_row(row[:-3]), *row[-3:]))
        for row in self._database.fetch(_CODES_OF_MANY, (sorted(set(agbs)),)):
            self._codes[row[0]].append(_Code(*row[1:]))

    def spans(self, agb: str, care_type: str, position: int) -> Sequence[InForce]:
        """See ``RememberedReads.spans``."""
        return [
            InForce(each.day_from, each.day_to, each.row)
            for each in self._legal_of((agb, care_type))
            if each.known_from <= position < each.known_to
        ]

    def turning_days(self, code: str, care_type: str, position: int) -> Sequence[str]:
        """See ``RememberedReads.turning_days``."""
        days: set[str] = set()
        codes = [each for each in self._codes_of(code) if each.known_from <= position < each.known_to]
        for meant in codes:
            days |= {meant.day_from, meant.day_to}
        for agb in {code, *(meant.agb for meant in codes)}:
            for span in self.spans(agb, care_type, position):
                days |= {span.day_from, span.day_to}
            for step in self._steps_of((agb, care_type)):
                if step.known_from <= position < step.known_to:
                    days.add(local_day(from_microseconds(step.at_from)).isoformat())
        return list(days)

    def in_force(
        self, purchaser: str, agb: str, care_type: str, effective_on: date, position: int
    ) -> Sequence[LegalRow]:
        """See ``RegisterReads.in_force``."""
        day = effective_on.isoformat()
        return [each.row for each in self.spans(agb, care_type, position) if each.day_from <= day < each.day_to]

    def practices(self, code: str, effective_on: date, position: int) -> Sequence[str]:
        """See ``RegisterReads.practices``."""
        day = effective_on.isoformat()
        return [
            each.agb
            for each in self._codes_of(code)
            if each.day_from <= day < each.day_to and each.known_from <= position < each.known_to
        ]

    def procedures(
        self, purchaser: str, agb: str, care_type: str, judged_at: int, position: int
    ) -> Sequence[ProcedureRow]:
        """See ``RegisterReads.procedures``."""
        found: dict[str, ProcedureRow] = {}
        for step in self._steps_of((agb, care_type)):
            if step.at_from <= judged_at and step.known_from <= position < step.known_to:
                found.setdefault(step.row.period, step.row)
        return list(found.values())

    def lines(
        self, asked: RegisterFilter, moment: RegisterMoment, *, after: RegisterKey | None, limit: int
    ) -> Sequence[RegisterLine]:
        """See ``RegisterReads.lines``; not remembered."""
        return self._tables.lines(asked, moment, after=after, limit=limit)

    def _legal_of(self, key: Key) -> list[_Legal]:
        found = self._legal.get(key)
        if found is None:
            rows = self._database.fetch(_ALL_LEGAL, (self._purchaser, *key))
            found = self._legal[key] = [_Legal(legal_row(row[:-4]), *row[-4:]) for row in rows]
        return found

    def _steps_of(self, key: Key) -> list[_Step]:
        found = self._steps.get(key)
        if found is None:
            rows = self._database.fetch(_ALL_STEPS, (self._purchaser, *key))
            found = self._steps[key] = [_Step(procedure_row(row[:-3]), *row[-3:]) for row in rows]
        return found

    def _codes_of(self, code: str) -> list[_Code]:
        found = self._codes.get(code)
        if found is None:
            found = self._codes[code] = [_Code(*row) for row in self._database.fetch(_ALL_CODES, (code,))]
        return found

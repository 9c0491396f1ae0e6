"""What the register's tables answer, statement by statement; driver-level, the same text for both databases.

Rows that were known at a position stay as they are: what is recorded later only ends them later. So several statements
about one position see the same register, whoever writes meanwhile.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from heapq import merge
from itertools import islice
from typing import Any

from application.register.reads import (
    InForce,
    LegalRow,
    Meant,
    OfCode,
    ProcedureRow,
    RegisterFilter,
    RegisterKey,
    RegisterLine,
    RegisterMoment,
    Stood,
)
from domain.calendar import from_microseconds
from domain.contract.facts import Reason
from domain.contract.standing import Status
from infrastructure.persistence.database import LogDatabase
from infrastructure.read_models.register.wanted import rows_of_each

_KNOWN = "known_from <= ? AND known_to > ?"
# of one contract or practice, whose rows are few: "+ 0" keeps PostgreSQL from skipping through an index on
# status or tier, which took a thousand descents for a page
_KNOWN_OF_ONE = "known_from + 0 <= ? AND known_to + 0 > ?"
LEGAL = "agb, period, in_force, attempt, term_start, term_end, tier, tier_from, selective, listed, listed_from"
PROCEDURE = "agb, period, status, attempt, entitled_tier, offered_tier, due_on, reasons"
_KEY = "agb, care_type, period"
_WANTED = ("wanted_agb", "wanted_care_type", "wanted_period")
_IS_WANTED = "purchaser = ? AND agb = wanted_agb AND care_type = wanted_care_type AND period = wanted_period"
_LEGAL_ON = (
    f"SELECT care_type, {LEGAL} FROM $WANTED JOIN legal_position ON {_IS_WANTED} "
    f"WHERE day_from <= ? AND day_to > ? AND {_KNOWN_OF_ONE}"
)
_STEPS_UNTIL = (
    f"SELECT care_type, {PROCEDURE} FROM $WANTED JOIN procedure ON {_IS_WANTED} "
    f"WHERE at_from <= ? AND {_KNOWN_OF_ONE} ORDER BY agb, care_type, period, at_from DESC"
)
_HELD = (
    f"SELECT {LEGAL}, day_from, day_to FROM legal_position WHERE purchaser = ? AND agb = ? AND care_type = ? "
    f"AND day_from <= ? AND day_to > ? AND {_KNOWN_OF_ONE} AND in_force = 1"
)
# 0 what a practice has in force on a day, or else 1 where its procedures stood and 2 which practices its code means
_OTHERWISE = f"""
    SELECT 1, agb, period, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, at_from, NULL, NULL, status
    FROM procedure WHERE $IF purchaser = ? AND agb = ? AND care_type = ? AND {_KNOWN_OF_ONE}
    UNION ALL
    SELECT 2, agb, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, 0, NULL, day_from, day_to, NULL
    FROM practice_code WHERE $IF code = ? AND {_KNOWN_OF_ONE}
"""
_NOT_HELD = _OTHERWISE.replace("$IF ", "")
_ON_DAY = f"""
    WITH held AS MATERIALIZED ({_HELD})
    SELECT 0, {LEGAL}, day_from, day_to, NULL FROM held
    UNION ALL {_OTHERWISE.replace("$IF", "NOT EXISTS (SELECT 1 FROM held) AND")}
"""
_IN_STATUS = (
    f"SELECT {_KEY} FROM procedure AS p WHERE purchaser = ? AND status = ? AND ({_KEY}) > (?, ?, ?) "
    f"AND at_from <= ? AND {_KNOWN} AND NOT EXISTS (SELECT 1 FROM procedure AS later "
    "WHERE later.purchaser = p.purchaser AND later.agb = p.agb AND later.care_type = p.care_type "
    "AND later.period = p.period AND later.at_from > p.at_from AND later.at_from <= ? "
    "AND later.known_from + 0 <= ? AND later.known_to + 0 > ?) AND $CARE_TYPE ORDER BY agb, care_type, period LIMIT ?"
)
_LISTED = (
    f"SELECT {_KEY} FROM legal_position WHERE purchaser = ? AND ({_KEY}) > (?, ?, ?) "
    f"AND day_from <= ? AND day_to > ? AND {_KNOWN} AND listed = 1 AND $CARE_TYPE "
    "ORDER BY agb, care_type, period LIMIT ?"
)
_CONTRACTS = (
    f"SELECT DISTINCT {_KEY} FROM procedure WHERE purchaser = ? AND ({_KEY}) > (?, ?, ?) AND {_KNOWN} "
    "AND $CARE_TYPE ORDER BY agb, care_type, period LIMIT ?"
)
# the few spans of days that a tier's rows have, each found by the one before it; '~' comes after every code, without
# which SQLite would go over all rows of a span to find its end
_SPANS = """
    WITH RECURSIVE span (found) AS (
        SELECT (SELECT care_type || ' ' || day_from || ' ' || day_to FROM legal_position
                WHERE purchaser = ? AND tier = ? AND care_type >= ? ORDER BY care_type, day_from, day_to LIMIT 1)
        UNION ALL
        SELECT (SELECT care_type || ' ' || day_from || ' ' || day_to FROM legal_position
                WHERE purchaser = ? AND tier = ? AND (care_type, day_from, day_to, agb)
                      > (substr(found, 1, length(found) - 22), substr(found, length(found) - 20, 10),
                         substr(found, length(found) - 9, 10), '~')
                ORDER BY care_type, day_from, day_to LIMIT 1)
        FROM span WHERE found IS NOT NULL
    )
    SELECT found FROM span WHERE found IS NOT NULL
"""
_IN_SPAN = (
    f"SELECT {_KEY} FROM legal_position WHERE purchaser = ? AND tier = ? AND care_type = ? AND day_from = ? "
    f"AND day_to = ? AND (agb, period) > (?, ?) AND {_KNOWN} ORDER BY agb, period LIMIT ?"
)
_PAGE = 500


class RegisterTables:
    """See ``RegisterReads``."""

    def __init__(self, database: LogDatabase) -> None:
        self._database = database
        self._fetch = database.fetch
        self._look_up = database.look_up
        self._trips_are_free = database.engine.dialect.name == "sqlite"

    def on_day(self, purchaser: str, code: str, care_type: str, effective_on: date, position: int) -> OfCode:
        """See ``RegisterReads.on_day``."""
        day = effective_on.isoformat()
        rows = self._of_practice(purchaser, code, care_type, day, position)
        if rows and rows[0][0] == 0:
            return OfCode((), [InForce(row[12], row[13], legal_row(row[1:12])) for row in rows], ())
        meant = sorted(Meant(row[1], row[12], row[13]) for row in rows if row[0] == 2)
        for other in sorted({each.agb for each in meant if each.day_from <= day < each.day_to} - {code}):
            rows += [row for row in self._of_practice(purchaser, other, care_type, day, position) if row[0] != 2]
        stood = [Stood(row[1], row[2], row[11], Status(row[14])) for row in rows if row[0] == 1]
        in_force = [InForce(row[12], row[13], legal_row(row[1:12])) for row in rows if row[0] == 0]
        return OfCode(meant, in_force, sorted(stood, key=stood_order))

    def _of_practice(self, purchaser: str, agb: str, care_type: str, day: str, position: int) -> list[tuple[Any, ...]]:
        key, known = (purchaser, agb, care_type), (position, position)
        held, otherwise = (*key, day, day, *known), (*key, *known, agb, *known)
        if not self._trips_are_free:
            return self._look_up(_ON_DAY, (*held, *otherwise))
        rows = self._look_up(_HELD, held)
        return [(0, *row) for row in rows] if rows else self._look_up(_NOT_HELD, otherwise)

    def lines(
        self, asked: RegisterFilter, moment: RegisterMoment, *, after: RegisterKey | None, limit: int
    ) -> Sequence[RegisterLine]:
        """See ``RegisterReads.lines``."""
        candidates = self._candidates(asked, moment, after, limit)
        found: list[RegisterLine] = []
        while len(found) < limit and (keys := list(islice(candidates, limit))):
            found += [line for line in self._lines(asked.purchaser, keys, moment) if _fits(line, asked)]
        return found[:limit]

    # ----------------------------------------------------------------------------------------- pages of contracts

    def _candidates(
        self, asked: RegisterFilter, moment: RegisterMoment, after: RegisterKey | None, limit: int
    ) -> Iterator[RegisterKey]:
        """Contracts in order of their keys, all that fit among them, by the filter that leaves the fewest."""
        if asked.tier is not None:
            yield from self._in_tier(asked, moment, after, limit)
            return
        day, position = moment.effective_on.isoformat(), moment.position
        known: tuple[Any, ...] = (position, position)
        begins: tuple[str, ...] = (asked.purchaser,)
        if asked.status is not None:
            statement = _IN_STATUS
            begins += (asked.status,)
            ends = (moment.judged_at, *known, moment.judged_at, *known)
        elif asked.listed:
            statement, ends = _LISTED, (day, day, *known)
        else:
            statement, ends = _CONTRACTS, known
        care_type = () if asked.care_type is None else (asked.care_type,)
        statement = statement.replace("$CARE_TYPE", "care_type = ?" if care_type else "1 = 1")
        size, last = min(limit, _PAGE), after or ("", "", "")
        while True:
            keys = [_key(row) for row in self._fetch(statement, (*begins, *last, *ends, *care_type, size))]
            yield from keys
            if len(keys) < size:
                return
            size, last = _PAGE, keys[-1]

    def _in_tier(
        self, asked: RegisterFilter, moment: RegisterMoment, after: RegisterKey | None, limit: int
    ) -> Iterator[RegisterKey]:
        """Contracts in force in a tier: few spans of days hold the day, and each hands out its rows in order."""
        spans = [span for span in self._spans(asked) if span[1] <= moment.effective_on.isoformat() < span[2]]
        return merge(*(self._in_span(asked, span, moment, after, limit) for span in spans))

    def _spans(self, asked: RegisterFilter) -> Iterator[tuple[str, str, str]]:
        purchaser, tier, wanted = asked.purchaser, asked.tier, asked.care_type
        for row in self._fetch(_SPANS, (purchaser, tier, wanted or "", purchaser, tier)):
            care_type, day_from, day_to = row[0].split(" ")
            if wanted is not None and care_type != wanted:
                return
            yield care_type, day_from, day_to

    def _in_span(
        self,
        asked: RegisterFilter,
        span: tuple[str, str, str],
        moment: RegisterMoment,
        after: RegisterKey | None,
        limit: int,
    ) -> Iterator[RegisterKey]:
        last = _within(span[0], after)
        while True:
            rows = self._fetch(
                _IN_SPAN, (asked.purchaser, asked.tier, *span, *last, moment.position, moment.position, limit)
            )
            yield from map(_key, rows)
            if len(rows) < limit:
                return
            last = (rows[-1][0], rows[-1][2])

    def _lines(self, purchaser: str, keys: Sequence[RegisterKey], moment: RegisterMoment) -> Iterator[RegisterLine]:
        day, known = moment.effective_on.isoformat(), (moment.position, moment.position)
        steps: dict[RegisterKey, Sequence[Any]] = {}
        for care_type, *row in rows_of_each(
            self._database, _STEPS_UNTIL, keys, _WANTED, (purchaser, moment.judged_at, *known)
        ):
            steps.setdefault((row[0], care_type, row[1]), row)
        legal: dict[RegisterKey, Sequence[Any]] = {
            (row[0], care_type, row[1]): row
            for care_type, *row in rows_of_each(self._database, _LEGAL_ON, keys, _WANTED, (purchaser, day, day, *known))
        }
        for key in keys:
            step, held = steps.get(key), legal.get(key)
            if step is not None or held is not None:
                yield RegisterLine(
                    (purchaser, *key),
                    None if step is None else procedure_row(step),
                    None if held is None else legal_row(held),
                )


def stood_order(each: Stood) -> tuple[str, str, int]:
    """The latest state of a contract comes first."""
    return each.agb, each.period, -each.at_from


def _within(care_type: str, after: RegisterKey | None) -> tuple[str, str]:
    """After which AGB code and period the rows of a care type follow a contract."""
    if after is None:
        return ("", "")
    agb, last_care_type, period = after
    if care_type == last_care_type:
        return (agb, period)
    # of the same practice, a later care type comes with all its periods, an earlier one has had its turn
    return (agb, "") if care_type > last_care_type else (agb, "\U0010ffff")


def _fits(line: RegisterLine, asked: RegisterFilter) -> bool:
    if asked.listed is not None and asked.listed != (line.legal is not None and line.legal.listed):
        return False
    if asked.status is not None and (line.procedure is None or line.procedure.status.value != asked.status):
        return False
    return asked.tier is None or (line.legal is not None and line.legal.tier == asked.tier)


def _key(row: Sequence[Any]) -> RegisterKey:
    return row[0], row[1], row[2]


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def legal_row(row: Sequence[Any]) -> LegalRow:
    """A row of the columns ``LEGAL``."""
    agb, period, in_force, attempt, start, end, tier, tier_from, selective, listed, listed_from = row
    return LegalRow(
        agb,
        period,
        bool(in_force),
        attempt,
        _day(start),
        _day(end),
        tier,
        _day(tier_from),
        tuple(selective.split(" ")) if selective else (),
        bool(listed),
        None if listed_from is None else from_microseconds(listed_from),
    )


def procedure_row(row: Sequence[Any]) -> ProcedureRow:
    """A row of the columns ``PROCEDURE``."""
    agb, period, status, attempt, entitled_tier, offered_tier, due_on, reasons = row
    told = () if reasons is None else tuple(Reason.model_validate(each) for each in json.loads(reasons))
    return ProcedureRow(agb, period, Status(status), attempt, entitled_tier, offered_tier, _day(due_on), told)

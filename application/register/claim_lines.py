"""Files of claims: each line is answered beside what stands in it, and what can not be read is told."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from application.policy_library import PolicyLibrary
from application.ports import EventLog, EventLogError, Horizon
from application.register.claims import CareGiven, Claim, Claims, contract_of, contracted
from application.register.reads import RememberedReads
from domain.agb import AgbCode
from domain.calendar import from_microseconds, instant_text, last_instant, to_microseconds
from domain.care_type import CareType

ASKED = ("agb", "care_type", "treated_on")
KNOWN_AT = "known_at"
ANSWERED = (
    "claims",
    "contract_id",
    "tier",
    "tier_from",
    "term_start",
    "term_end",
    "selective",
    "reason",
    "answered_known_at",
    "answered_position",
)
"""The columns that an answer adds."""
_KEPT = 200_000


class Mistake(NamedTuple):
    """A line that can not be answered: what is wrong in which column."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        return ": ".join(filter(None, (f"line {self.line}", self.column, self.message)))


class LineError(Exception):
    """A cell of a line can not be used."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


class _Asked(NamedTuple):
    """All that is known of one code and care type: what is in force when, and the answers for the days between."""

    care: CareGiven
    horizon: Horizon
    in_force: Sequence[tuple[str, str, tuple[str, ...]]]
    turning: list[str]
    answers: dict[int, tuple[str, ...]]


class ClaimLines:
    """Answers lines of one purchaser's claims; an answer holds for all days until one on which it may change.

    ``horizon`` is what a line knows that names no ``known_at`` of its own.
    """

    def __init__(
        self,
        reads: RememberedReads,
        policies: PolicyLibrary,
        log: EventLog,
        purchaser: str,
        horizon: Horizon,
        *,
        parse_instant: Callable[[str], datetime],
        parse_day: Callable[[str], date],
    ) -> None:
        self._reads = reads
        self._claims = Claims(reads, policies)
        self._log = log
        self._purchaser = purchaser
        self._horizon = horizon
        self._parse_instant = parse_instant
        self._parse_day = parse_day
        self._asked: dict[tuple[str, str, str], _Asked] = {}
        self._days: dict[str, date] = {}
        self._horizons: dict[str, Horizon] = {"": horizon}
        self._of_policies: dict[tuple[CareType, Horizon], set[str]] = {}

    def answer(self, agb: str, care_type: str, treated_on: str, known_at: str = "") -> tuple[str, ...]:
        """The cells of ``ANSWERED`` for the cells of ``ASKED`` and ``known_at``. Raises ``LineError``."""
        asked = self._asked.get((agb, care_type, known_at))
        if asked is None:
            asked = self._about(agb, care_type, known_at)
        if treated_on not in self._days:
            self._days[treated_on] = self._day(treated_on)
        for day_from, day_to, cells in asked.in_force:
            if day_from <= treated_on < day_to:
                return cells
        # the answer is the same on all days between two on which it may turn
        between = bisect_right(asked.turning, treated_on)
        found = asked.answers.get(between)
        if found is None:
            care = asked.care._replace(effective_on=self._days[treated_on])
            found = asked.answers[between] = _cells(care, asked.horizon, self._claims.judge(care, asked.horizon))
        return found

    def _about(self, agb: str, care_type: str, known_at: str) -> _Asked:
        try:
            code = AgbCode(agb)
        except ValueError as error:
            raise LineError("agb", str(error)) from None
        try:
            kind = CareType(care_type)
        except ValueError:
            raise LineError("care_type", f'found "{care_type}", expected one of {", ".join(CareType)}') from None
        horizon = self._horizons.get(known_at) or self._known(known_at)
        care = CareGiven(self._purchaser, code, kind, date.min)
        in_force = [
            (each.day_from, each.day_to, _cells(care, horizon, contracted(each.row)))
            for each in self._reads.spans(code, care_type, horizon.position)
        ]
        turning = self._turning_of_policies(kind, horizon) | set(
            self._reads.turning_days(code, care_type, horizon.position)
        )
        if len(self._asked) >= _KEPT:
            self._asked.clear()
        asked = self._asked[agb, care_type, known_at] = _Asked(care, horizon, in_force, sorted(turning), {})
        return asked

    def _turning_of_policies(self, care_type: CareType, horizon: Horizon) -> set[str]:
        found = self._of_policies.get((care_type, horizon))
        if found is None:
            if len(self._of_policies) >= _KEPT:
                self._of_policies.clear()
            days = self._claims.turning_days(self._purchaser, care_type, horizon)
            found = self._of_policies[care_type, horizon] = {day.isoformat() for day in days}
        return found

    def _day(self, text: str) -> date:
        try:
            return self._parse_day(text)
        except ValueError as error:
            raise LineError("treated_on", str(error)) from None

    def _known(self, text: str) -> Horizon:
        try:
            known_at = (
                last_instant(self._parse_day(text)) if len(text) == len("2025-03-15") else self._parse_instant(text)
            )
            if to_microseconds(known_at) > self._horizon.known_at:
                raise LineError(
                    KNOWN_AT, f'found "{text}", which is later than {_told(self._horizon)}, when this began'
                )
            horizon = self._log.horizon(known_at=to_microseconds(known_at))
        except (ValueError, EventLogError) as error:
            raise LineError(KNOWN_AT, str(error)) from None
        if len(self._horizons) >= _KEPT:
            self._horizons = {"": self._horizon}
        self._horizons[text] = horizon
        return horizon


@lru_cache(maxsize=1024)
def _told(horizon: Horizon) -> str:
    return instant_text(from_microseconds(horizon.known_at))


def _cells(care: CareGiven, horizon: Horizon, claim: Claim | None) -> tuple[str, ...]:
    known = (_told(horizon), str(horizon.position))
    if claim is None:
        return ("not_known_yet", "", "", "", "", "", "", "", *known)
    legal = claim.legal
    told = ("", "", "", "", "")
    if legal is not None:
        told = (
            legal.tier or "",
            _day(legal.tier_from),
            _day(legal.term_start),
            _day(legal.term_end),
            " ".join(legal.selective),
        )
    standing = "" if claim.standing is None else claim.standing.value
    return (standing, contract_of(care, claim) or "", *told, claim.reason or "", *known)


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()

"""Files of claims: each line is answered beside what stands in it, and what can not be read is told."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

from application.policy_library import PolicyLibrary
from application.ports import EventLog, EventLogError, Horizon
from application.register.claims import CareGiven, Claim, Judge, contract_of, contracted
from application.register.reads import OfCode, RememberedReads
from domain.agb import AgbCode
from domain.calendar import from_microseconds, instant_text, last_instant, local_day, to_microseconds
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
ANSWERED_WRONG = "error"
_KEPT = 100_000
"""Codes and care types, days or instants that stay in memory."""
Key = tuple[str, ...]
"""The cells ``agb``, ``care_type`` and, where there is one, ``known_at``, as they are written."""


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


@dataclass(slots=True)
class _Asked:
    """All that is known of one code and care type: what is in force when, and the answers for the days between."""

    care: CareGiven
    horizon: Horizon
    known: OfCode
    in_force: Sequence[tuple[str, str, str]]
    answers: dict[int, str]
    turning: Sequence[str] | None = None


class ClaimLines:
    """Answers lines of one purchaser's claims; an answer holds for all days until one on which it may change.

    ``horizon`` is what a line knows that names no ``known_at`` of its own, ``delimiter`` what stands before each cell
    of an answer.
    """

    def __init__(
        self,
        reads: RememberedReads,
        policies: PolicyLibrary,
        log: EventLog,
        purchaser: str,
        horizon: Horizon,
        *,
        delimiter: str,
        parse_instant: Callable[[str], datetime],
        parse_day: Callable[[str], date],
    ) -> None:
        self._reads = reads
        self._judge = Judge(policies)
        self._log = log
        self._purchaser = purchaser
        self._horizon = horizon
        self._delimiter = delimiter
        self._parse_instant = parse_instant
        self._parse_day = parse_day
        self._asked: dict[Key, _Asked] = {}
        self._days: dict[str, str] = {}
        self._horizons: dict[str, Horizon] = {"": horizon}
        self._of_policies: dict[tuple[CareType, Horizon], set[str]] = {}

    def prepare(self, keys: Iterable[Key]) -> None:
        """Read what is known of all these at once."""
        found = set()
        for key in keys:
            if key not in self._asked:
                with suppress(LineError):
                    code, kind = _code_and_care_type(key)
                    found.add((str(code), kind.value))
        if found:
            self._reads.load(found)

    def answer(self, key: Key, treated_on: str) -> str:
        """The cells of ``ANSWERED`` for the cells that are asked about. Raises ``LineError``."""
        asked = self._asked.get(key) or self._about(key)
        day = self._days.get(treated_on) or self._day(treated_on)
        for day_from, day_to, told in asked.in_force:
            if day_from <= day < day_to:
                return told
        # the answer is the same on all days between two on which it may turn
        if asked.turning is None:
            asked.turning = self._turning(asked)
        between = bisect_right(asked.turning, day)
        found = asked.answers.get(between)
        if found is None:
            care = asked.care._replace(effective_on=date.fromisoformat(day))
            claim = self._judge(care, asked.horizon, asked.known)
            found = asked.answers[between] = self._told(care, asked.horizon, claim)
        return found

    def mistake(self, message: str) -> str:
        """The cells of ``ANSWERED`` for a line that can not be answered."""
        reason = message.replace("\r", " ").replace("\n", " ").replace('"', '""')
        return self._delimiter.join(("", ANSWERED_WRONG, *[""] * 6, f'"{reason}"', "", ""))

    def _about(self, key: Key) -> _Asked:
        code, kind = _code_and_care_type(key)
        known_at = key[2].strip() if len(key) > 2 else ""
        horizon = self._horizons.get(known_at) or self._known(known_at)
        known = self._reads.of_code(str(code), kind.value, horizon.position)
        care = CareGiven(self._purchaser, code, kind, date.min)
        in_force = [
            (each.day_from, each.day_to, self._told(care, horizon, contracted(each.row)))
            for each in known.in_force
            if each.row.agb == code
        ]
        if len(self._asked) >= _KEPT:
            self._asked.clear()
        asked = self._asked[key] = _Asked(care, horizon, known, in_force, {})
        return asked

    def _turning(self, asked: _Asked) -> list[str]:
        """The local days on which another answer may begin, as ISO text."""
        known = asked.known
        days = set(self._turning_of_policies(asked.care.care_type, asked.horizon))
        for meant in known.meant:
            days |= {meant.day_from, meant.day_to}
        for span in known.in_force:
            days |= {span.day_from, span.day_to}
        days |= {local_day(from_microseconds(step.at_from)).isoformat() for step in known.stood}
        return sorted(days)

    def _turning_of_policies(self, care_type: CareType, horizon: Horizon) -> set[str]:
        found = self._of_policies.get((care_type, horizon))
        if found is None:
            if len(self._of_policies) >= _KEPT:
                self._of_policies.clear()
            days = self._judge.turning_days(self._purchaser, care_type, horizon)
            found = self._of_policies[care_type, horizon] = {day.isoformat() for day in days}
        return found

    def _day(self, text: str) -> str:
        try:
            day = self._parse_day(text.strip()).isoformat()
        except ValueError as error:
            raise LineError("treated_on", str(error)) from None
        if len(self._days) >= _KEPT:
            self._days.clear()
        self._days[text] = day
        return day

    def _known(self, text: str) -> Horizon:
        try:
            known_at = (
                last_instant(self._parse_day(text)) if len(text) == len("2025-03-15") else self._parse_instant(text)
            )
            if to_microseconds(known_at) > self._horizon.known_at:
                raise LineError(
                    KNOWN_AT, f'found "{text}", which is later than {_instant(self._horizon)}, when this began'
                )
            horizon = self._log.horizon(known_at=to_microseconds(known_at))
        except (ValueError, EventLogError) as error:
            raise LineError(KNOWN_AT, str(error)) from None
        if len(self._horizons) >= _KEPT:
            self._horizons = {"": self._horizon}
        self._horizons[text] = horizon
        return horizon

    def _told(self, care: CareGiven, horizon: Horizon, claim: Claim | None) -> str:
        return self._delimiter.join(("", *_cells(care, horizon, claim)))


def _code_and_care_type(key: Key) -> tuple[AgbCode, CareType]:
    agb, care_type = key[0].strip(), key[1].strip()
    try:
        code = AgbCode(agb)
    except ValueError as error:
        raise LineError("agb", str(error)) from None
    try:
        return code, CareType(care_type)
    except ValueError:
        raise LineError("care_type", f'found "{care_type}", expected one of {", ".join(CareType)}') from None


@lru_cache(maxsize=1024)
def _instant(horizon: Horizon) -> str:
    return instant_text(from_microseconds(horizon.known_at))


def _cells(care: CareGiven, horizon: Horizon, claim: Claim | None) -> tuple[str, ...]:
    known = (_instant(horizon), str(horizon.position))
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

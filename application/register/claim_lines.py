"""Files of claims: each line is answered beside what stands in it, and what can not be read is told."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from application.ports import EventLog, EventLogError, Horizon
from application.register.claims import CareGiven, Claim, Claims
from application.register.questions import contract_of
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
_KEPT = 500_000


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


class ClaimLines:
    """Answers lines of one purchaser's claims; what was asked before is not judged again.

    ``horizon`` is what a line knows that names no ``known_at`` of its own.
    """

    def __init__(
        self,
        claims: Claims,
        log: EventLog,
        purchaser: str,
        horizon: Horizon,
        *,
        parse_instant: Callable[[str], datetime],
        parse_day: Callable[[str], date],
    ) -> None:
        self._claims = claims
        self._log = log
        self._purchaser = purchaser
        self._horizon = horizon
        self._parse_instant = parse_instant
        self._parse_day = parse_day
        self._answers: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._horizons: dict[str, Horizon] = {"": horizon}

    def answer(self, cells: Sequence[str]) -> tuple[str, ...]:
        """The cells of ``ANSWERED`` for the cells of ``ASKED`` and, after them, ``known_at``.

        Raises ``LineError``.
        """
        key = tuple(cells)
        found = self._answers.get(key)
        if found is None:
            if len(self._answers) >= _KEPT:
                self._answers.clear()
            found = self._answers[key] = self._judged(*key)
        return found

    def _judged(self, agb: str, care_type: str, treated_on: str, known_at: str = "") -> tuple[str, ...]:
        try:
            code = AgbCode(agb)
        except ValueError as error:
            raise LineError("agb", str(error)) from None
        try:
            kind = CareType(care_type)
        except ValueError:
            raise LineError("care_type", f'found "{care_type}", expected one of {", ".join(CareType)}') from None
        try:
            day = self._parse_day(treated_on)
        except ValueError as error:
            raise LineError("treated_on", str(error)) from None
        horizon = self._horizons.get(known_at) or self._known(known_at)
        care = CareGiven(self._purchaser, code, kind, day)
        return _cells(care, horizon, self._claims.judge(care, horizon))

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

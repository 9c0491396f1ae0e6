"""What the care finder shows now, for anybody: kept for a moment, because everybody asks the same."""

from datetime import datetime, timedelta
from threading import Lock
from typing import NamedTuple

from application.contracting import Contracting
from application.queries.contract_answer import Knowledge
from application.queries.listing import ListingAnswer, ListingAsked, listing
from domain.calendar import day_start, local_day, next_day
from domain.care_type import CareType

KEPT_FOR = timedelta(minutes=1)
"""For so long an answer is given again; never over midnight in Amsterdam, when contracts begin and end."""


class Shown(NamedTuple):
    """What is shown, and until when it may be shown again."""

    listing: ListingAnswer
    until: datetime


class CareFinder:
    """Answers the public; only about now, so that nothing is shown before its publication date."""

    def __init__(self, contracting: Contracting) -> None:
        self._contracting = contracting
        self._lock = Lock()
        self._kept: dict[tuple[str, CareType], Shown] = {}

    def shown(self, purchaser: str, care_type: CareType) -> Shown:
        """The whole listing of a care type; made once for all who ask meanwhile. Raises what ``listing`` raises."""
        kept = self._fresh(purchaser, care_type)
        if kept is not None:
            return kept
        with self._lock:
            kept = self._fresh(purchaser, care_type)
            if kept is not None:
                return kept
            now = self._contracting.clock.now()
            answer = listing(self._contracting, ListingAsked(purchaser, care_type, at=now))
            shown = Shown(answer, min(now + KEPT_FOR, day_start(next_day(local_day(now)))))
            if answer.knowledge is Knowledge.KNOWN:
                self._kept[purchaser, care_type] = shown
            return shown

    def _fresh(self, purchaser: str, care_type: CareType) -> Shown | None:
        kept = self._kept.get((purchaser, care_type))
        now = self._contracting.clock.now()
        return kept if kept is not None and kept.listing.at <= now < kept.until else None

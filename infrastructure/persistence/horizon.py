"""What a question may know, fixed so that the same question gives the same answer for ever."""

from application.ports import Horizon, HorizonMismatch, KnownAtInFuture, PositionUnknown
from domain.calendar import from_microseconds, instant_text
from infrastructure.persistence.database import LogDatabase

_HEAD = "SELECT position, recorded_at FROM log ORDER BY position DESC LIMIT 1"
_RECORDED_AT = "SELECT recorded_at FROM log WHERE position = ?"
# recorded_at rises with position, and positions have no gaps: twenty steps find one in a million, without an index
_LAST_UP_TO = """
    WITH RECURSIVE search (low, high) AS (
        SELECT CAST(0 AS BIGINT), coalesce(max(position), 0) FROM log
        UNION ALL
        SELECT CASE WHEN log.recorded_at <= ? THEN log.position ELSE search.low END,
               CASE WHEN log.recorded_at <= ? THEN search.high ELSE log.position - 1 END
        FROM search JOIN log ON log.position = (search.low + search.high + 1) / 2
        WHERE search.low < search.high
    )
    SELECT low FROM search WHERE low = high
"""


def find_horizon(database: LogDatabase, known_at: int | None, position: int | None) -> Horizon:
    """See ``EventLog.horizon``."""
    if known_at is None:
        if position is None:
            settled = database.settled(None)
            return Horizon(settled.now, settled.position)
        recorded_at = _recorded_at(database, position)
        return Horizon(recorded_at, _last_up_to(database, recorded_at))
    if position:
        _recorded_at(database, position)
    last = _settled_up_to(database, known_at)
    if position is not None and position != last:
        raise HorizonMismatch(
            f"position {position} is not what was known at {_text(known_at)}: the last position recorded up to then "
            f"is {last}; name either known_at or position, or the pair that an answer gave"
        )
    return Horizon(known_at, last)


def _settled_up_to(database: LogDatabase, known_at: int) -> int:
    """The last position recorded up to ``known_at``, when it is certain that none will be added."""
    head = database.fetch(_HEAD, ())
    # whoever writes now is recorded later than the head
    if head and known_at <= head[0][1]:
        return _last_up_to(database, known_at)
    settled = database.settled(known_at)
    if known_at > settled.now:
        raise KnownAtInFuture(
            f"known_at {_text(known_at)} is later than now, {_text(settled.now)}: "
            "what will be recorded is not known yet; name an instant that has passed"
        )
    return settled.position if known_at >= settled.recorded_at else _last_up_to(database, known_at)


def _last_up_to(database: LogDatabase, recorded_at: int) -> int:
    [[position]] = database.fetch(_LAST_UP_TO, (recorded_at, recorded_at))
    return int(position)


def _recorded_at(database: LogDatabase, position: int) -> int:
    found = database.fetch(_RECORDED_AT, (position,))
    if not found:
        head = database.fetch(_HEAD, ())
        raise PositionUnknown(
            f"the log has no position {position}: its positions run from 1 to {head[0][0]}"
            if head
            else f"the log has no position {position}: nothing has been recorded yet"
        )
    return int(found[0][0])


def _text(microseconds: int) -> str:
    return instant_text(from_microseconds(microseconds))

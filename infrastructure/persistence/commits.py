"""The log in whole commits: a reader never stands in the middle of one."""

from application.ports import EventLog, Row

ROWS_AT_ONCE = 5_000


def whole_commits(log: EventLog, position: int, *, limit: int = ROWS_AT_ONCE, up_to: int | None = None) -> list[Row]:
    """The next rows after a position where a commit ends, about ``limit``, ending where one ends; none at the head.

    A commit that is larger comes whole. ``up_to``, if given, is where a commit ends.
    """
    rows = log.rows_after(position, limit=limit, up_to=up_to)
    if len(rows) < limit:
        return rows
    last = rows[-1].recorded_at
    whole = [row for row in rows if row.recorded_at != last]
    if whole:
        return whole
    while more := log.rows_after(rows[-1].position, limit=ROWS_AT_ONCE, up_to=up_to):
        rows += [row for row in more if row.recorded_at == last]
        if more[-1].recorded_at != last:
            break
    return rows

"""What is due, taken from the read model of deadlines by instant."""

from sqlalchemy import and_, or_, select

from application.ports import DueItem
from infrastructure.read_models.deadlines import DEADLINE
from infrastructure.read_models.service import ReadModels


class DueTable:
    """See ``DueThings``: the table that the read model keeps, brought up before it is asked."""

    def __init__(self, read_models: ReadModels) -> None:
        self._read_models = read_models

    def bring_up(self) -> None:
        """Bring the table to where the log ends now."""
        self._read_models.ready([DEADLINE.name])

    def due(self, at: int, *, after: DueItem | None, limit: int) -> list[DueItem]:
        """A page of what is due at an instant, the earliest first."""
        columns = DEADLINE.c.due_at, DEADLINE.c.contract_id, DEADLINE.c.kind
        query = select(*columns).where(DEADLINE.c.due_at <= at, DEADLINE.c.until > at)
        if after is not None:
            due_at, contract_id, kind = columns
            same = and_(due_at == after.due_at, contract_id == after.subject)
            later = or_(
                due_at > after.due_at,
                and_(due_at == after.due_at, contract_id > after.subject),
                and_(same, kind > after.kind),
            )
            query = query.where(due_at >= after.due_at, later)
        with self._read_models.reading([DEADLINE.name]) as (connection, _):
            return [DueItem(*row) for row in connection.execute(query.order_by(*columns).limit(limit))]

"""The library's own projection: every event decoded and applied in a transaction of its own, with its tracking.

This is the loop of the library's ``ProjectionRunner``, driven by hand, because its SQLite recorder can not be
subscribed to. The view keeps one row for each aggregate: the least that a projection can do.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.persistence import InfrastructureFactory, Notification, Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection
from eventsourcing.sqlite import SQLiteTrackingRecorder
from psycopg.sql import SQL

EVENTS_AT_ONCE = 500
Values = tuple[str, str, int]


class SqliteView(SQLiteTrackingRecorder):
    """The last event of each aggregate, in an SQLite file."""

    def construct_create_table_statements(self) -> list[str]:
        """The table beside the library's own."""
        return [
            *super().construct_create_table_statements(),
            "CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, name TEXT, version INTEGER)",
        ]

    def keep(self, row: Values, tracking: Tracking) -> None:
        """Write the row and the tracking in one transaction."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?)", row)


class PostgresView(PostgresTrackingRecorder):
    """The same in PostgreSQL."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sql_create_statements.append(
            SQL("CREATE TABLE IF NOT EXISTS seen (id text PRIMARY KEY, name text, version bigint)").format()
        )

    def keep(self, row: Values, tracking: Tracking) -> None:
        """Write the row and the tracking in one transaction."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.execute(
                "INSERT INTO seen VALUES (%s, %s, %s) "
                "ON CONFLICT (id) DO UPDATE SET name = excluded.name, version = excluded.version",
                row,
                prepare=True,
            )


View = SqliteView | PostgresView


class LastEvent(Projection[Any]):
    """Keeps the last event of each aggregate."""

    def process_event(self, domain_event: Any, tracking: Tracking) -> None:
        """One event, one transaction."""
        row = str(domain_event.originator_id), domain_event.name, domain_event.originator_version
        self.view.keep(row, tracking)


def _notifications(application: Application[UUID]) -> Iterator[Notification]:
    last = 0
    while found := application.recorder.select_notifications(last + 1, EVENTS_AT_ONCE):
        yield from found
        last = found[-1].id


def projected(application: Application[UUID], database: str) -> Callable[[int], None]:
    """Applies the next so many events of the application's log to the view."""
    view_class = SqliteView if database == "sqlite" else PostgresView
    factory: Any = InfrastructureFactory.construct(application.env)
    projection = LastEvent(factory.tracking_recorder(view_class))
    notifications = _notifications(application)

    def apply(amount: int) -> None:
        for notification in islice(notifications, amount):
            event = application.mapper.to_domain_event(notification)
            projection.process_event(event, Tracking(application.name, notification.id))

    return apply

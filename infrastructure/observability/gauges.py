"""What stands in the database at the moment of a scrape: lags, depths, what is due and what is late."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import NamedTuple

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, case, func, select

from application.ports import Clock, EventLogError
from domain.calendar import MICROSECOND, to_microseconds
from domain.contract.due import DueKind
from infrastructure.outbox.deliveries import State
from infrastructure.persistence import sending, tracking
from infrastructure.persistence.database import LogDatabase
from infrastructure.persistence.due_failures import DueFailuresTable
from infrastructure.persistence.durable import DELIVERY, LOG
from infrastructure.persistence.errors import storage_errors
from infrastructure.read_models.deadlines import DEADLINE
from infrastructure.read_models.service import Condition, ReadModels

_LOG = logging.getLogger("contractspoor.metrics")
LATE = timedelta(hours=1)
"""How long something may be due and not recorded: every tick records what is due soon after midnight."""


class Watched(NamedTuple):
    """What is looked at."""

    database: LogDatabase
    read_models: ReadModels
    clock: Clock


class LateThings(NamedTuple):
    """What is due and not recorded, by kind, of that what is late, and since when the oldest is due; microseconds."""

    due: dict[str, int]
    late: dict[str, int]
    oldest: int | None


class DatabaseGauges(Collector):
    """Asks the database whenever it is asked; ``opened`` opens it anew each time, or lends what is open."""

    def __init__(self, opened: Callable[[], AbstractContextManager[Watched]]) -> None:
        self._opened = opened

    def collect(self) -> Iterator[Metric]:
        """The gauges; while the database can not be used, one that says so and no others."""
        up = "Whether the database can be used: 1, or 0, and then no other gauge is there."
        try:
            with self._opened() as watched:
                found = list(_gauges(watched))
        except EventLogError as error:
            _LOG.warning("the database can not be measured: %s", error)
            yield GaugeMetricFamily("contractspoor_database_up", up, value=0)
            return
        yield GaugeMetricFamily("contractspoor_database_up", up, value=1)
        yield from found


def late_things(connection: Connection, now: int) -> LateThings:
    """What is due at ``now`` as the read model of deadlines has it."""
    late_since = now - LATE // MICROSECOND
    late = func.sum(case((DEADLINE.c.due_at <= late_since, 1), else_=0))
    query = select(DEADLINE.c.kind, func.count(), late, func.min(DEADLINE.c.due_at))
    query = query.where(DEADLINE.c.due_at <= now, DEADLINE.c.until > now).group_by(DEADLINE.c.kind)
    rows = connection.execute(query).all()
    return LateThings(
        {kind: count for kind, count, _, _ in rows},
        {kind: int(count) for kind, _, count, _ in rows},
        min((oldest for *_, oldest in rows), default=None),
    )


def _gauges(watched: Watched) -> Iterator[Metric]:
    now = to_microseconds(watched.clock.now())
    yield from _read_models(watched.read_models)
    with storage_errors(watched.database.engine.url), watched.database.engine.connect() as connection:
        yield from _log(connection, now)
        yield from _outbox(connection, now)
        yield from _due(connection, now)
    yield _failures(DueFailuresTable(watched.database))


def _log(connection: Connection, now: int) -> Iterator[Metric]:
    head = connection.execute(
        select(LOG.c.position, LOG.c.recorded_at).order_by(LOG.c.position.desc()).limit(1)
    ).first()
    position, recorded_at = (0, now) if head is None else head
    yield _gauge("log_head_position", "The position of the last fact in the log.", position)
    yield _gauge("log_head_age_seconds", "How long ago the last fact was recorded.", _seconds(now - recorded_at))
    read = tracking.position_of(connection, "outbox")
    yield _gauge("outbox_lag_events", "Facts that the outbox has not read yet.", position - read)


def _read_models(read_models: ReadModels) -> Iterator[Metric]:
    events = GaugeMetricFamily(
        "contractspoor_read_model_lag_events", "Facts that a read model has not applied yet.", labels=["read_model"]
    )
    seconds = GaugeMetricFamily(
        "contractspoor_read_model_lag_seconds",
        "How long ago the first of them was recorded.",
        labels=["read_model"],
    )
    stopped = GaugeMetricFamily(
        "contractspoor_read_model_stopped",
        "Whether it waits for a person: stopped by a fault, or to be rebuilt.",
        labels=["read_model"],
    )
    for each in read_models.status():
        events.add_metric([each.name], each.lag_events)
        seconds.add_metric([each.name], each.lag_seconds)
        stopped.add_metric([each.name], each.condition in {Condition.STOPPED, Condition.OUTDATED})
    yield from (events, seconds, stopped)


def _outbox(connection: Connection, now: int) -> Iterator[Metric]:
    of_state = select(DELIVERY.c.state, func.count()).group_by(DELIVERY.c.state)
    counts: dict[str, int] = {row[0]: row[1] for row in connection.execute(of_state)}
    depth = GaugeMetricFamily("contractspoor_outbox_deliveries", "Letters and webhooks by state.", labels=["state"])
    for state in State:
        depth.add_metric([state.value], counts.get(state.value, 0))
    yield depth
    waiting = select(func.min(DELIVERY.c.created_at)).where(DELIVERY.c.state == State.WAITING)
    oldest = connection.scalar(waiting)
    age = 0.0 if oldest is None else _seconds(now - oldest)
    yield _gauge("outbox_oldest_waiting_age_seconds", "How long the oldest waits that was not sent yet.", age)
    held = sending.held(connection) is not None
    yield _gauge("outbox_held", "Whether sending is held, as after a restore.", held)


def _due(connection: Connection, now: int) -> Iterator[Metric]:
    found = late_things(connection, now)
    due = GaugeMetricFamily(
        "contractspoor_due_things", "What is due by time alone and was not recorded yet.", labels=["kind"]
    )
    late = GaugeMetricFamily("contractspoor_late_things", "What of it is due for over an hour.", labels=["kind"])
    for kind in DueKind:
        due.add_metric([kind.value], found.due.get(kind.value, 0))
        late.add_metric([kind.value], found.late.get(kind.value, 0))
    yield from (due, late)
    age = 0.0 if found.oldest is None else _seconds(now - found.oldest)
    yield _gauge("due_oldest_age_seconds", "For how long the oldest of it is due.", age)


def _failures(table: DueFailuresTable) -> Metric:
    given_up = [each.next_try_at is None for each in table.all()]
    meaning = "What was due and failed: tried again, or given up until a person asks for it."
    failures = GaugeMetricFamily("contractspoor_due_failures", meaning, labels=["state"])
    failures.add_metric(["tried_again"], given_up.count(False))
    failures.add_metric(["given_up"], given_up.count(True))
    return failures


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"contractspoor_{name}", meaning, value=value)


def _seconds(microseconds: int) -> float:
    return max(microseconds, 0) / 1_000_000

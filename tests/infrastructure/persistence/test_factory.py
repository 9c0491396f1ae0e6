"""The library's ``Application`` runs on our recorder."""

from uuid import UUID

import pytest
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import InfrastructureFactory, IntegrityError, OperationalError, StoredEvent
from eventsourcing.utils import Environment

from infrastructure.persistence.factory import LogFactory
from infrastructure.persistence.recorder import LogRecorder
from tests.infrastructure.persistence.entries import append, entry


class Toy(Aggregate):
    @event("Renamed")
    def rename(self, name: str) -> None:
        self.name = name


@pytest.fixture
def application(event_log: LogRecorder) -> Application[UUID]:
    class ToyBox(Application[UUID]):
        def construct_factory(self, env: Environment) -> InfrastructureFactory:
            return LogFactory(LogRecorder(event_log.database, UUID), env)

    return ToyBox()


def test_aggregates_notifications_and_conflicts_of_the_library_work(application: Application[UUID]) -> None:
    toy = Toy()
    toy.rename("duck")
    application.save(toy)
    assert [item.id for item in application.notification_log.select(1, 10)] == [1, 2]
    other: Toy = application.repository.get(toy.id)
    other.rename("goose")
    application.save(other)
    toy.rename("swan")
    with pytest.raises(IntegrityError, match="another writer was first"):
        application.save(toy)


def test_events_of_the_library_and_our_facts_share_one_order(event_log: LogRecorder) -> None:
    append(event_log, entry(1))
    assert event_log.insert_events([StoredEvent("a", 1, "t", b"s")]) == [2]
    append(event_log, entry(2))
    assert [item.id for item in event_log.select_notifications(None, 10)] == [1, 2, 3]


def test_there_are_no_snapshots_and_no_other_classes(event_log: LogRecorder) -> None:
    factory = LogFactory(event_log)
    assert factory.application_recorder() is factory.process_recorder() is factory.tracking_recorder() is event_log
    with pytest.raises(NotImplementedError, match="IS_SNAPSHOTTING_ENABLED"):
        factory.aggregate_recorder("snapshots")


def test_a_database_that_is_gone_is_an_operational_error_to_the_library(event_log: LogRecorder) -> None:
    with event_log.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE log")
    with pytest.raises(OperationalError, match="run: contractspoor database upgrade"):
        event_log.select_events("a")

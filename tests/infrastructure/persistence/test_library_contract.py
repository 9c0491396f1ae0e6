"""The ``eventsourcing`` library's own contract tests, as shipped, on our recorder."""

import threading
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from eventsourcing.tests import persistence as contract

from infrastructure.persistence.factory import LogAggregateRecorder
from infrastructure.persistence.recorder import LogRecorder, open_log


class OnSqlite:
    database_url: str
    opened: list[LogRecorder]
    originator_id_type: type[UUID] | type[str] = UUID

    @pytest.fixture(autouse=True)
    def _database(self, sqlite_url: str) -> Iterator[None]:
        yield from self.use(sqlite_url)

    def use(self, database_url: str) -> Iterator[None]:
        self.database_url = database_url
        self.opened = []
        before = set(threading.enumerate())
        yield
        # one of the library's tests leaves its readers in the middle of a query
        for thread in set(threading.enumerate()) - before:
            thread.join()
        for recorder in self.opened:
            recorder.close()

    def new_originator_id(self) -> UUID | str:
        return uuid4() if self.originator_id_type is UUID else f"caresq/{uuid4()}/FYS/2025-2026"

    def log(self) -> LogRecorder:
        recorder = LogRecorder(open_log(self.database_url).database, self.originator_id_type)
        self.opened.append(recorder)
        return recorder


class OnPostgres(OnSqlite):
    @pytest.fixture(autouse=True)
    def _database(self, postgres_url: str) -> Iterator[None]:
        yield from self.use(postgres_url)


class TestSqliteAggregateRecorder(OnSqlite, contract.AggregateRecorderTestCase):
    def create_recorder(self) -> LogAggregateRecorder:
        return LogAggregateRecorder(self.log())


class TestPostgresAggregateRecorder(OnPostgres, contract.AggregateRecorderTestCase):
    def create_recorder(self) -> LogAggregateRecorder:
        return LogAggregateRecorder(self.log())


class TestSqliteApplicationRecorder(OnSqlite, contract.ApplicationRecorderTestCase[LogRecorder]):
    def create_recorder(self) -> LogRecorder:
        return self.log()

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestPostgresApplicationRecorder(OnPostgres, contract.ApplicationRecorderTestCase[LogRecorder]):
    def create_recorder(self) -> LogRecorder:
        return self.log()

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestSqliteApplicationRecorderWithTextIds(TestSqliteApplicationRecorder):
    originator_id_type = str


class TestPostgresApplicationRecorderWithTextIds(TestPostgresApplicationRecorder):
    originator_id_type = str


class TestSqliteTrackingRecorder(OnSqlite, contract.TrackingRecorderTestCase):
    def create_recorder(self) -> LogRecorder:
        return self.log()


class TestPostgresTrackingRecorder(OnPostgres, contract.TrackingRecorderTestCase):
    def create_recorder(self) -> LogRecorder:
        return self.log()


class TestSqliteProcessRecorder(OnSqlite, contract.ProcessRecorderTestCase):
    def create_recorder(self) -> LogRecorder:
        return self.log()


class TestPostgresProcessRecorder(OnPostgres, contract.ProcessRecorderTestCase):
    def create_recorder(self) -> LogRecorder:
        return self.log()


class TestSqliteNotificationsDoNotInterleave(OnSqlite, contract.NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> LogRecorder:
        return self.log()


class TestPostgresNotificationsDoNotInterleave(OnPostgres, contract.NonInterleavingNotificationIDsBaseCase):
    def create_recorder(self) -> LogRecorder:
        return self.log()

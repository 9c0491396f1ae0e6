"""Waiting until read models have reached a position: who has recorded a fact wants to see it in an answer."""

import logging
from collections.abc import Collection
from threading import Condition, Event, Thread
from time import monotonic

from application.ports import StorageUnavailable
from infrastructure.persistence.database import LogDatabase
from infrastructure.persistence.errors import storage_errors
from infrastructure.read_models import state

_LOG = logging.getLogger("contractspoor.readmodels")


class Waiting:
    """Wakes who waits once per batch, whichever process applied it.

    A runner of this process calls ``wake`` itself; of other processes a thread hears, from the first wait to ``close``.
    """

    def __init__(self, database: LogDatabase) -> None:
        self._database = database
        self._changed = Condition()
        self._batches = 0
        self._closed = Event()
        self._listener: Thread | None = None

    def wait_for(self, position: int, names: Collection[str], timeout: float) -> bool:
        """Wait until every one of these models has reached a position; whether they have, within so many seconds.

        Does not wait for a model that has stopped. Raises ``StorageUnavailable``.
        """
        deadline = monotonic() + timeout
        while True:
            with self._changed:
                seen = self._batches
            behind = self._behind(position, names)
            if behind is not None:
                return not behind
            self._listen()
            with self._changed:
                if self._batches == seen and not self._changed.wait(deadline - monotonic()):
                    return self._behind(position, names) == set()

    def wake(self) -> None:
        """A batch was applied."""
        with self._changed:
            self._batches += 1
            self._changed.notify_all()

    def stopped(self) -> bool:
        """Whether nobody will wait any more."""
        return self._closed.is_set()

    def close(self) -> None:
        """End the listening thread."""
        self._closed.set()
        if self._listener is not None:
            self._listener.join()

    def _behind(self, position: int, names: Collection[str]) -> set[str] | None:
        """Those that will not come to the position by themselves, none when all are there; absent: wait."""
        with storage_errors(self._database.engine.url), self._database.engine.connect() as connection:
            found = state.standings(connection, names)
        behind = {name: standing for name, standing in found.items() if standing.position < position}
        stopped = {name for name, standing in behind.items() if standing.fault is not None}
        return stopped if stopped or not behind else None

    def _listen(self) -> None:
        with self._changed:
            if self._listener is None:
                self._listener = Thread(target=self._hear, name="contractspoor-readmodels-waiting", daemon=True)
                self._listener.start()

    def _hear(self) -> None:
        while not self.stopped():
            try:
                self._database.wait_for_readers(self)
            except StorageUnavailable as error:
                _LOG.warning("%s; trying again", error)
                self._closed.wait(1.0)

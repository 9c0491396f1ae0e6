"""Waking up readers of the log: the library's subscription on our databases."""

from collections.abc import Sequence
from threading import Thread

from eventsourcing.persistence import ApplicationRecorder, ListenNotifySubscription

from infrastructure.persistence.database import LogDatabase


class LogSubscription(ListenNotifySubscription[ApplicationRecorder]):
    """Iterates over notifications, and blocks after the last until the next commit of any process.

    Use it as a context manager; ``stop()`` ends the iteration. Loses nothing: the listening thread wakes the reader
    once when it has begun to listen.
    """

    def __init__(
        self, recorder: ApplicationRecorder, database: LogDatabase, gt: int | None, topics: Sequence[str]
    ) -> None:
        super().__init__(recorder, gt, topics)
        self._database = database
        self._listen_thread = Thread(target=self._listen, name="contractspoor-log-listener", daemon=True)
        self._listen_thread.start()

    def __exit__(self, *args: object, **kwargs: object) -> None:
        try:
            super().__exit__(*args, **kwargs)
        finally:
            self._listen_thread.join()

    def wake(self) -> None:
        """There may be something new."""
        self._has_been_notified.set()

    def stopped(self) -> bool:
        """Whether the iteration has been ended."""
        return self._has_been_stopped

    def _listen(self) -> None:
        try:
            self._database.wait_for_commits(self)
        except BaseException as error:  # noqa: BLE001 - raised again by the iteration, in the reader's thread
            if self._thread_error is None:
                self._thread_error = error
            self.stop()

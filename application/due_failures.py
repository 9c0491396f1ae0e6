"""What was due and could not be carried out: tried again after growing pauses, given up after the last of them."""

from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from application.ports import DueItem

PAUSES = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
"""How long the next try waits after each failure; after one failure more it is given up."""


class Failed(NamedTuple):
    """How often it failed, when last and why; without ``next_try_at`` it was given up, until a person asks again."""

    item: DueItem
    attempts: int
    failed_at: datetime
    next_try_at: datetime | None
    error: str

    def waits(self, now: datetime) -> bool:
        """Whether it is not to be tried at an instant: not yet, or not at all any more."""
        return self.next_try_at is None or self.next_try_at > now


class Failures(Protocol):
    """Keeps what failed; raises ``StorageUnavailable``."""

    def all(self) -> list[Failed]:
        """Everything that failed and was not carried out since, the earliest due first."""
        ...

    def put(self, failed: Failed) -> None:
        """Keep a failure, in the place of an earlier one of the same thing."""
        ...

    def forget(self, item: DueItem) -> None:
        """It was carried out, or is due no more, or is to be tried anew."""
        ...


def failed_again(before: Failed | None, item: DueItem, at: datetime, error: str) -> Failed:
    """The failure of a try at an instant, after those before."""
    attempts = 1 if before is None else before.attempts + 1
    next_try_at = at + PAUSES[attempts - 1] if attempts <= len(PAUSES) else None
    return Failed(item, attempts, at, next_try_at, error)

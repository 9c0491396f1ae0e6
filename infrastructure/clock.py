"""The clocks: the one place where "now" is read."""

from datetime import UTC, datetime, timedelta
from time import monotonic


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)


class SetClock:
    """A clock that stands still until it is set: for scenarios and simulations, never for a service."""

    def __init__(self, start: datetime) -> None:
        self.set(start)

    def set(self, instant: datetime) -> None:
        """Put the clock at an aware instant, earlier or later; refuses one without a zone."""
        if instant.utcoffset() is None:
            raise ValueError(f"{instant} has no zone: a clock is set to an instant such as 2025-03-01T09:00:00+01:00")
        self._instant = instant.astimezone(UTC)

    def now(self) -> datetime:
        """The instant the clock was set to, in UTC."""
        return self._instant


class RunningClock:
    """A clock that goes on from an instant as time passes: for a simulation that is served, never for a service."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._began = monotonic()

    def now(self) -> datetime:
        """The instant it has reached, in UTC."""
        return self._start + timedelta(seconds=monotonic() - self._began)

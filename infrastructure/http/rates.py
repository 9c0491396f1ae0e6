"""How often one caller may ask: a rate per minute that may be used up at once, counted in each process by itself."""

from collections.abc import Callable
from math import ceil
from time import monotonic

_REMEMBERED = 10_000


class Rates:
    """Counts requests per caller (the generic cell rate algorithm: one instant each); for one thread."""

    def __init__(self, per_minute: int, seconds: Callable[[], float] = monotonic) -> None:
        self._each = 60.0 / per_minute
        self._seconds = seconds
        self._used_up_to: dict[str, float] = {}

    def wait(self, whose: str) -> int:
        """Count a request, and answer 0; or count none, and answer after how many seconds the next may come."""
        now = self._seconds()
        used_up_to = max(self._used_up_to.get(whose, now), now) + self._each
        if used_up_to - now > 60.0:
            return ceil(used_up_to - now - 60.0)
        if len(self._used_up_to) >= _REMEMBERED:
            self._used_up_to = {name: until for name, until in self._used_up_to.items() if until > now}
        self._used_up_to[whose] = used_up_to
        return 0

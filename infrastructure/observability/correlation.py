"""The correlation id of what is being carried out: every log line that is written meanwhile names it."""

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

LogLine = MutableMapping[str, Any]
"""The fields of a line of the program's log."""

CORRELATION: ContextVar[str | None] = ContextVar("correlation_id", default=None)


@contextmanager
def correlated(correlation_id: str) -> Iterator[None]:
    """Whatever is logged inside names this id, unless it names another."""
    token = CORRELATION.set(correlation_id)
    try:
        yield
    finally:
        CORRELATION.reset(token)


def with_correlation(_logger: Any, _method: str, line: LogLine) -> LogLine:
    """Add the id to a log line."""
    correlation_id = CORRELATION.get()
    if correlation_id is not None:
        line.setdefault("correlation_id", correlation_id)
    return line

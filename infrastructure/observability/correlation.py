"""The correlation id of what is being carried out: every log line that is written meanwhile names it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from structlog.typing import EventDict, WrappedLogger

CORRELATION: ContextVar[str | None] = ContextVar("correlation_id", default=None)


@contextmanager
def correlated(correlation_id: str) -> Iterator[None]:
    """Whatever is logged inside names this id, unless it names another."""
    token = CORRELATION.set(correlation_id)
    try:
        yield
    finally:
        CORRELATION.reset(token)


def with_correlation(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    """Add the id to a log line."""
    correlation_id = CORRELATION.get()
    if correlation_id is not None:
        line.setdefault("correlation_id", correlation_id)
    return line

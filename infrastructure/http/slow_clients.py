"""A connection that keeps the server waiting for a request is cut off."""

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol


class ImpatientProtocol(H11Protocol):
    """Cuts a connection on which something is sent that is no whole head of a request within so many seconds.

    The time runs from the connection on, or from the first byte after an answer, until a request is being worked on;
    what comes then is measured by ``edge.Edge``. The server's own limit on an idle connection ends with the first byte
    that it receives, and so would let a client send one byte now and then for ever: of a head, or of a body whose
    refusal it has been sent already.
    """

    def __init__(self, *arguments: Any, headers_seconds: float, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._headers_seconds = headers_seconds
        self._cutting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what was sent, and wait on where that did not make a request."""
        super().data_received(data)
        # uvicorn says that there always is a cycle, and begins without one
        if self.cycle is None or self.cycle.response_complete:  # type: ignore[redundant-expr]
            self._wait()
        else:
            self._wait_no_more()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there to be waited for."""
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._cutting is None:
            self._cutting = self.loop.call_later(self._headers_seconds, self.transport.abort)

    def _wait_no_more(self) -> None:
        if self._cutting is not None:
            self._cutting.cancel()
            self._cutting = None

"""A client of the API in this process: every request passes the whole application, without a socket."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response


class InProcessClient:
    """Asks from any thread; several may ask at once."""

    def __init__(self, portal: BlockingPortal, client: AsyncClient) -> None:
        self._portal = portal
        self._client = client

    def request(self, method: str, path: str, **arguments: Any) -> Response:
        """One request; see ``httpx.Client.request``."""
        return self._portal.call(partial(self._client.request, method, path, **arguments))


@contextmanager
def in_process(app: FastAPI) -> Iterator[InProcessClient]:
    """The application, started; it ends when it is left."""
    with start_blocking_portal() as portal:
        client = AsyncClient(transport=ASGITransport(app, raise_app_exceptions=False), base_url="http://api.test")
        with (
            portal.wrap_async_context_manager(app.router.lifespan_context(app)),
            portal.wrap_async_context_manager(client),
        ):
            yield InProcessClient(portal, client)

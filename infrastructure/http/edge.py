"""The outermost layer, pure ASGI: correlation ids, headers of every answer, the size and pace of bodies, and faults."""

import asyncio
import logging
import os
import re
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from time import monotonic
from typing import Any, TypeVar

from fastapi.responses import JSONResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from application.ports import Clock
from infrastructure.bootstrap import correlated
from infrastructure.http.languages import language_asked
from infrastructure.http.problems import MEDIA_TYPE, Problem, document, problem_of

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
_LOG = logging.getLogger("contractspoor.http")
_CORRELATION_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~:-]{0,127}", re.ASCII)
CORRELATION_HEADER = "X-Correlation-Id"
_BODY_LIMIT = "contractspoor_body_limit"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}
"""What every answer carries; a route that sets one of them itself keeps its own."""


def large_body(limit: int) -> Callable[[Endpoint], Endpoint]:
    """Marks an endpoint that takes bodies of up to so many bytes, where others take ``http_body_bytes``."""

    def marked(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _BODY_LIMIT, limit)
        return endpoint

    return marked


class Edge:
    """Wraps the application; the body of a request may take so many bytes, and so many seconds per piece and in all."""

    def __init__(
        self, app: ASGIApp, *, clock: Clock, body_bytes: int, body_seconds: float, request_seconds: float
    ) -> None:
        self._app = app
        self._clock = clock
        self._body_bytes = body_bytes
        self._body_seconds = body_seconds
        self._request_seconds = request_seconds
        self._numbers = count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; see ``starlette.types.ASGIApp``."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        correlation_id = self._correlation_id(Headers(scope=scope))
        scope.setdefault("state", {})["correlation_id"] = correlation_id
        if scope["method"] == "HEAD":
            scope, send = {**scope, "method": "GET"}, _without_content(send)
        with correlated(correlation_id), suppress(_HeadAnsweredError):
            await self._answer(scope, receive, send, correlation_id)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, correlation_id: str) -> None:
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                route = getattr(scope.get("route"), "path", None)
                _LOG.debug("answered", extra={"method": scope["method"], "route": route, "status": message["status"]})
                headers = MutableHeaders(scope=message)
                headers[CORRELATION_HEADER] = correlation_id
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        with correlated(correlation_id):
            try:
                await self._app(scope, self._measured(scope, receive), send_with_headers)
            except Exception as error:
                if started:
                    raise
                await answer_problem(problem_of(error), scope, error)(scope, receive, send_with_headers)

    def _correlation_id(self, headers: Headers) -> str:
        """The caller's own, if it can be one; else one that names this process, the instant and a number."""
        given = headers.get(CORRELATION_HEADER, "")
        if _CORRELATION_ID.fullmatch(given):
            return given
        return f"http-{self._clock.now():%Y%m%dT%H%M%S.%f}-{os.getpid()}-{next(self._numbers)}"

    def _measured(self, scope: Scope, receive: Receive) -> Receive:
        """Receive no more than the endpoint takes, and wait no longer than is allowed."""
        received = 0
        ends = monotonic() + self._request_seconds

        async def measured() -> Message:
            nonlocal received
            limit = getattr(scope.get("endpoint"), _BODY_LIMIT, self._body_bytes)
            if received == 0 and _announced(scope) > limit:
                raise HTTPException(413)
            patience = None if received < 0 else min(self._body_seconds, ends - monotonic())
            try:
                message = await asyncio.wait_for(receive(), patience)
            except TimeoutError:
                raise HTTPException(408, headers={"Connection": "close"}) from None
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                if received > limit:
                    raise HTTPException(413)
                if not message.get("more_body", False):
                    received = -1  # what comes now is that the caller has gone: an answer may take its time
            return message

        return measured


class _HeadAnsweredError(Exception):
    """The head of an answer has gone out, and its content is not wanted."""


def _without_content(send: Send) -> Send:
    """What ``HEAD`` is answered with: what ``GET`` would be, up to the first piece of its content."""

    async def send_head(message: Message) -> None:
        if message["type"] != "http.response.body":
            await send(message)
            return
        await send({"type": "http.response.body", "body": b""})
        if message.get("more_body", False):
            raise _HeadAnsweredError

    return send_head


def _announced(scope: Scope) -> int:
    told = Headers(scope=scope).get("content-length", "0")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 20 else 0


def answer_problem(problem: Problem, scope: Scope, error: Exception | None = None) -> JSONResponse:
    """The answer that tells a problem, in the language asked for; what is the program's fault goes to its log."""
    correlation_id = scope["state"]["correlation_id"]
    if problem.kind.value.status >= 500:
        _LOG.error(
            "a request failed: %s",
            error,
            extra={"code": problem.code, "correlation_id": correlation_id},
            exc_info=error,
        )
    language = language_asked(Headers(scope=scope).get("accept-language", ""))
    headers = {**problem.headers, "Content-Language": language.value}
    told = document(problem, language, correlation_id)
    return JSONResponse(told, int(problem.kind.value.status), headers, media_type=MEDIA_TYPE)

"""The application: its resources, its edge, and what it opens once per process."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

import anyio.to_thread
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response

from application.ports import Clock, EventLogError, EvidenceError
from domain.history import UnreadableError
from domain.refusal import RefusedError
from infrastructure.bootstrap import Settings, System
from infrastructure.http.edge import CORRELATION_HEADER, Edge, answer_problem
from infrastructure.http.identity import TokenRefusedError
from infrastructure.http.keys import IdentityProviderUnavailableError
from infrastructure.http.openapi import DESCRIPTION, TAGS, described
from infrastructure.http.problems import ProblemError, problem_of
from infrastructure.http.rates import Rates
from infrastructure.http.resources import (
    agreements,
    applications,
    audit,
    care_finder,
    claims,
    contracts,
    deciding,
    delegations,
    deliveries,
    evidence,
    feeds,
    health,
    imports,
    jobs,
    letters,
    modules,
    operations,
    outbox,
    plans,
    policies,
    providers,
    questionnaire,
    register,
    rounds,
    signing,
    tracing,
    work,
)
from infrastructure.http.tokens import TokenVerifier

_RESOURCES = (
    contracts,
    questionnaire,
    evidence,
    deciding,
    applications,
    modules,
    signing,
    delegations,
    feeds,
    register,
    policies,
    rounds,
    plans,
    providers,
    imports,
    jobs,
    deliveries,
    tracing,
    agreements,
    audit,
    claims,
    care_finder,
    work,
    letters,
    operations,
    outbox,
    health,
)
_TOLD = (
    EventLogError,
    EvidenceError,
    HTTPException,
    IdentityProviderUnavailableError,
    ProblemError,
    RefusedError,
    RequestValidationError,
    TokenRefusedError,
    UnreadableError,
)
"""Errors that are answered inside the application; all others reach its edge as faults."""


_SENT_BY_PAGES = ("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "Last-Event-ID")
_READ_BY_PAGES = (
    "Content-Disposition",
    "ETag",
    "Idempotency-Replayed",
    "Location",
    "Retry-After",
    "X-Known-At",
    "X-Position",
)


def create_app(
    open_system: Callable[[], AbstractContextManager[System]],
    settings: Settings,
    *,
    verifier: TokenVerifier,
    clock: Clock,
) -> FastAPI:
    """The API on a system that is opened when the process starts, and closed when it ends."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = settings.http_threads
        with open_system() as system:
            app.state.system = system
            yield

    app = FastAPI(
        title="Contractspoor",
        version=version("contractspoor"),
        description=DESCRIPTION,
        openapi_tags=TAGS,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        strict_content_type=True,
    )
    app.state.verifier = verifier
    app.state.rates = Rates(settings.http_requests_per_minute)
    app.state.methods = _methods()
    app.state.wait_seconds = settings.http_wait_seconds
    app.state.evidence_bytes = settings.evidence_max_bytes
    for resource in _RESOURCES:
        app.include_router(resource.router)
    for error in _TOLD:
        app.add_exception_handler(error, _tell)
    _add_edge(app, settings, clock)
    made = app.openapi

    def openapi() -> dict[str, Any]:
        return described(made(), settings.oidc_issuer)

    app.openapi = openapi  # type: ignore[method-assign]
    return app


def _add_edge(app: FastAPI, settings: Settings, clock: Clock) -> None:
    origins = settings.cors_origin_list
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=origins,
            allow_methods=["GET", "POST", "PUT", "DELETE"],
            allow_headers=[*_SENT_BY_PAGES, CORRELATION_HEADER],
            expose_headers=[*_READ_BY_PAGES, CORRELATION_HEADER],
        )
    app.add_middleware(
        Edge,
        clock=clock,
        body_bytes=settings.http_body_bytes,
        body_seconds=settings.http_body_seconds,
        request_seconds=settings.http_request_seconds,
    )


def _methods() -> dict[str, str]:
    """What ``Allow`` says of each path, whatever its parameters are called."""
    found: dict[str, set[str]] = {}
    for resource in _RESOURCES:
        for route in resource.router.routes:
            if isinstance(route, APIRoute):
                found.setdefault(_shape(route.path), set()).update(route.methods or ())
    return {path: ", ".join(sorted(each | ({"HEAD"} if "GET" in each else set()))) for path, each in found.items()}


def _shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


async def _tell(request: Request, error: Exception) -> Response:
    answer = answer_problem(problem_of(error), request.scope, error)
    allowed = request.app.state.methods.get(_shape(getattr(request.scope.get("route"), "path", "")))
    if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED and allowed is not None:
        answer.headers["Allow"] = allowed  # the framework names those of the first route with this path only
    return answer

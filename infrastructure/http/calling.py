"""What every route is given: the system, the caller, and the check that the caller may do this."""

import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Annotated, Any

import anyio.to_thread
from fastapi import Depends, Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from fastapi.routing import APIRoute
from starlette.responses import Response

from domain.agb import AgbCode
from infrastructure.bootstrap import System
from infrastructure.http.access import ACCESS, Operation, allowing, needs_delegation
from infrastructure.http.delegates import check_delegate
from infrastructure.http.identity import ANONYMOUS, Identity, Role
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import ProblemError, fail, unauthenticated
from infrastructure.http.rates import Rates
from infrastructure.http.strict_requests import StrictRequest, check_coding, check_json, check_query
from infrastructure.http.tokens import TokenVerifier

_LOG = logging.getLogger("contractspoor.http")


class Allowed:
    """The check of one operation: who calls, not too often, and what the table of access says of the path.

    Of who may do it as a delegate only, also whether a delegation is in force.
    """

    def __init__(self, operation: Operation) -> None:
        self.operation = operation

    async def __call__(self, request: Request) -> None:
        """Leave the caller in ``request.state.identity``, or raise ``ProblemError`` or ``RefusedError``.

        The caller is left with those of its roles that allow this: what it is elsewhere plays no part here.
        """
        if hasattr(request.state, "identity"):
            return
        identity = await _identity(request)
        _count(request, identity)
        row, path = ACCESS[self.operation], request.path_params
        if identity is ANONYMOUS and Role.PUBLIC not in row:
            raise ProblemError(unauthenticated("this needs an access token", invalid_token=False))
        by = allowing(identity, self.operation, purchaser=path.get("purchaser"), agb=path.get("agb"))
        if not by:
            roles = ", ".join(sorted(identity.roles)) or "none"
            raise fail(Kind.NOT_ALLOWED, f"the roles of this identity ({roles}) do not allow {self.operation} here")
        if needs_delegation(self.operation, by):
            await anyio.to_thread.run_sync(check_delegate, request.app.state.system, AgbCode(path["agb"]), identity)
        request.state.identity = replace(identity, roles=frozenset(by))


class CheckedRoute(APIRoute):
    """A route that reads nothing of a request before it knows that its caller may send it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """See ``fastapi.routing.APIRoute``."""
        carry_out = super().get_route_handler()
        checks = [each.dependency for each in self.dependencies if isinstance(each.dependency, Allowed)]
        names = {each.alias for each in get_flat_params(self.dependant) if isinstance(each.field_info, Query)}
        takes_json = self.body_field is not None

        async def handle(request: Request) -> Response:
            for check in checks:
                await check(request)
            check_query(request, names)
            if request.method != "GET":
                check_coding(request)
            if takes_json:
                check_json(request)
            return await carry_out(StrictRequest(request.scope, request.receive))

        return handle


def _count(request: Request, identity: Identity) -> None:
    if identity is ANONYMOUS:
        _count_as(request, f"address:{_address(request)}")
    else:
        _count_as(request, f"subject:{identity.subject}")


def _address(request: Request) -> str:
    return request.client.host if request.client else "nobody"


def _count_as(request: Request, whose: str) -> None:
    rates: Rates = request.app.state.rates
    seconds = rates.wait(whose)
    if seconds:
        raise fail(Kind.TOO_MANY, "too many requests", headers={"Retry-After": str(seconds)})


async def _identity(request: Request) -> Identity:
    """The verified caller, anonymous without a token; a wrong token is refused, whatever the route."""
    header = request.headers.get("authorization")
    if header is None:
        return ANONYMOUS
    scheme, _, token = header.partition(" ")
    token = token.strip(" ")
    if scheme.lower() != "bearer" or not token:
        raise ProblemError(unauthenticated("the header Authorization holds no bearer token", invalid_token=False))
    verifier: TokenVerifier = request.app.state.verifier
    known = verifier.remembered(token)
    if known is not None:
        return known
    _count_as(request, f"unverified:{_address(request)}")
    return await anyio.to_thread.run_sync(verifier.verify, token)


async def _system(request: Request) -> System:
    system: System = request.app.state.system
    return system


async def _caller(request: Request) -> Identity:
    identity: Identity = request.state.identity
    return identity


Caller = Annotated[Identity, Depends(_caller)]
"""Who calls; verified and allowed before the route runs."""
TheSystem = Annotated[System, Depends(_system)]
"""The system of this process."""

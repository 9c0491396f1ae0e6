"""What every route is given: the system, the caller, and the check that the caller may do this."""

import logging
from typing import Annotated

import anyio.to_thread
from fastapi import Depends, Request

from domain.agb import AgbCode
from infrastructure.bootstrap import System
from infrastructure.http.access import ACCESS, Operation, allowing, needs_delegation
from infrastructure.http.delegates import check_delegate
from infrastructure.http.identity import ANONYMOUS, Identity, Role
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import ProblemError, fail, unauthenticated
from infrastructure.http.rates import Rates
from infrastructure.http.tokens import TokenVerifier

_LOG = logging.getLogger("contractspoor.http")


class Allowed:
    """The check of one operation: who calls, not too often, and what the table of access says of the path.

    Of who may do it as a delegate only, also whether a delegation is in force.
    """

    def __init__(self, operation: Operation) -> None:
        self.operation = operation

    async def __call__(self, request: Request) -> None:
        """Leave the caller in ``request.state.identity``, or raise ``ProblemError`` or ``RefusedError``."""
        identity = await _identity(request)
        _count(request, identity)
        request.state.identity = identity
        row, path = ACCESS[self.operation], request.path_params
        if identity is ANONYMOUS and Role.PUBLIC not in row:
            raise ProblemError(unauthenticated("this needs an access token", invalid_token=False))
        by = allowing(identity, self.operation, purchaser=path.get("purchaser"), agb=path.get("agb"))
        if not by:
            roles = ", ".join(sorted(identity.roles)) or "none"
            raise fail(Kind.NOT_ALLOWED, f"the roles of this identity ({roles}) do not allow {self.operation} here")
        if needs_delegation(self.operation, by):
            await anyio.to_thread.run_sync(check_delegate, request.app.state.system, AgbCode(path["agb"]), identity)


def _count(request: Request, identity: Identity) -> None:
    rates: Rates = request.app.state.rates
    whose = identity.subject or (request.client.host if request.client else "nobody")
    seconds = rates.wait(f"{'address' if identity is ANONYMOUS else 'subject'}:{whose}")
    if seconds:
        raise fail(Kind.TOO_MANY, "too many requests", headers={"Retry-After": str(seconds)})


async def _identity(request: Request) -> Identity:
    """The verified caller, anonymous without a token; a wrong token is refused, whatever the route."""
    header = request.headers.get("authorization")
    if header is None:
        return ANONYMOUS
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise ProblemError(unauthenticated("the header Authorization holds no bearer token", invalid_token=False))
    verifier: TokenVerifier = request.app.state.verifier
    known = verifier.remembered(token)
    return known if known is not None else await anyio.to_thread.run_sync(verifier.verify, token)


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

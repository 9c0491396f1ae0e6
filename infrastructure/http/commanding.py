"""What every command over HTTP has: a key that makes it happen once, the version it is meant for, and its answer."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header, Request
from starlette.responses import Response

from application.contracting import Answer
from application.order import Order
from domain.model import Frozen
from infrastructure.http.calling import Caller
from infrastructure.http.identity import OF_A_PRACTICE, Identity, is_delegate
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import fail, invalid
from infrastructure.http.routing import answered

_ETAG = re.compile(r'"([0-9]{1,9})"', re.ASCII)

PERIOD = "period"
"""What the path of a contract names, and no other."""

Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern="^[A-Za-z0-9._~-]{1,128}$",
        description="A name of your own for this command: sent again under it, it is carried out once and answered "
        "alike. Letters, digits and ._~- are allowed.",
    ),
]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        pattern='^"[0-9]{1,9}"$',
        description="The ETag of the contract as it was read, unchanged: on another version nothing is carried out. "
        "Neither `*` nor a weak one names a version.",
    ),
]


class Accepted(Frozen):
    """An accepted command: what it recorded, none when it had happened already.

    ``version`` is the contract's, as in the ETag; ``position`` the log position to wait for with ``min-position``.
    """

    contract_id: str
    version: int
    position: int
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Giving:
    """Who gives a command, under which id, for which version of its contract."""

    identity: Identity
    command_id: str
    correlation_id: str
    expected_version: int | None

    def order(self, *, reason: str | None = None, occurred_at: datetime | None = None) -> Order:
        """The order around the command.

        A signatory acts on behalf of the practice. A delegate acts for the signatory who granted it: whether that right
        stands is looked up with the contract.
        """
        identity = self.identity
        return Order(
            identity.person_id,
            self.command_id,
            on_behalf_of=identity.practice if identity.is_any_of(OF_A_PRACTICE) else None,
            reason=reason,
            occurred_at=occurred_at,
            correlation_id=self.correlation_id,
            expected_version=self.expected_version,
            delegated=is_delegate(identity),
        )


async def _giving(request: Request, caller: Caller, key: Key, if_match: IfMatch = None) -> Giving:
    if if_match is not None and PERIOD not in request.path_params:
        raise invalid("header.If-Match", "only a contract has versions; leave it out")
    return Giving(caller, f"{caller.subject}:{key}", request.state.correlation_id, _version(if_match))


async def _giving_on_version(request: Request, caller: Caller, key: Key, if_match: IfMatch = None) -> Giving:
    if if_match is None:
        raise fail(Kind.VERSION_REQUIRED, "a decision is about what was read: name its ETag in If-Match")
    return Giving(caller, f"{caller.subject}:{key}", request.state.correlation_id, _version(if_match))


def _version(if_match: str | None) -> int | None:
    if if_match is None:
        return None
    found = _ETAG.fullmatch(if_match)
    if found is None:
        raise invalid("header.If-Match", 'expected one ETag as it was answered, such as "7"')
    return int(found[1])


Given = Annotated[Giving, Depends(_giving)]
"""The order of a command; ``If-Match`` may be given."""
GivenOnVersion = Annotated[Giving, Depends(_giving_on_version)]
"""The order of a command that decides about what was read: ``If-Match`` must be given (428)."""


def etag(version: int) -> str:
    """The ETag of a contract at a version."""
    return f'"{version}"'


def told(answer: Answer) -> Accepted:
    """An accepted command, as it is answered."""
    return Accepted(
        contract_id=str(answer.contract_id),
        version=answer.version,
        position=answer.position,
        facts=tuple(fact.stored_name for fact in answer.facts),
    )


def accepted(answer: Answer, found: Accepted | None = None) -> Response:
    """The answer to an accepted command; to a repeat the same, with a header that says so.

    ``found`` stands in its place where an operation tells more.
    """
    headers = {"ETag": etag(answer.version)}
    if answer.repeated:
        headers["Idempotency-Replayed"] = "true"
    return answered(found or told(answer), headers)

"""Who fills in and uploads for a practice: granted and taken back by its signatories."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body, Path
from pydantic import StringConstraints
from starlette.responses import Response

from application.providers import execute
from application.queries.provider import provider
from domain.agb import AgbCode
from domain.calendar import Instant
from domain.model import Frozen
from domain.provider.commands import DelegationCommand, GrantDelegation, RevokeDelegation
from domain.provider.provider import Delegation
from domain.provider.register import Person
from infrastructure.bootstrap import System
from infrastructure.http.access import Operation
from infrastructure.http.calling import Caller, CheckedRoute, TheSystem
from infrastructure.http.commanding import Given, Giving
from infrastructure.http.identity import is_delegate
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import fail
from infrastructure.http.reading import Agb, Asking
from infrastructure.http.routing import COMMANDING, READING, answered, operation

router = APIRouter(tags=["delegations"], route_class=CheckedRoute)
DELEGATIONS = "/practices/{agb}/delegations"
PERSON_ID = r"^[A-Za-z0-9][A-Za-z0-9._@:-]{0,99}$"
PersonId = Annotated[str, StringConstraints(pattern=PERSON_ID)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
_ACCEPTED = {"agb": "04001234", "version": 3, "position": 1042, "facts": ["DelegationGranted"]}


class Delegations(Frozen):
    """Who may fill in and upload for the practice, as known then; one whose ``last_day`` has passed may not."""

    agb: str
    known_at: Instant
    position: int
    delegations: tuple[Delegation, ...]


class Granting(Frozen):
    """Who may act from now on, by the person id of the identity provider; until it is revoked, or to ``last_day``."""

    person_id: PersonId
    name: Name
    last_day: date | None = None


class PracticeAccepted(Frozen):
    """An accepted command on a practice: what it recorded, and the ``version`` of the practice after it.

    ``position`` is the log position to wait for with ``min-position``.
    """

    agb: str
    version: int
    position: int
    facts: tuple[str, ...]


@router.get(
    DELEGATIONS,
    **operation(Operation.LIST_DELEGATIONS, Delegations, *READING, success="Who acts for the practice."),
)
def list_delegations(agb: Agb, question: Asking, caller: Caller, system: TheSystem) -> Response:
    """Who may fill in and upload for the practice, and which signatory said so; a delegate sees the own one only."""
    found = provider(system.contracting, AgbCode(agb), None, question.seen_by(system))
    if found.version is None:
        raise fail(Kind.NOT_FOUND, f"no practice with AGB code {agb} is registered", code="PROVIDER_UNKNOWN")
    shown = tuple(
        each for each in found.delegations or () if not is_delegate(caller) or each.person.person_id == caller.person_id
    )
    return answered(Delegations(agb=agb, known_at=found.known_at, position=found.position, delegations=shown))


@router.post(
    DELEGATIONS,
    **operation(
        Operation.GRANT_DELEGATION,
        PracticeAccepted,
        *COMMANDING,
        success="The person may act, from now on.",
        example=_ACCEPTED,
    ),
)
def grant_delegation(
    agb: Agb,
    given: Given,
    granting: Annotated[
        Granting, Body(examples=[{"person_id": "p7", "name": "J. Voorbeeld", "last_day": "2024-12-31"}])
    ],
    system: TheSystem,
) -> Response:
    """Let a person fill in and upload for the practice, at once and for every purchaser; never sign or decline."""
    identity = given.identity
    command = GrantDelegation(
        person=Person(person_id=granting.person_id, name=granting.name),
        granted_by=identity.person_id,
        certificate_serial=identity.certificate_serial or "",
        last_day=granting.last_day,
    )
    return _executed(system, AgbCode(agb), command, given)


@router.post(
    DELEGATIONS + "/{person_id}/revocation",
    **operation(
        Operation.REVOKE_DELEGATION,
        PracticeAccepted,
        *COMMANDING,
        success="The person may act no more.",
        example={**_ACCEPTED, "version": 4, "facts": ["DelegationRevoked"]},
    ),
)
def revoke_delegation(
    agb: Agb, person_id: Annotated[str, Path(pattern=PERSON_ID)], given: Given, system: TheSystem
) -> Response:
    """Take the right back, at once; any signatory of the practice may."""
    identity = given.identity
    command = RevokeDelegation(
        person_id=person_id, revoked_by=identity.person_id, certificate_serial=identity.certificate_serial or ""
    )
    return _executed(system, AgbCode(agb), command, given)


def _executed(system: System, agb: AgbCode, command: DelegationCommand, given: Giving) -> Response:
    entered = execute(system.providers, agb, command, given.order())
    seen = system.providers.history(agb)[: entered.version]
    found = PracticeAccepted(
        agb=agb,
        version=entered.version,
        position=seen[-1].position,
        facts=tuple(each.stored_name for each in entered.facts),
    )
    return answered(found, {"Idempotency-Replayed": "true"} if entered.repeated else None)

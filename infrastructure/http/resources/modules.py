"""Modules on top of a concluded contract: asked for by the practice, tested anew and ended by the purchaser."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body, Path
from starlette.responses import Response

from domain.contract.commands import EndModule, RequestModule, RetestModule
from domain.policy.answers import Answers
from infrastructure.http.access import Operation
from infrastructure.http.calling import CheckedRoute, TheSystem
from infrastructure.http.commanding import Accepted, Given, GivenOnVersion, accepted
from infrastructure.http.reading import CONTRACT, TheContract
from infrastructure.http.resources.applications import Arrived
from infrastructure.http.resources.deciding import Reasoned
from infrastructure.http.resources.signing import ACCEPTED
from infrastructure.http.routing import COMMANDING, operation

router = APIRouter(tags=["modules"], route_class=CheckedRoute)
MODULE = CONTRACT + "/modules/{module}"
Module = Annotated[
    str,
    Path(pattern="^[a-z][a-z0-9_-]{0,79}$", description="A module of the policy, by its code.", examples=["complex"]),
]


class ModuleAsked(Arrived):
    """Which conditions the practice declares with what it asks."""

    declared: Answers | None = None


class Retested(Reasoned):
    """Whether the test that is due next was passed; ``occurred_at`` is when it was held."""

    passed: bool


class ModuleEnding(Reasoned):
    """The last day on which the module is in force."""

    last_day: date


@router.post(
    MODULE,
    **operation(
        Operation.REQUEST_MODULE,
        Accepted,
        *COMMANDING,
        success="The module is granted, refused, or a person is asked: the facts say which.",
        example={**ACCEPTED, "facts": ["ModuleGranted"]},
    ),
)
def request_module(
    contract_id: TheContract,
    module: Module,
    given: Given,
    asked: Annotated[ModuleAsked, Body(examples=[{"declared": {"declared": {"trained_complex": True}}}])],
    system: TheSystem,
) -> Response:
    """Ask for a module on top of a contract in force; what the policy can judge is judged at once."""
    command = RequestModule(module=module, declared=asked.declared)
    return accepted(system.contracting.act(contract_id, command, asked.order(given)))


@router.post(
    MODULE + "/tests",
    **operation(
        Operation.RETEST_MODULE,
        Accepted,
        *COMMANDING,
        success="The result of the test is recorded.",
        example={**ACCEPTED, "facts": ["ModuleRetested"]},
    ),
)
def retest_module(
    contract_id: TheContract,
    module: Module,
    given: GivenOnVersion,
    test: Annotated[Retested, Body(examples=[{"passed": True, "reason": "Audit of 30 September"}])],
    system: TheSystem,
) -> Response:
    """Record the result of the test of a module that is due next; one that was failed ends it, as the policy says."""
    order = given.order(reason=test.reason, occurred_at=test.occurred_at)
    return accepted(system.contracting.act(contract_id, RetestModule(module=module, passed=test.passed), order))


@router.post(
    MODULE + "/end",
    **operation(
        Operation.END_MODULE,
        Accepted,
        *COMMANDING,
        success="The module ends after that day.",
        example={**ACCEPTED, "facts": ["ModuleEnded"]},
    ),
)
def end_module(
    contract_id: TheContract,
    module: Module,
    given: GivenOnVersion,
    ending: Annotated[ModuleEnding, Body(examples=[{"last_day": "2027-06-30", "reason": "The practice asked for it"}])],
    system: TheSystem,
) -> Response:
    """End a module after a day; the contract under it goes on."""
    order = given.order(reason=ending.reason, occurred_at=ending.occurred_at)
    return accepted(system.contracting.act(contract_id, EndModule(module=module, last_day=ending.last_day), order))

"""Rounds that are planned: the scheduler holds each from its instant on, unless it was taken back."""

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query
from starlette.responses import Response

from application.plans import Plan, PlanOrder, PlanState, all_plans, cancel_plan, plan_round
from domain.calendar import Instant
from domain.care_type import CareType
from domain.contract.facts import Text
from domain.model import Frozen
from infrastructure.http.access import Operation
from infrastructure.http.calling import CheckedRoute, TheSystem
from infrastructure.http.commanding import Given
from infrastructure.http.reading import MinPosition, Purchaser, check_position
from infrastructure.http.resources.policies import Policy, check_policy
from infrastructure.http.resources.rounds import ROUND
from infrastructure.http.routing import COMMANDING, READING, answered, operation

router = APIRouter(tags=["rounds"], route_class=CheckedRoute)
PLANS = ROUND + "/plans"


class RoundPlans(Frozen):
    """The plans of a policy, the earliest first."""

    plans: tuple[Plan, ...]


class RoundToPlan(Frozen):
    """From which instant on the round is held; no ``care_types`` is all of the round."""

    planned_for: Instant
    care_types: tuple[CareType, ...] = ()
    reason: Text | None = None


class PlanTakenBack(Frozen):
    """Why the plan is taken back."""

    reason: Text | None = None


@router.get(PLANS, **operation(Operation.LIST_ROUND_PLANS, RoundPlans, *READING, success="The plans."))
def list_round_plans(
    purchaser: Purchaser,
    policy_id: Policy,
    system: TheSystem,
    state: Annotated[PlanState | None, Query(description="Only those of this state.")] = None,
    min_position: MinPosition = None,
) -> Response:
    """The rounds of a policy that are or were planned, and what became of each."""
    check_position(system, min_position)
    check_policy(system, purchaser, policy_id)
    found = all_plans(system.contracting, policy_id)
    return answered(RoundPlans(plans=tuple(each for each in found if state in {None, each.state})))


@router.post(
    PLANS,
    **operation(Operation.SET_ROUND_PLAN, Plan, *COMMANDING, success="The plan that stands."),
)
def set_round_plan(
    purchaser: Purchaser,
    policy_id: Policy,
    given: Given,
    wanted: Annotated[
        RoundToPlan, Body(examples=[{"planned_for": "2024-09-16T08:00:00+02:00", "care_types": ["FYS"]}])
    ],
    system: TheSystem,
) -> Response:
    """Plan a round for an instant to come: then the scheduler sends the questionnaires and direct offers.

    A plan that stands for the same care types and instant is answered, and nothing is recorded.
    """
    check_policy(system, purchaser, policy_id)
    asked = PlanOrder(
        policy_id,
        wanted.planned_for,
        given.identity.person_id,
        wanted.care_types,
        wanted.reason,
        given.command_id,
        given.correlation_id,
    )
    return answered(plan_round(system.contracting, asked))


@router.post(
    PLANS + "/{plan}/cancellation",
    **operation(
        Operation.CANCEL_ROUND_PLAN,
        Plan,
        *COMMANDING,
        success="The plan is taken back.",
    ),
)
def cancel_round_plan(
    purchaser: Purchaser,
    policy_id: Policy,
    plan: Annotated[int, Path(ge=1, le=1_000_000, description="The number of the plan.", examples=[1])],
    given: Given,
    taken_back: Annotated[PlanTakenBack, Body(examples=[{"reason": "The board decides later"}])],
    system: TheSystem,
) -> Response:
    """Take a plan back before it is carried out; again changes nothing."""
    check_policy(system, purchaser, policy_id)
    return answered(cancel_plan(system.contracting, policy_id, plan, given.order(reason=taken_back.reason)))

"""Rounds that an officer planned: recorded, and carried out by a tick from their instant on (OD50)."""

from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from application.contracting import Contracting
from application.due_failures import Failed, Failures, failed_again
from application.mapper import NewFact
from application.order import Order, contexts, digest
from application.ports import DueItem, VersionConflict
from application.round import RoundOrder, RoundReport, round_care_types, run_round, version_of
from domain.calendar import Instant, instant_text, to_microseconds
from domain.care_type import CareType
from domain.contract.facts import Approached
from domain.history import Recorded
from domain.model import Frozen
from domain.refusal import Refused, RefusedError
from domain.round.facts import (
    PLANS,
    PlanFact,
    RoundPlanCancelled,
    RoundPlanCarriedOut,
    RoundPlanned,
    plan_stream,
)

ATTEMPTS = 5
PLANNED_ROUND = "round"
"""The kind under which a plan that fails is kept."""


class PlanState(StrEnum):
    """What became of a plan."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    CARRIED_OUT = "carried_out"


class Plan(Frozen):
    """A planned round: over which care types, from which instant on, by whom; ``batch`` once it was carried out."""

    policy_id: str
    plan: int
    care_types: tuple[CareType, ...]
    planned_for: Instant
    actor: str
    reason: str | None
    event_id: str
    state: PlanState = PlanState.PLANNED
    batch: str | None = None


class PlanOrder(NamedTuple):
    """Which round is planned, for when, and on whose word. No ``care_types`` is all of the round.

    Without a ``command_id`` the plan's own number names it.
    """

    policy_id: str
    planned_for: datetime
    actor: str
    care_types: tuple[CareType, ...] = ()
    reason: str | None = None
    command_id: str | None = None
    correlation_id: str | None = None


def plan_round(contracting: Contracting, asked: PlanOrder) -> Plan:
    """Record a plan; one that stands already for the same care types and instant is answered again.

    So is the plan that this very command brought, whatever became of it. Raises ``RefusedError`` for an instant that
    has passed, and for care types that have no round.
    """
    now = contracting.clock.now()
    document = version_of(contracting, asked.policy_id, now).document
    possible = round_care_types(document)
    strange = [each for each in asked.care_types if each not in possible]
    if strange or not possible:
        message = (
            f"{document.id} has no round for {', '.join(strange) or 'any care type'}; "
            f"it has one for {', '.join(possible) or 'none'}"
        )
        raise RefusedError(Refused("NO_ROUND", message))
    chosen = tuple(each for each in possible if not asked.care_types or each in asked.care_types)
    for _ in range(ATTEMPTS):
        history = _history(contracting, asked.policy_id)
        plans = plans_of(history)
        repeated = _brought_by(history, asked, chosen)
        if repeated is not None:
            return plans[repeated - 1]
        if asked.planned_for <= now:
            message = f"{instant_text(asked.planned_for)} has passed; a round that begins now is held with: round run"
            raise RefusedError(Refused("PLANNED_IN_PAST", message))
        for each in plans:
            same = (each.care_types, each.planned_for) == (chosen, asked.planned_for)
            if same and each.state is PlanState.PLANNED:
                return each
        fact = RoundPlanned(
            policy_id=asked.policy_id, plan=len(plans) + 1, care_types=chosen, planned_for=asked.planned_for
        )
        order = Order(
            asked.actor,
            asked.command_id or f"{plan_stream(asked.policy_id)}/{fact.plan}",
            reason=asked.reason,
            correlation_id=asked.correlation_id,
        )
        try:
            _append(contracting, asked.policy_id, len(history), fact, order)
        except VersionConflict:
            continue
        return plans_of(_history(contracting, asked.policy_id))[fact.plan - 1]
    raise _conflict(asked.policy_id)


def _brought_by(history: Iterable[Recorded], asked: PlanOrder, care_types: tuple[CareType, ...]) -> int | None:
    """The number of the plan that a command brought before; raises ``RefusedError`` when it asked for another."""
    for recorded in history:
        fact = recorded.fact
        if isinstance(fact, RoundPlanned) and recorded.envelope().command_id == asked.command_id:
            if (fact.care_types, fact.planned_for) != (care_types, asked.planned_for):
                message = f"command id {asked.command_id!r} was used for another plan"
                raise RefusedError(Refused("COMMAND_ID_REUSED", message))
            return fact.plan
    return None


def cancel_plan(contracting: Contracting, policy_id: str, number: int, order: Order) -> Plan:
    """Take a plan back before it is carried out; again changes nothing.

    Raises ``RefusedError`` when there is no such plan, or it was carried out.
    """
    for _ in range(ATTEMPTS):
        history = _history(contracting, policy_id)
        plan = next((each for each in plans_of(history) if each.plan == number), None)
        if plan is None:
            raise RefusedError(Refused("PLAN_UNKNOWN", f"{policy_id} has no plan {number}; see: round plans list"))
        if plan.state is PlanState.CARRIED_OUT:
            raise RefusedError(Refused("PLAN_CARRIED_OUT", f"plan {number} was carried out as {plan.batch}"))
        if plan.state is PlanState.CANCELLED:
            return plan
        try:
            _append(contracting, policy_id, len(history), RoundPlanCancelled(plan=number), order)
        except VersionConflict:
            continue
        return plan.model_copy(update={"state": PlanState.CANCELLED})
    raise _conflict(policy_id)


def all_plans(contracting: Contracting, policy_id: str | None = None) -> list[Plan]:
    """The plans of a policy, or of all, the earliest first."""
    streams = contracting.log_port.stream_ids(PLANS) if policy_id is None else [plan_stream(policy_id)]
    histories = [_history(contracting, each.removeprefix(PLANS)) for each in streams]
    found = [plan for history in histories for plan in plans_of(history)]
    return sorted(found, key=lambda each: (each.planned_for, each.policy_id, each.plan))


def plans_due(contracting: Contracting, at: datetime) -> list[Plan]:
    """The plans whose instant has come and that were neither carried out nor cancelled, the earliest first."""
    return [each for each in all_plans(contracting) if each.state is PlanState.PLANNED and each.planned_for <= at]


def item_of(plan: Plan) -> DueItem:
    """Under which a plan that fails is kept."""
    return DueItem(to_microseconds(plan.planned_for), f"{plan_stream(plan.policy_id)}/{plan.plan}", PLANNED_ROUND)


class PlanReport(NamedTuple):
    """What a planned round recorded, by the name of the fact; or why it failed."""

    recorded: dict[str, int]
    failed: Failed | None


def carry_out_plan(
    contracting: Contracting, failures: Failures, plan: Plan, actor: str, go_on: Callable[[], bool]
) -> PlanReport:
    """Hold a planned round now, on behalf of who planned it; stopped in the middle it goes on at the next tick."""
    before = next((each for each in failures.all() if each.item == item_of(plan)), None)
    try:
        report = run_round(
            contracting,
            RoundOrder(
                plan.policy_id,
                actor,
                care_types=plan.care_types,
                reason=plan.reason,
                on_behalf_of=plan.actor,
                causation_id=plan.event_id,
            ),
            stop=lambda: not go_on(),
        )
        _check(report)
        if report.interrupted:
            return PlanReport(_counted(report), None)
        _carried_out(contracting, plan, report.batch, actor)
    except (RefusedError, VersionConflict, PlanFailedError) as error:
        failed = failed_again(before, item_of(plan), contracting.clock.now(), str(error))
        failures.put(failed)
        return PlanReport({}, failed)
    if before is not None:
        failures.forget(item_of(plan))
    return PlanReport({**_counted(report), RoundPlanCarriedOut.stored_name: 1}, None)


def _check(report: RoundReport) -> None:
    if report.failures:
        first, count = report.failures[0], len(report.failures)
        raise PlanFailedError(f"{count} could not be decided, the first is {first.stream_id}: {first.message}")


def _counted(report: RoundReport) -> dict[str, int]:
    approached = sum(each.approached for each in report.counts.values())
    return {Approached.stored_name: approached} if approached else {}


class PlanFailedError(Exception):
    """A planned round went over every practice, and some could not be decided."""


def plans_of(history: Iterable[Recorded]) -> list[Plan]:
    """The plans that one stream tells of, in the order in which they were made."""
    plans: dict[int, Plan] = {}
    for recorded in history:
        match recorded.fact:
            case RoundPlanned() as fact:
                context = recorded.envelope()
                plans[fact.plan] = Plan(
                    policy_id=fact.policy_id,
                    plan=fact.plan,
                    care_types=fact.care_types,
                    planned_for=fact.planned_for,
                    actor=context.actor,
                    reason=context.reason,
                    event_id=recorded.event_id,
                )
            case RoundPlanCancelled() as fact:
                plans[fact.plan] = plans[fact.plan].model_copy(update={"state": PlanState.CANCELLED})
            case RoundPlanCarriedOut() as fact:
                done = {"state": PlanState.CARRIED_OUT, "batch": fact.batch}
                plans[fact.plan] = plans[fact.plan].model_copy(update=done)
            case _:
                continue
    return list(plans.values())


def _carried_out(contracting: Contracting, plan: Plan, batch: str, actor: str) -> None:
    for _ in range(ATTEMPTS):
        history = _history(contracting, plan.policy_id)
        stands = next(each for each in plans_of(history) if each.plan == plan.plan)
        if stands.state is not PlanState.PLANNED:
            return
        order = Order(
            actor,
            f"{item_of(plan).subject}/carried-out",
            on_behalf_of=plan.actor,
            correlation_id=batch,
            causation_id=plan.event_id,
        )
        try:
            _append(contracting, plan.policy_id, len(history), RoundPlanCarriedOut(plan=plan.plan, batch=batch), order)
        except VersionConflict:
            continue
        return
    raise _conflict(plan.policy_id)


def _history(contracting: Contracting, policy_id: str) -> list[Recorded]:
    return contracting.facts.decode_all(contracting.log_port.read([(plan_stream(policy_id), 0)]))


def _append(contracting: Contracting, policy_id: str, seen: int, fact: PlanFact, order: Order) -> None:
    stream = plan_stream(policy_id)
    [context] = contexts(order, digest(fact), stream, policy_position=None, provider_version=None)
    now = to_microseconds(contracting.clock.now())
    contracting.save(NewFact(stream, seen + 1, fact, now, context))


def _conflict(policy_id: str) -> VersionConflict:
    return VersionConflict(f"{plan_stream(policy_id)} was changed by others {ATTEMPTS} times in a row; try again")

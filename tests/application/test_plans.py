"""An officer plans a round; a tick holds it, once, from its instant on."""

from collections.abc import Iterator

import pytest

from application.order import Order
from application.plans import Plan, PlanOrder, PlanState, all_plans, cancel_plan, plan_round
from application.ports import Entry
from application.tick import carry_out_due
from domain.care_type import CareType
from domain.contract.contract_id import ContractId
from domain.refusal import RefusedError
from domain.round.facts import plan_stream
from tests.given import at
from tests.round_world import POLICY, RoundWorld, entry, round_world

CONTRACT = "caresq/05001234/LOG/2025-2026"
MORNING = "2024-08-27T09:00"


@pytest.fixture
def world(sqlite_url: str) -> Iterator[RoundWorld]:
    with round_world(sqlite_url) as opened:
        opened.register(entry("05001234", "LOG"), entry("04001235"))
        opened.at("2024-08-01")
        yield opened


def planned(world: RoundWorld, moment: str = MORNING, *care_types: CareType) -> Plan:
    return plan_round(world.contracting, PlanOrder(POLICY, at(moment), "officer", care_types, "as announced"))


def tick(world: RoundWorld, moment: str) -> dict[str, int]:
    return carry_out_due(world.system.ticking, world.at(moment)).recorded


def states(world: RoundWorld) -> list[PlanState]:
    return [each.state for each in all_plans(world.contracting)]


def test_a_plan_is_carried_out_from_its_instant_on_and_once(world: RoundWorld) -> None:
    plan = planned(world, MORNING, CareType.LOG)
    assert tick(world, "2024-08-27T08:59") == {}
    assert tick(world, MORNING) == {"Approached": 1, "RoundPlanCarriedOut": 1}
    assert tick(world, "2024-08-27T09:01") == {}
    assert states(world) == [PlanState.CARRIED_OUT]
    assert all_plans(world.contracting, POLICY)[0].batch == "round/caresq-2025/2024-08-27"
    sent = world.contracting.load(ContractId.parse(CONTRACT)).history[-1]
    context = sent.envelope()
    assert (sent.fact.stored_name, sent.occurred_at) == ("QuestionnaireSent", at(MORNING))
    assert (context.actor, context.on_behalf_of, context.reason) == ("system", "officer", "as announced")
    assert world.contracting.load(ContractId.parse(CONTRACT)).history[0].envelope().causation_id == plan.event_id


def test_a_plan_that_is_late_is_held_when_it_is_held(world: RoundWorld) -> None:
    planned(world)
    assert tick(world, "2024-08-30T07:00")["RoundPlanCarriedOut"] == 1
    assert world.contracting.load(ContractId.parse(CONTRACT)).history[-1].occurred_at == at("2024-08-30T07:00")


def test_the_same_plan_again_changes_nothing_and_another_one_is_another(world: RoundWorld) -> None:
    assert planned(world) == planned(world)
    assert planned(world, MORNING, CareType.LOG).plan == 2
    assert [each.plan for each in all_plans(world.contracting)] == [1, 2]


def test_a_plan_that_is_cancelled_is_never_carried_out(world: RoundWorld) -> None:
    plan = planned(world)
    cancelled = cancel_plan(world.contracting, POLICY, plan.plan, Order("officer", "c"))
    assert cancelled.state is PlanState.CANCELLED
    assert cancel_plan(world.contracting, POLICY, plan.plan, Order("officer", "c")) == cancelled
    assert tick(world, "2024-09-01") == {}
    assert world.facts(plan_stream(POLICY)) == ["RoundPlanned", "RoundPlanCancelled"]


@pytest.mark.parametrize(
    ("moment", "care_types", "code"),
    [("2024-08-01", (), "PLANNED_IN_PAST"), (MORNING, (CareType.VAL,), "NO_ROUND")],
)
def test_what_can_not_be_held_can_not_be_planned(
    world: RoundWorld, moment: str, care_types: tuple[CareType, ...], code: str
) -> None:
    with pytest.raises(RefusedError, match=code):
        planned(world, moment, *care_types)
    assert all_plans(world.contracting) == []


def test_a_plan_that_is_not_there_or_was_carried_out_can_not_be_cancelled(world: RoundWorld) -> None:
    with pytest.raises(RefusedError, match="PLAN_UNKNOWN"):
        cancel_plan(world.contracting, POLICY, 1, Order("officer", "c"))
    planned(world)
    tick(world, MORNING)
    with pytest.raises(RefusedError, match="PLAN_CARRIED_OUT"):
        cancel_plan(world.contracting, POLICY, 1, Order("officer", "c"))


def test_a_round_that_is_stopped_because_the_lead_was_lost_is_held_at_the_next_tick(world: RoundWorld) -> None:
    planned(world)
    leads = iter([True, False])
    stopped = world.system.ticking._replace(go_on=lambda: next(leads, False))
    assert carry_out_due(stopped, world.at(MORNING)).recorded == {}
    assert states(world) == [PlanState.PLANNED]
    assert tick(world, "2024-08-27T09:01")["RoundPlanCarriedOut"] == 1


def test_a_planned_round_that_fails_is_kept_and_tried_again(world: RoundWorld) -> None:
    planned(world)
    world.at(MORNING)
    unreadable = Entry("provider/04001235", 3, "FactOfTomorrow.v1", b"{}", 0, b"{}", None)
    world.contracting.log_port.append([unreadable], now=0)
    report = carry_out_due(world.system.ticking, at(MORNING))
    [failure] = report.failures
    assert failure.contract_id == "plan/caresq-2025/1"
    assert "1 could not be decided, the first is provider/04001235" in failure.message
    assert failure.next_try_at == at("2024-08-27T09:01")
    assert states(world) == [PlanState.PLANNED]
    assert carry_out_due(world.system.ticking, at(MORNING)).failures == ()

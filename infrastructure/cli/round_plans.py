"""``contractspoor round plan`` and ``round plans``: plan a round for an instant, list plans, take one back."""

from datetime import datetime
from typing import Annotated

import typer

from application.order import Order
from application.plans import Plan, PlanOrder, PlanState, all_plans, cancel_plan, plan_round
from domain.calendar import local_text
from domain.care_type import CareType
from domain.round.facts import plan_stream
from infrastructure.cli.console import print_json
from infrastructure.cli.options import Actor, AsJson, Database, OnBehalfOf, Reason, opened, parsed_instant

app = typer.Typer(no_args_is_help=True, help="See the rounds that are planned, or take one back.")

Policy = Annotated[str, typer.Argument(metavar="POLICY", help="An adopted policy by its id, such as caresq-2025.")]


def plan(
    policy: Policy,
    actor: Actor,
    at: Annotated[
        datetime,
        typer.Option(
            "--at", metavar="INSTANT", parser=parsed_instant, help="From when on the scheduler holds it, with a zone."
        ),
    ],
    care_type: Annotated[
        list[CareType] | None, typer.Option("--care-type", help="Only this care type; may be given again.")
    ] = None,
    reason: Reason = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Plan a round: at its instant the scheduler sends the questionnaires and direct offers.

    The plan is recorded; the same plan again changes nothing.
    """
    with opened(database) as system:
        made = plan_round(system.contracting, PlanOrder(policy, at, actor, tuple(care_type or ()), reason))
    if as_json:
        print_json(made.model_dump(mode="json"))
    else:
        typer.echo(f"Plan {made.plan}: {_told(made)}")


@app.command("list")
def list_plans(
    policy: Annotated[
        str | None, typer.Argument(metavar="[POLICY]", help="Only the plans of this policy; left out: of all.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Those that were carried out or cancelled as well.")
    ] = False,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """List the rounds that are planned, the earliest first."""
    with opened(database) as system:
        found = [
            each for each in all_plans(system.contracting, policy) if everything or each.state is PlanState.PLANNED
        ]
    if as_json:
        print_json([each.model_dump(mode="json") for each in found])
        return
    for each in found:
        typer.echo(f"{each.policy_id} plan {each.plan}: {_told(each)}")
    if not found:
        typer.echo("No round is planned.")


@app.command()
def cancel(
    policy: Policy,
    number: Annotated[int, typer.Argument(metavar="PLAN", min=1, help="The number of the plan, as the list shows it.")],
    actor: Actor,
    reason: Reason = None,
    on_behalf_of: OnBehalfOf = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Take a plan back that was not carried out yet. Again changes nothing."""
    order = Order(actor, f"{plan_stream(policy)}/{number}/cancel", on_behalf_of=on_behalf_of, reason=reason)
    with opened(database) as system:
        found = cancel_plan(system.contracting, policy, number, order)
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        typer.echo(f"Plan {found.plan}: {_told(found)}")


def _told(plan: Plan) -> str:
    what = f"{' '.join(plan.care_types)} at {local_text(plan.planned_for)}, by {plan.actor}"
    match plan.state:
        case PlanState.CARRIED_OUT:
            return f"{what}; carried out as {plan.batch}"
        case PlanState.CANCELLED:
            return f"{what}; cancelled"
        case PlanState.PLANNED:
            return what

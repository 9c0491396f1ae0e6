"""The format of a scenario file: policies, practices, steps and questions.

Its parts that come in many kinds (what a step does and expects, questions) are types of their own, so that a reader can
judge the frame first and then each part by its kind.
"""

from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field

from application.scenarios.deeds import Deed
from application.scenarios.expectations import Expectation
from application.scenarios.practices import ProviderForm
from application.scenarios.questions import AnyQuestion
from application.scenarios.values import ContractIdText, Moment
from application.scenarios.written import Written
from domain.agb import AgbCode
from domain.policy.adoption import Ground
from domain.policy.values import Clause, Reading, Words

Does = TypeVar("Does")
Expects = TypeVar("Expects")
Asks = TypeVar("Asks")


class PolicyEntry(Written):
    """A policy or an amendment, packaged (by its id) or in a file beside the scenario, and when it was adopted."""

    policy: Words
    adopted_at: Moment
    by: Words = "inkoper"
    ground: Ground | None = None


class Step(Written, Generic[Does, Expects]):
    """At an instant somebody does something; ``expect`` tells what that brings.

    ``occurred_at`` is the instant of the act when it was entered later, with a ``reason``. Without ``expect`` it only
    must not be refused.
    """

    at: Moment
    do: Does
    by: Words = "inkoper"
    on_behalf_of: Words | None = None
    reason: Words | None = None
    occurred_at: Moment | None = None
    command_id: Words | None = None
    contract: ContractIdText | None = None
    provider: AgbCode | None = None
    expect: Expects | None = None
    note: str = ""


class ScenarioParts(Written, Generic[Does, Expects, Asks]):
    """A whole scenario; ``contract`` is meant wherever a step or a question names none."""

    scenario: Words
    clauses: Annotated[tuple[Clause, ...], Field(min_length=1)]
    readings: tuple[Reading, ...] = ()
    note: str = ""
    contract: ContractIdText | None = None
    policies: Annotated[tuple[PolicyEntry, ...], Field(min_length=1)]
    providers: tuple[ProviderForm, ...] = ()
    steps: tuple[Step[Does, Expects], ...] = ()
    questions: tuple[Asks, ...] = ()


Frame = ScenarioParts[Any, Any, Any]
"""A scenario of which only the frame has been read."""

Scenario = ScenarioParts[Deed, Expectation, AnyQuestion]
"""A scenario that has been read as a whole."""


def last_instant_of(scenario: Scenario) -> datetime:
    """When the last thing of a scenario happens."""
    adoptions = [each.adopted_at for each in scenario.policies]
    registrations = [each.registered_at for each in scenario.providers if each.registered_at is not None]
    return max([*adoptions, *registrations, *(each.at for each in scenario.steps)])

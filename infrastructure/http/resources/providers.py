"""Practices as a purchaser knows them, and what its people and the practice itself enter."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import Field, StringConstraints
from starlette.responses import Response

from application.known_values import record_value
from application.providers import Entered, execute
from application.queries.provider import ProviderAnswer, provider
from application.queries.provider_events import ProviderEventsAnswer, provider_events
from application.registry_changes import ask_about_changes_after
from domain.agb import AgbCode
from domain.calendar import Instant
from domain.care_type import CareType
from domain.contract.facts import Text
from domain.model import Frozen
from domain.provider.commands import (
    CorrectProviderFact,
    EndIntegritySignal,
    OptOutOfOffers,
    ProviderCommand,
    RecordValue,
    SignalIntegrity,
    WithdrawOptOut,
)
from infrastructure.bootstrap import System
from infrastructure.http.access import Operation
from infrastructure.http.calling import Caller, CheckedRoute, TheSystem
from infrastructure.http.commanding import Given, Giving
from infrastructure.http.identity import OF_A_PRACTICE, Role
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import fail, invalid
from infrastructure.http.reading import Agb, Asking, Purchaser
from infrastructure.http.routing import COMMANDING, READING, answered, operation

router = APIRouter(tags=["providers"], route_class=CheckedRoute)

PROVIDER = "/providers/{purchaser}/{agb}"
Reason = Annotated[str, StringConstraints(min_length=1, max_length=2_000, pattern=r"\S")]
_REVIEWERS = frozenset({Role.REVIEWER})
_ENTERED = {"agb": "04001234", "version": 4, "position": 1042, "facts": ["OptedOut"]}


class RecordedOfProvider(Frozen):
    """An accepted command about a practice: what it recorded, none when all was known.

    ``version`` is that of the practice's stream, ``position`` the log position to wait for with ``min-position``.
    """

    agb: str
    version: int
    position: int
    facts: tuple[str, ...]


class Wish(Frozen):
    """For one care type, or for all; from a day, which is the day of the wish when left out.

    ``occurred_at`` is when the purchaser heard of it; an earlier instant than now needs a ``reason``.
    """

    care_type: CareType | None = None
    from_day: date | None = None
    occurred_at: Instant | None = None
    reason: Text | None = None


class Doubt(Frozen):
    """Why, which the purchaser's reviewers alone will see; and from which day."""

    reason: Reason
    from_day: date | None = None
    occurred_at: Instant | None = None


class Value(Frozen):
    """What became known, under a code that the policy reads; ``value`` is text: a number, a day or a word."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    value: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    year: Annotated[int | None, Field(ge=2000, le=2100)] = None
    care_type: CareType | None = None
    reason: Reason
    occurred_at: Instant | None = None


class Correction(Frozen):
    """The fact at ``version`` as it should read, or void when there is no ``replacement``.

    ``of_the_register`` says that it is the register's fact and not the purchaser's own; ``fact_occurred_at`` is when it
    really happened.
    """

    version: Annotated[int, Field(ge=1, le=2**31)]
    replacement: dict[str, Any] | None = None
    fact_occurred_at: Instant | None = None
    of_the_register: bool = False
    reason: Reason


@router.get(
    PROVIDER, **operation(Operation.READ_PROVIDER, ProviderAnswer, *READING, success="The practice, as known then.")
)
def read_provider(purchaser: Purchaser, agb: Agb, question: Asking, caller: Caller, system: TheSystem) -> Response:
    """The practice as the register tells it, and what the purchaser knows: contracts, opt-outs, values.

    Doubts about integrity and restricted values are there for the purchaser's reviewers only.
    """
    asked, sees_all = question.seen_by(system), caller.is_any_of(_REVIEWERS)
    answer = provider(system.contracting, AgbCode(agb), purchaser, asked, with_integrity=sees_all)
    if answer.record is None:
        message = f"no practice with AGB code {agb} is registered, as known at log position {answer.position}"
        raise fail(Kind.NOT_FOUND, message, code="PROVIDER_UNKNOWN")
    return answered(answer)


@router.get(
    PROVIDER + "/events",
    **operation(Operation.LIST_PROVIDER_EVENTS, ProviderEventsAnswer, *READING, success="The facts, in log order."),
)
def list_provider_events(
    purchaser: Purchaser, agb: Agb, question: Asking, caller: Caller, system: TheSystem
) -> Response:
    """The facts about the practice that the purchaser may see: what, when, by whom and why, by version."""
    asked, sees_all = question.seen_by(system), caller.is_any_of(_REVIEWERS)
    answer = provider_events(system.contracting, AgbCode(agb), purchaser, asked, with_integrity=sees_all)
    if not answer.events:
        message = f"nothing is known of a practice with AGB code {agb}, at log position {answer.position}"
        raise fail(Kind.NOT_FOUND, message, code="PROVIDER_UNKNOWN")
    return answered(answer)


@router.post(
    PROVIDER + "/opt-outs",
    **operation(
        Operation.OPT_OUT, RecordedOfProvider, *COMMANDING, success="The practice gets no offers.", example=_ENTERED
    ),
)
def opt_out(
    purchaser: Purchaser,
    agb: Agb,
    wish: Annotated[Wish, Body(examples=[{"care_type": "FYS"}])],
    given: Given,
    system: TheSystem,
) -> Response:
    """The practice wants no offers from the purchaser, for one care type or for all."""
    command = OptOutOfOffers(purchaser=purchaser, care_type=wish.care_type, from_day=wish.from_day)
    return _wished(system, agb, command, wish, given)


@router.post(
    PROVIDER + "/opt-outs/withdrawal",
    **operation(
        Operation.WITHDRAW_OPT_OUT,
        RecordedOfProvider,
        *COMMANDING,
        success="The practice gets offers again.",
        example={**_ENTERED, "facts": ["OptOutWithdrawn"]},
    ),
)
def withdraw_opt_out(
    purchaser: Purchaser,
    agb: Agb,
    wish: Annotated[Wish, Body(examples=[{"care_type": "FYS"}])],
    given: Given,
    system: TheSystem,
) -> Response:
    """The practice wants offers from the purchaser again, for one care type or for all."""
    command = WithdrawOptOut(purchaser=purchaser, care_type=wish.care_type, from_day=wish.from_day)
    return _wished(system, agb, command, wish, given)


@router.post(
    PROVIDER + "/integrity-signals",
    **operation(
        Operation.SIGNAL_INTEGRITY,
        RecordedOfProvider,
        *COMMANDING,
        success="The practice goes to review instead of being approached.",
        example={**_ENTERED, "facts": ["IntegritySignalled"]},
    ),
)
def signal_integrity(
    purchaser: Purchaser,
    agb: Agb,
    doubt: Annotated[Doubt, Body(examples=[{"reason": "Claims for days on which the practice was closed."}])],
    given: Given,
    system: TheSystem,
) -> Response:
    """Record a doubt about the integrity of the practice's care; only the purchaser's reviewers see it."""
    return _doubted(system, agb, SignalIntegrity(purchaser=purchaser, from_day=doubt.from_day), doubt, given)


@router.post(
    PROVIDER + "/integrity-signals/end",
    **operation(
        Operation.END_INTEGRITY_SIGNAL,
        RecordedOfProvider,
        *COMMANDING,
        success="The doubt is taken back.",
        example={**_ENTERED, "facts": ["IntegritySignalEnded"]},
    ),
)
def end_integrity_signal(
    purchaser: Purchaser,
    agb: Agb,
    doubt: Annotated[Doubt, Body(examples=[{"reason": "The claims were explained."}])],
    given: Given,
    system: TheSystem,
) -> Response:
    """Take a doubt about the integrity of the practice's care back."""
    return _doubted(system, agb, EndIntegritySignal(purchaser=purchaser, from_day=doubt.from_day), doubt, given)


@router.post(
    PROVIDER + "/values",
    **operation(
        Operation.RECORD_VALUE,
        RecordedOfProvider,
        *COMMANDING,
        success="The value is known.",
        example={**_ENTERED, "facts": ["ValuesRecorded"]},
    ),
)
def record_value_of_provider(
    purchaser: Purchaser,
    agb: Agb,
    value: Annotated[
        Value, Body(examples=[{"code": "claims", "value": "yes", "year": 2023, "reason": "Told by the claims system."}])
    ],
    given: Given,
    system: TheSystem,
) -> Response:
    """Record what became known of the practice: claims, a treatment index, a verdict. What no rule reads is refused."""
    command = RecordValue(
        purchaser=purchaser, code=value.code, value=value.value, year=value.year, care_type=value.care_type
    )
    order = given.order(reason=value.reason, occurred_at=value.occurred_at)
    return _entered(system, agb, record_value(system.contracting, system.providers, AgbCode(agb), command, order))


@router.post(
    PROVIDER + "/corrections",
    **operation(
        Operation.CORRECT_PROVIDER_FACT,
        RecordedOfProvider,
        *COMMANDING,
        success="The fact reads otherwise from now on.",
        example={**_ENTERED, "facts": ["FactCorrected"]},
    ),
)
def correct_provider_fact(
    purchaser: Purchaser,
    agb: Agb,
    correction: Annotated[Correction, Body(examples=[{"version": 3, "reason": "Entered for the wrong practice."}])],
    given: Given,
    system: TheSystem,
) -> Response:
    """Mend a wrong entry about the practice: the purchaser's own, or the register's. What was stored stays.

    Where a running contract rests on what was mended in the register, a review is asked for.
    """
    command = CorrectProviderFact(
        purchaser=None if correction.of_the_register else purchaser,
        version=correction.version,
        replacement=correction.replacement,
        fact_occurred_at=correction.fact_occurred_at,
    )
    head = system.log.horizon().position
    entered = execute(system.providers, AgbCode(agb), command, given.order(reason=correction.reason))
    answer = _entered(system, agb, entered)
    ask_about_changes_after(system.contracting, head, correlation_id=given.correlation_id)
    return answer


def _wished(system: System, agb: str, command: ProviderCommand, wish: Wish, given: Giving) -> Response:
    if given.identity.is_any_of(OF_A_PRACTICE) and wish.occurred_at is not None:
        raise invalid("body.occurred_at", "a practice's own wish is of now: leave it out")
    order = given.order(reason=wish.reason, occurred_at=wish.occurred_at)
    return _entered(system, agb, execute(system.providers, AgbCode(agb), command, order))


def _doubted(system: System, agb: str, command: ProviderCommand, doubt: Doubt, given: Giving) -> Response:
    order = given.order(reason=doubt.reason, occurred_at=doubt.occurred_at)
    return _entered(system, agb, execute(system.providers, AgbCode(agb), command, order))


def _entered(system: System, agb: str, entered: Entered) -> Response:
    """The answer, with the position of the last fact that the command brought or rests on."""
    recorded = system.providers.history(AgbCode(agb))[entered.version - 1]
    found = RecordedOfProvider(
        agb=agb,
        version=entered.version,
        position=recorded.position,
        facts=tuple(fact.stored_name for fact in entered.facts),
    )
    return answered(found, {"Idempotency-Replayed": "true"} if entered.repeated else None)

"""Why a contract stands as it does, what changed, and on whose word: explanation, comparison, facts and trail."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from application.ports import Horizon
from application.queries.audit_trail import TrailAsked
from application.queries.contract_answer import Knowledge
from application.queries.contract_diff import Axis, Compared, DiffAnswer, contract_diff
from application.queries.events import EventsAnswer, contract_events
from application.queries.governed import not_known_yet
from application.queries.horizon import Asked
from application.queries.reasons import contract_reasons
from application.wording.reasons import ReasonsTold, told_reasons
from domain.calendar import to_microseconds
from infrastructure.http.access import Operation
from infrastructure.http.calling import Caller, CheckedRoute, TheSystem
from infrastructure.http.languages import language_asked
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import fail, invalid
from infrastructure.http.reading import CONTRACT, Asking, InstantOrDay, Page, TheContract
from infrastructure.http.resources.contracts import audience_of, check_governed, check_practice
from infrastructure.http.routing import READING, answered, operation
from infrastructure.http.trail_pages import TrailPage, trail_page

router = APIRouter(tags=["contracts"], route_class=CheckedRoute)


@router.get(
    CONTRACT + "/why",
    **operation(Operation.EXPLAIN_CONTRACT, ReasonsTold, *READING, success="Every decision, with what it rests on."),
)
def explain_contract(
    contract_id: TheContract, question: Asking, caller: Caller, system: TheSystem, request: Request
) -> Response:
    """Every decision about the contract, each rule with its clause, what was found, what was asked, whether it was met.

    In Dutch or English, by `Accept-Language`; and the shortest way to the next tier. The practice's own people do not
    see what the policy keeps for the purchaser's reviewers.
    """
    asked, audience = question.seen_by(system), audience_of(caller, contract_id.purchaser)
    answer = contract_reasons(system.contracting, system.questions, contract_id, asked, audience)
    horizon = Horizon(to_microseconds(answer.known_at), answer.position)
    if answer.knowledge is Knowledge.NOT_KNOWN_YET:
        raise fail(Kind.NOT_KNOWN_YET, not_known_yet(system.contracting.policies, contract_id, horizon))
    check_practice(system, contract_id, horizon)
    language = language_asked(request.headers.get("accept-language", ""))
    return answered(
        told_reasons(answer, language), {"Content-Language": language.value, "Vary": "Accept-Language, Authorization"}
    )


@router.get(
    CONTRACT + "/diff",
    **operation(Operation.COMPARE_CONTRACT, DiffAnswer, *READING, success="Each field that differs, and why."),
)
def compare_contract(
    contract_id: TheContract,
    question: Asking,
    caller: Caller,
    system: TheSystem,
    before: Annotated[
        InstantOrDay,
        Query(
            alias="from",
            description="The one answer: a day to ask about or, on the axis known, an instant.",
            examples=["2024-10-01"],
        ),
    ],
    after: Annotated[InstantOrDay | None, Query(alias="to", description="The other; left out: now.")] = None,
    axis: Annotated[Axis, Query(description="Compare two days, or what was known at two instants.")] = Axis.EFFECTIVE,
) -> Response:
    """What two answers about the contract differ in, field by field, and the facts that made the difference.

    On the axis `effective` both are given with the same knowledge (`known_at`, `position`), on the axis `known` both
    are about the same day (`effective_on`).
    """
    asked = question.seen_by(system)
    _check_axes(axis, asked, before, after)
    compared = Compared(axis=axis, before=before, after=after)
    audience = audience_of(caller, contract_id.purchaser)
    answer = contract_diff(system.contracting, system.questions, contract_id, compared, asked, audience)
    latest = max(answer.before, answer.after, key=lambda each: each.known_at)
    horizon = Horizon(to_microseconds(latest.known_at), latest.position)
    if answer.knowledge is Knowledge.NOT_KNOWN_YET:
        raise fail(Kind.NOT_KNOWN_YET, not_known_yet(system.contracting.policies, contract_id, horizon))
    check_practice(system, contract_id, horizon)
    return answered(answer)


def _check_axes(axis: Axis, asked: Asked, before: object, after: object) -> None:
    """A date that has two ends can not be given a third time."""
    if axis is Axis.KNOWN:
        doubled = [name for name in ("known_at", "position") if getattr(asked, name) is not None]
    else:
        doubled = [] if asked.effective_on is None else ["effective_on"]
        if isinstance(before, datetime) or isinstance(after, datetime):
            raise invalid("query.from", "an instant goes with axis=known; name days, such as 2025-03-15")
    if doubled:
        raise invalid(f"query.{doubled[0]}", f"from and to say it already, with axis={axis}")


@router.get(
    CONTRACT + "/events",
    **operation(Operation.LIST_CONTRACT_EVENTS, EventsAnswer, *READING, success="The facts, in log order."),
)
def list_contract_events(contract_id: TheContract, question: Asking, caller: Caller, system: TheSystem) -> Response:
    """The contract's facts: what, when it happened and when it was recorded, by whom, for whom, and why."""
    audience = audience_of(caller, contract_id.purchaser)
    answer = contract_events(system.contracting, contract_id, question.seen_by(system), audience)
    if not answer.events:
        check_governed(system, contract_id, Horizon(to_microseconds(answer.known_at), answer.position))
    return answered(answer)


@router.get(
    CONTRACT + "/trail",
    **operation(Operation.FOLLOW_CONTRACT, TrailPage, *READING, success="A page of the trail, in log order."),
)
def follow_contract(contract_id: TheContract, question: Asking, page: Page, system: TheSystem) -> Response:
    """The audit trail of the contract: each fact with what it changed, under which policy, and what caused it."""
    wanted = TrailAsked(purchaser=contract_id.purchaser, contract=str(contract_id))
    answer = trail_page(system, wanted, question.seen_by(system), page)
    if not answer.entries and not answer.after:
        check_governed(system, contract_id, Horizon(to_microseconds(answer.known_at), answer.position))
    return answered(answer)

"""Contracts: those of a purchaser and of a practice, and where one stood and what held in law."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from application.ports import Horizon
from application.providers import known_provider
from application.queries.contract_answer import ContractAnswer, Knowledge
from application.queries.governed import governing, not_known_yet
from application.queries.lists import ContractList, ContractsAsked, ListOrder
from application.queries.own_contracts import OwnContractsAnswer, own_contracts
from domain.calendar import to_microseconds
from domain.care_type import CareType
from domain.contract.audience import Audience
from domain.contract.contract_id import ContractId
from domain.contract.standing import Status
from infrastructure.bootstrap import System
from infrastructure.http.access import Operation
from infrastructure.http.calling import Caller, CheckedRoute, TheSystem
from infrastructure.http.commanding import etag
from infrastructure.http.identity import INSIDE, Identity
from infrastructure.http.pages import changed, going_on, next_page
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import fail
from infrastructure.http.reading import (
    CONTRACT,
    Agb,
    Asking,
    Page,
    Purchaser,
    TheContract,
    Words,
    agb_of,
)
from infrastructure.http.routing import READING, answered, operation

router = APIRouter(tags=["contracts"], route_class=CheckedRoute)


@router.get(
    CONTRACT, **operation(Operation.READ_CONTRACT, ContractAnswer, *READING, success="The contract, with its ETag.")
)
def read_contract(contract_id: TheContract, question: Asking, caller: Caller, system: TheSystem) -> Response:
    """Where the procedure stood and what held in law, on a day, with the knowledge of an instant; and why.

    The practice's own people do not see what the policy keeps for the purchaser's reviewers. The ETag names the
    version of the contract as known then, for ``If-Match``.
    """
    answer = system.questions.contract(
        contract_id, question.seen_by(system), audience_of(caller, contract_id.purchaser)
    )
    check_known(system, contract_id, answer)
    return answered(answer, {"ETag": etag(system.questions.version(contract_id, answer.position))})


class ContractPage(ContractList):
    """A page of contracts; ``next_page`` is the ``cursor`` of the one after it, absent on the last."""

    next_page: str | None


@router.get(
    "/contracts/{purchaser}",
    **operation(Operation.LIST_CONTRACTS, ContractPage, *READING, success="The contracts as they stand, or stood."),
)
def list_contracts(
    purchaser: Purchaser,
    question: Asking,
    page: Page,
    system: TheSystem,
    care_type: Annotated[CareType | None, Query(description="Only this care type.")] = None,
    status: Annotated[Status | None, Query(description="Only procedures that stand there.")] = None,
    tier: Annotated[Words | None, Query(description="Only practices that are entitled to this tier.")] = None,
    open_reviews: Annotated[bool, Query(description="Only those with a question that a person must decide.")] = False,
    text: Annotated[
        Words | None, Query(description="A part of the practice's name, or the first digits of its AGB code.")
    ] = None,
    sort: Annotated[ListOrder, Query(description="By what they are sorted; equals by contract.")] = ListOrder.CONTRACT,
) -> Response:
    """The purchaser's contracts as they stand now or stood on a day, as known at an instant, filtered and sorted.

    A page that a cursor asks for has the day and the knowledge of the page before, where that named any. What held in
    law on a day says the register.
    """
    asked, after = going_on(page, question.seen_by(system))
    wanted = ContractsAsked(
        purchaser=purchaser,
        care_type=care_type,
        status=status,
        tier=tier,
        with_open_reviews=open_reviews,
        text=text,
        order=sort,
        after=None if after is None else _contract_named(after, purchaser),
        limit=page.limit,
    )
    found = system.lists.contracts(wanted, asked)
    if not found.contracts:
        check_adopted(system, purchaser, found.position)
    return answered(ContractPage.model_validate({**dict(found), "next_page": next_page(asked, found)}))


@router.get(
    "/practices/{agb}/contracts/{purchaser}",
    **operation(
        Operation.LIST_CONTRACTS_OF_PRACTICE, OwnContractsAnswer, *READING, success="Every contract of the practice."
    ),
)
def list_contracts_of_practice(
    agb: Agb, purchaser: Purchaser, question: Asking, caller: Caller, system: TheSystem
) -> Response:
    """The contracts that a practice has or seeks with a purchaser, and where each stands on a day."""
    asked, audience = question.seen_by(system), audience_of(caller, purchaser)
    answer = own_contracts(system.contracting, system.questions, agb_of(agb), purchaser, asked, audience)
    if not answer.contracts:
        check_adopted(system, purchaser, answer.position)
    return answered(answer)


def check_adopted(system: System, purchaser: str, position: int) -> None:
    """End with a problem when no policy of the purchaser was adopted by then: that there is nothing is no answer."""
    system.contracting.policies.refresh()
    adopted = {each.document.purchaser.id for each in system.contracting.policies.adopted_by(position)}
    if purchaser not in adopted:
        raise fail(Kind.NOT_KNOWN_YET, f"no policy of {purchaser} was adopted by then")


def _contract_named(cursor: str, purchaser: str) -> str:
    try:
        contract_id = ContractId.parse(cursor)
    except ValueError:
        contract_id = None
    if contract_id is None or contract_id.purchaser != purchaser:
        raise changed()
    return str(contract_id)


def audience_of(caller: Identity, purchaser: str) -> Audience:
    """For whom an answer is: the purchaser's own people see everything, another's no more than the practice."""
    own = caller.is_any_of(INSIDE) and caller.purchaser == purchaser
    return Audience.PURCHASER if own else Audience.PROVIDER


def check_known(system: System, contract_id: ContractId, answer: ContractAnswer) -> None:
    """End with a problem when the log could not answer yet, or had never heard of the practice."""
    horizon = Horizon(to_microseconds(answer.known_at), answer.position)
    if answer.knowledge is Knowledge.NOT_KNOWN_YET:
        raise fail(Kind.NOT_KNOWN_YET, not_known_yet(system.contracting.policies, contract_id, horizon))
    check_practice(system, contract_id, horizon)


def check_governed(system: System, contract_id: ContractId, horizon: Horizon) -> None:
    """End with a problem when the log knew nothing then of the purchaser, the period or the practice."""
    if governing(system.contracting.policies, contract_id, horizon) is None:
        raise fail(Kind.NOT_KNOWN_YET, not_known_yet(system.contracting.policies, contract_id, horizon))
    check_practice(system, contract_id, horizon)


def check_practice(system: System, contract_id: ContractId, horizon: Horizon) -> None:
    """End with a problem when the practice was not registered, as known then."""
    if known_provider(system.providers, contract_id.agb, contract_id.purchaser, horizon) is None:
        message = (
            f"no practice with AGB code {contract_id.agb} is registered, as known at log position {horizon.position}"
        )
        raise fail(Kind.NOT_FOUND, message, code="PROVIDER_UNKNOWN")

"""One contract: where it stood and what held in law."""

from fastapi import APIRouter
from starlette.responses import Response

from application.ports import Horizon
from application.providers import known_provider
from application.queries.contract_answer import ContractAnswer, Knowledge
from application.queries.governed import not_known_yet
from domain.calendar import to_microseconds
from domain.contract.audience import Audience
from domain.contract.contract_id import ContractId
from infrastructure.bootstrap import System
from infrastructure.http.access import Operation
from infrastructure.http.calling import Caller, TheSystem
from infrastructure.http.commanding import etag
from infrastructure.http.identity import OF_A_PURCHASER, Identity
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import fail
from infrastructure.http.reading import CONTRACT, Asking, TheContract
from infrastructure.http.routing import READING, answered, operation

router = APIRouter(tags=["contracts"])


@router.get(
    CONTRACT, **operation(Operation.READ_CONTRACT, ContractAnswer, *READING, success="The contract, with its ETag.")
)
def read_contract(contract_id: TheContract, question: Asking, caller: Caller, system: TheSystem) -> Response:
    """Where the procedure stood and what held in law, on a day, with the knowledge of an instant; and why.

    The practice's own people do not see what the policy keeps for the purchaser's reviewers. The ETag names the
    version of the contract as known then, for ``If-Match``.
    """
    answer = system.questions.contract(contract_id, question.seen_by(system), audience_of(caller))
    check_known(system, contract_id, answer)
    return answered(answer, {"ETag": etag(system.questions.version(contract_id, answer.position))})


def audience_of(caller: Identity) -> Audience:
    """For whom an answer is: the purchaser's own people see everything."""
    return Audience.PURCHASER if caller.is_any_of(OF_A_PURCHASER) else Audience.PROVIDER


def check_known(system: System, contract_id: ContractId, answer: ContractAnswer) -> None:
    """End with a problem when the log could not answer yet, or had never heard of the practice."""
    horizon = Horizon(to_microseconds(answer.known_at), answer.position)
    if answer.knowledge is Knowledge.NOT_KNOWN_YET:
        raise fail(Kind.NOT_KNOWN_YET, not_known_yet(system.contracting.policies, contract_id, horizon))
    if known_provider(system.providers, contract_id.agb, contract_id.purchaser, horizon) is None:
        message = (
            f"no practice with AGB code {contract_id.agb} is registered, as known at log position {answer.position}"
        )
        raise fail(Kind.NOT_FOUND, message, code="PROVIDER_UNKNOWN")

"""The questionnaire of a contract: read, saved as a draft, confirmed."""

from typing import Annotated

from fastapi import APIRouter, Body
from starlette.responses import Response

from application.queries.questionnaire import QuestionnaireAnswer, questionnaire
from domain.contract.commands import ConfirmQuestionnaire, SaveQuestionnaire
from domain.model import Frozen
from domain.policy.answers import Answers
from infrastructure.http.access import Operation
from infrastructure.http.calling import CheckedRoute, TheSystem
from infrastructure.http.commanding import Accepted, Given, GivenOnVersion, accepted, etag
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import fail
from infrastructure.http.reading import CONTRACT, Asking, TheContract
from infrastructure.http.resources.signing import ACCEPTED
from infrastructure.http.routing import COMMANDING, READING, answered, operation

router = APIRouter(tags=["questionnaire"], route_class=CheckedRoute)
_EXAMPLE = {"answers": {"declared": {"policy": True}, "claims": {"prem": {"bureau": "Meetbureau Alfa"}}}}


class Draft(Frozen):
    """What was filled in so far; each answer under the ``path`` that its question names."""

    answers: Answers


class Confirmation(Frozen):
    """The answers to submit; left out, those that were saved last."""

    answers: Answers | None = None


@router.get(
    CONTRACT + "/questionnaire",
    **operation(
        Operation.READ_QUESTIONNAIRE,
        QuestionnaireAnswer,
        *READING,
        Kind.REFUSED,
        success="The questions, and the answers so far; with the contract's ETag.",
    ),
)
def read_questionnaire(contract_id: TheContract, question: Asking, system: TheSystem) -> Response:
    """What the policy asks, the draft to go on with, and what was confirmed.

    The ETag names the version of the contract: a draft is saved with it as ``If-Match``.
    """
    answer = questionnaire(system.contracting, contract_id, question.seen_by(system))
    if answer is None:
        raise fail(Kind.NOT_KNOWN_YET, f"no policy of {contract_id.purchaser} was adopted by then")
    return answered(answer, {"ETag": etag(system.questions.version(contract_id, answer.position))})


@router.put(
    CONTRACT + "/questionnaire",
    **operation(
        Operation.SAVE_QUESTIONNAIRE,
        Accepted,
        *COMMANDING,
        success="The draft is kept.",
        example={**ACCEPTED, "version": 3, "facts": ["QuestionnaireSaved"]},
    ),
)
def save_questionnaire(
    contract_id: TheContract,
    given: GivenOnVersion,
    draft: Annotated[Draft, Body(examples=[_EXAMPLE])],
    system: TheSystem,
) -> Response:
    """Keep a draft in the place of the one before; it may be incomplete.

    An answer that was not asked, or can be none, is refused with its path under ``errors``.
    """
    return accepted(system.contracting.act(contract_id, SaveQuestionnaire(answers=draft.answers), given.order()))


@router.post(
    CONTRACT + "/questionnaire/confirmation",
    **operation(
        Operation.CONFIRM_QUESTIONNAIRE,
        Accepted,
        *COMMANDING,
        success="The questionnaire is confirmed and can not be changed.",
        example={**ACCEPTED, "version": 4, "facts": ["QuestionnaireConfirmed"]},
    ),
)
def confirm_questionnaire(
    contract_id: TheContract,
    given: Given,
    confirmation: Annotated[Confirmation, Body(examples=[{}, _EXAMPLE])],
    system: TheSystem,
) -> Response:
    """Submit complete answers before the deadline; what is missing stands with its path under ``errors``."""
    command = ConfirmQuestionnaire(answers=confirmation.answers)
    return accepted(system.contracting.act(contract_id, command, given.order()))

"""The agreement texts of a contract, made anew from the log and verified: as data, as text and on paper."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from application.agreement_pages import printed, text_in
from application.ports import Horizon
from application.queries.agreement import AgreementAnswer, AgreementText, contract_agreement
from application.wording.explanations import Language
from domain.calendar import to_microseconds
from domain.contract.contract_id import ContractId
from infrastructure.bootstrap import System, agreement_printer
from infrastructure.http.access import Operation
from infrastructure.http.calling import CheckedRoute, TheSystem
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import fail
from infrastructure.http.reading import CONTRACT, Asking, Question, TheContract
from infrastructure.http.resources.contracts import check_governed
from infrastructure.http.routing import NOT_MODIFIED, READING, IfNoneMatch, answered, operation, unless_known

router = APIRouter(tags=["agreements"], route_class=CheckedRoute)

WhichText = Annotated[
    str | None,
    Query(pattern="^[0-9a-f]{64}$", description="Another text than the one offered: one that a new tier brought."),
]
InLanguage = Annotated[
    Language, Query(alias="lang", description="The Dutch text is the one that was offered; the English one translates.")
]


@router.get(
    CONTRACT + "/agreements",
    **operation(Operation.LIST_AGREEMENTS, AgreementAnswer, *READING, success="Every text, with its SHA-256."),
)
def list_agreements(contract_id: TheContract, question: Asking, system: TheSystem) -> Response:
    """Every text that an offer or a changed tier brought; `offered` is the SHA-256 of the one to sign, or signed."""
    return answered(_agreements(system, contract_id, question))


@router.get(
    CONTRACT + "/agreement/text",
    **operation(
        Operation.READ_AGREEMENT_TEXT,
        None,
        *READING,
        success="The text, to the byte.",
        media_types=("text/plain",),
        further=NOT_MODIFIED,
    ),
)
def read_agreement_text(
    contract_id: TheContract,
    question: Asking,
    system: TheSystem,
    sha256: WhichText = None,
    language: InLanguage = Language.NL,
    known: IfNoneMatch = None,
) -> Response:
    """The text that was offered, in Dutch to the byte: its SHA-256 is the one that is signed. Verified beforehand."""
    found, told = _chosen(_agreements(system, contract_id, question), sha256, language)
    tag = f'"{found.sha256}-{language}"'
    return unless_known(tag, known, lambda: Response(told, media_type="text/plain; charset=utf-8"))


@router.get(
    CONTRACT + "/agreement/pdf",
    **operation(
        Operation.PRINT_AGREEMENT,
        None,
        *READING,
        success="The text on paper.",
        media_types=("application/pdf",),
        further=NOT_MODIFIED,
    ),
)
def print_agreement(
    contract_id: TheContract,
    question: Asking,
    system: TheSystem,
    sha256: WhichText = None,
    language: InLanguage = Language.NL,
    known: IfNoneMatch = None,
) -> Response:
    """The same text as PDF, with the contract and the SHA-256 on every page; the same text gives the same bytes."""
    answer = _agreements(system, contract_id, question)
    found, told = _chosen(answer, sha256, language)
    name = f"{answer.contract_id.replace('/', '-')}-{language}.pdf"

    def on_paper() -> Response:
        pdf = agreement_printer().pdf(printed(answer.contract_id, found, told, language))
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(pdf, headers=headers, media_type="application/pdf")

    return unless_known(f'"{found.sha256}-{language}-pdf"', known, on_paper)


def _agreements(system: System, contract_id: ContractId, question: Question) -> AgreementAnswer:
    answer = contract_agreement(system.contracting, contract_id, question.seen_by(system))
    if not answer.texts:
        check_governed(system, contract_id, Horizon(to_microseconds(answer.known_at), answer.position))
    return answer


def _chosen(answer: AgreementAnswer, sha256: str | None, language: Language) -> tuple[AgreementText, str]:
    """The text asked for, verified, and its words in a language; ends with a problem when there is none."""
    wanted = sha256 or answer.offered
    found = [text for text in answer.texts if text.sha256 == wanted]
    if not found:
        raise fail(Kind.NOT_FOUND, "there is no such agreement text, as known then", code="AGREEMENT_UNKNOWN")
    if not found[-1].verified:
        raise fail(Kind.UNREADABLE, "the text made from the log is not the one that was offered", code="NOT_VERIFIED")
    told = text_in(found[-1], language)
    if told is None:
        raise fail(Kind.NOT_FOUND, "the policy has no English words for this text", code="NO_TRANSLATION")
    return found[-1], told

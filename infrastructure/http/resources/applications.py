"""The application: what a practice without an offer asks for, and what a named person decides."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Body
from pydantic import Field
from starlette.responses import Response

from application.order import Order
from domain.calendar import Instant
from domain.contract.commands import DecideApplication, ReceiveApplication, ReceiveDocuments, RequestDocuments
from domain.contract.facts import ApplicationKind, Text
from domain.model import Frozen
from domain.policy.answers import Answers
from infrastructure.http.access import Operation
from infrastructure.http.calling import CheckedRoute, TheSystem
from infrastructure.http.commanding import Accepted, Given, GivenOnVersion, Giving, accepted
from infrastructure.http.identity import OF_A_PURCHASER
from infrastructure.http.problems import invalid
from infrastructure.http.reading import CONTRACT, TheContract
from infrastructure.http.resources.deciding import Reasoned
from infrastructure.http.resources.signing import ACCEPTED
from infrastructure.http.routing import COMMANDING, operation

router = APIRouter(tags=["applications"], route_class=CheckedRoute)
APPLICATION = CONTRACT + "/application"
Documents = Annotated[tuple[Text, ...], Field(max_length=100)]


class Arrived(Frozen):
    """How it came; a practice's own people leave both out.

    An officer enters mail with the instant at which it arrived, and says how it came.
    """

    reason: Text | None = None
    occurred_at: Instant | None = None

    def order(self, given: Giving) -> Order:
        """The order; raises ``ProblemError`` when a practice names an instant of its own."""
        if self.occurred_at is not None and not given.identity.is_any_of(OF_A_PURCHASER):
            raise invalid("body.occurred_at", "a practice applies now; leave it out")
        return given.order(reason=self.reason, occurred_at=self.occurred_at)


class Applying(Arrived):
    """What is applied for; ``documents`` names what came with it, ``declared`` are the conditions that are declared."""

    application: ApplicationKind = ApplicationKind.REGULAR
    other_insurer: Text | None = None
    documents: Documents = ()
    declared: Answers | None = None


class DocumentsArrived(Arrived):
    """Further documents, by name."""

    documents: Documents


class DocumentsAsked(Frozen):
    """Which documents the practice should send, by name."""

    documents: Documents
    reason: Text | None = None


class ApplicationDecided(Reasoned):
    """The verdict on each criterion that is a person's, by its code; ``start`` and ``end`` where they are one's too."""

    verdicts: dict[str, bool] = Field(default_factory=dict)
    start: date | None = None
    end: date | None = None


@router.post(
    APPLICATION,
    **operation(
        Operation.APPLY,
        Accepted,
        *COMMANDING,
        success="The application was taken in, and judged as far as the policy can.",
        example={**ACCEPTED, "version": 1, "facts": ["ApplicationReceived", "ReviewRequested"]},
    ),
)
def apply(
    contract_id: TheContract,
    given: Given,
    applying: Annotated[Applying, Body(examples=[{"documents": ["Diploma"], "declared": {"declared": {}}}])],
    system: TheSystem,
) -> Response:
    """Apply for a contract that was not offered, lapsed, or ended; its month says from when it may be."""
    command = ReceiveApplication(
        application=applying.application,
        other_insurer=applying.other_insurer,
        documents=applying.documents,
        declared=applying.declared,
    )
    return accepted(system.contracting.act(contract_id, command, applying.order(given)))


@router.post(
    APPLICATION + "/documents",
    **operation(
        Operation.SUPPLY_DOCUMENTS,
        Accepted,
        *COMMANDING,
        success="That the documents arrived is recorded.",
        example={**ACCEPTED, "version": 4, "facts": ["DocumentsReceived"]},
    ),
)
def supply_documents(
    contract_id: TheContract,
    given: Given,
    arrived: Annotated[DocumentsArrived, Body(examples=[{"documents": ["Jaarrekening 2023"]}])],
    system: TheSystem,
) -> Response:
    """Say that documents that were asked for are there."""
    command = ReceiveDocuments(documents=arrived.documents)
    return accepted(system.contracting.act(contract_id, command, arrived.order(given)))


@router.post(
    APPLICATION + "/document-request",
    **operation(
        Operation.REQUEST_DOCUMENTS,
        Accepted,
        *COMMANDING,
        success="The practice is asked.",
        example={**ACCEPTED, "version": 3, "facts": ["DocumentsRequested"]},
    ),
)
def request_documents(
    contract_id: TheContract,
    given: Given,
    asked: Annotated[DocumentsAsked, Body(examples=[{"documents": ["Jaarrekening 2023"]}])],
    system: TheSystem,
) -> Response:
    """Ask the applicant for further documents."""
    command = RequestDocuments(documents=asked.documents)
    return accepted(system.contracting.act(contract_id, command, given.order(reason=asked.reason)))


@router.post(
    APPLICATION + "/decision",
    **operation(
        Operation.DECIDE_APPLICATION,
        Accepted,
        *COMMANDING,
        success="The application is granted or refused.",
        example={**ACCEPTED, "version": 5, "facts": ["ApplicationGranted", "ContractOffered"]},
    ),
)
def decide_application(
    contract_id: TheContract,
    given: GivenOnVersion,
    decided: Annotated[
        ApplicationDecided, Body(examples=[{"verdicts": {"added_value": True}, "reason": "Nobody else in the region"}])
    ],
    system: TheSystem,
) -> Response:
    """Judge an application as a named person, each criterion by its code."""
    command = DecideApplication(verdicts=decided.verdicts, start=decided.start, end=decided.end)
    order = given.order(reason=decided.reason, occurred_at=decided.occurred_at)
    return accepted(system.contracting.act(contract_id, command, order))

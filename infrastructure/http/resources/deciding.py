"""What the purchaser's people decide about a contract, on the version of it that they read."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path
from pydantic import Field
from starlette.responses import Response

from domain.calendar import Instant
from domain.contract.commands import (
    AcceptEvidence,
    AssessQuestionnaire,
    CorrectFact,
    DecideReview,
    DecideTerm,
    ExtendTerm,
    MakeOffer,
    RejectEvidence,
    RequestReview,
    Terminate,
)
from domain.contract.facts import Registration, ReviewGround, ReviewOutcome, Text
from domain.model import Frozen
from infrastructure.http.access import Operation
from infrastructure.http.calling import CheckedRoute, TheSystem
from infrastructure.http.commanding import Accepted, Given, GivenOnVersion, accepted
from infrastructure.http.reading import CONTRACT, TheContract
from infrastructure.http.resources.signing import ACCEPTED
from infrastructure.http.routing import COMMANDING, operation

router = APIRouter(tags=["decisions"], route_class=CheckedRoute)
EvidenceId = Annotated[str, Path(pattern="^[a-z][a-z0-9_-]{0,79}$", description="Its id, such as kngf-1.")]


class Entry(Frozen):
    """How it came: ``occurred_at`` is when the act was done, now when left out; an earlier one needs a reason."""

    reason: Text | None = None
    occurred_at: Instant | None = None


class Reasoned(Frozen):
    """A decision that needs a reason; ``occurred_at`` is when it was taken, now when left out."""

    reason: Text
    occurred_at: Instant | None = None


class Acceptance(Entry):
    """What stands on the file, as the reviewer read it."""

    registration: Registration = Registration()


class Rejection(Reasoned):
    """Why the file is wrong: ``ground`` reaches the practice, ``reason`` stays with the purchaser."""

    ground: Text


class ReviewAsked(Reasoned):
    """What a person should decide; ``factor`` is the code of a factor, where the ground is about one."""

    ground: ReviewGround
    factor: str | None = Field(default=None, max_length=200)
    found: str = Field(default="", max_length=2000)


class Verdict(Reasoned):
    """What was decided; ``sign_by`` is the last day on which a late offer can be signed."""

    outcome: ReviewOutcome
    sign_by: date | None = None


class TermDecided(Reasoned):
    """The last day of the term, where the policy leaves it to a person."""

    end: date


class Termination(Reasoned):
    """The last day on which the contract is in force."""

    last_day: date


class Correction(Reasoned):
    """The fact ``version`` of the contract read as ``replacement``; left out, it is read as never entered.

    ``fact_occurred_at`` is the right instant, where that was wrong.
    """

    version: int = Field(ge=1, le=10**9)
    replacement: dict[str, Any] | None = None
    fact_occurred_at: Instant | None = None


def _decision(name: Operation, success: str, *facts: str) -> dict[str, Any]:
    """How a decision is declared; ``facts`` are those of its example."""
    return operation(name, Accepted, *COMMANDING, success=success, example={**ACCEPTED, "facts": list(facts)})


@router.post(
    CONTRACT + "/evidence/{evidence_id}/acceptance",
    **_decision(Operation.ACCEPT_EVIDENCE, "The file proves what it was supplied for.", "EvidenceAccepted"),
)
def accept_evidence(
    contract_id: TheContract,
    evidence_id: EvidenceId,
    given: GivenOnVersion,
    acceptance: Annotated[Acceptance, Body(examples=[{"registration": {"valid_to": "2026-06-30"}}])],
    system: TheSystem,
) -> Response:
    """Find a file genuine. What it brings, and from which day, follows from when it was supplied."""
    command = AcceptEvidence(evidence_id=evidence_id, registration=acceptance.registration)
    order = given.order(reason=acceptance.reason, occurred_at=acceptance.occurred_at)
    return accepted(system.contracting.act(contract_id, command, order))


@router.post(
    CONTRACT + "/evidence/{evidence_id}/rejection",
    **_decision(Operation.REJECT_EVIDENCE, "The file proves nothing.", "EvidenceRejected"),
)
def reject_evidence(
    contract_id: TheContract,
    evidence_id: EvidenceId,
    given: GivenOnVersion,
    rejection: Annotated[
        Rejection, Body(examples=[{"ground": "The certificate is another practice's", "reason": "Checked by phone"}])
    ],
    system: TheSystem,
) -> Response:
    """Find a file wrong; the practice is told the ground and may supply another."""
    command = RejectEvidence(evidence_id=evidence_id, ground=rejection.ground)
    order = given.order(reason=rejection.reason, occurred_at=rejection.occurred_at)
    return accepted(system.contracting.act(contract_id, command, order))


@router.post(
    CONTRACT + "/assessment",
    **_decision(
        Operation.ASSESS_QUESTIONNAIRE, "The questionnaire is assessed.", "QuestionnaireAssessed", "TierAssigned"
    ),
)
def assess_questionnaire(
    contract_id: TheContract,
    given: GivenOnVersion,
    entry: Annotated[Entry, Body(examples=[{}])],
    system: TheSystem,
) -> Response:
    """Hold the confirmed questionnaire against the conditions, and assign the tier that is proven."""
    order = given.order(reason=entry.reason, occurred_at=entry.occurred_at)
    return accepted(system.contracting.act(contract_id, AssessQuestionnaire(), order))


@router.post(CONTRACT + "/offer", **_decision(Operation.MAKE_OFFER, "The contract is offered.", "ContractOffered"))
def make_offer(
    contract_id: TheContract,
    given: GivenOnVersion,
    entry: Annotated[Entry, Body(examples=[{}])],
    system: TheSystem,
) -> Response:
    """Offer the contract in the tier that is proven; while its term is undecided the offer is withheld."""
    order = given.order(reason=entry.reason, occurred_at=entry.occurred_at)
    return accepted(system.contracting.act(contract_id, MakeOffer(), order))


@router.post(
    CONTRACT + "/reviews", **_decision(Operation.REQUEST_REVIEW, "A person is asked to decide.", "ReviewRequested")
)
def request_review(
    contract_id: TheContract,
    given: Given,
    asked: Annotated[
        ReviewAsked,
        Body(examples=[{"ground": "factor_no_longer_met", "factor": "skf", "reason": "Told by the registry"}]),
    ],
    system: TheSystem,
) -> Response:
    """Ask a person to decide; nothing changes by itself."""
    command = RequestReview(ground=asked.ground, factor=asked.factor, found=asked.found)
    order = given.order(reason=asked.reason, occurred_at=asked.occurred_at)
    return accepted(system.contracting.act(contract_id, command, order))


@router.post(
    CONTRACT + "/reviews/{review_id}/decision",
    **_decision(Operation.DECIDE_REVIEW, "The review is decided.", "ReviewDecided"),
)
def decide_review(
    contract_id: TheContract,
    review_id: Annotated[str, Path(pattern="^[a-z0-9][a-z0-9_.-]{0,79}$", description="Its id, such as condition-1.")],
    given: GivenOnVersion,
    verdict: Annotated[Verdict, Body(examples=[{"outcome": "dismissed", "reason": "The registration was renewed"}])],
    system: TheSystem,
) -> Response:
    """Decide what was asked, as a named person with a reason."""
    command = DecideReview(review_id=review_id, outcome=verdict.outcome, sign_by=verdict.sign_by)
    order = given.order(reason=verdict.reason, occurred_at=verdict.occurred_at)
    return accepted(system.contracting.act(contract_id, command, order))


@router.post(CONTRACT + "/term", **_decision(Operation.DECIDE_TERM, "The term is decided.", "TermDecided"))
def decide_term(
    contract_id: TheContract,
    given: GivenOnVersion,
    decided: Annotated[
        TermDecided, Body(examples=[{"end": "2025-12-31", "reason": "As the insurer that is followed"}])
    ],
    system: TheSystem,
) -> Response:
    """Decide until when a granted application is, where the policy leaves that to a person."""
    order = given.order(reason=decided.reason, occurred_at=decided.occurred_at)
    return accepted(system.contracting.act(contract_id, DecideTerm(end=decided.end), order))


@router.post(
    CONTRACT + "/termination",
    **_decision(Operation.TERMINATE_CONTRACT, "The contract ends after that day.", "ContractTerminated"),
)
def terminate_contract(
    contract_id: TheContract,
    given: GivenOnVersion,
    termination: Annotated[
        Termination, Body(examples=[{"last_day": "2025-06-30", "reason": "Notice of the practice of 2 May"}])
    ],
    system: TheSystem,
) -> Response:
    """End a concluded contract after a day."""
    order = given.order(reason=termination.reason, occurred_at=termination.occurred_at)
    return accepted(system.contracting.act(contract_id, Terminate(last_day=termination.last_day), order))


@router.post(CONTRACT + "/extension", **_decision(Operation.EXTEND_TERM, "The contract runs on.", "TermExtended"))
def extend_term(
    contract_id: TheContract,
    given: GivenOnVersion,
    notice: Annotated[Reasoned, Body(examples=[{"reason": "No new policy in time"}])],
    system: TheSystem,
) -> Response:
    """Give the purchaser's notice that a concluded contract runs on, until the day that the policy names for it."""
    order = given.order(reason=notice.reason, occurred_at=notice.occurred_at)
    return accepted(system.contracting.act(contract_id, ExtendTerm(), order))


@router.post(
    CONTRACT + "/corrections",
    **_decision(Operation.CORRECT_FACT, "The fact reads otherwise from now on.", "FactCorrected"),
)
def correct_fact(
    contract_id: TheContract,
    given: GivenOnVersion,
    correction: Annotated[Correction, Body(examples=[{"version": 6, "reason": "Entered on the wrong contract"}])],
    system: TheSystem,
) -> Response:
    """Mend a wrong entry by a further fact, or void it; what rested on it is decided anew.

    What a portal delivered and what the system derived is not mended by hand, and a signature never.
    """
    command = CorrectFact(
        version=correction.version,
        replacement=correction.replacement,
        fact_occurred_at=correction.fact_occurred_at,
    )
    order = given.order(reason=correction.reason, occurred_at=correction.occurred_at)
    return accepted(system.contracting.act(contract_id, command, order))

"""The state of a contract, folded from its facts. ``evolve`` never refuses and never reads a clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple, assert_never

from domain.calendar import Term, local_day
from domain.contract.facts import (
    Approached,
    Consequence,
    ContractFact,
    ContractOffered,
    ContractTerminated,
    EvidenceAccepted,
    EvidenceRejected,
    EvidenceUploaded,
    NotApproached,
    OfferDeclined,
    OfferLapsed,
    OfferReplaced,
    OfferWithheld,
    Published,
    QuestionnaireAssessed,
    QuestionnaireConfirmed,
    QuestionnaireLapsed,
    QuestionnaireSaved,
    QuestionnaireSent,
    Reason,
    Registration,
    ReviewDecided,
    ReviewGround,
    ReviewOutcome,
    ReviewRequested,
    Signed,
    TierAssigned,
    Unpublished,
)
from domain.history import FactCorrected, Recorded, effective
from domain.policy.answers import Answers, Finding


class Evidence(NamedTuple):
    """A supplied file and what became of it; ``accepted`` is absent until a reviewer found it right."""

    evidence_id: str
    factor: str
    sha256: str
    supplied_at: datetime
    rejected: bool = False
    accepted: Registration | None = None
    consequence: Consequence | None = None

    @property
    def open(self) -> bool:
        """Whether it waits for a reviewer."""
        return not self.rejected and self.accepted is None


class Assignment(NamedTuple):
    """A tier from a local day on, and the factors that it rests on."""

    effective_on: date
    tier: str
    factors: tuple[str, ...] = ()


class Offer(NamedTuple):
    """What was offered; its policy version is kept for term, factors, tiers and corrections."""

    offered_at: datetime
    tier: str | None
    term: Term
    last_signing_day: date
    agreement_sha256: str
    policy_position: int
    last_day_fixed: bool = False


class Review(NamedTuple):
    """A question to a person, and the answer once there is one."""

    review_id: str
    ground: ReviewGround
    factor: str | None
    outcome: ReviewOutcome | None = None
    sign_by: date | None = None
    requested_at: datetime | None = None


@dataclass(frozen=True)
class Contract:
    """All that the rules ask of a contract's history; ``version`` is that of its last fact, 0 before the first."""

    version: int = 0
    approached_at: datetime | None = None
    not_approached: tuple[Reason, ...] = ()
    questionnaire_sent_at: datetime | None = None
    draft: Answers | None = None
    confirmed_at: datetime | None = None
    answers: Answers | None = None
    findings: tuple[Finding, ...] = ()
    questionnaire_lapse_recorded: datetime | None = None
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    missing_evidence: frozenset[str] = frozenset()
    assessed_at: datetime | None = None
    positive: bool = False
    unmet_conditions: tuple[Reason, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    offer: Offer | None = None
    withheld: Reason | None = None
    declined_at: datetime | None = None
    offer_lapse_recorded: datetime | None = None
    signed_at: datetime | None = None
    published_at: datetime | None = None
    unpublished_at: datetime | None = None
    last_day: date | None = None
    reviews: Mapping[str, Review] = field(default_factory=dict)

    @property
    def term(self) -> Term | None:
        """The days in force once signed, cut short by a termination; none when it ended before it began."""
        if self.signed_at is None or self.offer is None:
            return None
        term = self.offer.term
        if self.last_day is None:
            return term
        return Term(start=term.start, end=self.last_day) if self.last_day >= term.start else None

    def in_force(self, day: date) -> bool:
        """Whether the contract is in force on a local day."""
        term = self.term
        return term is not None and term.contains(day)

    def tier_on(self, day: date) -> Assignment | None:
        """The tier that the practice is entitled to on a day.

        Of the assignments not after the day the one with the latest ``effective_on``, and of two with the same the
        one recorded last.
        """
        found: Assignment | None = None
        for assignment in self.assignments:
            if assignment.effective_on <= day and (found is None or assignment.effective_on >= found.effective_on):
                found = assignment
        return found

    @property
    def settled_term(self) -> Term | None:
        """The days that an agreement text names: those in force once signed, else those offered."""
        return self.term or (None if self.offer is None else self.offer.term)

    def open_review(self, ground: ReviewGround, factor: str | None = None) -> Review | None:
        """A review of that ground that nobody has decided."""
        for review in self.reviews.values():
            if review.ground is ground and review.factor == factor and review.outcome is None:
                return review
        return None


_NOTHING_YET = vars(Contract())


def fold(history: Sequence[Recorded]) -> Contract:
    """The state after a stream's facts, corrections applied.

    One draft is changed from fact to fact before anybody sees it: a copy for each fact would double the time of replay.
    """
    draft = object.__new__(Contract)
    state = draft.__dict__
    state.update(_NOTHING_YET)
    for recorded in effective(history):
        state.update(_changes(draft, recorded.fact, recorded.occurred_at))  # type: ignore[arg-type]
    if history:
        state["version"] = history[-1].version
    return draft


def evolve(contract: Contract, fact: ContractFact, occurred_at: datetime) -> Contract:
    """The state after one more fact that happened at ``occurred_at``."""
    return replace(contract, **{"version": contract.version + 1, **_changes(contract, fact, occurred_at)})


def _changes(contract: Contract, fact: ContractFact, occurred_at: datetime) -> Mapping[str, Any]:
    """What a fact changes, by field; those that a long history has many of stand first."""
    match fact:
        case TierAssigned():
            assigned = Assignment(fact.effective_on, fact.tier, fact.factors)
            return {"assignments": (*contract.assignments, assigned)}
        case EvidenceUploaded():
            return _evidence(contract, Evidence(fact.evidence_id, fact.factor, fact.sha256, occurred_at))
        case EvidenceAccepted() | EvidenceRejected():
            return _judged(contract, fact)
        case Approached():
            return {"approached_at": occurred_at, "not_approached": ()}
        case QuestionnaireSent():
            return {"questionnaire_sent_at": occurred_at}
        case QuestionnaireConfirmed():
            return {"confirmed_at": occurred_at, "answers": fact.answers, "findings": fact.findings}
        case QuestionnaireAssessed():
            return {"assessed_at": occurred_at, "positive": fact.positive, "unmet_conditions": fact.unmet_conditions}
        case ContractOffered():
            return {"offer": _offer(fact, occurred_at), "withheld": None}
        case Signed():
            return {"signed_at": occurred_at}
        case Published():
            return {"published_at": occurred_at, "unpublished_at": None}
        case NotApproached():
            return {"not_approached": fact.reasons}
        case QuestionnaireSaved():
            return {"draft": fact.answers}
        case QuestionnaireLapsed():
            return {"questionnaire_lapse_recorded": occurred_at}
        case OfferReplaced():
            return _replaced_offer(contract, fact)
        case OfferWithheld():
            return {"withheld": fact.reason}
        case OfferDeclined():
            return {"declined_at": occurred_at}
        case OfferLapsed():
            return {"offer_lapse_recorded": occurred_at}
        case Unpublished():
            return {"unpublished_at": occurred_at}
        case ContractTerminated():
            return {"last_day": fact.last_day}
        case ReviewRequested():
            return {"reviews": {**contract.reviews, fact.review_id: _asked(fact, occurred_at)}}
        case ReviewDecided():
            return _reviewed(contract, fact)
        case FactCorrected():
            return {}
        case _:
            assert_never(fact)


def _offer(fact: ContractOffered, occurred_at: datetime) -> Offer:
    return Offer(
        occurred_at,
        fact.tier,
        fact.term,
        fact.last_signing_day,
        fact.agreement_sha256,
        fact.policy_position,
        fact.last_day_fixed,
    )


def _evidence(contract: Contract, evidence: Evidence) -> Mapping[str, Any]:
    return {"evidence": {**contract.evidence, evidence.evidence_id: evidence}}


def _judged(contract: Contract, fact: EvidenceAccepted | EvidenceRejected) -> Mapping[str, Any]:
    if fact.evidence_id is None:
        return {"missing_evidence": contract.missing_evidence | {fact.factor}}
    known = contract.evidence.get(fact.evidence_id)
    if known is None:
        return {}
    if isinstance(fact, EvidenceRejected):
        return _evidence(contract, known._replace(rejected=True, accepted=None, consequence=None))
    judged = known._replace(rejected=False, accepted=fact.registration, consequence=fact.consequence)
    return _evidence(contract, judged)


def _replaced_offer(contract: Contract, fact: OfferReplaced) -> Mapping[str, Any]:
    if contract.offer is None:
        return {}
    return {"offer": contract.offer._replace(tier=fact.tier, agreement_sha256=fact.agreement_sha256)}


def _asked(fact: ReviewRequested, occurred_at: datetime) -> Review:
    return Review(fact.review_id, fact.ground, fact.factor, requested_at=occurred_at)


def _reviewed(contract: Contract, fact: ReviewDecided) -> Mapping[str, Any]:
    review = contract.reviews.get(fact.review_id)
    if review is None:
        return {}
    decided = review._replace(outcome=fact.outcome, sign_by=fact.sign_by)
    return {"reviews": {**contract.reviews, fact.review_id: decided}}


def confirmation_day(contract: Contract) -> date | None:
    """The local day of confirmation, on which factors must be valid."""
    return None if contract.confirmed_at is None else local_day(contract.confirmed_at)

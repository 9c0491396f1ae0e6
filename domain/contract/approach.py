"""Whether the round approaches a practice, and what it then sends: a questionnaire or an offer (CQ25-4-8..23)."""

from domain.contract.contract import Contract
from domain.contract.facts import (
    Approached,
    NotApproached,
    QuestionnaireSent,
    Reason,
    ReviewGround,
    ReviewOutcome,
    ReviewRequested,
)
from domain.contract.offer import make_offer
from domain.contract.situation import Decided, Situation
from domain.explanation import Explanation, Outcome, outcome_of
from domain.policy.document import Route
from domain.policy.eligibility import approach_rules, integrity_doubted
from domain.provider.provider import Provider
from domain.refusal import Refused


def approach(situation: Situation) -> list[Decided] | Refused:
    """Whether the round approaches the practice; a second run records only another outcome (OD49)."""
    contract, provider = situation.contract, situation.provider
    if provider is None:
        return situation.unknown_provider()
    if contract.approached_at is not None:
        return []
    closed = _closed(situation)
    if closed is not None:
        return closed
    judged = list(approach_rules(situation.document, situation.contract_id.care_type, provider, situation.today))
    explanation = Explanation(
        rule="approach",
        clause=situation.document.approach.approach.clause,
        outcome=outcome_of(all(each.outcome is Outcome.MET for _, each in judged)),
        because=tuple(each for _, each in judged),
    )
    reasons = [
        Reason(code=code, clause=each.clause, found=each.value)
        for code, each in judged
        if each.outcome is not Outcome.MET
    ]
    if not reasons and integrity_doubted(situation.document, provider, situation.today):
        verdict = _integrity_verdict(contract)
        if verdict is None:
            return _integrity_review(situation, explanation)
        if verdict is ReviewOutcome.DISMISSED:
            reasons.append(_integrity_reason(situation))
    if reasons:
        if [each.code for each in contract.not_approached] == [each.code for each in reasons]:
            return []
        return [Decided(NotApproached(policy_id=situation.document.id, reasons=tuple(reasons)), explanation)]
    return _approached(situation, provider, explanation)


def _closed(situation: Situation) -> Refused | None:
    """Why the round approaches nobody for this care type now, if it does not."""
    route = situation.rules.route
    if route is Route.QUESTIONNAIRE:
        deadline, clause = situation.questionnaire_deadline
        if deadline.passed(situation.occurred_at):
            message = f"the questionnaire closed on {deadline.day}; nobody is approached any more"
            return Refused("QUESTIONNAIRE_CLOSED", message, clause)
        return None
    if route is not Route.DIRECT_OFFER:
        return Refused("NO_ROUND", f"{situation.contract_id.care_type} has no round: {route}", situation.rules.clause)
    deadline, clause = situation.signing_deadline
    if deadline.passed(situation.occurred_at):
        message = f"the last signing day was {deadline.last_day}; nobody is approached any more"
        return Refused("ROUND_CLOSED", message, clause)
    return None


def _approached(situation: Situation, provider: Provider, explanation: Explanation) -> list[Decided] | Refused:
    """A questionnaire where the route has one, else the offer itself (CQ25-4-18, CQ25-4-22)."""
    approached = Approached(policy_id=situation.document.id, route=situation.rules.route)
    decided = [Decided(approached, explanation)]
    if situation.by_questionnaire:
        decided.append(Decided(QuestionnaireSent()))
    else:
        offered = make_offer(situation.after([approached]))
        if isinstance(offered, Refused):
            return offered
        decided += offered
    if not provider.record.vecozo_email:
        ground = ReviewGround.VECOZO_EMAIL_MISSING
        decided.append(Decided(ReviewRequested(review_id=situation.review_id(ground), ground=ground)))
    return decided


def _integrity_verdict(contract: Contract) -> ReviewOutcome | None:
    reviews = [review for review in contract.reviews.values() if review.ground is ReviewGround.INTEGRITY]
    return reviews[-1].outcome if reviews else None


def _integrity_review(situation: Situation, explanation: Explanation) -> list[Decided]:
    ground = ReviewGround.INTEGRITY
    if situation.contract.open_review(ground) is not None:
        return []
    return [Decided(ReviewRequested(review_id=situation.review_id(ground), ground=ground), explanation)]


def _integrity_reason(situation: Situation) -> Reason:
    integrity = situation.document.approach.integrity
    return Reason(code="INTEGRITY", clause=integrity.clause if integrity else "", found="decided by a person")

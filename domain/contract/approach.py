"""Whether the round approaches a practice, and what it then sends: a questionnaire or an offer (CQ25-4-8..29)."""

from dataclasses import replace

from domain.care_type import CareType
from domain.contract.contract import Contract
from domain.contract.earlier import with_earlier
from domain.contract.facts import (
    Approached,
    ContractFact,
    NotApproached,
    QuestionnaireSent,
    Reason,
    ReviewGround,
    ReviewOutcome,
    TransferredToOtherPolicy,
)
from domain.contract.integrity import doubt_explained, doubt_stands, review_of_doubt, verdict_on_doubt
from domain.contract.offer import make_offer
from domain.contract.reasons import ask_person, verdict_explained
from domain.contract.situation import Decided, Situation
from domain.contract.standing import flagged
from domain.explanation import Explanation, Outcome
from domain.policy.document import Route
from domain.policy.eligibility import integrity_doubted, judge_approach, transferred
from domain.policy.judged import Consequence, Judged, together
from domain.provider.provider import PastContract, Provider
from domain.refusal import Refused


def approach(situation: Situation) -> list[Decided] | Refused:
    """Whether the round approaches the practice; a second run records only another outcome (OD49)."""
    contract, provider = situation.contract, situation.provider
    if provider is None:
        return situation.unknown_provider()
    if contract.approached_at is not None or contract.signed_at is not None or _applied_for(contract):
        return []
    provider = _with_carried_over(contract, situation.contract_id.care_type, with_earlier(provider, situation.earlier))
    if situation.rules.transfer is not None:
        return _transfer(situation, provider)
    closed = _closed(situation)
    if closed is not None:
        return closed
    found = tuple(
        judge_approach(
            situation.document, situation.contract_id.care_type, provider, situation.today, contract.verdicts
        )
    )
    judged, flags = [each for each in found if each.consequence is not Consequence.ASKS], flagged(found)
    explanation = Explanation(
        rule="approach",
        clause=situation.document.approach_of(situation.contract_id.care_type).approach.clause,
        outcome=together(judged),
        because=tuple(each.explanation for each in judged),
    )
    reasons = [_reason(each) for each in judged if each.consequence is Consequence.BARS]
    for_person = [] if reasons else _reviews_of_conditions(situation, judged)
    if not reasons and integrity_doubted(situation.document, provider, situation.today):
        verdict = verdict_on_doubt(situation, provider)
        if verdict is None:
            return [*review_of_doubt(situation, _with_leaf(explanation, doubt_explained(situation))), *for_person]
        explanation = _with_leaf(explanation, verdict_explained(situation, ReviewGround.INTEGRITY, None, verdict))
        if verdict is ReviewOutcome.DISMISSED:
            reasons.append(doubt_stands(situation))
    if reasons:
        return _not_approached(situation, reasons, flags, explanation)
    if any(each.consequence is Consequence.PERSON for each in judged):
        return for_person
    if contract.carried_over is not None:
        return []
    return _approached(situation, provider, explanation, flags)


def _applied_for(contract: Contract) -> bool:
    """Whether an application goes before the round: under way, granted, or refused by a person.

    What the rules alone refused the round judges anew: a care type that was deferred is offered to those who asked for
    it too, once an amendment opens it (OD49).
    """
    if contract.application is None:
        return False
    weighed = any(review.ground is ReviewGround.APPLICATION for review in contract.reviews.values())
    return weighed or contract.application.refused is None


def _not_approached(
    situation: Situation, reasons: list[Reason], flags: tuple[Reason, ...], explanation: Explanation
) -> list[Decided]:
    """Why not; nothing where that was told already, also in the refusal of an application."""
    told = [each.code for each in situation.contract.not_approached]
    if situation.by_application or told == [each.code for each in reasons]:
        return []
    fact = NotApproached(policy_id=situation.document.id, reasons=tuple(reasons), flags=flags)
    return [Decided(fact, explanation)]


def _with_carried_over(contract: Contract, care_type: CareType, provider: Provider) -> Provider:
    """History is what was imported and what this log holds, of this contract too."""
    term = contract.term
    if contract.carried_over is None or term is None or term.end is None:
        return provider
    running = PastContract(care_type=care_type, first_day=term.start, last_day=term.end)
    return replace(provider, past_contracts=(*provider.past_contracts, running))


def _closed(situation: Situation) -> Refused | None:
    """Why the round approaches nobody any more, if its deadline has passed; a target closes nothing (OD39)."""
    if situation.rules.route is Route.QUESTIONNAIRE:
        deadline, clause = situation.questionnaire_deadline
        if deadline.passed(situation.occurred_at):
            message = f"the questionnaire closed on {deadline.day}; nobody is approached any more"
            found, asked = f"approached on {situation.today}", f"on or before {deadline.last_day}"
            return Refused("QUESTIONNAIRE_CLOSED", message, clause, found=found, asked=asked)
    elif situation.rules.route is Route.DIRECT_OFFER:
        deadline, clause = situation.signing_deadline
        if deadline.passed(situation.occurred_at):
            message = f"the last signing day was {deadline.last_day}; nobody is approached any more"
            found, asked = f"approached on {situation.today}", f"on or before {deadline.last_day}"
            return Refused("ROUND_CLOSED", message, clause, found=found, asked=asked)
    return None


def _transfer(situation: Situation, provider: Provider) -> list[Decided]:
    """The care goes to the policy that the document names; nothing happens where there is nothing to transfer."""
    transfer = situation.rules.transfer
    found = transferred(situation.document, situation.contract_id.care_type, provider)
    already = situation.contract.transferred_to is not None
    if transfer is None or found is None or found.outcome is not Outcome.MET or already:
        return []
    reason = Reason(code=transfer.code, clause=transfer.clause, found=found.value)
    return [Decided(TransferredToOtherPolicy(policy=transfer.to, reason=reason), found)]


def _reason(judged: Judged) -> Reason:
    return Reason(code=judged.refusal_code, clause=judged.explanation.clause, found=judged.explanation.value)


def _reviews_of_conditions(situation: Situation, judged: list[Judged]) -> list[Decided]:
    """A question to a person for each condition that only one can judge, unless it was asked before."""
    asked: list[Decided] = []
    ground = ReviewGround.CONDITION
    for each in judged:
        if each.consequence is not Consequence.PERSON or situation.contract.open_review(ground, each.code) is not None:
            continue
        so_far = situation.after(decided.fact for decided in asked)
        weighed = ", ".join(criterion.code for criterion in each.criteria)
        found = f"{each.refusal_code}: {each.explanation.value}" + (f"; to weigh: {weighed}" if weighed else "")
        asked.append(ask_person(so_far, ground, factor=each.code, found=found, because=each.explanation))
    return asked


def _approached(
    situation: Situation, provider: Provider, explanation: Explanation, flags: tuple[Reason, ...]
) -> list[Decided] | Refused:
    """A questionnaire where the route has one, else the offer itself (CQ25-4-18, CQ25-4-22)."""
    approached: ContractFact = Approached(policy_id=situation.document.id, route=situation.rules.route, flags=flags)
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
        decided.append(ask_person(situation, ground))
    return decided


def _with_leaf(explanation: Explanation, leaf: Explanation) -> Explanation:
    """A tree with one more reason; a leaf that does not speak for it takes its outcome along."""
    outcome = explanation.outcome if leaf.outcome is Outcome.MET else leaf.outcome
    return explanation.model_copy(update={"outcome": outcome, "because": (*explanation.because, leaf)})

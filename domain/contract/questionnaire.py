"""Approach, questionnaire and assessment (CQ25-4-8..21)."""

from domain.contract.commands import ConfirmQuestionnaire, SaveQuestionnaire
from domain.contract.facts import (
    Approached,
    EvidenceRejected,
    NotApproached,
    OfferLapsed,
    QuestionnaireAssessed,
    QuestionnaireConfirmed,
    QuestionnaireLapsed,
    QuestionnaireSaved,
    QuestionnaireSent,
    Reason,
    ReviewGround,
    ReviewOutcome,
    ReviewRequested,
)
from domain.contract.situation import Decided, Situation, tier_changes
from domain.explanation import Explanation, Outcome, outcome_of
from domain.policy.answers import Answers
from domain.policy.document import Condition, ConditionKind
from domain.policy.eligibility import approach_rules, integrity_doubted
from domain.policy.factors import findings_at_confirmation
from domain.provider.provider import Provider
from domain.refusal import Refused


def approach(situation: Situation) -> list[Decided] | Refused:
    """Whether the round approaches the practice; a second run records only another outcome (OD49)."""
    contract, provider = situation.contract, situation.provider
    if provider is None:
        return _unknown_provider(situation)
    if contract.approached_at is not None:
        return []
    deadline, clause = situation.questionnaire_deadline
    if deadline.passed(situation.occurred_at):
        return Refused(
            "QUESTIONNAIRE_CLOSED", f"the questionnaire closed on {deadline.day}; nobody is approached any more", clause
        )
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
        verdict = _integrity_verdict(situation, provider)
        if verdict is None:
            return _integrity_review(situation, explanation)
        if verdict is ReviewOutcome.DISMISSED:
            reasons.append(_integrity_reason(situation))
    if reasons:
        if [each.code for each in contract.not_approached] == [each.code for each in reasons]:
            return []
        return [Decided(NotApproached(policy_id=situation.document.id, reasons=tuple(reasons)), explanation)]
    return _approached(situation, provider, explanation)


def _approached(situation: Situation, provider: Provider, explanation: Explanation) -> list[Decided]:
    decided = [
        Decided(Approached(policy_id=situation.document.id, route=situation.rules.route), explanation),
        Decided(QuestionnaireSent()),
    ]
    if not provider.record.vecozo_email:
        ground = ReviewGround.VECOZO_EMAIL_MISSING
        decided.append(Decided(ReviewRequested(review_id=situation.review_id(ground), ground=ground)))
    return decided


def _integrity_verdict(situation: Situation, provider: Provider) -> ReviewOutcome | None:
    """What a person decided last; a verdict is about the signals known when it was asked for, never a newer one."""
    reviews = [each for each in situation.contract.reviews.values() if each.ground is ReviewGround.INTEGRITY]
    if not reviews:
        return None
    known = situation.provider_seen_by(reviews[-1].review_id)
    standing = [signal for signal in provider.integrity_signals if signal.active_on(situation.today)]
    return None if any(signal.version > known for signal in standing) else reviews[-1].outcome


def _integrity_review(situation: Situation, explanation: Explanation) -> list[Decided]:
    ground = ReviewGround.INTEGRITY
    if situation.contract.open_review(ground) is not None:
        return []
    return [Decided(ReviewRequested(review_id=situation.review_id(ground), ground=ground), explanation)]


def _integrity_reason(situation: Situation) -> Reason:
    integrity = situation.document.approach.integrity
    return Reason(code="INTEGRITY", clause=integrity.clause if integrity else "", found="decided by a person")


def save(command: SaveQuestionnaire, situation: Situation) -> list[Decided] | Refused:
    """Keep a draft while the questionnaire is open."""
    refused = _not_open(situation) or _not_asked(command.answers, situation)
    if refused is not None:
        return refused
    if situation.contract.draft == command.answers:
        return []
    return [Decided(QuestionnaireSaved(answers=command.answers))]


def confirm(command: ConfirmQuestionnaire, situation: Situation) -> list[Decided] | Refused:
    """Submit complete answers before the deadline (CQ25-4-20).

    Establishes declared and measured factors on that day.
    """
    contract, provider = situation.contract, situation.provider
    answers = command.answers or contract.draft
    if answers is not None and answers == contract.answers:
        return []
    if answers is None:
        return _not_open(situation) or Refused(
            "NOTHING_TO_CONFIRM", "no answers were given or saved", situation.steps.confirmation_clause
        )
    refused = _not_open(situation) or _not_asked(answers, situation) or _incomplete(answers, situation)
    if refused is not None:
        return refused
    if provider is None:
        return _unknown_provider(situation)
    established = findings_at_confirmation(
        situation.document, situation.rules, answers, provider, situation.today, situation.term.start
    )
    explanation = Explanation(rule="factors", outcome=Outcome.MET, because=tuple(each for _, each in established))
    findings = tuple(finding for finding, _ in established)
    decided = [Decided(QuestionnaireConfirmed(answers=answers, findings=findings), explanation)]
    ground = ReviewGround.FACTOR_ENDS_BEFORE_START
    for finding in findings:
        if finding.outcome is Outcome.UNKNOWN:
            review_id = situation.after(each.fact for each in decided).review_id(ground)
            decided.append(
                Decided(ReviewRequested(review_id=review_id, ground=ground, factor=finding.factor, found=finding.value))
            )
    return decided


def _not_open(situation: Situation) -> Refused | None:
    """Why the questionnaire can not be filled in now, if it can not."""
    contract = situation.contract
    if contract.confirmed_at is not None:
        return Refused(
            "ALREADY_CONFIRMED",
            "the questionnaire was confirmed and can not be changed",
            situation.steps.confirmation_clause,
        )
    if contract.questionnaire_sent_at is None:
        return Refused(
            "NOT_SENT",
            "no questionnaire was sent to this practice for this care type",
            situation.steps.notification_clause,
        )
    deadline, clause = situation.questionnaire_deadline
    if deadline.passed(situation.occurred_at):
        return Refused(
            "QUESTIONNAIRE_LAPSED",
            f"the questionnaire was open until {deadline.day}; ask for a contract instead",
            clause,
        )
    return None


def _not_asked(answers: Answers, situation: Situation) -> Refused | None:
    """Answers to what the policy does not ask."""
    asked = {code: situation.document.conditions[code] for code in situation.rules.conditions}
    unknown = [
        *(code for code in answers.declared if code not in asked or asked[code].kind is not ConditionKind.DECLARED),
        *(code for code in answers.chosen if code not in asked or asked[code].kind is not ConditionKind.CHOSEN),
        *(code for code in answers.claims if code not in situation.rules.factors),
        *(
            f"{code}={option}"
            for code, options in answers.chosen.items()
            for option in options
            if code in asked and option not in asked[code].options
        ),
    ]
    if not unknown:
        return None
    return Refused(
        "ANSWER_NOT_ASKED",
        f"not asked for {situation.contract_id.care_type}: {', '.join(sorted(unknown))}; asked are "
        f"{', '.join(asked)} and the factors {', '.join(situation.rules.factors)}",
    )


def _incomplete(answers: Answers, situation: Situation) -> Refused | None:
    """Conditions without an answer; unknown is never taken for met."""
    unanswered = [
        code for code in situation.rules.conditions if code not in answers.declared and code not in answers.chosen
    ]
    if not unanswered:
        return None
    return Refused(
        "QUESTIONNAIRE_INCOMPLETE",
        f"not yet answered: {', '.join(unanswered)}; saved answers are kept",
        situation.steps.confirmation_clause,
    )


def assess(situation: Situation) -> list[Decided] | Refused:
    """Assess the conditions, reject evidence that never came, and assign the tier (CQ25-4-21, OD51)."""
    contract = situation.contract
    if contract.assessed_at is not None:
        return []
    if contract.confirmed_at is None or contract.answers is None:
        return Refused(
            "NOT_CONFIRMED", "only a confirmed questionnaire can be assessed", situation.steps.confirmation_clause
        )
    if situation.occurred_at < contract.confirmed_at:
        return Refused(
            "BEFORE_ITS_CAUSE", "the assessment can not lie before the confirmation", situation.steps.assessment_clause
        )
    judged = [
        judged_condition(code, situation.document.conditions[code], contract.answers)
        for code in situation.rules.conditions
    ]
    unmet = tuple(
        Reason(code=code, clause=each.clause, found=each.value)
        for code, each in zip(situation.rules.conditions, judged, strict=True)
        if each.outcome is not Outcome.MET and situation.document.conditions[code].bars
    )
    explanation = Explanation(
        rule="conditions",
        clause=situation.steps.conditions_clause,
        outcome=outcome_of(not unmet),
        because=tuple(judged),
    )
    assessed = QuestionnaireAssessed(positive=not unmet, unmet_conditions=unmet)
    if unmet:
        return [Decided(assessed, explanation)]
    missing = [_missing_evidence(situation, code) for code in _evidence_never_supplied(situation)]
    later = situation.after([assessed, *(each.fact for each in missing)])
    return [Decided(assessed, explanation), *missing, *tier_changes(later), *late_assessment(situation)]


def judged_condition(code: str, condition: Condition, answers: Answers) -> Explanation:
    """Whether one general condition is met by what was declared."""
    rule = f"condition.{code}"
    if condition.kind is ConditionKind.CHOSEN:
        chosen = answers.chosen.get(code, ())
        return Explanation(
            rule=rule,
            clause=condition.clause,
            outcome=outcome_of(len(set(chosen)) >= condition.at_least),
            value=", ".join(chosen) or "none chosen",
            threshold=f"at least {condition.at_least} of {', '.join(condition.options)}",
        )
    declared = answers.declared.get(code)
    return Explanation(
        rule=rule,
        clause=condition.clause,
        outcome=Outcome.UNKNOWN if declared is None else outcome_of(declared),
        value={None: "not declared", True: "declared", False: "declared not to be met"}[declared],
        threshold="declared" if condition.bars else "asked, never bars",
    )


def _evidence_never_supplied(situation: Situation) -> list[str]:
    """Claimed factors that ask evidence and have none, unless evidence for a factor that implies them was supplied."""
    contract, factors = situation.contract, situation.rules.factors
    claims = contract.answers.claims if contract.answers is not None else {}
    supplied = {each.factor for each in contract.evidence.values() if not each.rejected}
    tried = {each.factor for each in contract.evidence.values()}
    implied = {each.factor for code in supplied for each in factors[code].implies}
    return [code for code in claims if factors[code].evidence is not None and code not in tried | implied]


def _missing_evidence(situation: Situation, code: str) -> Decided:
    evidence = situation.rules.factors[code].evidence
    explanation = Explanation(
        rule=f"evidence.{code}",
        clause=evidence.clause if evidence is not None else "",
        outcome=Outcome.NOT_MET,
        value="nothing was uploaded",
        threshold="an uploaded proof; a corrected one can be sent",
    )
    return Decided(
        EvidenceRejected(evidence_id=None, factor=code, ground="missing: no proof was uploaded"), explanation
    )


def late_assessment(situation: Situation) -> list[Decided]:
    """After the last signing day a person decides whether an offer is still made (OD17)."""
    ground = ReviewGround.ASSESSED_AFTER_LAST_SIGNING_DAY
    deadline, _ = situation.signing_deadline
    if not deadline.passed(situation.occurred_at) or situation.contract.open_review(ground) is not None:
        return []
    found = f"assessed on {situation.today}, last signing day {deadline.day}"
    return [Decided(ReviewRequested(review_id=situation.review_id(ground), ground=ground, found=found))]


def record_lapse(situation: Situation) -> list[Decided] | Refused:
    """Record the deadlines that have passed, each with itself as ``occurred_at``; changes no right."""
    contract, decided = situation.contract, []
    if contract.questionnaire_sent_at is not None and situation.questionnaire_lapsed():
        ended = situation.questionnaire_deadline[0].ends_at
        if contract.questionnaire_lapse_recorded != ended:
            decided.append(Decided(QuestionnaireLapsed(), occurred_at=ended))
    if situation.offer_lapsed():
        ended = situation.signing_deadline[0].ends_at
        if contract.offer_lapse_recorded != ended:
            decided.append(Decided(OfferLapsed(), occurred_at=ended))
    return decided


def _unknown_provider(situation: Situation) -> Refused:
    return Refused("PROVIDER_UNKNOWN", f"no practice {situation.contract_id.agb} is registered; import it first")

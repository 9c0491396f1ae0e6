"""The questionnaire: opened, saved, confirmed, assessed, lapsed (CQ25-4-18..21)."""

from domain.calendar import local_day
from domain.contract.asked import not_asked
from domain.contract.commands import ConfirmQuestionnaire, SaveQuestionnaire
from domain.contract.facts import (
    EvidenceRejected,
    OfferLapsed,
    QuestionnaireAssessed,
    QuestionnaireConfirmed,
    QuestionnaireLapsed,
    QuestionnaireOpened,
    QuestionnaireSaved,
    Reason,
    ReviewGround,
)
from domain.contract.reasons import ask_person, lapse_explained
from domain.contract.situation import Decided, Situation, tier_changes
from domain.explanation import Explanation, Outcome, outcome_of
from domain.policy.answers import Answers
from domain.policy.condition_rules import ConditionKind
from domain.policy.conditions import judge
from domain.policy.factors import findings_at_confirmation
from domain.policy.judged import Consequence, Judged
from domain.policy.measures import asked_numbers, measured_now, measures_explained
from domain.provider.provider import Provider
from domain.refusal import FieldRefused, Refused


def opened(situation: Situation) -> list[Decided] | Refused:
    """Keep when the practice first looked at its questionnaire; it may also look once it is confirmed or lapsed."""
    contract = situation.contract
    if contract.questionnaire_sent_at is None:
        return _not_sent(situation)
    if contract.questionnaire_opened_at is not None:
        return []
    return [Decided(QuestionnaireOpened())]


def save(command: SaveQuestionnaire, situation: Situation) -> list[Decided] | Refused:
    """Keep a draft while the questionnaire is open."""
    refused = _not_open(situation) or not_asked(command.answers, situation)
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
            "NOTHING_TO_CONFIRM",
            "no answers were given or saved",
            situation.steps.confirmation_clause,
            found="no answers",
            asked="a complete questionnaire",
        )
    refused = _not_open(situation) or not_asked(answers, situation) or _incomplete(answers, situation)
    if refused is not None:
        return refused
    if provider is None:
        return situation.unknown_provider()
    established = findings_at_confirmation(
        situation.document, situation.rules, answers, provider, situation.today, situation.term.start
    )
    findings = tuple(finding for finding, _ in established)
    measured = measured_now(situation.rules, answers, provider, situation.contract_id.care_type)
    explanation = Explanation(
        rule="factors",
        clause=situation.steps.confirmation_clause,
        outcome=Outcome.MET,
        value=f"{len(established)} established on {situation.today}",
        threshold="what is claimed and asks no evidence",
        because=(*(each for _, each in established), *measures_explained(situation.rules, measured)),
    )
    confirmed = QuestionnaireConfirmed(answers=answers, findings=findings, measured=measured)
    decided = [Decided(confirmed, explanation)]
    for finding, why in established:
        if finding.outcome is Outcome.UNKNOWN:
            so_far = situation.after(each.fact for each in decided)
            ground = ReviewGround.FACTOR_ENDS_BEFORE_START
            decided.append(ask_person(so_far, ground, factor=finding.factor, found=finding.value, because=why))
    return decided


def _not_open(situation: Situation) -> Refused | None:
    """Why the questionnaire can not be filled in now, if it can not."""
    contract = situation.contract
    if contract.confirmed_at is not None:
        return Refused(
            "ALREADY_CONFIRMED",
            "the questionnaire was confirmed and can not be changed",
            situation.steps.confirmation_clause,
            found=f"confirmed on {local_day(contract.confirmed_at)}",
            asked="a questionnaire that is not confirmed",
        )
    if contract.questionnaire_sent_at is None:
        return _not_sent(situation)
    if situation.questionnaire_lapsed():
        deadline, clause = situation.questionnaire_deadline
        return Refused(
            "QUESTIONNAIRE_LAPSED",
            f"the questionnaire was open until {deadline.day}; ask for a contract instead",
            clause,
            found=f"on {situation.today}",
            asked=f"on or before {deadline.last_day}",
        )
    return None


def _not_sent(situation: Situation) -> Refused:
    return Refused(
        "NOT_SENT",
        "no questionnaire was sent to this practice for this care type",
        situation.steps.notification_clause,
        found="not sent",
        asked="a questionnaire that was sent",
    )


def _incomplete(answers: Answers, situation: Situation) -> Refused | None:
    """Conditions without an answer; unknown is never taken for met."""
    conditions = situation.document.conditions
    missing = {
        **{
            code: "chosen" if conditions[code].kind is ConditionKind.CHOSEN else "declared"
            for code in situation.rules.conditions
            if conditions[code].answered and code not in answers.declared and code not in answers.chosen
        },
        **{code: "numbers" for code in asked_numbers(situation.rules) if code not in answers.numbers},
    }
    unanswered = list(missing)
    if not unanswered:
        return None
    return Refused(
        "QUESTIONNAIRE_INCOMPLETE",
        f"not yet answered: {', '.join(unanswered)}; saved answers are kept",
        situation.steps.confirmation_clause,
        found=f"not yet answered: {', '.join(unanswered)}",
        asked="a complete questionnaire",
        fields=tuple(FieldRefused(f"answers.{place}.{code}", "not yet answered") for code, place in missing.items()),
    )


def assess(situation: Situation) -> list[Decided] | Refused:
    """Assess the conditions, reject evidence that never came, and assign the tier (CQ25-4-21, OD51)."""
    contract = situation.contract
    if contract.assessed_at is not None:
        return []
    if contract.confirmed_at is None or contract.answers is None:
        return Refused(
            "NOT_CONFIRMED",
            "only a confirmed questionnaire can be assessed",
            situation.steps.confirmation_clause,
            found="not confirmed",
            asked="a confirmed questionnaire",
        )
    if situation.occurred_at < contract.confirmed_at:
        return Refused(
            "BEFORE_ITS_CAUSE",
            "the assessment can not lie before the confirmation",
            situation.steps.assessment_clause,
            found=f"{situation.occurred_at:%Y-%m-%dT%H:%M:%SZ}",
            asked=f"not before {contract.confirmed_at:%Y-%m-%dT%H:%M:%SZ}",
        )
    if situation.provider is None:
        return situation.unknown_provider()
    judged = judged_conditions(situation, situation.provider, contract.answers)
    unmet = tuple(
        Reason(code=each.code, clause=each.explanation.clause, found=each.explanation.value)
        for each in judged
        if each.consequence is not Consequence.NONE
    )
    explanation = Explanation(
        rule="conditions",
        clause=situation.steps.conditions_clause,
        outcome=outcome_of(not unmet),
        because=tuple(each.explanation for each in judged),
    )
    assessed = QuestionnaireAssessed(positive=not unmet, unmet_conditions=unmet)
    if unmet:
        return [Decided(assessed, explanation)]
    missing = [_missing_evidence(situation, code) for code in _evidence_never_supplied(situation)]
    later = situation.after([assessed, *(each.fact for each in missing)])
    return [Decided(assessed, explanation), *missing, *tier_changes(later), *late_assessment(situation)]


def judged_conditions(situation: Situation, provider: Provider, declared: Answers) -> tuple[Judged, ...]:
    """The general conditions of the care type by what was declared and what is known, on the day of the act."""
    return judge(
        situation.document,
        situation.rules.conditions,
        provider,
        declared,
        situation.today,
        care_type=situation.contract_id.care_type,
        verdicts=situation.contract.verdicts,
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
    """After the round's last signing day a person decides whether an offer is still made (OD17)."""
    ground = ReviewGround.ASSESSED_AFTER_LAST_SIGNING_DAY
    if situation.by_application:
        return []
    deadline, _ = situation.signing_deadline
    if not deadline.passed(situation.occurred_at) or situation.contract.open_review(ground) is not None:
        return []
    found = f"assessed on {situation.today}, last signing day {deadline.day}"
    return [ask_person(situation, ground, found=found)]


def record_lapse(situation: Situation) -> list[Decided] | Refused:
    """Record the deadlines that have passed, each with itself as ``occurred_at``; changes no right."""
    contract, decided = situation.contract, []
    if contract.questionnaire_sent_at is not None and situation.questionnaire_lapsed():
        deadline, clause = situation.questionnaire_deadline
        if contract.questionnaire_lapse_recorded != deadline.ends_at:
            why = lapse_explained("questionnaire.deadline", clause, deadline.last_day)
            decided.append(Decided(QuestionnaireLapsed(), why, occurred_at=deadline.ends_at))
    if situation.offer_lapsed():
        deadline, clause = situation.signing_deadline
        if contract.offer_lapse_recorded != deadline.ends_at:
            why = lapse_explained("signature.deadline", clause, deadline.last_day)
            decided.append(Decided(OfferLapsed(), why, occurred_at=deadline.ends_at))
    return decided

"""What bars an application, what the practice is asked, and what a person judges of it; each rule with its clause."""

from collections.abc import Iterator
from datetime import date, datetime

from domain.calendar import Deadline, day_start, local_day
from domain.care_type import CareType
from domain.explanation import Explanation, Outcome, outcome_of
from domain.policy.answers import Answers
from domain.policy.application_rules import After, Applicants, ApplicationDeadline, JudgedCriterion, NoClaimsFiled
from domain.policy.care_type_rules import CareTypeRules, Route
from domain.policy.conditions import Verdicts, judge
from domain.policy.contract_history import is_new, without_contract_in
from domain.policy.document import PlanningKind, PolicyDocument
from domain.policy.eligibility import integrity_doubted, is_candidate, vektis_rules
from domain.policy.judged import Consequence, Judged, bar, person_decides
from domain.policy.known_values import NOTHING_KNOWN, number_in
from domain.provider.provider import Provider

NOT_APPLIED_FOR = {Route.DEFERRED: "DEFERRED", Route.TRANSFERRED: "OTHER_POLICY", Route.NOT_OFFERED: "NOT_OFFERED"}
"""Routes that no application opens, with the reason code."""


def judge_application(
    document: PolicyDocument,
    care_type: CareType,
    provider: Provider,
    received_at: datetime,
    day: date,
    declared: Answers | None = None,
    verdicts: Verdicts | None = None,
    *,
    follows_insurer: bool = False,
) -> Iterator[Judged]:
    """Each rule of an application that came in at an instant, judged on a local day.

    It bars where one bars, waits for the practice where one asks, and for a person where one is to be judged; a
    person's verdict stands under the code of the condition or criterion. The deadline looks at the reception, all the
    rest at the day of judgement: that of the decision, where a person decides later (OD36).
    """
    rules = document.care_types.get(care_type)
    if rules is None:
        told = f"{document.id} does not cover {care_type}"
        not_covered = Explanation(
            rule="application.route",
            clause=document.purchaser.clause,
            outcome=Outcome.NOT_MET,
            value=told,
            threshold="a care type that is contracted under this policy",
        )
        yield bar("CARE_TYPE_NOT_COVERED", not_covered)
        return
    yield _open(rules)
    application = document.application
    if application is None:
        return
    if application.deadline is not None:
        yield from _deadline(application.deadline, document, care_type, provider, received_at)
    if (
        follows_insurer
        and rules.follow_insurer is not None
        and rules.follow_insurer.vektis
        and rules.vektis is not None
    ):
        yield from vektis_rules(rules.vektis, provider, day)
    if application.no_claims_filed is not None:
        yield claims_filed(application.no_claims_filed, document, care_type, provider, day)
    yield from judge(document, rules.conditions, provider, declared, day, care_type=care_type, verdicts=verdicts)
    for criterion in application.criteria:
        yield from _criterion(criterion, document, care_type, provider, day, verdicts or {})


def claims_filed(
    asked: NoClaimsFiled, document: PolicyDocument, care_type: CareType, provider: Provider, day: date
) -> Judged:
    """Whether claims were filed for the running year, by treatment year and for any care type (ASR24-5-CON-9, OD34).

    Judged at every signature too; before the policy year there is no running year. Unknown is for a person: so it is
    while of one care type that the practice delivers neither its own number nor that of all together is known.
    """
    threshold = f"no claims for the running year, from {document.year} on"
    if day < date(document.year, 1, 1):
        told = f"{day} lies before {document.year}"
        found = Explanation(
            rule="application.claims", clause=asked.clause, outcome=Outcome.MET, value=told, threshold=threshold
        )
        return bar(asked.code, found)
    known = [each for each in provider.known_values if each.code == asked.value and each.year == day.year]
    numbers = [number_in(each.value) for each in known]
    missing = _without_number(document, care_type, provider, day, [each.care_type for each in known])
    if any(number is not None and number > 0 for number in numbers):
        outcome = Outcome.NOT_MET
    else:
        outcome = Outcome.UNKNOWN if missing or None in numbers else Outcome.MET
    told = f"{', '.join(each.value for each in known)} in {day.year}" if known else f"{NOTHING_KNOWN} of {day.year}"
    if known and missing:
        told += f", {NOTHING_KNOWN} for {', '.join(missing)}"
    found = Explanation(
        rule="application.claims", clause=asked.clause, outcome=outcome, value=told, threshold=threshold
    )
    return person_decides(asked.unknown_code, found) if outcome is Outcome.UNKNOWN else bar(asked.code, found)


def _without_number(
    document: PolicyDocument, care_type: CareType, provider: Provider, day: date, known: list[CareType | None]
) -> list[CareType]:
    """Of which care types that the practice delivers no number of claims is known, of them or of all together."""
    if None in known:
        return []
    delivered = [each for each, rules in document.care_types.items() if is_candidate(rules, each, provider, day)]
    return [each for each in dict.fromkeys((care_type, *delivered)) if each not in known]


def may_follow_on(document: PolicyDocument, after: After) -> bool:
    """Whether an application may follow on what came before: no offer, or one that came to nothing (OD19)."""
    return document.application is not None and after in document.application.after


def concerns(applicants: Applicants, document: PolicyDocument, care_type: CareType, provider: Provider) -> bool:
    """Whether a rule for these applicants is about the practice (ASR24-4-NIEUW-1)."""
    match applicants:
        case Applicants.EVERYBODY:
            return True
        case Applicants.NEW:
            return is_new(provider)
        case Applicants.WITHOUT_LAST_YEAR:
            return without_contract_in(provider, care_type, document.year - 1)


def _open(rules: CareTypeRules) -> Judged:
    transfer = rules.transfer
    found = Explanation(
        rule="application.route",
        clause=transfer.clause if transfer is not None else rules.clause,
        outcome=outcome_of(rules.route not in NOT_APPLIED_FOR),
        value=f"{rules.route} to {transfer.to}" if transfer is not None else rules.route,
        threshold="a care type that is contracted under this policy",
    )
    return bar(transfer.code if transfer is not None else NOT_APPLIED_FOR.get(rules.route, "NOT_OFFERED"), found)


def _deadline(
    asked: ApplicationDeadline, document: PolicyDocument, care_type: CareType, provider: Provider, received_at: datetime
) -> Iterator[Judged]:
    """Until the deadline, or in the policy year: between the two it is too late for the regular round (OD33)."""
    row = document.row_of(PlanningKind.APPLICATION_DEADLINE, care_type)
    if row is None or row.day is None or not concerns(asked.applicants, document, care_type, provider):
        return
    deadline = Deadline(day=row.day, boundary=row.boundary)
    running = received_at >= day_start(date(document.year, 1, 1))
    found = Explanation(
        rule="application.deadline",
        clause=asked.clause,
        outcome=outcome_of(running or not deadline.passed(received_at)),
        value=f"received on {local_day(received_at)}",
        threshold=f"until {deadline.day}, {deadline.boundary}, or from {document.year} on",
    )
    yield bar(asked.code, found)


def _criterion(
    asked: JudgedCriterion,
    document: PolicyDocument,
    care_type: CareType,
    provider: Provider,
    day: date,
    verdicts: Verdicts,
) -> Iterator[Judged]:
    """What a named person judges; integrity only where an officer has signalled doubt, or a person has judged it."""
    verdict = verdicts.get(asked.code, Outcome.UNKNOWN)
    idle = asked.when_doubted and verdict is Outcome.UNKNOWN and not integrity_doubted(document, provider, day)
    if idle or not concerns(asked.applicants, document, care_type, provider):
        return
    found = Explanation(
        rule=f"criterion.{asked.code}",
        clause=asked.clause,
        outcome=verdict,
        value="for a person" if verdict is Outcome.UNKNOWN else "decided by a person",
        threshold=asked.label.en,
    )
    judged = person_decides(asked.refusal_code, found, asked)
    yield judged if verdict is Outcome.UNKNOWN else bar(asked.refusal_code, found)


def awaits(judged: tuple[Judged, ...]) -> Consequence:
    """What follows from all of them together: a bar goes before a question, a question before a person."""
    consequences = {each.consequence for each in judged}
    for consequence in (Consequence.BARS, Consequence.ASKS, Consequence.PERSON):
        if consequence in consequences:
            return consequence
    return Consequence.NONE

"""The tier timeline: which tier from which day, derived anew from everything known each time evidence is judged.

Every factor has its own start day. Declared and measured factors count from the start of the contract; evidence from
the first of the month after the month in which the right evidence was supplied, never before the start and never
after the end (CQ25-3.2-25, CQ25-3.2-26, OD06). The order in which evidence was checked does not enter.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple

from domain.calendar import Term, local_day
from domain.contract.contract import Assignment, Contract, Evidence, confirmation_day
from domain.contract.facts import Consequence, Registration, ReviewGround, ReviewOutcome
from domain.explanation import Explanation, Outcome, outcome_of
from domain.policy.answers import Measured
from domain.policy.document import CareTypeRules, EvidenceRule
from domain.policy.factors import asked_of, standing_of, starts_with_implied, tier_for
from domain.policy.measures import measures_explained
from domain.policy.starts import corrected_from
from domain.policy.tier_rules import points_text


class FactorStart(NamedTuple):
    """From which day a factor counts, absent when it does not, and why."""

    factor: str
    start: date | None
    explanation: Explanation


def supply_effect(contract: Contract, rules: CareTypeRules, term: Term, supplied_at: datetime) -> date | None:
    """The day from which right evidence counts that is supplied at an instant; none when it is too late for any.

    What was supplied with the questionnaire counts from the start; a later, corrected supply from the day that the
    care type's correction rule gives, by itself the first of the next month.
    """
    if contract.confirmed_at is not None and supplied_at <= contract.confirmed_at:
        return term.start
    effect = corrected_from(rules.correction, local_day(supplied_at))
    return None if effect is None else max(term.start, effect)


def consequence_of(
    contract: Contract, rules: CareTypeRules, term: Term, evidence: Evidence, registration: Registration
) -> tuple[Consequence, date | None, str]:
    """What accepting this evidence brings, from when, and what was found."""
    rule = rules.factors[evidence.factor].evidence
    for attribute, expected in ({} if rule is None else rule.found).items():
        found = registration.attributes.get(attribute)
        if found != expected:
            return Consequence.NO_EFFECT, None, f"{attribute} {found or 'not given'}, asked {expected}"
    confirmed_on = confirmation_day(contract)
    if confirmed_on is not None and registration.valid_from is not None and registration.valid_from > confirmed_on:
        return (
            Consequence.AWAITS_REVIEW,
            None,
            f"registered from {registration.valid_from}, confirmed on {confirmed_on}",
        )
    known_end = registration.valid_to
    if known_end is not None and (known_end < term.start or (confirmed_on is not None and known_end < confirmed_on)):
        return Consequence.AWAITS_REVIEW, None, f"registration ends on {known_end}, the contract starts on {term.start}"
    effect = supply_effect(contract, rules, term, evidence.supplied_at)
    if effect is None:
        return Consequence.AFTER_END, None, f"supplied on {local_day(evidence.supplied_at)}, after the last correction"
    if not term.contains(effect):
        return Consequence.AFTER_END, effect, f"would count from {effect}, the contract ends on {term.end}"
    return Consequence.COUNTS, effect, f"supplied on {local_day(evidence.supplied_at)}"


def factor_starts(contract: Contract, rules: CareTypeRules, term: Term) -> list[FactorStart]:
    """The start of every factor of the care type, each with its explanation, implied ones included."""
    own = [_own_start(contract, rules, term, code) for code in rules.factors]
    starts = starts_with_implied(rules, {each.factor: each.start for each in own if each.start is not None})
    return [
        each if starts.get(each.factor) == each.start else _implied(rules, each, starts[each.factor]) for each in own
    ]


def _own_start(contract: Contract, rules: CareTypeRules, term: Term, code: str) -> FactorStart:
    factor = rules.factors[code]
    if not counts_for(contract, code):
        return FactorStart(
            code,
            None,
            Explanation(
                rule=f"factor.{code}",
                clause=factor.clause,
                outcome=Outcome.NOT_MET,
                value="not claimed",
                threshold="claimed in the questionnaire",
            ),
        )
    if factor.evidence is not None:
        return _start_by_evidence(contract, rules, factor.evidence, term, code)
    finding = next((each for each in contract.findings if each.factor == code), None)
    outcome = finding.outcome if finding is not None else Outcome.NOT_MET
    if outcome is Outcome.UNKNOWN and _approved(contract, ReviewGround.FACTOR_ENDS_BEFORE_START, code):
        outcome = Outcome.MET
    return FactorStart(
        code,
        term.start if outcome is Outcome.MET else None,
        Explanation(
            rule=f"factor.{code}",
            clause=factor.clause,
            outcome=outcome,
            value=finding.value if finding is not None else "not established",
            threshold=f"{asked_of(factor)}, established on the day of confirmation",
        ),
    )


def _start_by_evidence(
    contract: Contract, rules: CareTypeRules, rule: EvidenceRule, term: Term, code: str
) -> FactorStart:
    best: date | None = None
    judged: list[Explanation] = []
    for evidence in contract.evidence.values():
        if evidence.factor != code:
            continue
        effect, explanation = _judge(contract, rules, rule, term, evidence)
        judged.append(explanation)
        if effect is not None and (best is None or effect < best):
            best = effect
    return FactorStart(
        code,
        best,
        Explanation(
            rule=f"factor.{code}",
            clause=rules.factors[code].clause,
            outcome=outcome_of(best is not None),
            value=f"counts from {best}" if best is not None else "no accepted evidence",
            threshold=f"accepted evidence ({rule.clause})",
            because=tuple(judged),
        ),
    )


def _judge(
    contract: Contract, rules: CareTypeRules, rule: EvidenceRule, term: Term, evidence: Evidence
) -> tuple[date | None, Explanation]:
    """From when one piece of evidence counts, if it does."""
    name = f"evidence.{evidence.evidence_id}"
    supplied = f"supplied on {local_day(evidence.supplied_at)}"
    if evidence.accepted is None:
        state = "rejected" if evidence.rejected else "not yet checked"
        outcome = Outcome.NOT_MET if evidence.rejected else Outcome.UNKNOWN
        return None, Explanation(
            rule=name, clause=rule.clause, outcome=outcome, value=f"{supplied}, {state}", threshold="accepted"
        )
    consequence, effect, found = consequence_of(contract, rules, term, evidence, evidence.accepted)
    if consequence is Consequence.AWAITS_REVIEW:
        if not any(_approved(contract, ground, evidence.factor) for ground in _EVIDENCE_REVIEWS):
            return None, Explanation(
                rule=name, clause=rule.clause, outcome=Outcome.UNKNOWN, value=found, threshold="a person's verdict"
            )
        effect = supply_effect(contract, rules, term, evidence.supplied_at)
        if effect is not None and not term.contains(effect):
            effect = None
    counts = consequence in (Consequence.COUNTS, Consequence.AWAITS_REVIEW) and effect is not None
    return (effect if counts else None), Explanation(
        rule=name,
        clause=rule.clause,
        outcome=outcome_of(counts),
        value=found if found.startswith(supplied) else f"{supplied}; {found}",
        threshold="accepted",
    )


_EVIDENCE_REVIEWS = (ReviewGround.REGISTRATION_AFTER_CONFIRMATION, ReviewGround.FACTOR_ENDS_BEFORE_START)


def counts_for(contract: Contract, code: str) -> bool:
    """Whether a factor may count: claimed in the questionnaire, or let in by a person (OD43)."""
    claimed = contract.answers is not None and code in contract.answers.claims
    return claimed or _approved(contract, ReviewGround.REGISTRATION_AFTER_CONFIRMATION, code)


def _approved(contract: Contract, ground: ReviewGround, factor: str) -> bool:
    return any(
        review.ground is ground and review.factor == factor and review.outcome is ReviewOutcome.APPROVED
        for review in contract.reviews.values()
    )


def _implied(rules: CareTypeRules, own: FactorStart, start: date) -> FactorStart:
    by, clause = next(
        (code, implication.clause)
        for code, factor in rules.factors.items()
        for implication in factor.implies
        if implication.factor == own.factor
    )
    return FactorStart(
        own.factor,
        start,
        Explanation(
            rule=f"factor.{own.factor}",
            clause=clause,
            outcome=Outcome.MET,
            value=f"implied by {by}, counts from {start}",
            because=(own.explanation,),
        ),
    )


def timeline(
    starts: list[FactorStart], rules: CareTypeRules, term: Term, measured: Sequence[Measured] = ()
) -> list[Assignment]:
    """The tiers from the start of the contract on, one for each day on which the set of factors grows."""
    days = sorted({term.start, *(each.start for each in starts if each.start is not None)})
    assignments = []
    for day in days:
        met = tuple(each.factor for each in starts if each.start is not None and each.start <= day)
        assignments.append(Assignment(day, tier_for(rules, met, measured).name, met))
    return assignments


def changed_assignments(known: tuple[Assignment, ...], derived: list[Assignment]) -> Iterator[Assignment]:
    """The assignments to record so that every day answers as derived, whatever was recorded before.

    Days are gone through in order, later days of the known timeline included, because an earlier change shines through
    wherever no later assignment covers it.
    """
    recorded = {each.effective_on: each for each in known}
    wanted = {each.effective_on: each for each in derived}
    answer: Assignment | None = None
    target: Assignment | None = None
    for day in sorted({*recorded, *wanted}):
        answer = recorded.get(day, answer)
        target = wanted.get(day, target)
        if target is not None and (answer is None or answer.tier != target.tier):
            answer = Assignment(day, target.tier, target.factors)
            yield answer


def tier_explanation(
    starts: list[FactorStart], rules: CareTypeRules, assignment: Assignment, measured: Sequence[Measured] = ()
) -> Explanation:
    """Why this tier: the factors or numbers, what it asks, and the higher tiers that are not reached."""
    standing = standing_of(rules, assignment.factors, measured)
    names = [each.name for each in rules.tiers]
    tier = rules.tiers[names.index(assignment.tier)]
    higher = [
        Explanation(
            rule=f"tier.{each.name}",
            clause=each.clause,
            outcome=each.judged(standing),
            value=each.found(standing),
            threshold=each.asked,
        )
        for each in rules.tiers[: names.index(assignment.tier)]
    ]
    of_factors = [_with_points(each, rules, assignment) for each in starts]
    because = (*of_factors, *measures_explained(rules, measured), *higher)
    found, factors = tier.found(standing), ", ".join(assignment.factors) or "none"
    value = f"{found} from {assignment.effective_on}" + (f": {factors}" if rules.factors else "")
    clause, threshold = tier.clause, tier.asked
    if rules.unmeasured is not None and Outcome.UNKNOWN in [each.judged(standing) for each in rules.tiers]:
        clause, threshold = rules.unmeasured.clause, "the tier while a number is not known"
    return Explanation(
        rule=f"tier.{tier.name}",
        clause=clause,
        outcome=Outcome.MET,
        value=value,
        threshold=threshold,
        because=because,
    )


def _with_points(each: FactorStart, rules: CareTypeRules, assignment: Assignment) -> Explanation:
    """A factor's explanation; where the tiers count points, under what it brings."""
    factor = rules.factors[each.factor]
    if factor.points is None:
        return each.explanation
    met = each.factor in assignment.factors
    return Explanation(
        rule=f"points.{each.factor}",
        clause=factor.points_clause or factor.clause,
        outcome=outcome_of(met),
        value=points_text(factor.points if met else Fraction(0)),
        threshold=f"{points_text(factor.points)} from the day on which it is met",
        because=(each.explanation,),
    )

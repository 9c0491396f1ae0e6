"""Whether the conditions of a policy are met on a day, from what is known, was declared, or a person decided.

Pure: what a practice answers, what the purchaser knows of it, and what persons decided in reviews come as arguments.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from domain.care_type import CareType
from domain.explanation import Explanation, Outcome, outcome_of
from domain.policy.answers import Answers
from domain.policy.condition_rules import AppliesWhen, Condition, ConditionKind, UnknownMeans
from domain.policy.document import PolicyDocument
from domain.policy.judged import FOLLOWS_UNKNOWN, Consequence, Judged
from domain.policy.known_values import (
    NOTHING_KNOWN,
    judged_measurement,
    judged_since,
    judged_value,
    needs_individual_assessment,
)
from domain.policy.registrations import (
    judged_certificate,
    judged_professionals,
    judged_programme,
    professions_unjudged,
)
from domain.provider.provider import Provider

Verdicts = Mapping[str, Outcome]
"""What named persons decided, by the code of the condition or criterion: met or not met."""


@dataclass(frozen=True)
class _Given:
    """What a condition is judged by."""

    provider: Provider
    declared: Answers | None
    day: date
    care_type: CareType | None
    verdicts: Verdicts


def judge(
    document: PolicyDocument,
    codes: Iterable[str],
    provider: Provider,
    declared: Answers | None,
    day: date,
    *,
    care_type: CareType | None = None,
    verdicts: Verdicts | None = None,
) -> tuple[Judged, ...]:
    """Each of these conditions of the policy on a local day; ``declared`` is absent while nobody was asked.

    What is known goes first. Of what is not, an answer of the practice decides where unknown means asking, and a
    verdict where it means a person.
    """
    given = _Given(provider, declared, day, care_type, verdicts or {})
    return tuple(_judged(code, document.conditions[code], given) for code in codes)


def _judged(code: str, condition: Condition, given: _Given) -> Judged:
    found = _where_it_applies(code, condition, given)
    individual = condition.measured.individual if condition.measured is not None else None
    by_person = condition.means_unknown is UnknownMeans.PERSON or needs_individual_assessment(found)
    if found.outcome is Outcome.UNKNOWN and by_person and code in given.verdicts:
        found = found.model_copy(update={"outcome": given.verdicts[code], "value": f"{found.value}; a person decided"})
    judged = Judged(
        code,
        condition.unknown_code if found.outcome is Outcome.UNKNOWN else condition.code,
        _consequence(condition, found.outcome),
        found,
        restricted=condition.restricted,
        flags=_flags(condition, found, given),
    )
    if individual is None or not needs_individual_assessment(found):
        return judged
    return replace(judged, refusal_code=individual.code, consequence=Consequence.PERSON, criteria=individual.criteria)


def _consequence(condition: Condition, outcome: Outcome) -> Consequence:
    if outcome is Outcome.MET or not condition.bars:
        return Consequence.NONE
    return Consequence.BARS if outcome is Outcome.NOT_MET else FOLLOWS_UNKNOWN[condition.means_unknown]


def _flags(condition: Condition, found: Explanation, given: _Given) -> tuple[str, ...]:
    if condition.flag is None:
        return ()
    rule = condition.professionals
    if rule is not None and rule.unjudged:
        return (condition.flag,) if professions_unjudged(rule, given.provider, given.day) else ()
    return () if found.outcome is Outcome.MET else (condition.flag,)


def _where_it_applies(code: str, condition: Condition, given: _Given) -> Explanation:
    """The condition, where it holds at all; where that is unknown, so is the condition."""
    if condition.applies_when is None:
        return _known_or_declared(code, condition, given)
    applies, told = _applies(condition.applies_when, given)
    if applies is Outcome.MET:
        return _known_or_declared(code, condition, given)
    return Explanation(
        rule=f"condition.{code}",
        clause=condition.clause,
        outcome=Outcome.UNKNOWN if applies is Outcome.UNKNOWN else Outcome.MET,
        value=told if applies is Outcome.UNKNOWN else f"{told}, so it does not apply",
        threshold=f"only where {condition.applies_when.declared or condition.applies_when.value} holds",
    )


def _applies(when: AppliesWhen, given: _Given) -> tuple[Outcome, str]:
    if when.value is not None:
        known = given.provider.value(when.value, care_type=given.care_type)
        outcome = Outcome.UNKNOWN if known is None else outcome_of(known in when.allowed)
        return outcome, f"{when.value}: {known or NOTHING_KNOWN}"
    declared = _answer(when.declared or "", given)
    return _declared_outcome(declared), f"{when.declared}: {_declared_words(declared)}"


def _known_or_declared(code: str, condition: Condition, given: _Given) -> Explanation:
    found = _established(code, condition, given)
    if condition.answered or found.outcome is not Outcome.UNKNOWN or condition.means_unknown is not UnknownMeans.ASK:
        return found
    declared = _answer(code, given)
    if declared is None:
        return found
    told = f"{found.value}; {_declared_words(declared)}"
    return found.model_copy(update={"outcome": outcome_of(declared), "value": told})


def _established(code: str, condition: Condition, given: _Given) -> Explanation:
    rule, clause = f"condition.{code}", condition.clause
    match condition.kind:
        case ConditionKind.DECLARED:
            return _declared(rule, condition, _answer(code, given))
        case ConditionKind.CHOSEN:
            return _chosen(rule, code, condition, given)
        case ConditionKind.CERTIFICATE:
            return judged_certificate(rule, clause, given.provider, given.day)
        case ConditionKind.REGISTERED | ConditionKind.VERDICT | ConditionKind.MEASURED | ConditionKind.SINCE:
            return _known(rule, condition, given)
        case ConditionKind.PROFESSIONALS | ConditionKind.PROGRAMME:
            return _registered(rule, condition, given)


def _known(rule: str, condition: Condition, given: _Given) -> Explanation:
    value_rule = condition.registered or condition.verdict
    if value_rule is not None:
        return judged_value(value_rule, rule, condition.clause, given.provider, given.care_type)
    if condition.measured is not None:
        return judged_measurement(condition.measured, rule, condition.clause, given.provider, given.care_type)
    if condition.since is not None:
        return judged_since(condition.since, rule, condition.clause, given.provider, given.day)
    raise LookupError(f"{rule} has no part of its kind {condition.kind}")


def _registered(rule: str, condition: Condition, given: _Given) -> Explanation:
    if condition.professionals is not None:
        return judged_professionals(condition.professionals, rule, condition.clause, given.provider, given.day)
    if condition.programme is not None:
        return judged_programme(condition.programme, rule, condition.clause, given.provider, given.day)
    raise LookupError(f"{rule} has no part of its kind {condition.kind}")


def _declared(rule: str, condition: Condition, declared: bool | None) -> Explanation:
    return Explanation(
        rule=rule,
        clause=condition.clause,
        outcome=_declared_outcome(declared),
        value=_declared_words(declared),
        threshold="declared" if condition.bars else "asked, never bars",
    )


def _chosen(rule: str, code: str, condition: Condition, given: _Given) -> Explanation:
    answered = given.declared is not None and code in given.declared.chosen
    chosen = given.declared.chosen[code] if given.declared is not None and answered else ()
    counted = {each for each in chosen if each in condition.options}
    return Explanation(
        rule=rule,
        clause=condition.clause,
        outcome=outcome_of(len(counted) >= condition.at_least) if answered else Outcome.UNKNOWN,
        value=", ".join(chosen) or ("none chosen" if answered else _declared_words(None)),
        threshold=f"at least {condition.at_least} of {', '.join(condition.options)}",
    )


def _answer(code: str, given: _Given) -> bool | None:
    return None if given.declared is None else given.declared.declared.get(code)


def _declared_outcome(declared: bool | None) -> Outcome:
    return Outcome.UNKNOWN if declared is None else outcome_of(declared)


def _declared_words(declared: bool | None) -> str:
    return {None: "not declared", True: "declared", False: "declared not to be met"}[declared]

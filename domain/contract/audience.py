"""Who may see what of a contract: the purchaser's own people everything, the practice and others not the restricted.

Restricted are the reasons and findings that a policy keeps for its purchaser's reviewers (ASR24-4-ALG-6) and whatever
tells of a doubt about integrity (OD54). What is stored stays whole; only what is shown is less.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from domain.contract.facts import (
    ApplicationRefused,
    Approached,
    ContractFact,
    ModuleRefused,
    NotApproached,
    OfferWithheld,
    QuestionnaireAssessed,
    Reason,
    ReviewDecided,
    ReviewGround,
    ReviewRequested,
)
from domain.explanation import Explanation, Outcome
from domain.policy.document import PolicyDocument
from domain.policy.judged import RESTRICTED


class Audience(StrEnum):
    """For whom an answer is: the purchaser's officers and reviewers, or the practice and whoever else asks."""

    PURCHASER = "purchaser"
    PROVIDER = "provider"


class Restricted(NamedTuple):
    """What only the purchaser may see: reasons by code and clause, rules of explanations, codes that persons judge."""

    reasons: frozenset[tuple[str, str]]
    rules: frozenset[str]
    codes: frozenset[str]


def restricted_by(documents: Iterable[PolicyDocument]) -> Restricted:
    """What any version of a purchaser's policies restricts."""
    found = [each for document in documents for each in _restricted(document)]
    return Restricted(
        frozenset(reason for reason, _, _ in found),
        frozenset(rule for _, rule, _ in found),
        frozenset(code for _, _, code in found),
    )


def _restricted(document: PolicyDocument) -> Iterator[tuple[tuple[str, str], str, str]]:
    """Each restricted reason with the rule that finds it and the code under which a person judges it."""
    for code, condition in document.conditions.items():
        if condition.restricted:
            for reason in (condition.code, condition.unknown_code):
                yield (reason, condition.clause), f"condition.{code}", code
    for approach in (document.approach, *(rules.approach for rules in document.care_types.values())):
        if approach is not None and approach.integrity is not None:
            for rule in ("approach.integrity", f"review.{ReviewGround.INTEGRITY}"):
                yield ("INTEGRITY", approach.integrity.clause), rule, "integrity"
    for criterion in document.application.criteria if document.application is not None else ():
        if criterion.when_doubted:
            yield (criterion.refusal_code, criterion.clause), f"criterion.{criterion.code}", criterion.code


def open_reasons(reasons: Iterable[Reason], restricted: Restricted) -> tuple[Reason, ...]:
    """The reasons that others may see; for all the others together one that names neither clause nor finding."""
    told = tuple(reasons)
    shown = tuple(each for each in told if (each.code, each.clause) not in restricted.reasons)
    return shown if len(shown) == len(told) else (*shown, Reason(code=RESTRICTED, clause=""))


def open_explanation(explanation: Explanation, restricted: Restricted) -> Explanation:
    """The tree that others may see; its restricted rules are one at the end, so that their place tells nothing."""
    if explanation.rule in restricted.rules:
        return Explanation(rule="restricted", outcome=explanation.outcome)
    hidden = [each.outcome for each in explanation.because if each.rule in restricted.rules]
    shown = [open_explanation(each, restricted) for each in explanation.because if each.rule not in restricted.rules]
    if hidden:
        shown.append(Explanation(rule="restricted", outcome=_all_of(hidden)))
    value = explanation.value
    if explanation.rule == f"review.{ReviewGround.APPLICATION}":
        value = _open_codes(value, restricted)
    return explanation.model_copy(update={"because": tuple(shown), "value": value})


def _all_of(outcomes: list[Outcome]) -> Outcome:
    for outcome in (Outcome.NOT_MET, Outcome.UNKNOWN):
        if outcome in outcomes:
            return outcome
    return Outcome.MET


def is_open_review(ground: ReviewGround, factor: str | None, restricted: Restricted) -> bool:
    """Whether others may see that this was asked of a person."""
    return ground is not ReviewGround.INTEGRITY and not (
        ground is ReviewGround.CONDITION and factor in restricted.codes
    )


def open_fact(fact: ContractFact, restricted: Restricted, hidden_reviews: Iterable[str] = ()) -> ContractFact | None:
    """The fact as others may see it; nothing when it tells of nothing else than what is restricted.

    ``hidden_reviews`` are the ids of reviews that others may not see.
    """
    match fact:
        case Approached():
            return fact.model_copy(update={"flags": ()})
        case NotApproached():
            return fact.model_copy(update={"reasons": open_reasons(fact.reasons, restricted), "flags": ()})
        case QuestionnaireAssessed():
            return fact.model_copy(update={"unmet_conditions": open_reasons(fact.unmet_conditions, restricted)})
        case ApplicationRefused() | ModuleRefused() | OfferWithheld():
            return fact.model_copy(update={"reason": open_reasons([fact.reason], restricted)[0]})
        case ReviewRequested():
            return _open_question(fact, restricted)
        case ReviewDecided():
            return None if fact.review_id in set(hidden_reviews) else _open_verdicts(fact, restricted)
        case _:
            return fact


def _open_verdicts(fact: ReviewDecided, restricted: Restricted) -> ReviewDecided:
    shown = {code: met for code, met in fact.verdicts.items() if code not in restricted.codes}
    return fact if len(shown) == len(fact.verdicts) else fact.model_copy(update={"verdicts": shown})


def _open_question(fact: ReviewRequested, restricted: Restricted) -> ReviewRequested | None:
    if not is_open_review(fact.ground, fact.factor, restricted):
        return None
    if fact.ground is not ReviewGround.APPLICATION:
        return fact
    return fact.model_copy(update={"found": _open_codes(fact.found, restricted)})


def _open_codes(found: str, restricted: Restricted) -> str:
    """What a person is to weigh of an application, without what is restricted."""
    return ", ".join(each for each in found.split(", ") if each not in restricted.codes)

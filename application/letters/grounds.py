"""Why, as a letter tells it: by what a rule is called, its clause and what it asks, and never by what was found.

What a policy keeps for its purchaser's reviewers stays out altogether (ASR24-4-ALG-6, OD54).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from application.letters.letter import Judgement, LetterReason
from application.wording.explanations import Labels, Language, labels_of, rule_name
from application.wording.explanations import told as worded
from domain.contract.audience import open_explanation, open_reasons, restricted_by
from domain.contract.facts import Reason
from domain.explanation import Explanation
from domain.policy.application_rules import After
from domain.policy.applications import may_follow_on
from domain.policy.document import PolicyDocument
from domain.policy.judged import RESTRICTED
from domain.policy.values import Bilingual


def reasons_told(
    reasons: Sequence[Reason], document: PolicyDocument, explanation: Explanation | None
) -> tuple[LetterReason, ...]:
    """The reasons of a refusal, each once; ``explanation`` is the one stored beside it."""
    labels = labels_of([document])
    rules = _rules_by_clause(explanation)
    found = [
        LetterReason(
            code="" if each.code == RESTRICTED else each.code,
            clause=each.clause,
            name=_reason_name(each, rules, labels),
        )
        for each in open_reasons(reasons, restricted_by([document]))
    ]
    return tuple(dict.fromkeys(found))


def judgements(explanation: Explanation | None, document: PolicyDocument) -> tuple[Judgement, ...]:
    """The rules that a tier rests on, in the order in which they were applied; none without an explanation."""
    if explanation is None:
        return ()
    labels = labels_of([document])
    shown = open_explanation(explanation, restricted_by([document])).because
    return tuple(
        Judgement(
            name=_name(each.rule, labels),
            outcome=each.outcome,
            clause=each.clause,
            asked=_asked(each.threshold, labels) if each.rule.startswith("tier.") and each.threshold else None,
        )
        for each in shown
        if each.rule != "restricted"
    )


def way_back(document: PolicyDocument, after: After) -> dict[str, Any]:
    """Whether an application may follow, and where it is made (CQ25-5-2)."""
    contact = document.contacts.get("application")
    where = "" if contact is None else contact.web or contact.email
    return {"may_apply": may_follow_on(document, after), "apply_at": where}


def _rules_by_clause(explanation: Explanation | None) -> Mapping[str, str]:
    if explanation is None:
        return {}
    return {each.clause: each.rule for each in (explanation, *explanation.because) if each.clause}


def _reason_name(reason: Reason, rules: Mapping[str, str], labels: Labels) -> Bilingual | None:
    if reason.code == RESTRICTED:
        return None
    by_code = f"condition.{reason.code}"
    rule = by_code if by_code in labels else rules.get(reason.clause)
    return None if rule is None else _name(rule, labels)


def _name(rule: str, labels: Labels) -> Bilingual:
    return Bilingual(nl=rule_name(rule, Language.NL, labels), en=rule_name(rule, Language.EN, labels))


def _asked(threshold: str, labels: Labels) -> Bilingual:
    return Bilingual(nl=worded(threshold, Language.NL, labels), en=worded(threshold, Language.EN, labels))

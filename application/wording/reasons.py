"""The decisions about a contract in words, for whoever shows them and for programs."""

from datetime import date
from typing import Any

from application.queries.reasons import Decision, ReasonsAnswer
from application.wording.explanations import DECISIONS, PHRASES, About, Labels, Language, told_tree
from domain.calendar import Instant
from domain.contract.audience import Audience
from domain.model import Frozen


class DecisionTold(Frozen):
    """One decision: ``title`` says what it is about, ``explanation`` is its tree, each rule with a ``text``.

    Without ``event_id`` it was computed for this answer, because nothing is recorded yet.
    """

    about: About
    title: str
    decided: str
    event_id: str | None
    occurred_at: Instant
    recorded_at: Instant | None
    actor: str | None
    reason: str | None
    explanation: dict[str, Any]


class ReasonsTold(Frozen):
    """The decisions made by the end of the day asked about, in one language.

    ``next_tier`` is the shortest way to it in a sentence, absent where no tier was decided.
    """

    format: int = 1
    contract_id: str
    effective_on: date
    known_at: Instant
    position: int
    audience: Audience
    language: Language
    in_force: bool
    decisions: tuple[DecisionTold, ...]
    next_tier: str | None


def told_reasons(answer: ReasonsAnswer, language: Language) -> ReasonsTold:
    """An answer in words."""
    tiers = any(each.explanation.rule.startswith("tier.") for each in answer.decisions)
    return ReasonsTold(
        contract_id=answer.contract_id,
        effective_on=answer.effective_on,
        known_at=answer.known_at,
        position=answer.position,
        audience=answer.audience,
        language=language,
        in_force=answer.in_force,
        decisions=tuple(_told(each, language, answer.labels) for each in answer.decisions),
        next_tier=told_way(answer, language) if tiers else None,
    )


def told_way(answer: ReasonsAnswer, language: Language) -> str:
    """The shortest way to the next tier in a sentence, or that there is none."""
    way = answer.next_tier
    if way is None:
        return say("no_way", language)
    factors = ", ".join(way.factors)
    missing = f" ({say('points', language).format(points=way.points)})" if way.points else ""
    text = say("way_by", language).format(tier=f"{way.tier}{missing}", factors=factors)
    return f"{text} [{way.clause}]" if way.clause else text


def say(phrase: str, language: Language) -> str:
    """A phrase around explanations, by its name."""
    return str(getattr(PHRASES[phrase], language))


def _told(decision: Decision, language: Language, labels: Labels) -> DecisionTold:
    return DecisionTold(
        about=decision.about,
        title=getattr(DECISIONS[decision.about], language),
        decided=decision.decided,
        event_id=decision.event_id,
        occurred_at=decision.occurred_at,
        recorded_at=decision.recorded_at,
        actor=decision.actor,
        reason=decision.reason,
        explanation=told_tree(decision.explanation, language, labels),
    )

"""Answers as others than the purchaser may see them: a contract's history, and where it stands."""

from collections.abc import Mapping, Sequence

from application.contracting import Contracting
from application.queries.contract_answer import ContractAnswer
from domain.contract.audience import (
    Audience,
    Restricted,
    is_open_review,
    open_explanation,
    open_fact,
    open_reasons,
    restricted_by,
)
from domain.contract.facts import ContractFact, ReviewGround, ReviewRequested
from domain.history import Fact, FactCorrected, Recorded


def restricted_of(contracting: Contracting, purchaser: str, up_to: int) -> Restricted:
    """What only this purchaser may see, by all its policies adopted up to a log position."""
    contracting.policies.refresh()
    adopted = contracting.policies.adopted_by(up_to)
    return restricted_by(each.document for each in adopted if each.document.purchaser.id == purchaser)


def open_answer(answer: ContractAnswer, restricted: Restricted) -> ContractAnswer:
    """Where a contract stands, as the practice and others may see it."""
    procedure = answer.procedure
    if procedure is not None:
        reviews = [
            each for each in procedure.reviews if is_open_review(ReviewGround(each.ground), each.factor, restricted)
        ]
        reasons = open_reasons(procedure.reasons, restricted)
        modules = tuple(
            each
            if each.refused is None
            else each.model_copy(update={"refused": open_reasons([each.refused], restricted)[0]})
            for each in procedure.modules
        )
        changes_made = {"reasons": reasons, "flags": (), "reviews": tuple(reviews), "modules": modules}
        procedure = procedure.model_copy(update=changes_made)
    told = None if answer.explanation is None else open_explanation(answer.explanation, restricted)
    changes = {"procedure": procedure, "explanation": told, "audience": Audience.PROVIDER}
    return answer.model_copy(update=changes)


def open_history(history: Sequence[Recorded], restricted: Restricted) -> list[Recorded]:
    """The facts of a contract that others may see, each as they may see it.

    Of a command that brought something restricted nobody else sees the reason that its actor gave.
    """
    hidden = _hidden_reviews(history, restricted)
    facts = {each.version: each.fact for each in history}
    shown = [(each, _shown(each.fact, facts, restricted, hidden)) for each in history]
    commands = {each.envelope().command_id for each, fact in shown if fact != each.fact}
    return [_without_command(each._replace(fact=fact), commands) for each, fact in shown if fact is not None]


def _hidden_reviews(history: Sequence[Recorded], restricted: Restricted) -> frozenset[str]:
    asked = [each.fact for each in history if isinstance(each.fact, ReviewRequested)]
    return frozenset(each.review_id for each in asked if not is_open_review(each.ground, each.factor, restricted))


def _shown(
    fact: Fact, facts: Mapping[int, Fact], restricted: Restricted, hidden: frozenset[str]
) -> ContractFact | None:
    """A fact as others may see it; a correction as the fact that it corrects."""
    if not isinstance(fact, FactCorrected):
        return open_fact(fact, restricted, hidden)  # type: ignore[arg-type]
    corrected = facts.get(fact.corrects)
    if corrected is None or _shown(corrected, facts, restricted, hidden) is None:
        return None
    if fact.replacement is None:
        return fact
    read = _shown(type(corrected).model_validate(fact.replacement), facts, restricted, hidden)
    return None if read is None else fact.model_copy(update={"replacement": read.model_dump(mode="json")})


def _without_command(recorded: Recorded, commands: set[str]) -> Recorded:
    """Without what the command asked, which may tell more than its facts; of these commands without their reason."""
    envelope = recorded.envelope()
    hidden: dict[str, object] = {"command": None, "command_digest": ""}
    if envelope.command_id in commands:
        hidden["reason"] = None
    return recorded._replace(context=envelope.model_copy(update=hidden).model_dump_json().encode())

"""The questionnaire of a contract: what the policy asks, what was saved, and what was confirmed."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum

from application.contracting import Contracting
from application.queries.governed import governing
from application.queries.horizon import Asked, fix_horizon
from domain.calendar import Instant, from_microseconds, last_instant, local_day
from domain.contract.contract import fold
from domain.contract.contract_id import ContractId
from domain.contract.standing import deadlines_of
from domain.history import effective
from domain.model import Frozen
from domain.policy.answers import Answers
from domain.policy.condition_rules import Condition, ConditionKind, UnknownMeans
from domain.policy.document import CareTypeRules, PolicyDocument, Route
from domain.policy.measures import asked_numbers
from domain.policy.values import Bilingual
from domain.refusal import Refused, RefusedError


class QuestionKind(StrEnum):
    """What sort of answer a question takes; each stands in its own part of the answers."""

    DECLARED = "declared"
    CHOSEN = "chosen"
    NUMBER = "number"
    CLAIM = "claim"


class Question(Frozen):
    """One question; ``path`` is where its answer stands in a command that saves or confirms.

    ``declared`` takes yes or no, ``chosen`` at least ``at_least`` of ``options``, ``number`` a number as ``expected``
    says, ``claim`` a differentiation factor that the practice may claim: with a file of ``evidence``, one of the
    designated ``bureaus`` by name, the last day of a ``certificate``, or ``measured`` from the register. Without a
    ``required`` answer a questionnaire can not be confirmed.
    """

    code: str
    kind: QuestionKind
    path: str
    label: Bilingual
    clause: str
    required: bool
    options: tuple[str, ...] = ()
    at_least: int | None = None
    expected: str | None = None
    whole: bool = False
    at_least_number: Decimal | None = None
    at_most_number: Decimal | None = None
    evidence: bool = False
    measured: bool = False
    bureaus: tuple[str, ...] = ()
    certificate: bool = False


class QuestionnaireAnswer(Frozen):
    """The questionnaire as it stood on ``effective_on``, with the knowledge of ``known_at``.

    ``last_day`` is the last day on which it can be confirmed, absent where none was sent by then; ``draft`` was saved
    last, ``answers`` were confirmed.
    """

    contract_id: str
    effective_on: date
    known_at: Instant
    position: int
    policy_id: str
    sent_at: Instant | None
    last_day: date | None
    draft: Answers | None
    confirmed_at: Instant | None
    answers: Answers | None
    questions: tuple[Question, ...]


def questionnaire(contracting: Contracting, contract_id: ContractId, asked: Asked) -> QuestionnaireAnswer | None:
    """What is asked of a practice, and what it answered so far; nothing before the purchaser's history begins.

    Raises the errors of ``EventLog.horizon``, and ``RefusedError`` where the care type is contracted without a
    questionnaire, or no policy names the period.
    """
    log = contracting.log_port
    effective_on, horizon = fix_horizon(log, contracting.clock, asked)
    policies = governing(contracting.policies, contract_id, horizon)
    if policies is None:
        return None
    known_at = from_microseconds(horizon.known_at)
    judged_at = min(last_instant(effective_on), known_at)
    version = policies.at(judged_at) or policies.versions[0]
    rules = version.document.care_types[contract_id.care_type]
    if rules.route is not Route.QUESTIONNAIRE:
        message = f"{contract_id.care_type} is contracted by {rules.route}, without a questionnaire"
        raise RefusedError(Refused("NO_QUESTIONNAIRE", message, rules.clause, found=rules.route))
    rows = log.read_streams([str(contract_id)], up_to=horizon.position)
    history = effective(contracting.facts.decode_all(rows))
    contract = fold([recorded for recorded in history if recorded.occurred_at <= judged_at])
    deadline = deadlines_of(contract, version.document, contract_id.care_type).questionnaire
    return QuestionnaireAnswer(
        contract_id=str(contract_id),
        effective_on=effective_on,
        known_at=known_at,
        position=horizon.position,
        policy_id=version.document.id,
        sent_at=contract.questionnaire_sent_at,
        last_day=None if deadline is None or contract.questionnaire_sent_at is None else deadline.last_day,
        draft=contract.draft,
        confirmed_at=contract.confirmed_at,
        answers=contract.answers,
        questions=tuple(_questions(version.document, rules, local_day(judged_at))),
    )


def _questions(document: PolicyDocument, rules: CareTypeRules, day: date) -> Iterator[Question]:
    """In the order of the policy: conditions, numbers, then the factors that may be claimed."""
    for code in rules.conditions:
        condition = document.conditions[code]
        if condition.answered or (condition.means_unknown is UnknownMeans.ASK and not condition.restricted):
            yield _condition(code, condition)
    for code, measure in asked_numbers(rules).items():
        within = measure.within
        yield Question(
            code=code,
            kind=QuestionKind.NUMBER,
            path=f"answers.numbers.{code}",
            label=measure.label,
            clause=measure.clause,
            required=True,
            expected=measure.words,
            whole=measure.whole,
            at_least_number=None if within is None else within.at_least,
            at_most_number=None if within is None else within.at_most,
        )
    for code, factor in rules.factors.items():
        listed = () if factor.bureau_list is None else document.bureau_lists[factor.bureau_list].bureaus
        yield Question(
            code=code,
            kind=QuestionKind.CLAIM,
            path=f"answers.claims.{code}",
            label=factor.label,
            clause=factor.clause,
            required=False,
            evidence=factor.evidence is not None,
            measured=factor.share is not None,
            bureaus=tuple(each.name for each in listed if each.listed_on(day)),
            certificate=factor.certificate,
        )


def _condition(code: str, condition: Condition) -> Question:
    chosen = condition.kind is ConditionKind.CHOSEN
    kind = QuestionKind.CHOSEN if chosen else QuestionKind.DECLARED
    return Question(
        code=code,
        kind=kind,
        path=f"answers.{kind}.{code}",
        label=condition.label,
        clause=condition.clause,
        required=condition.answered,
        options=condition.options,
        at_least=condition.at_least if chosen else None,
    )

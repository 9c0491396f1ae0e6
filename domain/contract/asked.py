"""Whether answers are to what the policy asks: in the questionnaire, with a signature, with an application."""

from collections.abc import Iterator

from domain.contract.situation import Situation
from domain.policy.answers import Answers
from domain.policy.condition_rules import Condition, UnknownMeans
from domain.policy.document import ConditionKind
from domain.policy.measures import asked_numbers
from domain.refusal import Refused, meant


def not_asked(answers: Answers, situation: Situation) -> Refused | None:
    """Why answers can not be taken: they answer what the policy does not ask, or with what can be no answer.

    A questionnaire asks what only the practice can tell, and takes what else it may be asked. Without one the practice
    may declare all that is established otherwise: it counts where nothing is known and unknown means asking (OD48).
    """
    unknown = sorted(_unknown(answers, situation))
    if not unknown:
        return _no_such_number(answers, situation)
    numbers = asked_numbers(situation.rules)
    also = f" and the factors {', '.join(situation.rules.factors)}" if situation.rules.factors else ""
    also += f" and the numbers {', '.join(numbers)}" if numbers else ""
    return Refused(
        "ANSWER_NOT_ASKED",
        f"not asked for {situation.contract_id.care_type}: {', '.join(unknown)}; asked are "
        f"{', '.join(situation.rules.conditions)}{also}",
    )


def _unknown(answers: Answers, situation: Situation) -> Iterator[str]:
    """Each answer to what is not asked, with the name that was probably meant."""
    asked = {code: situation.document.conditions[code] for code in situation.rules.conditions}
    declared = {code for code, each in asked.items() if _can_be_declared(each)}
    if not situation.by_questionnaire:
        declared = {code for code, each in asked.items() if each.kind is not ConditionKind.CHOSEN}
    chosen = {code for code, each in asked.items() if each.kind is ConditionKind.CHOSEN}
    numbers, factors = asked_numbers(situation.rules), situation.rules.factors
    yield from (_misplaced(code, "chosen", declared, chosen) for code in answers.declared if code not in declared)
    yield from (_misplaced(code, "declared", chosen, declared) for code in answers.chosen if code not in chosen)
    yield from (meant(code, factors) for code in answers.claims if code not in factors)
    yield from (meant(code, numbers) for code in answers.numbers if code not in numbers)
    for code in sorted(answers.chosen.keys() & chosen):
        options = asked[code].options
        yield from (f"{code}={meant(each, options)}" for each in answers.chosen[code] if each not in options)


def _can_be_declared(condition: Condition) -> bool:
    """Declared by yes or no, or where unknown means that the practice is asked."""
    by_kind = condition.kind is ConditionKind.DECLARED
    return by_kind or (not condition.answered and condition.means_unknown is UnknownMeans.ASK)


def _misplaced(code: str, place: str, known: set[str], elsewhere: set[str]) -> str:
    return f"{code} (is {place})" if code in elsewhere else meant(code, sorted(known))


def _no_such_number(answers: Answers, situation: Situation) -> Refused | None:
    """An answer that can be no number of its measure."""
    for code, measure in asked_numbers(situation.rules).items():
        number = answers.numbers.get(code)
        if number is not None and not measure.takes(number):
            message = f"{code}: found {number}, expected {measure.words}"
            return Refused("NUMBER_OUT_OF_RANGE", message, measure.clause, found=str(number), asked=measure.words)
    return None

"""Whether answers are to what the policy asks: in the questionnaire, with a signature, with an application."""

from collections.abc import Iterator
from typing import NamedTuple

from domain.contract.situation import Situation
from domain.policy.answers import Answers
from domain.policy.condition_rules import Condition, UnknownMeans
from domain.policy.document import ConditionKind
from domain.policy.measures import asked_numbers
from domain.refusal import FieldRefused, Refused, meant


def not_asked(answers: Answers, situation: Situation, *, at: str = "answers") -> Refused | None:
    """Why answers can not be taken: they answer what the policy does not ask, or with what can be no answer.

    A questionnaire asks what only the practice can tell, and takes what else it may be asked. Without one the practice
    may declare all that is established otherwise: it counts where nothing is known and unknown means asking (OD48).
    ``at`` is the command's field that holds the answers.
    """
    unknown = sorted(_unknown(answers, situation))
    if not unknown:
        return _no_such_number(answers, situation, at)
    numbers = asked_numbers(situation.rules)
    asked = ", ".join(situation.rules.conditions)
    if situation.rules.factors:
        asked += f" and the factors {', '.join(situation.rules.factors)}"
    if numbers:
        asked += f" and the numbers {', '.join(numbers)}"
    return Refused(
        "ANSWER_NOT_ASKED",
        f"not asked for {situation.contract_id.care_type}: {', '.join(each.found for each in unknown)}; "
        f"asked are {asked}",
        fields=tuple(FieldRefused(f"{at}.{each.path}", f"not asked: {each.found}") for each in unknown),
    )


class _Strange(NamedTuple):
    """An answer that was not asked, with the name that was probably meant, and where it stands."""

    found: str
    path: str


def _unknown(answers: Answers, situation: Situation) -> Iterator[_Strange]:
    """Each answer to what is not asked."""
    asked = {code: situation.document.conditions[code] for code in situation.rules.conditions}
    declared = {code for code, each in asked.items() if _can_be_declared(each)}
    if not situation.by_questionnaire:
        declared = {code for code, each in asked.items() if each.kind is not ConditionKind.CHOSEN}
    chosen = {code for code, each in asked.items() if each.kind is ConditionKind.CHOSEN}
    numbers, factors = asked_numbers(situation.rules), situation.rules.factors
    for code in answers.declared.keys() - declared:
        yield _Strange(_misplaced(code, "chosen", declared, chosen), f"declared.{code}")
    for code in answers.chosen.keys() - chosen:
        yield _Strange(_misplaced(code, "declared", chosen, declared), f"chosen.{code}")
    for code in answers.claims.keys() - factors.keys():
        yield _Strange(meant(code, factors), f"claims.{code}")
    for code in answers.numbers.keys() - numbers.keys():
        yield _Strange(meant(code, numbers), f"numbers.{code}")
    for code in answers.chosen.keys() & chosen:
        options = asked[code].options
        for number, each in enumerate(answers.chosen[code]):
            if each not in options:
                yield _Strange(f"{code}={meant(each, options)}", f"chosen.{code}.{number}")


def _can_be_declared(condition: Condition) -> bool:
    """Declared by yes or no, or where unknown means that the practice is asked."""
    by_kind = condition.kind is ConditionKind.DECLARED
    return by_kind or (not condition.answered and condition.means_unknown is UnknownMeans.ASK)


def _misplaced(code: str, place: str, known: set[str], elsewhere: set[str]) -> str:
    return f"{code} (is {place})" if code in elsewhere else meant(code, sorted(known))


def _no_such_number(answers: Answers, situation: Situation, at: str) -> Refused | None:
    """An answer that can be no number of its measure."""
    for code, measure in asked_numbers(situation.rules).items():
        number = answers.numbers.get(code)
        if number is not None and not measure.takes(number):
            message = f"{code}: found {number}, expected {measure.words}"
            field = FieldRefused(f"{at}.numbers.{code}", f"expected {measure.words}")
            return Refused(
                "NUMBER_OUT_OF_RANGE",
                message,
                measure.clause,
                found=str(number),
                asked=measure.words,
                fields=(field,),
            )
    return None

"""The numbers that bands of tiers look at: known to the purchaser or answered, established once (OD07)."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from domain.care_type import CareType
from domain.explanation import Explanation, Outcome
from domain.policy.answers import Answers, Measured
from domain.policy.document import CareTypeRules
from domain.policy.known_values import NOTHING_KNOWN, number_in
from domain.policy.tier_rules import Measure
from domain.provider.provider import Provider


def asked_numbers(rules: CareTypeRules) -> dict[str, Measure]:
    """The measures of which the questionnaire asks the number."""
    return {code: measure for code, measure in rules.measures.items() if measure.asked}


def measured_now(
    rules: CareTypeRules, answers: Answers | None, provider: Provider, care_type: CareType
) -> tuple[Measured, ...]:
    """What is known of every measure at this moment; what can be no number of the measure is not known."""
    return tuple(
        Measured(measure=code, number=_number(code, measure, answers, provider, care_type))
        for code, measure in rules.measures.items()
    )


def _number(
    code: str, measure: Measure, answers: Answers | None, provider: Provider, care_type: CareType
) -> Decimal | None:
    if measure.value is None:
        number = None if answers is None else answers.numbers.get(code)
    else:
        text = provider.value(measure.value, year=measure.year, care_type=care_type)
        number = None if text is None else number_in(text)
    return number if number is not None and measure.takes(number) else None


def numbers_of(rules: CareTypeRules, measured: Iterable[Measured]) -> Mapping[str, Decimal | None]:
    """The number of every measure of the care type, absent where nothing is known."""
    known = {each.measure: each.number for each in measured}
    return {code: known.get(code) for code in rules.measures}


def measures_explained(rules: CareTypeRules, measured: Iterable[Measured]) -> list[Explanation]:
    """Each measure with the number that was established, and what it can be."""
    return [
        Explanation(
            rule=f"measure.{code}",
            clause=rules.measures[code].clause,
            outcome=Outcome.UNKNOWN if number is None else Outcome.MET,
            value=NOTHING_KNOWN if number is None else str(number),
            threshold=f"{rules.measures[code].words}, {rules.measures[code].source}",
        )
        for code, number in numbers_of(rules, measured).items()
    ]

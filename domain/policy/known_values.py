"""Conditions that rest on what the purchaser knows of a practice: registered values, measurements, days, verdicts."""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from domain.care_type import CareType
from domain.explanation import Explanation, Outcome, outcome_of
from domain.policy.condition_rules import (
    IndividualAssessment,
    KnownValueRule,
    MeasuredRule,
    Measurement,
    SinceRule,
)
from domain.policy.values import day_in
from domain.provider.provider import KnownValue, Provider

NOTHING_KNOWN = "nothing known"
NOTHING_ON_RECORD = "nothing on record"
_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", re.ASCII)


def judged_value(
    asked: KnownValueRule, rule: str, clause: str, provider: Provider, care_type: CareType | None
) -> Explanation:
    """Whether a known value is one of those allowed, or names all that are asked."""
    found = provider.value(asked.value, year=asked.year, care_type=care_type)
    if asked.allowed:
        threshold = f"{_named(asked.value, asked.year)} is {' or '.join(asked.allowed)}"
    else:
        threshold = f"{_named(asked.value, asked.year)} names {', '.join(asked.includes)}"
    if found is None:
        return _without_value(rule, clause, threshold, own_record=asked.own_record)
    named = set(found.replace(",", " ").split())
    missing = [each for each in asked.includes if each not in named]
    met = found in asked.allowed if asked.allowed else not missing
    told = f"{found}; not named: {', '.join(missing)}" if missing else found
    return Explanation(rule=rule, clause=clause, outcome=outcome_of(met), value=told, threshold=threshold)


def judged_measurement(
    asked: MeasuredRule, rule: str, clause: str, provider: Provider, care_type: CareType | None
) -> Explanation:
    """A measurement compared exactly; without a value its individual assessment, if it has one (OD31)."""
    found = compared(asked, rule, clause, provider, care_type)
    if found.outcome is not Outcome.UNKNOWN or asked.individual is None:
        return found
    individual = _individually(asked.individual, rule, provider, care_type)
    return found.model_copy(update={"because": (individual,)})


def compared(asked: Measurement, rule: str, clause: str, provider: Provider, care_type: CareType | None) -> Explanation:
    """A known value against its bounds: as supplied, never rounded (OD30); one that is no number is unknown."""
    text = provider.value(asked.value, year=asked.year, care_type=care_type)
    number = None if text is None else number_in(text)
    outcome = Outcome.UNKNOWN if number is None else outcome_of(asked.contains(number))
    told = NOTHING_KNOWN if text is None else text if number is not None else f"{text}, which is no number"
    threshold = f"{_named(asked.value, asked.year)} {asked.words}"
    return Explanation(rule=rule, clause=clause, outcome=outcome, value=told, threshold=threshold)


def needs_individual_assessment(found: Explanation) -> bool:
    """Whether a person assesses what could not be measured (ASR24-4-FYS-5)."""
    return found.outcome is Outcome.UNKNOWN and any(
        each.rule == f"{found.rule}.individual" and each.outcome is Outcome.MET for each in found.because
    )


def judged_since(asked: SinceRule, rule: str, clause: str, provider: Provider, day: date) -> Explanation:
    """Whether all that is dated lies so many years back on ``day``; exactly so many years are over (OD36).

    What was recorded of any care type counts, and the last of several days decides.
    """
    threshold = f"{asked.value} at least {asked.years} years before {day}"
    recorded = provider.values_in_order(asked.value)
    if not recorded:
        return _without_value(rule, clause, threshold, own_record=asked.own_record)
    standing = standing_texts(recorded, asked.never)
    days = [dated for text in standing if (dated := day_in(text)) is not None]
    over_on = years_later(max(days), asked.years) if days else None
    unread = next((text for text in standing if day_in(text) is None), None)
    if over_on is not None and (over_on > day or unread is None):
        outcome, told = outcome_of(over_on <= day), f"{max(days)}, over on {over_on}"
    elif unread is not None:
        outcome, told = Outcome.UNKNOWN, f"{unread}, which is no day"
    else:
        outcome, told = Outcome.MET, recorded[-1].value
    return Explanation(rule=rule, clause=clause, outcome=outcome, value=told, threshold=threshold)


def standing_texts(recorded: Iterable[KnownValue], never: Iterable[str] = ()) -> list[str]:
    """What stands of what was recorded in this order: a day does not undo an earlier one, a text that says never does.

    Each year and care type apart. A day that was wrong is mended by a correction of the fact.
    """
    standing: dict[object, list[str]] = {}
    for each in recorded:
        standing.setdefault(each.key, [])
        standing[each.key] = [] if each.value in never else [*standing[each.key], each.value]
    return [text for texts in standing.values() for text in texts]


def years_later(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March where the year has none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def number_in(text: str) -> Decimal | None:
    """The number that a text says exactly, with a point and without grouping; nothing when it says none."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _individually(
    asked: IndividualAssessment, rule: str, provider: Provider, care_type: CareType | None
) -> Explanation:
    found = compared(asked.when, f"{rule}.individual", asked.clause, provider, care_type)
    criteria = tuple(
        Explanation(
            rule=f"criterion.{each.code}",
            clause=each.clause,
            outcome=Outcome.UNKNOWN,
            value="for a person",
            threshold=each.label.en,
        )
        for each in asked.criteria
    )
    return found.model_copy(update={"because": criteria}) if found.outcome is Outcome.MET else found


def _without_value(rule: str, clause: str, threshold: str, *, own_record: bool) -> Explanation:
    outcome = Outcome.MET if own_record else Outcome.UNKNOWN
    told = NOTHING_ON_RECORD if own_record else NOTHING_KNOWN
    return Explanation(rule=rule, clause=clause, outcome=outcome, value=told, threshold=threshold)


def _named(value: str, year: int | None) -> str:
    return value if year is None else f"{value} of {year}"

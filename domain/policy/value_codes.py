"""Under which codes a purchaser's policies read what is known of a practice, and what can stand under each."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from domain.policy.document import Condition, PolicyDocument
from domain.policy.known_values import number_in
from domain.policy.values import day_in
from domain.provider.provider import KnownValue
from domain.refusal import Refused, meant


class ValueKind(StrEnum):
    """How a rule reads a value."""

    TEXT = "text"
    NUMBER = "a number"
    DAY = "a day"


class Read(NamedTuple):
    """A value as one rule reads it; ``of_year`` says that it is one of a year, ``also`` are texts beside its kind."""

    code: str
    kind: ValueKind
    of_year: bool = False
    also: tuple[str, ...] = ()


def read_values(document: PolicyDocument) -> Iterator[Read]:
    """Every value that a rule of the policy reads."""
    for condition in document.conditions.values():
        yield from _read_by(condition)
    for approach in (document.approach, *(rules.approach for rules in document.care_types.values())):
        if approach is not None and approach.claims_in_year is not None:
            yield Read(approach.claims_in_year.value, ValueKind.NUMBER, of_year=True)
        if approach is not None and approach.findings is not None:
            yield Read(approach.findings.value, ValueKind.DAY)
    if document.application is not None and document.application.no_claims_filed is not None:
        yield Read(document.application.no_claims_filed.value, ValueKind.NUMBER, of_year=True)
    for measure in (each for rules in document.care_types.values() for each in rules.measures.values()):
        if measure.value is not None:
            yield Read(measure.value, ValueKind.NUMBER, measure.year is not None)


def _read_by(condition: Condition) -> Iterator[Read]:
    listed, measured = condition.registered or condition.verdict, condition.measured
    if listed is not None:
        yield Read(listed.value, ValueKind.TEXT, listed.year is not None)
    individual = None if measured is None or measured.individual is None else measured.individual.when
    for number in (measured, individual):
        if number is not None:
            yield Read(number.value, ValueKind.NUMBER, number.year is not None)
    if condition.since is not None:
        yield Read(condition.since.value, ValueKind.DAY, also=condition.since.never)
    if condition.applies_when is not None and condition.applies_when.value is not None:
        yield Read(condition.applies_when.value, ValueKind.TEXT)


def value_refused(value: KnownValue, documents: Iterable[PolicyDocument]) -> Refused | None:
    """Why a value can not be recorded for a purchaser with these policies: no rule would read it as it stands.

    A purchaser without policies may record anything.
    """
    known_documents = list(documents)
    if not known_documents:
        return None
    read = [each for document in known_documents for each in read_values(document)]
    rules = [each for each in read if each.code == value.code]
    if not rules:
        known = sorted({each.code for each in read})
        message = f"no rule reads a value {meant(value.code, known)}; read are {', '.join(known) or 'none'}"
        return Refused("VALUE_UNKNOWN", message)
    if all(each.of_year for each in rules) and value.year is None:
        return Refused("YEAR_MISSING", f"{value.code} is read of a year: say of which")
    if value.year is not None and not any(each.of_year for each in rules):
        return Refused("VALUE_UNKNOWN", f"no rule reads {value.code} of a year: leave out {value.year}")
    if not any(_fits(value.value, each) for each in rules):
        wanted = rules[0].kind.value + "".join(f" or {each}" for each in rules[0].also)
        return Refused("VALUE_WRONG", f"{value.code}: found {value.value!r}, expected {wanted}")
    return None


def _fits(text: str, read: Read) -> bool:
    match read.kind:
        case ValueKind.NUMBER:
            return number_in(text) is not None
        case ValueKind.DAY:
            return day_in(text) is not None or text in read.also
        case ValueKind.TEXT:
            return bool(text.strip())

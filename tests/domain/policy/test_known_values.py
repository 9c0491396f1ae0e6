"""What a purchaser knows of a practice, as conditions read it: of a year, of a care type, exactly as supplied."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.care_type import CareType
from domain.explanation import Explanation, Outcome
from domain.policy.condition_rules import KnownValueRule, MeasuredRule, SinceRule
from domain.policy.known_values import (
    judged_measurement,
    judged_since,
    judged_value,
    needs_individual_assessment,
)
from domain.provider.provider import KnownValue, Provider
from tests.given import practice

FYS, LOG = CareType.FYS, CareType.LOG
TODAY = date(2024, 9, 16)


def knowing(*values: tuple[str, str, int | None, CareType | None]) -> Provider:
    known = tuple(KnownValue(code=code, value=value, year=year, care_type=of) for code, value, year, of in values)
    return replace(practice(), known_values=known)


def told(found: Explanation) -> tuple[str, str, str, str, str]:
    return found.rule, found.clause, found.outcome.value, found.value, found.threshold


def value(provider: Provider, care_type: CareType | None = FYS, **rule: Any) -> tuple[str, str, str, str, str]:
    return told(
        judged_value(KnownValueRule(value="keurmerk", **rule), "condition.keurmerk", "C-1", provider, care_type)
    )


def test_a_value_is_one_of_those_allowed() -> None:
    rule: dict[str, Any] = {"allowed": ("ja", "nvt")}
    asked = "keurmerk is ja or nvt"
    assert value(knowing(("keurmerk", "nvt", None, None)), **rule) == ("condition.keurmerk", "C-1", "met", "nvt", asked)
    assert value(knowing(("keurmerk", "nee", None, None)), **rule)[2:] == ("not_met", "nee", asked)
    assert value(knowing(), **rule)[2:] == ("unknown", "nothing known", asked)
    assert value(knowing(), own_record=True, **rule)[2:] == ("met", "nothing on record", asked)


def test_a_value_of_a_year_is_that_of_the_year() -> None:
    provider = knowing(("keurmerk", "ja", None, None), ("keurmerk", "nee", 2023, None))
    assert value(provider, allowed=("ja",), year=2023)[2:] == ("not_met", "nee", "keurmerk of 2023 is ja")
    assert value(provider, allowed=("ja",))[2:] == ("met", "ja", "keurmerk is ja")


def test_a_value_of_the_care_type_goes_before_one_of_none_and_never_counts_for_another() -> None:
    provider = knowing(("keurmerk", "ja", None, FYS), ("keurmerk", "nee", None, None))
    assert value(provider, FYS, allowed=("ja",))[2] == "met"
    assert value(provider, LOG, allowed=("ja",))[2] == "not_met"
    assert value(knowing(("keurmerk", "ja", None, LOG)), FYS, allowed=("ja",))[2] == "unknown"


def test_a_value_that_must_name_several_says_which_it_does_not() -> None:
    rule: dict[str, Any] = {"includes": ("a", "b", "c"), "year": 2023}
    asked = "keurmerk of 2023 names a, b, c"
    assert value(knowing(("keurmerk", "c,a b", 2023, None)), **rule)[2:] == ("met", "c,a b", asked)
    assert value(knowing(("keurmerk", "b", 2023, None)), **rule)[2:] == ("not_met", "b; not named: a, c", asked)


def measured(provider: Provider, care_type: CareType = FYS) -> Explanation:
    rule = MeasuredRule.model_validate(
        {
            "value": "index",
            "year": 2022,
            "below": "150",
            "individual": {
                "when": {"value": "patients", "year": 2022, "below": "30"},
                "criteria": [{"code": "scope", "label": {"nl": "Zorg", "en": "Care"}, "clause": "ASR24-4-3"}],
                "clause": "ASR24-4-2",
            },
        }
    )
    return judged_measurement(rule, "condition.index", "C-1", provider, care_type)


def test_a_measurement_is_that_of_its_year_and_care_type() -> None:
    provider = knowing(("index", "149.99", 2022, FYS), ("index", "150", 2022, None), ("index", "1", 2021, LOG))
    assert told(measured(provider, FYS))[2:] == ("met", "149.99", "index of 2022 below 150")
    assert told(measured(provider, LOG))[2:] == ("not_met", "150", "index of 2022 below 150")


def test_without_a_measurement_a_person_assesses_by_the_number_of_the_care_type() -> None:
    provider = knowing(("patients", "29", 2022, FYS), ("patients", "30", 2022, None))
    found = measured(provider, FYS)
    assert needs_individual_assessment(found)
    (individual,) = found.because
    assert told(individual) == ("condition.index.individual", "ASR24-4-2", "met", "29", "patients of 2022 below 30")
    assert [told(each)[:3] for each in individual.because] == [("criterion.scope", "ASR24-4-3", "unknown")]
    assert not needs_individual_assessment(measured(provider, LOG))
    assert not needs_individual_assessment(measured(knowing(("index", "1", 2022, None), ("patients", "1", 2022, None))))


def test_a_measurement_that_is_no_number_is_unknown_and_said_so() -> None:
    assert told(measured(knowing(("index", "150,0", 2022, None))))[2:4] == ("unknown", "150,0, which is no number")
    assert told(measured(knowing()))[2:4] == ("unknown", "nothing known")


@pytest.mark.parametrize(
    ("known", "outcome", "found"),
    [
        ("geen", Outcome.MET, "geen"),
        ("2019-09-16", Outcome.MET, "2019-09-16, over on 2024-09-16"),
        ("2019-09-17", Outcome.NOT_MET, "2019-09-17, over on 2024-09-17"),
        ("vorig jaar", Outcome.UNKNOWN, "vorig jaar, which is no day"),
        (None, Outcome.UNKNOWN, "nothing known"),
    ],
)
def test_what_is_dated_is_over_so_many_years_later(known: str | None, outcome: Outcome, found: str) -> None:
    provider = knowing() if known is None else knowing(("fout", known, None, None))
    judged = judged_since(SinceRule(value="fout", years=5), "condition.fout", "C-1", provider, TODAY)
    assert judged == Explanation(
        rule="condition.fout",
        clause="C-1",
        outcome=outcome,
        value=found,
        threshold="fout at least 5 years before 2024-09-16",
    )


def test_of_several_days_the_last_one_decides_in_whatever_order_they_were_recorded() -> None:
    first, second, none = (KnownValue(code="fout", value=text) for text in ("2020-03-01", "2012-05-01", "geen"))
    rule = SinceRule(value="fout", years=5)
    for recorded, known, outcome, found in (
        ((first,), second, Outcome.NOT_MET, "2020-03-01, over on 2025-03-01"),
        ((second,), first, Outcome.NOT_MET, "2020-03-01, over on 2025-03-01"),
        ((first, none), second, Outcome.MET, "2012-05-01, over on 2017-05-01"),
        ((second, first), none, Outcome.MET, "geen"),
        ((first,), KnownValue(code="fout", value="vorig jaar"), Outcome.NOT_MET, "2020-03-01, over on 2025-03-01"),
        ((second,), KnownValue(code="fout", value="vorig jaar"), Outcome.UNKNOWN, "vorig jaar, which is no day"),
        (
            (),
            KnownValue(code="fout", value="2020-03-01", care_type=LOG),
            Outcome.NOT_MET,
            "2020-03-01, over on 2025-03-01",
        ),
    ):
        provider = replace(practice(), known_values=(known,), replaced_values=recorded)
        judged = judged_since(rule, "condition.fout", "C-1", provider, TODAY)
        assert (judged.outcome, judged.value) == (outcome, found)


def test_a_number_is_compared_exactly() -> None:
    rule = MeasuredRule.model_validate({"value": "index", "above": "0.1"})
    for text, outcome in (("0.1", "not_met"), ("0.100000000000001", "met")):
        found = judged_measurement(rule, "r", "C-1", knowing(("index", text, None, None)), None)
        assert told(found) == ("r", "C-1", outcome, text, "index above 0.1")

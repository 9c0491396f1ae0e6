"""What becomes known of a practice is entered under a code that a rule reads, as the rule reads it."""

import pytest

from domain.policy.value_codes import read_values, value_refused
from domain.provider.provider import KnownValue
from tests.given import asr, caresq


def refusal(code: str, value: str, year: int | None = None) -> str | None:
    refused = value_refused(KnownValue(code=code, value=value, year=year), [asr()])
    return None if refused is None else refused.code


@pytest.mark.parametrize(
    ("code", "value", "year"),
    [
        ("claims", "0", 2024),
        ("behandelindex", "149.9", 2022),
        ("patients", "29", 2022),
        ("kvk", "ingeschreven", None),
        ("ernstige_fout", "2020-02-29", None),
        ("ernstige_fout", "geen", None),
        ("finding", "2023-05-01", None),
        ("plausibele_aanwijzingen", "nee", None),
        ("kwalificaties", "FYS OEF", None),
    ],
)
def test_what_a_rule_reads_may_be_recorded(code: str, value: str, year: int | None) -> None:
    assert refusal(code, value, year) is None


@pytest.mark.parametrize(
    ("code", "value", "year", "expected"),
    [
        ("claim", "0", 2024, "VALUE_UNKNOWN"),
        ("claims", "0", None, "YEAR_MISSING"),
        ("behandelindex", "120", None, "YEAR_MISSING"),
        ("claims", "none", 2024, "VALUE_WRONG"),
        ("ernstige_fout", "in March", None, "VALUE_WRONG"),
        ("finding", "geen", None, "VALUE_WRONG"),
        ("kvk", " ", None, "VALUE_WRONG"),
        ("ivr", "ja", 2023, "VALUE_UNKNOWN"),
        ("ernstige_fout", "2022-03-01", 2022, "VALUE_UNKNOWN"),
    ],
)
def test_what_no_rule_would_read_is_refused(code: str, value: str, year: int | None, expected: str) -> None:
    assert refusal(code, value, year) == expected


def test_an_unknown_code_is_told_with_the_one_that_was_meant() -> None:
    refused = value_refused(KnownValue(code="claim", value="0", year=2024), [asr()])
    assert refused is not None
    assert refused.message.startswith("no rule reads a value claim (did you mean claims?); read are behandelindex, ")


def test_a_value_of_the_wrong_kind_is_told_with_what_is_right() -> None:
    refused = value_refused(KnownValue(code="ernstige_fout", value="x"), [asr()])
    assert refused is not None
    assert refused.message == "ernstige_fout: found 'x', expected a day or geen"


def test_a_purchaser_without_a_policy_may_record_anything() -> None:
    assert value_refused(KnownValue(code="anything", value="x"), []) is None


def test_a_policy_that_reads_no_value_refuses_every_code() -> None:
    assert list(read_values(caresq())) == []
    refused = value_refused(KnownValue(code="claims", value="0", year=2024), [caresq()])
    assert refused is not None
    assert refused.message == "no rule reads a value claims; read are none"

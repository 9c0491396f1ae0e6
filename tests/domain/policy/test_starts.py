"""From when a contract is in force, by each rule that a policy can name."""

from datetime import date

import pytest

from domain.calendar import Term
from domain.care_type import CareType
from domain.policy.application_rules import SignBy, StartOn, StartRule
from domain.policy.document import CorrectionRule
from domain.policy.starts import corrected_from, next_quarter_day, sign_by, start_flags, start_of, start_rule, term_from
from tests.domain.policy.practices import asr
from tests.given import amended, caresq, day

YEAR = date(2025, 1, 1)


def start(on: str, received: str, signed: str | None = None, fixed: str | None = None) -> str | None:
    rule = StartRule(on=StartOn(on), day=None if fixed is None else day(fixed), clause="CQ25-4-37")
    found = start_of(rule, YEAR, day(received), None if signed is None else day(signed))
    return None if found is None else str(found)


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2024-11-15", "2025-01-01"),
        ("2024-12-31", "2025-01-01"),
        ("2025-01-01", "2025-02-01"),
        ("2025-01-31", "2025-02-01"),
        ("2025-02-28", "2025-03-01"),
        ("2025-12-01", "2026-01-01"),
    ],
)
def test_an_application_starts_on_the_first_of_the_month_after_it(received: str, expected: str) -> None:
    assert start("first_of_month_after_application", received) == expected
    assert start("first_of_month_after_application", received, signed="2026-06-06") == expected


@pytest.mark.parametrize(
    ("on", "signed", "expected"),
    [
        ("first_of_month_after_signature", "2025-03-01", "2025-04-01"),
        ("first_of_month_after_signature", "2024-10-01", "2025-01-01"),
        ("month_of_signature", "2025-03-31", "2025-03-01"),
        ("month_of_signature", "2024-12-31", "2025-01-01"),
        ("next_quarter_day", "2025-03-31", "2025-04-01"),
        ("next_quarter_day", "2025-04-01", "2025-07-01"),
        ("next_quarter_day", "2025-12-31", "2026-01-01"),
        ("next_quarter_day", "2024-03-03", "2025-01-01"),
    ],
)
def test_a_rule_of_the_signature_waits_for_it(on: str, signed: str, expected: str) -> None:
    assert start(on, "2024-02-29", signed=signed) == expected
    assert start(on, "2024-02-29") is None


def test_the_other_rules_need_no_signature() -> None:
    assert start("term_start", "2025-06-06") == "2025-01-01"
    assert start("fixed_day", "2025-06-06", fixed="2025-03-15") == "2025-03-15"
    assert start("fixed_day", "2025-06-06", fixed="2024-03-15") == "2025-01-01"


def test_what_a_person_decides_has_no_start_yet() -> None:
    assert start("decided_by_person", "2025-06-06", signed="2025-06-07") is None


def test_every_rule_of_the_enumeration_answers() -> None:
    fixed = {StartOn.FIXED_DAY: "2025-05-05"}
    found = {rule: start(rule, "2025-02-02", "2025-03-03", fixed.get(rule)) for rule in StartOn}
    assert {rule for rule, answer in found.items() if answer is None} == {StartOn.DECIDED_BY_PERSON}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-02-29", "2024-04-01"),
        ("2025-09-30", "2025-10-01"),
        ("2025-10-01", "2026-01-01"),
        ("2025-01-01", "2025-04-01"),
    ],
)
def test_the_next_quarter_day_is_never_the_day_itself(text: str, expected: str) -> None:
    assert str(next_quarter_day(day(text))) == expected


def test_a_late_start_keeps_the_fixed_end_and_after_it_there_is_no_contract() -> None:
    term = Term(start=YEAR, end=date(2026, 12, 31))
    assert term_from(term, date(2026, 12, 1)) == Term(start=date(2026, 12, 1), end=date(2026, 12, 31))
    assert term_from(term, date(2026, 12, 31)) == Term(start=date(2026, 12, 31), end=date(2026, 12, 31))
    assert term_from(term, date(2027, 1, 1)) is None
    assert term_from(Term(start=YEAR, end=None), date(2030, 1, 1)) == Term(start=date(2030, 1, 1), end=None)


def test_the_offer_can_be_signed_until_so_many_days_after_it() -> None:
    assert sign_by(SignBy(days=30, clause="CQ25-5-15"), date(2025, 1, 20)) == date(2025, 2, 19)


def test_caresq_starts_by_the_month_of_application_at_any_time() -> None:
    rules = [start_rule(caresq(), CareType.ERG, day(text)) for text in ("2024-11-15", "2025-06-15")]
    assert [rule.on for rule in rules if rule is not None] == [StartOn.FIRST_OF_MONTH_AFTER_APPLICATION] * 2


def test_at_asr_a_person_decides_the_start_in_a_running_year() -> None:
    before, running = (start_rule(asr(), CareType.FYS, day(text)) for text in ("2023-12-31", "2024-01-01"))
    assert before is not None
    assert before.on is StartOn.TERM_START
    assert running is not None
    assert running.on is StartOn.DECIDED_BY_PERSON


def test_a_care_type_may_have_a_start_rule_of_its_own() -> None:
    own = {"on": "next_quarter_day", "clause": "CQ25-4-37"}
    document = amended(caresq(), {"care_types": {"ERG": {"start": own}}})
    rule = start_rule(document, CareType.ERG, day("2025-02-02"))
    assert rule is not None
    assert rule.on is StartOn.NEXT_QUARTER_DAY


def test_a_start_before_offer_or_signature_is_shown_to_a_person() -> None:
    application = caresq().application
    assert application is not None
    assert start_flags(application, YEAR, date(2025, 1, 20), None) == ("RETROACTIVE_VS_OFFER",)
    assert start_flags(application, YEAR, date(2024, 12, 20), date(2025, 1, 2)) == ("RETROACTIVE_VS_SIGNATURE",)
    assert start_flags(application, YEAR, date(2025, 1, 1), date(2025, 1, 1)) == ()
    silent = application.model_copy(update={"flag_start_before_offer": None})
    assert start_flags(silent, YEAR, date(2025, 1, 20), None) == ()


# ------------------------------------------------------------------------------------------- corrections


def correcting(effect: str, *days: str) -> CorrectionRule:
    written = {"effect": effect, "days": days, "clause": "CQ25-3.2-25"}
    return CorrectionRule.model_validate(
        {**written, "correction_clause": "CQ25-3.2-24", "no_retroactive_clause": "CQ25-3.2-26"}
    )


@pytest.mark.parametrize(
    ("supplied_on", "counts_from"),
    [
        ("2027-03-31", "2027-04-01"),
        ("2027-04-01", "2027-10-01"),
        ("2027-09-30", "2027-10-01"),
        ("2027-10-01", None),
    ],
)
def test_a_correction_counts_from_the_first_fixed_day_after_its_supply(
    supplied_on: str, counts_from: str | None
) -> None:
    rule = correcting("fixed_days", "2027-04-01", "2027-10-01")
    expected = None if counts_from is None else date.fromisoformat(counts_from)
    assert corrected_from(rule, date.fromisoformat(supplied_on)) == expected


def test_a_correction_counts_from_the_next_quarter_day_or_the_next_month() -> None:
    supplied_on = date(2028, 2, 29)
    assert corrected_from(correcting("next_quarter_day_after_supply"), supplied_on) == date(2028, 4, 1)
    assert corrected_from(correcting("first_of_month_after_supply"), supplied_on) == date(2028, 3, 1)
    assert corrected_from(None, supplied_on) == date(2028, 3, 1)
    assert corrected_from(correcting("next_quarter_day_after_supply"), date(2028, 4, 1)) == date(2028, 7, 1)

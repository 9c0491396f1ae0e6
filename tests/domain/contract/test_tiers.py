"""The tier timeline by itself: derived whole, recorded where the answer changes, explained, and the way up."""

from datetime import date, timedelta

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from domain.calendar import Term
from domain.care_type import CareType
from domain.contract.commands import AssessQuestionnaire, ConfirmQuestionnaire, Terminate
from domain.contract.contract import Assignment, Contract
from domain.contract.facts import QuestionnaireConfirmed, TierAssigned
from domain.contract.tiers import changed_assignments, supply_effect
from domain.contract.way_up import way_to_next_tier
from domain.policy.document import CareTypeRules
from infrastructure.persistence.recorder import EXPLANATION_BYTES
from tests.given import (
    SENT,
    Given,
    amended,
    answers,
    assessed,
    at,
    caresq_two_years,
    confirmed,
    day,
    given,
    on,
    practice,
    professional,
    signed,
    staff,
)

FYS = caresq_two_years().care_types[CareType.FYS]
FIRSTS = [date(2025, month, 1) for month in range(1, 13)]
TIERS = st.sampled_from("ABCDE")
RECORDED = st.lists(st.builds(Assignment, st.sampled_from(FIRSTS), TIERS), max_size=8).map(tuple)
DERIVED = st.dictionaries(st.sampled_from(FIRSTS[1:]), TIERS, max_size=5).flatmap(
    lambda later: TIERS.map(
        lambda first: [Assignment(each, tier) for each, tier in sorted({FIRSTS[0]: first, **later}.items())]
    )
)


def answer_on(assignments: list[Assignment], each: date) -> str:
    """What assignments sorted by day say of a day."""
    return [known.tier for known in assignments if known.effective_on <= each][-1]


@drawn(recorded=RECORDED, derived=DERIVED)
def test_what_is_recorded_then_answers_every_day_as_derived(
    recorded: tuple[Assignment, ...], derived: list[Assignment]
) -> None:
    changes = tuple(changed_assignments(recorded, derived))
    after = Contract(assignments=(*recorded, *changes))
    for number in range(365):
        each = FIRSTS[0] + timedelta(days=number)
        found = after.tier_on(each)
        assert found is not None
        assert found.tier == answer_on(derived, each)


@drawn(recorded=RECORDED, derived=DERIVED)
def test_deriving_the_same_again_records_nothing(recorded: tuple[Assignment, ...], derived: list[Assignment]) -> None:
    changes = tuple(changed_assignments(recorded, derived))
    assert not list(changed_assignments((*recorded, *changes), derived))


def test_nothing_is_recorded_where_the_answer_stays() -> None:
    known = (Assignment(FIRSTS[0], "E"), Assignment(FIRSTS[3], "D"))
    assert not list(changed_assignments(known, [Assignment(FIRSTS[0], "E"), Assignment(FIRSTS[3], "D")]))


def test_an_earlier_change_shines_through_to_the_days_after_it() -> None:
    known = (Assignment(FIRSTS[0], "E"), Assignment(FIRSTS[3], "D"))
    derived = [Assignment(FIRSTS[0], "E"), Assignment(FIRSTS[1], "D"), Assignment(FIRSTS[3], "C")]
    assert [(each.effective_on.month, each.tier) for each in changed_assignments(known, derived)] == [
        (2, "D"),
        (4, "C"),
    ]


def test_a_proof_supplied_with_the_questionnaire_counts_from_the_start_however_late_that_was() -> None:
    late = given(on("2025-03-10", QuestionnaireConfirmed(answers=answers("kngf")))).contract
    term = Term(start=day("2025-01-01"), end=day("2026-12-31"))
    effects = [
        supply_effect(late, FYS, term, at(supplied)) for supplied in ("2025-02-20", "2025-03-10", "2025-03-10T12:00:01")
    ]
    assert effects == [day("2025-01-01"), day("2025-01-01"), day("2025-04-01")]


# ------------------------------------------------------------------------------------------------ the way up


TWO_YEARS = Term(start=day("2025-01-01"), end=day("2026-12-31"))


def way_up(
    contract: Given, rules: CareTypeRules = FYS, asked: str = "2024-11-02"
) -> tuple[str, tuple[str, ...], str] | None:
    state = contract.contract
    assignment = state.tier_on(day("2025-01-01"))
    assert assignment is not None
    found = way_to_next_tier(state, rules, assignment, state.settled_term or TWO_YEARS, at(asked))
    return None if found is None else (found.tier, found.factors, found.clause)


def test_the_way_up_is_the_fewest_claimed_factors_that_a_proof_can_still_meet() -> None:
    assert way_up(signed("prem", "kngf")) == ("C", ("kngf",), "CQ25-3.2-8")


def test_the_way_up_names_what_brings_the_next_tier_and_more_only_if_it_must() -> None:
    tier, factors, _ = way_up(signed("prem", "kngf", "skf")) or ("", (), "")
    assert (tier, len(factors)) in {("C", 1), ("B", 1)}


def test_there_is_no_way_up_for_what_was_never_claimed() -> None:
    assert way_up(signed("prem")) is None


def test_there_is_no_way_up_from_the_highest_tier() -> None:
    specialised = practice(professionals=staff(10, *(professional(number, specialised="sport") for number in range(3))))
    contract = assessed("prem", "share", "skf", proven=("skf",), start=given(SENT, provider=specialised))
    assert contract.tier_on("2025-01-01") == "A"
    assert way_up(contract) is None


@pytest.mark.parametrize(
    ("asked", "way"),
    [
        ("2026-11-30T23:59:59", ("C", ("kngf",), "CQ25-3.2-8")),
        ("2026-12-01T00:00:00", None),
        ("2026-12-31T12:00:00", None),
    ],
)
def test_there_is_a_way_up_while_what_is_supplied_counts_before_the_end(
    asked: str, way: tuple[str, tuple[str, ...], str] | None
) -> None:
    assert way_up(signed("prem", "kngf"), asked=asked) == way


def test_a_termination_shortens_the_way_up() -> None:
    contract = signed("prem", "kngf").when(Terminate(last_day=day("2025-06-30")), at="2025-03-01").done()
    assert way_up(contract, asked="2025-05-31") == ("C", ("kngf",), "CQ25-3.2-8")
    assert way_up(contract, asked="2025-06-01") is None


def test_before_confirmation_every_factor_is_a_way_up() -> None:
    nobody_yet = given(SENT).contract
    found = way_to_next_tier(nobody_yet, FYS, Assignment(day("2025-01-01"), "E", ()), TWO_YEARS, at("2024-10-01"))
    assert found is not None
    assert len(found.factors) == 1


def test_tiers_that_ask_two_factors_at_once_ask_for_both() -> None:
    steep = [each.model_dump(mode="json") for each in FYS.tiers if each.name in ("C", "E")]
    policy = amended(caresq_two_years(), {"care_types": {"FYS": {"tiers": steep}}})
    contract = confirmed("kngf", "skf", start=given(SENT, policy=policy))
    contract = contract.when(AssessQuestionnaire(), at="2024-10-14").done()
    rules = policy.care_types[CareType.FYS]
    assert way_up(contract, rules) == ("C", ("skf",), "CQ25-3.2-8")
    without_implied = confirmed("prem", "kngf", start=given(SENT, policy=policy))
    without_implied = without_implied.when(AssessQuestionnaire(), at="2024-10-14").done()
    assert way_up(without_implied, rules) == ("C", ("kngf",), "CQ25-3.2-8")


# --------------------------------------------------------------------------------------------- explanations


def test_the_explanations_of_the_largest_practice_fit_beside_their_facts() -> None:
    many = [professional(number, specialised="orofaciaal", hours="23.9") for number in range(2_000)]
    provider = practice(professionals=tuple(many))
    confirm = ConfirmQuestionnaire(answers=answers("prem", "share", "kngf", "skf"))
    contract = given(SENT, provider=provider)
    confirmation = contract.when(confirm, at="2024-10-10")
    assessment = confirmation.done().when(AssessQuestionnaire(), at="2024-10-14")
    for why in (confirmation.why(QuestionnaireConfirmed), assessment.why(TierAssigned)):
        assert len(why.model_dump_json(exclude_defaults=True).encode()) < EXPLANATION_BYTES

"""Assessment: conditions, evidence that never came, and the tier (CQ25-3.2-3..42, CQ25-4-21)."""

import pytest

from domain.care_type import CareType
from domain.contract.commands import AssessQuestionnaire, ConfirmQuestionnaire
from domain.contract.facts import (
    EvidenceRejected,
    QuestionnaireAssessed,
    Reason,
    ReviewGround,
    ReviewRequested,
    TierAssigned,
)
from domain.policy.answers import Answers
from domain.provider.provider import Provider
from tests.given import (
    SENT,
    Given,
    amended,
    answers,
    assessed,
    caresq_two_years,
    confirmed,
    day,
    explained,
    given,
    practice,
    professional,
    staff,
    upload,
)

ASSESS = AssessQuestionnaire()


def with_share() -> Provider:
    specialised = [professional(number, specialised="manueel", hours="24") for number in range(3)]
    return practice(professionals=staff(10, *specialised))


def tier(contract: Given) -> str | None:
    return contract.tier_on("2025-01-01")


@pytest.mark.parametrize(
    ("claimed", "proven", "expected"),
    [
        ((), (), "E"),
        (("prem",), (), "D"),
        (("prem", "share"), (), "C"),
        (("prem", "share", "kngf"), ("kngf",), "B"),
        (("prem", "share", "skf"), ("skf",), "A"),
        (("prem", "share", "kngf", "skf"), ("kngf", "skf"), "A"),
        (("skf",), ("skf",), "C"),
        (("kngf",), ("kngf",), "D"),
        (("kngf", "skf"), ("skf",), "C"),
        (("prem", "kngf"), (), "D"),
    ],
    ids=[
        "none",
        "prem",
        "prem share",
        "kngf",
        "three claims",
        "all four",
        "skf",
        "kngf only",
        "skf implies",
        "no file",
    ],
)
def test_the_tier_of_physiotherapy_follows_the_set_of_factors(
    claimed: tuple[str, ...], proven: tuple[str, ...], expected: str
) -> None:
    assert tier(assessed(*claimed, proven=proven, start=given(SENT, provider=with_share()))) == expected


@pytest.mark.parametrize(
    ("care_type", "claimed", "expected"),
    [
        (CareType.OEF, (), "C"),
        (CareType.OEF, ("vvocm",), "B"),
        (CareType.OEF, ("vvocm", "prem"), "A"),
        (CareType.LOG, (), "C"),
        (CareType.LOG, ("prem",), "B"),
        (CareType.LOG, ("prem", "kwaliteitscyclus"), "A"),
    ],
)
def test_the_tiers_of_exercise_and_speech_therapy_need_no_evidence(
    care_type: CareType, claimed: tuple[str, ...], expected: str
) -> None:
    assert tier(assessed(*claimed, start=given(SENT, care_type=care_type))) == expected


def test_a_positive_assessment_assigns_the_tier_from_the_start() -> None:
    confirmed("prem").when(ASSESS, at="2024-10-14").then(
        QuestionnaireAssessed(positive=True),
        TierAssigned(tier="D", effective_on=day("2025-01-01"), factors=("prem",)),
    )


def test_assessing_again_changes_nothing() -> None:
    assessed().when(ASSESS, at="2024-10-15").nothing()


def test_only_a_confirmed_questionnaire_is_assessed() -> None:
    given(SENT).when(ASSESS, at="2024-10-14").refused("NOT_CONFIRMED", "CQ25-4-20")


def test_an_assessment_does_not_lie_before_the_confirmation() -> None:
    confirmed().when(ASSESS, at="2024-10-14", occurred="2024-10-09").refused("BEFORE_ITS_CAUSE", "CQ25-4-21")


def with_answers(changed: Answers) -> Given:
    return given(SENT).when(ConfirmQuestionnaire(answers=changed), at="2024-10-10").done()


def test_an_unmet_condition_is_a_negative_assessment_and_assigns_no_tier() -> None:
    without = with_answers(answers("prem", declared={"guidelines": False}))
    reason = Reason(code="guidelines", clause="CQ25-3.1-1", found="declared not to be met")
    negative = without.when(ASSESS, at="2024-10-14")
    negative.then(QuestionnaireAssessed(positive=False, unmet_conditions=(reason,)))
    assert tier(negative.done()) is None


def test_every_unmet_condition_is_told() -> None:
    without = with_answers(answers(declared={"guidelines": False, "subregisters": False}, chosen={"digital_goals": ()}))
    (fact,) = without.when(ASSESS, at="2024-10-14").facts
    assert isinstance(fact, QuestionnaireAssessed)
    assert [each.code for each in fact.unmet_conditions] == ["guidelines", "subregisters", "digital_goals"]


def test_an_obligation_of_effort_never_bars() -> None:
    without = with_answers(answers(declared={"zn_digital_effort": False}))
    outcome = without.when(ASSESS, at="2024-10-14")
    outcome.brings(QuestionnaireAssessed, TierAssigned)
    assert explained(outcome.why(QuestionnaireAssessed), "condition.zn_digital_effort").outcome == "not_met"


def test_one_of_several_registers_is_enough() -> None:
    with_answers(answers(chosen={"register_physio": ("skf",)})).when(ASSESS, at="2024-10-14").brings(
        QuestionnaireAssessed, TierAssigned
    )


def test_a_goal_named_twice_is_one_goal() -> None:
    policy = amended(caresq_two_years(), {"conditions": {"digital_goals": {"at_least": 2}}})
    for chosen, positive in ((("kosten", "kosten"), False), (("kosten", "kwaliteit"), True)):
        confirm = ConfirmQuestionnaire(answers=answers(chosen={"digital_goals": chosen}))
        contract = given(SENT, policy=policy).when(confirm, at="2024-10-10").done()
        fact = contract.when(ASSESS, at="2024-10-14").facts[0]
        assert isinstance(fact, QuestionnaireAssessed)
        assert fact.positive is positive


def missing(factor: str) -> EvidenceRejected:
    return EvidenceRejected(evidence_id=None, factor=factor, ground="missing: no proof was uploaded")


def test_a_proof_that_was_never_uploaded_is_rejected_as_missing_and_the_offer_goes_on() -> None:
    confirmed("prem", "kngf").when(ASSESS, at="2024-10-14").then(
        QuestionnaireAssessed(positive=True),
        missing("kngf"),
        TierAssigned(tier="D", effective_on=day("2025-01-01"), factors=("prem",)),
    )


def test_the_correction_of_a_missing_proof_is_open() -> None:
    assessed("kngf").when(upload("kngf"), at="2024-10-16").done()


def test_the_proof_of_a_factor_that_skf_implies_is_not_missed() -> None:
    contract = confirmed("kngf", "skf", proven=("skf",))
    contract.when(ASSESS, at="2024-10-14").brings(QuestionnaireAssessed, TierAssigned)


def test_a_declared_factor_is_never_missing_a_proof() -> None:
    contract = confirmed("vvocm", start=given(SENT, care_type=CareType.OEF))
    contract.when(ASSESS, at="2024-10-14").brings(QuestionnaireAssessed, TierAssigned)


def test_a_late_assessment_of_a_timely_questionnaire_asks_a_person() -> None:
    outcome = confirmed().when(ASSESS, at="2024-11-08T00:00")
    outcome.brings(QuestionnaireAssessed, TierAssigned, ReviewRequested)
    assert outcome.facts[-1] == ReviewRequested(
        review_id="assessed_after_last_signing_day-1",
        ground=ReviewGround.ASSESSED_AFTER_LAST_SIGNING_DAY,
        found="assessed on 2024-11-08, last signing day 2024-11-07",
    )


def test_an_assessment_on_the_last_signing_day_is_in_time() -> None:
    confirmed().when(ASSESS, at="2024-11-07T23:59:59").brings(QuestionnaireAssessed, TierAssigned)


def test_the_explanation_cites_the_clause_of_every_condition() -> None:
    why = confirmed().when(ASSESS, at="2024-10-14").why(QuestionnaireAssessed)
    assert {f"CQ25-3.1-{number}" for number in (1, 2, 4, 5, 6, 7, 8, 9)} <= set(why.clauses())

"""What a named person decides, where the policy gives no safe rule (OD07, OD17, OD43)."""

from datetime import date

import pytest

from domain.care_type import CareType
from domain.contract.commands import AssessQuestionnaire, ConfirmQuestionnaire, DecideReview, MakeOffer, RequestReview
from domain.contract.facts import (
    ContractOffered,
    QuestionnaireAssessed,
    ReviewDecided,
    ReviewGround,
    ReviewOutcome,
    ReviewRequested,
    TierAssigned,
)
from domain.policy.answers import Claim
from tests.given import SENT, Given, answers, assessed, confirmed, day, given, offered, signed

NO_LONGER_MET = RequestReview(
    ground=ReviewGround.FACTOR_NO_LONGER_MET, factor="share", found="the share is now 25%, asked 30%"
)


def decided(review_id: str, outcome: ReviewOutcome, sign_by: date | None = None) -> DecideReview:
    return DecideReview(review_id=review_id, outcome=outcome, sign_by=sign_by)


def late() -> Given:
    return confirmed().when(AssessQuestionnaire(), at="2024-11-08").done()


LATE = "assessed_after_last_signing_day-1"


def test_a_factor_that_is_no_longer_met_asks_a_person_and_changes_no_tier() -> None:
    contract = signed("prem", "kngf", proven=("kngf",))
    lost = contract.when(NO_LONGER_MET, at="2025-06-30").then(
        ReviewRequested(
            review_id="factor_no_longer_met-1",
            ground=ReviewGround.FACTOR_NO_LONGER_MET,
            factor="share",
            found="the share is now 25%, asked 30%",
        )
    )
    for outcome in ReviewOutcome:
        verdict = lost.when(decided("factor_no_longer_met-1", outcome), at="2025-07-10")
        verdict.then(ReviewDecided(review_id="factor_no_longer_met-1", outcome=outcome))
        assert verdict.done().tier_on("2026-01-01") == "C"


def test_asking_the_same_again_changes_nothing_while_it_is_open() -> None:
    signed().when(NO_LONGER_MET, at="2025-06-30").done().when(NO_LONGER_MET, at="2025-07-01").nothing()


def test_what_was_decided_may_be_asked_anew() -> None:
    contract = signed().when(NO_LONGER_MET, at="2025-06-30").done()
    contract = contract.when(decided("factor_no_longer_met-1", ReviewOutcome.DISMISSED), at="2025-07-01").done()
    (fact,) = contract.when(NO_LONGER_MET, at="2025-08-01").facts
    assert isinstance(fact, ReviewRequested)
    assert fact.review_id == "factor_no_longer_met-2"


def test_a_review_is_of_a_factor_that_there_is() -> None:
    unknown = RequestReview(ground=ReviewGround.FACTOR_NO_LONGER_MET, factor="vvocm")
    outcome = signed().when(unknown, at="2025-06-30")
    outcome.refused("FACTOR_UNKNOWN")
    assert "prem, share, kngf, skf" in outcome.refusal.message


def test_a_change_in_the_register_is_asked_about_by_any_name() -> None:
    gone = RequestReview(ground=ReviewGround.REGISTRY_CHANGED, factor="location 04009999", found="closed")
    signed().when(gone, at="2025-06-30").brings(ReviewRequested)


def test_the_reviews_that_there_are_are_named_together() -> None:
    contract = signed("prem", "share").when(NO_LONGER_MET, at="2025-06-30").done()
    other = RequestReview(ground=ReviewGround.REGISTRY_CHANGED, factor="certificate", found="ended")
    contract = contract.when(other, at="2025-07-01").done()
    contract.when(decided("integrity-1", ReviewOutcome.APPROVED), at="2025-07-02").refused("REVIEW_UNKNOWN")


def test_nothing_is_asked_about_a_contract_that_nobody_knows() -> None:
    given().when(NO_LONGER_MET, at="2025-06-30").refused("NO_CONTRACT")


def test_only_a_review_that_was_asked_for_is_decided() -> None:
    signed().when(decided("integrity-1", ReviewOutcome.APPROVED), at="2025-06-30").refused("REVIEW_UNKNOWN")


def test_deciding_the_same_again_changes_nothing() -> None:
    contract = late().when(decided(LATE, ReviewOutcome.APPROVED, day("2024-12-20")), at="2024-11-09").done()
    contract.when(decided(LATE, ReviewOutcome.APPROVED, day("2024-12-20")), at="2024-11-10").nothing()


@pytest.mark.parametrize(
    "other", [decided(LATE, ReviewOutcome.DISMISSED), decided(LATE, ReviewOutcome.APPROVED, date(2024, 12, 21))]
)
def test_a_verdict_is_not_turned_round_but_corrected(other: DecideReview) -> None:
    contract = late().when(decided(LATE, ReviewOutcome.APPROVED, day("2024-12-20")), at="2024-11-09").done()
    contract.when(other, at="2024-11-10").refused("REVIEW_DECIDED")


def test_a_late_offer_needs_a_day_to_sign_by() -> None:
    late().when(decided(LATE, ReviewOutcome.APPROVED), at="2024-11-09").refused("SIGN_BY_MISSING")
    late().when(decided(LATE, ReviewOutcome.DISMISSED), at="2024-11-09").done()


def test_the_day_to_sign_by_is_not_in_the_past() -> None:
    yesterday = decided(LATE, ReviewOutcome.APPROVED, day("2024-11-08"))
    late().when(yesterday, at="2024-11-09").refused("SIGN_BY_WRONG")
    late().when(decided(LATE, ReviewOutcome.APPROVED, day("2024-11-09")), at="2024-11-09").done()


def test_only_a_late_offer_gets_a_day_to_sign_by() -> None:
    contract = signed().when(NO_LONGER_MET, at="2025-06-30").done()
    verdict = decided("factor_no_longer_met-1", ReviewOutcome.APPROVED, day("2025-12-01"))
    contract.when(verdict, at="2025-07-01").refused("SIGN_BY_WRONG")


def ends_early() -> Given:
    claims = {"kwaliteitscyclus": Claim(valid_until=day("2024-12-31"))}
    confirm = ConfirmQuestionnaire(answers=answers("prem", claims=claims, care_type=CareType.LOG))
    return given(SENT, care_type=CareType.LOG).when(confirm, at="2024-10-10").done()


def test_a_certificate_that_ends_early_does_not_count_until_a_person_lets_it() -> None:
    contract = ends_early().when(AssessQuestionnaire(), at="2024-10-14").brings(QuestionnaireAssessed, TierAssigned)
    assert contract.tier_on("2025-01-01") == "B"
    verdict = contract.when(decided("factor_ends_before_start-1", ReviewOutcome.APPROVED), at="2024-10-15")
    assert verdict.tiers() == [("2025-01-01", "A")]
    contract.when(decided("factor_ends_before_start-1", ReviewOutcome.DISMISSED), at="2024-10-15").brings(ReviewDecided)


def test_a_verdict_before_the_assessment_counts_in_it() -> None:
    contract = ends_early().when(decided("factor_ends_before_start-1", ReviewOutcome.APPROVED), at="2024-10-12")
    assert contract.brings(ReviewDecided).when(AssessQuestionnaire(), at="2024-10-14").tiers() == [("2025-01-01", "A")]


def test_a_verdict_on_an_attempt_that_is_over_is_recorded_and_changes_nothing() -> None:
    contract = offered().when(NO_LONGER_MET, at="2024-10-20").done()
    verdict = decided("factor_no_longer_met-1", ReviewOutcome.APPROVED)
    contract.when(verdict, at="2024-11-08").then(
        ReviewDecided(review_id="factor_no_longer_met-1", outcome=ReviewOutcome.APPROVED)
    )


def test_a_review_holds_no_offer_up() -> None:
    contract = assessed("prem").when(NO_LONGER_MET, at="2024-10-15").done()
    contract.when(MakeOffer(), at="2024-10-16").brings(ContractOffered)

"""Whom the round approaches (CQ25-4-8..17)."""

from dataclasses import replace

import pytest

from domain.agb import AgbCode
from domain.calendar import Term
from domain.care_type import CareType
from domain.contract.commands import Approach, CarryOver, DecideReview
from domain.contract.facts import (
    Approached,
    ContractOffered,
    NotApproached,
    QuestionnaireSent,
    ReviewGround,
    ReviewOutcome,
    ReviewRequested,
)
from domain.contract.situation import Decided
from domain.policy.document import Route
from domain.provider.provider import IntegritySignal, OptOut, Provider
from domain.provider.register import ProviderKind
from tests.given import SENT, Outcome, at, day, explained, given, on, practice, professional

APPROACHED = Approached(policy_id="caresq-2025", route=Route.QUESTIONNAIRE)
INTEGRITY = ReviewRequested(review_id="integrity-1", ground=ReviewGround.INTEGRITY)


def approach(provider: Provider, care_type: CareType = CareType.FYS) -> Outcome:
    return given(provider=provider, care_type=care_type).when(Approach(), at="2024-09-16")


def barred_by(outcome: Outcome) -> list[str]:
    (fact,) = outcome.facts
    assert isinstance(fact, NotApproached)
    return [reason.code for reason in fact.reasons]


@pytest.mark.parametrize("care_type", [CareType.FYS, CareType.OEF, CareType.LOG])
def test_a_practice_that_meets_every_rule_is_approached_and_gets_its_questionnaire(care_type: CareType) -> None:
    approach(practice(care_type), care_type).then(APPROACHED, QuestionnaireSent())


def test_a_second_run_changes_nothing() -> None:
    given().when(Approach(), at="2024-09-16").done().when(Approach(), at="2024-09-17").nothing()


def test_a_run_after_the_deadline_leaves_who_was_approached_alone() -> None:
    given(SENT).when(Approach(), at="2024-10-21").nothing()


def test_nobody_is_approached_after_the_questionnaire_closed() -> None:
    given().when(Approach(), at="2024-10-20T23:59:59").done()
    given().when(Approach(), at="2024-10-21T00:00").refused("QUESTIONNAIRE_CLOSED", "CQ25-5-14")


def test_an_unregistered_practice_can_not_be_approached() -> None:
    given().but(provider=None).when(Approach(), at="2024-09-16").refused("PROVIDER_UNKNOWN")


def test_a_practice_without_certificate_is_not_approached() -> None:
    assert barred_by(approach(practice(certificates=()))) == ["NO_VECOZO_CERTIFICATE"]


def test_a_practice_that_opted_out_is_not_approached() -> None:
    opted_out = OptOut(care_type=None, from_day=day("2024-06-01"))
    assert barred_by(approach(replace(practice(), opt_outs=(opted_out,)))) == ["OPTED_OUT"]


@pytest.mark.parametrize(("last_year", "is_approached"), [(2024, True), (2023, True), (2022, True), (2021, False)])
def test_three_calendar_years_before_the_policy_year_count_as_recent(last_year: int, is_approached: bool) -> None:
    outcome = approach(practice(contracted=(last_year,)))
    if is_approached:
        outcome.then(APPROACHED, QuestionnaireSent())
    else:
        assert barred_by(outcome) == ["NOT_CONTRACTED_RECENTLY"]


def test_a_contract_for_another_care_type_counts_as_recent() -> None:
    past = practice(CareType.LOG).past_contracts
    approach(replace(practice(contracted=()), past_contracts=past)).done()


def test_a_practice_of_another_agb_prefix_is_not_approached() -> None:
    other = practice()
    other = replace(other, record=other.record.model_copy(update={"agb": AgbCode("47001234")}))
    assert barred_by(approach(other)) == ["AGB_PREFIX"]


def test_a_practice_without_the_profession_is_not_approached() -> None:
    assert barred_by(approach(practice(professionals=()))) == ["PROFESSION_NOT_ATTACHED"]


def test_a_professional_who_left_is_no_longer_attached() -> None:
    left = practice(professionals=(professional(1, until="2024-09-15"),))
    assert barred_by(approach(left)) == ["PROFESSION_NOT_ATTACHED"]


def test_an_institution_is_not_approached_as_a_practice() -> None:
    assert barred_by(approach(practice(kind=ProviderKind.INSTITUTION))) == ["PROVIDER_KIND"]


def test_every_reason_is_told_and_not_the_first() -> None:
    outcome = approach(practice(certificates=(), contracted=(2020,), professionals=()))
    assert barred_by(outcome) == ["PROFESSION_NOT_ATTACHED", "NO_VECOZO_CERTIFICATE", "NOT_CONTRACTED_RECENTLY"]


def test_each_reason_names_its_clause_and_what_was_found() -> None:
    (fact,) = approach(practice(contracted=(2020,))).facts
    assert isinstance(fact, NotApproached)
    assert [(reason.clause, reason.found) for reason in fact.reasons] == [("CQ25-4-9", "none in force")]


def test_the_explanation_holds_the_rules_that_were_met_too() -> None:
    why = approach(practice(certificates=())).why(NotApproached)
    assert explained(why, "approach.agb_prefix").outcome == "met"
    assert explained(why, "approach.certificate").outcome == "not_met"


def test_a_practice_not_approached_is_recorded_once() -> None:
    contract = approach(practice(certificates=())).done()
    contract.when(Approach(), at="2024-09-17").nothing()


def test_a_second_run_records_that_the_reasons_changed() -> None:
    contract = approach(practice(certificates=(), contracted=(2020,))).done()
    assert barred_by(contract.but(provider=practice(certificates=())).when(Approach(), at="2024-09-17")) == [
        "NO_VECOZO_CERTIFICATE"
    ]


def test_a_second_run_approaches_who_has_mended_the_reason() -> None:
    contract = approach(practice(certificates=())).done()
    contract.but(provider=practice()).when(Approach(), at="2024-09-17").then(APPROACHED, QuestionnaireSent())


def test_a_missing_vecozo_address_asks_a_person_and_holds_nothing_up() -> None:
    missing = ReviewRequested(review_id="vecozo_email_missing-1", ground=ReviewGround.VECOZO_EMAIL_MISSING)
    approach(practice(vecozo_email="")).then(APPROACHED, QuestionnaireSent(), missing)


def doubted() -> Provider:
    return replace(practice(), integrity_signals=(IntegritySignal(recorded_on=day("2024-06-01")),))


def test_a_doubt_about_integrity_goes_to_a_person_instead_of_being_approached() -> None:
    approach(doubted()).then(INTEGRITY)


def test_a_second_run_waits_for_the_verdict_on_integrity() -> None:
    approach(doubted()).done().when(Approach(), at="2024-09-17").nothing()


def test_a_practice_cleared_by_a_person_is_approached() -> None:
    clear = DecideReview(review_id="integrity-1", outcome=ReviewOutcome.APPROVED)
    contract = approach(doubted()).done().when(clear, at="2024-09-17").done()
    contract.when(Approach(), at="2024-09-18").then(APPROACHED, QuestionnaireSent())


def test_a_practice_that_a_person_turned_down_is_not_approached() -> None:
    turn_down = DecideReview(review_id="integrity-1", outcome=ReviewOutcome.DISMISSED)
    contract = approach(doubted()).done().when(turn_down, at="2024-09-17").done()
    assert barred_by(contract.when(Approach(), at="2024-09-18")) == ["INTEGRITY"]


def at_version(version: int, *signals: int) -> Provider:
    """The practice at a version of its stream, with a doubt that each of these versions brought."""
    doubts = tuple(IntegritySignal(recorded_on=day("2024-06-01"), version=each) for each in signals)
    return replace(practice(), version=version, integrity_signals=doubts)


def test_a_verdict_is_about_the_doubts_known_when_it_was_asked_for() -> None:
    clear = DecideReview(review_id="integrity-1", outcome=ReviewOutcome.APPROVED)
    contract = approach(at_version(7, 7)).done().when(clear, at="2024-09-17").done()
    contract.when(Approach(), at="2024-09-18").then(APPROACHED, QuestionnaireSent())
    newer = contract.but(provider=at_version(8, 7, 8)).when(Approach(), at="2024-09-18")
    again = newer.then(ReviewRequested(review_id="integrity-2", ground=ReviewGround.INTEGRITY))
    clear_too = DecideReview(review_id="integrity-2", outcome=ReviewOutcome.APPROVED)
    cleared = again.when(clear_too, at="2024-09-19").done()
    cleared.when(Approach(), at="2024-09-20").then(APPROACHED, QuestionnaireSent())


def test_a_later_question_of_another_kind_does_not_make_a_verdict_newer() -> None:
    clear = DecideReview(review_id="integrity-1", outcome=ReviewOutcome.APPROVED)
    contract = approach(at_version(7, 7)).done().when(clear, at="2024-09-17").done()
    other = ReviewRequested(review_id="condition-1", ground=ReviewGround.CONDITION, factor="kvk")
    later = contract.but(provider=at_version(9, 7)).recorded([Decided(other)], at("2024-09-17"), at("2024-09-17"))
    later.but(provider=at_version(9, 7, 8)).when(Approach(), at="2024-09-18").then(
        ReviewRequested(review_id="integrity-2", ground=ReviewGround.INTEGRITY)
    )


def test_a_newer_doubt_that_ended_needs_no_verdict() -> None:
    clear = DecideReview(review_id="integrity-1", outcome=ReviewOutcome.APPROVED)
    contract = approach(at_version(7, 7)).done().when(clear, at="2024-09-17").done()
    known = at_version(9, 7, 8)
    ended = known.integrity_signals[1].model_copy(update={"ended_on": day("2024-09-18")})
    provider = replace(known, integrity_signals=(known.integrity_signals[0], ended))
    contract.but(provider=provider).when(Approach(), at="2024-09-18").then(APPROACHED, QuestionnaireSent())


def test_what_was_asked_for_before_the_practice_was_known_knows_no_doubt() -> None:
    asked = on("2024-09-10", INTEGRITY)
    contract = given(asked).but(provider=None)
    clear = DecideReview(review_id="integrity-1", outcome=ReviewOutcome.APPROVED)
    unknown = replace(contract, history=(), contract=given().contract).recorded(
        [Decided(INTEGRITY)], at("2024-09-10"), at("2024-09-10")
    )
    decided = unknown.when(clear, at="2024-09-11").done()
    decided.but(provider=at_version(1, 1)).when(Approach(), at="2024-09-16").then(
        ReviewRequested(review_id="integrity-2", ground=ReviewGround.INTEGRITY)
    )
    decided.but(provider=at_version(1, 0)).when(Approach(), at="2024-09-16").then(APPROACHED, QuestionnaireSent())


def test_the_reviews_of_other_grounds_are_no_verdict_on_integrity() -> None:
    missing = approach(at_version(3, 3), CareType.FYS).done()
    clear = DecideReview(review_id="integrity-1", outcome=ReviewOutcome.APPROVED)
    cleared = missing.when(clear, at="2024-09-17").done()
    other = ReviewRequested(review_id="condition-1", ground=ReviewGround.CONDITION, factor="kvk")
    after = cleared.recorded([Decided(other)], at("2024-09-17"), at("2024-09-17"))
    after.when(Approach(), at="2024-09-18").then(APPROACHED, QuestionnaireSent())


def test_a_carried_over_contract_counts_as_history_from_its_first_to_its_last_day() -> None:
    carried_over = CarryOver.model_validate(
        {"term": {"start": "2023-01-01", "end": "2024-12-31"}, "external_policy": "caresq-2023"}
    )
    contract = given(provider=practice(contracted=())).when(carried_over, at="2024-09-01", reason="from before").done()
    contract.when(Approach(), at="2024-09-16").nothing()
    assert contract.contract.carried_over is not None
    endless = contract.contract.carried_over._replace(term=Term(start=day("2023-01-01"), end=None))
    without_end = replace(contract, contract=replace(contract.contract, carried_over=endless))
    assert barred_by(without_end.when(Approach(), at="2024-09-16")) == ["NOT_CONTRACTED_RECENTLY"]


def test_a_doubt_that_ended_bars_nobody() -> None:
    ended = IntegritySignal(recorded_on=day("2024-06-01"), ended_on=day("2024-09-16"))
    approach(replace(practice(), integrity_signals=(ended,))).then(APPROACHED, QuestionnaireSent())


def test_the_doubt_is_not_looked_at_where_a_rule_bars_already() -> None:
    provider = replace(practice(certificates=()), integrity_signals=doubted().integrity_signals)
    assert barred_by(approach(provider)) == ["NO_VECOZO_CERTIFICATE"]


def test_a_care_type_without_questionnaire_gets_the_offer_at_once() -> None:
    approach(practice(CareType.HUI), CareType.HUI).brings(Approached, ContractOffered)

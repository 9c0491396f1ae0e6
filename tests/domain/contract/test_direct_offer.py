"""Offers without a questionnaire: made on approach, conditions declared with the signature (CQ25-4-22, OD48)."""

from dataclasses import replace

import pytest

from domain.care_type import CareType
from domain.contract.commands import Approach, DecideReview, MakeOffer
from domain.contract.facts import (
    Approached,
    ContractOffered,
    NotApproached,
    OfferWithheld,
    ReviewGround,
    ReviewOutcome,
    ReviewRequested,
    Signed,
    TransferredToOtherPolicy,
)
from domain.policy.answers import Answers, Claim
from domain.policy.document import Route
from domain.provider.provider import PastContract, Provider
from domain.provider.register import ProviderKind
from tests.given import (
    Given,
    amended,
    asr,
    at_asr,
    caresq,
    caresq_two_years,
    day,
    declared,
    given,
    practice,
    professional,
    sign,
)

UNDECIDED = {"end": "undecided", "options": ["2025-12-31", "2026-12-31"]}


def offered_to(care_type: CareType = CareType.DIE) -> Given:
    return given(care_type=care_type).when(Approach(), at="2024-08-28").brings(Approached, ContractOffered)


def test_the_approach_is_the_offer_without_a_tier_for_the_policys_term() -> None:
    offer = offered_to().contract.offer
    assert offer is not None
    assert (offer.tier, str(offer.term.start), str(offer.term.end)) == (None, "2025-01-01", "2026-12-31")
    assert (offer.last_signing_day, offer.last_day_fixed, offer.flags) == (day("2024-11-07"), False, ())


def test_the_approach_names_its_route() -> None:
    outcome = given(care_type=CareType.DIE).when(Approach(), at="2024-08-28")
    assert outcome.facts[0] == Approached(policy_id="caresq-2025", route=Route.DIRECT_OFFER)


def test_an_undecided_term_withholds_the_offer_and_an_amendment_releases_it() -> None:
    undecided = amended(caresq_two_years(), {"care_types": {"DIE": {"term": UNDECIDED}}})
    waiting = given(care_type=CareType.DIE, policy=undecided).when(Approach(), at="2024-08-28")
    contract = waiting.brings(Approached, OfferWithheld)
    contract.when(MakeOffer(), at="2024-08-29").nothing()
    decided = given(care_type=CareType.DIE).policies
    contract.but(policies=decided).when(MakeOffer(), at="2024-09-02").brings(ContractOffered)


def test_a_second_approach_offers_nothing_more() -> None:
    offered_to().when(Approach(), at="2024-08-29").nothing()


def test_nobody_is_approached_after_the_last_signing_day() -> None:
    given(care_type=CareType.DIE).when(Approach(), at="2024-11-08T00:00").refused("ROUND_CLOSED", "CQ25-5-15")


def test_no_offer_goes_to_who_was_not_approached() -> None:
    given(care_type=CareType.DIE).when(MakeOffer(), at="2024-08-28").refused("NOT_APPROACHED")


@pytest.mark.parametrize(
    "wrong",
    [
        Answers(declared={"phone_reachabel": True}),
        Answers(chosen={"digital_goals": ("wereldvrede",)}),
        Answers(declared={"digital_goals": True}),
        Answers(claims={"prem": Claim()}),
    ],
    ids=["a misspelt condition", "no such goal", "declared, not chosen", "a factor"],
)
def test_a_signature_that_declares_what_is_not_asked_is_refused(wrong: Answers) -> None:
    contract, complete = offered_to(), declared(caresq(), CareType.DIE)
    fields = ("declared", "chosen", "claims")
    answers = Answers.model_validate({each: {**getattr(complete, each), **getattr(wrong, each)} for each in fields})
    contract.when(sign(contract, answers), at="2024-10-01").refused("ANSWER_NOT_ASKED")


def test_what_is_established_otherwise_may_be_declared_with_the_signature() -> None:
    """Of the register of professionals nothing is known here, and unknown means asking."""
    contract = at_asr(CareType.FYS).when(Approach(), at="2023-09-15").done()
    answers = declared(asr(), CareType.FYS)
    assert answers.declared["physios_in_big"]
    contract.when(sign(contract, answers), at="2023-10-05").brings(Signed)


def test_a_signature_without_the_declared_conditions_is_refused() -> None:
    contract = offered_to()
    contract.when(sign(contract), at="2024-10-01").refused("CONDITIONS_NOT_DECLARED", "CQ25-3.1-1")


def test_a_signature_that_declares_a_condition_unmet_is_refused() -> None:
    contract = offered_to()
    answers = declared(caresq_two_years(), CareType.DIE, phone_reachable=False)
    contract.when(sign(contract, answers), at="2024-10-01").refused("CONDITIONS_NOT_MET", "CQ25-3.1-6")


def test_the_signature_holds_what_was_declared_with_it() -> None:
    contract = offered_to()
    answers = declared(caresq_two_years(), CareType.DIE)
    signed = contract.when(sign(contract, answers), at="2024-10-01").brings(Signed)
    (fact,) = (each.fact for each in signed.history if isinstance(each.fact, Signed))
    assert fact.declared == answers
    assert signed.contract.in_force(day("2025-01-01"))


def test_the_last_signing_day_ends_a_direct_offer() -> None:
    contract = offered_to()
    answers = declared(caresq_two_years(), CareType.DIE)
    contract.when(sign(contract, answers), at="2024-11-07T23:59:59").brings(Signed)
    contract.when(sign(contract, answers), at="2024-11-08T00:00").refused("OFFER_LAPSED", "CQ25-5-15")


# ---------------------------------------------------------------------------------- foot care, institutions, hospitals


def past(care_type: CareType, first: int, last: int, addendum: str | None = None) -> PastContract:
    days = {"first_day": day(f"{first}-01-01"), "last_day": day(f"{last}-12-31")}
    return PastContract(care_type=care_type, addendum=addendum, **days)


def with_past(provider: Provider, *contracts: PastContract) -> Provider:
    return replace(provider, past_contracts=contracts)


def reasons(contract: Given) -> list[str]:
    return [each.code for each in contract.contract.not_approached]


def test_a_contract_that_runs_on_gets_no_new_offer() -> None:
    provider = with_past(practice(CareType.VOET), past(CareType.VOET, 2024, 2025))
    contract = given(care_type=CareType.VOET, provider=provider).when(Approach(), at="2024-08-28")
    assert reasons(contract.brings(NotApproached)) == ["RUNNING_MULTI_YEAR"]


def test_foot_care_has_no_round_for_who_has_no_running_contract() -> None:
    provider = practice(CareType.VOET, contracted=())
    contract = given(care_type=CareType.VOET, provider=provider).when(Approach(), at="2024-08-28")
    assert reasons(contract.brings(NotApproached)) == ["NO_ROUND"]


def institution(*years: int) -> Given:
    provider = practice(CareType.INST, contracted=years, kind=ProviderKind.INSTITUTION)
    return given(care_type=CareType.INST, provider=provider)


def test_an_institution_with_last_years_contract_gets_an_offer_without_vektis_test() -> None:
    contract = institution(2024).when(Approach(), at="2024-09-16").brings(Approached, ContractOffered)
    assert contract.contract.offer is not None
    assert str(contract.contract.offer.term.end) == "2025-12-31"


def test_an_institution_without_last_years_contract_is_not_approached() -> None:
    assert reasons(institution(2023).when(Approach(), at="2024-09-16").brings(NotApproached)) == ["NO_CONTRACT_IN_YEAR"]


def hospital(*contracts: PastContract) -> Given:
    provider = with_past(practice(CareType.ZKH, kind=ProviderKind.HOSPITAL), *contracts)
    return given(care_type=CareType.ZKH, provider=provider)


def test_a_hospital_with_a_contract_of_one_year_and_the_addendum_goes_to_its_own_policy() -> None:
    contract = hospital(past(CareType.ZKH, 2024, 2024, "Paramedische zorg MSZ"))
    moved = contract.when(Approach(), at="2024-09-16").brings(TransferredToOtherPolicy)
    assert moved.contract.transferred_to == "ziekenhuizen-2025"
    moved.when(Approach(), at="2024-09-17").nothing()


@pytest.mark.parametrize(
    "contracts",
    [(), (past(CareType.ZKH, 2023, 2025, "Paramedische zorg MSZ"),), (past(CareType.ZKH, 2024, 2024),)],
    ids=["none", "three years", "no addendum"],
)
def test_nothing_happens_to_another_hospital(contracts: tuple[PastContract, ...]) -> None:
    hospital(*contracts).when(Approach(), at="2024-09-16").nothing()


# ----------------------------------------------------------------------------------------------------------- a.s.r.


def test_asr_approaches_by_itself_who_had_a_contract_and_claimed() -> None:
    contract = at_asr().when(Approach(), at="2023-09-15").brings(Approached, ContractOffered)
    assert contract.contract.offer is not None
    assert str(contract.contract.offer.term.end) == "2024-12-31"


def test_a_target_ends_no_offer() -> None:
    contract = at_asr().when(Approach(), at="2023-09-15").done()
    answers = declared(asr(), CareType.FYS)
    contract.when(sign(contract, answers), at="2023-11-20").brings(Signed)


def test_a_target_stops_no_approach() -> None:
    at_asr().when(Approach(), at="2023-11-20").brings(Approached, ContractOffered)


def test_claims_that_were_filed_bar_a_signature_in_the_running_year() -> None:
    answers = declared(asr(), CareType.FYS)
    filed = at_asr(CareType.FYS, "claims@2024=3").when(Approach(), at="2023-09-15").done()
    filed.when(sign(filed, answers), at="2024-01-02").refused("CLAIMS_ALREADY_FILED", "ASR24-5-CON-9")
    filed.when(sign(filed, answers), at="2023-12-31").brings(Signed)


def test_unknown_claims_are_not_taken_for_none() -> None:
    contract = at_asr().when(Approach(), at="2023-09-15").done()
    contract.when(sign(contract, declared(asr(), CareType.FYS)), at="2024-01-02").refused("CLAIMS_UNKNOWN")


def test_no_claims_filed_lets_the_signature_through() -> None:
    contract = at_asr(CareType.FYS, "claims@2024=0").when(Approach(), at="2023-09-15").done()
    contract.when(sign(contract, declared(asr(), CareType.FYS)), at="2024-01-02").brings(Signed)


@pytest.mark.parametrize(
    ("index", "approached"), [("149.9", True), ("149.99", True), ("150.0", False), ("150.01", False)]
)
def test_the_treatment_index_is_compared_exactly(index: str, *, approached: bool) -> None:
    outcome = at_asr(CareType.FYS, f"behandelindex@2022={index}").when(Approach(), at="2023-09-15")
    contract = outcome.brings(*((Approached, ContractOffered) if approached else (NotApproached,)))
    assert reasons(contract) == ([] if approached else ["BEHANDELINDEX_TOO_HIGH"])


def unmeasured(patients: str) -> Given:
    return at_asr(CareType.FYS, "behandelindex@2022=", f"patients@2022={patients}")


def test_under_thirty_patients_a_person_assesses_by_the_three_criteria() -> None:
    contract = unmeasured("29").when(Approach(), at="2023-09-15").brings(ReviewRequested)
    (review,) = (each.fact for each in contract.history if isinstance(each.fact, ReviewRequested))
    assert (review.ground, review.factor) == (ReviewGround.CONDITION, "behandelindex")
    assert review.found.startswith("INDIVIDUAL_ASSESSMENT")
    assert review.found.endswith("to weigh: coverage, care_scope, added_value")
    contract.when(Approach(), at="2023-09-16").nothing()


def test_from_thirty_patients_missing_data_are_for_a_person() -> None:
    contract = unmeasured("30").when(Approach(), at="2023-09-15").brings(ReviewRequested)
    (review,) = (each.fact for each in contract.history if isinstance(each.fact, ReviewRequested))
    assert review.found.startswith("DATA_MISSING")


def test_a_verdict_lets_a_second_approach_go_on_or_bars_it() -> None:
    contract = unmeasured("29").when(Approach(), at="2023-09-15").done()
    approve = DecideReview(review_id="condition-1", outcome=ReviewOutcome.APPROVED)
    dismiss = DecideReview(review_id="condition-1", outcome=ReviewOutcome.DISMISSED)
    approved = contract.when(approve, at="2023-09-18").done()
    approved.when(Approach(), at="2023-09-19").brings(Approached, ContractOffered)
    dismissed = contract.when(dismiss, at="2023-09-18").done()
    assert reasons(dismissed.when(Approach(), at="2023-09-19").brings(NotApproached)) == ["BEHANDELINDEX_TOO_HIGH"]


def test_a_contract_without_claims_is_a_gap_and_not_approached() -> None:
    contract = at_asr(CareType.LOG, "claims@2023=0").when(Approach(), at="2023-09-15").brings(NotApproached)
    assert reasons(contract) == ["NO_CLAIMS_IN_YEAR"]


def test_several_conditions_for_a_person_are_asked_one_by_one_with_ids_of_their_own() -> None:
    contract = at_asr(CareType.FYS, "ivr=", "evr=").when(Approach(), at="2023-09-15")
    after = contract.brings(ReviewRequested, ReviewRequested)
    assert {review_id: each.factor for review_id, each in after.contract.reviews.items()} == {
        "condition-1": "not_in_ivr",
        "condition-2": "not_in_evr",
    }


def test_a_lifestyle_coach_under_another_prefix_is_not_approached() -> None:
    staff = (professional(1, CareType.GLI),)
    provider = practice(CareType.ERG, professionals=staff)
    contract = given(care_type=CareType.GLI, provider=provider).when(Approach(), at="2024-09-05")
    assert "AGB_PREFIX" in reasons(contract.brings(NotApproached))

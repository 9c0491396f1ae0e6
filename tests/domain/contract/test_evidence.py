"""Evidence: supplied, judged, corrected, and the day from which it counts (CQ25-3.2-20..26, OD05, OD06)."""

import pytest

from domain.contract.commands import (
    AcceptEvidence,
    AssessQuestionnaire,
    DecideReview,
    MakeOffer,
    RejectEvidence,
    Terminate,
)
from domain.contract.facts import (
    Consequence,
    EvidenceAccepted,
    EvidenceRejected,
    EvidenceUploaded,
    OfferReplaced,
    Registration,
    ReviewGround,
    ReviewOutcome,
    ReviewRequested,
    TierAssigned,
)
from tests.given import (
    SENT,
    Given,
    adoptions,
    assessed,
    caresq_one_year,
    confirmed,
    day,
    explained,
    given,
    keurmerk,
    month_of,
    offered,
    sign,
    signed,
    upload,
)

ACCEPT = AcceptEvidence(evidence_id="kngf-1")
REJECT = RejectEvidence(evidence_id="kngf-1", ground="not this practice")


def uploaded(number: int = 1, factor: str = "kngf", content: str = "0") -> EvidenceUploaded:
    return EvidenceUploaded(
        evidence_id=f"{factor}-{number}",
        factor=factor,
        sha256=content * 64,
        size=10,
        media_type="application/pdf",
    )


def supplied_and_accepted(
    contract: Given, supplied: str, checked: str | None = None, *, factor: str = "kngf"
) -> list[tuple[str, str]]:
    """The tiers that accepting a proof brings, supplied at one moment and checked at another."""
    contract = contract.when(upload(factor), at=supplied).done()
    evidence_id = next(each for each, evidence in contract.contract.evidence.items() if evidence.open)
    registration = keurmerk() if factor == "skf" else Registration()
    accept = AcceptEvidence(evidence_id=evidence_id, registration=registration)
    return contract.when(accept, at=checked or supplied).tiers()


# -------------------------------------------------------------------------------------------------- supply


def test_a_proof_is_supplied_with_the_questionnaire() -> None:
    given(SENT).when(upload("kngf"), at="2024-10-09").then(uploaded())


def test_the_same_file_again_changes_nothing() -> None:
    given(SENT).when(upload("kngf"), at="2024-10-09").done().when(upload("kngf"), at="2024-10-10").nothing()


def test_a_rejected_file_may_be_sent_again() -> None:
    contract = confirmed("kngf", proven=("kngf",)).when(REJECT, at="2024-10-11").done()
    contract.when(upload("kngf"), at="2024-10-12").then(uploaded(number=2))


def test_any_number_of_corrections_may_be_sent() -> None:
    contract = confirmed("kngf")
    for number, content in enumerate("abcdef", start=1):
        contract = contract.when(upload("kngf", content), at="2024-11-01").then(uploaded(number, content=content))


@pytest.mark.parametrize("factor", ["prem", "share", "vvocm"])
def test_no_evidence_is_taken_for_what_asks_none(factor: str) -> None:
    given(SENT).when(upload(factor), at="2024-10-09").refused("EVIDENCE_NOT_ASKED")


def test_no_evidence_is_taken_before_a_questionnaire_was_sent() -> None:
    given().when(upload("kngf"), at="2024-10-09").refused("NOT_SENT")


def test_no_evidence_is_taken_once_the_questionnaire_lapsed() -> None:
    given(SENT).when(upload("kngf"), at="2024-10-21T00:00").refused("QUESTIONNAIRE_LAPSED", "CQ25-5-14")
    confirmed("kngf").when(upload("kngf"), at="2024-10-21T00:00").done()


def test_no_evidence_is_taken_after_the_contract_ended() -> None:
    contract = signed("kngf")
    contract.when(upload("kngf"), at="2026-12-31T23:59:59").done()
    contract.when(upload("kngf"), at="2027-01-01T00:00").refused("CONTRACT_ENDED", "CQ25-3.2-24")


def test_no_evidence_is_taken_after_the_offer_lapsed() -> None:
    offered("kngf").when(upload("kngf"), at="2024-11-08T00:00").refused("OFFER_LAPSED", "CQ25-5-15")


# ------------------------------------------------------------------------------------------------ verdicts


def test_a_proof_with_the_questionnaire_counts_from_the_start() -> None:
    confirmed("kngf", proven=("kngf",)).when(ACCEPT, at="2024-10-13").then(
        EvidenceAccepted(
            evidence_id="kngf-1",
            factor="kngf",
            registration=Registration(),
            consequence=Consequence.COUNTS,
            effective_on=day("2025-01-01"),
        )
    )


def test_a_verdict_given_twice_changes_nothing() -> None:
    contract = confirmed("kngf", proven=("kngf",))
    contract.when(ACCEPT, at="2024-10-13").done().when(ACCEPT, at="2024-10-14").nothing()
    contract.when(REJECT, at="2024-10-13").done().when(REJECT, at="2024-10-14").nothing()


def test_a_verdict_is_not_turned_round_but_corrected() -> None:
    contract = confirmed("kngf", proven=("kngf",))
    contract.when(ACCEPT, at="2024-10-13").done().when(REJECT, at="2024-10-14").refused("EVIDENCE_ALREADY_JUDGED")
    contract.when(REJECT, at="2024-10-13").done().when(ACCEPT, at="2024-10-14").refused("EVIDENCE_ALREADY_JUDGED")


def test_only_evidence_that_was_supplied_is_judged() -> None:
    confirmed("kngf").when(ACCEPT, at="2024-10-13").refused("EVIDENCE_UNKNOWN")


def test_evidence_is_judged_once_the_questionnaire_is_confirmed() -> None:
    contract = given(SENT).when(upload("kngf"), at="2024-10-09").done()
    contract.when(ACCEPT, at="2024-10-10").refused("NOT_CONFIRMED", "CQ25-4-20")


def test_a_verdict_does_not_lie_before_the_supply() -> None:
    contract = confirmed("kngf").when(upload("kngf"), at="2024-11-05T10:00").done()
    contract.when(ACCEPT, at="2024-11-06", occurred="2024-11-05T09:59").refused("BEFORE_ITS_CAUSE")
    contract.when(ACCEPT, at="2024-11-06", occurred="2024-11-05T10:00").done()


def test_a_rejection_tells_its_ground() -> None:
    confirmed("kngf", proven=("kngf",)).when(REJECT, at="2024-10-13").then(
        EvidenceRejected(evidence_id="kngf-1", factor="kngf", ground="not this practice")
    )


def test_evidence_of_a_factor_that_was_not_claimed_waits_for_a_person() -> None:
    contract = confirmed("prem", proven=("kngf",))
    contract.when(ACCEPT, at="2024-10-13").refused("FACTOR_NOT_CLAIMED", "CQ25-3.2-24")


def test_no_evidence_is_judged_after_the_offer_lapsed() -> None:
    contract = offered("kngf").when(upload("kngf"), at="2024-11-05").done()
    contract.when(ACCEPT, at="2024-11-08T00:00").refused("OFFER_LAPSED")


# --------------------------------------------------------------------------------------------- the label


def test_skf_with_another_label_brings_nothing() -> None:
    contract = confirmed("skf", proven=("skf",))
    other = AcceptEvidence(evidence_id="skf-1", registration=Registration(attributes={"label": "Aspirant"}))
    accepted = contract.when(other, at="2024-10-13")
    (fact,) = accepted.facts
    assert isinstance(fact, EvidenceAccepted)
    assert (fact.consequence, fact.effective_on) == (Consequence.NO_EFFECT, None)
    why = accepted.why(EvidenceAccepted)
    assert (why.value, why.threshold) == ("label Aspirant, asked Keurmerk", "label Keurmerk")
    accepted.done().when(AssessQuestionnaire(), at="2024-10-14").done()
    assert accepted.done().when(AssessQuestionnaire(), at="2024-10-14").tiers() == [("2025-01-01", "E")]


def test_a_label_that_was_not_read_is_not_taken_for_the_right_one() -> None:
    contract = confirmed("skf", proven=("skf",))
    (fact,) = contract.when(AcceptEvidence(evidence_id="skf-1"), at="2024-10-13").facts
    assert isinstance(fact, EvidenceAccepted)
    assert fact.consequence is Consequence.NO_EFFECT


# ------------------------------------------------------------------------------- the month of the supply


@pytest.mark.parametrize(
    ("supplied", "checked", "from_day"),
    [
        ("2025-03-15", "2025-03-20", "2025-04-01"),
        ("2025-03-01T00:00", "2025-03-20", "2025-04-01"),
        ("2025-02-28T23:59:59.999999", "2025-03-20", "2025-03-01"),
        ("2025-03-31T23:59:59.999999", "2025-04-20", "2025-04-01"),
        ("2025-05-10", "2025-08-20", "2025-06-01"),
        ("2025-12-12", "2025-12-12", "2026-01-01"),
        ("2026-11-30T23:59:59", "2026-12-15", "2026-12-01"),
    ],
    ids=["mid-month", "on the 1st", "last instant of February", "last instant", "checked late", "December", "last"],
)
def test_a_correction_counts_from_the_first_of_the_month_after_its_supply(
    supplied: str, checked: str, from_day: str
) -> None:
    assert supplied_and_accepted(signed("kngf"), supplied, checked) == [(from_day, "D")]


@pytest.mark.parametrize(
    ("in_utc", "month", "from_day"),
    [
        ("2025-01-31T22:59:59.999999Z", "2025-01", "2025-02-01"),
        ("2025-01-31T23:00:00Z", "2025-02", "2025-03-01"),
        ("2025-06-30T21:59:59.999999Z", "2025-06", "2025-07-01"),
        ("2025-06-30T22:00:00Z", "2025-07", "2025-08-01"),
        ("2025-03-31T22:30:00Z", "2025-04", "2025-05-01"),
        ("2025-10-31T22:30:00Z", "2025-10", "2025-11-01"),
    ],
    ids=["winter, before", "winter, after", "summer, before", "summer, after", "clock just forward", "clock just back"],
)
def test_the_month_of_supply_is_the_month_in_amsterdam(in_utc: str, month: str, from_day: str) -> None:
    assert month_of(in_utc) == month
    assert supplied_and_accepted(signed("kngf"), in_utc) == [(from_day, "D")]


@pytest.mark.parametrize("supplied", ["2025-10-26T00:30:00Z", "2025-10-26T01:30:00Z", "2025-03-30T00:59:59Z"])
def test_the_nights_on_which_the_clock_changes_lie_within_their_month(supplied: str) -> None:
    month = int(month_of(supplied)[-2:])
    assert supplied_and_accepted(signed("kngf"), supplied) == [(f"2025-{month + 1:02}-01", "D")]


@pytest.mark.parametrize("supplied", ["2024-11-05", "2024-12-31", "2024-12-31T23:59:59.999999"])
def test_a_correction_before_the_start_counts_from_the_start(supplied: str) -> None:
    assert supplied_and_accepted(signed("kngf"), supplied, "2025-01-15") == [("2025-01-01", "D")]


def test_the_first_of_january_is_no_longer_before_the_start() -> None:
    assert supplied_and_accepted(signed("kngf"), "2025-01-01T00:00") == [("2025-02-01", "D")]


def test_a_correction_that_would_count_after_the_end_changes_nothing() -> None:
    contract = signed("kngf").when(upload("kngf"), at="2026-12-01T00:00").done()
    accepted = contract.when(ACCEPT, at="2026-12-05")
    (fact,) = accepted.facts
    assert isinstance(fact, EvidenceAccepted)
    assert (fact.consequence, fact.effective_on) == (Consequence.AFTER_END, None)
    assert accepted.done().tier_on("2027-01-01") == "E"


def test_the_end_is_that_of_the_term_offered() -> None:
    contract = signed("kngf", start=given(SENT, policy=caresq_one_year()))
    assert supplied_and_accepted(contract, "2025-11-30") == [("2025-12-01", "D")]
    assert supplied_and_accepted(contract, "2025-12-01") == []


def test_a_correction_that_would_count_after_a_termination_changes_nothing() -> None:
    contract = signed("kngf").when(Terminate(last_day=day("2025-06-30")), at="2025-05-01").done()
    assert supplied_and_accepted(contract, "2025-05-31") == [("2025-06-01", "D")]
    assert supplied_and_accepted(contract, "2025-06-10") == []


def test_a_termination_moved_back_lets_a_waiting_correction_count() -> None:
    contract = signed("kngf").when(Terminate(last_day=day("2025-06-30")), at="2025-05-01").done()
    contract = contract.when(upload("kngf"), at="2025-06-10").done().when(ACCEPT, at="2025-06-11").done()
    moved = contract.when(Terminate(last_day=day("2025-09-30")), at="2025-06-20")
    assert moved.tiers() == [("2025-07-01", "D")]


def test_of_two_attempts_the_right_one_counts() -> None:
    contract = signed("kngf").when(upload("kngf", "a"), at="2025-02-10").done()
    contract = contract.when(RejectEvidence(evidence_id="kngf-1", ground="wrong"), at="2025-02-12").done()
    contract = contract.when(upload("kngf", "b"), at="2025-03-03").done()
    assert contract.when(AcceptEvidence(evidence_id="kngf-2"), at="2025-03-05").tiers() == [("2025-04-01", "D")]


def test_of_two_right_proofs_the_earlier_supply_counts() -> None:
    contract = signed("kngf").when(upload("kngf", "a"), at="2025-02-10").done()
    contract = contract.when(upload("kngf", "b"), at="2025-03-03").done()
    contract = contract.when(AcceptEvidence(evidence_id="kngf-2"), at="2025-03-05").done()
    assert contract.tier_on("2025-03-31") == "E"
    earlier = contract.when(AcceptEvidence(evidence_id="kngf-1"), at="2025-03-06")
    assert earlier.tiers() == [("2025-03-01", "D")]
    assert earlier.done().tier_on("2025-03-01") == "D"


def test_skf_corrected_later_brings_kngf_with_it_once() -> None:
    contract = signed("kngf", "skf", proven=("kngf",))
    assert contract.tier_on("2025-01-01") == "D"
    assert supplied_and_accepted(contract, "2025-02-14", factor="skf") == [("2025-03-01", "C")]


def test_kngf_after_skf_changes_nothing() -> None:
    contract = signed("kngf", "skf", proven=("skf",))
    assert contract.tier_on("2025-01-01") == "C"
    assert supplied_and_accepted(contract, "2025-02-14") == []


def test_skf_after_kngf_brings_one_factor_only() -> None:
    contract = signed("kngf", "skf").when(upload("skf"), at="2025-04-10").done()
    contract = contract.when(upload("kngf"), at="2025-02-10").done()
    accept_skf = AcceptEvidence(evidence_id="skf-1", registration=keurmerk())
    late = contract.when(accept_skf, at="2025-06-01")
    assert late.tiers() == [("2025-05-01", "C")]
    assert late.done().when(ACCEPT, at="2025-06-02").tiers() == [("2025-03-01", "D")]
    assert late.done().when(ACCEPT, at="2025-06-02").done().tier_on("2025-05-01") == "C"


def test_a_changed_tier_brings_a_new_text_and_asks_no_new_signature() -> None:
    contract = signed("kngf").when(upload("kngf"), at="2025-03-15").done()
    changed = contract.when(ACCEPT, at="2025-03-20").brings(EvidenceAccepted, TierAssigned)
    assigned = changed.history[-1].fact
    assert isinstance(assigned, TierAssigned)
    assert assigned.agreement_sha256 not in (None, contract.text)
    assert changed.contract.in_force(day("2025-04-01"))


def test_the_tier_explains_the_implied_factor_and_the_tiers_not_reached() -> None:
    contract = confirmed("prem", "skf", proven=("skf",))
    contract = contract.when(AcceptEvidence(evidence_id="skf-1", registration=keurmerk()), at="2024-10-13").done()
    why = contract.when(AssessQuestionnaire(), at="2024-10-14").why(TierAssigned)
    assert (why.rule, why.clause) == ("tier.B", "CQ25-3.2-7")
    implied = explained(why, "factor.kngf")
    assert (implied.outcome, implied.clause) == ("met", "CQ25-3.2-22")
    assert explained(why, "tier.A").threshold == "at least 4 factors"


# --------------------------------------------------------------------------------- between offer and signing


def test_a_correction_before_signing_replaces_the_offer() -> None:
    contract = offered("kngf").when(upload("kngf"), at="2024-11-01").done()
    replaced = contract.when(ACCEPT, at="2024-11-02").brings(EvidenceAccepted, TierAssigned, OfferReplaced)
    assert replaced.contract.offer is not None
    assert (replaced.contract.offer.tier, str(replaced.contract.offer.last_signing_day)) == ("D", "2024-11-07")
    assert replaced.text != contract.text


def test_the_text_that_was_replaced_can_no_longer_be_signed() -> None:
    contract = offered("kngf").when(upload("kngf"), at="2024-11-01").done()
    replaced = contract.when(ACCEPT, at="2024-11-02").done()
    replaced.when(sign(contract), at="2024-11-03").refused("AGREEMENT_CHANGED", "CQ25-4-24")
    replaced.when(sign(replaced), at="2024-11-03").done()


def test_a_verdict_that_changes_no_tier_leaves_the_offer_alone() -> None:
    contract = offered("kngf", "skf", proven=("skf",)).when(upload("kngf"), at="2024-11-01").done()
    contract.when(ACCEPT, at="2024-11-02").brings(EvidenceAccepted)


def test_evidence_accepted_before_the_assessment_counts_in_it() -> None:
    accepted = confirmed("kngf", proven=("kngf",)).when(ACCEPT, at="2024-10-13").brings(EvidenceAccepted)
    assert accepted.when(AssessQuestionnaire(), at="2024-10-14").tiers() == [("2025-01-01", "D")]


def test_evidence_not_yet_checked_does_not_count_in_the_assessment_and_does_later() -> None:
    contract = confirmed("kngf", proven=("kngf",))
    contract = contract.when(AssessQuestionnaire(), at="2024-10-14").done()
    assert contract.tier_on("2025-01-01") == "E"
    assert contract.when(ACCEPT, at="2024-10-15").tiers() == [("2025-01-01", "D")]


# --------------------------------------------------------------------------------- what only a person decides


def unclaimed() -> ReviewRequested:
    return ReviewRequested(
        review_id="registration_after_confirmation-1",
        ground=ReviewGround.REGISTRATION_AFTER_CONFIRMATION,
        factor="kngf",
        found="kngf was not claimed in the questionnaire",
    )


def test_a_factor_that_was_never_claimed_goes_to_a_person() -> None:
    signed("prem").when(upload("kngf"), at="2025-03-15").then(uploaded(), unclaimed())


def test_a_second_proof_of_it_asks_the_person_only_once() -> None:
    contract = signed("prem").when(upload("kngf"), at="2025-03-15").done()
    contract.when(upload("kngf", "1"), at="2025-03-16").then(uploaded(number=2, content="1"))


def test_an_unclaimed_factor_counts_once_a_person_lets_it_in() -> None:
    contract = signed("prem").when(upload("kngf"), at="2025-03-15").done()
    approve = DecideReview(review_id="registration_after_confirmation-1", outcome=ReviewOutcome.APPROVED)
    contract = contract.when(approve, at="2025-04-20").done()
    assert contract.when(ACCEPT, at="2025-04-21").tiers() == [("2025-04-01", "C")]


def test_an_unclaimed_factor_does_not_count_when_a_person_turns_it_down() -> None:
    contract = signed("prem").when(upload("kngf"), at="2025-03-15").done()
    dismiss = DecideReview(review_id="registration_after_confirmation-1", outcome=ReviewOutcome.DISMISSED)
    contract = contract.when(dismiss, at="2025-04-20").done()
    contract.when(ACCEPT, at="2025-04-21").refused("FACTOR_NOT_CLAIMED")


def registered(valid_from: str | None = None, valid_to: str | None = None) -> AcceptEvidence:
    registration = Registration(
        valid_from=None if valid_from is None else day(valid_from), valid_to=None if valid_to is None else day(valid_to)
    )
    return AcceptEvidence(evidence_id="kngf-1", registration=registration)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "consequence"),
    [
        ("2024-10-10", None, Consequence.COUNTS),
        ("2024-10-11", None, Consequence.AWAITS_REVIEW),
        (None, "2025-01-01", Consequence.COUNTS),
        (None, "2024-12-31", Consequence.AWAITS_REVIEW),
        (None, "2024-10-09", Consequence.AWAITS_REVIEW),
        ("2024-10-10", "2025-06-30", Consequence.COUNTS),
    ],
)
def test_a_registration_is_valid_at_confirmation_and_not_known_to_end_before_the_start(
    valid_from: str | None, valid_to: str | None, consequence: Consequence
) -> None:
    accepted = assessed("kngf", start=given(SENT).when(upload("kngf"), at="2024-10-09").done())
    fact = accepted.when(registered(valid_from, valid_to), at="2024-10-20").facts[0]
    assert isinstance(fact, EvidenceAccepted)
    assert fact.consequence is consequence


@pytest.mark.parametrize(
    ("accept", "ground"),
    [
        (registered(valid_from="2024-11-01"), ReviewGround.REGISTRATION_AFTER_CONFIRMATION),
        (registered(valid_to="2024-12-31"), ReviewGround.FACTOR_ENDS_BEFORE_START),
    ],
)
def test_a_registration_that_does_not_fit_goes_to_a_person_and_counts_from_its_supply_if_approved(
    accept: AcceptEvidence, ground: ReviewGround
) -> None:
    contract = signed("kngf").when(upload("kngf"), at="2025-03-15").done()
    contract = contract.when(accept, at="2025-03-20").brings(EvidenceAccepted, ReviewRequested)
    assert contract.tier_on("2025-04-01") == "E"
    approve = DecideReview(review_id=f"{ground}-1", outcome=ReviewOutcome.APPROVED)
    assert contract.when(approve, at="2025-05-20").tiers() == [("2025-04-01", "D")]
    dismiss = DecideReview(review_id=f"{ground}-1", outcome=ReviewOutcome.DISMISSED)
    assert contract.when(dismiss, at="2025-05-20").tiers() == []


def test_the_person_is_told_what_does_not_fit_and_is_asked_once() -> None:
    contract = signed("kngf").when(upload("kngf"), at="2025-03-15").done()
    contract = contract.when(upload("kngf", "1"), at="2025-03-16").done()
    asked = contract.when(registered(valid_to="2024-12-31"), at="2025-03-20")
    assert asked.facts[1] == ReviewRequested(
        review_id="factor_ends_before_start-1",
        ground=ReviewGround.FACTOR_ENDS_BEFORE_START,
        factor="kngf",
        found="registration ends on 2024-12-31, the contract starts on 2025-01-01",
    )
    second = registered(valid_to="2024-12-31").model_copy(update={"evidence_id": "kngf-2"})
    asked.done().when(second, at="2025-03-21").brings(EvidenceAccepted)
    later = registered(valid_from="2024-11-01").model_copy(update={"evidence_id": "kngf-2"})
    asked.done().when(later, at="2025-03-21").brings(EvidenceAccepted, ReviewRequested)


def test_a_question_about_one_factor_holds_none_about_another_back() -> None:
    contract = signed("kngf", "skf").when(upload("kngf"), at="2025-03-15").done()
    contract = contract.when(upload("skf"), at="2025-03-16").done()
    contract = contract.when(registered(valid_to="2024-12-31"), at="2025-03-20").done()
    ended = Registration(attributes={"label": "Keurmerk"}, valid_to=day("2024-12-31"))
    contract.when(AcceptEvidence(evidence_id="skf-1", registration=ended), at="2025-03-21").brings(
        EvidenceAccepted, ReviewRequested
    )


def test_a_registration_that_ends_during_the_term_changes_nothing() -> None:
    contract = assessed("kngf", proven=("kngf",))
    assert contract.tier_on("2025-07-01") == "D"


# ------------------------------------------------------------------------------- the version that decides


def test_a_signed_contract_keeps_the_tier_table_of_its_offer() -> None:
    changed = caresq_one_year().model_dump(mode="json")
    tiers = changed["care_types"]["FYS"]["tiers"]
    tiers[-1]["name"], tiers[-2]["name"] = "Z", "Y"
    later = type(caresq_one_year()).model_validate(changed)
    policies = adoptions(caresq_one_year(), later, since=("2024-04-01", "2025-02-01"))
    contract = signed("kngf", start=given(SENT, policies=policies))
    assert supplied_and_accepted(contract, "2025-03-15") == [("2025-04-01", "D")]


def test_an_offer_that_waited_is_made_under_the_version_then_in_force() -> None:
    policies = adoptions(caresq_one_year(), caresq_one_year(), since=("2024-04-01", "2024-10-15T00:00"))
    contract = assessed("kngf", start=given(SENT, policies=policies)).when(MakeOffer(), at="2024-10-15").done()
    assert contract.contract.offer is not None
    assert contract.contract.offer.policy_position == 2


def test_a_questionnaire_without_claims_misses_no_evidence() -> None:
    assert assessed().contract.missing_evidence == frozenset()

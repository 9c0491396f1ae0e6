"""Offer, signature, publication, termination (CQ25-4-6, 4-21..24, 5-13..16, OD01, OD16..OD18)."""

from datetime import date
from typing import Any

import pytest

from domain.contract.agreement import agreement_text
from domain.contract.commands import (
    AssessQuestionnaire,
    ConfirmQuestionnaire,
    DecideReview,
    DeclineOffer,
    MakeOffer,
    Publish,
    RecordLapse,
    Sign,
    Terminate,
    Unpublish,
)
from domain.contract.facts import (
    ContractOffered,
    ContractTerminated,
    OfferDeclined,
    OfferLapsed,
    OfferWithheld,
    Published,
    Reason,
    ReviewOutcome,
    ReviewRequested,
    Signed,
    SigningPerson,
    TierAssigned,
    Unpublished,
)
from domain.policy.document import PolicyDocument
from domain.provider.register import Person, Signatory
from tests.given import (
    SENT,
    Given,
    adoptions,
    amended,
    answers,
    assessed,
    at,
    caresq,
    caresq_one_year,
    caresq_two_years,
    confirmed,
    day,
    given,
    offered,
    practice,
    sign,
    signed,
    upload,
)

PERSON = SigningPerson(person_id="p1", name="A. de Vries", certificate_serial="serial-1")
DECLINE = DeclineOffer(person_id="p1", certificate_serial="serial-1")
APPROVE_LATE = DecideReview(
    review_id="assessed_after_last_signing_day-1", outcome=ReviewOutcome.APPROVED, sign_by=date(2024, 12, 20)
)


def with_day(kind: str, text: str) -> PolicyDocument:
    """The policy with another day in its planning."""
    rows: list[dict[str, Any]] = [row.model_dump(mode="json") for row in caresq_two_years().planning]
    for row in rows:
        if row["kind"] == kind:
            row["day"] = text
    return amended(caresq_two_years(), {"planning": rows})


# --------------------------------------------------------------------------------------------------- offer


def test_the_offer_names_tier_term_last_day_and_text() -> None:
    (fact,) = assessed("prem").when(MakeOffer(), at="2024-10-15").facts
    assert isinstance(fact, ContractOffered)
    assert (fact.tier, str(fact.term.start), str(fact.term.end)) == ("D", "2025-01-01", "2026-12-31")
    assert (str(fact.last_signing_day), fact.policy_position) == ("2024-11-07", 1)
    assert not fact.last_day_fixed


def test_offering_again_changes_nothing() -> None:
    offered().when(MakeOffer(), at="2024-10-16").nothing()
    signed().when(MakeOffer(), at="2024-12-16").nothing()


def test_no_offer_without_an_assessment() -> None:
    confirmed().when(MakeOffer(), at="2024-10-15").refused("NOT_ASSESSED", "CQ25-4-21")


def test_no_offer_after_a_negative_assessment() -> None:
    confirm = ConfirmQuestionnaire(answers=answers(declared={"guidelines": False}))
    contract = given(SENT).when(confirm, at="2024-10-10").done()
    contract = contract.when(AssessQuestionnaire(), at="2024-10-14").done()
    contract.when(MakeOffer(), at="2024-10-15").refused("ASSESSED_NEGATIVE", "CQ25-4-21")


def test_an_offer_does_not_lie_before_the_assessment() -> None:
    assessed().when(MakeOffer(), at="2024-10-15", occurred="2024-10-13").refused("BEFORE_ITS_CAUSE", "CQ25-4-21")


def test_an_undecided_term_withholds_the_offer_and_is_never_defaulted() -> None:
    contract = assessed("prem", start=given(SENT, policy=caresq()))
    reason = Reason(code="TERM_UNDECIDED", clause="CQ25-4-6", found="the policy has not decided the term")
    withheld = contract.when(MakeOffer(), at="2024-10-15").then(OfferWithheld(reason=reason))
    withheld.when(MakeOffer(), at="2024-10-16").nothing()
    withheld.when(
        Sign(person_id="p1", certificate_serial="serial-1", agreement_sha256="0" * 64), at="2024-10-16"
    ).refused("NO_OFFER", "CQ25-4-24")


def test_an_amendment_that_decides_the_term_releases_the_offer() -> None:
    policies = adoptions(caresq(), caresq_one_year(), since=("2024-04-01", "2024-10-20"))
    contract = assessed("prem", start=given(SENT, policies=policies)).when(MakeOffer(), at="2024-10-15").done()
    contract = contract.when(MakeOffer(), at="2024-10-21").brings(ContractOffered)
    offer = contract.contract.offer
    assert offer is not None
    assert (str(offer.term.end), offer.policy_position) == ("2025-12-31", 2)


def test_the_questionnaire_and_its_tiers_may_run_while_the_term_is_undecided() -> None:
    assert assessed("prem", start=given(SENT, policy=caresq())).tier_on("2025-01-01") == "D"


def test_the_offer_is_made_at_the_tier_that_the_policy_then_gives() -> None:
    rules = caresq_two_years().model_dump(mode="json")["care_types"]["FYS"]["tiers"]
    rules[3]["at_least"], rules[2]["at_least"] = 0, 1
    merged_tiers = amended(caresq_two_years(), {"care_types": {"FYS": {"tiers": rules[:4]}}})
    policies = adoptions(caresq_two_years(), merged_tiers, since=("2024-04-01", "2024-10-15T00:00"))
    contract = assessed("prem", start=given(SENT, policies=policies))
    assert contract.tier_on("2025-01-01") == "D"
    outcome = contract.when(MakeOffer(), at="2024-10-15")
    outcome.brings(TierAssigned, ContractOffered)
    assert outcome.tiers() == [("2025-01-01", "C")]


# ----------------------------------------------------------------------------------- after the last signing day


def late() -> Given:
    return confirmed("prem").when(AssessQuestionnaire(), at="2024-11-08").done()


def test_after_the_last_signing_day_a_person_decides_before_an_offer() -> None:
    late().when(MakeOffer(), at="2024-11-09").refused("REVIEW_OPEN", "CQ25-5-15")


def test_an_offer_forgotten_until_after_the_last_signing_day_asks_a_person() -> None:
    assessed().when(MakeOffer(), at="2024-11-08T00:00").brings(ReviewRequested)


def test_a_person_may_still_let_an_offer_be_made_with_a_day_to_sign_by() -> None:
    contract = late().when(APPROVE_LATE, at="2024-11-10").done().when(MakeOffer(), at="2024-11-11").done()
    assert contract.contract.offer is not None
    assert (str(contract.contract.offer.last_signing_day), contract.contract.offer.last_day_fixed) == (
        "2024-12-20",
        True,
    )
    contract.when(sign(contract), at="2024-12-20T23:59:59").done()
    contract.when(sign(contract), at="2024-12-21T00:00").refused("OFFER_LAPSED")


def test_no_offer_is_made_after_the_day_that_the_person_set() -> None:
    contract = late().when(APPROVE_LATE, at="2024-11-10").done()
    contract.when(MakeOffer(), at="2024-12-20").done()
    contract.when(MakeOffer(), at="2024-12-21").refused("SIGNING_CLOSED")


def test_no_offer_is_made_once_the_person_turned_it_down() -> None:
    turn_down = DecideReview(review_id="assessed_after_last_signing_day-1", outcome=ReviewOutcome.DISMISSED)
    late().when(turn_down, at="2024-11-10").done().when(MakeOffer(), at="2024-11-11").refused("SIGNING_CLOSED")


# --------------------------------------------------------------------------------------------------- signing


def test_the_signature_holds_the_person_and_the_text() -> None:
    contract = offered()
    contract.when(sign(contract), at="2024-11-01").then(Signed(person=PERSON, agreement_sha256=contract.text))


def test_signing_again_changes_nothing() -> None:
    contract = signed()
    contract.when(sign(contract), at="2024-11-02").nothing()
    contract.when(sign(contract), at="2025-06-02").nothing()


def test_another_text_can_not_be_signed_afterwards() -> None:
    other = Sign(person_id="p1", certificate_serial="serial-1", agreement_sha256="f" * 64)
    signed().when(other, at="2024-11-02").refused("ALREADY_SIGNED", "CQ25-4-24")


@pytest.mark.parametrize("moment", ["2024-11-07T23:59:59", "2024-11-07T22:59:59.999999Z"])
def test_the_last_signing_day_lasts_to_its_end_in_amsterdam(moment: str) -> None:
    contract = offered()
    contract.when(sign(contract), at=moment).done()


@pytest.mark.parametrize("moment", ["2024-11-08T00:00:00", "2024-11-07T23:00:00Z", "2024-11-07T23:30Z"])
def test_a_signature_after_local_midnight_is_too_late_although_utc_still_says_7_november(moment: str) -> None:
    contract = offered()
    contract.when(sign(contract), at=moment).refused("OFFER_LAPSED", "CQ25-5-15")


def test_there_must_be_an_offer_to_sign_or_decline() -> None:
    contract = assessed()
    anything = Sign(person_id="p1", certificate_serial="serial-1", agreement_sha256="0" * 64)
    contract.when(anything, at="2024-11-01").refused("NO_OFFER", "CQ25-4-24")
    contract.when(DECLINE, at="2024-11-01").refused("NO_OFFER", "CQ25-4-24")


def test_only_the_text_that_was_offered_is_signed() -> None:
    other = Sign(person_id="p1", certificate_serial="serial-1", agreement_sha256="f" * 64)
    outcome = offered().when(other, at="2024-11-01")
    outcome.refused("AGREEMENT_CHANGED", "CQ25-4-24")
    assert offered().text in outcome.refusal.message


def test_only_the_signatory_signs() -> None:
    contract = offered()
    stranger = Sign(person_id="p2", certificate_serial="serial-1", agreement_sha256=contract.text)
    contract.when(stranger, at="2024-11-01").refused("NOT_A_SIGNATORY", "CQ25-4-24")


def signatory(**changes: Any) -> Signatory:
    return Signatory(
        **{
            "person": Person(person_id="p1", name="A. de Vries"),
            "certificate_serial": "serial-1",
            "valid_from": date(2020, 1, 1),
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"authorised": False}, "NOT_A_SIGNATORY"),
        ({"valid_to": date(2024, 10, 31)}, "NOT_A_SIGNATORY"),
        ({"valid_from": date(2024, 11, 2)}, "NOT_A_SIGNATORY"),
        ({"certificate_serial": "serial-2"}, "CERTIFICATE_NOT_THEIRS"),
    ],
)
def test_the_signatory_is_authorised_and_signs_with_a_certificate_valid_that_day(
    changes: dict[str, Any], code: str
) -> None:
    contract = offered().but(provider=practice(signatories=(signatory(**changes),)))
    contract.when(sign(contract), at="2024-11-01").refused(code, "CQ25-4-24")
    contract.when(DECLINE, at="2024-11-01").refused(code, "CQ25-4-24")


@pytest.mark.parametrize("serial", ["serial-1", "serial-2"])
def test_a_signatory_with_two_certificates_signs_with_either(serial: str) -> None:
    renewed = signatory(certificate_serial="serial-2", valid_from=date(2024, 10, 1))
    contract = offered().but(provider=practice(signatories=(signatory(), renewed)))
    signed = contract.when(sign(contract).model_copy(update={"certificate_serial": serial}), at="2024-11-01")
    signed.then(Signed(person=PERSON.model_copy(update={"certificate_serial": serial}), agreement_sha256=contract.text))


def test_an_entry_that_is_not_authorised_takes_nothing_from_another_that_is() -> None:
    barred = signatory(certificate_serial="serial-0", authorised=False)
    contract = offered().but(provider=practice(signatories=(barred, signatory())))
    contract.when(sign(contract), at="2024-11-01").brings(Signed)


def test_where_the_policy_asks_no_personal_certificate_the_signatory_may_use_any() -> None:
    without = adoptions(amended(caresq_two_years(), {"signature": {"personal_certificate": False}}))
    contract = offered().but(
        policies=without, provider=practice(signatories=(signatory(certificate_serial="serial-2"),))
    )
    contract.when(sign(contract), at="2024-11-01").brings(Signed)


def test_a_certificate_is_valid_on_its_first_and_last_day() -> None:
    one_day = signatory(valid_from=date(2024, 11, 1), valid_to=date(2024, 11, 1))
    contract = offered().but(provider=practice(signatories=(one_day,)))
    contract.when(sign(contract), at="2024-11-01").done()


def test_an_unregistered_practice_can_not_sign() -> None:
    contract = offered()
    contract.but(provider=None).when(sign(contract), at="2024-11-01").refused("PROVIDER_UNKNOWN")


def test_an_amended_last_signing_day_holds_for_an_offer_that_lapsed() -> None:
    policies = adoptions(caresq_two_years(), with_day("signing", "2024-11-14"), since=("2024-04-01", "2024-11-09"))
    contract = offered(start=given(SENT, policies=policies))
    contract = contract.when(RecordLapse(), at="2024-11-08T00:00").brings(OfferLapsed)
    contract.when(sign(contract), at="2024-11-08T12:00").refused("OFFER_LAPSED")
    contract.when(sign(contract), at="2024-11-14T23:59:59").done()
    contract.when(sign(contract), at="2024-11-15T00:00").refused("OFFER_LAPSED")


# ------------------------------------------------------------------------------------------- declined, lapsed


def test_the_signatory_declines() -> None:
    offered().when(DECLINE, at="2024-11-01").then(OfferDeclined(person=PERSON))


def test_declining_again_changes_nothing() -> None:
    offered().when(DECLINE, at="2024-11-01").done().when(DECLINE, at="2024-11-02").nothing()


def test_what_was_declined_is_not_signed_nor_offered_again() -> None:
    contract = offered()
    declined = contract.when(DECLINE, at="2024-11-01").done()
    declined.when(sign(contract), at="2024-11-02").refused("OFFER_DECLINED", "CQ25-4-24")
    declined.when(MakeOffer(), at="2024-11-02").refused("OFFER_DECLINED")
    declined.when(upload("kngf"), at="2024-11-02").refused("OFFER_DECLINED")


def test_what_was_signed_is_not_declined() -> None:
    signed().when(DECLINE, at="2024-11-02").refused("ALREADY_SIGNED", "CQ25-4-24")


def test_an_offer_can_not_be_declined_after_the_last_signing_day() -> None:
    offered().when(DECLINE, at="2024-11-08T00:00").refused("OFFER_LAPSED")


def test_a_lapsed_offer_is_recorded_once_with_its_deadline() -> None:
    contract = offered().when(RecordLapse(), at="2024-11-09").then(OfferLapsed())
    assert contract.history[-1].occurred_at == at("2024-11-08T00:00")
    contract.when(RecordLapse(), at="2024-11-10").nothing()


def test_no_offer_lapses_that_was_signed_or_declined_or_is_still_open() -> None:
    offered().when(RecordLapse(), at="2024-11-07T23:59:59").nothing()
    signed().when(RecordLapse(), at="2024-11-09").nothing()
    offered().when(DECLINE, at="2024-11-01").done().when(RecordLapse(), at="2024-11-09").nothing()


def test_a_lapsed_offer_is_not_offered_again() -> None:
    contract = offered().when(RecordLapse(), at="2024-11-09").done()
    contract.when(MakeOffer(), at="2024-11-10").refused("OFFER_LAPSED")


# ----------------------------------------------------------------------------------------------- publication


def test_nothing_is_published_before_the_publication_date() -> None:
    contract = signed()
    contract.when(Publish(), at="2024-11-11T23:59:59.999999").refused("BEFORE_PUBLICATION", "CQ25-5-16")
    contract.when(Publish(), at="2024-11-12T00:00").then(Published())


def test_a_publication_is_not_backdated_before_its_date() -> None:
    signed().when(Publish(), at="2024-11-20", occurred="2024-11-11").refused("BEFORE_PUBLICATION")


def test_who_signs_late_is_published_from_the_signature_and_not_before() -> None:
    contract = late().when(APPROVE_LATE, at="2024-11-10").done().when(MakeOffer(), at="2024-11-11").done()
    contract = contract.when(sign(contract), at="2024-12-01T10:00").done()
    contract.when(Publish(), at="2024-12-02", occurred="2024-12-01T09:59").refused("BEFORE_PUBLICATION")
    contract.when(Publish(), at="2024-12-01T10:00").done()


def test_publishing_again_changes_nothing() -> None:
    signed().when(Publish(), at="2024-11-12").done().when(Publish(), at="2024-11-13").nothing()


def test_only_a_signed_contract_is_published() -> None:
    offered().when(Publish(), at="2024-11-12").refused("NOT_SIGNED", "CQ25-5-16")


def test_a_contract_that_ended_is_not_published() -> None:
    signed().when(Publish(), at="2027-01-01T00:00").refused("CONTRACT_ENDED")


def test_a_contract_signed_early_is_concluded_before_it_is_published() -> None:
    contract = offered()
    contract = contract.when(sign(contract), at="2024-10-16").done()
    assert contract.contract.signed_at == at("2024-10-16")
    assert contract.contract.published_at is None


def test_an_amended_publication_date_holds_for_signed_contracts() -> None:
    policies = adoptions(caresq_two_years(), with_day("publication", "2024-11-19"), since=("2024-04-01", "2024-11-10"))
    contract = signed(start=given(SENT, policies=policies))
    contract.when(Publish(), at="2024-11-12").refused("BEFORE_PUBLICATION")
    contract.when(Publish(), at="2024-11-19T00:00").done()


def test_a_contract_in_force_stays_listed() -> None:
    contract = signed().when(Publish(), at="2024-11-12").done()
    contract.when(Unpublish(), at="2026-12-31T23:59:59").refused("STILL_IN_FORCE", "CQ25-5-16")
    contract.when(Unpublish(), at="2027-01-01T00:00").then(Unpublished()).when(Unpublish(), at="2027-01-02").nothing()


def test_what_was_never_listed_needs_no_unlisting() -> None:
    signed().when(Unpublish(), at="2027-01-02").nothing()


# ----------------------------------------------------------------------------------------------- termination


def test_a_concluded_contract_ends_after_the_day_an_officer_names() -> None:
    contract = (
        signed()
        .when(Terminate(last_day=day("2025-06-30")), at="2025-05-01")
        .then(ContractTerminated(last_day=day("2025-06-30")))
    )
    assert contract.contract.in_force(day("2025-06-30"))
    assert not contract.contract.in_force(day("2025-07-01"))


def test_terminating_again_changes_nothing() -> None:
    end = Terminate(last_day=day("2025-06-30"))
    signed().when(end, at="2025-05-01").done().when(end, at="2025-05-02").nothing()


def test_only_a_concluded_contract_is_terminated() -> None:
    offered().when(Terminate(last_day=day("2025-06-30")), at="2024-11-01").refused("NOT_SIGNED")


@pytest.mark.parametrize("last_day", ["2024-12-31", "2027-01-01"])
def test_a_contract_ends_within_its_term(last_day: str) -> None:
    signed().when(Terminate(last_day=day(last_day)), at="2025-05-01").refused("OUTSIDE_TERM")


def test_a_terminated_contract_is_taken_off_the_list_after_its_last_day() -> None:
    contract = signed().when(Publish(), at="2024-11-12").done()
    contract = contract.when(Terminate(last_day=day("2025-06-30")), at="2025-05-01").done()
    contract.when(Unpublish(), at="2025-06-30T23:59:59").refused("STILL_IN_FORCE")
    contract.when(Unpublish(), at="2025-07-01T00:00").done()
    contract.when(upload("kngf"), at="2025-07-01T00:00").refused("CONTRACT_ENDED")


# ------------------------------------------------------------------------------------------------- the term


def test_the_contract_is_in_force_from_its_first_to_its_last_day() -> None:
    contract = signed().contract
    days = ("2024-12-31", "2025-01-01", "2026-12-31", "2027-01-01")
    assert [contract.in_force(day(each)) for each in days] == [False, True, True, False]


def test_an_unsigned_contract_is_never_in_force() -> None:
    assert not offered().contract.in_force(day("2025-01-01"))


def test_the_agreement_is_the_same_text_for_the_same_values() -> None:
    contract = offered("prem")
    assert contract.contract.offer is not None
    values = {"tier": "D", "tier_from": day("2025-01-01"), "term": contract.contract.offer.term}
    text = agreement_text(contract.contract_id, "Praktijk De Brug", caresq_two_years(), **values)  # type: ignore[arg-type]
    assert text.splitlines()[:2] == ["ZORGOVEREENKOMST FYSIOTHERAPIE D", "Kenmerk caresq/04001234/FYS/2025-2026"]
    assert "Looptijd: 01-01-2025 tot en met 31-12-2026." in text
    assert "Overeenkomst D (CQ25-3.2-9) geldt vanaf 01-01-2025." in text
    assert "\r" not in text

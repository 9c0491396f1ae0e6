"""Nothing is dated before its cause, and an offer that came to nothing is not made as if it stood."""

from domain.contract.commands import DecideReview, DeclineOffer, MakeOffer, RequestReview, Terminate
from domain.contract.facts import ReviewGround, ReviewOutcome
from tests.given import SENT, day, given, offered, signed, upload


def test_an_offer_that_lapsed_is_not_made_again() -> None:
    offered().when(MakeOffer(), at="2024-11-07T23:59:59").nothing()
    offered().when(MakeOffer(), at="2024-11-08T00:00:00").refused("OFFER_LAPSED", "CQ25-5-15")


def test_an_offer_that_was_declined_is_not_made_again() -> None:
    declined = offered().when(DeclineOffer(person_id="p1", certificate_serial="serial-1"), at="2024-10-20").done()
    declined.when(MakeOffer(), at="2024-10-21").refused("OFFER_DECLINED")


def test_making_a_signed_offer_again_changes_nothing() -> None:
    signed().when(MakeOffer(), at="2025-03-01").nothing()


def test_evidence_is_never_supplied_before_the_questionnaire_was_sent() -> None:
    sent = given(SENT)
    sent.when(upload("kngf"), at="2024-09-20", occurred="2024-09-16T11:59:59").refused("BEFORE_ITS_CAUSE")
    sent.when(upload("kngf"), at="2024-09-20", occurred="2024-09-16T12:00:00").done()


def test_a_review_is_never_decided_before_it_was_asked_for() -> None:
    asked = RequestReview(ground=ReviewGround.FACTOR_NO_LONGER_MET, factor="share", found="25%")
    contract = signed().when(asked, at="2025-06-30").done()
    verdict = DecideReview(review_id="factor_no_longer_met-1", outcome=ReviewOutcome.DISMISSED)
    contract.when(verdict, at="2025-07-02", occurred="2025-06-29").refused("BEFORE_ITS_CAUSE")
    contract.when(verdict, at="2025-07-02", occurred="2025-06-30").done()


def test_a_contract_is_never_terminated_before_it_was_signed() -> None:
    ends = Terminate(last_day=day("2025-06-30"))
    signed().when(ends, at="2025-03-01", occurred="2024-10-31").refused("BEFORE_ITS_CAUSE")
    signed().when(ends, at="2025-03-01", occurred="2024-11-01").done()

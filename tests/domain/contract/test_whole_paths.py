"""Whole paths of the questionnaire route, from the round to the care finder, as the acceptance scenarios tell them."""

import pytest

from domain.care_type import CareType
from domain.contract.commands import (
    AcceptEvidence,
    Approach,
    AssessQuestionnaire,
    ConfirmQuestionnaire,
    MakeOffer,
    Publish,
    RejectEvidence,
    SaveQuestionnaire,
)
from domain.contract.facts import EvidenceRejected, QuestionnaireAssessed, TierAssigned
from domain.contract.standing import legal_position, listed
from domain.policy.answers import Claim
from tests.given import Given, answers, assessed, at, confirmed, day, given, keurmerk, month_of, sign, signed, upload

PUBLICATION = at("2024-11-12T00:00")


def test_speech_therapy_from_questionnaire_to_care_finder() -> None:
    """S03."""
    certificate = {"kwaliteitscyclus": Claim(valid_until=day("2026-06-30"))}
    contract = given(care_type=CareType.LOG).when(Approach(), at="2024-08-29").done()
    confirm = ConfirmQuestionnaire(answers=answers("prem", claims=certificate, care_type=CareType.LOG))
    contract = contract.when(confirm, at="2024-09-15").done()
    contract = contract.when(AssessQuestionnaire(), at="2024-09-20").done()
    contract = contract.when(MakeOffer(), at="2024-09-21").done()
    contract = contract.when(sign(contract), at="2024-10-01").done()
    position = legal_position(contract.contract, day("2025-01-01"))
    assert position.tier is not None
    assert position.tier.tier == "A"
    assert str(position.term) == "start=datetime.date(2025, 1, 1) end=datetime.date(2026, 12, 31)"
    assert contract.contract.signed_at == at("2024-10-01")
    assert [listed(contract.contract, PUBLICATION, at(each)) for each in ("2024-11-11", "2024-11-12")] == [False, True]
    contract.when(Publish(), at="2024-11-12").done()


def test_a_proof_that_was_not_uploaded_and_its_correction() -> None:
    """S12 and S13."""
    contract = confirmed("prem", "kngf").when(AssessQuestionnaire(), at="2024-10-14")
    contract_after = contract.brings(QuestionnaireAssessed, EvidenceRejected, TierAssigned)
    offer = contract_after.when(MakeOffer(), at="2024-10-15").done()
    assert offer.contract.offer is not None
    assert offer.contract.offer.tier == "D"
    concluded = offer.when(sign(offer), at="2024-11-01").done()
    corrected = concluded.when(upload("kngf"), at="2025-03-15").done()
    corrected = corrected.when(AcceptEvidence(evidence_id="kngf-1"), at="2025-03-20").done()
    assert [corrected.tier_on(each) for each in ("2025-03-31", "2025-04-01")] == ["D", "C"]


def test_skf_rejected_kngf_accepted_and_skf_corrected_later() -> None:
    """S43."""
    contract = confirmed("kngf", "skf", proven=("kngf", "skf"))
    contract = contract.when(AcceptEvidence(evidence_id="kngf-1"), at="2024-10-12").done()
    contract = contract.when(RejectEvidence(evidence_id="skf-1", ground="expired"), at="2024-10-12").done()
    contract = contract.when(AssessQuestionnaire(), at="2024-10-14").done()
    contract = contract.when(MakeOffer(), at="2024-10-15").done()
    contract = contract.when(sign(contract), at="2024-11-01").done()
    contract = contract.when(upload("skf", "1"), at="2025-02-14").done()
    accept = AcceptEvidence(evidence_id="skf-2", registration=keurmerk())
    contract = contract.when(accept, at="2025-02-20").done()
    days = ("2025-01-01", "2025-02-28", "2025-03-01")
    assert [contract.tier_on(each) for each in days] == ["D", "D", "C"]


@pytest.mark.parametrize(
    ("supplied", "checked", "known_before", "from_day"),
    [("2025-05-10", "2025-08-20", "E", "2025-06-01"), ("2025-12-12", "2026-01-20", "E", "2026-01-01")],
)
def test_a_check_months_later_changes_what_is_known_and_not_what_held(
    supplied: str, checked: str, known_before: str, from_day: str
) -> None:
    """S46, and the check in August of what was supplied in May."""
    before = signed("kngf").when(upload("kngf"), at=supplied).done()
    after = before.when(AcceptEvidence(evidence_id="kngf-1"), at=checked).done()
    assert before.tier_on(from_day) == known_before
    assert after.tier_on(from_day) == "D"
    assert after.contract.term == before.contract.term


def test_a_questionnaire_that_was_filled_in_and_never_confirmed_brings_nothing() -> None:
    """S55."""
    contract = given().when(Approach(), at="2024-09-16").done()
    contract = contract.when(SaveQuestionnaire(answers=answers()), at="2024-10-19").done()
    contract.when(ConfirmQuestionnaire(), at="2024-10-21T00:00").refused("QUESTIONNAIRE_LAPSED")
    contract.when(AssessQuestionnaire(), at="2024-10-22").refused("NOT_CONFIRMED")
    contract.when(MakeOffer(), at="2024-10-22").refused("NOT_ASSESSED")


def test_what_happens_in_the_hour_that_is_lived_twice_keeps_its_order() -> None:
    """S56."""
    contract: Given = assessed("kngf", "skf").when(MakeOffer(), at="2024-10-26").done()
    contract = contract.when(upload("kngf"), at="2024-10-27T00:30Z").done()
    contract = contract.when(upload("skf"), at="2024-10-27T01:30Z").done()
    first, second = contract.history[-2:]
    assert first.occurred_at < second.occurred_at
    assert [month_of(f"{each.occurred_at:%Y-%m-%dT%H:%M}Z") for each in (first, second)] == ["2024-10", "2024-10"]

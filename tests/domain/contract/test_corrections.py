"""A wrong entry is mended by a further fact, and what rested on it is decided anew."""

import json
from typing import Any

import pytest

from domain.care_type import CareType
from domain.contract.commands import (
    AcceptEvidence,
    Approach,
    AssessQuestionnaire,
    CorrectFact,
    DecideReview,
    Publish,
    RejectEvidence,
    RequestReview,
    Terminate,
    Unpublish,
)
from domain.contract.facts import (
    Approached,
    ContractFact,
    ContractOffered,
    ContractTerminated,
    EvidenceAccepted,
    EvidenceRejected,
    EvidenceUploaded,
    OfferReplaced,
    Published,
    QuestionnaireAssessed,
    QuestionnaireConfirmed,
    QuestionnaireSent,
    ReviewGround,
    ReviewOutcome,
    ReviewRequested,
    Signed,
    TierAssigned,
)
from domain.history import FactCorrected
from tests.given import Given, Outcome, at, confirmed, day, given, keurmerk, offered, signed, upload

NOW = "2025-05-20"


def correct(
    contract: Given, version: int, replacement: dict[str, Any] | None = None, occurred: str | None = None
) -> Outcome:
    """Mend the fact at a version; ``occurred`` is the instant at which it truly happened."""
    command = CorrectFact(
        version=version, replacement=replacement, fact_occurred_at=None if occurred is None else at(occurred)
    )
    return contract.when(command, at=NOW)


def accepted() -> Given:
    """A signed contract with a correction supplied in March 2025 and accepted: E, from 1 April D."""
    contract = signed("kngf", "skf").when(upload("kngf"), at="2025-03-15").done()
    return contract.when(AcceptEvidence(evidence_id="kngf-1"), at="2025-03-20").done()


def as_json(contract: Given, fact_type: type[ContractFact], **changes: Any) -> dict[str, Any]:
    """The last fact of a type as JSON, changed."""
    version = contract.version_of(fact_type)
    return contract.history[version - 1].fact.model_dump(mode="json") | changes


# ----------------------------------------------------------------------------------------- void and replace


def test_a_verdict_that_is_voided_takes_its_tier_back() -> None:
    contract = accepted()
    outcome = correct(contract, contract.version_of(EvidenceAccepted))
    outcome.brings(FactCorrected, TierAssigned)
    assert outcome.tiers() == [("2025-04-01", "E")]


def test_evidence_whose_verdict_was_voided_can_be_judged_again() -> None:
    contract = accepted()
    contract = correct(contract, contract.version_of(EvidenceAccepted)).done()
    contract.when(RejectEvidence(evidence_id="kngf-1", ground="not theirs"), at=NOW).brings(EvidenceRejected)


def test_a_supply_entered_at_the_wrong_instant_moves_the_tier() -> None:
    contract = accepted()
    version = contract.version_of(EvidenceUploaded)
    outcome = correct(contract, version, as_json(contract, EvidenceUploaded), occurred="2025-02-28")
    assert outcome.tiers() == [("2025-03-01", "D")]
    assert outcome.done().tier_on("2025-02-28") == "E"


def test_a_supply_that_came_later_than_entered_moves_the_tier_back() -> None:
    contract = accepted()
    version = contract.version_of(EvidenceUploaded)
    outcome = correct(contract, version, as_json(contract, EvidenceUploaded), occurred="2025-04-02")
    assert outcome.tiers() == [("2025-04-01", "E"), ("2025-05-01", "D")]
    assert [outcome.done().tier_on(text) for text in ("2025-04-30", "2025-05-01")] == ["E", "D"]


def test_a_proof_filed_under_the_wrong_factor_is_moved() -> None:
    contract = signed("kngf", "skf").when(upload("kngf"), at="2025-03-15").done()
    accept = AcceptEvidence(evidence_id="kngf-1", registration=keurmerk())
    contract = contract.when(accept, at="2025-03-20").done()
    moved = correct(contract, contract.version_of(EvidenceUploaded), as_json(contract, EvidenceUploaded, factor="skf"))
    assert moved.tiers() == [("2025-04-01", "C")]


def test_a_voided_rejection_opens_the_evidence_again() -> None:
    contract = signed("kngf").when(upload("kngf"), at="2025-03-15").done()
    contract = contract.when(RejectEvidence(evidence_id="kngf-1", ground="wrong"), at="2025-03-16").done()
    contract = correct(contract, contract.version_of(EvidenceRejected)).brings(FactCorrected)
    assert contract.when(AcceptEvidence(evidence_id="kngf-1"), at=NOW).tiers() == [("2025-04-01", "D")]


def test_a_voided_termination_brings_the_contract_back_with_what_waited_for_it() -> None:
    contract = signed("kngf").when(Terminate(last_day=day("2025-03-31")), at="2025-03-01").done()
    contract = contract.when(upload("kngf"), at="2025-03-15").done()
    contract = contract.when(AcceptEvidence(evidence_id="kngf-1"), at="2025-03-20").brings(EvidenceAccepted)
    outcome = correct(contract, contract.version_of(ContractTerminated))
    assert outcome.tiers() == [("2025-04-01", "D")]
    assert outcome.done().contract.in_force(day("2025-04-01"))


def test_a_correction_before_signing_replaces_the_offer() -> None:
    contract = offered("kngf", proven=("kngf",))
    assert contract.contract.offer is not None
    assert contract.contract.offer.tier == "D"
    outcome = contract.when(CorrectFact(version=contract.version_of(EvidenceAccepted)), at="2024-10-20")
    replaced = outcome.brings(FactCorrected, TierAssigned, OfferReplaced)
    assert replaced.contract.offer is not None
    assert replaced.contract.offer.tier == "E"


def test_a_correction_before_the_assessment_brings_no_tier() -> None:
    contract = confirmed("kngf", proven=("kngf",)).when(AcceptEvidence(evidence_id="kngf-1"), at="2024-10-13").done()
    outcome = contract.when(CorrectFact(version=contract.version_of(EvidenceAccepted)), at="2024-10-13T13:00")
    assessed = outcome.brings(FactCorrected).when(AssessQuestionnaire(), at="2024-10-14")
    assert assessed.tiers() == [("2025-01-01", "E")]


def test_the_evidence_that_was_voided_never_lends_its_id_to_another() -> None:
    contract = signed("kngf").when(upload("kngf", "a"), at="2025-02-01").done()
    contract = contract.when(upload("kngf", "b"), at="2025-02-02").done()
    contract = contract.when(AcceptEvidence(evidence_id="kngf-2"), at="2025-02-03").done()
    contract = correct(contract, contract.version_of(EvidenceUploaded) - 1).done()
    contract = contract.when(upload("kngf", "c"), at="2025-05-21").done()
    assert list(contract.contract.evidence) == ["kngf-2", "kngf-3"]
    assert contract.tier_on("2025-03-01") == "D"


def test_the_review_that_was_voided_never_lends_its_id_to_another() -> None:
    contract = signed()
    for factor in ("prem", "share"):
        ask = RequestReview(ground=ReviewGround.FACTOR_NO_LONGER_MET, factor=factor)
        contract = contract.when(ask, at="2025-05-01").done()
    contract = correct(contract, contract.version_of(ReviewRequested) - 1).done()
    ask = RequestReview(ground=ReviewGround.FACTOR_NO_LONGER_MET, factor="kngf")
    contract = contract.when(ask, at="2025-05-21").done()
    assert [(each.review_id, each.factor) for each in contract.contract.reviews.values()] == [
        ("factor_no_longer_met-2", "share"),
        ("factor_no_longer_met-3", "kngf"),
    ]


def test_a_registration_read_wrongly_is_judged_anew_whatever_consequence_was_written_beside_it() -> None:
    contract = signed("skf").when(upload("skf"), at="2025-03-15").done()
    contract = contract.when(AcceptEvidence(evidence_id="skf-1", registration=keurmerk()), at="2025-03-20").done()
    said = as_json(contract, EvidenceAccepted, registration={"attributes": {"label": "Aspirant"}})
    outcome = correct(contract, contract.version_of(EvidenceAccepted), said)
    assert outcome.tiers() == [("2025-04-01", "E")]
    fact = outcome.facts[0]
    assert isinstance(fact, FactCorrected)
    assert fact.replacement is not None
    assert (fact.replacement["consequence"], fact.replacement["effective_on"]) == ("no_effect", None)
    assert outcome.why(FactCorrected).value == "label Aspirant, asked Keurmerk"


def test_a_registration_that_turns_out_too_late_goes_to_a_person() -> None:
    contract = accepted()
    said = as_json(contract, EvidenceAccepted, registration={"valid_from": "2025-01-01"})
    outcome = correct(contract, contract.version_of(EvidenceAccepted), said)
    outcome.brings(FactCorrected, ReviewRequested, TierAssigned)
    assert outcome.tiers() == [("2025-04-01", "E")]
    approve = DecideReview(review_id="registration_after_confirmation-1", outcome=ReviewOutcome.APPROVED)
    assert outcome.done().when(approve, at="2025-05-21").tiers() == [("2025-04-01", "D")]
    correct(outcome.done(), contract.version_of(EvidenceAccepted), said).nothing()


# ------------------------------------------------------------------------------- corrections of corrections


def test_correcting_the_same_again_changes_nothing() -> None:
    contract = accepted()
    version = contract.version_of(EvidenceAccepted)
    correct(correct(contract, version).done(), version).nothing()


def test_a_voided_correction_brings_the_fact_back() -> None:
    contract = accepted()
    voided = correct(contract, contract.version_of(EvidenceAccepted)).done()
    back = correct(voided, voided.version_of(FactCorrected))
    back.brings(FactCorrected, TierAssigned)
    assert back.tiers() == [("2025-04-01", "D")]


def test_a_fact_that_was_brought_back_can_be_voided_again() -> None:
    contract = accepted()
    version = contract.version_of(EvidenceAccepted)
    voided = correct(contract, version).done()
    back = correct(voided, voided.version_of(FactCorrected)).done()
    assert correct(back, version).tiers() == [("2025-04-01", "E")]


def test_the_last_of_several_corrections_counts_and_the_one_before_when_it_is_voided() -> None:
    contract = accepted()
    version = contract.version_of(EvidenceUploaded)
    same = as_json(contract, EvidenceUploaded)
    february = correct(contract, version, same, occurred="2025-02-10").done()
    january = correct(february, version, same, occurred="2025-01-10").done()
    assert january.tier_on("2025-02-01") == "D"
    back = correct(january, january.version_of(FactCorrected)).done()
    assert [back.tier_on(text) for text in ("2025-02-28", "2025-03-01")] == ["E", "D"]


def test_a_correction_can_be_replaced_by_another_of_the_same_fact() -> None:
    contract = accepted()
    version = contract.version_of(EvidenceAccepted)
    voided = correct(contract, version).done()
    other = FactCorrected(corrects=version, replacement=as_json(contract, EvidenceAccepted)).model_dump(mode="json")
    assert correct(voided, voided.version_of(FactCorrected), other).tiers() == [("2025-04-01", "D")]


# ------------------------------------------------------------------------------------------------ refused


def test_only_a_fact_of_the_contract_is_corrected() -> None:
    correct(accepted(), 99).refused("FACT_UNKNOWN")
    correct(given(), 1).refused("FACT_UNKNOWN")


@pytest.mark.parametrize(
    "fact_type",
    [
        Approached,
        QuestionnaireSent,
        QuestionnaireConfirmed,
        QuestionnaireAssessed,
        TierAssigned,
        ContractOffered,
        Signed,
    ],
)
def test_what_the_portal_delivered_or_the_system_derived_is_not_mended_by_hand(fact_type: type[ContractFact]) -> None:
    contract = accepted()
    correct(contract, contract.version_of(fact_type)).refused("NOT_CORRECTABLE")


def test_a_signature_is_not_reached_through_the_correction_of_a_correction() -> None:
    contract = accepted()
    voided = correct(contract, contract.version_of(EvidenceAccepted)).done()
    at_signature = {"corrects": contract.version_of(Signed), "replacement": None}
    outcome = correct(voided, voided.version_of(FactCorrected), at_signature)
    outcome.refused("REPLACEMENT_WRONG")
    assert "FactCorrected.corrects" in outcome.refusal.message


@pytest.mark.parametrize(
    ("fact_type", "changes", "named"),
    [
        (EvidenceUploaded, {"evidence_id": "kngf-9"}, "EvidenceUploaded.evidence_id"),
        (EvidenceUploaded, {"factor": "prem"}, "EvidenceUploaded.factor"),
        (EvidenceUploaded, {"size": 0}, "EvidenceUploaded.size"),
        (EvidenceUploaded, {"colour": "red"}, "EvidenceUploaded.colour"),
        (EvidenceAccepted, {"registration": {"label": "Keurmerk"}}, "EvidenceAccepted.registration.label"),
        (EvidenceAccepted, {"evidence_id": "skf-1"}, "EvidenceAccepted.evidence_id"),
    ],
)
def test_a_replacement_that_does_not_fit_is_refused_by_name(
    fact_type: type[ContractFact], changes: dict[str, Any], named: str
) -> None:
    contract = accepted()
    outcome = correct(contract, contract.version_of(fact_type), as_json(contract, fact_type, **changes))
    outcome.refused("REPLACEMENT_WRONG")
    assert named in outcome.refusal.message


def test_a_replacement_within_a_correction_fits_its_fact_too() -> None:
    contract = accepted()
    version = contract.version_of(EvidenceAccepted)
    voided = correct(contract, version).done()
    nonsense = {"corrects": version, "replacement": {"nonsense": True}}
    correct(voided, voided.version_of(FactCorrected), nonsense).refused("REPLACEMENT_WRONG")


def test_a_termination_is_not_moved_out_of_the_term() -> None:
    contract = signed().when(Terminate(last_day=day("2025-06-30")), at="2025-05-01").done()
    version = contract.version_of(ContractTerminated)
    correct(contract, version, {"last_day": "2024-12-31"}).refused("OUTSIDE_TERM")
    moved = correct(contract, version, {"last_day": "2025-07-31"}).done()
    assert moved.contract.in_force(day("2025-07-31"))


def test_a_contract_whose_termination_was_voided_is_published_again() -> None:
    contract = signed().when(Publish(), at="2024-11-12").done()
    contract = contract.when(Terminate(last_day=day("2025-03-31")), at="2025-03-01").done()
    contract = contract.when(Unpublish(), at="2025-04-01").done()
    contract.when(Publish(), at="2025-04-02").refused("CONTRACT_ENDED")
    restored = correct(contract, contract.version_of(ContractTerminated)).done()
    restored.when(Publish(), at="2025-07-01").then(Published()).when(Publish(), at="2025-07-02").nothing()


def test_a_fact_did_not_happen_in_the_future() -> None:
    contract = accepted()
    same = as_json(contract, EvidenceUploaded)
    outcome = correct(contract, contract.version_of(EvidenceUploaded), same, occurred="2025-05-21")
    outcome.refused("OCCURRED_IN_FUTURE")


def test_another_instant_comes_with_the_fact_that_it_belongs_to() -> None:
    contract = accepted()
    outcome = correct(contract, contract.version_of(EvidenceUploaded), occurred="2025-03-10")
    outcome.refused("REPLACEMENT_MISSING")


def test_a_second_run_of_the_round_stands_on_the_facts_as_corrected() -> None:
    contract = accepted()
    correct(contract, contract.version_of(EvidenceAccepted)).done().when(Approach(), at=NOW).nothing()


# ------------------------------------------------------------------------------------------ corrections of corrections


def ended_in(month: int) -> dict[str, Any]:
    return {"last_day": f"2025-{month:02}-28"}


def terminated() -> Given:
    return signed().when(Terminate(last_day=day("2025-06-28")), at="2025-05-01").done()


def mended(contract: Given, version: int, replacement: dict[str, Any] | None) -> Outcome:
    return contract.when(CorrectFact(version=version, replacement=replacement), at="2025-05-02")


def test_what_was_corrected_reads_as_the_correction_of_the_correction_says() -> None:
    contract = terminated()
    ended = contract.version_of(ContractTerminated)
    contract = mended(contract, ended, ended_in(7)).then(FactCorrected(corrects=ended, replacement=ended_in(7)))
    first = contract.version_of(FactCorrected)
    contract = mended(contract, first, {"corrects": ended, "replacement": ended_in(8)}).done()
    assert contract.contract.last_day == day("2025-08-28")
    mended(contract, ended, ended_in(8)).nothing()
    mended(contract, ended, ended_in(7)).brings(FactCorrected)
    voided = mended(contract, first, None).done()
    assert voided.contract.last_day == day("2025-06-28")
    mended(voided, first, None).nothing()
    mended(voided, ended, ended_in(8)).brings(FactCorrected)


def test_a_replacement_is_stored_as_the_facts_own_json() -> None:
    contract = terminated()
    (fact,) = mended(contract, contract.version_of(ContractTerminated), ended_in(7)).facts
    assert isinstance(fact, FactCorrected)
    assert fact.replacement == {"last_day": "2025-07-28"}
    assert type(fact.replacement["last_day"]) is str


def test_a_question_may_be_mended_to_any_factor_of_the_care_type() -> None:
    ask = RequestReview(ground=ReviewGround.FACTOR_NO_LONGER_MET, factor="share", found="25%")
    contract = signed("share").when(ask, at="2025-05-01").done()
    version = contract.version_of(ReviewRequested)
    other = as_json(contract, ReviewRequested, factor="prem")
    mended(contract, version, other).brings(FactCorrected)
    mended(contract, version, as_json(contract, ReviewRequested, factor="vvocm")).refused("REPLACEMENT_WRONG")


def test_where_there_are_no_factors_a_question_can_be_mended_to_none() -> None:
    contract = given(care_type=CareType.HUI).when(Approach(), at="2024-09-16").done()
    ask = RequestReview(ground=ReviewGround.REGISTRY_CHANGED, found="moved")
    contract = contract.when(ask, at="2024-10-01").done()
    wrong = as_json(contract, ReviewRequested, factor="share")
    mended(contract, contract.version_of(ReviewRequested), wrong).refused("REPLACEMENT_WRONG")


def test_a_fact_may_be_said_to_have_happened_at_this_very_instant_and_no_later() -> None:
    contract = terminated()
    version = contract.version_of(ContractTerminated)
    now, later = (
        CorrectFact(version=version, replacement=ended_in(7), fact_occurred_at=at(moment))
        for moment in ("2025-05-02T12:00", "2025-05-02T12:00:00.000001")
    )
    contract.when(now, at="2025-05-02").brings(FactCorrected)
    contract.when(later, at="2025-05-02").refused("OCCURRED_IN_FUTURE")


def test_a_verdict_that_is_judged_anew_is_stored_as_json_with_what_follows_from_it() -> None:
    contract = accepted()
    version = contract.version_of(EvidenceAccepted)
    found = as_json(contract, EvidenceAccepted, registration={"valid_from": "2024-01-01"})
    fact = mended(contract, version, found).facts[0]
    assert isinstance(fact, FactCorrected)
    assert json.loads(json.dumps(fact.replacement)) == fact.replacement
    assert fact.replacement is not None
    assert fact.replacement["registration"]["valid_from"] == "2024-01-01"
    assert fact.replacement["effective_on"] == "2025-04-01"

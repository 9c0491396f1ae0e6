"""The days that an offer is for: the start that a rule or the signature makes, the end of the care type or the tier."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from domain.calendar import Term
from domain.contract.commands import AcceptEvidence, AssessQuestionnaire, ConfirmQuestionnaire, MakeOffer
from domain.contract.facts import (
    ContractOffered,
    EvidenceAccepted,
    OfferReplaced,
    QuestionnaireAssessed,
    QuestionnaireConfirmed,
    Signed,
    TierAssigned,
)
from domain.contract.standing import legal_position, timeline_of
from domain.policy.application_rules import StartOn
from domain.policy.document import PolicyDocument
from domain.policy.starts import BY_SIGNATURE, start_when_signed
from tests.given import (
    SENT,
    Given,
    amended,
    answers,
    assessed,
    caresq_two_years,
    day,
    explained,
    given,
    offered,
    sign,
    upload,
)

CLAUSE = "CQ25-4-6"
MONTH, MONTH_AFTER, QUARTER = (
    StartOn.MONTH_OF_SIGNATURE,
    StartOn.FIRST_OF_MONTH_AFTER_SIGNATURE,
    StartOn.NEXT_QUARTER_DAY,
)


def starting(on: str, **more: str) -> PolicyDocument:
    """Caresq's policy with a start rule for its round, and no last signing day before 2026."""
    rules = {"round_start": {"on": on, "clause": CLAUSE, **more}}
    planning = caresq_two_years().model_dump(mode="json")["planning"]
    for row in planning:
        if row["kind"] == "signing":
            row["day"] = "2026-12-31"
    return amended(caresq_two_years(), {"planning": planning, "care_types": {"FYS": rules}})


def on_offer(document: PolicyDocument, *claimed: str) -> Given:
    return offered(*claimed, start=given(SENT, policy=document))


# ------------------------------------------------------------------------------------- the start


@pytest.mark.parametrize(
    ("on", "signed_on", "start"),
    [
        (QUARTER, "2027-03-31", "2027-04-01"),
        (QUARTER, "2027-04-01", "2027-07-01"),
        (QUARTER, "2027-12-31", "2028-01-01"),
        (QUARTER, "2028-02-29", "2028-04-01"),
        (MONTH, "2028-02-29", "2028-02-01"),
        (MONTH, "2028-03-01", "2028-03-01"),
        (MONTH_AFTER, "2028-02-29", "2028-03-01"),
        (MONTH_AFTER, "2028-03-01", "2028-04-01"),
        (MONTH, "2026-11-15", "2027-01-01"),
    ],
)
def test_the_signature_makes_the_start(on: StartOn, signed_on: str, start: str) -> None:
    assert start_when_signed(on, day("2027-01-01"), day(signed_on)) == day(start)


def test_a_rule_that_waits_for_no_signature_has_no_start_by_one() -> None:
    with pytest.raises(ValueError, match="term_start does not wait for a signature"):
        start_when_signed(StartOn.TERM_START, day("2027-01-01"), day("2027-01-01"))


@drawn(on=st.sampled_from(sorted(BY_SIGNATURE)), signed_on=st.dates(date(2026, 1, 1), date(2029, 12, 31)))
def test_a_start_by_signature_is_a_first_of_the_month_never_before_the_term(on: StartOn, signed_on: date) -> None:
    first = date(2027, 1, 1)
    start = start_when_signed(on, first, signed_on)
    assert start >= first
    assert start.day == 1
    assert start == first or (start > signed_on) is (on is not MONTH)


def test_the_offer_names_the_rule_and_the_first_day_and_the_signature_the_days() -> None:
    contract = on_offer(starting("next_quarter_day"), "prem")
    offer = contract.contract.offer
    assert offer is not None
    assert (offer.starts, offer.term) == (QUARTER, Term(start=day("2025-01-01"), end=day("2026-12-31")))
    outcome = contract.when(sign(contract), at="2025-05-20")
    (signed,) = outcome.facts
    assert isinstance(signed, Signed)
    assert signed.term == Term(start=day("2025-07-01"), end=day("2026-12-31"))
    why = explained(outcome.why(Signed), "start")
    assert (why.rule, why.clause, why.value) == ("start", CLAUSE, "2025-07-01, signed on 2025-05-20")
    assert why.threshold == "next_quarter_day, not before 2025-01-01"
    state = outcome.done().contract
    assert [state.in_force(day(each)) for each in ("2025-06-30", "2025-07-01", "2026-12-31")] == [False, True, True]


def test_a_tier_assigned_before_the_signature_holds_from_the_start_that_it_made() -> None:
    contract = on_offer(starting("month_of_signature"), "prem")
    state = contract.when(sign(contract), at="2025-05-20").done().contract
    assert [(each.effective_on, each.tier) for each in timeline_of(state)] == [(day("2025-05-01"), "D")]
    tier = legal_position(state, day("2025-05-01")).tier
    assert tier is not None
    assert tier.effective_on == day("2025-05-01")


def test_a_contract_that_would_start_after_its_end_can_not_be_signed() -> None:
    contract = on_offer(starting("next_quarter_day"), "prem")
    contract.when(sign(contract), at="2026-10-01").refused("NO_TERM_LEFT", CLAUSE)
    contract.when(sign(contract), at="2026-09-30").brings(Signed)


def test_nor_be_offered() -> None:
    contract = assessed("prem", start=given(SENT, policy=starting("next_quarter_day")))
    contract.when(MakeOffer(), at="2026-10-01").refused("NO_TERM_LEFT", CLAUSE)


def test_a_fixed_day_needs_no_signature() -> None:
    contract = on_offer(starting("fixed_day", day="2025-03-01"), "prem")
    offer = contract.contract.offer
    assert offer is not None
    assert (offer.starts, offer.term.start) == (None, day("2025-03-01"))
    (signed,) = contract.when(sign(contract), at="2025-05-20").facts
    assert isinstance(signed, Signed)
    assert signed.term is None


# --------------------------------------------------------------------------------- the end, by tier


def two_years_for_the_best() -> PolicyDocument:
    """Caresq's policy with one year, and two for tiers A to C."""
    rules = caresq_two_years().model_dump(mode="json")["care_types"]["FYS"]
    tiers: list[dict[str, Any]] = rules["tiers"]
    for tier in tiers[:3]:
        tier["term"] = {"end": "2026-12-31", "clause": "CQ25-4-5"}
    changed = {
        "tiers": tiers,
        "term": {"end": "2025-12-31"},
        "term_of_tier": {"after_signing": "stays", "clause": CLAUSE},
    }
    return amended(caresq_two_years(), {"care_types": {"FYS": changed}})


def end_of(contract: Given) -> date | None:
    offer = contract.contract.offer
    assert offer is not None
    return offer.term.end


def test_the_tier_that_is_offered_has_its_own_end() -> None:
    assert end_of(on_offer(two_years_for_the_best(), "prem")) == day("2025-12-31")
    best = offered("prem", "kngf", proven=("kngf",), start=given(SENT, policy=two_years_for_the_best()))
    assert end_of(best) == day("2026-12-31")


def test_another_tier_before_the_signature_brings_another_term_and_afterwards_not() -> None:
    contract = given(SENT, policy=two_years_for_the_best()).when(upload("kngf"), at="2024-10-09").done()
    confirm = ConfirmQuestionnaire(answers=answers("prem", "kngf"))
    contract = contract.when(confirm, at="2024-10-10").brings(QuestionnaireConfirmed)
    contract = contract.when(AssessQuestionnaire(), at="2024-10-14").brings(QuestionnaireAssessed, TierAssigned)
    contract = contract.when(MakeOffer(), at="2024-10-15").brings(ContractOffered)
    accept = AcceptEvidence(evidence_id="kngf-1")
    before = contract.when(accept, at="2024-10-20").brings(EvidenceAccepted, TierAssigned, OfferReplaced)
    assert end_of(before) == day("2026-12-31")
    signed = contract.when(sign(contract), at="2024-11-01").brings(Signed)
    after = signed.when(accept, at="2024-11-02").brings(EvidenceAccepted, TierAssigned)
    assert after.contract.term == Term(start=day("2025-01-01"), end=day("2025-12-31"))
    assert after.tier_on("2025-01-01") == "C"


def test_a_contract_may_start_on_its_last_day() -> None:
    document = amended(starting("next_quarter_day"), {"care_types": {"FYS": {"term": {"end": "2026-10-01"}}}})
    contract = on_offer(document, "prem")
    signed = contract.when(sign(contract), at="2026-09-30").brings(Signed)
    assert signed.contract.term == Term(start=day("2026-10-01"), end=day("2026-10-01"))

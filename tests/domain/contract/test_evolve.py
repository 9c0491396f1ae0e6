"""``evolve`` never refuses: whatever history is stored loads, however the rules tighten later."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from domain.contract.contract import Contract, confirmation_day, evolve, fold
from domain.contract.facts import (
    Consequence,
    ContractFact,
    ContractOffered,
    EvidenceAccepted,
    EvidenceRejected,
    OfferReplaced,
    Registration,
    ReviewDecided,
    ReviewGround,
    ReviewOutcome,
    Signed,
    SigningPerson,
    TierAssigned,
)
from domain.history import FactCorrected, Recorded
from tests.domain.contract.arbitrary_facts import ANY_FACT, ANY_INSTANT, FACT_TYPES, VOIDING, facts_of
from tests.given import day, offered, signed

HISTORY = st.lists(st.tuples(ANY_FACT, ANY_INSTANT), max_size=12)


def asked_everything(contract: Contract) -> None:
    """Ask the state whatever it can be asked."""
    for each in (date(1, 1, 1), date(2025, 6, 1), date(9999, 12, 31)):
        contract.tier_on(each)
        contract.in_force(each)
    for ground in ReviewGround:
        contract.open_review(ground)
    confirmation_day(contract)
    assert all(isinstance(each.open, bool) for each in contract.evidence.values())


@drawn(history=HISTORY)
@settings(max_examples=120, deadline=None)
def test_any_fact_in_any_state_is_folded(history: list[tuple[ContractFact, datetime]]) -> None:
    contract = Contract()
    for number, (fact, occurred_at) in enumerate(history, start=1):
        contract = evolve(contract, fact, occurred_at)
        assert contract.version == number
    asked_everything(contract)


@drawn(history=st.lists(st.tuples(ANY_FACT | VOIDING, ANY_INSTANT), max_size=12))
@settings(max_examples=120, deadline=None)
def test_any_history_with_voided_facts_is_folded_to_its_last_version(
    history: list[tuple[ContractFact, datetime]],
) -> None:
    recorded = [
        Recorded(number, "s", number, occurred_at, occurred_at, fact, b"{}")
        for number, (fact, occurred_at) in enumerate(history, start=1)
    ]
    contract = fold(recorded)
    assert contract.version == len(recorded)
    asked_everything(contract)


@pytest.mark.parametrize("fact_type", FACT_TYPES, ids=lambda each: each.__name__)
def test_a_fact_of_every_type_is_folded_into_a_signed_contract(fact_type: type[Any]) -> None:
    @drawn(fact=facts_of(fact_type), occurred_at=ANY_INSTANT)
    @settings(max_examples=15, deadline=None)
    def folds(fact: ContractFact, occurred_at: datetime) -> None:
        before = SIGNED.contract
        after = evolve(before, fact, occurred_at)
        assert after.version == before.version + 1
        assert before == SIGNED.contract
        asked_everything(after)

    folds()


SIGNED = signed("prem")
AN_INSTANT = datetime(2025, 1, 1, tzinfo=UTC)


def test_a_verdict_on_unknown_evidence_moves_only_the_version() -> None:
    for fact in (
        EvidenceRejected(evidence_id="kngf-9", factor="kngf", ground="wrong"),
        EvidenceAccepted(
            evidence_id="kngf-9", factor="kngf", registration=Registration(), consequence=Consequence.COUNTS
        ),
        ReviewDecided(review_id="integrity-9", outcome=ReviewOutcome.APPROVED),
        FactCorrected(corrects=99),
    ):
        after = evolve(SIGNED.contract, fact, AN_INSTANT)
        assert after.version == SIGNED.contract.version + 1
        assert (after.evidence, after.reviews) == (SIGNED.contract.evidence, SIGNED.contract.reviews)


def test_a_replaced_offer_that_was_never_made_moves_only_the_version() -> None:
    after = evolve(Contract(), OfferReplaced(tier="D", agreement_sha256="0" * 64), AN_INSTANT)
    assert after == Contract(version=1)


def test_a_signature_without_an_offer_is_in_force_on_no_day() -> None:
    person = SigningPerson(person_id="p1", name="A. de Vries", certificate_serial="serial-1")
    after = evolve(Contract(), Signed(person=person, agreement_sha256="0" * 64), AN_INSTANT)
    assert after.term is None
    assert not after.in_force(day("2025-06-01"))


def test_of_two_assignments_for_one_day_the_one_recorded_last_counts() -> None:
    contract = Contract()
    for tier, first in (("D", "2025-01-01"), ("B", "2025-04-01"), ("C", "2025-04-01"), ("E", "2025-01-01")):
        contract = evolve(contract, TierAssigned(tier=tier, effective_on=day(first), factors=()), AN_INSTANT)
    found = [contract.tier_on(day(each)) for each in ("2024-12-31", "2025-03-31", "2025-04-01")]
    assert [None if each is None else each.tier for each in found] == [None, "E", "C"]


def test_an_offer_after_a_withheld_one_is_no_longer_withheld() -> None:
    assert offered().contract.withheld is None
    (offer,) = (each.fact for each in offered().history if isinstance(each.fact, ContractOffered))
    assert offered().contract.offer == evolve(Contract(withheld=None), offer, offered().history[-1].occurred_at).offer

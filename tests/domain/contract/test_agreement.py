"""Which agreement text a fact brought, and what that text is about."""

from dataclasses import replace

import pytest

from domain.calendar import Term
from domain.contract.agreement import Agreed, agreed_by, agreement_text, text_sha256
from domain.contract.commands import AcceptEvidence, Terminate
from domain.contract.contract import CarriedOver, Contract
from domain.contract.facts import ContractOffered, OfferReplaced, Published, TierAssigned
from domain.policy.application_rules import StartOn
from tests.given import SENT, Given, amended, caresq_two_years, day, given, offered, sign, signed, upload

TERM = Term(start=day("2025-01-01"), end=day("2026-12-31"))
OVER = CarriedOver(Term(start=day("2024-01-01"), end=day("2024-12-31")), None, "caresq-2024")


def corrected() -> Given:
    contract = signed("kngf").when(upload("kngf"), at="2025-03-15").done()
    return contract.when(AcceptEvidence(evidence_id="kngf-1"), at="2025-03-20").done()


def test_an_offer_brings_the_text_of_its_tier_from_the_first_day() -> None:
    contract = offered("prem")
    (offer,) = (each.fact for each in contract.history if isinstance(each.fact, ContractOffered))
    assert agreed_by(contract.contract, offer) == Agreed("D", TERM.start, TERM, offer.agreement_sha256)


def test_an_offer_that_was_replaced_brings_another_text_from_the_first_day() -> None:
    contract = offered("kngf").when(upload("kngf"), at="2024-10-16").done()
    contract = contract.when(AcceptEvidence(evidence_id="kngf-1"), at="2024-10-17").done()
    (replaced,) = (each.fact for each in contract.history if isinstance(each.fact, OfferReplaced))
    assert agreed_by(contract.contract, replaced) == Agreed("D", TERM.start, TERM, replaced.agreement_sha256)


def test_a_changed_tier_brings_its_text_from_the_day_on_which_it_counts() -> None:
    contract = corrected()
    tier = contract.history[-1].fact
    assert isinstance(tier, TierAssigned)
    assert tier.agreement_sha256 is not None
    agreed = agreed_by(contract.contract, tier)
    assert agreed == Agreed("D", day("2025-04-01"), TERM, tier.agreement_sha256)
    assert agreed is not None
    text = agreement_text(
        contract.contract_id, "Praktijk De Brug", caresq_two_years(), tier="D", tier_from=agreed.tier_from, term=TERM
    )
    assert text_sha256(text) == tier.agreement_sha256


def test_a_text_after_a_termination_is_of_the_shortened_term() -> None:
    contract = corrected()
    tier = contract.history[-1].fact
    ended = contract.when(Terminate(last_day=day("2025-06-30")), at="2025-05-01").done()
    agreed = agreed_by(ended.contract, tier)
    assert agreed is not None
    assert agreed.term == Term(start=TERM.start, end=day("2025-06-30"))


def waiting() -> Given:
    """An offer of which the signature makes the start."""
    rules = {"round_start": {"on": "month_of_signature", "clause": "CQ25-4-6"}}
    policy = amended(caresq_two_years(), {"care_types": {"FYS": rules}})
    return offered("prem", start=given(SENT, policy=policy))


def test_while_the_start_waits_for_the_signature_the_text_says_so_and_then_names_the_day() -> None:
    contract = waiting()
    (offer,) = (each.fact for each in contract.history if isinstance(each.fact, ContractOffered))
    agreed = agreed_by(contract.contract, offer)
    assert agreed == Agreed("D", TERM.start, TERM, offer.agreement_sha256, StartOn.MONTH_OF_SIGNATURE)
    concluded = contract.when(sign(contract), at="2024-11-01").done()
    after = agreed_by(concluded.contract, offer)
    assert after is not None
    assert after.starts is None
    assert agreed_by(replace(concluded.contract, offer=None, carried_over=OVER), offer) == Agreed(
        "D", OVER.term.start, OVER.term, offer.agreement_sha256, None
    )


def test_the_text_names_the_start_or_what_makes_it() -> None:
    def days(starts: StartOn | None) -> tuple[str, bool]:
        text = agreement_text(
            waiting().contract_id, "X", caresq_two_years(), tier="D", tier_from=TERM.start, term=TERM, starts=starts
        )
        line = next(each for each in text.splitlines() if each.startswith("Looptijd"))
        return line.removeprefix("Looptijd: "), "geldt vanaf de aanvang." in text

    month = "vanaf de eerste dag van de maand van ondertekening, niet eerder dan 01-01-2025,"
    assert days(None) == ("01-01-2025 tot en met 31-12-2026.", False)
    assert days(StartOn.MONTH_OF_SIGNATURE) == (f"{month} tot en met 31-12-2026.", True)


def test_a_tier_of_the_assessment_brings_no_text() -> None:
    contract = offered("prem")
    (tier,) = (each.fact for each in contract.history if isinstance(each.fact, TierAssigned))
    assert agreed_by(contract.contract, tier) is None


@pytest.mark.parametrize("contract", [signed("prem").contract, Contract()], ids=["signed", "nothing"])
def test_other_facts_bring_no_text(contract: Contract) -> None:
    assert agreed_by(contract, Published()) is None


def test_without_a_term_there_is_no_text() -> None:
    offer = next(each.fact for each in offered("prem").history if isinstance(each.fact, ContractOffered))
    assert agreed_by(Contract(), offer) is None


def test_the_text_names_parties_term_tier_parts_and_policy() -> None:
    contract = offered("prem")
    text = agreement_text(
        contract.contract_id,
        "Praktijk De Brug",
        caresq_two_years(),
        tier="D",
        tier_from=day("2025-04-01"),
        term=TERM.model_copy(update={"end": None}),
    )
    heading, mark, _, parties, practice, _, days, tier, *_ = text.split("\n")
    assert heading == "ZORGOVEREENKOMST FYSIOTHERAPIE D"
    assert mark == "Kenmerk caresq/04001234/FYS/2025-2026"
    assert parties == "Partijen: Eucare, vertegenwoordigd door Caresq,"
    assert practice == "en Praktijk De Brug, AGB-code 04001234."
    assert days == "Looptijd: 01-01-2025 tot en met nog te bepalen."
    assert tier == "Overeenkomst D (CQ25-3.2-9) geldt vanaf 01-04-2025."
    assert "\n  1. " in text
    assert text.endswith("Inkoopbeleid: caresq-2025, Inkoopbeleid Paramedische Zorg 2025.\n")


def test_the_text_of_care_without_tiers_names_none() -> None:
    contract = replace(offered("prem"), contract_id=offered("prem").contract_id)
    text = agreement_text(
        contract.contract_id, "Praktijk De Brug", caresq_two_years(), tier=None, tier_from=day("2025-01-01"), term=TERM
    )
    assert text.startswith("ZORGOVEREENKOMST FYSIOTHERAPIE\n")
    assert "Overeenkomst " not in text
    assert "Looptijd: 01-01-2025 tot en met 31-12-2026.\n\n" in text

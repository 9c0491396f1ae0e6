"""A proof that ends by its own date during the term is a question to a person; the tier stays (OD07)."""

from datetime import date

import pytest

from domain.care_type import CareType
from domain.contract.commands import AcceptEvidence, AssessQuestionnaire, ConfirmQuestionnaire, MakeOffer
from domain.contract.ended_proofs import EndedProof, ended_proofs
from domain.contract.facts import Registration
from domain.policy.answers import Claim
from tests.given import SENT, Given, answers, day, given, sign, upload


def proven(*valid_to: str | None, factor: str = "kngf", **attributes: str) -> Given:
    """A signed contract in which a factor was proven once for each of these last days."""
    contract = given(SENT)
    for number, _ in enumerate(valid_to, 1):
        file = upload(factor).model_copy(update={"sha256": f"{number:064x}"})
        contract = contract.when(file, at=f"2024-10-0{number}").done()
    contract = contract.when(ConfirmQuestionnaire(answers=answers(factor)), at="2024-10-05").done()
    for number, last_day in enumerate(valid_to, 1):
        registration = Registration(attributes=attributes, valid_to=None if last_day is None else day(last_day))
        accept = AcceptEvidence(evidence_id=f"{factor}-{number}", registration=registration)
        contract = contract.when(accept, at="2024-10-06").done()
    contract = contract.when(AssessQuestionnaire(), at="2024-10-07").done()
    offered = contract.when(MakeOffer(), at="2024-10-08").done()
    return offered.when(sign(offered), at="2024-10-09").done()


def ended(contract: Given, on_day: str) -> list[EndedProof]:
    return list(ended_proofs(contract.contract, day(on_day)))


def test_a_proof_has_ended_from_the_day_after_its_last() -> None:
    contract = proven("2025-06-30")
    assert ended(contract, "2025-06-30") == []
    assert ended(contract, "2025-07-01") == [EndedProof("kngf", date(2025, 6, 30), "kngf-1")]


def test_a_proof_without_an_end_never_ends() -> None:
    assert ended(proven(None), "2026-12-31") == []


def test_of_two_proofs_of_a_factor_the_one_valid_longest_counts() -> None:
    contract = proven("2025-06-30", "2025-09-30")
    assert ended(contract, "2025-07-01") == []
    assert ended(contract, "2025-10-01") == [EndedProof("kngf", date(2025, 9, 30), "kngf-2")]


def test_a_factor_that_is_implied_rests_on_the_proof_of_the_other() -> None:
    contract = proven("2025-06-30", factor="skf", label="Keurmerk")
    assert contract.tier_on("2025-01-01") == "C"
    assert [each.factor for each in ended(contract, "2025-07-01")] == ["skf"]


@pytest.mark.parametrize(("on_day", "factors"), [("2025-08-31", []), ("2025-09-01", ["kwaliteitscyclus"])])
def test_a_certificate_that_was_declared_ends_by_the_day_that_was_named(on_day: str, factors: list[str]) -> None:
    claims = {"kwaliteitscyclus": Claim(valid_until=day("2025-08-31"))}
    confirm = ConfirmQuestionnaire(answers=answers(care_type=CareType.LOG, claims=claims))
    contract = given(SENT, care_type=CareType.LOG).when(confirm, at="2024-10-05").done()
    contract = contract.when(AssessQuestionnaire(), at="2024-10-06").done()
    assert contract.tier_on("2025-01-01") == "B"
    assert [each.factor for each in ended(contract, on_day)] == factors

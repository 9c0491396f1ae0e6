"""A longer term without a signature: from the adoption of a policy, or by the purchaser's notice in time."""

from typing import Any

import pytest

from domain.calendar import Term
from domain.contract.commands import (
    AcceptEvidence,
    CarryOver,
    CorrectFact,
    ExtendTerm,
    RecordExtension,
    Terminate,
)
from domain.contract.facts import ContractCarriedOver, EvidenceAccepted, Signed, TermExtended, TierAssigned
from domain.policy.document import PolicyDocument
from domain.policy.term_rules import ExtendedBy
from tests.given import (
    SENT,
    Given,
    adoptions,
    amended,
    at,
    caresq_one_year,
    day,
    explained,
    given,
    offered,
    sign,
    signed,
    upload,
)

CLAUSE = "CQ25-4-7"
YEAR_LONGER = TermExtended(end=day("2026-12-31"), by=ExtendedBy.ADOPTION)
BY_NOTICE = TermExtended(end=day("2026-12-31"), by=ExtendedBy.NOTICE)


def extending(by: str, **more: Any) -> PolicyDocument:
    rule = {"until": "2026-12-31", "by": by, "clause": CLAUSE, **more}
    return amended(caresq_one_year(), {"care_types": {"FYS": {"extension": rule}}})


def signed_before(adopted_on: str) -> Given:
    """Signed on 1 November 2024 for 2025, under a policy that is amended later."""
    policies = adoptions(caresq_one_year(), extending("adoption"), since=("2024-04-01", adopted_on))
    return signed("prem", "kngf", start=given(SENT, policies=policies))


def with_notice(**more: Any) -> Given:
    return signed("prem", start=given(SENT, policy=extending("notice", **more)))


# -------------------------------------------------------------------------------------- by adoption


def test_an_adopted_extension_counts_from_its_adoption_however_late_it_is_recorded() -> None:
    outcome = signed_before("2025-10-01").when(RecordExtension(), at="2025-12-01", reason=None)
    contract = outcome.then(YEAR_LONGER)
    assert contract.history[-1].occurred_at == at("2025-10-01")
    assert contract.contract.term == Term(start=day("2025-01-01"), end=day("2026-12-31"))
    why = explained(outcome.why(TermExtended), "extension")
    assert (why.clause, why.value) == (CLAUSE, "until 2026-12-31, was 2025-12-31; adopted, in force from 2025-10-01")
    contract.when(RecordExtension(), at="2025-12-02").nothing()


def test_before_the_adoption_there_is_nothing_to_record() -> None:
    signed_before("2025-10-01").when(RecordExtension(), at="2025-09-30").nothing()


@pytest.mark.parametrize(
    ("adopted_on", "facts"), [("2025-12-31T23:59:59.999999", [YEAR_LONGER]), ("2026-01-01T00:00", [])]
)
def test_only_a_contract_that_still_runs_is_extended(adopted_on: str, facts: list[TermExtended]) -> None:
    assert signed_before(adopted_on).when(RecordExtension(), at="2026-01-01").facts == facts


def test_an_unsigned_offer_is_extended_when_it_is_signed() -> None:
    policies = adoptions(caresq_one_year(), extending("adoption"), since=("2024-04-01", "2024-10-20"))
    contract = offered("prem", start=given(SENT, policies=policies))
    contract.when(RecordExtension(), at="2024-10-21").nothing()
    extended = contract.when(sign(contract), at="2024-11-01").brings(Signed, TermExtended)
    assert extended.history[-1].occurred_at == at("2024-11-01")


def test_who_terminated_keeps_the_end() -> None:
    contract = signed_before("2025-10-01").when(Terminate(last_day=day("2025-06-30")), at="2025-05-01").done()
    contract.when(RecordExtension(), at="2025-12-01").nothing()


def test_an_extended_contract_can_be_terminated_in_its_new_days() -> None:
    contract = signed_before("2025-10-01").when(RecordExtension(), at="2025-12-01").done()
    ended = contract.when(Terminate(last_day=day("2026-03-31")), at="2026-02-01").done().contract
    assert [ended.in_force(day(each)) for each in ("2026-03-31", "2026-04-01")] == [True, False]


def test_a_proof_that_would_have_counted_after_the_end_counts_once_the_term_is_longer() -> None:
    contract = signed_before("2025-12-20").when(upload("kngf"), at="2025-12-01").done()
    contract = contract.when(AcceptEvidence(evidence_id="kngf-1"), at="2025-12-10").brings(EvidenceAccepted)
    contract = contract.when(RecordExtension(), at="2025-12-21").brings(TermExtended, TierAssigned)
    assert (contract.tier_on("2025-12-31"), contract.tier_on("2026-01-01")) == ("D", "C")


def test_a_contract_that_was_carried_over_is_extended_too() -> None:
    start = given(policy=extending("adoption"))
    carry = CarryOver(term=Term(start=day("2024-01-01"), end=day("2025-12-31")), external_policy="caresq-2024")
    contract = start.when(carry, at="2024-10-01").brings(ContractCarriedOver)
    assert contract.when(RecordExtension(), at="2024-10-02").then(YEAR_LONGER).contract.in_force(day("2026-12-31"))


# ---------------------------------------------------------------------------------------- by notice


def test_notice_in_time_lengthens_the_term_once() -> None:
    contract = with_notice(notice_until="2025-09-30").when(ExtendTerm(), at="2025-09-30T23:59:59").then(BY_NOTICE)
    contract.when(ExtendTerm(), at="2025-09-30T23:59:59").nothing()
    contract.when(RecordExtension(), at="2025-09-30T23:59:59").nothing()


def test_notice_after_its_last_day_is_too_late() -> None:
    with_notice(notice_until="2025-09-30").when(ExtendTerm(), at="2025-10-01T00:00").refused("NOTICE_TOO_LATE", CLAUSE)


def test_without_a_last_day_notice_can_be_given_until_the_contract_ends() -> None:
    with_notice().when(ExtendTerm(), at="2025-12-31T23:59:59").then(BY_NOTICE)
    with_notice().when(ExtendTerm(), at="2026-01-01T00:00").refused("CONTRACT_ENDED", CLAUSE)


def test_notice_needs_a_contract_a_rule_and_a_reason() -> None:
    offered("prem", start=given(SENT, policy=extending("notice"))).when(ExtendTerm(), at="2024-10-20").refused(
        "NOT_SIGNED", CLAUSE
    )
    signed("prem", start=given(SENT, policy=extending("adoption"))).when(ExtendTerm(), at="2025-10-01").refused(
        "NO_EXTENSION", "CQ25-4-18"
    )
    with_notice().when(ExtendTerm(), at="2025-10-01", reason=None).refused("REASON_MISSING")


def test_a_terminated_contract_is_not_extended_by_notice() -> None:
    contract = with_notice().when(Terminate(last_day=day("2025-06-30")), at="2025-05-01").done()
    contract.when(ExtendTerm(), at="2025-05-02").refused("TERMINATED", CLAUSE)


def test_a_contract_keeps_the_notice_that_its_own_policy_allows() -> None:
    policies = adoptions(extending("notice"), caresq_one_year(), since=("2024-04-01", "2025-02-01"))
    signed("prem", start=given(SENT, policies=policies)).when(ExtendTerm(), at="2025-10-01").then(BY_NOTICE)


def test_a_notice_can_be_voided_and_not_moved() -> None:
    contract = with_notice().when(ExtendTerm(), at="2025-10-01").done()
    version = contract.version_of(TermExtended)
    moved = CorrectFact(version=version, replacement={"end": "2026-06-30", "by": "notice"})
    contract.when(moved, at="2025-10-02").refused("REPLACEMENT_WRONG")
    voided = contract.when(CorrectFact(version=version), at="2025-10-02").done()
    assert voided.contract.term == Term(start=day("2025-01-01"), end=day("2025-12-31"))

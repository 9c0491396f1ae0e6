"""Tiers by points: weights may be negative, no order of checking changes the end, the way up counts what is missing."""

from datetime import timedelta
from fractions import Fraction
from itertools import permutations

from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from domain.contract.commands import AcceptEvidence
from domain.contract.contract import Contract
from domain.contract.facts import Registration
from domain.contract.way_up import way_to_next_tier
from domain.policy.document import PolicyDocument
from tests.given import SENT, Given, amended, at, caresq_two_years, day, given, keurmerk, signed, upload

FACTORS = ("prem", "share", "kngf", "skf")


def by_points(weights: dict[str, int]) -> PolicyDocument:
    """Caresq's policy with weights, and a tier for every two points."""
    least, most = (sum(each for each in weights.values() if each * sign > 0) for sign in (-1, 1))
    thresholds = sorted({*range(least, most + 1, 2), least}, reverse=True)
    rules = {
        "factors": {code: {"points": str(weight)} for code, weight in weights.items()},
        "tiers": [
            {"name": f"P{points}", "points_at_least": str(points), "clause": "CQ25-3.2-6"} for points in thresholds
        ],
    }
    return amended(caresq_two_years(), {"care_types": {"FYS": rules}})


def contract_under(weights: dict[str, int]) -> Given:
    return signed("prem", "kngf", "skf", start=given(SENT, policy=by_points(weights)))


def accepted(contract: Given, evidence_id: str, factor: str) -> Given:
    right = keurmerk() if factor == "skf" else Registration()
    return contract.when(AcceptEvidence(evidence_id=evidence_id, registration=right), at="2026-06-01").done()


@drawn(
    weights=st.lists(st.integers(-5, 5), min_size=4, max_size=4),
    days=st.lists(st.integers(0, 500), min_size=2, max_size=3),
)
@settings(max_examples=40, deadline=None)
def test_the_order_of_checking_never_changes_the_final_timeline(weights: list[int], days: list[int]) -> None:
    contract = contract_under(dict(zip(FACTORS, weights, strict=True)))
    supplied = []
    for number, after in enumerate(sorted(days)):
        factor, instant = ("kngf", "skf")[number % 2], at("2024-11-02") + timedelta(days=after)
        contract = contract.decided(upload(factor, "0123456789"[number]), instant, instant).done()
        supplied.append((f"{factor}-{1 + number // 2}", factor))
    timelines = []
    for order in permutations(supplied):
        checked = contract
        for evidence in order:
            checked = accepted(checked, *evidence)
        timelines.append([checked.tier_on(str(day("2025-01-01") + timedelta(days=each))) for each in range(730)])
    assert all(timeline == timelines[0] for timeline in timelines)


def test_a_factor_with_a_negative_weight_lowers_the_tier_from_its_day() -> None:
    contract = contract_under({"prem": 4, "share": 0, "kngf": -2, "skf": 0})
    assert contract.tier_on("2025-01-01") == "P4"
    contract = contract.when(upload("kngf"), at="2025-03-15").done()
    contract = accepted(contract, "kngf-1", "kngf")
    assert (contract.tier_on("2025-03-31"), contract.tier_on("2025-04-01")) == ("P4", "P2")


def way(contract: Given, text: str = "2025-03-15") -> tuple[str, tuple[str, ...], Fraction | None] | None:
    state: Contract = contract.contract
    assert state.term is not None
    assignment = state.tier_on(day("2025-04-01"))
    assert assignment is not None
    rules = contract.policies.versions[0].document.care_types[contract.contract_id.care_type]
    found = way_to_next_tier(state, rules, assignment, state.term, at(text))
    return None if found is None else (found.tier, found.factors, found.points)


def test_the_way_up_takes_the_fewest_factors_and_tells_how_many_points_are_missing() -> None:
    contract = contract_under({"prem": 1, "share": 0, "kngf": 1, "skf": 2})
    assert contract.tier_on("2025-04-01") == "P0"
    assert way(contract) == ("P2", ("kngf",), Fraction(1))
    assert way(contract_under({"prem": 0, "share": 0, "kngf": 1, "skf": 1})) == ("P2", ("skf",), Fraction(2))


def test_a_factor_that_costs_points_is_no_way_up() -> None:
    assert way(contract_under({"prem": 1, "share": 1, "kngf": -1, "skf": -1})) is None

"""Explanations: trees of rules as data, small enough to store."""

import pytest

from domain.explanation import MOST_NAMED, Explanation, Outcome, outcome_of, shortened
from domain.refusal import Refused, RefusedError


def met(rule: str, clause: str = "", *because: Explanation) -> Explanation:
    return Explanation(rule=rule, clause=clause, outcome=Outcome.MET, because=because)


def test_a_condition_is_met_or_not_met() -> None:
    assert (outcome_of(True), outcome_of(False)) == (Outcome.MET, Outcome.NOT_MET)


def test_the_clauses_of_a_tree_are_told_in_reading_order_each_once() -> None:
    tree = met("tier.C", "CQ25-3.2-8", met("a", "CQ25-3.2-11"), met("b", "", met("c", "CQ25-3.2-8")), met("d", "X"))
    assert tree.clauses() == ["CQ25-3.2-8", "CQ25-3.2-11", "X"]


def test_a_short_list_is_told_whole() -> None:
    members = [met(f"professional {number}") for number in range(MOST_NAMED)]
    assert shortened(members, "share") == tuple(members)


def test_a_list_of_exactly_as_many_as_are_named_is_told_whole_and_one_more_is_counted() -> None:
    unknown = Explanation(rule="professional", outcome=Outcome.UNKNOWN)
    assert shortened([unknown] * MOST_NAMED, "share") == (unknown,) * MOST_NAMED
    *named, others = shortened([unknown] * (MOST_NAMED + 1), "share")
    assert named == [unknown] * MOST_NAMED
    assert others == Explanation(rule="share.others", outcome=Outcome.UNKNOWN, value="1")


def test_a_long_list_is_counted_by_outcome() -> None:
    members = [met(f"professional {number}") for number in range(MOST_NAMED + 2)]
    members += [Explanation(rule="professional", outcome=Outcome.NOT_MET)] * 3
    *named, others_met, others_not = shortened(members, "share")
    assert named == members[:MOST_NAMED]
    assert (others_met.rule, others_met.outcome, others_met.value) == ("share.others", Outcome.MET, "2")
    assert (others_not.outcome, others_not.value) == (Outcome.NOT_MET, "3")


def test_a_tree_is_read_back_as_it_was_stored() -> None:
    tree = met("tier.C", "CQ25-3.2-8", met("factor.prem", "CQ25-3.2-11"))
    assert Explanation.model_validate_json(tree.model_dump_json(exclude_defaults=True)) == tree


@pytest.mark.parametrize(
    ("clause", "told"), [("CQ25-5-15", "CODE: what was wrong (CQ25-5-15)"), ("", "CODE: what was wrong")]
)
def test_a_refusal_is_told_with_code_and_clause(clause: str, told: str) -> None:
    refused = Refused("CODE", "what was wrong", clause)
    raised = RefusedError(refused)
    assert (str(raised), raised.refused) == (told, refused)

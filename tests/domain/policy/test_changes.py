"""How a policy may change: what an amendment merges, and what no change may touch."""

from datetime import date

import pytest

from domain.care_type import CareType
from domain.policy.amendment import merged
from domain.policy.contract_keys import changed_keys, overlaps
from domain.policy.document import CareTypeRules, DecidedTerm, Party, PolicyDocument, Route
from domain.policy.values import Inconsistency
from infrastructure.policies.library import PolicyFiles


@pytest.fixture(scope="module")
def caresq() -> PolicyDocument:
    return PolicyFiles().read("caresq-2025").document(None)


def with_rules(document: PolicyDocument, care_type: CareType, **changes: object) -> PolicyDocument:
    rules = document.care_types[care_type].model_copy(update=changes)
    return document.model_copy(update={"care_types": {**document.care_types, care_type: rules}})


def test_mappings_are_merged_key_by_key_and_everything_else_replaced() -> None:
    base = {"a": {"x": "1", "y": ["1", "2"]}, "b": "1"}
    assert merged(base, {"a": {"y": ["3"], "z": "new"}}) == {"a": {"x": "1", "y": ["3"], "z": "new"}, "b": "1"}
    assert base == {"a": {"x": "1", "y": ["1", "2"]}, "b": "1"}


def test_a_key_set_to_nothing_is_taken_away() -> None:
    assert merged({"a": {"x": "1", "y": "2"}}, {"a": {"x": None, "absent": None}}) == {"a": {"y": "2"}}


def test_a_mapping_may_replace_a_value_and_a_value_a_mapping() -> None:
    assert merged({"a": "1", "b": {"x": "1"}}, {"a": {"x": "1"}, "b": "1"}) == {"a": {"x": "1"}, "b": "1"}


def test_a_document_changes_no_key_of_itself(caresq: PolicyDocument) -> None:
    assert list(changed_keys(caresq, caresq)) == []


def test_no_change_touches_a_period(caresq: PolicyDocument) -> None:
    kept = "a change of policy keeps the period 2025-2026 of FYS"
    told = list(changed_keys(caresq, with_rules(caresq, CareType.FYS, period="2025")))
    assert told == [Inconsistency(("care_types", "FYS", "period"), kept, "2025")]
    told = list(changed_keys(caresq, with_rules(caresq, CareType.FYS, period=None)))
    assert told == [Inconsistency(("care_types", "FYS", "period"), kept, "")]


def test_no_change_gives_a_policy_another_id(caresq: PolicyDocument) -> None:
    told = list(changed_keys(caresq, caresq.model_copy(update={"id": "caresq-2026"})))
    assert told == [Inconsistency(("id",), "a change of policy keeps its id caresq-2025", "caresq-2026")]


def test_no_change_takes_away_a_care_type_with_a_period(caresq: PolicyDocument) -> None:
    without = {care_type: rules for care_type, rules in caresq.care_types.items() if care_type is not CareType.LOG}
    told = list(changed_keys(caresq, caresq.model_copy(update={"care_types": without})))
    kept = "a change of policy keeps the period 2025-2026 of LOG"
    assert told == [Inconsistency(("care_types", "LOG", "period"), kept, "")]


def test_a_deferred_care_type_may_get_a_period(caresq: PolicyDocument) -> None:
    without = with_rules(caresq, CareType.VAL, period=None)
    opened = with_rules(without, CareType.VAL, period="2025", route=Route.DIRECT_OFFER)
    assert list(changed_keys(without, opened)) == []


def test_no_change_gives_a_policy_to_another_purchaser(caresq: PolicyDocument) -> None:
    other = Party(id="another", name="Another", clause="CQ25-0-1")
    told = list(changed_keys(caresq, caresq.model_copy(update={"purchaser": other})))
    kept = "a change of policy keeps its purchaser caresq"
    assert told == [Inconsistency(("purchaser", "id"), kept, "another")]


def later_policy(document: PolicyDocument, care_type: CareType, period: str, first: date, last: date) -> PolicyDocument:
    term = DecidedTerm(start=first, end=last, clause="CQ26-4-1")
    rules = CareTypeRules(route=Route.DIRECT_OFFER, period=period, term=term, clause="CQ26-4-1")
    return document.model_copy(update={"id": "caresq-2026", "care_types": {care_type: rules}})


def test_a_later_policy_may_name_a_running_period_under_the_same_key(caresq: PolicyDocument) -> None:
    later = later_policy(caresq, CareType.LOG, "2025-2026", date(2025, 1, 1), date(2026, 12, 31))
    assert list(overlaps(later, caresq)) == []


def test_a_later_policy_may_not_cover_the_same_days_under_another_key(caresq: PolicyDocument) -> None:
    later = later_policy(caresq, CareType.LOG, "2026", date(2026, 1, 1), date(2026, 12, 31))
    covered = "caresq-2025 covers 2025-01-01..2026-12-31 under the period 2025-2026"
    assert list(overlaps(later, caresq)) == [Inconsistency(("care_types", "LOG", "period"), covered, "2026")]


@pytest.mark.parametrize(
    ("first", "last", "meet"),
    [
        (date(2027, 1, 1), date(2027, 12, 31), False),
        (date(2026, 12, 31), date(2027, 12, 31), True),
        (date(2025, 3, 1), date(2025, 3, 31), True),
        (date(2024, 3, 1), date(2027, 3, 31), True),
        (date(2024, 1, 1), date(2025, 1, 1), True),
        (date(2024, 1, 1), date(2024, 12, 31), False),
    ],
)
def test_periods_meet_where_they_share_a_day(caresq: PolicyDocument, first: date, last: date, meet: bool) -> None:
    later = later_policy(caresq, CareType.LOG, f"{first.year}-{last.year}", first, last)
    assert bool(list(overlaps(later, caresq))) is meet


def test_care_types_without_days_or_on_one_side_alone_do_not_hide_an_overlap(caresq: PolicyDocument) -> None:
    later = later_policy(caresq, CareType.LOG, "2026", date(2026, 1, 1), date(2026, 12, 31))
    unplanned = later.care_types[CareType.LOG].model_copy(update={"term": None})
    several = {CareType.ERG: unplanned, CareType.OEF: later.care_types[CareType.LOG], **later.care_types}
    log_alone = caresq.model_copy(update={"care_types": {CareType.LOG: caresq.care_types[CareType.LOG]}})
    assert [each.path[1] for each in overlaps(later.model_copy(update={"care_types": several}), log_alone)] == ["LOG"]
    there = with_rules(caresq, CareType.LOG, term=None)
    assert list(overlaps(later, there)) == []


def test_an_undecided_term_covers_its_longest_option(caresq: PolicyDocument) -> None:
    later = later_policy(caresq, CareType.FYS, "2026", date(2026, 1, 1), date(2026, 12, 31))
    assert [each.path for each in overlaps(later, caresq)] == [("care_types", "FYS", "period")]


def test_periods_that_follow_each_other_do_not_overlap(caresq: PolicyDocument) -> None:
    later = later_policy(caresq, CareType.VOET, "2026-2027", date(2026, 1, 1), date(2027, 12, 31))
    assert list(overlaps(later, caresq)) == []


def test_policies_of_two_purchasers_do_not_meet(caresq: PolicyDocument) -> None:
    later = later_policy(caresq, CareType.LOG, "2026", date(2026, 1, 1), date(2026, 12, 31))
    other = Party(id="another", name="Another", clause="CQ26-0-1")
    assert list(overlaps(later.model_copy(update={"purchaser": other}), caresq)) == []

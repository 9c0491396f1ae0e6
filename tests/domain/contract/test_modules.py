"""Modules on top of a contract: granted on their own conditions, tested anew each year, never longer than it."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from domain.calendar import Term, last_instant
from domain.contract.agreement import agreed_by
from domain.contract.audience import open_fact, restricted_by
from domain.contract.commands import (
    CorrectFact,
    DecideReview,
    EndModule,
    RecordModuleLapse,
    RequestModule,
    RetestModule,
    Terminate,
)
from domain.contract.contract import Module, ModuleResult
from domain.contract.facts import (
    ModuleEnded,
    ModuleGranted,
    ModuleLapsed,
    ModuleRefused,
    ModuleRetested,
    Reason,
    ReviewOutcome,
    ReviewRequested,
)
from domain.contract.modules import in_force, modules_on, standing
from domain.policy.answers import Answers
from domain.policy.document import PolicyDocument
from domain.policy.judged import RESTRICTED
from domain.policy.module_rules import RetestOutcome, RetestRule, ThenEnds
from domain.provider.provider import KnownValue
from tests.given import SENT, Given, amended, at, caresq_two_years, day, explained, given, practice, signed

CLAUSE = "CQ25-3.3-1"
LABEL = {"nl": "Complex", "en": "Complex"}
TRAINED = Answers(declared={"trained": True})


def with_module(**changes: Any) -> PolicyDocument:
    """Caresq's policy with a module from 1 March 2025, tested on 1 October, and a condition of each sort for it."""
    module = {
        "label": LABEL,
        "conditions": ["trained", "covenant"],
        "term": {"start": "2025-03-01", "end": "2026-11-30", "clause": CLAUSE},
        "start": {"on": "first_of_month_after_application", "clause": CLAUSE},
        "retest": {
            "day": "10-01",
            "failed": {"ends": "with_the_month", "clause": "CQ25-3.3-2"},
            "missed": {"ends": "that_day", "clause": "CQ25-3.3-3"},
            "clause": CLAUSE,
        },
        "clause": CLAUSE,
        **changes,
    }
    conditions = {
        "trained": {"label": LABEL, "clause": "CQ25-3.3-1"},
        "covenant": {
            "kind": "registered",
            "label": LABEL,
            "registered": {"value": "covenant", "allowed": ["ja"]},
            "code": "NO_COVENANT",
            "unknown": "person",
            "restricted": "true",
            "clause": "CQ25-3.3-2",
        },
    }
    return amended(
        caresq_two_years(), {"conditions": conditions, "care_types": {"FYS": {"modules": {"complex": module}}}}
    )


def base(covenant: str | None = "ja", **changes: Any) -> Given:
    """A contract signed for 2025 and 2026, of a practice of which this is known."""
    known = () if covenant is None else (KnownValue(code="covenant", value=covenant),)
    provider = practice()
    provider = type(provider)(**{**vars(provider), "known_values": known})
    return signed("prem", start=given(SENT, policy=with_module(**changes), provider=provider))


def request(declared: Answers | None = TRAINED) -> RequestModule:
    return RequestModule(module="complex", declared=declared)


def granted(asked: str = "2025-02-20", **changes: Any) -> Given:
    return base(**changes).when(request(), at=asked).brings(ModuleGranted)


def has_module(contract: Given, on: str, known: str) -> bool:
    return bool(modules_on(contract.contract, day(on), at(known)))


def retest(*, passed: bool = True) -> RetestModule:
    return RetestModule(module="complex", passed=passed)


# ------------------------------------------------------------------------------------------- asked for


def test_a_module_is_granted_from_the_day_of_its_rule_with_its_reasons() -> None:
    outcome = base().when(request(), at="2025-04-30T23:59")
    (fact,) = outcome.facts
    assert isinstance(fact, ModuleGranted)
    assert fact.term == Term(start=day("2025-05-01"), end=day("2026-11-30"))
    why = outcome.why(ModuleGranted)
    assert why.rule == "module.complex"
    assert explained(why, "condition.trained").value == "declared"
    contract = outcome.done()
    days = ("2025-04-30", "2025-05-01", "2026-11-30", "2026-12-01")
    assert [has_module(contract, each, "2025-05-02") for each in days] == [False, True, True, False]
    contract.when(request(), at="2025-06-01").nothing()


def test_it_never_starts_before_its_term() -> None:
    assert granted("2024-12-01").contract.modules[0].term.start == day("2025-03-01")


def test_without_a_contract_in_force_on_its_first_day_there_is_nothing_to_put_it_on() -> None:
    given(SENT, policy=with_module()).when(request(), at="2024-10-01").refused("NO_BASE_CONTRACT", CLAUSE)
    ending = base().when(Terminate(last_day=day("2025-06-30")), at="2025-04-01").done()
    ending.when(request(), at="2025-05-31").brings(ModuleGranted)
    ending.when(request(), at="2025-06-01").refused("NO_BASE_CONTRACT", CLAUSE)


def test_it_can_not_be_asked_for_when_its_own_term_is_over() -> None:
    base().when(request(), at="2026-10-31").brings(ModuleGranted)
    base().when(request(), at="2026-11-01").refused("NO_TERM_LEFT", CLAUSE)


def test_a_module_that_the_policy_does_not_have_is_named_with_the_one_that_was_meant() -> None:
    refusal = base().when(RequestModule(module="complexx"), at="2025-02-20").refusal
    assert (refusal.code, refusal.message) == (
        "MODULE_UNKNOWN",
        "caresq-2025 has no module complexx (did you mean complex?)",
    )


def test_a_condition_that_is_not_met_refuses_it_and_it_can_be_asked_for_again() -> None:
    reason = Reason(code="NO_COVENANT", clause="CQ25-3.3-2", found="nee")
    contract = base("nee").when(request(), at="2025-02-20").then(ModuleRefused(module="complex", reason=reason))
    assert contract.contract.modules_refused == {"complex": reason}
    better = contract.but(provider=base("ja").provider).when(request(), at="2025-02-21").brings(ModuleGranted)
    assert better.contract.modules_refused == {}


def test_what_only_the_practice_can_tell_it_declares_with_the_request() -> None:
    base().when(request(None), at="2025-02-20").refused("CONDITIONS_NOT_DECLARED", CLAUSE)


@pytest.mark.parametrize(
    ("outcome", "brings"), [(ReviewOutcome.APPROVED, ModuleGranted), (ReviewOutcome.DISMISSED, ModuleRefused)]
)
def test_what_nobody_knows_a_person_judges_before_it_is_asked_for_again(
    outcome: ReviewOutcome, brings: type[ModuleGranted | ModuleRefused]
) -> None:
    asked = base(None).when(request(), at="2025-02-20").brings(ReviewRequested)
    asked.when(request(), at="2025-02-21").nothing()
    judged = asked.when(DecideReview(review_id="condition-1", outcome=outcome), at="2025-02-22").done()
    judged.when(request(), at="2025-02-23").brings(brings)


def test_others_do_not_see_a_restricted_reason() -> None:
    reason = Reason(code="NO_COVENANT", clause="CQ25-3.3-2", found="nee")
    shown = open_fact(ModuleRefused(module="complex", reason=reason), restricted_by([with_module()]))
    assert isinstance(shown, ModuleRefused)
    assert shown.reason == Reason(code=RESTRICTED, clause="")


def test_the_grant_brings_a_supplement_with_its_own_days() -> None:
    contract = granted()
    fact = contract.history[-1].fact
    agreed = agreed_by(contract.contract, fact)
    assert agreed is not None
    assert (agreed.module, agreed.tier, agreed.term.start) == ("complex", None, day("2025-03-01"))


# ------------------------------------------------------------------------------------------- tested anew


def test_a_test_passed_on_the_last_instant_keeps_it_until_the_next() -> None:
    contract = granted().when(retest(), at="2025-10-01T23:59:59").brings(ModuleRetested)
    contract.when(retest(), at="2025-10-01T23:59:59").nothing()
    assert has_module(contract, "2025-10-02", "2025-10-02")
    assert standing(contract.contract.modules[0], at("2025-10-02")).next_due == day("2026-10-01")


def test_a_missed_test_ends_it_without_a_tick_and_with_earlier_knowledge_it_went_on() -> None:
    contract = granted()
    assert has_module(contract, "2025-10-02", "2025-10-01T23:59:59")
    assert not has_module(contract, "2025-10-02", "2025-10-02T00:00")
    assert has_module(contract, "2025-10-01", "2025-10-02T00:00")
    contract.when(retest(), at="2025-10-02T00:00").refused("MODULE_ENDED", CLAUSE)
    assert contract.contract.in_force(day("2025-10-02"))


def test_a_report_of_a_test_in_time_that_is_found_later_brings_it_back() -> None:
    lapsed = granted().when(RecordModuleLapse(), at="2025-10-02").brings(ModuleLapsed)
    lapsed.when(RecordModuleLapse(), at="2025-10-03").nothing()
    back = lapsed.when(retest(), at="2025-12-01", occurred="2025-09-15").brings(ModuleRetested)
    assert has_module(back, "2025-10-02", "2025-12-01")


def test_a_failed_test_ends_it_as_the_policy_says() -> None:
    failed = granted().when(retest(passed=False), at="2025-09-10").brings(ModuleRetested)
    assert [has_module(failed, each, "2025-09-11") for each in ("2025-09-30", "2025-10-01")] == [True, False]
    failed.when(retest(), at="2025-09-11").refused("ALREADY_RETESTED", CLAUSE)
    corrected = failed.when(CorrectFact(version=failed.version_of(ModuleRetested)), at="2025-09-12").done()
    assert has_module(corrected, "2025-10-01", "2025-09-12")


def test_there_is_nothing_to_test_where_the_policy_says_nothing() -> None:
    contract = granted(retest=None)
    contract.when(retest(), at="2025-09-10").refused("NO_RETEST", CLAUSE)
    base().when(retest(), at="2025-09-10").refused("MODULE_NOT_GRANTED")


@pytest.mark.parametrize(
    ("ends", "since", "last"),
    [
        (ThenEnds.THAT_DAY, "2028-02-29", "2028-02-29"),
        (ThenEnds.WITH_THE_MONTH, "2028-02-10", "2028-02-29"),
        (ThenEnds.WITH_THE_MONTH, "2027-02-10", "2027-02-28"),
        (ThenEnds.WITH_THE_MONTH, "2027-12-31", "2027-12-31"),
        (ThenEnds.WITH_THE_YEAR, "2027-01-01", "2027-12-31"),
        (ThenEnds.NOT, "2027-01-01", None),
    ],
)
def test_when_a_module_then_ends(ends: ThenEnds, since: str, last: str | None) -> None:
    assert ends.last_day(day(since)) == (None if last is None else day(last))


# ------------------------------------------------------------------------------------------------- ended


def test_a_person_ends_it_within_its_days_with_a_reason() -> None:
    contract = granted()
    ended = contract.when(EndModule(module="complex", last_day=day("2025-06-30")), at="2025-06-01").brings(ModuleEnded)
    assert [has_module(ended, each, "2025-06-01") for each in ("2025-06-30", "2025-07-01")] == [True, False]
    ended.when(EndModule(module="complex", last_day=day("2025-06-30")), at="2025-06-02").nothing()
    contract.when(EndModule(module="complex", last_day=day("2025-02-28")), at="2025-06-01").refused(
        "OUTSIDE_TERM", CLAUSE
    )
    ended.when(request(), at="2025-07-01").brings(ModuleGranted)


def test_it_ends_with_the_contract() -> None:
    contract = granted().when(Terminate(last_day=day("2025-05-31")), at="2025-04-01").done()
    assert [has_module(contract, each, "2025-04-01") for each in ("2025-05-31", "2025-06-01")] == [True, False]


# ------------------------------------------------------------------------------ every day against an oracle

RULES = st.builds(
    RetestRule,
    day=st.sampled_from(["01-01", "03-15", "10-01", "12-31"]),
    failed=st.builds(RetestOutcome, ends=st.sampled_from(ThenEnds), clause=st.just(CLAUSE)),
    missed=st.builds(RetestOutcome, ends=st.sampled_from(ThenEnds), clause=st.just(CLAUSE)),
    clause=st.just(CLAUSE),
)


def ends_by_hand(module: Module, known_on: date) -> date:
    """Day by day: the first day on which something ends it, or its last."""
    rule, today = module.retest, module.term.start
    assert rule is not None
    assert module.term.end is not None
    end = module.term.end
    while today <= end:
        due_today = f"{today:%m-%d}" == rule.day and today > module.term.start
        if due_today:
            result = next((each for each in module.results if each.due_on == today), None)
            stop = None if result is None or result.passed else result.last_day
            if result is None and known_on > today:
                stop = rule.missed.ends.last_day(today)
            end = end if stop is None else min(end, stop)
        today += timedelta(days=1)
    return end


@drawn(
    rule=RULES,
    start=st.dates(date(2025, 1, 1), date(2026, 6, 30)),
    length=st.integers(0, 1200),
    outcomes=st.lists(st.sampled_from(["passed", "failed", "missed"]), min_size=4, max_size=4),
    known_after=st.integers(0, 1500),
)
@settings(max_examples=80, deadline=None)
def test_every_day_answers_as_counted_by_hand(
    rule: RetestRule, start: date, length: int, outcomes: list[str], known_after: int
) -> None:
    term = Term(start=start, end=start + timedelta(days=length))
    assert term.end is not None
    results = tuple(
        ModuleResult(due, outcome == "passed", due, None if outcome == "passed" else rule.failed.ends.last_day(due))
        for due, outcome in zip(rule.due_between(start, term.end), outcomes, strict=False)
        if outcome != "missed"
    )
    module = Module("complex", at("2025-01-01"), term, CLAUSE, rule, results)
    known_on = start + timedelta(days=known_after)
    assert standing(module, last_instant(known_on)).last_day == ends_by_hand(module, known_on + timedelta(days=1))


def test_a_module_is_in_force_only_within_the_contract() -> None:
    contract = granted()
    module = contract.contract.modules[0]
    assert not in_force(contract.contract, module, day("2024-12-31"), at("2025-04-01"))
    assert in_force(contract.contract, module, day("2025-03-01"), at("2025-04-01"))


def test_no_test_is_due_on_the_first_day_and_one_on_the_last_day_ends_nothing() -> None:
    contract = granted("2025-09-10", term={"start": "2025-03-01", "end": "2026-10-01", "clause": CLAUSE})
    module = contract.contract.modules[0]
    assert module.term.start == day("2025-10-01")
    assert standing(module, at("2025-10-02")).next_due == day("2026-10-01")
    assert standing(module, at("2026-10-02")) == (day("2026-10-01"), None, None)

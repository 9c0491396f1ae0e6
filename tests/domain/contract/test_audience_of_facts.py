"""Of what is restricted to the purchaser's reviewers others see that there is something, and nothing of it."""

from domain.care_type import CareType
from domain.contract.audience import (
    is_open_review,
    open_explanation,
    open_fact,
    open_reasons,
    restricted_by,
)
from domain.contract.facts import (
    ApplicationRefused,
    ContractFact,
    NotApproached,
    Published,
    QuestionnaireAssessed,
    Reason,
    ReviewDecided,
    ReviewGround,
    ReviewOutcome,
    ReviewRequested,
)
from domain.explanation import Explanation, Outcome
from domain.policy.judged import RESTRICTED
from tests.given import asr, caresq

HIDDEN = restricted_by([asr()])
IVR = Reason(code="IN_IVR", clause="ASR24-4-ALG-6", found="ja")
UBO = Reason(code="UBO_UNKNOWN", clause="ASR24-4-ALG-5", found="onbekend")
VEILED = Reason(code=RESTRICTED, clause="")


def leaf(rule: str, outcome: Outcome = Outcome.MET, *because: Explanation) -> Explanation:
    return Explanation(rule=rule, clause="C", outcome=outcome, value="found", threshold="asked", because=because)


def test_a_policy_restricts_the_reasons_rules_and_codes_of_its_conditions_for_reviewers() -> None:
    assert ("IN_IVR", "ASR24-4-ALG-6") in HIDDEN.reasons
    assert ("DATA_MISSING", "ASR24-4-ALG-6") in HIDDEN.reasons
    assert ("UBO_UNKNOWN", "ASR24-4-ALG-5") not in HIDDEN.reasons
    assert {"condition.not_in_ivr", "condition.no_serious_error"} <= HIDDEN.rules
    assert "condition.wtza" not in HIDDEN.rules
    assert {"not_in_ivr", "not_in_evr", "no_fraud_investigation"} <= HIDDEN.codes
    assert "wtza" not in HIDDEN.codes


def test_a_doubt_about_integrity_is_restricted_wherever_a_policy_looks_at_it() -> None:
    hidden = restricted_by([caresq()])
    assert {code for code, _ in hidden.reasons} == {"INTEGRITY"}
    assert ("INTEGRITY", "CQ25-4-39") in hidden.reasons
    assert "criterion.integrity" in hidden.rules
    assert "integrity" in hidden.codes
    assert "added_value" not in hidden.codes
    without = restricted_by([caresq().model_copy(update={"application": None})])
    assert "criterion.integrity" not in without.rules
    assert without.rules == {"approach.integrity", "review.integrity"}
    assert without.codes == {"integrity"}
    assert restricted_by([asr(), caresq()]).codes == HIDDEN.codes | hidden.codes
    assert restricted_by([]) == (frozenset(), frozenset(), frozenset())


def test_of_several_restricted_reasons_others_see_one_that_names_nothing_after_all_others() -> None:
    evr = Reason(code="IN_EVR", clause="ASR24-4-ALG-6", found="ja")
    assert open_reasons([IVR, UBO, evr], HIDDEN) == (UBO, VEILED)
    assert open_reasons([UBO], HIDDEN) == (UBO,)
    assert open_reasons([IVR], HIDDEN) == (VEILED,)
    assert open_reasons([], HIDDEN) == ()
    elsewhere = IVR.model_copy(update={"clause": "ASR24-9-9-9"})
    assert open_reasons([elsewhere], HIDDEN) == (elsewhere,)


def test_the_restricted_rules_of_a_tree_are_one_at_its_end_with_the_worst_outcome() -> None:
    met, unknown, not_met = (
        leaf("condition.not_in_ivr"),
        leaf("condition.not_in_evr", Outcome.UNKNOWN),
        leaf("condition.no_serious_error", Outcome.NOT_MET),
    )
    shown = leaf("condition.wtza", Outcome.NOT_MET)

    def ends(*restricted: Explanation) -> Explanation:
        return open_explanation(leaf("approach", Outcome.NOT_MET, *restricted, shown), HIDDEN).because[-1]

    assert open_explanation(leaf("approach", Outcome.NOT_MET, met, shown), HIDDEN) == leaf(
        "approach", Outcome.NOT_MET, shown, Explanation(rule="restricted", outcome=Outcome.MET)
    )
    assert ends(met, unknown) == Explanation(rule="restricted", outcome=Outcome.UNKNOWN)
    assert ends(unknown, not_met, met) == Explanation(rule="restricted", outcome=Outcome.NOT_MET)
    assert open_explanation(not_met, HIDDEN) == Explanation(rule="restricted", outcome=Outcome.NOT_MET)
    assert open_explanation(leaf("approach", Outcome.MET, shown), HIDDEN) == leaf("approach", Outcome.MET, shown)


def test_what_is_restricted_deep_in_a_tree_is_hidden_too() -> None:
    deep = leaf("a", Outcome.MET, leaf("b", Outcome.MET, leaf("condition.not_in_ivr"), leaf("c")))
    hidden = Explanation(rule="restricted", outcome=Outcome.MET)
    assert open_explanation(deep, HIDDEN) == leaf("a", Outcome.MET, leaf("b", Outcome.MET, leaf("c"), hidden))


def test_a_question_about_integrity_or_a_restricted_condition_is_not_seen() -> None:
    assert not is_open_review(ReviewGround.INTEGRITY, None, HIDDEN)
    assert not is_open_review(ReviewGround.CONDITION, "not_in_ivr", HIDDEN)
    assert is_open_review(ReviewGround.CONDITION, "behandelindex", HIDDEN)
    assert is_open_review(ReviewGround.REGISTRY_CHANGED, "not_in_ivr", HIDDEN)


def asked(ground: ReviewGround, factor: str | None = None, found: str = "") -> ReviewRequested:
    return ReviewRequested(review_id="r-1", ground=ground, factor=factor, found=found)


def test_each_fact_is_seen_without_what_is_restricted() -> None:
    pairs: list[tuple[ContractFact, ContractFact | None]] = [
        (
            NotApproached(policy_id="asr-2024", reasons=(IVR, UBO)),
            NotApproached(policy_id="asr-2024", reasons=(UBO, VEILED)),
        ),
        (
            QuestionnaireAssessed(positive=False, unmet_conditions=(IVR,)),
            QuestionnaireAssessed(positive=False, unmet_conditions=(VEILED,)),
        ),
        (ApplicationRefused(attempt=1, reason=IVR), ApplicationRefused(attempt=1, reason=VEILED)),
        (ApplicationRefused(attempt=1, reason=UBO), ApplicationRefused(attempt=1, reason=UBO)),
        (asked(ReviewGround.INTEGRITY), None),
        (asked(ReviewGround.CONDITION, "not_in_evr", "IN_EVR: ja"), None),
        (
            asked(ReviewGround.CONDITION, "behandelindex", "a, b"),
            asked(ReviewGround.CONDITION, "behandelindex", "a, b"),
        ),
        (
            asked(ReviewGround.APPLICATION, None, "duty_of_care, not_in_ivr, other"),
            asked(ReviewGround.APPLICATION, None, "duty_of_care, other"),
        ),
        (Published(), Published()),
    ]
    assert [open_fact(fact, HIDDEN) for fact, _ in pairs] == [seen for _, seen in pairs]


def test_a_verdict_is_seen_unless_its_question_is_hidden() -> None:
    verdict = ReviewDecided(review_id="integrity-1", outcome=ReviewOutcome.DISMISSED)
    assert open_fact(verdict, HIDDEN) == verdict
    assert open_fact(verdict, HIDDEN, ["condition-1", "integrity-1"]) is None
    assert open_fact(verdict, HIDDEN, ["condition-1"]) == verdict


def test_a_verdict_on_what_is_restricted_is_left_out_of_those_on_an_application() -> None:
    verdict = ReviewDecided(
        review_id="application-1",
        outcome=ReviewOutcome.DISMISSED,
        verdicts={"duty_of_care": True, "not_in_evr": False},
    )
    seen = open_fact(verdict, HIDDEN)
    assert seen == verdict.model_copy(update={"verdicts": {"duty_of_care": True}})


def test_what_a_person_weighs_of_an_application_is_told_without_what_is_restricted() -> None:
    weighed = leaf("review.application").model_copy(update={"value": "duty_of_care, not_in_evr"})
    assert open_explanation(weighed, HIDDEN).value == "duty_of_care"
    other = leaf("review.condition").model_copy(update={"value": "duty_of_care, not_in_evr"})
    assert open_explanation(other, HIDDEN).value == "duty_of_care, not_in_evr"


def test_rules_of_approach_of_a_care_type_count_too() -> None:
    fys = asr().care_types[CareType.FYS].model_copy(update={"approach": caresq().approach})
    document = asr().model_copy(update={"care_types": {CareType.FYS: fys}})
    assert ("INTEGRITY", "CQ25-4-39") in restricted_by([document]).reasons

"""Numbers that the questionnaire asks for the bands of tiers: asked ones only, possible ones only, all of them."""

from decimal import Decimal
from typing import Any

import pytest

from domain.contract.commands import ConfirmQuestionnaire, SaveQuestionnaire
from domain.contract.facts import QuestionnaireConfirmed, QuestionnaireSaved
from domain.explanation import Outcome
from domain.policy.document import PolicyDocument
from tests.given import SENT, Given, amended, answers, caresq_two_years, explained, given

ON = "2024-10-10"
LABEL = {"nl": "x", "en": "x"}


def with_bands() -> PolicyDocument:
    """Caresq's policy with tiers by the number of patients and a score that the purchaser knows."""
    measures = {
        "patients": {
            "label": LABEL,
            "asked": "true",
            "whole": "true",
            "within": {"at_least": "0"},
            "clause": "CQ25-3.2-6",
        },
        "score": {"label": LABEL, "value": "score", "clause": "CQ25-3.2-7"},
    }
    tiers: list[dict[str, Any]] = [
        {"name": "A", "when": [{"patients": {"at_least": "100"}, "score": {"above": "8"}}], "clause": "CQ25-3.2-6"},
        {"name": "B", "otherwise": "true", "clause": "CQ25-3.2-7"},
    ]
    unmeasured = {"tier": "B", "clause": "CQ25-3.2-8"}
    rules = {"factors": None, "correction": None, "measures": measures, "tiers": tiers, "unmeasured": unmeasured}
    return amended(caresq_two_years(), {"care_types": {"FYS": rules}})


def sent() -> Given:
    return given(SENT, policy=with_bands())


def numbered(**numbers: str) -> ConfirmQuestionnaire:
    found = {code: Decimal(number) for code, number in numbers.items()}
    return ConfirmQuestionnaire(answers=answers().model_copy(update={"numbers": found}))


def test_a_confirmed_questionnaire_has_every_number_that_is_asked() -> None:
    sent().when(numbered(), at=ON).refused("QUESTIONNAIRE_INCOMPLETE")


def test_what_the_purchaser_knows_is_not_asked() -> None:
    refusal = sent().when(numbered(patients="100", score="9"), at=ON).refusal
    assert refusal.code == "ANSWER_NOT_ASKED"
    assert "score; asked are" in refusal.message
    assert refusal.message.endswith("and the numbers patients")


@pytest.mark.parametrize("number", ["99.5", "-1"])
def test_a_number_that_can_not_be_measured_is_refused_at_once(number: str) -> None:
    refusal = sent().when(numbered(patients=number), at=ON).refusal
    assert (refusal.code, refusal.clause) == ("NUMBER_OUT_OF_RANGE", "CQ25-3.2-6")
    assert refusal.message == f"patients: found {number}, expected a whole number at least 0"
    draft = SaveQuestionnaire(answers=answers().model_copy(update={"numbers": {"patients": Decimal(number)}}))
    sent().when(draft, at=ON).refused("NUMBER_OUT_OF_RANGE")


def test_a_draft_may_leave_a_number_open() -> None:
    sent().when(SaveQuestionnaire(answers=answers()), at=ON).brings(QuestionnaireSaved)


def test_the_numbers_of_the_day_of_confirmation_stand_in_the_fact_and_are_explained() -> None:
    outcome = sent().when(numbered(patients="100"), at=ON)
    (fact,) = outcome.facts
    assert isinstance(fact, QuestionnaireConfirmed)
    assert {each.measure: each.number for each in fact.measured} == {"patients": 100, "score": None}
    why = outcome.why(QuestionnaireConfirmed)
    assert explained(why, "measure.patients").value == "100"
    unknown = explained(why, "measure.score")
    assert (unknown.outcome, unknown.clause, unknown.threshold) == (
        Outcome.UNKNOWN,
        "CQ25-3.2-7",
        "a number, known as score",
    )


# --------------------------------------------------------- conditions that the purchaser knows are not asked


def with_known_condition(unknown: str) -> PolicyDocument:
    condition = {
        "kind": "registered",
        "label": LABEL,
        "registered": {"value": "wtza", "allowed": ["gemeld"]},
        "unknown": unknown,
        "clause": "CQ25-3.1-1",
    }
    codes = [*caresq_two_years().model_dump(mode="json")["care_types"]["FYS"]["conditions"], "admitted"]
    return amended(
        caresq_two_years(), {"conditions": {"admitted": condition}, "care_types": {"FYS": {"conditions": codes}}}
    )


def test_a_condition_that_is_read_from_what_is_known_is_not_asked() -> None:
    contract = given(SENT, policy=with_known_condition("person"))
    contract.when(ConfirmQuestionnaire(answers=answers()), at=ON).brings(QuestionnaireConfirmed)
    declared = ConfirmQuestionnaire(answers=answers(declared={"admitted": True}))
    assert contract.when(declared, at=ON).refusal.code == "ANSWER_NOT_ASKED"


def test_where_unknown_means_asking_it_may_be_declared() -> None:
    contract = given(SENT, policy=with_known_condition("ask"))
    contract.when(ConfirmQuestionnaire(answers=answers()), at=ON).brings(QuestionnaireConfirmed)
    declared = ConfirmQuestionnaire(answers=answers(declared={"admitted": True}))
    contract.when(declared, at=ON).brings(QuestionnaireConfirmed)

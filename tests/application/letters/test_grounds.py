"""Why, as a letter tells it: names, clauses and what is asked, and nothing of what was found."""

from application.letters.grounds import judgements, reasons_told, way_back
from application.letters.letter import Judgement, LetterReason
from domain.care_type import CareType
from domain.contract.facts import Reason
from domain.explanation import Explanation, Outcome
from domain.policy.application_rules import After
from domain.policy.values import Bilingual
from tests.given import asr, caresq_one_year


def test_a_tier_is_explained_by_the_tree_of_its_decision_without_what_was_found() -> None:
    document = caresq_one_year()
    prem = Explanation(rule="factor.prem", clause="CQ25-3.2-11", outcome=Outcome.MET, value="Meetbureau Alfa")
    higher = Explanation(
        rule="tier.B", clause="CQ25-3.2-7", outcome=Outcome.NOT_MET, value="1 factor", threshold="at least 3 factors"
    )
    tree = Explanation(
        rule="tier.D", outcome=Outcome.MET, value="1 factor from 2025-01-01: prem", because=(prem, higher)
    )
    found = judgements(tree, document)

    assert found == (
        Judgement(
            name=document.care_types[CareType.FYS].factors["prem"].label, outcome=Outcome.MET, clause="CQ25-3.2-11"
        ),
        Judgement(
            name=Bilingual(nl="niveau B", en="tier B"),
            outcome=Outcome.NOT_MET,
            clause="CQ25-3.2-7",
            asked=Bilingual(nl="ten minste 3 factoren", en="at least 3 factors"),
        ),
    )
    assert judgements(None, document) == ()


def test_a_reason_has_the_name_that_the_policy_gives_it_or_that_of_the_rule_beside_it() -> None:
    document = caresq_one_year()
    late = Explanation(rule="application.deadline", clause="CQ25-5-7", outcome=Outcome.NOT_MET, value="too late")
    found = reasons_told(
        [
            Reason(code="access_five_days", clause="CQ25-3.1-7", found="declared not to be met"),
            Reason(code="APPLICATION_TOO_LATE", clause="CQ25-5-7", found="received on 2025-01-02"),
            Reason(code="APPLICATION_TOO_LATE", clause="CQ25-5-7", found="again"),
        ],
        document,
        late,
    )

    assert found == (
        LetterReason(code="access_five_days", clause="CQ25-3.1-7", name=document.conditions["access_five_days"].label),
        LetterReason(
            code="APPLICATION_TOO_LATE",
            clause="CQ25-5-7",
            name=Bilingual(nl="aanmeldtermijn", en="application deadline"),
        ),
    )


def test_a_reason_for_reviewers_only_is_in_no_letter() -> None:
    kept = next(each for each in asr().conditions.values() if each.restricted)
    tree = Explanation(rule="conditions", outcome=Outcome.NOT_MET, clause=kept.clause)
    found = reasons_told([Reason(code=kept.code, clause=kept.clause, found="a finding")], asr(), tree)

    assert found == (LetterReason(code="", clause=""),)


def test_a_letter_offers_the_application_route_only_where_the_policy_has_one() -> None:
    document = caresq_one_year()
    without = document.model_copy(update={"application": None})

    assert way_back(document, After.LAPSED) == {"may_apply": True, "apply_at": "www.caresq.nl"}
    assert way_back(without, After.LAPSED)["may_apply"] is False

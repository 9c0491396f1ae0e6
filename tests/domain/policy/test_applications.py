"""Applications under both policies: what bars them, what is asked, what a named person judges."""

from dataclasses import replace
from datetime import date

import pytest

from domain.calendar import local_day
from domain.care_type import CareType
from domain.explanation import Outcome
from domain.policy.answers import Answers
from domain.policy.application_rules import After
from domain.policy.applications import awaits, claims_filed, judge_application, may_follow_on
from domain.policy.document import PolicyDocument
from domain.policy.judged import Consequence, Judged
from domain.provider.provider import IntegritySignal, Provider
from domain.provider.register import GliProgramme, Profession
from tests.domain.policy.practices import (
    LONG_AGO,
    PHYSIO,
    asr,
    asr_answers,
    asr_physio,
    contracted,
    knowing,
    practice,
    registered,
    somebody,
    years,
)
from tests.given import amended, at, caresq

FYS, ERG, GLI, VAL, ZKH = (CareType(name) for name in ("FYS", "ERG", "GLI", "VAL", "ZKH"))
THERAPIST = somebody(Profession.OCCUPATIONAL_THERAPIST)
ERG_PRACTICE = practice(THERAPIST, agb="88003355")


def everything(document: PolicyDocument, care_type: CareType) -> Answers:
    """Every condition declared to be met."""
    asked = {code: document.conditions[code] for code in document.care_types[care_type].conditions}
    return Answers(
        declared={code: True for code, each in asked.items() if not each.options},
        chosen={code: each.options for code, each in asked.items() if each.options},
    )


def applied(
    document: PolicyDocument,
    care_type: CareType,
    provider: Provider,
    received: str,
    declared: Answers | None = None,
    follows_insurer: bool = False,
    /,
    **verdicts: Outcome,
) -> tuple[Judged, ...]:
    received_at = at(received)
    day = local_day(received_at)
    return tuple(
        judge_application(
            document, care_type, provider, received_at, day, declared, verdicts, follows_insurer=follows_insurer
        )
    )


def open_points(judged: tuple[Judged, ...]) -> dict[str, Consequence]:
    return {each.refusal_code: each.consequence for each in judged if each.consequence is not Consequence.NONE}


def at_asr(provider: Provider, received: str = "2023-08-01", **verdicts: Outcome) -> dict[str, Consequence]:
    return open_points(applied(asr(), FYS, provider, received, asr_answers(), **verdicts))


NEW = contracted(asr_physio())
RETURNING = contracted(asr_physio(), years(FYS, 2020))


# ------------------------------------------------------------------------------------------------------ the route


@pytest.mark.parametrize("received", ["2024-10-01", "2025-01-10"])
def test_fall_prevention_is_refused_until_an_amendment_opens_it(received: str) -> None:
    judged = applied(caresq(), VAL, practice(PHYSIO), received)
    assert open_points(judged)["DEFERRED"] is Consequence.BARS
    assert judged[0].explanation.clause == "CQ25-3.1-23"
    opened = amended(caresq(), {"care_types": {"VAL": {"route": "application_only"}}})
    assert "DEFERRED" not in open_points(applied(opened, VAL, practice(PHYSIO), received))


def test_gli_at_asr_and_hospital_care_at_caresq_go_to_another_policy() -> None:
    for document, care_type, clause in ((asr(), GLI, "ASR24-0-2"), (caresq(), ZKH, "CQ25-4-29")):
        judged = applied(document, care_type, practice(), "2023-08-01")
        assert open_points(judged)["OTHER_POLICY"] is Consequence.BARS
        assert judged[0].explanation.clause == clause


def test_a_care_type_that_the_policy_does_not_name_is_not_covered() -> None:
    judged = applied(asr(), VAL, practice(), "2023-08-01")
    assert open_points(judged) == {"CARE_TYPE_NOT_COVERED": Consequence.BARS}
    assert [each.outcome for each in judged] == [Outcome.NOT_MET]


def test_an_offer_that_came_to_nothing_may_be_followed_by_an_application() -> None:
    assert all(may_follow_on(caresq(), after) for after in After)
    only = amended(caresq(), {"application": {"after": ["no_offer"]}})
    assert may_follow_on(only, After.NO_OFFER)
    assert not may_follow_on(only, After.LAPSED)
    assert not may_follow_on(caresq().model_copy(update={"application": None}), After.NO_OFFER)


# ------------------------------------------------------------------------------------------------- Caresq 2025


def test_added_value_is_judged_by_a_named_person() -> None:
    judged = applied(caresq(), ERG, ERG_PRACTICE, "2025-01-31", everything(caresq(), ERG))
    assert open_points(judged) == {"NO_ADDED_VALUE": Consequence.PERSON}
    assert [each.clause for each in judged[-1].criteria] == ["CQ25-4-38"]
    assert (judged[-1].outcome, judged[-1].explanation.value) == (Outcome.UNKNOWN, "for a person")
    decided = applied(caresq(), ERG, ERG_PRACTICE, "2025-01-31", everything(caresq(), ERG), added_value=Outcome.MET)
    assert (decided[-1].outcome, decided[-1].explanation.value) == (Outcome.MET, "decided by a person")


@pytest.mark.parametrize(
    ("verdict", "follows"), [(Outcome.MET, {}), (Outcome.NOT_MET, {"NO_ADDED_VALUE": Consequence.BARS})]
)
def test_the_persons_verdict_decides(verdict: Outcome, follows: dict[str, Consequence]) -> None:
    declared = everything(caresq(), ERG)
    assert open_points(applied(caresq(), ERG, ERG_PRACTICE, "2025-01-31", declared, added_value=verdict)) == follows


def test_integrity_is_judged_where_an_officer_signalled_doubt() -> None:
    doubted = replace(ERG_PRACTICE, integrity_signals=(IntegritySignal(recorded_on=date(2025, 2, 1)),))
    declared = everything(caresq(), ERG)
    before = applied(caresq(), ERG, doubted, "2025-01-31", declared, added_value=Outcome.MET)
    after = applied(caresq(), ERG, doubted, "2025-02-10", declared, added_value=Outcome.MET)
    assert open_points(before) == {}
    assert open_points(after) == {"INTEGRITY": Consequence.PERSON}


def test_a_person_may_refuse_for_integrity_without_an_earlier_signal() -> None:
    judged = applied(caresq(), ERG, ERG_PRACTICE, "2025-02-10", everything(caresq(), ERG), integrity=Outcome.NOT_MET)
    assert open_points(judged)["INTEGRITY"] is Consequence.BARS
    assert judged[-1].explanation.clause == "CQ25-4-39"


def test_the_conditions_are_declared_with_the_signature_and_asked_until_then() -> None:
    judged = applied(caresq(), ERG, ERG_PRACTICE, "2025-01-31", added_value=Outcome.MET)
    assert awaits(judged) is Consequence.ASKS
    assert [each.code for each in judged if each.consequence is Consequence.ASKS][:2] == [
        "guidelines",
        "claims_via_vecozo",
    ]


def test_following_another_insurer_needs_the_registration_test() -> None:
    coach = somebody(Profession.LIFESTYLE_COACH, registered("kabiz"))
    programme = GliProgramme(intervention="CooL", licence=True, start_instruction=True, valid_from=LONG_AGO)
    declared = everything(caresq(), GLI)

    def told(agb: str, follows_insurer: bool) -> dict[str, Consequence]:
        provider = practice(coach, agb=agb, gli=(programme,))
        return open_points(
            applied(caresq(), GLI, provider, "2025-02-10", declared, follows_insurer, added_value=Outcome.MET)
        )

    assert told("90008811", True) == {}
    assert told("88003344", True) == {"AGB_PREFIX": Consequence.BARS}
    assert told("88003344", False) == {}
    rules = caresq().care_types[GLI].follow_insurer
    assert rules is not None
    assert (rules.documents_clause, rules.assessment_clause, rules.reading) == ("CQ25-4-31", "CQ25-4-32", "OD52")


# ------------------------------------------------------------------------------------------------------- a.s.r.


def test_a_new_provider_is_contracted_only_where_the_duty_of_care_needs_it() -> None:
    assert at_asr(NEW) == {"ZORGPLICHT_NOT_NEEDED": Consequence.PERSON}
    assert at_asr(NEW, duty_of_care=Outcome.NOT_MET) == {"ZORGPLICHT_NOT_NEEDED": Consequence.BARS}
    assert at_asr(NEW, duty_of_care=Outcome.MET) == {}


def test_who_had_no_contract_in_2023_is_judged_likewise() -> None:
    assert at_asr(RETURNING) == {"ZORGPLICHT_NOT_NEEDED": Consequence.PERSON}


def test_who_had_a_contract_without_claims_is_not_taken_for_new() -> None:
    assert at_asr(knowing(asr_physio(), 2023, FYS, claims="0")) == {}


@pytest.mark.parametrize(
    ("received", "too_late"),
    [
        ("2023-09-30T23:59:59", False),
        ("2023-09-30T21:59:59Z", False),
        ("2023-09-30T22:00:00Z", True),
        ("2023-10-01T00:00", True),
        ("2023-12-31T23:59", True),
        ("2024-01-01T00:00", False),
    ],
)
def test_a_new_provider_applies_before_the_first_of_october_or_in_the_running_year(
    received: str, too_late: bool
) -> None:
    assert ("APPLICATION_TOO_LATE" in at_asr(NEW, received)) is too_late


def test_a_returning_practice_has_no_such_date() -> None:
    assert "APPLICATION_TOO_LATE" not in at_asr(RETURNING, "2023-10-15")


def test_conditions_go_before_the_duty_of_care() -> None:
    judged = applied(asr(), FYS, knowing(NEW, ivr="ja"), "2023-08-01", asr_answers())
    assert awaits(judged) is Consequence.BARS
    assert open_points(judged)["IN_IVR"] is Consequence.BARS


def filed(provider: Provider, day: str) -> tuple[Outcome, str, Consequence]:
    application = asr().application
    assert application is not None
    assert application.no_claims_filed is not None
    found = claims_filed(application.no_claims_filed, asr(), FYS, provider, date.fromisoformat(day))
    return found.outcome, found.refusal_code, found.consequence


def test_claims_for_the_running_year_bar_a_contract() -> None:
    some = knowing(NEW, 2024, claims="1")
    assert filed(some, "2024-01-01") == (Outcome.NOT_MET, "CLAIMS_ALREADY_FILED", Consequence.BARS)
    assert filed(some, "2023-12-31")[0] is Outcome.MET


def test_claims_for_any_care_type_count_and_those_of_another_year_do_not() -> None:
    other = knowing(knowing(NEW, 2024, FYS, claims="0"), 2024, CareType.LOG, claims="3")
    assert filed(other, "2024-03-01")[0] is Outcome.NOT_MET
    assert filed(knowing(knowing(NEW, 2024, claims="0"), 2023, claims="3"), "2024-03-01")[0] is Outcome.MET


def test_the_explanation_of_claims_says_what_was_found() -> None:
    application = asr().application
    assert application is not None
    assert application.no_claims_filed is not None
    days = (date(2023, 12, 31), date(2024, 3, 1))
    none, some = NEW, knowing(knowing(NEW, 2024, FYS, claims="0"), 2024, claims="3")
    found = [
        claims_filed(application.no_claims_filed, asr(), FYS, known, day).explanation.value
        for known in (none, some)
        for day in days
    ]
    before = "2023-12-31 lies before 2024"
    assert found == [before, "nothing known of 2024", before, "0, 3 in 2024"]


@pytest.mark.parametrize("claims", [None, "many"])
def test_whether_claims_were_filed_is_for_a_person_while_it_is_unknown(claims: str | None) -> None:
    known = NEW if claims is None else knowing(NEW, 2024, claims=claims)
    assert filed(known, "2024-03-01") == (Outcome.UNKNOWN, "CLAIMS_UNKNOWN", Consequence.PERSON)


def test_an_application_says_which_practice_and_care_type() -> None:
    application = asr().application
    assert application is not None
    assert application.states == ("agb", "practice_name", "care_type")
    assert application.states_clause == "ASR24-4-NIEUW-4"


def test_a_bar_goes_before_a_question_and_a_question_before_a_person() -> None:
    judged = applied(asr(), FYS, practice(), "2023-08-01")
    assert awaits(judged) is Consequence.BARS
    assert awaits(tuple(each for each in judged if each.consequence is not Consequence.BARS)) is Consequence.ASKS
    assert awaits(tuple(each for each in judged if each.consequence is Consequence.PERSON)) is Consequence.PERSON
    assert awaits(()) is Consequence.NONE

"""Whom the rounds of both policies approach, and every reason why not."""

from dataclasses import replace
from datetime import date

import pytest

from domain.care_type import CareType
from domain.explanation import Outcome
from domain.policy.approach import ApproachRules, ContractInYearRule
from domain.policy.contract_history import contract_in_year
from domain.policy.document import PolicyDocument
from domain.policy.eligibility import approach_rules, integrity_doubted, is_candidate, judge_approach, transferred
from domain.policy.judged import Consequence, Judged
from domain.provider.provider import IntegritySignal, KnownValue, OptOut, PastContract, Provider
from domain.provider.register import GliProgramme, Profession, Professional, ProviderKind
from tests.domain.policy.practices import (
    LONG_AGO,
    MINIMUM,
    PHYSIO,
    SEPTEMBER,
    asr,
    asr_physio,
    contracted,
    knowing,
    practice,
    registered,
    somebody,
    without,
    years,
)
from tests.given import caresq

AUGUST = date(2024, 8, 28)
FYS, LOG, VOET, GLI, INST, ZKH, VAL = (CareType(name) for name in ("FYS", "LOG", "VOET", "GLI", "INST", "ZKH", "VAL"))
COACH = somebody(Profession.LIFESTYLE_COACH, registered("kabiz"))
COOL = GliProgramme(intervention="CooL", licence=True, start_instruction=True, valid_from=LONG_AGO)


def reasons(document: PolicyDocument, care_type: CareType, provider: Provider) -> list[str]:
    """The reason codes of everything that is not met, as a round would record them."""
    day = SEPTEMBER if document.id.startswith("asr") else AUGUST
    judged = approach_rules(document, care_type, provider, day)
    return [code for code, each in judged if each.outcome is not Outcome.MET]


def test_care_that_goes_elsewhere_is_not_approached_and_says_where_it_stands() -> None:
    (found,) = (each for each in judge_approach(asr(), GLI, practice(), SEPTEMBER) if each.code == "approach.route")
    explanation = found.explanation
    assert (found.refusal_code, explanation.clause, explanation.value) == ("OTHER_POLICY", "ASR24-0-2", "transferred")
    assert explanation.threshold == "a round that approaches"


def test_a_measurement_of_the_care_type_goes_before_one_of_none() -> None:
    of_all, of_fys, of_log = (
        KnownValue(code="behandelindex", value=value, year=2022, care_type=care_type)
        for value, care_type in (("120", None), ("150", FYS), ("150", LOG))
    )
    known = tuple(each for each in asr_physio().known_values if each.code != "behandelindex")
    assert reasons(asr(), FYS, replace(asr_physio(), known_values=(*known, of_fys, of_all))) == [
        "BEHANDELINDEX_TOO_HIGH"
    ]
    assert reasons(asr(), FYS, replace(asr_physio(), known_values=(*known, of_log, of_all))) == []


def follows(provider: Provider, care_type: CareType = FYS) -> dict[str, Consequence]:
    """What follows at a.s.r. from each rule that is not simply met."""
    judged = judge_approach(asr(), care_type, provider, SEPTEMBER)
    return {each.refusal_code: each.consequence for each in judged if each.consequence is not Consequence.NONE}


def flags(provider: Provider) -> list[str]:
    return [flag for each in judge_approach(asr(), FYS, provider, SEPTEMBER) for flag in each.flags]


# ------------------------------------------------------------------------------------------------------- a.s.r.


def test_who_had_a_contract_and_claimed_is_approached() -> None:
    assert reasons(asr(), FYS, asr_physio()) == []


@pytest.mark.parametrize("year", [2021, 2022, 2024])
def test_a_contract_of_another_year_is_not_one_for_2023(year: int) -> None:
    assert reasons(asr(), FYS, contracted(asr_physio(), years(FYS, year))) == ["NO_CONTRACT_IN_YEAR"]


def test_a_contract_for_another_care_type_does_not_count() -> None:
    assert reasons(asr(), FYS, contracted(asr_physio(), years(LOG, 2023))) == ["NO_CONTRACT_IN_YEAR"]


def test_a_contract_of_more_years_counts_in_each() -> None:
    assert reasons(asr(), FYS, contracted(asr_physio(), years(FYS, 2022, 2024))) == []


@pytest.mark.parametrize(
    ("rule", "contract", "outcome", "value", "threshold"),
    [
        (
            {"care_type": "any"},
            years(LOG, 2023),
            Outcome.MET,
            "LOG 2023-01-01..2023-12-31",
            "a contract for any care type in force in 2023",
        ),
        (
            {"years_before": 2},
            years(FYS, 2023),
            Outcome.NOT_MET,
            "none in force in 2022",
            "a contract for FYS in force in 2022",
        ),
        (
            {"full_years": 2, "addendum": "X"},
            years(FYS, 2022, 2023, "X"),
            Outcome.MET,
            "FYS 2022-01-01..2023-12-31 with the addendum X",
            "a contract for FYS in force in 2023, for 2 calendar year(s), with the addendum X",
        ),
        (
            {"full_years": 1},
            years(FYS, 2022, 2023),
            Outcome.NOT_MET,
            "FYS 2022-01-01..2023-12-31",
            "a contract for FYS in force in 2023, for 1 calendar year(s)",
        ),
    ],
)
def test_the_contract_of_a_year_is_asked_for_as_the_policy_says(
    rule: dict[str, object], contract: PastContract, outcome: Outcome, value: str, threshold: str
) -> None:
    asked = ContractInYearRule.model_validate({"clause": "ASR24-5-2", **rule})
    found = contract_in_year(asked, FYS, contracted(practice(), contract), 2024)
    assert (found.outcome, found.value, found.threshold) == (outcome, value, threshold)


def test_a_contract_without_claims_is_not_approached_not_new_and_flagged() -> None:
    none = knowing(asr_physio(), 2023, FYS, claims="0")
    assert follows(none) == {"NO_CLAIMS_IN_YEAR": Consequence.BARS}
    assert flags(none) == ["CONTRACT_WITHOUT_CLAIMS"]


def test_a_contract_of_which_the_claims_are_unknown_is_for_a_person_and_no_gap_yet() -> None:
    unknown = without(asr_physio(), "claims")
    assert follows(unknown) == {"CLAIMS_UNKNOWN": Consequence.PERSON}
    assert flags(unknown) == []


def test_without_a_contract_there_is_no_gap_to_flag() -> None:
    assert flags(contracted(without(asr_physio(), "claims"))) == []


def test_claims_that_are_no_number_are_unknown() -> None:
    assert follows(knowing(asr_physio(), 2023, FYS, claims="many")) == {"CLAIMS_UNKNOWN": Consequence.PERSON}


@pytest.mark.parametrize(
    ("verdict", "expected"), [(Outcome.MET, {}), (Outcome.NOT_MET, {"NO_CLAIMS_IN_YEAR": Consequence.BARS})]
)
def test_a_person_decides_whether_there_were_claims_that_nobody_knows_of(
    verdict: Outcome, expected: dict[str, Consequence]
) -> None:
    unknown = without(asr_physio(), "claims")
    judged = judge_approach(asr(), FYS, unknown, SEPTEMBER, {"approach.claims": verdict})
    standing = {each.refusal_code: each.consequence for each in judged if each.consequence is not Consequence.NONE}
    assert {code: each for code, each in standing.items() if each is not Consequence.ASKS} == expected


@pytest.mark.parametrize(
    ("found_on", "expected"),
    [
        ("2022-05-01", ["FOUND_NOT_TO_MEET_CONDITIONS"]),
        ("2023-12-31", ["FOUND_NOT_TO_MEET_CONDITIONS"]),
        ("2024-01-01", []),
        ("in May", ["FOUND_NOT_TO_MEET_CONDITIONS"]),
    ],
)
def test_a_finding_before_or_during_2023_bars(found_on: str, expected: list[str]) -> None:
    assert reasons(asr(), FYS, knowing(asr_physio(), finding=found_on)) == expected


def test_a_condition_that_is_known_not_to_be_met_bars_the_approach() -> None:
    assert follows(knowing(asr_physio(), 2022, behandelindex="150.0")) == {"BEHANDELINDEX_TOO_HIGH": Consequence.BARS}


def test_what_a_person_must_judge_is_no_refusal() -> None:
    few = knowing(without(without(asr_physio(), "behandelindex"), "patients"), 2022, patients="29")
    assert follows(few) == {"INDIVIDUAL_ASSESSMENT": Consequence.PERSON}
    assert follows(without(asr_physio(), "ivr")) == {"DATA_MISSING": Consequence.PERSON}


def test_a_persons_verdict_lets_the_approach_go_on() -> None:
    few = knowing(without(without(asr_physio(), "behandelindex"), "patients"), 2022, patients="29")
    judged = judge_approach(asr(), FYS, few, SEPTEMBER, {"behandelindex": Outcome.MET})
    assert {each.consequence for each in judged} == {Consequence.NONE}


def test_what_the_practice_would_be_asked_does_not_stand_in_the_way() -> None:
    unknown = without(asr_physio(), "kvk")
    assert follows(unknown) == {"DATA_MISSING": Consequence.ASKS}
    assert reasons(asr(), FYS, unknown) == []


def test_declarations_are_not_asked_before_the_signature() -> None:
    rules = [each.code for each in judge_approach(asr(), FYS, asr_physio(), SEPTEMBER)]
    assert "management_declaration" not in rules
    assert "kvk" in rules


def test_every_reason_is_told_and_not_the_first_alone() -> None:
    assert reasons(asr(), FYS, practice()) == [
        "NO_CONTRACT_IN_YEAR",
        "CLAIMS_UNKNOWN",
        "UBO_UNKNOWN",
        "DATA_MISSING",
        "DATA_MISSING",
        "DATA_MISSING",
        "DATA_MISSING",
    ]


def test_an_institution_has_rules_of_its_own() -> None:
    known = knowing(practice(kind=ProviderKind.INSTITUTION), **MINIMUM, kwalificaties="FYS OEF ERG LOG DIE HUI VOET")
    known = contracted(knowing(known, 2023, claims="9"), years(INST, 2023))
    assert reasons(asr(), INST, known) == []
    assert reasons(asr(), INST, replace(known, record=asr_physio().record)) == ["PROVIDER_KIND"]


def test_a_doubt_about_integrity_sends_the_practice_to_a_person() -> None:
    doubted = replace(asr_physio(), integrity_signals=(IntegritySignal(recorded_on=date(2023, 9, 1)),))
    assert integrity_doubted(asr(), doubted, SEPTEMBER)
    assert not integrity_doubted(asr(), asr_physio(), SEPTEMBER)


def test_a_clause_stands_in_every_explanation() -> None:
    judged: list[Judged] = list(judge_approach(asr(), FYS, asr_physio(), SEPTEMBER))
    assert [each.code for each in judged if not each.explanation.clause] == []
    assert [each.code for each in judged if not each.explanation.value] == []


# -------------------------------------------------------------------------------------------------- Caresq 2025


def test_foot_care_runs_on_and_gets_no_new_offer() -> None:
    running = contracted(practice(agb="26001122"), years(VOET, 2024, 2025))
    assert reasons(caresq(), VOET, running) == ["RUNNING_MULTI_YEAR"]
    told = next(each for _, each in approach_rules(caresq(), VOET, running, AUGUST))
    assert (told.clause, told.value) == ("CQ25-4-2", "in force until 2025-12-31")


def test_nobody_is_approached_for_foot_care() -> None:
    podiatrist = practice(somebody(Profession.PODIATRIST), agb="26003344")
    assert reasons(caresq(), VOET, contracted(podiatrist, years(VOET, 2023))) == ["NO_ROUND"]


def test_a_policy_may_let_running_contracts_of_every_care_type_stand() -> None:
    rules = caresq().approach.model_dump() | {"running": {"clause": "CQ25-4-2"}}
    document = caresq().model_copy(update={"approach": ApproachRules.model_validate(rules)})
    free, bound = practice(PHYSIO), contracted(practice(PHYSIO), years(FYS, 2024, 2025))
    assert reasons(document, FYS, contracted(free, years(FYS, 2024))) == []
    assert reasons(document, FYS, bound) == ["RUNNING_MULTI_YEAR"]
    assert reasons(caresq(), FYS, bound) == []


@pytest.mark.parametrize(("year", "expected"), [(2024, []), (2023, ["NO_CONTRACT_IN_YEAR"])])
def test_an_institution_with_last_years_contract_is_approached(year: int, expected: list[str]) -> None:
    institution = practice(agb="47001234", kind=ProviderKind.INSTITUTION)
    assert reasons(caresq(), INST, contracted(institution, years(INST, year))) == expected


def test_a_hospital_is_no_institution() -> None:
    hospital = contracted(practice(agb="06010203", kind=ProviderKind.HOSPITAL), years(INST, 2024))
    assert reasons(caresq(), INST, hospital) == ["PROVIDER_KIND"]


ADDENDUM = "Paramedische zorg MSZ"


@pytest.mark.parametrize(
    ("contract", "outcome"),
    [
        (years(ZKH, 2024, addendum=ADDENDUM), Outcome.MET),
        (years(ZKH, 2024), Outcome.NOT_MET),
        (years(ZKH, 2023, 2025, ADDENDUM), Outcome.NOT_MET),
        (years(ZKH, 2023, addendum=ADDENDUM), Outcome.NOT_MET),
    ],
)
def test_a_hospital_with_a_one_year_contract_and_addendum_goes_to_its_own_policy(
    contract: PastContract, outcome: Outcome
) -> None:
    hospital = replace(practice(agb="06010203", kind=ProviderKind.HOSPITAL), past_contracts=(contract,))
    found = transferred(caresq(), ZKH, hospital)
    assert found is not None
    assert found.outcome is outcome
    assert found.clauses() == ["CQ25-4-29", "CQ25-4-28"]
    assert "OTHER_POLICY" in reasons(caresq(), ZKH, hospital)


def test_gli_goes_to_another_policy_of_asr_whatever_was_contracted() -> None:
    found = transferred(asr(), GLI, practice())
    assert found is not None
    assert (found.outcome, found.clause, found.value) == (Outcome.MET, "ASR24-0-2", "goes to asr-gli")
    assert transferred(asr(), FYS, practice()) is None


def test_fall_prevention_is_deferred() -> None:
    assert "DEFERRED" in reasons(caresq(), VAL, contracted(practice(PHYSIO), years(FYS, 2024)))


def gli(
    *professionals: Professional, agb: str = "90008899", programmes: tuple[GliProgramme, ...] = (COOL,)
) -> Provider:
    return contracted(
        practice(*professionals, agb=agb, gli=programmes),
        years(GLI, 2024),
    )


@pytest.mark.parametrize(
    "profession", [Profession.PHYSIOTHERAPIST, Profession.EXERCISE_THERAPIST, Profession.DIETITIAN]
)
def test_somebody_with_the_annotation_counts_as_lifestyle_coach(profession: Profession) -> None:
    annotated = somebody(profession, registered("kp", annotation="leefstijlcoaching"))
    assert reasons(caresq(), GLI, gli(annotated)) == []
    assert reasons(caresq(), GLI, gli(somebody(profession, registered("kp")))) == [
        "PROFESSION_NOT_ATTACHED",
        "NO_LIFESTYLE_COACH",
    ]


def test_gli_from_a_prefix_that_is_not_listed_is_not_approached() -> None:
    assert reasons(caresq(), GLI, gli(COACH)) == []
    assert reasons(caresq(), GLI, gli(COACH, agb="88003344")) == ["AGB_PREFIX"]


def test_an_intervention_that_is_not_recognised_bars_and_an_unknown_one_is_asked() -> None:
    unrecognised = COOL.model_copy(update={"intervention": "Slank in een week"})
    assert reasons(caresq(), GLI, gli(COACH, programmes=(unrecognised,))) == ["NO_RECOGNISED_GLI"]
    assert reasons(caresq(), GLI, gli(COACH, programmes=())) == []


def test_who_wants_no_offer_gets_none() -> None:
    opted_out = replace(
        contracted(practice(PHYSIO), years(FYS, 2024)),
        opt_outs=(OptOut(care_type=None, from_day=date(2024, 6, 1)),),
    )
    assert reasons(caresq(), FYS, opted_out) == ["OPTED_OUT"]


def words(document: PolicyDocument, care_type: CareType, provider: Provider, rule: str) -> tuple[Outcome, str, str]:
    """What the explanation of one rule says."""
    day = SEPTEMBER if document.id.startswith("asr") else AUGUST
    found = next(each for _, each in approach_rules(document, care_type, provider, day) if each.rule == rule)
    return found.outcome, found.value, found.threshold


def test_the_explanation_says_what_was_found_and_asked() -> None:
    wanted = contracted(practice(PHYSIO), years(FYS, 2022, 2024))
    opted_out = replace(contracted(practice()), opt_outs=(OptOut(care_type=FYS, from_day=AUGUST),))
    recent, no_opt_out = "a contract in force in one of 2022..2024", "no opt-out in force"
    coach = "at least one fysiotherapeut (04)"
    found = {
        (name, rule): words(caresq(), FYS, provider, f"approach.{rule}")
        for name, provider in (("wanted", wanted), ("other", opted_out))
        for rule in ("recent_contract", "opt_out", "profession")
    }
    assert found == {
        ("wanted", "recent_contract"): (Outcome.MET, "in force in 2022, 2023, 2024", recent),
        ("wanted", "opt_out"): (Outcome.MET, "no opt-out", no_opt_out),
        ("wanted", "profession"): (Outcome.MET, "1 attached", coach),
        ("other", "recent_contract"): (Outcome.NOT_MET, "none in force", recent),
        ("other", "opt_out"): (Outcome.NOT_MET, "wants no offer", no_opt_out),
        ("other", "profession"): (Outcome.NOT_MET, "0 attached", coach),
    }


def test_the_explanation_of_a_coach_names_who_counts_by_annotation() -> None:
    annotated = somebody(Profession.DIETITIAN, registered("kp", annotation="leefstijlcoaching"))
    wanted = "at least one leefstijlcoach"
    assert words(caresq(), GLI, gli(annotated), "approach.profession") == (
        Outcome.MET,
        "0 attached, 1 by annotation",
        wanted,
    )
    assert words(caresq(), GLI, gli(COACH), "approach.profession") == (Outcome.MET, "1 attached", wanted)


def test_the_explanation_of_claims_says_how_many_were_known() -> None:
    one = knowing(asr_physio(), 2023, FYS, claims="1")
    assert words(asr(), FYS, one, "approach.claims") == (Outcome.MET, "1 in 2023", "more than 0 in 2023")
    unknown = without(asr_physio(), "claims")
    assert words(asr(), FYS, unknown, "approach.claims")[:2] == (Outcome.UNKNOWN, "nothing known")


def test_what_goes_nowhere_is_told_as_such() -> None:
    other = transferred(caresq(), ZKH, practice(kind=ProviderKind.HOSPITAL))
    goes = contracted(practice(kind=ProviderKind.HOSPITAL), years(ZKH, 2024, addendum=ADDENDUM))
    found = transferred(caresq(), ZKH, goes)
    assert other is not None
    assert found is not None
    assert (other.value, found.value) == ("nothing to transfer", "goes to ziekenhuizen-2025")


@pytest.mark.parametrize(
    ("care_type", "provider", "rule", "value"),
    [
        (VOET, practice(), "approach.round", "closed"),
        (VAL, practice(), "approach.route", "deferred"),
        (ZKH, practice(), "approach.route", "transferred"),
    ],
)
def test_a_round_that_is_not_held_is_never_met(care_type: CareType, provider: Provider, rule: str, value: str) -> None:
    assert words(caresq(), care_type, provider, rule)[:2] == (Outcome.NOT_MET, value)


@pytest.mark.parametrize(
    ("last_day", "expected"), [(date(2024, 12, 31), "NO_ROUND"), (date(2025, 1, 1), "RUNNING_MULTI_YEAR")]
)
def test_a_contract_runs_on_that_is_in_force_on_the_first_day_of_the_year(last_day: date, expected: str) -> None:
    contract = PastContract(care_type=VOET, first_day=date(2024, 1, 1), last_day=last_day)
    assert reasons(caresq(), VOET, contracted(practice(), contract)) == [expected]


def test_a_contract_that_only_begins_later_does_not_run_on() -> None:
    contract = PastContract(care_type=VOET, first_day=date(2025, 1, 2), last_day=date(2026, 12, 31))
    assert reasons(caresq(), VOET, contracted(practice(), contract)) == ["NO_ROUND"]


# ---------------------------------------------------------------------------------------------------- candidates


@pytest.mark.parametrize(
    ("care_type", "provider", "candidate"),
    [
        (INST, practice(kind=ProviderKind.INSTITUTION), True),
        (INST, practice(PHYSIO), False),
        (INST, contracted(practice(PHYSIO), years(INST, 2020)), True),
        (ZKH, practice(kind=ProviderKind.HOSPITAL), True),
        (ZKH, practice(kind=ProviderKind.INSTITUTION), False),
        (VOET, practice(somebody(Profession.PEDICURE)), True),
        (VOET, practice(PHYSIO), False),
        (VOET, contracted(practice(), years(VOET, 2024, 2025)), True),
        (VAL, practice(PHYSIO), False),
        (GLI, practice(COACH), True),
        (GLI, practice(somebody(Profession.DIETITIAN, registered("kp", annotation="leefstijlcoaching"))), True),
        (GLI, practice(somebody(Profession.DIETITIAN, registered("kp"))), False),
        (FYS, practice(PHYSIO), True),
        (FYS, practice(COACH), False),
    ],
)
def test_profession_kind_or_history_make_a_candidate(care_type: CareType, provider: Provider, candidate: bool) -> None:
    assert is_candidate(caresq().care_types[care_type], care_type, provider, AUGUST) is candidate


def test_where_no_vektis_test_stands_the_professions_of_the_care_type_make_a_candidate() -> None:
    assert is_candidate(asr().care_types[FYS], FYS, practice(PHYSIO), SEPTEMBER)
    assert not is_candidate(asr().care_types[LOG], LOG, practice(PHYSIO), SEPTEMBER)
    assert is_candidate(asr().care_types[INST], INST, practice(kind=ProviderKind.INSTITUTION), SEPTEMBER)
    assert not is_candidate(asr().care_types[GLI], GLI, practice(COACH), SEPTEMBER)

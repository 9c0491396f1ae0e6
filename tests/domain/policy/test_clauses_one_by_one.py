"""Clauses of which each is one rule of the same kind as others: shown by their numbers."""

import pytest

from domain.care_type import CareType
from domain.explanation import Outcome
from domain.policy.answers import Answers
from domain.policy.document import PolicyDocument
from domain.policy.eligibility import approach_rules
from domain.policy.judged import Consequence
from domain.provider.register import Profession
from tests.domain.policy.practices import (
    asr,
    asr_answers,
    judged,
    knowing,
    practice,
    registered,
    somebody,
    years,
)
from tests.domain.policy.practices import contracted as with_contract
from tests.given import caresq, day

MET, NOT_MET = Outcome.MET, Outcome.NOT_MET


@pytest.mark.parametrize(
    ("clause", "condition", "value", "found"),
    [
        ("ASR24-4-ALG-1", "kvk", "kvk", "uitgeschreven"),
        ("ASR24-4-ALG-2", "wtza", "wtza", "geweigerd"),
        ("ASR24-4-ALG-3", "governance_code", "governance_code", "nee"),
        ("ASR24-4-ALG-5", "ubo_known", "ubo", "onbekend"),
        ("ASR24-4-ALG-5", "ubo_not_sanctioned", "ubo_sanctie", "ja"),
        ("ASR24-4-ALG-6", "not_in_ivr", "ivr", "ja"),
        ("ASR24-4-ALG-6", "not_in_evr", "evr", "ja"),
        ("ASR24-4-ALG-7", "no_fraud_investigation", "fraudeonderzoek", "ja"),
        ("ASR24-4-ALG-8", "no_heightened_supervision", "verscherpt_toezicht", "ja"),
    ],
)
def test_what_is_known_otherwise_than_asked_bars(clause: str, condition: str, value: str, found: str) -> None:
    decided = judged(asr(), condition, knowing(practice(), **{value: found}))
    assert (decided.outcome, decided.consequence, decided.explanation.clause) == (NOT_MET, Consequence.BARS, clause)


@pytest.mark.parametrize(
    ("document", "clause", "condition"),
    [
        (asr(), "ASR24-4-ALG-4", "management_declaration"),
        (asr(), "ASR24-4-KWA-1", "professional_requirements"),
        (asr(), "ASR24-4-KWA-4", "complaints_procedure"),
        (caresq(), "CQ25-3.1-1", "guidelines"),
        (caresq(), "CQ25-3.1-2", "claims_via_vecozo"),
        (caresq(), "CQ25-3.1-3", "register_kp"),
        (caresq(), "CQ25-3.1-5", "subregisters"),
        (caresq(), "CQ25-3.1-6", "phone_reachable"),
        (caresq(), "CQ25-3.1-7", "access_five_days"),
        (caresq(), "CQ25-3.1-10", "zorgmodule_voetulcera"),
    ],
)
def test_what_is_declared_not_to_be_met_bars(document: PolicyDocument, clause: str, condition: str) -> None:
    met = judged(document, condition, practice(), Answers(declared={condition: True}))
    unmet = judged(document, condition, practice(), Answers(declared={condition: False}))
    assert (met.outcome, met.consequence) == (MET, Consequence.NONE)
    assert (unmet.outcome, unmet.consequence, unmet.explanation.clause) == (NOT_MET, Consequence.BARS, clause)


@pytest.mark.parametrize("condition", ["sound_administration", "no_refusal_of_insured", "agb_data_complete_others"])
def test_what_is_expected_only_never_bars(condition: str) -> None:
    assert judged(asr(), condition, practice(), asr_answers(**{condition: False})).consequence is Consequence.NONE


@pytest.mark.parametrize(
    ("document", "clause", "condition", "profession", "register"),
    [
        (caresq(), "CQ25-3.1-11", "podiatrist_kp", Profession.PODIATRIST, "kp"),
        (caresq(), "CQ25-3.1-16", "coaches_in_kabiz", Profession.LIFESTYLE_COACH, "kabiz"),
        (asr(), "ASR24-4-FYS-1", "physios_in_big", Profession.PHYSIOTHERAPIST, "big"),
        (asr(), "ASR24-4-FYS-2", "physios_in_register", Profession.PHYSIOTHERAPIST, "irf_kngf"),
        (asr(), "ASR24-4-OVE-1", "paramedics_in_kp", Profession.OCCUPATIONAL_THERAPIST, "kp"),
    ],
)
def test_one_who_stands_in_another_register_alone_bars(
    document: PolicyDocument, clause: str, condition: str, profession: Profession, register: str
) -> None:
    inside = somebody(profession, registered(register))
    outside = somebody(profession, registered("elders"), number=2)
    decided = judged(document, condition, practice(inside, outside))
    assert judged(document, condition, practice(inside)).outcome is MET
    assert (decided.outcome, decided.consequence, decided.explanation.clause) == (NOT_MET, Consequence.BARS, clause)


@pytest.mark.parametrize(
    ("clause", "care_type", "profession", "agb", "unlisted"),
    [
        ("CQ25-4-11", "FYS", Profession.PHYSIOTHERAPIST, "04001234", "26001234"),
        ("CQ25-4-12", "OEF", Profession.EXERCISE_THERAPIST, "07001234", "26001234"),
        ("CQ25-4-13", "LOG", Profession.SPEECH_THERAPIST, "05001234", "26001234"),
        ("CQ25-4-14", "HUI", Profession.SKIN_THERAPIST, "37001234", "05001234"),
        ("CQ25-4-15", "DIE", Profession.DIETITIAN, "24001234", "26001234"),
        ("CQ25-4-16", "ERG", Profession.OCCUPATIONAL_THERAPIST, "88001234", "26001234"),
        ("CQ25-4-17", "GLI", Profession.LIFESTYLE_COACH, "90001234", "88001234"),
    ],
)
def test_the_prefix_and_the_profession_of_the_table_are_asked(
    clause: str, care_type: str, profession: Profession, agb: str, unlisted: str
) -> None:
    kind = CareType(care_type)

    def unmet(agb: str, *professions: Profession) -> list[tuple[str, str]]:
        known = practice(*(somebody(each, registered("kabiz")) for each in professions), agb=agb)
        judged = approach_rules(caresq(), kind, with_contract(known, years(kind, 2024)), day("2024-08-28"))
        return [(code, each.clause) for code, each in judged if each.outcome is NOT_MET and each.clause == clause]

    assert unmet(agb, profession) == []
    assert unmet(unlisted, profession) == [("AGB_PREFIX", clause)]
    assert unmet(agb) == [("PROFESSION_NOT_ATTACHED", clause)]

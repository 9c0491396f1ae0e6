"""The conditions of both policies: met, not met, unknown, and who acts on it."""

from dataclasses import replace
from datetime import date

import pytest

from domain.care_type import CareType
from domain.explanation import MOST_NAMED, Explanation, Outcome
from domain.policy.answers import Answers
from domain.policy.condition_rules import ConditionKind, Criterion, Measurement
from domain.policy.conditions import judge
from domain.policy.judged import RESTRICTED, Consequence, Judged
from domain.policy.known_values import compared, number_in, years_later
from domain.policy.restricted_values import open_values
from domain.policy.values import Bilingual
from domain.provider.provider import KnownValue
from domain.provider.register import GliProgramme, Profession
from tests.domain.policy.practices import (
    LONG_AGO,
    MINIMUM,
    PHYSIO,
    SEPTEMBER,
    asr,
    asr_answers,
    asr_physio,
    judged,
    knowing,
    practice,
    registered,
    somebody,
    without,
)
from tests.given import amended, caresq

MET, NOT_MET, UNKNOWN = Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN
BARS, ASKS, PERSON, NONE = Consequence.BARS, Consequence.ASKS, Consequence.PERSON, Consequence.NONE


def told(found: Judged) -> tuple[Outcome, Consequence, str]:
    return found.outcome, found.consequence, found.refusal_code


# ---------------------------------------------------------------------------------------------- known values


@pytest.mark.parametrize("value", ["vergunning", "gemeld", "nvt"])
def test_a_small_practice_that_only_notified_is_admitted_under_the_wtza(value: str) -> None:
    assert judged(asr(), "wtza", knowing(practice(), wtza=value)).outcome is MET


def test_another_value_bars_and_the_explanation_names_clause_value_and_threshold() -> None:
    found = judged(asr(), "governance_code", knowing(practice(), governance_code="nee"))
    assert told(found) == (NOT_MET, BARS, "NO_GOVERNANCE_CODE")
    assert found.explanation == Explanation(
        rule="condition.governance_code",
        clause="ASR24-4-ALG-3",
        outcome=NOT_MET,
        value="nee",
        threshold="governance_code is ingevoerd or nvt",
    )


@pytest.mark.parametrize(
    ("code", "consequence", "refusal_code"),
    [
        ("kvk", ASKS, "DATA_MISSING"),
        ("ubo_known", BARS, "UBO_UNKNOWN"),
        ("ubo_not_sanctioned", PERSON, "DATA_MISSING"),
        ("not_in_evr", PERSON, "DATA_MISSING"),
        ("behandelindex", PERSON, "DATA_MISSING"),
    ],
)
def test_the_policy_says_what_unknown_means(code: str, consequence: Consequence, refusal_code: str) -> None:
    assert told(judged(asr(), code, practice(PHYSIO))) == (UNKNOWN, consequence, refusal_code)


@pytest.mark.parametrize("code", ["no_fraud_investigation", "no_serious_error", "no_plausible_indications"])
def test_what_only_the_purchaser_records_is_not_there_when_it_has_no_record(code: str) -> None:
    found = judged(asr(), code, practice())
    assert told(found)[:2] == (MET, NONE)
    assert found.explanation.value == "nothing on record"


def test_a_persons_recorded_verdict_excludes() -> None:
    found = judged(asr(), "no_plausible_indications", knowing(practice(), plausibele_aanwijzingen="ja"))
    assert told(found) == (NOT_MET, BARS, "PLAUSIBLE_INDICATIONS")


def test_asked_and_declared_counts_where_nothing_is_known() -> None:
    declares, denies = Answers(declared={"kvk": True}), Answers(declared={"kvk": False})
    assert told(judged(asr(), "kvk", practice(), declares))[:2] == (MET, NONE)
    assert told(judged(asr(), "kvk", practice(), denies)) == (NOT_MET, BARS, "NOT_IN_KVK")


def test_what_is_known_goes_before_what_is_declared() -> None:
    known = knowing(practice(), kvk="uitgeschreven")
    assert judged(asr(), "kvk", known, Answers(declared={"kvk": True})).outcome is NOT_MET


def test_a_declaration_decides_nothing_that_a_person_must() -> None:
    assert judged(asr(), "not_in_ivr", practice(), Answers(declared={"not_in_ivr": True})).consequence is PERSON


def test_a_persons_verdict_decides_what_is_unknown_and_nothing_that_is_known() -> None:
    assert told(judged(asr(), "not_in_ivr", practice(), not_in_ivr=MET))[:2] == (MET, NONE)
    assert told(judged(asr(), "not_in_ivr", practice(), not_in_ivr=NOT_MET)) == (NOT_MET, BARS, "IN_IVR")
    assert judged(asr(), "not_in_ivr", knowing(practice(), ivr="ja"), not_in_ivr=MET).outcome is NOT_MET
    assert judged(asr(), "kvk", practice(), kvk=MET).outcome is UNKNOWN


def test_an_institution_must_be_qualified_for_every_care_type_and_the_literal_reading_is_flagged() -> None:
    every = knowing(practice(), kwalificaties="FYS OEF ERG LOG DIE HUI VOET")
    less = knowing(practice(), kwalificaties="FYS, OEF, ERG, LOG, DIE, HUI")
    assert (
        judged(asr(), "all_paramedical_care", every).outcome,
        judged(asr(), "all_paramedical_care", every).flags,
    ) == (
        MET,
        (),
    )
    found = judged(asr(), "all_paramedical_care", less)
    assert told(found) == (NOT_MET, BARS, "NOT_QUALIFIED_FOR_ALL")
    assert found.flags == ("ALL_READ_LITERALLY",)
    assert found.explanation.value == "FYS, OEF, ERG, LOG, DIE, HUI; not named: VOET"


# ---------------------------------------------------------------------------------------------- measurements


@pytest.mark.parametrize(
    ("index", "outcome"),
    [
        ("149.9", MET),
        ("149.99", MET),
        ("149.999999999999999", MET),
        ("150", NOT_MET),
        ("150.0", NOT_MET),
        ("150.01", NOT_MET),
    ],
)
def test_the_index_counts_strictly_and_unrounded(index: str, outcome: Outcome) -> None:
    assert judged(asr(), "behandelindex", knowing(practice(), 2022, behandelindex=index)).outcome is outcome


def test_the_index_of_another_year_does_not_count() -> None:
    assert judged(asr(), "behandelindex", knowing(practice(), 2021, behandelindex="100")).outcome is UNKNOWN


@pytest.mark.parametrize("index", ["149,9", "NaN", "1e2", "-", "\uff11\uff12\uff10", "1_0", "Infinity"])
def test_an_index_that_is_no_number_is_unknown(index: str) -> None:
    found = judged(asr(), "behandelindex", knowing(practice(), 2022, behandelindex=index))
    assert told(found) == (UNKNOWN, PERSON, "DATA_MISSING")
    assert found.explanation.value == f"{index}, which is no number"


def test_under_thirty_patients_without_an_index_a_person_assesses_by_three_criteria() -> None:
    found = judged(asr(), "behandelindex", knowing(practice(), 2022, patients="29"))
    assert told(found) == (UNKNOWN, PERSON, "INDIVIDUAL_ASSESSMENT")
    assert [each.clause for each in found.criteria] == ["ASR24-4-FYS-6", "ASR24-4-FYS-7", "ASR24-4-FYS-8"]
    assert found.explanation.clauses()[:2] == ["ASR24-4-FYS-4", "ASR24-4-FYS-5"]


def test_thirty_patients_without_an_index_is_a_gap_for_a_person() -> None:
    found = judged(asr(), "behandelindex", knowing(practice(), 2022, patients="30"))
    assert told(found) == (UNKNOWN, PERSON, "DATA_MISSING")
    assert found.criteria == ()


@pytest.mark.parametrize(("index", "outcome"), [("160", NOT_MET), ("149", MET)])
def test_an_index_decides_whatever_the_number_of_patients(index: str, outcome: Outcome) -> None:
    few = knowing(practice(), 2022, patients="29", behandelindex=index)
    assert judged(asr(), "behandelindex", few).outcome is outcome


def test_a_person_decides_an_individual_assessment() -> None:
    few = knowing(practice(), 2022, patients="12")
    assert told(judged(asr(), "behandelindex", few, behandelindex=MET))[:2] == (MET, NONE)
    assert told(judged(asr(), "behandelindex", few, behandelindex=NOT_MET)) == (NOT_MET, BARS, "BEHANDELINDEX_TOO_HIGH")


def test_a_value_of_the_care_type_goes_before_one_of_the_practice() -> None:
    both = knowing(knowing(practice(), 2022, behandelindex="160"), 2022, CareType.FYS, behandelindex="120")
    assert judged(asr(), "behandelindex", both).outcome is MET


@pytest.mark.parametrize(
    ("bounds", "met", "not_met"),
    [
        ({"below": "10"}, ["-3", "9.9"], ["10", "11"]),
        ({"at_most": "10"}, ["10", "9.9"], ["10.1"]),
        ({"at_least": "10"}, ["10", "10.1"], ["9.9"]),
        ({"above": "10"}, ["10.1"], ["10", "9"]),
        ({"above": "0", "at_most": "10"}, ["0.1", "10"], ["0", "10.1"]),
        ({"at_least": "0", "below": "10"}, ["0", "9.9"], ["-0.1", "10"]),
        ({"at_least": "10", "at_most": "10"}, ["10", "10.0"], ["9.9", "10.1"]),
    ],
)
def test_each_bound_is_open_or_closed_as_its_name_says(
    bounds: dict[str, str], met: list[str], not_met: list[str]
) -> None:
    asked = Measurement.model_validate({"value": "score", **bounds})
    for number in met + not_met:
        found = compared(asked, "score", "EX30-3-1", knowing(practice(), score=number), None)
        assert found.outcome is (MET if number in met else NOT_MET), number


def test_the_explanation_of_a_gap_says_why_nobody_assesses_individually() -> None:
    few = judged(asr(), "behandelindex", knowing(practice(), 2022, patients="29")).explanation.because[0]
    many = judged(asr(), "behandelindex", knowing(practice(), 2022, patients="30")).explanation.because[0]
    assert (few.outcome, few.value, few.threshold) == (MET, "29", "patients of 2022 below 30")
    assert [(each.outcome, each.value) for each in few.because] == [(UNKNOWN, "for a person")] * 3
    assert (many.outcome, many.because) == (NOT_MET, ())
    assert judged(asr(), "behandelindex", knowing(practice(), 2022, behandelindex="9")).explanation.because == ()


def test_a_number_is_read_exactly() -> None:
    assert str(number_in("149.9900")) == "149.9900"
    assert [number_in(text) for text in ("", " 1", "1 ", "0x1", "+1")] == [None] * 5


# ----------------------------------------------------------------------------------------- since so many years


@pytest.mark.parametrize(
    ("error", "outcome"),
    [("2018-09-14", MET), ("2018-09-15", MET), ("2018-09-16", NOT_MET), ("2023-10-01", NOT_MET), ("geen", MET)],
)
def test_a_serious_error_excludes_until_exactly_five_years_later(error: str, outcome: Outcome) -> None:
    assert judged(asr(), "no_serious_error", knowing(practice(), ernstige_fout=error)).outcome is outcome


def test_a_text_that_is_no_day_is_for_a_person() -> None:
    found = judged(asr(), "no_serious_error", knowing(practice(), ernstige_fout="2018"))
    assert told(found) == (UNKNOWN, PERSON, "DATA_MISSING")


@pytest.mark.parametrize(
    ("day", "years", "later"),
    [
        (date(2020, 2, 29), 5, date(2025, 3, 1)),
        (date(2020, 2, 29), 4, date(2024, 2, 29)),
        (date(2023, 2, 28), 5, date(2028, 2, 28)),
    ],
)
def test_a_leap_day_is_over_on_the_first_of_march(day: date, years: int, later: date) -> None:
    assert years_later(day, years) == later


# ---------------------------------------------------------------------------------------------- who may see why


def test_the_reason_of_a_restricted_condition_is_for_reviewers_only() -> None:
    found = judged(asr(), "not_in_ivr", knowing(practice(), ivr="ja"))
    shown = found.for_others()
    assert (found.refusal_code, found.restricted) == ("IN_IVR", True)
    assert told(shown) == (NOT_MET, BARS, RESTRICTED)
    assert "ivr" not in str(shown).lower()
    assert "ALG-6" not in str(shown)


def test_of_a_restricted_condition_others_see_the_outcome_and_nothing_else() -> None:
    found = replace(
        judged(asr(), "not_in_ivr", knowing(practice(), ivr="ja")),
        flags=("LOOK",),
        criteria=(Criterion(code="care_scope", label=Bilingual(nl="Zorg", en="Care"), clause="ASR24-4-FYS-7"),),
    )
    assert found.for_others() == Judged(
        "restricted", RESTRICTED, BARS, Explanation(rule="restricted", outcome=NOT_MET), restricted=True
    )


def test_a_restricted_condition_that_is_met_is_shown_as_it_is() -> None:
    found = judged(asr(), "not_in_ivr", knowing(practice(), ivr="nee"))
    assert found.for_others() is found


def test_the_values_that_restricted_conditions_read_are_for_reviewers_only() -> None:
    known = tuple(KnownValue(code=code, value="nee") for code in ("ivr", "ernstige_fout", "fraudeonderzoek", "ubo"))
    assert [each.code for each in open_values(known, [caresq(), asr()])] == ["ubo"]
    assert open_values(known, [caresq()]) == known
    assert open_values(known, []) == ()


def test_a_condition_that_is_not_restricted_is_shown_as_it_is() -> None:
    found = judged(asr(), "wtza", knowing(practice(), wtza="nee"))
    assert found.for_others() is found


def test_every_condition_about_fraud_and_integrity_is_restricted() -> None:
    restricted = {each.clause for each in asr().conditions.values() if each.restricted}
    assert restricted == {f"ASR24-4-ALG-{number}" for number in (5, 6, 7, 12, 13)}


# ------------------------------------------------------------------------------------------- declared with signature


def test_all_conditions_of_a_practice_that_declares_and_is_known_are_met() -> None:
    codes = asr().care_types[CareType.FYS].conditions
    found = judge(asr(), codes, asr_physio(), asr_answers(), SEPTEMBER, care_type=CareType.FYS)
    assert {each.code for each in found if each.consequence is not NONE} == set()
    assert len(found) == len(codes) == 23


def test_without_the_declarations_the_practice_is_asked() -> None:
    codes = asr().care_types[CareType.FYS].conditions
    found = judge(asr(), codes, asr_physio(), None, SEPTEMBER, care_type=CareType.FYS)
    asked = [each.code for each in found if each.consequence is ASKS]
    assert asked == ["management_declaration", "professional_requirements", "gzsp_principles", "complaints_procedure"]


@pytest.mark.parametrize("code", ["sound_administration", "no_refusal_of_insured", "agb_data_complete"])
def test_an_expectation_is_asked_and_never_bars(code: str) -> None:
    assert told(judged(asr(), code, practice(), asr_answers(**{code: False})))[:2] == (NOT_MET, NONE)


@pytest.mark.parametrize(
    ("delivers", "principles", "outcome"),
    [(False, False, MET), (True, True, MET), (True, False, NOT_MET)],
)
def test_the_principles_of_gzsp_hold_only_for_who_delivers_it(
    delivers: bool, principles: bool, outcome: Outcome
) -> None:
    declared = asr_answers(delivers_gzsp=delivers, gzsp_principles=principles)
    assert judged(asr(), "gzsp_principles", practice(), declared).outcome is outcome


def test_who_does_not_say_whether_it_delivers_gzsp_is_asked() -> None:
    assert told(judged(asr(), "gzsp_principles", practice(), Answers(declared={"gzsp_principles": True})))[:2] == (
        UNKNOWN,
        ASKS,
    )


@pytest.mark.parametrize(
    ("value", "outcome", "told_value"),
    [
        ("ja", NOT_MET, "declared not to be met"),
        ("nee", MET, "gzsp: nee, so it does not apply"),
        (None, UNKNOWN, "gzsp: nothing known"),
    ],
)
def test_a_condition_may_hold_only_for_who_has_a_known_value(
    value: str | None, outcome: Outcome, told_value: str
) -> None:
    when = {"declared": None, "value": "gzsp", "allowed": ["ja"]}
    document = amended(asr(), {"conditions": {"gzsp_principles": {"applies_when": when}}})
    provider = practice() if value is None else knowing(practice(), gzsp=value)
    found = judged(document, "gzsp_principles", provider, Answers(declared={"gzsp_principles": False}))
    assert (found.outcome, found.explanation.value) == (outcome, told_value)
    assert found.explanation.threshold == ("declared" if value == "ja" else "only where gzsp holds")


def test_the_explanation_of_a_declaration_says_what_was_declared_and_whether_it_can_bar() -> None:
    def words(code: str, declared: Answers | None) -> tuple[str, str]:
        found = judged(caresq(), code, practice(), declared).explanation
        return found.value, found.threshold

    assert words("guidelines", None) == ("not declared", "declared")
    assert words("guidelines", Answers(declared={"guidelines": True})) == ("declared", "declared")
    assert words("zn_digital_effort", Answers(declared={"zn_digital_effort": False})) == (
        "declared not to be met",
        "asked, never bars",
    )
    wanted = "at least 1 of arbeidspotentieel, kosten, toegankelijkheid, kwaliteit"
    assert words("digital_goals", None) == ("not declared", wanted)
    assert words("digital_goals", Answers(chosen={"digital_goals": ()})) == ("none chosen", wanted)
    assert words("digital_goals", Answers(chosen={"digital_goals": ("kosten", "kwaliteit")})) == (
        "kosten, kwaliteit",
        wanted,
    )


def test_digital_goals_need_one_of_the_four_each_counted_once() -> None:
    def goals(*chosen: str) -> Outcome:
        return judged(caresq(), "digital_goals", practice(), Answers(chosen={"digital_goals": chosen})).outcome

    assert goals("kosten") is MET
    assert goals() is NOT_MET
    assert goals("something_else") is NOT_MET
    assert judged(caresq(), "digital_goals", practice(), Answers()).outcome is UNKNOWN


def test_the_certificate_is_read_from_the_register() -> None:
    found = judged(asr(), "vecozo_certificate", practice())
    assert (found.outcome, found.explanation.value) == (MET, "a valid certificate")
    assert told(judged(asr(), "vecozo_certificate", practice(certificates=()))) == (
        NOT_MET,
        BARS,
        "NO_VECOZO_CERTIFICATE",
    )


# ----------------------------------------------------------------------------------------------- professionals


def test_one_physiotherapist_outside_the_big_register_bars() -> None:
    other = somebody(Profession.PHYSIOTHERAPIST, registered("irf_kngf"), number=2)
    found = judged(asr(), "physios_in_big", practice(PHYSIO, other))
    assert told(found) == (NOT_MET, BARS, "NOT_BIG_REGISTERED")
    assert found.explanation.value == "1 of 2 registered"
    assert [(each.rule, each.outcome) for each in found.explanation.because] == [
        (f"professional {other.agb}", NOT_MET),
        (f"professional {PHYSIO.agb}", MET),
    ]


def test_asr_knows_only_the_individual_register_and_caresq_another_list() -> None:
    skf = practice(somebody(Profession.PHYSIOTHERAPIST, registered("big", "skf")))
    assert judged(asr(), "physios_in_register", skf).outcome is NOT_MET
    assert caresq().conditions["register_physio"].options == ("krf_nl", "skf", "irf_kngf")


def test_a_professional_of_whom_no_registration_was_supplied_is_unknown() -> None:
    found = judged(asr(), "physios_in_big", practice(PHYSIO, somebody(Profession.PHYSIOTHERAPIST, number=2)))
    assert told(found) == (UNKNOWN, ASKS, "DATA_MISSING")


def test_who_left_and_what_ended_does_not_count() -> None:
    left = somebody(Profession.PHYSIOTHERAPIST, number=2, until=date(2023, 9, 14))
    ended = somebody(Profession.PHYSIOTHERAPIST, registered("big", until=date(2023, 9, 14)), number=3)
    assert judged(asr(), "physios_in_big", practice(PHYSIO, left)).outcome is MET
    assert judged(asr(), "physios_in_big", practice(PHYSIO, ended)).outcome is NOT_MET


def test_without_anybody_of_the_profession_the_condition_is_met() -> None:
    assert judged(caresq(), "pedicure_registers", practice()).outcome is MET
    assert judged(caresq(), "pedicure_registers", practice()).explanation.value == "nobody attached"


@pytest.mark.parametrize(
    ("register", "annotation", "outcome"),
    [
        ("krp", "medisch_pedicure", MET),
        ("krp", "diabetes", MET),
        ("krp", "reuma", MET),
        ("kmv_nmmv", None, MET),
        ("rpv_stipezo", None, MET),
        ("krp", None, NOT_MET),
        ("krp", "sport", NOT_MET),
        ("kp", "diabetes", NOT_MET),
    ],
)
def test_a_pedicure_has_five_ways_to_be_registered(register: str, annotation: str | None, outcome: Outcome) -> None:
    pedicure = somebody(Profession.PEDICURE, registered(register, annotation=annotation))
    assert judged(caresq(), "pedicure_registers", practice(pedicure)).outcome is outcome


def test_a_pedicure_is_flagged_at_asr_for_the_register_asked_can_not_have_one() -> None:
    podiatrist = somebody(Profession.PODIATRIST, registered("kp"))
    pedicure = somebody(Profession.PEDICURE, number=2)
    alone, both = practice(podiatrist), practice(podiatrist, pedicure)
    assert (judged(asr(), "paramedics_in_kp", alone).outcome, judged(asr(), "paramedics_in_kp", alone).flags) == (
        MET,
        (),
    )
    found = judged(asr(), "paramedics_in_kp", both)
    assert (found.outcome, found.consequence, found.flags) == (MET, NONE, ("PEDICURE_NOT_JUDGED",))


def test_a_specialist_is_in_the_subregister_of_each_specialisation() -> None:
    def specialist(*annotations: str) -> Outcome:
        entries = tuple(entry for each in annotations for entry in registered("kp_deelregister", annotation=each))
        therapist = somebody(
            Profession.SPEECH_THERAPIST, (*registered("kp"), *entries), specialised=("afasie", "stotteren")
        )
        return judged(asr(), "specialists_in_subregister", practice(therapist)).outcome

    assert specialist("afasie", "stotteren") is MET
    assert specialist("afasie") is NOT_MET
    assert specialist() is NOT_MET
    general = practice(somebody(Profession.SPEECH_THERAPIST))
    assert judged(asr(), "specialists_in_subregister", general).outcome is MET


def of_each(found: Judged) -> list[tuple[Outcome, str]]:
    return [(each.outcome, each.value) for each in found.explanation.because]


def test_the_explanation_names_everybody_those_who_bar_first() -> None:
    nobody_knows = somebody(Profession.PHYSIOTHERAPIST, number=2)
    elsewhere = somebody(Profession.PHYSIOTHERAPIST, registered("kp", annotation="sport"), number=3)
    second = somebody(Profession.PHYSIOTHERAPIST, registered("big"), number=4)
    found = judged(asr(), "physios_in_big", practice(PHYSIO, second, nobody_knows, elsewhere))
    assert found.explanation.threshold == "every fysiotherapeut: big"
    assert found.explanation.value == "2 of 4 registered"
    assert of_each(found) == [
        (NOT_MET, "fysiotherapeut: kp with sport"),
        (UNKNOWN, "fysiotherapeut: no registration known"),
        (MET, "fysiotherapeut: big"),
        (MET, "fysiotherapeut: big"),
    ]


def test_the_explanation_names_the_ways_and_who_is_not_judged() -> None:
    pedicure = somebody(Profession.PEDICURE, registered("krp", annotation="diabetes"))
    found = judged(caresq(), "pedicure_registers", practice(pedicure))
    assert of_each(found) == [(MET, "pedicure: krp with diabetes")]
    ways = "krp with medisch_pedicure or krp with diabetes or krp with reuma or kmv_nmmv or rpv_stipezo"
    assert found.explanation.threshold == f"every pedicure: {ways}"
    assert of_each(judged(asr(), "paramedics_in_kp", practice(pedicure))) == [(MET, "pedicure, not judged")]


def test_the_explanation_names_the_specialisations_that_miss() -> None:
    def therapist(*registrations: str, specialised: tuple[str, ...]) -> list[tuple[Outcome, str]]:
        who = somebody(Profession.SPEECH_THERAPIST, registered(*registrations), specialised=specialised)
        return of_each(judged(asr(), "specialists_in_subregister", practice(who)))

    wanted = judged(asr(), "specialists_in_subregister", practice()).explanation.threshold
    assert wanted.endswith(": kp_deelregister, for each specialisation")
    assert therapist("kp", specialised=("b", "a")) == [(NOT_MET, "logopedist: not registered for a, b")]
    assert therapist(specialised=("a",)) == [(UNKNOWN, "logopedist: not registered for a")]
    assert therapist("kp", specialised=()) == [(MET, "logopedist: no specialisation")]


def test_one_registered_for_his_specialisations_is_named_with_them() -> None:
    entries = tuple(each for code in ("b", "a") for each in registered("kp_deelregister", annotation=code))
    who = somebody(Profession.SPEECH_THERAPIST, entries, specialised=("b", "a"))
    assert of_each(judged(asr(), "specialists_in_subregister", practice(who))) == [(MET, "logopedist: a, b")]
    for annotation, outcome in (("a", MET), ("c", NOT_MET)):
        entry = registered("kp_deelregister", annotation=annotation)
        only = somebody(Profession.SPEECH_THERAPIST, entry, specialised=("a",))
        assert judged(asr(), "specialists_in_subregister", practice(only)).outcome is outcome


def test_where_one_is_enough_an_unknown_one_leaves_it_open_and_nobody_does_not_meet_it() -> None:
    unknown = somebody(Profession.LIFESTYLE_COACH)
    other = somebody(Profession.PHYSIOTHERAPIST, registered("krf_nl"))
    assert judged(caresq(), "gli_delivered_by", practice(unknown, other)).outcome is UNKNOWN
    assert judged(caresq(), "gli_delivered_by", practice(other)).outcome is NOT_MET
    assert judged(caresq(), "gli_delivered_by", practice()).outcome is NOT_MET
    threshold = judged(caresq(), "gli_delivered_by", practice()).explanation.threshold
    assert threshold.startswith("at least one fysiotherapeut or ")
    assert threshold.endswith(": kabiz or any register with leefstijlcoaching")


def test_a_profession_for_which_no_way_is_open_does_not_meet_it() -> None:
    alternatives = [{"in_register": "kabiz", "professions": ["leefstijlcoach"]}]
    document = amended(caresq(), {"conditions": {"gli_delivered_by": {"professionals": {"any_of": alternatives}}}})
    found = judged(document, "gli_delivered_by", practice(PHYSIO))
    assert of_each(found) == [(NOT_MET, "fysiotherapeut: asked in no way")]


# -------------------------------------------------------------------------------------------------------- GLI


def programme(intervention: str = "CooL", *, licence: bool = True, start_instruction: bool = True) -> GliProgramme:
    return GliProgramme(
        intervention=intervention, licence=licence, start_instruction=start_instruction, valid_from=LONG_AGO
    )


@pytest.mark.parametrize(
    ("programmes", "outcome"),
    [
        ((programme(),), MET),
        ((programme("Keer diabetes 2 om online"),), MET),
        ((programme("Slank in een week"),), NOT_MET),
        ((programme(licence=False),), NOT_MET),
        ((programme(start_instruction=False),), NOT_MET),
        ((programme(licence=False), programme("SLIMMER", start_instruction=False)), NOT_MET),
        ((programme(licence=False), programme("SLIMMER")), MET),
        ((), UNKNOWN),
    ],
)
def test_one_recognised_intervention_needs_its_own_licence_and_instruction(
    programmes: tuple[GliProgramme, ...], outcome: Outcome
) -> None:
    assert judged(caresq(), "gli_programme", practice(gli=programmes)).outcome is outcome


def test_the_intervention_is_explained_with_the_clauses_of_licence_and_instruction() -> None:
    found = judged(caresq(), "gli_programme", practice(gli=(programme(licence=False),)))
    assert found.explanation.clauses() == ["CQ25-3.1-13", "CQ25-3.1-17", "CQ25-3.1-18"]
    assert found.explanation.because[0].value == "licence missing"
    assert [(each.rule, each.value) for each in found.explanation.because[0].because] == [
        ("recognised", "yes"),
        ("licence", "no"),
        ("start instruction", "yes"),
    ]


def test_each_part_that_an_intervention_misses_is_named() -> None:
    wanting = programme("Slank in een week", licence=False, start_instruction=False)
    found = judged(caresq(), "gli_programme", practice(gli=(wanting,))).explanation
    assert found.because[0].value == "recognised, licence, start instruction missing"
    assert judged(caresq(), "gli_programme", practice()).explanation.value == "no intervention known"


def test_of_very_many_interventions_the_others_are_counted_under_their_rule() -> None:
    many = (programme(),) * (MOST_NAMED + 1)
    *named, others = judged(caresq(), "gli_programme", practice(gli=many)).explanation.because
    assert len(named) == MOST_NAMED
    assert (others.rule, others.value) == ("condition.gli_programme.others", "1")


def test_a_specialist_is_in_the_subregister_of_each_specialisation_and_others_need_none() -> None:
    def leaf(*specialised: str, annotation: str | None = None) -> Explanation:
        entries = (*registered("kp"), *registered("kp_deelregister", annotation=annotation))
        who = somebody(Profession.OCCUPATIONAL_THERAPIST, entries, specialised=specialised)
        return judged(asr(), "specialists_in_subregister", practice(who)).explanation.because[0]

    assert (leaf().outcome, leaf("hand", annotation="hand").outcome) == (MET, MET)
    found = leaf("hand", "kind", annotation="kind")
    assert (found.outcome, found.clause) == (NOT_MET, "ASR24-4-OVE-2")
    assert "not registered for hand" in str(found)


def test_an_intervention_that_ended_is_not_delivered() -> None:
    ended = programme().model_copy(update={"valid_to": date(2023, 9, 14)})
    found = judged(caresq(), "gli_programme", practice(gli=(ended,)))
    assert (found.outcome, found.explanation.value) == (NOT_MET, "none delivered on 2023-09-15")
    both = judged(caresq(), "gli_programme", practice(gli=(programme(), programme("SLIMMER"), ended)))
    assert (both.outcome, both.explanation.value) == (MET, "CooL, SLIMMER")


def test_gli_is_delivered_by_a_coach_in_kabiz_or_somebody_with_the_annotation() -> None:
    def outcome(profession: Profession, register: str, annotation: str | None = None) -> Outcome:
        who = somebody(profession, registered(register, annotation=annotation))
        return judged(caresq(), "gli_delivered_by", practice(who)).outcome

    assert outcome(Profession.LIFESTYLE_COACH, "kabiz") is MET
    assert outcome(Profession.LIFESTYLE_COACH, "kp", "leefstijlcoaching") is NOT_MET
    assert outcome(Profession.PHYSIOTHERAPIST, "krf_nl", "leefstijlcoaching") is MET
    assert outcome(Profession.PHYSIOTHERAPIST, "krf_nl") is NOT_MET
    assert outcome(Profession.DIETITIAN, "kp", "leefstijlcoaching") is MET
    assert outcome(Profession.SPEECH_THERAPIST, "kp", "leefstijlcoaching") is NOT_MET


def test_one_who_may_deliver_is_enough_but_every_coach_is_in_kabiz() -> None:
    coach = somebody(Profession.LIFESTYLE_COACH, registered("kabiz"))
    other = somebody(Profession.LIFESTYLE_COACH, registered("kp"), number=2)
    assert judged(caresq(), "gli_delivered_by", practice(coach, other, PHYSIO)).outcome is MET
    assert judged(caresq(), "coaches_in_kabiz", practice(coach, other)).outcome is NOT_MET


# ------------------------------------------------------------------------------------------------ in general


def test_unknown_is_never_taken_for_met() -> None:
    """But for what only the purchaser records, and for professions of which nobody is attached."""
    nobody = practice(certificates=())
    met = {
        code
        for document in (asr(), caresq())
        for code, condition in document.conditions.items()
        if condition.kind is not ConditionKind.PROFESSIONALS and judged(document, code, nobody).outcome is MET
    }
    assert met == {"no_fraud_investigation", "no_serious_error", "no_plausible_indications"}


def test_a_fact_taken_away_changes_the_outcome_of_its_condition() -> None:
    full = asr_physio()
    names = {each.registered.value: code for code, each in asr().conditions.items() if each.registered is not None}
    for code in MINIMUM:
        assert judged(asr(), names[code], full).outcome is MET
        assert judged(asr(), names[code], without(full, code)).outcome is UNKNOWN

"""What the packaged documents say, and that they say it with clauses that exist."""

import csv
import re
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from application.mapper import FACT_TYPES
from application.policies import PolicySource
from domain.care_type import CareType
from domain.policy.adoption import Ground, adopted, canonical
from domain.policy.consistency import cited_clauses
from domain.policy.document import (
    DecidedTerm,
    PlanningKind,
    PolicyDocument,
    PublicationMode,
    Route,
    Tier,
    UndecidedTerm,
)
from domain.policy.letters import Channel, LinkTo, Moment, SubjectPart
from infrastructure.policies.library import PolicyFiles

HERE = Path(__file__).parent
PACKAGED = ("caresq-2025", "asr-2024")
EXPECTATION = "none-rule/expectation"


def packaged(policy_id: str) -> PolicySource:
    return PolicyFiles().read(policy_id)


@pytest.fixture(scope="module")
def caresq() -> PolicyDocument:
    return packaged("caresq-2025").document(None)


@pytest.fixture(scope="module")
def asr() -> PolicyDocument:
    return packaged("asr-2024").document(None)


def clauses_of(policy_id: str) -> dict[str, tuple[str, list[str]]]:
    """The kind and care types of every clause of a policy's text."""
    with (HERE / f"clauses_of_{policy_id.replace('-', '_')}.csv").open() as lines:
        rows = list(csv.DictReader(lines, delimiter=";"))
    return {row["clause"]: (row["kind"], row["care_types"].split()) for row in rows}


@pytest.mark.parametrize("policy_id", PACKAGED)
def test_every_cited_clause_exists_and_every_clause_with_a_rule_is_cited(policy_id: str) -> None:
    clauses = clauses_of(policy_id)
    cited = {clause for _, clause in cited_clauses(packaged(policy_id).document(None).model_dump(mode="json"))}
    assert cited - clauses.keys() == set()
    assert {clause for clause, (kind, _) in clauses.items() if kind != EXPECTATION} - cited == set()


@pytest.mark.parametrize("policy_id", PACKAGED)
def test_every_clause_cited_for_a_care_type_is_about_it(policy_id: str) -> None:
    document, clauses = packaged(policy_id).document(None), clauses_of(policy_id)
    for care_type, rules in document.care_types.items():
        conditions = {code: document.conditions[code].model_dump(mode="json") for code in rules.conditions}
        cited = [clause for _, clause in cited_clauses([rules.model_dump(mode="json"), conditions])]
        assert [clause for clause in cited if care_type not in clauses[clause][1]] == []


def test_the_planning_has_nine_rows_of_which_three_name_a_day(caresq: PolicyDocument) -> None:
    days = {row.kind: row.day for row in caresq.planning if row.day is not None}
    assert len(caresq.planning) == 9
    assert days == {
        PlanningKind.QUESTIONNAIRE_DEADLINE: date(2024, 10, 20),
        PlanningKind.SIGNING: date(2024, 11, 7),
        PlanningKind.PUBLICATION: date(2024, 11, 12),
    }


def test_five_rows_have_a_window_that_does_not_bind_and_one_is_relative(caresq: PolicyDocument) -> None:
    windows = [row for row in caresq.planning if row.window is not None]
    assert [row.moment for row in windows] == [
        "Eind augustus 2024",
        "Eind augustus 2024",
        "Eerste helft september 2024",
        "Half september 2024",
        "Half september 2024",
    ]
    assert not any(row.binding for row in windows)
    assert [row.relative_to for row in caresq.planning if row.relative_to] == ["questionnaire_confirmed"]


def test_all_eleven_care_types_stand_with_their_route(caresq: PolicyDocument) -> None:
    assert set(caresq.care_types) == set(CareType)
    with_questionnaire = {each for each, rules in caresq.care_types.items() if rules.route is Route.QUESTIONNAIRE}
    assert with_questionnaire == {CareType.FYS, CareType.OEF, CareType.LOG}
    assert caresq.care_types[CareType.HUI].clause == "CQ25-W-5"


def test_the_term_of_physiotherapy_is_undecided_and_never_defaulted(caresq: PolicyDocument) -> None:
    rules = caresq.care_types[CareType.FYS]
    assert isinstance(rules.term, UndecidedTerm)
    assert rules.term.term.end is None
    assert rules.term.options == (date(2025, 12, 31), date(2026, 12, 31))
    assert rules.period == "2025-2026"


@pytest.mark.parametrize(
    ("source", "end"),
    [
        ("caresq-2025-fys-term", date(2025, 12, 31)),
        ("tests/scenarios/policies/caresq-2025-fys-two-years.yaml", date(2026, 12, 31)),
    ],
)
def test_an_amendment_decides_the_term_and_nothing_else(caresq: PolicyDocument, source: str, end: date) -> None:
    amended = packaged(source).document(caresq)
    rules = amended.care_types[CareType.FYS]
    assert isinstance(rules.term, DecidedTerm)
    assert rules.term.end == end
    undecided = rules.model_copy(update={"term": caresq.care_types[CareType.FYS].term})
    assert amended.model_copy(update={"care_types": {**amended.care_types, CareType.FYS: undecided}}) == caresq


def test_skf_implies_kngf_and_not_the_reverse(caresq: PolicyDocument) -> None:
    factors = caresq.care_types[CareType.FYS].factors
    assert [each.factor for each in factors["skf"].implies] == ["kngf"]
    assert factors["kngf"].implies == ()
    assert factors["skf"].evidence is not None
    assert factors["skf"].evidence.found == {"label": "Keurmerk"}


def test_the_share_is_an_exact_fraction_over_ten_specialisations(caresq: PolicyDocument) -> None:
    share = caresq.care_types[CareType.FYS].factors["share"].share
    assert share is not None
    assert share.minimum == Fraction(3, 10)
    assert share.weekly_hours == 24
    assert len(share.specialisations) == 10


def test_only_physiotherapy_asks_for_evidence_and_has_a_correction_rule(caresq: PolicyDocument) -> None:
    asking = {
        care_type
        for care_type, rules in caresq.care_types.items()
        if any(factor.evidence for factor in rules.factors.values())
    }
    correcting = {care_type for care_type, rules in caresq.care_types.items() if rules.correction}
    assert asking == correcting == {CareType.FYS}


@pytest.mark.parametrize(("care_type", "letters"), [("FYS", "ABCDE"), ("OEF", "ABC"), ("LOG", "ABC")])
def test_the_tier_tables_end_at_no_factor(caresq: PolicyDocument, care_type: str, letters: str) -> None:
    tiers = [tier for tier in caresq.care_types[CareType(care_type)].tiers if isinstance(tier, Tier)]
    assert [(tier.name, tier.at_least) for tier in tiers] == [
        (letter, len(letters) - 1 - index) for index, letter in enumerate(letters)
    ]


def test_an_obligation_of_effort_never_bars(caresq: PolicyDocument) -> None:
    assert [code for code, condition in caresq.conditions.items() if not condition.bars] == ["zn_digital_effort"]


def test_those_without_a_contract_are_left_out_of_the_care_finder(caresq: PolicyDocument) -> None:
    assert caresq.publication.mode is PublicationMode.OMIT


def test_the_stored_text_reads_back_as_the_same_document(caresq: PolicyDocument) -> None:
    assert PolicyDocument.model_validate_json(canonical(caresq)) == caresq
    assert canonical(PolicyDocument.model_validate_json(canonical(caresq))) == canonical(caresq)


def test_another_document_has_another_hash(caresq: PolicyDocument) -> None:
    other = caresq.model_copy(update={"title": "Another"})
    one, two = (adopted(each, Ground.PUBLICATION).document_sha256 for each in (caresq, other))
    assert one != two


@pytest.mark.parametrize(
    "day", ["20241020", "2024-10-20T00:00:00", "1729382400", "20-10-2024", "2024-02-30", "\uff12024-10-20"]
)
def test_a_day_is_written_one_way_only(caresq: PolicyDocument, day: str) -> None:
    data: dict[str, Any] = caresq.model_dump(mode="json")
    data["planning"][6]["day"] = day
    with pytest.raises(ValidationError, match="expected a day that exists"):
        PolicyDocument.model_validate(data)


@pytest.mark.parametrize("text", ["0", "1.5", "30%", "1/0", "-1/2", "1e-1", "٣/10", "0/10"])
def test_a_share_that_is_no_exact_fraction_of_the_whole_is_refused(caresq: PolicyDocument, text: str) -> None:
    data: dict[str, Any] = caresq.model_dump(mode="json")
    data["care_types"]["FYS"]["factors"]["share"]["share"]["minimum"] = text
    with pytest.raises(ValidationError):
        PolicyDocument.model_validate(data)


# ------------------------------------------------------------------------------------------------- a.s.r. 2024


def test_asr_offers_eight_care_types_directly_and_sends_gli_elsewhere(asr: PolicyDocument) -> None:
    routes = {care_type.value: rules.route for care_type, rules in asr.care_types.items()}
    assert [name for name, route in routes.items() if route is Route.DIRECT_OFFER] == [
        *("FYS", "OEF", "ERG", "LOG", "DIE", "HUI", "VOET", "INST")
    ]
    assert routes["GLI"] is Route.TRANSFERRED
    assert len(routes) == 9
    assert asr.questionnaire is None
    assert {asr.care_types[CareType.FYS].clause} == {"ASR24-4-NIEUW-5"}


def test_four_care_types_have_one_year_and_three_have_three(asr: PolicyDocument) -> None:
    ends = {
        care_type.value: (rules.term.end.year, rules.period)
        for care_type, rules in asr.care_types.items()
        if isinstance(rules.term, DecidedTerm)
    }
    assert ends == dict.fromkeys(("FYS", "OEF", "HUI", "LOG"), (2024, "2024")) | dict.fromkeys(
        ("ERG", "DIE", "VOET"), (2026, "2024-2026")
    )


def test_the_term_of_institutions_at_asr_is_undecided(asr: PolicyDocument) -> None:
    term = asr.care_types[CareType.INST].term
    assert isinstance(term, UndecidedTerm)
    assert (term.reading, term.options) == ("OD38", (date(2024, 12, 31), date(2026, 12, 31)))


def test_completing_the_contracts_is_a_target_at_asr_and_a_deadline_at_caresq(
    asr: PolicyDocument, caresq: PolicyDocument
) -> None:
    assert asr.day_of(PlanningKind.SIGNING, CareType.FYS) == date(2023, 11, 1)
    assert not asr.binds(PlanningKind.SIGNING, CareType.FYS)
    assert caresq.binds(PlanningKind.SIGNING, CareType.FYS)
    assert not asr.binds(PlanningKind.QUESTIONNAIRE_DEADLINE, CareType.FYS)


def test_new_providers_apply_until_the_first_of_october_exclusive(asr: PolicyDocument) -> None:
    deadline, clause = asr.deadline(PlanningKind.APPLICATION_DEADLINE, CareType.FYS)
    assert (deadline.ends_at, clause) == (datetime(2023, 9, 30, 22, tzinfo=UTC), "ASR24-5-TIJD-2")


def test_asr_shows_those_without_a_contract_and_holds_claims_of_the_unfinished(
    asr: PolicyDocument, caresq: PolicyDocument
) -> None:
    assert asr.publication.mode is PublicationMode.SHOW
    assert asr.claims is not None
    assert asr.claims.held_while_unfinished
    assert caresq.claims is None


def test_a_number_of_the_chamber_of_commerce_with_nine_digits_stays_text_and_is_flagged(asr: PolicyDocument) -> None:
    assert [(each.kvk, each.flagged, each.reading) for each in asr.bought_for[0].entities] == [
        ("32110828", False, None),
        ("332110823", True, "OD42"),
        ("62360337", False, None),
        ("30031823", False, None),
    ]


def test_asr_has_no_tiers_no_factors_and_no_selective_purchasing(asr: PolicyDocument) -> None:
    assert not any(rules.tiers or rules.factors or rules.selective for rules in asr.care_types.values())


def test_a_care_type_without_rules_of_approach_has_those_of_the_policy(asr: PolicyDocument) -> None:
    assert asr.approach_of(CareType.FYS) is asr.approach
    assert asr.approach_of(CareType.INST) is asr.care_types[CareType.INST].approach


def test_the_uniform_claims_paragraph_is_part_of_the_agreement(asr: PolicyDocument) -> None:
    assert [each.nl for each in asr.agreement.parts][-1] == "Uniforme declaratieparagraaf"


@pytest.mark.parametrize("policy_id", PACKAGED)
def test_every_reading_is_one_of_those_that_were_taken(policy_id: str) -> None:
    text = canonical(packaged(policy_id).document(None))
    readings = {int(number) for number in re.findall(r'"reading":"OD(\d\d)"', text)}
    assert readings
    assert readings <= set(range(1, 57))


# ------------------------------------------------------------------------------------------------- letters and mail


def test_every_moment_of_a_letter_is_a_fact_of_the_log() -> None:
    assert {each.value for each in Moment} <= {each.stored_name for each in FACT_TYPES}


def test_vecozo_tells_that_the_questionnaire_is_ready_with_a_link_to_it(caresq: PolicyDocument) -> None:
    letter = caresq.letters["questionnaire_ready"]
    assert (letter.on, letter.channel, letter.link) == (
        Moment.QUESTIONNAIRE_SENT,
        Channel.VECOZO_EMAIL,
        LinkTo.QUESTIONNAIRE,
    )
    assert letter.clause == "CQ25-4-19"


def test_vecozo_tells_that_the_offer_is_ready_with_a_link_to_the_contract(caresq: PolicyDocument) -> None:
    letter = caresq.letters["offer_ready"]
    assert (letter.on, letter.channel, letter.link) == (Moment.CONTRACT_OFFERED, Channel.VECOZO_EMAIL, LinkTo.CONTRACT)
    assert (letter.clause, letter.link_clause) == ("CQ25-4-22", "CQ25-4-23")


def test_the_letters_of_caresq_name_their_moment_and_agb_code_and_care_type(caresq: PolicyDocument) -> None:
    assert {code: letter.on for code, letter in caresq.letters.items()} == {
        "questionnaire_ready": Moment.QUESTIONNAIRE_SENT,
        "offer_ready": Moment.CONTRACT_OFFERED,
        "correction_possible": Moment.EVIDENCE_REJECTED,
        "tier_changed": Moment.TIER_ASSIGNED,
        "assessed": Moment.QUESTIONNAIRE_ASSESSED,
        "documents_requested": Moment.DOCUMENTS_REQUESTED,
        "csrd_notice": None,
    }
    about_one_practice = [each for each in caresq.letters.values() if each.on is not None]
    assert {each.subject for each in about_one_practice} == {(SubjectPart.AGB, SubjectPart.CARE_TYPE)}


def test_word_on_the_csrd_is_a_persons_with_a_day_that_is_preferred(caresq: PolicyDocument) -> None:
    letter = caresq.letters["csrd_notice"]
    assert (letter.preferably_before, letter.for_person, letter.clause) == (date(2024, 6, 30), True, "CQ25-2.1-15")


def test_an_e_mail_to_caresq_names_agb_code_and_care_type_and_is_answered_in_five_working_days(
    caresq: PolicyDocument,
) -> None:
    mail = caresq.mail
    assert mail is not None
    assert (mail.subject, mail.clause) == ((SubjectPart.AGB, SubjectPart.CARE_TYPE), "CQ25-5-5")
    assert (mail.reply_within_working_days, mail.reply_clause) == (5, "CQ25-5-6")


def test_asr_announces_every_change_of_its_policy_on_its_website(asr: PolicyDocument) -> None:
    letter = asr.letters["policy_changed"]
    assert (letter.on, letter.channel, letter.clause) == (Moment.POLICY_ADOPTED, Channel.WEBSITE, "ASR24-7-3")

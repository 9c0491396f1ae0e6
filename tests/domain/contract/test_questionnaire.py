"""The questionnaire: opened, saved, confirmed, lapsed (CQ25-4-18..20, CQ25-5-14)."""

from dataclasses import replace

import pytest

from domain.care_type import CareType
from domain.contract.commands import (
    Approach,
    ConfirmQuestionnaire,
    OpenQuestionnaire,
    RecordLapse,
    RequestReview,
    SaveQuestionnaire,
)
from domain.contract.facts import (
    QuestionnaireConfirmed,
    QuestionnaireLapsed,
    QuestionnaireOpened,
    QuestionnaireSaved,
    ReviewGround,
    ReviewRequested,
)
from domain.explanation import Outcome
from domain.policy.answers import Answers, Claim, Finding
from tests.given import (
    BUREAU,
    SENT,
    adoptions,
    amended,
    answers,
    at,
    caresq_two_years,
    confirmed,
    day,
    explained,
    given,
    practice,
    professional,
    staff,
)

NONE_CLAIMED = answers()
LAST_INSTANT = "2024-10-20T23:59:59.999999"
TOO_LATE = "2024-10-21T00:00"


# -------------------------------------------------------------------------------------------- a first look


def test_only_the_first_look_at_a_questionnaire_is_recorded() -> None:
    looked = given(SENT).when(OpenQuestionnaire(), at="2024-10-01").then(QuestionnaireOpened())
    assert looked.contract.questionnaire_opened_at == at("2024-10-01")
    looked.when(OpenQuestionnaire(), at="2024-10-02").nothing()
    looked.when(ConfirmQuestionnaire(answers=NONE_CLAIMED), at="2024-10-03").done().when(
        OpenQuestionnaire(), at="2024-10-04"
    ).nothing()


def test_a_first_look_changes_nothing_that_counts() -> None:
    before = given(SENT)
    after = before.when(OpenQuestionnaire(), at="2024-10-01").done()
    assert replace(after.contract, questionnaire_opened_at=None, version=before.contract.version) == before.contract


def test_nobody_looks_at_a_questionnaire_that_was_not_sent() -> None:
    given().when(OpenQuestionnaire(), at="2024-10-01").refused("NOT_SENT", "CQ25-4-19")


def test_who_looks_for_the_first_time_when_it_was_confirmed_or_is_too_late_has_looked_all_the_same() -> None:
    confirmed().when(OpenQuestionnaire(), at="2024-10-11").then(QuestionnaireOpened())
    given(SENT).when(OpenQuestionnaire(), at=TOO_LATE).then(QuestionnaireOpened())


# ------------------------------------------------------------------------------------------------- a draft


def test_a_draft_may_be_incomplete() -> None:
    draft = Answers(declared={"guidelines": True})
    given(SENT).when(SaveQuestionnaire(answers=draft), at="2024-10-01").then(QuestionnaireSaved(answers=draft))


def test_saving_the_same_draft_again_changes_nothing() -> None:
    contract = given(SENT).when(SaveQuestionnaire(answers=NONE_CLAIMED), at="2024-10-01").done()
    contract.when(SaveQuestionnaire(answers=NONE_CLAIMED), at="2024-10-02").nothing()


@pytest.mark.parametrize(
    "wrong",
    [
        Answers(declared={"vecozo": True}),
        Answers(declared={"digital_goals": True}),
        Answers(chosen={"guidelines": ("kosten",)}),
        Answers(chosen={"digital_goals": ("wereldvrede",)}),
        Answers(claims={"vvocm": Claim()}),
    ],
    ids=["no such condition", "chosen, not declared", "declared, not chosen", "no such goal", "another care type's"],
)
def test_an_answer_that_was_not_asked_is_refused(wrong: Answers) -> None:
    given(SENT).when(SaveQuestionnaire(answers=wrong), at="2024-10-01").refused("ANSWER_NOT_ASKED")


def test_a_refused_answer_is_told_with_what_is_asked() -> None:
    outcome = given(SENT).when(SaveQuestionnaire(answers=Answers(claims={"vvocm": Claim()})), at="2024-10-01")
    assert "vvocm" in outcome.refusal.message
    assert "prem, share, kngf, skf" in outcome.refusal.message


def test_nobody_saves_a_questionnaire_that_was_not_sent() -> None:
    given().when(SaveQuestionnaire(answers=NONE_CLAIMED), at="2024-10-01").refused("NOT_SENT", "CQ25-4-19")


def test_nobody_saves_after_the_deadline() -> None:
    save = SaveQuestionnaire(answers=NONE_CLAIMED)
    given(SENT).when(save, at=LAST_INSTANT).done()
    given(SENT).when(save, at=TOO_LATE).refused("QUESTIONNAIRE_LAPSED", "CQ25-5-14")


def test_nobody_saves_after_confirming() -> None:
    confirmed().when(SaveQuestionnaire(answers=NONE_CLAIMED), at="2024-10-11").refused("ALREADY_CONFIRMED")


# -------------------------------------------------------------------------------------------- confirmation


def test_the_draft_is_confirmed_when_no_answers_are_given() -> None:
    contract = given(SENT).when(SaveQuestionnaire(answers=NONE_CLAIMED), at="2024-10-01").done()
    contract.when(ConfirmQuestionnaire(), at="2024-10-02").then(QuestionnaireConfirmed(answers=NONE_CLAIMED))


def test_the_answers_that_are_given_go_before_the_draft() -> None:
    contract = given(SENT).when(SaveQuestionnaire(answers=answers("kngf")), at="2024-10-01").done()
    confirm = ConfirmQuestionnaire(answers=NONE_CLAIMED)
    contract.when(confirm, at="2024-10-02").then(QuestionnaireConfirmed(answers=NONE_CLAIMED))


def test_confirming_again_changes_nothing() -> None:
    contract = given(SENT).when(SaveQuestionnaire(answers=NONE_CLAIMED), at="2024-10-01").done()
    contract = contract.when(ConfirmQuestionnaire(), at="2024-10-02").done()
    contract.when(ConfirmQuestionnaire(), at="2024-10-02").nothing()
    contract.when(ConfirmQuestionnaire(answers=NONE_CLAIMED), at="2024-10-03").nothing()


def test_confirming_again_after_the_deadline_still_changes_nothing() -> None:
    confirmed().when(ConfirmQuestionnaire(answers=NONE_CLAIMED), at="2024-12-01").nothing()


def test_other_answers_than_those_confirmed_are_refused() -> None:
    confirm = ConfirmQuestionnaire(answers=answers("prem"))
    confirmed().when(confirm, at="2024-10-11").refused("ALREADY_CONFIRMED", "CQ25-4-20")


def test_a_draft_that_was_not_what_was_confirmed_is_not_taken_for_a_repeat() -> None:
    contract = given(SENT).when(SaveQuestionnaire(answers=answers("prem")), at="2024-10-01").done()
    contract = contract.when(ConfirmQuestionnaire(answers=NONE_CLAIMED), at="2024-10-02").done()
    contract.when(ConfirmQuestionnaire(answers=answers("prem")), at="2024-10-03").refused("ALREADY_CONFIRMED")
    contract.when(ConfirmQuestionnaire(), at="2024-10-03").refused("ALREADY_CONFIRMED")


def test_there_must_be_answers_to_confirm() -> None:
    given(SENT).when(ConfirmQuestionnaire(), at="2024-10-10").refused("NOTHING_TO_CONFIRM", "CQ25-4-20")


def test_a_questionnaire_that_was_not_sent_can_not_be_confirmed() -> None:
    given().when(ConfirmQuestionnaire(), at="2024-10-10").refused("NOT_SENT")
    given().when(ConfirmQuestionnaire(answers=NONE_CLAIMED), at="2024-10-10").refused("NOT_SENT")


@pytest.mark.parametrize("unanswered", ["guidelines", "zn_digital_effort", "digital_goals"])
def test_an_unanswered_condition_holds_the_confirmation_up(unanswered: str) -> None:
    complete = answers()
    incomplete = Answers(
        declared={code: met for code, met in complete.declared.items() if code != unanswered},
        chosen={code: chosen for code, chosen in complete.chosen.items() if code != unanswered},
    )
    outcome = given(SENT).when(ConfirmQuestionnaire(answers=incomplete), at="2024-10-10")
    outcome.refused("QUESTIONNAIRE_INCOMPLETE", "CQ25-4-20")
    assert unanswered in outcome.refusal.message


def test_a_condition_declared_not_to_be_met_is_an_answer() -> None:
    honest = answers(declared={"guidelines": False})
    given(SENT).when(ConfirmQuestionnaire(answers=honest), at="2024-10-10").done()


def test_an_unregistered_practice_can_not_confirm() -> None:
    confirm = ConfirmQuestionnaire(answers=NONE_CLAIMED)
    given(SENT).but(provider=None).when(confirm, at="2024-10-10").refused("PROVIDER_UNKNOWN")


@pytest.mark.parametrize("moment", [LAST_INSTANT, "2024-10-20T21:59:59.999999Z"])
def test_the_deadline_lasts_to_the_last_instant_of_its_sunday(moment: str) -> None:
    given(SENT).when(ConfirmQuestionnaire(answers=NONE_CLAIMED), at=moment).done()


@pytest.mark.parametrize("moment", [TOO_LATE, "2024-10-20T22:00:00Z"])
def test_the_next_local_midnight_is_too_late_although_it_is_still_the_20th_in_utc(moment: str) -> None:
    confirm = ConfirmQuestionnaire(answers=NONE_CLAIMED)
    given(SENT).when(confirm, at=moment).refused("QUESTIONNAIRE_LAPSED", "CQ25-5-14")


def test_a_deadline_that_the_policy_calls_exclusive_ends_as_its_day_begins() -> None:
    rows = [row.model_dump(mode="json") for row in caresq_two_years().planning]
    for row in rows:
        if row["kind"] == "questionnaire_deadline":
            row["boundary"] = "exclusive"
    tot = amended(caresq_two_years(), {"planning": rows})
    confirm = ConfirmQuestionnaire(answers=NONE_CLAIMED)
    given(SENT, policy=tot).when(confirm, at="2024-10-19T23:59:59").done()
    given(SENT, policy=tot).when(confirm, at="2024-10-20T00:00").refused("QUESTIONNAIRE_LAPSED")


def test_an_amendment_moves_the_deadline_of_a_questionnaire_that_is_open() -> None:
    rows = [row.model_dump(mode="json") for row in caresq_two_years().planning]
    for row in rows:
        if row["kind"] == "questionnaire_deadline":
            row["day"] = "2024-10-27"
    later = amended(caresq_two_years(), {"planning": rows})
    policies = adoptions(caresq_two_years(), later, since=("2024-04-01", "2024-10-22"))
    contract = given(SENT, policies=policies)
    confirm = ConfirmQuestionnaire(answers=NONE_CLAIMED)
    contract.when(confirm, at="2024-10-21").refused("QUESTIONNAIRE_LAPSED")
    lapsed = contract.when(RecordLapse(), at="2024-10-21").brings(QuestionnaireLapsed)
    lapsed.when(confirm, at="2024-10-23").done()


# --------------------------------------------------------------------------- what is established that day


def findings(*claimed: str, **changes: object) -> dict[str, tuple[str, str]]:
    care_type = changes.pop("care_type", CareType.FYS)
    provider = changes.pop("provider", None)
    moment = changes.pop("at", "2024-10-10")
    assert isinstance(care_type, CareType)
    contract = given(SENT, care_type=care_type, provider=provider)  # type: ignore[arg-type]
    confirm = ConfirmQuestionnaire(answers=answers(*claimed, care_type=care_type, **changes))  # type: ignore[arg-type]
    confirmation = contract.when(confirm, at=str(moment)).facts[0]
    assert isinstance(confirmation, QuestionnaireConfirmed)
    return {each.factor: (each.outcome.value, each.value) for each in confirmation.findings}


def test_only_claimed_factors_without_evidence_are_established() -> None:
    assert findings("prem", "kngf", "skf") == {"prem": ("met", BUREAU)}


def test_a_bureau_that_is_not_on_the_list_does_not_count() -> None:
    assert findings("prem", bureau="Bureau Onbekend")["prem"] == ("not_met", "Bureau Onbekend")


def test_a_claim_without_a_bureau_does_not_count() -> None:
    assert findings(claims={"prem": Claim()})["prem"] == ("not_met", "no bureau named")


@pytest.mark.parametrize(
    ("listed_from", "listed_to", "outcome"),
    [
        ("2024-10-10", None, "met"),
        ("2024-10-11", None, "not_met"),
        ("2024-01-01", "2024-10-10", "met"),
        ("2024-01-01", "2024-10-09", "not_met"),
    ],
)
def test_the_bureau_must_be_listed_on_the_day_of_confirmation(
    listed_from: str, listed_to: str | None, outcome: str
) -> None:
    bureaus = [{"name": BUREAU, "listed_from": listed_from, "listed_to": listed_to}]
    policy = amended(caresq_two_years(), {"bureau_lists": {"prem_bureaus": {"bureaus": bureaus}}})
    confirm = ConfirmQuestionnaire(answers=answers("prem"))
    fact = given(SENT, policy=policy).when(confirm, at="2024-10-10").facts[0]
    assert isinstance(fact, QuestionnaireConfirmed)
    assert fact.findings == (Finding(factor="prem", outcome=Outcome(outcome), value=BUREAU),)


def share_of(size: int, *specialised: object) -> tuple[str, str]:
    return findings("share", provider=practice(professionals=staff(size, *specialised)))["share"]  # type: ignore[arg-type]


def qualifying(number: int) -> list[object]:
    return [professional(each, specialised="kinder") for each in range(number)]


def test_exactly_thirty_percent_is_enough() -> None:
    assert share_of(10, *qualifying(3)) == ("met", "3/10")
    assert share_of(1000, *qualifying(300)) == ("met", "300/1000")


def test_nothing_is_rounded_up_to_thirty_percent() -> None:
    assert share_of(1000, *qualifying(299)) == ("not_met", "299/1000")
    assert share_of(3, *qualifying(1)) == ("met", "1/3")
    assert share_of(7, *qualifying(2)) == ("not_met", "2/7")


def test_who_works_under_24_hours_drops_out_of_the_numerator_only() -> None:
    two = qualifying(2)
    assert share_of(10, *two, professional(9, specialised="sport", hours="23.5")) == ("not_met", "2/10")
    assert share_of(10, *two, professional(9, specialised="sport", hours="24.0")) == ("met", "3/10")


def test_an_unrecognised_or_unregistered_specialisation_does_not_count() -> None:
    needling = professional(8, specialised="acupunctuur")
    unregistered = professional(9, specialised="manueel", in_vektis=False)
    assert share_of(10, *qualifying(2), needling, unregistered) == ("not_met", "2/10")


def test_the_share_is_explained_person_by_person() -> None:
    people = staff(4, professional(8, specialised="acupunctuur"), professional(9, specialised="sport", hours="8"))
    confirm = ConfirmQuestionnaire(answers=answers("share"))
    contract = given(SENT, provider=practice(professionals=people))
    why = explained(contract.when(confirm, at="2024-10-10").why(QuestionnaireConfirmed), "factor.share")
    assert why.threshold == "at least 3/10"
    assert explained(why, "professional 04100008").value == "acupunctuur"
    assert explained(why, "professional 04100009").clause == "CQ25-3.2-14"


def test_who_left_before_the_day_of_confirmation_is_in_neither_number() -> None:
    gone = professional(9, specialised="sport", until="2024-10-09")
    assert share_of(10, *qualifying(3), gone) == ("met", "3/9")


def test_a_practice_without_physiotherapists_has_no_share() -> None:
    assert share_of(0) == ("not_met", "0/0")


@pytest.mark.parametrize(
    ("valid_until", "outcome"),
    [("2024-10-09", "not_met"), ("2024-10-10", "unknown"), ("2024-12-31", "unknown"), ("2025-01-01", "met")],
)
def test_a_certificate_must_be_valid_that_day_and_not_known_to_end_before_the_start(
    valid_until: str, outcome: str
) -> None:
    claims = {"kwaliteitscyclus": Claim(valid_until=day(valid_until))}
    found = findings(claims=claims, care_type=CareType.LOG)
    assert found["kwaliteitscyclus"] == (outcome, f"valid until {valid_until}")


def test_a_certificate_without_a_last_day_counts_as_declared() -> None:
    assert findings("kwaliteitscyclus", care_type=CareType.LOG)["kwaliteitscyclus"] == ("met", "declared")


def test_a_membership_that_is_only_declared_asks_no_evidence() -> None:
    assert findings("vvocm", care_type=CareType.OEF)["vvocm"] == ("met", "declared")


def ends_early() -> ConfirmQuestionnaire:
    claims = {"kwaliteitscyclus": Claim(valid_until=day("2024-12-31"))}
    return ConfirmQuestionnaire(answers=answers(claims=claims, care_type=CareType.LOG))


def test_a_certificate_known_to_end_before_the_start_asks_a_person() -> None:
    outcome = given(SENT, care_type=CareType.LOG).when(ends_early(), at="2024-10-10")
    assert outcome.facts[1:] == [
        ReviewRequested(
            review_id="factor_ends_before_start-1",
            ground=ReviewGround.FACTOR_ENDS_BEFORE_START,
            factor="kwaliteitscyclus",
            found="valid until 2024-12-31",
        )
    ]


def test_the_review_that_confirming_asks_for_takes_no_earlier_reviews_place() -> None:
    earlier = RequestReview(ground=ReviewGround.FACTOR_ENDS_BEFORE_START, factor="prem", found="a letter")
    contract = given(SENT, care_type=CareType.LOG).when(earlier, at="2024-10-01").done()
    contract = contract.when(ends_early(), at="2024-10-10").done()
    assert [each.factor for each in contract.contract.reviews.values()] == ["prem", "kwaliteitscyclus"]


# ------------------------------------------------------------------------------------------------ the lapse


def test_a_questionnaire_that_was_saved_and_not_confirmed_lapses() -> None:
    contract = given(SENT).when(SaveQuestionnaire(answers=NONE_CLAIMED), at="2024-10-19").done()
    lapse = contract.when(RecordLapse(), at="2024-10-25")
    lapse.then(QuestionnaireLapsed())
    contract.when(ConfirmQuestionnaire(), at="2024-10-25").refused("QUESTIONNAIRE_LAPSED")


def test_a_lapse_carries_the_deadline_as_the_instant_it_happened() -> None:
    contract = given(SENT).when(RecordLapse(), at="2024-10-25").done()
    assert contract.history[-1].occurred_at == at("2024-10-21T00:00")


def test_a_lapse_is_recorded_once() -> None:
    given(SENT).when(RecordLapse(), at="2024-10-25").done().when(RecordLapse(), at="2024-10-26").nothing()


def test_nothing_lapses_before_the_deadline_or_once_confirmed() -> None:
    given(SENT).when(RecordLapse(), at=LAST_INSTANT).nothing()
    confirmed().when(RecordLapse(), at="2024-10-25").nothing()


def test_nothing_lapses_that_was_never_sent() -> None:
    given().when(RecordLapse(), at="2024-10-25").nothing()
    not_approached = given(provider=practice(certificates=())).when(Approach(), at="2024-09-16").done()
    not_approached.when(RecordLapse(), at="2024-10-25").nothing()

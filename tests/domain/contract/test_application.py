"""The route for who received no offer: received always, granted or refused, and where it starts (CQ25-4-30..39)."""

from dataclasses import replace

import pytest

from domain.care_type import CareType
from domain.contract.commands import (
    Approach,
    AssessQuestionnaire,
    ConfirmQuestionnaire,
    DecideApplication,
    DecideReview,
    DecideTerm,
    DeclineOffer,
    MakeOffer,
    ReceiveApplication,
    ReceiveDocuments,
    RecordLapse,
    RequestDocuments,
)
from domain.contract.facts import (
    ApplicationGranted,
    ApplicationKind,
    ApplicationReceived,
    ApplicationRefused,
    ContractOffered,
    DocumentsReceived,
    DocumentsRequested,
    OfferWithheld,
    QuestionnaireAssessed,
    QuestionnaireConfirmed,
    QuestionnaireSent,
    Reason,
    ReviewDecided,
    ReviewGround,
    ReviewOutcome,
    ReviewRequested,
    Signed,
    TermDecided,
    TierAssigned,
)
from domain.provider.provider import IntegritySignal
from tests.given import (
    SENT,
    Given,
    adoptions,
    amended,
    answers,
    asr,
    at_asr,
    caresq,
    caresq_one_year,
    caresq_two_years,
    day,
    declared,
    given,
    practice,
    sign,
    signed,
)

APPLY = ReceiveApplication()
GRANT = DecideApplication(verdicts={"added_value": True})
WAITS = (ApplicationReceived, ReviewRequested)
GRANTED = (ReviewDecided, ApplicationGranted, ContractOffered)


def applied(care_type: CareType = CareType.ERG, at: str = "2024-11-15") -> Given:
    return given(care_type=care_type).when(APPLY, at=at).brings(*WAITS)


def start_of(contract: Given) -> str:
    assert contract.contract.offer is not None
    return str(contract.contract.offer.term.start)


def refusal_of(contract: Given) -> str:
    application = contract.contract.application
    assert application is not None
    assert application.refused is not None
    return application.refused.code


# ------------------------------------------------------------------------------------------------- received, and then


def test_an_application_opens_an_attempt_and_asks_a_person() -> None:
    contract = applied()
    (review,) = contract.contract.reviews.values()
    assert (contract.contract.attempt, review.ground) == (1, ReviewGround.APPLICATION)


def test_the_same_application_again_changes_nothing() -> None:
    applied().when(APPLY, at="2024-11-16").nothing()


def test_an_application_for_deferred_care_is_received_and_refused_each_time() -> None:
    contract = given(care_type=CareType.VAL, provider=practice()).when(APPLY, at="2024-10-01")
    first = contract.brings(ApplicationReceived, ApplicationRefused)
    assert refusal_of(first) == "DEFERRED"
    second = first.when(APPLY, at="2025-01-10").brings(ApplicationReceived, ApplicationRefused)
    assert (second.contract.attempt, refusal_of(second)) == (2, "DEFERRED")


def test_an_application_beside_a_running_contract_is_refused_and_leaves_it_alone() -> None:
    contract = signed("prem")
    after = contract.when(APPLY, at="2025-03-01").brings(ApplicationReceived, ApplicationRefused)
    assert replace(after.contract, version=0) == replace(contract.contract, version=0)
    (refused,) = (each.fact for each in after.history if isinstance(each.fact, ApplicationRefused))
    assert (refused.attempt, refused.reason.code) == (None, "ALREADY_RUNNING")


def test_an_application_beside_an_open_questionnaire_is_refused() -> None:
    after = given(SENT).when(APPLY, at="2024-10-01").brings(ApplicationReceived, ApplicationRefused)
    assert after.contract.application is None
    after.when(ConfirmQuestionnaire(answers=answers()), at="2024-10-02").brings(QuestionnaireConfirmed)


def test_an_unknown_practice_can_not_apply() -> None:
    given(care_type=CareType.ERG).but(provider=None).when(APPLY, at="2024-11-15").refused("PROVIDER_UNKNOWN")


def test_a_policy_that_lets_nobody_apply_after_a_refusal_refuses_the_second_one() -> None:
    strict = amended(caresq_two_years(), {"application": {"after": ["no_offer"]}})
    contract = given(care_type=CareType.ERG, policy=strict).when(APPLY, at="2024-11-15").done()
    no = contract.when(DecideApplication(verdicts={"added_value": False}), at="2024-11-20").done()
    again = no.when(APPLY, at="2024-12-01").brings(ApplicationReceived, ApplicationRefused)
    assert refusal_of(again) == "ALREADY_RUNNING"


# ------------------------------------------------------------------------------------------------ a person's verdicts


def test_a_person_finds_no_added_value() -> None:
    refuse = DecideApplication(verdicts={"added_value": False})
    contract = applied().when(refuse, at="2024-11-20").brings(ReviewDecided, ApplicationRefused)
    assert refusal_of(contract) == "NO_ADDED_VALUE"


def test_a_doubt_about_integrity_that_a_person_confirms_refuses() -> None:
    doubted = replace(practice(), integrity_signals=(IntegritySignal(recorded_on=day("2025-01-01")),))
    contract = given(provider=doubted).when(APPLY, at="2025-02-10").brings(*WAITS)
    contract.when(GRANT, at="2025-02-20").refused("VERDICT_MISSING")
    refuse = DecideApplication(verdicts={"added_value": True, "integrity": False})
    assert refusal_of(contract.when(refuse, at="2025-02-20").done()) == "INTEGRITY"


def test_a_person_may_doubt_integrity_without_an_earlier_signal() -> None:
    refuse = DecideApplication(verdicts={"added_value": True, "integrity": False})
    assert refusal_of(applied().when(refuse, at="2024-11-20").done()) == "INTEGRITY"


def test_a_criterion_without_a_verdict_is_never_taken_for_met() -> None:
    applied().when(DecideApplication(), at="2024-11-20").refused("VERDICT_MISSING")


def test_a_verdict_on_what_nobody_asks_is_refused() -> None:
    strange = DecideApplication(verdicts={"added_valeu": True})
    applied().when(strange, at="2024-11-20").refused("VERDICT_NOT_ASKED")


def test_a_decision_needs_an_application_and_is_taken_once() -> None:
    given(care_type=CareType.ERG).when(GRANT, at="2024-11-20").refused("NO_APPLICATION")
    applied().when(GRANT, at="2024-11-20").done().when(GRANT, at="2024-11-21").nothing()


def test_the_review_of_an_application_is_decided_with_it() -> None:
    decide = DecideReview(review_id="application-1", outcome=ReviewOutcome.APPROVED)
    contract = applied()
    contract.when(decide, at="2024-11-20").refused("APPLICATION_UNDECIDED")
    granted = contract.when(GRANT, at="2024-11-20").brings(*GRANTED)
    assert granted.contract.reviews["application-1"].outcome is ReviewOutcome.APPROVED


def test_duty_of_care_is_a_persons_and_meeting_the_conditions_is_not_enough() -> None:
    contract = at_asr(contracted=()).when(APPLY, at="2023-08-01").brings(*WAITS)
    refuse = DecideApplication(verdicts={"duty_of_care": False})
    assert refusal_of(contract.when(refuse, at="2023-08-20").done()) == "ZORGPLICHT_NOT_NEEDED"
    contract.when(DecideApplication(verdicts={"duty_of_care": True}), at="2023-08-20").brings(*GRANTED)


@pytest.mark.parametrize(("moment", "late"), [("2023-09-30T23:59:59", False), ("2023-10-01T00:00", True)])
def test_the_day_of_the_deadline_is_too_late_where_it_is_exclusive(moment: str, *, late: bool) -> None:
    outcome = at_asr(contracted=()).when(APPLY, at=moment)
    if late:
        assert refusal_of(outcome.brings(ApplicationReceived, ApplicationRefused)) == "APPLICATION_TOO_LATE"
    else:
        outcome.brings(*WAITS)


def test_claims_that_were_filed_bar_an_application_in_the_running_year() -> None:
    contract = at_asr(CareType.FYS, "claims@2024=5", contracted=()).when(APPLY, at="2024-02-01")
    assert refusal_of(contract.brings(ApplicationReceived, ApplicationRefused)) == "CLAIMS_ALREADY_FILED"


def test_in_a_running_year_a_person_decides_the_start() -> None:
    contract = at_asr(CareType.FYS, "claims@2024=0", contracted=()).when(APPLY, at="2024-02-01").brings(*WAITS)
    verdicts = {"duty_of_care": True}
    contract.when(DecideApplication(verdicts=verdicts), at="2024-02-20").refused("START_MISSING", "ASR24-5-CON-9")
    decide = DecideApplication(verdicts=verdicts, start=day("2024-03-15"))
    assert start_of(contract.when(decide, at="2024-02-20").brings(*GRANTED)) == "2024-03-15"


def test_where_nothing_is_left_to_judge_but_the_start_a_person_is_asked() -> None:
    contract = at_asr(CareType.FYS, "claims@2024=0").when(APPLY, at="2024-02-01").brings(*WAITS)
    assert contract.contract.application is not None


def test_where_nothing_is_left_to_judge_the_application_is_granted_at_once() -> None:
    contract = at_asr().when(APPLY, at="2023-10-05").brings(ApplicationReceived, ApplicationGranted, ContractOffered)
    assert start_of(contract) == "2024-01-01"


# --------------------------------------------------------------------------------------------------------- documents


def following() -> Given:
    follow = ReceiveApplication(application=ApplicationKind.FOLLOW_INSURER, other_insurer="Verzekeraar Noord")
    contract = given(care_type=CareType.GLI).when(follow, at="2025-02-10")
    return contract.brings(ApplicationReceived, DocumentsRequested, ReviewRequested)


def test_without_the_other_insurers_agreement_the_documents_are_asked_for() -> None:
    following().when(GRANT, at="2025-02-25").refused("AWAITING_DOCUMENTS")


def test_the_month_of_the_application_counts_and_not_that_of_the_attachment() -> None:
    arrived = ReceiveDocuments(documents=("the agreement",))
    contract = following().when(arrived, at="2025-03-05").brings(DocumentsReceived)
    granted = contract.when(GRANT, at="2025-03-10").brings(ReviewDecided, ApplicationGranted, OfferWithheld)
    application = granted.contract.application
    assert application is not None
    assert application.term is not None
    assert (str(application.term.start), application.term.end) == ("2025-03-01", None)


def granted_to_a_follower() -> Given:
    contract = following().when(ReceiveDocuments(documents=("the agreement",)), at="2025-02-20").done()
    return contract.when(GRANT, at="2025-02-25").brings(ReviewDecided, ApplicationGranted, OfferWithheld)


def test_the_term_of_who_follows_another_insurer_is_undecided_until_a_person_decides_it() -> None:
    contract = granted_to_a_follower()
    assert contract.contract.withheld == Reason(
        code="TERM_UNDECIDED", clause="CQ25-4-30", found="a person has not decided the term"
    )
    contract.when(MakeOffer(), at="2025-02-26").nothing()
    outcome = contract.when(DecideTerm(end=day("2025-12-31")), at="2025-02-26")
    offered = outcome.brings(TermDecided, ContractOffered).contract.offer
    assert offered is not None
    assert (str(offered.term.start), str(offered.term.end)) == ("2025-03-01", "2025-12-31")


def test_the_person_may_decide_the_term_with_the_application() -> None:
    contract = following().when(ReceiveDocuments(documents=("the agreement",)), at="2025-02-20").done()
    both = GRANT.model_copy(update={"end": day("2026-12-31")})
    contract.when(both, at="2025-02-25").brings(ReviewDecided, ApplicationGranted, TermDecided, ContractOffered)


@pytest.mark.parametrize("end", ["2025-02-28", "2027-01-01"])
def test_the_term_decided_lies_in_the_days_that_the_contract_can_last(end: str) -> None:
    granted_to_a_follower().when(DecideTerm(end=day(end)), at="2025-02-26").refused("OUTSIDE_TERM", "CQ25-4-30")


def test_a_term_decided_again_changes_nothing_and_after_the_offer_no_other_can_be() -> None:
    contract = granted_to_a_follower().when(DecideTerm(end=day("2025-12-31")), at="2025-02-26").done()
    contract.when(DecideTerm(end=day("2025-12-31")), at="2025-02-27").nothing()
    contract.when(DecideTerm(end=day("2025-11-30")), at="2025-02-27").refused("ALREADY_OFFERED", "CQ25-4-30")


def test_no_term_is_decided_before_the_grant() -> None:
    following().when(DecideTerm(end=day("2025-12-31")), at="2025-02-20").refused("NOT_GRANTED", "CQ25-4-30")


def test_nobody_decides_a_term_that_the_policy_states() -> None:
    contract = given(care_type=CareType.ERG).when(DecideTerm(end=day("2025-12-31")), at="2025-02-20")
    contract.refused("TERM_NOT_ASKED")


def test_with_the_documents_nothing_is_asked_for() -> None:
    follow = ReceiveApplication(application=ApplicationKind.FOLLOW_INSURER, documents=("the agreement",))
    given(care_type=CareType.GLI).when(follow, at="2025-02-10").brings(*WAITS)


def test_an_officer_may_ask_for_documents_once() -> None:
    ask = RequestDocuments(documents=("a plan",))
    contract = applied().when(ask, at="2024-11-16").brings(DocumentsRequested)
    contract.when(ask, at="2024-11-17").nothing()
    arrived = contract.when(ReceiveDocuments(documents=("a plan",)), at="2024-11-18").brings(DocumentsReceived)
    arrived.when(ReceiveDocuments(documents=("a plan",)), at="2024-11-19").nothing()


def test_documents_belong_to_an_application_that_waits() -> None:
    ask = RequestDocuments(documents=("a plan",))
    given(SENT).when(ask, at="2024-10-01").refused("NO_APPLICATION")
    given(SENT).when(ReceiveDocuments(documents=("a plan",)), at="2024-10-01").refused("NO_APPLICATION")
    applied().when(GRANT, at="2024-11-20").done().when(ask, at="2024-11-21").refused("NO_APPLICATION")


# ------------------------------------------------------------------------------------------ start, flags, last day


@pytest.mark.parametrize(
    ("received", "start"),
    [
        ("2024-11-15", "2025-01-01"),
        ("2024-12-31T23:50", "2025-01-01"),
        ("2025-01-01T00:10", "2025-02-01"),
        ("2025-01-31", "2025-02-01"),
        ("2025-02-28", "2025-03-01"),
    ],
)
def test_it_starts_on_the_first_of_the_month_after_its_local_day(received: str, start: str) -> None:
    assert start_of(applied(at=received).when(GRANT, at="2025-03-10").brings(*GRANTED)) == start


def test_the_end_is_that_of_the_term() -> None:
    contract = applied(CareType.VOET, at="2024-12-10").when(GRANT, at="2024-12-20").brings(*GRANTED)
    assert contract.contract.offer is not None
    term = contract.contract.offer.term
    assert (str(term.start), str(term.end)) == ("2025-01-01", "2025-12-31")


def test_a_start_after_the_end_leaves_no_term() -> None:
    contract = applied(CareType.VOET, at="2025-12-10").when(GRANT, at="2025-12-20")
    assert refusal_of(contract.brings(ReviewDecided, ApplicationRefused)) == "NO_TERM_LEFT"


def test_a_start_before_the_offer_is_flagged_and_bars_nothing() -> None:
    contract = applied(at="2024-11-15").when(GRANT, at="2025-01-20").brings(*GRANTED)
    assert contract.contract.offer is not None
    assert [(each.code, each.clause) for each in contract.contract.offer.flags] == [
        ("RETROACTIVE_VS_OFFER", "CQ25-4-36")
    ]


def test_the_offer_can_be_signed_for_thirty_days_whatever_the_rounds_last_day() -> None:
    contract = applied(at="2024-11-15").when(GRANT, at="2025-01-20").done()
    conditions = declared(caresq_two_years(), CareType.ERG)
    contract.when(sign(contract, conditions), at="2025-02-19").brings(Signed)
    contract.when(sign(contract, conditions), at="2025-02-20").refused("OFFER_LAPSED")


def test_without_a_sign_by_rule_the_last_day_is_that_of_the_term() -> None:
    policy = amended(caresq_two_years(), {"application": {"sign_by": None}})
    contract = given(care_type=CareType.ERG, policy=policy).when(APPLY, at="2024-11-15").done()
    granted = contract.when(GRANT, at="2025-01-20").done()
    assert granted.contract.offer is not None
    assert granted.contract.offer.last_signing_day == day("2026-12-31")


# ------------------------------------------------------------------------------- the questionnaire in this route


def test_care_with_a_questionnaire_gets_one_without_the_rounds_deadline() -> None:
    contract = given().when(APPLY, at="2025-02-10").brings(*WAITS)
    sent = contract.when(GRANT, at="2025-02-20").brings(ReviewDecided, ApplicationGranted, QuestionnaireSent)
    filled_in = sent.when(ConfirmQuestionnaire(answers=answers("prem")), at="2025-03-20").brings(QuestionnaireConfirmed)
    filled_in.when(RecordLapse(), at="2025-04-01").nothing()
    assessed = filled_in.when(AssessQuestionnaire(), at="2025-03-25").brings(QuestionnaireAssessed, TierAssigned)
    assert [(str(each.effective_on), each.tier) for each in assessed.contract.assignments] == [("2025-03-01", "D")]
    offered = assessed.when(MakeOffer(), at="2025-03-26").brings(ContractOffered)
    assert start_of(offered) == "2025-03-01"


def test_nothing_is_offered_before_the_application_is_granted() -> None:
    applied().when(MakeOffer(), at="2024-11-16").refused("NOT_GRANTED")


def test_an_application_under_an_undecided_term_withholds_the_offer() -> None:
    contract = given(policy=caresq()).when(APPLY, at="2024-11-15").brings(*WAITS)
    contract.when(GRANT, at="2024-11-20").brings(ReviewDecided, ApplicationGranted, QuestionnaireSent)


def test_what_was_granted_under_an_undecided_term_gets_the_end_that_is_decided_later() -> None:
    policies = adoptions(caresq(), caresq_one_year(), since=("2024-04-01", "2024-11-25"))
    contract = given(policies=policies).when(APPLY, at="2024-11-15").brings(*WAITS).when(GRANT, at="2024-11-20").done()
    filled_in = contract.when(ConfirmQuestionnaire(answers=answers()), at="2024-11-21").done()
    assessed = filled_in.when(AssessQuestionnaire(), at="2024-11-22").done()
    assert assessed.when(MakeOffer(), at="2024-11-22").brings(OfferWithheld).contract.offer is None
    offered = assessed.when(MakeOffer(), at="2024-11-26").brings(ContractOffered).contract.offer
    assert offered is not None
    assert (offered.term.start, offered.term.end) == (day("2025-01-01"), day("2025-12-31"))


# ----------------------------------------------------------------------------------------------------- what it follows


def test_who_was_not_approached_may_apply() -> None:
    provider = practice(CareType.DIE, contracted=(2020,))
    contract = given(care_type=CareType.DIE, provider=provider).when(Approach(), at="2024-08-28").done()
    second = contract.when(APPLY, at="2024-11-20").brings(*WAITS)
    assert (second.contract.attempt, [each.attempt for each in second.contract.past]) == (2, [1])
    assert start_of(second.when(GRANT, at="2024-11-25").brings(*GRANTED)) == "2025-01-01"
    second.when(Approach(), at="2024-11-26").nothing()


def test_who_declined_may_apply() -> None:
    contract = given(care_type=CareType.DIE).when(Approach(), at="2024-08-28").done()
    decline = DeclineOffer(person_id="p1", certificate_serial="serial-1")
    contract.when(decline, at="2024-09-01").done().when(APPLY, at="2024-10-01").brings(*WAITS)


def test_the_declared_conditions_bind_in_this_route_too() -> None:
    contract = applied().when(GRANT, at="2024-11-20").done()
    contract.when(sign(contract), at="2024-11-21").refused("CONDITIONS_NOT_DECLARED")


def test_the_conditions_of_asr_are_declared_with_the_signature() -> None:
    contract = at_asr().when(APPLY, at="2023-10-05").done()
    contract.when(sign(contract), at="2023-10-10").refused("CONDITIONS_NOT_DECLARED")
    contract.when(sign(contract, declared(asr(), CareType.FYS)), at="2023-10-10").brings(Signed)

"""What falls due by time alone, and what waits for a person."""

from dataclasses import replace
from datetime import datetime

import pytest

from domain.calendar import Deadline, Term
from domain.care_type import CareType
from domain.contract.commands import (
    AcceptEvidence,
    Approach,
    AssessQuestionnaire,
    DecideApplication,
    DecideReview,
    DeclineOffer,
    Publish,
    ReceiveApplication,
    ReceiveDocuments,
    RecordLapse,
    RejectEvidence,
    RequestDocuments,
    RequestReview,
    Terminate,
    Unpublish,
)
from domain.contract.due import Due, DueKind, Work, WorkKind, falls_due, open_reviews, open_work
from domain.contract.facts import Registration, ReviewGround, ReviewOutcome
from domain.contract.standing import Planned, Status, deadlines_of, planned, status
from tests.given import (
    SENT,
    Given,
    assessed,
    at,
    caresq_two_years,
    confirmed,
    day,
    given,
    offered,
    practice,
    signed,
    upload,
)

OPENED, CLOSED = at("2024-11-12T00:00"), at("2024-10-21T00:00")
TOO_LATE = at("2024-11-08T00:00")
END = at("2027-01-01T00:00")
SINCE = at("2024-04-01")
REMINDERS = (DueKind.QUESTIONNAIRE_REMINDER, DueKind.OFFER_REMINDER)
UNPLANNED = Planned(None, None, signing_binds=True, publication_starts=None)


def due(contract: Given, planning: Planned | None = None) -> list[Due]:
    care_type = contract.contract_id.care_type
    found = falls_due(contract.contract, planning or planned(caresq_two_years(), care_type), SINCE)
    return [each for each in found if each.kind not in REMINDERS]


def test_nothing_falls_due_before_anything_was_sent() -> None:
    assert due(given()) == []


def test_an_open_questionnaire_lapses_at_its_deadline_until_that_is_recorded() -> None:
    assert due(given(SENT)) == [Due(DueKind.QUESTIONNAIRE_LAPSE, CLOSED)]
    assert due(given(SENT), UNPLANNED) == []
    assert due(given(SENT).when(RecordLapse(), at="2024-10-21").done()) == []


def test_a_lapse_recorded_of_another_deadline_falls_due_at_the_new_one() -> None:
    lapsed = given(SENT).when(RecordLapse(), at="2024-10-21").done()
    moved = UNPLANNED._replace(questionnaire=Deadline(day=day("2024-10-31")))
    assert due(lapsed, moved) == [Due(DueKind.QUESTIONNAIRE_LAPSE, at("2024-11-01T00:00"))]


def test_a_confirmed_questionnaire_lapses_no_more() -> None:
    assert due(confirmed()) == []


def test_an_open_offer_lapses_after_its_last_signing_day_until_that_is_recorded() -> None:
    assert due(offered()) == [Due(DueKind.OFFER_LAPSE, TOO_LATE)]
    assert due(offered(), UNPLANNED) == []
    assert due(offered().when(RecordLapse(), at="2024-11-08").done()) == []


def test_a_declined_offer_falls_due_for_nothing() -> None:
    decline = DeclineOffer(person_id="p1", certificate_serial="serial-1")
    assert due(offered().when(decline, at="2024-11-01").done()) == []


def test_a_signed_contract_is_published_from_the_publication_day_to_its_end() -> None:
    assert due(signed()) == [Due(DueKind.PUBLICATION, OPENED, END)]
    assert due(signed(), UNPLANNED) == []


def test_who_signs_after_the_publication_day_is_published_from_the_signature() -> None:
    early = UNPLANNED._replace(publication_starts=at("2024-10-20T00:00"))
    assert due(signed(), early) == [Due(DueKind.PUBLICATION, at("2024-11-01"), END)]


def test_a_published_contract_is_unpublished_after_its_last_day() -> None:
    published = signed().when(Publish(), at="2024-11-12").done()
    assert due(published) == [Due(DueKind.UNPUBLICATION, END)]
    ended = published.when(Terminate(last_day=day("2025-06-30")), at="2025-05-01").done()
    assert due(ended) == [Due(DueKind.UNPUBLICATION, at("2025-07-01T00:00"))]
    assert due(ended.when(Unpublish(), at="2025-07-01T00:00").done()) == []


def test_a_contract_that_ends_before_it_begins_is_taken_from_the_list_at_once_and_never_put_on_it() -> None:
    published = signed().when(Publish(), at="2024-11-12").done().contract
    void = replace(published, last_day=day("2024-12-15"))
    deadlines = planned(caresq_two_years(), CareType.FYS)
    assert list(falls_due(void, deadlines, SINCE)) == [Due(DueKind.UNPUBLICATION, at("2024-11-12"))]
    assert list(falls_due(replace(signed().contract, last_day=day("2024-12-15")), deadlines, SINCE)) == []


def test_a_contract_whose_end_was_taken_back_is_published_again() -> None:
    contract = signed().when(Publish(), at="2024-11-12").done()
    contract = contract.when(Terminate(last_day=day("2025-06-30")), at="2025-05-01").done()
    contract = contract.when(Unpublish(), at="2025-07-02").done()
    back = replace(contract.contract, last_day=None)
    deadlines = planned(caresq_two_years(), CareType.FYS)
    assert list(falls_due(back, deadlines, SINCE)) == [Due(DueKind.PUBLICATION, at("2025-07-02"), END)]
    before = replace(back, unpublished_at=at("2024-12-01"))
    assert list(falls_due(before, deadlines, SINCE)) == [Due(DueKind.PUBLICATION, at("2025-01-01T00:00"), END)]
    later = UNPLANNED._replace(publication_starts=at("2025-08-01T00:00"))
    assert list(falls_due(back, later, SINCE)) == [Due(DueKind.PUBLICATION, at("2025-08-01T00:00"), END)]


@pytest.mark.parametrize(("starts", "published"), [("2026-12-31T23:59:59", True), ("2027-01-01T00:00", False)])
def test_nothing_is_published_from_the_end_on(starts: str, *, published: bool) -> None:
    late = UNPLANNED._replace(publication_starts=at(starts))
    assert bool(due(signed(), late)) is published
    again = replace(signed().contract, published_at=at("2024-11-12"), unpublished_at=at("2024-12-01"))
    assert bool(list(falls_due(again, late, SINCE))) is published


def test_a_contract_without_end_is_published_for_good() -> None:
    contract = signed().contract
    assert contract.offer is not None
    endless = replace(contract, offer=contract.offer._replace(term=Term(start=day("2025-01-01"), end=None)))
    deadlines = planned(caresq_two_years(), CareType.FYS)
    assert list(falls_due(endless, deadlines, SINCE)) == [Due(DueKind.PUBLICATION, OPENED, None)]
    published = replace(endless, published_at=OPENED)
    assert list(falls_due(published, deadlines, SINCE)) == []
    taken = replace(published, unpublished_at=at("2025-02-01"))
    assert list(falls_due(taken, deadlines, SINCE)) == [Due(DueKind.PUBLICATION, at("2025-02-01"), None)]


# ------------------------------------------------------------------------------------------------ for a person


def work(contract: Given, moment: str, due_on: str | None = "2024-11-07") -> list[Work]:
    deadlines = deadlines_of(contract.contract, caresq_two_years(), contract.contract_id.care_type)
    stands = status(contract.contract, deadlines, at(moment))
    return list(open_work(contract.contract, stands, None if due_on is None else day(due_on), contract.history))


def test_evidence_waits_until_it_is_judged() -> None:
    supplied = confirmed("kngf", "skf", proven=("kngf", "skf"))
    waiting = [each for each in work(supplied, "2024-10-11") if each.kind is WorkKind.EVIDENCE]
    assert waiting == [
        Work(WorkKind.EVIDENCE, "kngf-1", "kngf", at("2024-10-09"), day("2024-11-07")),
        Work(WorkKind.EVIDENCE, "skf-1", "skf", at("2024-10-09"), day("2024-11-07")),
    ]
    judged = supplied.when(AcceptEvidence(evidence_id="kngf-1"), at="2024-10-11").done()
    judged = judged.when(RejectEvidence(evidence_id="skf-1", ground="unreadable"), at="2024-10-11").done()
    assert work(judged, "2024-10-12")[:1] == [
        Work(WorkKind.CORRECTION, "skf-1", "skf", at("2024-10-11"), day("2024-11-07"))
    ]
    assert [each.kind for each in work(judged, "2024-10-12")][1:] == [WorkKind.ASSESSMENT]


def test_a_confirmed_questionnaire_waits_for_its_assessment() -> None:
    assert work(confirmed(), "2024-10-11") == [
        Work(WorkKind.ASSESSMENT, "questionnaire", "", at("2024-10-10"), day("2024-11-07"))
    ]
    assert work(given(SENT), "2024-10-11") == []
    assert work(assessed(), "2024-10-15") == []


def applied(*documents: str) -> Given:
    contract = given(care_type=CareType.ERG).when(ReceiveApplication(), at="2024-11-15").done()
    for number, each in enumerate(documents):
        if number:
            contract = contract.when(ReceiveDocuments(documents=("some",)), at=f"2024-11-{15 + number}").done()
        contract = contract.when(RequestDocuments(documents=(each, "a letter")), at=f"2024-11-{16 + number}").done()
    return contract


def test_an_application_waits_for_a_decision() -> None:
    assert work(applied(), "2024-11-16", None) == [
        Work(WorkKind.APPLICATION, "application", "regular", at("2024-11-15"))
    ]
    granted = applied().when(DecideApplication(verdicts={"added_value": True}), at="2024-11-20").done()
    assert work(granted, "2024-11-21", None) == []


def test_an_application_that_waits_for_documents_names_those_asked_for_last() -> None:
    assert work(applied("a plan"), "2024-11-17", None) == [
        Work(WorkKind.MISSING_DATA, "documents", "a plan, a letter", at("2024-11-16"))
    ]
    assert work(applied("a plan", "an index"), "2024-11-18", None) == [
        Work(WorkKind.MISSING_DATA, "documents", "an index, a letter", at("2024-11-17"))
    ]
    arrived = applied("a plan").when(ReceiveDocuments(documents=("a plan",)), at="2024-11-18").done()
    assert [each.kind for each in work(arrived, "2024-11-19", None)] == [WorkKind.APPLICATION]


def test_a_granted_application_waits_for_nobody_whatever_is_still_open() -> None:
    granted = applied().contract
    assert granted.application is not None
    over = replace(granted, application=granted.application._replace(granted_at=at("2024-11-20")))
    assert list(open_work(over, Status.APPLICATION_RECEIVED, None, applied().history)) == []


def test_a_correction_waits_until_something_is_supplied() -> None:
    rejected = signed("kngf")
    assert [(each.kind, each.item, each.about) for each in work(rejected, "2024-11-02", None)] == [
        (WorkKind.CORRECTION, "kngf", "kngf")
    ]
    supplied = rejected.when(upload("kngf", "1"), at="2025-05-10").done()
    assert [each.kind for each in work(supplied, "2025-05-11", None)] == [WorkKind.EVIDENCE]


def test_what_came_is_to_be_answered_by_the_day_that_the_policy_aims_at() -> None:
    supplied = signed("kngf").when(upload("kngf", "1"), at="2025-05-10").done()
    found = open_work(supplied.contract, Status.SIGNED, None, supplied.history, lambda _: day("2025-05-16"))
    assert [each.due_on for each in found] == [day("2025-05-16")]


def test_a_proof_that_ends_during_the_term_is_shown_sixty_days_before() -> None:
    contract = signed("kngf").when(upload("kngf", "1"), at="2025-05-10").done()
    ending = AcceptEvidence(evidence_id="kngf-1", registration=Registration(valid_to=day("2025-12-31")))
    contract = contract.when(ending, at="2025-05-20").done()
    assert work(contract, "2025-05-21", None) == [
        Work(WorkKind.PROOF_ENDS, "kngf", "kngf", at("2025-11-01T00:00"), day("2025-12-31"))
    ]


def test_an_application_that_is_over_waits_for_nobody() -> None:
    assert list(open_work(applied().contract, Status.ENDED, None, applied().history)) == []


def reviews(contract: Given, since: datetime = CLOSED) -> list[Work]:
    return list(open_reviews(contract.contract, since))


def test_a_question_waits_until_a_person_has_decided_it() -> None:
    ask = RequestReview(ground=ReviewGround.FACTOR_NO_LONGER_MET, factor="share", found="the share is now 25%")
    contract = signed().when(ask, at="2025-06-30").done()
    assert reviews(contract) == [
        Work(WorkKind.REVIEW, "factor_no_longer_met-1", "factor_no_longer_met share", at("2025-06-30"))
    ]
    decide = DecideReview(review_id="factor_no_longer_met-1", outcome=ReviewOutcome.APPROVED)
    assert reviews(contract.when(decide, at="2025-07-01").done()) == []


def test_a_missing_address_is_data_that_is_missing() -> None:
    provider = practice(vecozo_email="")
    contract = given(provider=provider).when(Approach(), at="2024-09-16").done()
    assert reviews(contract) == [
        Work(WorkKind.MISSING_DATA, "vecozo_email_missing-1", "vecozo_email_missing", at("2024-09-16"))
    ]


def test_a_question_of_which_the_instant_is_not_known_waits_since_the_one_that_is_given() -> None:
    contract = confirmed().when(AssessQuestionnaire(), at="2024-11-08").done().contract
    undated = {key: each._replace(requested_at=None) for key, each in contract.reviews.items()}
    (waiting,) = open_reviews(replace(contract, reviews=undated), TOO_LATE)
    assert (waiting.item, waiting.since) == ("assessed_after_last_signing_day-1", TOO_LATE)


def test_evidence_supplied_after_the_signature_waits_without_a_last_day() -> None:
    contract = signed("kngf").when(upload("kngf"), at="2025-03-15").done()
    assert work(contract, "2025-03-16", None) == [Work(WorkKind.EVIDENCE, "kngf-1", "kngf", at("2025-03-15"))]

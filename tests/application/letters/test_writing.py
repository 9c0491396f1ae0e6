"""Which letters the facts of a commit cause, to whom, and with what in them."""

from datetime import date, datetime
from typing import Any

import pytest

from application.letters.letter import Letter, LetterKind
from application.letters.notices import NoticeKind, notices_of
from application.letters.writing import letters_of
from domain.calendar import Term
from domain.care_type import CareType
from domain.contract.contract import fold
from domain.contract.contract_id import ContractId
from domain.contract.facts import (
    ApplicationGranted,
    ApplicationKind,
    ApplicationReceived,
    ApplicationRefused,
    Approached,
    ContractOffered,
    ContractTerminated,
    DocumentsRequested,
    EvidenceRejected,
    NotApproached,
    OfferLapsed,
    OfferReplaced,
    Published,
    QuestionnaireAssessed,
    QuestionnaireLapsed,
    QuestionnaireOpened,
    QuestionnaireSaved,
    QuestionnaireSent,
    Reason,
    Reminded,
    Reminder,
    Signed,
    SigningPerson,
    TierAssigned,
    TierChangeAnnounced,
    Unpublished,
)
from domain.history import Fact, Recorded
from domain.policy.adoption import PolicyVersion
from domain.policy.answers import Answers
from domain.policy.document import Route
from domain.policy.letters import LinkTo, SubjectPart
from tests.given import CONTRACT, at, caresq_one_year, practice

CONTRACT_ID = ContractId.parse(CONTRACT[CareType.FYS])
VERSION = PolicyVersion(1, at("2024-04-01"), "", caresq_one_year())
CONTEXT = b'{"actor":"officer","command_id":"c","command_digest":"","correlation_id":"round-1"}'
REPORT = ("the annual report",)
TERM = Term(start=date(2025, 1, 1), end=date(2025, 12, 31))
SHA = "0" * 64
PERSON = SigningPerson(person_id="p1", name="A. de Vries", certificate_serial="serial-1")
SENT = (Approached(policy_id="caresq-2025", route=Route.QUESTIONNAIRE), QuestionnaireSent())
OFFERED = ContractOffered(
    tier="C", term=TERM, last_signing_day=date(2024, 11, 7), agreement_sha256=SHA, policy_position=1
)
TIER = TierAssigned(tier="C", effective_on=date(2025, 1, 1), factors=("prem",))


def commits(*groups: tuple[Fact, ...], start: str = "2024-09-16") -> list[list[Recorded]]:
    """Facts in commits, a day between each and the next."""
    found: list[list[Recorded]] = []
    version = 0
    for number, group in enumerate(groups):
        when: datetime = at(f"{start[:8]}{int(start[8:]) + number:02}")
        commit = []
        for fact in group:
            version += 1
            commit.append(Recorded(version, str(CONTRACT_ID), version, when, when, fact, CONTEXT))
        found.append(commit)
    return found


def letters(*groups: tuple[Fact, ...], email: str = "post@debrug.example") -> tuple[Letter, ...]:
    """The letters about the last of these commits."""
    found = commits(*groups)
    history = [recorded for commit in found for recorded in commit]
    return letters_of(CONTRACT_ID, history, found[-1], VERSION, practice(CareType.FYS, vecozo_email=email))


def letter(*groups: tuple[Fact, ...]) -> Letter:
    """The one letter about the last of these commits."""
    (found,) = letters(*groups)
    return found


def test_a_questionnaire_that_is_ready_is_told_with_its_deadline_as_the_policy_promises() -> None:
    found = letter(SENT)

    assert (found.kind, found.deadline) == (LetterKind.QUESTIONNAIRE_READY, date(2024, 10, 20))
    assert (found.recipient, found.practice) == ("post@debrug.example", "Praktijk De Brug")
    assert (found.event_id, found.position) == ("caresq/04001234/FYS/2025-2026@2", 2)
    assert found.subject == (SubjectPart.AGB, SubjectPart.CARE_TYPE)
    assert (found.link, found.clause) == (LinkTo.QUESTIONNAIRE, "CQ25-4-19")
    assert found.reply_to == "zorginkoop@caresq.nl"
    assert found.correlation_id == "round-1"
    assert found.delivery_id == "2/questionnaire_ready/post@debrug.example"


def test_each_rejected_proof_is_told_with_its_ground_and_the_name_of_its_factor() -> None:
    wrong = EvidenceRejected(evidence_id="kngf-1", factor="kngf", ground="the page with the date is missing")
    absent = EvidenceRejected(evidence_id=None, factor="prem", ground="nothing was sent")
    found = letters(SENT, (wrong, absent))

    assert [each.kind for each in found] == [LetterKind.EVIDENCE_REJECTED] * 2
    assert [each.ground for each in found] == ["the page with the date is missing", "nothing was sent"]
    assert [each.missing for each in found] == [False, True]
    assert found[0].factor == caresq_one_year().care_types[CareType.FYS].factors["kngf"].label


def test_tiers_before_an_offer_are_told_once_with_every_date() -> None:
    later = TierAssigned(tier="B", effective_on=date(2025, 6, 1), factors=("kngf", "prem"))
    found = letter(SENT, (TIER, later))

    assert found.kind is LetterKind.TIER_ASSIGNED
    assert [(each.tier, each.effective_on) for each in found.tiers] == [
        ("C", date(2025, 1, 1)),
        ("B", date(2025, 6, 1)),
    ]
    assert found.heading is None


def test_of_two_tiers_from_the_same_day_the_one_recorded_last_is_told() -> None:
    found = letter(SENT, (TIER, TIER.model_copy(update={"tier": "B"})))

    assert [each.tier for each in found.tiers] == ["B"]


def test_a_tier_that_changes_after_the_signature_is_told_as_a_change() -> None:
    signed = Signed(person=PERSON, agreement_sha256=SHA)
    better = TierAssigned(tier="B", effective_on=date(2025, 6, 1), factors=("kngf", "prem"), agreement_sha256=SHA)
    found = letter(SENT, (TIER, OFFERED), (signed,), (better,))

    assert found.kind is LetterKind.TIER_CHANGED
    assert (found.heading and found.heading.nl, found.clause) == ("Uw zorgovereenkomst is aangepast", "CQ25-3.2-25")


def test_an_offer_is_told_with_its_tier_term_and_last_signing_day_and_the_tier_not_again() -> None:
    found = letter(SENT, (TIER, OFFERED))

    assert (found.kind, found.tier, found.term, found.deadline) == (
        LetterKind.OFFER_READY,
        "C",
        TERM,
        date(2024, 11, 7),
    )
    assert found.link is LinkTo.CONTRACT


def test_a_replaced_offer_is_told_as_the_offer_that_now_stands() -> None:
    replaced = OfferReplaced(tier="B", agreement_sha256="1" * 64)
    found = letter(SENT, (TIER, OFFERED), (TIER.model_copy(update={"tier": "B"}), replaced))

    assert (found.kind, found.tier, found.agreement_sha256) == (LetterKind.OFFER_READY, "B", "1" * 64)
    assert found.deadline == date(2024, 11, 7)


def reminded(about: Reminder) -> Reminded:
    return Reminded(about=about, due_on=date(2024, 10, 31), last_day=date(2024, 11, 7), clause="CQ25-5-15")


@pytest.mark.parametrize(
    ("fact", "kind", "values"),
    [
        (QuestionnaireLapsed(), LetterKind.LAPSED, {"missing": True}),
        (OfferLapsed(), LetterKind.LAPSED, {"missing": False}),
        (
            ApplicationReceived(attempt=1, application=ApplicationKind.REGULAR),
            LetterKind.APPLICATION_RECEIVED,
            {},
        ),
        (DocumentsRequested(documents=REPORT), LetterKind.DOCUMENTS_REQUESTED, {"documents": REPORT}),
        (ApplicationGranted(term=TERM), LetterKind.APPLICATION_GRANTED, {"term": TERM}),
        (ContractTerminated(last_day=date(2025, 3, 31)), LetterKind.ENDED, {"deadline": date(2025, 3, 31)}),
        (Published(), LetterKind.PUBLISHED, {}),
        (reminded(Reminder.QUESTIONNAIRE), LetterKind.REMINDER, {"deadline": date(2024, 11, 7)}),
        (reminded(Reminder.OFFER), LetterKind.SIGNING_REMINDER, {"deadline": date(2024, 11, 7)}),
    ],
)
def test_each_of_these_facts_is_told(fact: Fact, kind: LetterKind, values: dict[str, Any]) -> None:
    found = letter(SENT, (fact,))

    assert found.kind is kind
    assert {name: getattr(found, name) for name in values} == values


@pytest.mark.parametrize(
    "fact",
    [
        ApplicationRefused(attempt=1, reason=Reason(code="NO_ADDED_VALUE", clause="CQ25-4-33", found="secret 12")),
        QuestionnaireAssessed(
            positive=False, unmet_conditions=(Reason(code="NO_ADDED_VALUE", clause="CQ25-4-33", found="secret 12"),)
        ),
    ],
)
def test_a_refusal_is_told_with_its_reason_and_never_with_what_was_found(fact: Fact) -> None:
    found = letter(SENT, (fact,))

    assert found.kind is LetterKind.REFUSED
    assert [(each.code, each.clause) for each in found.reasons] == [("NO_ADDED_VALUE", "CQ25-4-33")]
    assert "secret" not in found.model_dump_json()


@pytest.mark.parametrize(
    "fact",
    [
        Approached(policy_id="caresq-2025", route=Route.QUESTIONNAIRE),
        NotApproached(policy_id="caresq-2025", reasons=(Reason(code="NO_HISTORY", clause="CQ25-4-9"),)),
        QuestionnaireOpened(),
        QuestionnaireSaved(answers=Answers()),
        QuestionnaireAssessed(positive=True),
        Signed(person=PERSON, agreement_sha256=SHA),
        Unpublished(),
    ],
)
def test_other_facts_are_not_told_by_letter(fact: Fact) -> None:
    assert letters(SENT, (fact,)) == ()


def test_a_practice_without_an_address_still_has_its_letter() -> None:
    (found,) = letters(SENT, email="")

    assert found.recipient == ""


def notices(*groups: tuple[Fact, ...]) -> list[tuple[NoticeKind, list[str]]]:
    """The notices about the last of these commits, with their tiers."""
    found = commits(*groups)
    before = fold([recorded for commit in found[:-1] for recorded in commit])
    return [(each.type, [tier.tier for tier in each.tiers]) for each in notices_of(CONTRACT_ID, before, found[-1])]


def test_a_claims_system_is_told_of_tiers_only_once_there_is_a_contract() -> None:
    signed = Signed(person=PERSON, agreement_sha256=SHA)
    better = TierAssigned(tier="B", effective_on=date(2025, 6, 1), factors=("kngf", "prem"))

    assert notices(SENT, (TIER, OFFERED)) == []
    assert notices(SENT, (TIER, OFFERED), (signed,), (better,)) == [(NoticeKind.TIER_CHANGED, ["B"])]


def test_a_claims_system_is_told_on_its_first_day_of_a_tier_that_was_assigned_ahead() -> None:
    begun = TierChangeAnnounced(tier="B", effective_on=date(2025, 6, 1))

    assert notices(SENT, (begun,)) == [(NoticeKind.TIER_BEGUN, ["B"])]
    assert letters(SENT, (begun,)) == ()


def test_a_claims_system_is_told_who_is_listed_and_who_no_longer_is() -> None:
    assert notices(SENT, (Published(),)) == [(NoticeKind.LISTED, [])]
    assert notices(SENT, (Published(),), (Unpublished(),)) == [(NoticeKind.UNLISTED, [])]

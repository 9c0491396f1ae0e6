"""The command that facts tell of: deciding it again on the same history brings the same facts."""

from collections.abc import Callable
from typing import Any

import pytest

from domain.care_type import CareType
from domain.contract.commands import (
    AcceptEvidence,
    Approach,
    AssessQuestionnaire,
    CarryOver,
    ConfirmQuestionnaire,
    ContractCommand,
    CorrectFact,
    DecideApplication,
    DecideReview,
    DeclineOffer,
    MakeOffer,
    OpenQuestionnaire,
    Publish,
    ReceiveApplication,
    ReceiveDocuments,
    RecordLapse,
    RejectEvidence,
    RequestDocuments,
    RequestReview,
    SaveQuestionnaire,
    Terminate,
    Unpublish,
)
from domain.contract.facts import (
    ApplicationKind,
    ContractTerminated,
    QuestionnaireSent,
    ReviewGround,
    ReviewOutcome,
    TierAssigned,
)
from domain.contract.retold import command_told_by
from domain.contract.situation import kept_version
from tests.given import (
    SENT,
    Given,
    adoptions,
    answers,
    assessed,
    at,
    caresq_one_year,
    caresq_two_years,
    confirmed,
    day,
    given,
    keurmerk,
    offered,
    sign,
    signed,
    upload,
)

OVER: dict[str, Any] = {
    "term": {"start": "2024-01-01", "end": "2025-12-31"},
    "external_policy": "caresq-2024",
    "tier": "C",
}
ASK = RequestReview(ground=ReviewGround.FACTOR_NO_LONGER_MET, factor="share", found="25%")
FOLLOW = ReceiveApplication(application=ApplicationKind.FOLLOW_INSURER, other_insurer="Noord")


def applied() -> Given:
    return given(care_type=CareType.ERG).when(ReceiveApplication(), at="2024-11-15").done()


def terminated() -> Given:
    return signed().when(Terminate(last_day=day("2025-06-30")), at="2025-05-01").done()


def published() -> Given:
    return signed().when(Publish(), at="2024-11-12").done()


def late() -> Given:
    return confirmed().when(AssessQuestionnaire(), at="2024-11-08").done()


MOMENTS: dict[str, tuple[Callable[[], Given], Callable[[Given], ContractCommand], str]] = {
    "approach": (given, lambda _: Approach(), "2024-09-16"),
    "open": (lambda: given(SENT), lambda _: OpenQuestionnaire(), "2024-10-01"),
    "save": (lambda: given(SENT), lambda _: SaveQuestionnaire(answers=answers("prem")), "2024-10-01"),
    "confirm": (lambda: given(SENT), lambda _: ConfirmQuestionnaire(answers=answers("prem")), "2024-10-01"),
    "lapse of a questionnaire": (lambda: given(SENT), lambda _: RecordLapse(), "2024-10-21"),
    "supply": (lambda: confirmed("kngf"), lambda _: upload("kngf"), "2024-10-11"),
    "accept": (
        lambda: confirmed("skf", proven=("skf",)),
        lambda _: AcceptEvidence(evidence_id="skf-1", registration=keurmerk()),
        "2024-10-11",
    ),
    "reject": (
        lambda: confirmed("kngf", proven=("kngf",)),
        lambda _: RejectEvidence(evidence_id="kngf-1", ground="unreadable"),
        "2024-10-11",
    ),
    "assess": (confirmed, lambda _: AssessQuestionnaire(), "2024-10-14"),
    "offer": (assessed, lambda _: MakeOffer(), "2024-10-15"),
    "sign": (offered, sign, "2024-11-01"),
    "decline": (offered, lambda _: DeclineOffer(person_id="p1", certificate_serial="serial-1"), "2024-11-01"),
    "lapse of an offer": (offered, lambda _: RecordLapse(), "2024-11-08"),
    "publish": (signed, lambda _: Publish(), "2024-11-12"),
    "unpublish": (published, lambda _: Unpublish(), "2027-01-01"),
    "terminate": (signed, lambda _: Terminate(last_day=day("2025-06-30")), "2025-05-01"),
    "carry over": (given, lambda _: CarryOver.model_validate(OVER), "2024-05-01"),
    "apply": (lambda: given(care_type=CareType.GLI), lambda _: FOLLOW, "2025-02-10"),
    "ask for documents": (applied, lambda _: RequestDocuments(documents=("a plan",)), "2024-11-16"),
    "documents arrive": (
        lambda: applied().when(RequestDocuments(documents=("a plan",)), at="2024-11-16").done(),
        lambda _: ReceiveDocuments(documents=("a plan",)),
        "2024-11-17",
    ),
    "ask a person": (lambda: signed("share"), lambda _: ASK, "2025-06-30"),
    "a person decides": (
        late,
        lambda _: DecideReview(
            review_id="assessed_after_last_signing_day-1", outcome=ReviewOutcome.APPROVED, sign_by=day("2024-12-20")
        ),
        "2024-11-09",
    ),
    "correct": (
        terminated,
        lambda contract: CorrectFact(
            version=contract.version_of(ContractTerminated),
            replacement={"last_day": "2025-07-31"},
            fact_occurred_at=at("2025-05-01T10:00"),
        ),
        "2025-05-02",
    ),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_what_is_told_by_the_facts_is_the_command_that_brought_them(moment: str) -> None:
    world, asking, when = MOMENTS[moment]
    contract = world()
    command = asking(contract)
    outcome = contract.when(command, at=when)
    told = command_told_by(outcome.facts)
    assert told == command
    assert contract.when(told, at=when).facts == outcome.facts


def test_facts_that_follow_from_others_tell_of_no_command() -> None:
    assert command_told_by([QuestionnaireSent()]) is None
    assert command_told_by([TierAssigned(tier="D", effective_on=day("2025-01-01"), factors=())]) is None


def test_an_application_that_was_decided_tells_of_a_decision() -> None:
    decided = applied().when(DecideApplication(verdicts={"added_value": False}), at="2024-11-20")
    assert command_told_by(decided.facts[1:]) == DecideApplication()


def test_a_signed_contract_keeps_the_version_of_its_offer() -> None:
    versions = adoptions(caresq_one_year(), caresq_two_years(), since=("2024-04-01", "2024-12-01"))
    first, second = versions.versions
    assert kept_version(signed().contract, versions, second) == first
    assert kept_version(offered().contract, versions, second) == second
    assert kept_version(given().contract, versions, second) == second

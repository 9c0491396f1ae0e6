"""What holds for every command: instants, reasons, the route; and that no refusal code goes untested."""

import re
from pathlib import Path

import pytest

import domain.contract
from domain.calendar import Term
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
    DecideTerm,
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
    Sign,
    Terminate,
    Unpublish,
)
from domain.contract.facts import QuestionnaireLapsed, ReviewGround, ReviewOutcome
from domain.policy.document import PolicyDocument
from tests.given import SENT, answers, caresq_two_years, confirmed, day, given, signed, upload

SIGN = Sign(person_id="p1", certificate_serial="serial-1", agreement_sha256="0" * 64)
BY_THE_PORTAL = [
    OpenQuestionnaire(),
    SaveQuestionnaire(answers=answers()),
    ConfirmQuestionnaire(answers=answers()),
    SIGN,
    DeclineOffer(person_id="p1", certificate_serial="serial-1"),
]
WITH_A_REASON = [
    RejectEvidence(evidence_id="kngf-1", ground="wrong"),
    RequestReview(ground=ReviewGround.FACTOR_NO_LONGER_MET),
    DecideReview(review_id="integrity-1", outcome=ReviewOutcome.APPROVED),
    Terminate(last_day=day("2025-06-30")),
    CorrectFact(version=1),
    DecideApplication(verdicts={"added_value": True}),
    DecideTerm(end=day("2025-12-31")),
    CarryOver(term=Term(start=day("2024-01-01"), end=day("2025-12-31")), external_policy="caresq-2024"),
]
BY_ANYBODY = [
    Approach(),
    upload("kngf"),
    AcceptEvidence(evidence_id="kngf-1"),
    AssessQuestionnaire(),
    MakeOffer(),
    ReceiveApplication(),
    RequestDocuments(documents=("a plan",)),
    ReceiveDocuments(documents=("a plan",)),
]
BY_THE_SYSTEM = [RecordLapse(), Publish(), Unpublish()]
EVERY_COMMAND = [*BY_THE_PORTAL, *WITH_A_REASON, *BY_ANYBODY, *BY_THE_SYSTEM]


@pytest.mark.parametrize("command", EVERY_COMMAND, ids=lambda each: each.kind)
def test_nothing_happened_in_the_future(command: ContractCommand) -> None:
    given(SENT).when(command, at="2024-10-10T10:00", occurred="2024-10-10T10:01").refused("OCCURRED_IN_FUTURE")


@pytest.mark.parametrize("command", BY_THE_PORTAL, ids=lambda each: each.kind)
def test_what_the_portal_delivers_is_never_backdated(command: ContractCommand) -> None:
    given(SENT).when(command, at="2024-10-22", occurred="2024-10-19").refused("NEVER_BACKDATED")


@pytest.mark.parametrize("command", WITH_A_REASON, ids=lambda each: each.kind)
@pytest.mark.parametrize("reason", [None, "", "  \n"])
def test_what_overrules_or_rejects_needs_a_reason(command: ContractCommand, reason: str | None) -> None:
    signed().when(command, at="2025-03-01", reason=reason).refused("REASON_MISSING")


@pytest.mark.parametrize("command", BY_ANYBODY, ids=lambda each: each.kind)
def test_an_earlier_instant_needs_a_reason(command: ContractCommand) -> None:
    confirmed().when(command, at="2024-10-13", occurred="2024-10-12", reason=None).refused("REASON_MISSING")


def test_the_same_instant_needs_no_reason() -> None:
    confirmed().when(AssessQuestionnaire(), at="2024-10-13", reason=None).done()


def test_what_the_system_records_needs_no_reason() -> None:
    given(SENT).when(RecordLapse(), at="2024-10-23", occurred="2024-10-22", reason=None).then(QuestionnaireLapsed())


OF_THE_QUESTIONNAIRE = [
    *BY_THE_PORTAL[:3],
    upload("kngf"),
    AcceptEvidence(evidence_id="kngf-1"),
    WITH_A_REASON[0],
    AssessQuestionnaire(),
]


@pytest.mark.parametrize("command", OF_THE_QUESTIONNAIRE, ids=lambda each: each.kind)
def test_no_step_of_the_questionnaire_route_is_taken_for_another_route(command: ContractCommand) -> None:
    given(care_type=CareType.HUI).when(command, at="2024-09-10").refused("NO_QUESTIONNAIRE", "CQ25-W-5")


def test_a_care_type_that_the_policy_does_not_name_is_refused() -> None:
    document = caresq_two_years().model_dump(mode="json")
    del document["care_types"]["FYS"]
    for row in document["planning"]:
        row["care_types"] = [each for each in row["care_types"] if each != "FYS"]
    without = PolicyDocument.model_validate(document)
    given(policy=without).when(Approach(), at="2024-09-16").refused("CARE_TYPE_NOT_COVERED")


def test_every_refusal_code_is_met_in_a_test() -> None:
    package = Path(domain.contract.__path__[0])
    code = re.compile(r'Refused\(\s*"([A-Z_]+)"')
    refused = {found for file in package.glob("*.py") for found in code.findall(file.read_text(encoding="utf-8"))}
    tests = "".join(file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_*.py"))
    met = set(re.findall(r'"([A-Z_]+)"', tests))
    assert refused - met == set()
    assert len(refused) > 40

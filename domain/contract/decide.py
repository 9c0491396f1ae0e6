"""The decider: a command against the replayed contract gives facts, or a refusal with its reason.

A repeat of what already happened gives no facts. Rights never depend on a tick having run: deadlines are looked at
here.
"""

from typing import assert_never

from domain.contract import commands as ask
from domain.contract.application import (
    carry_over,
    decide_application,
    decide_term,
    receive_application,
    receive_documents,
    request_documents,
)
from domain.contract.approach import approach
from domain.contract.corrections import correct_fact
from domain.contract.evidence import accept_evidence, reject_evidence, upload_evidence
from domain.contract.extension import extend_term, record_extension
from domain.contract.modules import end_module, record_module_lapses, request_module, retest_module
from domain.contract.offer import decline, make_offer, publish, sign, terminate, unpublish
from domain.contract.questionnaire import assess, confirm, opened, record_lapse, save
from domain.contract.reminders import record_reminder
from domain.contract.review import decide_review, request_review
from domain.contract.situation import Decided, Situation
from domain.contract.tier_announcement import announce_tier_change
from domain.policy.document import Route
from domain.refusal import Refused

NEEDS_REASON = (
    ask.DecideApplication,
    ask.DecideTerm,
    ask.CarryOver,
    ask.RejectEvidence,
    ask.RequestReview,
    ask.DecideReview,
    ask.ExtendTerm,
    ask.RetestModule,
    ask.EndModule,
    ask.Terminate,
    ask.CorrectFact,
)
NEVER_BACKDATED = (
    ask.OpenQuestionnaire,
    ask.SaveQuestionnaire,
    ask.ConfirmQuestionnaire,
    ask.Sign,
    ask.DeclineOffer,
)

BY_ITSELF = (
    ask.RecordLapse,
    ask.RecordReminder,
    ask.AnnounceTierChange,
    ask.RecordExtension,
    ask.RecordModuleLapse,
    ask.Publish,
    ask.Unpublish,
)
"""What time alone brings about: a tick may record it later."""

OF_QUESTIONNAIRE = (
    ask.OpenQuestionnaire,
    ask.SaveQuestionnaire,
    ask.ConfirmQuestionnaire,
    ask.UploadEvidence,
    ask.RejectEvidence,
    ask.AcceptEvidence,
    ask.AssessQuestionnaire,
)


def decide(command: ask.ContractCommand, situation: Situation) -> list[Decided] | Refused:
    """The facts that follow from a command, or why it is refused."""
    return _refused_in_general(command, situation) or _decide(command, situation)


def _refused_in_general(command: ask.ContractCommand, situation: Situation) -> Refused | None:
    """What holds for every command: the order of instants, the mandatory reason, the route."""
    if situation.occurred_at > situation.now:
        return Refused(
            "OCCURRED_IN_FUTURE", f"occurred_at {situation.occurred_at:%Y-%m-%dT%H:%M:%SZ} lies in the future"
        )
    backdated = situation.occurred_at < situation.now
    if situation.handed_over:
        early = _before_its_cause(command, situation)
        if early is not None:
            return early
    elif backdated and isinstance(command, NEVER_BACKDATED):
        return Refused("NEVER_BACKDATED", f"{command.kind} carries the instant of the portal; leave occurred_at out")
    no_reason = situation.reason is None or not situation.reason.strip()
    if no_reason and isinstance(command, NEEDS_REASON):
        return Refused("REASON_MISSING", f"{command.kind} needs a reason")
    if no_reason and backdated and not isinstance(command, BY_ITSELF):
        return Refused("REASON_MISSING", "an earlier occurred_at needs a reason")
    rules = situation.document.care_types.get(situation.contract_id.care_type)
    if rules is None:
        return Refused(
            "CARE_TYPE_NOT_COVERED", f"{situation.document.id} does not cover {situation.contract_id.care_type}"
        )
    if isinstance(command, OF_QUESTIONNAIRE) and rules.route is not Route.QUESTIONNAIRE:
        return Refused(
            "NO_QUESTIONNAIRE",
            f"{situation.contract_id.care_type} is contracted by {rules.route}, without a questionnaire",
            rules.clause,
            found=rules.route,
            asked="a care type with a questionnaire",
        )
    return None


def _before_its_cause(command: ask.ContractCommand, situation: Situation) -> Refused | None:
    """Another portal can not have seen an answer before what it answers."""
    cause, contract = None, situation.contract
    if isinstance(command, ask.OpenQuestionnaire | ask.SaveQuestionnaire | ask.ConfirmQuestionnaire):
        cause = contract.questionnaire_sent_at
    elif isinstance(command, ask.Sign | ask.DeclineOffer) and contract.offer is not None:
        cause = contract.offer.offered_at
    if cause is None or situation.occurred_at >= cause:
        return None
    return Refused(
        "BEFORE_ITS_CAUSE",
        f"{command.kind} can not have happened at {situation.occurred_at:%Y-%m-%dT%H:%M:%SZ}, before what it answers",
        found=f"{situation.occurred_at:%Y-%m-%dT%H:%M:%SZ}",
        asked=f"not before {cause:%Y-%m-%dT%H:%M:%SZ}",
    )


def _decide(command: ask.ContractCommand, situation: Situation) -> list[Decided] | Refused:
    match command:
        case ask.Approach():
            return approach(situation)
        case ask.OpenQuestionnaire():
            return opened(situation)
        case ask.SaveQuestionnaire():
            return save(command, situation)
        case ask.ConfirmQuestionnaire():
            return confirm(command, situation)
        case ask.UploadEvidence():
            return upload_evidence(command, situation)
        case ask.RejectEvidence():
            return reject_evidence(command, situation)
        case ask.AcceptEvidence():
            return accept_evidence(command, situation)
        case ask.AssessQuestionnaire():
            return assess(situation)
        case ask.MakeOffer():
            return make_offer(situation)
        case ask.Sign():
            return sign(command, situation)
        case ask.DeclineOffer():
            return decline(command, situation)
        case ask.RecordLapse():
            return record_lapse(situation)
        case ask.RecordReminder():
            return record_reminder(situation)
        case ask.AnnounceTierChange():
            return announce_tier_change(situation)
        case ask.Publish():
            return publish(situation)
        case ask.Unpublish():
            return unpublish(situation)
        case ask.ReceiveApplication():
            return receive_application(command, situation)
        case ask.RequestDocuments():
            return request_documents(command, situation)
        case ask.ReceiveDocuments():
            return receive_documents(command, situation)
        case ask.DecideApplication():
            return decide_application(command, situation)
        case ask.DecideTerm():
            return decide_term(command, situation)
        case ask.CarryOver():
            return carry_over(command, situation)
        case ask.RequestReview():
            return request_review(command, situation)
        case ask.DecideReview():
            return decide_review(command, situation)
        case ask.ExtendTerm():
            return extend_term(situation)
        case ask.RecordExtension():
            return record_extension(situation)
        case ask.RequestModule():
            return request_module(command, situation)
        case ask.RetestModule():
            return retest_module(command, situation)
        case ask.EndModule():
            return end_module(command, situation)
        case ask.RecordModuleLapse():
            return record_module_lapses(situation)
        case ask.Terminate():
            return terminate(command, situation)
        case ask.CorrectFact():
            return correct_fact(command, situation)
        case _:
            assert_never(command)

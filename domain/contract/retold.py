"""The command that facts tell of: what need not be kept beside them to decide it again."""

from collections.abc import Sequence

from domain.contract import commands as ask
from domain.contract import facts as f
from domain.history import FactCorrected


def command_told_by(facts: Sequence[f.ContractFact]) -> ask.ContractCommand | None:
    """The command that would bring these facts, by all that they tell; another one may have brought them."""
    first = facts[0]
    return _with_fields(first) or _without_fields(first)


def _with_fields(fact: f.ContractFact) -> ask.ContractCommand | None:  # noqa: C901, PLR0912 - one match over facts
    match fact:
        case f.QuestionnaireSaved():
            return ask.SaveQuestionnaire(answers=fact.answers)
        case f.QuestionnaireConfirmed():
            return ask.ConfirmQuestionnaire(answers=fact.answers)
        case f.EvidenceUploaded():
            return ask.UploadEvidence(
                factor=fact.factor, sha256=fact.sha256, size=fact.size, media_type=fact.media_type
            )
        case f.EvidenceRejected() if fact.evidence_id is not None:
            return ask.RejectEvidence(evidence_id=fact.evidence_id, ground=fact.ground)
        case f.EvidenceAccepted():
            return ask.AcceptEvidence(evidence_id=fact.evidence_id, registration=fact.registration)
        case f.Signed(person=person):
            return ask.Sign(
                person_id=person.person_id,
                certificate_serial=person.certificate_serial,
                agreement_sha256=fact.agreement_sha256,
                declared=fact.declared,
            )
        case f.OfferDeclined(person=person):
            return ask.DeclineOffer(person_id=person.person_id, certificate_serial=person.certificate_serial)
        case f.ApplicationReceived():
            return ask.ReceiveApplication(application=fact.application, other_insurer=fact.other_insurer)
        case f.DocumentsRequested():
            return ask.RequestDocuments(documents=fact.documents)
        case f.DocumentsReceived():
            return ask.ReceiveDocuments(documents=fact.documents)
        case f.ContractCarriedOver():
            return ask.CarryOver(term=fact.term, external_policy=fact.external_policy, tier=fact.tier)
        case f.ReviewRequested():
            return ask.RequestReview(ground=fact.ground, factor=fact.factor, found=fact.found)
        case f.ReviewDecided():
            return ask.DecideReview(review_id=fact.review_id, outcome=fact.outcome, sign_by=fact.sign_by)
        case f.ContractTerminated():
            return ask.Terminate(last_day=fact.last_day)
        case FactCorrected():
            return ask.CorrectFact(
                version=fact.corrects, replacement=fact.replacement, fact_occurred_at=fact.occurred_at
            )
        case _:
            return None


def _without_fields(fact: f.ContractFact) -> ask.ContractCommand | None:
    match fact:
        case f.Approached() | f.NotApproached() | f.TransferredToOtherPolicy():
            return ask.Approach()
        case f.QuestionnaireOpened():
            return ask.OpenQuestionnaire()
        case f.QuestionnaireAssessed():
            return ask.AssessQuestionnaire()
        case f.ContractOffered() | f.OfferReplaced() | f.OfferWithheld():
            return ask.MakeOffer()
        case f.QuestionnaireLapsed() | f.OfferLapsed():
            return ask.RecordLapse()
        case f.Reminded():
            return ask.RecordReminder()
        case f.TierChangeAnnounced():
            return ask.AnnounceTierChange()
        case f.Published():
            return ask.Publish()
        case f.Unpublished():
            return ask.Unpublish()
        case f.ApplicationGranted() | f.ApplicationRefused():
            return ask.DecideApplication()
        case _:
            return None

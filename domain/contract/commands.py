"""What can be asked of a contract, in the imperative; who asks and why stands in the order around it."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from domain.calendar import Instant, Term
from domain.contract.facts import ApplicationKind, Registration, ReviewGround, ReviewOutcome, Sha256, Text
from domain.model import Frozen
from domain.policy.answers import Answers
from domain.policy.values import Day


class Command(Frozen):
    """A request; ``kind`` is its name in files and over the wire."""


class Approach(Command):
    """Decide whether the round approaches the practice; asked again it records only another outcome (OD49)."""

    kind: Literal["Approach"] = "Approach"


class OpenQuestionnaire(Command):
    """Tell that the practice looked at its questionnaire in a portal; only the first time is recorded."""

    kind: Literal["OpenQuestionnaire"] = "OpenQuestionnaire"


class SaveQuestionnaire(Command):
    """Keep a draft of the answers."""

    kind: Literal["SaveQuestionnaire"] = "SaveQuestionnaire"
    answers: Answers


class ConfirmQuestionnaire(Command):
    """Submit the answers, or those last saved when none are given."""

    kind: Literal["ConfirmQuestionnaire"] = "ConfirmQuestionnaire"
    answers: Answers | None = None


class UploadEvidence(Command):
    """Supply a file for a factor; the file itself stands in the evidence store under its SHA-256."""

    kind: Literal["UploadEvidence"] = "UploadEvidence"
    factor: str
    sha256: Sha256
    size: int = Field(ge=1)
    media_type: str


class RejectEvidence(Command):
    """Find evidence wrong; ``ground`` reaches the practice."""

    kind: Literal["RejectEvidence"] = "RejectEvidence"
    evidence_id: str
    ground: Text


class AcceptEvidence(Command):
    """Find evidence genuine, and say what stands on it."""

    kind: Literal["AcceptEvidence"] = "AcceptEvidence"
    evidence_id: str
    registration: Registration = Registration()


class AssessQuestionnaire(Command):
    """Assess the confirmed questionnaire against the conditions and assign the tier."""

    kind: Literal["AssessQuestionnaire"] = "AssessQuestionnaire"


class MakeOffer(Command):
    """Offer the contract at the tier that is proven."""

    kind: Literal["MakeOffer"] = "MakeOffer"


class Sign(Command):
    """Accept the offer whose agreement text has this SHA-256.

    ``declared`` holds the conditions where no questionnaire asked for them.
    """

    kind: Literal["Sign"] = "Sign"
    person_id: str
    certificate_serial: str
    agreement_sha256: Sha256
    declared: Answers | None = None


class DeclineOffer(Command):
    """Decline the offer."""

    kind: Literal["DeclineOffer"] = "DeclineOffer"
    person_id: str
    certificate_serial: str


class RecordLapse(Command):
    """Record and announce a deadline that has passed; changes no right."""

    kind: Literal["RecordLapse"] = "RecordLapse"


class RecordReminder(Command):
    """Record that the practice is reminded of what it has not done yet; changes no right."""

    kind: Literal["RecordReminder"] = "RecordReminder"


class AnnounceTierChange(Command):
    """Record and announce a tier that begins to count on a day; changes no right."""

    kind: Literal["AnnounceTierChange"] = "AnnounceTierChange"


class Publish(Command):
    """Record that the care finder was told."""

    kind: Literal["Publish"] = "Publish"


class Unpublish(Command):
    """Record that the care finder was told of the end."""

    kind: Literal["Unpublish"] = "Unpublish"


class ReceiveApplication(Command):
    """A practice without an offer applies; ``declared`` are the conditions it declares with it."""

    kind: Literal["ReceiveApplication"] = "ReceiveApplication"
    application: ApplicationKind = ApplicationKind.REGULAR
    other_insurer: str | None = None
    documents: tuple[Text, ...] = ()
    declared: Answers | None = None


class RequestDocuments(Command):
    """Ask the applicant for further documents."""

    kind: Literal["RequestDocuments"] = "RequestDocuments"
    documents: tuple[Text, ...]


class ReceiveDocuments(Command):
    """Record that documents for an application arrived."""

    kind: Literal["ReceiveDocuments"] = "ReceiveDocuments"
    documents: tuple[Text, ...]


class DecideApplication(Command):
    """A named person judges the application; ``verdicts`` answers each criterion that is a person's, by its code.

    ``start`` and ``end`` are the person's decision where the policy leaves the start, or the term, to one.
    """

    kind: Literal["DecideApplication"] = "DecideApplication"
    verdicts: dict[str, bool] = Field(default_factory=dict)
    start: date | None = None
    end: Day | None = None


class DecideTerm(Command):
    """A named person decides until when a granted application is, where the policy leaves its term to one (OD25)."""

    kind: Literal["DecideTerm"] = "DecideTerm"
    end: Day


class CarryOver(Command):
    """Record a contract from before this system, under a policy that is not in its log."""

    kind: Literal["CarryOver"] = "CarryOver"
    term: Term
    external_policy: Text
    tier: str | None = None


class RequestReview(Command):
    """Ask a person to decide: a registration ended, a share fell; nothing changes by itself (OD07).

    ``factor`` is the code of a factor, or what changed where the ground is ``registry_changed``.
    """

    kind: Literal["RequestReview"] = "RequestReview"
    ground: ReviewGround
    factor: str | None = None
    found: str = ""


class DecideReview(Command):
    """A named person decides a review, with a reason."""

    kind: Literal["DecideReview"] = "DecideReview"
    review_id: str
    outcome: ReviewOutcome
    sign_by: Day | None = None


class ExtendTerm(Command):
    """Give the purchaser's notice that a concluded contract runs on until the day that the policy names for it."""

    kind: Literal["ExtendTerm"] = "ExtendTerm"


class RecordExtension(Command):
    """Record that an adopted policy extends the term of this concluded contract."""

    kind: Literal["RecordExtension"] = "RecordExtension"


class RequestModule(Command):
    """Ask for a module on top of the contract; ``declared`` are the conditions that the practice declares with it."""

    kind: Literal["RequestModule"] = "RequestModule"
    module: str
    declared: Answers | None = None


class RetestModule(Command):
    """Record the result of the test of a module that is due next."""

    kind: Literal["RetestModule"] = "RetestModule"
    module: str
    passed: bool


class EndModule(Command):
    """End a module after ``last_day``; the contract goes on."""

    kind: Literal["EndModule"] = "EndModule"
    module: str
    last_day: Day


class RecordModuleLapse(Command):
    """Record and announce modules that a missed test has ended; changes no right."""

    kind: Literal["RecordModuleLapse"] = "RecordModuleLapse"


class Terminate(Command):
    """End a concluded contract after ``last_day``."""

    kind: Literal["Terminate"] = "Terminate"
    last_day: Day


class CorrectFact(Command):
    """Mend a wrong entry: read the fact at ``version`` as ``replacement``, or void it when there is none."""

    kind: Literal["CorrectFact"] = "CorrectFact"
    version: int = Field(ge=1)
    replacement: dict[str, Any] | None = None
    fact_occurred_at: Instant | None = None


ContractCommand = (
    Approach
    | OpenQuestionnaire
    | SaveQuestionnaire
    | ConfirmQuestionnaire
    | UploadEvidence
    | RejectEvidence
    | AcceptEvidence
    | AssessQuestionnaire
    | MakeOffer
    | Sign
    | DeclineOffer
    | RecordLapse
    | RecordReminder
    | AnnounceTierChange
    | Publish
    | Unpublish
    | ReceiveApplication
    | RequestDocuments
    | ReceiveDocuments
    | DecideApplication
    | DecideTerm
    | CarryOver
    | RequestReview
    | DecideReview
    | ExtendTerm
    | RecordExtension
    | RequestModule
    | RetestModule
    | EndModule
    | RecordModuleLapse
    | Terminate
    | CorrectFact
)
"""Every command of a contract."""

AnyCommand = Annotated[ContractCommand, Field(discriminator="kind")]
"""The same, read from JSON or YAML by its ``kind``."""

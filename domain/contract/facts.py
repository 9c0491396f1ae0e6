"""The facts of a contract, in the order in which they usually happen.

Facts are frozen: a stored one is never changed, a new shape is a new schema version (``tests/domain/golden``).
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from domain.calendar import Term
from domain.history import Fact, FactCorrected
from domain.model import Frozen, added
from domain.policy.answers import Answers, Finding, Measured
from domain.policy.application_rules import StartOn
from domain.policy.document import Route
from domain.policy.module_rules import RetestRule
from domain.policy.term_rules import ExtendedBy
from domain.policy.values import Day

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]


class Reason(Frozen):
    """Why something was not done: a stable code, the clause, and what was found."""

    code: str
    clause: str
    found: str = ""


class Registration(Frozen):
    """What the reviewer read on a piece of evidence."""

    attributes: dict[str, str] = Field(default_factory=dict)
    valid_from: Day | None = None
    valid_to: Day | None = None


class SigningPerson(Frozen):
    """The signatory, named by a person id, and the serial of the personal certificate used."""

    person_id: str
    name: str
    certificate_serial: str


class Consequence(StrEnum):
    """What accepted evidence brings: a start date, nothing, nothing any more, or a person's judgement first."""

    COUNTS = "counts"
    NO_EFFECT = "no_effect"
    AFTER_END = "after_end"
    AWAITS_REVIEW = "awaits_review"


class ReviewGround(StrEnum):
    """Why a person is asked to decide."""

    INTEGRITY = "integrity"
    VECOZO_EMAIL_MISSING = "vecozo_email_missing"
    REGISTRATION_AFTER_CONFIRMATION = "registration_after_confirmation"
    FACTOR_ENDS_BEFORE_START = "factor_ends_before_start"
    FACTOR_NO_LONGER_MET = "factor_no_longer_met"
    REGISTRY_CHANGED = "registry_changed"
    ASSESSED_AFTER_LAST_SIGNING_DAY = "assessed_after_last_signing_day"
    CONDITION = "condition"
    APPLICATION = "application"


class ReviewOutcome(StrEnum):
    """What a named person decided."""

    APPROVED = "approved"
    DISMISSED = "dismissed"


class Approached(Fact):
    """The round approaches the practice for this care type (CQ25-4-8).

    ``flags`` are for a person at the purchaser to see, such as somebody whom no register judges; they decide nothing.
    """

    policy_id: str
    route: Route
    flags: tuple[Reason, ...] = added(())


class NotApproached(Fact):
    """The round does not approach the practice, with every reason (CQ25-4-8..17).

    ``flags`` are for a person at the purchaser to see, such as a contract without claims (OD35); they decide nothing.
    """

    policy_id: str
    reasons: tuple[Reason, ...]
    flags: tuple[Reason, ...] = added(())


class QuestionnaireSent(Fact):
    """The questionnaire stands ready in the portal (CQ25-4-18, 4-19)."""


class QuestionnaireOpened(Fact):
    """The practice looked at its questionnaire for the first time (CQ25-4-19); changes no right."""


class QuestionnaireSaved(Fact):
    """The practice saved a draft; saving is not submitting (CQ25-4-20)."""

    answers: Answers


class QuestionnaireConfirmed(Fact):
    """The practice submitted; ``findings`` establish the declared and measured factors on that day.

    ``measured`` are the numbers of that day at which the bands of tiers look.
    """

    answers: Answers
    findings: tuple[Finding, ...] = ()
    measured: tuple[Measured, ...] = added(())


class QuestionnaireLapsed(Fact):
    """The deadline passed unconfirmed; records and announces what ended by itself (CQ25-5-14)."""


class Reminder(StrEnum):
    """What a practice is reminded of."""

    QUESTIONNAIRE = "questionnaire"
    OFFER = "offer"


class Reminded(Fact):
    """The practice has not acted yet and is reminded, as the policy plans it (OD56); changes no right.

    ``due_on`` is the local day on which the reminder is due, ``last_day`` the last one on which the practice is in
    time.
    """

    about: Reminder
    due_on: date
    last_day: date
    clause: str


class EvidenceUploaded(Fact):
    """A file for a factor arrived; its month of supply governs any change of tier (CQ25-3.2-23..25)."""

    evidence_id: str
    factor: str
    sha256: Sha256
    size: int = Field(ge=1)
    media_type: str


class EvidenceRejected(Fact):
    """Evidence is wrong, or was never supplied (no ``evidence_id``); a corrected one may be sent (CQ25-3.2-24)."""

    evidence_id: str | None
    factor: str
    ground: Text


class EvidenceAccepted(Fact):
    """Evidence was found right; ``effective_on`` is the day from which its factor counts, when it does."""

    evidence_id: str
    factor: str
    registration: Registration
    consequence: Consequence
    effective_on: date | None = None


class QuestionnaireAssessed(Fact):
    """The purchaser assessed: positive when all conditions that bar are met (CQ25-4-21)."""

    positive: bool
    unmet_conditions: tuple[Reason, ...] = ()


class TierAssigned(Fact):
    """From ``effective_on`` the practice is entitled to this tier.

    Brings a new agreement text once there is one (OD44).
    """

    tier: str
    effective_on: date
    factors: tuple[str, ...]
    agreement_sha256: Sha256 | None = None


class TierChangeAnnounced(Fact):
    """A running contract is in another tier from this day on; announces on the day what was assigned before it.

    A tier that counts back, from a day that had passed when it was assigned, is announced by its assignment
    (CQ25-3.2-25).
    """

    tier: str
    effective_on: date


class ContractOffered(Fact):
    """An offer with its agreement text's SHA-256; ``policy_position`` is the policy version that it keeps.

    The last signing day follows amendments of the policy, unless a person set it for a late offer. A care type without
    tiers has none. ``flags`` are for a person to see, such as a start before the offer; they bar nothing. With
    ``starts`` the start waits for the signature, by that rule, and the term begins on the first day that it can be.
    """

    tier: str | None
    term: Term
    last_signing_day: date
    agreement_sha256: Sha256
    policy_position: int
    last_day_fixed: bool = False
    flags: tuple[Reason, ...] = ()
    starts: StartOn | None = added()


class OfferReplaced(Fact):
    """Another tier before signing: a new text, the same last day; ``term`` where that of the tier is another."""

    tier: str
    agreement_sha256: Sha256
    term: Term | None = added()


class OfferWithheld(Fact):
    """No offer leaves while the policy has not decided the term (CQ25-4-6, OD01)."""

    reason: Reason


class OfferDeclined(Fact):
    """The signatory declined."""

    person: SigningPerson


class OfferLapsed(Fact):
    """The last signing day passed unsigned; records and announces what ended by itself (CQ25-5-15)."""


class Signed(Fact):
    """The signatory signed the text with this SHA-256; the contract is concluded (CQ25-4-24).

    ``declared`` holds the conditions where there was no questionnaire to declare them in (OD48). ``term`` are the days
    in force where their start waited for the signature. ``flags`` are for a person to see, such as a start before the
    signature; they bar nothing (OD20).
    """

    person: SigningPerson
    agreement_sha256: Sha256
    declared: Answers | None = None
    term: Term | None = added()
    flags: tuple[Reason, ...] = added(())


class Published(Fact):
    """The care finder was told that the practice is contracted (CQ25-5-16)."""


class Unpublished(Fact):
    """The care finder was told that the contract is no longer in force."""


class TermExtended(Fact):
    """Without a signature the contract runs on: ``end`` is its last day, unless it had a later one."""

    end: date
    by: ExtendedBy


class ContractTerminated(Fact):
    """A named officer ended the contract; ``last_day`` is the last day in force."""

    last_day: date


class ModuleGranted(Fact):
    """A practice has a module on top of its contract, in ``term`` while the contract is in force.

    ``retest`` is the rule of the policy that granted it, which it keeps; the text of the supplement has this SHA-256.
    """

    module: str
    term: Term
    clause: str
    retest: RetestRule | None = None
    agreement_sha256: Sha256


class ModuleRefused(Fact):
    """A module that was asked for is refused."""

    module: str
    reason: Reason


class ModuleRetested(Fact):
    """The test that was due by a day was passed or failed; ``last_day`` where failing ends the module."""

    module: str
    due_on: date
    passed: bool
    tested_on: date
    last_day: date | None = None


class ModuleEnded(Fact):
    """A named officer ended a module; ``last_day`` is its last day in force."""

    module: str
    last_day: date


class ModuleLapsed(Fact):
    """A module ended because a test was missed; records and announces what ended by itself."""

    module: str
    last_day: date
    reason: Reason


class ApplicationKind(StrEnum):
    """What is applied for: a contract of this policy, or to follow another insurer's agreement (CQ25-4-30)."""

    REGULAR = "regular"
    FOLLOW_INSURER = "follow_insurer"


class ApplicationReceived(Fact):
    """A practice that has no offer applied; ``attempt`` is the number it opens, absent while another one runs.

    Its month governs the start, whenever it is handled (CQ25-4-37).
    """

    attempt: int | None
    application: ApplicationKind
    other_insurer: str | None = None


class DocumentsRequested(Fact):
    """The purchaser asked for further documents; asking does not move the month of the application."""

    documents: tuple[Text, ...]


class DocumentsReceived(Fact):
    """The documents asked for arrived."""

    documents: tuple[Text, ...]


class ApplicationGranted(Fact):
    """A named person granted the application; the days that the contract will be in force once signed."""

    term: Term
    flags: tuple[Reason, ...] = ()


class TermDecided(Fact):
    """A named person decided the days of a granted application whose term the policy leaves to one (CQ25-4-30, OD25).

    Until then no offer leaves. Also the days that a grant has since it was mended when its application came.
    """

    term: Term


class ApplicationRefused(Fact):
    """The application was refused, by the policy or by a named person; ``attempt`` is that of the application."""

    attempt: int | None
    reason: Reason


class TransferredToOtherPolicy(Fact):
    """Another policy of the purchaser covers this practice's care (CQ25-4-29)."""

    policy: str
    reason: Reason


class ContractCarriedOver(Fact):
    """A contract from before this system, under a policy that is not in its log."""

    term: Term
    external_policy: str
    tier: str | None = None


class ReviewRequested(Fact):
    """Something is for a person to decide; the system never decides it by a silent default.

    ``factor`` is what it is about: a factor or a condition by its code; of the register also a location or a network.
    """

    review_id: str
    ground: ReviewGround
    factor: str | None = None
    found: str = ""


class ReviewDecided(Fact):
    """A named person decided, with a reason; ``sign_by`` is the last signing day of a late offer.

    Of an application ``verdicts`` are what was decided of each condition and criterion, by its code.
    """

    review_id: str
    outcome: ReviewOutcome
    sign_by: date | None = None
    verdicts: dict[str, bool] = added({})


ContractFact = (
    Approached
    | NotApproached
    | QuestionnaireSent
    | QuestionnaireOpened
    | QuestionnaireSaved
    | QuestionnaireConfirmed
    | QuestionnaireLapsed
    | Reminded
    | EvidenceUploaded
    | EvidenceRejected
    | EvidenceAccepted
    | QuestionnaireAssessed
    | TierAssigned
    | TierChangeAnnounced
    | ContractOffered
    | OfferReplaced
    | OfferWithheld
    | OfferDeclined
    | OfferLapsed
    | Signed
    | Published
    | Unpublished
    | TermExtended
    | ModuleGranted
    | ModuleRefused
    | ModuleRetested
    | ModuleEnded
    | ModuleLapsed
    | ContractTerminated
    | ApplicationReceived
    | DocumentsRequested
    | DocumentsReceived
    | ApplicationGranted
    | TermDecided
    | ApplicationRefused
    | TransferredToOtherPolicy
    | ContractCarriedOver
    | ReviewRequested
    | ReviewDecided
    | FactCorrected
)
"""Every fact of a contract's stream: the type checker counts them."""

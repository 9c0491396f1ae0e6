"""A letter before it is worded: whom it goes to, what it is about, and the values that a template prints."""

from datetime import date
from enum import StrEnum

from domain.agb import AgbCode
from domain.calendar import Instant, Term
from domain.care_type import CareType
from domain.explanation import Outcome
from domain.model import Frozen
from domain.policy.letters import LinkTo, SubjectPart
from domain.policy.values import Bilingual


class LetterKind(StrEnum):
    """What a letter tells; each has a template in each language."""

    QUESTIONNAIRE_READY = "questionnaire_ready"
    REMINDER = "reminder"
    SIGNING_REMINDER = "signing_reminder"
    EVIDENCE_REJECTED = "evidence_rejected"
    TIER_ASSIGNED = "tier_assigned"
    TIER_CHANGED = "tier_changed"
    OFFER_READY = "offer_ready"
    LAPSED = "lapsed"
    PUBLISHED = "published"
    REFUSED = "refused"
    APPLICATION_RECEIVED = "application_received"
    APPLICATION_GRANTED = "application_granted"
    DOCUMENTS_REQUESTED = "documents_requested"
    ENDED = "ended"


class Language(StrEnum):
    """The languages that letters speak, Dutch first."""

    NL = "nl"
    EN = "en"


class LetterReason(Frozen):
    """Why something was refused: what it is called, its code and clause; what was found is left out: letters travel.

    A ground that is for the purchaser's reviewers only (ASR24-4-ALG-6, OD54) has neither name nor clause.
    """

    code: str
    clause: str
    name: Bilingual | None = None


class Judgement(Frozen):
    """A rule that a tier rests on: what it is called, whether it is met, its clause, and what it asks for.

    What was found is left out here too.
    """

    name: Bilingual
    outcome: Outcome
    clause: str
    asked: Bilingual | None = None


class NewTier(Frozen):
    """A tier, the local day from which it holds, and the factors that it rests on, as the policy calls them.

    ``because`` tells how it came about, as the rules said when they decided; ``agreement_sha256`` is that of its text.
    """

    tier: str
    effective_on: date
    factors: tuple[Bilingual, ...]
    because: tuple[Judgement, ...] = ()
    agreement_sha256: str | None = None


class Letter(Frozen):
    """What a practice is told; ``event_id`` is the fact that causes it, ``position`` that of the fact in the log.

    ``heading``, ``link`` and ``subject`` are the policy's where it promises such a letter (CQ25-4-19, CQ25-5-5).
    ``recipient`` is empty where the register knows no address. ``may_apply`` says whether an application may follow,
    ``apply_at`` where; ``binding`` whether what is told of ends with its deadline, or only had better be done by then.
    """

    kind: LetterKind
    event_id: str
    position: int
    occurred_at: Instant
    correlation_id: str
    contract_id: str
    purchaser: str
    purchaser_name: str
    reply_to: str
    practice: str
    agb: AgbCode
    care_type: CareType
    recipient: str
    heading: Bilingual | None = None
    subject: tuple[SubjectPart, ...] = (SubjectPart.AGB, SubjectPart.CARE_TYPE)
    link: LinkTo | None = None
    clause: str = ""
    deadline: date | None = None
    binding: bool = True
    term: Term | None = None
    tier: str | None = None
    tiers: tuple[NewTier, ...] = ()
    factor: Bilingual | None = None
    ground: str = ""
    missing: bool = False
    reasons: tuple[LetterReason, ...] = ()
    documents: tuple[str, ...] = ()
    agreement_sha256: str | None = None
    may_apply: bool = False
    apply_at: str = ""

    @property
    def delivery_id(self) -> str:
        """Under which it is delivered once: the same fact, kind and recipient is the same letter."""
        return f"{self.position}/{self.kind}/{self.recipient}"

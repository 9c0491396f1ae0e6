"""The model of a policy document: what a purchaser publishes for one year, every rule with its clause.

The values it is written in stand in ``values``, the planning in ``planning``, the rules of a care type in
``care_type_rules``; all of them are imported from here.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from domain.calendar import Deadline
from domain.care_type import CareType
from domain.model import Frozen, added
from domain.policy.agreement_template import AgreementTexts
from domain.policy.application_rules import ApplicationRules
from domain.policy.approach import ApproachRules, RecentContractRule
from domain.policy.care_type_rules import (
    CareTypeRules,
    CorrectionRule,
    EffectRule,
    EvidenceRule,
    Factor,
    Implication,
    Route,
    SelectivePurchase,
    ShareRule,
    VektisRule,
)
from domain.policy.condition_rules import Condition, ConditionKind
from domain.policy.consistency import inconsistencies
from domain.policy.grounds import AmendmentRules
from domain.policy.letters import LetterRule, MailRules
from domain.policy.planning import PlanningKind, PlanningRow, Window
from domain.policy.term_rules import DecidedTerm, UndecidedTerm
from domain.policy.tier_rules import Tier
from domain.policy.values import (
    DIGITS,
    AgbPrefix,
    Bilingual,
    Clause,
    Code,
    Day,
    ExactFraction,
    Flag,
    Identifier,
    PeriodKey,
    Reading,
    Ruled,
    Uzovi,
    Words,
    refuse,
)

__all__ = [
    "AgbPrefix",
    "AgreementRules",
    "ApplicationRules",
    "ApproachRules",
    "Bilingual",
    "Bureau",
    "BureauList",
    "CareTypeRules",
    "ClaimsRules",
    "Clause",
    "Code",
    "Condition",
    "ConditionKind",
    "Contact",
    "CorrectionRule",
    "DecidedTerm",
    "EffectRule",
    "EvidenceRule",
    "ExactFraction",
    "Factor",
    "Identifier",
    "Implication",
    "Insurer",
    "LegalEntity",
    "Party",
    "PeriodKey",
    "PlanningKind",
    "PlanningRow",
    "PolicyDocument",
    "Publication",
    "PublicationMode",
    "Reading",
    "RecentContractRule",
    "Route",
    "Ruled",
    "SelectivePurchase",
    "ShareRule",
    "Statement",
    "Tier",
    "UndecidedTerm",
    "Uzovi",
    "VektisRule",
    "Window",
]


class Party(Ruled):
    """The purchaser or insurer by its id and name."""

    id: Identifier
    name: Words


class LegalEntity(Ruled):
    """A legal entity of the insurer with its number at the chamber of commerce, as the policy prints it."""

    name: Words
    kvk: Annotated[str, StringConstraints(pattern=DIGITS)]

    @property
    def flagged(self) -> bool:
        """Whether the number is none: it has eight digits (OD42)."""
        return len(self.kvk) != 8


class Insurer(Party):
    """For whom is bought: UZOVI number as text, labels, kinds of insurance policy, legal entities."""

    uzovi: Uzovi | None = None
    labels: tuple[Identifier, ...] = ()
    insurance_kinds: tuple[Code, ...] = ()
    entities: tuple[LegalEntity, ...] = ()


class Contact(Ruled):
    """Where to turn with a question; ``answers_letters`` is the one whose address is that for answers to letters."""

    email: str = ""
    phone: str = ""
    web: str = ""
    answers_letters: Flag = added(False)


class Bureau(Frozen):
    """A designated measuring bureau, on the list from a day to a day."""

    name: Words
    listed_from: Day
    listed_to: Day | None = None

    def listed_on(self, day: date) -> bool:
        """Whether it stands on the list on that day."""
        return self.listed_from <= day and (self.listed_to is None or day <= self.listed_to)


class BureauList(Ruled):
    """The dated list of designated bureaus (OD55)."""

    bureaus: tuple[Bureau, ...]


class PublicationMode(StrEnum):
    """Whether the care finder leaves out who has no contract, or shows them as not contracted."""

    OMIT = "omit"
    SHOW = "show"


class Publication(Ruled):
    """How the care finder shows who is not contracted."""

    mode: PublicationMode


class QuestionnaireRules(Ruled):
    """The questionnaire that comes before an offer: the clauses of its steps."""

    notification_clause: Clause
    confirmation_clause: Clause
    assessment_clause: Clause
    conditions_clause: Clause


class SignatureRules(Ruled):
    """Who may sign: the signatory of the practice, with a personal certificate and the authorisation."""

    personal_certificate: Flag = True


class ClaimsRules(Ruled):
    """While contracting is unfinished, claims for the contract year are held: an answer of its own (OD47)."""

    held_while_unfinished: Flag


class Statement(Ruled):
    """What the policy states and no rule reads: shown with it; ``for_person`` where a person acts on it."""

    text: Bilingual
    for_person: Flag = False


class AgreementRules(Ruled):
    """How the agreement text is made: a template by name, the parts it refers to, and the purchaser's own ``text``."""

    template: Identifier
    parts: tuple[Bilingual, ...] = ()
    text: AgreementTexts | None = added()


class PolicyDocument(Frozen):
    """One purchaser's procurement policy for one year, for one ``insurer`` or for several ``insurers``."""

    format: Literal["1"]
    id: Identifier
    title: Words
    year: int = Field(ge=2000, le=2999)
    clause_prefix: Words
    purchaser: Party
    insurer: Insurer | None = added()
    insurers: tuple[Insurer, ...] = added(())
    contacts: dict[Code, Contact] = Field(default_factory=dict)
    planning: tuple[PlanningRow, ...]
    publication: Publication
    approach: ApproachRules
    questionnaire: QuestionnaireRules | None = None
    signature: SignatureRules
    application: ApplicationRules | None = None
    claims: ClaimsRules | None = None
    agreement: AgreementRules
    letters: dict[Code, LetterRule] = added({})
    mail: MailRules | None = added()
    amendments: AmendmentRules | None = added()
    statements: dict[Code, Statement] = Field(default_factory=dict)
    conditions: dict[Code, Condition] = Field(default_factory=dict)
    bureau_lists: dict[Code, BureauList] = Field(default_factory=dict)
    care_types: dict[CareType, CareTypeRules] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits_together(self) -> "PolicyDocument":
        refuse(inconsistencies(self.model_dump(mode="json")))
        return self

    @property
    def bought_for(self) -> tuple[Insurer, ...]:
        """The insurers for whom is bought; at least one."""
        return self.insurers if self.insurer is None else (self.insurer,)

    def row_of(self, kind: PlanningKind, care_type: CareType) -> PlanningRow | None:
        """The planning row of that kind for a care type, if the policy has one."""
        return next((row for row in self.planning if row.kind is kind and care_type in row.care_types), None)

    def day_of(self, kind: PlanningKind, care_type: CareType) -> date | None:
        """The exact day of that row, if it has one."""
        row = self.row_of(kind, care_type)
        return row.day if row is not None else None

    def approach_of(self, care_type: CareType) -> ApproachRules:
        """The rules of approach for a care type: its own if it has any, else the policy's."""
        own = self.care_types[care_type].approach
        return self.approach if own is None else own

    def binds(self, kind: PlanningKind, care_type: CareType) -> bool:
        """Whether a row of that kind ends something; a target only warns (OD39)."""
        row = self.row_of(kind, care_type)
        return row is not None and row.binding

    def deadline(self, kind: PlanningKind, care_type: CareType) -> tuple[Deadline, Clause]:
        """The deadline of that kind for a care type and its clause; the loader has checked that it stands."""
        row = self.row_of(kind, care_type)
        if row is None or row.day is None:
            raise LookupError(f"{self.id} has no {kind} with a day for {care_type}")
        return Deadline(day=row.day, boundary=row.boundary), row.clause

"""The model of a policy document: what a purchaser publishes for one year, every rule with its clause.

A clause is cited by its number (``CQ25-3.2-20``); where the text is silent and a reading was taken, ``reading`` names it
(``OD26``). Days are local days in Europe/Amsterdam. Numbers that matter are exact: fractions as text, hours as decimals.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, StringConstraints, model_validator

from domain.calendar import Boundary, Deadline, Term
from domain.care_type import CareType
from domain.model import Frozen
from domain.provider.register import Profession, ProviderKind

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")]
Clause = Annotated[str, StringConstraints(pattern=r"^[A-Z]+[0-9]{2}-[0-9A-Za-z.]+-[0-9A-Za-z-]+$")]
Reading = Annotated[str, StringConstraints(pattern=r"^OD[0-9]{2}$")]
AgbPrefix = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]
Uzovi = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]
PeriodKey = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}(-[0-9]{4})?$")]


def _exact(value: object) -> object:
    return Fraction(value) if isinstance(value, str) else value


ExactFraction = Annotated[Fraction, BeforeValidator(_exact), PlainSerializer(str, return_type=str)]


class Ruled(Frozen):
    """A rule that names where it stands, and the reading taken of it if there is one."""

    clause: Clause
    reading: Reading | None = None


class Bilingual(Frozen):
    """A name in both languages."""

    nl: str
    en: str


class Route(StrEnum):
    """How a provider comes to a contract for a care type."""

    QUESTIONNAIRE = "questionnaire"
    DIRECT_OFFER = "direct_offer"
    APPLICATION_ONLY = "application_only"
    FOLLOW_INSURER = "follow_insurer"
    TRANSFERRED = "transferred"
    DEFERRED = "deferred"
    NOT_OFFERED = "not_offered"


class Party(Ruled):
    """The purchaser or insurer by its id and name."""

    id: Identifier
    name: str


class Insurer(Party):
    """For whom is bought: UZOVI number as text, labels and kinds of insurance policy."""

    uzovi: Uzovi | None = None
    labels: tuple[Identifier, ...] = ()
    insurance_kinds: tuple[str, ...] = ()


class Contact(Ruled):
    """Where to turn with a question."""

    email: str = ""
    phone: str = ""
    web: str = ""


class ConditionKind(StrEnum):
    """How a general condition is established."""

    DECLARED = "declared"
    CHOSEN = "chosen"


class Condition(Ruled):
    """A general condition, declared in the questionnaire or at signature.

    ``declared`` asks yes or no; ``chosen`` asks at least ``at_least`` of ``options``. One that does not bar
    (an obligation of effort) is asked but never a ground for refusal.
    """

    kind: ConditionKind = ConditionKind.DECLARED
    label: Bilingual
    bars: bool = True
    options: tuple[Code, ...] = ()
    at_least: int = 1

    @model_validator(mode="after")
    def _options_fit(self) -> "Condition":
        if (self.kind is ConditionKind.CHOSEN) != bool(self.options):
            raise ValueError("options belong to a condition of kind 'chosen', and only there")
        return self


class VektisRule(Ruled):
    """The registration test: the practice's AGB prefix, and somebody of the profession attached to it."""

    prefixes: tuple[AgbPrefix, ...]
    profession: Profession
    professional_prefix: AgbPrefix | None = None


class Bureau(Frozen):
    """A designated measuring bureau, on the list from a day to a day."""

    name: str
    listed_from: date
    listed_to: date | None = None

    def listed_on(self, day: date) -> bool:
        """Whether it stands on the list on that day."""
        return self.listed_from <= day and (self.listed_to is None or day <= self.listed_to)


class BureauList(Ruled):
    """The dated list of designated bureaus (OD55)."""

    bureaus: tuple[Bureau, ...]


class EvidenceRule(Ruled):
    """Evidence is asked for by upload; what the reviewer must have found on it, by attribute."""

    found: dict[Code, str] = Field(default_factory=dict)


class ShareRule(Ruled):
    """A share of heads: those of ``profession`` with a recognised specialisation, out of all of that profession.

    Who works fewer than ``weekly_hours`` for this practice drops out of the numerator only (OD08). Compared exactly, never rounded.
    """

    profession: Profession
    minimum: ExactFraction
    weekly_hours: Decimal
    hours_clause: Clause
    specialisations: dict[Code, Clause]
    vektis_registered: bool = True


class Implication(Ruled):
    """Another factor that this one meets as well."""

    factor: Code


class Factor(Ruled):
    """A differentiation factor and how it is established: by evidence, by a measured share, or by declaration.

    ``bureau_list`` asks for a designated bureau by name, ``certificate`` for the certificate's last day of validity.
    """

    label: Bilingual
    evidence: EvidenceRule | None = None
    share: ShareRule | None = None
    bureau_list: Code | None = None
    certificate: bool = False
    implies: tuple[Implication, ...] = ()


class Tier(Ruled):
    """One agreement of the tier table: entitled from this many factors met."""

    name: str
    at_least: int = Field(ge=0)


class EffectRule(StrEnum):
    """From when corrected evidence changes the tier."""

    FIRST_OF_MONTH_AFTER_SUPPLY = "first_of_month_after_supply"


class CorrectionRule(Ruled):
    """What a corrected piece of evidence brings, and from when."""

    effect: EffectRule
    correction_clause: Clause
    no_retroactive_clause: Clause


class UndecidedTerm(Ruled):
    """A term the purchaser has not decided: the start is known, the end is one of ``options``; never defaulted."""

    start: date
    end: Literal["undecided"]
    options: tuple[date, ...] = Field(min_length=2)

    @property
    def term(self) -> Term:
        """The term with its end open."""
        return Term(start=self.start, end=None)


class DecidedTerm(Ruled):
    """The days on which contracts of this care type are in force, both included."""

    start: date
    end: date

    @property
    def term(self) -> Term:
        """The term with both its ends."""
        return Term(start=self.start, end=self.end)


class SelectivePurchase(Ruled):
    """Care that is only bought from members of a network; an attribute of the contract, not of the tier."""

    code: Code
    network: str


class CareTypeRules(Ruled):
    """Everything that holds for one care type; ``period`` is the key of its contracts and never changes."""

    route: Route
    period: PeriodKey | None = None
    term: DecidedTerm | UndecidedTerm | None = None
    vektis: VektisRule | None = None
    conditions: tuple[Code, ...] = ()
    factors: dict[Code, Factor] = Field(default_factory=dict)
    tiers: tuple[Tier, ...] = ()
    correction: CorrectionRule | None = None
    selective: tuple[SelectivePurchase, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _complete(self) -> "CareTypeRules":
        if self.route is Route.QUESTIONNAIRE:
            missing = [name for name in ("period", "term", "conditions", "tiers") if not getattr(self, name)]
            if missing:
                raise ValueError(f"the route 'questionnaire' needs {', '.join(missing)}")
        return self

    @model_validator(mode="after")
    def _implied_factors_exist(self) -> "CareTypeRules":
        for code, factor in self.factors.items():
            for implication in factor.implies:
                if implication.factor not in self.factors or implication.factor == code:
                    raise ValueError(f"factors.{code}.implies names {implication.factor!r}, which is not another factor")
        return self

    @model_validator(mode="after")
    def _tiers_without_gap(self) -> "CareTypeRules":
        thresholds = [tier.at_least for tier in self.tiers]
        if thresholds and (sorted(set(thresholds), reverse=True) != thresholds or thresholds[-1] != 0):
            raise ValueError(f"tiers must fall from most factors to 0 without repeats, found at_least {thresholds}")
        if len({tier.name for tier in self.tiers}) != len(self.tiers):
            raise ValueError("two tiers have the same name")
        if thresholds and thresholds[0] > len(self.factors):
            raise ValueError(f"the highest tier asks {thresholds[0]} factors, the care type has {len(self.factors)}")
        return self


class PlanningKind(StrEnum):
    """What a row of the planning is about."""

    OFFER = "offer"
    QUESTIONNAIRE = "questionnaire"
    QUESTIONNAIRE_DEADLINE = "questionnaire_deadline"
    SIGNING = "signing"
    PUBLICATION = "publication"
    OTHER = "other"


class Window(Frozen):
    """A fuzzy label's days; informative, an officer may act earlier or later (OD50)."""

    first_day: date
    last_day: date


class PlanningRow(Ruled):
    """One row of the planning: an exact day with its boundary, a window, or a moment relative to something else.

    A row that binds is a deadline or a first day; one that does not is a target, of which passing it gives a warning.
    """

    kind: PlanningKind
    label: str
    care_types: tuple[CareType, ...]
    day: date | None = None
    boundary: Boundary = Boundary.INCLUSIVE
    binding: bool = True
    window: Window | None = None
    relative_to: str | None = None

    @model_validator(mode="after")
    def _one_moment(self) -> "PlanningRow":
        given = [name for name in ("day", "window", "relative_to") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"a planning row has exactly one of day, window, relative_to; found {given or 'none'}")
        return self


class PublicationMode(StrEnum):
    """Whether the care finder leaves out who has no contract, or shows them as not contracted."""

    OMIT = "omit"
    SHOW = "show"


class Publication(Ruled):
    """How the care finder shows who is not contracted."""

    mode: PublicationMode


class RecentContractRule(Ruled):
    """Only who had a contract in force in one of the so many calendar years before the policy year is approached."""

    calendar_years: int = Field(ge=1)


class ApproachRules(Frozen):
    """Whom a round approaches."""

    approach: Ruled
    kinds: tuple[ProviderKind, ...]
    kinds_clause: Clause
    certificate: Ruled | None = None
    recent_contract: RecentContractRule | None = None
    opt_out: Ruled | None = None
    integrity: Ruled | None = None


class ApplicationRules(Ruled):
    """The route for who received no offer."""

    contact: str = ""


class AgreementRules(Ruled):
    """How the agreement text is made: a template by name, the parts it refers to."""

    template: Identifier
    parts: tuple[Bilingual, ...] = ()


class PolicyDocument(Frozen):
    """One purchaser's procurement policy for one year."""

    format: Literal["1"]
    id: Identifier
    title: str
    year: int
    clause_prefix: str
    purchaser: Party
    insurer: Insurer
    contacts: dict[Code, Contact] = Field(default_factory=dict)
    planning: tuple[PlanningRow, ...]
    publication: Publication
    approach: ApproachRules
    application: ApplicationRules | None = None
    agreement: AgreementRules
    conditions: dict[Code, Condition] = Field(default_factory=dict)
    bureau_lists: dict[Code, BureauList] = Field(default_factory=dict)
    care_types: dict[CareType, CareTypeRules]

    @model_validator(mode="after")
    def _references_exist(self) -> "PolicyDocument":
        for care_type, rules in self.care_types.items():
            for condition in rules.conditions:
                if condition not in self.conditions:
                    raise ValueError(f"care_types.{care_type}.conditions names {condition!r}, which conditions does not have")
            for code, factor in rules.factors.items():
                if factor.bureau_list is not None and factor.bureau_list not in self.bureau_lists:
                    raise ValueError(
                        f"care_types.{care_type}.factors.{code}.bureau_list names {factor.bureau_list!r}, "
                        "which bureau_lists does not have"
                    )
        return self

    @model_validator(mode="after")
    def _deadlines_stand(self) -> "PolicyDocument":
        for care_type, rules in self.care_types.items():
            if rules.route is Route.QUESTIONNAIRE:
                for kind in (PlanningKind.QUESTIONNAIRE_DEADLINE, PlanningKind.SIGNING, PlanningKind.PUBLICATION):
                    if self.day_of(kind, care_type) is None:
                        raise ValueError(f"planning has no {kind} with a day for {care_type}, whose route needs one")
        return self

    def row_of(self, kind: PlanningKind, care_type: CareType) -> PlanningRow | None:
        """The planning row of that kind for a care type, if the policy has one."""
        return next((row for row in self.planning if row.kind is kind and care_type in row.care_types), None)

    def day_of(self, kind: PlanningKind, care_type: CareType) -> date | None:
        """The exact day of that row, if it has one."""
        row = self.row_of(kind, care_type)
        return row.day if row is not None else None

    def deadline(self, kind: PlanningKind, care_type: CareType) -> tuple[Deadline, Clause]:
        """The deadline of that kind for a care type and its clause; the loader has checked that it stands."""
        row = self.row_of(kind, care_type)
        if row is None or row.day is None:
            raise LookupError(f"{self.id} has no {kind} with a day for {care_type}")
        return Deadline(day=row.day, boundary=row.boundary), row.clause

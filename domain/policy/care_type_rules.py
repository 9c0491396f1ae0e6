"""The rules of one care type: route, term, registration test, factors, tiers, corrections."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from domain.model import added
from domain.policy.application_rules import ON_ITS_OWN, FollowInsurerRule, StartRule, TransferRule
from domain.policy.approach import ApproachRules, ContractInYearRule
from domain.policy.condition_rules import RegistrationAlternative
from domain.policy.module_rules import ModuleRules, module_mistakes
from domain.policy.term_rules import AnyTerm, ExtensionRule, TermOfTier, term_mistakes
from domain.policy.tier_rules import AnyTier, Measure, Unmeasured
from domain.policy.tier_table import TierTable
from domain.policy.values import (
    AgbPrefix,
    Bilingual,
    Clause,
    Code,
    Day,
    ExactFraction,
    ExactNumber,
    Flag,
    Inconsistency,
    PeriodKey,
    Ruled,
    Words,
    refuse,
)
from domain.provider.register import Profession


class Route(StrEnum):
    """How a provider comes to a contract for a care type."""

    QUESTIONNAIRE = "questionnaire"
    DIRECT_OFFER = "direct_offer"
    APPLICATION_ONLY = "application_only"
    FOLLOW_INSURER = "follow_insurer"
    TRANSFERRED = "transferred"
    DEFERRED = "deferred"
    NOT_OFFERED = "not_offered"


class VektisRule(Ruled):
    """The registration test: the practice's AGB prefix, and somebody of the profession attached to it.

    ``also`` lets others count as one of the profession by an annotation in a quality register (OD15).
    """

    prefixes: tuple[AgbPrefix, ...] = Field(min_length=1)
    profession: Profession
    professional_prefix: AgbPrefix | None = None
    also: tuple[RegistrationAlternative, ...] = ()


class EvidenceRule(Ruled):
    """Evidence is asked for by upload; what the reviewer must have found on it, by attribute."""

    found: dict[Code, str] = Field(default_factory=dict)


class ShareRule(Ruled):
    """A share of heads: those of ``profession`` with a recognised specialisation, out of all of that profession.

    Who works fewer than ``weekly_hours`` for this practice drops out of the numerator only (OD08).
    Compared exactly, never rounded.
    """

    profession: Profession
    minimum: Annotated[ExactFraction, Field(gt=0, le=1)]
    weekly_hours: Decimal = Field(ge=0, le=168)
    hours_clause: Clause
    specialisations: dict[Code, Clause] = Field(min_length=1)
    vektis_registered: Flag = True


class Implication(Ruled):
    """Another factor that this one meets as well."""

    factor: Code


class Factor(Ruled):
    """A differentiation factor and how it is established: by evidence, by a measured share, or by declaration.

    ``bureau_list`` asks for a designated bureau by name, ``certificate`` for the certificate's last day of validity.
    ``points`` is its weight where the tiers count points, possibly fractional or negative.
    """

    label: Bilingual
    evidence: EvidenceRule | None = None
    share: ShareRule | None = None
    bureau_list: Code | None = None
    certificate: Flag = False
    implies: tuple[Implication, ...] = ()
    points: ExactNumber | None = added()
    points_clause: Clause | None = added()


class EffectRule(StrEnum):
    """From when corrected evidence changes the tier."""

    FIRST_OF_MONTH_AFTER_SUPPLY = "first_of_month_after_supply"
    NEXT_QUARTER_DAY_AFTER_SUPPLY = "next_quarter_day_after_supply"
    FIXED_DAYS = "fixed_days"


class CorrectionRule(Ruled):
    """What a corrected piece of evidence brings, and from when.

    ``days`` belong to ``fixed_days`` alone: the first of them after the supply counts, after the last one none does.
    """

    effect: EffectRule
    days: tuple[Day, ...] = added(())
    correction_clause: Clause
    no_retroactive_clause: Clause

    @model_validator(mode="after")
    def _days_fit(self) -> "CorrectionRule":
        if (self.effect is EffectRule.FIXED_DAYS) != bool(self.days):
            refuse([Inconsistency(("days",), "days belong to the effect fixed_days, and only there")])
        if list(self.days) != sorted(set(self.days)):
            refuse([Inconsistency(("days",), "expected days in order of time, each once")])
        return self


class SelectivePurchase(Ruled):
    """Care that is only bought from members of a network; an attribute of the contract, not of the tier."""

    code: Code
    network: Words


class CareTypeRules(Ruled):
    """Everything that holds for one care type; ``period`` is the key of its contracts and never changes.

    ``professions`` make a practice a candidate where no Vektis test stands. ``approach`` takes the place of the
    policy's rules of approach as a whole; ``start`` that of its application's start rule; ``round_start`` says from
    when a contract is in force that the round offers, by itself the start of the term. ``term_of_tier`` must stand
    where tiers have their own. ``transfer`` names the policy to which the care goes, ``transferred_when`` which
    contract makes it go there. ``measures`` are the numbers that bands of tiers look at, ``unmeasured`` names the tier
    while one of them is missing. ``extension`` lengthens the term of concluded contracts.
    ``modules`` are what a practice can have on top of its contract.
    """

    route: Route
    period: PeriodKey | None = None
    term: AnyTerm | None = None
    vektis: VektisRule | None = None
    professions: tuple[Profession, ...] = ()
    approach: ApproachRules | None = None
    start: StartRule | None = None
    round_start: StartRule | None = added()
    term_of_tier: TermOfTier | None = added()
    extension: ExtensionRule | None = added()
    modules: dict[Code, ModuleRules] = added({})
    follow_insurer: FollowInsurerRule | None = None
    transfer: TransferRule | None = None
    transferred_when: ContractInYearRule | None = None
    conditions: tuple[Code, ...] = ()
    factors: dict[Code, Factor] = Field(default_factory=dict)
    tiers: tuple[AnyTier, ...] = ()
    measures: dict[Code, Measure] = added({})
    unmeasured: Unmeasured | None = added()
    correction: CorrectionRule | None = None
    selective: tuple[SelectivePurchase, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _fits_together(self) -> "CareTypeRules":
        refuse(
            [
                *self._incomplete(),
                *self._implications_that_miss(),
                *self.tier_table.mistakes(),
                *self._starts_that_misfit(),
                *module_mistakes(self.modules, None if self.term is None else self.term.start, self.latest_end),
                *term_mistakes(self.period, self.term, self.tiers, self.term_of_tier, self.extension),
            ]
        )
        return self

    @property
    def tier_table(self) -> TierTable:
        """The tiers with what they rest on."""
        weights = {code: factor.points for code, factor in self.factors.items()}
        return TierTable(self.tiers, weights, self.measures, self.unmeasured)

    @property
    def latest_end(self) -> date | None:
        """The latest day that a contract can come to last; none where there is no term."""
        if self.term is None:
            return None
        longer = [tier.term.end for tier in self.tiers if tier.term is not None]
        return max([self.term.latest_end, *longer, *([] if self.extension is None else [self.extension.until])])

    def _starts_that_misfit(self) -> Iterator[Inconsistency]:
        if self.round_start is not None and self.round_start.on not in ON_ITS_OWN:
            known = tuple(each.value for each in ON_ITS_OWN)
            yield Inconsistency(("round_start", "on"), "expected a rule for a round", self.round_start.on, known)
        for name in ("start", "round_start"):
            rule: StartRule | None = getattr(self, name)
            day, last = (None if rule is None else rule.day), self.latest_end
            if day is not None and last is not None and day > last:
                yield Inconsistency((name, "day"), f"expected a day in the term, which ends on {last}", str(day))

    def _incomplete(self) -> Iterator[Inconsistency]:
        if self.route is Route.QUESTIONNAIRE:
            for name in ("period", "term", "conditions", "tiers"):
                if not getattr(self, name):
                    yield Inconsistency((name,), "missing; the route questionnaire needs it")
        if self.term is not None and self.period is None and self.route is not Route.QUESTIONNAIRE:
            yield Inconsistency(("period",), "missing; a care type with a term has a period")
        if self.transfer is not None and self.route is not Route.TRANSFERRED:
            yield Inconsistency(("transfer",), "belongs to the route transferred, and only there")
        if self.transferred_when is not None and self.transfer is None:
            yield Inconsistency(("transferred_when",), "needs transfer, which names the policy to which the care goes")
        if self.correction is not None and not any(factor.evidence for factor in self.factors.values()):
            yield Inconsistency(("correction",), "no factor asks for evidence, so there is nothing to correct")

    def _implications_that_miss(self) -> Iterator[Inconsistency]:
        for code, factor in self.factors.items():
            others = tuple(other for other in self.factors if other != code)
            for index, implication in enumerate(factor.implies):
                if implication.factor not in others:
                    path = ("factors", code, "implies", index, "factor")
                    yield Inconsistency(path, "expected another factor of this care type", implication.factor, others)

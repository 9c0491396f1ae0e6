"""The conditions of a policy as data: how each is established, whether it bars, and what unknown means.

A condition is declared, chosen, read from what is known of the practice, or judged by a person. It is three-valued;
``unknown`` says who acts when nothing is known: nobody (``refuse``), the practice (``ask``) or the purchaser
(``person``). Unknown is never taken for met.
"""

from collections.abc import Iterator
from enum import StrEnum

from pydantic import Field, model_validator

from domain.model import Frozen
from domain.policy.bounds import Bounds
from domain.policy.values import (
    Bilingual,
    Clause,
    Code,
    Flag,
    Inconsistency,
    RefusalCode,
    Ruled,
    Words,
    refuse,
)
from domain.provider.register import Profession


class ConditionKind(StrEnum):
    """How a condition is established; every kind but the first two and ``certificate`` has a part of its name."""

    DECLARED = "declared"
    CHOSEN = "chosen"
    REGISTERED = "registered"
    VERDICT = "verdict"
    MEASURED = "measured"
    SINCE = "since"
    PROFESSIONALS = "professionals"
    PROGRAMME = "programme"
    CERTIFICATE = "certificate"


class UnknownMeans(StrEnum):
    """What follows when nothing is known: a refusal, a question to the practice, or a person who decides."""

    REFUSE = "refuse"
    ASK = "ask"
    PERSON = "person"


class KnownValueRule(Frozen):
    """A known value is one of ``allowed``, or names all of ``includes`` (separated by spaces or commas).

    ``own_record`` says that only the purchaser itself makes such a record, so that no record means that there is
    nothing (ASR24-4-ALG-7, 13); of anything else no record means unknown.
    """

    value: Code
    year: int | None = None
    allowed: tuple[Words, ...] = ()
    includes: tuple[Words, ...] = ()
    own_record: Flag = False

    @model_validator(mode="after")
    def _one_test(self) -> "KnownValueRule":
        if bool(self.allowed) == bool(self.includes):
            refuse([Inconsistency((), "needs exactly one of allowed, includes")])
        return self


class Measurement(Bounds):
    """A known value of a year compared exactly, as supplied and never rounded (OD30)."""

    value: Code
    year: int | None = None


class Criterion(Ruled):
    """What a person weighs; the policy gives no threshold."""

    code: Code
    label: Bilingual


class IndividualAssessment(Ruled):
    """Without a value a person assesses, if ``when`` holds; a value decides whatever else holds (OD31)."""

    when: Measurement
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    code: RefusalCode = "INDIVIDUAL_ASSESSMENT"


class MeasuredRule(Measurement):
    """A measurement that a condition rests on."""

    individual: IndividualAssessment | None = None


class SinceRule(Frozen):
    """The day recorded under ``value`` lies at least ``years`` years before the decision (OD36).

    ``never`` are the texts that say there is no such day; ``own_record`` as with known values.
    """

    value: Code
    years: int = Field(ge=1)
    never: tuple[Words, ...] = ("geen",)
    own_record: Flag = False


class RegistrationAlternative(Frozen):
    """One way to be registered: in a register, with an annotation, or both; for some of the professions or all.

    ``for_each_specialisation`` asks one registration per specialisation, its code as annotation (ASR24-4-OVE-2).
    """

    in_register: Code | None = None
    annotation: Code | None = None
    professions: tuple[Profession, ...] = ()
    for_each_specialisation: Flag = False
    clause: Clause | None = None


class ProfessionalsRule(Frozen):
    """Every professional of these professions attached on the day is registered in one of these ways.

    With nobody of them attached it is met (CQ25-3.1-12), unless ``at_least_one`` asks for one who is (CQ25-3.1-14).
    ``unjudged`` are professions that the registers do not know; who is attached is flagged (OD38).
    """

    professions: tuple[Profession, ...] = Field(min_length=1)
    any_of: tuple[RegistrationAlternative, ...] = Field(min_length=1)
    at_least_one: Flag = False
    unjudged: tuple[Profession, ...] = ()

    @model_validator(mode="after")
    def _alternatives_fit(self) -> "ProfessionalsRule":
        for index, way in enumerate(self.any_of):
            others = [each for each in way.professions if each not in self.professions]
            if others:
                known = tuple(self.professions)
                message = "expected a profession of this condition"
                refuse([Inconsistency(("any_of", index, "professions"), message, others[0], known)])
        return self


class ProgrammeRule(Frozen):
    """The practice delivers one of these combined lifestyle interventions, with its licence and start instruction."""

    interventions: tuple[Words, ...] = Field(min_length=1)
    licence_clause: Clause | None = None
    start_instruction_clause: Clause | None = None


class AppliesWhen(Frozen):
    """The condition only holds where another one was declared, or a known value is one of ``allowed``."""

    declared: Code | None = None
    value: Code | None = None
    allowed: tuple[Words, ...] = ()

    @model_validator(mode="after")
    def _one_ground(self) -> "AppliesWhen":
        if (self.declared is None) == (self.value is None) or (self.value is None) == bool(self.allowed):
            refuse([Inconsistency((), "needs either declared, or value with allowed")])
        return self


class Condition(Ruled):
    """A condition for a contract; one that does not bar is asked or shown but never a ground for refusal.

    ``declared`` asks yes or no; ``chosen`` asks at least ``at_least`` of ``options``; the other kinds are read by
    the part of their name. ``code`` is the reason when it is not met, ``unknown_code`` when nothing is known. The
    reason of a ``restricted`` one is for the purchaser's reviewers only. ``flag`` names what a person should see: that
    a reading was decisive, or that somebody was not judged.
    """

    kind: ConditionKind = ConditionKind.DECLARED
    label: Bilingual
    bars: Flag = True
    options: tuple[Code, ...] = ()
    at_least: int = Field(default=1, ge=1)
    code: RefusalCode = "CONDITION_NOT_MET"
    unknown: UnknownMeans | None = None
    unknown_code: RefusalCode = "DATA_MISSING"
    restricted: Flag = False
    flag: RefusalCode | None = None
    applies_when: AppliesWhen | None = None
    registered: KnownValueRule | None = None
    verdict: KnownValueRule | None = None
    measured: MeasuredRule | None = None
    since: SinceRule | None = None
    professionals: ProfessionalsRule | None = None
    programme: ProgrammeRule | None = None

    @model_validator(mode="after")
    def _parts_fit(self) -> "Condition":
        refuse([*self._options_that_misfit(), *self._parts_that_misfit()])
        return self

    def _options_that_misfit(self) -> Iterator[Inconsistency]:
        if (self.kind is ConditionKind.CHOSEN) != bool(self.options):
            yield Inconsistency((), "options belong to a condition of kind chosen, and only there")
        if self.options and self.at_least > len(self.options):
            yield Inconsistency(("at_least",), f"there are {len(self.options)} options", str(self.at_least))

    def _parts_that_misfit(self) -> Iterator[Inconsistency]:
        for kind in PARTS:
            given = getattr(self, kind) is not None
            if given and kind is not self.kind:
                yield Inconsistency((kind.value,), f"belongs to a condition of kind {kind}, this one is {self.kind}")
            if kind is self.kind and not given:
                yield Inconsistency((kind.value,), f"missing; a condition of kind {kind} needs it")
        if self.kind not in ANSWERED and self.unknown is None:
            yield Inconsistency(("unknown",), "missing; say what unknown means: refuse, ask or person")

    @property
    def means_unknown(self) -> UnknownMeans:
        """What unknown means; the practice is asked what only it can answer."""
        return UnknownMeans.ASK if self.unknown is None else self.unknown

    @property
    def answered(self) -> bool:
        """Whether only the practice can tell: in the questionnaire, or with its signature (OD48)."""
        return self.kind in ANSWERED


ANSWERED = (ConditionKind.DECLARED, ConditionKind.CHOSEN)
PARTS = tuple(kind for kind in ConditionKind if kind not in (*ANSWERED, ConditionKind.CERTIFICATE))

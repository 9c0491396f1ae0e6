"""Practices in short: what a scenario leaves out is as it should be.

Unless a scenario says otherwise a practice has a VECOZO certificate and an e-mail address, one signatory, a contract in
the year before the policy's for every care type of its professionals, and neither an opt-out nor a signal.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from application.provider_import import NamedOptOut, PracticeEntry
from application.scenarios.values import Moment
from application.scenarios.written import Written
from domain.agb import AgbCode
from domain.care_type import CareType
from domain.policy.values import AgbPrefix, Day, Flag, Words
from domain.provider.provider import KnownValue, PastContract
from domain.provider.register import (
    Certificate,
    Dated,
    GliProgramme,
    Membership,
    Person,
    PracticeRecord,
    Profession,
    Professional,
    ProviderKind,
    Registration,
    Signatory,
    Specialisation,
)

LONG_AGO = date(2020, 1, 1)
CARE_TYPE_OF = {
    Profession.PHYSIOTHERAPIST: CareType.FYS,
    Profession.EXERCISE_THERAPIST: CareType.OEF,
    Profession.SPEECH_THERAPIST: CareType.LOG,
    Profession.DIETITIAN: CareType.DIE,
    Profession.OCCUPATIONAL_THERAPIST: CareType.ERG,
    Profession.SKIN_THERAPIST: CareType.HUI,
    Profession.PODIATRIST: CareType.VOET,
    Profession.PEDICURE: CareType.VOET,
    Profession.LIFESTYLE_COACH: CareType.GLI,
}
AGB_PREFIX_OF = {
    Profession.PHYSIOTHERAPIST: "04",
    Profession.EXERCISE_THERAPIST: "07",
    Profession.SPEECH_THERAPIST: "05",
    Profession.DIETITIAN: "24",
    Profession.OCCUPATIONAL_THERAPIST: "88",
    Profession.PODIATRIST: "26",
    Profession.PEDICURE: "96",
}
"""Where a profession has no code of its own, people get one that begins with 90."""


def _named(key: str) -> BeforeValidator:
    """Lets a list entry that is only a name stand for ``{key: name}``."""
    return BeforeValidator(
        lambda value: {key: value} if isinstance(value, str) else value, json_schema_input_type=str | dict[str, Any]
    )


class SpecialisationForm(Written):
    """A specialisation by its code, registered in Vektis unless said otherwise."""

    code: str
    vektis_registered: Flag = True


class DatedForm(Dated, Written):
    """From a day to a day, both included."""

    valid_from: Day = LONG_AGO
    valid_to: Day | None = None


class MembershipForm(DatedForm):
    """A membership of a network."""

    network: str


class RegistrationForm(DatedForm):
    """An entry in a quality register, with the annotation that stands beside it."""

    in_register: str
    annotation: str | None = None


class GliForm(DatedForm):
    """A combined lifestyle intervention, with licence and start instruction unless said otherwise."""

    intervention: str
    licence: Flag = True
    start_instruction: Flag = True


class ValueForm(Written):
    """What a purchaser knows of the practice under a code of its policy."""

    code: str
    value: str
    year: int | None = Field(default=None, ge=2000, le=2999)
    care_type: CareType | None = None
    purchaser: str | None = None


class ProfessionalForm(DatedForm):
    """One professional, or ``count`` equal ones; AGB codes are numbered when none is given."""

    profession: Profession
    count: int = Field(default=1, ge=1, le=5000)
    weekly_hours: Decimal = Field(default=Decimal(32), ge=0, le=168)
    specialisations: tuple[Annotated[SpecialisationForm, _named("code")], ...] = ()
    memberships: tuple[Annotated[MembershipForm, _named("network")], ...] = ()
    registrations: tuple[Annotated[RegistrationForm, _named("in_register")], ...] = ()
    agb_prefix: AgbPrefix | None = None


class SignatoryForm(DatedForm):
    """Who may sign; ``person_id`` and ``certificate_serial`` are used by a step that names none."""

    person_id: str = "tekenbevoegde-1"
    name: Words = "T. Bevoegd"
    certificate_serial: str = "certificaat-1"
    authorised: Flag = True


class PastContractForm(Written):
    """A contract with a purchaser in one calendar year, or from a year to a year, with an addendum if it had one."""

    care_type: CareType
    addendum: Words | None = None
    year: int = Field(ge=2000, le=2999)
    last_year: int | None = Field(default=None, ge=2000, le=2999)
    purchaser: str | None = None


class OptOutForm(Written):
    """The practice wants no offers, for one care type or for all."""

    from_day: Day
    care_type: CareType | None = None
    purchaser: str | None = None


class SignalForm(Written):
    """An officer's doubt about integrity."""

    from_day: Day
    reason: Words = "found in a check of claims"
    purchaser: str | None = None


class PracticeForm(Written):
    """What the register and the purchasers know of a practice."""

    name: Words | None = None
    kind: ProviderKind = ProviderKind.INDEPENDENT
    region: str = ""
    city: str = ""
    vecozo_email: str | None = None
    certificates: tuple[DatedForm, ...] = (DatedForm(),)
    professionals: tuple[ProfessionalForm, ...] = ()
    signatories: tuple[SignatoryForm, ...] = (SignatoryForm(),)
    gli: tuple[Annotated[GliForm, _named("intervention")], ...] = ()
    values: tuple[ValueForm, ...] = ()
    history: tuple[PastContractForm, ...] | None = None


class ProviderForm(PracticeForm):
    """A practice of the scenario; registered when the first policy is adopted unless ``registered_at`` is given."""

    agb: AgbCode
    registered_at: Moment | None = None
    opt_outs: tuple[OptOutForm, ...] = ()
    integrity_signals: tuple[SignalForm, ...] = ()


def changed(form: ProviderForm, changes: PracticeForm) -> ProviderForm:
    """The practice after the register has changed: what was named is replaced."""
    named: dict[str, Any] = {name: getattr(changes, name) for name in changes.model_fields_set}
    return form.model_copy(update=named)


def practice_entry(form: ProviderForm, purchaser: str, policy_year: int) -> PracticeEntry:
    """What a register file would say of the practice."""
    record = PracticeRecord(
        agb=form.agb,
        name=form.name or f"Praktijk {form.agb}",
        kind=form.kind,
        region=form.region,
        city=form.city,
        vecozo_email=f"praktijk-{form.agb}@example.org" if form.vecozo_email is None else form.vecozo_email,
        certificates=tuple(
            Certificate(valid_from=each.valid_from, valid_to=each.valid_to) for each in form.certificates
        ),
        professionals=tuple(_professionals(form)),
        signatories=tuple(_signatory(each) for each in form.signatories),
        gli=tuple(GliProgramme(**each.model_dump()) for each in form.gli),
    )
    opt_outs = tuple(NamedOptOut(each.purchaser or purchaser, each.care_type, each.from_day) for each in form.opt_outs)
    return PracticeEntry(
        record, _past_contracts(form, purchaser, policy_year), opt_outs, _known_values(form, purchaser)
    )


def _known_values(form: ProviderForm, purchaser: str) -> dict[str, tuple[KnownValue, ...]]:
    found: dict[str, tuple[KnownValue, ...]] = {}
    for each in form.values:
        known = KnownValue(code=each.code, value=each.value, year=each.year, care_type=each.care_type)
        owner = each.purchaser or purchaser
        found[owner] = (*found.get(owner, ()), known)
    return found


def _professionals(form: ProviderForm) -> Iterator[Professional]:
    number = 0
    for group in form.professionals:
        prefix = group.agb_prefix or AGB_PREFIX_OF.get(group.profession, "90")
        for _ in range(group.count):
            number += 1
            yield Professional(
                agb=AgbCode(f"{prefix}{number:06}"),
                profession=group.profession,
                weekly_hours=group.weekly_hours,
                specialisations=tuple(
                    Specialisation(code=each.code, vektis_registered=each.vektis_registered)
                    for each in group.specialisations
                ),
                memberships=tuple(
                    Membership(network=each.network, valid_from=each.valid_from, valid_to=each.valid_to)
                    for each in group.memberships
                ),
                registrations=tuple(Registration(**each.model_dump()) for each in group.registrations),
                valid_from=group.valid_from,
                valid_to=group.valid_to,
            )


def _signatory(form: SignatoryForm) -> Signatory:
    return Signatory(
        person=Person(person_id=form.person_id, name=form.name),
        certificate_serial=form.certificate_serial,
        authorised=form.authorised,
        valid_from=form.valid_from,
        valid_to=form.valid_to,
    )


def _past_contracts(form: ProviderForm, purchaser: str, policy_year: int) -> dict[str, tuple[PastContract, ...]]:
    history = form.history
    if history is None:
        care_types = dict.fromkeys(CARE_TYPE_OF[each.profession] for each in form.professionals)
        history = tuple(PastContractForm(care_type=each, year=policy_year - 1) for each in care_types)
    found: dict[str, tuple[PastContract, ...]] = {}
    for each in history:
        contract = PastContract(
            care_type=each.care_type,
            first_day=date(each.year, 1, 1),
            last_day=date(each.last_year or each.year, 12, 31),
            addendum=each.addendum,
        )
        owner = each.purchaser or purchaser
        found[owner] = (*found.get(owner, ()), contract)
    return found

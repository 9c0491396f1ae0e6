"""Practices as one purchaser knows them, in the words of the policies: values, registrations, past contracts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from domain.agb import AgbCode
from domain.care_type import CareType
from domain.explanation import Outcome
from domain.policy.answers import Answers
from domain.policy.conditions import judge
from domain.policy.document import PolicyDocument
from domain.policy.judged import Judged
from domain.provider.provider import KnownValue, PastContract, Provider
from domain.provider.register import (
    Certificate,
    PracticeRecord,
    Profession,
    Professional,
    ProviderKind,
    Registration,
    Specialisation,
)
from infrastructure.policies.library import PolicyFiles

LONG_AGO = date(2015, 1, 1)
SEPTEMBER = date(2023, 9, 15)
PREFIX = {
    Profession.PHYSIOTHERAPIST: "04",
    Profession.SPEECH_THERAPIST: "05",
    Profession.EXERCISE_THERAPIST: "07",
    Profession.DIETITIAN: "24",
    Profession.PODIATRIST: "26",
    Profession.OCCUPATIONAL_THERAPIST: "88",
    Profession.SKIN_THERAPIST: "90",
    Profession.PEDICURE: "26",
    Profession.LIFESTYLE_COACH: "90",
}
MINIMUM = {
    "kvk": "ingeschreven",
    "wtza": "gemeld",
    "governance_code": "nvt",
    "ubo": "bekend",
    "ubo_sanctie": "nee",
    "ivr": "nee",
    "evr": "nee",
    "verscherpt_toezicht": "nee",
}
"""The values of a practice that meets a.s.r.'s minimum conditions."""


@cache
def asr() -> PolicyDocument:
    """The policy of a.s.r. for 2024 as packaged."""
    return PolicyFiles().read("asr-2024").document(None)


def registered(*registers: str, annotation: str | None = None, until: date | None = None) -> tuple[Registration, ...]:
    """Entries in these registers."""
    return tuple(
        Registration(in_register=register, annotation=annotation, valid_from=LONG_AGO, valid_to=until)
        for register in registers
    )


def somebody(
    profession: Profession,
    registrations: tuple[Registration, ...] = (),
    *,
    number: int = 1,
    until: date | None = None,
    specialised: tuple[str, ...] = (),
) -> Professional:
    """A professional attached to the practice."""
    return Professional(
        agb=AgbCode(f"{PREFIX[profession]}1{number:05}"),
        profession=profession,
        weekly_hours=Decimal(32),
        specialisations=tuple(Specialisation(code=each, vektis_registered=True) for each in specialised),
        registrations=registrations,
        valid_from=LONG_AGO,
        valid_to=until,
    )


PHYSIO = somebody(Profession.PHYSIOTHERAPIST, registered("big", "irf_kngf"))


def years(care_type: CareType, first: int, last: int | None = None, addendum: str | None = None) -> PastContract:
    """A contract of whole calendar years."""
    return PastContract(
        care_type=care_type,
        first_day=date(first, 1, 1),
        last_day=date(last or first, 12, 31),
        addendum=addendum,
    )


def practice(*professionals: Professional, agb: str = "04001234", **record: Any) -> Provider:
    """A practice with a VECOZO certificate of which nothing else is known."""
    return Provider(
        version=1,
        record=PracticeRecord(
            **{
                "agb": AgbCode(agb),
                "name": "Praktijk De Brug",
                "kind": ProviderKind.INDEPENDENT,
                "certificates": (Certificate(valid_from=LONG_AGO),),
                "professionals": professionals,
                **record,
            }
        ),
    )


def knowing(
    provider: Provider, year: int | None = None, care_type: CareType | None = None, /, **values: str
) -> Provider:
    """With these values known, before all others of their code and year."""
    added = tuple(KnownValue(code=code, value=value, year=year, care_type=care_type) for code, value in values.items())
    kept = tuple(
        each
        for each in provider.known_values
        if (each.code, each.year, each.care_type) not in {(new.code, year, care_type) for new in added}
    )
    return replace(provider, known_values=(*kept, *added))


def without(provider: Provider, code: str) -> Provider:
    """With nothing known under a code."""
    return replace(provider, known_values=tuple(each for each in provider.known_values if each.code != code))


def contracted(provider: Provider, *contracts: PastContract) -> Provider:
    """With these contracts and no others."""
    return replace(provider, past_contracts=contracts)


def asr_physio() -> Provider:
    """A physiotherapy practice that a.s.r. approaches for 2024: contract, claims, index, every minimum condition."""
    known = knowing(practice(PHYSIO), **MINIMUM)
    known = knowing(known, 2022, behandelindex="120.4", patients="212")
    return contracted(knowing(known, 2023, CareType.FYS, claims="212"), years(CareType.FYS, 2023))


def asr_answers(**declared: bool) -> Answers:
    """What a practice declares to a.s.r. with its signature: everything met, no GZSP, unless something else is said."""
    asked = asr().care_types[CareType.FYS].conditions
    return Answers(
        declared={code: code != "delivers_gzsp" for code in asked if asr().conditions[code].answered} | declared
    )


def judged(
    document: PolicyDocument,
    code: str,
    provider: Provider,
    declared: Answers | None = None,
    day: date = SEPTEMBER,
    **verdicts: Outcome,
) -> Judged:
    """One condition on a day."""
    return judge(document, [code], provider, declared, day, care_type=CareType.FYS, verdicts=verdicts)[0]

"""What the register holds of a practice: professionals, signatories, certificates, each with its dates."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import model_validator

from domain.agb import AgbCode
from domain.model import Frozen


class ProviderKind(StrEnum):
    """The kind of provider selects the route (CQ25-4-45)."""

    INDEPENDENT = "independent"
    INSTITUTION = "institution"
    HOSPITAL = "hospital"


class Profession(StrEnum):
    """The professions that the policies name."""

    PHYSIOTHERAPIST = "fysiotherapeut"
    EXERCISE_THERAPIST = "oefentherapeut"
    SPEECH_THERAPIST = "logopedist"
    DIETITIAN = "dietist"
    OCCUPATIONAL_THERAPIST = "ergotherapeut"
    SKIN_THERAPIST = "huidtherapeut"
    PODIATRIST = "podotherapeut"
    PEDICURE = "pedicure"
    LIFESTYLE_COACH = "leefstijlcoach"


class Dated(Frozen):
    """Something that holds from a day to a day, both included; an absent end is open."""

    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Dated":
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(f"valid_to {self.valid_to} lies before valid_from {self.valid_from}")
        return self

    def valid_on(self, day: date) -> bool:
        """Whether it holds on that day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Specialisation(Frozen):
    """A specialisation by its register code, and whether Vektis has it registered (CQ25-3.2-13)."""

    code: str
    vektis_registered: bool


class Membership(Dated):
    """A professional's membership of a network: ParkinsonNet, Chronisch ZorgNet (OD45)."""

    network: str


class Registration(Dated):
    """A professional's entry in a quality register, by the register's code: ``kp``, ``krf_nl``, ``kabiz``."""

    in_register: str
    annotation: str | None = None


class GliProgramme(Dated):
    """A combined lifestyle intervention that the practice delivers: licence and start instruction (CQ25-3.1-13..18)."""

    intervention: str
    licence: bool
    start_instruction: bool


class Professional(Dated):
    """A professional attached to the practice; ``weekly_hours`` are the hours for this practice alone (CQ25-3.2-14)."""

    agb: AgbCode
    profession: Profession
    weekly_hours: Decimal
    specialisations: tuple[Specialisation, ...] = ()
    memberships: tuple[Membership, ...] = ()
    registrations: tuple[Registration, ...] = ()


class Person(Frozen):
    """Personal values, named by a person id so that a key per person can be added later."""

    person_id: str
    name: str


class Signatory(Dated):
    """Who may accept or decline for the practice: a personal VECOZO certificate and the authorisation."""

    person: Person
    certificate_serial: str
    authorised: bool = True


class Certificate(Dated):
    """The practice's VECOZO certificate, needed to be approached (CQ25-4-8)."""


class Location(Dated):
    """A location under the undertaking, by its own AGB code; the contract party is the practice (CQ25-4-44)."""

    agb: AgbCode
    name: str


class PracticeRecord(Frozen):
    """All that the register says of one practice at one moment."""

    agb: AgbCode
    name: str
    kind: ProviderKind = ProviderKind.INDEPENDENT
    region: str = ""
    city: str = ""
    vecozo_email: str = ""
    certificates: tuple[Certificate, ...] = ()
    professionals: tuple[Professional, ...] = ()
    signatories: tuple[Signatory, ...] = ()
    locations: tuple[Location, ...] = ()
    gli: tuple[GliProgramme, ...] = ()

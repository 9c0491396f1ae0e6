"""The state of a provider as one purchaser may see it."""

from dataclasses import dataclass
from datetime import date

from pydantic import Field

from domain.care_type import CareType
from domain.model import Frozen
from domain.provider.register import Person, PracticeRecord, Profession, Professional, Signatory


class PastContract(Frozen):
    """A contract that this purchaser had with the practice: the days it was in force, both included."""

    care_type: CareType
    first_day: date
    last_day: date
    addendum: str | None = None


class OwnContract(PastContract):
    """One that this log holds, with its id; folded from its own stream when a decision asks, never stored."""

    contract_id: str


class KnownValue(Frozen):
    """What this purchaser knows of the practice under a code that its policy names: a measurement, a registration.

    ``value`` is text, read exactly by the rule that asks for it; a value of one year or care type carries it.
    """

    code: str
    value: str
    year: int | None = None
    care_type: CareType | None = None

    @property
    def key(self) -> tuple[str, int | None, CareType | None]:
        """What a later value replaces: the one of the same code, year and care type."""
        return self.code, self.year, self.care_type


class OptOutException(Frozen):
    """From that day a practice-wide opt-out no longer holds for one care type: a later request withdrew it (OD13)."""

    care_type: CareType
    from_day: date


class OptOut(Frozen):
    """The practice wants no offers; for one care type, or for the whole practice when ``care_type`` is absent (OD13).

    It ends on ``withdrawn_on`` for all that it covers, on the day of an exception for one care type; else it holds.
    """

    care_type: CareType | None
    from_day: date
    withdrawn_on: date | None = None
    exceptions: tuple[OptOutException, ...] = ()

    def active_on(self, day: date, care_type: CareType) -> bool:
        """Whether it bars an approach for that care type on that day."""
        ended_on = self.ends_on(care_type)
        return self.covers(care_type) and self.from_day <= day and (ended_on is None or day < ended_on)

    def covers(self, care_type: CareType) -> bool:
        """Whether that care type is meant."""
        return self.care_type in (None, care_type)

    def ends_on(self, care_type: CareType) -> date | None:
        """The first day on which it no longer holds for that care type; nothing while it was not withdrawn."""
        days = [each.from_day for each in self.exceptions if each.care_type is care_type]
        if self.withdrawn_on is not None:
            days.append(self.withdrawn_on)
        return min(days, default=None)


class IntegritySignal(Frozen):
    """A named officer's doubt about integrity; only the purchaser's reviewers see it (OD54).

    ``version`` is that of the provider's stream with which it became known.
    """

    recorded_on: date
    ended_on: date | None = None
    version: int = Field(default=0, exclude=True)

    def active_on(self, day: date) -> bool:
        """Whether the practice goes to review instead of being approached."""
        return self.recorded_on <= day and (self.ended_on is None or day < self.ended_on)


class Delegation(Frozen):
    """Who may fill in and upload for the practice, granted by the signatory with that person id, until when."""

    person: Person
    granted_by: str
    last_day: date | None = None

    def active_on(self, day: date) -> bool:
        """Whether it has not ended by itself."""
        return self.last_day is None or day <= self.last_day


@dataclass(frozen=True)
class Provider:
    """A practice as one purchaser knows it: the register's record and this purchaser's own history with it.

    ``version`` is that of the provider's stream from which it was folded. ``replaced_values`` are those of which a
    later one was recorded, in their order: a day that happened stays, also when another one is recorded after it.
    """

    version: int
    record: PracticeRecord
    past_contracts: tuple[PastContract, ...] = ()
    opt_outs: tuple[OptOut, ...] = ()
    integrity_signals: tuple[IntegritySignal, ...] = ()
    known_values: tuple[KnownValue, ...] = ()
    replaced_values: tuple[KnownValue, ...] = ()
    delegations: tuple[Delegation, ...] = ()

    def value(self, code: str, *, year: int | None = None, care_type: CareType | None = None) -> str | None:
        """The value known under a code, for a year if the rule names one; absent means unknown, never zero.

        A value of the care type goes before one that names none.
        """
        fitting = [each for each in self.known_values if each.code == code and each.year == year]
        for wanted in (care_type, None):
            for each in reversed(fitting):
                if each.care_type is wanted:
                    return each.value
        return None

    def values_in_order(self, code: str) -> list[KnownValue]:
        """Everything that was recorded under a code, whatever year or care type it is of, in the order of recording."""
        return [each for each in (*self.replaced_values, *self.known_values) if each.code == code]

    def professionals_on(self, day: date, profession: Profession) -> list[Professional]:
        """Who of a profession is attached to the practice on a day."""
        return [each for each in self.record.professionals if each.profession is profession and each.valid_on(day)]

    def member_on(self, day: date, network: str) -> bool:
        """Whether a member of the network is attached to the practice on a day (OD45)."""
        return any(
            membership.network == network and membership.valid_on(day)
            for professional in self.record.professionals
            if professional.valid_on(day)
            for membership in professional.memberships
        )

    def certified_on(self, day: date) -> bool:
        """Whether a VECOZO certificate of the practice is valid on a day."""
        return any(certificate.valid_on(day) for certificate in self.record.certificates)

    def signatories_on(self, day: date, person_id: str) -> list[Signatory]:
        """The entries of that person that stand on a day, authorised: one for each certificate."""
        return [
            each
            for each in self.record.signatories
            if each.person.person_id == person_id and each.authorised and each.valid_on(day)
        ]

    def delegation_on(self, day: date, person_id: str) -> Delegation | None:
        """The right of a person to fill in and upload for the practice, if it stands on a day."""
        for delegation in self.delegations:
            if delegation.person.person_id == person_id and delegation.active_on(day):
                return delegation
        return None

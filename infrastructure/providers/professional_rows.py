"""The rows of a practice's professionals: each with what stands below it of specialisations, networks and registers."""

from collections.abc import Callable
from datetime import date
from typing import Any

from domain.provider.register import Dated, Membership, Profession, Professional, Registration, Specialisation
from infrastructure.providers.cells import Row


class ProfessionalRows:
    """Gathers the professionals of one practice; every mistake is noted by the row that has it."""

    def __init__(self) -> None:
        self._professionals: list[Professional] = []
        self.read: dict[str, Callable[[Row], None]] = {
            "professional": self._read_professional,
            "specialisation": self._read_specialisation,
            "membership": self._read_membership,
            "registration": self._read_registration,
        }

    def professionals(self) -> tuple[Professional, ...]:
        """All of them, in an order that the order of rows does not change."""
        return tuple(sorted(map(_in_order, self._professionals), key=lambda each: (each.agb, days_of(each))))

    def _read_professional(self, row: Row) -> None:
        agb, profession, hours = (
            row.agb("professional_agb"),
            row.choice("profession", Profession),
            row.hours("weekly_hours"),
        )
        first_day = row.first_day()
        last_day = row.last_day(first_day)
        if agb is None or profession is None:
            return
        professional = Professional(
            agb=agb, profession=profession, weekly_hours=hours, valid_from=first_day, valid_to=last_day
        )
        if any(each.agb == agb and overlap(days_of(each), days_of(professional)) for each in self._professionals):
            row.refuse("valid_from", f"days that do not overlap those of another professional row of {agb}")
            return
        self._professionals.append(professional)

    def _read_specialisation(self, row: Row) -> None:
        place, professional = self._attached(row)
        specialisation = Specialisation(code=row.code("specialisation"), vektis_registered=row.yes("vektis_registered"))
        if professional is None:
            return
        if any(each.code == specialisation.code for each in professional.specialisations):
            row.refuse("specialisation", f"each specialisation of {professional.agb} once")
            return
        self._replace(place, specialisations=(*professional.specialisations, specialisation))

    def _read_membership(self, row: Row) -> None:
        place, professional = self._attached(row)
        first_day = row.first_day()
        membership = Membership(network=row.text("network"), valid_from=first_day, valid_to=row.last_day(first_day))
        if professional is not None:
            self._replace(place, memberships=(*professional.memberships, membership))

    def _read_registration(self, row: Row) -> None:
        place, professional = self._attached(row)
        first_day = row.first_day()
        registration = Registration(
            in_register=row.code("register", "krf_nl"),
            annotation=row.code("annotation", "leefstijlcoaching") if row.found("annotation") else None,
            valid_from=first_day,
            valid_to=row.last_day(first_day),
        )
        if professional is not None:
            self._replace(place, registrations=(*professional.registrations, registration))

    def _attached(self, row: Row) -> tuple[int, Professional | None]:
        """The professional whose row stands above, the last one when there are several."""
        agb = row.agb("professional_agb")
        for place in reversed(range(len(self._professionals))):
            if self._professionals[place].agb == agb:
                return place, self._professionals[place]
        if agb is not None:
            row.refuse("professional_agb", "a correct professional row with this AGB code above, in the same practice")
        return 0, None

    def _replace(self, place: int, **further: Any) -> None:
        self._professionals[place] = self._professionals[place].model_copy(update=further)


def days_of(dated: Dated) -> tuple[date, date]:
    """The span of days, an open end as the last day of all: comparable."""
    return dated.valid_from, dated.valid_to or date.max


def overlap(one: tuple[date, date], other: tuple[date, date]) -> bool:
    """Whether two spans have a day in common."""
    return one[0] <= other[1] and other[0] <= one[1]


def _in_order(professional: Professional) -> Professional:
    further: dict[str, Any] = {}
    if len(professional.specialisations) > 1:
        further["specialisations"] = tuple(sorted(professional.specialisations, key=lambda each: each.code))
    if len(professional.memberships) > 1:
        further["memberships"] = tuple(sorted(professional.memberships, key=lambda each: (each.network, days_of(each))))
    if len(professional.registrations) > 1:
        further["registrations"] = tuple(
            sorted(
                professional.registrations, key=lambda each: (each.in_register, each.annotation or "", days_of(each))
            )
        )
    return professional.model_copy(update=further) if further else professional

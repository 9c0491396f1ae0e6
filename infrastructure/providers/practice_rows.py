"""The rows of one practice as one entry, or every reason why not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from application.provider_import import NamedOptOut, PracticeEntry, RefusedPractice, RowMistake
from domain.agb import AgbCode
from domain.care_type import CareType
from domain.provider.provider import PastContract
from domain.provider.register import (
    Certificate,
    Dated,
    Membership,
    Person,
    PracticeRecord,
    Profession,
    Professional,
    ProviderKind,
    Signatory,
    Specialisation,
)
from infrastructure.providers.cells import Row, one_of
from infrastructure.providers.layout import COLUMNS, ROWS


class RawRow(NamedTuple):
    """A row as the file has it: its line, and its cells by column; ``None`` when the number of cells is wrong."""

    line: int
    cells: Mapping[str, str] | None
    found: int = len(COLUMNS)


@dataclass(slots=True)
class PracticeRows:
    """Gathers the rows of one practice; ``mistakes`` fills on the way."""

    agb: str
    mistakes: list[RowMistake] = field(default_factory=list)
    _practice: Row | None = None
    _certificates: list[Certificate] = field(default_factory=list)
    _professionals: list[Professional] = field(default_factory=list)
    _signatories: list[Signatory] = field(default_factory=list)
    _past_contracts: dict[str, list[PastContract]] = field(default_factory=dict)
    _opt_outs: list[NamedOptOut] = field(default_factory=list)
    _lines: dict[tuple[str, ...], int] = field(default_factory=dict)
    _first_line: int = 0

    def add(self, raw: RawRow) -> None:
        """Read one row; a row with a mistake adds nothing but its mistakes."""
        self._first_line = self._first_line or raw.line
        if raw.cells is None:
            self._note(raw.line, "record", f"{raw.found} cells", f"{len(COLUMNS)} cells, as the header has")
            return
        row = Row(raw.line, raw.cells, self.mistakes)
        row.agb("agb")
        record = row.found("record")
        if record not in ROWS:
            row.refuse("record", one_of(record, list(ROWS)))
            return
        if self._fits_layout(row, record) and self._first_of_its_kind(row, raw.cells):
            _READ[record](self, row)

    def entry(self) -> PracticeEntry | RefusedPractice:
        """What the file says of the practice, in an order of its own that the order of rows does not change."""
        if self._practice is None and not self.mistakes:
            self._note(self._first_line, "record", "", f"a practice row for {self.agb} among its rows, there is none")
        if self.mistakes or self._practice is None:
            return RefusedPractice(self.agb, tuple(sorted(self.mistakes)))
        practice = self._practice
        record = PracticeRecord(
            agb=AgbCode(self.agb),
            name=practice.found("name"),
            kind=ProviderKind(practice.found("kind")),
            region=practice.found("region"),
            city=practice.found("city"),
            vecozo_email=practice.found("vecozo_email"),
            certificates=tuple(sorted(self._certificates, key=_days)),
            professionals=tuple(sorted(map(_in_order, self._professionals), key=lambda each: (each.agb, _days(each)))),
            signatories=tuple(
                sorted(
                    self._signatories, key=lambda each: (each.person.person_id, each.certificate_serial, _days(each))
                )
            ),
        )
        return PracticeEntry(
            record,
            {
                purchaser: tuple(sorted(contracts, key=lambda each: (each.first_day, each.care_type)))
                for purchaser, contracts in sorted(self._past_contracts.items())
            },
            tuple(sorted(self._opt_outs, key=lambda each: (each.purchaser, each.from_day, each.care_type or ""))),
        )

    def _note(self, line: int, column: str, found: str, expected: str) -> None:
        self.mistakes.append(RowMistake(line, column, found, expected))

    def _fits_layout(self, row: Row, record: str) -> bool:
        before = len(self.mistakes)
        layout = ROWS[record]
        for column in layout.required:
            if not row.found(column):
                row.refuse(column, f"something: a row of the kind {record} fills {', '.join(layout.required)}")
        for column in COLUMNS:
            if row.found(column) and column not in layout.filled:
                row.refuse(column, f"nothing: a row of the kind {record} has no {column}")
        return len(self.mistakes) == before

    def _first_of_its_kind(self, row: Row, cells: Mapping[str, str]) -> bool:
        same = self._lines.setdefault(tuple(cells.values()), row.line)
        if same != row.line:
            row.refuse("record", f"each row once: the same stands on line {same}")
        return same == row.line

    def _read_practice(self, row: Row) -> None:
        if self._practice is not None:
            row.refuse("record", f"one practice row: line {self._practice.line} has described {self.agb} already")
            return
        self._practice = row
        for column in ("name", "region", "city"):
            row.text(column)
        row.choice("kind", ProviderKind)
        row.email("vecozo_email")

    def _read_certificate(self, row: Row) -> None:
        first_day = row.first_day()
        self._certificates.append(Certificate(valid_from=first_day, valid_to=row.last_day(first_day)))

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
        if any(each.agb == agb and _overlap(_days(each), _days(professional)) for each in self._professionals):
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
        self._professionals[place] = professional.model_copy(
            update={"specialisations": (*professional.specialisations, specialisation)}
        )

    def _read_membership(self, row: Row) -> None:
        place, professional = self._attached(row)
        first_day = row.first_day()
        membership = Membership(network=row.text("network"), valid_from=first_day, valid_to=row.last_day(first_day))
        if professional is not None:
            self._professionals[place] = professional.model_copy(
                update={"memberships": (*professional.memberships, membership)}
            )

    def _attached(self, row: Row) -> tuple[int, Professional | None]:
        """The professional whose row stands above, the last one when there are several."""
        agb = row.agb("professional_agb")
        for place in reversed(range(len(self._professionals))):
            if self._professionals[place].agb == agb:
                return place, self._professionals[place]
        if agb is not None:
            row.refuse(
                "professional_agb", f"a correct professional row with this AGB code above, among those of {self.agb}"
            )
        return 0, None

    def _read_signatory(self, row: Row) -> None:
        first_day = row.first_day()
        self._signatories.append(
            Signatory(
                person=Person(person_id=row.text("person_id"), name=row.text("name")),
                certificate_serial=row.text("certificate_serial"),
                authorised=row.yes("authorised"),
                valid_from=first_day,
                valid_to=row.last_day(first_day),
            )
        )

    def _read_history(self, row: Row) -> None:
        purchaser, care_type = row.identifier("purchaser"), row.choice("care_type", CareType)
        first_day = row.first_day()
        last_day = row.last_day(first_day)
        if care_type is None or last_day is None:
            return
        contract = PastContract(care_type=care_type, first_day=first_day, last_day=last_day)
        known = self._past_contracts.setdefault(purchaser, [])
        if any(
            each.care_type is care_type and _overlap((each.first_day, each.last_day), (first_day, last_day))
            for each in known
        ):
            row.refuse("valid_from", f"days that do not overlap those of another {care_type} contract with {purchaser}")
            return
        known.append(contract)

    def _read_opt_out(self, row: Row) -> None:
        purchaser = row.identifier("purchaser")
        care_type = row.choice("care_type", CareType) if row.found("care_type") else None
        self._opt_outs.append(NamedOptOut(purchaser, care_type, row.first_day()))


_READ: dict[str, Callable[[PracticeRows, Row], None]] = {
    "practice": PracticeRows._read_practice,
    "certificate": PracticeRows._read_certificate,
    "professional": PracticeRows._read_professional,
    "specialisation": PracticeRows._read_specialisation,
    "membership": PracticeRows._read_membership,
    "signatory": PracticeRows._read_signatory,
    "history": PracticeRows._read_history,
    "opt_out": PracticeRows._read_opt_out,
}


def read_practice(agb: str, rows: Sequence[RawRow]) -> PracticeEntry | RefusedPractice:
    """The entry of one practice, or every mistake in its rows."""
    practice = PracticeRows(agb)
    for row in rows:
        practice.add(row)
    return practice.entry()


def _in_order(professional: Professional) -> Professional:
    if len(professional.specialisations) + len(professional.memberships) <= 1:
        return professional
    return professional.model_copy(
        update={
            "specialisations": tuple(sorted(professional.specialisations, key=lambda each: each.code)),
            "memberships": tuple(sorted(professional.memberships, key=lambda each: (each.network, _days(each)))),
        }
    )


def _days(dated: Dated) -> tuple[date, date]:
    return dated.valid_from, dated.valid_to or date.max


def _overlap(one: tuple[date, date], other: tuple[date, date]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]

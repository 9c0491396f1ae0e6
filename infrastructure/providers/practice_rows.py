"""The rows of one practice as one entry, or every reason why not."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from application.provider_import import PracticeEntry, RefusedPractice, RowMistake
from domain.agb import AgbCode
from domain.provider.register import (
    Certificate,
    GliProgramme,
    Location,
    Person,
    PracticeRecord,
    ProviderKind,
    Signatory,
)
from infrastructure.providers.cells import Row, one_of, spoilt
from infrastructure.providers.layout import FILLED, ROWS
from infrastructure.providers.professional_rows import ProfessionalRows, days_of
from infrastructure.providers.purchaser_rows import PurchaserRows


class RawRow(NamedTuple):
    """A row as the file has it: its line, and what is filled by column; ``None`` with too many cells or too few."""

    line: int
    cells: Mapping[str, str] | None
    found: int = 0
    expected: int = 0


class PracticeRows:
    """Gathers the rows of one practice; ``mistakes`` fills on the way."""

    def __init__(self, agb: str) -> None:
        self.agb = agb
        self.mistakes: list[RowMistake] = []
        self._practice: Row | None = None
        self._certificates: list[Certificate] = []
        self._locations: list[Location] = []
        self._signatories: list[Signatory] = []
        self._gli: list[GliProgramme] = []
        self._professionals = ProfessionalRows()
        self._purchasers = PurchaserRows()
        self._lines: dict[tuple[tuple[str, str], ...], int] = {}
        self._first_line = 0
        self._read: dict[str, Callable[[Row], None]] = {
            "practice": self._read_practice,
            "certificate": self._read_certificate,
            "location": self._read_location,
            "signatory": self._read_signatory,
            "gli": self._read_gli,
            **self._professionals.read,
            **self._purchasers.read,
        }

    def add(self, raw: RawRow) -> None:
        """Read one row; a row with a mistake adds nothing but its mistakes."""
        self._first_line = self._first_line or raw.line
        if raw.cells is None:
            self._note(raw.line, "record", f"{raw.found} cells", f"{raw.expected} cells, as the header has")
            return
        row = Row(raw.line, raw.cells, self.mistakes)
        row.agb("agb")
        record = row.found("record")
        if record not in ROWS:
            row.refuse("record", one_of(record, list(ROWS)))
            return
        if self._fits_layout(row, record, raw.cells) and self._first_of_its_kind(row, raw.cells):
            self._read[record](row)

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
            certificates=tuple(sorted(self._certificates, key=days_of)),
            professionals=self._professionals.professionals(),
            signatories=tuple(
                sorted(
                    self._signatories, key=lambda each: (each.person.person_id, each.certificate_serial, days_of(each))
                )
            ),
            locations=tuple(sorted(self._locations, key=lambda each: (each.agb, days_of(each)))),
            gli=tuple(sorted(self._gli, key=lambda each: (each.intervention, days_of(each)))),
        )
        purchasers = self._purchasers
        return PracticeEntry(record, purchasers.past_contracts(), purchasers.opt_outs(), purchasers.known_values())

    def _note(self, line: int, column: str, found: str, expected: str) -> None:
        self.mistakes.append(RowMistake(line, column, found, expected))

    def _fits_layout(self, row: Row, record: str, cells: Mapping[str, str]) -> bool:
        before = len(self.mistakes)
        required, filled = ROWS[record].required, FILLED[record]
        for column in required:
            if not row.found(column):
                row.refuse(column, f"something: a row of the kind {record} fills {', '.join(required)}")
        for column, cell in cells.items():
            if column not in filled:
                row.refuse(column, f"nothing: a row of the kind {record} has no {column}")
            elif expected := spoilt(cell):
                row.refuse(column, expected)
        return len(self.mistakes) == before

    def _first_of_its_kind(self, row: Row, cells: Mapping[str, str]) -> bool:
        same = self._lines.setdefault(tuple(cells.items()), row.line)
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

    def _read_location(self, row: Row) -> None:
        agb, name, first_day = row.agb("location_agb"), row.text("name"), row.first_day()
        last_day = row.last_day(first_day)
        if agb is not None:
            self._locations.append(Location(agb=agb, name=name, valid_from=first_day, valid_to=last_day))

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

    def _read_gli(self, row: Row) -> None:
        first_day = row.first_day()
        self._gli.append(
            GliProgramme(
                intervention=row.text("intervention"),
                licence=row.yes("licence"),
                start_instruction=row.yes("start_instruction"),
                valid_from=first_day,
                valid_to=row.last_day(first_day),
            )
        )


def read_practice(agb: str, rows: Sequence[RawRow]) -> PracticeEntry | RefusedPractice:
    """The entry of one practice, or every mistake in its rows."""
    practice = PracticeRows(agb)
    for row in rows:
        practice.add(row)
    return practice.entry()

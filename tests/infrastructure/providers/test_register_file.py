"""Reading a register file: values from cells, every mistake told, nothing padded or guessed."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from application.provider_import import NamedOptOut, PracticeEntry, RefusedPractice, RegisterFileError
from domain.care_type import CareType
from domain.provider.provider import KnownValue, PastContract
from domain.provider.register import (
    Certificate,
    GliProgramme,
    Location,
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
from infrastructure.providers.layout import COLUMNS, EVERY_COLUMN
from infrastructure.providers.register_file import RegisterFile
from tests.infrastructure.providers.register_rows import BAD_CELLS, WHOLE, above_the_bad_row
from tests.infrastructure.providers.register_text import AGB, Cells, practice, professional, register_file, row, text


def entries(path: Path) -> list[PracticeEntry | RefusedPractice]:
    return list(RegisterFile(path).entries())


def mistakes(folder: Path, *rows: Cells) -> list[str]:
    return [
        str(mistake)
        for each in entries(register_file(folder, *rows))
        if isinstance(each, RefusedPractice)
        for mistake in each.mistakes
    ]


def unreadable(folder: Path, content: bytes) -> str:
    path = folder / "register.csv"
    path.write_bytes(content)
    with pytest.raises(RegisterFileError) as error:
        RegisterFile(path)
    return str(error.value).removeprefix(f"{path}: ")


def test_every_kind_of_row_becomes_what_it_says(tmp_path: Path) -> None:
    (entry,) = entries(register_file(tmp_path, *WHOLE))

    assert isinstance(entry, PracticeEntry)
    assert entry.record == PracticeRecord.model_validate(
        {
            "agb": AGB,
            "name": "De Linde",
            "kind": ProviderKind.INDEPENDENT,
            "region": "Utrecht",
            "city": "Zeist",
            "vecozo_email": "de.linde@voorbeeld.example",
            "certificates": (Certificate(valid_from=date(2019, 1, 1), valid_to=date(2026, 12, 31)),),
            "professionals": (
                Professional.model_validate(
                    {
                        "agb": "04012345",
                        "profession": Profession.PHYSIOTHERAPIST,
                        "weekly_hours": Decimal("32.5"),
                        "valid_from": date(2020, 1, 1),
                        "specialisations": (Specialisation(code="manueel", vektis_registered=True),),
                        "memberships": (Membership(network="ParkinsonNet", valid_from=date(2021, 5, 1)),),
                        "registrations": (
                            Registration(in_register="krf_nl", valid_from=date(2020, 1, 1)),
                            Registration(in_register="krf_nl", annotation="kinder", valid_from=date(2021, 5, 1)),
                        ),
                    }
                ),
            ),
            "signatories": (
                Signatory(
                    person=Person(person_id="p1", name="D. Janssen-Müller"),
                    certificate_serial="S-1",
                    valid_from=date(2019, 1, 1),
                ),
            ),
            "locations": (
                Location.model_validate({"agb": "04001235", "name": "De Linde Noord", "valid_from": date(2022, 1, 1)}),
            ),
            "gli": (
                GliProgramme(intervention="CooL", licence=False, start_instruction=True, valid_from=date(2023, 1, 1)),
                GliProgramme(intervention="X-fitt", licence=True, start_instruction=False, valid_from=date(2023, 1, 1)),
            ),
        }
    )
    assert entry.past_contracts == {
        "caresq": tuple(
            PastContract(
                care_type=CareType.FYS, first_day=date(year, 1, 1), last_day=date(year, 12, 31), addendum=addendum
            )
            for year, addendum in ((2022, "Zorg in de wijk"), (2023, None))
        )
    }
    assert entry.opt_outs == (NamedOptOut("asr", None, date(2024, 2, 1)),)
    assert entry.known_values == {
        "asr": (
            KnownValue(code="behandelindex", value="149.95", year=2022, care_type=CareType.FYS),
            KnownValue(code="wtza", value="gemeld"),
        )
    }


def test_a_file_may_leave_out_the_columns_that_none_of_its_rows_uses(tmp_path: Path) -> None:
    rows = [practice(), professional()]
    path = tmp_path / "few-columns.csv"
    path.write_text(text(rows, columns=COLUMNS), encoding="utf-8")

    assert entries(path) == entries(register_file(tmp_path, *rows))


def test_a_row_that_needs_a_column_which_the_file_left_out_is_told(tmp_path: Path) -> None:
    path = tmp_path / "few-columns.csv"
    path.write_text(text([practice(), row("value", purchaser="asr")], columns=COLUMNS), encoding="utf-8")

    (refused,) = entries(path)

    assert isinstance(refused, RefusedPractice)
    assert [str(each) for each in refused.mistakes] == [
        f"line 3, {column}: found '', expected something: a row of the kind value fills purchaser, code, value"
        for column in ("code", "value")
    ]


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_commas_and_semicolons_with_and_without_byte_order_mark_read_the_same(
    tmp_path: Path, delimiter: str, mark: bytes
) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(mark + text(WHOLE, delimiter=delimiter).encode())

    assert entries(path) == entries(register_file(tmp_path, *WHOLE))


def test_the_order_of_columns_and_of_rows_changes_nothing(tmp_path: Path) -> None:
    written_by, certificate, first, specialisation, membership, *others = WHOLE
    below = [each for each in others if each["record"] == "registration"]
    others = [each for each in others if each not in below]
    second = professional(code="04000001")
    path = tmp_path / "reordered.csv"
    rows = [*reversed(others), first, *below, membership, second, specialisation, certificate, written_by]
    path.write_text(text(rows, columns=EVERY_COLUMN[::-1]), encoding="utf-8")

    assert entries(path) == entries(register_file(tmp_path, *WHOLE, second))


def test_empty_lines_and_spaces_around_cells_mean_nothing(tmp_path: Path) -> None:
    path = tmp_path / "spaces.csv"
    lines = text([practice(name="  De Linde "), *WHOLE[1:]]).splitlines()
    path.write_text("\n\n".join(lines) + "\n,,,,\n", encoding="utf-8")
    expected = entries(register_file(tmp_path, practice(), *WHOLE[1:]))

    assert entries(path) == expected


def test_a_code_that_lost_its_zero_is_refused_with_the_cause_and_never_padded(tmp_path: Path) -> None:
    told = mistakes(tmp_path, practice("4001234"), practice("07001234"))

    assert told == [
        "line 2, agb: found '4001234', expected eight digits, found 7; did a spreadsheet drop the leading zero?"
    ]


def test_every_bad_row_is_told_and_only_its_practice_left_out(tmp_path: Path) -> None:
    path = register_file(
        tmp_path,
        practice(),
        professional(weekly_hours="32,5"),
        professional(code="04054321", profession="fysiotherapeuth"),
        row("certificate", valid_from="2023-02-29"),
        practice("07001234"),
    )

    refused, kept = entries(path)

    assert isinstance(refused, RefusedPractice)
    assert refused.agb == AGB
    assert [(each.line, each.column, each.found) for each in refused.mistakes] == [
        (3, "weekly_hours", "32,5"),
        (4, "profession", "fysiotherapeuth"),
        (5, "valid_from", "2023-02-29"),
    ]
    assert isinstance(kept, PracticeEntry)
    assert kept.record.agb == "07001234"


@pytest.mark.parametrize(("bad", "expected"), BAD_CELLS)
def test_a_bad_cell_is_told_with_what_was_found_and_what_would_be_right(
    tmp_path: Path, bad: Cells, expected: str
) -> None:
    known = professional(code="04000001")
    told = mistakes(tmp_path, *above_the_bad_row(), {**bad, "valid_to": "2030-01-01"} if bad == known else bad)

    assert told
    assert all(each.startswith("line 8, ") for each in told)
    assert any(expected in each for each in told), told


@pytest.mark.parametrize(
    ("cell", "value", "expected"),
    [
        ("kind", "zelfstandig", "expected one of independent, institution, hospital"),
        ("name", "", "expected something: a row of the kind practice fills name, kind"),
        ("name", "x" * 201, "expected at most 200 characters, not 201"),
        ("name", "De\nLinde", "expected one line of text, without line breaks"),
        ("vecozo_email", "de linde at voorbeeld", "expected an e-mail address such as"),
    ],
)
def test_a_practice_row_is_checked_like_the_others(tmp_path: Path, cell: str, value: str, expected: str) -> None:
    (told,) = mistakes(tmp_path, practice(**{cell: value}))

    assert told.startswith(f"line 2, {cell}: ")
    assert expected in told


def test_rows_without_a_practice_row_are_told(tmp_path: Path) -> None:
    assert mistakes(tmp_path, professional()) == [
        "line 2, record: found '', expected a practice row for 04001234 among its rows, there is none"
    ]


def test_a_practice_whose_rows_stand_apart_is_left_out_as_a_whole(tmp_path: Path) -> None:
    path = register_file(
        tmp_path, practice(), practice("07001234"), professional(), practice("05001234"), professional()
    )

    found = entries(path)

    assert [each.record.agb for each in found if isinstance(each, PracticeEntry)] == ["07001234", "05001234"]
    assert [str(mistake) for each in found if isinstance(each, RefusedPractice) for mistake in each.mistakes] == [
        f"line {line}, agb: found '04001234', "
        "expected all rows of a practice together: those of 04001234 begin on line 2"
        for line in (4, 6)
    ]
    assert RegisterFile(path).practices == 3


def test_a_row_with_too_few_or_too_many_cells_is_told(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    lines = text([practice(), professional()]).splitlines()
    path.write_text("\n".join([lines[0], lines[1] + ",more", lines[2][:-1]]), encoding="utf-8")

    (refused,) = entries(path)

    assert isinstance(refused, RefusedPractice)
    assert [str(each) for each in refused.mistakes] == [
        "line 2, record: found '31 cells', expected 30 cells, as the header has",
        "line 3, record: found '29 cells', expected 30 cells, as the header has",
    ]


def test_a_row_without_agb_belongs_to_the_practice_above_and_leaves_it_out(tmp_path: Path) -> None:
    told = mistakes(tmp_path, practice(), professional(agb=""), practice("07001234"))

    assert told == ["line 3, agb: found '', expected eight digits, such as '04001234', found 0 characters"]


def test_lines_are_counted_through_a_cell_of_two_lines(tmp_path: Path) -> None:
    told = mistakes(tmp_path, practice(name="De\nLinde"), professional(weekly_hours="veel"))

    assert [each.split(":")[0] for each in told] == ["line 2, name", "line 4, weekly_hours"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty; the first line must name the columns record, agb, name"),
        (",".join(COLUMNS).encode(), "has a header and no rows below it"),
        (text([practice(name="Fysio Café")]).encode("latin-1"), "line 2 is not UTF-8 (byte 0xe9 at place"),
        (text([practice()]).encode("utf-16"), "is UTF-16, not UTF-8; save it as 'CSV UTF-8'"),
        (text([practice()]).encode("utf-16-le"), "line 1 has a NUL byte"),
        (text([practice(name="De\0Linde")]).encode(), "line 2 has a NUL byte"),
        (text([practice()], delimiter="\t").encode(), "line 1 is separated by tabs"),
        (
            text([practice()]).encode().replace(b"kind", b"knd", 1),
            "unknown column 'knd', did you mean 'kind'?; missing: kind",
        ),
        (text([practice()]).encode().replace(b"city", b"kind", 1), "column 'kind' stands there twice; missing: city"),
        (
            text([practice()]).splitlines()[1].encode(),
            "line 1 must name the columns of a register file; unknown column",
        ),
        (
            text([practice(), practice("07001234")]).replace("De Linde", '"De Linde').encode(),
            "the row that begins on line 2",
        ),
        (text([practice()]).replace("De Linde", '"De" Linde').encode(), "the row that begins on line 2 is not CSV"),
        (
            text([practice()]).encode() + b'practice,04009999,"open',
            "the row that begins on line 3 has a quote that is never",
        ),
    ],
)
def test_a_file_that_can_not_be_read_is_refused_as_a_whole_in_one_line(
    tmp_path: Path, content: bytes, expected: str
) -> None:
    told = unreadable(tmp_path, content)

    assert expected in told
    assert "\n" not in told


def test_a_folder_is_no_register(tmp_path: Path) -> None:
    with pytest.raises(RegisterFileError, match="can not be read: Is a directory"):
        RegisterFile(tmp_path)

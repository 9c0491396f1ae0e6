"""Reading a register from an Excel workbook: as from CSV, and what a spreadsheet does to its cells is told."""

from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.provider_import import PracticeEntry, RefusedPractice, RegisterFileError
from domain.provider.provider import KnownValue
from infrastructure.providers.layout import EVERY_COLUMN
from infrastructure.providers.register_file import RegisterFile
from infrastructure.providers.xlsx_file import text_of
from tests.infrastructure.providers.register_rows import BAD_CELLS, WHOLE, above_the_bad_row
from tests.infrastructure.providers.register_text import AGB, Cells, practice, professional, register_file, row
from tests.infrastructure.providers.register_workbook import workbook

MIDNIGHT = datetime(2026, 12, 31)  # noqa: DTZ001 -- a cell has no time zone


def entries(path: Path) -> list[PracticeEntry | RefusedPractice]:
    return list(RegisterFile(path).entries())


def entry(path: Path) -> PracticeEntry:
    (found,) = entries(path)
    assert isinstance(found, PracticeEntry), found
    return found


def mistakes(path: Path) -> list[str]:
    return [str(mistake) for each in entries(path) if isinstance(each, RefusedPractice) for mistake in each.mistakes]


def unreadable(path: Path) -> str:
    with pytest.raises(RegisterFileError) as error:
        RegisterFile(path)
    assert "\n" not in str(error.value)
    return str(error.value).removeprefix(f"{path}: ")


def rewritten(path: Path, old: bytes, new: bytes) -> Path:
    """The workbook with other bytes in its sheet."""
    with ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    assert old in members[sheet]
    members[sheet] = members[sheet].replace(old, new, 1)
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_workbook_says_the_same_as_the_csv_file_with_the_same_texts(tmp_path: Path) -> None:
    rows = [*WHOLE, practice("07001234"), professional("07001234", "07012345", profession="oefentherapeut")]

    assert entries(workbook(tmp_path, *rows)) == entries(register_file(tmp_path, *rows))


@pytest.mark.parametrize("bad", [bad for bad, _ in BAD_CELLS])
def test_a_bad_cell_is_told_with_the_same_line_and_words_as_in_csv(tmp_path: Path, bad: Cells) -> None:
    rows = [*above_the_bad_row(), bad, practice("07001234")]

    assert entries(workbook(tmp_path, *rows)) == entries(register_file(tmp_path, *rows))


def test_an_agb_code_kept_as_a_number_that_lost_its_zero_is_refused_and_never_padded(tmp_path: Path) -> None:
    told = mistakes(
        workbook(tmp_path, practice() | {"agb": 4001234}, practice(), professional() | {"professional_agb": 4012345})
    )

    lost = "expected eight digits, found 7; did a spreadsheet drop the leading zero?"
    assert told == [f"line 2, agb: found '4001234', {lost}", f"line 4, professional_agb: found '4012345', {lost}"]


def test_an_agb_code_shown_with_its_zero_by_a_number_format_is_refused_too(tmp_path: Path) -> None:
    path = workbook(tmp_path, practice() | {"agb": 4001234})
    book = openpyxl.load_workbook(path)
    book["register"]["B2"].number_format = "00000000"
    book.save(path)

    assert mistakes(path) == [
        "line 2, agb: found '4001234', expected eight digits, found 7; did a spreadsheet drop the leading zero?"
    ]


def test_an_agb_code_kept_as_a_number_that_lost_nothing_is_read(tmp_path: Path) -> None:
    assert entry(workbook(tmp_path, practice("88003344") | {"agb": 88003344})).record.agb == "88003344"


def test_days_may_be_days_or_texts(tmp_path: Path) -> None:
    as_text = professional(valid_from="2020-01-01", valid_to="2026-12-31")
    as_days = as_text | {"valid_from": MIDNIGHT.date().replace(2020, 1, 1), "valid_to": MIDNIGHT}

    assert entry(workbook(tmp_path, practice(), as_days)) == entry(workbook(tmp_path, practice(), as_text))


def test_numbers_are_read_in_all_their_digits(tmp_path: Path) -> None:
    index = row("value", purchaser="asr", code="behandelindex") | {"value": 149.9999999999, "year": 2022}
    patients = row("value", purchaser="asr", code="patients") | {"value": 29, "year": 2022}

    found = entry(workbook(tmp_path, practice(), professional() | {"weekly_hours": 32.5}, index, patients))

    assert found.record.professionals[0].weekly_hours == Decimal("32.5")
    assert found.known_values["asr"] == (
        KnownValue(code="behandelindex", value="149.9999999999", year=2022),
        KnownValue(code="patients", value="29", year=2022),
    )


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (
            {"valid_from": MIDNIGHT.replace(hour=10, minute=30)},
            "valid_from: found '2026-12-31 10:30:00', expected a day written",
        ),
        ({"valid_from": 45292}, "valid_from: found '45292', expected a day written as 2025-03-01"),
        ({"valid_from": time(10, 30)}, "valid_from: found '10:30:00', expected a day written"),
        ({"weekly_hours": 32.125}, "weekly_hours: found '32.125', expected hours a week with at most two decimals"),
        ({"weekly_hours": date(2024, 1, 1)}, "weekly_hours: found '2024-01-01', expected hours a week"),
        ({"weekly_hours": True}, "weekly_hours: found 'TRUE', expected hours a week"),
        ({"profession": 4.5}, "profession: found '4.5', expected one of fysiotherapeut"),
        ({"professional_agb": 40012345.5}, "professional_agb: found '40012345.5', expected eight digits"),
    ],
)
def test_a_cell_of_another_kind_is_told_as_it_would_stand_in_csv(
    tmp_path: Path, cells: dict[str, Any], expected: str
) -> None:
    (told,) = mistakes(workbook(tmp_path, practice(), professional() | cells))

    assert told.startswith(f"line 3, {expected}")


def test_a_number_of_which_the_spreadsheet_lost_digits_is_refused_as_in_csv(tmp_path: Path) -> None:
    serial = {"person_id": "p1", "name": "D. Janssen", "authorised": "yes", "valid_from": "2019-01-01"}
    spoilt = practice(), row("signatory", **serial) | {"certificate_serial": 1234567890123456789}
    whole = practice(), row("signatory", **serial) | {"certificate_serial": 123456789012345}

    (told,) = mistakes(workbook(tmp_path, *spoilt))

    assert told == (
        "line 3, certificate_serial: found '1.23456789012346E+18', "
        "expected all digits: a spreadsheet has shortened this number, format the column as text"
    )
    assert entry(workbook(tmp_path, *whole)).record.signatories[0].certificate_serial == "123456789012345"


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "#NAME?", "#VALUE!"])
def test_a_cell_that_the_spreadsheet_could_not_compute_is_told_and_never_taken_for_empty(
    tmp_path: Path, error: str
) -> None:
    path = workbook(tmp_path, practice(), professional() | {"valid_to": error}, practice("07001234"))

    assert mistakes(path) == [
        f"line 3, valid_to: found '{error}', expected a value: the spreadsheet could not compute this one"
    ]


def test_a_formula_that_was_never_computed_is_told(tmp_path: Path) -> None:
    path = workbook(tmp_path, practice(), professional() | {"valid_to": '=IF(A1<"x",1,2)'})

    (told,) = mistakes(path)

    assert told == (
        "line 3, valid_to: found '#FORMULA! =IF(A1<\"x\",1,2)', "
        "expected a value: the spreadsheet could not compute this one"
    )


def test_a_formula_that_was_computed_is_read_as_its_value(tmp_path: Path) -> None:
    path = workbook(tmp_path, practice(), professional() | {"weekly_hours": "=30+2.5"})
    rewritten(
        path, b"<f>30+2.5</f><v></v>" if _has_empty_value(path) else b"<f>30+2.5</f><v />", b"<f>30+2.5</f><v>32.5</v>"
    )

    assert entry(path).record.professionals[0].weekly_hours == Decimal("32.5")


def _has_empty_value(path: Path) -> bool:
    with ZipFile(path) as archive:
        return b"<f>30+2.5</f><v></v>" in archive.read("xl/worksheets/sheet1.xml")


def test_a_row_of_nothing_but_failed_formulas_is_told(tmp_path: Path) -> None:
    failed = dict.fromkeys(("record", "agb", "professional_agb"), "=NA()")

    told = mistakes(workbook(tmp_path, practice(), {}, {}, failed))

    assert [each.partition(", expected")[0] for each in told] == [
        "line 5, agb: found '#FORMULA! =NA()'",
        "line 5, record: found '#FORMULA! =NA()'",
    ]


def test_a_cell_without_value_far_down_is_found_at_its_line(tmp_path: Path) -> None:
    many = [professional(code=f"04{number:06d}") for number in range(6000)]
    path = workbook(tmp_path, practice(), *many[:-1], many[-1] | {"valid_to": "#N/A"})

    assert [told.split(":")[0] for told in mistakes(path)] == ["line 6002, valid_to"]


def test_empty_rows_and_columns_around_the_register_mean_nothing_and_lines_are_those_of_the_sheet(
    tmp_path: Path,
) -> None:
    path = workbook(tmp_path, practice(), professional(), practice("07001234") | {"agb": 7001234})
    book = openpyxl.load_workbook(path)
    book["register"].insert_rows(3)
    book["register"].insert_rows(1, 2)
    book["register"].insert_cols(1, 2)
    book["register"].cell(40, 60).number_format = "0.00"
    book.save(path)

    kept, refused = entries(path)

    assert kept == entries(register_file(tmp_path, practice(), professional()))[0]
    assert isinstance(refused, RefusedPractice)
    assert [each.line for each in refused.mistakes] == [7]


def test_a_cell_beside_the_columns_is_told(tmp_path: Path) -> None:
    path = workbook(tmp_path, practice(), practice("07001234"))
    book = openpyxl.load_workbook(path)
    book["register"].cell(2, len(EVERY_COLUMN) + 2).value = "ask Jan"
    book.save(path)

    assert mistakes(path) == ["line 2, record: found '32 cells', expected 30 cells, as the header has"]


def test_a_second_sheet_is_refused_with_both_names_unless_it_is_empty(tmp_path: Path) -> None:
    path = workbook(tmp_path, *WHOLE)
    book = openpyxl.load_workbook(path)
    book.create_sheet("Sheet2")
    book.save(path)
    empty_beside = entries(path)
    book["Sheet2"].append(["notes"])
    book.save(path)

    assert empty_beside == entries(register_file(tmp_path, *WHOLE))
    assert unreadable(path) == "has 2 sheets (register, Sheet2); keep only the one with the register"


def test_a_workbook_without_rows_is_refused_like_an_empty_file(tmp_path: Path) -> None:
    assert unreadable(workbook(tmp_path)) == "has a header and no rows below it"
    assert unreadable(workbook(tmp_path, columns=())).startswith("is empty; the first line must name the columns")


def test_a_header_that_does_not_fit_is_told_with_its_line(tmp_path: Path) -> None:
    columns = ["knd" if column == "kind" else column for column in EVERY_COLUMN]

    assert unreadable(workbook(tmp_path, practice(), columns=columns)).endswith(
        "line 1 must name the columns of a register file; unknown column 'knd', did you mean 'kind'?; missing: kind"
    )


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("register.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "is an old Excel workbook, or one with a"),
        ("register.xlsx", b"record;agb\n", "is no Excel workbook, in spite of its name"),
        ("register.xlsx", b"", "is no Excel workbook, in spite of its name"),
        ("register.xlsx", b"PK\x03\x04 and no more", "is a damaged workbook"),
    ],
)
def test_what_is_no_workbook_is_told_in_one_line(tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    assert unreadable(path).startswith(expected)


def test_a_cell_far_outside_the_register_is_told_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = workbook(tmp_path, *WHOLE)
    book = openpyxl.load_workbook(path)
    book["register"]["XFD1048576"] = "x"
    book.save(path)

    assert unreadable(path) == "spans 17,179,869,184 cells; delete what stands outside the register"


def test_another_archive_is_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "register.xlsx"
    with ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")

    assert unreadable(path).startswith("is no Excel workbook; save the register as")


@pytest.mark.parametrize("member", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
@pytest.mark.parametrize("kept", [0.0, 0.5])
def test_a_workbook_with_a_damaged_part_is_told_in_one_line(tmp_path: Path, member: str, kept: float) -> None:
    path = workbook(tmp_path, practice(), professional())
    with ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members[member] = members[member][: int(len(members[member]) * kept)]
    with ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)

    assert unreadable(path).startswith("is a damaged workbook")


def test_a_workbook_is_known_by_what_it_is_and_not_by_its_name(tmp_path: Path) -> None:
    path = workbook(tmp_path, *WHOLE).rename(tmp_path / "register.csv")

    assert entry(path).record.agb == AGB


@given(st.floats(-1e14, 1e14) | st.integers(-(10**14), 10**14))
def test_the_text_of_a_number_is_that_number_without_exponent(number: float) -> None:
    text = text_of(number)

    assert float(text) == number
    assert set(text) <= set("-0123456789.")

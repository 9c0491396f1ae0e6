"""Rows of registers: one practice with every kind of row, and every bad cell with what is said of it."""

from tests.infrastructure.providers.register_text import Cells, practice, professional, row

WHOLE = [
    practice(region="Utrecht", city="Zeist", vecozo_email="de.linde@voorbeeld.example"),
    row("certificate", valid_from="2019-01-01", valid_to="2026-12-31"),
    professional(),
    row("specialisation", professional_agb="04012345", specialisation="manueel", vektis_registered="yes"),
    row("membership", professional_agb="04012345", network="ParkinsonNet", valid_from="2021-05-01"),
    row("location", location_agb="04001235", name="De Linde Noord", valid_from="2022-01-01"),
    row("registration", professional_agb="04012345", register="krf_nl", annotation="kinder", valid_from="2021-05-01"),
    row("registration", professional_agb="04012345", register="krf_nl", valid_from="2020-01-01"),
    row("gli", intervention="X-fitt", licence="yes", start_instruction="no", valid_from="2023-01-01"),
    row("gli", intervention="CooL", licence="no", start_instruction="yes", valid_from="2023-01-01"),
    row(
        "signatory",
        person_id="p1",
        name="D. Janssen-Müller",
        certificate_serial="S-1",
        authorised="yes",
        valid_from="2019-01-01",
    ),
    row("history", purchaser="caresq", care_type="FYS", valid_from="2023-01-01", valid_to="2023-12-31"),
    row(
        "history",
        purchaser="caresq",
        care_type="FYS",
        valid_from="2022-01-01",
        valid_to="2022-12-31",
        addendum="Zorg in de wijk",
    ),
    row("opt_out", purchaser="asr", valid_from="2024-02-01"),
    row("value", purchaser="asr", code="wtza", value="gemeld"),
    row("value", purchaser="asr", code="behandelindex", year="2022", care_type="FYS", value="149.95"),
]

BAD_CELLS: list[tuple[Cells, str]] = [
    (professional(weekly_hours="32,5"), "weekly_hours: found '32,5', expected a point before the decimals: 32.5"),
    (
        professional(weekly_hours="NaN"),
        "weekly_hours: found 'NaN', expected hours a week with at most two decimals",
    ),
    (professional(weekly_hours="-4"), "weekly_hours: found '-4', expected hours a week"),
    (professional(weekly_hours="169"), "weekly_hours: found '169', expected at most 168 hours"),
    (professional(valid_from="01-02-2024"), "valid_from: found '01-02-2024', expected a day written as 2025-03-01"),
    (professional(valid_from="2024-02-30"), "valid_from: found '2024-02-30', expected a day that exists"),
    (professional(valid_from="20240201"), "valid_from: found '20240201', expected a day written as 2025-03-01"),
    (professional(valid_from="0024-02-01"), "valid_from: found '0024-02-01', expected a day from 1900-01-01 to"),
    (
        professional(valid_to="2019-12-31"),
        "valid_to: found '2019-12-31', expected a day not before valid_from 2020",
    ),
    (professional(valid_from=""), "valid_from: found '', expected something: a row of the kind professional fills"),
    (professional(profession="logopediste"), "profession: found 'logopediste', expected one of fysiotherapeut, "),
    (professional(profession="logopediste"), "did you mean logopedist?"),
    (professional(code="4012345"), "professional_agb: found '4012345', expected eight digits, found 7; did a"),
    (
        professional(city="Zeist"),
        "city: found 'Zeist', expected nothing: a row of the kind professional has no city",
    ),
    (row("profesional"), "record: found 'profesional', expected one of practice, "),
    (row("profesional"), "did you mean professional?"),
    (row(""), "record: found '', expected one of practice, certificate, "),
    (
        row("specialisation", professional_agb="04099999", specialisation="sport", vektis_registered="yes"),
        "professional_agb: found '04099999', expected a correct professional row with this AGB code above",
    ),
    (
        row("specialisation", professional_agb="04000001", specialisation="Sport", vektis_registered="yes"),
        "specialisation: found 'Sport', expected a code in small letters",
    ),
    (
        row("specialisation", professional_agb="04000001", specialisation="sport", vektis_registered="ja"),
        "vektis_registered: found 'ja', expected yes or no",
    ),
    (
        row("specialisation", professional_agb="04000001", specialisation="kinder", vektis_registered="no"),
        "specialisation: found 'kinder', expected each specialisation of 04000001 once",
    ),
    (professional(code="04000001"), "expected days that do not overlap those of another professional row"),
    (
        row("history", purchaser="caresq", care_type="FYS", valid_from="2023-01-01"),
        "valid_to: found '', expected something",
    ),
    (
        row("history", purchaser="Caresq", care_type="FYS", valid_from="2023-01-01", valid_to="2023-12-31"),
        "purchaser: found 'Caresq', expected an id in small letters, such as caresq",
    ),
    (
        row("history", purchaser="caresq", care_type="FYS", valid_from="2021-06-01", valid_to="2021-12-31"),
        "expected days that do not overlap those of another FYS contract with caresq",
    ),
    (
        row("opt_out", purchaser="caresq", care_type="FYSIO", valid_from="2024-01-01"),
        "care_type: found 'FYSIO', expected one of FYS, ",
    ),
    (
        row("history", purchaser="caresq", care_type="FYS", valid_from="2020-01-01", valid_to="2020-12-31", year="x"),
        "year: found 'x', expected nothing: a row of the kind history has no year",
    ),
    (
        row("registration", professional_agb="04099999", register="kp", valid_from="2020-01-01"),
        "professional_agb: found '04099999', expected a correct professional row with this AGB code above",
    ),
    (
        row("registration", professional_agb="04000001", register="KRF NL", valid_from="2020-01-01"),
        "register: found 'KRF NL', expected a code in small letters, such as krf_nl",
    ),
    (
        row("registration", professional_agb="04000001", register="kp", annotation="GLI!", valid_from="2020-01-01"),
        "annotation: found 'GLI!', expected a code in small letters, such as leefstijlcoaching",
    ),
    (
        row("location", location_agb="4001235", name="Noord", valid_from="2020-01-01"),
        "location_agb: found '4001235', expected eight digits, found 7; did a spreadsheet drop the leading zero?",
    ),
    (
        row("gli", intervention="CooL", licence="ja", start_instruction="no", valid_from="2020-01-01"),
        "licence: found 'ja', expected yes or no",
    ),
    (
        row("value", purchaser="asr", code="behandelindex", year="2022", value="149,95"),
        "value: found '149,95', expected a point before the decimals: 149.95",
    ),
    (
        row("value", purchaser="asr", code="behandelindex", year="22", value="1"),
        "year: found '22', expected a year from 1900 to 2199, such as 2022, or nothing",
    ),
    (
        row("value", purchaser="asr", code="Behandelindex", value="1"),
        "code: found 'Behandelindex', expected a code in small letters, such as behandelindex",
    ),
    (
        row("value", purchaser="asr", code="claims", year="2023", value="13"),
        "code: found 'claims', expected each code once for a purchaser, year and care type; claims stands there",
    ),
    (row("certificate", valid_from="2019-01-01"), "record: found 'certificate', expected each row once: the same"),
    (
        practice(name="De Beuk"),
        "record: found 'practice', expected one practice row: line 2 has described 04001234",
    ),
    (practice(name="De\nBeuk"), "expected one practice row"),
    (
        row(
            "signatory",
            person_id="p1",
            name="D.\tJanssen",
            certificate_serial="S",
            authorised="yes",
            valid_from="2019-01-01",
        ),
        "name: found 'D.\\tJanssen', expected one line of text",
    ),
]


def above_the_bad_row() -> list[Cells]:
    return [
        practice(),
        professional(code="04000001"),
        row("specialisation", professional_agb="04000001", specialisation="kinder", vektis_registered="yes"),
        row("certificate", valid_from="2019-01-01"),
        row("history", purchaser="caresq", care_type="FYS", valid_from="2021-01-01", valid_to="2021-12-31"),
        row("value", purchaser="asr", code="claims", year="2023", value="12"),
    ]

"""``contractspoor register check``: a file of claims, answered line by line."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import wait
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from infrastructure.read_models.register import checking, claim_file
from infrastructure.read_models.register.checking import CheckOrder
from infrastructure.read_models.register.claim_file import Layout
from tests.infrastructure.cli.conftest import CONTRACT, Result, Run

HEAD = "agb,care_type,treated_on"
CONTRACTED = "04001234,FYS,2025-06-15"


def checked(
    run: Run, url: str, text: str, *arguments: str, name: str = "claims.csv"
) -> tuple[Result, list[dict[str, str]]]:
    Path(name).write_bytes(text.encode("utf-8", "surrogateescape"))
    result = run("register", "check", name, *arguments, "--database", url)
    target = Path(name).with_suffix(".answered.csv")
    if not target.exists():
        return result, []
    with target.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        return result, list(csv.DictReader(file, delimiter=";" if ";" in text else ","))


def lines(*rows: str, head: str = HEAD) -> str:
    return "\n".join((head, *rows)) + "\n"


def told(rows: Sequence[dict[str, str]], *columns: str) -> list[tuple[str, ...]]:
    return [tuple(row[column] for column in columns) for row in rows]


def test_each_line_is_answered_beside_what_stands_in_it(run: Run, year: str) -> None:
    result, rows = checked(run, year, lines(CONTRACTED, "05007788,LOG,2025-03-01", "04111111,FYS,2025-03-01"))
    assert result.exit_code == 0, result.stderr
    assert told(rows, "agb", "claims", "contract_id", "tier", "reason") == [
        ("04001234", "contracted", CONTRACT, "C", ""),
        ("05007788", "not_contracted", "caresq/05007788/LOG/2025-2026", "", "questionnaire_lapsed"),
        ("04111111", "not_contracted", "", "", "practice_unknown"),
    ]


def test_a_line_may_say_when_it_was_paid(run: Run, year: str) -> None:
    rows = (
        "04001234,FYS,2025-06-15,",
        "04001234,FYS,2025-06-15,2025-07-20",
        "04001234,FYS,2025-06-15,2025-07-20T12:00Z",
    )
    _, answered = checked(run, year, lines(*rows, "04001234,FYS,2025-06-15,2024-03-01", head=f"{HEAD},known_at"))
    assert told(answered, "claims", "tier") == [
        ("contracted", "C"),
        ("contracted", "D"),
        ("contracted", "D"),
        ("not_known_yet", ""),
    ]
    assert answered[1]["answered_known_at"] == "2025-07-20T21:59:59.999999Z"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('"04001234,FYS,2025-06-15', "line 2: a quoted cell does not end within 100,000 characters"),
        ('04001234,FYS,"2025-06-15', "line 2: a quoted cell does not end within 100,000 characters"),
        (f'04001234,FYS,"{"x" * 200_000}"', "line 2: a quoted cell does not end within 100,000 characters"),
        ("04001234,FYS,2025-06-15,x,y", "line 2: found 5 cells, expected 3 as in the first line"),
        ("4001234,FYS,2025-06-15", "line 2: agb: '4001234' is not an AGB code"),
        ("04001234,fysio,2025-06-15", 'line 2: care_type: found "fysio", expected one of FYS'),
        ("04001234,FYS,15-06-2025", 'line 2: treated_on: found "15-06-2025", expected a day such as 2025-03-15'),
        ("04001234,FYS", "line 2: found 2 cells, expected 3 as in the first line"),
        ("\udcff4001234,FYS,2025-06-15", "line 2: agb: '\\udcff4001234' is not an AGB code"),
    ],
)
def test_a_bad_line_is_told_with_its_column_and_the_others_are_answered(
    run: Run, year: str, row: str, said: str
) -> None:
    result, rows = checked(run, year, lines(row, CONTRACTED))
    assert result.exit_code == 1
    assert said in result.stderr
    assert [each["claims"] for each in rows] == ["error", "contracted"]
    assert rows[0]["reason"] in result.stderr


def test_knowledge_of_the_future_is_a_mistake_of_its_line(run: Run, year: str) -> None:
    result, rows = checked(run, year, lines("04001234,FYS,2025-06-15,2999-01-01", head=f"{HEAD},known_at"))
    assert "line 2: known_at: " in result.stderr
    assert rows[0]["claims"] == "error"


def test_quotes_semicolons_other_columns_and_a_byte_order_mark_are_read(run: Run, year: str) -> None:
    text = (
        '\ufeffnr;"care_type";treated_on;agb\r\n"1;2";FYS;2025-06-15;"04001234"\r\n"a\r\nb";FYS;2025-06-15;04001234\r\n'
    )
    result, rows = checked(run, year, text)
    assert result.exit_code == 0, result.stderr
    assert [row["claims"] for row in rows] == ["contracted", "contracted"]
    assert rows[0]["\ufeffnr"] == "1;2"


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("agb,care_type", "line 1: found the columns agb, care_type, and not treated_on"),
        ("", "line 1: found the columns none"),
        ("agb,care_type,treated_on,agb", "line 1: the column agb stands twice"),
        ("agb,care_type,treated_on\r04001234,FYS,2025-06-15", "line 1: a CR without LF"),
        ("x" * 1_000_000, "line 1 is longer than 1,000,000 bytes"),
    ],
)
def test_a_file_without_its_columns_is_refused_in_one_line(run: Run, year: str, head: str, said: str) -> None:
    result, _ = checked(run, year, lines(CONTRACTED, head=head))
    assert result.exit_code == 1
    assert said in result.stderr
    assert result.stderr.count("\n") == 1


def test_the_answers_never_take_the_place_of_the_claims(run: Run, year: str) -> None:
    result, _ = checked(run, year, lines(CONTRACTED), "--output", "claims.csv")
    assert result.exit_code == 2
    assert Path("claims.csv").read_text() == lines(CONTRACTED)


def test_answers_that_are_there_are_kept_unless_somebody_says_otherwise(run: Run, year: str) -> None:
    checked(run, year, lines(CONTRACTED))
    before = Path("claims.answered.csv").read_bytes()
    again, _ = checked(run, year, lines(CONTRACTED, CONTRACTED))
    assert (again.exit_code, Path("claims.answered.csv").read_bytes()) == (1, before)
    assert "write over it with --force" in again.stderr
    wrong, _ = checked(run, year, lines(CONTRACTED, head="agb"), "--force")
    assert (wrong.exit_code, Path("claims.answered.csv").read_bytes()) == (1, before)
    forced, rows = checked(run, year, lines(CONTRACTED, CONTRACTED), "--force")
    assert (forced.exit_code, len(rows)) == (0, 2)
    assert sorted(each.name for each in Path().glob("claims*")) == ["claims.answered.csv", "claims.csv"]


def test_claims_come_and_answers_go_through_pipes(run: Run, year: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, rows = checked(run, year, lines(CONTRACTED, "1,FYS,2025-06-15"))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(Path("claims.csv").read_bytes())))
    piped = run("register", "check", "-", "--processes", "1", "--database", year)
    assert piped.exit_code == 1
    columns = ("agb", "claims", "tier", "reason")
    assert told(list(csv.DictReader(io.StringIO(piped.stdout))), *columns) == told(rows, *columns)
    assert "standard input: line 3: agb: " in piped.stderr
    assert "standard input: 2 claims answered in -, 1 of them wrong; the same again with --known-at " in piped.stderr
    refused = run("register", "check", "-", "--json", "--database", year)
    assert (refused.exit_code, refused.stdout) == (2, "")


def test_a_quote_that_nothing_ends_costs_its_own_line_and_no_memory(
    run: Run, year: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claim_file, "BLOCK_BYTES", 2_000)
    monkeypatch.setattr(claim_file, "LONGEST_CELL", 3_000)
    note = f'{CONTRACTED},"said ""no"",\nand left"'
    rows = [f'{CONTRACTED},5" tape', note, f'{CONTRACTED},"never ended', *[f"{CONTRACTED},plain"] * 400, note]
    result, answered = checked(run, year, lines(*rows, head=f"{HEAD},note"))
    assert [each["claims"] for each in answered] == [*["contracted"] * 2, "error", *["contracted"] * 401]
    assert [answered[at]["note"] for at in (0, 1, -1)] == ['5" tape', *['said "no",\nand left'] * 2]
    assert "claims.csv: line 5: a quoted cell does not end" in result.stderr
    assert answered[2]["agb"] == f'{CONTRACTED},"never ended'


@drawn(st.text(alphabet='",\na', max_size=30))
def test_a_cell_is_open_exactly_where_csv_would_read_on(text: str) -> None:
    followed = list(csv.reader(io.StringIO(f"{text}\nmark\n", newline="")))
    assert (claim_file.open_cell(text, ",") is not None) == (followed[-1] != ["mark"])


def test_of_a_file_full_of_mistakes_no_more_is_kept_than_is_told(run: Run, year: str) -> None:
    result, _ = checked(run, year, lines(*["1,FYS,2025-06-15"] * 1_500), "--json")
    found = json.loads(result.stdout)
    assert (found["wrong"], len(found["mistakes"])) == (1_500, 1_000)


def test_two_processes_answer_as_one_does_and_in_the_same_order(
    run: Run, year: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = checking._elsewhere
    given: list[int] = []

    @contextmanager
    def once_ready(order: CheckOrder, layout: Layout, processes: int) -> Iterator[checking._Others | None]:
        with elsewhere(order, layout, processes) as others:
            if others is not None:
                wait(others.begun)
            yield others
            given.append(0 if others is None else len(others._taken))

    monkeypatch.setattr(claim_file, "BLOCK_BYTES", 4_000)
    monkeypatch.setattr(checking, "ALONE_BYTES", 4_000)
    monkeypatch.setattr(checking, "_elsewhere", once_ready)
    days = [f"2025-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 29)]
    text = lines(
        *(f"{agb},{care},{day}" for day in days for agb in ("04001234", "05007788") for care in ("FYS", "LOG"))
    )
    together, _ = checked(run, year, text, name="two.csv")
    alone, _ = checked(run, year, text, "--processes", "1", name="one.csv")
    assert (together.exit_code, alone.exit_code) == (0, 0), together.stderr
    assert given[0] > 0 == given[1]
    one, two = (Path(f"{name}.answered.csv").read_text().splitlines() for name in ("one", "two"))
    assert len(two) == 1 + 4 * len(days)
    assert [line.rsplit(",", 2)[0] for line in two] == [line.rsplit(",", 2)[0] for line in one]


def test_a_file_and_a_lookup_say_the_same(run: Run, year: str) -> None:
    days = ["2024-12-31", "2025-01-01", "2025-05-31", "2025-06-01", "2025-12-31", "2026-01-01"]
    _, rows = checked(run, year, lines(*(f"04001234,FYS,{day}" for day in days)))
    for row, day in zip(rows, days, strict=True):
        said = run("register", "lookup", "04001234", "FYS", day, "--purchaser", "caresq", "--database", year, "--json")
        found = json.loads(said.stdout)[0]
        assert (row["claims"], row["tier"], row["reason"]) == tuple(
            found[name] or "" for name in ("claims", "tier", "reason")
        )

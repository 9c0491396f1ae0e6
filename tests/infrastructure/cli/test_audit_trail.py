"""The audit trail on the command line, and the files it writes for spreadsheets and for programs."""

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from application.mapper import NewFact
from application.queries.audit_entry import TrailEntry
from application.queries.audit_trail import TrailAsked
from application.queries.horizon import Asked
from application.queries.spreadsheet import RUNS
from application.queries.trail_file import COLUMNS, cell
from domain.calendar import to_microseconds
from domain.history import Context, Fact
from infrastructure.bootstrap import open_system, upgrade_database
from infrastructure.cli.export_file import written_csv, written_lines
from infrastructure.clock import SetClock
from tests.domain.contract.arbitrary_facts import ANY_FACT
from tests.given import at
from tests.infrastructure.cli.conftest import CONTRACT, Run

WORDS = st.text(min_size=1, max_size=12) | st.builds(
    str.__add__, st.sampled_from([*RUNS, "0", "'"]), st.text(max_size=5)
)


@settings(max_examples=25)
@drawn(st.lists(st.tuples(ANY_FACT, WORDS, st.none() | WORDS), min_size=1, max_size=6))
def test_exports_of_whatever_was_recorded_read_back_without_loss_and_run_nothing(
    tmp_path_factory: pytest.TempPathFactory, recorded: list[tuple[Fact, str, str | None]]
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('any') / 'any.db'}"
    upgrade_database(url)
    clock = SetClock(at("2024-09-16"))
    with open_system(url, clock=clock) as system:
        for version, (fact, actor, reason) in enumerate(recorded, start=1):
            told = Context(actor=actor, reason=reason, command_id=actor, command_digest="", correlation_id=actor)
            now = to_microseconds(clock.now())
            system.contracting.save(NewFact(CONTRACT, version, fact, now, told.model_dump_json().encode()))
            clock.set(clock.now() + timedelta(days=1))
        entries = list(system.trail.page(TrailAsked(), Asked()).entries)
    lines, sheet = io.StringIO(), io.StringIO(newline="")

    assert (written_lines(entries, lines), written_csv(entries, sheet)) == (len(recorded), len(recorded))

    read_back = [TrailEntry.model_validate_json(line) for line in lines.getvalue().split("\n")[:-1]]
    assert read_back == entries
    assert [each.actor for each in read_back] == [actor for _, actor, _ in recorded]
    rows = list(csv.reader(io.StringIO(sheet.getvalue().removeprefix("\ufeff"), newline=""), delimiter=";"))
    assert tuple(rows[0]) == COLUMNS
    assert [row for row in rows for each in row if each.lstrip().startswith(RUNS)] == []
    actors = [row[COLUMNS.index("actor")] for row in rows[1:]]
    assert [each.removeprefix("'") for each in actors] == [actor for _, actor, _ in recorded]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
        ("+31612345678", "'+31612345678"),
        ("@SUM(1)", "'@SUM(1)"),
        ("-1", "'-1"),
        ("  =1+1", "'  =1+1"),
        ("\u00a0@SUM(1)", "'\u00a0@SUM(1)"),
        ("\uff1dcmd|' /C calc'!A0", "'\uff1dcmd|' /C calc'!A0"),
        ("04001234", "'04001234"),
        ("'quoted", "''quoted"),
        ("praktijk; De Brug", "praktijk; De Brug"),
        ("2170", "2170"),
        ("", ""),
    ],
)
def test_a_cell_stays_the_text_that_it_is(text: str, written: str) -> None:
    assert cell(text) == written


def test_a_file_for_a_spreadsheet_opens_in_excel_with_dutch_settings(run: Run, year: str) -> None:
    told = run("audit", "trail", "--contract", CONTRACT, "--csv", "trail.csv", "--database", year)
    written = Path("trail.csv").read_bytes()

    assert told.exit_code == 0
    assert told.stdout.startswith("trail.csv: 12 facts; the same again with --known-at ")
    assert written.startswith("\ufeffposition;event;".encode())
    assert written.count(b"\r\n") == 13
    assert b";'04001234;" in written


def test_the_same_export_again_is_the_same_to_the_byte(run: Run, year: str) -> None:
    first = run("audit", "trail", "--contract", CONTRACT, "--jsonl", "-", "--database", year)
    known = first.stderr.split(" with ")[1].split()
    run("contract", "act", CONTRACT, "RequestReview", "--body", '{"ground": "integrity"}', "--actor", "officer",
        "--reason", "a letter", "--database", year)  # fmt: skip
    again = run("audit", "trail", "--contract", CONTRACT, "--jsonl", "-", *known, "--database", year)
    now = run("audit", "trail", "--contract", CONTRACT, "--jsonl", "-", "--database", year)

    assert first.stdout == again.stdout
    assert len(now.stdout.splitlines()) == len(first.stdout.splitlines()) + 1


def test_a_file_that_exists_is_kept(run: Run, year: str) -> None:
    Path("trail.csv").write_text("mine")
    told = run("audit", "trail", "--contract", CONTRACT, "--csv", "trail.csv", "--database", year)
    assert (told.exit_code, Path("trail.csv").read_text()) == (1, "mine")
    assert "write over it with --force" in told.stderr


def test_a_page_tells_how_to_go_on(run: Run, year: str) -> None:
    first = run("audit", "trail", "--contract", CONTRACT, "--limit", "4", "--database", year)
    on = first.stdout.splitlines()[-1].split("ask again with ")[1].split()
    second = run("audit", "trail", "--contract", CONTRACT, "--limit", "4", *on, "--database", year, "--json")

    assert first.stdout.startswith("4 facts, caresq; as known at ")
    assert "\n  by                  p1 for Praktijk De Brug\n" in first.stdout
    assert "\n    confirmed at: nothing -> 2024-10-10T10:00:00.000000Z\n" in first.stdout
    assert [each["event_id"][-2:] for each in json.loads(second.stdout)["entries"]] == ["@5", "@6", "@7", "@8"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("--actor", "officer"), "name --purchaser, or ask for --every-purchaser"),
        (("--contract", CONTRACT, "--csv", "-", "--json"), "choose one of --csv, --jsonl and --json"),
        (("--purchaser", "caresq", "--recorded-from", "2025-02-01", "--recorded-to", "2025-01-01"), "before it begins"),
        (("--purchaser", "caresq", "--provider", "4001234"), "leading zero"),
    ],
)
def test_a_wrong_question_is_told_in_one_line(run: Run, year: str, wrong: tuple[str, ...], told: str) -> None:
    result = run("audit", "trail", *wrong, "--database", year)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr

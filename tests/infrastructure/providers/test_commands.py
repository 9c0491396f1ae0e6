"""The commands of providers as an officer types them."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from application.mapper import FactMapper
from application.policies import AdoptionOrder, adopt
from application.providers import ProviderStreams
from domain.agb import AgbCode
from infrastructure.bootstrap import open_system, policy_sources
from infrastructure.cli.providers import app
from infrastructure.clock import SystemClock
from infrastructure.persistence.recorder import open_log
from tests.infrastructure.providers.register_rows import WHOLE
from tests.infrastructure.providers.register_text import AGB, practice, professional, register_file, row
from tests.infrastructure.providers.register_workbook import workbook

Run = Callable[..., Result]
HISTORY = row("history", purchaser="caresq", care_type="FYS", valid_from="2023-01-01", valid_to="2023-12-31")


@pytest.fixture
def run(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("CONTRACTSPOOR_DATABASE_URL", sqlite_url)
    return lambda *arguments: CliRunner().invoke(app, [str(each) for each in arguments])


@pytest.fixture
def register(tmp_path: Path) -> Path:
    return register_file(tmp_path, practice(), professional(), HISTORY, practice("07001234"))


def test_an_import_tells_what_was_new_and_a_second_one_that_nothing_changed(run: Run, register: Path) -> None:
    first, second = run("import", register), run("import", register)

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.stdout == f"{register}: 2 practices: 2 new, 0 changed, 0 unchanged, 0 refused\n"
    assert second.stdout == f"{register}: 2 practices: 0 new, 0 changed, 2 unchanged, 0 refused\n"


def test_bad_rows_are_told_written_to_a_file_and_end_with_exit_code_1(run: Run, tmp_path: Path) -> None:
    file = register_file(
        tmp_path, practice("4001234"), practice(), professional(weekly_hours="=1+1"), practice("07001234")
    )
    errors = tmp_path / "errors.csv"

    told = run("import", file, "--errors", errors)

    assert told.exit_code == 1
    assert told.stderr.splitlines() == [
        (
            f"{file}: line 2, agb: found '4001234', expected eight digits, found 7; "
            "did a spreadsheet drop the leading zero? (of practice 4001234)"
        ),
        (
            f"{file}: line 4, weekly_hours: found '=1+1', expected hours a week with at most two decimals, "
            "such as 32.5 (of practice 04001234)"
        ),
    ]
    assert told.stdout.splitlines() == [
        f"{file}: 3 practices: 1 new, 0 changed, 0 unchanged, 2 refused",
        "Left out, with all their rows: 4001234, 04001234",
        f"Bad rows: {errors}",
    ]
    with errors.open(encoding="utf-8", newline="") as opened:
        written = list(csv.DictReader(opened))
    assert [(each["line"], each["column"], each["found"], each["practice"]) for each in written] == [
        ("2", "agb", "4001234", "4001234"),
        ("4", "weekly_hours", "'=1+1", "04001234"),
    ]


def test_an_import_answers_in_json_with_every_bad_row(run: Run, tmp_path: Path) -> None:
    bad = [professional(code=f"040{number:05d}", weekly_hours="veel") for number in range(300)]
    file = register_file(tmp_path, practice(), *bad, practice("07001234"))

    told = run("import", file, "--json")

    answer = json.loads(told.stdout)
    assert told.exit_code == 1
    assert {key: answer[key] for key in ("practices", "new", "changed", "unchanged", "refused")} == {
        "practices": 2,
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "refused": 1,
    }
    assert len(answer["bad_rows"]) == 300
    assert answer["bad_rows"][0] == {
        "practice": AGB,
        "line": 3,
        "column": "weekly_hours",
        "found": "veel",
        "expected": "hours a week with at most two decimals, such as 32.5",
    }


def test_a_terminal_is_not_flooded_and_says_how_many_more_there_are(run: Run, tmp_path: Path) -> None:
    bad = [professional(code=f"040{number:05d}", weekly_hours="veel") for number in range(300)]

    told = run("import", register_file(tmp_path, practice(), *bad))

    lines = told.stderr.splitlines()
    assert len(lines) == 51
    assert lines[-1].endswith("250 more; --errors FILE writes them all")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["show", "4001234"], "did a spreadsheet drop the leading zero?"),
        (["opt-out", AGB, "--actor", "x"], "Missing option '--purchaser'"),
        (["opt-out", AGB, "--purchaser", "caresq", "--actor", " "], "expected a name"),
        (["opt-out", AGB, "--purchaser", "caresq", "--actor", "x", "--care-type", "FYSIO"], "'FYSIO' is not one of"),
        (["opt-out", AGB, "--purchaser", "caresq", "--actor", "x", "--from-day", "2025-02-29"], "does not exist"),
        (
            ["opt-out", AGB, "--purchaser", "caresq", "--actor", "x", "--occurred-at", "2025-02-01T10:00"],
            "without a zone",
        ),
        (["sample", "x.csv", "--count", "0"], "greater than or equal to 1"),
        (["sample", "x.csv", "--seed", "seven"], "unable to parse string as an integer"),
    ],
)
def test_wrong_use_is_told_and_ends_with_exit_code_2(run: Run, arguments: list[str], expected: str) -> None:
    told = run(*arguments)

    assert told.exit_code == 2
    assert expected in " ".join(told.output.replace("│", " ").split())


def test_the_file_of_bad_rows_is_never_the_register_itself(run: Run, register: Path) -> None:
    before = register.read_bytes()

    told = run("import", register, "--errors", register)

    assert told.exit_code == 2
    assert register.read_bytes() == before


def test_a_file_of_bad_rows_that_can_not_be_written_stops_before_anything_is_stored(
    run: Run, register: Path, tmp_path: Path
) -> None:
    told = run("import", register, "--errors", tmp_path / "none" / "errors.csv")

    assert told.exit_code == 1
    assert "errors.csv can not be written" in told.stderr
    assert run("show", AGB).exit_code == 4


def test_a_file_spoiled_at_its_end_stores_nothing(run: Run, register: Path) -> None:
    with register.open("ab") as file:
        file.write(b'practice,05001234,"Logopedie')

    told = run("import", register)

    assert told.exit_code == 1
    assert "has a quote that is never closed" in str(told.exception)
    assert run("show", AGB).exit_code == 4


def test_a_sample_is_written_once_and_over_an_older_one_only_by_force(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "sample.csv"

    first = run("sample", "--count", 10, "--seed", 3, file)
    content = file.read_bytes()
    refused = run("sample", "--count", 20, "--seed", 3, file)

    assert first.stdout.startswith(f"{file}: 10 fictional practices (seed 3).")
    assert (refused.exit_code, file.read_bytes()) == (2, content)
    assert run("sample", "--count", 20, "--seed", 3, "--force", file).exit_code == 0
    assert file.read_bytes().startswith(content)
    assert list(tmp_path.glob("*.part")) == []
    assert "20 practices: 20 new" in run("import", file).stdout


def test_a_sample_that_can_not_be_written_is_told(run: Run, tmp_path: Path) -> None:
    told = run("sample", tmp_path / "none" / "sample.csv")

    assert told.exit_code == 1
    assert told.stderr.endswith("sample.csv can not be written: No such file or directory\n")


def test_show_tells_what_the_register_says_and_what_this_purchaser_knows(run: Run, register: Path) -> None:
    run("import", register)

    told = run("show", AGB, "--purchaser", "caresq").stdout

    assert "04001234  De Linde" in told
    assert "fysiotherapeut 04012345, 32.5 hours a week; from 2020-01-01" in told
    assert "contract FYS 2023-01-01 to 2023-12-31" in told
    assert "nothing recorded" in run("show", AGB, "--purchaser", "asr").stdout


def test_without_a_purchaser_the_register_alone_is_shown(run: Run, register: Path) -> None:
    run("import", register)

    told, data = run("show", AGB), json.loads(run("show", AGB, "--json").stdout)
    review = run("show", AGB, "--with-integrity")

    assert "04001234  De Linde" in told.stdout
    assert "knows it" not in told.stdout
    assert "contract FYS" not in told.stdout
    assert set(data) == {"agb", "version", "record", "delegations", "known_at", "position"}
    assert review.exit_code == 2
    assert "name the purchaser with --purchaser" in review.output


def test_show_in_json_echoes_what_it_rests_on_and_repeats_itself(run: Run, register: Path) -> None:
    run("import", register)
    first = json.loads(run("show", AGB, "--purchaser", "caresq", "--json").stdout)
    run("opt-out", AGB, "--purchaser", "caresq", "--actor", "officer")

    echoed = ("--known-at", first["known_at"], "--position", first["position"])
    again = run("show", AGB, "--purchaser", "caresq", "--json", *echoed)

    assert json.loads(again.stdout) == first
    assert first["opt_outs"] == []
    assert first["record"]["professionals"][0]["weekly_hours"] == "32.5"


def test_an_opt_out_is_recorded_once_and_shown_until_it_is_withdrawn(run: Run, register: Path) -> None:
    run("import", register)
    given = [AGB, "--purchaser", "caresq", "--actor", "officer", "--from-day", "2024-08-01"]

    first, again = run("opt-out", *given, "--reason", "a letter"), run("opt-out", *given)
    withdrawn = run("withdraw-opt-out", *given[:-1], "2024-09-01", "--care-type", "FYS")

    assert first.stdout == "04001234: OptedOut (purchaser caresq, care_type all, from_day 2024-08-01), version 3\n"
    assert again.stdout == "04001234: nothing changed, it was recorded before\n"
    assert withdrawn.exit_code == 0
    told = run("show", AGB, "--purchaser", "caresq").stdout
    assert "no offers wanted for any care type from 2024-08-01, not for FYS from 2024-09-01" in told


def test_an_integrity_signal_is_shown_to_reviewers_only_and_its_reason_stays_in_the_envelope(
    run: Run, register: Path, sqlite_url: str
) -> None:
    run("import", register)

    signalled = run("signal-integrity", AGB, "--purchaser", "caresq", "--actor", "officer", "--reason", "double claims")

    assert signalled.exit_code == 0
    caresq, asr = ("show", AGB, "--purchaser", "caresq"), ("show", AGB, "--purchaser", "asr")
    assert "integrity" not in run(*caresq).stdout
    assert "integrity" not in run(*caresq, "--json").stdout
    assert "integrity signal from" in run(*caresq, "--with-integrity").stdout
    assert "integrity signal" not in run(*asr, "--with-integrity").stdout
    log = open_log(sqlite_url)
    stored = ProviderStreams(log, FactMapper(), SystemClock()).history(AgbCode(AGB))[-1]
    log.close()
    assert stored.envelope().reason == "double claims"
    assert "double claims" not in stored.fact.model_dump_json()


def test_known_values_are_shown_to_their_purchaser_and_restricted_ones_to_its_reviewers_only(
    run: Run, sqlite_url: str, tmp_path: Path
) -> None:
    values = [
        row("value", purchaser="asr", code="behandelindex", year="2022", care_type="FYS", value="112.4"),
        row("value", purchaser="asr", code="ivr", value="ja"),
    ]
    run("import", register_file(tmp_path, practice(), *values))
    unread = run("show", AGB, "--purchaser", "asr").stdout
    before = json.loads(run("show", AGB, "--purchaser", "asr", "--json").stdout)
    with open_system(sqlite_url) as system:
        adopt(system.policies, policy_sources().read("asr-2024"), AdoptionOrder(actor="officer"))

    def shown(*options: str) -> str:
        return run("show", AGB, *options).stdout

    assert "behandelindex" not in unread
    assert "behandelindex of 2022 FYS: 112.4" in shown("--purchaser", "asr")
    assert "ivr" not in shown("--purchaser", "asr")
    assert "ivr" not in shown("--purchaser", "asr", "--json")
    assert "ivr: ja" in shown("--purchaser", "asr", "--with-integrity")
    assert "behandelindex" not in shown("--purchaser", "caresq", "--with-integrity")
    assert "nothing recorded" in shown("--purchaser", "caresq", "--with-integrity")
    asked_again = ("--known-at", before["known_at"], "--position", str(before["position"]))
    assert json.loads(shown("--purchaser", "asr", "--json", *asked_again)) == before


def test_what_the_register_says_of_programmes_locations_and_registers_is_shown_to_everybody(
    run: Run, tmp_path: Path
) -> None:
    run("import", register_file(tmp_path, *WHOLE))

    for purchaser in ("caresq", "asr"):
        told = run("show", AGB, "--purchaser", purchaser).stdout
        assert "location 04001235 De Linde Noord, from 2022-01-01" in told
        assert "registered in krf_nl from 2020-01-01, registered in krf_nl for kinder from 2021-05-01" in told
        assert "delivers CooL, no licence, from 2023-01-01" in told
        assert "delivers X-fitt, no start instruction, from 2023-01-01" in told
    told = run("show", AGB, "--purchaser", "caresq").stdout
    assert "contract FYS 2022-01-01 to 2022-12-31, with the addendum Zorg in de wijk" in told


def test_a_workbook_is_imported_like_the_csv_file_that_says_the_same(run: Run, tmp_path: Path) -> None:
    rows = [*WHOLE, practice("07001234"), professional("07001234", weekly_hours="veel")]
    file, errors = workbook(tmp_path, *rows), tmp_path / "errors.csv"

    told = run("import", file, "--errors", errors)
    again = run("import", register_file(tmp_path, *rows))

    assert told.exit_code == 1
    assert f"{file}: 2 practices: 1 new, 0 changed, 0 unchanged, 1 refused" in told.stdout
    assert "2 practices: 0 new, 0 changed, 1 unchanged, 1 refused" in again.stdout
    with errors.open(encoding="utf-8", newline="") as opened:
        (written,) = csv.DictReader(opened)
    assert (written["line"], written["column"], written["found"]) == (str(len(rows) + 1), "weekly_hours", "veel")


def test_a_practice_that_nobody_knows_is_told(run: Run) -> None:
    told = run("show", "04009999")

    assert told.exit_code == 4
    assert told.stderr.startswith("04009999: no practice with that AGB code, as known at ")

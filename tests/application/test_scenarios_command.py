"""``contractspoor scenario run``: one line each, what failed with file and line, exit codes, JSON."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infrastructure.cli.main import main
from tests.application.scenario_files import SHORT
from tests.postgres_server import PostgresServer

WRONG = """\
steps:
  - at: 2024-09-16T09:00
    do: Approach
    expect: [NotApproached]
  - at: 2024-09-17T09:00
    do: MakeOffer
  - at: 2024-09-18T09:00
    do: {kind: ConfirmQuestionnaire, answers: complete}
    expect:
      - QuestionnaireConfirmed: {answers: {chosen: {digital_goals: [kosten]}}}
  - at: 2024-09-19T09:00
    do: {kind: ConfirmQuestionnaire, answers: complete}
    expect: {refused: NOT_SENT}
  - at: 2024-09-20T09:00
    do: MakeOffer
    expect: {refused: NOT_ASSESSED, clause: CQ25-9-9}
questions:
  - answer: {status: signed, cites: CQ25-3.2-40, listed: false}
  - known_at: 2030-01-01
    asked_at: 2025-01-01T09:00
    answer: {listed: false}
  - refused: KnownAtInFuture
    answer: {listed: false}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which the command is run."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_what_came_as_expected_is_one_line_with_its_clauses(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "good.yaml").write_text(SHORT)

    assert main(["scenario", "run", "good.yaml"]) == 0

    assert capsys.readouterr() == ("ok     good.yaml: A short one (CQ25-4-8)\n", "")
    assert list(folder.iterdir()) == [folder / "good.yaml"]


def test_what_came_otherwise_is_told_with_file_and_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "wrong.yaml").write_text(SHORT[: SHORT.index("steps:")] + WRONG)

    assert main(["scenario", "run", "."]) == 1

    goals = "QuestionnaireConfirmed.answers.chosen.digital_goals"
    not_assessed = "refused: NOT_ASSESSED: an offer follows a positive assessment (CQ25-4-21)"
    in_future = (
        "refused: KnownAtInFuture: known_at 2030-01-01T22:59:59.999999Z is later than now, 2025-01-01T08:00:00.000000Z"
        ": what will be recorded is not known yet; name an instant that has passed"
    )
    title, *lines = capsys.readouterr().out.splitlines()
    assert title == "FAILED wrong.yaml: A short one (CQ25-4-8)"
    assert [line.strip() for line in lines] == [
        "wrong.yaml:12: expected NotApproached; found Approached, QuestionnaireSent",
        f"wrong.yaml:13: expected to be carried out; found {not_assessed}",
        f"wrong.yaml:18: expected {goals}: [kosten]; found [arbeidspotentieel]",
        "wrong.yaml:21: expected refused: NOT_SENT; found nothing",
        f"wrong.yaml:24: expected refused under CQ25-9-9; found {not_assessed}",
        "wrong.yaml:26: expected cites: [CQ25-3.2-40]; found []",
        "wrong.yaml:26: expected status: signed; found confirmed",
        f"wrong.yaml:27: expected an answer; found {in_future}",
        "wrong.yaml:30: expected refused: KnownAtInFuture; found an answer",
    ]


def test_a_file_with_mistakes_does_not_keep_the_others_from_being_played(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.yaml").write_text(SHORT.replace("do: Approach", "do: Aproach"))
    (folder / "b.yaml").write_text(SHORT)

    assert main(["scenario", "run", "a.yaml", "b.yaml", "c.yaml"]) == 2

    told = capsys.readouterr()
    assert told.out == "ok     b.yaml: A short one (CQ25-4-8)\n"
    assert told.err.splitlines() == [
        'a.yaml:11: steps[0].do: found "Aproach", no kind of command; did you mean "Approach"?',
        "c.yaml: there is no such file or folder",
    ]


def test_json_is_a_list_of_all_files(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.yaml").write_text(SHORT)
    (folder / "b.yaml").write_text(SHORT.replace("[Approached, QuestionnaireSent]", "nothing"))
    (folder / "c.yaml").write_text(SHORT.replace("do: Approach", "do: Aproach"))

    assert main(["scenario", "run", ".", "--json"]) == 2

    told = capsys.readouterr()
    answer = {each["file"]: each for each in json.loads(told.out)}
    assert told.err == ""
    assert answer["a.yaml"] == {
        "file": "a.yaml",
        "scenario": "A short one",
        "clauses": ["CQ25-4-8"],
        "readings": [],
        "outcome": "ok",
        "failures": [],
        "mistakes": [],
    }
    assert answer["b.yaml"]["outcome"] == "failed"
    assert answer["b.yaml"]["failures"] == [
        {"line": 12, "expected": "nothing", "found": "Approached, QuestionnaireSent"}
    ]
    assert answer["c.yaml"]["outcome"] == "unreadable"
    assert [each["line"] for each in answer["c.yaml"]["mistakes"]] == [11]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nothing.yaml"], "nothing.yaml: there is no such file or folder\n"),
        (["."], ".: no scenario in this folder: no YAML file\n"),
        (["latin.yaml"], "latin.yaml:1: found the byte 0xff, which is not UTF-8; save the file as UTF-8\n"),
    ],
)
def test_what_can_not_be_read_is_one_line_and_wrong_use(
    arguments: list[str], told: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if arguments == ["latin.yaml"]:
        (folder / "latin.yaml").write_bytes(b"scenario: \xff\n")

    assert main(["scenario", "run", *arguments]) == 2
    assert capsys.readouterr() == ("", told)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (
            "sqlite:///mine.db",
            "each scenario gets a fresh SQLite file by itself; name a PostgreSQL server or nothing\n",
        ),
        ("mysql://localhost/x", "there is no adapter for a mysql database"),
        ("postgresql://nobody@127.0.0.1:1/x", "can not be reached"),
    ],
)
def test_a_server_that_can_not_be_used_is_one_line(
    url: str, told: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "good.yaml").write_text(SHORT)

    assert main(["scenario", "run", "good.yaml", "--database-url", url]) == 1

    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert told in err
    assert not (folder / "mine.db").exists()


def test_scenarios_are_played_on_a_postgresql_server(
    folder: Path, postgres_server: PostgresServer, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "good.yaml").write_text(SHORT)

    assert main(["scenario", "run", "good.yaml", "--database-url", postgres_server.url("postgres")]) == 0
    assert capsys.readouterr().out == "ok     good.yaml: A short one (CQ25-4-8)\n"


def test_nothing_is_left_behind_when_it_is_stopped(folder: Path) -> None:
    (folder / "good.yaml").write_text(SHORT)
    program = "import sys; from infrastructure.cli.main import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", program, "scenario", "run", "good.yaml"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert list(folder.iterdir()) == [folder / "good.yaml"]


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scenario", "schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Contractspoor scenario"

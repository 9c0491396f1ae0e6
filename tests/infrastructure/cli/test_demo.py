"""The demo: simulated and labelled, the same for the same seed, and what it prints works when it is pasted."""

import shlex
import sqlite3
from pathlib import Path

import pytest

from infrastructure.bootstrap import upgrade_database
from infrastructure.cli.main import main
from tests.infrastructure.cli.conftest import Run

PRACTICES = "60"


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the demo ran once, with what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        with (folder / "printed").open("w", encoding="utf-8") as printed:
            patch.setattr("sys.stdout", printed)
            assert main(["demo", "--providers", PRACTICES]) == 0
    return folder


def log_of(file: Path) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(file)
    try:
        return connection.execute("SELECT * FROM log ORDER BY position").fetchall()
    finally:
        connection.close()


def test_the_same_seed_gives_the_same_log(demo_folder: Path, run: Run) -> None:
    assert run("demo", "--providers", PRACTICES, "--database", "sqlite:///again.db").exit_code == 0
    assert log_of(Path("again.db")) == log_of(demo_folder / "build" / "demo.db")


def test_another_seed_gives_another_log(demo_folder: Path, run: Run) -> None:
    run("demo", "--providers", PRACTICES, "--seed", "8", "--database", "sqlite:///other.db")
    assert log_of(Path("other.db")) != log_of(demo_folder / "build" / "demo.db")


def test_the_log_begins_by_saying_that_it_is_simulated(demo_folder: Path) -> None:
    first = log_of(demo_folder / "build" / "demo.db")[0]
    assert "simulation" in first
    assert "SimulationStarted.v1" in first


def test_the_year_has_every_turn_that_it_is_to_show(demo_folder: Path) -> None:
    names = {cell for row in log_of(demo_folder / "build" / "demo.db") for cell in row if isinstance(cell, str)}
    wanted = (
        "NotApproached QuestionnaireSaved QuestionnaireConfirmed QuestionnaireLapsed EvidenceRejected EvidenceAccepted "
        "OfferWithheld ContractOffered Signed Published Reminded TierAssigned RoundFinished"
    )
    assert {f"{name}.v1" for name in wanted.split()} <= names


def test_a_practice_that_was_late_is_shown_with_the_reminder_that_it_got(demo_folder: Path, run: Run) -> None:
    printed = (demo_folder / "printed").read_text(encoding="utf-8")
    told = printed.partition("One practice that was late\n")[2].splitlines()
    [command] = [line for line in printed.splitlines() if line.startswith("  contractspoor letters preview ")]
    event = command.split()[3]
    database = f"sqlite:///{demo_folder / 'build' / 'demo.db'}"
    letter = run("letters", "preview", event, "--database", database).stdout

    assert told[0].endswith("had not confirmed its questionnaire 3 days before the last day.")
    assert told[1].startswith("It was reminded on 2024-10-17 (CQ25-5-14), and confirmed on 2024-10-")
    assert event.startswith(f"{told[0].split()[0]}@")
    assert [each.strip() for each in told[2:4]] == letter.splitlines()[:2]


def test_every_command_that_it_prints_works(demo_folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(demo_folder)
    printed = (demo_folder / "printed").read_text(encoding="utf-8")
    commands = [line.split(maxsplit=1)[1] for line in printed.splitlines() if line.startswith("  contractspoor ")]
    assert len(commands) >= 5
    for command in commands:
        result = run(*shlex.split(command))
        assert result.exit_code == 0, command
        assert result.stdout
        assert "simulated" in result.stderr.lower(), command


def test_one_practice_is_seen_by_both_and_neither_sees_what_is_the_others(
    demo_folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(demo_folder)
    printed = (demo_folder / "printed").read_text(encoding="utf-8")
    agb = printed.partition("One practice, seen by both: ")[2][:8]
    lines = [line for line in printed.splitlines() if line.startswith("  contractspoor ") and agb in line]
    commands = [line.split()[1:] for line in lines]
    told = {
        purchaser: "".join(
            run(*each, "--json").stdout for each in commands if purchaser in each or each[2].startswith(f"{purchaser}/")
        )
        for purchaser in ("asr", "caresq")
    }

    assert "behandelindex" in printed
    assert "behandelindex" in told["asr"]
    assert "ASR24" in told["asr"] or "asr-2024" in told["asr"]
    for others in ("behandelindex", "asr", "ASR24"):
        assert others not in told["caresq"]
    for others in ("caresq", "CQ25", '"tier":"'):
        assert others not in told["asr"]


def test_an_older_demo_is_made_anew(run: Run) -> None:
    for _ in range(2):
        assert run("demo", "--providers", "5", "--database", "sqlite:///demo.db").exit_code == 0


def test_a_log_that_is_no_simulation_is_never_touched(run: Run) -> None:
    upgrade_database("sqlite:///real.db")
    before = Path("real.db").read_bytes()
    refused = run("demo", "--providers", "5", "--database", "sqlite:///real.db")
    assert refused.exit_code == 1
    assert "real.db is no simulation and stays as it is" in refused.stderr
    assert Path("real.db").read_bytes() == before


@pytest.mark.parametrize("content", [b"a letter", b"SQLite format 3\x00 broken"])
def test_a_file_that_is_no_database_is_never_touched(run: Run, content: bytes) -> None:
    Path("letter.db").write_bytes(content)
    assert run("demo", "--providers", "5", "--database", "sqlite:///letter.db").exit_code == 1
    assert Path("letter.db").read_bytes() == content


def test_a_server_is_no_place_for_a_demo(run: Run) -> None:
    refused = run("demo", "--database", "postgresql://user:secret@localhost/contracts")
    assert refused.exit_code == 1
    assert "SQLite file" in refused.stderr
    assert "secret" not in refused.stderr


def test_the_way_up_that_it_shows_is_open_on_the_day_it_is_asked(demo_folder: Path, run: Run) -> None:
    printed = (demo_folder / "printed").read_text(encoding="utf-8")
    way = [line for line in printed.splitlines() if line.startswith("  To ") and "by correct evidence of" in line]
    [command] = [line.split() for line in printed.splitlines() if line.startswith("  contractspoor contract why ")]
    database = f"sqlite:///{demo_folder / 'build' / 'demo.db'}"
    asked = run(*command[1 : command.index("--database")], "--database", database)
    at_the_end = run("contract", "why", command[3], "--known-at", "2025-12-31", "--database", database)

    assert way
    assert way[0] in asked.stdout
    assert "None: no higher tier can be reached by evidence any more." in at_the_end.stdout

"""Arguments and files that are wrong: one line that says what to do, the right exit code, and nothing stored."""

import os
from pathlib import Path

import pytest

from tests.infrastructure.cli.command_lines import LONG_WORK, ON_A_DATABASE, Command, every_command, line_of
from tests.infrastructure.cli.conftest import CONTRACT, Run
from tests.infrastructure.cli.test_bad_databases import head, told_in_one_line

COMMANDS = [each for each in every_command() if each.name not in LONG_WORK]
BAD_DAYS = ("2025-02-30", "2025-13-01", "2025-3-1", "20250301", "morgen", "", "9999-12-31", "0001-01-01")
BAD_INSTANTS = (
    *("2025-03-15T10:00", "2025-03-15 10:00:00", "2025-02-30T10:00Z", "2025-03-15T25:00Z", "2025-03-15T10:00+99:00"),
    *("now", "1742032800", "9999-12-31T23:59:59Z"),
)
WITH_DAY = [(each, option) for each in COMMANDS for option in each.takes("DAY")]
WITH_INSTANT = [(each, option) for each in COMMANDS for option in each.takes("INSTANT")]


def ids(cases: list[tuple[Command, str]]) -> list[str]:
    return [f"{command.name} {option}" for command, option in cases]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty register and an empty scenario: mistakes in arguments are told before anything is read."""
    (tmp_path / "register.csv").touch()
    (tmp_path / "contracts.csv").touch()
    (tmp_path / "claims.csv").touch()
    (tmp_path / "proof.pdf").touch()
    (tmp_path / "scenario.yaml").touch()
    return tmp_path


@pytest.mark.parametrize(("command", "option"), WITH_DAY, ids=ids(WITH_DAY))
def test_a_day_that_does_not_exist(run: Run, year: str, folder: Path, command: Command, option: str) -> None:
    before = head(year)
    for day in BAD_DAYS:
        result = run(*line_of(command.name, folder), option, day, "--database", year)
        told_in_one_line(result, f"Invalid value for '{option}': found \"{day}\"", exit_code=2)
        assert f"See: contractspoor {command.name} --help" in result.stderr
    assert head(year) == before


@pytest.mark.parametrize(("command", "option"), WITH_INSTANT, ids=ids(WITH_INSTANT))
def test_an_instant_without_zone_or_that_does_not_exist(
    run: Run, year: str, folder: Path, command: Command, option: str
) -> None:
    before = head(year)
    for instant in BAD_INSTANTS:
        result = run(*line_of(command.name, folder), option, instant, "--database", year)
        told_in_one_line(result, f"Invalid value for '{option}': found \"{instant}\"", exit_code=2)
    assert head(year) == before


def test_an_instant_without_zone_is_told_so(run: Run) -> None:
    result = run("contract", "show", CONTRACT, "--known-at", "2025-07-20T17:00")

    assert (
        'found "2025-07-20T17:00" without a zone, expected an instant such as 2025-03-15T09:30:00+01:00'
        in result.stderr
    )


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_an_unknown_option(run: Run, folder: Path, command: Command) -> None:
    told_in_one_line(run(*line_of(command.name, folder), "--befor"), "No such option: --befor", exit_code=2)


ACTING = [each for each in COMMANDS if each.has("--actor") and not each.name.endswith(" import")]


@pytest.mark.parametrize("command", ACTING, ids=lambda command: command.name)
def test_an_actor_without_a_name(run: Run, folder: Path, command: Command) -> None:
    for name in ("", "  ", "two\nlines"):
        result = run(*line_of(command.name, folder), "--actor", name)
        told_in_one_line(result, "Invalid value for '--actor'", exit_code=2)


@pytest.mark.parametrize(
    ("arguments", "saying", "exit_code"),
    [
        (("contract", "show", "caresq/04009999/FYS/2025-2026"), "no practice with AGB code 04009999 is registered", 4),
        (("contract", "why", "caresq/04009999/FYS/2025-2026"), "no practice with AGB code 04009999", 4),
        (("contract", "events", "caresq/04009999/FYS/2025-2026"), "no practice with AGB code 04009999", 4),
        (("contract", "agreement", "caresq/04009999/FYS/2025-2026"), "no practice with AGB code 04009999", 4),
        (
            ("contract", "events", "caresq/04001234/FYS/2025"),
            "no adopted policy of caresq has FYS for 2025, as known at ",
            4,
        ),
        (("contract", "show", "caresq/4001234/FYS/2025-2026"), "did a spreadsheet drop the leading zero?", 2),
        (("contract", "show", "caresq/04001234/FIS/2025-2026"), "care type 'FIS' is not one of FYS, ", 2),
        (("contract", "show", "caresq/04001234/FYS/25-26"), "period '25-26' is not a year or two", 2),
        (("contract", "show", "04001234"), "is not a contract id: expected PURCHASER/AGB/CARE_TYPE/PERIOD", 2),
        (("contract", "show", CONTRACT, "--position", "-1"), "Invalid value for '--position'", 2),
        (("contract", "show", CONTRACT, "--position", "0"), "no position 0: its positions run from 1 to ", 4),
        (("letters", "preview", "--kind", "nothing"), "Invalid value for '--kind': 'nothing' is not one of ", 2),
        (("contract", "show", CONTRACT, "--position", "9" * 30), "Invalid value for '--position'", 2),
        (
            ("contract", "show", CONTRACT, "--position", "999"),
            "the log has no position 999: its positions run from 1",
            4,
        ),
        (("contract", "show", CONTRACT, "--known-at", "2999-01-01"), "is later than now", 1),
        (
            ("contract", "show", CONTRACT, "--known-at", "2025-07-20", "--position", "3"),
            "position 3 is not what was known",
            1,
        ),
        (
            ("contract", "act", "asr/04001234/FYS/2025", "Approach", "--actor", "a"),
            "no adopted policy of asr has FYS",
            4,
        ),
        (
            ("contract", "act", CONTRACT, "MakeOffer", "--actor", "a", "--occurred-at", "2024-01-01T00:00Z"),
            "refused: ",
            1,
        ),
        (
            ("contract", "act", CONTRACT, "MakeOffer", "--actor", "a", "--occurred-at", "2999-01-01T00:00Z"),
            "refused: ",
            1,
        ),
        (("policy", "show", "caresq-2035"), "caresq-2035", 1),
        (("policy", "adopt", "caresq-2035", "--actor", "a"), "caresq-2035", 1),
        (("policy", "schedule", "caresq-2035"), "caresq-2035", 1),
        (("policy", "diff", "caresq-2035", "caresq-2025"), "caresq-2035", 1),
        (("round", "run", "caresq-2035", "--actor", "a"), "caresq-2035", 4),
        (("round", "status", "caresq-2035"), "caresq-2035", 4),
        (("round", "report", "caresq-2035", "--csv", "-"), "caresq-2035", 4),
        (("round", "run", "caresq-2025", "--actor", "a", "--care-type", "FIS"), "Invalid value for '--care-type'", 2),
        (("round", "run", "caresq-2025", "--actor", "a", "--on", "2999-01-01"), "2999-01-01", 1),
        (("providers", "show", "04009999"), "04009999: no practice with that AGB code", 4),
        (("providers", "show", "4009999"), "did a spreadsheet drop the leading zero?", 2),
        (
            ("providers", "opt-out", "04009999", "--purchaser", "caresq", "--actor", "a"),
            "no practice with that AGB code is known",
            4,
        ),
        (("scheduler", "tick", "--at", "2999-01-01T00:00Z"), "refused: OCCURRED_IN_FUTURE", 1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_what_is_unknown_or_can_not_be(
    run: Run, year: str, arguments: tuple[str, ...], saying: str, exit_code: int
) -> None:
    before = head(year)

    told_in_one_line(run(*arguments, "--database", year), saying, exit_code=exit_code)
    assert head(year) == before


FILES = {
    "policy check": ("policy", "check", "{}"),
    "policy adopt": ("policy", "adopt", "{}", "--actor", "officer"),
    "policy schedule": ("policy", "schedule", "{}"),
    "policy diff": ("policy", "diff", "caresq-2025", "{}"),
    "providers import": ("providers", "import", "{}"),
    "contracts import": ("contracts", "import", "{}"),
    "contract act": ("contract", "act", CONTRACT, "MakeOffer", "--actor", "officer", "--body", "@{}"),
    "scenario run": ("scenario", "run", "{}"),
}
SCENARIO_UNREADABLE = 2
"""``scenario run`` tells a file that can not be read from one in which something came otherwise."""


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("content", "saying"),
    [
        (None, "there is no such file"),
        (b"\xff\xfeM\x00a\x00a\x00k\x00", "UTF-8"),
        ("Praktijk Zorgverlening Überlingen".encode("latin-1"), "UTF-8"),
        (b'{"a": [1, 2', ""),
        (b"", ""),
        (b"\x00" * 100, ""),
    ],
    ids=["missing", "utf-16", "latin-1", "malformed", "empty", "zeros"],
)
def test_a_file_that_can_not_be_used(
    run: Run, year: str, tmp_path: Path, name: str, content: bytes | None, saying: str
) -> None:
    before = head(year)
    file = tmp_path / "given.yaml"
    if content is not None:
        file.write_bytes(content)
    database = () if name in {"policy check", "scenario run"} else ("--database", year)
    result = run(*(part.format(file) for part in FILES[name]), *database)
    told = result.stderr + result.stdout

    assert result.exit_code == (SCENARIO_UNREADABLE if name == "scenario run" else 1), told
    assert "given.yaml" in told
    assert saying in told
    assert "Traceback" not in told
    assert "unexpectedly" not in told
    assert head(year) == before


def test_a_register_that_is_not_there_can_be_made_to_try(run: Run) -> None:
    told_in_one_line(
        run("providers", "import", "none.csv"), "make one to try with: contractspoor providers sample none.csv"
    )


@pytest.mark.parametrize("name", FILES)
def test_a_folder_where_a_file_belongs(run: Run, year: str, tmp_path: Path, name: str) -> None:
    database = () if name in {"policy check", "scenario run"} else ("--database", year)
    result = run(*(part.format(tmp_path / "folder") for part in FILES[name]), *database)
    told = result.stderr + result.stdout

    assert result.exit_code in {1, 2}, told
    assert "folder" in told
    assert "Traceback" not in told
    assert "unexpectedly" not in told


@pytest.mark.parametrize(
    "arguments",
    [
        ("providers", "sample", "nowhere/sample.csv"),
        ("providers", "import", "{register}", "--errors", "nowhere/errors.csv", "--database", "{year}"),
        ("round", "report", "caresq-2025", "--csv", "nowhere/report.csv", "--database", "{year}"),
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_a_file_that_can_not_be_made(run: Run, year: str, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    run("providers", "sample", str(tmp_path / "register.csv"), "--count", "3")
    before = head(year)
    result = run(*(part.format(register=tmp_path / "register.csv", year=year) for part in arguments))

    told_in_one_line(result, "nowhere")
    assert "No such file or directory" in result.stderr
    assert head(year) == before


def test_a_database_in_a_folder_that_is_not_there(run: Run) -> None:
    result = run("database", "upgrade", "--database", "sqlite:///nowhere/log.db")

    told_in_one_line(result, "there is no folder nowhere; make it first")


def test_a_name_that_is_no_text(run: Run, year: str) -> None:
    name = os.fsdecode(b"Ren\xe9")  # what a shell in another encoding hands over
    before = head(year)
    result = run("contract", "act", CONTRACT, "MakeOffer", "--actor", name, "--database", year)

    told_in_one_line(result, "Invalid value for '--actor'", exit_code=2)
    assert head(year) == before


@pytest.mark.parametrize("command", ["opt-out", "show"])
def test_a_purchaser_that_may_be_mistyped_is_noted(run: Run, year: str, command: str) -> None:
    actor = ("--actor", "officer") if command == "opt-out" else ()
    result = run("providers", command, "04001234", "--purchaser", "careqs", *actor, "--database", year)

    told_in_one_line(result, "no policy of purchaser careqs is adopted here; there are those of caresq.", exit_code=0)


def test_every_command_on_a_database_can_be_told_which() -> None:
    without = [each.name for each in COMMANDS if each.name in ON_A_DATABASE and not each.has("--database")]

    assert without == []

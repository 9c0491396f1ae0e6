"""The frame of the command line: help, version, and how every command ends."""

import json
import os
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from infrastructure.cli.doors import DOORS
from scheduler.door import DOOR as SCHEDULER
from tests.infrastructure.cli.command_lines import Command, every_command
from tests.infrastructure.cli.conftest import CONTRACT, Run

PROGRAM = Path(sys.prefix) / "bin" / "contractspoor"
EVERY = every_command()
GROUPS = sorted({each.path[0] for each in EVERY if len(each.path) > 1})


def started(*arguments: str, stdout: int = subprocess.PIPE) -> "subprocess.Popen[str]":
    """The program as a process of its own."""
    return subprocess.Popen([PROGRAM, *arguments], stdout=stdout, stderr=subprocess.PIPE, text=True)


def test_the_version_is_that_of_the_package(run: Run) -> None:
    assert run("--version") == (0, f"contractspoor {version('contractspoor')}\n", "")


@pytest.mark.parametrize("command", EVERY, ids=lambda command: command.name)
def test_the_help_of_every_command_works_and_tells_every_option(run: Run, command: Command) -> None:
    told = run(*command.path, "--help")

    assert told.exit_code == 0
    assert told.stdout.startswith(f"Usage: contractspoor {command.name} ")
    assert [each.opts[0] for each in command.options if each.opts[0] not in told.stdout] == []


@pytest.mark.parametrize("command", EVERY, ids=lambda command: command.name)
def test_every_command_and_every_parameter_has_a_sentence(command: Command) -> None:
    silent = [each.name for each in command.command.params if each.name != "help" and not each.help]

    assert silent == []
    assert command.command.help


def test_help_waits_for_no_command_and_every_line_of_its_list_fits(run: Run) -> None:
    told = run("--help").stdout
    names = {each.path[0] for each in EVERY}
    loaded = "import sys; from infrastructure.cli.main import main; main(['--help']); print(sorted(sys.modules))"
    program = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True).stdout

    assert {each.name for each in [*DOORS, SCHEDULER]} == names
    assert [each.name for each in [*DOORS, SCHEDULER] if f"  {each.name} " not in told or each.help not in told] == []
    assert max(map(len, told.splitlines())) <= 80
    assert "'infrastructure.cli.doors'" in program
    assert [each for each in ("sqlalchemy", "pydantic", "rich.console") if f"'{each}'" in program] == []


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_alone_shows_its_help(run: Run, group: str) -> None:
    told = run(group)

    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr.startswith(f"Usage: contractspoor {group} ")


def test_help_is_plain_text_that_fits_eighty_columns(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for command in EVERY:
        told = run(*command.path, "--help").stdout
        assert "\x1b" not in told
        too_wide = [line for line in told.splitlines() if len(line) > 80 and len(line.split()) > 2]
        assert too_wide == [], command.name


def test_a_mistyped_command_is_told_with_the_nearest(run: Run) -> None:
    told = run("contract", "shwo")

    assert (told.exit_code, told.stdout) == (2, "")
    assert told.stderr == "No such command 'shwo'. Did you mean 'show'? See: contractspoor contract --help\n"


def test_with_json_an_error_is_one_object(run: Run, year: str) -> None:
    refused = run("contract", "act", CONTRACT, "Terminate", "--body", '{"last_day": "2031-01-01"}', "--actor", "a",
                  "--reason", "a letter", "--database", year, "--json")  # fmt: skip
    misused = run("contract", "show", CONTRACT, "--known-at", "2025-07-20T17:00", "--json")

    assert json.loads(refused.stderr) == {
        "error": {
            "code": "OUTSIDE_TERM",
            "message": "refused: OUTSIDE_TERM: 2031-01-01 is not in the term 2025-01-01..2025-12-31",
            "exit_code": 1,
        }
    }
    assert json.loads(misused.stderr)["error"]["code"] == "USAGE"
    assert (refused.exit_code, misused.exit_code) == (1, 2)


def test_a_traceback_is_printed_only_when_asked_for(run: Run, year: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = ("contract", "show", CONTRACT, "--position", "999", "--database", year)
    assert "Traceback" not in run(*wrong).stderr

    monkeypatch.setenv("CONTRACTSPOOR_TRACEBACK", "1")
    told = run(*wrong)
    assert told.stderr.startswith("Traceback")
    assert told.stderr.splitlines()[-1].startswith("the log has no position 999")
    assert told.exit_code == 4


def test_a_fault_of_the_program_is_one_line_too(run: Run, year: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*_arguments: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("infrastructure.cli.contract.contract_events", fault)
    told = run("contract", "events", CONTRACT, "--database", year)

    assert told.exit_code == 1
    assert told.stderr == (
        "the program failed unexpectedly (ZeroDivisionError: division by zero); nothing was stored by half; "
        "run it again with CONTRACTSPOOR_TRACEBACK=1 and report what it prints\n"
    )


def test_colours_and_wrapping_are_for_terminals(run: Run, year: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    told = run("contract", "show", CONTRACT, "--database", year).stdout

    assert "\x1b" not in told
    assert max(map(len, told.splitlines())) > 80


def test_ctrl_c_ends_with_one_line_and_130(tmp_path: Path) -> None:
    body = tmp_path / "body.json"
    os.mkfifo(body)
    act = ("contract", "act", CONTRACT, "MakeOffer", "--actor", "a", "--body", f"@{body}")
    with started(*act) as process, body.open("w"):  # opens once the program reads from it
        process.send_signal(signal.SIGINT)
        _, told = process.communicate()

    assert process.returncode == 130
    assert told == "stopped; what was recorded stands, and nothing was stored by half\n"


def test_a_reader_that_goes_away_is_no_error(year: str) -> None:
    read, write = os.pipe()
    os.close(read)
    with started("contract", "events", CONTRACT, "--database", year, stdout=write) as process:
        _, told = process.communicate()
    os.close(write)

    assert (process.returncode, told) == (141, "")


def test_an_answer_that_finds_no_room_is_told(year: str) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    with started("contract", "events", CONTRACT, "--database", year, stdout=full) as process:
        _, told = process.communicate()
    os.close(full)

    assert process.returncode == 1
    assert told == "the answer can not be written: No space left on device\n"

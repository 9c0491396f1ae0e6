"""``contractspoor round`` as a person uses it."""

import csv
import io
import json
import os
import shlex
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from application.provider_import import PracticeEntry
from application.round import RoundOrder, run_round
from domain.round.facts import ROUNDS
from infrastructure.bootstrap import open_system
from tests.infrastructure.cli.conftest import Run
from tests.round_world import POLICY, RoundWorld, entry, round_world, sample


@pytest.fixture
def world(sqlite_url: str) -> Iterator[RoundWorld]:
    with round_world(sqlite_url) as opened:
        yield opened


def named(agb: str, name: str) -> PracticeEntry:
    practice = entry(agb)
    return replace(practice, record=practice.record.model_copy(update={"name": name}))


def test_a_round_is_held_once_and_told(run: Run, world: RoundWorld, sqlite_url: str) -> None:
    world.register(entry("04001234"), entry("04001235", certified=False))
    command = ("round", "run", POLICY, "--on", "2024-09-16", "--reason", "by hand", "--actor", "officer")
    done = run(*command, "--database", sqlite_url)
    assert done.exit_code == 0
    assert "round/caresq-2025/2024-09-16" in done.stdout
    assert "FYS not approached: NO_VECOZO_CERTIFICATE 1" in done.stdout
    again = json.loads(run(*command, "--database", sqlite_url, "--json").stdout)
    assert again["counts"]["FYS"]["approached_before"] == 1


@pytest.mark.parametrize(
    ("arguments", "exit_code", "told"),
    [
        ((POLICY, "--on", "2024-02-30", "--actor", "o"), 2, "does not exist"),
        ((POLICY, "--on", "2999-01-01", "--actor", "o"), 1, "ROUND_IN_FUTURE"),
        ((POLICY, "--on", "2024-09-16", "--actor", "o"), 1, "REASON_MISSING"),
        (("caresq-2052", "--actor", "o"), 4, "adopted are: caresq-2025"),
        ((POLICY, "--care-type", "VAL", "--actor", "o"), 1, "it has one for FYS, OEF, LOG"),
        ((POLICY,), 2, "--actor"),
    ],
)
def test_a_round_that_can_not_be_held_is_one_line(
    run: Run, world: RoundWorld, sqlite_url: str, arguments: tuple[str, ...], exit_code: int, told: str
) -> None:
    head = world.head()
    result = run("round", "run", *arguments, "--database", sqlite_url)
    assert (result.exit_code, result.stdout) == (exit_code, "")
    assert told in result.stderr
    assert world.head() == head


def test_ctrl_c_stops_after_the_chunk_and_says_how_to_go_on(
    run: Run, world: RoundWorld, sqlite_url: str, tmp_path: Path
) -> None:
    world.register(*sample(tmp_path, 1_000))
    presses = Thread(target=press_ctrl_c_once_a_round_runs, args=(sqlite_url,))
    presses.start()
    command = ("round", "run", POLICY, "--on", "2024-09-16", "--reason", "by hand", "--actor", "an officer")
    stopped = run(*command, "--database", sqlite_url)
    presses.join()
    assert stopped.exit_code == 130
    assert f"Go on with: contractspoor round run {POLICY} --on 2024-09-16 --actor 'an officer'" in stopped.stderr
    assert "not finished" in run("round", "status", POLICY, "--database", sqlite_url).stdout
    went_on = run(*command, "--database", sqlite_url)
    assert went_on.exit_code == 0
    assert "Gone on with: round/caresq-2025/2024-09-16" in went_on.stdout


def press_ctrl_c_once_a_round_runs(database_url: str) -> None:
    with open_system(database_url) as system:
        while not system.log.stream_ids(ROUNDS):
            pass
    os.kill(os.getpid(), signal.SIGINT)


def test_the_report_keeps_zeros_and_runs_nothing_in_a_spreadsheet(run: Run, world: RoundWorld, sqlite_url: str) -> None:
    world.register(
        named("04001234", "=HYPERLINK(1)"), named("04001235", "@SUM(A1)"), named("04001236", "De Brug; Zwolle")
    )
    report = run("round", "report", POLICY, "--csv", "-", "--database", sqlite_url)
    rows = list(csv.DictReader(io.StringIO(report.stdout)))
    assert [row["agb"] for row in rows] == ["04001234", "04001235", "04001236"]
    assert [row["name"] for row in rows] == ["'=HYPERLINK(1)", "'@SUM(A1)", "De Brug; Zwolle"]
    assert rows[0]["status"] == "no_procedure"


def test_a_status_fits_a_terminal_and_is_repeated_by_the_command_it_ends_with(
    run: Run, world: RoundWorld, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.register(entry("04001234"))
    world.at("2024-09-16T09:00")
    monkeypatch.setenv("CONTRACTSPOOR_DATABASE_URL", sqlite_url)
    run_round(world.contracting, RoundOrder(POLICY, "A. Proef, zorginkoop"))
    told = run("round", "status", POLICY).stdout
    assert [line for line in told.splitlines() if len(line) > 80] == []
    assert "\n  2024-09-16          FYS, OEF, LOG, DIE, ERG, HUI, VOET, GLI, INST, ZKH;\n" in told
    assert "\n                      finished 2024-09-16 09:00:00 CEST\n" in told
    assert told.count("Europe/Amsterdam") == 1
    _, _, repeat = told.rpartition("The same answer, for ever\n")
    assert run("round", "run", POLICY, "--actor", "officer").exit_code == 0
    assert run(*shlex.split(repeat.replace("\\\n", ""))[1:]).stdout == told


def test_a_report_asked_for_with_its_last_columns_again_is_the_same_to_the_byte(
    run: Run, world: RoundWorld, sqlite_url: str
) -> None:
    asked = ("round", "report", POLICY, "--csv", "-", "--database", sqlite_url)
    world.register(entry("04001234"), entry("05007788", "LOG"))
    first = run(*asked).stdout
    row = next(csv.DictReader(io.StringIO(first)))
    opt_out = ("providers", "opt-out", "04001234", "--purchaser", "caresq", "--actor", "o")
    assert run(*opt_out, "--database", sqlite_url).exit_code == 0
    run("round", "run", POLICY, "--on", "2024-09-16", "--reason", "by hand", "--actor", "o", "--database", sqlite_url)
    echoed = ("--effective-on", row["effective_on"], "--known-at", row["known_at"], "--position", row["position"])
    assert run(*asked, *echoed).stdout == first
    assert run(*asked).stdout != first
    assert list(row)[-3:] == ["effective_on", "known_at", "position"]


def test_a_report_never_writes_over_a_file_unasked(run: Run, world: RoundWorld, sqlite_url: str) -> None:
    world.register(entry("04001234"))
    written = run("round", "report", POLICY, "--csv", "report.csv", "--database", sqlite_url)
    assert (written.exit_code, written.stdout) == (0, "report.csv: 1 rows\n")
    again = run("round", "report", POLICY, "--csv", "report.csv", "--database", sqlite_url)
    assert again.exit_code == 1
    assert "--force" in again.stderr
    missing = run("round", "report", POLICY, "--csv", "nowhere/report.csv", "--database", sqlite_url)
    assert missing.exit_code == 1
    assert "nowhere/report.csv can not be written" in missing.stderr

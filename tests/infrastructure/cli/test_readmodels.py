"""``contractspoor readmodels``, as an operator uses it."""

import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.infrastructure.cli.conftest import CONTRACT, Run
from tests.infrastructure.cli.test_bad_databases import path_of

OF_CONTRACTS = ["contract_deadline", "contract_overview", "contract_work", "register"]
PROGRAM = Path(sys.prefix) / "bin" / "contractspoor"


def poison(url: str) -> None:
    """Record a fact of a contract that this program does not know."""
    with closing(sqlite3.connect(path_of(url))) as connection, connection:
        connection.execute(
            "INSERT INTO log (position, recorded_at, stream_id, version, topic, state, occurred_at, context) "
            "SELECT position + 1, recorded_at + 1, ?, 13, 'Renewed.v1', CAST('{}' AS BLOB), recorded_at, context "
            "FROM log ORDER BY position DESC LIMIT 1",
            (CONTRACT,),
        )


def change(url: str, statement: str) -> None:
    with closing(sqlite3.connect(path_of(url))) as connection, connection:
        connection.execute(statement)


def conditions(run: Run, url: str) -> dict[str, str]:
    found = json.loads(run("readmodels", "status", "--database", url, "--json").stdout)["read_models"]
    return {each["name"]: each["condition"] for each in found}


def test_the_status_tells_how_far_every_model_is(run: Run, year: str) -> None:
    before = json.loads(run("readmodels", "status", "--database", year, "--json").stdout)["read_models"]
    assert {each["condition"] for each in before} == {"not_begun"}
    assert {each["lag_events"] for each in before} == {before[0]["lag_events"]}
    assert before[0]["lag_seconds"] > 0

    done = run("readmodels", "catch-up", "--database", year, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    for each in json.loads(done.stdout)["read_models"]:
        assert (each["condition"], each["lag_events"], each["lag_seconds"]) == ("up_to_date", 0, 0)
        assert each["position"] == before[0]["lag_events"]
        assert each["events_per_second"] > 0
        assert each["moved_at"].endswith("Z")
    told = run("readmodels", "status", "--database", year)
    assert told.exit_code == 0
    assert "contract_overview   up to date" in told.stdout


def test_a_fact_of_a_newer_program_stops_the_models_of_contracts_and_they_go_on_when_told(run: Run, year: str) -> None:
    run("readmodels", "catch-up", "--database", year)
    poison(year)
    result = run("readmodels", "catch-up", "--database", year)

    assert result.exit_code == 1
    alerts = [line for line in result.stderr.splitlines() if "[error" in line]
    assert [line.split()[5] for line in alerts] == OF_CONTRACTS
    assert all(f"{CONTRACT}@13" in line and "it was written by a newer one" in line for line in alerts)
    found = conditions(run, year)
    assert {name for name, condition in found.items() if condition == "stopped"} == set(OF_CONTRACTS)
    assert found["audit_entry"] == found["practice"] == "up_to_date"
    status = run("readmodels", "status", "--database", year)
    assert status.exit_code == 1
    assert f"contract_work stopped at {CONTRACT}@13" in status.stdout
    assert "run: contractspoor readmodels resume contract_work" in status.stdout

    assert run("readmodels", "resume", "contract_work", "--database", year).stdout == "contract_work goes on.\n"
    again = run("readmodels", "catch-up", "--database", year)
    assert again.stderr.count("[error") == 1
    assert "contract_work stopped before" in again.stderr


def test_a_model_of_another_version_of_the_program_is_rebuilt(run: Run, year: str) -> None:
    run("readmodels", "catch-up", "--database", year)
    change(year, "UPDATE read_model SET version = 0 WHERE name = 'practice'")
    status = run("readmodels", "status", "--database", year)
    assert status.exit_code == 1
    assert "practice is of version 0, this program's is 1. Run: contractspoor readmodels rebuild practice" in (
        status.stdout
    )
    assert run("readmodels", "rebuild", "practice", "--database", year).exit_code == 0
    assert conditions(run, year)["practice"] == "up_to_date"


def test_a_row_that_is_not_what_the_log_says_is_found_and_a_rebuild_mends_it(run: Run, year: str) -> None:
    run("readmodels", "catch-up", "--database", year)
    change(year, "UPDATE contract_overview SET status = 'declined'")
    wrong = run("readmodels", "verify", "contract_overview", "--database", year)
    assert wrong.exit_code == 1
    assert "Run: contractspoor readmodels rebuild contract_overview" in wrong.stdout
    assert "wrong in contract_overview: caresq/" in wrong.stdout
    told = json.loads(run("readmodels", "verify", "contract_overview", "--database", year, "--json").stdout)
    assert told["wrong"] == told["missing"] == told["rows"] > 0
    run("readmodels", "rebuild", "contract_overview", "--database", year)
    assert run("readmodels", "verify", "contract_overview", "--database", year).exit_code == 0


def test_some_models_are_brought_up_apart_from_the_others(run: Run, year: str) -> None:
    assert run("readmodels", "catch-up", "practice", "audit_entry", "--database", year).exit_code == 0
    found = conditions(run, year)
    assert {name for name, condition in found.items() if condition == "up_to_date"} == {"practice", "audit_entry"}


@pytest.mark.parametrize("command", ["catch-up", "rebuild", "verify", "resume"])
def test_a_model_that_does_not_exist_is_told_with_those_that_do(run: Run, year: str, command: str) -> None:
    result = run("readmodels", command, "reviews", "--database", year)
    assert result.exit_code == 4
    assert result.stderr.startswith("there is no read model 'reviews'; there are audit_entry, ")


@pytest.mark.parametrize(("sent", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_the_runner_keeps_the_models_up_and_stops_when_told(
    run: Run, year: str, sent: signal.Signals, exit_code: int
) -> None:
    with subprocess.Popen(
        [PROGRAM, "readmodels", "run", "--database", year], stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("Keeping up audit_entry, ")
        while set(conditions(run, year).values()) != {"up_to_date"}:
            assert process.poll() is None
        process.send_signal(sent)
        _, told = process.communicate(timeout=30)

    assert told == "Stopped; every batch is whole, and the next run goes on from there.\n"
    assert process.returncode == exit_code

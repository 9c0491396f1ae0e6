"""``contractspoor doctor``: each thing that can be wrong, really made wrong, is found with what to do about it."""

import json
import shutil
import sqlite3
import zoneinfo
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from application.due_failures import PAUSES
from application.plans import PlanOrder, plan_round
from application.ports import Entry
from application.tick import carry_out_due
from domain.calendar import to_microseconds
from domain.care_type import CareType
from infrastructure.cli.examination import examine
from infrastructure.clock import SetClock, SystemClock
from infrastructure.persistence.recorder import open_log
from tests.given import at
from tests.infrastructure.cli.conftest import Run
from tests.infrastructure.observability.test_metrics import samples
from tests.infrastructure.persistence.entries import entry as log_entry
from tests.round_world import POLICY, entry, round_world


def found(run: Run, url: str) -> tuple[int, dict[str, dict[str, Any]]]:
    result = run("doctor", "--database", url, "--json")
    return result.exit_code, {each["about"]: each for each in json.loads(result.stdout)}


def change(url: str, statement: str, *values: Any) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute(statement, values)


def test_a_service_in_good_health_has_nothing_to_mend(run: Run, year: str) -> None:
    run("scheduler", "tick", "--database", year)
    run("readmodels", "catch-up", "--database", year)
    run("outbox", "send", "--database", year)
    exit_code, findings = found(run, year)

    assert exit_code == 0
    assert {each["verdict"] for each in findings.values()} == {"fine"}
    looked_at = {
        "zone data",
        "settings",
        "disk",
        "database",
        "writing",
        "clock",
        "policies",
        "scheduler",
        "failures",
        "outbox",
    }
    assert looked_at < set(findings)
    assert any(about.startswith("read model ") for about in findings)


def test_only_what_is_not_fine_is_told_on_demand(run: Run, year: str) -> None:
    run("outbox", "send", "--database", year)

    assert run("doctor", "--quiet", "--database", year).stdout == ""


def test_a_database_on_a_server_is_examined_as_well(run: Run, postgres_url: str) -> None:
    exit_code, findings = found(run, postgres_url)

    assert (exit_code, findings["writing"]["verdict"]) == (0, "fine")
    assert "disk" not in findings


def test_a_database_that_is_not_there_or_not_set_up_is_told_with_the_command_that_makes_it(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "empty.db").touch()
    absent, empty = (found(run, f"sqlite:///{tmp_path / name}") for name in ("absent.db", "empty.db"))

    assert (absent[0], empty[0]) == (1, 1)
    assert "contractspoor database upgrade" in absent[1]["database"]["found"]
    assert empty[1]["database"]["advice"] == "run: contractspoor database upgrade"


def test_a_database_of_a_newer_program_is_told(run: Run, sqlite_url: str) -> None:
    change(sqlite_url, "UPDATE alembic_version SET version_num = '9999'")
    exit_code, findings = found(run, sqlite_url)

    assert exit_code == 1
    assert findings["database"]["advice"] == "use the newer program"


def test_a_log_that_can_not_be_written_is_told(run: Run, year: str) -> None:
    exit_code, findings = found(run, f"{year}?mode=ro")

    assert exit_code == 1
    assert "is read-only" in findings["writing"]["found"]


def test_a_clock_behind_the_log_is_told(run: Run, sqlite_url: str) -> None:
    log = open_log(sqlite_url)
    log.append([log_entry()], now=to_microseconds(SystemClock().now()))
    log.close()
    later = to_microseconds(SystemClock().now() + timedelta(hours=1))
    change(sqlite_url, "DROP TRIGGER log_refuses_update")
    change(sqlite_url, "UPDATE log SET recorded_at = ?", later)
    exit_code, findings = found(run, sqlite_url)

    assert (exit_code, findings["clock"]["verdict"]) == (1, "fails")
    assert findings["clock"]["advice"] == "set the clock of this machine right"


@pytest.mark.parametrize(
    ("ahead", "verdict"),
    [(timedelta(seconds=5), "fails"), (timedelta(0), "fine"), (timedelta(minutes=-2), "warns")],
)
def test_a_clock_that_differs_from_the_databases_own_is_told(postgres_url: str, ahead: timedelta, verdict: str) -> None:
    here = SetClock(SystemClock().now() + ahead)
    clock = next(each for each in examine(postgres_url, here) if each.about == "clock")

    assert clock.verdict == verdict
    assert clock.advice == ("" if verdict == "fine" else "set the clock of this machine right")


def test_zone_data_of_the_system_beside_the_packages_are_told(run: Run, year: str) -> None:
    zoneinfo.reset_tzpath(to=("/usr/share/zoneinfo",))
    try:
        exit_code, findings = found(run, year)
    finally:
        zoneinfo.reset_tzpath(to=())

    assert (exit_code, findings["zone data"]["verdict"]) == (1, "fails")


@pytest.mark.parametrize(
    ("variable", "value", "verdict", "saying"),
    [
        ("LOCK_TIMEOUT_SECONDS", "soon", "fails", "CONTRACTSPOOR_LOCK_TIMEOUT_SECONDS: input should be a valid number"),
        ("SMTP_HOTS", "mail", "warns", "CONTRACTSPOOR_SMTP_HOTS is no setting; did you mean CONTRACTSPOOR_SMTP_HOST?"),
        ("SMTP_PASSWORD_FILE", "gone", "fails", "CONTRACTSPOOR_SMTP_PASSWORD_FILE: there is no file gone"),
        ("WEBHOOKS_FILE", "gone.yaml", "fails", "CONTRACTSPOOR_WEBHOOKS_FILE: gone.yaml: No such file or directory"),
        ("MAIL_FOLDER", "/etc/hostname", "fails", "CONTRACTSPOOR_MAIL_FOLDER: /etc/hostname is no folder"),
    ],
)
def test_a_setting_that_can_not_be_right_is_told_by_name(
    run: Run, year: str, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, verdict: str, saying: str
) -> None:
    monkeypatch.setenv(f"CONTRACTSPOOR_{variable}", value)
    exit_code, findings = found(run, year)
    told = findings["settings"]

    assert (exit_code, told["verdict"]) == (int(verdict == "fails"), verdict)
    assert f"{told['found']}; {told['advice']}".startswith(saying)


def test_a_term_that_a_policy_leaves_undecided_is_a_warning(run: Run, sqlite_url: str) -> None:
    run("policy", "adopt", "caresq-2025", "--actor", "board", "--database", sqlite_url)
    exit_code, findings = found(run, sqlite_url)

    assert (exit_code, findings["terms"]["verdict"]) == (0, "warns")
    assert findings["terms"]["found"] == "caresq-2025 leaves the term undecided of FYS: offers are withheld"
    assert findings["terms"]["advice"].endswith("contractspoor policy adopt FILE")


def test_what_no_tick_has_recorded_in_time_is_a_warning(run: Run, year: str) -> None:
    run("readmodels", "catch-up", "--database", year)
    exit_code, findings = found(run, year)

    assert (exit_code, findings["scheduler"]["verdict"]) == (0, "warns")
    assert "things are late, the oldest due since 2024-10-21 00:00:00 CEST" in findings["scheduler"]["found"]
    assert "contractspoor scheduler run" in findings["scheduler"]["advice"]


def test_what_failed_until_it_was_given_up_is_a_warning_with_the_command_that_tries_it_anew(
    run: Run, sqlite_url: str
) -> None:
    with round_world(sqlite_url) as world:
        world.register(entry("05001234", "LOG"))
        planned_for = at("2024-08-27T09:00")
        plan_round(world.contracting, PlanOrder(POLICY, planned_for, "officer", (CareType.LOG,)))
        world.at("2024-08-27T09:00")
        of_tomorrow = Entry("provider/05001234", 3, "FactOfTomorrow.v1", b"{}", 0, b"{}", None)
        world.contracting.log_port.append([of_tomorrow], now=0)
        told = []
        for pause in (timedelta(0), *PAUSES):
            world.clock.set(world.clock.now() + pause)
            carry_out_due(world.system.ticking, world.clock.now())
            told.append(found(run, sqlite_url)[1]["failures"])

    assert [each["verdict"] for each in told] == ["fine"] * len(PAUSES) + ["warns"]
    assert told[0]["found"] == "1 failed and are tried again"
    assert told[-1]["found"].startswith("1 given up after the last try, the first is round of plan/caresq-2025/1: ")
    assert "provider/05001234" in told[-1]["found"]
    assert told[-1]["advice"].endswith("contractspoor scheduler retry")
    assert samples(run("metrics", "--database", sqlite_url).stdout)["contractspoor_due_failures", "given_up"] == 1

    run("scheduler", "retry", "--database", sqlite_url)
    assert found(run, sqlite_url)[1]["failures"]["verdict"] == "fine"


def test_a_log_without_a_policy_is_a_warning(run: Run, sqlite_url: str) -> None:
    exit_code, findings = found(run, sqlite_url)

    assert (exit_code, findings["policies"]["verdict"]) == (0, "warns")


def test_a_read_model_that_stopped_is_told_with_the_command_that_resumes_it(run: Run, year: str) -> None:
    run("readmodels", "catch-up", "--database", year)
    change(
        year,
        "UPDATE read_model SET fault_position = 3, fault_event = 'a@1', fault_message = 'broken', fault_at = 1 "
        "WHERE name = 'register'",
    )
    exit_code, findings = found(run, year)

    assert exit_code == 1
    assert findings["read model register"]["advice"].endswith("contractspoor readmodels resume register")


def test_a_read_model_of_another_version_is_told_with_the_command_that_rebuilds_it(run: Run, year: str) -> None:
    run("readmodels", "catch-up", "--database", year)
    change(year, "UPDATE read_model SET version = 999 WHERE name = 'register'")
    exit_code, findings = found(run, year)

    assert exit_code == 1
    assert findings["read model register"]["advice"] == "run: contractspoor readmodels rebuild register"


@pytest.mark.parametrize(
    ("statement", "saying"),
    [
        ("INSERT INTO sending_hold VALUES (1, 'restored')", "held: restored"),
        ("UPDATE delivery SET state = 'dead'", "could not be delivered"),
        ("UPDATE delivery SET state = 'waiting', created_at = 0", "messages wait, the oldest since 1970"),
    ],
)
def test_an_outbox_that_does_not_get_rid_of_its_messages_is_a_warning(
    run: Run, year: str, statement: str, saying: str
) -> None:
    run("outbox", "send", "--database", year)
    change(year, statement)
    exit_code, findings = found(run, year)

    assert (exit_code, findings["outbox"]["verdict"]) == (0, "warns")
    assert saying in findings["outbox"]["found"]
    assert "contractspoor outbox" in findings["outbox"]["advice"]


def test_a_disk_that_is_nearly_full_is_a_warning(run: Run, year: str, monkeypatch: pytest.MonkeyPatch) -> None:
    size = Path(year.removeprefix("sqlite:///")).stat().st_size
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=size - 1))
    exit_code, findings = found(run, year)

    assert (exit_code, findings["disk"]["verdict"]) == (0, "warns")
    assert findings["disk"]["advice"].startswith("make room on the disk of ")

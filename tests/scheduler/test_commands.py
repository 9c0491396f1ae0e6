"""``contractspoor scheduler``: one tick by hand, the list, and the ticker as a process."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from application.due_failures import Failed
from application.ports import DueItem
from domain.calendar import to_microseconds
from infrastructure.bootstrap import open_system
from tests.infrastructure.cli.conftest import FORGOTTEN, Run, run, year, year_file

__all__ = ["run", "year", "year_file"]  # fixtures

PROGRAM = Path(sys.prefix) / "bin" / "contractspoor"


def facts_of(run: Run, url: str) -> list[tuple[str, str]]:
    events = json.loads(run("contract", "events", FORGOTTEN, "--database", url, "--json").stdout)["events"]
    return [(each["name"], each["occurred_at"]) for each in events]


def test_a_tick_records_what_lapsed_with_its_deadline_and_a_second_one_nothing(run: Run, year: str) -> None:
    first = run("scheduler", "tick", "--database", year)
    second = run("scheduler", "tick", "--database", year)

    assert "due: 1 QuestionnaireLapsed, 1 Unpublished, of 2 contracts" in first.stdout
    assert "due: nothing to record, of 0 contracts" in second.stdout
    assert facts_of(run, year)[-1][0] == "QuestionnaireLapsed"


def test_a_tick_as_of_an_earlier_instant_sees_what_was_due_then(run: Run, year: str) -> None:
    early = run("scheduler", "tick", "--at", "2024-09-01T00:00Z", "--database", year, "--json")
    answer = json.loads(early.stdout)

    assert answer["due"]["recorded"] == {}
    assert answer["due"]["at"] == "2024-09-01T00:00:00.000000Z"


def test_the_list_names_times_and_zone(run: Run) -> None:
    told, data = run("scheduler", "list").stdout, json.loads(run("scheduler", "list", "--json").stdout)

    assert "due        every minute, next " in told
    assert "register   every day at 00:25, next " in told
    assert [(each["name"], each["every"], each["local_time"], each["zone"]) for each in data] == [
        ("due", "minute", None, "Europe/Amsterdam"),
        ("register", "day", "00:25", "Europe/Amsterdam"),
    ]


@pytest.mark.parametrize(("sent", "exit_code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_the_ticker_ticks_at_its_start_and_stops_when_told(year: str, sent: signal.Signals, exit_code: int) -> None:
    with subprocess.Popen(
        [PROGRAM, "scheduler", "run", "--database", year], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        told_by = [process.stdout.readline() for _ in range(3)]
        process.send_signal(sent)
        _, told = process.communicate()

    assert told_by[0] == "This scheduler leads.\n"
    assert told_by[1].startswith("due: 1 QuestionnaireLapsed, 1 Unpublished, of 2 contracts")
    assert told_by[2].startswith("register: nothing to record")
    assert told == "Stopped; the next start makes up for what was missed.\n"
    assert process.returncode == exit_code


def test_what_was_given_up_is_tried_anew_on_demand(run: Run, year: str) -> None:
    with open_system(year) as system:
        item = DueItem(1, FORGOTTEN, "questionnaire_lapse")
        system.ticking.failures.put(Failed(item, 6, system.clock.now(), None, "the disk was full"))

    nothing = run("scheduler", "retry", "caresq/04001234/FYS/2025-2026", "--database", year).stdout
    told = run("scheduler", "retry", "--database", year).stdout
    assert nothing == "Nothing failed of caresq/04001234/FYS/2025-2026.\n"
    assert told == f"{FORGOTTEN}: questionnaire lapse is tried anew at the next tick\n"
    assert run("scheduler", "retry", "--database", year).stdout == "Nothing failed.\n"


def test_the_list_of_deadlines_tells_what_failed_and_whether_it_was_given_up(run: Run, year: str) -> None:
    with open_system(year) as system:
        system.ticking.due.bring_up()
        now = system.clock.now()
        due = system.ticking.due.due(to_microseconds(now), after=None, limit=9)
        item = next(each for each in due if each.subject == FORGOTTEN)
        system.ticking.failures.put(Failed(item, 6, now, None, "the disk was full"))

    told = json.loads(run("deadlines", "list", "--purchaser", "caresq", "--database", year, "--json").stdout)
    [found] = [each for each in told["items"] if each["error"] is not None]
    assert (found["contract_id"], found["attempts"], found["error"]) == (FORGOTTEN, 6, "the disk was full")
    assert found["next_try_at"] is None

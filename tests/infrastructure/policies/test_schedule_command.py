"""``contractspoor policy schedule``, run as a person runs it."""

import json
from pathlib import Path

import pytest

from application.queries.horizon import Asked
from application.queries.schedule import schedule
from infrastructure.bootstrap import open_system
from tests.infrastructure.policies.command_line import Run

VALID = "tests/policy_mistakes/valid.yaml"
EARLIER_DEADLINE = """amends: caresq-2025
ground: policy
clause: CQ25-D-2
note: An invented change.
set:
  planning:
    - kind: publication
      label: Publicatie
      care_types: [FYS, OEF, LOG]
      day: 2024-11-12
      clause: CQ25-5-16
    - kind: signing
      label: Uiterste tekendatum
      care_types: [FYS, OEF, LOG]
      day: 2024-11-07
      clause: CQ25-5-15
    - kind: questionnaire_deadline
      label: Deadline vragenlijst
      care_types: [FYS, OEF, LOG]
      day: 2024-10-10
      boundary: exclusive
      clause: CQ25-5-14
"""


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder without a database, and no setting that names one."""
    monkeypatch.delenv("CONTRACTSPOOR_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("nowhere")
def test_the_packaged_planning_is_shown_with_its_instants_in_amsterdam(run: Run, tmp_path: Path) -> None:
    result = run("schedule", "caresq-2025")
    assert result.exit_code == 0
    assert result.stdout.count("(CQ25-5-") == 9
    for told in (
        "2024-10-20 inclusive      deadline, too late from 2024-10-21 00:00:00 CEST",
        "2024-11-12 inclusive      first day, not before 2024-11-12 00:00:00 CET",
        "questionnaire_deadline for LOG OEF FYS (CQ25-5-14, OD16)",
        "(Eind augustus 2024)",
        "Europe/Amsterdam",
        "Not adopted in a log",
    ):
        assert told in result.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_shown_without_a_log(run: Run) -> None:
    answer = json.loads(run("schedule", VALID, "--json").stdout)
    assert (answer["policy_id"], answer["source"]) == ("example-2030", "file")
    assert [row["label"] for row in answer["rows"]] == ["Offer", "Deadline", "Signing", "Publication"]
    assert answer["rows"][1]["too_late_at"] == "2029-10-20T22:00:00.000000Z"


def test_an_amendment_is_shown_with_what_it_leaves_as_it_is(run: Run) -> None:
    answer = json.loads(run("schedule", "tests/scenarios/policies/caresq-2025-fys-two-years.yaml", "--json").stdout)
    assert answer["policy_id"] == "caresq-2025"
    assert len(answer["rows"]) == 9


def test_the_adopted_planning_is_that_of_the_instant_asked(
    run: Run, adopted: Run, database_url: str, tmp_path: Path
) -> None:
    change = tmp_path / "change.yaml"
    change.write_text(EARLIER_DEADLINE, encoding="utf-8")
    adopted(database_url, "caresq-2025")
    adopted(database_url, str(change))

    now = json.loads(run("schedule", "caresq-2025", "--database", database_url, "--json").stdout)
    before = run("schedule", "caresq-2025", "--database", database_url, "--position", "1", "--json")

    assert [row["kind"] for row in now["rows"]] == ["questionnaire_deadline", "signing", "publication"]
    assert now["rows"][0]["too_late_at"] == "2024-10-09T22:00:00.000000Z"
    assert (now["source"], now["policy_position"]) == ("adopted", 2)
    assert (len(json.loads(before.stdout)["rows"]), json.loads(before.stdout)["policy_position"]) == (9, 1)


def test_the_command_answers_what_the_query_answers(run: Run, adopted: Run, sqlite_url: str) -> None:
    adopted(sqlite_url, "caresq-2025")
    with open_system(sqlite_url) as system:
        answer = schedule(system.contracting, "caresq-2025", Asked(position=1)).model_dump(mode="json")
    told = json.loads(run("schedule", "caresq-2025", "--database", sqlite_url, "--position", "1", "--json").stdout)
    assert told == {"source": "adopted", **answer}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("caresq-2025", "--known-at", "2024-01-01"), 1, "caresq-2025 was not adopted, as known at"),
        (("caresq-2025", "--known-at", "2999-01-01"), 1, "later than now"),
        (("zzz",), 1, "zzz: no packaged policy and no YAML file; packaged are asr-2024, caresq-2025"),
        (("gone.yaml",), 1, "gone.yaml: there is no such file"),
        ((VALID, "--position", "1"), 2, "is a file, of which no log knows; ask about an adopted policy by its id"),
    ],
)
def test_bad_input_gets_one_clear_line(
    run: Run, sqlite_url: str, arguments: tuple[str, ...], code: int, message: str
) -> None:
    result = run("schedule", *arguments, "--database", sqlite_url)
    assert result.exit_code == code
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""

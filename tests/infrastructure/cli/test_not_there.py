"""Not there, not known yet, and can not be read: three answers that are never taken for each other."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.infrastructure.cli.command_lines import ON_A_DATABASE, every_command, line_of
from tests.infrastructure.cli.conftest import CONTRACT, Run

QUESTIONS = {
    "contract show": ("contract", "show", CONTRACT),
    "contract why": ("contract", "why", CONTRACT),
    "contract events": ("contract", "events", CONTRACT),
    "contract agreement": ("contract", "agreement", CONTRACT),
    "contract diff": ("contract", "diff", CONTRACT, "--from", "2024-12-01", "--to", "2025-06-15"),
    "audit trail": ("audit", "trail", "--contract", CONTRACT),
    "audit why": ("audit", "why", f"{CONTRACT}@2"),
    "decision reproduce": ("decision", "reproduce", f"{CONTRACT}@12"),
    "round report": ("round", "report", "caresq-2025", "--csv", "-"),
    "round status": ("round", "status", "caresq-2025"),
}
"""Questions that rest on the facts of one contract."""
OF_THE_PRACTICE = {
    "providers show": ("providers", "show", "04001234"),
    "contract show": QUESTIONS["contract show"],
    "audit trail": ("audit", "trail", "--provider", "04001234", "--every-purchaser"),
}
OF_THE_POLICY = {
    "policy show": ("policy", "show", "caresq-2025"),
    "policy schedule": ("policy", "schedule", "caresq-2025"),
    "contract show": QUESTIONS["contract show"],
}
DAMAGES = {
    "a newer program's fact": "topic = 'Signed.v99'",
    "bytes that are no JSON": "state = x'00ff7b'",
    "JSON that is no such fact": "state = CAST('{\"nothing\": 1}' AS BLOB)",
}


def damaged(url: str, stream: str, version: int, what: str) -> None:
    """A row of the log as a failing disk, or a newer program, may leave it; the triggers do not look at disks."""
    with closing(sqlite3.connect(Path(url.removeprefix("sqlite:///")))) as connection:
        connection.execute("DROP TRIGGER log_refuses_update")
        connection.execute(f"UPDATE log SET {what} WHERE stream_id = ? AND version = ?", (stream, version))
        assert connection.total_changes == 1
        connection.commit()


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("name", QUESTIONS)
def test_a_fact_that_can_not_be_read_is_told_by_name(run: Run, year: str, name: str, damage: str) -> None:
    damaged(year, CONTRACT, 8, DAMAGES[damage])
    told = run(*QUESTIONS[name], "--database", year)

    assert (told.exit_code, f"{CONTRACT}@8" in told.stderr) == (5, True), told
    assert told.stderr.count("\n") == 1
    assert "unexpectedly" not in told.stderr


@pytest.mark.parametrize("name", OF_THE_PRACTICE)
def test_a_practice_that_can_not_be_read_is_not_a_practice_that_is_not_there(run: Run, year: str, name: str) -> None:
    damaged(year, "provider/04001234", 1, DAMAGES["bytes that are no JSON"])
    told = run(*OF_THE_PRACTICE[name], "--database", year)
    assert (told.exit_code, "provider/04001234@1" in told.stderr) == (5, True), told


@pytest.mark.parametrize("name", OF_THE_POLICY)
@pytest.mark.parametrize(
    "damage", ["state = x'00ff7b'", "state = CAST(replace(state, 'care_types', 'care_tapes') AS BLOB)"]
)
def test_a_policy_that_can_not_be_read_is_told(run: Run, year: str, name: str, damage: str) -> None:
    damaged(year, "policy/caresq-2025", 2, damage)
    told = run(*OF_THE_POLICY[name], "--database", year)
    assert (told.exit_code, "policy/caresq-2025@2" in told.stderr) == (5, True), told


@pytest.mark.parametrize("name", ["contract events", "audit trail", "audit why", "decision reproduce"])
def test_an_envelope_that_can_not_be_read_is_told(run: Run, year: str, name: str) -> None:
    damaged(year, CONTRACT, 2, "context = x'00'")
    told = run(*QUESTIONS[name], "--database", year)
    assert (told.exit_code, f"{CONTRACT}@2" in told.stderr) == (5, True), told


def test_an_error_in_json_says_which_of_the_three_it_is(run: Run, year: str) -> None:
    unknown = run("contract", "show", "caresq/04009999/FYS/2025-2026", "--json", "--database", year)
    early = run("contract", "show", CONTRACT, "--known-at", "2024-01-01", "--json", "--database", year)
    damaged(year, CONTRACT, 8, DAMAGES["bytes that are no JSON"])
    unreadable = run("contract", "show", CONTRACT, "--json", "--database", year)

    told = [json.loads(each.stderr)["error"] for each in (unknown, early, unreadable)]
    assert [(each["code"], each["exit_code"]) for each in told] == [
        ("PROVIDER_UNKNOWN", 4),
        ("NOT_KNOWN_YET", 3),
        ("DAMAGED_FACT", 5),
    ]
    assert [each.exit_code for each in (unknown, early, unreadable)] == [4, 3, 5]


@pytest.mark.parametrize(
    "line",
    [
        ("providers", "show", "04009999"),
        ("contract", "show", "caresq/04009999/FYS/2025-2026"),
        ("contract", "show", CONTRACT, "--position", "9999"),
        ("contract", "show", "caresq/04001234/FYS/2031"),
        ("contract", "agreement", "caresq/05007788/LOG/2025-2026"),
        ("contract", "agreement", CONTRACT, "--sha256", "0" * 64),
        ("evidence", "download", CONTRACT, "kngf-2", "read.pdf"),
        ("audit", "why", f"{CONTRACT}@99"),
        ("audit", "trail", "--policy", "caresq-2052"),
        ("decision", "reproduce", f"{CONTRACT}@99"),
        ("round", "status", "caresq-2052"),
        ("round", "report", "caresq-2052", "--csv", "-"),
    ],
    ids=" ".join,
)
def test_what_the_log_does_not_have_is_not_there(run: Run, year: str, line: tuple[str, ...]) -> None:
    told = run(*line, "--database", year)
    assert (told.exit_code, told.stdout) == (4, ""), told


KNOWING = sorted(each.name for each in every_command() if each.has("--known-at") and each.name in ON_A_DATABASE)


@pytest.mark.parametrize("name", KNOWING)
def test_nobody_knows_what_will_be_recorded(run: Run, year: str, tmp_path: Path, name: str) -> None:
    (tmp_path / "claims.csv").write_text("agb,care_type,treatment_date\n04001234,FYS,2025-06-15\n")
    told = run(*line_of(name, tmp_path), "--known-at", "2999-01-01", "--database", year)
    assert (told.exit_code, told.stdout) == (1, ""), told
    assert "is later than now" in told.stderr

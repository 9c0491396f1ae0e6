"""Who reads out what is written down before it is handed out."""

import json
from pathlib import Path

import pytest

from tests.infrastructure.cli.conftest import CONTRACT, Run

EXPORTS = {
    "export of the audit trail": ("audit", "trail", "--contract", CONTRACT, "--jsonl", "-"),
    "export of a round report": ("round", "report", "caresq-2025", "--csv", "-"),
    "export of a contract's facts": ("contract", "events", CONTRACT, "--jsonl"),
}
CLAIMS = ("register", "check", "claims.csv", "--purchaser", "caresq")


@pytest.mark.parametrize("action", EXPORTS)
def test_an_export_is_recorded_with_who_what_and_on_which_answer(run: Run, year: str, action: str) -> None:
    exported = run(*EXPORTS[action], "--reader", "A. Auditor", "--database", year)
    told = run("audit", "access", "--purchaser", "caresq", "--json", "--database", year)

    assert exported.exit_code == 0
    [entry] = json.loads(told.stdout)["entries"]
    assert (entry["reader"], entry["action"], entry["purchaser"]) == ("A. Auditor", action, "caresq")
    assert entry["position"] == 22
    assert "caresq-2025" in entry["subject"] or CONTRACT in entry["subject"]


def test_claims_answered_from_the_register_are_recorded(run: Run, year: str) -> None:
    Path("claims.csv").write_text("agb,care_type,treated_on\n04001234,FYS,2025-06-15\n")
    assert run(*CLAIMS, "--reader", "claims desk", "--database", year).exit_code == 0
    told = run("audit", "access", "--purchaser", "caresq", "--json", "--database", year)

    [entry] = json.loads(told.stdout)["entries"]
    assert (entry["reader"], entry["action"]) == ("claims desk", "claims answered from the register")
    assert entry["subject"] == "claims claims.csv"


def test_who_names_nobody_is_recorded_by_the_setting_or_the_account(
    run: Run, year: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTRACTSPOOR_READER", "nightly export")
    run(*EXPORTS["export of the audit trail"], "--database", year)
    monkeypatch.delenv("CONTRACTSPOOR_READER")
    monkeypatch.setenv("LOGNAME", "inkoper3")
    run(*EXPORTS["export of the audit trail"], "--database", year)
    told = run("audit", "access", "--every-purchaser", "--database", year)

    assert "  by                  nightly export\n" in told.stdout
    assert "  by                  inkoper3\n" in told.stdout


def test_questions_that_hand_nothing_out_are_not_recorded(run: Run, year: str) -> None:
    run("audit", "trail", "--contract", CONTRACT, "--database", year)
    run("contract", "events", CONTRACT, "--json", "--database", year)
    told = run("audit", "access", "--every-purchaser", "--database", year)
    assert (told.exit_code, told.stdout) == (0, "Nobody read anything out.\n")


@pytest.mark.parametrize("action", EXPORTS)
def test_what_can_not_be_recorded_is_not_handed_out(run: Run, year: str, action: str) -> None:
    known = ("--known-at", "2025-07-20")
    told = run(*EXPORTS[action], *known, "--database", f"{year}?mode=ro")
    assert (told.exit_code, told.stdout) == (1, "")
    assert "is read-only" in told.stderr


def test_one_purchasers_accesses_are_apart_from_anothers(run: Run, year: str) -> None:
    run(*EXPORTS["export of the audit trail"], "--database", year)
    run("audit", "trail", "--every-purchaser", "--jsonl", "-", "--database", year)
    mine = run("audit", "access", "--purchaser", "caresq", "--json", "--database", year)
    other = run("audit", "access", "--purchaser", "asr", "--json", "--database", year)
    every = run("audit", "access", "--every-purchaser", "--limit", "1", "--json", "--database", year)
    unsaid = run("audit", "access", "--database", year)

    assert [len(json.loads(each.stdout)["entries"]) for each in (mine, other, every)] == [1, 0, 1]
    assert json.loads(every.stdout)["next_after"] == 1
    assert unsaid.exit_code == 2

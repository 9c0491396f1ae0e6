"""The commands of ``contractspoor policy``, run as a person runs them."""

import json
import re
from pathlib import Path

import pytest

from domain.policy.consistency import cited_clauses
from infrastructure.policies.library import PolicyFiles
from tests.infrastructure.policies.command_line import Run

BROKEN = "tests/policy_mistakes/documents/three_mistakes_at_once.yaml"


def test_check_says_that_the_packaged_policies_are_good(run: Run) -> None:
    result = run("check", "caresq-2025", "caresq-2025-fys-term")
    assert result.exit_code == 0
    assert [line.split(":")[0] for line in result.stdout.splitlines()] == ["caresq-2025", "caresq-2025-fys-term"]


def test_check_prints_every_mistake_of_every_file_and_fails(run: Run) -> None:
    result = run("check", BROKEN, "caresq-2025", "gone.yaml")
    assert result.exit_code == 1
    assert len([line for line in result.stdout.splitlines() if line.startswith(f"{BROKEN}:")]) == 4
    assert "gone.yaml: there is no such file" in result.stdout


def test_check_answers_in_json(run: Run) -> None:
    result = run("check", "--json", BROKEN)
    (answer,) = json.loads(result.stdout)
    assert result.exit_code == 1
    assert answer["file"] == BROKEN
    assert answer["mistakes"][1]["path"] == "care_types.FYS.tiers[0].at_least"


def test_show_tells_identity_planning_and_rules_with_their_clauses(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CONTRACTSPOOR_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    result = run("show", "caresq-2025")
    assert result.exit_code == 0
    for told in ("UZOVI 3360", "Eind augustus 2024", "CQ25-5-14, OD16", "undecided: until 2025-12-31 or 2026-12-31"):
        assert told in result.stdout
    for told in ("at least 1 of krf_nl, skf, irf_kngf", "implies kngf (CQ25-3.2-22, OD03)", "Not adopted in a log"):
        assert told in result.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("policy_id", [name for name in PolicyFiles().packaged if "fys-term" not in name])
def test_show_names_every_clause_that_a_policy_cites(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, policy_id: str
) -> None:
    monkeypatch.delenv("CONTRACTSPOOR_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    shown = set(re.findall(r"[A-Z]+[0-9]{2}-[0-9A-Za-z.-]+", run("show", policy_id).stdout))
    document = PolicyFiles().read(policy_id).document(None)
    used = {code for rules in document.care_types.values() for code in rules.conditions}
    data = document.model_dump(mode="json")
    data["conditions"] = {code: each for code, each in data["conditions"].items() if code in used}
    assert {clause for _, clause in cited_clauses(data)} - shown == set()


def test_show_reads_a_file_without_a_log(run: Run) -> None:
    answer = json.loads(run("show", "tests/policy_mistakes/valid.yaml", "--json").stdout)
    assert (answer["policy_id"], answer["source"], answer["versions"]) == ("example-2030", "file", [])


def test_show_lists_the_adopted_versions_with_position_and_hash(run: Run, adopted: Run, database_url: str) -> None:
    adopted(database_url, "caresq-2025")
    adopted(database_url, "caresq-2025-fys-term")
    result = run("show", "caresq-2025", "--database", database_url, "--json")
    answer = json.loads(result.stdout)
    assert [version["position"] for version in answer["versions"]] == [1, 2]
    assert answer["document_sha256"] == answer["versions"][1]["document_sha256"]
    assert answer["document"]["care_types"]["FYS"]["term"]["end"] == "2025-12-31"
    assert answer["position"] == 2


def test_show_as_known_before_the_amendment_tells_the_first_version(run: Run, adopted: Run, sqlite_url: str) -> None:
    adopted(sqlite_url, "caresq-2025")
    first = json.loads(run("show", "caresq-2025", "--database", sqlite_url, "--json").stdout)
    adopted(sqlite_url, "caresq-2025-fys-term")
    again = run("show", "caresq-2025", "--database", sqlite_url, "--json", "--known-at", first["known_at"])
    assert json.loads(again.stdout) == first


def test_adopt_says_where_it_stands_and_a_repeat_that_nothing_changed(adopted: Run, sqlite_url: str) -> None:
    first, second = adopted(sqlite_url, "caresq-2025"), adopted(sqlite_url, "caresq-2025")
    assert first.stdout.startswith("caresq-2025: adopted at position 1, in force from ")
    assert second.stdout.startswith("caresq-2025: nothing changed, it was adopted before at position 1")
    assert (first.exit_code, second.exit_code) == (0, 0)


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("adopt", "caresq-2025-fys-term"), 1, "refused: NOTHING_TO_AMEND: "),
        (("adopt", "caresq-2026"), 1, 'caresq-2026: no packaged policy and no YAML file, did you mean "caresq-2025"?'),
        (("adopt", BROKEN), 1, f'{BROKEN}:74: care_types.FYS.tiers[0].at_least: found "two", expected a whole number'),
        (("adopt", "caresq-2025", "--occurred-at", "2024-05-01T09:00:00"), 2, "without a zone"),
        (("adopt", "caresq-2025", "--occurred-at", "2024-02-30T09:00:00Z"), 2, "which does not exist"),
        (("adopt", "caresq-2025", "--occurred-at", "2024-05-01T09:00:00Z"), 1, "refused: REASON_MISSING: "),
        (("adopt", "caresq-2025", "--ground", "whim"), 2, "'whim' is not one of"),
        (("show", "caresq-2025", "--known-at", "2024-02-30"), 2, 'found "2024-02-30", a day that does not'),
        (("show", "caresq-2025", "--known-at", "2999-01-01"), 1, "later than now"),
        (("show", "caresq-2025", "--known-at", "2024-01-01"), 1, "caresq-2025 was not adopted, as known at"),
        (("show", BROKEN, "--position", "1"), 2, "is a file, of which no log knows"),
        (("show", "zzz"), 1, "zzz: no packaged policy and no YAML file; packaged are asr-2024, caresq-2025"),
    ],
)
def test_bad_input_gets_one_clear_line_and_stores_nothing(
    run: Run, sqlite_url: str, arguments: tuple[str, ...], code: int, message: str
) -> None:
    actor = ("--actor", "inkoper@caresq") if arguments[0] == "adopt" else ()
    result = run(*arguments, *actor, "--database", sqlite_url)
    assert result.exit_code == code
    assert message in result.stderr
    assert "Traceback" not in result.stdout + result.stderr
    assert json.loads(run("show", "caresq-2025", "--database", sqlite_url, "--json").stdout)["versions"] == []


def test_a_database_that_is_not_there_is_told(adopted: Run, tmp_path: Path) -> None:
    result = adopted(f"sqlite:///{tmp_path / 'gone.db'}", "caresq-2025")
    assert result.exit_code == 1
    assert "contractspoor database upgrade" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["show", "adopt"])
def test_a_setting_that_can_not_be_used_is_told(run: Run, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setenv("CONTRACTSPOOR_DATABASE_URL", "")
    result = run(command, "caresq-2025", *(("--actor", "inkoper@caresq") if command == "adopt" else ()))
    assert result.exit_code == 2
    assert result.stderr.startswith("CONTRACTSPOOR_DATABASE_URL: ")

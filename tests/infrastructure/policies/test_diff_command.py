"""``contractspoor policy diff``, run as a person runs it."""

import json
from pathlib import Path

import pytest

from domain.policy.differences import Change, applied
from infrastructure.policies.library import PolicyFiles
from tests.infrastructure.policies.command_line import Run

VALID = "tests/policy_mistakes/valid.yaml"
TWO_YEARS = "tests/scenarios/policies/caresq-2025-fys-two-years.yaml"


@pytest.fixture
def without_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONTRACTSPOOR_DATABASE_URL", raising=False)


@pytest.mark.usefixtures("without_log")
def test_an_amendment_is_compared_with_the_policy_that_it_changes(run: Run) -> None:
    result = run("diff", "caresq-2025", "caresq-2025-fys-term")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "from  caresq-2025 as packaged",
        "to    caresq-2025-fys-term laid over caresq-2025 as packaged",
        "",
        "CQ25-4-7",
        "  changed care_types.FYS.term.clause: CQ25-4-6 -> CQ25-4-7",
        "  changed care_types.FYS.term.end: undecided -> 2025-12-31",
        "  removed care_types.FYS.term.options",
        "      - 2025-12-31, 2026-12-31",
        "",
        "3 differences",
    ]


@pytest.mark.usefixtures("without_log")
def test_rules_that_come_and_go_are_shown_whole_under_the_entry_they_lie_in(run: Run, tmp_path: Path) -> None:
    changed = tmp_path / "changed.yaml"
    text = Path(VALID).read_text(encoding="utf-8")
    row = "  - kind: other\n    label: Reminder\n    care_types: [FYS]\n    day: 2029-10-01\n    clause: EX30-5-9\n"
    without_offer = text[: text.index("  - kind: offer")] + text[text.index("publication: {mode") :]
    changed.write_text(without_offer.replace("planning:\n", f"planning:\n{row}", 1), encoding="utf-8")
    lines = run("diff", VALID, str(changed)).stdout.splitlines()
    gone, come = lines.index("    removed rule planning[3]"), lines.index("    added rule planning[0]")
    assert lines[gone - 2 : gone + 2] == [
        "EX30-5-4",
        "  Offer",
        "    removed rule planning[3]",
        "      - clause: EX30-5-4",
    ]
    assert lines[come - 2 : come + 2] == [
        "EX30-5-9",
        "  Reminder",
        "    added rule planning[0]",
        "      + clause: EX30-5-9",
    ]
    assert "      - window.first_day: 2029-09-11" in lines
    assert "      + day: 2029-10-01" in lines


@pytest.mark.usefixtures("without_log")
def test_equal_documents_have_no_differences(run: Run) -> None:
    result = run("diff", VALID, VALID)
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "no differences")


@pytest.mark.usefixtures("without_log")
def test_the_changes_in_json_can_be_made_to_the_first_document(run: Run) -> None:
    answer = json.loads(run("diff", "caresq-2025", VALID, "--json").stdout)
    caresq, example = (PolicyFiles().read(name).document(None) for name in ("caresq-2025", VALID))
    fields = Change.model_fields.keys()
    changes = [Change.model_validate({key: each[key] for key in fields}) for each in answer["changes"]]
    assert applied(caresq, changes) == example
    assert (answer["a"]["source"], answer["b"]["source"]) == ("packaged", "file")
    assert answer["changes"][0]["path_text"] == "id"


def test_adopted_versions_are_compared_by_their_positions(run: Run, adopted: Run, database_url: str) -> None:
    adopted(database_url, "caresq-2025")
    adopted(database_url, "caresq-2025-fys-term")
    answer = json.loads(run("diff", "caresq-2025@1", "caresq-2025@2", "--database", database_url, "--json").stdout)
    assert (answer["a"]["position"], answer["b"]["position"]) == (1, 2)
    assert {each["clause"] for each in answer["changes"]} == {"CQ25-4-7"}


def test_an_id_alone_is_the_version_in_force_and_an_amendment_is_laid_over_it(
    run: Run, adopted: Run, sqlite_url: str
) -> None:
    adopted(sqlite_url, "caresq-2025")
    adopted(sqlite_url, "caresq-2025-fys-term")
    result = run("diff", "caresq-2025", TWO_YEARS, "--database", sqlite_url)
    assert result.stdout.splitlines() == [
        "from  caresq-2025 as adopted at position 2",
        f"to    {TWO_YEARS} laid over caresq-2025 as adopted at position 2",
        "",
        "CQ25-4-7",
        "  changed care_types.FYS.term.end: 2025-12-31 -> 2026-12-31",
        "",
        "1 difference",
    ]


def test_an_amendment_of_another_policy_is_laid_over_its_own(run: Run, sqlite_url: str) -> None:
    result = run("diff", VALID, TWO_YEARS, "--database", sqlite_url)
    assert f"to    {TWO_YEARS} laid over caresq-2025 as packaged" in result.stdout


@pytest.mark.parametrize(
    ("names", "code", "message"),
    [
        (("caresq-2025@2", "caresq-2025"), 1, "caresq-2025 was not adopted at position 2; it was at 1"),
        (("asr-2024@1", "caresq-2025"), 1, "asr-2024 was not adopted at position 1; it never was in this log"),
        (("caresq-2025@one", "caresq-2025"), 2, "found caresq-2025@one, expected ID@POSITION, such as caresq-2025@1"),
        (("caresq-2025", "caresq-2O25"), 1, 'caresq-2O25: no packaged policy and no YAML file, did you mean "caresq-'),
        (("caresq-2025", "gone.yaml"), 1, "gone.yaml: there is no such file"),
        (("caresq-2025",), 2, "Missing argument 'B'"),
    ],
)
def test_bad_input_gets_one_clear_line(
    run: Run, adopted: Run, sqlite_url: str, names: tuple[str, ...], code: int, message: str
) -> None:
    adopted(sqlite_url, "caresq-2025")
    result = run("diff", *names, "--database", sqlite_url)
    assert result.exit_code == code
    assert message in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_adopted_versions_need_a_log(run: Run, tmp_path: Path) -> None:
    result = run("diff", "caresq-2025@1", VALID, "--database", f"sqlite:///{tmp_path / 'gone.db'}")
    assert result.exit_code == 1
    assert "contractspoor database upgrade" in result.stderr
    assert list(tmp_path.iterdir()) == []

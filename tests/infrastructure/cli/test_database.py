"""``contractspoor database``: set up, upgrade, state, on both databases."""

import json
from pathlib import Path

import pytest

from infrastructure.persistence.schema import REVISIONS
from tests.infrastructure.cli.conftest import Run

NEWEST = REVISIONS[-1]


@pytest.fixture(params=["sqlite", "postgres"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database in which nothing has been set up, of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'bare.db'}"
    return str(request.getfixturevalue("bare_postgres_url"))


def test_an_upgrade_says_from_where_to_where_and_a_second_one_that_there_is_nothing_to_do(
    run: Run, bare_url: str
) -> None:
    first = run("database", "upgrade", "--database", bare_url)
    second = run("database", "upgrade", "--database", bare_url)

    assert first.stdout.startswith("Upgraded the database ")
    assert first.stdout.endswith(f" from nothing to version {NEWEST}.\n")
    assert second.stdout.startswith("Nothing to do: the database ")
    assert (first.exit_code, second.exit_code) == (0, 0)


def test_an_upgrade_answers_in_json(run: Run, bare_url: str) -> None:
    answers = [json.loads(run("database", "upgrade", "--database", bare_url, "--json").stdout) for _ in range(2)]

    assert [(each["before"], each["after"]) for each in answers] == [(None, NEWEST), (NEWEST, NEWEST)]


def test_a_database_that_is_set_up_is_used_as_the_environment_names_it(
    run: Run, bare_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTRACTSPOOR_DATABASE_URL", bare_url)
    run("database", "upgrade")
    adopted = run("policy", "adopt", "caresq-2025", "--actor", "board")
    state = json.loads(run("database", "status", "--json").stdout)

    assert adopted.exit_code == 0
    assert (state["ready"], state["version"], state["position"]) == (True, NEWEST, 1)
    assert "geheim" not in state["database"]


def test_the_state_of_a_log_tells_its_last_fact(run: Run, year: str) -> None:
    told = run("database", "status", "--database", year)

    assert told.exit_code == 0
    assert told.stdout.splitlines()[0].endswith(f" is at version {NEWEST} and ready.")
    assert told.stdout.splitlines()[1].endswith("recorded at 2025-08-20 12:00:00 CEST (Europe/Amsterdam).")


def test_a_log_without_facts_is_ready(run: Run, bare_url: str) -> None:
    run("database", "upgrade", "--database", bare_url)
    told = run("database", "status", "--database", bare_url)

    assert told.stdout.endswith(f" is at version {NEWEST} and ready; nothing has been recorded yet.\n")


def test_without_option_and_environment_the_log_is_a_file_in_the_present_folder(run: Run) -> None:
    run("database", "upgrade")

    assert Path("contractspoor.db").exists()

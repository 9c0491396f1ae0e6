"""What two answers differ in, from the command line."""

import json

import pytest

from tests.infrastructure.cli.conftest import CONTRACT, Run

JUNE = ("--axis", "known", "--effective-on", "2025-06-15")
ENDS = ("--from", "2025-07-20", "--to", "2025-08-31")


def test_a_difference_reads_as_old_and_new_with_the_facts_behind_it(run: Run, year: str) -> None:
    told = run("contract", "diff", CONTRACT, *JUNE, *ENDS, "--database", year)

    assert told.exit_code == 0
    assert "  tier                D -> C\n" in told.stdout
    assert "because of @11, @12\n" in told.stdout
    assert "@11  EvidenceAccepted\n  happened            2025-08-20 12:00:00 CEST (Europe/Amsterdam)\n" in told.stdout


def test_nothing_differs_is_an_answer(run: Run, year: str) -> None:
    same = ("--from", "2025-06-15", "--to", "2025-06-15", "--database", year)
    told, data = run("contract", "diff", CONTRACT, *same), run("contract", "diff", CONTRACT, *same, "--json")

    assert (told.exit_code, told.stdout.splitlines()[3]) == (0, "  Nothing differs.")
    assert json.loads(data.stdout)["changes"] == []


def test_an_end_left_out_is_now(run: Run, year: str) -> None:
    told = run("contract", "diff", CONTRACT, *JUNE, "--from", "2025-07-20", "--database", year)
    assert "  tier                D -> C\n" in told.stdout


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("--from", "2025-07-20T12:00Z"), "an instant goes with --axis known"),
        (("--from", "2025-07-20", "--effective-on", "2025-06-15"), "--effective-on: --from and --to say it already"),
        ((*JUNE, "--from", "2025-07-20", "--known-at", "2025-08-01"), "--known-at: --from and --to say it already"),
        ((*JUNE, "--from", "2025-07-20", "--position", "3"), "--position: --from and --to say it already"),
    ],
)
def test_a_date_is_said_once(run: Run, year: str, wrong: tuple[str, ...], told: str) -> None:
    result = run("contract", "diff", CONTRACT, *wrong, "--database", year)
    assert (result.exit_code, result.stdout) == (2, "")
    assert told in result.stderr


def test_a_future_instant_and_a_log_that_knew_nothing_are_told_apart(run: Run, year: str) -> None:
    future = run("contract", "diff", CONTRACT, *JUNE, "--from", "2025-07-20", "--to", "2999-01-01", "--database", year)
    before = run("contract", "diff", CONTRACT, *JUNE, "--from", "2023-01-01", "--to", "2024-01-01", "--database", year)

    assert (future.exit_code, "is later than now" in future.stderr) == (1, True)
    assert (before.exit_code, "not known yet" in before.stderr) == (3, True)

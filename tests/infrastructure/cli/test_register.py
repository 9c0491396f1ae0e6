"""``contractspoor register``: pages of contracts, and claims one by one."""

import json

import pytest

from tests.infrastructure.cli.conftest import CONTRACT, FORGOTTEN, Run

SHORT = ("--limit", "1", "--effective-on", "2025-06-15")


def listed(run: Run, url: str, *arguments: str) -> dict[str, object]:
    result = run("register", "list", "--purchaser", "caresq", *arguments, "--database", url, "--json")
    assert result.exit_code == 0, result.stderr
    found: dict[str, object] = json.loads(result.stdout)
    return found


def contracts(answer: dict[str, object]) -> list[str]:
    return [each["contract_id"] for each in answer["contracts"]]  # type: ignore[attr-defined]


def claim(run: Run, url: str, *arguments: str) -> dict[str, object]:
    result = run("register", "lookup", *arguments, "--purchaser", "caresq", "--database", url, "--json")
    assert result.exit_code == 0, result.stderr
    found: dict[str, object] = json.loads(result.stdout)[0]
    return found


def test_the_list_has_every_contract_of_the_purchaser_in_order(run: Run, year: str) -> None:
    assert contracts(listed(run, year)) == [CONTRACT, FORGOTTEN]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--tier", "C", "--effective-on", "2025-06-15"), [CONTRACT]),
        (("--tier", "D", "--effective-on", "2025-06-15"), []),
        (("--tier", "D", "--effective-on", "2025-05-31"), [CONTRACT]),
        (("--tier", "D", "--effective-on", "2025-06-15", "--known-at", "2025-07-20"), [CONTRACT]),
        (("--status", "questionnaire_lapsed"), [FORGOTTEN]),
        (("--status", "questionnaire_open", "--effective-on", "2024-10-20"), [FORGOTTEN]),
        (("--listed", "--effective-on", "2024-11-12"), [CONTRACT]),
        (("--listed", "--effective-on", "2024-11-11"), []),
        (("--no-listed", "--effective-on", "2025-06-15"), [FORGOTTEN]),
        (("--care-type", "LOG"), [FORGOTTEN]),
        (("--effective-on", "2024-08-27"), [FORGOTTEN]),
    ],
)
def test_a_filter_leaves_what_held_on_the_day_as_known_then(
    run: Run, year: str, arguments: tuple[str, ...], expected: list[str]
) -> None:
    assert contracts(listed(run, year, *arguments)) == expected


def test_pages_follow_each_other_with_the_same_knowledge(run: Run, year: str) -> None:
    first = listed(run, year, "--limit", "1")
    second = listed(run, year, "--limit", "1", "--page", str(first["next_page"]))
    assert contracts(first) + contracts(second) == [CONTRACT, FORGOTTEN]
    assert (first["known_at"], first["position"]) == (second["known_at"], second["position"])
    assert second["next_page"] is None


def test_a_page_goes_on_as_the_one_before_and_takes_no_other_day(run: Run, year: str) -> None:
    place = str(listed(run, year, "--limit", "1")["next_page"])
    other = ("--page", place, "--effective-on", "2025-01-01")
    result = run("register", "list", "--purchaser", "caresq", *other, "--database", year)
    assert result.exit_code == 2
    assert "--page goes on with the day" in result.stderr


def test_a_claim_is_contracted_in_the_tier_of_its_day_as_known_then(run: Run, year: str) -> None:
    now = claim(run, year, "04001234", "FYS", "2025-06-15")
    assert (now["claims"], now["contract_id"], now["tier"], now["tier_from"]) == (
        "contracted",
        CONTRACT,
        "C",
        "2025-06-01",
    )
    then = claim(run, year, "04001234", "FYS", "2025-06-15", "--known-at", "2025-07-20")
    assert then["tier"] == "D"


@pytest.mark.parametrize(
    ("arguments", "claims", "reason"),
    [
        (("04001234", "FYS", "2024-12-31"), None, "no_policy"),
        (("05007788", "LOG", "2025-03-01"), "not_contracted", "questionnaire_lapsed"),
        (("04001234", "LOG", "2025-03-01"), "not_contracted", "no_procedure"),
        (("04111111", "FYS", "2025-03-01"), "not_contracted", "practice_unknown"),
        (("04001234", "ZKH", "2025-03-01"), "not_contracted", "transferred"),
        (("04001234", "FYS", "2022-03-01"), None, "no_policy"),
    ],
)
def test_who_is_not_contracted_is_told_why(
    run: Run, year: str, arguments: tuple[str, ...], claims: str | None, reason: str
) -> None:
    found = claim(run, year, *arguments)
    assert (found["claims"], found["reason"]) == (claims, reason)


def test_before_the_first_adoption_nothing_is_known_yet(run: Run, year: str) -> None:
    early = ("--known-at", "2024-03-01", "--database", year)
    assert run("register", "lookup", "04001234", "FYS", "2025-06-15", "--purchaser", "caresq", *early).exit_code == 3
    result = run("register", "list", "--purchaser", "caresq", *early)
    assert result.exit_code == 3
    assert result.stderr.endswith("not known yet: no policy of caresq was adopted by then\n")


def test_what_is_told_in_words_names_contract_tier_and_knowledge(run: Run, year: str) -> None:
    result = run("register", "lookup", "04001234", "FYS", "2025-06-15", "--database", year)
    assert "04001234 FYS on 2025-06-15 at caresq: contracted" in result.stdout
    assert "C from 2025-06-01" in result.stdout
    listed_words = run("register", "list", "--purchaser", "caresq", *SHORT, "--database", year).stdout
    assert f"{CONTRACT}  signed  tier C from 2025-06-01  2025-01-01..2025-12-31  listed" in listed_words
    assert "--page" in listed_words

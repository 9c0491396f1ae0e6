"""Invented insurers that the real policies do not exercise: every document is clean, shown, compared and kept whole."""

from itertools import pairwise
from pathlib import Path

import pytest

from application.policies import check
from domain.policy.adoption import canonical
from domain.policy.differences import applied, differences
from domain.policy.document import PolicyDocument
from infrastructure.policies.library import PolicyFiles
from tests.infrastructure.policies.command_line import Run

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "tests" / "fictional_policies"
DOCUMENTS = sorted(path for path in FOLDER.glob("*.yaml") if "\namends:" not in path.read_text(encoding="utf-8"))
AMENDMENTS = {"verlenging-2027-een-jaar-langer": "verlenging-2027"}
SHOWN = {
    "bandbreedte-2027": ("prem_score at least 8.0 and below 9.0, or", "while a number is not known"),
    "kwartaalzorg-2027": ("round_start: on next_quarter_day (KZ27-4-15)", "round_start: on fixed_day, day 2027-03-01"),
    "looptijd-2027": ("term until 2028-12-31 (LT27-4-15)", "term_of_tier: after_signing stays (LT27-4-16)"),
    "modulair-2027": (
        "module complex: Complexe zorg, asks trained_complex, covenant",
        "ends with_the_month (MD27-3.4-5)",
    ),
    "puntenhuis-2027": ("1/3 points (PH27-3.3-3)", "at least 3.5 points"),
    "samenkoop-2027": ("Noordzee Zorg, UZOVI 0431, labels noordzee, waddenpolis", "Onderlinge De Polder, UZOVI 0433"),
    "schrikkel-2028": ("term 2027-03-01..2028-02-29", "years 3"),
    "verlenging-2027": ("extension: until 2028-06-30, by notice, notice_until 2027-09-30 (VL27-4-16)",),
    "zonnewende-2027": ("measured: at least 3/5 of all heads (ZW27-3.2-2), 20 hours a week", "Goud"),
}
"""What the page of each must say of what it is about."""


def document_of(path: Path) -> PolicyDocument:
    return PolicyFiles().read(str(path)).document(None)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_it_has_no_mistake_and_reads_back_as_it_is_stored(path: Path) -> None:
    assert check(PolicyFiles(), [str(path)])[0].mistakes == ()
    document = document_of(path)
    assert document.id == path.stem
    assert canonical(PolicyDocument.model_validate_json(canonical(document))) == canonical(document)


@pytest.mark.parametrize(("amendment", "base"), AMENDMENTS.items())
def test_an_amendment_is_clean_over_the_policy_that_it_amends(amendment: str, base: str) -> None:
    names = [str(FOLDER / f"{name}.yaml") for name in (base, amendment)]
    assert [each.mistakes for each in check(PolicyFiles(), names)] == [(), ()]


def test_every_fictional_policy_is_looked_at() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == {*SHOWN, *AMENDMENTS}


@pytest.mark.parametrize("policy_id", SHOWN)
def test_the_page_says_what_the_policy_is_about(policy_id: str, run: Run) -> None:
    shown = " ".join(run("show", str(FOLDER / f"{policy_id}.yaml")).stdout.split())
    assert [each for each in SHOWN[policy_id] if each not in shown] == []


@pytest.mark.parametrize(("one", "other"), list(pairwise(DOCUMENTS)), ids=lambda path: path.stem)
def test_the_differences_of_two_make_the_one_into_the_other(one: Path, other: Path) -> None:
    old, new = document_of(one), document_of(other)
    assert applied(old, differences(old, new)) == new


def test_the_schedule_of_a_leap_year_has_its_day(run: Run) -> None:
    told = run("schedule", str(FOLDER / "schrikkel-2028.yaml")).stdout
    assert "2028-02-29 inclusive      deadline, too late from 2028-03-01 00:00:00 CET" in told

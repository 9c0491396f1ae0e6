"""Contracts from before this system, from a file: row by row, and never twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from application.carried_over import CarriedOver, carry_over_contracts
from application.provider_import import RegisterFileError
from infrastructure.bootstrap import carried_over_rows
from tests.round_world import RoundWorld, round_world

HEADER = "purchaser,agb,care_type,period,start,end,tier,external_policy"
GOOD = "caresq,26001122,VOET,2024-2025,2024-01-01,2025-12-31,,caresq-2024"
CONTRACT = "caresq/26001122/VOET/2024-2025"


@pytest.fixture
def world(sqlite_url: str) -> Iterator[RoundWorld]:
    with round_world(sqlite_url) as opened:
        opened.at("2024-06-01T09:00")
        yield opened


def imported(world: RoundWorld, folder: Path, *rows: str, header: str = HEADER) -> CarriedOver:
    file = folder / "contracts.csv"
    file.write_text("\n".join((header, *rows)) + "\n")
    return carry_over_contracts(world.contracting, carried_over_rows(file), actor="officer", reason="carried over")


def test_each_row_becomes_a_contract_that_runs_on(world: RoundWorld, tmp_path: Path) -> None:
    done = imported(world, tmp_path, GOOD)
    assert (done.rows, done.new, done.unchanged, done.refused) == (1, 1, 0, ())
    assert world.facts(CONTRACT) == ["ContractCarriedOver"]


def test_a_second_import_changes_nothing(world: RoundWorld, tmp_path: Path) -> None:
    imported(world, tmp_path, GOOD)
    head = world.head()
    done = imported(world, tmp_path, GOOD)
    assert (done.new, done.unchanged, world.head()) == (0, 1, head)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (GOOD.replace("26001122", "6001122"), "agb: found '6001122', expected"),
        (GOOD.replace("VOET", "VOEt"), "care_type: found 'VOEt', expected one of"),
        (GOOD.replace("2024-2025", "24-25"), "period: found '24-25', expected the period that the policy names"),
        (GOOD.replace("2025-12-31", "2023-12-31"), "end: found '2023-12-31', expected a day not before the start"),
        (GOOD.replace("2024-01-01", ""), "start: found '', expected a day such as 2024-01-01"),
        (GOOD.replace("caresq-2024", ""), "external_policy: found '', expected the policy under which"),
        (f"{GOOD},more", "row: found '9 cells', expected 8"),
        (GOOD.replace("2024-2025,2", "2026-2027,2"), "no adopted policy of caresq has VOET for 2026-2027"),
        (GOOD.replace(",,caresq", ",B,caresq"), "has a history here"),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_the_others_go_on(
    world: RoundWorld, tmp_path: Path, row: str, told: str
) -> None:
    done = imported(world, tmp_path, GOOD, row, GOOD.replace("26001122", "26001123"))
    assert (done.rows, done.new) == (3, 2)
    assert {each.line for each in done.refused} == {3}
    assert told in done.refused[0].message


@pytest.mark.parametrize("header", ["purchaser,agb", HEADER + ",more", HEADER.replace("tier", "agb")])
def test_a_file_with_other_columns_is_refused_whole(world: RoundWorld, tmp_path: Path, header: str) -> None:
    head = world.head()
    with pytest.raises(RegisterFileError, match="line 1 is a header"):
        imported(world, tmp_path, GOOD, header=header)
    assert world.head() == head

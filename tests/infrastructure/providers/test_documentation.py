"""What docs/providers.md says of the register file is what the program reads."""

import re
from pathlib import Path

import pytest

from application.provider_import import PracticeEntry
from domain.care_type import CareType
from domain.provider.register import Profession, ProviderKind
from infrastructure.cli.providers import app
from infrastructure.providers.layout import COLUMNS, EVERY_COLUMN, FURTHER_COLUMNS, ROWS
from infrastructure.providers.register_file import RegisterFile

PAGE = (Path(__file__).parents[3] / "docs" / "providers.md").read_text(encoding="utf-8")


def test_the_example_is_a_register_that_can_be_imported(tmp_path: Path) -> None:
    (example,) = re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)
    path = tmp_path / "example.csv"
    path.write_text(example, encoding="utf-8")

    (entry,) = RegisterFile(path).entries()

    assert isinstance(entry, PracticeEntry)
    assert {line.split(",")[0] for line in example.splitlines()[1:]} == set(ROWS)


@pytest.mark.parametrize(("after", "columns"), [("in any order:", COLUMNS), ("may leave out:", FURTHER_COLUMNS)])
def test_the_columns_are_those_of_the_program(after: str, columns: tuple[str, ...]) -> None:
    listed = re.search(rf"{after}\n\n(.*?)\n\n", PAGE, re.DOTALL)
    assert listed is not None
    assert tuple(re.findall(r"\w+", listed[1])) == columns


@pytest.mark.parametrize("record", ROWS)
def test_the_table_names_what_each_row_must_and_may_fill(record: str) -> None:
    line = re.search(rf"^\| `{record}` \|[^|]*\|(.*)\|$", PAGE, re.MULTILINE)
    assert line is not None
    required = tuple(re.findall(r"\*\*`(\w+)`\*\*", line[1]))
    named = re.findall(r"(?<!\*)`(\w+)`(?!\*)", line[1])
    optional = tuple(each for each in named if each in EVERY_COLUMN)

    assert sorted(required) == sorted(ROWS[record].required)
    assert sorted(optional) == sorted(ROWS[record].optional)


@pytest.mark.parametrize("values", [Profession, CareType, ProviderKind])
def test_every_value_that_a_cell_may_hold_is_named(values: type[Profession | CareType | ProviderKind]) -> None:
    assert [each.value for each in values if f"`{each.value}`" not in PAGE] == []


def test_every_command_has_an_example() -> None:
    commands = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}

    assert {name for name in commands if f"contractspoor providers {name} " not in PAGE} == set()

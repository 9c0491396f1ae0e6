"""docs/policy-format.md says what the program does: its examples are a policy, its commands answer as it shows."""

import re
import shlex
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from domain.care_type import CareType
from domain.policy.adoption import Ground
from domain.policy.amendment import Amendment
from domain.policy.document import PolicyDocument
from domain.provider.register import Profession
from infrastructure.cli.main import main
from infrastructure.cli.policy import app
from infrastructure.policies.yaml_file import read_yaml

PAGE = (Path(__file__).parents[3] / "docs" / "policy-format.md").read_text(encoding="utf-8")
OWN_FILE = re.compile(r"# (\S+\.yaml)\n")
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
*PARTS, CHANGE = [each for each in BLOCKS if not OWN_FILE.match(each)]
OTHERS = {named.group(1): each for each in BLOCKS if (named := OWN_FILE.match(each))}
"""Examples that are files of their own say so in their first line."""
SHOWN = re.findall(r"^\$ contractspoor (.*)\n((?:(?!\$ |```).*\n)*)", PAGE, re.MULTILINE)
"""Each command of the page, and what it answers; ``...`` stands for anything."""
FILES = {
    **OTHERS,
    "voorbeeld-2027.yaml": "".join(PARTS),
    "wijziging.yaml": CHANGE,
    "gat.yaml": "".join(PARTS).replace("at_least: 8.0, below: 9.0", "at_least: 8.0, at_most: 9.0"),
    "vergist.yaml": "".join(PARTS).replace("{name: B, at_least: 1", "{name: B, at_leest: 1"),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files of the page, and no setting that names a database."""
    monkeypatch.delenv("CONTRACTSPOOR_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def types_in(annotation: Any) -> Iterator[type]:
    """Every model and enumeration in a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel | StrEnum):
        yield annotation
    fields = getattr(annotation, "model_fields", {}).values() if isinstance(annotation, type) else ()
    for inner in (*get_args(annotation), *(field.annotation for field in fields)):
        yield from types_in(inner)


ALL = {*types_in(PolicyDocument), *types_in(Amendment)}


@pytest.mark.usefixtures("folder")
def test_the_commands_of_the_page_answer_as_it_shows(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(SHOWN) >= 8
    for command, shown in SHOWN:
        main(shlex.split(command))
        told = "".join(capsys.readouterr())
        assert re.fullmatch(re.escape(shown.strip()).replace(r"\.\.\.", ".*"), told.strip(), re.DOTALL), command + told


def test_every_command_on_policies_is_named_and_nearly_all_are_shown() -> None:
    commands = {each.name or each.callback.__name__ for each in app.registered_commands if each.callback}
    assert {name for name in commands if f"`contractspoor policy {name}" not in PAGE} == set()
    assert {command.split()[1] for command, _ in SHOWN if command.startswith("policy ")} == commands - {"schema"}


def test_every_key_is_named_or_stands_in_an_example() -> None:
    written = re.compile(r"`(\w+)`|^\s*(?:- )?(\w+):|[{,] ?(\w+): ", re.MULTILINE)
    named = {name for match in written.findall(PAGE) for name in match if name}
    keys = {f"{model.__name__}.{key}" for model in ALL for key in getattr(model, "model_fields", {})}
    assert len(keys) > 100
    assert {key for key in keys if key.split(".")[1] not in named} == set()


def test_every_value_that_is_one_of_a_list_is_named() -> None:
    words = set(re.findall(r"\w+", PAGE))
    lists = [each for each in ALL if issubclass(each, StrEnum) and each not in (CareType, Profession)]
    assert len(lists) > 10
    assert {each.value for values in lists for each in values if each.value not in words} == set()


def test_the_page_tells_every_ground() -> None:
    assert {each.value for each in Ground if f"`{each.value}`" not in PAGE} == set()


def test_the_example_uses_every_kind_of_condition_and_every_route_but_one() -> None:
    example = PolicyDocument.model_validate(read_yaml("".join(PARTS).encode()).data)
    kinds = {each.kind for each in example.conditions.values()}
    routes = {each.route for each in example.care_types.values()}
    assert kinds == set(type(next(iter(kinds))))
    assert set(type(next(iter(routes)))) - routes == {"follow_insurer"}

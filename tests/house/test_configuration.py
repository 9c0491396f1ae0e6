"""What stands in two files of the configuration is the same in both."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

DOORS = {"cli", "http"}
WIRING = {"bootstrap", "trials"}


@pytest.fixture
def configuration(project: Path) -> dict[str, Any]:
    return tomllib.loads((project / "pyproject.toml").read_text())


def requirements(text: str) -> list[str]:
    """The requirements of a lock, each with its hashes on one line."""
    return [line for line in text.replace("\\\n", " ").splitlines() if line and not line.lstrip().startswith("#")]


def test_every_requirement_is_pinned_with_a_hash_and_without_an_address(project: Path) -> None:
    text = (project / "requirements.lock").read_text()
    wrong = [each for each in requirements(text) if not re.match(r"[\w.-]+(\[[\w,.-]+\])?==\S+ .*--hash=sha256:", each)]

    assert wrong == []
    assert not re.search(r"://|\bindex-url|\bfind-links", text)


def test_the_lock_holds_all_that_the_project_asks_for(project: Path, configuration: dict[str, Any]) -> None:
    asked = [*configuration["project"]["dependencies"], *configuration["dependency-groups"]["dev"]]
    names = {re.split(r"[\[<>=, ;]", each)[0].lower().replace("_", "-") for each in asked}
    locked = {re.split(r"[\[=]", each)[0] for each in requirements((project / "requirements.lock").read_text())}

    assert names - locked == set()


def test_wheel_linter_and_make_know_the_same_packages(project: Path, configuration: dict[str, Any]) -> None:
    packages = sorted(configuration["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    made = re.findall(r"^PACKAGES := (.*)$", (project / "Makefile").read_text(), re.MULTILINE)

    assert packages == sorted(configuration["tool"]["importlinter"]["root_packages"])
    assert packages == sorted(made[0].split())
    assert packages == sorted(
        file.parent.name for file in project.glob("*/__init__.py") if file.parent.name not in {"tests", "benchmarks"}
    )


def test_every_adapter_is_protected(project: Path, configuration: dict[str, Any]) -> None:
    contracts = {each["id"]: each for each in configuration["tool"]["importlinter"]["contracts"]}
    modules = {path.stem for path in (project / "infrastructure").iterdir() if not path.name.startswith("_")}
    adapters = {f"infrastructure.{name}" for name in modules - DOORS - WIRING}

    assert set(contracts["adapters"]["protected_modules"]) == adapters
    assert set(contracts["adapters"]["allowed_importers"]) == adapters | {f"infrastructure.{name}" for name in WIRING}

"""The commands that the project documents exist, and do what their names say."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

DOCUMENTS = ("README.md", "CONTRIBUTING.md")


def made(project: Path, *arguments: str) -> str:
    return subprocess.run(["make", *arguments], cwd=project, capture_output=True, text=True, check=True).stdout


def targets(project: Path) -> set[str]:
    return set(re.findall(r"^\.PHONY: (\S+)$", (project / "Makefile").read_text(), re.MULTILINE))


def fenced_lines(document: Path) -> list[str]:
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", document.read_text(), re.MULTILINE | re.DOTALL)
    return [line.removeprefix("$ ").strip() for block in blocks for line in block.splitlines()]


def test_help_is_the_default_and_lists_every_target(project: Path) -> None:
    listed = re.findall(r"^  make (\S+) +\S", made(project), re.MULTILINE)

    assert made(project) == made(project, "help")
    assert set(listed) == targets(project)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_make_target_that_a_document_names_exists(project: Path, name: str) -> None:
    text = (project / name).read_text()
    named = set(re.findall(r"^(?:\$ )?make ([a-z-]+)", "\n".join(fenced_lines(project / name)), re.MULTILINE))
    named |= set(re.findall(r"`make ([a-z-]+)", text))

    assert named
    assert named <= targets(project)


def test_every_command_that_the_readme_shows_exists_with_its_options(project: Path) -> None:
    shown = [line for line in fenced_lines(project / "README.md") if line.startswith("contractspoor ")]
    assert shown
    for line in shown:
        words = line.split("#")[0].split()[1:]
        command = []
        for word in words:
            if not re.fullmatch(r"[a-z][a-z-]*", word):
                break
            command.append(word)
        options = [word.partition("=")[0] for word in words if word.startswith("--")]
        answer = subprocess.run(
            [Path(sys.prefix) / "bin" / "contractspoor", *command, "--help"],
            capture_output=True,
            text=True,
            check=False,
            env={"COLUMNS": "200", "TERM": "dumb", "PATH": "/usr/bin:/bin"},
        )
        assert answer.returncode == 0, f"{line}\n{answer.stderr}"
        assert [option for option in options if option not in answer.stdout] == [], line


def test_the_change_check_runs_check_and_test_and_nothing_else(project: Path) -> None:
    script = (project / ".ci" / "run").read_text()
    commands = [line for line in script.splitlines() if line and not line.startswith("#")]

    assert commands[0] == "set -euo pipefail"
    assert commands[2:] == ["make check", "make test"]


def test_every_relative_link_leads_somewhere(project: Path) -> None:
    documents = [*project.glob("*.md"), *(project / "docs").rglob("*.md")]
    broken = [
        f"{document.relative_to(project)}: {link}"
        for document in documents
        for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", document.read_text())
        if not (document.parent / link).exists()
    ]

    assert broken == []


def test_the_version_has_its_place_in_the_changelog(project: Path) -> None:
    version = tomllib.loads((project / "pyproject.toml").read_text())["project"]["version"]

    assert re.search(
        rf"^## \[(Unreleased|{re.escape(version)})\]", (project / "CHANGELOG.md").read_text(), re.MULTILINE
    )

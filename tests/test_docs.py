"""The documents tell the truth: their examples run and print what stands there, and no command is left out."""

import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from infrastructure.cli.main import main
from tests.infrastructure.cli.command_lines import every_command

PROJECT = Path(__file__).parents[1]
DOCUMENTS = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
CLI = PROJECT / "docs" / "cli.md"
DEMO = "contractspoor demo --providers 200 --database sqlite:///contractspoor.db"


class Example(NamedTuple):
    """A command of a ``console`` block, what it prints, and its exit code."""

    line: int
    command: str
    output: str
    exit_code: int


def examples(document: Path) -> list[Example]:
    """All examples of a document, in order."""
    text = document.read_text(encoding="utf-8")
    found = []
    for block in re.finditer(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        first = text.count("\n", 0, block.start(1)) + 1
        found += list(_commands(block[1], first))
    return found


def _commands(block: str, first: int) -> Iterator[Example]:
    for part in re.finditer(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
        output, _, code = (
            part[2].rpartition("[") if re.search(r"^\[\d+\]\n\Z", part[2], re.MULTILINE) else (part[2], "", "0]")
        )
        yield Example(first + block.count("\n", 0, part.start()), part[1], output, int(code.strip().rstrip("]")))


def as_pattern(output: str) -> "re.Pattern[str]":
    """The output with ``...`` for anything; on a line of its own for any number of lines."""
    pattern = re.escape(output)
    pattern = re.sub(r"(?m)^\\\.\\\.\\\.\\?\n", "(?:.*\n)*?", pattern)
    return re.compile(pattern.replace(r"\.\.\.", ".*?"))


WITH_FILES_OF_ITS_OWN = "policy-format.md"
"""Its examples are about the files that it writes out; test_policy_format_page.py makes these and runs them."""
WITH_EXAMPLES = [document for document in DOCUMENTS if document.name != WITH_FILES_OF_ITS_OWN and examples(document)]


@pytest.mark.parametrize("document", WITH_EXAMPLES, ids=lambda document: document.name)
def test_the_examples_of_a_document_print_what_stands_there(
    document: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    for variable in ("DATABASE_URL", "LOCK_TIMEOUT_SECONDS", "TRACEBACK"):
        monkeypatch.delenv(f"CONTRACTSPOOR_{variable}", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stderr", sys.stdout)  # both in the order in which a person sees them
    shown = examples(document)
    if shown[0].command != DEMO:
        assert main(shlex.split(DEMO)[1:]) == 0
        capsysbinary.readouterr()
    for example in shown:
        program, *arguments = shlex.split(example.command)
        assert program == "contractspoor", f"{document.name}:{example.line}: an example begins with contractspoor"
        exit_code = main(arguments)
        told = capsysbinary.readouterr().out.decode()
        where = f"{document.name}:{example.line}: {example.command}\n{told}"
        assert exit_code == example.exit_code, where
        assert as_pattern(example.output).fullmatch(told), where


def test_every_command_has_an_example_in_the_page_of_the_command_line() -> None:
    shown = [example.command for example in examples(CLI)]
    without = [
        command.name
        for command in every_command()
        if not any(f"{line} ".startswith(f"contractspoor {command.name} ") for line in shown)
    ]

    # they do not end by themselves; tests of their own run them
    assert without == ["outbox run", "readmodels run", "scheduler run"]


def _names(param: Any) -> list[str]:
    return [*param.opts, *param.secondary_opts]


def test_every_option_of_the_program_that_the_page_names_exists() -> None:
    known = {name for command in every_command() for param in command.command.params for name in _names(param)}
    named = set(re.findall(r"`(--[a-z0-9-]+)", CLI.read_text(encoding="utf-8")))

    assert named - known == set()


def test_what_the_readme_shows_first_is_what_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "stderr", sys.stdout)
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    [transcript] = re.findall(r"<!-- transcript: begin -->\n```\n(.*?)```\n<!-- transcript: end -->", text, re.DOTALL)
    for example in _commands(transcript, first=1):
        program, *arguments = shlex.split(example.command)
        if program == "export":
            name, _, value = arguments[0].partition("=")
            monkeypatch.setenv(name, value)
            continue
        arguments = ["demo", "--providers", "2000"] if program == "make" else arguments
        assert main(arguments) == 0
        told = re.sub(" +\n", "\n", capsysbinary.readouterr().out.decode())
        assert as_pattern(example.output.rstrip("\n")).match(told), f"{example.command}\n{told}"

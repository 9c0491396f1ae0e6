"""`domain` imports the standard library and pydantic, `application` the eventsourcing library beside them.

Modules of the standard library through which a clock, a file, the network, chance or the
environment could be read are refused too: such things arrive as arguments. A use case may take a lock.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

IMPURE = frozenset(
    """
    asyncio calendar concurrent configparser ctypes dbm email fileinput ftplib getpass glob gzip http imaplib importlib
    io locale logging lzma mmap multiprocessing os pathlib pickle platform poplib pty random sched secrets select
    selectors shelve shutil signal smtplib socket socketserver sqlite3 ssl subprocess sys tarfile tempfile threading
    time tomllib urllib uuid webbrowser wsgiref xmlrpc zipfile zipimport
    """.split()  # noqa: SIM905 - a list of so many names is read more easily as prose
)
PURE = sys.stdlib_module_names - IMPURE
PYDANTIC = frozenset({"pydantic", "pydantic_core", "annotated_types"})
ALLOWED = {
    "domain": PURE | PYDANTIC | {"domain"},
    "application": PURE | PYDANTIC | {"domain", "application", "eventsourcing", "threading"},
}
IMPURE_CALLS = frozenset({"open", "input", "eval", "exec", "compile", "__import__", "print", "breakpoint"})


def _imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or "."


def foreign(package: Path, allowed: frozenset[str]) -> list[str]:
    """Every import and built-in call of a package that is not allowed there, as `file:line: name`."""
    found = []
    for file in sorted(package.rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        found += [
            f"{file.relative_to(package.parent)}:{line}: {name}"
            for line, name in _imported(tree)
            if name.partition(".")[0] not in allowed
        ]
        found += [
            f"{file.relative_to(package.parent)}:{node.lineno}: {node.func.id}()"
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS
        ]
    return found


@pytest.mark.parametrize("package", ["domain", "application"])
def test_the_core_imports_only_what_it_may(project: Path, package: str) -> None:
    assert foreign(project / package, ALLOWED[package]) == []


@pytest.mark.parametrize(
    ("package", "line", "name"),
    [
        ("domain", "import sqlalchemy.orm", "sqlalchemy.orm"),
        ("domain", "from eventsourcing.domain import Aggregate", "eventsourcing.domain"),
        ("domain", "import os", "os"),
        ("domain", "from pathlib import Path", "pathlib"),
        ("domain", "from time import monotonic", "time"),
        ("domain", "from . import agb", "."),
        ("domain", "text = open('policy.yaml').read()", "open()"),
        ("application", "import typer", "typer"),
        ("application", "import socket", "socket"),
        ("application", "from yaml import safe_load", "yaml"),
    ],
)
def test_a_foreign_import_is_found(tmp_path: Path, package: str, line: str, name: str) -> None:
    planted = tmp_path / package / "rules" / "planted.py"
    planted.parent.mkdir(parents=True)
    planted.write_text(f"def rule():\n    {line}\n")

    assert foreign(tmp_path / package, ALLOWED[package]) == [f"{package}/rules/planted.py:2: {name}"]

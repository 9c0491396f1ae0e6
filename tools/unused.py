"""Code that nothing uses: vulture at its sharpest, without what is used by other means than a name in the code.

Fields of records and members of enumerations are read as JSON; parameters of a protocol's methods stand for those of
its implementations, those of `__methods__` for what Python or a library passes; `CALLED_BY_NAME` lists what a library
calls. All else that no code and no test names is dead.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from vulture import Vulture

CALLED_BY_NAME = {
    "aggregate_recorder": "eventsourcing",
    "application_recorder": "eventsourcing",
    "autocommit": "psycopg",
    "construct_event_store": "eventsourcing",
    "construct_factory": "eventsourcing",
    "construct_mapper": "eventsourcing",
    "create_recorder": "the contract tests of eventsourcing",
    "do_GET": "http.server",
    "do_POST": "http.server",
    "down_revision": "alembic",
    "footer": "fpdf2",
    "format_commands": "typer",
    "handle": "socketserver",
    "handle_DATA": "aiosmtpd",
    "handle_RCPT": "aiosmtpd",
    "insert_tracking": "eventsourcing",
    "log_message": "http.server",
    "max_notification_id": "eventsourcing",
    "max_tracking_id": "eventsourcing",
    "model_config": "pydantic",
    "new_originator_id": "the contract tests of eventsourcing",
    "process_recorder": "eventsourcing",
    "number_format": "openpyxl",
    "pytest_collection_modifyitems": "pytest",
    "pytest_configure": "pytest",
    "render": "rich",
    "select_notifications": "eventsourcing",
    "subscribe": "eventsourcing",
    "to_domain_event": "eventsourcing",
    "to_stored_event": "eventsourcing",
    "total_tokens": "anyio",
    "tracking_recorder": "eventsourcing",
}
CALLING_DECORATORS = [
    "@*.callback",
    "@*.command",
    "@field_serializer",
    "@field_validator",
    "@model_serializer",
    "@model_validator",
    "@pytest.fixture",
    "@router.delete",
    "@router.get",
    "@router.post",
    "@router.put",
]


def _declarations(tree: ast.AST) -> Iterator[int]:
    """The lines that declare a field, a member of an enumeration, or a parameter whose name others chose."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            enumeration = any(ast.unparse(each).endswith(("Enum", "Flag")) for each in node.bases)
            for line in node.body:
                if isinstance(line, ast.AnnAssign) or (enumeration and isinstance(line, ast.Assign)):
                    yield line.lineno
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (
            ast.unparse(node.body[-1]) == "..." or node.name.startswith("__")
        ):
            every = node.args
            yield from (each.lineno for each in [*every.posonlyargs, *every.args, *every.kwonlyargs])


def findings(paths: list[str]) -> list[str]:
    """One line per piece of dead code under the paths."""
    declared = {
        (file.resolve(), line)
        for path in paths
        for file in Path(path).rglob("*.py")
        for line in _declarations(ast.parse(file.read_text(encoding="utf-8")))
    }
    vulture = Vulture(ignore_decorators=CALLING_DECORATORS)
    vulture.scavenge(paths)
    return [
        each.get_report()
        for each in vulture.get_unused_code(min_confidence=60)
        if (Path(each.filename).resolve(), each.first_lineno) not in declared and each.name not in CALLED_BY_NAME
    ]


if __name__ == "__main__":
    configuration = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    found = findings(configuration["tool"]["vulture"]["paths"])
    sys.exit("\n".join(found) or None)

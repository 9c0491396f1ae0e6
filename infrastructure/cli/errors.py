"""How a command ends that can not do what was asked: one line that says what to do, and an exit code."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import typer

if TYPE_CHECKING:
    from domain.explanation import Explanation

FAILED, WRONG_USE, NOT_KNOWN_YET, NOT_THERE, UNREADABLE, STOPPED, READER_GONE = 1, 2, 3, 4, 5, 130, 141
"""Exit codes: it could not be done; the command line is wrong; the log can not answer yet; the log has no such thing;
what the log holds can not be read; Ctrl-C; nobody reads on.
"""
NOT_THERE_CODES = frozenset(
    {
        "AGREEMENT_UNKNOWN",
        "EVENT_UNKNOWN",
        "EVIDENCE_UNKNOWN",
        "POLICY_NOT_ADOPTED",
        "POSITION_UNKNOWN",
        "PROVIDER_UNKNOWN",
        "UNKNOWN_READ_MODEL",
    }
)
"""Codes that say that the log, as known then, has nothing of that name."""

_AS_JSON: ContextVar[bool] = ContextVar("errors_as_json", default=False)


class Told(NamedTuple):
    """An error as it is told: ``code`` is stable and in capitals."""

    code: str
    message: str
    exit_code: int = FAILED
    clause: str = ""
    why: "Explanation | None" = None


@contextmanager
def errors_as_json(as_json: bool) -> Iterator[None]:
    """Whether errors inside are told in JSON."""
    token = _AS_JSON.set(as_json)
    try:
        yield
    finally:
        _AS_JSON.reset(token)


def errors_are_json() -> bool:
    """Whether this command line asked for JSON."""
    return _AS_JSON.get()


def fail(message: str, exit_code: int = FAILED, *, code: str = "") -> NoReturn:
    """End the command with one line; that something is not there has an exit code of its own."""
    exit_code = NOT_THERE if code in NOT_THERE_CODES else exit_code
    end(Told(code or ("USAGE" if exit_code == WRONG_USE else "FAILED"), message, exit_code))


def end(told: Told) -> NoReturn:
    """Tell an error on standard error, and end with its exit code."""
    tell(told)
    raise typer.Exit(told.exit_code)


def tell(told: Told) -> None:
    """Print an error on standard error: its message, or with ``--json`` one object in one line."""
    if _AS_JSON.get():
        error: dict[str, Any] = {"code": told.code, "message": told.message, "exit_code": told.exit_code}
        if told.clause:
            error["clause"] = told.clause
        if told.why is not None:
            error["explanation"] = told.why.model_dump(mode="json", exclude_defaults=True)
        print(json.dumps({"error": error}, ensure_ascii=False), file=sys.stderr)
    else:
        print(told.message, file=sys.stderr)
        if told.why is not None:
            _print_why(told.why)


def _print_why(why: "Explanation") -> None:
    """The rules that refused, below the message, as ``contract why`` shows those that decided."""
    from application.wording.explanations import Language, tree_lines  # noqa: PLC0415 - help needs no rules

    for depth, _, word, text in tree_lines(why, Language.EN, {}):
        print(f"  {'    ' * depth}{word:9}{text}", file=sys.stderr)

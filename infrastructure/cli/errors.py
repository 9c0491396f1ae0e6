"""How a command ends that can not do what was asked: one line that says what to do, and an exit code."""

import json
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple, NoReturn

import typer

from application.policies import PolicyMistakesError
from application.ports import (
    EventLogError,
    EvidenceDamaged,
    EvidenceError,
    EvidenceMissing,
    ReadModelStopped,
    StorageDamaged,
)
from application.provider_import import RegisterFileError
from application.typed_instants import InstantError
from application.wording.explanations import Language, tree_lines
from domain.explanation import Explanation
from domain.history import UnreadableError
from domain.refusal import RefusedError
from infrastructure.bootstrap import ClaimFileError, PortTakenError, ReceiversError, SettingsError, load_settings

FAILED, WRONG_USE, NOT_KNOWN_YET, NOT_THERE, UNREADABLE, STOPPED, READER_GONE = 1, 2, 3, 4, 5, 130, 141
"""Exit codes: it could not be done; the command line is wrong; the log can not answer yet; the log has no such thing;
what the log holds can not be read; Ctrl-C; nobody reads on.
"""
_NOT_THERE = frozenset(
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
    why: Explanation | None = None


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
    exit_code = NOT_THERE if code in _NOT_THERE else exit_code
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


def _print_why(why: Explanation) -> None:
    """The rules that refused, below the message, as ``contract why`` shows those that decided."""
    for depth, _, word, text in tree_lines(why, Language.EN, {}):
        print(f"  {'    ' * depth}{word:9}{text}", file=sys.stderr)


def explained(error: BaseException) -> Told:
    """What to tell of an error; one that nobody expected is named as a fault of the program."""
    match error:
        case KeyboardInterrupt():
            return Told("STOPPED", "stopped; what was recorded stands, and nothing was stored by half", STOPPED)
        case RefusedError(refused=refused):
            exit_code = NOT_THERE if refused.code in _NOT_THERE else FAILED
            return Told(refused.code, f"refused: {error}", exit_code, clause=refused.clause, why=refused.why)
        case SettingsError() | ReceiversError():
            return Told("SETTINGS", str(error), WRONG_USE)
        case PortTakenError():
            return Told("PORT", str(error))
        case InstantError():
            return Told("USAGE", str(error), WRONG_USE)
        case UnreadableError() | StorageDamaged() | ReadModelStopped() | EvidenceMissing() | EvidenceDamaged():
            return Told(_code(error), str(error), UNREADABLE)
        case EventLogError() | EvidenceError() | PolicyMistakesError() | RegisterFileError() | ClaimFileError():
            code = _code(error)
            return Told(code, str(error), NOT_THERE if code in _NOT_THERE else FAILED)
        case UnicodeDecodeError():
            return Told("NOT_UTF8", f"not UTF-8 text: byte {error.start} can not be read; save the file as UTF-8")
        case OSError():
            return Told("FILE", _of_system(error))
        case _:
            found = f"{type(error).__name__}: {_one_line(error)}"
            return Told(
                "FAULT",
                f"the program failed unexpectedly ({found}); nothing was stored by half; "
                "run it again with CONTRACTSPOOR_TRACEBACK=1 and report what it prints",
            )


def print_traceback_if_asked(error: BaseException) -> None:
    """With ``CONTRACTSPOOR_TRACEBACK=1``, where in the program the error arose."""
    try:
        asked = load_settings().traceback
    except SettingsError:
        return
    if asked:
        traceback.print_exception(error)


def _of_system(error: OSError) -> str:
    said = {
        FileNotFoundError: "there is no such file; check its name",
        IsADirectoryError: "is a folder; name a file",
        NotADirectoryError: "a part of its path is a file and no folder; check its name",
        PermissionError: "this user may not use it; change its rights or name another",
    }.get(type(error), error.strerror or str(error))
    return f"{error.filename}: {said}" if error.filename else f"the answer can not be written: {said}"


def _code(error: Exception) -> str:
    """``StorageUnavailable`` is ``STORAGE_UNAVAILABLE``."""
    name = type(error).__name__.removesuffix("Error")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()


def _one_line(error: BaseException) -> str:
    return (str(error).strip() or "no message").splitlines()[0][:300]

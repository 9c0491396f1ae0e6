"""What went wrong, in words: the one place where whatever a command raises becomes one line and an exit code."""

import re
import traceback

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
from domain.history import UnreadableError
from domain.refusal import RefusedError
from infrastructure.bootstrap import ClaimFileError, PortTakenError, ReceiversError, SettingsError, load_settings
from infrastructure.cli.errors import FAILED, NOT_THERE, NOT_THERE_CODES, STOPPED, UNREADABLE, WRONG_USE, Told


def explained(error: BaseException) -> Told:
    """What to tell of an error; one that nobody expected is named as a fault of the program."""
    match error:
        case KeyboardInterrupt():
            return Told("STOPPED", "stopped; what was recorded stands, and nothing was stored by half", STOPPED)
        case RefusedError(refused=refused):
            exit_code = NOT_THERE if refused.code in NOT_THERE_CODES else FAILED
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
            return Told(code, str(error), NOT_THERE if code in NOT_THERE_CODES else FAILED)
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

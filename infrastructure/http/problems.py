"""Problem documents (RFC 9457): what every error becomes on its way out.

Our own lines and no library's: the words depend on the language asked for, the detail of a fault never leaves, and a
refusal brings its clause and its explanation.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException

from application.policies import Mistake, PolicyMistakesError
from application.ports import (
    EventLogError,
    EvidenceError,
    EvidenceUnavailable,
    HorizonMismatch,
    KnownAtInFuture,
    OtherVersion,
    PositionUnknown,
    ReadModelBehind,
    ReadModelStopped,
    StorageDamaged,
    StorageUnavailable,
    VersionConflict,
)
from application.wording.explanations import Language, Words, told_tree
from application.wording.refusals import in_both, refusal_told
from domain.explanation import Explanation
from domain.history import UnreadableError
from domain.model import what_is_wrong
from domain.refusal import Refused, RefusedError
from infrastructure.http.identity import TokenRefusedError
from infrastructure.http.keys import IdentityProviderUnavailableError
from infrastructure.http.problem_kinds import Kind

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 1
NOT_THERE = frozenset(
    {
        "AGREEMENT_UNKNOWN",
        "CARE_TYPE_NOT_COVERED",
        "EVENT_UNKNOWN",
        "EVIDENCE_UNKNOWN",
        "PLAN_UNKNOWN",
        "JOB_UNKNOWN",
        "POLICY_NOT_ADOPTED",
        "PROVIDER_UNKNOWN",
        "REVIEW_UNKNOWN",
    }
)
"""Codes of refusals that say that there is nothing of that name."""
WRONG_CONTENT = frozenset(
    {
        "ANSWER_NOT_ASKED",
        "DELEGATION_ENDED",
        "EVIDENCE_CHECKSUM_WRONG",
        "EVIDENCE_DAMAGED",
        "EVIDENCE_EMPTY",
        "EVIDENCE_INFECTED",
        "EVIDENCE_NOT_ASKED",
        "FACTOR_UNKNOWN",
        "FACT_UNKNOWN",
        "NUMBER_OUT_OF_RANGE",
        "QUESTIONNAIRE_INCOMPLETE",
        "OCCURRED_IN_FUTURE",
        "PLANNED_IN_PAST",
        "REASON_MISSING",
        "REPLACEMENT_MISSING",
        "REPLACEMENT_WRONG",
        "SIGN_BY_MISSING",
        "SIGN_BY_WRONG",
        "START_MISSING",
        "TERM_NOT_ASKED",
        "VERDICT_MISSING",
        "VERDICT_NOT_ASKED",
    }
)
"""Codes of refusals of what the body says, whatever the state of the contract."""
NOT_THEIRS = frozenset({"CERTIFICATE_NOT_THEIRS", "NOT_A_SIGNATORY", "NOT_DELEGATED", "NOT_FOR_A_DELEGATE"})
"""Codes of refusals of the person."""
OF_ANOTHER = frozenset({"OF_ANOTHER_PRACTICE", "OF_ANOTHER_PURCHASER"})
"""Codes of refusals because it is somebody else's."""


class FieldError(BaseModel):
    """One thing that is wrong in a request: where (``body.answers.share``), and what would be right."""

    path: str
    message: str


class ProblemDocument(BaseModel):
    """A problem: ``code`` is stable and in capitals, ``clause`` the rule of the policy that refused.

    ``explanation`` is its tree, each rule with a ``text`` in the language asked for; ``what_to_do`` says how to go on,
    ``correlation_id`` finds it in the log.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    what_to_do: str
    correlation_id: str
    language: str
    clause: str | None = None
    explanation: dict[str, Any] | None = None
    errors: list[FieldError] | None = None


class WrongField(NamedTuple):
    """A ``FieldError`` before it is put into words."""

    path: str
    told: Words


@dataclass(frozen=True)
class Problem:
    """What went wrong, before it is put into words; ``detail`` is for the caller and absent where it must not leave."""

    kind: Kind
    code: str
    detail: str | None = None
    clause: str = ""
    why: Explanation | None = None
    errors: tuple[WrongField, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


class ProblemError(Exception):
    """A route ends with a problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail or problem.code)
        self.problem = problem


def fail(kind: Kind, detail: str, *, code: str | None = None, headers: Mapping[str, str] | None = None) -> ProblemError:
    """A problem to raise; the code is the kind's name where none is given.

    ``detail`` is English; ``application.wording.sentences`` has it in Dutch, and a house test holds the two together.
    """
    return ProblemError(Problem(kind, code or kind.name, detail, headers=headers or {}))


def invalid(path: str, message: str) -> ProblemError:
    """A value of a request that can not be, at ``query.known_at`` or ``body.answers.share``; ``message`` as above."""
    return ProblemError(Problem(Kind.INVALID, "INVALID", None, errors=(WrongField(path, in_both(message)),)))


def problem_of(error: Exception) -> Problem:
    """What an error tells its caller; what nobody expected is a fault, whose detail stays in the log."""
    match error:
        case ProblemError(problem=problem):
            return problem
        case RefusedError(refused=refused):
            return _refused(refused)
        case RequestValidationError():
            return _validation(error)
        case TokenRefusedError():
            return unauthenticated(str(error), invalid_token=True)
        case IdentityProviderUnavailableError():
            return _passing("IDENTITY_PROVIDER_UNAVAILABLE")
        case HTTPException():
            return _of_http(error)
        case UnreadableError() | StorageDamaged() | ReadModelStopped():
            return Problem(Kind.UNREADABLE, _code(error))
        case OtherVersion():
            return Problem(Kind.OTHER_VERSION, "OTHER_VERSION", str(error))
        case VersionConflict():
            return Problem(Kind.CONFLICT, "CONFLICT", str(error), headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
        case PositionUnknown():
            return Problem(Kind.NOT_KNOWN_YET, _code(error), str(error))
        case PolicyMistakesError(mistakes=mistakes):
            errors = tuple(WrongField("body.document", _of_a_document(each)) for each in mistakes)
            return Problem(Kind.INVALID, "POLICY_MISTAKES", str(error), errors=errors)
        case KnownAtInFuture() | HorizonMismatch():
            return Problem(Kind.INVALID, _code(error), str(error))
        case ReadModelBehind():
            return Problem(Kind.BEHIND, _code(error), headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
        case StorageUnavailable() | EvidenceUnavailable():
            return _passing(_code(error))
        case EvidenceError():
            return Problem(Kind.UNREADABLE, _code(error))
        case EventLogError():
            return Problem(Kind.FAULT, _code(error))
        case _:
            return Problem(Kind.FAULT, "FAULT")


def unauthenticated(detail: str, *, invalid_token: bool) -> Problem:
    """Who calls is not known, with the challenge that RFC 6750 asks for."""
    challenge = 'Bearer realm="contractspoor"' + (', error="invalid_token"' if invalid_token else "")
    code = "TOKEN_REFUSED" if invalid_token else "TOKEN_MISSING"
    return Problem(Kind.UNAUTHENTICATED, code, detail, headers={"WWW-Authenticate": challenge})


def document(problem: Problem, language: Language, correlation_id: str) -> dict[str, Any]:
    """The problem in words, as JSON."""
    told = problem.kind.value
    title = getattr(told.title, language)
    detail = problem.detail and refusal_told(problem.code, problem.detail, problem.why, language)
    found: dict[str, Any] = {
        "type": problem.kind.uri,
        "title": title,
        "status": int(told.status),
        "code": problem.code,
        "detail": detail or f"{title}.",
        "what_to_do": getattr(told.advice, language),
        "correlation_id": correlation_id,
        "language": language.value,
    }
    if problem.clause:
        found["clause"] = problem.clause
    if problem.why is not None:
        found["explanation"] = told_tree(problem.why, language, {})
    if problem.errors:
        found["errors"] = [{"path": each.path, "message": getattr(each.told, language)} for each in problem.errors]
    return found


def _refused(refused: Refused) -> Problem:
    kind = Kind.REFUSED
    if refused.code in NOT_THERE:
        kind = Kind.NOT_FOUND
    elif refused.code == "COMMAND_ID_REUSED":
        kind = Kind.KEY_REUSED
    elif refused.code == "EVIDENCE_TOO_LARGE":
        kind = Kind.TOO_LARGE
    elif refused.code == "EVIDENCE_TYPE_NOT_ALLOWED":
        kind = Kind.MEDIA_TYPE
    elif refused.code in NOT_THEIRS:
        kind = Kind.NOT_THEIRS_TO_DO
    elif refused.code in OF_ANOTHER:
        kind = Kind.NOT_ALLOWED
    elif refused.code in WRONG_CONTENT:
        kind = Kind.INVALID
    errors = tuple(WrongField(f"body.{each.path}", in_both(each.message)) for each in refused.fields)
    return Problem(kind, refused.code, refused.message, clause=refused.clause, why=refused.why, errors=errors)


def _validation(error: RequestValidationError) -> Problem:
    found = error.errors()
    if any(each["loc"] == ("header", "Idempotency-Key") and each["type"] == "missing" for each in found):
        return Problem(Kind.KEY_REQUIRED, "KEY_REQUIRED")
    for each in found:
        if each["type"] == "json_invalid":
            return Problem(Kind.BAD_REQUEST, "NOT_JSON", str(each["ctx"]["error"]))
    return Problem(Kind.INVALID, "INVALID", None, errors=tuple(map(wrong_field, found[:50])))


def wrong_field(found: ErrorDetails) -> WrongField:
    """One of the mistakes that a model found in a request."""
    return WrongField(".".join(map(str, found["loc"])), in_both(what_is_wrong(found)))


def _of_http(error: HTTPException) -> Problem:
    """What the framework refuses by itself."""
    kinds = {int(kind.value.status): kind for kind in reversed(Kind)}
    kinds |= {400: Kind.BAD_REQUEST, 403: Kind.NOT_ALLOWED, 409: Kind.CONFLICT, 422: Kind.INVALID, 500: Kind.FAULT}
    kind = kinds.get(error.status_code, Kind.BAD_REQUEST if error.status_code < 500 else Kind.FAULT)
    return Problem(kind, kind.name, None, headers=error.headers or {})


def _of_a_document(mistake: Mistake) -> Words:
    """A mistake in a policy: the names in it are English, and so is what is said of them."""
    return Words(f"{mistake} (in het Engels)", str(mistake))


def _passing(code: str) -> Problem:
    return Problem(Kind.UNAVAILABLE, code, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def _code(error: Exception) -> str:
    """``StorageUnavailable`` is ``STORAGE_UNAVAILABLE``."""
    name = type(error).__name__.removesuffix("Error")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()

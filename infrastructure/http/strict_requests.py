"""What a request must be before it is read: no parameter that nobody reads, and a body that says one thing only."""

import json
from collections import Counter
from collections.abc import Collection
from typing import Any

from starlette.requests import Request

from application.wording.refusals import in_both
from domain.refusal import nearest
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import Problem, ProblemError, WrongField, fail


def check_query(request: Request, known: Collection[str]) -> None:
    """A misspelt ``effective_on`` is no question about today. Raises ``ProblemError``."""
    given = Counter(name for name, _ in request.query_params.multi_items())
    told = {name: _of_parameter(name, times, known) for name, times in given.items()}
    errors = tuple(WrongField(f"query.{name[:80]}", in_both(wrong)) for name, wrong in told.items() if wrong)
    if errors:
        raise ProblemError(Problem(Kind.INVALID, "INVALID", errors=errors[:50]))


def _of_parameter(name: str, times: int, known: Collection[str]) -> str | None:
    if name in known:
        return "is given more than once" if times > 1 else None
    close = nearest(name[:80], known)
    return "unknown parameter" if close is None else f"unknown parameter, did you mean {close}?"


def check_coding(request: Request) -> None:
    """Nothing is unpacked here: a small body can not become a large one. Raises ``ProblemError``."""
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding != "identity":
        told = f"the body is packed as {coding[:40]}; send it as it is"
        raise fail(Kind.MEDIA_TYPE, told, headers={"Accept-Encoding": "identity"})


def check_json(request: Request) -> None:
    """A body that is read as JSON says that it is. Raises ``ProblemError``."""
    headers = request.headers
    if headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers:
        return
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        told = "the body is JSON: name application/json as its Content-Type"
        raise fail(Kind.MEDIA_TYPE, told, headers={"Accept": "application/json"})


class StrictRequest(Request):
    """A request whose JSON is UTF-8, names nothing twice, and holds no text that a database can not keep."""

    async def json(self) -> Any:
        """The body; raises ``json.JSONDecodeError``."""
        return parsed(await self.body())


def parsed(body: bytes) -> Any:
    """What a body says; raises ``json.JSONDecodeError``, whose message is a sentence about the whole body."""
    try:
        text = body.decode("utf-8-sig")
        found = json.loads(text, object_pairs_hook=_named_once, parse_constant=_no_number)
        if "\\u" in text:  # unescaped there can be none: UTF-8 has no surrogates, and JSON no bare control characters
            _check_text(found)
    except _MeantTwoWaysError as error:
        raise json.JSONDecodeError(str(error), "", 0) from None
    except UnicodeDecodeError:
        raise json.JSONDecodeError("the body is not UTF-8", "", 0) from None
    except json.JSONDecodeError as error:
        raise json.JSONDecodeError(f"the body is no JSON from character {error.pos + 1} on", "", 0) from None
    except RecursionError:
        raise json.JSONDecodeError("the body is nested too deeply", "", 0) from None
    except ValueError:
        raise json.JSONDecodeError("the body has a number of too many digits", "", 0) from None
    return found


class _MeantTwoWaysError(Exception):
    """JSON that readers understand differently, or not at all."""


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise _MeantTwoWaysError(f"the body names {twice[:80]} more than once")
    return found


def _no_number(constant: str) -> Any:
    raise _MeantTwoWaysError(f"the body holds {constant}, which is no number")


def _check_text(found: Any) -> None:
    match found:
        case str():
            if "\0" in found or any("\ud800" <= each <= "\udfff" for each in found):
                raise _MeantTwoWaysError("the body holds text with U+0000 or with half a character")
        case list():
            for each in found:
                _check_text(each)
        case dict():
            for name, each in found.items():
                _check_text(name)
                _check_text(each)
        case _:
            return

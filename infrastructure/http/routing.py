"""How a route is declared: its operation, what it answers, and the problems it may end with."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Annotated, Any

from fastapi import Depends, Header
from pydantic import BaseModel
from starlette.responses import Response

from infrastructure.http.access import ACCESS, Operation
from infrastructure.http.calling import Allowed
from infrastructure.http.identity import Role
from infrastructure.http.problem_examples import example_name
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import MEDIA_TYPE, ProblemDocument

SECURITY_SCHEME = "oidc"
_ALWAYS = (Kind.BAD_REQUEST, Kind.INVALID, Kind.TOO_MANY, Kind.FAULT, Kind.UNAVAILABLE)
_WITH_A_TOKEN = (Kind.UNAUTHENTICATED, Kind.NOT_ALLOWED)
READING = (Kind.NOT_FOUND, Kind.NOT_KNOWN_YET, Kind.BEHIND)
"""The further problems of a question."""
COMMANDING = (
    Kind.NOT_FOUND,
    Kind.REFUSED,
    Kind.OTHER_VERSION,
    Kind.VERSION_REQUIRED,
    Kind.TOO_LARGE,
    Kind.TOO_SLOW,
    Kind.MEDIA_TYPE,
)
"""The further problems of a command."""


def operation(
    name: Operation,
    answer: type[BaseModel] | None,
    *problems: Kind,
    success: str,
    example: Any = None,
    media_types: Sequence[str] = (),
    further: Mapping[int, str] = MappingProxyType({}),
    takes: Mapping[str, str] = MappingProxyType({}),
    status: HTTPStatus = HTTPStatus.OK,
) -> dict[str, Any]:
    """What a route's decorator is given: ``@router.get("/contracts/...", **operation(Operation.READ_CONTRACT, ...))``.

    ``success`` says what the answer is, ``media_types`` of which kinds it may be when it is no JSON document;
    ``status`` is that of the answer, ``further`` are others without a body. ``takes`` are kinds of body, each with an
    example, of a route that reads its body itself. Who may call it is told from the table of access.
    """
    row = ACCESS[name]
    public = Role.PUBLIC in row
    kinds = (*_ALWAYS, *(() if public and len(row) == len(Role) else _WITH_A_TOKEN), *problems)
    content: dict[str, Any] = {} if example is None else {"content": {"application/json": {"example": example}}}
    if media_types:
        content = {"content": {each: {"schema": {"type": "string", "format": "binary"}} for each in media_types}}
    return {
        "operation_id": name.value,
        "response_model": answer,
        **({"response_class": Response} if media_types else {}),
        "response_description": success,
        "dependencies": [Depends(Allowed(name))],
        "status_code": int(status),
        "responses": {int(status): content}
        | {status: {"description": told} for status, told in further.items()}
        | _told(kinds),
        "openapi_extra": {
            "security": [{}, {SECURITY_SCHEME: []}] if public else [{SECURITY_SCHEME: []}],
            "x-roles": {role.value: reach.value for role, reach in row.items()},
            **({"requestBody": _body(takes)} if takes else {}),
        },
    }


def _body(takes: Mapping[str, str]) -> dict[str, Any]:
    content = {each: {"schema": {"type": "string"}, "example": example} for each, example in takes.items()}
    return {"required": True, "content": content}


def _told(kinds: tuple[Kind, ...]) -> dict[int | str, dict[str, Any]]:
    """Each status once, with the kinds of problem that it tells."""
    found: dict[int, dict[Kind, None]] = {}
    for kind in (*kinds, Kind.METHOD_NOT_ALLOWED):
        found.setdefault(int(kind.value.status), {})[kind] = None
    schema = {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"}
    return {
        status: {
            "description": "; ".join(kind.value.title.en for kind in told),
            "content": {MEDIA_TYPE: {"schema": schema, "examples": dict(map(_example, told))}},
        }
        for status, told in sorted(found.items())
    }


def _example(kind: Kind) -> tuple[str, dict[str, str]]:
    name = example_name(kind)
    return name, {"$ref": f"#/components/examples/{name}"}


def answered(answer: BaseModel, headers: Mapping[str, str] | None = None, *, status: int = HTTPStatus.OK) -> Response:
    """The bytes of an answer: the same for the same question, as the command line prints them."""
    return Response(
        answer.__pydantic_serializer__.to_json(answer), status, dict(headers or {}), media_type="application/json"
    )


NOT_MODIFIED: Mapping[int, str] = MappingProxyType({304: "It is still what If-None-Match names."})
"""What an operation with ``IfNoneMatch`` may answer too."""
IfNoneMatch = Annotated[
    str | None,
    Header(alias="If-None-Match", max_length=1_000, description="ETags that are known: then the answer is 304."),
]


def unless_known(tag: str, known: str | None, make: Callable[[], Response]) -> Response:
    """The answer with its ETag, or 304 to who has it already; only then is it not made.

    A proxy that packs an answer makes its ETag a weak one: that is the same here (RFC 9110, 13.1.2).
    """
    have = () if known is None else {each.strip().removeprefix("W/") for each in known.split(",")}
    if tag.removeprefix("W/") in have or "*" in have:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
    response = make()
    response.headers["ETag"] = tag
    return response

"""What a question may name: the day asked about, whose knowledge, what it must have seen, and the page."""

import re
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, Path, Query, Request
from pydantic import PlainValidator, StringConstraints, WithJsonSchema

from application.queries.horizon import Asked
from application.typed_instants import instant, local_date
from domain.agb import AgbCode
from domain.care_type import CareType
from domain.contract.contract_id import ContractId
from infrastructure.bootstrap import System
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import RETRY_AFTER_SECONDS, Problem, ProblemError, invalid

_UNESCAPED_PLUS = re.compile(r"T\S+ [0-9]{2}:[0-9]{2}$")
_LAST_POSITION = 2**63 - 1
LARGEST_PAGE = 200


def _instant_or_day(text: Any) -> Any:
    if _UNESCAPED_PLUS.search(str(text)):
        raise ValueError(f'found "{text}": a + in a query is written as %2B')
    return local_date(text) if len(str(text)) == len("2025-03-15") else instant(str(text))


Day = Annotated[
    Any,
    PlainValidator(lambda text: local_date(str(text))),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2025-03-01"]}),
]
"""A day in Amsterdam."""
InstantOrDay = Annotated[
    Any,
    PlainValidator(_instant_or_day),
    WithJsonSchema({"type": "string", "examples": ["2025-07-20", "2025-07-20T17:00:00+02:00"]}),
]
"""An instant with its zone, or a day, which means its last instant in Amsterdam."""


Moment = Annotated[
    Any,
    PlainValidator(lambda text: instant(str(text))),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2025-07-20T17:00:00+02:00"]}),
]
"""An instant with its zone."""


class Question(NamedTuple):
    """The axes of a question; ``min_position`` is a log position that the answer must have seen."""

    asked: Asked
    min_position: int | None
    wait_seconds: float

    def seen_by(self, system: System, *models: str) -> Asked:
        """Wait until the named read models have seen ``min_position``, and answer what was asked.

        Blocks. Raises ``ProblemError`` when they have not within the time allowed, and ``PositionUnknown`` for one that
        the log does not have.
        """
        if self.min_position is None:
            return self.asked
        horizon = system.log.horizon(position=self.min_position)
        waiting = system.read_models.waiting
        if models and not waiting.wait_for(horizon.position, models, self.wait_seconds):
            headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
            raise ProblemError(Problem(Kind.BEHIND, "READ_MODEL_BEHIND", headers=headers))
        return self.asked


Words = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern="^[^\\u0000-\\u001f\\u007f]+$")]
"""Text in one line, without what no database keeps."""
MinPosition = Annotated[
    int | None,
    Query(
        alias="min-position",
        ge=1,
        le=_LAST_POSITION,
        description="Wait until the answer rests on at least this position: what a command answered.",
    ),
]


KnownAt = Annotated[
    InstantOrDay | None,
    Query(
        description="With the knowledge of which instant? It needs a zone; a day means its last instant in "
        "Amsterdam. Left out: now."
    ),
]
Position = Annotated[int | None, Query(ge=0, le=_LAST_POSITION, description="The same, as a position in the log.")]


async def _question(
    request: Request,
    effective_on: Annotated[
        Day | None, Query(description="Which day do you ask about, in Amsterdam? Left out: today.")
    ] = None,
    known_at: KnownAt = None,
    position: Position = None,
    min_position: MinPosition = None,
) -> Question:
    asked = Asked.model_construct(effective_on=effective_on, known_at=known_at, position=position)
    return Question(asked, min_position, request.app.state.wait_seconds)


async def _knowledge(
    request: Request, known_at: KnownAt = None, position: Position = None, min_position: MinPosition = None
) -> Question:
    asked = Asked.model_construct(effective_on=None, known_at=known_at, position=position)
    return Question(asked, min_position, request.app.state.wait_seconds)


Asking = Annotated[Question, Depends(_question)]
"""``effective_on``, ``known_at``, ``position`` and ``min-position`` of a question."""
Knowing = Annotated[Question, Depends(_knowledge)]
"""The same of what is of all days at once."""


def check_position(system: System, min_position: int | None) -> None:
    """For an answer from the log, which holds all that is in it: that the log is so long.

    Raises ``PositionUnknown``.
    """
    if min_position is not None:
        system.log.horizon(position=min_position)


class Paging(NamedTuple):
    """Where a page begins, as the page before named it, and how many it holds at most."""

    cursor: str | None
    limit: int


Cursor = Annotated[str | None, Query(max_length=500, description="The ``next_page`` of the answer before, unchanged.")]


async def _paging(
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="The most that a page holds.")] = 50,
) -> Paging:
    if cursor is not None and not cursor.isprintable():  # PostgreSQL can not even look for U+0000
        raise invalid("query.cursor", "expected the next_page of the answer before, unchanged")
    return Paging(cursor, limit)


Page = Annotated[Paging, Depends(_paging)]
"""``cursor`` and ``limit`` of a list; each answer names its ``next_page``."""

Purchaser = Annotated[
    str,
    Path(pattern="^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60, description="Such as caresq.", examples=["caresq"]),
]
Agb = Annotated[
    str, Path(pattern="^[0-9]{8}$", description="The practice, by its AGB code of eight digits.", examples=["04001234"])
]

TheCareType = Annotated[CareType, Path(examples=["FYS"])]


def agb_of(agb: str, path: str = "path.agb") -> AgbCode:
    """The AGB code that a request names at ``path``; ends with a problem when there can be none."""
    try:
        return AgbCode(agb)
    except ValueError as error:
        raise invalid(path, str(error)) from None


async def _contract(
    purchaser: Purchaser,
    agb: Agb,
    care_type: TheCareType,
    period: Annotated[
        str, Path(pattern="^[0-9]{4}(-[0-9]{4})?$", description="Such as 2025-2026.", examples=["2025-2026"])
    ],
) -> ContractId:
    try:
        return ContractId.parse(f"{purchaser}/{agb}/{care_type}/{period}")
    except ValueError as error:
        raise invalid("path", str(error)) from None


CONTRACT = "/contracts/{purchaser}/{agb}/{care_type}/{period}"
"""The path of a contract."""
TheContract = Annotated[ContractId, Depends(_contract)]
"""The contract that the path names."""

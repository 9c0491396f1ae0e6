"""The letters about a contract: which went out and what became of each, and how one reads."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from application.letters.letter import Language, LetterKind
from application.letters.preview import letters_about
from application.queries.horizon import Asked, fix_horizon
from domain.calendar import Instant, from_microseconds
from domain.model import Frozen
from infrastructure.bootstrap import Delivery, DeliveryState, word_letter
from infrastructure.http.access import Operation
from infrastructure.http.calling import Caller, CheckedRoute, TheSystem
from infrastructure.http.identity import INSIDE
from infrastructure.http.problem_kinds import Kind
from infrastructure.http.problems import fail
from infrastructure.http.reading import CONTRACT, Knowing, Page, TheContract
from infrastructure.http.routing import READING, answered, operation

router = APIRouter(tags=["letters"], route_class=CheckedRoute)

_MAIL = "mail"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
"""What a letter's page may do: be styled as it was sent, and nothing else."""


class LetterSent(Frozen):
    """A letter, the fact that caused it, and what became of it; of the address no more than shows whose it may be.

    ``error`` is for the purchaser's own people. Asked with the knowledge of an earlier instant the state is ``sent`` or
    ``not_sent``: whether it then waited, was dead or was left out, and how often it was tried, nothing tells.
    """

    id: str
    event_id: str
    position: int
    kind: str
    recipient: str
    state: str
    attempts: int | None
    created_at: Instant
    sent_at: Instant | None
    error: str | None


class LettersAnswer(Frozen):
    """A page of letters about facts up to ``position``, in their order; ``next_page`` is the ``cursor`` of the next."""

    contract_id: str
    known_at: Instant
    position: int
    letters: tuple[LetterSent, ...]
    next_page: str | None


@router.get(
    CONTRACT + "/letters",
    **operation(
        Operation.LIST_LETTERS, LettersAnswer, *READING, success="The letters, in the order of what caused them."
    ),
)
def list_letters(
    contract_id: TheContract, question: Knowing, page: Page, caller: Caller, system: TheSystem
) -> Response:
    """What was told about the contract by mail, each letter with the fact that caused it and what became of it.

    With the knowledge of an earlier instant: the letters of what was recorded by then, and whether each had been sent.
    A cursor keeps no instant: name it again.
    """
    asked = question.seen_by(system)
    _, horizon = fix_horizon(system.log, system.clock, asked)
    found = system.outbox.deliveries(
        stream_id=str(contract_id), up_to=horizon.position, after=page.cursor, limit=page.limit
    )
    inside = caller.is_any_of(INSIDE) and caller.purchaser == contract_id.purchaser
    letters = [_sent(each, error=each.masked_error if inside else None) for each in found if _is_mail(each)]
    if asked != Asked():
        letters = [
            _sent_by(letter, delivery.state_at(horizon.known_at))
            for letter, delivery in zip(letters, filter(_is_mail, found), strict=True)
        ]
    return answered(
        LettersAnswer(
            contract_id=str(contract_id),
            known_at=from_microseconds(horizon.known_at),
            position=horizon.position,
            letters=tuple(letters),
            next_page=found[-1].name if len(found) == page.limit else None,
        )
    )


@router.get(
    CONTRACT + "/letters/{version}/{letter}",
    **operation(
        Operation.READ_LETTER, None, *READING, success="The letter as it was written.", media_types=("text/html",)
    ),
)
def read_letter(
    contract_id: TheContract,
    version: Annotated[int, Path(ge=1, le=10**9, description="The number of the fact that caused it.", examples=[1])],
    letter: Annotated[LetterKind, Path(examples=["questionnaire_ready"])],
    system: TheSystem,
    language: Annotated[Language, Query(alias="lang", description="In which language.")] = Language.NL,
) -> Response:
    """A letter about the commit that holds a fact, made from the log in the words of now; nothing is sent."""
    event = f"{contract_id}@{version}"
    found = letters_about(system.contracting, event)
    if found is None:
        raise fail(Kind.NOT_FOUND, f"there is no fact {event}", code="EVENT_UNKNOWN")
    chosen = [each for each in found if each.kind is letter]
    if not chosen:
        kinds = ", ".join(each.kind for each in found) or "none"
        raise fail(Kind.NOT_FOUND, f"no letter {letter} goes with {event}; with it go: {kinds}", code="LETTER_UNKNOWN")
    headers = {"Content-Language": language.value, "Content-Security-Policy": _POLICY}
    return Response(word_letter(chosen[0], language).html, headers=headers, media_type="text/html; charset=utf-8")


def _is_mail(delivery: Delivery) -> bool:
    return delivery.channel == _MAIL


def _sent(delivery: Delivery, *, error: str | None) -> LetterSent:
    return LetterSent(
        id=delivery.name,
        event_id=delivery.event_id,
        position=delivery.position,
        kind=delivery.kind,
        recipient=delivery.masked_recipient,
        state=delivery.state,
        attempts=delivery.attempts,
        created_at=from_microseconds(delivery.created_at),
        sent_at=None if delivery.sent_at is None else from_microseconds(delivery.sent_at),
        error=error,
    )


def _sent_by(letter: LetterSent, state: str) -> LetterSent:
    """What is known of a letter at an earlier instant, by its state then."""
    sent_at = letter.sent_at if state == DeliveryState.SENT else None
    return letter.model_copy(update={"state": state, "sent_at": sent_at, "attempts": None, "error": None})

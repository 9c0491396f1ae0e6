"""What another portal, such as VECOZO's, saw and hands over: each act with its own id and its own instant."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Path, Request
from starlette.responses import Response

from application.order import Order
from application.ports import VersionConflict
from application.wording.explanations import Language
from application.wording.refusals import refusal_told
from domain.contract.contract_id import ContractId
from domain.model import Frozen
from domain.refusal import Refused, RefusedError
from infrastructure.bootstrap import System
from infrastructure.http.access import Operation
from infrastructure.http.calling import CheckedRoute, TheSystem
from infrastructure.http.commanding import Given, Giving
from infrastructure.http.edge import large_body
from infrastructure.http.languages import language_asked
from infrastructure.http.problems import FieldError
from infrastructure.http.reading import Purchaser
from infrastructure.http.resources.evidence import ANY_SIZE, ReceivedFile, parts_of, with_a_file
from infrastructure.http.resources.feed_items import Batch, Item, Malformed
from infrastructure.http.routing import COMMANDING, answered, operation

router = APIRouter(tags=["feeds"], route_class=CheckedRoute)
BATCH_BYTES = 8_000_000
Feed = Annotated[str, Path(pattern="^[a-z][a-z0-9-]{0,39}$", description="The portal's name, such as vecozo.")]


class Handed(Frozen):
    """What became of one act: recorded; refused with its ``code``, ``message`` and ``clause``; or malformed.

    A ``repeated`` one was recorded before. Of one that was refused or malformed nothing is stored, and it may be sent
    again under its id. ``errors`` are the fields of a malformed one, in their places in the batch
    (``body.items.3.person_id``); its ``id`` is absent where it named none.
    """

    id: str | None
    contract_id: str | None
    status: Literal["recorded", "refused", "malformed"]
    repeated: bool = False
    version: int | None = None
    position: int | None = None
    facts: tuple[str, ...] = ()
    code: str | None = None
    message: str | None = None
    clause: str | None = None
    errors: tuple[FieldError, ...] = ()


class HandedOver(Frozen):
    """What became of each act, in the order in which they were sent."""

    items: tuple[Handed, ...]


class HandedFile(Frozen):
    """A file that was taken in: what it is by its content."""

    sha256: str
    size: int
    media_type: str


_SIGNED = {
    "id": "V-2024-118",
    "kind": "Signed",
    "agb": "04001234",
    "care_type": "FYS",
    "period": "2025-2026",
    "person_id": "p1",
    "certificate_serial": "serial-1",
    "agreement_sha256": "0" * 64,
    "occurred_at": "2024-11-01T10:03:00+01:00",
}


@router.post(
    "/feeds/{purchaser}/{feed}/items",
    **operation(
        Operation.HAND_OVER,
        HandedOver,
        *COMMANDING,
        success="What became of each act.",
    ),
)
@large_body(BATCH_BYTES)
def hand_over(
    purchaser: Purchaser,
    feed: Feed,
    given: Given,
    batch: Annotated[Batch, Body(examples=[{"items": [_SIGNED]}])],
    system: TheSystem,
    request: Request,
) -> Response:
    """Record what was done in another portal, at the instant at which it was done there, never in the future.

    An act is known by its id within the feed and its contract, whatever the key of the request: sent again it is
    answered alike and recorded once. It is judged by its own instant: a signature of before the deadline counts, also
    when it comes after. An act that can not be read is told in its place, and the others are taken.
    """
    language = language_asked(request.headers.get("accept-language", ""))
    handed = tuple(
        _malformed(place, item, language)
        if isinstance(item, Malformed)
        else _handed(system, purchaser, feed, item, given, language)
        for place, item in enumerate(batch.acts)
    )
    return answered(HandedOver(items=handed), {"Content-Language": language.value})


@router.post(
    "/feeds/{purchaser}/{feed}/files",
    **with_a_file(
        operation(
            Operation.HAND_OVER_FILE,
            HandedFile,
            *COMMANDING,
            success="The file is stored.",
            example={"sha256": "0" * 64, "size": 48213, "media_type": "application/pdf"},
        )
    ),
)
@large_body(ANY_SIZE)
def hand_over_file(
    purchaser: Purchaser,  # noqa: ARG001 - whose feed it is, for the check of access
    feed: Feed,  # noqa: ARG001
    given: Given,  # noqa: ARG001 - every command has a key; a file is known by its content
    file: ReceivedFile,
    system: TheSystem,
) -> Response:
    """Hand over a file that an ``EvidenceUploaded`` names by its SHA-256, before or after it."""
    return answered(HandedFile(**system.evidence.keep(parts_of(file))._asdict()))


def _handed(system: System, purchaser: str, feed: str, item: Item, given: Giving, language: Language) -> Handed:
    contract_id = ContractId.parse(f"{purchaser}/{item.agb}/{item.care_type}/{item.period}")
    order = Order(
        item.person_id,
        f"feed/{feed}/{item.id}",
        on_behalf_of=item.agb,
        reason=f"handed over by {feed} as {item.id}",
        occurred_at=item.occurred_at,
        correlation_id=given.correlation_id,
        handed_over_by=feed,
    )
    try:
        answer = system.contracting.act(contract_id, item.command, order)
    except RefusedError as error:
        return _refused(item, contract_id, error.refused, language)
    except VersionConflict as error:
        return _refused(item, contract_id, Refused("CONFLICT", str(error)), language)
    return Handed(
        id=item.id,
        contract_id=str(contract_id),
        status="recorded",
        repeated=answer.repeated,
        version=answer.version,
        position=answer.position,
        facts=tuple(each.stored_name for each in answer.facts),
    )


def _refused(item: Item, contract_id: ContractId, refused: Refused, language: Language) -> Handed:
    return Handed(
        id=item.id,
        contract_id=str(contract_id),
        status="refused",
        code=refused.code,
        message=refusal_told(refused.code, refused.message, refused.why, language),
        clause=refused.clause or None,
    )


def _malformed(place: int, item: Malformed, language: Language) -> Handed:
    """An act that nobody can read; ``place`` is where it stands in the batch, from 0."""
    where = f"body.items.{place}"
    errors = tuple(
        FieldError(path=f"{where}.{each.path}".rstrip("."), message=getattr(each.told, language))
        for each in item.errors
    )
    return Handed(
        id=item.id,
        contract_id=None,
        status="malformed",
        code="INVALID",
        message=f"{errors[0].path}: {errors[0].message}",
        errors=errors,
    )

"""What another portal, such as VECOZO's, saw and hands over: each act with its own id and its own instant."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Path
from pydantic import Field
from starlette.responses import Response

from application.order import Order
from application.ports import VersionConflict
from domain.agb import AgbCode
from domain.calendar import Instant
from domain.care_type import CareType
from domain.contract.commands import (
    ConfirmQuestionnaire,
    ContractCommand,
    DeclineOffer,
    OpenQuestionnaire,
    Sign,
    UploadEvidence,
)
from domain.contract.contract_id import ContractId
from domain.contract.facts import Sha256
from domain.model import Frozen
from domain.policy.answers import Answers
from domain.refusal import RefusedError
from infrastructure.bootstrap import System
from infrastructure.http.access import Operation
from infrastructure.http.calling import TheSystem
from infrastructure.http.commanding import Given, Giving
from infrastructure.http.edge import large_body
from infrastructure.http.reading import Purchaser
from infrastructure.http.resources.delegations import PersonId
from infrastructure.http.resources.evidence import ANY_SIZE, ReceivedFile, parts_of, with_a_file
from infrastructure.http.routing import COMMANDING, answered, operation

router = APIRouter(tags=["feeds"])
AT_ONCE = 200
BATCH_BYTES = 8_000_000
Feed = Annotated[str, Path(pattern="^[a-z][a-z0-9-]{0,39}$", description="The portal's name, such as vecozo.")]


class _Item(Frozen):
    """An act: ``id`` is the portal's own name for it, ``person_id`` who did it there, ``occurred_at`` when.

    ``agb``, ``care_type`` and ``period`` name the contract.
    """

    id: Annotated[str, Field(pattern="^[A-Za-z0-9._~-]{1,128}$")]
    agb: AgbCode
    care_type: CareType
    period: Annotated[str, Field(pattern="^[0-9]{4}(-[0-9]{4})?$")]
    person_id: PersonId
    occurred_at: Instant


class OpenedThere(_Item):
    """A questionnaire was looked at; only the first time is recorded, and it changes no right."""

    kind: Literal["QuestionnaireOpened"]

    @property
    def command(self) -> ContractCommand:
        """What it asks for here."""
        return OpenQuestionnaire()


class ConfirmedThere(_Item):
    """A questionnaire was confirmed, with these answers."""

    kind: Literal["QuestionnaireConfirmed"]
    answers: Answers

    @property
    def command(self) -> ContractCommand:
        """What it asks for here."""
        return ConfirmQuestionnaire(answers=self.answers)


class SuppliedThere(_Item):
    """Evidence was supplied; its file is handed over by itself."""

    kind: Literal["EvidenceUploaded"]
    factor: Annotated[str, Field(max_length=80)]
    sha256: Sha256
    size: Annotated[int, Field(ge=1, le=2**40)]
    media_type: Annotated[str, Field(max_length=200)]

    @property
    def command(self) -> ContractCommand:
        """What it asks for here."""
        return UploadEvidence(factor=self.factor, sha256=self.sha256, size=self.size, media_type=self.media_type)


class SignedThere(_Item):
    """An offer was accepted with this personal certificate, on the text with this SHA-256."""

    kind: Literal["Signed"]
    certificate_serial: Annotated[str, Field(min_length=1, max_length=200)]
    agreement_sha256: Sha256
    declared: Answers | None = None

    @property
    def command(self) -> ContractCommand:
        """What it asks for here."""
        return Sign(
            person_id=self.person_id,
            certificate_serial=self.certificate_serial,
            agreement_sha256=self.agreement_sha256,
            declared=self.declared,
        )


class DeclinedThere(_Item):
    """An offer was declined with this personal certificate."""

    kind: Literal["OfferDeclined"]
    certificate_serial: Annotated[str, Field(min_length=1, max_length=200)]

    @property
    def command(self) -> ContractCommand:
        """What it asks for here."""
        return DeclineOffer(person_id=self.person_id, certificate_serial=self.certificate_serial)


Item = Annotated[
    OpenedThere | ConfirmedThere | SuppliedThere | SignedThere | DeclinedThere, Field(discriminator="kind")
]


class Batch(Frozen):
    """Acts, in the order in which they happened; each is carried out by itself."""

    items: Annotated[tuple[Item, ...], Field(min_length=1, max_length=AT_ONCE)]


class Handed(Frozen):
    """What became of one act: recorded, or refused with its ``code``, ``message`` and ``clause``; nothing then stored.

    A ``repeated`` one was recorded before. One that was refused may be sent again under its id.
    """

    id: str
    contract_id: str
    status: Literal["recorded", "refused"]
    repeated: bool = False
    version: int | None = None
    position: int | None = None
    facts: tuple[str, ...] = ()
    code: str | None = None
    message: str | None = None
    clause: str | None = None


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
        example={
            "items": [
                {
                    "id": "V-2024-118",
                    "contract_id": "caresq/04001234/FYS/2025-2026",
                    "status": "recorded",
                    "repeated": False,
                    "version": 8,
                    "position": 1042,
                    "facts": ["Signed"],
                    "code": None,
                    "message": None,
                    "clause": None,
                }
            ]
        },
    ),
)
@large_body(BATCH_BYTES)
def hand_over(
    purchaser: Purchaser,
    feed: Feed,
    given: Given,
    batch: Annotated[Batch, Body(examples=[{"items": [_SIGNED]}])],
    system: TheSystem,
) -> Response:
    """Record what was done in another portal, at the instant at which it was done there, never in the future.

    An act is known by its id within the feed, whatever the key of the request: sent again it is answered alike and
    recorded once. It is judged by its own instant: a signature of before the deadline counts, also when it comes after.
    """
    return answered(HandedOver(items=tuple(_handed(system, purchaser, feed, item, given) for item in batch.items)))


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


def _handed(system: System, purchaser: str, feed: str, item: Item, given: Giving) -> Handed:
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
        told = error.refused
        return Handed(
            id=item.id,
            contract_id=str(contract_id),
            status="refused",
            code=told.code,
            message=told.message,
            clause=told.clause or None,
        )
    except VersionConflict as error:
        return Handed(id=item.id, contract_id=str(contract_id), status="refused", code="CONFLICT", message=str(error))
    return Handed(
        id=item.id,
        contract_id=str(contract_id),
        status="recorded",
        repeated=answer.repeated,
        version=answer.version,
        position=answer.position,
        facts=tuple(each.stored_name for each in answer.facts),
    )

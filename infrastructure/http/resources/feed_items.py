"""What another portal's acts look like, each read by itself: one that can not be read does not keep the others out."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, ValidationError, WrapValidator

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
from domain.contract.facts import Sha256
from domain.model import Frozen
from domain.policy.answers import Answers
from infrastructure.http.problems import WrongField, wrong_field
from infrastructure.http.resources.delegations import PersonId

AT_ONCE = 200


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


class Malformed(NamedTuple):
    """An act that can not be read: its id where that is one, and all that is wrong with it."""

    id: str | None
    errors: tuple[WrongField, ...]


def _each_by_itself(given: Any, read: Callable[[Any], Item]) -> Item | Malformed:
    try:
        return read(given)
    except ValidationError as error:
        named = given.get("id") if isinstance(given, dict) else None
        found = [wrong_field(each) for each in error.errors()]
        errors = tuple(each._replace(path=each.path.removeprefix(f"{_kind(given)}.")) for each in found)
        return Malformed(named[:128] if isinstance(named, str) else None, errors)


def _kind(given: Any) -> Any:
    """By which a model was chosen, and which pydantic therefore names in a path."""
    return given.get("kind") if isinstance(given, dict) else None


class Batch(Frozen):
    """Acts, in the order in which they happened; each is carried out by itself."""

    items: Annotated[
        tuple[Annotated[Item, WrapValidator(_each_by_itself)], ...], Field(min_length=1, max_length=AT_ONCE)
    ]

    @property
    def acts(self) -> tuple[Item | Malformed, ...]:
        """The acts, and in their places those that can not be read."""
        return self.items

"""Facts to stored bytes and back: a table from stored name to the fact class's own validator.

The library's compressor and cipher hooks are kept; state, context and explanation go through them alike.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, get_args

from eventsourcing.persistence import Cipher, Compressor, JSONTranscoder, Mapper, StoredEvent

from application.ports import Entry, Row
from domain.calendar import from_microseconds
from domain.contract.facts import ContractFact
from domain.explanation import Explanation
from domain.history import Fact, Recorded, UnreadableError
from domain.policy.adoption import PolicyAdopted
from domain.provider.facts import ProviderFact
from domain.round.facts import PlanFact, RoundFact
from domain.simulation import SimulationStarted

FACT_TYPES: tuple[type[Fact], ...] = (
    *get_args(ContractFact),
    *get_args(ProviderFact),
    PolicyAdopted,
    *get_args(RoundFact),
    *get_args(PlanFact),
    SimulationStarted,
)


class UnknownFactError(UnreadableError):
    """The log holds a fact that this version of the program does not know."""


class DamagedFactError(UnreadableError):
    """The log holds a fact whose bytes are no fact of its kind."""


class NewFact(NamedTuple):
    """A fact about to be stored: the entry that the library's ``Application.save`` collects.

    ``occurred_at`` is in microseconds since 1970 (UTC).
    """

    originator_id: str
    originator_version: int
    fact: Fact
    occurred_at: int
    context: bytes
    explanation: Explanation | None = None


class FactMapper(Mapper[str]):
    """The library's mapper for our facts."""

    def __init__(self, compressor: Compressor | None = None, cipher: Cipher | None = None) -> None:
        super().__init__(JSONTranscoder(), compressor, cipher)
        self._read: dict[str, Callable[[bytes], Fact]] = {
            fact.topic(): fact.__pydantic_validator__.validate_json for fact in FACT_TYPES
        }
        self._sealed = compressor is not None or cipher is not None

    def encode(self, new: NewFact) -> Entry:
        """The entry that the log appends."""
        fact = new.fact
        state = fact.__pydantic_serializer__.to_json(fact)
        context = new.context
        explanation = None if new.explanation is None else _explanation_json(new.explanation)
        if self._sealed:
            state, context = self._seal(state), self._seal(context)
            explanation = None if explanation is None else self._seal(explanation)
        return Entry(
            new.originator_id, new.originator_version, fact.topic(), state, new.occurred_at, context, explanation
        )

    def decode(self, row: Row) -> Recorded:
        """The fact that the log holds, with its instants and its context's JSON."""
        position, stream_id, version, topic, state, occurred_at, recorded_at, context = row
        if topic not in self._read:
            raise UnknownFactError(
                f"{stream_id}@{version} is a {topic!r}, which this version does not know: it was written by a newer one"
            )
        try:
            if self._sealed:
                state, context = self._open(state), self._open(context)
            fact = self._read[topic](state)
            instants = from_microseconds(occurred_at), from_microseconds(recorded_at)
        except Exception as error:  # a cipher and a compressor raise errors of their own
            raise DamagedFactError(
                f"{stream_id}@{version} at log position {position} can not be read as {topic!r}: its bytes are "
                "damaged; restore the log from a backup"
            ) from error
        return Recorded(position, stream_id, version, *instants, fact, context)

    def decode_all(self, rows: Sequence[Row]) -> list[Recorded]:
        """The facts of many rows, in the same order."""
        if self._sealed:
            return [self.decode(row) for row in rows]
        read, instant = self._read, from_microseconds
        try:
            return [
                Recorded(
                    position, stream_id, version, instant(occurred), instant(recorded), read[topic](state), context
                )
                for position, stream_id, version, topic, state, occurred, recorded, context in rows
            ]
        except (KeyError, ValueError, OverflowError):
            return [self.decode(row) for row in rows]

    def decode_explanation(self, stored: bytes) -> Explanation:
        """The explanation that was stored beside a fact; raises ``DamagedFactError``."""
        try:
            return Explanation.model_validate_json(self._open(stored) if self._sealed else stored)
        except Exception as error:  # a cipher and a compressor raise errors of their own
            message = "an explanation can not be read: its bytes are damaged; restore the log from a backup"
            raise DamagedFactError(message) from error

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """The library's form of a new fact."""
        entry = self.encode(domain_event)
        return StoredEvent(entry.originator_id, entry.originator_version, entry.topic, entry.state)

    def opened(self, stored: bytes) -> bytes:
        """Stored bytes as they were before cipher and compressor, whatever they say."""
        return self._open(stored) if self._sealed else stored

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """The fact of a stored event; its envelope is read through ``decode``."""
        state = self._open(stored_event.state) if self._sealed else stored_event.state
        return NewFact(
            str(stored_event.originator_id),
            stored_event.originator_version,
            self._read[stored_event.topic](state),
            0,
            b"",
        )

    def _seal(self, plain: bytes) -> bytes:
        if self.compressor is not None:
            plain = self.compressor.compress(plain)
        return self.cipher.encrypt(plain) if self.cipher is not None else plain

    def _open(self, stored: bytes) -> bytes:
        if self.cipher is not None:
            stored = self.cipher.decrypt(stored)
        return self.compressor.decompress(stored) if self.compressor is not None else stored


def _explanation_json(explanation: Explanation) -> bytes:
    return explanation.__pydantic_serializer__.to_json(explanation, exclude_defaults=True)

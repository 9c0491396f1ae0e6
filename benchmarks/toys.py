"""Five toy facts, twice: as our frozen models with a fold, and as a stock aggregate of the eventsourcing library.

Both carry the same fields with the same values, about 300 bytes of JSON a fact.
"""

from typing import Literal, NamedTuple

from eventsourcing.domain import Aggregate, event

from application.ports import Entry, Row
from domain.model import Frozen

NOTE = (
    "zoals gevraagd in de vragenlijst; zie de bijlage voor het diploma en de registratie in het kwaliteitsregister. "
    * 2
)


class Opened(Frozen):
    """It began."""

    by: str
    note: str


class Answered(Frozen):
    """An answer came."""

    by: str
    note: str


class Supplied(Frozen):
    """A document came."""

    by: str
    note: str


class Judged(Frozen):
    """A verdict fell."""

    by: str
    note: str


class Closed(Frozen):
    """It ended."""

    by: str
    note: str


ToyFact = Opened | Answered | Supplied | Judged | Closed
KINDS: tuple[type[ToyFact], ...] = (Opened, Answered, Supplied, Judged, Closed)
READ = {kind.__name__: kind.__pydantic_validator__.validate_json for kind in KINDS}
WRITE = {kind: kind.__pydantic_serializer__.to_json for kind in KINDS}
CONTEXT = b'{"actor":"j.devries","on_behalf_of":"caresq","command_id":"round-2025/approve-04001234","reason":null}'


class ToyState(NamedTuple):
    """What the fold of a stream comes to."""

    version: int = 0
    by: str = ""
    stage: Literal["new", "open", "answered", "supplied", "judged", "closed"] = "new"


def evolve(state: ToyState, fact: ToyFact) -> ToyState:
    """One fact further."""
    match fact:
        case Opened():
            return ToyState(state.version + 1, fact.by, "open")
        case Answered():
            return ToyState(state.version + 1, fact.by, "answered")
        case Supplied():
            return ToyState(state.version + 1, fact.by, "supplied")
        case Judged():
            return ToyState(state.version + 1, fact.by, "judged")
        case Closed():
            return ToyState(state.version + 1, fact.by, "closed")


def fold(rows: list[Row]) -> ToyState:
    """The state of one stream."""
    state = ToyState()
    for row in rows:
        state = evolve(state, READ[row.topic](row.state))
    return state


def entry(stream: str, version: int, fact: ToyFact, now: int) -> Entry:
    """A fact on its way to the log."""
    return Entry(stream, version, type(fact).__name__, WRITE[type(fact)](fact), now, CONTEXT, None)


def six_facts() -> list[ToyFact]:
    """The history that a command finds."""
    return [kind(by="j.devries", note=NOTE) for kind in (Opened, Answered, Supplied, Judged, Supplied, Judged)]


class Toy(Aggregate):
    """The same as a stock aggregate."""

    @event("Opened")
    def __init__(self, by: str, note: str) -> None:
        self.by = by
        self.note = note
        self.stage = "open"

    @event("Answered")
    def answer(self, by: str, note: str) -> None:
        self.by, self.note, self.stage = by, note, "answered"

    @event("Supplied")
    def supply(self, by: str, note: str) -> None:
        self.by, self.note, self.stage = by, note, "supplied"

    @event("Judged")
    def judge(self, by: str, note: str) -> None:
        self.by, self.note, self.stage = by, note, "judged"

    @event("Closed")
    def close(self, by: str, note: str) -> None:
        self.by, self.note, self.stage = by, note, "closed"


def toy_with_six_events() -> Toy:
    """The history that a command of the library finds."""
    toy = Toy("j.devries", NOTE)
    toy.answer("j.devries", NOTE)
    toy.supply("j.devries", NOTE)
    toy.judge("j.devries", NOTE)
    toy.supply("j.devries", NOTE)
    toy.judge("j.devries", NOTE)
    return toy

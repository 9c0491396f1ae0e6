"""Who watches commands while they are carried out: for logs and counts, never for what is decided."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from application.order import Order
from domain.refusal import Refused


class Commanded(Protocol):
    """A command of a contract or a practice."""

    @property
    def kind(self) -> str:
        """Its name in files and over the wire."""
        ...


class Answered(Protocol):
    """What an accepted command brought; ``repeated`` tells that its id was answered before."""

    @property
    def facts(self) -> Sequence[object]:
        """The facts, none when all had happened already."""
        ...

    @property
    def repeated(self) -> bool:
        """Whether the facts stood in the log before."""
        ...


Answer = TypeVar("Answer", bound=Answered)


class Watch(Protocol):
    """Sees commands; it changes no answer, and raises only what the work raises."""

    def over(self, subject: str, command: Commanded, order: Order, work: Callable[[], Answer]) -> Answer:
        """Let the work on a stream be done, and note how it ended and how long it took."""
        ...

    def note(self, subject: str, command: Commanded, order: Order, answer: Answered | Refused) -> None:
        """Note a command that was answered together with others."""
        ...


class Unwatched:
    """Nobody watches."""

    def over(self, subject: str, command: Commanded, order: Order, work: Callable[[], Answer]) -> Answer:
        """See ``Watch``."""
        return work()

    def note(self, subject: str, command: Commanded, order: Order, answer: Answered | Refused) -> None:
        """See ``Watch``."""


UNWATCHED = Unwatched()

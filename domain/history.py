"""Facts and their envelope: what happened, when, recorded when, by whom and why."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from domain.calendar import Instant
from domain.model import Frozen, added


class Fact(Frozen):
    """Something that happened, named in the past tense; never changed once stored.

    ``stored_name`` and ``schema_version`` are frozen by golden files; a changed shape gets the next version and an
    upcaster.
    """

    stored_name: ClassVar[str]
    schema_version: ClassVar[int] = 1

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.stored_name = cls.__dict__.get("stored_name", cls.__name__)

    @classmethod
    def topic(cls) -> str:
        """The name under which the log stores it: ``TierAssigned.v1``."""
        return f"{cls.stored_name}.v{cls.schema_version}"


class Context(Frozen):
    """Who asked for a decision, on whose behalf, why, and what the decision saw.

    ``policy_position`` is the log position of the policy adoption that decided, ``provider_version`` the version of
    the provider's stream that was seen; ``command_digest`` tells a repeat from another command under the same id.

    On the first fact of a command stands what the facts themselves do not tell, so that it can be decided again: the
    ``command`` itself, the instant ``acted_at`` that was judged, absent where it is the fact's own, and the present
    ``decided_at`` of the decision, absent where it is the instant judged. ``earlier_contracts`` are the streams of
    contracts of earlier periods that it saw, by id, with their versions; absent where it saw none. ``handed_over_by``
    is the feed of another portal that saw the act, absent where it was done here.
    """

    actor: str
    on_behalf_of: str | None = None
    command_id: str
    command_digest: str
    correlation_id: str
    causation_id: str | None = None
    reason: str | None = None
    policy_position: int | None = None
    provider_version: int | None = None
    command: dict[str, Any] | None = None
    acted_at: Instant | None = None
    decided_at: Instant | None = None
    earlier_contracts: dict[str, int] | None = None
    handed_over_by: str | None = None


class UnreadableError(LookupError):
    """What the log holds can not be read: a newer program wrote it, or its bytes are damaged. It is there all the same.

    The message is one line that names the event.
    """


class Recorded(NamedTuple):
    """A fact with its place and its two instants; ``context`` is the stored JSON, read by those who ask for it."""

    position: int
    stream_id: str
    version: int
    occurred_at: datetime
    recorded_at: datetime
    fact: Fact
    context: bytes

    @property
    def event_id(self) -> str:
        """``<stream id>@<version>``: known before the commit, used by causation."""
        return f"{self.stream_id}@{self.version}"

    def envelope(self) -> Context:
        """The stored context, decoded; raises ``UnreadableError``."""
        try:
            return Context.model_validate_json(self.context)
        except ValueError:
            raise UnreadableError(
                f"who recorded {self.event_id} at log position {self.position}, and why, can not be read: its bytes "
                "are damaged; restore the log from a backup"
            ) from None


class FactCorrected(Fact):
    """A wrong entry is mended: the fact at ``corrects`` is read as ``replacement``, or not at all.

    ``replacement`` is the JSON of a fact of the same kind; ``occurred_at`` replaces the instant when it was the wrong
    one. A correction can itself be corrected; a signature never is. In the stream of a practice ``purchaser`` is whose
    fact it mends, absent for what the register says.
    """

    corrects: int
    replacement: dict[str, Any] | None = None
    occurred_at: Instant | None = None
    purchaser: str | None = added()


def effective(history: Sequence[Recorded]) -> Iterable[Recorded]:
    """The facts of one stream as they read after its known corrections, in log order, corrections themselves left out.

    A correction counts when no later, counting correction corrects it; of several for one fact the last one counts.
    """
    if not any(type(recorded.fact) is FactCorrected for recorded in history):
        return history
    counting: dict[int, FactCorrected] = {}
    for recorded in reversed(history):
        fact = recorded.fact
        if isinstance(fact, FactCorrected):
            overruling = counting.get(recorded.version)
            if overruling is not None and overruling.replacement is not None:
                fact = FactCorrected.model_validate(overruling.replacement)
            elif overruling is not None:
                continue
            counting.setdefault(fact.corrects, fact)
    return [
        _corrected(recorded, counting.get(recorded.version))
        for recorded in history
        if not isinstance(recorded.fact, FactCorrected)
        and not (recorded.version in counting and counting[recorded.version].replacement is None)
    ]


def _corrected(recorded: Recorded, correction: FactCorrected | None) -> Recorded:
    if correction is None:
        return recorded
    return recorded._replace(
        fact=type(recorded.fact).model_validate(correction.replacement),
        occurred_at=correction.occurred_at or recorded.occurred_at,
    )

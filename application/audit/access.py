"""Who read out what: exports and evidence, written down before they are handed out."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from application.ports import Accessed, AccessLog, Clock
from domain.calendar import Instant, from_microseconds, to_microseconds
from domain.model import Frozen

PAGE = 200


class Action(StrEnum):
    """What somebody was handed."""

    AUDIT_TRAIL = "export of the audit trail"
    ROUND_REPORT = "export of a round report"
    CONTRACT_EVENTS = "export of a contract's facts"
    CLAIMS = "claims answered from the register"
    EVIDENCE = "evidence"


class Reading(NamedTuple):
    """What is about to be handed out to whom, and on which answer it rests."""

    reader: str
    action: Action
    subject: Mapping[str, Any]
    purchaser: str | None
    known_at: datetime
    position: int


class AccessEntry(Frozen):
    """One access; ``subject`` is what was asked for, ``known_at`` and ``position`` give the same answer again."""

    number: int
    accessed_at: Instant
    reader: str
    action: str
    subject: str
    purchaser: str | None
    known_at: Instant
    position: int


class AccessAnswer(Frozen):
    """A page of the access log; ``next_after`` is where the next one begins, absent on the last."""

    entries: tuple[AccessEntry, ...]
    next_after: int | None


def record_access(log: AccessLog, clock: Clock, reading: Reading) -> None:
    """Write down what is about to be handed out; raises ``StorageUnavailable``, and then nothing may be."""
    asked = ", ".join(f"{name} {value}" for name, value in reading.subject.items() if value not in (None, {}))
    log.record(
        Accessed(
            number=0,
            accessed_at=to_microseconds(clock.now()),
            reader=reading.reader,
            action=reading.action,
            subject=asked or "everything",
            purchaser=reading.purchaser,
            known_at=to_microseconds(reading.known_at),
            position=reading.position,
        )
    )


def accesses(
    log: AccessLog, *, reader: str | None, purchaser: str | None, after: int = 0, limit: int = PAGE
) -> AccessAnswer:
    """A page of who read out what; of one reader, of one purchaser's facts, if given."""
    found = log.accesses(reader=reader, purchaser=purchaser, after=after, limit=limit)
    return AccessAnswer(entries=tuple(map(_shown, found)), next_after=found[-1].number if len(found) == limit else None)


def _shown(accessed: Accessed) -> AccessEntry:
    instants = {name: from_microseconds(getattr(accessed, name)) for name in ("accessed_at", "known_at")}
    return AccessEntry.model_validate({**accessed._asdict(), **instants})

"""What the use cases ask of the outside world, as protocols.

Instants are aware datetimes in the domain; at this border, towards the log, they are
integer microseconds since 1970-01-01T00:00:00Z, which both databases store as such.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import BinaryIO, NamedTuple, Protocol


class Clock(Protocol):
    """The only source of "now"."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class WorkingDays(Protocol):
    """Which local days are working days, for the terms of a policy that count in them."""

    def is_working_day(self, day: date) -> bool:
        """Whether a local day is a working day."""
        ...

    def after(self, day: date, count: int) -> date:
        """The working day that comes ``count`` working days after a local day, which is itself never counted."""
        ...


class PrintedText(NamedTuple):
    """A text to be printed: its first line is the heading, ``fingerprint`` the line that names its SHA-256."""

    title: str
    contract: str
    fingerprint: str
    language: str
    text: str


class Printer(Protocol):
    """Lays out texts on paper."""

    def pdf(self, text: PrintedText) -> bytes:
        """The text as a PDF file; the same text gives the same bytes."""
        ...


class Entry(NamedTuple):
    """One fact, encoded, on its way to the log."""

    originator_id: str
    originator_version: int
    topic: str
    state: bytes
    occurred_at: int
    context: bytes
    explanation: bytes | None


class Row(NamedTuple):
    """One fact as the log holds it: what the fold needs, nothing more."""

    position: int
    originator_id: str
    originator_version: int
    topic: str
    state: bytes
    occurred_at: int
    recorded_at: int
    context: bytes


class Appended(NamedTuple):
    """The answer to an append: where and when the entries were recorded."""

    first_position: int
    last_position: int
    recorded_at: int


class Horizon(NamedTuple):
    """What a question may know: facts up to ``position``, deadlines judged at ``known_at``."""

    known_at: int
    position: int


class EventLog(Protocol):
    """The append-only log of all facts, ordered by position without gaps.

    Every implementation passes ``tests/infrastructure/persistence/test_event_log.py``.
    """

    def append(self, entries: Sequence[Entry], *, now: int) -> Appended:
        """Write all entries in one commit, or none.

        ``recorded_at`` is read inside the write lock, is one instant for the whole commit and strictly
        later than that of the commit before. Raises ``VersionConflict`` when a stream already
        has one of the versions (and writes nothing), ``ClockAhead`` when ``now`` is more than a
        second ahead of the database's clock.
        """
        ...

    def read(self, streams: Sequence[tuple[str, int]], *, news: tuple[str, int] | None = None) -> list[Row]:
        """The rows of the given streams after the given version each, in one round trip.

        ``[("caresq/04001234/FYS/2025-2026", 0), ("provider/04001234", 7)]`` reads the whole of
        the first stream and what is new in the second. ``news=("policy/", 12)`` adds, as of the same commit, the rows
        after position 12 of every stream whose id begins so; none of the given streams may. Rows of one stream stand
        together, in order of version.
        """
        ...

    def read_streams(self, stream_ids: Sequence[str], *, up_to: int | None = None) -> list[Row]:
        """The rows of up to 1,000 streams, ordered by stream id and version, positions not above ``up_to``."""
        ...

    def stream_ids(self, prefix: str, *, after: str = "", limit: int = 1000) -> list[str]:
        """A page of ids of streams that begin with ``prefix``, in byte order, after ``after``."""
        ...

    def rows_after(self, position: int, *, limit: int = 1000, up_to: int | None = None) -> list[Row]:
        """The next rows of the whole log in order of position."""
        ...

    def explanation(self, originator_id: str, originator_version: int) -> bytes | None:
        """The explanation stored beside one fact, if it has one."""
        ...

    def rows_at(self, positions: Sequence[int]) -> list[Row]:
        """The rows at up to 1,000 positions, in order of position; one that the log has not is left out."""
        ...

    def explanations_at(self, positions: Sequence[int]) -> dict[int, bytes]:
        """The explanations stored at up to 1,000 positions, by position; facts without one are left out."""
        ...

    def horizon(self, *, known_at: int | None = None, position: int | None = None) -> Horizon:
        """Fix what a question may know, so that the same question gives the same answer for ever.

        Neither given: now. ``known_at`` alone: the last position recorded up to it; an instant between the
        head of the log and now first waits for writers in flight. ``position`` alone: that position, moved to the end
        of its commit, and the instant at which it was recorded. Both: checked against each other. Raises
        ``KnownAtInFuture``, ``PositionUnknown`` or ``HorizonMismatch``.
        """
        ...


class AuditFilter(NamedTuple):
    """Which facts an auditor asks for; whatever is absent leaves none out.

    ``purchaser`` asks for what that one may see: its own facts, and those of no purchaser. ``policy_id`` asks for the
    facts decided under any version of a policy, its adoptions and its rounds. ``occurred_until`` is exclusive; both are
    microseconds.
    """

    purchaser: str | None = None
    agb: str | None = None
    actor: str | None = None
    on_behalf_of: str | None = None
    policy_id: str | None = None
    occurred_from: int | None = None
    occurred_until: int | None = None


class AuditIndex(Protocol):
    """Where in the log the facts stand that an auditor asks for; answers positions up to ``up_to``, in order."""

    def positions(self, wanted: AuditFilter, *, after: int, up_to: int, limit: int) -> list[int]:
        """The first positions after ``after`` of the facts that are wanted."""
        ...

    def caused_by(self, event_id: str, *, up_to: int) -> list[int]:
        """The facts of other streams that name an event as their cause."""
        ...

    def correlated(self, correlation_id: str, *, after: int, up_to: int, limit: int) -> list[int]:
        """The facts recorded in the course of one batch, such as a round or an import."""
        ...


class ToldOf(NamedTuple):
    """A letter or webhook that the fact at a log position caused, as it stands now: waiting, sent, dead or skipped.

    Neither ``delivery_id`` nor ``recipient`` holds a whole e-mail address; who has no address is an empty recipient.
    """

    position: int
    delivery_id: str
    kind: str
    channel: str
    recipient: str
    state: str


class Deliveries(Protocol):
    """What left the system, or is about to."""

    def caused_by(self, positions: Sequence[int], purchaser: str | None) -> list[ToldOf]:
        """What the facts at these log positions caused, in their order; of one purchaser's facts, if given."""
        ...


class Accessed(NamedTuple):
    """Somebody read out what the log holds: who, what, and on which answer; instants are microseconds.

    ``purchaser`` is whose facts were read, absent for those of all; ``number`` counts accesses from 1.
    """

    number: int
    accessed_at: int
    reader: str
    action: str
    subject: str
    purchaser: str | None
    known_at: int
    position: int


class AccessLog(Protocol):
    """Who read out what, apart from the facts; nothing in it is ever changed or deleted."""

    def record(self, accessed: Accessed) -> None:
        """Write one access under the next number, whatever number it carries; raises ``StorageUnavailable``."""
        ...

    def accesses(
        self, *, reader: str | None = None, purchaser: str | None = None, after: int = 0, limit: int = 200
    ) -> list[Accessed]:
        """Accesses in order of number, after ``after``; of one reader, or of one purchaser's facts, if given."""
        ...


class DueItem(NamedTuple):
    """Something that is due: since which instant, of which contract (or plan), and what; ordered so."""

    due_at: int
    subject: str
    kind: str


class DueThings(Protocol):
    """What is due, kept ready by instant; instants are microseconds. Raises ``StorageUnavailable``."""

    def bring_up(self) -> None:
        """Make sure that it knows what the log holds now; raises ``ReadModelBehind``."""
        ...

    def due(self, at: int, *, after: DueItem | None, limit: int) -> list[DueItem]:
        """A page of what is due at an instant, in order, after an item if given."""
        ...


class EventLogError(Exception):
    """The log refused; the message is one line that says what to do."""


class VersionConflict(EventLogError):
    """Another writer was first; load and decide again."""


class OtherVersion(EventLogError):
    """A contract is not at the version that a command was meant for; read it again."""


class ClockAhead(EventLogError):
    """The service's clock is more than a second ahead of the database's."""


class KnownAtInFuture(EventLogError):
    """Nobody can know today what will be recorded tomorrow."""


class PositionUnknown(EventLogError):
    """The log has no such position."""


class HorizonMismatch(EventLogError):
    """``known_at`` and ``position`` were both given and do not belong together."""


class ReadModelBehind(EventLogError):
    """A read model can not reach the position that a question asks for."""


class ReadModelStopped(ReadModelBehind):
    """A read model stopped before an event that it could not read or apply; the message names both."""


class StorageUnavailable(EventLogError):
    """The database is locked, read-only, full, unreachable, not migrated or of a newer version."""


class StorageDamaged(StorageUnavailable):
    """The database's own pages can not be read."""


class KeptEvidence(NamedTuple):
    """A file that an evidence store took in: its SHA-256 in hexadecimal, its size in bytes, its type as its content
    tells it.
    """

    sha256: str
    size: int
    media_type: str


class StoredFile(NamedTuple):
    """A file as a store lists it; ``stored_at`` is the instant at which it was last taken in, in UTC."""

    sha256: str
    size: int
    stored_at: datetime


class UnfinishedFile(NamedTuple):
    """What a write that was cut off left in a store: its name there, its size, and when it was last written, in UTC."""

    name: str
    size: int
    written_at: datetime


class EvidenceStore(Protocol):
    """Files by the SHA-256 of their content; one that was taken in is never changed.

    Every implementation passes ``tests/infrastructure/evidence/test_store.py``. All of it raises
    ``EvidenceUnavailable`` when the store can not be used.
    """

    def keep(self, content: Iterable[bytes], *, claimed: str | None = None) -> KeptEvidence:
        """Take a file in, part by part; one that is there already is not stored twice.

        ``claimed`` is the SHA-256 that the sender names. Raises ``RefusedError`` when the file is empty, too large, of
        a type that is not accepted, damaged, infected or not the one claimed, and then keeps nothing.
        """
        ...

    def read(self, sha256: str) -> BinaryIO:
        """The whole file, compared with its name before a byte is handed out; the caller closes it.

        Raises ``EvidenceMissing`` and ``EvidenceDamaged``.
        """
        ...

    def stored(self) -> Iterator[StoredFile]:
        """All files, in any order."""
        ...

    def remove(self, file: StoredFile) -> bool:
        """Remove a file, unless it was taken in again since it was listed; whether it is gone."""
        ...

    def unfinished(self) -> Iterator[UnfinishedFile]:
        """What writes left that were cut off, and what one that goes on has written so far, in any order."""
        ...

    def discard(self, file: UnfinishedFile) -> None:
        """Remove what such a write left."""
        ...


class VirusScanner(Protocol):
    """Looks for malicious software in a file."""

    def scan(self, file: BinaryIO) -> str | None:
        """The name of what was found, nothing when the file is clean; raises ``EvidenceUnavailable``."""
        ...


class EvidenceError(Exception):
    """Evidence can not be handed out or taken in; the message is one line that says what to do."""


class EvidenceUnavailable(EvidenceError):
    """The store or the virus scanner can not be used."""


class EvidenceMissing(EvidenceError):
    """The log names a file that the store has not."""


class EvidenceDamaged(EvidenceError):
    """A file in the store is not the one that its name says."""


class ProgressReport(Protocol):
    """Told how a long job gets on; the command line draws it as a bar."""

    def __call__(self, done: int, total: int) -> None: ...

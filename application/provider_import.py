"""Import of a register: what a file says of each practice, against what the log knows."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from itertools import islice
from typing import NamedTuple, Protocol

from application.mapper import NewFact
from application.order import Order
from application.ports import ProgressReport, VersionConflict
from application.providers import ATTEMPTS, ProviderStreams, new_facts
from domain.calendar import instant_text
from domain.care_type import CareType
from domain.history import Recorded
from domain.provider.decide import record_history, record_values, register, register_opt_out
from domain.provider.facts import NO_PURCHASER, ProviderFact, fold_provider, provider_stream
from domain.provider.provider import KnownValue, PastContract
from domain.provider.register import PracticeRecord

NEW_STREAMS_PER_COMMIT = 200


@dataclass(frozen=True, slots=True)
class NamedOptOut:
    """An opt-out that a register file names; for all care types when ``care_type`` is absent."""

    purchaser: str
    care_type: CareType | None
    from_day: date


@dataclass(frozen=True, slots=True)
class PracticeEntry:
    """What a register file says of one practice.

    Past contracts and known values stand by purchaser: contracts in order of first day, values each key once.
    """

    record: PracticeRecord
    past_contracts: Mapping[str, tuple[PastContract, ...]] = field(default_factory=dict)
    opt_outs: tuple[NamedOptOut, ...] = ()
    known_values: Mapping[str, tuple[KnownValue, ...]] = field(default_factory=dict)

    @property
    def purchasers(self) -> set[str]:
        """Those of whom it says something."""
        return {*self.past_contracts, *self.known_values, *(opt_out.purchaser for opt_out in self.opt_outs)}


class RowMistake(NamedTuple):
    """One cell that can not be read; ``line`` counts from 1, the header is line 1."""

    line: int
    column: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: found {self.found!r}, expected {self.expected}"


@dataclass(frozen=True, slots=True)
class RefusedPractice:
    """A practice whose rows have mistakes: it is left out as a whole."""

    agb: str
    mistakes: tuple[RowMistake, ...]


class RegisterFileError(Exception):
    """The file as a whole can not be read; one line that says where and what would be right. Nothing was imported."""


class Register(Protocol):
    """A register file that was found whole."""

    @property
    def practices(self) -> int:
        """How many different practices it names, refused ones too."""
        ...

    def entries(self) -> Iterator[PracticeEntry | RefusedPractice]:
        """Each practice in turn; one is refused once for each place where its rows stand."""
        ...


@dataclass(frozen=True, slots=True)
class Imported:
    """How many practices were new, changed, unchanged, and refused because of mistakes in their rows."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0


class Batch(NamedTuple):
    """One import: who brings it in, what it is called, and the request that it belongs to, if any."""

    actor: str
    name: str
    correlation_id: str | None


def import_register(
    streams: ProviderStreams,
    register: Register,
    *,
    actor: str,
    on_refused: Callable[[RefusedPractice], None],
    correlation_id: str | None = None,
    progress: ProgressReport | None = None,
) -> Imported:
    """Import the practices that a register describes well and tell of each other one; see ``import_records``."""
    refused: set[str] = set()

    def described_well() -> Iterator[PracticeEntry]:
        for practice in register.entries():
            if isinstance(practice, RefusedPractice):
                refused.add(practice.agb)
                on_refused(practice)
            else:
                yield practice

    def report(done: int, total: int) -> None:
        if progress is not None:
            progress(done + len(refused), total)

    imported = import_records(
        streams,
        described_well(),
        actor=actor,
        correlation_id=correlation_id,
        total=register.practices,
        progress=report,
    )
    report(register.practices - len(refused), register.practices)
    return replace(imported, refused=len(refused))


def import_records(
    streams: ProviderStreams,
    entries: Iterable[PracticeEntry],
    *,
    actor: str,
    correlation_id: str | None = None,
    total: int = 0,
    progress: ProgressReport | None = None,
) -> Imported:
    """Record what is new in a register: unknown practices in chunks of at most 200 a commit, changed ones one by one.

    May be stopped at any moment and run again: what was recorded is then found unchanged. An entry is in the log as a
    whole or not at all. Without a ``correlation_id`` the import names itself. ``total`` is only passed on to
    ``progress``.
    """
    batch = Batch(actor, f"import/{instant_text(streams.now())}", correlation_id)
    counted: Counter[str] = Counter()
    for chunk in _chunks(entries):
        known = streams.histories([entry.record.agb for entry in chunk])
        unknown = [entry for entry in chunk if entry.record.agb not in known]
        counted += _append_unknown(streams, unknown, batch)
        counted += Counter(
            _append_one(streams, entry, known[entry.record.agb], batch) for entry in chunk if entry.record.agb in known
        )
        if progress is not None:
            progress(counted.total(), total)
    return Imported(**counted)


def _chunks(entries: Iterable[PracticeEntry]) -> Iterator[list[PracticeEntry]]:
    remaining = iter(entries)
    while chunk := list(islice(remaining, NEW_STREAMS_PER_COMMIT)):
        yield chunk


def _append_unknown(streams: ProviderStreams, entries: Sequence[PracticeEntry], batch: Batch) -> Counter[str]:
    try:
        streams.append([fact for entry in entries for fact in _brought(streams, entry, [], batch)])
    except VersionConflict:
        return Counter(_append_one(streams, entry, streams.history(entry.record.agb), batch) for entry in entries)
    return Counter(new=len(entries))


def _append_one(streams: ProviderStreams, entry: PracticeEntry, history: Sequence[Recorded], batch: Batch) -> str:
    """Which count of ``Imported`` it belongs to; raises ``VersionConflict`` when others were first five times."""
    for _ in range(ATTEMPTS):
        brought = _brought(streams, entry, history, batch)
        try:
            streams.append(brought)
        except VersionConflict:
            history = streams.history(entry.record.agb)
        else:
            return "unchanged" if not brought else "changed" if history else "new"
    raise VersionConflict(f"{provider_stream(entry.record.agb)} was changed by others {ATTEMPTS} times; import again")


def _brought(
    streams: ProviderStreams, entry: PracticeEntry, history: Sequence[Recorded], batch: Batch
) -> list[NewFact]:
    agb = entry.record.agb
    facts = decide_entry(entry, history)
    if not facts:
        return []
    body = sha256(b"".join(fact.__pydantic_serializer__.to_json(fact) for fact in facts)).hexdigest()[:32]
    order = Order(batch.actor, f"{batch.name}/{agb}", correlation_id=batch.correlation_id or batch.name)
    return new_facts(agb, len(history), facts, order, body, streams.now())


def decide_entry(entry: PracticeEntry, history: Sequence[Recorded]) -> list[ProviderFact]:
    """The facts that an entry brings to what is known of its practice; none when it says nothing new."""
    facts = register(fold_provider(history, NO_PURCHASER), entry.record)
    for purchaser in sorted(entry.purchasers):
        provider = fold_provider(history, purchaser)
        facts += record_history(provider, purchaser, entry.past_contracts.get(purchaser, ()))
        facts += record_values(provider, purchaser, entry.known_values.get(purchaser, ()))
        for named in entry.opt_outs:
            if named.purchaser == purchaser:
                facts += register_opt_out(provider, purchaser, named.care_type, named.from_day)
    return facts

"""Policies enter the log: load the versions, decide, append; and files are checked without entering anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.mapper import FactMapper, NewFact
from application.policy_library import PolicyLibrary
from application.ports import Clock, EventLog, VersionConflict
from domain.calendar import from_microseconds, instant_text, to_microseconds
from domain.history import Context
from domain.policy.adoption import (
    Ground,
    PolicyAdopted,
    PolicyVersion,
    PolicyVersions,
    adopted,
    policy_stream,
)
from domain.policy.contract_keys import changed_keys, overlaps
from domain.policy.document import PolicyDocument
from domain.policy.values import Inconsistency
from domain.refusal import Refused

ATTEMPTS = 5
"""How often an adoption is decided anew when another writer was first."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong in a policy file; ``line`` is 0 when the file itself could not be read."""

    file: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.path}: {self.message}" if self.path else f"{where}: {self.message}"


class PolicyMistakesError(Exception):
    """A policy file can not be used; ``mistakes`` are all that was found, and the message has one line for each."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


class PolicySource(Protocol):
    """A policy document or an amendment, as it was read."""

    @property
    def name(self) -> str:
        """The file it was read from, for messages."""
        ...

    @property
    def policy_id(self) -> str:
        """The policy that it is, or that it amends."""
        ...

    @property
    def amends(self) -> bool:
        """Whether it changes a version in force, and is nothing without one."""
        ...

    @property
    def ground(self) -> Ground | None:
        """The ground it names itself; a whole document names none."""
        ...

    @property
    def note(self) -> str | None:
        """Why, in its own words, with its clause."""
        ...

    def document(self, in_force: PolicyDocument | None) -> PolicyDocument:
        """The whole document, an amendment merged over the one in force; raises ``PolicyMistakesError``."""
        ...


class PolicySources(Protocol):
    """Where policies are found: by the id of a packaged document, or by the path of a file."""

    def read(self, name: str) -> PolicySource:
        """What stands there; raises ``PolicyMistakesError``."""
        ...


class PolicyStreams:
    """The streams of policies in the log: versions out, adoptions in."""

    def __init__(self, log: EventLog, mapper: FactMapper, clock: Clock, adopted_before: PolicyLibrary) -> None:
        self._log = log
        self._mapper = mapper
        self._clock = clock
        self._library = adopted_before

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return self._clock.now()

    def versions(self, policy_id: str, *, up_to: int | None = None) -> PolicyVersions:
        """The adopted versions of a policy, up to a log position if given; none when it was never adopted."""
        self._library.refresh()
        return self._library.versions(policy_stream(policy_id), up_to=up_to)

    def others(self, policy_id: str) -> list[PolicyDocument]:
        """The latest document of every other policy."""
        streams = [stream for stream in self._library.streams() if stream != policy_stream(policy_id)]
        return [self._library.versions(stream).versions[-1].document for stream in streams]

    def adopted_under(self, policy_id: str, command_id: str) -> int | None:
        """The log position at which a command id adopted a version of a policy, if it did."""
        rows = self._log.read([(policy_stream(policy_id), 0)])
        found = [each for each in self._mapper.decode_all(rows) if each.envelope().command_id == command_id]
        return found[0].position if found else None

    def append(self, fact: PolicyAdopted, seen: int, occurred_at: datetime, context: Context) -> PolicyVersion:
        """Write the adoption after the last version seen; raises ``VersionConflict`` when another writer was first."""
        stored_context = context.__pydantic_serializer__.to_json(context, exclude_none=True)
        new = NewFact(policy_stream(fact.policy_id), seen + 1, fact, to_microseconds(occurred_at), stored_context)
        written = self._log.append([self._mapper.encode(new)], now=to_microseconds(self._clock.now()))
        return PolicyVersion(
            position=written.first_position,
            in_force_from=from_microseconds(to_microseconds(occurred_at)),
            document_sha256=fact.document_sha256,
            document=PolicyDocument.model_validate_json(fact.document),
            event_id=f"{new.originator_id}@{new.originator_version}",
        )


@dataclass(frozen=True, slots=True)
class AdoptionOrder:
    """Who adopts, on which ground, and from when; in force from the present when ``occurred_at`` is absent.

    The ground may be left out for a first adoption (publication) and for an amendment, which names its own. Under the
    same ``command_id`` the same document is adopted once, and another one is refused.
    """

    actor: str
    ground: Ground | None = None
    occurred_at: datetime | None = None
    reason: str | None = None
    on_behalf_of: str | None = None
    command_id: str | None = None
    correlation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Adoption:
    """The answer: the version that now stands in the log, and whether this order brought it, now or ``repeated``."""

    version: PolicyVersion
    is_new: bool
    repeated: bool = False


def adopt(streams: PolicyStreams, source: PolicySource, order: AdoptionOrder) -> Adoption | Refused:
    """Adopt a document or an amendment; the same document again only changes something from an earlier instant on.

    Raises ``PolicyMistakesError`` when an amendment does not fit the version in force, ``VersionConflict`` when other
    writers were first five times in a row.
    """
    now = streams.now()
    occurred_at = order.occurred_at or now
    refused = _refuse_instant(order, occurred_at, now)
    if refused is not None:
        return refused
    for _ in range(ATTEMPTS):
        known = streams.versions(source.policy_id)
        repeated = _repeated(streams, known, source, order)
        if repeated is not None:
            return repeated
        decided = _decide(known, source, order, occurred_at, streams.others(source.policy_id))
        if isinstance(decided, (Adoption, Refused)):
            return decided
        seen = len(known.versions)
        try:
            version = streams.append(decided, seen, occurred_at, _context(decided, seen, source, order))
        except VersionConflict as conflict:
            lost = conflict
            continue
        return Adoption(version, is_new=True)
    raise lost


def _repeated(
    streams: PolicyStreams, known: PolicyVersions, source: PolicySource, order: AdoptionOrder
) -> Adoption | Refused | None:
    """The answer that this command id got before, if the document is the same over what was in force then."""
    position = None if order.command_id is None else streams.adopted_under(source.policy_id, order.command_id)
    if position is None:
        return None
    version = known.adopted_at(position)
    earlier = PolicyVersions(tuple(each for each in known.versions if each.position < position))
    in_force = earlier.at(version.in_force_from)
    document = source.document(None if in_force is None else in_force.document)
    if adopted(document, Ground.PUBLICATION).document_sha256 != version.document_sha256:
        message = f"the command id {order.command_id!r} was used for another document; choose a new one"
        return Refused("COMMAND_ID_REUSED", message)
    return Adoption(version, is_new=True, repeated=True)


def _decide(
    known: PolicyVersions,
    source: PolicySource,
    order: AdoptionOrder,
    occurred_at: datetime,
    others: Sequence[PolicyDocument],
) -> PolicyAdopted | Adoption | Refused:
    in_force = known.at(occurred_at)
    if source.amends and in_force is None:
        message = f"{source.name} amends {source.policy_id}, which is not in force then: adopt {source.policy_id} first"
        return Refused("NOTHING_TO_AMEND", message)
    document = source.document(None if in_force is None else in_force.document)
    ground = order.ground or source.ground
    fact = adopted(document, ground or Ground.PUBLICATION)
    if in_force is not None and in_force.document_sha256 == fact.document_sha256:
        return Adoption(in_force, is_new=False)
    same = [version for version in known.versions if version.document_sha256 == fact.document_sha256]
    # without an instant of its own an order means the present, which others may have moved on from meanwhile
    covering = [each for each in same if order.occurred_at is None or each.in_force_from <= occurred_at]
    if covering and ground is None:
        return Adoption(covering[-1], is_new=False)
    # the same document from an earlier instant on is no change of what was in force
    if known.versions and ground is None and (in_force is not None or not same):
        grounds = ", ".join(each.value for each in Ground)
        message = f"another version of {document.id} is adopted; name the ground of the change with --ground: {grounds}"
        return Refused("GROUND_MISSING", message)
    rule = None if in_force is None else in_force.document.amendments
    if rule is not None and ground is not None and ground not in rule.grounds:
        message = f"{document.id} is not changed on the ground {ground}; on {', '.join(rule.grounds)}"
        return Refused("GROUND_NOT_RESERVED", message, rule.clause)
    misfits = [each for version in known.versions[-1:] for each in changed_keys(version.document, document)]
    if misfits:
        return Refused("CONTRACT_KEY_CHANGED", _listed(misfits))
    doubled = [each for other in others for each in overlaps(document, other)]
    if doubled:
        return Refused("PERIOD_OVERLAPS", _listed(doubled))
    return fact


def _listed(misfits: Sequence[Inconsistency]) -> str:
    return "; ".join(f"{'.'.join(map(str, each.path))}: {each.message}" for each in misfits)


def _refuse_instant(order: AdoptionOrder, occurred_at: datetime, now: datetime) -> Refused | None:
    if occurred_at > now:
        message = f"nothing can have been adopted at {instant_text(occurred_at)}: it is {instant_text(now)}"
        return Refused("OCCURRED_IN_FUTURE", message)
    if occurred_at < now and not (order.reason or "").strip():
        return Refused("REASON_MISSING", "an earlier instant than the present needs a reason: say how it is known")
    return None


def _context(fact: PolicyAdopted, seen: int, source: PolicySource, order: AdoptionOrder) -> Context:
    command_id = order.command_id or f"adopt {policy_stream(fact.policy_id)}@{seen + 1}"
    return Context(
        actor=order.actor,
        on_behalf_of=order.on_behalf_of,
        command_id=command_id,
        command_digest=fact.document_sha256,
        correlation_id=order.correlation_id or command_id,
        reason=order.reason or source.note,
    )


@dataclass(frozen=True, slots=True)
class CheckedPolicy:
    """What a check found in one file; the hash is that of the whole document it stands for, when it can be used."""

    name: str
    policy_id: str | None
    document_sha256: str | None
    mistakes: tuple[Mistake, ...]


def check(sources: PolicySources, names: Sequence[str]) -> list[CheckedPolicy]:
    """Read policies without adopting them, in the order given.

    An amendment is laid over the version that the files before it make, else over the packaged document.
    """
    checked: list[CheckedPolicy] = []
    in_force: dict[str, PolicyDocument] = {}
    for name in names:
        try:
            source = sources.read(name)
            document = source.document(_base(sources, source, in_force))
        except PolicyMistakesError as error:
            checked.append(CheckedPolicy(name, None, None, error.mistakes))
        else:
            in_force[document.id] = document
            sha256 = adopted(document, Ground.PUBLICATION).document_sha256
            checked.append(CheckedPolicy(name, document.id, sha256, ()))
    return checked


def document_of(sources: PolicySources, name: str, *, over: PolicyDocument | None = None) -> PolicyDocument:
    """The document that a packaged id or a file stands for, without a log.

    An amendment is laid over ``over`` when that is the policy it amends, else over the packaged document. Raises
    ``PolicyMistakesError``.
    """
    source = sources.read(name)
    return source.document(_base(sources, source, {} if over is None else {over.id: over}))


def _base(sources: PolicySources, source: PolicySource, given: dict[str, PolicyDocument]) -> PolicyDocument | None:
    if not source.amends:
        return None
    if source.policy_id in given:
        return given[source.policy_id]
    try:
        return sources.read(source.policy_id).document(None)
    except PolicyMistakesError:
        message = f'found "{source.policy_id}", which is not packaged; name its file before this one'
        raise PolicyMistakesError([Mistake(source.name, 1, "amends", message)]) from None

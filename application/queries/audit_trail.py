"""The audit trail: the facts of a contract, a practice, a person, a policy or a period, or of any of these together."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import chain

from pydantic import model_validator

from application.audit.subject import AdoptedPolicies, subject_of
from application.contracting import Contracting
from application.ports import AuditFilter, AuditIndex, EventLog, Horizon
from application.queries.audit_entry import EntryMaker, TrailEntry
from application.queries.horizon import Asked, fix_horizon
from domain.agb import AgbCode
from domain.calendar import Instant, day_start, from_microseconds, next_day, to_microseconds
from domain.contract.contract_id import ContractId
from domain.history import Recorded
from domain.model import Frozen
from domain.refusal import Refused, RefusedError

PAGE = 200
"""Facts on a page unless somebody asks for more or fewer."""
MOST_AT_ONCE = 1_000


class Period(Frozen):
    """From an instant or the first of a local day to an instant, which is left out, or the last of a local day."""

    first: Instant | date | None = None
    last: Instant | date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Period":
        if self.begins is not None and self.ends is not None and self.begins >= self.ends:
            raise ValueError(f"the period ends ({self.last}) before it begins ({self.first})")
        return self

    @property
    def begins(self) -> datetime | None:
        """The first instant in it."""
        if self.first is None or isinstance(self.first, datetime):
            return self.first
        return day_start(self.first)

    @property
    def ends(self) -> datetime | None:
        """The first instant after it."""
        if self.last is None or isinstance(self.last, datetime):
            return self.last
        return day_start(next_day(self.last))


class TrailAsked(Frozen):
    """Which facts are asked for; whatever is absent leaves none out.

    ``purchaser`` asks for what that one may see: its own facts and what the register says. A contract and a policy are
    one purchaser's; without any of the three the trail is everybody's. ``recorded`` is a period of recording,
    ``occurred`` one of occurrence.
    """

    purchaser: str | None = None
    contract: str | None = None
    agb: AgbCode | None = None
    actor: str | None = None
    on_behalf_of: str | None = None
    policy_id: str | None = None
    recorded: Period = Period()
    occurred: Period = Period()


class TrailAnswer(Frozen):
    """A page of entries in log order; ``next_after`` is where the next one begins, absent on the last page.

    Asked again with ``known_at`` and ``position``, every page is the same.
    """

    purchaser: str | None
    known_at: Instant
    position: int
    after: int
    entries: tuple[TrailEntry, ...]
    next_after: int | None


class Trail:
    """Finds the facts that an auditor asks for: by the log's own index of streams, by the audit index, or by reading.

    Without an index everything but a contract and a practice is found by reading the log from the beginning.
    """

    def __init__(self, contracting: Contracting, index: AuditIndex | None = None) -> None:
        self._contracting = contracting
        self.index = index

    def page(self, wanted: TrailAsked, asked: Asked, *, after: int = 0, limit: int = PAGE) -> TrailAnswer:
        """One page, of at most 1,000 facts; raises the errors of ``EventLog.horizon`` and of ``filter``."""
        horizon = fix_horizon(self._log, self._contracting.clock, asked)[1]
        filtered, limit = self.filter(wanted), min(limit, MOST_AT_ONCE)
        entries = self._entries(wanted, filtered, horizon, after, limit)
        return TrailAnswer(
            purchaser=filtered.purchaser,
            known_at=from_microseconds(horizon.known_at),
            position=horizon.position,
            after=after,
            entries=entries,
            next_after=entries[-1].position if len(entries) == limit else None,
        )

    def pages(self, wanted: TrailAsked, asked: Asked, *, after: int = 0) -> Iterator[TrailAnswer]:
        """All pages, each read when it is asked for; with the knowledge of the first."""
        page = self.page(wanted, asked, after=after, limit=MOST_AT_ONCE)
        yield page
        asked = Asked(known_at=page.known_at, position=page.position)
        while page.next_after is not None:
            page = self.page(wanted, asked, after=page.next_after, limit=MOST_AT_ONCE)
            yield page

    def _entries(
        self, wanted: TrailAsked, filtered: AuditFilter, horizon: Horizon, after: int, limit: int
    ) -> tuple[TrailEntry, ...]:
        first, up_to = self._recorded(wanted.recorded, horizon)
        after = max(after, first)
        if wanted.contract is not None:
            streams = [wanted.contract]
        elif wanted.agb is not None:
            streams = self._streams_of(wanted.agb, filtered.purchaser)
        else:
            return tuple(self._maker().entries(self._found(filtered, after, up_to, limit)))
        return self._of_streams(streams, filtered, after, up_to, limit)

    def filter(self, wanted: TrailAsked) -> AuditFilter:
        """What is asked, with the purchaser that follows from a contract or a policy.

        Raises ``RefusedError`` for a policy that nobody adopted, and for what belongs to another purchaser than named.
        """
        purchaser = wanted.purchaser
        if wanted.contract is not None:
            purchaser = _the_same(purchaser, ContractId.parse(wanted.contract).purchaser, wanted.contract)
        if wanted.policy_id is not None:
            owner = self._policies().purchaser_of(wanted.policy_id)
            if owner is None:
                known = ", ".join(sorted(self._policies().purchasers)) or "none"
                message = f"the policy {wanted.policy_id!r} is not adopted in this log; adopted are: {known}"
                raise RefusedError(Refused("POLICY_NOT_ADOPTED", message))
            purchaser = _the_same(purchaser, owner, wanted.policy_id)
        begins, ends = wanted.occurred.begins, wanted.occurred.ends
        return AuditFilter(
            purchaser=purchaser,
            agb=wanted.agb,
            actor=wanted.actor,
            on_behalf_of=wanted.on_behalf_of,
            policy_id=wanted.policy_id,
            occurred_from=None if begins is None else to_microseconds(begins),
            occurred_until=None if ends is None else to_microseconds(ends),
        )

    def _recorded(self, period: Period, horizon: Horizon) -> tuple[int, int]:
        """The positions between which the facts of a period of recording stand: after the first, up to the last."""
        return (
            0 if period.begins is None else self._last_before(period.begins, horizon),
            horizon.position if period.ends is None else self._last_before(period.ends, horizon),
        )

    def _last_before(self, instant: datetime, horizon: Horizon) -> int:
        before = to_microseconds(instant) - 1
        return horizon.position if before >= horizon.known_at else self._log.horizon(known_at=before).position

    def _streams_of(self, agb: str, purchaser: str | None) -> list[str]:
        """What is recorded of a practice and of its contracts."""
        purchasers = {purchaser} if purchaser is not None else set(self._policies().purchasers.values())
        contracts = (self._log.stream_ids(f"{each}/{agb}/") for each in sorted(purchasers))
        return [f"provider/{agb}", *chain.from_iterable(contracts)]

    def _of_streams(
        self, streams: Sequence[str], wanted: AuditFilter, after: int, up_to: int, limit: int
    ) -> tuple[TrailEntry, ...]:
        histories: dict[str, list[Recorded]] = {each: [] for each in streams}
        for recorded in self._contracting.facts.decode_all(self._log.read_streams(streams, up_to=up_to)):
            histories[recorded.stream_id].append(recorded)
        later = [each for history in histories.values() for each in history if each.position > after]
        policies = self._policies()
        found = [each for each in sorted(later, key=lambda each: each.position) if matches(each, wanted, policies)]
        return tuple(self._maker().entries(found[:limit], histories))

    def _found(self, wanted: AuditFilter, after: int, up_to: int, limit: int) -> list[Recorded]:
        if self.index is not None:
            positions = self.index.positions(wanted, after=after, up_to=up_to, limit=limit)
            return self._contracting.facts.decode_all(self._log.rows_at(positions))
        found: list[Recorded] = []
        policies = self._policies()
        while len(found) < limit and (rows := self._log.rows_after(after, up_to=up_to)):
            after = rows[-1].position
            read = self._contracting.facts.decode_all(rows)
            found += (each for each in read if matches(each, wanted, policies))
        return found[:limit]

    def _maker(self) -> EntryMaker:
        return EntryMaker(self._log, self._contracting.facts, self._policies())

    def _policies(self) -> AdoptedPolicies:
        return AdoptedPolicies.of(self._contracting.policies)

    @property
    def _log(self) -> EventLog:
        return self._contracting.log_port


def matches(recorded: Recorded, wanted: AuditFilter, policies: AdoptedPolicies) -> bool:
    """Whether a fact is asked for: what the audit index answers, by definition."""
    subject = subject_of(recorded.stream_id, recorded.fact, policies.purchaser_of)
    if wanted.purchaser is not None and subject.purchaser not in (None, wanted.purchaser):
        return False
    occurred = to_microseconds(recorded.occurred_at)
    if wanted.occurred_from is not None and occurred < wanted.occurred_from:
        return False
    if wanted.occurred_until is not None and occurred >= wanted.occurred_until:
        return False
    context = recorded.envelope()
    return all(
        asked is None or asked == found
        for asked, found in (
            (wanted.agb, subject.agb),
            (wanted.actor, context.actor),
            (wanted.on_behalf_of, context.on_behalf_of),
            (wanted.policy_id, policies.policy_of(recorded, context)),
        )
    )


def _the_same(named: str | None, owner: str, what: str) -> str:
    if named not in (None, owner):
        raise RefusedError(Refused("OF_ANOTHER_PURCHASER", f"{what} is of another purchaser than {named}"))
    return owner

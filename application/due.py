"""What falls due at an instant, in order: a transaction for each contract; one that fails is told, the rest go on.

What is due stands in a table that is brought up first. While it can not be brought up, the log itself is gone through.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from application.contract_pages import contract_pages
from application.contracting import CONTRACTS_AT_ONCE, Contracting, Loaded
from application.due_failures import Failed, Failures, failed_again
from application.order import Order
from application.ports import DueItem, DueThings, ReadModelBehind, VersionConflict
from application.register_looks import Looks
from domain.calendar import MICROSECOND, Instant, from_microseconds, instant_text, local_day, to_microseconds
from domain.contract.contract_id import ContractId
from domain.contract.due import RECORDED_BY, Due, DueKind, falls_due
from domain.contract.standing import planned
from domain.history import UnreadableError
from domain.model import Frozen
from domain.policy.adoption import PolicyVersion
from domain.refusal import Refused, RefusedError

SYSTEM = "system"
"""The actor of what a deadline or a date brings about by itself."""
FAILURES = (RefusedError, VersionConflict, UnreadableError)
"""What one contract's trouble is; whatever else is raised is the database's, or a fault of the program."""
_NAMES = {
    DueKind.QUESTIONNAIRE_REMINDER: "questionnaire-reminder",
    DueKind.OFFER_REMINDER: "offer-reminder",
    DueKind.QUESTIONNAIRE_LAPSE: "questionnaire",
    DueKind.OFFER_LAPSE: "offer",
    DueKind.EXTENSION: "extension",
    DueKind.TIER_CHANGE: "tier",
    DueKind.MODULE_LAPSE: "module",
    DueKind.PUBLICATION: "publish",
    DueKind.UNPUBLICATION: "unpublish",
}
"""What each is called in the id of its command, ``tick/<name>/<contract id>/<day>``."""
_AT_ITS_INSTANT = frozenset({DueKind.PUBLICATION, DueKind.UNPUBLICATION, DueKind.MODULE_LAPSE})
"""Facts that carry the instant of the act: they are recorded as of the one since which they are due."""
_ENDS = frozenset({DueKind.QUESTIONNAIRE_LAPSE, DueKind.OFFER_LAPSE, DueKind.MODULE_LAPSE, DueKind.UNPUBLICATION})
"""Due at the first instant that is too late: the day is the last one before it."""


class DueFailure(Frozen):
    """Something due that could not be carried out: of a contract, or a plan of a policy.

    ``next_try_at`` is when it is tried again, absent when it was given up, or is not due by itself.
    """

    contract_id: str
    message: str
    attempts: int = 1
    next_try_at: Instant | None = None


def told(failed: Failed) -> DueFailure:
    """What a report says of it."""
    return DueFailure(
        contract_id=failed.item.subject,
        message=failed.error,
        attempts=failed.attempts,
        next_try_at=failed.next_try_at,
    )


class DueReport(Frozen):
    """What was recorded at ``at``: counts by the name of the fact, and what failed.

    ``due`` is how many things were due, ``due_since`` since when the earliest was; ``held_back`` had failed before and
    wait for their next try. ``table_behind`` says why the log was gone through instead of the table.
    """

    at: Instant
    contracts: int
    recorded: dict[str, int]
    failures: tuple[DueFailure, ...]
    due: int = 0
    due_since: Instant | None = None
    held_back: int = 0
    table_behind: str | None = None


class Ticking(NamedTuple):
    """What a tick works with. ``go_on`` is asked between contracts: who no longer leads stops there."""

    contracting: Contracting
    due: DueThings
    failures: Failures
    looks: Looks
    go_on: Callable[[], bool] = lambda: True


def refuse_future(now: datetime, at: datetime) -> None:
    """Raise ``RefusedError`` when an instant lies in the future: nothing is due then yet."""
    if at > now:
        message = f"nothing is due at {instant_text(at)} yet: it is {instant_text(now)}"
        raise RefusedError(Refused("OCCURRED_IN_FUTURE", message))


def record_due(ticking: Ticking, at: datetime) -> DueReport:
    """Carry out what is due at ``at`` in the order of the instants since which it is, and no more than the rules say.

    Command ids are natural, ``tick/<what>/<contract id>/<day>``: the same tick again, or another one, records nothing
    twice. Raises ``RefusedError`` when ``at`` lies in the future.
    """
    contracting = ticking.contracting
    now = contracting.clock.now()
    refuse_future(now, at)
    tick = _Tick(contracting, ticking.failures, at, now)
    try:
        ticking.due.bring_up()
    except ReadModelBehind as error:
        tick.table_behind = str(error)
        tick.carry_out_all(_pages(due_by_the_log(contracting, at, on_unreadable=tick.tell)), ticking.go_on)
    else:
        tick.carry_out_all(_from_table(ticking.due, to_microseconds(at)), ticking.go_on)
    return tick.report()


def record_extensions(contracting: Contracting) -> DueReport:
    """What an adoption extends at once: found in the log, whether or not the table knows of the adoption."""
    now = contracting.clock.now()
    tick = _Tick(contracting, None, now, now)
    found = due_by_the_log(contracting, now, on_unreadable=tick.tell)
    tick.carry_out_all(_pages([each for each in found if each.kind == DueKind.EXTENSION]), lambda: True)
    return tick.report()


def due_by_the_log(
    contracting: Contracting,
    at: datetime,
    *,
    on_unreadable: Callable[[str, UnreadableError], None] | None = None,
) -> list[DueItem]:
    """The same that the table answers, found by folding every contract of the log."""
    pages = contract_pages(contracting, on_unreadable=on_unreadable)
    return sorted(_item(loaded, due) for page in pages for loaded in page for due in due_of(loaded, at))


def due_of(loaded: Loaded, at: datetime) -> Iterator[Due]:
    """What is due of a contract at an instant, by the policy in force then."""
    version = loaded.policies.at(at)
    if version is None or loaded.contract_id.care_type not in version.document.care_types:
        return
    planning = planned(version.document, loaded.contract_id.care_type)
    for due in falls_due(loaded.contract, planning, version.in_force_from):
        if due.at <= at and (due.until is None or at < due.until):
            yield due


def _from_table(table: DueThings, at: int) -> Iterator[list[DueItem]]:
    after: DueItem | None = None
    while page := table.due(at, after=after, limit=CONTRACTS_AT_ONCE):
        yield page
        after = page[-1]


def _pages(items: Sequence[DueItem]) -> Iterator[Sequence[DueItem]]:
    for first in range(0, len(items), CONTRACTS_AT_ONCE):
        yield items[first : first + CONTRACTS_AT_ONCE]


class _Tick:
    """One tick: carries out page by page, and counts."""

    def __init__(self, contracting: Contracting, failures: Failures | None, at: datetime, now: datetime) -> None:
        self._contracting, self._failures = contracting, failures
        self._at, self._now = at, now
        self._earlier = {} if failures is None else {each.item: each for each in failures.all()}
        self._recorded: Counter[str] = Counter()
        self._told: list[DueFailure] = []
        self._contracts = self._due = self._held_back = 0
        self._since: int | None = None
        self.table_behind: str | None = None

    def carry_out_all(self, pages: Iterable[Sequence[DueItem]], go_on: Callable[[], bool]) -> None:
        seen: set[DueItem] = set()
        for page in pages:
            seen |= self._earlier.keys() & set(page)
            self._count(page)
            wanted = [each for each in page if not self._waits(each)]
            self._held_back += len(page) - len(wanted)
            loaded = self._load(wanted)
            for item in wanted:
                if not go_on():
                    return
                found = loaded[item.subject]
                try:
                    if isinstance(found, Exception):
                        raise found
                    self._recorded.update(self._carry_out(item, found))
                except FAILURES as error:
                    self._fail(item, error)
                else:
                    self._forget(item)
        for item in self._earlier.keys() - seen:
            # what was due by now and is not any more, because somebody acted meanwhile
            if item.due_at <= to_microseconds(self._at) and item.kind in _NAMES:
                self._forget(item)

    def _count(self, page: Sequence[DueItem]) -> None:
        self._due += len(page)
        self._contracts += len({each.subject for each in page})
        if self._since is None:
            self._since = page[0].due_at

    def _waits(self, item: DueItem) -> bool:
        """Whether it failed before and is not to be tried again yet, or not at all."""
        earlier = self._earlier.get(item)
        return earlier is not None and earlier.waits(self._now)

    def _load(self, items: Sequence[DueItem]) -> dict[str, Loaded | Exception]:
        """All at once; one by one when one of them can not be read, so that it alone fails."""
        ids = {each.subject: ContractId.parse(each.subject) for each in items}
        try:
            return dict(zip(ids, self._contracting.load_all(list(ids.values())), strict=True)) if ids else {}
        except (RefusedError, UnreadableError):
            found: dict[str, Loaded | Exception] = {}
            for subject, contract_id in ids.items():
                try:
                    found[subject] = self._contracting.load(contract_id)
                except (RefusedError, UnreadableError) as error:
                    found[subject] = error
            return found

    def _carry_out(self, item: DueItem, loaded: Loaded) -> list[str]:
        """The names of the facts that were recorded; none when nothing is due of it any more."""
        due = next((each for each in due_of(loaded, self._at) if _item(loaded, each) == item), None)
        version = loaded.policies.at(self._at)
        if due is None or version is None:
            return []
        occurred_at = max(due.at, version.in_force_from) if due.kind in _AT_ITS_INSTANT else self._at
        command_id = f"tick/{_NAMES[due.kind]}/{loaded.contract_id}/{_day_of(due, loaded, version)}"
        order = Order(
            SYSTEM,
            command_id,
            occurred_at=None if occurred_at == self._now else occurred_at,
            correlation_id=command_id,
        )
        answer = self._contracting.act_on(loaded, RECORDED_BY[due.kind], order)
        if answer.repeated:
            # due a second time on the same day, because a first one was taken back
            again = order._replace(command_id=f"{command_id}@{loaded.contract.version}")
            answer = self._contracting.act_on(loaded, RECORDED_BY[due.kind], again)
        return [] if answer.repeated else [fact.stored_name for fact in answer.facts]

    def _fail(self, item: DueItem, error: Exception) -> None:
        failed = failed_again(self._earlier.get(item), item, self._now, str(error))
        if self._failures is not None:
            self._failures.put(failed)
        self._told.append(told(failed))

    def tell(self, subject: str, error: Exception) -> None:
        """A contract that can not even be read."""
        self._told.append(DueFailure(contract_id=subject, message=str(error)))

    def _forget(self, item: DueItem) -> None:
        if self._failures is not None and item in self._earlier:
            self._failures.forget(item)

    def report(self) -> DueReport:
        return DueReport(
            at=self._at,
            contracts=self._contracts,
            recorded=dict(sorted(self._recorded.items())),
            failures=tuple(self._told),
            due=self._due,
            due_since=None if self._since is None else from_microseconds(self._since),
            held_back=self._held_back,
            table_behind=self.table_behind,
        )


def _item(loaded: Loaded, due: Due) -> DueItem:
    return DueItem(to_microseconds(due.at), str(loaded.contract_id), due.kind.value)


def _day_of(due: Due, loaded: Loaded, version: PolicyVersion) -> str:
    """The day in the id of its command."""
    if due.kind is DueKind.EXTENSION:
        return str(planned(version.document, loaded.contract_id.care_type).extends_to)
    return str(local_day(due.at - MICROSECOND if due.kind in _ENDS else due.at))

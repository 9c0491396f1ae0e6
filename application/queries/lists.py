"""What lists of a purchaser show: its contracts, what waits for a person, what falls due.

Asked without a day or an instant they are of the present, from the read models; else of then, from the log. Each
answer names the day, the instant and the log position that it rests on; it is judged ``at`` the earlier of the end of
the day and ``known_at``.
"""

from datetime import date
from enum import StrEnum
from typing import NamedTuple, Self

from domain.calendar import Instant
from domain.care_type import CareType
from domain.contract.contract_id import ContractId
from domain.contract.due import DueKind, WorkKind
from domain.contract.standing import Status
from domain.model import Frozen


class ListOrder(StrEnum):
    """By what a list of contracts is sorted; those that are equal in it by contract."""

    CONTRACT = "contract"
    NAME = "name"
    DUE = "due"
    CHANGED = "changed"


class ContractsAsked(Frozen):
    """Which contracts of a purchaser are asked for; whatever is absent leaves none out.

    ``text`` is a part of the practice's name, whatever its capitals, or the first digits of its AGB code. ``after`` is
    the contract that the page before ended with.
    """

    purchaser: str
    care_type: CareType | None = None
    status: Status | None = None
    tier: str | None = None
    with_open_reviews: bool = False
    text: str | None = None
    order: ListOrder = ListOrder.CONTRACT
    after: str | None = None
    limit: int = 50


class ListedContract(Frozen):
    """A contract as it stands: the tier that the practice is entitled to, the one offered, and until when it may act.

    ``reasons`` are codes; ``changed_at`` is when its last fact was recorded, at ``changed_position``: of an earlier day
    the last that had occurred by then.
    """

    contract_id: str
    name: str | None
    city: str | None
    status: Status
    attempt: int
    entitled_tier: str | None
    offered_tier: str | None
    due_on: date | None
    reasons: tuple[str, ...]
    open_reviews: int
    changed_at: Instant
    changed_position: int


class ContractList(Frozen):
    """A page of the contracts as they stood at ``at``, from the log up to ``position``.

    ``next_after`` is what the next page goes on after, absent when there is none.
    """

    purchaser: str
    at: Instant
    effective_on: date
    known_at: Instant
    position: int
    contracts: tuple[ListedContract, ...]
    next_after: str | None


class WorkPlace(NamedTuple):
    """A place in the order of a worklist; ``due_on`` is empty for what is never late, ``since`` in microseconds."""

    due_on: str
    since: int
    contract_id: str
    kind: str
    item: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """The place that an answer named; raises ``ValueError``."""
        due_on, since, contract_id, kind, item = text.split(_BETWEEN, 4)
        last_day = date.fromisoformat(due_on).isoformat() if due_on else ""
        if "\0" in item:
            raise ValueError(text)  # a database keeps no NUL
        return cls(last_day, _whole(since), str(ContractId.parse(contract_id)), WorkKind(kind), item)

    def __str__(self) -> str:
        return _BETWEEN.join((self.due_on, str(self.since), self.contract_id, self.kind, self.item))


class WorkAsked(Frozen):
    """Which work of a purchaser is asked for; whatever is absent leaves none out. ``overdue`` asks for what is late.

    ``after`` is where the page before ended.
    """

    purchaser: str
    kind: WorkKind | None = None
    care_type: CareType | None = None
    overdue: bool = False
    after: WorkPlace | None = None
    limit: int = 100


class WorkItem(Frozen):
    """One thing that waits for a person since an instant; ``due_on`` is the last local day on which it is in time."""

    contract_id: str
    name: str | None
    kind: WorkKind
    item: str
    about: str
    since: Instant
    due_on: date | None


class WorkList(Frozen):
    """A page of what waits at ``at``, the most urgent first; ``waiting`` counts all of it by kind, whatever the page.

    ``next_after`` is what the next page goes on after, absent when there is none.
    """

    purchaser: str
    at: Instant
    effective_on: date
    known_at: Instant
    position: int
    waiting: dict[WorkKind, int]
    items: tuple[WorkItem, ...]
    next_after: str | None


class DeadlinePlace(NamedTuple):
    """A place in the order of deadlines; ``due_at`` is in microseconds."""

    due_at: int
    contract_id: str
    kind: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """The place that an answer named; raises ``ValueError``."""
        due_at, contract_id, kind = text.split(_BETWEEN)
        return cls(_whole(due_at), str(ContractId.parse(contract_id)), DueKind(kind))

    def __str__(self) -> str:
        return _BETWEEN.join((str(self.due_at), self.contract_id, self.kind))


class DeadlinesAsked(Frozen):
    """Which deadlines of a purchaser are asked for: those up to the end of a local day, of a kind, if given.

    ``after`` is where the page before ended.
    """

    purchaser: str
    until: date | None = None
    kind: DueKind | None = None
    care_type: CareType | None = None
    after: DeadlinePlace | None = None
    limit: int = 100


class DeadlineItem(Frozen):
    """What a tick will record of a contract from ``due_at`` on; ``due`` tells whether that instant has come.

    After a failure ``attempts`` counts the tries and ``error`` says why the last one failed; without ``next_try_at``
    it was given up. Failures are no facts: an answer about the past tells none.
    """

    contract_id: str
    name: str | None
    kind: DueKind
    due_at: Instant
    due: bool
    attempts: int = 0
    error: str | None = None
    next_try_at: Instant | None = None


class DeadlineList(Frozen):
    """A page of what falls due, the earliest first, as it was at ``at``; ``total`` counts all of it, whatever the page.

    ``next_after`` is what the next page goes on after, absent when there is none.
    """

    purchaser: str
    at: Instant
    effective_on: date
    known_at: Instant
    position: int
    total: int
    items: tuple[DeadlineItem, ...]
    next_after: str | None


_BETWEEN = ","
_LARGEST = 2**63 - 1


def _whole(text: str) -> int:
    """A number that a database holds, as a place names it; raises ``ValueError``."""
    number = int(text)
    if not -_LARGEST <= number <= _LARGEST:
        raise ValueError(text)
    return number

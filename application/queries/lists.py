"""What lists of the present show: contracts, what waits for a person, what falls due."""

from datetime import date
from enum import StrEnum

from domain.calendar import Instant
from domain.care_type import CareType
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

    ``reasons`` are codes; ``changed_at`` is when its last fact was recorded, at ``changed_position``.
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
    position: int
    contracts: tuple[ListedContract, ...]
    next_after: str | None


class WorkAsked(Frozen):
    """Which work of a purchaser is asked for; whatever is absent leaves none out. ``overdue`` asks for what is late."""

    purchaser: str
    kind: WorkKind | None = None
    care_type: CareType | None = None
    overdue: bool = False
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
    """What waits at ``at``, the most urgent first; ``waiting`` counts all of it by kind, whatever the limit."""

    purchaser: str
    at: Instant
    position: int
    waiting: dict[WorkKind, int]
    items: tuple[WorkItem, ...]


class DeadlinesAsked(Frozen):
    """Which deadlines of a purchaser are asked for: those up to the end of a local day, of a kind, if given."""

    purchaser: str
    until: date | None = None
    kind: DueKind | None = None
    care_type: CareType | None = None
    limit: int = 100


class DeadlineItem(Frozen):
    """What a tick will record of a contract from ``due_at`` on; ``due`` tells whether that instant has come.

    After a failure ``attempts`` counts the tries and ``error`` says why the last one failed; without ``next_try_at``
    it was given up.
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
    """What falls due, the earliest first, as known at ``at``; ``total`` counts all of it, whatever the limit."""

    purchaser: str
    at: Instant
    position: int
    total: int
    items: tuple[DeadlineItem, ...]

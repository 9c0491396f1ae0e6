"""What falls due at an instant: one transaction for each contract; one that fails is told, and the rest go on."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import NamedTuple

from application.contract_pages import contract_pages
from application.contracting import Contracting, Loaded
from application.mapper import NewFact
from application.order import Order, digest
from application.ports import VersionConflict
from domain.calendar import MICROSECOND, Instant, from_microseconds, instant_text, local_day
from domain.contract.commands import ContractCommand
from domain.history import UnreadableError
from domain.model import Frozen
from domain.refusal import Refused, RefusedError

SYSTEM = "system"
"""The actor of what a deadline or a date brings about by itself."""


class DueFailure(Frozen):
    """A contract that could not be carried on."""

    contract_id: str
    message: str


class DueReport(Frozen):
    """What was recorded at ``at``: counts by the name of the fact, and what failed."""

    at: Instant
    contracts: int
    recorded: dict[str, int]
    failures: tuple[DueFailure, ...]


class DueCommand(NamedTuple):
    """A command that may be due; ``what`` and ``day`` are its part of the command id.

    ``day`` is the local day since which it is due; absent, it is that of the deadline that the fact tells of.
    """

    what: str
    command: ContractCommand
    day: date | None = None


def carry_out_due(
    contracting: Contracting, at: datetime, may_be_due: Callable[[Loaded], Iterator[DueCommand]]
) -> DueReport:
    """Ask of every contract what may be due, and carry out what the rules say is.

    Command ids are natural, ``tick/<what>/<contract id>/<day>``: the same tick again, or another one, records nothing
    twice. Raises ``RefusedError`` when ``at`` lies in the future.
    """
    now = contracting.clock.now()
    if at > now:
        message = f"nothing is due at {instant_text(at)} yet: it is {instant_text(now)}"
        raise RefusedError(Refused("OCCURRED_IN_FUTURE", message))
    recorded: Counter[str] = Counter()
    failures: list[DueFailure] = []
    contracts = 0
    order = Order(actor=SYSTEM, command_id="tick", occurred_at=None if at == now else at)

    def fail(contract_id: str, error: Exception) -> None:
        failures.append(DueFailure(contract_id=contract_id, message=str(error)))

    for page in contract_pages(contracting, on_unreadable=fail):
        contracts += len(page)
        for loaded in page:
            try:
                for due in may_be_due(loaded):
                    recorded.update(_carry_out(contracting, loaded, due, order, now))
            except (RefusedError, VersionConflict, UnreadableError) as error:
                fail(str(loaded.contract_id), error)
    return DueReport(at=at, contracts=contracts, recorded=dict(sorted(recorded.items())), failures=tuple(failures))


def _carry_out(contracting: Contracting, loaded: Loaded, due: DueCommand, order: Order, now: datetime) -> list[str]:
    """The names of the facts that were recorded; none when the rules say that nothing is due."""
    try:
        facts = contracting.prepare(loaded, due.command, order, digest(due.command), now=now)
    except RefusedError:
        return []
    if not facts:
        return []
    command_id = f"tick/{due.what}/{loaded.contract_id}/{due.day or _ended_on(facts[0])}"
    answer = contracting.act(
        loaded.contract_id, due.command, order._replace(command_id=command_id, correlation_id=command_id)
    )
    return [] if answer.repeated else [fact.stored_name for fact in answer.facts]


def _ended_on(fact: NewFact) -> date:
    """The last local day before a deadline, whose fact lies at the first instant that was too late."""
    return local_day(from_microseconds(fact.occurred_at) - MICROSECOND)

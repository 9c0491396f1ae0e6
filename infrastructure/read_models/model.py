"""What a read model is, and the batch of the log that it is given."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, get_args

from sqlalchemy import Connection, MetaData, Table

from application.policy_library import PolicyLibrary
from application.ports import Row
from domain.contract.contract import Contract, fold
from domain.contract.contract_id import is_contract
from domain.history import Recorded
from domain.provider.facts import PurchaserFact

if TYPE_CHECKING:
    from infrastructure.read_models.batches import Histories


OF_PURCHASERS = frozenset(fact.topic() for fact in get_args(PurchaserFact))
"""What one purchaser knows of a practice: no read model tells of it."""


class ReadModel(Protocol):
    """Tables that are a function of the log, kept up by the runner.

    ``name`` is that of its cursor and never changes. ``version`` is that of its tables and logic: where the stored one
    is another, the model must be rebuilt. Migrations make the tables.
    """

    name: str
    version: int

    @property
    def tables(self) -> Sequence[Table]:
        """The tables that ``apply`` writes, all of them."""
        ...

    def aside(self, suffix: str) -> "ReadModel":
        """The same model on tables whose names end in ``suffix`` (see ``renamed``): a rebuild fills those."""
        ...

    def apply(self, connection: Connection, batch: "Batch") -> None:
        """Write what the batch changes, in the transaction in which the runner moves the cursor.

        May rely on the tables' primary keys, not on other indexes: a rebuild makes those last. Whatever it raises
        stops this model alone, at the commit that it could not apply.
        """
        ...


def renamed(table: Table, suffix: str) -> Table:
    """The same columns under a name that ends in ``suffix``; the database knows which indexes belong to it."""
    return table.to_metadata(MetaData(), name=table.name + suffix)


class Batch:
    """Whole commits that follow each other: the positions from ``read_from + 1`` to ``to``, both included.

    All models of a process that stand at the same position share one batch, and so what is decoded and folded for
    any of them. A row that can not be read raises ``UnreadableError``, for those who ask for its
    kind only.
    """

    def __init__(self, read_from: int, rows: Sequence[Row], histories: "Histories", policies: PolicyLibrary) -> None:
        self.read_from = read_from
        self.to = rows[-1].position
        self.rows = rows
        self._histories = histories
        self._policies = policies
        self._folded: dict[str, Contract] = {}
        self.shared: dict[str, Any] = {}
        """What a model made of the batch and others of its kind make use of."""

    @cached_property
    def policies(self) -> PolicyLibrary:
        """The policies adopted up to ``to``, and perhaps later ones: ask with ``up_to=batch.to``."""
        self._policies.refresh()
        return self._policies

    @cached_property
    def facts(self) -> Sequence[Recorded]:
        """Every fact, in log order."""
        return self._histories.decode(self.rows)

    @cached_property
    def of_contracts(self) -> Mapping[str, Sequence[Recorded]]:
        """The facts of contracts, by stream."""
        return self._by_stream([row for row in self.rows if is_contract(row.originator_id)])

    @cached_property
    def of_providers(self) -> Mapping[str, Sequence[Recorded]]:
        """The facts of practices, by stream, without what one purchaser knows: of that no read model tells."""
        rows = [row for row in self.rows if row.originator_id.startswith("provider/")]
        return self._by_stream([row for row in rows if row.topic not in OF_PURCHASERS])

    @cached_property
    def of_policies(self) -> Mapping[str, Sequence[Recorded]]:
        """The adoptions of policies, by stream."""
        return self.of_streams("policy/")

    def of_streams(self, prefix: str) -> Mapping[str, Sequence[Recorded]]:
        """The facts of the streams whose id begins so, by stream."""
        return self._by_stream([row for row in self.rows if row.originator_id.startswith(prefix)])

    def prepare(self) -> None:
        """Decode before a transaction is begun, so that it is short; what can not be read is for those who ask."""
        with suppress(Exception):
            _ = self.of_contracts
        with suppress(Exception):
            _ = self.of_providers

    def histories(self, stream_ids: Collection[str]) -> Mapping[str, Sequence[Recorded]]:
        """The whole streams up to ``to``, one round trip per 1,000 of those that are not in memory.

        A stream that has no facts yet is left out.
        """
        return self._histories.up_to(self, stream_ids)

    def contracts(self, stream_ids: Collection[str]) -> Mapping[str, Contract]:
        """The contracts of these streams as all their facts up to ``to`` leave them, folded once for all models."""
        missing = [each for each in stream_ids if each not in self._folded]
        if missing:
            self._folded.update((stream, fold(history)) for stream, history in self.histories(missing).items())
        return {each: self._folded[each] for each in stream_ids if each in self._folded}

    def context_of(self, row: Row) -> bytes:
        """The JSON of a row's envelope, also where its fact can not be read; empty where it has none."""
        return self._histories.opened(row.context)

    def state_of(self, row: Row) -> bytes:
        """The JSON of a row's fact, whether or not this program knows its kind."""
        return self._histories.opened(row.state)

    def all_contracts(self, purchaser: str) -> Iterator[list[str]]:
        """The streams of every contract of a purchaser, a page at a time; some may begin after ``to``."""
        return self._histories.stream_ids(f"{purchaser}/")

    def _by_stream(self, rows: Sequence[Row]) -> Mapping[str, Sequence[Recorded]]:
        found: dict[str, list[Recorded]] = {}
        for recorded in self._histories.decode(rows):
            found.setdefault(recorded.stream_id, []).append(recorded)
        return found

"""Where a contract stands from its last fact on, when nothing more happens: what lists of the present rest on.

Time alone still changes it, by deadlines and by tiers that begin; the log alone says when.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, Table

from domain.agb import AgbCode
from domain.care_type import CareType
from domain.contract.contract import Contract, advance, begun, fold
from domain.contract.contract_id import ContractId
from domain.contract.intervals import ALWAYS, Ruling, Rulings, Step, rulings_of, steps_ahead
from domain.contract.standing import Deadlines, Planned, deadlines_under
from domain.history import FactCorrected, Recorded
from domain.policy.adoption import PolicyVersions
from infrastructure.read_models.model import Batch, renamed
from infrastructure.read_models.rows import Values, delete_rows, insert_rows

Key = tuple[str, str, str]
"""A purchaser, a care type and a period."""
_CONTRACTS_KEPT = 20_000
_ANY = AgbCode("00000000")
UNRULED: Rulings = (Ruling(ALWAYS, Planned(None, None, signing_binds=False, publication_starts=None), None, ()),)
"""Of a contract whose period no policy names."""


@dataclass(frozen=True)
class Outlook:
    """A contract as all known facts leave it, the planning and the deadlines that hold for it, and the steps that time
    will bring.

    The first step holds since ``since``, the last fact or adoption that bears on it. ``last`` is the fact that was
    recorded last of it; ``known_before`` tells whether the contract had begun before the batch.
    """

    stream_id: str
    contract_id: ContractId
    history: Sequence[Recorded]
    last: Recorded
    known_before: bool
    contract: Contract
    planning: Planned
    planned_since: datetime
    deadlines: Deadlines
    since: datetime
    steps: list[Step]


class OutlookSource(Protocol):
    """Where a model finds the outlooks that a batch may change."""

    def concerned(self, batch: Batch) -> Iterable[list[Outlook]]:
        """These, a page at a time."""
        ...


class Outlooks:
    """Makes outlooks of the present; what policies say is kept from batch to batch."""

    def __init__(self) -> None:
        self._rulings: dict[tuple[Key, int], Rulings] = {}
        self._folded: dict[str, Contract] = {}

    def concerned(self, batch: Batch) -> Iterator[list[Outlook]]:
        """The contracts that a batch may change, a page at a time: of its facts, and of what its adoptions change."""
        yield self._of_batch(batch)
        changed = self._changed(batch)
        for purchaser in sorted({key[0] for key in changed}):
            for page in batch.all_contracts(purchaser):
                wanted = [
                    stream_id
                    for stream_id in page
                    if stream_id not in batch.of_contracts and _key_in(stream_id) in changed
                ]
                histories = batch.histories(wanted) if wanted else {}
                yield [self._outlook(batch, each, list(history)) for each, history in histories.items()]

    def _of_batch(self, batch: Batch) -> list[Outlook]:
        shared = batch.shared.get("outlooks")
        if shared is None:
            histories = batch.histories(batch.of_contracts)
            shared = batch.shared["outlooks"] = [
                self._outlook(batch, each, list(history)) for each, history in histories.items()
            ]
        return list(shared)

    def _outlook(self, batch: Batch, stream_id: str, history: list[Recorded]) -> Outlook:
        purchaser, agb, care_type, period = stream_id.split("/")
        contract_id = ContractId(purchaser, AgbCode(agb), CareType(care_type), period)
        contract = self._fold(stream_id, history)
        rulings = self._of(batch.policies.governing(contract_id, up_to=batch.to), contract_id)
        since = max(history[-1].recorded_at, rulings[-1].since)
        return Outlook(
            stream_id,
            contract_id,
            history,
            history[-1],
            history[0].position <= batch.read_from,
            contract,
            rulings[-1].planning,
            rulings[-1].since,
            deadlines_under(rulings[-1].planning, contract),
            since,
            steps_ahead(contract, since, rulings),
        )

    def _fold(self, stream_id: str, history: Sequence[Recorded]) -> Contract:
        """The fold of a history, from where it stood when it was last folded if that is kept."""
        known = self._folded.pop(stream_id, None)
        news = history if known is None else history[known.version :]
        if (
            known is None
            or known.version > history[-1].version
            or any(type(each.fact) is FactCorrected for each in news)
        ):
            contract = fold(history)
        else:
            # who has seen the kept one keeps it as it was
            contract = begun()
            vars(contract).update(vars(known))
            for recorded in news:
                advance(contract, recorded)
            vars(contract)["version"] = history[-1].version
        if len(self._folded) >= _CONTRACTS_KEPT:
            del self._folded[next(iter(self._folded))]
        self._folded[stream_id] = contract
        return contract

    def _of(self, versions: PolicyVersions, contract_id: ContractId) -> Rulings:
        if not versions.versions:
            return UNRULED
        key = _key(contract_id), versions.versions[-1].position
        found = self._rulings.get(key)
        if found is None:
            found = self._rulings[key] = rulings_of(versions, contract_id.care_type)
        return found

    def _changed(self, batch: Batch) -> set[Key]:
        """The care types and periods for which a batch's adoptions say something else than what was known before."""
        if not batch.of_policies or batch.read_from == 0:
            return set()
        changed: set[Key] = set()
        for version in batch.policies.adopted_by(batch.to):
            for care_type, rules in version.document.care_types.items():
                if version.position <= batch.read_from or rules.period is None:
                    continue
                contract_id = ContractId(version.document.purchaser.id, _ANY, care_type, rules.period)
                before = batch.policies.governing(contract_id, up_to=batch.read_from)
                after = batch.policies.governing(contract_id, up_to=batch.to)
                if self._of(before, contract_id) != self._of(after, contract_id):
                    changed.add(_key(contract_id))
        return changed


def _key_in(stream_id: str) -> Key:
    purchaser, _, care_type, period = stream_id.split("/")
    return purchaser, care_type, period


def _key(contract_id: ContractId) -> Key:
    return contract_id.purchaser, contract_id.care_type.value, contract_id.period


class PerContract:
    """A read model whose rows about a contract follow from its outlook; the table has a column ``contract_id``."""

    def __init__(
        self,
        table: Table,
        rows_of: Callable[[Outlook], Iterable[Values]],
        outlooks: OutlookSource,
        made_by: "Callable[[], PerContract]",
        *,
        version: int,
        suffix: str = "",
    ) -> None:
        self.name = table.name
        self.version = version
        self.table = renamed(table, suffix) if suffix else table
        self._like = table
        self._rows_of = rows_of
        self._outlooks = outlooks
        self.made_by = made_by
        """Makes another in another process: what it holds of a practice rests on that and its contracts alone."""

    @property
    def tables(self) -> Sequence[Table]:
        """Its one table."""
        return (self.table,)

    def aside(self, suffix: str) -> "PerContract":
        """See ``ReadModel``."""
        return PerContract(self._like, self._rows_of, self._outlooks, self.made_by, version=self.version, suffix=suffix)

    def apply(self, connection: Connection, batch: Batch) -> None:
        """Write the rows of every contract that the batch may change anew."""
        for page in self._outlooks.concerned(batch):
            delete_rows(connection, self.table, "contract_id", [each.stream_id for each in page if each.known_before])
            insert_rows(connection, self.table, [row for each in page for row in self._rows_of(each)])

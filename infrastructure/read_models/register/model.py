"""The register as a read model: what a batch of the log changes in its three tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection, Table

from domain.contract.timeline import Timeline
from domain.history import Recorded
from domain.provider.provider import Provider
from infrastructure.read_models.model import Batch, renamed
from infrastructure.read_models.register.keeping import ContractKey, ContractRows
from infrastructure.read_models.register.practices import Known, Practices, write_codes
from infrastructure.read_models.register.rulebook import Change, Rulebook, Subject
from infrastructure.read_models.register.tables import LEGAL_POSITION, PRACTICE_CODE, PROCEDURE
from infrastructure.read_models.register.writing import Changes

NAME, VERSION = "register", 1
_AT_ONCE = 1_000
_CONTRACTS_KEPT = 120_000
"""Half a gigabyte at most. Who needs more reads the whole history of a contract again for each of its commits."""
_CHANGES_HELD = 20_000
Moved = Mapping[str, list[Known]]
"""Practices whose members of networks are others than before, by AGB code."""


class RegisterModel:
    """See ``ReadModel``; keeps contracts it has seen in memory, as long as nobody else moves its cursor."""

    name = NAME
    version = VERSION

    def __init__(self, suffix: str = "") -> None:
        found = (PROCEDURE, LEGAL_POSITION, PRACTICE_CODE)
        self._procedure, self._legal, self._codes = (renamed(each, suffix) for each in found) if suffix else found
        self._memory = Memory()
        self._read_to: int | None = None

    @property
    def tables(self) -> Sequence[Table]:
        """The tables that ``apply`` writes."""
        return (self._procedure, self._legal, self._codes)

    @property
    def made_by(self) -> "type[RegisterModel]":
        """See ``ByPractice``."""
        return RegisterModel

    def aside(self, suffix: str) -> "RegisterModel":
        """The same on other tables."""
        return RegisterModel(suffix)

    def apply(self, connection: Connection, batch: Batch) -> None:
        """See ``ReadModel.apply``."""
        if self._read_to != batch.read_from:  # another runner went on from there, or a try of ours came to nothing
            self._memory.contracts.clear()  # they know the memory: nothing else would let go of them
            self._memory = Memory()
        self._read_to = None
        _Reading(self.tables, self._memory, connection, batch).read()
        self._read_to = batch.to


class Memory:
    """What stays in memory from batch to batch."""

    def __init__(self) -> None:
        self.contracts: dict[str, ContractRows] = {}
        self.practices = Practices()
        self.reading: _Reading | None = None

    def keep(self, stream_id: str, rows: ContractRows) -> None:
        """Keep a contract, and forget the one that was not needed for longest."""
        self.contracts.pop(stream_id, None)
        if len(self.contracts) >= _CONTRACTS_KEPT:
            del self.contracts[next(iter(self.contracts))]
        self.contracts[stream_id] = rows

    def history(self, stream_id: str, position: int) -> Sequence[Recorded]:
        """For a timeline: the contract's facts up to a position of the batch that is read."""
        return () if self.reading is None else self.reading.history(stream_id, position)

    def practice(self, agb: str, position: int) -> Provider | None:
        """For a timeline: the practice's members of networks, as known at a position of that batch."""
        return None if self.reading is None else self.reading.practice(agb, position)


class _Reading:
    """One batch on its way into the tables."""

    def __init__(self, tables: Sequence[Table], memory: Memory, connection: Connection, batch: Batch) -> None:
        self._connection = connection
        self._batch = batch
        self._memory = memory
        self._rulebook = Rulebook(batch)
        self._procedure, self._legal, self._codes = (Changes(table) for table in tables)
        self._names = [table.name for table in tables]
        self._histories: Mapping[str, Sequence[Recorded]] = {}

    def read(self) -> None:
        """All that the batch brings: practices first, then contracts, which look at them."""
        self._memory.reading = self
        moved = self._read_practices()
        touched = dict.fromkeys(self._batch.of_contracts)
        if moved and self._batch.read_from:  # before the first batch the tables hold nothing
            touched.update(dict.fromkeys(self._contracts_of(moved)))
        for page in _pages(list(touched)):
            self._read_contracts(page, moved, keep=True)
        for subject in self._rulebook.changed():
            for page in self._contracts_ruled(subject):
                self._read_contracts([each for each in page if each not in touched], moved, keep=False)
        self._write()
        self._memory.reading = None

    def history(self, stream_id: str, position: int) -> Sequence[Recorded]:
        """See ``Memory.history``."""
        found = self._histories.get(stream_id)
        if found is None:
            found = self._batch.histories([stream_id]).get(stream_id, ())
        return [each for each in found if each.position <= position]

    def practice(self, agb: str, position: int) -> Provider | None:
        """See ``Memory.practice``."""
        self._memory.practices.load([agb], self._batch.histories)
        return self._memory.practices.at(agb, position).members

    # ------------------------------------------------------------------------------------------- practices

    def _read_practices(self) -> Moved:
        """Write the codes of practices; answer with those whose members of networks are others than before."""
        practices, agbs, older = self._memory.practices, [], []
        practices.make_room(len(self._batch.of_providers))
        for stream, news in self._batch.of_providers.items():
            agbs.append(stream.partition("/")[2])
            if _begins(news):
                practices.begin(agbs[-1], news)
            else:
                older.append(agbs[-1])
        practices.load(older, self._batch.histories, anew=True)
        moved: dict[str, list[Known]] = {}
        for agb in agbs:
            before = practices.at(agb, self._batch.read_from)
            for known in practices.since(agb, self._batch.read_from):
                write_codes(self._codes, agb, before, known)
                if known.members != before.members:
                    moved.setdefault(agb, []).append(known)
                before = known
        return moved

    def _contracts_of(self, agbs: Iterable[str]) -> Iterator[str]:
        """The contracts of practices that are in force or listed on some day."""
        purchasers = {each.document.purchaser.id for each in self._batch.policies.adopted_by(self._batch.to)}
        statement = self._sql(
            f"SELECT DISTINCT purchaser, agb, care_type, period FROM {self._names[1]} WHERE purchaser = ? AND agb = ?"
        )
        for agb in agbs:
            for purchaser in sorted(purchasers):
                for row in self._connection.exec_driver_sql(statement, (purchaser, agb)):
                    yield "/".join(row)

    # ------------------------------------------------------------------------------------------- contracts

    def _contracts_ruled(self, subject: Subject) -> Iterator[list[str]]:
        """All contracts of a purchaser's care type and period that have rows."""
        purchaser, care_type, period = subject
        statement = self._sql(
            f"SELECT DISTINCT agb FROM {self._names[0]} "
            "WHERE purchaser = ? AND agb > ? AND care_type = ? AND period = ? ORDER BY agb LIMIT ?"
        )
        after = ""
        while True:
            found = self._connection.exec_driver_sql(statement, (purchaser, after, care_type, period, _AT_ONCE)).all()
            if not found:
                return
            yield [f"{purchaser}/{row[0]}/{care_type}/{period}" for row in found]
            after = found[-1][0]

    def _read_contracts(self, stream_ids: Sequence[str], moved: Moved, *, keep: bool) -> None:
        of_contracts, rulebook, memory = self._batch.of_contracts, self._rulebook, self._memory
        known: list[tuple[str, Sequence[Recorded], list[Change], ContractRows | None]] = []
        older: list[str] = []
        for stream_id in stream_ids:
            news, rows = of_contracts.get(stream_id, ()), memory.contracts.get(stream_id)
            if rows is not None and news and rows.timeline.version != news[0].version - 1:
                rows = None  # facts between the two are missing in memory
            changes = [] if rulebook.stays else rulebook.changes(Subject.of(stream_id))
            if changes or (rows is None and not _begins(news)):
                older.append(stream_id)
            known.append((stream_id, news, changes, rows))
        self._histories = self._batch.histories(older) if older else {}
        for stream_id, news, changes, kept in known:
            rows = self._begun(stream_id, changes) if kept is None else kept
            if rows is None:
                continue
            of_practice = moved.get(rows.key[1], ()) if moved else ()
            if changes or of_practice:
                self._read_contract(rows, news, changes, of_practice)
            else:
                for commit in _commits(news):
                    rows.timeline.extend(commit)
                    rows.write(commit[-1].position, self._procedure, self._legal)
            if keep:
                memory.keep(stream_id, rows)
        if len(self._procedure) + len(self._legal) > _CHANGES_HELD:
            self._write()

    def _read_contract(
        self, rows: ContractRows, news: Sequence[Recorded], changes: Sequence[Change], of_practice: Sequence[Known]
    ) -> None:
        """One contract of which policies or the register say something else in this batch."""
        told: list[tuple[int, Sequence[Recorded] | Known | Change]]
        told = [(each[-1].position, each) for each in _commits(news)]
        told += [(change.position, change) for change in changes]
        told += [(known.position, known) for known in of_practice]
        told.sort(key=itemgetter(0))
        for position, what in told:
            if isinstance(what, Change):
                rows.timeline.rule(what.rulings, position)
            elif isinstance(what, Known):
                rows.timeline.meet(position)
            else:
                rows.timeline.extend(what)
            rows.write(position, self._procedure, self._legal)

    def _begun(self, stream_id: str, changes: Sequence[Change]) -> ContractRows | None:
        """A contract as it was known before the batch; nothing while no policy rules it."""
        key = _key(stream_id)
        rulings = self._rulebook.before(Subject(key[0], key[2], key[3]))
        if not rulings:
            if not changes:
                return None
            rulings = changes[0].rulings
        memory = self._memory
        timeline = Timeline(rulings, partial(memory.history, stream_id), partial(memory.practice, key[1]))
        known = [each for each in self._histories.get(stream_id, ()) if each.position <= self._batch.read_from]
        if known:
            timeline.extend(known)
        return ContractRows(key, timeline)

    def _write(self) -> None:
        for each in (self._procedure, self._legal, self._codes):
            each.write(self._connection)

    def _sql(self, statement: str) -> str:
        return statement.replace("?", "%s") if self._connection.dialect.name == "postgresql" else statement


def _key(stream_id: str) -> ContractKey:
    purchaser, agb, care_type, period = stream_id.split("/")
    return purchaser, agb, care_type, period


def _pages(stream_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(stream_ids), _AT_ONCE):
        yield stream_ids[first : first + _AT_ONCE]


def _commits(news: Sequence[Recorded]) -> Sequence[Sequence[Recorded]]:
    if not news or news[0].recorded_at == news[-1].recorded_at:
        return [news] if news else []
    return [list(commit) for _, commit in groupby(news, key=lambda recorded: recorded.recorded_at)]


def _begins(news: Sequence[Recorded]) -> bool:
    """Whether the contract has no facts before these."""
    return bool(news) and news[0].version == 1

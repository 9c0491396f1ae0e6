"""Lists of an earlier day or an earlier knowledge: the rows of the present's lists, made from the log when asked for.

They are made for one purchaser into tables of their own that nobody else sees, by the functions that fill the tables of
the present, and kept for the pages that follow. See docs/decisions/0020-lists-of-the-past.md.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import BoundedSemaphore, Lock
from typing import NamedTuple

from sqlalchemy import Connection, StaticPool, Table, create_engine

from application.mapper import FactMapper
from application.policy_library import PolicyLibrary
from application.ports import EventLog, ReadModelBehind
from domain.contract.contract import fold
from domain.contract.contract_id import ContractId
from domain.contract.intervals import Rulings, Step, procedure_state, ruling_at, rulings_of
from domain.contract.standing import deadlines_under, term_sought
from domain.history import Recorded, effective
from domain.provider.facts import provider_stream
from infrastructure.read_models.batches import Histories
from infrastructure.read_models.deadlines import deadlines
from infrastructure.read_models.model import Batch
from infrastructure.read_models.outlook import UNRULED, Outlook
from infrastructure.read_models.overview import overview
from infrastructure.read_models.practices import PRACTICE, put_practices
from infrastructure.read_models.slices import WholeHistories
from infrastructure.read_models.worklist import worklist

KEPT = 4
"""So many are kept for further pages; the one that was not asked for longest goes first."""
AT_ONCE = 3
"""One question is answered, two wait for it; further ones are told to come again, so that they hold up nobody else."""
_CACHE_KIB = 16 * 1024
"""Of each that is kept; what does not fit stands in a temporary file that goes with it."""


class PastMoment(NamedTuple):
    """From the facts recorded up to ``position`` that had occurred at ``judged_at``, where deadlines are judged."""

    position: int
    judged_at: datetime


class Past:
    """Makes the lists of a purchaser at a moment, one at a time in this process."""

    def __init__(self, log: EventLog, mapper: FactMapper, policies: PolicyLibrary) -> None:
        self._log = log
        self._policies = policies
        self._histories = Histories(log, mapper)
        self._kept: dict[tuple[str, PastMoment], Connection] = {}
        self._turn = Lock()
        self._room = BoundedSemaphore(AT_ONCE)

    def close(self) -> None:
        """Let go of all that is kept."""
        with self._turn:
            while self._kept:
                _close(self._kept.popitem()[1])

    @contextmanager
    def reading(self, purchaser: str, moment: PastMoment) -> Iterator[Connection]:
        """The tables of all lists of a purchaser at a moment; what is read must be read before this is left.

        Raises ``ReadModelBehind`` when too many ask at once, ``UnreadableError`` and ``StorageUnavailable``.
        """
        if not self._room.acquire(blocking=False):
            raise ReadModelBehind(
                "lists of an earlier day or knowledge are being made for others, and more wait already; ask again in a "
                "few seconds"
            )
        try:
            with self._turn:
                connection = self._kept.pop((purchaser, moment), None) or self._made(purchaser, moment)
                self._kept[purchaser, moment] = connection
                if len(self._kept) > KEPT:
                    _close(self._kept.pop(next(iter(self._kept))))
                yield connection
        finally:
            self._room.release()

    def _made(self, purchaser: str, moment: PastMoment) -> Connection:
        self._policies.refresh()
        source = _PastOutlooks(moment.judged_at)
        models = overview(source), worklist(source), deadlines(source)
        connection = _private_tables([PRACTICE, *(model.table for model in models)])
        try:
            with connection.begin():
                for streams in self._streams(purchaser, moment.position):
                    practices = sorted({provider_stream(ContractId.parse(each).agb) for each in streams})
                    told = self._log.read_streams(practices, up_to=moment.position)
                    put_practices(connection, told, self._histories.decode)
                    if rows := self._log.read_streams(streams, up_to=moment.position):
                        batch = WholeHistories(rows, {}, moment.position, self._histories, self._policies)
                        for model in models:
                            model.apply(connection, batch)
        except BaseException:
            _close(connection)
            raise
        return connection

    def _streams(self, purchaser: str, position: int) -> Iterator[list[str]]:
        """The contracts of a purchaser that had a policy by then, some at a time; some of them may begin later."""
        if purchaser in {each.document.purchaser.id for each in self._policies.adopted_by(position)}:
            yield from self._histories.stream_ids(f"{purchaser}/")


def _private_tables(tables: Sequence[Table]) -> Connection:
    """Empty tables in a database without a name, which SQLite takes away when its one connection is closed."""

    def connect() -> sqlite3.Connection:
        private = sqlite3.connect("", check_same_thread=False)
        private.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        private.execute("PRAGMA journal_mode = OFF")  # what fails on the way is thrown away whole
        return private

    connection = create_engine("sqlite://", creator=connect, poolclass=StaticPool).connect()
    for table in tables:
        table.create(connection)
    connection.commit()
    return connection


def _close(connection: Connection) -> None:
    connection.close()
    connection.engine.dispose()


class _PastOutlooks:
    """Outlooks at an instant, from the facts of a batch that had occurred by then; nothing that follows is foreseen."""

    def __init__(self, judged_at: datetime) -> None:
        self._judged_at = judged_at
        self._rulings: dict[tuple[str, str], Rulings] = {}

    def concerned(self, batch: Batch) -> Iterator[list[Outlook]]:
        """See ``OutlookSource``."""
        found: list[Outlook] | None = batch.shared.get("past")
        if found is None:
            outlooks = (self._outlook(batch, each, history) for each, history in batch.of_contracts.items())
            found = batch.shared["past"] = [each for each in outlooks if each is not None]
        yield found

    def _outlook(self, batch: Batch, stream_id: str, history: Sequence[Recorded]) -> Outlook | None:
        """Nothing of a contract of which nothing had occurred, neither as recorded nor as corrected since."""
        judged_at = self._judged_at
        begun = [each for each in history if each.occurred_at <= judged_at]
        occurred = [each for each in effective(history) if each.occurred_at <= judged_at]
        if not begun and not occurred:
            return None
        contract_id = ContractId.parse(stream_id)
        contract = fold(occurred)
        ruling = ruling_at(self._of(batch, contract_id), judged_at)
        ends, sought = deadlines_under(ruling.planning, contract), term_sought(contract, ruling.term)
        return Outlook(
            stream_id,
            contract_id,
            occurred,
            max([*begun[-1:], *occurred[-1:]], key=_position),
            False,
            contract,
            ruling.planning,
            ruling.since,
            ends,
            judged_at,
            [Step(judged_at, procedure_state(contract, ends, sought, judged_at))],
        )

    def _of(self, batch: Batch, contract_id: ContractId) -> Rulings:
        key = contract_id.care_type.value, contract_id.period
        found = self._rulings.get(key)
        if found is None:
            versions = batch.policies.governing(contract_id, up_to=batch.to)
            rulings = rulings_of(versions, contract_id.care_type) if versions.versions else UNRULED
            found = self._rulings[key] = rulings
        return found


def _position(recorded: Recorded) -> int:
    return recorded.position

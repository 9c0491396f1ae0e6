"""What a read model is given: whole commits, whole histories, each fact decoded once."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import func, select

from application.mapper import FactMapper, NewFact, UnknownFactError
from application.policy_library import PolicyLibrary
from domain.contract.facts import TierAssigned
from infrastructure.persistence.engine import transaction
from infrastructure.persistence.recorder import LogRecorder
from infrastructure.read_models import batches
from infrastructure.read_models.batches import BatchReader
from infrastructure.read_models.model import Batch, ReadModel
from tests.infrastructure.persistence.entries import append, entry, instant
from tests.infrastructure.read_models.toys import Applied

FIRST, SECOND, THIRD = (f"caresq/0400123{n}/FYS/2025-2026" for n in range(3))


class CountingMapper(FactMapper):
    """Counts the rows that it decodes."""

    decoded = 0

    def decode_all(self, rows):  # type: ignore[no-untyped-def]
        self.decoded += len(rows)
        return super().decode_all(rows)


@pytest.fixture
def mapper() -> CountingMapper:
    return CountingMapper()


@pytest.fixture
def reader(event_log: LogRecorder, mapper: CountingMapper) -> BatchReader:
    return BatchReader(event_log, mapper, PolicyLibrary(event_log, mapper))


def commit(log: LogRecorder, *events: tuple[str, int]) -> None:
    """Append facts of streams and versions in one commit."""
    fact = TierAssigned(tier="C", effective_on=date(2025, 1, 1), factors=())
    now = instant()
    log.append(
        [FactMapper().encode(NewFact(stream, version, fact, now, b'{"actor":"test"}')) for stream, version in events],
        now=now,
    )


def whole_log(reader: BatchReader, limit: int) -> Iterator[Batch]:
    position = 0
    while batch := reader.after(position, limit=limit):
        yield batch
        position = batch.to


@pytest.mark.parametrize("limit", range(1, 12))
def test_a_batch_ends_where_a_commit_ends(limit: int, event_log: LogRecorder, reader: BatchReader) -> None:
    for version in range(1, 6):
        commit(event_log, *((stream, version) for stream in (FIRST, SECOND, THIRD)[: 1 + version % 3]))
    read = list(whole_log(reader, limit))
    assert [row.position for batch in read for row in batch.rows] == list(range(1, 12))
    assert [batch.read_from for batch in read] == [0, *(batch.to for batch in read[:-1])]
    ends = {event_log.horizon(position=position).position for position in range(1, 12)}
    assert {batch.to for batch in read} <= ends
    assert all(len(batch.rows) <= max(limit, 3) for batch in read)


def test_a_batch_goes_no_further_than_asked(event_log: LogRecorder, reader: BatchReader) -> None:
    for version in (1, 2, 3):
        commit(event_log, (FIRST, version), (SECOND, version))
    batch = reader.after(2, up_to=4)
    assert batch is not None
    assert (batch.read_from, batch.to) == (2, 4)
    assert reader.after(6) is None


@pytest.mark.parametrize("kept", [0, 3, 1_000])
def test_a_history_holds_every_fact_up_to_the_end_of_the_batch_and_none_after(
    kept: int, event_log: LogRecorder, reader: BatchReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "FACTS_KEPT", kept)
    for version in range(1, 6):
        commit(event_log, (FIRST, version))
        commit(event_log, (SECOND, version), (THIRD, version))
    for limit in (3, 7, 2, 15):
        for batch in whole_log(reader, limit):
            for asked in ([FIRST], [SECOND, THIRD], [FIRST, SECOND, THIRD, "caresq/04009999/FYS/2025-2026"]):
                expected = {row.originator_id: row for row in event_log.read_streams(asked, up_to=batch.to)}
                found = batch.histories(asked)
                assert {stream: history[-1].position for stream, history in found.items()} == {
                    stream: row.position for stream, row in expected.items()
                }
                for history in found.values():
                    assert [each.version for each in history] == list(range(1, len(history) + 1))
                assert {stream: contract.version for stream, contract in batch.contracts(asked).items()} == {
                    stream: len(history) for stream, history in found.items()
                }


def test_new_streams_are_decoded_once_for_all_models(
    event_log: LogRecorder, reader: BatchReader, mapper: CountingMapper
) -> None:
    commit(event_log, (FIRST, 1), (FIRST, 2), (SECOND, 1))
    for batch in whole_log(reader, 100):
        for _ in range(3):
            assert len(batch.of_contracts[FIRST]) == len(batch.histories([FIRST])[FIRST]) == 2
            assert set(batch.contracts([FIRST, SECOND])) == {FIRST, SECOND}
    assert mapper.decoded == 3


def test_who_does_not_ask_for_a_fact_that_can_not_be_read_goes_on(event_log: LogRecorder, reader: BatchReader) -> None:
    append(event_log, entry(1, FIRST)._replace(topic="Signed.v99"))
    commit(event_log, ("provider/04001234", 1))
    batch = reader.after(0)
    assert batch is not None
    assert list(batch.of_providers) == ["provider/04001234"]
    assert batch.of_policies == {}
    with pytest.raises(UnknownFactError, match=f"{FIRST}@1 is a 'Signed.v99'"):
        _ = batch.of_contracts
    with pytest.raises(UnknownFactError):
        _ = batch.facts


def test_a_model_aside_has_tables_of_its_own() -> None:
    live: ReadModel = Applied()
    aside: ReadModel = live.aside("__aside")
    assert (aside.name, aside.version) == (live.name, live.version)
    assert [table.name for table in aside.tables] == ["toy_applied__aside"]
    assert [table.name for table in live.tables] == ["toy_applied"]


def test_what_a_model_writes_aside_is_not_in_its_live_tables(event_log: LogRecorder, reader: BatchReader) -> None:
    commit(event_log, (FIRST, 1), (FIRST, 2))
    live = Applied()
    aside = live.aside("__aside")
    with transaction(event_log.database.engine) as connection:
        for table in (*live.tables, *aside.tables):
            table.create(connection)
        for batch in whole_log(reader, 100):
            aside.apply(connection, batch)
        counts = [connection.scalar(select(func.count()).select_from(table)) for table in (*live.tables, *aside.tables)]
    assert counts == [0, 2]

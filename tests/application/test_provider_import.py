"""Importing a register: what is new is recorded, what is known is not, and one may stop at any moment."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.mapper import FactMapper
from application.order import Order
from application.ports import Appended, Entry, EventLog, VersionConflict
from application.provider_import import Imported, NamedOptOut, PracticeEntry, decide_entry, import_records
from application.providers import ProviderStreams, execute, known_provider, new_facts
from domain.agb import AgbCode
from domain.care_type import CareType
from domain.provider.commands import WithdrawOptOut
from domain.provider.facts import (
    ContractHistoryRecorded,
    OptedOut,
    ProviderChanged,
    ProviderRegistered,
    ValuesRecorded,
)
from domain.provider.provider import KnownValue, PastContract
from domain.provider.register import PracticeRecord
from infrastructure.clock import SetClock
from infrastructure.persistence.recorder import LogRecorder, open_log
from infrastructure.providers.register_file import RegisterFile
from infrastructure.providers.sample_register import write_sample

NOON = datetime(2024, 8, 1, 10, tzinfo=UTC)
CONTRACT = PastContract(care_type=CareType.FYS, first_day=date(2023, 1, 1), last_day=date(2023, 12, 31))


@pytest.fixture
def streams(event_log: LogRecorder) -> ProviderStreams:
    return ProviderStreams(event_log, FactMapper(), SetClock(NOON))


@pytest.fixture
def sqlite_streams(sqlite_url: str) -> Iterator[ProviderStreams]:
    clock = SetClock(NOON)
    log = open_log(sqlite_url, clock=clock, set_clock=True)
    yield ProviderStreams(log, FactMapper(), clock)
    log.close()


class LosesTheRace:
    """A log in which other writers are first a number of times, each time with the entries given."""

    def __init__(self, log: EventLog, first: Sequence[Sequence[Entry]]) -> None:
        self._log = log
        self._first = list(first)

    def append(self, entries: Sequence[Entry], *, now: int) -> Appended:
        if self._first:
            self._log.append(self._first.pop(0), now=now)
        return self._log.append(entries, now=now)

    def __getattr__(self, name: str) -> object:
        return getattr(self._log, name)


def agb(number: int) -> AgbCode:
    return AgbCode(f"04{number:06d}")


def entry(number: int = 1, name: str = "De Linde", **more: object) -> PracticeEntry:
    return replace(PracticeEntry(PracticeRecord(agb=agb(number), name=name)), **more)  # type: ignore[arg-type]


def imported(streams: ProviderStreams, *entries: PracticeEntry) -> Imported:
    return import_records(streams, entries, actor="test")


def kinds(streams: ProviderStreams, number: int = 1) -> list[type]:
    return [type(recorded.fact) for recorded in streams.history(agb(number))]


def sample_entries(folder: Path, count: int, seed: int) -> list[PracticeEntry]:
    file = folder / f"sample-{count}-{seed}.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        write_sample(count, seed, opened)
    return [each for each in RegisterFile(file).entries() if isinstance(each, PracticeEntry)]


def test_a_second_import_changes_nothing(streams: ProviderStreams) -> None:
    entries = [entry(number, past_contracts={"caresq": (CONTRACT,)}) for number in range(1, 4)]

    assert imported(streams, *entries) == Imported(new=3)
    assert imported(streams, *entries) == Imported(unchanged=3)
    assert kinds(streams) == [ProviderRegistered, ContractHistoryRecorded]


def test_a_changed_practice_becomes_one_fact_and_its_history_none(streams: ProviderStreams) -> None:
    imported(streams, entry(past_contracts={"caresq": (CONTRACT,)}), entry(2))

    answer = imported(streams, entry(name="De Beuk", past_contracts={"caresq": (CONTRACT,)}), entry(2))

    assert answer == Imported(changed=1, unchanged=1)
    assert kinds(streams) == [ProviderRegistered, ContractHistoryRecorded, ProviderChanged]


def test_a_changed_history_becomes_one_fact_and_the_record_none(streams: ProviderStreams) -> None:
    later = CONTRACT.model_copy(update={"first_day": date(2024, 1, 1), "last_day": date(2024, 12, 31)})
    imported(streams, entry(past_contracts={"caresq": (CONTRACT,)}))

    assert imported(streams, entry(past_contracts={"caresq": (CONTRACT, later)})) == Imported(changed=1)
    assert kinds(streams) == [ProviderRegistered, ContractHistoryRecorded, ContractHistoryRecorded]
    provider = known_provider(streams, agb(1), "caresq")
    assert provider is not None
    assert provider.past_contracts == (CONTRACT, later)


def test_a_file_without_history_erases_none(streams: ProviderStreams) -> None:
    imported(streams, entry(past_contracts={"caresq": (CONTRACT,)}))

    assert imported(streams, entry()) == Imported(unchanged=1)


def test_a_changed_value_becomes_one_fact_that_names_it_alone_and_an_unchanged_one_none(
    streams: ProviderStreams,
) -> None:
    claims, patients = KnownValue(code="claims", value="0", year=2023), KnownValue(code="patients", value="29")
    more = claims.model_copy(update={"value": "7"})
    imported(streams, entry(known_values={"asr": (claims, patients)}))

    assert imported(streams, entry(known_values={"asr": (claims, patients)})) == Imported(unchanged=1)
    assert imported(streams, entry(known_values={"asr": (more, patients)})) == Imported(changed=1)
    assert imported(streams, entry()) == Imported(unchanged=1)
    assert kinds(streams) == [ProviderRegistered, ValuesRecorded, ValuesRecorded]
    assert streams.history(agb(1))[-1].fact == ValuesRecorded(purchaser="asr", values=(more,))
    asr, caresq = known_provider(streams, agb(1), "asr"), known_provider(streams, agb(1), "caresq")
    assert asr is not None
    assert caresq is not None
    assert (asr.known_values, caresq.known_values) == ((more, patients), ())


def test_history_and_opt_outs_stay_with_their_purchaser(streams: ProviderStreams) -> None:
    opt_out = NamedOptOut("asr", None, date(2024, 1, 1))
    imported(streams, entry(past_contracts={"caresq": (CONTRACT,)}, opt_outs=(opt_out,)))

    caresq, asr = known_provider(streams, agb(1), "caresq"), known_provider(streams, agb(1), "asr")

    assert caresq is not None
    assert asr is not None
    assert (caresq.past_contracts, caresq.opt_outs) == ((CONTRACT,), ())
    assert (asr.past_contracts, [each.from_day for each in asr.opt_outs]) == ((), [date(2024, 1, 1)])


def test_an_opt_out_that_was_withdrawn_stays_withdrawn_when_its_file_is_imported_again(
    streams: ProviderStreams,
) -> None:
    opted_out = entry(opt_outs=(NamedOptOut("caresq", None, date(2024, 1, 1)),))
    imported(streams, opted_out)
    execute(streams, agb(1), WithdrawOptOut(purchaser="caresq"), Order(actor="officer", command_id="w1"))

    assert imported(streams, opted_out) == Imported(unchanged=1)


def test_every_fact_of_an_import_names_its_actor_its_batch_and_what_it_saw(sqlite_streams: ProviderStreams) -> None:
    imported(sqlite_streams, entry(past_contracts={"caresq": (CONTRACT,)}))

    first, second = sqlite_streams.history(agb(1))

    context = first.envelope()
    assert first.occurred_at == NOON
    assert context.actor == "test"
    assert context.command_id == "import/2024-08-01T10:00:00.000000Z/04000001"
    assert context.correlation_id == "import/2024-08-01T10:00:00.000000Z"
    assert context.provider_version == 0
    assert second.envelope().causation_id == first.event_id
    assert second.recorded_at == first.recorded_at


def test_new_practices_go_in_chunks_of_at_most_two_hundred_a_commit(sqlite_streams: ProviderStreams) -> None:
    seen: list[tuple[int, int]] = []
    entries = [entry(number) for number in range(1, 451)]

    import_records(
        sqlite_streams, entries, actor="test", total=450, progress=lambda done, total: seen.append((done, total))
    )

    recorded_at = [sqlite_streams.history(agb(number))[0].recorded_at for number in (1, 200, 201, 400, 401, 450)]
    assert seen == [(200, 450), (400, 450), (450, 450)]
    assert recorded_at[0] == recorded_at[1] < recorded_at[2] == recorded_at[3] < recorded_at[4] == recorded_at[5]


def test_an_import_that_was_stopped_goes_on_where_it_was(streams: ProviderStreams) -> None:
    def interrupted() -> Iterator[PracticeEntry]:
        for number in range(1, 300):
            if number == 250:
                raise KeyboardInterrupt
            yield entry(number)

    with pytest.raises(KeyboardInterrupt):
        import_records(streams, interrupted(), actor="test")

    assert imported(streams, *[entry(number) for number in range(1, 301)]) == Imported(new=100, unchanged=200)


def test_a_chunk_that_lost_the_race_is_recorded_one_by_one(sqlite_streams: ProviderStreams, sqlite_url: str) -> None:
    other_names_two = entry(2, name="De Beuk")
    rival = open_log(sqlite_url, clock=SetClock(NOON), set_clock=True)
    written = _entries_of(other_names_two)
    racing = ProviderStreams(LosesTheRace(rival, [written]), FactMapper(), SetClock(NOON))  # type: ignore[arg-type]

    answer = import_records(racing, [entry(1), entry(2), entry(3)], actor="test")
    rival.close()

    assert answer == Imported(new=2, changed=1)
    assert kinds(sqlite_streams, 2) == [ProviderRegistered, ProviderChanged]


def test_an_import_that_always_loses_the_race_gives_up() -> None:
    class NeverFirst:
        def read_streams(self, _streams: Sequence[str], *, up_to: int | None = None) -> list[object]:
            return []

        def append(self, _entries: Sequence[Entry], *, now: int) -> Appended:
            raise VersionConflict(f"somebody else was first at {now}")

    racing = ProviderStreams(NeverFirst(), FactMapper(), SetClock(NOON))  # type: ignore[arg-type]

    with pytest.raises(VersionConflict, match="changed by others 5 times"):
        import_records(racing, [entry(1)], actor="test")


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), count=st.integers(1, 60))
def test_a_sample_imported_twice_changes_nothing_and_folds_back_to_its_records(
    tmp_path: Path, sqlite_streams: ProviderStreams, seed: int, count: int
) -> None:
    entries = [replace(each, record=_marked(each.record, seed)) for each in sample_entries(tmp_path, count, seed)]

    first, second = imported(sqlite_streams, *entries), imported(sqlite_streams, *entries)

    assert first.new + first.changed + first.unchanged == count
    assert second == Imported(unchanged=count)
    for each in entries:
        provider = known_provider(sqlite_streams, each.record.agb, "caresq")
        assert provider is not None
        assert provider.record == each.record
        assert provider.past_contracts == each.past_contracts.get("caresq", provider.past_contracts)
        assert {(named.care_type, named.from_day) for named in each.opt_outs} <= {
            (opt_out.care_type, opt_out.from_day) for opt_out in provider.opt_outs
        }


def test_the_stored_record_is_read_back_equal(sqlite_streams: ProviderStreams, tmp_path: Path) -> None:
    (first, *_) = sample_entries(tmp_path, 1, 11)
    imported(sqlite_streams, first)

    fact = sqlite_streams.history(first.record.agb)[0].fact

    assert fact == ProviderRegistered(record=first.record)
    assert not any(isinstance(each, OptedOut) for each in sqlite_streams.history(first.record.agb))


def _marked(record: PracticeRecord, seed: int) -> PracticeRecord:
    """Another record for another seed, so that examples on one log differ."""
    return record.model_copy(update={"city": f"{record.city} {seed}"})


def _entries_of(wanted: PracticeEntry) -> list[Entry]:
    """What another process would append for that entry."""
    facts = decide_entry(wanted, [])
    order = Order(actor="rival", command_id="rival/1")
    return [FactMapper().encode(new) for new in new_facts(wanted.record.agb, 0, facts, order, "0" * 32, NOON)]

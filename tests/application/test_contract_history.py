"""A decision sees the practice's contracts of earlier periods, says which, and comes out the same when made again."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import pytest

from application.audit.reproduction import Outcome, reproduce
from application.ports import EventLog, Row
from application.queries.horizon import Asked
from domain.calendar import Term
from domain.contract.commands import Approach, CarryOver, CorrectFact, ReceiveApplication, SaveQuestionnaire, Terminate
from domain.contract.contract_id import ContractId
from domain.contract.facts import Approached, NotApproached
from domain.policy.answers import Answers
from infrastructure.bootstrap import open_system
from infrastructure.clock import SetClock
from tests.given import TWO_YEARS, day
from tests.round_world import RoundWorld, entry, round_world

YEAR_BEFORE = str(TWO_YEARS.with_name("caresq-2024.yaml"))
NEXT_YEAR = str(TWO_YEARS.with_name("asr-2025.yaml"))
LOG = "caresq/05001234/LOG/2025-2026"
LOG_2024 = "caresq/05001234/LOG/2024"
OF_2024 = CarryOver(term=Term(start=day("2024-01-01"), end=day("2024-12-31")), external_policy="caresq-2023")


@contextmanager
def opened(database_url: str, *policies: str) -> Iterator[RoundWorld]:
    """A practice without an imported contract; Caresq has policies for 2024 and 2025; it is 1 September 2024."""
    with round_world(database_url, "2023-04-01") as world:
        for each in (YEAR_BEFORE, *policies):
            world.adopt(each)
        world.register(entry("05001234", "LOG", contracted=False))
        world.at("2024-09-01")
        yield world


@pytest.fixture
def world(database_url: str) -> Iterator[RoundWorld]:
    """That world on each database in turn."""
    with opened(database_url) as each:
        yield each


@pytest.fixture
def sqlite_world(sqlite_url: str) -> Iterator[RoundWorld]:
    """That world where the database makes no difference."""
    with opened(sqlite_url, "asr-2024", NEXT_YEAR) as each:
        yield each


class Counting:
    """A log that tells which streams each of its reads asked for."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self.reads: list[list[str]] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._log, name)

    def read(self, streams: Sequence[tuple[str, int]], *, news: tuple[str, int] | None = None) -> list[Row]:
        self.reads.append(sorted(each[0] for each in streams))
        return self._log.read(streams, news=news)


def carry_over(world: RoundWorld, contract_id: str = LOG_2024) -> None:
    world.act(contract_id, OF_2024, "from the archive")


def earlier_seen(world: RoundWorld, contract_id: str = LOG) -> dict[str, int] | None:
    return world.contracting.load(ContractId.parse(contract_id)).history[0].envelope().earlier_contracts


def approached(world: RoundWorld, contract_id: str = LOG) -> type:
    return type(world.act(contract_id, Approach()).facts[0])


def test_a_contract_of_the_year_before_in_this_log_is_history(world: RoundWorld) -> None:
    assert approached(world) is NotApproached
    carry_over(world)
    world.at("2024-09-02")
    assert approached(world) is Approached


def test_the_envelope_names_the_contracts_seen_with_their_versions(world: RoundWorld) -> None:
    carry_over(world)
    world.act(LOG, Approach())
    first, *others = (
        each.envelope().earlier_contracts for each in world.contracting.load(ContractId.parse(LOG)).history
    )
    assert first == {LOG_2024: 1}
    assert set(others) == {None}


def test_where_nothing_was_seen_the_envelope_says_nothing(sqlite_world: RoundWorld) -> None:
    sqlite_world.act(LOG, Approach())
    [row] = sqlite_world.contracting.log_port.read([(LOG, 0)])
    assert b"earlier_contracts" not in row.context


def test_a_decision_comes_out_the_same_whatever_became_of_those_contracts_since(world: RoundWorld) -> None:
    carry_over(world)
    world.act(LOG, Approach())
    world.at("2024-09-03")
    world.act(LOG_2024, CorrectFact(version=1), "another practice was meant")
    again = reproduce(world.contracting, f"{LOG}@1")
    assert again.outcome is Outcome.SAME
    assert again.earlier_contracts == {LOG_2024: 1}


def test_a_correction_counts_for_the_next_decision(sqlite_world: RoundWorld) -> None:
    carry_over(sqlite_world)
    sqlite_world.act(LOG_2024, CorrectFact(version=1), "another practice was meant")
    assert approached(sqlite_world) is NotApproached
    assert earlier_seen(sqlite_world) == {LOG_2024: 2}


def test_a_terminated_contract_counts_for_its_days(sqlite_world: RoundWorld) -> None:
    carry_over(sqlite_world)
    sqlite_world.act(LOG_2024, Terminate(last_day=day("2024-09-30")), "the practice closes")
    assert approached(sqlite_world) is Approached


def test_contracts_with_another_purchaser_are_no_history(sqlite_world: RoundWorld) -> None:
    carry_over(sqlite_world, "asr/05001234/LOG/2024")
    assert approached(sqlite_world) is NotApproached
    assert earlier_seen(sqlite_world) is None
    assert approached(sqlite_world, "asr/05001234/LOG/2025") is Approached
    assert earlier_seen(sqlite_world, "asr/05001234/LOG/2025") == {"asr/05001234/LOG/2024": 1}


def test_contracts_of_the_same_year_are_no_history_whichever_came_first(sqlite_world: RoundWorld) -> None:
    """Else the order in which the contracts of one year are signed would decide."""
    carry_over(sqlite_world, "asr/05001234/FYS/2024")
    answer = sqlite_world.act("asr/05001234/LOG/2024", ReceiveApplication())
    assert earlier_seen(sqlite_world, "asr/05001234/LOG/2024") is None
    assert answer.facts[0].stored_name == "ApplicationReceived"


def test_who_was_never_asked_is_answered_by_the_same_history(sqlite_world: RoundWorld) -> None:
    before = sqlite_world.clock.now()
    sqlite_world.at("2024-09-02")
    carry_over(sqlite_world)
    assert [reasons_known(sqlite_world, each) for each in (before, sqlite_world.clock.now())] == [
        ["NOT_CONTRACTED_RECENTLY"],
        [],
    ]


def reasons_known(world: RoundWorld, known_at: datetime) -> list[str]:
    procedure = world.system.questions.contract(ContractId.parse(LOG), Asked(known_at=known_at)).procedure
    assert procedure is not None
    return [each.code for each in procedure.reasons]


def test_a_command_reads_once_and_only_where_history_is_judged_more_than_its_own_streams(
    sqlite_world: RoundWorld,
) -> None:
    carry_over(sqlite_world)
    log = sqlite_world.contracting.log_port
    counting = Counting(log)
    sqlite_world.contracting.log_port = counting  # type: ignore[assignment]
    sqlite_world.act(LOG, Approach())
    sqlite_world.act(LOG, SaveQuestionnaire(answers=Answers()))
    sqlite_world.contracting.log_port = log
    assert [len(each) for each in counting.reads] == [5, 2]
    assert [each for each in counting.reads[0] if LOG_2024 in each] == [LOG_2024]
    assert counting.reads[1] == [LOG, "provider/05001234"]


def test_a_process_that_meets_the_policies_for_the_first_time_sees_the_same(sqlite_url: str) -> None:
    with opened(sqlite_url) as world:
        carry_over(world)
        now = world.clock.now()
        with open_system(sqlite_url, clock=SetClock(now)) as fresh:
            seen = fresh.contracting.load(ContractId.parse(LOG), Approach()).earlier
    assert [(str(each.contract_id), each.contract.version) for each in seen] == [(LOG_2024, 1)]

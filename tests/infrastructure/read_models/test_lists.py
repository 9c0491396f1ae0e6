"""Lists of the present: filtered, sorted, searched and paged; the same however they are cut up."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from application.queries.horizon import Asked
from application.queries.lists import (
    ContractsAsked,
    DeadlineItem,
    DeadlinePlace,
    DeadlinesAsked,
    ListedContract,
    ListOrder,
    WorkAsked,
    WorkItem,
    WorkPlace,
)
from application.queries.round_report import round_status
from application.simulation.year import Year
from domain.calendar import last_instant, local_day
from domain.care_type import CareType
from domain.contract.due import DueKind, WorkKind
from domain.contract.standing import Status
from infrastructure.bootstrap import System, open_simulation, open_system
from tests.register_world import copied

EVERYTHING = 10_000


def silent(done: int, total: int) -> None:
    """Nobody watches."""


def test_how_a_round_stands_is_counted_as_the_log_answers_it_at_every_phase_of_two_years(tmp_path: Path) -> None:
    compared = 0
    with open_simulation(f"sqlite:///{tmp_path / 'years.db'}", providers=30, seed=5) as (system, world):
        for phase in Year(world).phases():
            phase.work(silent)
            for stream in system.contracting.policies.streams():
                policy = stream.partition("/")[2]
                found = system.lists.round_status(policy)
                assert found == round_status(system.contracting, policy, Asked())
                compared += len(found.runs) + sum(map(len, found.care_types.values()))
    assert compared > 200


@pytest.fixture(scope="module")
def autumn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Sixty practices in the middle of Caresq's round: questionnaires open, proofs waiting, offers made."""
    file: Path = tmp_path_factory.mktemp("autumn") / "autumn.db"
    with open_simulation(f"sqlite:///{file}", providers=60, seed=11) as (system, world):
        for phase in Year(world).phases():
            if phase.day > date(2024, 10, 14):
                break
            phase.work(silent)
        yield system


def everything(system: System, **asked: Any) -> list[ListedContract]:
    wanted = ContractsAsked(purchaser="caresq", limit=EVERYTHING, **asked)
    return list(system.lists.contracts(wanted).contracts)


def test_a_filter_leaves_what_fits_and_nothing_else(autumn: System) -> None:
    found = everything(autumn)
    assert len({each.status for each in found}) > 3
    for status, care_type in product([None, *Status], [None, *CareType]):
        expected = [
            each
            for each in found
            if status in (None, each.status) and care_type in (None, each.contract_id.split("/")[2])
        ]
        assert everything(autumn, status=status, care_type=care_type) == expected
    for tier in {each.entitled_tier for each in found} - {None}:
        assert everything(autumn, tier=tier) == [each for each in found if each.entitled_tier == tier]
    assert everything(autumn, with_open_reviews=True) == [each for each in found if each.open_reviews]


@pytest.mark.parametrize("order", ListOrder)
@pytest.mark.parametrize("limit", [1, 7, 50])
def test_pages_follow_each_other_in_the_order_asked(order: ListOrder, limit: int, autumn: System) -> None:
    keys = {
        ListOrder.CONTRACT: lambda each: each.contract_id,
        ListOrder.NAME: lambda each: ((each.name or "").casefold(), each.contract_id),
        ListOrder.DUE: lambda each: (each.due_on or date.max, each.contract_id),
        ListOrder.CHANGED: lambda each: (-each.changed_position, each.contract_id),
    }
    expected = sorted(everything(autumn), key=keys[order])
    paged: list[ListedContract] = []
    after = None
    while True:
        page = autumn.lists.contracts(ContractsAsked(purchaser="caresq", order=order, after=after, limit=limit))
        assert len(page.contracts) <= limit
        paged += page.contracts
        after = page.next_after
        if after is None:
            break
    assert paged == expected


def test_a_practice_is_found_by_any_part_of_its_name_and_the_first_digits_of_its_code(autumn: System) -> None:
    found = everything(autumn)
    for text in ("het KOMPAS", "  de   linde ", "%", "_", "nobody"):
        part = " ".join(text.casefold().split())
        assert everything(autumn, text=text) == [each for each in found if part in (each.name or "").casefold()]
    for text in ("04", found[0].contract_id.split("/")[1], "9"):
        assert everything(autumn, text=text) == [
            each for each in found if each.contract_id.split("/")[1].startswith(text)
        ]


def test_work_stands_in_order_of_urgency_and_is_counted_by_kind(autumn: System) -> None:
    whole = autumn.lists.worklist(WorkAsked(purchaser="caresq", limit=EVERYTHING))
    assert whole.waiting.keys() >= {WorkKind.ASSESSMENT, WorkKind.EVIDENCE}
    assert sum(whole.waiting.values()) == len(whole.items)
    urgency = [(each.due_on or date.max, each.since) for each in whole.items]
    assert urgency == sorted(urgency)
    for kind in WorkKind:
        some = autumn.lists.worklist(WorkAsked(purchaser="caresq", kind=kind, limit=2))
        assert list(some.items) == [each for each in whole.items if each.kind is kind][:2]
        assert some.waiting.get(kind, 0) == whole.waiting.get(kind, 0)
    today = local_day(autumn.clock.now())
    late = autumn.lists.worklist(WorkAsked(purchaser="caresq", overdue=True))
    assert list(late.items) == [each for each in whole.items if each.due_on is not None and each.due_on < today]


def test_deadlines_stand_in_order_and_are_cut_at_the_end_of_a_day(autumn: System) -> None:
    whole = autumn.lists.deadlines(DeadlinesAsked(purchaser="caresq", limit=EVERYTHING))
    assert {each.kind for each in whole.items} >= {DueKind.QUESTIONNAIRE_LAPSE}
    instants = [each.due_at for each in whole.items]
    assert instants == sorted(instants)
    for day in {local_day(each) + timedelta(days=before) for each in instants for before in (-1, 0)}:
        until = autumn.lists.deadlines(DeadlinesAsked(purchaser="caresq", until=day, limit=3))
        expected = [each for each in whole.items if each.due_at <= last_instant(day)]
        assert until.total == len(expected)
        assert list(until.items) == expected[:3]


def test_a_list_of_now_says_the_same_when_it_is_asked_again_with_what_it_named(autumn: System) -> None:
    def same(found: Any) -> Asked:
        return Asked(effective_on=found.effective_on, known_at=found.known_at, position=found.position)

    wanted = ContractsAsked(purchaser="caresq", order=ListOrder.DUE, after=everything(autumn)[3].contract_id)
    listed = autumn.lists.contracts(wanted)
    assert autumn.lists.contracts(wanted, same(listed)) == listed
    late = WorkAsked(purchaser="caresq", overdue=True)
    for work in (late, WorkAsked(purchaser="caresq", limit=EVERYTHING)):
        found = autumn.lists.worklist(work)
        assert autumn.lists.worklist(work, same(found)) == found
    due = autumn.lists.deadlines(DeadlinesAsked(purchaser="caresq", limit=EVERYTHING))
    assert autumn.lists.deadlines(DeadlinesAsked(purchaser="caresq", limit=EVERYTHING), same(due)) == due
    assert len(due.items) > 50


def work_in_pages(system: System, asked: Asked) -> list[WorkItem]:
    items: list[WorkItem] = []
    after = None
    while True:
        page = system.lists.worklist(WorkAsked(purchaser="caresq", after=after, limit=7), asked)
        items += page.items
        if page.next_after is None:
            return items
        after = WorkPlace.parse(page.next_after)


def deadlines_in_pages(system: System, asked: Asked) -> list[DeadlineItem]:
    items: list[DeadlineItem] = []
    after = None
    while True:
        page = system.lists.deadlines(DeadlinesAsked(purchaser="caresq", after=after, limit=50), asked)
        items += page.items
        if page.next_after is None:
            return items
        after = DeadlinePlace.parse(page.next_after)


def test_pages_of_work_and_deadlines_follow_each_other_now_and_in_the_past_on_both_databases(
    autumn: System, postgres_url: str
) -> None:
    work = autumn.lists.worklist(WorkAsked(purchaser="caresq", limit=EVERYTHING))
    due = autumn.lists.deadlines(DeadlinesAsked(purchaser="caresq", limit=EVERYTHING))
    copied(autumn.log.rows_after(0, limit=100_000), postgres_url)
    with open_system(postgres_url, clock=autumn.clock) as on_postgres:
        for system in (autumn, on_postgres):
            for asked in (Asked(), Asked(known_at=due.known_at, position=due.position)):
                assert work_in_pages(system, asked) == list(work.items)
                assert deadlines_in_pages(system, asked) == list(due.items)


def test_nothing_of_another_purchaser_is_listed(autumn: System) -> None:
    for purchaser in ("asr", "caresq", "nobody"):
        contracts = autumn.lists.contracts(ContractsAsked(purchaser=purchaser, limit=EVERYTHING))
        work = autumn.lists.worklist(WorkAsked(purchaser=purchaser, limit=EVERYTHING))
        due = autumn.lists.deadlines(DeadlinesAsked(purchaser=purchaser, limit=EVERYTHING))
        ids = {each.contract_id for each in contracts.contracts}
        ids |= {each.contract_id for each in work.items} | {each.contract_id for each in due.items}
        assert {each.partition("/")[0] for each in ids} == ({purchaser} if purchaser != "nobody" else set())


def test_a_fact_that_was_just_recorded_is_in_the_next_list(autumn: System) -> None:
    head = autumn.log.horizon().position
    assert autumn.lists.contracts(ContractsAsked(purchaser="caresq")).position == head

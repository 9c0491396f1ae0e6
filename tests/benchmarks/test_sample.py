"""The sample that is measured on is a log as the program itself would have written it."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from itertools import chain, pairwise
from pathlib import Path

import pytest

from application.contracting import Loaded
from application.order import Order
from application.queries.agreement import contract_agreement
from application.queries.horizon import Asked
from application.round import registered_practices
from benchmarks.sample.copies import LogRow, copied, read_lived
from benchmarks.sample.lives import live
from benchmarks.sample.stores import NoRoomError, check_room, fill_postgres, fill_sqlite
from domain.contract.commands import RequestReview
from domain.contract.contract import fold
from domain.contract.contract_id import ContractId
from domain.contract.facts import ReviewGround, ReviewRequested, Signed, TierAssigned
from domain.contract.standing import Status
from domain.history import FactCorrected
from domain.provider.facts import fold_provider
from infrastructure.bootstrap import System, open_system
from tests.given import at

PRACTICES = 70
COPIES = 3


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lives of some practices, as the use cases wrote them."""
    path = tmp_path_factory.mktemp("lived") / "lived.db"
    live(f"sqlite:///{path}", PRACTICES)
    return path


@pytest.fixture(scope="module")
def commits(lived: Path) -> list[list[LogRow]]:
    """The commits of three times as many."""
    return list(copied(read_lived(str(lived), with_texts=True), COPIES))


@pytest.fixture
def filled(database_url: str, commits: list[list[LogRow]]) -> str:
    """The same in each database."""
    if database_url.startswith("sqlite"):
        fill_sqlite(Path(database_url.removeprefix("sqlite:///")), commits)
    else:
        fill_postgres(database_url, commits)
    return database_url


def contracts(system: System) -> Iterator[ContractId]:
    for purchaser in ("asr", "caresq"):
        after = ""
        while stream_ids := system.log.stream_ids(f"{purchaser}/", after=after):
            after = stream_ids[-1]
            yield from map(ContractId.parse, stream_ids)


def test_positions_have_no_gap_and_every_commit_is_recorded_after_the_one_before(commits: list[list[LogRow]]) -> None:
    rows = list(chain.from_iterable(commits))
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    assert all(len({row[6] for row in commit}) == 1 for commit in commits)
    assert all(one[0][6] < next_one[0][6] for one, next_one in pairwise(commits))
    assert all(row[6] >= row[5] for row in rows)


def test_the_first_copy_is_the_lived_log(lived: Path) -> None:
    with closing(sqlite3.connect(lived)) as file:
        stored = file.execute(
            "SELECT position, stream_id, version, topic, state, occurred_at, recorded_at, context, explanation "
            "FROM log ORDER BY position"
        ).fetchall()
    assert list(chain.from_iterable(copied(read_lived(str(lived), with_texts=False), 1))) == stored


def test_every_history_folds(filled: str, lived: Path) -> None:
    with open_system(filled) as system, open_system(f"sqlite:///{lived}") as first:
        assert len(list(contracts(system))) == COPIES * len(list(contracts(first)))
        for loaded in all_loaded(system):
            assert loaded.contract == fold(loaded.history)
            assert loaded.contract.version == len(loaded.history) > 0
            assert loaded.provider is not None
            assert loaded.provider.record.agb == loaded.contract_id.agb


def all_loaded(system: System) -> Iterator[Loaded]:
    ids = list(contracts(system))
    for first in range(0, len(ids), 200):
        yield from system.contracting.load_all(ids[first : first + 200])


def test_a_copy_answers_as_the_practice_that_it_is_a_copy_of(filled: str) -> None:
    with open_system(filled) as system:
        of_name = {practice_name(system, agb): agb for agb in registered_practices(system.contracting)}
        asked = 0
        for contract_id in contracts(system):
            name = practice_name(system, contract_id.agb)
            if "(voorbeeld 2-" not in name:
                continue
            first = contract_id._replace(agb=of_name[name.replace("(voorbeeld 2-", "(voorbeeld ")])
            assert without_own_marks(system, contract_id) == without_own_marks(system, first)
            asked += 1
        assert asked > PRACTICES


def practice_name(system: System, agb: str) -> str:
    history = system.contracting.facts.decode_all(system.log.read_streams([f"provider/{agb}"]))
    provider = fold_provider(history, "caresq")
    assert provider is not None
    return provider.record.name


def without_own_marks(system: System, contract_id: ContractId) -> object:
    """The answer about a day, without what names the practice, its text, and the place in the log."""
    answer = system.questions.contract(
        contract_id, Asked(effective_on=date(2025, 3, 1), known_at=at("2025-12-31T12:00"))
    )
    told = answer.model_dump_json(exclude={"position", "policy_position"})
    content = json.loads(told.replace(contract_id.agb, "AGB"))
    if content["explained_by"]:
        del content["explained_by"]["recorded_at"]
    if content["procedure"]["offer"]:
        del content["procedure"]["offer"]["agreement_sha256"]
    return content


def test_agreement_texts_of_copies_have_the_sha256_that_stands_in_their_facts(filled: str) -> None:
    with open_system(filled) as system:
        texts = [
            text
            for contract_id in contracts(system)
            for text in contract_agreement(system.contracting, contract_id, Asked()).texts
        ]
    assert len(texts) > COPIES
    assert all(text.verified for text in texts)


def test_our_own_commands_go_on_from_it(filled: str) -> None:
    with open_system(filled) as system:
        head = system.log.horizon().position
        going = 0
        for loaded in list(all_loaded(system)):
            if loaded.contract.signed_at is None or loaded.contract_id.purchaser != "caresq":
                continue
            command = RequestReview(ground=ReviewGround.INTEGRITY, found="claims that do not fit the hours")
            order = Order("officer", f"go-on/{loaded.contract_id}", reason="looked into it")
            answer = system.contracting.act(loaded.contract_id, command, order)
            assert [type(fact) for fact in answer.facts] == [ReviewRequested]
            going += 1
        assert going > COPIES
        assert system.log.horizon().position == head + going


def test_what_is_recorded_in_it_can_not_be_changed(sqlite_url: str, commits: list[list[LogRow]]) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    fill_sqlite(path, commits)
    with closing(sqlite3.connect(path)) as file, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        file.execute("UPDATE log SET version = 2 WHERE position = 1")


def test_it_holds_what_happens_in_a_year(lived: Path) -> None:
    with open_system(f"sqlite:///{lived}") as system:
        stood: dict[str, set[Status]] = {"asr": set(), "caresq": set()}
        tiers, facts = set(), set()
        for loaded in all_loaded(system):
            answer = system.questions.contract(loaded.contract_id, Asked(effective_on=date(2025, 6, 1)))
            assert answer.procedure is not None
            stood[loaded.contract_id.purchaser].add(answer.procedure.status)
            tiers |= {each.fact.tier for each in loaded.history if isinstance(each.fact, TierAssigned)}
            facts |= {type(each.fact) for each in loaded.history}
    for purchaser in stood.values():
        assert {Status.SIGNED, Status.OFFER_LAPSED, Status.NOT_APPROACHED} <= purchaser
    assert tiers >= {"A", "B", "C"}
    assert facts >= {Signed, FactCorrected}


def test_a_disk_that_is_too_small_is_told_before_anything_is_built(tmp_path: Path) -> None:
    with pytest.raises(NoRoomError, match=r"GB free; this sample needs 9000000\.0 GB"):
        check_room(tmp_path, 9 * 10**15)

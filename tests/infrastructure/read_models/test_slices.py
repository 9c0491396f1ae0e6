"""A rebuild by slices of practices, in several processes, brings what the log in its own order brings."""

from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from application.order import Order
from benchmarks.sample.copies import copied, read_lived
from benchmarks.sample.lives import live
from benchmarks.sample.stores import fill_postgres, fill_sqlite
from domain.contract.commands import RequestReview
from domain.contract.contract_id import ContractId
from domain.contract.facts import ReviewGround
from infrastructure.bootstrap import System, open_system
from infrastructure.read_models import rebuild, slices
from infrastructure.read_models.rebuild import RebuildFailed
from infrastructure.read_models.register.model import RegisterModel

PRACTICES = 40
Tables = dict[str, list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Contracts of all sorts, of two purchasers, with corrections and an amendment."""
    path = tmp_path_factory.mktemp("lived") / "lived.db"
    live(f"sqlite:///{path}", PRACTICES)
    return path


@pytest.fixture
def filled(database_url: str, lived: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The same in each database; nothing is too small for processes, and no slice holds all."""
    commits = copied(read_lived(str(lived), with_texts=False), 1)
    if database_url.startswith("sqlite"):
        fill_sqlite(Path(database_url.removeprefix("sqlite:///")), commits)
    else:
        fill_postgres(database_url, commits)
    monkeypatch.setattr(rebuild, "WORTH_PROCESSES", 1)
    monkeypatch.setattr(slices, "PRACTICES_AT_ONCE", 7)
    return database_url


def told(system: System) -> Tables:
    """All rows of the register, in order of their keys."""
    with system.log.database.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]
            for table in RegisterModel().tables
        }


def test_a_rebuild_by_slices_is_what_the_log_in_its_order_brings(filled: str) -> None:
    with open_system(filled) as system:
        system.read_models.catch_up(["register"])
        in_order = told(system)
        position = system.read_models.rebuild("register")

        assert all(in_order.values())
        assert told(system) == in_order
        assert position == system.log.horizon().position
        verified = system.read_models.verify("register")
        assert (verified.wrong, verified.missing) == (0, 0)


def test_on_one_core_it_is_done_without_another_process(filled: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "sched_getaffinity", lambda _: {0})
    monkeypatch.setattr(slices, "ProcessPoolExecutor", None)
    with open_system(filled) as system:
        assert system.read_models.rebuild("register") == system.log.horizon().position
        verified = system.read_models.verify("register")
        assert verified.rows > 0
        assert (verified.wrong, verified.missing) == (0, 0)


@pytest.mark.parametrize("name", ["contract_overview", "contract_work", "contract_deadline"])
def test_so_is_a_rebuild_of_the_lists(filled: str, name: str) -> None:
    with open_system(filled) as system:
        assert system.read_models.rebuild(name) == system.log.horizon().position
        verified = system.read_models.verify(name)
        assert verified.rows > 0 or name == "contract_work"
        assert (verified.wrong, verified.missing) == (0, 0)


def test_what_is_recorded_after_it_is_taken_in_from_there(filled: str) -> None:
    with open_system(filled) as system:
        system.read_models.rebuild("register")
        concluded = next(row for row in told(system)["procedure"] if row[0] == "caresq" and row[7] == "signed")
        contract_id = ContractId.parse("/".join(map(str, concluded[:4])))
        review = RequestReview(ground=ReviewGround.INTEGRITY, found="claims that do not fit the hours")
        system.contracting.act(contract_id, review, Order("officer", "later", reason="looked into it"))
        system.read_models.catch_up(["register"])

        verified = system.read_models.verify("register")
        assert (verified.wrong, verified.missing) == (0, 0)


def test_every_practice_belongs_to_one_slice(filled: str) -> None:
    with open_system(filled) as system:
        found = slices.slices_of(system.log, system.log.horizon().position)

    assert len(found) > PRACTICES // 7
    assert all(one.last == following.after for one, following in pairwise(found))
    assert (found[0].after, found[-1].last) == ("", "99999999")


def test_a_fact_that_can_not_be_read_is_named_and_the_register_stays_what_it_was(filled: str) -> None:
    with open_system(filled) as system:
        system.read_models.catch_up(["register"])
        before = told(system)
        key = "/".join(map(str, before["procedure"][0][:4]))
        with system.log.database.transaction() as connection:
            connection.exec_driver_sql(
                "INSERT INTO log (position, stream_id, version, topic, state, occurred_at, recorded_at, context) "
                f"SELECT position + 1, '{key}', 999, 'FromTomorrow.v1', state, occurred_at, recorded_at + 1, context "
                "FROM log ORDER BY position DESC LIMIT 1"
            )

        with pytest.raises(RebuildFailed, match=rf"{key}@999 at log position \d+: UnknownFactError"):
            system.read_models.rebuild("register")
        assert told(system) == before

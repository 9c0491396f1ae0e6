"""Of several schedulers on one database one leads; real processes, really killed."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from application.ports import StorageUnavailable
from application.round import RoundOrder, run_round
from infrastructure.bootstrap import Lead, lead_of, open_system
from infrastructure.persistence.engine import create_log_engine
from infrastructure.persistence.lead import AnotherLeads
from tests.round_world import POLICY, entry, round_world

PROGRAM = Path(sys.prefix) / "bin" / "contractspoor"
PRACTICES = [f"0400123{number}" for number in range(4, 10)]
LEADS, STANDS_BY = "This scheduler leads.\n", "Another scheduler leads; this one stands by.\n"


@pytest.fixture
def lapsed_url(postgres_url: str) -> str:
    """Questionnaires whose deadline passed long ago, and nobody has recorded that."""
    with round_world(postgres_url) as world:
        world.register(*(entry(agb) for agb in PRACTICES))
        world.at("2024-09-16T09:00")
        run_round(world.contracting, RoundOrder(POLICY, "officer"))
    return postgres_url


@contextmanager
def scheduler(url: str) -> Iterator["subprocess.Popen[str]"]:
    """A scheduler as its users start it; killed in the end, if it still runs."""
    process = subprocess.Popen(
        [PROGRAM, "scheduler", "run", "--database", url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def told(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def lapses(url: str) -> list[str]:
    """The contracts of which a lapse was recorded, one for each fact."""
    with open_system(url) as system:
        rows = system.log.rows_after(0)
    return sorted(row.originator_id for row in rows if row.topic == "QuestionnaireLapsed.v1")


def test_one_leads_another_stands_by_and_takes_over_when_the_leader_is_killed(lapsed_url: str) -> None:
    with scheduler(lapsed_url) as leader:
        assert told(leader) == LEADS
        assert told(leader).startswith("due: 6 QuestionnaireLapsed")
        with scheduler(lapsed_url) as other:
            assert told(other) == STANDS_BY
            leader.send_signal(signal.SIGKILL)
            assert told(other) == LEADS
            assert told(other).startswith("due: nothing to record")
    assert lapses(lapsed_url) == [f"caresq/{agb}/FYS/2025-2026" for agb in PRACTICES]


def test_two_that_begin_together_record_everything_once(lapsed_url: str) -> None:
    with scheduler(lapsed_url) as one, scheduler(lapsed_url) as other:
        assert {told(one), told(other)} == {LEADS, STANDS_BY}
        while len(lapses(lapsed_url)) < len(PRACTICES):
            assert (one.poll(), other.poll()) == (None, None)
    assert lapses(lapsed_url) == [f"caresq/{agb}/FYS/2025-2026" for agb in PRACTICES]


def test_the_lead_ends_with_the_session_that_the_server_loses(postgres_url: str) -> None:
    leader, other = lead_of(postgres_url), lead_of(postgres_url)
    administrator = create_log_engine(postgres_url)
    try:
        assert (leader.take(), other.take(), leader.take()) == (True, False, True)
        assert (leader.held(), other.held()) == (True, False)
        with administrator.connect() as connection:
            sessions = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()"
            connection.exec_driver_sql(f"SELECT pg_terminate_backend(pid) FROM ({sessions}) AS holding")
        assert taken(other)
        assert (leader.held(), other.held()) == (False, True)
        assert not leader.take()
    finally:
        leader.close()
        other.close()
        administrator.dispose()


def taken(lead: Lead) -> bool:
    """The server lets go of a lock only when the session that it ends has gone."""
    return any(lead.take() for _ in range(1000))


def test_a_second_scheduler_on_sqlite_is_refused_until_the_first_has_gone(sqlite_url: str) -> None:
    with scheduler(sqlite_url) as leader:
        assert told(leader) == LEADS
        second = subprocess.run(
            [PROGRAM, "scheduler", "run", "--database", sqlite_url], capture_output=True, text=True, check=False
        )
        assert second.returncode == 1
        assert f"another scheduler (process {leader.pid}) runs on" in second.stderr
        assert "end that one first, or use PostgreSQL" in second.stderr
        leader.send_signal(signal.SIGKILL)
        leader.wait()
        with scheduler(sqlite_url) as third:
            assert told(third) == LEADS


def test_where_the_lock_can_not_be_written_that_is_told(tmp_path: Path) -> None:
    lead = lead_of(f"sqlite:///{tmp_path / 'no such folder' / 'contractspoor.db'}")
    with pytest.raises(StorageUnavailable, match=r"contractspoor\.db\.scheduler can not be written"):
        lead.take()


def test_the_lead_over_an_sqlite_file_is_given_up_when_it_is_closed(sqlite_url: str) -> None:
    first, second = lead_of(sqlite_url), lead_of(sqlite_url)
    assert first.take()
    with pytest.raises(AnotherLeads):
        second.take()
    first.close()
    assert second.take()
    second.close()

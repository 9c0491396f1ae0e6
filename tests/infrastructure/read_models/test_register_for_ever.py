"""An answer repeated with the knowledge that it named is the same to the byte; and no two rows meet."""

from collections.abc import Iterator
from datetime import datetime
from threading import Event, Thread

import pytest

from application.mapper import NewFact
from application.queries.horizon import Asked
from application.queries.lists import ContractsAsked, DeadlinesAsked, ListOrder, WorkAsked
from application.register.reads import RegisterFilter
from domain.calendar import to_microseconds
from domain.care_type import CareType
from domain.contract.facts import Approached, QuestionnaireSent
from domain.history import Context
from domain.policy.care_type_rules import Route
from infrastructure.bootstrap import System, open_system, overlaps, upgrade_database
from infrastructure.clock import SetClock
from infrastructure.persistence.engine import transaction
from tests.given import at, day
from tests.infrastructure.cli.conftest import _live_a_year, _register
from tests.register_world import copied

MORE, AT_ONCE = 1_000, 50
WANTED = [RegisterFilter("caresq"), RegisterFilter("caresq", tier="C"), RegisterFilter("caresq", listed=True)]


@pytest.fixture
def year_url(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The log of a year on each database in turn."""
    url = f"sqlite:///{tmp_path_factory.mktemp('lived') / 'year.db'}"
    upgrade_database(url)
    clock = SetClock(at("2024-04-01"))
    with open_system(url, clock=clock) as system:
        _register(system, clock, CareType.FYS)
        _register(system, clock, CareType.LOG)
        _live_a_year(system, clock)
        rows = system.log.rows_after(0, limit=1_000)
    copied(rows, database_url)
    return database_url


def answers(system: System, known_at: datetime, position: int) -> Iterator[str]:
    asked = Asked(effective_on=day("2025-06-15"), known_at=known_at, position=position)
    for wanted in WANTED:
        yield system.register.page(wanted, asked).model_dump_json()
    for code, care_type in (("04001234", CareType.FYS), ("05007788", CareType.LOG), ("04111111", CareType.FYS)):
        yield system.register.lookup("caresq", code, care_type, asked).model_dump_json()
    system.lists.close()  # else these were answered from what was made for them before
    lists = system.lists
    for same in (asked, Asked(effective_on=day("2024-10-20"), known_at=known_at, position=position)):
        yield lists.contracts(ContractsAsked(purchaser="caresq", order=ListOrder.NAME), same).model_dump_json()
        yield lists.worklist(WorkAsked(purchaser="caresq"), same).model_dump_json()
        yield lists.deadlines(DeadlinesAsked(purchaser="caresq"), same).model_dump_json()


def record_more(url: str, first: int, count: int) -> None:
    """Approach many other practices, and correct nothing of what was."""
    context = Context(actor="round", command_id="more", command_digest="", correlation_id="more")
    stored = context.model_dump_json().encode()
    with open_system(url) as system:
        for start in range(first, first + count, AT_ONCE):
            now = to_microseconds(system.clock.now()) - 1_000_000
            facts = [
                NewFact(f"caresq/{4_100_000 + number:08}/FYS/2025-2026", version, fact, now, stored)
                for number in range(start, start + AT_ONCE)
                for version, fact in enumerate(
                    (Approached(policy_id="caresq-2025", route=Route.QUESTIONNAIRE), QuestionnaireSent()), 1
                )
            ]
            system.contracting.save(*facts)


def test_an_answer_stays_the_same_with_writers_in_flight_after_many_facts_and_after_a_rebuild(year_url: str) -> None:
    writing = Event()

    def write() -> None:
        writing.set()
        record_more(year_url, 0, 100)

    with open_system(year_url) as system:
        writer = Thread(target=write)
        writer.start()
        writing.wait()
        first = system.register.page(WANTED[0], Asked(effective_on=day("2025-06-15")))
        before = list(answers(system, first.known_at, first.position))
        assert before == list(answers(system, first.known_at, first.position))
        writer.join()
        record_more(year_url, 100, MORE // 2)
        later = system.register.page(WANTED[0], Asked(), limit=1_000)
        assert later.position >= first.position + MORE
        assert before == list(answers(system, first.known_at, first.position))
        for name in ("register", "contract_overview", "contract_work", "contract_deadline", "practice"):
            system.read_models.rebuild(name)
        assert before == list(answers(system, first.known_at, first.position))
        assert first.model_dump_json() == before[0]


def test_rows_that_meet_are_found(year_url: str) -> None:
    with open_system(year_url) as system:
        system.register.horizon()
        assert overlaps(system.log.database) == []
        with transaction(system.log.database.engine) as connection:
            for table in ("legal_position", "procedure", "practice_code"):
                rows = connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY known_from").all()
                place = list(connection.exec_driver_sql(f"SELECT * FROM {table}").keys()).index("known_from")
                again = [value + 1 if number == place else value for number, value in enumerate(rows[-1])]
                marks = ", ".join(["%s" if connection.dialect.name == "postgresql" else "?"] * len(again))
                connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({marks})", tuple(again))
        assert len(overlaps(system.log.database)) == 3

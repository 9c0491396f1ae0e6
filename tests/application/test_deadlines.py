"""What a deadline ended is recorded, and the care finder told; once, and with the right instant."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from application.deadlines import record_due
from application.due import SYSTEM
from application.ports import Entry
from application.publication import publish_due
from application.round import RoundOrder, run_round
from domain.contract.commands import AssessQuestionnaire, ConfirmQuestionnaire, MakeOffer, Sign
from domain.contract.contract_id import ContractId
from domain.history import Recorded
from domain.refusal import RefusedError
from tests.application.test_round import complete_answers
from tests.given import at
from tests.round_world import POLICY, RoundWorld, entry, round_world

SIGNED = "caresq/04001234/FYS/2025-2026"
OFFERED = "caresq/04001235/FYS/2025-2026"
SENT = "caresq/04001236/FYS/2025-2026"


@pytest.fixture
def world(sqlite_url: str) -> Iterator[RoundWorld]:
    """One contract is signed, one offered, one only has its questionnaire."""
    with round_world(sqlite_url) as opened:
        opened.register(entry("04001234"), entry("04001235"), entry("04001236"))
        opened.adopt("caresq-2025-fys-term")
        opened.at("2024-09-16T09:00")
        run_round(opened.contracting, RoundOrder(POLICY, "officer"))
        opened.at("2024-10-01")
        for contract_id in (SIGNED, OFFERED):
            opened.act(contract_id, ConfirmQuestionnaire(answers=complete_answers()))
            opened.act(contract_id, AssessQuestionnaire())
            opened.act(contract_id, MakeOffer())
        sha256 = opened.offered_sha256(SIGNED)
        opened.act(SIGNED, Sign(person_id="p1", certificate_serial="s1", agreement_sha256=sha256))
        yield opened


def last(world: RoundWorld, contract_id: str) -> Recorded:
    return world.contracting.load(ContractId.parse(contract_id)).history[-1]


def test_nothing_is_due_before_the_deadline(world: RoundWorld) -> None:
    now = world.at("2024-10-20T23:59:59")
    assert record_due(world.contracting, now).recorded == {}


def test_a_lapse_is_recorded_with_the_deadline_as_its_instant(world: RoundWorld) -> None:
    report = record_due(world.contracting, world.at("2024-10-22T06:00"))
    assert report.recorded == {"QuestionnaireLapsed": 1}
    fact = last(world, SENT)
    assert fact.occurred_at == at("2024-10-21T00:00")
    assert fact.recorded_at >= at("2024-10-22T06:00")
    assert fact.envelope().actor == SYSTEM
    assert fact.envelope().command_id == f"tick/questionnaire/{SENT}/2024-10-20"


def test_another_tick_records_nothing_twice(world: RoundWorld) -> None:
    now = world.at("2024-11-08T06:00")
    assert record_due(world.contracting, now).recorded == {"OfferLapsed": 1, "QuestionnaireLapsed": 1}
    assert record_due(world.contracting, now).recorded == {}
    assert record_due(world.contracting, world.at("2025-11-08")).recorded == {}


def test_a_late_tick_records_what_was_due_at_its_instant(world: RoundWorld) -> None:
    world.at("2024-12-01")
    assert record_due(world.contracting, at("2024-10-25")).recorded == {"QuestionnaireLapsed": 1}


def test_a_tick_of_tomorrow_is_refused(world: RoundWorld) -> None:
    now = world.at("2024-10-01")
    with pytest.raises(RefusedError, match="OCCURRED_IN_FUTURE"):
        record_due(world.contracting, now + timedelta(days=1))


def test_nothing_is_published_before_the_publication_date(world: RoundWorld) -> None:
    assert publish_due(world.contracting, world.at("2024-11-11T23:59:59")).recorded == {}
    assert publish_due(world.contracting, world.at("2024-11-12T00:00")).recorded == {"Published": 1}
    assert publish_due(world.contracting, world.at("2024-11-13")).recorded == {}
    assert last(world, SIGNED).envelope().command_id == f"tick/publish/{SIGNED}/2024-11-12"


def test_after_its_last_day_a_contract_is_unpublished(world: RoundWorld) -> None:
    publish_due(world.contracting, world.at("2024-11-12"))
    assert publish_due(world.contracting, world.at("2025-12-31T23:59:59")).recorded == {}
    assert publish_due(world.contracting, world.at("2026-01-01T00:00")).recorded == {"Unpublished": 1}
    assert publish_due(world.contracting, world.at("2026-02-01")).recorded == {}


def test_one_that_fails_is_told_and_the_rest_go_on(world: RoundWorld) -> None:
    now = world.at("2024-11-08T06:00")
    version = last(world, OFFERED).version + 1
    newer = Entry(OFFERED, version, "FactOfTomorrow.v1", b"{}", 0, b"{}", None)
    world.contracting.log_port.append([newer], now=0)
    report = record_due(world.contracting, now)
    assert [failure.contract_id for failure in report.failures] == [OFFERED]
    assert "newer" in report.failures[0].message
    assert report.recorded == {"QuestionnaireLapsed": 1}

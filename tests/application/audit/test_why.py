"""From a command to every consequence, and from every consequence up to the command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from application.queries.audit_why import WhyAnswer, WhyAsked, WhyEvent, audit_why
from application.queries.horizon import Asked
from application.registry_changes import ask_about_register
from application.round import RoundOrder, run_round
from domain.care_type import CareType
from domain.contract.commands import Approach, AssessQuestionnaire, ConfirmQuestionnaire, MakeOffer, Sign
from domain.refusal import RefusedError
from infrastructure.bootstrap import System, open_system
from infrastructure.clock import SetClock
from tests.application.test_round import complete_answers
from tests.given import at
from tests.infrastructure.cli.conftest import CONTRACT
from tests.round_world import entry, round_world
from tests.two_purchasers import AGB, ASR, CARESQ, PURCHASERS, Purchaser, log_at


@contextmanager
def opened(url: str, now: str = "2026-02-01T09:00") -> Iterator[tuple[System, SetClock]]:
    clock = SetClock(at(now))
    with open_system(url, clock=clock) as system:
        yield system, clock


def why(system: System, event: str, purchaser: str | None = None, shown: int = 20) -> WhyAnswer:
    """By the index and by reading the log alike."""
    asked = WhyAsked(event, purchaser, shown), Asked()
    found = audit_why(system.contracting, system.trail.index, *asked)
    read = audit_why(system.contracting, None, *asked)
    assert (found.root, found.command, found.course) == (read.root, read.command, read.course)
    return found


def all_of(event: WhyEvent) -> Iterator[WhyEvent]:
    yield event
    for each in event.consequences:
        yield from all_of(each)


def test_a_tier_leads_up_to_the_verdict_and_the_command_of_the_person(year: str) -> None:
    with opened(year) as (system, _):
        answer = why(system, f"{CONTRACT}@12")

    assert (answer.command.actor, answer.command.by_itself) == ("officer", False)
    assert [each.name for each in all_of(answer.root)] == ["EvidenceAccepted", "TierAssigned"]
    assert [each.event_id for each in all_of(answer.root) if each.asked] == [f"{CONTRACT}@12"]


def test_every_event_of_a_log_stands_in_its_own_tree_below_its_cause(year: str) -> None:
    with opened(year) as (system, _):
        for row in system.log.rows_after(0):
            event = f"{row.originator_id}@{row.originator_version}"
            answer = why(system, event)
            assert [each.event_id for each in all_of(answer.root) if each.asked] == [event]
            assert answer.root.position == min(each.position for each in all_of(answer.root))


def test_an_adoption_shows_the_offers_it_released_and_they_lead_up_to_it(sqlite_url: str) -> None:
    with round_world(sqlite_url) as world:
        world.register(entry("04001234"), entry("04005678"))
        world.at("2024-09-16T09:00")
        run_round(world.contracting, RoundOrder("caresq-2025", "officer"))
        world.at("2024-09-20")
        for command in (ConfirmQuestionnaire(answers=complete_answers()), AssessQuestionnaire(), MakeOffer()):
            world.act(CONTRACT, command)
        world.at("2024-10-15T10:00")
        world.adopt("caresq-2025-fys-term")
        world.at("2024-10-16T09:00")
        run_round(world.contracting, RoundOrder("caresq-2025", "officer", care_types=(CareType.FYS,)))

        adoption = why(world.system, "policy/caresq-2025@2")
        offer = why(world.system, next(each.event_id for each in all_of(adoption.root) if each.name != "PolicyAdopted"))

    assert [each.name for each in all_of(adoption.root)] == ["PolicyAdopted", "ContractOffered"]
    assert (offer.root.event_id, offer.command.actor) == ("policy/caresq-2025@2", "officer")


def test_a_review_that_the_register_asked_for_leads_up_to_the_import(sqlite_url: str) -> None:
    with round_world(sqlite_url) as world:
        world.register(entry("04001234"))
        world.adopt("caresq-2025-fys-term")
        world.at("2024-09-16T09:00")
        for command in (
            Approach(),
            ConfirmQuestionnaire(answers=complete_answers()),
            AssessQuestionnaire(),
            MakeOffer(),
        ):
            world.act(CONTRACT, command)
        text = world.offered_sha256(CONTRACT)
        world.act(CONTRACT, Sign(person_id="p1", certificate_serial="s1", agreement_sha256=text))
        world.at("2025-03-10T10:00")
        world.register(entry("04001234", certified=False))
        ask_about_register(world.contracting, world.clock.now())
        changed = next(
            f"{row.originator_id}@{row.originator_version}"
            for row in world.system.log.rows_after(0)
            if row.topic == "ProviderChanged.v1"
        )

        down = why(world.system, changed)
        review = next(each for each in all_of(down.root) if each.name == "ReviewRequested")
        up = why(world.system, review.event_id, "caresq")

    assert (down.root.name, down.command.actor) == ("ProviderChanged", "import")
    assert down.course is not None
    assert down.course.startswith("import/2025-03-10")
    assert up.root.event_id == changed


def test_a_contract_in_a_round_leads_up_to_the_start_of_the_round_and_shows_only_some_others(tmp_path: Path) -> None:
    url = log_at(tmp_path, "two.db")
    with opened(url) as (system, _):
        answer = why(system, f"{CARESQ.contracts[1]}@1", "caresq", shown=1)
        events = list(all_of(answer.root))

    assert answer.root.name == "RoundStarted"
    assert answer.course == answer.root.event_id.partition("@")[0]
    assert f"{CARESQ.contracts[1]}@1" in [each.event_id for each in events]
    assert sum(each.more for each in events) > 0


@pytest.mark.parametrize("mine", PURCHASERS, ids=lambda each: each.id)
def test_what_happened_at_another_purchaser_is_not_shown(mine: Purchaser, tmp_path: Path) -> None:
    url = log_at(tmp_path, "two.db")
    other = CARESQ if mine is ASR else ASR
    with opened(url) as (system, _):
        told = why(system, f"provider/{AGB}@1", mine.id).model_dump_json()
        assert [mark for mark in other.marks if mark in told] == []
        with pytest.raises(RefusedError, match="of another purchaser"):
            why(system, f"{other.contracts[0]}@1", mine.id)


def test_an_event_that_is_not_there_is_told(year: str) -> None:
    with opened(year) as (system, _):
        for missing in (f"{CONTRACT}@99", "caresq/04001234/FYS/2030@1", "nonsense", "x@y"):
            with pytest.raises(RefusedError, match="the log has no event"):
                why(system, missing)

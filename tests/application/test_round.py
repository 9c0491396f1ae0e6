"""A round approaches every candidate once, however often and wherever it is interrupted."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from threading import Thread

import pytest

from application.order import Order
from application.ports import Entry
from application.providers import execute
from application.round import RoundOrder, RoundReport, run_round
from domain.agb import AgbCode
from domain.care_type import CareType
from domain.contract.commands import AssessQuestionnaire, ConfirmQuestionnaire, MakeOffer
from domain.policy.answers import Answers
from domain.policy.document import ConditionKind
from domain.provider.commands import OptOutOfOffers, SignalIntegrity, WithdrawOptOut
from domain.refusal import RefusedError
from tests.given import at, caresq
from tests.round_world import POLICY, RoundWorld, entry, round_world, sample

PAGE = 7
FYS = "caresq/04001234/FYS/2025-2026"
BATCH = "round/caresq-2025/2024-09-16"


@pytest.fixture
def world(sqlite_url: str) -> Iterator[RoundWorld]:
    with round_world(sqlite_url) as opened:
        yield opened


@pytest.fixture
def register(world: RoundWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RoundWorld:
    """Sixty practices, in pages of seven."""
    monkeypatch.setattr("application.round.PRACTICES_AT_ONCE", PAGE)
    world.register(*sample(tmp_path, 60))
    world.at("2024-09-16T09:00")
    return world


def held(world: RoundWorld, *care_types: CareType, **asked: object) -> RoundReport:
    order = RoundOrder(POLICY, "officer", care_types=care_types)
    return run_round(world.contracting, order._replace(**asked))  # type: ignore[arg-type]


def stopped_after(pages: int) -> Iterator[bool]:
    yield from (False for _ in range(pages))
    while True:
        yield True


def test_every_candidate_gets_one_decision_and_nobody_else_a_stream(register: RoundWorld) -> None:
    report = held(register)
    for care_type, counts in report.counts.items():
        streams = [each for each in register.contracts() if f"/{care_type}/" in each]
        assert len(streams) == counts.candidates
        assert counts.approached + counts.not_approached + counts.reviews >= counts.candidates
    assert report.counts[CareType.FYS].candidates > 0
    assert report.counts[CareType.DIE].approached > 0


def test_facts_of_a_round_name_the_actor_and_the_batch(world: RoundWorld) -> None:
    world.register(entry("04001234"))
    world.at("2024-09-16T09:00")
    held(world)
    rows = world.contracting.log_port.read([(FYS, 0)])
    contexts = [recorded.envelope() for recorded in world.contracting.facts.decode_all(rows)]
    assert {context.actor for context in contexts} == {"officer"}
    assert {context.correlation_id for context in contexts} == {BATCH}
    assert {context.command_id for context in contexts} == {f"{BATCH}/{FYS}"}


def test_a_second_run_records_nothing_but_itself(register: RoundWorld) -> None:
    first = held(register)
    before = register.contracts()
    second = held(register)
    assert register.contracts() == before
    assert second.batch == f"{BATCH}.2"
    assert register.facts(BATCH) == ["RoundStarted", "RoundFinished"] * 2
    for care_type, counts in second.counts.items():
        assert counts.approached_before == first.counts[care_type].approached
        assert counts.not_approached == first.counts[care_type].not_approached


def test_a_second_run_decides_anew_for_who_was_not_approached(world: RoundWorld) -> None:
    world.register(entry("04001234", certified=False), entry("04001235", contracted=False))
    world.at("2024-09-16T09:00")
    held(world)
    world.register(entry("04001234"), entry("04001235", contracted=False))
    world.at("2024-09-17T09:00")
    held(world)
    assert world.facts(FYS) == ["NotApproached", "Approached", "QuestionnaireSent"]
    assert world.facts("caresq/04001235/FYS/2025-2026") == ["NotApproached"]


def test_a_second_run_on_the_same_day_decides_anew_too(world: RoundWorld) -> None:
    world.register(entry("04001234"))
    order = Order("officer", "opt-out")
    execute(world.system.providers, AgbCode("04001234"), OptOutOfOffers(purchaser="caresq"), order)
    world.at("2024-09-16T09:00")
    held(world)
    order = Order("officer", "withdrawal")
    execute(world.system.providers, AgbCode("04001234"), WithdrawOptOut(purchaser="caresq"), order)
    held(world)
    assert world.facts(FYS) == ["NotApproached", "Approached", "QuestionnaireSent"]


def test_a_round_stopped_anywhere_ends_as_one_that_was_not(register: RoundWorld) -> None:
    """All stops of one round, one after the other: each run goes a page further and stops."""
    for pages in range(9):
        stops = stopped_after(pages)
        report = run_round(register.contracting, RoundOrder(POLICY, "officer"), stop=lambda: next(stops))  # noqa: B023
        assert report.interrupted
        assert report.batch == BATCH
        assert report.resumed == (pages > 0)
        assert register.facts(BATCH) == ["RoundStarted"]
    done = held(register)
    assert (done.resumed, done.interrupted) == (True, False)
    assert register.facts(BATCH) == ["RoundStarted", "RoundFinished"]
    assert all(counts.approached_before == 0 for counts in done.counts.values())
    contracts = register.contracts()
    assert len(contracts) == sum(counts.candidates for counts in done.counts.values())
    assert all(len(facts) == len(set(facts)) for facts in contracts.values())


@pytest.mark.parametrize("stops", [[0], [3], [8], [1, 2, 5], [4, 0, 0, 7]])
def test_the_counts_of_a_resumed_round_are_those_of_a_whole_one(register: RoundWorld, stops: list[int]) -> None:
    whole = held(register, dry_run=True)
    for pages in stops:
        stopping = stopped_after(pages)
        run_round(register.contracting, RoundOrder(POLICY, "officer"), stop=lambda: next(stopping))  # noqa: B023
    assert held(register).counts == whole.counts


def test_a_dry_run_counts_the_same_and_stores_nothing(register: RoundWorld) -> None:
    head = register.head()
    tried = held(register, dry_run=True)
    assert register.head() == head
    assert held(register).counts == tried.counts


def test_a_future_day_can_only_be_tried(world: RoundWorld) -> None:
    world.register(entry("04001234"))
    with pytest.raises(RefusedError, match="ROUND_IN_FUTURE"):
        held(world, on=date(2024, 9, 16))
    assert held(world, on=date(2024, 9, 16), dry_run=True).counts[CareType.FYS].approached == 1


def test_an_earlier_day_needs_a_reason_and_acts_at_nine(world: RoundWorld) -> None:
    world.register(entry("04001234"))
    world.at("2024-09-20")
    with pytest.raises(RefusedError, match="REASON_MISSING"):
        held(world, on=date(2024, 9, 16))
    held(world, on=date(2024, 9, 16), reason="sent by hand, entered later")
    history = world.contracting.facts.decode_all(world.contracting.log_port.read([(FYS, 0)]))
    assert {each.occurred_at for each in history} == {at("2024-09-16T09:00")}


def test_outside_the_planned_window_the_round_warns_and_goes_on(world: RoundWorld) -> None:
    world.register(entry("04001234"))
    world.at("2024-09-21")
    report = held(world, CareType.FYS)
    assert report.counts[CareType.FYS].approached == 1
    assert len(report.warnings) == 1
    assert "Half september 2024" in report.warnings[0]


def test_only_the_care_types_asked_for_are_approached(world: RoundWorld) -> None:
    world.register(entry("04001234"), entry("05007788", "LOG"))
    world.at("2024-08-27")
    assert list(held(world, CareType.LOG).counts) == [CareType.LOG]
    assert list(world.contracts()) == ["caresq/05007788/LOG/2025-2026"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"care_types": (CareType.VAL,)}, "NO_ROUND"),
        ({"policy_id": "caresq-2026"}, "POLICY_NOT_ADOPTED"),
        ({"on": date(2024, 3, 31), "reason": "too early"}, "POLICY_NOT_IN_FORCE"),
    ],
)
def test_a_round_that_can_not_be_held_stores_nothing(world: RoundWorld, asked: dict[str, object], code: str) -> None:
    head = world.head()
    with pytest.raises(RefusedError, match=code):
        held(world, **asked)
    assert world.head() == head


def test_after_the_deadline_nobody_is_approached_any_more(world: RoundWorld) -> None:
    world.register(entry("04001234"))
    world.at("2024-10-21")
    assert held(world).counts[CareType.FYS].refused == {"QUESTIONNAIRE_CLOSED": 1}
    assert world.contracts() == {}


def test_a_doubt_about_integrity_goes_to_a_person_instead(world: RoundWorld) -> None:
    world.register(entry("04001234"))
    order = Order("officer", "signal", reason="claims do not fit the opening hours")
    execute(world.system.providers, AgbCode("04001234"), SignalIntegrity(purchaser="caresq"), order)
    world.at("2024-09-16T09:00")
    counts = held(world).counts[CareType.FYS]
    assert (counts.approached, counts.not_approached, counts.reviews) == (0, 0, 1)
    assert world.facts(FYS) == ["ReviewRequested"]


@pytest.mark.parametrize("stream_id", [FYS, "provider/04001234"])
def test_one_that_can_not_be_read_is_told_and_the_rest_go_on(world: RoundWorld, stream_id: str) -> None:
    world.register(entry("04001234"), entry("04001235"))
    version = len(world.facts(stream_id)) + 1
    newer = Entry(stream_id, version, "FactOfTomorrow.v1", b"{}", 0, b"{}", None)
    world.contracting.log_port.append([newer], now=0)
    world.at("2024-09-16T09:00")
    report = held(world)
    assert [failure.stream_id for failure in report.failures] == [stream_id]
    assert report.counts[CareType.FYS].approached == 1
    assert world.facts(BATCH) == ["RoundStarted"]


def complete_answers() -> Answers:
    rules = caresq().care_types[CareType.FYS]
    asked = {code: caresq().conditions[code] for code in rules.conditions}
    return Answers(
        declared={code: True for code, each in asked.items() if each.kind is ConditionKind.DECLARED},
        chosen={code: each.options[:1] for code, each in asked.items() if each.kind is ConditionKind.CHOSEN},
    )


def test_an_amendment_lets_the_round_release_the_offers_that_waited(world: RoundWorld) -> None:
    world.register(entry("04001234"))
    world.at("2024-09-16T09:00")
    held(world)
    world.at("2024-09-20")
    world.act(FYS, ConfirmQuestionnaire(answers=complete_answers()))
    world.act(FYS, AssessQuestionnaire())
    world.act(FYS, MakeOffer())
    assert world.facts(FYS)[-1] == "OfferWithheld"
    world.at("2024-10-01")
    assert held(world).counts[CareType.FYS].released_offers == 0
    world.at("2024-10-15T10:00")
    world.adopt("caresq-2025-fys-term")
    world.at("2024-10-16T09:00")
    assert held(world).counts[CareType.FYS].released_offers == 1
    assert held(world).counts[CareType.FYS].released_offers == 0
    assert world.facts(FYS).count("ContractOffered") == 1


def test_two_rounds_at_the_same_time_do_nothing_twice(database_url: str, tmp_path: Path) -> None:
    with round_world(database_url) as world:
        world.register(*sample(tmp_path, 40))
        world.at("2024-09-16T09:00")
        with round_world(database_url, "2024-09-16T09:00") as other:
            threads = [Thread(target=held, args=(each,)) for each in (world, other)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        facts = world.contracts()
        assert all(len(states) == len(set(states)) for states in facts.values())
        assert len(facts) == sum(counts.candidates for counts in held(world, dry_run=True).counts.values())
        # both held one run, or the slower one found the first finished and held a second that changed nothing
        assert world.facts(BATCH).count("RoundStarted") == world.facts(BATCH).count("RoundFinished") <= 2

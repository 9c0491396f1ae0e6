"""Several policies that name one period: each decides from its adoption on, in whatever order the log is read."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from application.mapper import FactMapper
from application.order import Order
from application.policies import AdoptionOrder, adopt
from application.policy_library import PolicyLibrary
from application.ports import EventLog
from application.queries.contract_answer import ContractAnswer
from application.queries.horizon import Asked
from domain.contract.commands import Approach, AssessQuestionnaire, ConfirmQuestionnaire, MakeOffer, Sign
from domain.contract.contract_id import ContractId
from domain.history import Recorded
from domain.policy.adoption import Ground, PolicyVersions, adopted, policy_stream
from domain.refusal import RefusedError
from infrastructure.bootstrap import open_system, policy_sources
from tests.application.scenario_files import SCENARIOS
from tests.given import TWO_YEARS, answers, at
from tests.round_world import RoundWorld, entry, round_world

FYS = ContractId.parse("caresq/04001234/FYS/2025-2026")
ANEW = "caresq-2025-fys-anew"
ANEW_FILE = str(SCENARIOS / "policies" / f"{ANEW}.yaml")


@pytest.fixture
def world(database_url: str) -> Iterator[RoundWorld]:
    """A practice with an offer of 15 October 2024 that is not signed."""
    with round_world(database_url) as each:
        each.adopt(str(TWO_YEARS))
        each.register(entry("04001234"))
        for moment, command in (
            ("2024-09-16", Approach()),
            ("2024-10-10", ConfirmQuestionnaire(answers=answers("prem"))),
            ("2024-10-14", AssessQuestionnaire()),
            ("2024-10-15", MakeOffer()),
        ):
            each.at(moment)
            each.act(str(FYS), command)
        each.at("2024-11-06")
        yield each


def asked(world: RoundWorld, **axes: object) -> ContractAnswer:
    return world.system.questions.contract(FYS, Asked.model_validate(axes))


def test_what_was_answered_before_a_later_policy_is_answered_to_the_byte_after_it(
    world: RoundWorld, database_url: str
) -> None:
    before = asked(world)
    axes = {"effective_on": before.effective_on, "known_at": before.known_at, "position": before.position}
    world.at("2024-11-06T10:00")
    world.adopt(ANEW_FILE)
    assert asked(world, **axes).model_dump_json() == before.model_dump_json()
    assert asked(world).policy_id == ANEW
    with open_system(database_url, clock=world.clock) as restarted:
        answer = restarted.questions.contract(FYS, Asked.model_validate(axes))
        assert answer.model_dump_json() == before.model_dump_json()


def test_a_process_that_has_read_the_contract_before_takes_in_a_policy_that_another_adopts(
    world: RoundWorld, database_url: str
) -> None:
    text = world.offered_sha256(str(FYS))
    with open_system(database_url, clock=world.clock) as other:
        assert other.contracting.load(FYS).policies.versions[-1].document.id == "caresq-2025"
        world.adopt(ANEW_FILE)
        world.at("2024-11-20")  # after the last signing day of the policy before
        signed = Sign(person_id="p1", certificate_serial="s1", agreement_sha256=text)
        other.contracting.act(FYS, signed, Order("tekenbevoegde", "sign"))
    history = world.contracting.load(FYS).history
    new = world.system.policies.versions(ANEW).versions[0]
    assert history[-1].fact.stored_name == "Signed"
    assert history[-1].envelope().policy_position == new.position


def test_an_amendment_of_the_policy_before_takes_nothing_back(world: RoundWorld) -> None:
    world.adopt(ANEW_FILE)
    world.at("2024-11-07")
    world.adopt(str(SCENARIOS / "policies" / "caresq-2025-later-signing.yaml"))
    assert asked(world).policy_id == ANEW


def test_a_policy_of_an_earlier_day_decides_about_that_day(world: RoundWorld) -> None:
    order = AdoptionOrder(actor="officer", occurred_at=at("2024-11-01"), reason="signed on paper")
    adopt(world.system.policies, policy_sources().read(ANEW_FILE), order)
    versions = world.contracting.load(FYS).policies
    in_force = [versions.at(at(moment)) for moment in ("2024-10-31", "2024-11-02")]
    assert [each.document.id for each in in_force if each is not None] == ["caresq-2025", ANEW]


# ------------------------------------------------------------------------------ what the log could answer


def test_before_the_first_policy_of_a_purchaser_nothing_is_known_yet(world: RoundWorld) -> None:
    assert asked(world, known_at=at("2024-03-31")).knowledge == "not_known_yet"
    elsewhere = world.system.questions.contract(ContractId.parse("asr/04001234/FYS/2024"), Asked())
    assert elsewhere.knowledge == "not_known_yet"


def test_a_period_that_no_policy_of_the_purchaser_named_by_then_is_refused_with_those_it_named(
    world: RoundWorld,
) -> None:
    with pytest.raises(RefusedError) as refused:
        world.system.questions.contract(ContractId.parse("caresq/04001234/FYS/2026"), Asked())
    assert refused.value.refused.code == "POLICY_NOT_ADOPTED"
    assert "no adopted policy of caresq has FYS for 2026, as known at 2024-11-06" in refused.value.refused.message
    assert "DIE ERG FYS GLI" in refused.value.refused.message.partition("adopted by then: ")[2]


def test_a_refusal_is_the_same_after_a_later_policy_has_named_the_period(world: RoundWorld, tmp_path: Path) -> None:
    contract_id = ContractId.parse("caresq/04001234/FYS/2027")
    question = Asked(position=world.head())
    told = []
    for _ in range(2):
        with pytest.raises(RefusedError) as refused:
            world.system.questions.contract(contract_id, question)
        told.append(str(refused.value))
        later = Path(ANEW_FILE).read_text(encoding="utf-8").replace(ANEW, "caresq-2027")
        later = later.replace("period: 2025-2026", "period: 2027").replace("start: 2025-01-01", "start: 2027-01-01")
        (tmp_path / "later.yaml").write_text(later.replace("end: 2026-12-31", "end: 2027-12-31"), encoding="utf-8")
        world.adopt(str(tmp_path / "later.yaml"))
    assert told[0] == told[1]
    assert "2027" not in told[0].partition("adopted by then: ")[2]
    assert world.system.questions.contract(contract_id, Asked()).knowledge == "known"


# ------------------------------------------------------------------------------------- the order of reading


@cache
def recorded() -> tuple[Recorded, ...]:
    """Five adoptions of three policies, two of which name physiotherapy of 2025-2026."""
    first = policy_sources().read("caresq-2025").document(None)
    amended = policy_sources().read(str(TWO_YEARS)).document(first)
    anew = policy_sources().read(ANEW_FILE).document(None)
    elsewhere = policy_sources().read("asr-2024").document(None)
    versions: dict[str, int] = {}
    adoptions = [
        (first, "2024-04-01"),
        (elsewhere, "2024-05-01"),
        (amended, "2024-10-01"),
        (anew, "2024-11-06"),
        (first, "2024-12-01"),
    ]
    facts = []
    for position, (document, day) in enumerate(adoptions, start=3):
        stream = policy_stream(document.id)
        versions[stream] = versions.get(stream, 0) + 1
        fact = adopted(document, Ground.PUBLICATION)
        facts.append(Recorded(position, stream, versions[stream], at(day), at(day), fact, b"{}"))
    return tuple(facts)


def taken_in(batches: Sequence[Sequence[Recorded]]) -> PolicyLibrary:
    library = PolicyLibrary(cast("EventLog", None), cast("FactMapper", None))
    for batch in batches:
        news: dict[str, list[Recorded]] = {}
        for each in batch:
            news.setdefault(each.stream_id, []).append(each)
        library.extend(news)
    return library


def positions(versions: PolicyVersions) -> list[int]:
    return [version.position for version in versions.versions]


@drawn(ends=st.lists(st.integers(1, 5), max_size=4), starts=st.data())
def test_what_governs_is_the_same_in_whatever_pieces_and_however_often_it_is_read(
    ends: list[int], starts: st.DataObject
) -> None:
    facts = recorded()
    whole = taken_in([facts])
    batches, seen = [], 0
    for end in [*ends, 5]:
        batches.append(facts[starts.draw(st.integers(0, seen)) : end])
        seen = max(seen, end)
    pieces = taken_in(batches)
    assert positions(pieces.governing(FYS)) == positions(whole.governing(FYS)) == [3, 5, 6, 7]
    assert positions(pieces.governing(FYS, up_to=5)) == [3, 5]
    assert pieces.unread == whole.unread == ("policy/", 7)


@drawn(order=st.permutations(sorted({each.stream_id for each in recorded()})))
def test_the_order_of_the_streams_changes_nothing(order: list[str]) -> None:
    whole = taken_in([recorded()])
    library = taken_in([[each for each in recorded() if each.stream_id == stream] for stream in order])
    assert positions(library.governing(FYS)) == positions(whole.governing(FYS))
    found = library.governing(FYS).at(at("2025-01-01"))
    assert found is not None
    assert found.document.id == ANEW
    assert library.governing(FYS).adopted_at(5).position == 5

"""Adopting policies into a real log, on both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest

from application.policies import Adoption, AdoptionOrder, PolicyStreams, adopt
from domain.care_type import CareType
from domain.policy.adoption import Ground
from domain.policy.document import DecidedTerm
from domain.refusal import Refused
from infrastructure.bootstrap import System, open_system
from infrastructure.clock import SetClock
from infrastructure.policies.library import PolicyFiles

MAY = datetime(2024, 5, 1, 9, tzinfo=UTC)
OFFICER = AdoptionOrder(actor="inkoper@caresq")
TWO_YEARS = "tests/scenarios/policies/caresq-2025-fys-two-years.yaml"


@pytest.fixture
def clock() -> SetClock:
    return SetClock(MAY)


@pytest.fixture
def system(database_url: str, clock: SetClock) -> Iterator[System]:
    with open_system(database_url, clock=clock) as opened:
        yield opened


def adopting(system: System, name: str, order: AdoptionOrder = OFFICER) -> Adoption | Refused:
    return adopt(system.policies, PolicyFiles().read(name), order)


def adopted(system: System, name: str, order: AdoptionOrder = OFFICER) -> Adoption:
    answer = adopting(system, name, order)
    assert isinstance(answer, Adoption)
    return answer


def refusal_code(answer: Adoption | Refused) -> str:
    assert isinstance(answer, Refused)
    return answer.code


def hashes(streams: PolicyStreams) -> list[str]:
    return [version.document_sha256 for version in streams.versions("caresq-2025").versions]


def test_an_adopted_document_is_in_force_from_then_on(system: System) -> None:
    adoption = adopted(system, "caresq-2025")
    versions = system.policies.versions("caresq-2025")
    assert adoption.is_new
    assert adoption.version.document == PolicyFiles().read("caresq-2025").document(None)
    assert versions.at(MAY) == adoption.version
    assert versions.at(MAY - timedelta(microseconds=1)) is None


def test_the_same_document_again_changes_nothing(system: System) -> None:
    first, second = adopted(system, "caresq-2025"), adopted(system, "caresq-2025")
    assert (first.is_new, second.is_new) == (True, False)
    assert first.version == second.version
    assert len(hashes(system.policies)) == 1


def test_an_amendment_is_adopted_as_the_whole_document(system: System, clock: SetClock) -> None:
    adopted(system, "caresq-2025")
    clock.set(MAY + timedelta(days=100))
    amended = adopted(system, "caresq-2025-fys-term").version
    assert isinstance(amended.document.care_types[CareType.FYS].term, DecidedTerm)
    assert system.policies.versions("caresq-2025").at(clock.now()) == amended
    assert amended.position == 2


def test_the_same_amendment_again_changes_nothing(system: System) -> None:
    adopted(system, "caresq-2025")
    adopted(system, "caresq-2025-fys-term")
    assert not adopted(system, "caresq-2025-fys-term").is_new


def test_both_files_again_change_nothing(system: System) -> None:
    for name in ("caresq-2025", "caresq-2025-fys-term", "caresq-2025", "caresq-2025-fys-term"):
        adopted(system, name)
    assert len(hashes(system.policies)) == 2


def test_the_same_document_from_an_earlier_day_is_recorded_with_its_reason(system: System) -> None:
    first = adopted(system, "caresq-2025")
    april = MAY - timedelta(days=30)
    published = AdoptionOrder("inkoper@caresq", occurred_at=april, reason="published then, entered late")

    earlier = adopted(system, "caresq-2025", published)
    versions = system.policies.versions("caresq-2025")

    assert (earlier.is_new, earlier.version.in_force_from) == (True, april)
    assert versions.at(april) == earlier.version
    assert versions.at(MAY) == first.version
    assert versions.at(april - timedelta(microseconds=1)) is None
    [_, row] = system.log.read_streams(["policy/caresq-2025"])
    assert b"published then, entered late" in row.context
    assert not adopted(system, "caresq-2025", published).is_new
    assert not adopted(system, "caresq-2025").is_new
    between = AdoptionOrder("inkoper@caresq", occurred_at=april + timedelta(days=3), reason="asked again")
    assert not adopted(system, "caresq-2025", between).is_new


def test_a_document_that_changes_what_was_in_force_on_an_earlier_day_needs_a_ground(
    system: System, tmp_path: Path
) -> None:
    changed = tmp_path / "changed.yaml"
    text = PolicyFiles().packaged["caresq-2025"].read_text(encoding="utf-8")
    changed.write_text(text.replace("calendar_years: 3", "calendar_years: 5"), encoding="utf-8")
    april = AdoptionOrder("inkoper@caresq", occurred_at=MAY - timedelta(days=30), reason="published then")
    adopted(system, "caresq-2025", april)
    adopted(system, str(changed), AdoptionOrder("inkoper@caresq", Ground.POLICY))
    between = AdoptionOrder("inkoper@caresq", occurred_at=MAY - timedelta(days=9), reason="decided then")

    assert refusal_code(adopting(system, str(changed), between)) == "GROUND_MISSING"
    assert len(hashes(system.policies)) == 2


def test_a_term_may_be_decided_anew_and_back_again(system: System, clock: SetClock) -> None:
    adopted(system, "caresq-2025")
    ends = []
    for days, name in enumerate(("caresq-2025-fys-term", TWO_YEARS), start=1):
        clock.set(MAY + timedelta(days=days))
        term = adopted(system, name).version.document.care_types[CareType.FYS].term
        assert isinstance(term, DecidedTerm)
        ends.append(term.end.year)
    assert ends == [2025, 2026]
    clock.set(MAY + timedelta(days=3))
    adopted(system, "caresq-2025-fys-term")
    assert len(hashes(system.policies)) == 4


def test_an_amendment_without_a_policy_in_force_is_refused(system: System) -> None:
    assert refusal_code(adopting(system, "caresq-2025-fys-term")) == "NOTHING_TO_AMEND"
    assert hashes(system.policies) == []


def test_another_document_without_a_ground_is_refused(system: System, tmp_path: Path) -> None:
    changed = tmp_path / "changed.yaml"
    text = PolicyFiles().packaged["caresq-2025"].read_text(encoding="utf-8")
    changed.write_text(text.replace("calendar_years: 3", "calendar_years: 5"), encoding="utf-8")
    adopted(system, "caresq-2025")
    refused = adopting(system, str(changed))
    assert refusal_code(refused) == "GROUND_MISSING"
    assert len(hashes(system.policies)) == 1
    assert adopted(system, str(changed), AdoptionOrder("inkoper@caresq", Ground.POLICY)).is_new


def test_a_change_on_a_ground_that_the_purchaser_did_not_reserve_is_refused(system: System, tmp_path: Path) -> None:
    """Caresq names no unforeseen circumstances, a.s.r. does (CQ25-D-2, ASR24-7-1)."""
    changed = {}
    for policy in ("caresq-2025", "asr-2024"):
        changed[policy] = tmp_path / f"{policy}.yaml"
        text = PolicyFiles().packaged[policy].read_text(encoding="utf-8")
        changed[policy].write_text(text.replace("title: Inkoopbeleid", "title: Het inkoopbeleid"), encoding="utf-8")
        adopted(system, policy)
    order = AdoptionOrder("inkoper", Ground.UNFORESEEN)
    assert refusal_code(adopting(system, str(changed["caresq-2025"]), order)) == "GROUND_NOT_RESERVED"
    assert adopted(system, str(changed["asr-2024"]), order).is_new


def test_a_document_that_changes_a_period_is_refused(system: System, tmp_path: Path) -> None:
    changed = tmp_path / "changed.yaml"
    text = PolicyFiles().packaged["caresq-2025"].read_text(encoding="utf-8")
    changed.write_text(text.replace("period: 2025\n", "period: 2025-2026\n"), encoding="utf-8")
    adopted(system, "caresq-2025")
    refused = adopting(system, str(changed), AdoptionOrder("inkoper@caresq", Ground.POLICY))
    assert refusal_code(refused) == "CONTRACT_KEY_CHANGED"


def test_a_policy_that_covers_days_of_another_one_is_refused(system: System, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    text = PolicyFiles().packaged["caresq-2025"].read_text(encoding="utf-8")
    other.write_text(
        text.replace("id: caresq-2025\n", "id: caresq-2025-extra\n").replace("period: 2025\n", "period: 2025-2026\n"),
        encoding="utf-8",
    )
    adopted(system, "caresq-2025")
    assert refusal_code(adopting(system, str(other))) == "PERIOD_OVERLAPS"


def test_a_policy_is_backdated_only_with_a_reason(system: System) -> None:
    april = MAY - timedelta(days=30)
    refused = adopting(system, "caresq-2025", AdoptionOrder("inkoper@caresq", occurred_at=april, reason=" "))
    assert refusal_code(refused) == "REASON_MISSING"
    order = AdoptionOrder("inkoper@caresq", occurred_at=april, reason="published on the website that day")
    assert adopted(system, "caresq-2025", order).version.in_force_from == april


def test_a_policy_is_never_adopted_in_the_future(system: System) -> None:
    order = AdoptionOrder("inkoper@caresq", occurred_at=MAY + timedelta(seconds=1), reason="planned")
    assert refusal_code(adopting(system, "caresq-2025", order)) == "OCCURRED_IN_FUTURE"


def test_a_question_may_know_only_what_was_recorded(system: System, clock: SetClock) -> None:
    first = adopted(system, "caresq-2025").version
    clock.set(MAY + timedelta(days=1))
    order = AdoptionOrder("inkoper@caresq", occurred_at=MAY + timedelta(hours=1), reason="decided that morning")
    second = adopted(system, "caresq-2025-fys-term", order).version
    noon = MAY + timedelta(hours=3)
    assert system.policies.versions("caresq-2025", up_to=first.position).at(noon) == first
    assert system.policies.versions("caresq-2025").at(noon) == second


def test_the_envelope_says_who_and_why(system: System) -> None:
    adopted(system, "caresq-2025")
    adopted(system, "caresq-2025-fys-term")
    rows = system.log.read_streams(["policy/caresq-2025"])
    first, second = (each.envelope() for each in system.contracting.facts.decode_all(rows))
    assert first.actor == "inkoper@caresq"
    assert second.reason == "The physiotherapy agreement is for one year, 2025. (CQ25-4-7)"


def test_of_twenty_equal_adoptions_at_once_one_is_stored(database_url: str) -> None:
    answers: list[Adoption | Refused] = []
    start = Barrier(20)

    def run(system: System) -> None:
        start.wait()
        answers.append(adopt(system.policies, PolicyFiles().read("caresq-2025"), OFFICER))

    with open_system(database_url) as system:
        threads = [Thread(target=run, args=(system,)) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(hashes(system.policies)) == 1
    assert sum(isinstance(answer, Adoption) and answer.is_new for answer in answers) == 1
    assert len(answers) == 20

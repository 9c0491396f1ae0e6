"""Facts and their envelope, and how a history reads after its corrections."""

from typing import Any

import pytest

from domain.contract.facts import ContractTerminated, QuestionnaireSent
from domain.history import Context, Fact, FactCorrected, Recorded, effective
from tests.given import at, day


def recorded(version: int, fact: Fact, moment: str = "2025-01-01") -> Recorded:
    return Recorded(
        40 + version, "caresq/04001234/FYS/2025-2026", version, at(moment), at("2025-06-01"), fact, b'{"actor":"x"}'
    )


def ended(text: str) -> ContractTerminated:
    return ContractTerminated(last_day=day(text))


def voids(version: int) -> FactCorrected:
    return FactCorrected(corrects=version)


def replaces(version: int, text: str, **changes: Any) -> FactCorrected:
    return FactCorrected(corrects=version, replacement={"last_day": text}, **changes)


def reads(*facts: Fact) -> list[tuple[int, str]]:
    history = [recorded(version, fact) for version, fact in enumerate(facts, start=1)]
    return [(each.version, str(getattr(each.fact, "last_day", "-"))) for each in effective(history)]


def test_a_history_without_corrections_reads_as_it_stands() -> None:
    assert reads(QuestionnaireSent(), ended("2025-06-30")) == [(1, "-"), (2, "2025-06-30")]


def test_an_empty_history_reads_empty() -> None:
    assert list(effective([])) == []


def test_a_voided_fact_is_left_out_and_the_correction_too() -> None:
    assert reads(QuestionnaireSent(), ended("2025-06-30"), voids(2)) == [(1, "-")]


def test_a_replaced_fact_reads_otherwise_in_its_own_place() -> None:
    assert reads(ended("2025-06-30"), QuestionnaireSent(), replaces(1, "2025-07-31")) == [(1, "2025-07-31"), (2, "-")]


def test_a_replaced_instant_reads_otherwise() -> None:
    moved = replaces(1, "2025-06-30", occurred_at=at("2024-12-01"))
    (only,) = effective([recorded(1, ended("2025-06-30")), recorded(2, moved)])
    assert (only.occurred_at, only.recorded_at, only.position) == (at("2024-12-01"), at("2025-06-01"), 41)


def test_the_last_of_several_corrections_counts() -> None:
    assert reads(ended("2025-06-30"), replaces(1, "2025-07-31"), replaces(1, "2025-08-31")) == [(1, "2025-08-31")]
    assert reads(ended("2025-06-30"), voids(1), replaces(1, "2025-08-31")) == [(1, "2025-08-31")]
    assert reads(ended("2025-06-30"), replaces(1, "2025-08-31"), voids(1)) == []


def test_a_voided_correction_does_not_count() -> None:
    assert reads(ended("2025-06-30"), voids(1), voids(2)) == [(1, "2025-06-30")]
    assert reads(ended("2025-06-30"), voids(1), voids(2), voids(3)) == []


def test_the_correction_before_a_voided_one_counts_again() -> None:
    assert reads(ended("2025-06-30"), replaces(1, "2025-07-31"), voids(1), voids(3)) == [(1, "2025-07-31")]


def test_a_correction_can_read_as_another() -> None:
    instead = FactCorrected(corrects=2, replacement={"corrects": 1, "replacement": {"last_day": "2025-09-30"}})
    assert reads(ended("2025-06-30"), voids(1), instead) == [(1, "2025-09-30")]


def test_a_correction_of_a_fact_that_is_not_there_changes_nothing() -> None:
    assert reads(ended("2025-06-30"), voids(7)) == [(1, "2025-06-30")]


def test_what_is_known_earlier_does_not_know_the_correction() -> None:
    history = [recorded(1, ended("2025-06-30")), recorded(2, voids(1))]
    assert list(effective(history[:1])) == history[:1]


def test_an_event_is_named_by_its_stream_and_version() -> None:
    assert recorded(3, QuestionnaireSent()).event_id == "caresq/04001234/FYS/2025-2026@3"


def test_the_envelope_is_read_from_its_json() -> None:
    context = Context(actor="a", command_id="c", command_digest="d", correlation_id="c", reason="why")
    fact = recorded(1, QuestionnaireSent())._replace(context=context.model_dump_json().encode())
    assert fact.envelope() == context


def test_a_fact_is_stored_under_its_name_and_version() -> None:
    assert QuestionnaireSent.topic() == "QuestionnaireSent.v1"


def test_a_stored_name_stays_when_a_class_is_renamed() -> None:
    class Renamed(Fact):
        stored_name = "OldName"
        schema_version = 2

    class Heir(Renamed):
        pass

    assert Renamed.topic() == "OldName.v2"
    assert Heir.stored_name == "Heir"


@pytest.mark.parametrize("field", ["last_day", "note"])
def test_a_fact_is_never_changed(field: str) -> None:
    with pytest.raises(ValueError, match="frozen"):
        setattr(ended("2025-06-30"), field, day("2025-07-01"))

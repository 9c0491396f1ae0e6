"""Whose a fact is: a purchaser's own, or everybody's."""

import pytest

from application.audit.subject import Subject, subject_of
from domain.history import Fact
from tests.domain.golden.examples import FACTS

OF_POLICY = {"caresq-2025": "caresq", "asr-2024": "asr"}.get


def _fact(name: str) -> Fact:
    return next(each for each in FACTS if each.stored_name == name)


@pytest.mark.parametrize(
    ("stream_id", "name", "expected"),
    [
        ("caresq/04001234/FYS/2025-2026", "TierAssigned", Subject("caresq", "04001234")),
        ("provider/04001234", "ProviderRegistered", Subject(None, "04001234")),
        ("provider/04001234", "IntegritySignalled", Subject("caresq", "04001234")),
        ("policy/caresq-2025", "PolicyAdopted", Subject("caresq")),
        ("round/asr-2024/2023-10-02", "RoundStarted", Subject("asr")),
        ("round/unheard-of/2023-10-02", "RoundStarted", Subject()),
        ("simulation", "SimulationStarted", Subject()),
    ],
)
def test_a_fact_is_about_a_purchaser_and_a_practice_where_there_is_one(
    stream_id: str, name: str, expected: Subject
) -> None:
    assert subject_of(stream_id, _fact(name), OF_POLICY) == expected

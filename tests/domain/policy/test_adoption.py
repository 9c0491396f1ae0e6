"""Which version of a policy is in force, and what its stream tells of the versions."""

from datetime import datetime
from hashlib import sha256

import pytest

from domain.history import Context, FactCorrected, Recorded
from domain.policy.adoption import (
    Ground,
    PolicyVersion,
    PolicyVersions,
    adopted,
    canonical,
    policy_stream,
    versions_of,
)
from domain.policy.document import PolicyDocument
from tests.given import at, caresq, caresq_one_year, caresq_two_years

TOLD = Context(actor="a test", command_id="", command_digest="", correlation_id="").model_dump_json().encode()


def stream(*adoptions: tuple[str, PolicyDocument]) -> list[Recorded]:
    return [
        Recorded(40 + version, policy_stream(document.id), version, at(since), at("2024-04-01"), fact, TOLD)
        for version, (since, document) in enumerate(adoptions, start=1)
        for fact in [adopted(document, Ground.PUBLICATION)]
    ]


def test_the_stream_of_a_policy_carries_its_id() -> None:
    assert policy_stream("caresq-2025") == "policy/caresq-2025"


def test_a_document_is_stored_in_one_text_with_its_fingerprint() -> None:
    text = canonical(caresq())
    fact = adopted(caresq(), Ground.FINANCIAL)
    assert (fact.policy_id, fact.purchaser, fact.ground) == ("caresq-2025", "caresq", Ground.FINANCIAL)
    assert (fact.document, fact.document_sha256) == (text, sha256(text.encode()).hexdigest())
    assert PolicyDocument.model_validate_json(text) == caresq()
    assert text.startswith('{"agreement":{"clause":"')
    assert ", " not in text.split('"parts"')[0]


def test_letters_of_dutch_stand_in_the_text_as_they_are() -> None:
    accented = caresq().model_copy(update={"title": "Inkoop van di\u00ebtetiek"})
    assert "di\u00ebtetiek" in canonical(accented)


def test_each_adoption_is_a_version_by_its_position_and_the_instant_it_comes_into_force() -> None:
    history = stream(("2024-04-01", caresq()), ("2024-09-01", caresq_one_year()))
    correction = Recorded(
        43, "policy/caresq-2025", 3, at("2024-10-01"), at("2024-10-01"), FactCorrected(corrects=9), TOLD
    )
    first, second = versions_of([*history, correction]).versions
    assert first == PolicyVersion(
        41, at("2024-04-01"), sha256(canonical(caresq()).encode()).hexdigest(), caresq(), "policy/caresq-2025@1"
    )
    assert (second.position, second.in_force_from) == (42, at("2024-09-01"))
    assert (second.document, second.event_id) == (caresq_one_year(), "policy/caresq-2025@2")


def in_force(versions: PolicyVersions, instant: datetime) -> int | None:
    found = versions.at(instant)
    return None if found is None else found.position


def test_a_version_is_in_force_from_its_very_instant_until_another_is() -> None:
    versions = versions_of(stream(("2024-04-01T12:00", caresq()), ("2024-09-01T12:00", caresq_one_year())))
    moments = ("2024-04-01T11:59:59.999999", "2024-04-01T12:00", "2024-09-01T11:59:59.999999", "2024-09-01T12:00")
    assert [in_force(versions, at(each)) for each in moments] == [None, 41, 41, 42]


def test_of_two_versions_of_one_instant_the_one_adopted_last_is_in_force() -> None:
    versions = versions_of(stream(("2024-04-01", caresq()), ("2024-04-01", caresq_two_years())))
    assert in_force(versions, at("2024-05-01")) == 42


def test_a_version_adopted_for_a_later_instant_waits_for_it() -> None:
    versions = versions_of(stream(("2024-09-01", caresq_one_year()), ("2024-04-01", caresq())))
    assert [in_force(versions, at(each)) for each in ("2024-05-01", "2024-10-01")] == [42, 41]


def test_a_policy_that_took_over_keeps_the_period_whatever_is_amended_in_the_one_before() -> None:
    later = caresq().model_copy(update={"id": "caresq-2026"})
    versions = versions_of(stream(("2024-04-01", caresq()), ("2024-09-01", later), ("2024-10-01", caresq_one_year())))
    assert [in_force(versions, at(each)) for each in ("2024-05-01", "2024-09-02", "2024-11-01")] == [41, 42, 42]


def test_an_adoption_is_found_by_its_position_and_another_position_is_an_error() -> None:
    versions = versions_of(stream(("2024-04-01", caresq()), ("2024-09-01", caresq_one_year())))
    assert versions.adopted_at(42).document == caresq_one_year()
    with pytest.raises(LookupError, match=r"^no policy was adopted at log position 43$"):
        versions.adopted_at(43)

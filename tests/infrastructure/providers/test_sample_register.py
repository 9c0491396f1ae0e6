"""The sample: fictional, plausible, and the same for the same seed."""

import io
from collections import Counter
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from application.provider_import import PracticeEntry
from domain.care_type import CareType
from domain.explanation import Outcome
from domain.policy.conditions import judge
from domain.policy.document import PolicyDocument
from domain.provider.provider import Provider
from domain.provider.register import ProviderKind
from infrastructure.policies.library import PolicyFiles
from infrastructure.providers.register_file import RegisterFile
from infrastructure.providers.sample_register import write_sample

SAMPLE_OF_100_WITH_SEED_7 = "a7dad428de2aaa15b6317ae5b8f62086fd0d020840089494b3b1e558f35dda9e"


def sample(count: int, seed: int) -> str:
    written = io.StringIO(newline="")
    write_sample(count, seed, written)
    return written.getvalue()


@pytest.fixture(scope="module")
def practices(tmp_path_factory: pytest.TempPathFactory) -> list[PracticeEntry]:
    path = tmp_path_factory.mktemp("sample") / "sample.csv"
    path.write_text(sample(2000, 7), encoding="utf-8", newline="")
    entries = list(RegisterFile(path).entries())
    assert [each for each in entries if not isinstance(each, PracticeEntry)] == []
    return [each for each in entries if isinstance(each, PracticeEntry)]


def test_the_same_seed_gives_the_same_bytes_on_every_python() -> None:
    assert sha256(sample(100, 7).encode()).hexdigest() == SAMPLE_OF_100_WITH_SEED_7


def test_another_seed_gives_another_register() -> None:
    assert sample(20, 7) != sample(20, 8)


def test_the_first_practices_of_a_longer_register_are_those_of_a_shorter_one() -> None:
    assert sample(40, 7).startswith(sample(20, 7))


@pytest.mark.parametrize("count", [0, -1, 100_000])
def test_a_sample_has_a_number_of_practices_that_its_codes_can_name(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 99999 practices"):
        sample(count, 1)


def test_no_code_occurs_twice_and_nothing_passes_for_real(practices: list[PracticeEntry]) -> None:
    codes = Counter(each.record.agb for each in practices)
    codes.update(person.agb for each in practices for person in each.record.professionals)
    codes.update(location.agb for each in practices for location in each.record.locations)

    assert max(codes.values()) == 1
    assert all("(voorbeeld " in each.record.name for each in practices)
    assert all(each.record.vecozo_email.endswith((".example", "")) for each in practices)


def test_physiotherapy_is_the_most_frequent_care_and_every_other_occurs(practices: list[PracticeEntry]) -> None:
    professions = Counter(person.profession for each in practices for person in each.record.professionals)

    assert professions.most_common(1)[0][0] == "fysiotherapeut"
    assert len(professions) == 9


def test_every_situation_that_a_round_decides_on_occurs(practices: list[PracticeEntry]) -> None:
    day = date(2024, 8, 28)
    records = [each.record for each in practices]
    contracted = [each.past_contracts.get("caresq", ()) for each in practices]

    assert any(not record.certificates for record in records)
    assert {record.kind for record in records} == set(ProviderKind)
    assert any(each.opt_outs for each in practices)
    assert any(each.opt_outs and each.opt_outs[0].care_type is None for each in practices)
    assert any(contracts and contracts[-1].last_day.year == 2021 for contracts in contracted)
    assert any(not contracts for contracts in contracted)
    assert any(len({person.profession for person in record.professionals}) > 1 for record in records)
    assert any(record.agb.prefix not in {"04", "05", "07", "24", "26", "37", "88", "90"} for record in records)
    assert {len(record.professionals) for record in records} >= set(range(1, 13))
    assert any(record.vecozo_email == "" for record in records)
    assert any(len(record.signatories) > 1 for record in records)
    people = [person for record in records for person in record.professionals]
    assert any(not person.valid_on(day) for person in people)
    assert {each.network for person in people for each in person.memberships} == {"ParkinsonNet", "Chronisch ZorgNet"}
    assert any(not each.vektis_registered for person in people for each in person.specialisations)
    assert {contract.care_type for contracts in contracted for contract in contracts} >= {
        CareType.FYS,
        CareType.OEF,
        CareType.LOG,
    }


def known_to(purchaser: str, entry: PracticeEntry) -> Provider:
    return Provider(
        version=1,
        record=entry.record,
        past_contracts=entry.past_contracts.get(purchaser, ()),
        known_values=entry.known_values.get(purchaser, ()),
    )


def packaged(policy_id: str) -> PolicyDocument:
    return PolicyFiles().read(policy_id).document(None)


@pytest.mark.parametrize(("policy_id", "day"), [("asr-2024", date(2023, 9, 15)), ("caresq-2025", date(2024, 9, 16))])
def test_every_condition_that_a_policy_reads_from_what_is_known_is_met_by_most_and_not_by_all(
    practices: list[PracticeEntry], policy_id: str, day: date
) -> None:
    document = packaged(policy_id)
    outcomes: dict[str, Counter[Outcome]] = {}
    for care_type, rules in document.care_types.items():
        codes = [code for code in rules.conditions if not document.conditions[code].answered]
        concerned = [
            provider
            for provider in (known_to(document.purchaser.id, each) for each in practices)
            if any(contract.care_type is care_type for contract in provider.past_contracts)
        ]
        for provider in concerned:
            for judged in judge(document, codes, provider, None, day, care_type=care_type):
                outcomes.setdefault(judged.code, Counter())[judged.explanation.outcome] += 1

    assert outcomes
    for code, counted in outcomes.items():
        assert counted[Outcome.MET] / counted.total() > 0.5, (code, counted)
        assert counted[Outcome.MET] < counted.total(), (code, counted)


def test_who_had_a_contract_with_the_one_purchaser_need_not_have_had_one_with_the_other(
    practices: list[PracticeEntry],
) -> None:
    purchasers = Counter(frozenset(each.past_contracts) for each in practices)

    assert set(purchasers) == {frozenset(each) for each in ((), ("asr",), ("caresq",), ("asr", "caresq"))}
    assert purchasers[frozenset(("asr", "caresq"))] > len(practices) / 2


def test_claims_treatment_index_and_patients_occur_on_both_sides_of_every_bound(
    practices: list[PracticeEntry],
) -> None:
    known = [known_to("asr", each) for each in practices]
    contracted = [each for each in known if any(past.care_type is CareType.FYS for past in each.past_contracts)]

    def of_2022(provider: Provider, code: str) -> str | None:
        return provider.value(code, year=2022, care_type=CareType.FYS)

    claims = [each.value("claims", year=2023, care_type=CareType.FYS) for each in contracted]
    small = [each for each in contracted if int(of_2022(each, "patients") or "0") < 30]
    assert {None, "0"} < set(claims)
    assert any(float(index) >= 150 for each in contracted if (index := of_2022(each, "behandelindex")))
    assert any(of_2022(each, "behandelindex") is None for each in small)
    assert any(of_2022(each, "behandelindex") is not None for each in small)
    assert any(of_2022(each, "behandelindex") is None for each in contracted if each not in small)


def test_locations_and_lifestyle_interventions_occur_some_of_them_ended_or_incomplete(
    practices: list[PracticeEntry],
) -> None:
    locations = [each for practice in practices for each in practice.record.locations]
    programmes = [each for practice in practices for each in practice.record.gli]

    assert {each.valid_to is None for each in locations} == {True, False}
    assert {each.licence for each in programmes} == {True, False}
    assert any(len(practice.record.gli) > 1 for practice in practices)


def test_a_file_of_the_sample_reads_back_the_same(tmp_path: Path) -> None:
    path = tmp_path / "sample.csv"
    path.write_text(sample(50, 3), encoding="utf-8", newline="")

    assert list(RegisterFile(path).entries()) == list(RegisterFile(path).entries())
    assert RegisterFile(path).practices == 50

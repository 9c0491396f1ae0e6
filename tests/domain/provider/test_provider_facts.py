"""Folding a provider's stream into one purchaser's view."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from domain.agb import AgbCode
from domain.care_type import CareType
from domain.history import Fact, FactCorrected, Recorded
from domain.provider.facts import (
    ContractHistoryRecorded,
    IntegritySignalEnded,
    IntegritySignalled,
    OptedOut,
    OptOutWithdrawn,
    ProviderChanged,
    ProviderFact,
    ProviderRegistered,
    ValuesRecorded,
    evolve,
    fold_provider,
    provider_stream,
)
from domain.provider.provider import IntegritySignal, KnownValue, OptOut, PastContract, Provider
from domain.provider.register import Membership, PracticeRecord, Profession, Professional

AGB = AgbCode("04001234")
RECORD = PracticeRecord(agb=AGB, name="De Linde")
CONTRACT = PastContract(care_type=CareType.FYS, first_day=date(2023, 1, 1), last_day=date(2023, 12, 31))
MARCH = date(2024, 3, 1)
JUNE = date(2024, 6, 1)

days = st.dates(date(2023, 1, 1), date(2025, 12, 31))
purchasers = st.sampled_from(["caresq", "asr"])
care_types = st.none() | st.sampled_from([CareType.FYS, CareType.LOG])
values = st.builds(
    KnownValue,
    code=st.sampled_from(["claims", "behandelindex"]),
    value=st.sampled_from(["0", "149.95"]),
    year=st.none() | st.sampled_from([2022, 2023]),
    care_type=care_types,
)
facts = st.one_of(
    st.builds(ProviderRegistered, record=st.just(RECORD)),
    st.builds(ProviderChanged, record=st.just(RECORD.model_copy(update={"name": "De Beuk"}))),
    st.builds(ContractHistoryRecorded, purchaser=purchasers, contracts=st.just((CONTRACT,))),
    st.builds(ValuesRecorded, purchaser=purchasers, values=st.lists(values, max_size=3).map(tuple)),
    st.builds(OptedOut, purchaser=purchasers, care_type=care_types, from_day=days),
    st.builds(OptOutWithdrawn, purchaser=purchasers, care_type=care_types, from_day=days),
    st.builds(IntegritySignalled, purchaser=purchasers, from_day=days),
    st.builds(IntegritySignalEnded, purchaser=purchasers, from_day=days),
)


def recorded(*happened: Fact) -> list[Recorded]:
    at = datetime(2024, 8, 1, 10, tzinfo=UTC)
    return [
        Recorded(version, provider_stream(AGB), version, at, at, fact, b"{}")
        for version, fact in enumerate(happened, start=1)
    ]


def folded(*happened: Fact, purchaser: str = "caresq") -> Provider:
    provider = fold_provider(recorded(*happened), purchaser)
    assert provider is not None
    return provider


def test_a_stream_without_registration_is_no_provider() -> None:
    assert fold_provider([], "caresq") is None
    assert fold_provider(recorded(OptedOut(purchaser="caresq", care_type=None, from_day=MARCH)), "caresq") is None


def test_a_change_replaces_the_whole_record_and_keeps_what_the_purchaser_knows() -> None:
    changed = RECORD.model_copy(update={"name": "De Beuk"})

    provider = folded(
        ProviderRegistered(record=RECORD),
        ContractHistoryRecorded(purchaser="caresq", contracts=(CONTRACT,)),
        ProviderChanged(record=changed),
    )

    assert provider == Provider(version=3, record=changed, past_contracts=(CONTRACT,))


def test_one_purchaser_never_sees_what_another_knows() -> None:
    provider = folded(
        ProviderRegistered(record=RECORD),
        ContractHistoryRecorded(purchaser="asr", contracts=(CONTRACT,)),
        OptedOut(purchaser="asr", care_type=None, from_day=MARCH),
        IntegritySignalled(purchaser="asr", from_day=MARCH),
        ValuesRecorded(purchaser="asr", values=(KnownValue(code="ivr", value="ja"),)),
    )

    assert provider == Provider(version=5, record=RECORD)
    assert provider.value("ivr") is None


def test_history_recorded_again_replaces_what_was_recorded_before() -> None:
    later = PastContract(care_type=CareType.LOG, first_day=date(2024, 1, 1), last_day=date(2024, 12, 31))

    provider = folded(
        ProviderRegistered(record=RECORD),
        ContractHistoryRecorded(purchaser="caresq", contracts=(CONTRACT,)),
        ContractHistoryRecorded(purchaser="caresq", contracts=(CONTRACT, later)),
    )

    assert provider.past_contracts == (CONTRACT, later)


def test_a_value_replaces_that_of_the_same_code_year_and_care_type_and_no_other() -> None:
    of_2022 = KnownValue(code="behandelindex", value="149.95", year=2022)
    others = (
        KnownValue(code="behandelindex", value="160", year=2021),
        KnownValue(code="behandelindex", value="170", year=2022, care_type=CareType.FYS),
        KnownValue(code="patients", value="29", year=2022),
    )

    provider = folded(
        ProviderRegistered(record=RECORD),
        ValuesRecorded(purchaser="caresq", values=(of_2022, *others)),
        ValuesRecorded(purchaser="caresq", values=(of_2022.model_copy(update={"value": "150"}),)),
    )

    assert provider.known_values == (of_2022.model_copy(update={"value": "150"}), *others)
    assert provider.value("behandelindex", year=2022) == "150"
    assert provider.value("behandelindex", year=2022, care_type=CareType.FYS) == "170"
    assert provider.value("behandelindex", year=2022, care_type=CareType.OEF) == "150"
    assert provider.value("behandelindex", year=2023) is None
    assert provider.value("behandelindex") is None
    assert [each.value for each in provider.values_in_order("behandelindex")] == ["149.95", "150", "160", "170"]


def test_values_stay_known_when_the_register_changes() -> None:
    value = KnownValue(code="wtza", value="gemeld")

    provider = folded(
        ProviderRegistered(record=RECORD),
        ValuesRecorded(purchaser="caresq", values=(value,)),
        ProviderChanged(record=RECORD.model_copy(update={"name": "De Beuk"})),
    )

    assert provider.known_values == (value,)


def test_an_opt_out_holds_for_every_care_type_until_it_is_withdrawn() -> None:
    provider = folded(
        ProviderRegistered(record=RECORD),
        OptedOut(purchaser="caresq", care_type=None, from_day=MARCH),
        OptOutWithdrawn(purchaser="caresq", care_type=None, from_day=JUNE),
    )

    (opt_out,) = provider.opt_outs
    assert opt_out == OptOut(care_type=None, from_day=MARCH, withdrawn_on=JUNE)
    assert [opt_out.active_on(day, CareType.LOG) for day in (date(2024, 2, 29), MARCH, date(2024, 5, 31), JUNE)] == [
        False,
        True,
        True,
        False,
    ]


def test_a_later_request_withdraws_the_opt_out_for_that_care_type_alone() -> None:
    provider = folded(
        ProviderRegistered(record=RECORD),
        OptedOut(purchaser="caresq", care_type=None, from_day=MARCH),
        OptOutWithdrawn(purchaser="caresq", care_type=CareType.FYS, from_day=JUNE),
    )

    (opt_out,) = provider.opt_outs
    assert opt_out.active_on(date(2024, 5, 31), CareType.FYS)
    assert not opt_out.active_on(JUNE, CareType.FYS)
    assert opt_out.active_on(JUNE, CareType.LOG)


def test_a_withdrawal_leaves_the_opt_out_of_another_care_type_alone() -> None:
    provider = folded(
        ProviderRegistered(record=RECORD),
        OptedOut(purchaser="caresq", care_type=CareType.LOG, from_day=MARCH),
        OptOutWithdrawn(purchaser="caresq", care_type=CareType.FYS, from_day=JUNE),
    )

    assert provider.opt_outs == (OptOut(care_type=CareType.LOG, from_day=MARCH),)


def test_a_second_withdrawal_does_not_move_the_first() -> None:
    provider = folded(
        ProviderRegistered(record=RECORD),
        OptedOut(purchaser="caresq", care_type=None, from_day=MARCH),
        OptOutWithdrawn(purchaser="caresq", care_type=None, from_day=JUNE),
        OptOutWithdrawn(purchaser="caresq", care_type=None, from_day=date(2024, 9, 1)),
    )

    assert provider.opt_outs[0].withdrawn_on == JUNE


def test_an_integrity_signal_counts_until_it_ended() -> None:
    provider = folded(
        ProviderRegistered(record=RECORD),
        IntegritySignalled(purchaser="caresq", from_day=MARCH),
        IntegritySignalEnded(purchaser="caresq", from_day=JUNE),
    )

    (signal,) = provider.integrity_signals
    assert signal == IntegritySignal(recorded_on=MARCH, ended_on=JUNE, version=2)
    held = [signal.active_on(each) for each in (date(2024, 2, 29), MARCH, date(2024, 5, 31), JUNE)]
    assert held == [False, True, True, False]


def test_the_end_of_a_later_doubt_does_not_move_that_of_an_earlier_one() -> None:
    provider = folded(
        ProviderRegistered(record=RECORD),
        IntegritySignalled(purchaser="caresq", from_day=MARCH),
        IntegritySignalEnded(purchaser="caresq", from_day=JUNE),
        IntegritySignalled(purchaser="caresq", from_day=date(2024, 7, 1)),
        IntegritySignalEnded(purchaser="caresq", from_day=date(2024, 8, 1)),
    )

    assert [each.ended_on for each in provider.integrity_signals] == [JUNE, date(2024, 8, 1)]


def test_the_version_is_that_of_the_last_fact_even_where_that_is_anothers_or_a_correction() -> None:
    changed = ProviderChanged(record=RECORD.model_copy(update={"name": "De Beuk"}))
    opted_out = OptedOut(purchaser="asr", care_type=None, from_day=MARCH)

    assert folded(ProviderRegistered(record=RECORD)).version == 1
    assert folded(ProviderRegistered(record=RECORD), changed).version == 2
    assert folded(ProviderRegistered(record=RECORD), changed, opted_out).version == 3
    corrected = folded(
        ProviderRegistered(record=RECORD), opted_out, FactCorrected(corrects=2), FactCorrected(corrects=3)
    )
    assert corrected.version == 4


def test_each_fact_brings_its_own_version() -> None:
    first = evolve(None, ProviderRegistered(record=RECORD), 5, "caresq")
    assert first is not None
    assert first.version == 5
    for fact in (ProviderChanged(record=RECORD), OptedOut(purchaser="asr", care_type=None, from_day=MARCH)):
        after = evolve(first, fact, 7, "caresq")
        assert after == replace(first, version=7)


def test_a_network_has_a_member_at_the_practice_while_both_membership_and_attachment_last() -> None:
    def member(network: str, attached_until: date | None, member_until: date | None) -> Professional:
        return Professional(
            agb=AgbCode("04100001"),
            profession=Profession.PHYSIOTHERAPIST,
            weekly_hours=Decimal(32),
            valid_from=MARCH,
            valid_to=attached_until,
            memberships=(Membership(network=network, valid_from=MARCH, valid_to=member_until),),
        )

    def seen(*professionals: Professional) -> list[bool]:
        provider = Provider(version=1, record=RECORD.model_copy(update={"professionals": professionals}))
        return [
            provider.member_on(each, "ParkinsonNet") for each in (date(2024, 2, 29), MARCH, date(2024, 5, 31), JUNE)
        ]

    may = date(2024, 5, 31)
    assert seen() == [False] * 4
    assert seen(member("ParkinsonNet", None, None)) == [False, True, True, True]
    assert seen(member("ParkinsonNet", may, None)) == [False, True, True, False]
    assert seen(member("ParkinsonNet", None, may)) == [False, True, True, False]
    assert seen(member("Chronisch ZorgNet", None, None)) == [False] * 4
    assert seen(member("Chronisch ZorgNet", None, None), member("ParkinsonNet", None, None))[1]


def test_a_voided_opt_out_never_held_and_the_version_still_counts_the_correction() -> None:
    provider = folded(
        ProviderRegistered(record=RECORD),
        OptedOut(purchaser="caresq", care_type=None, from_day=MARCH),
        FactCorrected(corrects=2),
    )

    assert provider == Provider(version=3, record=RECORD)


@given(st.lists(facts, max_size=8))
def test_every_history_folds_and_the_version_is_that_of_its_last_fact(happened: list[ProviderFact]) -> None:
    provider = fold_provider(recorded(*happened), "caresq")

    assert (provider is None) == (not any(isinstance(each, ProviderRegistered | ProviderChanged) for each in happened))
    assert provider is None or provider.version == len(happened)


@given(st.lists(facts, max_size=8))
def test_what_one_purchaser_sees_does_not_depend_on_the_facts_of_another(happened: list[ProviderFact]) -> None:
    own = [each for each in happened if getattr(each, "purchaser", "caresq") == "caresq"]

    seen, alone = fold_provider(recorded(*happened), "caresq"), fold_provider(recorded(*own), "caresq")

    assert (seen is None) == (alone is None)
    if seen is not None and alone is not None:
        assert without_versions(seen) == without_versions(alone)


def without_versions(provider: Provider) -> Provider:
    """Leaves out where in the stream something stands, which the facts of others move."""
    signals = tuple(each.model_copy(update={"version": 0}) for each in provider.integrity_signals)
    return replace(provider, version=0, integrity_signals=signals)

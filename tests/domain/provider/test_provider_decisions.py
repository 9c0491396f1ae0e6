"""What may be recorded of a provider, and what is refused."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.agb import AgbCode
from domain.care_type import CareType
from domain.provider.commands import (
    EndIntegritySignal,
    OptOutOfOffers,
    RecordValue,
    SignalIntegrity,
    WithdrawOptOut,
)
from domain.provider.decide import Entry, decide, record_history, record_values, register, register_opt_out
from domain.provider.facts import (
    ContractHistoryRecorded,
    IntegritySignalEnded,
    IntegritySignalled,
    OptedOut,
    OptOutWithdrawn,
    ProviderChanged,
    ProviderRegistered,
    ValuesRecorded,
    evolve,
)
from domain.provider.provider import KnownValue, PastContract, Provider
from domain.provider.register import PracticeRecord
from domain.refusal import Refused
from tests import refusals

RECORD = PracticeRecord(agb=AgbCode("04001234"), name="De Linde")
KNOWN = Provider(version=1, record=RECORD)
CONTRACT = PastContract(care_type=CareType.FYS, first_day=date(2023, 1, 1), last_day=date(2023, 12, 31))
TODAY = date(2024, 8, 28)

commands = st.one_of(
    st.builds(OptOutOfOffers, purchaser=st.just("caresq"), care_type=st.none() | st.sampled_from(list(CareType))),
    st.builds(WithdrawOptOut, purchaser=st.just("caresq"), care_type=st.none() | st.sampled_from(list(CareType))),
    st.just(SignalIntegrity(purchaser="caresq")),
    st.just(EndIntegritySignal(purchaser="caresq")),
)


def after(*given_commands: Entry, day: date = TODAY) -> Provider:
    provider: Provider | None = KNOWN
    for command in given_commands:
        decided = decide(command, provider, day, "a letter")
        assert isinstance(decided, list)
        for fact in decided:
            provider = evolve(provider, fact, 1, "caresq")
    assert provider is not None
    return provider


def code_of(command: Entry, provider: Provider | None, reason: str | None = "a letter") -> str | None:
    decided = decide(command, provider, TODAY, reason)
    if not isinstance(decided, Refused):
        return None
    refusals.assert_worded(decided)
    return decided.code


def test_a_practice_is_registered_once_and_then_only_changed() -> None:
    other = RECORD.model_copy(update={"city": "Gouda"})

    assert register(None, RECORD) == [ProviderRegistered(record=RECORD)]
    assert register(KNOWN, RECORD) == []
    assert register(KNOWN, other) == [ProviderChanged(record=other)]


def test_history_is_recorded_when_it_says_something_new_and_none_does_not_erase() -> None:
    known = Provider(version=2, record=RECORD, past_contracts=(CONTRACT,))

    assert record_history(KNOWN, "caresq", (CONTRACT,)) == [
        ContractHistoryRecorded(purchaser="caresq", contracts=(CONTRACT,))
    ]
    assert record_history(known, "caresq", (CONTRACT,)) == []
    assert record_history(known, "caresq", ()) == []


def test_values_are_recorded_when_they_say_something_new_and_those_not_given_stay() -> None:
    claims, patients = KnownValue(code="claims", value="12", year=2023), KnownValue(code="patients", value="29")
    known = Provider(version=2, record=RECORD, known_values=(claims, patients))
    more = claims.model_copy(update={"value": "13"})

    assert record_values(None, "asr", (claims,)) == [ValuesRecorded(purchaser="asr", values=(claims,))]
    assert record_values(known, "asr", (claims,)) == []
    assert record_values(known, "asr", ()) == []
    assert record_values(known, "asr", (more, patients)) == [ValuesRecorded(purchaser="asr", values=(more,))]


def test_an_opt_out_holds_from_the_day_on_which_it_was_heard() -> None:
    assert decide(OptOutOfOffers(purchaser="caresq"), KNOWN, TODAY, None) == [
        OptedOut(purchaser="caresq", care_type=None, from_day=TODAY)
    ]


def test_an_opt_out_for_one_care_type_says_nothing_new_after_one_for_all() -> None:
    opted_out = after(OptOutOfOffers(purchaser="caresq"))

    assert decide(OptOutOfOffers(purchaser="caresq", care_type=CareType.FYS), opted_out, TODAY, None) == []


def test_history_values_and_an_opt_out_of_a_file_are_recorded_of_a_practice_that_is_new() -> None:
    assert record_history(None, "caresq", (CONTRACT,)) == [
        ContractHistoryRecorded(purchaser="caresq", contracts=(CONTRACT,))
    ]
    assert register_opt_out(None, "caresq", CareType.LOG, TODAY) == [
        OptedOut(purchaser="caresq", care_type=CareType.LOG, from_day=TODAY)
    ]


def test_an_opt_out_of_a_file_for_one_care_type_says_nothing_of_another() -> None:
    opted_out = after(OptOutOfOffers(purchaser="caresq", care_type=CareType.FYS))

    assert register_opt_out(opted_out, "caresq", CareType.LOG, TODAY) == [
        OptedOut(purchaser="caresq", care_type=CareType.LOG, from_day=TODAY)
    ]
    assert register_opt_out(opted_out, "caresq", CareType.FYS, TODAY + timedelta(days=1)) == []


def test_an_opt_out_for_one_care_type_is_no_news_a_day_later_and_is_the_day_before() -> None:
    fys = OptOutOfOffers(purchaser="caresq", care_type=CareType.FYS)

    assert decide(fys, after(fys), TODAY + timedelta(days=1), None) == []
    assert decide(fys, after(fys), TODAY - timedelta(days=1), None) == [
        OptedOut(purchaser="caresq", care_type=CareType.FYS, from_day=TODAY - timedelta(days=1))
    ]


def test_a_withdrawal_for_one_care_type_is_recorded_for_that_one_alone() -> None:
    fys, log = (OptOutOfOffers(purchaser="caresq", care_type=each) for each in (CareType.FYS, CareType.LOG))
    provider, withdraw = after(fys, log), WithdrawOptOut(purchaser="caresq", care_type=CareType.LOG)

    assert decide(withdraw, provider, TODAY, None) == [
        OptOutWithdrawn(purchaser="caresq", care_type=CareType.LOG, from_day=TODAY)
    ]
    withdrawn = after(fys, log, withdraw)
    assert decide(withdraw, withdrawn, TODAY, None) == []
    assert [withdrawn.opt_outs[0].ends_on(CareType.FYS), withdrawn.opt_outs[1].ends_on(CareType.LOG)] == [None, TODAY]


def test_an_opt_out_for_all_that_was_withdrawn_for_one_can_still_be_withdrawn_for_the_others() -> None:
    whole = OptOutOfOffers(purchaser="caresq")
    provider = after(whole, WithdrawOptOut(purchaser="caresq", care_type=CareType.FYS), day=date(2024, 8, 1))

    assert code_of(WithdrawOptOut(purchaser="caresq", care_type=CareType.FYS), provider) == "NO_OPT_OUT"
    assert decide(WithdrawOptOut(purchaser="caresq", care_type=CareType.LOG), provider, TODAY, None) == [
        OptOutWithdrawn(purchaser="caresq", care_type=CareType.LOG, from_day=TODAY)
    ]


def test_an_opt_out_is_covered_by_opt_outs_for_every_care_type_together() -> None:
    each_one = after(*(OptOutOfOffers(purchaser="caresq", care_type=each) for each in CareType))

    assert decide(OptOutOfOffers(purchaser="caresq"), each_one, TODAY, None) == []


def test_what_became_known_is_recorded_with_a_reason() -> None:
    known = RecordValue(purchaser="asr", code="claims", value="12", year=2023, care_type=CareType.FYS)

    assert decide(known, KNOWN, TODAY, "told by letter") == [
        ValuesRecorded(
            purchaser="asr",
            values=(KnownValue(code="claims", value="12", year=2023, care_type=CareType.FYS),),
        )
    ]
    for reason in (None, " "):
        assert code_of(known, KNOWN, reason) == "REASON_MISSING"


def test_what_was_withdrawn_can_not_be_withdrawn_on_another_day() -> None:
    withdraw = WithdrawOptOut(purchaser="caresq", care_type=CareType.FYS)
    provider = after(OptOutOfOffers(purchaser="caresq", care_type=CareType.FYS), withdraw, day=date(2024, 8, 1))

    assert code_of(withdraw, provider) == "NO_OPT_OUT"
    assert code_of(WithdrawOptOut(purchaser="caresq"), provider) == "NO_OPT_OUT"


def test_an_opt_out_of_one_care_type_is_no_opt_out_of_another_that_could_be_withdrawn() -> None:
    provider = after(OptOutOfOffers(purchaser="caresq", care_type=CareType.FYS))

    assert code_of(WithdrawOptOut(purchaser="caresq", care_type=CareType.LOG), provider) == "NO_OPT_OUT"


def test_a_doubt_is_recorded_once_unless_it_is_older_or_was_taken_back() -> None:
    doubt, eased = SignalIntegrity(purchaser="caresq"), EndIntegritySignal(purchaser="caresq")
    doubted, yesterday = after(doubt), TODAY - timedelta(days=1)

    assert decide(doubt, doubted, TODAY, "claims twice") == []
    assert decide(doubt, doubted, TODAY + timedelta(days=1), "claims twice") == []
    assert decide(doubt, doubted, yesterday, "claims twice") == [
        IntegritySignalled(purchaser="caresq", from_day=yesterday)
    ]
    assert decide(doubt, after(doubt, eased), TODAY, "claims twice") == [
        IntegritySignalled(purchaser="caresq", from_day=TODAY)
    ]


def test_a_doubt_that_was_taken_back_is_taken_back_on_that_day_alone() -> None:
    eased = EndIntegritySignal(purchaser="caresq")
    provider = after(SignalIntegrity(purchaser="caresq"), eased)

    assert decide(eased, provider, TODAY, "explained") == []
    assert code_of(eased.model_copy(update={"from_day": date(2024, 9, 1)}), provider) == "NO_INTEGRITY_SIGNAL"


def test_an_opt_out_for_all_says_something_new_after_one_care_type() -> None:
    opted_out = after(OptOutOfOffers(purchaser="caresq", care_type=CareType.FYS))

    assert decide(OptOutOfOffers(purchaser="caresq"), opted_out, TODAY, None) == [
        OptedOut(purchaser="caresq", care_type=None, from_day=TODAY)
    ]


def test_who_withdrew_for_one_care_type_may_opt_out_of_it_again() -> None:
    provider = after(OptOutOfOffers(purchaser="caresq"), WithdrawOptOut(purchaser="caresq", care_type=CareType.FYS))

    again = decide(OptOutOfOffers(purchaser="caresq", care_type=CareType.FYS), provider, TODAY, None)

    assert again == [OptedOut(purchaser="caresq", care_type=CareType.FYS, from_day=TODAY)]


def test_an_earlier_opt_out_says_something_new() -> None:
    opted_out = after(OptOutOfOffers(purchaser="caresq"))
    earlier = OptOutOfOffers(purchaser="caresq", from_day=date(2024, 8, 1))

    assert decide(earlier, opted_out, TODAY, None) == [
        OptedOut(purchaser="caresq", care_type=None, from_day=date(2024, 8, 1))
    ]


def test_an_opt_out_can_be_withdrawn_before_it_begins() -> None:
    announced = after(OptOutOfOffers(purchaser="caresq", from_day=date(2025, 1, 1)))

    assert decide(WithdrawOptOut(purchaser="caresq"), announced, TODAY, None) == [
        OptOutWithdrawn(purchaser="caresq", care_type=None, from_day=TODAY)
    ]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (WithdrawOptOut(purchaser="caresq"), "NO_OPT_OUT"),
        (WithdrawOptOut(purchaser="caresq", care_type=CareType.LOG), "NO_OPT_OUT"),
        (EndIntegritySignal(purchaser="caresq"), "NO_INTEGRITY_SIGNAL"),
    ],
)
def test_what_was_never_recorded_can_not_end(command: Entry, code: str) -> None:
    assert code_of(command, KNOWN) == code


@pytest.mark.parametrize("reason", [None, "", "  "])
@pytest.mark.parametrize("command", [SignalIntegrity(purchaser="caresq"), EndIntegritySignal(purchaser="caresq")])
def test_a_doubt_about_integrity_needs_a_reason(command: Entry, reason: str | None) -> None:
    assert code_of(command, KNOWN, reason) == "REASON_MISSING"


def test_a_doubt_about_integrity_is_recorded_and_taken_back() -> None:
    doubted = after(SignalIntegrity(purchaser="caresq"))

    assert decide(SignalIntegrity(purchaser="caresq"), KNOWN, TODAY, "claims twice") == [
        IntegritySignalled(purchaser="caresq", from_day=TODAY)
    ]
    assert decide(EndIntegritySignal(purchaser="caresq"), doubted, TODAY, "explained") == [
        IntegritySignalEnded(purchaser="caresq", from_day=TODAY)
    ]


def test_an_opt_out_of_a_file_that_was_withdrawn_since_stays_withdrawn() -> None:
    provider = after(OptOutOfOffers(purchaser="caresq", from_day=TODAY), WithdrawOptOut(purchaser="caresq"))

    assert register_opt_out(provider, "caresq", None, TODAY) == []
    assert register_opt_out(provider, "caresq", None, date(2024, 9, 1)) == [
        OptedOut(purchaser="caresq", care_type=None, from_day=date(2024, 9, 1))
    ]


def test_every_command_about_a_practice_that_nobody_knows_says_how_to_make_it_known() -> None:
    assert code_of(SignalIntegrity(purchaser="caresq"), None) == "PROVIDER_UNKNOWN"


@given(commands)
def test_nothing_is_recorded_of_a_practice_that_nobody_knows(command: Entry) -> None:
    assert code_of(command, None) == "PROVIDER_UNKNOWN"


@given(st.lists(commands, max_size=6), commands)
def test_a_repeat_changes_nothing(before: list[Entry], command: Entry) -> None:
    provider: Provider | None = KNOWN
    for each in [*before, command]:
        decided = decide(each, provider, TODAY, "a letter")
        for fact in [] if isinstance(decided, Refused) else decided:
            provider = evolve(provider, fact, 1, "caresq")
    if isinstance(decided, Refused):
        return

    assert decide(command, provider, TODAY, "a letter") == []

"""Random lives with applications: several attempts, of which at most one is in force on a day."""

from collections.abc import Callable
from datetime import date, timedelta

from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from domain.care_type import CareType
from domain.contract.commands import (
    Approach,
    ContractCommand,
    CorrectFact,
    DecideApplication,
    MakeOffer,
    Publish,
    ReceiveApplication,
    ReceiveDocuments,
    RecordLapse,
    RequestDocuments,
    Terminate,
    Unpublish,
)
from domain.contract.contract import Contract, evolve
from domain.contract.facts import ApplicationReceived, ContractFact
from domain.refusal import Refused
from tests.domain.contract.random_lives import ANSWERS, CORRECTIONS, GAPS, PROOFS, _onward
from tests.given import Given, at, caresq_two_years, declared, given, sign, upload

Asking = Callable[[Given], ContractCommand]
DAYS = [date(2024, 12, 1) + timedelta(days=10 * number) for number in range(80)]


def always(command: ContractCommand) -> Asking:
    return lambda _: command


def onward(contract: Given) -> ContractCommand:
    """The next step of whatever attempt is under way."""
    state = contract.contract
    if state.offer is not None and state.signed_at is None:
        return sign(contract, declared(caresq_two_years(), contract.contract_id.care_type))
    if state.application is not None and state.application.granted_at is None:
        return DecideApplication(verdicts={"added_value": True})
    return Publish() if state.signed_at is not None else ReceiveApplication()


def end_soon(days: int) -> Asking:
    def asking(contract: Given) -> ContractCommand:
        term = contract.contract.agreed_term
        start = date(2025, 1, 1) if term is None else term.start
        return Terminate(last_day=start + timedelta(days=days))

    return asking


def void(number: int) -> Asking:
    return lambda contract: CorrectFact(version=1 + number % max(len(contract.history), 1))


ASKINGS = st.one_of(
    st.just(onward),
    st.just(onward),
    st.just(always(ReceiveApplication())),
    st.builds(end_soon, st.integers(0, 60)),
    st.builds(void, st.integers(0, 40)),
    st.builds(lambda met: always(DecideApplication(verdicts={"added_value": met})), st.booleans()),
    st.sampled_from(
        [
            always(each)
            for each in (
                Approach(),
                MakeOffer(),
                RecordLapse(),
                Publish(),
                Unpublish(),
                RequestDocuments(documents=("a plan",)),
                ReceiveDocuments(documents=("a plan",)),
                upload("kngf"),
            )
        ]
    ),
)
WITH_A_QUESTIONNAIRE = st.one_of(ASKINGS, st.builds(_onward, ANSWERS), PROOFS, CORRECTIONS)


def check_life(contract: Given, steps: list[tuple[timedelta, Asking]]) -> None:
    now = at("2024-09-16")
    for gap, asking in steps:
        now += gap
        command, before = asking(contract), contract.contract
        outcome = contract.decided(command, now, now, "drawn at random")
        if isinstance(outcome.decided, Refused):
            assert not isinstance(command, ReceiveApplication)
            continue
        contract = outcome.done()
        after = contract.contract
        assert after == replayed(contract)
        # only an application that is voided takes its attempt back
        assert isinstance(command, CorrectFact) or after.past[: len(before.past)] == before.past
        assert [each.attempt for each in reversed(after.attempts)] == list(range(1, after.attempt + 1))
        for day in DAYS:
            assert sum(each.in_force(day) for each in after.attempts) <= 1
        if isinstance(command, ReceiveApplication) and outcome.decided:
            assert any(isinstance(each.fact, ApplicationReceived) for each in outcome.decided)


def replayed(contract: Given) -> Contract:
    """The state by one fact after another; the fold of a history without corrections is the same."""
    state = Contract()
    for recorded in contract.history:
        if recorded.fact.stored_name == "FactCorrected":
            return contract.contract
        fact: ContractFact = recorded.fact  # type: ignore[assignment]
        state = evolve(state, fact, recorded.occurred_at)
    return state


@drawn(steps=st.lists(st.tuples(GAPS, ASKINGS), min_size=4, max_size=25))
@settings(max_examples=100, deadline=None)
def test_direct_offers_and_applications_are_never_in_force_twice(steps: list[tuple[timedelta, Asking]]) -> None:
    check_life(given(care_type=CareType.DIE), steps)


@drawn(steps=st.lists(st.tuples(GAPS, WITH_A_QUESTIONNAIRE), min_size=4, max_size=25))
@settings(max_examples=100, deadline=None)
def test_questionnaires_and_applications_are_never_in_force_twice(steps: list[tuple[timedelta, Asking]]) -> None:
    check_life(given(), steps)

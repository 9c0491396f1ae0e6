"""Intervals answer as the functions that answer one question do, at every instant and on every day."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from domain.calendar import MICROSECOND, last_instant, local_day
from domain.care_type import CareType
from domain.contract.commands import (
    AcceptEvidence,
    AssessQuestionnaire,
    CarryOver,
    ConfirmQuestionnaire,
    CorrectFact,
    DecideApplication,
    DeclineOffer,
    ExtendTerm,
    MakeOffer,
    Publish,
    ReceiveApplication,
    RecordExtension,
    RecordLapse,
    Terminate,
    Unpublish,
)
from domain.contract.contract import fold
from domain.contract.facts import ContractTerminated, TermExtended
from domain.contract.intervals import (
    ALWAYS,
    LegalInterval,
    LegalState,
    ProcedureState,
    Step,
    legal_intervals,
    procedure_steps,
    rulings_of,
    steps_ahead,
)
from domain.contract.standing import (
    Status,
    deadlines_of,
    entitled_tier,
    last_signing_day,
    legal_position,
    listed,
    listed_from,
    members_of,
    reasons_of,
    status,
    term_sought,
)
from domain.contract.timeline import Timeline
from domain.history import Recorded, effective
from domain.policy.adoption import PolicyVersion, PolicyVersions
from domain.provider.provider import Provider
from domain.provider.register import Membership
from domain.refusal import Refused
from tests.domain.contract.random_lives import GAPS, STAGES, STEPS, Beginning, beginnings
from tests.domain.contract.random_lives import Step as Asked
from tests.domain.contract.test_extension import signed_before, with_notice
from tests.domain.contract.test_lives_of_attempts import WITH_A_QUESTIONNAIRE, Asking
from tests.domain.contract.test_offered_term import on_offer, starting
from tests.given import (
    SENT,
    Given,
    adoptions,
    answers,
    at,
    caresq,
    caresq_two_years,
    day,
    given,
    keurmerk,
    offered,
    practice,
    professional,
    sign,
    signed,
    staff,
    upload,
)

FYS = CareType.FYS
DECLINE = DeclineOffer(person_id="p1", certificate_serial="serial-1")


def state_at(history: Sequence[Recorded], versions: PolicyVersions, at: datetime) -> ProcedureState | None:
    """The procedure at an instant, as one question about it is answered."""
    occurred = [recorded for recorded in effective(history) if recorded.occurred_at <= at]
    if not occurred:
        return None
    contract, document = fold(occurred), (versions.at(at) or versions.versions[0]).document
    deadlines, rule = deadlines_of(contract, document, FYS), document.care_types[FYS].term
    stands, offer = status(contract, deadlines, at), contract.offer
    due_on = None
    if stands is Status.OFFERED and offer is not None:
        due_on = last_signing_day(offer, deadlines)
    if stands is Status.QUESTIONNAIRE_OPEN and deadlines.questionnaire is not None:
        due_on = deadlines.questionnaire.last_day
    return ProcedureState(
        stands,
        contract.attempt,
        entitled_tier(contract, term_sought(contract, None if rule is None else rule.term), at),
        None if offer is None else offer.tier,
        due_on,
        reasons_of(contract),
    )


def legal_on(history: Sequence[Recorded], versions: PolicyVersions, provider: Provider, on: date) -> LegalState | None:
    """The legal position on a day, as one question about it is answered."""
    contract = fold(history)
    document = (versions.at(last_instant(on)) or versions.versions[0]).document
    starts = deadlines_of(contract, document, FYS).publication_starts
    position, shown = legal_position(contract, on), listed(contract, starts, last_instant(on))
    if not position.in_force and not shown:
        return None
    asked = contract.attempt_asked(on) or contract
    return LegalState(
        position.in_force,
        asked.attempt,
        position.term,
        None if position.tier is None else position.tier.tier,
        None if position.tier is None else position.tier.effective_on,
        members_of(document.care_types[FYS].selective, provider, on) if position.in_force else (),
        shown,
        listed_from(asked, starts),
    )


def step_at(steps: Sequence[Step], at: datetime) -> ProcedureState | None:
    return next((step.state for step in reversed(steps) if step.at <= at), None)


def interval_on(intervals: Sequence[LegalInterval], on: date) -> LegalState | None:
    found = [each for each in intervals if each.day_from <= on and (each.day_to is None or on < each.day_to)]
    assert len(found) <= 1
    return found[0].state if found else None


def telling_instants(history: Sequence[Recorded], steps: Sequence[Step]) -> Iterator[datetime]:
    for instant in {*(each.occurred_at for each in history), *(step.at for step in steps if step.at != ALWAYS)}:
        yield from (instant - MICROSECOND, instant, instant + timedelta(hours=13))
    for month in range(9, 40, 2):
        yield at(f"{2024 + month // 12}-{month % 12 + 1:02}-01T00:00")


def telling_days(history: Sequence[Recorded], intervals: Sequence[LegalInterval]) -> Iterator[date]:
    for each in intervals:
        for edge in (each.day_from, each.day_to):
            if edge is not None:
                yield from (edge - timedelta(days=1), edge)
    for instant in telling_instants(history, ()):
        yield local_day(instant)


class Log:
    """What a timeline may ask: the facts up to a position, and the practice as it is known."""

    def __init__(self, contract: Given, provider: Provider | None = None) -> None:
        self.facts = list(contract.history)
        self.provider = provider or contract.provider
        self.timeline = Timeline(
            rulings_of(contract.policies, FYS),
            lambda position: [each for each in self.facts if each.position <= position],
            lambda _: self.provider,
        )
        if self.facts:
            self.timeline.extend(self.facts)

    def grow(self, contract: Given) -> None:
        news = contract.history[len(self.facts) :]
        self.facts += news
        self.timeline.extend(news)


def check(known: Timeline, history: Sequence[Recorded], versions: PolicyVersions, provider: Provider) -> None:
    """What was kept up is what is made anew, and that is what one question after the other answers."""
    rulings = rulings_of(versions, FYS)
    assert known.steps == procedure_steps(list(effective(history)), rulings)
    assert known.intervals == legal_intervals(fold(history), rulings, provider)
    for instant in telling_instants(history, known.steps):
        assert step_at(known.steps, instant) == state_at(history, versions, instant), instant
    for each in telling_days(history, known.intervals):
        assert interval_on(known.intervals, each) == legal_on(history, versions, provider, each), each


@drawn(beginning=beginnings(*STAGES), steps=st.lists(STEPS, min_size=3, max_size=25))
@settings(max_examples=80)
def test_intervals_answer_as_single_questions_do_after_every_command(beginning: Beginning, steps: list[Asked]) -> None:
    contract, now = beginning.contract, beginning.now
    log = Log(contract)
    for step in steps:
        now = step.next_instant(now)
        outcome = contract.decided(step.asking(contract), now, now - step.earlier, "drawn at random")
        if isinstance(outcome.decided, Refused) or not outcome.decided:
            continue
        contract = outcome.done()
        log.grow(contract)
    check(log.timeline, contract.history, contract.policies, beginning.contract.provider or practice())


@drawn(steps=st.lists(st.tuples(GAPS, WITH_A_QUESTIONNAIRE), min_size=4, max_size=25))
@settings(max_examples=50)
def test_intervals_of_several_attempts_answer_as_single_questions_do(steps: list[tuple[timedelta, Asking]]) -> None:
    contract, now = given(), at("2024-09-16")
    log = Log(contract)
    for gap, asking in steps:
        now += gap
        outcome = contract.decided(asking(contract), now, now, "drawn at random")
        if isinstance(outcome.decided, Refused) or not outcome.decided:
            continue
        contract = outcome.done()
        log.grow(contract)
        assert contract.provider is not None
        check(log.timeline, contract.history, contract.policies, contract.provider)


def corrected() -> Given:
    contract = signed("kngf", "skf").when(upload("kngf"), at="2025-03-15").done()
    contract = contract.when(upload("skf"), at="2025-04-15").done()
    contract = contract.when(Publish(), at="2025-04-16").done()
    contract = contract.when(AcceptEvidence(evidence_id="skf-1", registration=keurmerk()), at="2025-05-20").done()
    return contract.when(AcceptEvidence(evidence_id="kngf-1"), at="2025-05-21").done()


def terminated() -> Given:
    contract = corrected().when(Terminate(last_day=day("2025-09-30")), at="2025-08-01").done()
    return contract.when(Unpublish(), at="2025-10-02").done()


def taken_back() -> Given:
    contract = terminated()
    void = CorrectFact(version=contract.version_of(ContractTerminated))
    return contract.when(void, at="2025-11-01").done()


def again() -> Given:
    """Declined, applied for, granted with a questionnaire and signed."""
    contract = offered("prem").when(DECLINE, at="2024-11-01").done()
    contract = contract.when(ReceiveApplication(), at="2025-02-10").done()
    contract = contract.when(DecideApplication(verdicts={"added_value": True}), at="2025-02-20").done()
    contract = contract.when(ConfirmQuestionnaire(answers=answers("prem", "share")), at="2025-03-01").done()
    contract = contract.when(AssessQuestionnaire(), at="2025-03-02").done()
    contract = contract.when(MakeOffer(), at="2025-03-03").done()
    return contract.when(sign(contract), at="2025-03-10").done()


def lapsed() -> Given:
    return given(SENT).when(RecordLapse(), at="2024-10-22").done().when(ReceiveApplication(), at="2025-01-10").done()


def carried_over() -> Given:
    term = {"start": "2024-01-01", "end": "2025-06-30"}
    over = CarryOver.model_validate({"term": term, "external_policy": "caresq-2024", "tier": "C"})
    return given().when(over, at="2024-05-01").done()


def started_by_its_signature() -> Given:
    """The tier was assigned for days that the signature then left out."""
    contract = on_offer(starting("next_quarter_day"), "prem", "kngf")
    contract = contract.when(sign(contract), at="2025-02-10").done()
    contract = contract.when(upload("kngf"), at="2025-02-20").done()
    return contract.when(AcceptEvidence(evidence_id="kngf-1"), at="2025-05-20").done()


def extended_by_an_adoption() -> Given:
    """Recorded two months after the adoption, from which it counts."""
    contract = signed_before("2025-10-01").when(Publish(), at="2025-11-15").done()
    return contract.when(RecordExtension(), at="2025-12-01").done()


def extended_by_notice_and_taken_back() -> Given:
    contract = with_notice().when(ExtendTerm(), at="2025-10-01").done()
    return contract.when(CorrectFact(version=contract.version_of(TermExtended)), at="2025-11-01").done()


LATER_TERMS = [extended_by_an_adoption, extended_by_notice_and_taken_back, started_by_its_signature]
LIVES = [*LATER_TERMS, again, carried_over, corrected, lapsed, taken_back, terminated]


@pytest.mark.parametrize("life", LIVES, ids=[each.__name__ for each in LIVES])
def test_intervals_answer_as_single_questions_do_after_every_fact_of_a_life(life: Callable[[], Given]) -> None:
    whole = life()
    assert whole.provider is not None
    start = replace(whole, history=())
    log = Log(start)
    for length in range(1, len(whole.history) + 1):
        log.grow(replace(whole, history=whole.history[:length]))
        check(log.timeline, whole.history[:length], whole.policies, whole.provider)


def test_where_a_contract_will_stand_is_told_from_an_instant_on() -> None:
    history, policies = offered("prem").history, offered("prem").policies
    rulings, since = rulings_of(policies, FYS), at("2024-10-30")
    ahead = steps_ahead(fold(history), since, rulings)
    assert [(step.at, step.state.status) for step in ahead] == [
        (since, Status.OFFERED),
        (at("2024-11-08T00:00"), Status.OFFER_LAPSED),
    ]
    assert ahead[1] == procedure_steps(history, rulings)[-1]
    concluded = steps_ahead(signed("prem").contract, since, rulings)
    assert [step.state.status for step in concluded] == [Status.SIGNED, Status.ENDED]


def member(since: str, until: str | None) -> Provider:
    """A practice with a physiotherapist who is a member of ParkinsonNet for a while."""
    membership = Membership(
        network="ParkinsonNet", valid_from=day(since), valid_to=None if until is None else day(until)
    )
    return practice(professionals=staff(3, professional(1).model_copy(update={"memberships": (membership,)})))


def test_a_membership_that_ends_ends_selective_purchasing_on_that_day() -> None:
    contract = signed()
    log = Log(contract, member("2025-03-01", "2025-08-31"))
    known = log.timeline
    bought = [(str(each.day_from), each.state.selective) for each in known.intervals if each.state.in_force]
    assert bought == [("2025-01-01", ()), ("2025-03-01", ("parkinson",)), ("2025-09-01", ())]
    log.provider = member("2025-03-01", None)
    known.meet(200)
    check(known, contract.history, contract.policies, member("2025-03-01", None))


def test_a_lapse_is_known_before_it_comes_and_gone_when_a_signature_comes_first() -> None:
    steps = procedure_steps(signed().history[:-1], rulings_of(signed().policies, FYS))
    assert [(step.state.status.value, step.at) for step in steps[-2:]] == [
        ("offered", at("2024-10-15")),
        ("offer_lapsed", at("2024-11-08T00:00")),
    ]
    steps = procedure_steps(signed().history, rulings_of(signed().policies, FYS))
    assert [step.state.status.value for step in steps[-2:]] == ["signed", "ended"]


def test_a_version_that_says_nothing_else_of_the_care_type_is_no_other_ruling() -> None:
    same = adoptions(caresq_two_years(), caresq_two_years(), since=("2024-04-01", "2024-06-01"))
    assert len(rulings_of(same, FYS)) == 1
    other = adoptions(caresq(), caresq_two_years(), since=("2024-04-01", "2024-06-01"))
    assert len(rulings_of(other, FYS)) == 2


def test_an_amended_deadline_holds_from_its_adoption_on() -> None:
    document = caresq_two_years()
    later = document.model_copy(
        update={
            "planning": tuple(
                row.model_copy(update={"day": day("2024-11-20")}) if row.kind.value == "signing" else row
                for row in document.planning
            )
        }
    )
    contract = replace(signed(), history=signed().history[:-1])
    amended = PolicyVersions((*contract.policies.versions, PolicyVersion(50, at("2024-11-10"), "amended", later)))
    known = Log(contract).timeline
    known.rule(rulings_of(amended, FYS), 200)
    told = [(step.state.status.value, step.at) for step in known.steps[-4:]]
    assert told == [
        ("offered", at("2024-10-15")),
        ("offer_lapsed", at("2024-11-08T00:00")),
        ("offered", at("2024-11-10")),
        ("offer_lapsed", at("2024-11-21T00:00")),
    ]
    check(known, contract.history, amended, practice())


def test_a_day_on_which_it_is_neither_in_force_nor_listed_has_no_state() -> None:
    contract: Given = signed()
    intervals = legal_intervals(contract.contract, rulings_of(contract.policies, FYS), contract.provider)
    assert interval_on(intervals, day("2024-11-05")) is None
    assert interval_on(intervals, day("2025-01-01")) is not None

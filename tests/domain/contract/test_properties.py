"""Whatever is asked, in whatever order and however foolish: what must hold of every history."""

from datetime import date, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from domain.calendar import AMSTERDAM, local_day
from domain.contract.agreement import agreed_by, agreement_text, text_sha256
from domain.contract.commands import AcceptEvidence, CorrectFact, MakeOffer, RejectEvidence, Terminate
from domain.contract.contract import fold
from domain.contract.facts import (
    Approached,
    ContractOffered,
    ContractTerminated,
    EvidenceAccepted,
    EvidenceUploaded,
    OfferDeclined,
    OfferLapsed,
    Published,
    QuestionnaireAssessed,
    QuestionnaireConfirmed,
    QuestionnaireLapsed,
    QuestionnaireOpened,
    QuestionnaireSent,
    Registration,
    ReviewDecided,
    Signed,
    TierAssigned,
    Unpublished,
)
from domain.history import FactCorrected, Recorded
from domain.refusal import Refused
from tests.domain.contract.oracle import START, tiers_by_hand
from tests.domain.contract.random_lives import STAGES, STEPS, Beginning, Step, beginnings, live
from tests.given import Given, Outcome, at, keurmerk, signed, upload

END_OF_QUESTIONNAIRE = at("2024-10-21T00:00")
LAST_SIGNING_DAY = date(2024, 11, 7)
PUBLICATION = at("2024-11-12T00:00")
ONCE = (
    Approached,
    QuestionnaireSent,
    QuestionnaireOpened,
    QuestionnaireConfirmed,
    QuestionnaireAssessed,
    ContractOffered,
    Signed,
)


def is_over(contract: Given, now: datetime) -> bool:
    """Whether the attempt ended without a contract, so that nobody asks for its tier any more."""
    state = contract.contract
    if state.declined_at is not None or state.signed_at is not None or state.offer is None:
        return state.declined_at is not None
    return local_day(now) > max(state.offer.last_signing_day, LAST_SIGNING_DAY)


# ------------------------------------------------------------------------------------------- random histories


def last_day(before: tuple[Recorded, ...]) -> date:
    """The last day of the contract as these facts have it, where no correction makes that hard to tell."""
    ends = [each.fact.term.end for each in before if isinstance(each.fact, ContractOffered)]
    ends += [each.fact.last_day for each in before if isinstance(each.fact, ContractTerminated)]
    corrected = any(isinstance(each.fact, FactCorrected) for each in before)
    return date.max if corrected or not ends or ends[-1] is None else ends[-1]


def last_told(before: tuple[Recorded, ...]) -> type | None:
    """What the care finder was told last; a termination taken back brings a second publication."""
    return next((type(each.fact) for each in reversed(before) if isinstance(each.fact, Published | Unpublished)), None)


def check_legal(before: tuple[Recorded, ...], recorded: Recorded, now: datetime) -> None:
    """That one more fact may follow these, by the words of the policy."""
    facts = {type(each.fact) for each in before}
    assert recorded.occurred_at <= now
    assert not (isinstance(recorded.fact, ONCE) and type(recorded.fact) in facts), recorded.fact
    match recorded.fact:
        case QuestionnaireOpened():
            assert QuestionnaireSent in facts
        case QuestionnaireConfirmed():
            assert QuestionnaireSent in facts
            assert recorded.occurred_at < END_OF_QUESTIONNAIRE
        case QuestionnaireAssessed():
            assert QuestionnaireConfirmed in facts
        case TierAssigned():
            assert any(isinstance(each.fact, QuestionnaireAssessed) and each.fact.positive for each in before)
            assert recorded.fact.effective_on == START or recorded.fact.effective_on.day == 1
            assert recorded.fact.effective_on >= START
            assert recorded.fact.effective_on <= last_day(before)
        case EvidenceAccepted(effective_on=date() as first):
            assert first == START or (first.day == 1 and first > START)
            assert first <= last_day(before)
        case ContractOffered():
            assert any(isinstance(each.fact, QuestionnaireAssessed) and each.fact.positive for each in before)
            assert OfferDeclined not in facts
            assert local_day(recorded.occurred_at) <= recorded.fact.last_signing_day
            set_by_person = [each.fact.sign_by for each in before if isinstance(each.fact, ReviewDecided)]
            assert recorded.fact.last_signing_day in [LAST_SIGNING_DAY, *set_by_person]
        case Signed():
            (offer,) = (each.fact for each in before if isinstance(each.fact, ContractOffered))
            assert OfferDeclined not in facts
            assert recorded.occurred_at.astimezone(AMSTERDAM).date() <= offer.last_signing_day
        case Published():
            (signed_at,) = (each.occurred_at for each in before if isinstance(each.fact, Signed))
            assert recorded.occurred_at >= max(PUBLICATION, signed_at)
            assert last_told(before) is not Published
        case Unpublished():
            assert last_told(before) is Published
        case QuestionnaireLapsed():
            assert recorded.occurred_at == END_OF_QUESTIONNAIRE
            assert QuestionnaireConfirmed not in facts
        case OfferLapsed():
            assert {Signed, OfferDeclined}.isdisjoint(facts)
        case _:  # may follow anything
            pass


def check_texts(outcome: Outcome, after: Given) -> None:
    """That every agreement text which this brought can be made anew from the history and has the SHA-256 recorded."""
    current = after.policies.at(outcome.occurred_at)
    assert current is not None
    assert after.provider is not None
    document, practice = outcome.before.kept(current).document, after.provider.record.name
    for number in range(len(outcome.before.history) + 1, len(after.history) + 1):
        fact = after.history[number - 1].fact
        agreed = agreed_by(fold(after.history[:number]), fact)
        assert (agreed is None) == (getattr(fact, "agreement_sha256", None) is None or isinstance(fact, Signed)), fact
        if agreed is not None:
            text = agreement_text(
                after.contract_id, practice, document, tier=agreed.tier, tier_from=agreed.tier_from, term=agreed.term
            )
            assert text_sha256(text) == agreed.sha256, fact


def check_life(beginning: Beginning, steps: list[Step]) -> None:
    for outcome in live(beginning, steps):
        if isinstance(outcome.decided, Refused):
            continue
        after = outcome.done()
        for number in range(len(outcome.before.history), len(after.history)):
            check_legal(after.history[:number], after.history[number], outcome.now)
        check_texts(outcome, after)
        if after.contract.positive and not is_over(after, outcome.now):
            offer = after.contract.offer
            end = beginning.end if offer is None else offer.term.end
            expected = dict(tiers_by_hand(after.history, share_met=beginning.share_met, end=end))
            assert {each: after.tier_on(str(each)) for each in expected} == expected


LIVES = st.lists(STEPS, min_size=20, max_size=40)


@drawn(beginning=beginnings(*STAGES), steps=LIVES)
@settings(max_examples=200, deadline=None)
def test_no_life_is_illegal_and_its_tiers_are_those_worked_out_by_hand(beginning: Beginning, steps: list[Step]) -> None:
    check_life(beginning, steps)


@drawn(beginning=beginnings("assessed", "offered", "signed"), steps=LIVES)
@settings(max_examples=200, deadline=None)
def test_no_late_life_is_illegal_and_its_tiers_are_those_worked_out_by_hand(
    beginning: Beginning, steps: list[Step]
) -> None:
    check_life(beginning, steps)


@pytest.mark.slow
@drawn(beginning=beginnings(*STAGES), steps=st.lists(STEPS, min_size=30, max_size=80))
@settings(max_examples=2_000, deadline=None)
def test_no_long_life_is_illegal(beginning: Beginning, steps: list[Step]) -> None:
    check_life(beginning, steps)


@drawn(beginning=beginnings(*STAGES), steps=LIVES)
@settings(max_examples=200, deadline=None)
def test_a_repeat_of_whatever_was_accepted_changes_nothing(beginning: Beginning, steps: list[Step]) -> None:
    contract, now = beginning.contract, beginning.now
    for step in steps:
        now = step.next_instant(now)
        command = step.asking(contract)
        outcome = contract.decided(command, now, now - step.earlier, "drawn at random")
        if isinstance(outcome.decided, Refused):
            continue
        contract = outcome.done()
        again = contract.decided(command, now, now - step.earlier, "drawn at random")
        if isinstance(command, MakeOffer) and isinstance(again.decided, Refused):
            assert again.decided.code == "REVIEW_OPEN"
        else:
            assert again.decided == []


# --------------------------------------------------------------------------------- the order of checking

SUPPLIES = st.lists(
    st.tuples(
        st.sampled_from(["kngf", "skf"]),
        st.integers(min_value=0, max_value=500),
        st.sampled_from(["right", "right", "wrong", "other label"]),
    ),
    min_size=1,
    max_size=4,
)


def supplied(supplies: list[tuple[str, int, str]], contract: Given) -> tuple[Given, list[tuple[str, str, str]]]:
    """Proofs supplied so many days after signing, and the verdict that each deserves."""
    deserved = []
    for number, (factor, days, verdict) in enumerate(sorted(supplies, key=lambda each: each[1])):
        instant = at("2024-11-02") + timedelta(days=days)
        contract = contract.decided(upload(factor, "0123456789"[number]), instant, instant).done()
        uploaded = contract.history[-1].fact
        assert isinstance(uploaded, EvidenceUploaded)
        deserved.append((uploaded.evidence_id, factor, verdict))
    return contract, deserved


def judged(contract: Given, evidence_id: str, factor: str, verdict: str) -> Given:
    command: AcceptEvidence | RejectEvidence = RejectEvidence(evidence_id=evidence_id, ground="wrong")
    if verdict == "right":
        registration = keurmerk() if factor == "skf" else Registration()
        command = AcceptEvidence(evidence_id=evidence_id, registration=registration)
    elif verdict == "other label":
        registration = Registration(attributes={"label": "Aspirant"})
        command = AcceptEvidence(evidence_id=evidence_id, registration=registration)
    return contract.when(command, at="2026-06-01").done()


def answers_on_every_day(contract: Given) -> list[str | None]:
    return [contract.tier_on(str(START + timedelta(days=number))) for number in range(730)]


@drawn(supplies=SUPPLIES)
@settings(max_examples=40, deadline=None)
def test_the_order_of_checking_never_changes_the_final_timeline(supplies: list[tuple[str, int, str]]) -> None:
    contract, deserved = supplied(supplies, signed("prem", "kngf", "skf"))
    timelines = []
    for order in permutations(deserved):
        checked = contract
        for each in order:
            checked = judged(checked, *each)
        timelines.append(answers_on_every_day(checked))
    assert all(timeline == timelines[0] for timeline in timelines)
    expected = tiers_by_hand(checked.history, share_met=False, end=date(2026, 12, 31))
    assert all(timelines[0][(each - START).days] == tier for each, tier in expected)


# ------------------------------------------------------------------------------------------- corrections


def void(contract: Given, version: int) -> Given:
    return contract.when(CorrectFact(version=version), at="2026-06-02").done()


@drawn(supplies=SUPPLIES, wrong=st.integers(0, 3), after=st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_a_voided_verdict_leaves_the_timeline_of_a_history_without_it(
    supplies: list[tuple[str, int, str]], wrong: int, after: int
) -> None:
    contract, deserved = supplied(supplies, signed("prem", "kngf", "skf"))
    evidence_id, factor, _ = deserved.pop(wrong % len(deserved))
    without = with_it = contract
    version = 0
    for number, each in enumerate([*deserved, None]):
        if number == min(after, len(deserved)):
            with_it = judged(with_it, evidence_id, factor, "right")
            version = with_it.version_of(EvidenceAccepted)
        if each is not None:
            without, with_it = judged(without, *each), judged(with_it, *each)
    voided = void(with_it, version)
    assert answers_on_every_day(voided) == answers_on_every_day(without)
    brought_back = void(voided, len(with_it.history) + 1)
    assert answers_on_every_day(brought_back) == answers_on_every_day(with_it)


@drawn(supplies=SUPPLIES, wrong=st.integers(0, 3), moved=st.integers(0, 500), first=st.none() | st.integers(0, 500))
@settings(max_examples=60, deadline=None)
def test_a_supply_mended_in_time_gives_the_timeline_of_the_true_instant_however_often_it_was_mended(
    supplies: list[tuple[str, int, str]], wrong: int, moved: int, first: int | None
) -> None:
    contract, deserved = supplied(supplies, signed("prem", "kngf", "skf"))
    for each in deserved:
        contract = judged(contract, *each)
    uploads = [each for each in contract.history if isinstance(each.fact, EvidenceUploaded)]
    mended = uploads[wrong % len(uploads)]
    truly = at("2024-11-02") + timedelta(days=moved)
    after = contract
    for days in (moved,) if first is None else (first, moved):
        correction = CorrectFact(
            version=mended.version,
            replacement=mended.fact.model_dump(mode="json"),
            fact_occurred_at=at("2024-11-02") + timedelta(days=days),
        )
        after = after.when(correction, at="2026-06-03").done()
    expected = tiers_by_hand(
        [each._replace(occurred_at=truly) if each.version == mended.version else each for each in contract.history],
        share_met=False,
        end=date(2026, 12, 31),
    )
    answers = answers_on_every_day(after)
    assert all(answers[(each - START).days] == tier for each, tier in expected)


@drawn(supplies=SUPPLIES, days=st.integers(0, 729))
@settings(max_examples=40, deadline=None)
def test_a_voided_termination_leaves_the_timeline_of_a_history_without_it(
    supplies: list[tuple[str, int, str]], days: int
) -> None:
    start = signed("prem", "kngf", "skf")
    without, deserved = supplied(supplies, start)
    for each in deserved:
        without = judged(without, *each)
    with_it, deserved = supplied(supplies, start)
    with_it = with_it.when(Terminate(last_day=START + timedelta(days=days)), at="2026-05-31").done()
    version = len(with_it.history)
    for each in deserved:
        with_it = judged(with_it, *each)
    assert answers_on_every_day(void(with_it, version)) == answers_on_every_day(without)


@drawn(supplies=SUPPLIES, days=st.integers(0, 600), moved=st.integers(0, 600))
@settings(max_examples=60, deadline=None)
def test_a_termination_that_was_moved_leaves_the_timeline_of_the_last_one(
    supplies: list[tuple[str, int, str]], days: int, moved: int
) -> None:
    contract, deserved = supplied(supplies, signed("prem", "kngf", "skf"))
    first, last = (Terminate(last_day=START + timedelta(days=each)) for each in (days, moved))
    twice = contract.when(first, at="2026-05-30").done()
    once = contract.when(last, at="2026-05-31").done()
    for each in deserved:
        twice, once = judged(twice, *each), judged(once, *each)
    for history in (once.history, twice.history):
        for number, recorded in enumerate(history):
            check_legal(history[:number], recorded, at("2026-06-02"))
    twice = twice.when(last, at="2026-06-02").done()
    assert answers_on_every_day(twice)[: moved + 1] == answers_on_every_day(once)[: moved + 1]

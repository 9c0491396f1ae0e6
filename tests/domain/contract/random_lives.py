"""Lives of a contract drawn at random: sensible commands and foolish ones, at instants that never go back."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from hypothesis import strategies as st

from domain.calendar import day_start, first_of_next_month, local_day
from domain.contract.commands import (
    AcceptEvidence,
    Approach,
    AssessQuestionnaire,
    ConfirmQuestionnaire,
    ContractCommand,
    CorrectFact,
    DecideReview,
    DeclineOffer,
    MakeOffer,
    OpenQuestionnaire,
    Publish,
    RecordLapse,
    RejectEvidence,
    RequestReview,
    SaveQuestionnaire,
    Sign,
    Terminate,
    Unpublish,
)
from domain.contract.corrections import CORRECTABLE
from domain.contract.facts import EvidenceUploaded, Registration, ReviewGround, ReviewOutcome
from domain.policy.answers import Answers
from domain.refusal import Refused
from tests.given import (
    SENT,
    Given,
    Outcome,
    adoptions,
    answers,
    assessed,
    at,
    caresq,
    caresq_one_year,
    caresq_two_years,
    confirmed,
    given,
    offered,
    practice,
    professional,
    signed,
    staff,
    upload,
)

Asking = Callable[[Given], ContractCommand]
"""What somebody asks of the contract as it stands then."""


class Step(NamedTuple):
    """After a while, or about when the next month begins, somebody asks something, perhaps about something earlier."""

    after: timedelta
    around_the_first: timedelta | None
    asking: Asking
    earlier: timedelta

    def next_instant(self, now: datetime) -> datetime:
        """When it is asked; instants never go back."""
        if self.around_the_first is None:
            return now + self.after
        return max(now, day_start(first_of_next_month(local_day(now))) + self.around_the_first)


WORLDS = {
    "two years": (adoptions(caresq_two_years()), date(2026, 12, 31)),
    "one year": (adoptions(caresq_one_year()), date(2025, 12, 31)),
    "decided in October": (
        adoptions(caresq(), caresq_two_years(), since=("2024-04-01", "2024-10-25")),
        date(2026, 12, 31),
    ),
}
"""Adopted policies, and the end of the term that they settle on."""

FACTORS = st.sampled_from(["prem", "share", "kngf", "skf"])
PROVABLE = st.sampled_from(["kngf", "skf", "skf", "kngf", "prem"])
CLAIMS = st.lists(FACTORS, unique=True).map(tuple)
ANSWERS = st.builds(
    lambda claims, bureau, honest: answers(*claims, bureau=bureau, declared={} if honest else {"guidelines": False}),
    CLAIMS,
    st.sampled_from(["Meetbureau Alfa", "Meetbureau Alfa", "Bureau Onbekend"]),
    st.sampled_from([True] * 9 + [False]),
)
REGISTRATIONS = st.builds(
    Registration,
    attributes=st.sampled_from([{"label": "Keurmerk"}, {"label": "Keurmerk"}, {"label": "Aspirant"}, {}]),
    valid_from=st.sampled_from([None, None, date(2020, 1, 1), date(2024, 10, 10), date(2025, 3, 1)]),
    valid_to=st.sampled_from([None, None, date(2024, 11, 30), date(2025, 6, 30), date(2030, 1, 1)]),
)
LAST_DAYS = st.dates(min_value=date(2024, 12, 1), max_value=date(2027, 1, 31))
NUMBERS = st.integers(min_value=0, max_value=9)


def _always(command: ContractCommand) -> Asking:
    return lambda _: command


def _evidence(contract: Given, number: int) -> str:
    known = list(contract.contract.evidence) or ["kngf-1"]
    return known[number % len(known)]


def _open_evidence(contract: Given, number: int) -> str:
    waiting = [each.evidence_id for each in contract.contract.evidence.values() if each.open]
    return waiting[number % len(waiting)] if waiting else _evidence(contract, number)


def _review(contract: Given, number: int) -> str:
    known = list(contract.contract.reviews) or ["integrity-1"]
    return known[number % len(known)]


def _sign(contract: Given) -> Sign:
    offer = contract.contract.offer
    text = "0" * 64 if offer is None else offer.agreement_sha256
    return Sign(person_id="p1", certificate_serial="serial-1", agreement_sha256=text)


def _onward(given_answers: Answers) -> Asking:
    """The next step of the route, whatever that is."""

    def asking(contract: Given) -> ContractCommand:
        state = contract.contract
        if state.questionnaire_sent_at is None:
            return Approach()
        if state.confirmed_at is None:
            return ConfirmQuestionnaire(answers=given_answers)
        if state.assessed_at is None:
            return AssessQuestionnaire()
        if state.offer is None:
            return MakeOffer()
        return _sign(contract) if state.signed_at is None else Publish()

    return asking


def _prove(factor: str, content: str, registration: Registration) -> Asking:
    """Supply a proof, or find the one that waits right."""

    def asking(contract: Given) -> ContractCommand:
        waiting = [each.evidence_id for each in contract.contract.evidence.values() if each.open]
        if waiting and contract.contract.confirmed_at is not None:
            return AcceptEvidence(evidence_id=waiting[0], registration=registration)
        return upload(factor, content)

    return asking


def _ask_a_person(ground: ReviewGround, factor: str | None, outcome: ReviewOutcome, sign_by: date | None) -> Asking:
    """Decide what waits for a person, or ask for it."""

    def asking(contract: Given) -> ContractCommand:
        for review in contract.contract.reviews.values():
            if review.outcome is None:
                late = review.ground is ReviewGround.ASSESSED_AFTER_LAST_SIGNING_DAY
                return DecideReview(review_id=review.review_id, outcome=outcome, sign_by=sign_by if late else None)
        return RequestReview(ground=ground, factor=factor)

    return asking


def _end_soon(days: int) -> Asking:
    """End the contract some days after the last proof was supplied."""

    def asking(contract: Given) -> Terminate:
        supplied = [each.supplied_at for each in contract.contract.evidence.values()]
        last = max([*map(local_day, supplied), date(2025, 1, 1)])
        return Terminate(last_day=last + timedelta(days=days))

    return asking


def _correct(number: int, moved_by: timedelta | None) -> Asking:
    """Void what an officer entered, or move a supply in time."""

    def asking(contract: Given) -> CorrectFact:
        entered = [each for each in contract.history if isinstance(each.fact, CORRECTABLE)]
        if not entered:
            return CorrectFact(version=number + 1)
        fact = entered[-1 - number % len(entered)]
        if moved_by is None or not isinstance(fact.fact, EvidenceUploaded):
            return CorrectFact(version=fact.version)
        return CorrectFact(
            version=fact.version,
            replacement=fact.fact.model_dump(mode="json"),
            fact_occurred_at=fact.occurred_at - moved_by,
        )

    return asking


UPLOADS = st.builds(lambda factor, content: _always(upload(factor, content)), PROVABLE, st.sampled_from("0123"))
VERDICTS = st.builds(
    lambda number, registration: (
        lambda contract: AcceptEvidence(evidence_id=_open_evidence(contract, number), registration=registration)
    ),
    NUMBERS,
    REGISTRATIONS,
) | st.builds(
    lambda number: lambda contract: RejectEvidence(evidence_id=_evidence(contract, number), ground="wrong"), NUMBERS
)
PROOFS = st.builds(_prove, st.sampled_from(["kngf", "skf"]), st.sampled_from("012345"), REGISTRATIONS)
REVIEWS = st.builds(
    _ask_a_person,
    st.sampled_from(ReviewGround),
    st.none() | FACTORS,
    st.sampled_from([ReviewOutcome.APPROVED, ReviewOutcome.APPROVED, ReviewOutcome.DISMISSED]),
    st.sampled_from([None, date(2024, 12, 20), date(2025, 1, 10)]),
) | st.builds(
    lambda number, outcome: lambda contract: DecideReview(review_id=_review(contract, number), outcome=outcome),
    NUMBERS,
    st.sampled_from(ReviewOutcome),
)
CORRECTIONS = st.builds(
    _correct, NUMBERS, st.sampled_from([None, None, timedelta(days=20), timedelta(days=45), timedelta(hours=-1)])
)
STEPS_OF_THE_ROUTE = st.one_of(
    st.builds(_onward, ANSWERS),
    st.builds(_onward, ANSWERS),
    st.sampled_from(
        [
            _always(Approach()),
            _always(AssessQuestionnaire()),
            _always(MakeOffer()),
            _sign,
            _always(OpenQuestionnaire()),
            _always(ConfirmQuestionnaire()),
        ]
    ),
    st.builds(lambda given_answers: _always(ConfirmQuestionnaire(answers=given_answers)), ANSWERS),
    st.builds(lambda given_answers: _always(SaveQuestionnaire(answers=given_answers)), ANSWERS),
)
ENDINGS = st.one_of(
    st.builds(lambda last_day: _always(Terminate(last_day=last_day)), LAST_DAYS),
    st.builds(_end_soon, st.integers(0, 90)),
    st.sampled_from(
        [
            _always(DeclineOffer(person_id="p1", certificate_serial="serial-1")),
            _always(RecordLapse()),
            _always(Publish()),
            _always(Unpublish()),
        ]
    ),
)
ASKINGS = st.one_of(
    STEPS_OF_THE_ROUTE, STEPS_OF_THE_ROUTE, PROOFS, PROOFS, PROOFS, UPLOADS, VERDICTS, REVIEWS, CORRECTIONS, ENDINGS
)

GAPS = st.sampled_from(
    [
        timedelta(0),
        timedelta(minutes=1),
        timedelta(hours=1),
        timedelta(hours=7),
        timedelta(days=2),
        timedelta(days=31),
        timedelta(days=200),
    ]
) | st.builds(
    timedelta, hours=st.integers(0, 60), seconds=st.integers(0, 3600), microseconds=st.sampled_from([0, 1, 999_999])
)
EARLIER = st.sampled_from([timedelta(0)] * 12 + [timedelta(hours=3), timedelta(days=4), timedelta(hours=-1)])
EDGES = st.sampled_from(
    [None] * 9 + [timedelta(minutes=-30), timedelta(microseconds=-1), timedelta(0), timedelta(minutes=30)]
)
STEPS = st.builds(Step, GAPS, EDGES, ASKINGS, EARLIER)


class Beginning(NamedTuple):
    """A contract some way along its route, and the instant from which the life goes on."""

    contract: Given
    now: datetime
    share_met: bool
    end: date


def _beginning(
    world: str, stage: str, claims: tuple[str, ...], proven: tuple[str, ...], share_met: bool, hours: int
) -> Beginning:
    policies, end = WORLDS[world]
    specialised = [professional(number, specialised="kinder") for number in range(3 if share_met else 2)]
    nothing = given(policies=policies, provider=practice(professionals=staff(10, *specialised)))
    sent = given(SENT, policies=policies, provider=nothing.provider)
    if stage in ("offered", "signed") and world == "decided in October":
        stage = "assessed"
    reached: dict[str, tuple[Callable[[], Given], str]] = {
        "nothing": (lambda: nothing, "2024-09-15"),
        "sent": (lambda: sent, "2024-09-16T12:00"),
        "confirmed": (lambda: confirmed(*claims, proven=proven, start=sent), "2024-10-10T12:00"),
        "assessed": (lambda: assessed(*claims, start=sent), "2024-10-14T12:00"),
        "offered": (lambda: offered(*claims, start=sent), "2024-10-15T12:00"),
        "signed": (lambda: signed(*claims, start=sent), "2024-11-01T12:00"),
    }
    contract, since = reached[stage]
    return Beginning(contract(), at(since) + timedelta(hours=hours), share_met, end)


STAGES = ("nothing", "sent", "confirmed", "assessed", "offered", "signed")
PROVEN = st.sampled_from([(), ("kngf",), ("skf",), ("kngf", "skf")])


def beginnings(*stages: str) -> st.SearchStrategy[Beginning]:
    """Lives that begin at one of these stages, at once or up to 25 days later."""
    return st.builds(
        _beginning,
        st.sampled_from(sorted(WORLDS)),
        st.sampled_from(stages),
        CLAIMS,
        PROVEN,
        st.booleans(),
        st.sampled_from([0, 0, 0, 100, 600]),
    )


def live(beginning: Beginning, steps: list[Step]) -> list[Outcome]:
    """Ask one thing after the other; the outcomes, the refused ones too."""
    contract, now, outcomes = beginning.contract, beginning.now, []
    for step in steps:
        now = step.next_instant(now)
        outcome = contract.decided(step.asking(contract), now, now - step.earlier, "drawn at random")
        outcomes.append(outcome)
        if not isinstance(outcome.decided, Refused):
            contract = outcome.done()
    return outcomes

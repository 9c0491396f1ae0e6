"""The one write path on a real log: idempotent by id, decided on what really happened, told who and why."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

import application.contracting
from application.contracting import ATTEMPTS, Answer, Contracting
from application.mapper import NewFact
from application.order import Order
from application.ports import Appended, Entry, EventLog, VersionConflict
from domain.contract.commands import (
    AcceptEvidence,
    Approach,
    AssessQuestionnaire,
    ConfirmQuestionnaire,
    ContractCommand,
    DeclineOffer,
    MakeOffer,
    RecordLapse,
    RejectEvidence,
    SaveQuestionnaire,
    Sign,
    Terminate,
)
from domain.contract.contract_id import ContractId
from domain.contract.facts import (
    EvidenceAccepted,
    EvidenceRejected,
    NotApproached,
    OfferDeclined,
    QuestionnaireSaved,
    Signed,
)
from domain.history import Recorded
from domain.policy.answers import Answers
from domain.provider.facts import ProviderRegistered
from domain.refusal import Refused, RefusedError
from infrastructure.bootstrap import open_system
from infrastructure.persistence.factory import LogFactory
from infrastructure.persistence.recorder import LogRecorder
from tests.given import TWO_YEARS, answers, at, day, upload
from tests.round_world import RoundWorld, entry, round_world

FYS = ContractId.parse("caresq/04001234/FYS/2025-2026")
DRAFT = SaveQuestionnaire(answers=answers("kngf"))
OTHER_DRAFT = SaveQuestionnaire(answers=answers("prem"))


def contract_of(number: int) -> ContractId:
    return ContractId.parse(f"caresq/0400{number:04}/FYS/2025-2026")


@contextmanager
def opened(database_url: str) -> Iterator[RoundWorld]:
    """A practice that was approached; it is 1 October 2024."""
    with round_world(database_url) as world:
        world.adopt(str(TWO_YEARS))
        world.register(entry("04001234"))
        world.at("2024-09-16")
        world.act(str(FYS), Approach())
        world.at("2024-10-01")
        yield world


@pytest.fixture
def world(database_url: str) -> Iterator[RoundWorld]:
    """That world on each database in turn."""
    with opened(database_url) as each:
        yield each


@pytest.fixture
def sqlite_world(sqlite_url: str) -> Iterator[RoundWorld]:
    """That world where the database makes no difference."""
    with opened(sqlite_url) as each:
        yield each


def by(command_id: str, reason: str | None = None) -> Order:
    return Order(actor="practice", command_id=command_id, reason=reason)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(RefusedError) as refused:
        act()
    return refused.value.refused.code


def history(world: RoundWorld) -> list[Recorded]:
    return world.contracting.load(FYS).history


def offered(world: RoundWorld) -> str:
    """Bring the contract to an offer of 4 October; the text's SHA-256."""
    for moment, command in (
        ("2024-10-02", ConfirmQuestionnaire(answers=answers("kngf"))),
        ("2024-10-03", AssessQuestionnaire()),
        ("2024-10-04", MakeOffer()),
    ):
        world.at(moment)
        world.act(str(FYS), command)
    return world.offered_sha256(str(FYS))


def sign(text: str) -> Sign:
    return Sign(person_id="p1", certificate_serial="s1", agreement_sha256=text)


DECLINE = DeclineOffer(person_id="p1", certificate_serial="s1")


# -------------------------------------------------------------------------------------------- idempotent by id


def test_the_same_id_and_command_give_the_same_answer_and_no_second_fact(world: RoundWorld) -> None:
    first = world.contracting.act(FYS, DRAFT, by("save-1"))
    again = world.contracting.act(FYS, DRAFT, by("save-1"))
    assert not first.repeated
    assert again == first._replace(repeated=True)
    assert world.facts(str(FYS)) == ["Approached", "QuestionnaireSent", "QuestionnaireSaved"]


def test_the_answer_is_the_same_after_other_commands_and_for_another_process(
    world: RoundWorld, database_url: str
) -> None:
    first = world.contracting.act(FYS, DRAFT, by("save-1"))
    world.contracting.act(FYS, OTHER_DRAFT, by("save-2"))
    world.at("2025-01-01")
    with open_system(database_url, clock=world.clock) as other:
        assert other.contracting.act(FYS, DRAFT, by("save-1")) == first._replace(repeated=True)


def test_an_answer_of_several_facts_is_rebuilt_whole(world: RoundWorld) -> None:
    offered(world)
    assess = next(each for each in history(world) if each.fact.stored_name == "QuestionnaireAssessed").envelope()
    again = world.contracting.act(FYS, AssessQuestionnaire(), by(assess.command_id))
    assert [type(fact).__name__ for fact in again.facts] == [
        "QuestionnaireAssessed",
        "EvidenceRejected",
        "TierAssigned",
    ]
    assert again.repeated


def test_another_command_under_the_same_id_is_refused(world: RoundWorld) -> None:
    world.contracting.act(FYS, DRAFT, by("save-1"))
    assert refusal(lambda: world.contracting.act(FYS, OTHER_DRAFT, by("save-1"))) == "COMMAND_ID_REUSED"
    assert refusal(lambda: world.contracting.act(FYS, RecordLapse(), by("save-1"))) == "COMMAND_ID_REUSED"
    assert len(history(world)) == 3


def test_an_id_that_contains_another_is_another_id(world: RoundWorld) -> None:
    world.contracting.act(FYS, DRAFT, by("save-1"))
    assert not world.contracting.act(FYS, OTHER_DRAFT, by("save-")).repeated
    assert not world.contracting.act(FYS, DRAFT, by("save-10")).repeated


def test_a_refusal_stores_nothing_and_is_decided_anew(world: RoundWorld) -> None:
    head = world.head()
    incomplete = ConfirmQuestionnaire(answers=Answers())
    assert refusal(lambda: world.contracting.act(FYS, incomplete, by("confirm-1"))) == "QUESTIONNAIRE_INCOMPLETE"
    assert world.head() == head
    assert world.contracting.act(FYS, ConfirmQuestionnaire(answers=answers()), by("confirm-1")).facts


def test_a_command_that_changes_nothing_stores_nothing(world: RoundWorld) -> None:
    head = world.head()
    answer = world.contracting.act(FYS, Approach(), by("again"))
    assert answer == Answer(FYS, (), 2, history(world)[-1].position)
    assert world.head() == head


@drawn(command_id=st.text(min_size=1, max_size=30).filter(lambda text: text.isprintable() or "\n" in text))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_an_id(sqlite_world: RoundWorld, command_id: str) -> None:
    sqlite_world.contracting.act(FYS, DRAFT, by("before" + command_id))
    first = sqlite_world.contracting.act(FYS, OTHER_DRAFT, by(command_id))
    again = sqlite_world.contracting.act(FYS, OTHER_DRAFT, by(command_id))
    assert (again.repeated, again.facts[0]) == (True, first.facts[0]) if first.facts else not again.facts
    sqlite_world.contracting.act(FYS, DRAFT, by("after" + command_id))


# ---------------------------------------------------------------------------------------------- many at once


def at_once(count: int, act: Callable[[int], Answer | str]) -> list[Answer | str]:
    with ThreadPoolExecutor(max_workers=16) as pool:
        return list(pool.map(act, range(count)))


def test_fifty_equal_commands_at_once_bring_one_fact_and_forty_nine_repeats(
    world: RoundWorld, database_url: str
) -> None:
    with open_system(database_url, clock=world.clock) as other:
        doors = (world.contracting, other.contracting)
        found = at_once(50, lambda number: doors[number % 2].act(FYS, DRAFT, by("save-1")))
    told = [answer for answer in found if isinstance(answer, Answer)]
    assert sorted(answer.repeated for answer in told) == [False] + [True] * 49
    assert all(answer._replace(repeated=False) == told[0]._replace(repeated=False) for answer in told)
    assert world.facts(str(FYS)).count("QuestionnaireSaved") == 1


def test_different_commands_at_once_lose_nothing(world: RoundWorld) -> None:
    def save(number: int) -> Answer | str:
        draft = SaveQuestionnaire(answers=Answers(declared={"guidelines": bool(number % 2)}))
        try:
            return world.contracting.act(FYS, draft, by(f"save-{number}"))
        except VersionConflict:
            return f"save-{number}"

    found = at_once(24, save)
    versions = [each.version for each in found if isinstance(each, Answer) and each.facts]
    assert len(set(versions)) == len(versions)
    assert world.facts(str(FYS)).count("QuestionnaireSaved") == len(versions)


def test_processes_that_start_at_once_know_each_version_of_the_policy_once(
    world: RoundWorld, database_url: str
) -> None:
    with open_system(database_url, clock=world.clock) as fresh:
        at_once(16, lambda number: fresh.contracting.act(FYS, DRAFT, by(f"save-{number % 2}")))
        versions = fresh.contracting.load(FYS).policies.versions
    assert [version.position for version in versions] == sorted({version.position for version in versions})
    assert len(versions) == 2


# -------------------------------------------------------------------------- another writer was first


class Interrupted:
    """A real log on which somebody else does something just before each of the next appends."""

    def __init__(self, log: LogRecorder, *others: Callable[[], object]) -> None:
        self._log = log
        self._others = list(others)
        self.appends = 0

    def append(self, entries: Sequence[Entry], *, now: int) -> Appended:
        self.appends += 1
        if self._others:
            self._others.pop(0)()
        return self._log.append(entries, now=now)

    def __getattr__(self, name: str) -> object:
        return getattr(self._log, name)


@contextmanager
def interrupted(world: RoundWorld, *others: Callable[[], object]) -> Iterator[tuple[Contracting, Interrupted]]:
    """A second process on the same log, interrupted by the first."""
    log = Interrupted(world.system.log, *others)
    port: EventLog = log  # type: ignore[assignment]
    yield Contracting(LogFactory(world.system.log), port, world.clock), log


def test_who_signs_while_another_declines_is_told_that_it_was_declined(world: RoundWorld) -> None:
    text = offered(world)
    with interrupted(world, lambda: world.contracting.act(FYS, DECLINE, by("decline"))) as (second, log):
        assert refusal(lambda: second.act(FYS, sign(text), by("sign"))) == "OFFER_DECLINED"
    assert log.appends == 1
    names = world.facts(str(FYS))
    assert (names.count(OfferDeclined.__name__), names.count(Signed.__name__)) == (1, 0)


def test_who_declines_while_another_signs_is_told_that_it_was_signed(world: RoundWorld) -> None:
    text = offered(world)
    with interrupted(world, lambda: world.contracting.act(FYS, sign(text), by("sign"))) as (second, _):
        assert refusal(lambda: second.act(FYS, DECLINE, by("decline"))) == "ALREADY_SIGNED"
    names = world.facts(str(FYS))
    assert (names.count(OfferDeclined.__name__), names.count(Signed.__name__)) == (0, 1)


def test_of_two_reviewers_one_wins_and_the_other_is_told(world: RoundWorld) -> None:
    world.act(str(FYS), upload("kngf"))
    offered(world)
    accept = AcceptEvidence(evidence_id="kngf-1")
    reject = RejectEvidence(evidence_id="kngf-1", ground="wrong practice")
    with interrupted(world, lambda: world.contracting.act(FYS, accept, by("accept"))) as (second, _):
        assert refusal(lambda: second.act(FYS, reject, by("reject", "seen"))) == "EVIDENCE_ALREADY_JUDGED"
    names = world.facts(str(FYS))
    assert (names.count(EvidenceAccepted.__name__), names.count(EvidenceRejected.__name__)) == (1, 0)


def test_the_same_verdict_of_two_reviewers_is_one_fact(world: RoundWorld) -> None:
    world.act(str(FYS), upload("kngf"))
    offered(world)
    accept = AcceptEvidence(evidence_id="kngf-1")
    with interrupted(world, lambda: world.contracting.act(FYS, accept, by("first"))) as (second, _):
        answer = second.act(FYS, accept, by("second"))
    assert (answer.facts, answer.repeated) == ((), False)
    assert world.facts(str(FYS)).count(EvidenceAccepted.__name__) == 1


def test_a_repeat_that_lost_the_race_gets_the_winners_answer(world: RoundWorld) -> None:
    won: list[Answer] = []
    with interrupted(world, lambda: won.append(world.contracting.act(FYS, DRAFT, by("save-1")))) as (second, _):
        lost = second.act(FYS, DRAFT, by("save-1"))
    assert [lost] == [won[0]._replace(repeated=True)]


def test_what_was_first_decided_otherwise_is_decided_on_the_new_state(world: RoundWorld) -> None:
    with interrupted(world, lambda: world.contracting.act(FYS, OTHER_DRAFT, by("other"))) as (second, log):
        answer = second.act(FYS, DRAFT, by("mine"))
    assert log.appends == 2
    assert (answer.version, answer.facts) == (4, (QuestionnaireSaved(answers=DRAFT.answers),))


def test_the_instant_stays_that_of_the_command_however_often_it_is_decided(world: RoundWorld) -> None:
    begun = world.clock.now()

    def meanwhile() -> None:
        world.at("2024-10-01T12:00:00.500000")
        world.contracting.act(FYS, OTHER_DRAFT, by("other"))

    with interrupted(world, meanwhile) as (second, _):
        second.act(FYS, DRAFT, by("mine"))
    last = history(world)[-1]
    assert last.occurred_at == begun
    assert last.recorded_at > begun


def test_a_command_is_decided_at_most_five_times(world: RoundWorld) -> None:
    def another(number: int) -> Callable[[], object]:
        draft = SaveQuestionnaire(answers=Answers(declared={"guidelines": bool(number % 2)}))
        return lambda: world.contracting.act(FYS, draft, by(f"other-{number}"))

    with (
        interrupted(world, *(another(number) for number in range(ATTEMPTS))) as (second, log),
        pytest.raises(VersionConflict, match="was changed by others 5 times in a row; try again"),
    ):
        second.act(FYS, DRAFT, by("mine"))
    assert log.appends == ATTEMPTS == 5
    assert all(each.envelope().command_id != "mine" for each in history(world))


# ------------------------------------------------------------------------------------------- the envelope


def test_the_envelope_tells_who_asked_for_whom_why_and_under_which_id(sqlite_world: RoundWorld) -> None:
    order = Order("officer", "batch-7/1", "caresq", "post van 3 maart", None, "batch-7", "mail/12@4")
    sqlite_world.contracting.act(FYS, ConfirmQuestionnaire(answers=answers("kngf")), order)
    found = history(sqlite_world)[-1].envelope()
    assert (found.actor, found.on_behalf_of, found.reason) == ("officer", "caresq", "post van 3 maart")
    assert (found.command_id, found.correlation_id, found.causation_id) == ("batch-7/1", "batch-7", "mail/12@4")
    assert len(found.command_digest) == 32


def test_a_command_correlates_by_its_own_id_unless_told_otherwise(sqlite_world: RoundWorld) -> None:
    sqlite_world.contracting.act(FYS, DRAFT, by("save-1"))
    assert history(sqlite_world)[-1].envelope().correlation_id == "save-1"


def test_the_facts_that_follow_name_the_first_as_their_cause(sqlite_world: RoundWorld) -> None:
    offered(sqlite_world)
    by_command: dict[str, list[Recorded]] = {}
    for each in history(sqlite_world):
        by_command.setdefault(each.envelope().command_id, []).append(each)
    several = [each for each in by_command.values() if len(each) > 1]
    assert several
    for first, *others in several:
        assert first.envelope().causation_id is None
        assert {each.envelope().causation_id for each in others} == {first.event_id}
        assert {each.recorded_at for each in (first, *others)} == {first.recorded_at}


def test_the_envelope_names_the_policy_and_the_state_of_the_practice_that_decided(sqlite_world: RoundWorld) -> None:
    positions = [version.position for version in sqlite_world.contracting.load(FYS).policies.versions]
    sqlite_world.contracting.act(FYS, DRAFT, by("save-1"))
    found = history(sqlite_world)[-1].envelope()
    assert found.policy_position == positions[-1]
    provider = sqlite_world.contracting.load(FYS).provider
    assert provider is not None
    assert found.provider_version == provider.version


def test_a_signed_contract_is_decided_under_the_version_of_its_offer(sqlite_world: RoundWorld) -> None:
    text = offered(sqlite_world)
    sqlite_world.contracting.act(FYS, sign(text), by("sign"))
    kept = history(sqlite_world)[-1].envelope().policy_position
    sqlite_world.at("2024-12-01")
    sqlite_world.adopt("caresq-2025-fys-term")
    assert len(sqlite_world.contracting.load(FYS).policies.versions) == 3
    sqlite_world.act(str(FYS), Terminate(last_day=day("2026-06-30")), "asked by letter")
    assert history(sqlite_world)[-1].envelope().policy_position == kept


def test_the_version_in_force_when_it_happened_decides_and_not_a_later_one(sqlite_world: RoundWorld) -> None:
    sqlite_world.at("2024-10-05")
    sqlite_world.adopt("caresq-2025-fys-term")
    before, now = (version.position for version in sqlite_world.contracting.load(FYS).policies.versions[-2:])
    earlier = Order("officer", "mail-1", reason="arrived by post", occurred_at=at("2024-10-04"))
    sqlite_world.contracting.act(FYS, upload("kngf"), earlier)
    sqlite_world.contracting.act(FYS, upload("skf"), by("portal-1"))
    assert [each.envelope().policy_position for each in history(sqlite_world)[-2:]] == [before, now]


def test_a_lapse_is_recorded_at_the_deadline_and_known_from_now(sqlite_world: RoundWorld) -> None:
    now = sqlite_world.at("2024-10-25T09:00")
    sqlite_world.contracting.act(FYS, RecordLapse(), by("tick"))
    lapse = history(sqlite_world)[-1]
    assert (lapse.occurred_at, lapse.recorded_at) == (at("2024-10-21T00:00"), now)


def test_an_entry_of_an_earlier_instant_keeps_both(sqlite_world: RoundWorld) -> None:
    order = Order("officer", "mail-1", reason="arrived by post", occurred_at=at("2024-09-20"))
    sqlite_world.contracting.act(FYS, upload("kngf"), order)
    entered = history(sqlite_world)[-1]
    assert (entered.occurred_at, entered.recorded_at) == (at("2024-09-20"), at("2024-10-01"))


# ---------------------------------------------------------------------------------------- before any rule


def test_a_contract_that_no_adopted_policy_knows_is_refused(sqlite_world: RoundWorld) -> None:
    for text in ("caresq/04001234/FYS/2026", "asr/04001234/FYS/2025-2026"):
        contract_id = ContractId.parse(text)
        assert refusal(lambda: sqlite_world.contracting.act(contract_id, Approach(), by("x"))) == "POLICY_NOT_ADOPTED"  # noqa: B023


def test_nothing_is_decided_about_a_day_before_the_policy(sqlite_world: RoundWorld) -> None:
    early = Order("officer", "early", reason="a letter", occurred_at=at("2024-03-31"))
    assert refusal(lambda: sqlite_world.contracting.act(FYS, upload("kngf"), early)) == "POLICY_NOT_IN_FORCE"


# --------------------------------------------------------------------------------------- many contracts


def approach_all(world: RoundWorld, count: int) -> list[tuple[ContractId, ContractCommand, Order]]:
    world.register(*(entry(f"0400{number:04}", certified=number % 3 != 0) for number in range(count)))
    return [(contract_of(number), Approach(), by(f"round/{contract_of(number)}")) for number in range(count)]


def test_new_streams_are_begun_in_one_commit(world: RoundWorld) -> None:
    wanted = approach_all(world, 7)
    found = world.contracting.begin_all(wanted)
    facts = [answer.facts[0] for answer in found if isinstance(answer, Answer)]
    assert [isinstance(fact, NotApproached) for fact in facts] == [number % 3 == 0 for number in range(7)]
    commits = {world.contracting.load(contract_id).history[0].recorded_at for contract_id, _, _ in wanted}
    assert len(commits) == 1


def test_a_round_again_answers_the_same_and_changes_nothing(world: RoundWorld) -> None:
    wanted = approach_all(world, 7)
    first = world.contracting.begin_all(wanted)
    head = world.head()
    again = world.contracting.begin_all(wanted)
    assert world.head() == head
    for before, after in zip(first, again, strict=True):
        assert isinstance(before, Answer)
        assert isinstance(after, Answer)
        assert (after.facts, after.version, after.repeated) == (before.facts, before.version, True)


def test_one_that_is_refused_is_told_and_the_others_go_on(world: RoundWorld) -> None:
    wanted = approach_all(world, 3)
    unregistered = contract_of(999)
    found = world.contracting.begin_all([wanted[1], (unregistered, Approach(), by("x")), wanted[2]])
    assert [isinstance(each, Refused) for each in found] == [False, True, False]
    assert world.facts(str(contract_of(2)))[0] == "Approached"


def test_an_id_used_for_another_command_is_told_and_the_others_go_on(world: RoundWorld) -> None:
    wanted = approach_all(world, 3)
    world.contracting.act(FYS, DRAFT, by("save-1"))
    found = world.contracting.begin_all([(FYS, OTHER_DRAFT, by("save-1")), wanted[1]])
    assert isinstance(found[0], Refused)
    assert (found[0].code, isinstance(found[1], Answer)) == ("COMMAND_ID_REUSED", True)


def test_after_a_conflict_the_round_goes_on_one_by_one(world: RoundWorld) -> None:
    wanted = approach_all(world, 5)
    first_of_all = wanted[1]
    with interrupted(world, lambda: world.contracting.act(*first_of_all)) as (second, log):
        found = second.begin_all(wanted)
    assert [isinstance(each, Answer) and each.repeated for each in found] == [False, True, False, False, False]
    assert log.appends == 1 + 4
    for contract_id, _, _ in wanted:
        assert len(world.facts(str(contract_id))) in (1, 2)


def test_practices_that_memory_forgot_in_between_are_still_known(
    world: RoundWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = approach_all(world, 6)
    world.contracting.begin_all(wanted[3:])
    monkeypatch.setattr(application.contracting, "PROVIDERS_KEPT", 2)
    loaded = world.contracting.load_all([contract_id for contract_id, _, _ in wanted])
    assert [each.provider is not None and each.provider.record.agb for each in loaded] == [
        contract_id.agb for contract_id, _, _ in wanted
    ]
    again = world.contracting.providers("caresq", [contract_id.agb for contract_id, _, _ in wanted])
    assert len(again) == 6


def test_what_is_no_new_fact_is_named_and_nothing_is_saved(sqlite_world: RoundWorld) -> None:
    head = sqlite_world.head()
    fact = NewFact("provider/04001234", 1, ProviderRegistered(record=entry("04001234").record), 0, b"{}")

    with pytest.raises(TypeError, match="only a NewFact can be saved, found Approach"):
        sqlite_world.contracting.save(fact, Approach())

    assert sqlite_world.head() == head

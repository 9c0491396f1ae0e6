"""Several attempts in one stream: at most one in force on a day, tiers and evidence count within their own."""

from domain.calendar import Term, last_instant
from domain.care_type import CareType
from domain.contract.commands import (
    Approach,
    AssessQuestionnaire,
    CarryOver,
    ConfirmQuestionnaire,
    CorrectFact,
    DecideApplication,
    MakeOffer,
    Publish,
    ReceiveApplication,
    Terminate,
)
from domain.contract.facts import (
    ApplicationReceived,
    ApplicationRefused,
    ContractCarriedOver,
    ContractTerminated,
    NotApproached,
    OfferLapsed,
    QuestionnaireLapsed,
    ReviewRequested,
    Unpublished,
)
from domain.contract.standing import Status, deadlines_of, legal_position, listed, listed_from, status
from tests.given import (
    SENT,
    Given,
    answers,
    asr,
    at,
    at_asr,
    caresq_two_years,
    day,
    declared,
    given,
    practice,
    sign,
    signed,
)

APPLY = ReceiveApplication()
GRANT = DecideApplication(verdicts={"added_value": True})
PUBLICATION = at("2024-11-12T00:00")


def lapsed_and_applied() -> Given:
    """A dietitian's offer of August lapsed in November; applied on 10 February, granted, signed on 1 March 2025."""
    contract = given(care_type=CareType.DIE).when(Approach(), at="2024-08-28").done()
    applied = contract.when(APPLY, at="2025-02-10").brings(OfferLapsed, ApplicationReceived, ReviewRequested)
    granted = applied.when(GRANT, at="2025-02-20").done()
    return granted.when(sign(granted, declared(caresq_two_years(), CareType.DIE)), at="2025-03-01").done()


def terminated_and_applied() -> Given:
    """Signed with tier D, ended on 30 June 2025; applied in July, in force again from August with tier E."""
    ended = signed("prem").when(Terminate(last_day=day("2025-06-30")), at="2025-05-01").done()
    applied = ended.when(APPLY, at="2025-07-10").brings(ApplicationReceived, ReviewRequested)
    sent = applied.when(GRANT, at="2025-07-12").done()
    filled_in = sent.when(ConfirmQuestionnaire(answers=answers()), at="2025-07-14").done()
    offered = filled_in.when(AssessQuestionnaire(), at="2025-07-16").done().when(MakeOffer(), at="2025-07-17").done()
    return offered.when(sign(offered), at="2025-07-18").done()


def test_after_a_lapse_an_application_opens_a_second_attempt() -> None:
    contract = lapsed_and_applied().contract
    assert (contract.attempt, [each.attempt for each in contract.past]) == (2, [1])
    assert contract.term == Term(start=day("2025-03-01"), end=day("2026-12-31"))


def test_a_lapse_that_no_tick_recorded_is_recorded_with_the_application() -> None:
    contract = given(SENT).when(APPLY, at="2024-11-01")
    contract.brings(QuestionnaireLapsed, ApplicationReceived, ReviewRequested)


def test_each_attempt_answers_for_its_own_days() -> None:
    contract = terminated_and_applied().contract
    answered = {
        text: legal_position(contract, day(text)) for text in ("2025-06-30", "2025-07-01", "2025-07-31", "2025-08-01")
    }
    assert {text: (each.in_force, each.tier.tier if each.tier else None) for text, each in answered.items()} == {
        "2025-06-30": (True, "D"),
        "2025-07-01": (False, None),
        "2025-07-31": (False, None),
        "2025-08-01": (True, "E"),
    }


def test_at_most_one_attempt_is_in_force_on_a_day() -> None:
    contract = terminated_and_applied().contract
    for month in range(1, 13):
        assert sum(each.in_force(day(f"2025-{month:02}-28")) for each in contract.attempts) <= 1


def test_tiers_and_evidence_count_within_their_attempt() -> None:
    contract = terminated_and_applied().contract
    assert [each.tier for each in contract.assignments] == ["E"]
    assert [each.tier for each in contract.past[0].assignments] == ["D"]


def test_the_care_finder_shows_each_attempt_while_it_is_in_force() -> None:
    contract = terminated_and_applied().contract
    shown = {text: listed(contract, PUBLICATION, last_instant(day(text))) for text in ("2025-06-30", "2025-07-01")}
    assert shown == {"2025-06-30": True, "2025-07-01": False}
    assert listed(contract, PUBLICATION, at("2025-07-18"))
    assert listed_from(contract, PUBLICATION) == at("2025-07-18")


def test_while_the_contract_still_runs_no_second_attempt_begins() -> None:
    ended = signed("prem").when(Terminate(last_day=day("2025-06-30")), at="2025-05-01").done()
    ended.when(APPLY, at="2025-06-30").brings(ApplicationReceived, ApplicationRefused)


def test_a_second_attempt_first_takes_the_first_from_the_care_finder() -> None:
    told = signed("prem").when(Publish(), at="2024-11-12").done()
    ended = told.when(Terminate(last_day=day("2025-06-30")), at="2025-05-01").done()
    ended.when(APPLY, at="2025-07-10").brings(Unpublished, ApplicationReceived, ReviewRequested)


def test_a_contract_that_ended_before_it_began_leaves_the_way_open() -> None:
    contract = signed("prem").when(Terminate(last_day=day("2025-01-01")), at="2024-12-01").done()
    contract.when(APPLY, at="2025-01-02").brings(ApplicationReceived, ReviewRequested)


def test_a_fact_of_an_earlier_attempt_is_not_corrected_any_more() -> None:
    contract = terminated_and_applied()
    void = CorrectFact(version=contract.version_of(ContractTerminated))
    contract.when(void, at="2025-09-01").refused("EARLIER_ATTEMPT")


def test_an_application_that_was_refused_leaves_its_status() -> None:
    no = DecideApplication(verdicts={"added_value": False})
    contract = given(care_type=CareType.ERG).when(APPLY, at="2024-11-15").done()
    assert standing(contract, "2024-11-16") is Status.APPLICATION_RECEIVED
    assert standing(contract.when(no, at="2024-11-20").done(), "2024-11-21") is Status.APPLICATION_REFUSED


def standing(contract: Given, moment: str) -> Status:
    document = contract.policies.versions[0].document
    return status(
        contract.contract, deadlines_of(contract.contract, document, contract.contract_id.care_type), at(moment)
    )


# ------------------------------------------------------------------------------------------------------- carried over

FOOT_CARE = CarryOver(
    term=Term(start=day("2024-01-01"), end=day("2025-12-31")), external_policy="caresq-2024", tier=None
)


def carried_over(command: CarryOver = FOOT_CARE) -> Given:
    provider = practice(CareType.VOET, contracted=())
    contract = given(care_type=CareType.VOET, provider=provider)
    return contract.when(command, at="2024-06-01").brings(ContractCarriedOver)


def test_a_contract_from_before_this_system_runs_as_it_was_agreed() -> None:
    contract = carried_over()
    assert [contract.contract.in_force(day(each)) for each in ("2024-01-01", "2025-12-31", "2026-01-01")] == [
        True,
        True,
        False,
    ]
    assert standing(contract, "2025-06-01") is Status.CARRIED_OVER
    assert standing(contract, "2026-01-01") is Status.ENDED
    assert listed(contract.contract, PUBLICATION, at("2024-06-01"))


def test_its_tier_holds_from_its_start() -> None:
    contract = carried_over(FOOT_CARE.model_copy(update={"tier": "B"}))
    position = legal_position(contract.contract, day("2025-06-01"))
    assert position.tier is not None
    assert (position.tier.tier, position.tier.effective_on) == ("B", day("2024-01-01"))


def test_a_second_import_changes_nothing_and_another_one_is_refused() -> None:
    carried_over().when(FOOT_CARE, at="2024-06-02").nothing()
    carried_over().when(FOOT_CARE.model_copy(update={"tier": "C"}), at="2024-06-02").refused("ALREADY_BEGUN")


def test_nothing_is_carried_over_into_a_procedure() -> None:
    given(SENT).when(FOOT_CARE, at="2024-10-01").refused("ALREADY_BEGUN")


def test_the_round_tells_that_a_carried_over_contract_runs_on() -> None:
    contract = carried_over().when(Approach(), at="2024-08-28").brings(NotApproached)
    assert [each.code for each in contract.contract.not_approached] == ["RUNNING_MULTI_YEAR"]
    assert standing(contract, "2024-09-01") is Status.CARRIED_OVER
    contract.when(Approach(), at="2024-08-29").nothing()


def test_a_carried_over_contract_that_ends_before_the_year_gets_no_offer_either() -> None:
    early = CarryOver(term=Term(start=day("2024-01-01"), end=day("2024-12-31")), external_policy="caresq-2024")
    contract = carried_over(early).when(Approach(), at="2024-08-28").brings(NotApproached)
    assert [each.code for each in contract.contract.not_approached] == ["NO_ROUND"]


def test_a_carried_over_contract_can_be_terminated_and_corrected() -> None:
    contract = carried_over().when(Terminate(last_day=day("2024-12-31")), at="2024-10-01").brings(ContractTerminated)
    assert not contract.contract.in_force(day("2025-01-01"))
    contract.when(APPLY, at="2025-01-10").brings(ApplicationReceived, ReviewRequested)
    carried_over().when(Terminate(last_day=day("2026-01-01")), at="2024-10-01").refused("OUTSIDE_TERM")
    replacement = {"term": {"start": "2024-01-01", "end": "2024-06-30"}, "external_policy": "caresq-2024", "tier": None}
    mended = carried_over().when(CorrectFact(version=1, replacement=replacement), at="2024-10-01").done()
    assert mended.contract.term == Term(start=day("2024-01-01"), end=day("2024-06-30"))


def test_a_person_can_not_let_a_second_attempt_start_within_the_first() -> None:
    offered = at_asr(CareType.FYS, "claims@2024=0").when(Approach(), at="2023-09-15").done()
    first = offered.when(sign(offered, declared(asr(), CareType.FYS)), at="2023-10-01").done()
    ended = first.when(Terminate(last_day=day("2024-06-30")), at="2024-05-01").done()
    applied = ended.when(APPLY, at="2024-07-05").done()
    granted = applied.when(DecideApplication(start=day("2024-05-01")), at="2024-07-08").done()
    assert granted.contract.offer is not None
    assert granted.contract.offer.term.start == day("2024-07-01")

"""Where the procedure stands at an instant, and what holds in law on a day: never the same question."""

from dataclasses import replace

import pytest

from domain.calendar import Term, local_day
from domain.care_type import CareType
from domain.contract.commands import (
    AcceptEvidence,
    Approach,
    AssessQuestionnaire,
    ConfirmQuestionnaire,
    DecideApplication,
    DecideReview,
    DeclineOffer,
    MakeOffer,
    Publish,
    ReceiveApplication,
    Terminate,
)
from domain.contract.facts import ReviewGround, ReviewOutcome, ReviewRequested
from domain.contract.standing import (
    ClaimsStanding,
    Deadlines,
    Status,
    claims_standing,
    deadlines_of,
    legal_position,
    listed,
    listed_from,
    status,
    timeline_of,
)
from domain.policy.document import PolicyDocument
from tests.given import (
    SENT,
    Given,
    answers,
    asr,
    assessed,
    at,
    at_asr,
    caresq,
    caresq_two_years,
    confirmed,
    day,
    declared,
    given,
    keurmerk,
    offered,
    on,
    practice,
    sign,
    signed,
    upload,
)

DECLINE = DeclineOffer(person_id="p1", certificate_serial="serial-1")
PUBLICATION = at("2024-11-12T00:00")


def negative() -> Given:
    confirm = ConfirmQuestionnaire(answers=answers(declared={"guidelines": False}))
    contract = given(SENT).when(confirm, at="2024-10-10").done()
    return contract.when(AssessQuestionnaire(), at="2024-10-14").done()


def terminated() -> Given:
    return signed().when(Terminate(last_day=day("2025-06-30")), at="2025-05-01").done()


def stands(contract: Given, moment: str) -> Status:
    deadlines = deadlines_of(contract.contract, caresq_two_years(), contract.contract_id.care_type)
    return status(contract.contract, deadlines, at(moment))


@pytest.mark.parametrize(
    ("contract", "moment", "expected"),
    [
        (given(), "2024-09-15", Status.NO_PROCEDURE),
        (given(provider=practice(certificates=())).when(Approach(), at="2024-09-16").done(), "2024-09-17",
         Status.NOT_APPROACHED),
        (given(SENT), "2024-10-20T23:59:59", Status.QUESTIONNAIRE_OPEN),
        (given(SENT), "2024-10-21T00:00", Status.QUESTIONNAIRE_LAPSED),
        (confirmed(), "2024-10-21T00:00", Status.CONFIRMED),
        (negative(), "2024-10-15", Status.ASSESSED_NEGATIVE),
        (assessed(), "2024-10-15", Status.ASSESSED),
        (assessed(start=given(SENT, policy=caresq())).when(MakeOffer(), at="2024-10-15").done(), "2024-10-16",
         Status.OFFER_WITHHELD),
        (offered(), "2024-11-07T23:59:59", Status.OFFERED),
        (offered(), "2024-11-08T00:00", Status.OFFER_LAPSED),
        (offered().when(DECLINE, at="2024-11-01").done(), "2024-11-08T00:00", Status.OFFER_DECLINED),
        (signed(), "2024-11-08T00:00", Status.SIGNED),
        (signed(), "2026-12-31T23:59:59.999999", Status.SIGNED),
        (signed(), "2027-01-01T00:00", Status.ENDED),
        (terminated(), "2025-06-30T23:59:59", Status.SIGNED),
        (terminated(), "2025-07-01T00:00", Status.ENDED),
    ],
)  # fmt: skip
def test_the_procedure_stands_where_deadlines_have_brought_it(contract: Given, moment: str, expected: Status) -> None:
    assert stands(contract, moment) is expected


def test_what_waits_for_a_person_before_the_questionnaire_is_said_so() -> None:
    review = ReviewRequested(review_id="integrity-1", ground=ReviewGround.INTEGRITY)
    waiting = given(on("2024-09-16", review))
    assert stands(waiting, "2024-09-17") is Status.AWAITS_REVIEW
    cleared = waiting.when(DecideReview(review_id="integrity-1", outcome=ReviewOutcome.APPROVED), at="2024-09-17")
    assert stands(cleared.done(), "2024-09-18") is Status.NO_PROCEDURE


def test_the_tier_in_law_is_absent_while_the_contract_is_not_in_force() -> None:
    contract = signed("prem").contract
    before, within, after = (legal_position(contract, day(each)) for each in ("2024-12-31", "2025-01-01", "2027-01-01"))
    assert (before.concluded, before.in_force, before.tier) == (True, False, None)
    assert within.tier is not None
    assert (within.in_force, within.tier.tier) == (True, "D")
    assert (after.in_force, after.tier) == (False, None)


def test_an_offer_gives_no_right() -> None:
    position = legal_position(offered("prem").contract, day("2025-01-01"))
    assert (position.concluded, position.in_force, position.term, position.tier) == (False, False, None, None)


def test_a_contract_signed_early_is_concluded_and_not_yet_listed() -> None:
    contract = offered()
    early = contract.when(sign(contract), at="2024-10-16").done().contract
    assert legal_position(early, day("2024-10-16")).concluded
    assert listed_from(early, PUBLICATION) == PUBLICATION
    moments = ("2024-11-11T23:59:59.999999", "2024-11-12T00:00", "2026-12-31T23:59:59.999999", "2027-01-01T00:00")
    assert [listed(early, PUBLICATION, at(each)) for each in moments] == [False, True, True, False]


def test_who_signs_after_the_publication_date_is_listed_from_the_signature() -> None:
    contract = signed().contract
    assert listed_from(contract, at("2024-10-20T00:00")) == at("2024-11-01")


def test_who_did_not_sign_is_never_listed() -> None:
    assert listed_from(offered().contract, PUBLICATION) is None
    assert not listed(offered().contract, PUBLICATION, at("2025-01-01"))


def test_a_terminated_contract_is_listed_to_the_last_instant_of_its_last_day() -> None:
    contract = terminated().contract
    moments = ("2025-06-30T23:59:59.999999", "2025-07-01T00:00")
    assert [listed(contract, PUBLICATION, at(each)) for each in moments] == [True, False]


def test_the_timeline_tells_each_tier_with_the_day_from_which_it_answers() -> None:
    contract = signed("kngf").when(upload("kngf"), at="2025-03-15").done()
    contract = contract.when(Publish(), at="2025-03-16").done()
    contract = contract.when(AcceptEvidence(evidence_id="kngf-1"), at="2025-03-20").done()
    assert [(str(each.effective_on), each.tier) for each in timeline_of(contract.contract)] == [
        ("2025-01-01", "E"),
        ("2025-04-01", "D"),
    ]


def test_the_first_tier_told_is_that_of_the_first_day_and_a_day_that_brings_no_other_is_left_out() -> None:
    assert timeline_of(given(SENT).contract) == []
    contract = signed("kngf", "skf").when(upload("kngf"), at="2025-02-10").done()
    contract = contract.when(upload("skf"), at="2025-02-20").done()
    contract = contract.when(AcceptEvidence(evidence_id="kngf-1"), at="2025-02-25").done()
    contract = contract.when(AcceptEvidence(evidence_id="skf-1", registration=keurmerk()), at="2025-02-26").done()
    told = [(str(each.effective_on), each.tier) for each in timeline_of(contract.contract)]
    assert told == [("2025-01-01", "E"), ("2025-03-01", "C")]


def test_a_day_on_which_the_same_tier_is_assigned_again_is_told_once() -> None:
    contract = signed("prem").contract
    (first,) = contract.assignments
    again = replace(contract, assignments=(first, first._replace(effective_on=day("2025-04-01"))))
    assert timeline_of(again) == [first]


# ----------------------------------------------------------------------------------------------------- deadlines


def deadlines(contract: Given) -> tuple[str | None, str | None, str | None]:
    """The last day of the questionnaire, that of signing, and the first of publication."""
    document = contract.policies.versions[-1].document
    found = deadlines_of(contract.contract, document, contract.contract_id.care_type)
    published = None if found.publication_starts is None else str(local_day(found.publication_starts))
    return (
        None if found.questionnaire is None else str(found.questionnaire.last_day),
        None if found.signing is None else str(found.signing.last_day),
        published,
    )


def test_the_deadlines_are_those_of_the_planning() -> None:
    assert deadlines(given(SENT)) == ("2024-10-20", "2024-11-07", "2024-11-12")
    assert deadlines(offered()) == ("2024-10-20", "2024-11-07", "2024-11-12")


def test_care_without_a_questionnaire_has_no_deadline_for_one() -> None:
    assert deadlines(given(care_type=CareType.HUI)) == (None, "2024-11-07", "2024-11-12")


def test_an_application_for_care_with_a_questionnaire_has_no_deadline_for_it_and_its_own_day_to_sign() -> None:
    applied = given().when(ReceiveApplication(), at="2025-03-10").done()
    assert deadlines(applied)[0] is None
    direct = given(care_type=CareType.ERG).when(ReceiveApplication(), at="2024-11-15").done()
    direct = direct.when(DecideApplication(verdicts={"added_value": True}), at="2024-11-20").done()
    assert deadlines(direct)[1] == "2024-12-20"


def test_a_target_ends_no_offer_and_without_an_offer_stands_as_planned() -> None:
    assert deadlines(at_asr())[1] == "2023-11-01"
    assert deadlines(at_asr().when(Approach(), at="2023-09-15").done())[1] == "2024-12-31"


def test_a_policy_that_plans_nothing_for_a_care_type_has_no_deadlines_for_it() -> None:
    unplanned = caresq_two_years().model_copy(update={"planning": ()})
    assert deadlines_of(given(SENT).contract, unplanned, CareType.FYS) == Deadlines(None, None, None)


def test_a_signed_contract_without_a_publication_day_is_not_listed() -> None:
    assert not listed(signed().contract, None, at("2025-01-01"))


def test_a_contract_without_end_stays_listed() -> None:
    contract = signed().contract
    assert contract.offer is not None
    endless = contract.offer._replace(term=Term(start=day("2025-01-01"), end=None))
    assert listed(replace(contract, offer=endless), PUBLICATION, at("2099-01-01"))


# ----------------------------------------------------------------- claims while contracting is unfinished (OD47)


def offered_by_asr(care_type: CareType = CareType.FYS, *told: str) -> Given:
    return at_asr(care_type, *told).when(Approach(), at="2023-09-15").done()


def claims(contract: Given, effective_on: str, known_at: str, document: PolicyDocument | None = None) -> ClaimsStanding:
    care_type = contract.contract_id.care_type
    return claims_standing(contract.contract, document or asr(), care_type, day(effective_on), at(known_at))


def test_claims_of_the_contract_year_are_held_while_the_offer_is_open() -> None:
    """ASR24-5-DECL-2: the signing day of a.s.r. is a target, so the offer stays open until its term is over."""
    contract = offered_by_asr()
    days = ("2023-12-31", "2024-01-01", "2024-12-31", "2025-01-01")
    assert [claims(contract, each, "2024-01-15") for each in days] == [
        ClaimsStanding.NOT_CONTRACTED,
        ClaimsStanding.HELD,
        ClaimsStanding.HELD,
        ClaimsStanding.NOT_CONTRACTED,
    ]
    assert claims(contract, "2024-06-01", "2024-12-31T23:59:59") is ClaimsStanding.HELD
    assert claims(contract, "2024-06-01", "2025-01-01T00:00") is ClaimsStanding.NOT_CONTRACTED


def test_a_signature_ends_the_hold_also_for_the_days_before_it() -> None:
    contract = offered_by_asr(CareType.FYS, "claims@2024=0")
    command = sign(contract).model_copy(update={"declared": declared(asr(), CareType.FYS)})
    later = contract.when(command, at="2024-01-20").done()
    assert claims(later, "2024-01-05", "2024-01-20") is ClaimsStanding.CONTRACTED
    assert claims(later, "2023-12-31", "2024-01-20") is ClaimsStanding.NOT_CONTRACTED


def test_a_final_no_ends_the_hold() -> None:
    contract = offered_by_asr()
    assert claims(contract.when(DECLINE, at="2024-01-20").done(), "2024-01-05", "2024-01-20") is (
        ClaimsStanding.NOT_CONTRACTED
    )


def test_claims_are_held_while_a_person_has_still_to_decide() -> None:
    contract = offered_by_asr(CareType.FYS, "behandelindex@2022=")
    assert claims(contract, "2024-01-05", "2024-01-15") is ClaimsStanding.HELD


def test_claims_are_held_while_the_term_of_an_institution_is_undecided() -> None:
    """To the latest day that the term can come to last."""
    rules = asr().care_types[CareType.INST].term
    assert rules is not None
    assert str(rules.latest_end) == "2026-12-31"


def test_where_the_policy_holds_no_claims_an_open_offer_is_no_contract() -> None:
    contract = offered()
    assert claims(contract, "2025-01-01", "2024-11-01", caresq_two_years()) is ClaimsStanding.NOT_CONTRACTED
    assert claims(signed(), "2025-01-01", "2024-11-02", caresq_two_years()) is ClaimsStanding.CONTRACTED

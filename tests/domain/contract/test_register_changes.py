"""What a contract rests on in the register, and since when that is no longer so (OD07)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.agb import AgbCode
from domain.care_type import CareType
from domain.contract.commands import CarryOver, DecideReview, MakeOffer
from domain.contract.facts import ReviewGround, ReviewOutcome, ReviewRequested
from domain.contract.register_changes import ContractBasis, Loss, RegisterState, losses, rests_since
from domain.contract.situation import Decided
from domain.policy.answers import Answers
from domain.policy.document import PolicyDocument
from domain.provider.register import (
    Certificate,
    Location,
    Membership,
    PracticeRecord,
    Profession,
    Professional,
    Registration,
    Specialisation,
)
from tests.given import (
    SENT,
    Given,
    amended,
    assessed,
    at,
    at_asr,
    caresq_two_years,
    confirmed,
    day,
    given,
    offered,
    practice,
    signed,
)

SHARE, CHANGED = ReviewGround.FACTOR_NO_LONGER_MET, ReviewGround.REGISTRY_CHANGED
SPECIALIST = Professional(
    agb=AgbCode("04100001"),
    profession=Profession.PHYSIOTHERAPIST,
    weekly_hours=Decimal(32),
    specialisations=(Specialisation(code="manueel", vektis_registered=True),),
    memberships=(Membership(network="ParkinsonNet", valid_from=date(2020, 1, 1)),),
    valid_from=date(2020, 1, 1),
)
OTHER = SPECIALIST.model_copy(update={"agb": AgbCode("04100002"), "specialisations": (), "memberships": ()})
BRANCH = Location(agb=AgbCode("04009999"), name="De Brug Zuid", valid_from=date(2020, 1, 1))
USUAL = practice(professionals=(SPECIALIST, OTHER), locations=(BRANCH,))


def record(**changes: Any) -> PracticeRecord:
    return USUAL.record.model_copy(update=changes)


def ended(dated: Any, last_day: str) -> Any:
    return dated.model_copy(update={"valid_to": day(last_day)})


def by_share() -> Given:
    """In tier D by the share of its specialists: confirmed on 10 October, signed on 1 November 2024."""
    return signed("share", start=given(SENT, provider=USUAL))


def basis(contract: Given, document: PolicyDocument | None = None) -> ContractBasis:
    assert contract.provider is not None
    used = document or contract.policies.versions[-1].document
    return ContractBasis(contract.contract, used, contract.contract_id.care_type, contract.provider)


def lost(*changed: tuple[str, PracticeRecord], until: str, contract: Given | None = None) -> list[Loss]:
    """What is lost by a moment; the register had the usual record until the first change, each a fact of its own."""
    usual = by_share() if contract is None else contract
    assert usual.provider is not None
    states = [RegisterState(at("2024-01-01"), "provider/04001234@1", usual.provider.record)]
    states += [
        RegisterState(at(since), f"provider/04001234@{number}", each)
        for number, (since, each) in enumerate(changed, start=2)
    ]
    return losses(basis(usual), states, at(until))


def subjects(found: list[Loss]) -> list[tuple[str, str]]:
    return [(each.subject, str(each.since.date())) for each in found]


def test_a_loss_names_what_was_and_is_who_left_and_the_fact_behind_it() -> None:
    assert lost(("2025-03-10T10:00", record(professionals=(OTHER,))), until="2025-03-10T10:00") == [
        Loss(
            SHARE,
            "share",
            "share: 0/1, was 1/2; asked is at least 3/10; no longer attached: 04100001; since 2025-03-10",
            at("2025-03-10T10:00"),
            "provider/04001234@2",
        ),
        Loss(
            CHANGED,
            "parkinson",
            "parkinson: no member attached, was a member attached; asked is a member of ParkinsonNet; "
            "no longer attached: 04100001; since 2025-03-10",
            at("2025-03-10T10:00"),
            "provider/04001234@2",
        ),
    ]


def test_nothing_is_lost_before_the_register_says_so() -> None:
    change = ("2025-03-10T10:00", record(professionals=(OTHER,)))
    assert lost(change, until="2025-03-10T09:59:59.999999") == []
    assert lost(until="2025-03-10") == []


def test_at_most_five_who_left_are_named_and_the_others_counted() -> None:
    crowd = tuple(OTHER.model_copy(update={"agb": AgbCode(f"0420000{number}")}) for number in range(6))
    start = given(SENT, provider=replace(USUAL, record=record(professionals=(SPECIALIST, *crowd[:2]))))
    contract = signed("share", start=start)
    six = ("2025-02-01", record(professionals=(*[SPECIALIST] * 3, *crowd[:5])))
    seven = ("2025-02-01", record(professionals=(*[SPECIALIST] * 4, *crowd)))

    def told(change: tuple[str, PracticeRecord], *, left: tuple[Professional, ...] = ()) -> str:
        gone = ("2025-03-10", record(professionals=left))
        return next(
            each.found for each in lost(change, gone, until="2025-03-10", contract=contract) if each.ground is SHARE
        )

    five = "04100001, 04200000, 04200001, 04200002, 04200003"
    assert told(six, left=(crowd[4],)).endswith(f"; no longer attached: {five}; since 2025-03-10")
    assert told(six).endswith(f"; no longer attached: {five} and 1 more; since 2025-03-10")
    assert told(seven).endswith(f"; no longer attached: {five} and 2 more; since 2025-03-10")


def test_a_certificate_and_a_location_are_lost_without_naming_people() -> None:
    found = lost(("2025-03-10", record(certificates=(), locations=(), professionals=(SPECIALIST,))), until="2025-03-10")
    was = "none valid on 2025-03-10, was a valid certificate; asked is a VECOZO certificate valid on 2025-03-10"
    assert [(each.ground, each.found) for each in found] == [
        (CHANGED, f"certificate: {was}; since 2025-03-10"),
        (CHANGED, "location 04009999: no longer in the register, was open; since 2025-03-10"),
    ]


def test_a_location_that_closed_is_told_as_closed_from_the_day_after_its_last() -> None:
    change = ("2025-03-10", record(locations=(ended(BRANCH, "2025-05-31"),)))
    assert lost(change, until="2025-05-31T23:59:59.999999") == []
    (found,) = lost(change, until="2025-06-01T00:00")
    assert (found.found, found.since) == (
        "location 04009999: closed, was open; since 2025-06-01",
        at("2025-06-01T00:00"),
    )


def test_a_location_with_two_entries_is_open_while_one_of_them_is() -> None:
    later = BRANCH.model_copy(update={"valid_from": date(2025, 6, 1)})
    closed = ended(BRANCH, "2025-05-31")
    assert lost(("2025-03-10", record(locations=(closed, later))), until="2026-01-01") == []
    gap = later.model_copy(update={"valid_from": date(2025, 6, 3)})
    found = lost(("2025-03-10", record(locations=(closed, gap))), until="2025-06-02T23:59:59")
    assert subjects(found) == [("location 04009999", "2025-05-31")]
    assert lost(("2025-03-10", record(locations=(closed, gap))), until="2025-06-03T00:00") == []


@pytest.mark.parametrize(
    ("change", "subject"),
    [
        ({"certificates": (Certificate(valid_from=date(2020, 1, 1), valid_to=date(2025, 5, 31)),)}, "certificate"),
        ({"locations": (ended(BRANCH, "2025-05-31"),)}, "location 04009999"),
        (
            {
                "professionals": (
                    SPECIALIST.model_copy(update={"memberships": (ended(SPECIALIST.memberships[0], "2025-05-31"),)}),
                    OTHER,
                )
            },
            "parkinson",
        ),
        (
            {
                "professionals": (
                    ended(SPECIALIST, "2025-05-31"),
                    OTHER.model_copy(update={"memberships": SPECIALIST.memberships}),
                )
            },
            "share",
        ),
    ],
    ids=["certificate", "location", "membership", "attachment"],
)
def test_what_ends_on_a_day_holds_to_its_last_instant(change: dict[str, Any], subject: str) -> None:
    announced = ("2025-03-10", record(**change))
    assert lost(announced, until="2025-05-31T23:59:59.999999") == []
    (found,) = lost(announced, until="2025-06-01T00:00")
    assert (found.subject, found.since) == (subject, at("2025-06-01T00:00"))
    assert [found] == lost(announced, until="2026-01-01")


def test_a_registration_that_ends_is_a_loss_of_the_condition_that_asks_for_it() -> None:
    def registered(register: str, until: date | None) -> Registration:
        return Registration(in_register=register, valid_from=date(2020, 1, 1), valid_to=until)

    def physio(until: date | None) -> Professional:
        return OTHER.model_copy(update={"registrations": (registered("big", until), registered("irf_kngf", None))})

    started = at_asr().when(
        CarryOver.model_validate({"term": {"start": "2024-01-01", "end": "2024-12-31"}, "external_policy": "asr-2023"}),
        at="2023-12-01",
    )
    contract = started.done()
    assert contract.provider is not None
    before = contract.provider.record.model_copy(update={"professionals": (physio(None),)})
    contract = contract.but(provider=replace(contract.provider, record=before))
    after = before.model_copy(update={"professionals": (physio(date(2024, 5, 31)),), "certificates": ()})
    found = lost(("2024-03-10", after), until="2024-06-01", contract=contract)
    assert [(each.ground, each.subject, str(each.since.date())) for each in found] == [
        (CHANGED, "vecozo_certificate", "2024-03-10"),
        (CHANGED, "physios_in_big", "2024-05-31"),
    ]
    assert found[1].found.startswith("physios_in_big: ")
    assert "no longer attached" not in found[1].found


def test_what_was_never_met_is_no_loss() -> None:
    change = ("2025-03-10", record(professionals=(SPECIALIST, OTHER), city="Gouda"))
    assert lost(change, until="2025-03-11") == []
    everybody_gone = lost(("2025-03-10", record(professionals=())), until="2025-03-10")
    assert "claudicatio" not in {each.subject for each in everybody_gone}


def test_what_is_met_again_is_no_loss_and_lost_anew_counts_from_then() -> None:
    gone, back = record(certificates=()), USUAL.record
    moments = (("2025-03-10", gone), ("2025-04-10", back), ("2025-05-10", gone))
    assert subjects(lost(*moments[:1], until="2025-06-01")) == [("certificate", "2025-03-10")]
    assert lost(*moments[:2], until="2025-06-01") == []
    found = lost(*moments, until="2025-06-01")
    assert subjects(found) == [("certificate", "2025-05-10")]
    assert found[0].event_id == "provider/04001234@4"


def test_what_stays_lost_keeps_the_day_and_the_fact_of_its_loss() -> None:
    gone = record(certificates=())
    found = lost(("2025-03-10", gone), ("2025-04-10", gone.model_copy(update={"city": "Gouda"})), until="2025-06-01")
    assert (subjects(found), found[0].event_id) == ([("certificate", "2025-03-10")], "provider/04001234@2")


def test_nobody_of_the_profession_left_is_a_loss_of_the_profession() -> None:
    found = {each.subject: each for each in lost(("2025-03-10", record(professionals=())), until="2025-03-10")}
    assert list(found) == ["share", "profession", "parkinson"]
    assert found["profession"].ground is CHANGED
    assert found["profession"].found.endswith("; no longer attached: 04100001, 04100002; since 2025-03-10")


def test_a_change_before_the_contract_rests_on_the_register_is_no_loss() -> None:
    gone = record(certificates=())
    assert lost(("2024-10-09", gone), until="2025-01-01") == []
    assert lost(("2024-10-10T11:59:59.999999", gone), until="2025-01-01") == []
    assert subjects(lost(("2024-10-10T12:00", gone), until="2025-01-01")) == [("certificate", "2024-10-10")]


def test_a_contract_rests_on_the_register_from_its_confirmation_else_its_offer() -> None:
    assert rests_since(given(SENT).contract) is None
    assert rests_since(confirmed().contract) == at("2024-10-10")
    assert rests_since(offered().contract) == at("2024-10-10")
    direct = offered().contract
    assert rests_since(replace(direct, confirmed_at=None)) == at("2024-10-15")
    assert losses(basis(given(SENT)), [RegisterState(at("2024-01-01"), "a", USUAL.record)], at("2025-01-01")) == []


def test_a_carried_over_contract_rests_on_the_register_from_its_first_day() -> None:
    carried_over = CarryOver.model_validate(
        {"term": {"start": "2024-01-01", "end": "2025-12-31"}, "external_policy": "caresq-2024"}
    )
    contract = given(care_type=CareType.VOET).when(carried_over, at="2024-09-01").done()
    assert rests_since(contract.contract) == at("2024-01-01T00:00")


def test_before_the_first_day_in_force_the_factors_are_those_of_the_tier_it_begins_with() -> None:
    found = lost(("2024-12-01", record(professionals=(OTHER,))), until="2024-12-01")
    assert subjects(found) == [("share", "2024-12-01"), ("parkinson", "2024-12-01")]


def test_a_factor_that_the_tier_never_counted_is_nobodys_question() -> None:
    contract = signed("prem", start=given(SENT, provider=USUAL))
    found = lost(("2025-03-10", record(professionals=(OTHER,))), until="2025-03-10", contract=contract)
    assert subjects(found) == [("parkinson", "2025-03-10")]


def test_only_conditions_of_the_register_that_bar_are_looked_at() -> None:
    conditions: dict[str, dict[str, Any]] = {
        "in_register": {
            "kind": "professionals",
            "label": {"nl": "Ingeschreven", "en": "Registered"},
            "professionals": {"professions": ["fysiotherapeut"], "any_of": [{"in_register": "krf_nl"}]},
            "code": "NOT_REGISTERED",
            "unknown": "ask",
            "clause": "CQ25-3.1-1",
        }
    }
    asked = [*caresq_two_years().care_types[CareType.FYS].conditions, "in_register"]
    changes: dict[str, Any] = {"conditions": conditions, "care_types": {"FYS": {"conditions": asked}}}
    bars = amended(caresq_two_years(), changes)
    conditions["in_register"]["bars"] = False
    does_not = amended(caresq_two_years(), changes)
    entry = Registration(in_register="krf_nl", valid_from=date(2020, 1, 1))
    within = tuple(each.model_copy(update={"registrations": (entry,)}) for each in (SPECIALIST, OTHER))
    states = [
        RegisterState(at("2024-01-01"), "a", record(professionals=within)),
        RegisterState(at("2025-03-10"), "b", USUAL.record),
    ]
    found = losses(basis(by_share(), bars), states, at("2025-03-10"))
    assert [(each.ground, each.subject) for each in found] == [(CHANGED, "in_register")]
    assert losses(basis(by_share(), does_not), states, at("2025-03-10")) == []


def in_register(**condition: Any) -> PolicyDocument:
    """Caresq's policy with a condition on the register of physiotherapists."""
    asked = {
        "kind": "professionals",
        "label": {"nl": "Ingeschreven", "en": "Registered"},
        "professionals": {"professions": ["fysiotherapeut"], "any_of": [{"in_register": "krf_nl"}]},
        "code": "NOT_REGISTERED",
        "unknown": "person",
        "clause": "CQ25-3.1-1",
        **condition,
    }
    codes = [*caresq_two_years().care_types[CareType.FYS].conditions, "in_register"]
    changes = {"conditions": {"in_register": asked}, "care_types": {"FYS": {"conditions": codes}}}
    return amended(caresq_two_years(), changes)


def registered_as(*registers: str) -> PracticeRecord:
    entries = tuple(Registration(in_register=each, valid_from=date(2020, 1, 1)) for each in registers)
    return record(
        professionals=tuple(each.model_copy(update={"registrations": entries}) for each in (SPECIALIST, OTHER))
    )


def test_what_a_person_approved_is_lost_once_the_register_says_it_is_not_so() -> None:
    review = ReviewRequested(review_id="condition-1", ground=ReviewGround.CONDITION, factor="in_register")
    contract = by_share().recorded([Decided(review)], at("2024-11-02"), at("2024-11-02"))
    approve = DecideReview(review_id="condition-1", outcome=ReviewOutcome.APPROVED)
    approved = contract.when(approve, at="2024-11-03").done()
    states = [
        RegisterState(at("2024-01-01"), "a", registered_as()),
        RegisterState(at("2025-03-10"), "b", registered_as("kp")),
    ]
    (found,) = losses(basis(approved, in_register()), states, at("2025-03-10"))
    assert (found.subject, found.event_id) == ("in_register", "b")
    assert losses(basis(contract, in_register()), states, at("2025-03-10")) == []


def test_a_condition_that_the_practice_declared_not_to_apply_to_it_is_not_lost() -> None:
    only_then = in_register(applies_when={"declared": "guidelines"})
    states = [
        RegisterState(at("2024-01-01"), "a", registered_as("krf_nl")),
        RegisterState(at("2025-03-10"), "b", registered_as("kp")),
    ]
    applies, not_so = (
        basis(by_share(), only_then)._replace(declared=Answers(declared={"guidelines": answer}))
        for answer in (True, False)
    )
    assert [each.subject for each in losses(applies, states, at("2025-03-10"))] == ["in_register"]
    assert losses(not_so, states, at("2025-03-10")) == []


def test_a_policy_that_asks_no_certificate_asks_about_none() -> None:
    document = caresq_two_years()
    without = document.model_copy(update={"approach": document.approach.model_copy(update={"certificate": None})})
    states = [
        RegisterState(at("2024-01-01"), "a", USUAL.record),
        RegisterState(at("2025-03-10"), "b", record(certificates=(), locations=())),
    ]
    found = losses(basis(by_share(), without), states, at("2025-03-10"))
    assert [each.subject for each in found] == ["location 04009999"]


def test_a_contract_rests_on_its_factors_once_its_term_is_offered() -> None:
    contract = assessed("share", start=given(SENT, provider=USUAL))
    gone = ("2024-10-20", record(professionals=(OTHER,)))
    assert subjects(lost(gone, until="2024-10-20", contract=contract)) == [("parkinson", "2024-10-20")]
    contract = contract.when(MakeOffer(), at="2024-10-21").done()
    assert subjects(lost(gone, until="2024-10-21", contract=contract)) == [
        ("share", "2024-10-20"),
        ("parkinson", "2024-10-20"),
    ]


def test_records_from_before_the_contract_rests_on_the_register_count_for_nothing() -> None:
    moved = ("2024-09-01", record(city="Gouda"))
    again = ("2024-10-01", record(city="Delft"))
    found = lost(moved, again, ("2025-03-10", record(certificates=())), until="2025-03-10")
    assert subjects(found) == [("certificate", "2025-03-10")]


def test_an_end_that_never_comes_turns_nothing() -> None:
    forever = Certificate(valid_from=date(2020, 1, 1), valid_to=date.max)
    assert lost(("2025-03-10", record(certificates=(forever,))), until="2026-01-01") == []


def test_a_record_that_was_followed_by_another_has_no_later_meaning() -> None:
    announced = (
        "2025-03-10",
        record(certificates=(Certificate(valid_from=date(2020, 1, 1), valid_to=date(2025, 5, 31)),)),
    )
    assert lost(announced, ("2025-05-01", USUAL.record), until="2025-07-01") == []
    found = lost(announced, ("2025-06-01T00:00", USUAL.record), until="2025-07-01")
    assert found == []

"""What the register no longer says reaches the running contracts that rest on it, and nothing is decided by itself."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from application.provider_import import PracticeEntry
from application.registry_changes import ask_about_changes_after, ask_about_register
from domain.agb import AgbCode
from domain.contract.commands import (
    Approach,
    AssessQuestionnaire,
    CarryOver,
    ConfirmQuestionnaire,
    DecideReview,
    MakeOffer,
    RequestReview,
    Sign,
    Terminate,
)
from domain.contract.contract_id import ContractId
from domain.contract.facts import ReviewGround, ReviewOutcome, ReviewRequested
from domain.history import Recorded
from domain.policy.answers import Answers, Claim
from domain.provider.register import (
    Certificate,
    Location,
    Membership,
    Profession,
    Professional,
    Specialisation,
)
from domain.refusal import RefusedError
from tests.application.test_round import complete_answers
from tests.given import day
from tests.round_world import RoundWorld, entry, round_world

FYS = "caresq/04001234/FYS/2025-2026"
PROVIDER = "provider/04001234"
SPECIALIST = Professional(
    agb=AgbCode("04100001"),
    profession=Profession.PHYSIOTHERAPIST,
    weekly_hours=Decimal(32),
    specialisations=(Specialisation(code="manueel", vektis_registered=True),),
    memberships=(Membership(network="ParkinsonNet", valid_from=day("2020-01-01")),),
    valid_from=day("2020-01-01"),
)
OTHER = SPECIALIST.model_copy(update={"agb": AgbCode("04100002"), "specialisations": (), "memberships": ()})
THIRD = OTHER.model_copy(update={"agb": AgbCode("04100003")})
BRANCH = Location(agb=AgbCode("04009999"), name="De Brug Zuid", valid_from=day("2020-01-01"))


def known(**record: Any) -> PracticeEntry:
    """The practice with one specialist of two physiotherapists and a second location, unless something else is said."""
    usual = entry("04001234")
    changed = {"professionals": (SPECIALIST, OTHER), "locations": (BRANCH,), **record}
    return replace(usual, record=usual.record.model_copy(update=changed))


def ended(dated: Any, last_day: str) -> Any:
    return dated.model_copy(update={"valid_to": day(last_day)})


def claiming(*factors: str) -> Answers:
    return complete_answers().model_copy(update={"claims": {code: Claim() for code in factors}})


@pytest.fixture
def world(sqlite_url: str) -> Iterator[RoundWorld]:
    """A contract in tier D by its share of specialists, signed on 1 November 2024."""
    with round_world(sqlite_url) as opened:
        concluded(opened)
        yield opened


def concluded(world: RoundWorld) -> None:
    world.register(known())
    world.adopt("caresq-2025-fys-term")
    world.at("2024-09-16T09:00")
    world.act(FYS, Approach())
    world.at("2024-10-01")
    world.act(FYS, ConfirmQuestionnaire(answers=claiming("share")))
    world.act(FYS, AssessQuestionnaire())
    world.act(FYS, MakeOffer())
    signed(world)


def signed(world: RoundWorld) -> None:
    world.at("2024-11-01")
    sha256 = world.offered_sha256(FYS)
    world.act(FYS, Sign(person_id="p1", certificate_serial="s1", agreement_sha256=sha256))


def imported(world: RoundWorld, moment: str, **record: Any) -> dict[str, int]:
    """What an import of a changed record brings."""
    world.at(moment)
    head = world.head()
    world.register(known(**record))
    return ask_about_changes_after(world.contracting, head).recorded


def ticked(world: RoundWorld, moment: str) -> dict[str, int]:
    return ask_about_register(world.contracting, world.at(moment)).recorded


def reviews(world: RoundWorld, contract_id: str = FYS) -> list[Recorded]:
    history = world.contracting.load(ContractId.parse(contract_id)).history
    return [each for each in history if isinstance(each.fact, ReviewRequested)]


def asked(world: RoundWorld) -> list[tuple[str, str | None]]:
    return [(each.fact.ground, each.fact.factor) for each in reviews(world) if isinstance(each.fact, ReviewRequested)]


def test_a_specialist_who_is_gone_from_the_register_asks_about_the_share(world: RoundWorld) -> None:
    told = imported(world, "2025-03-10T10:00", professionals=(OTHER, THIRD))

    assert told == {"ReviewRequested": 2}
    assert asked(world) == [("factor_no_longer_met", "share"), ("registry_changed", "parkinson")]
    (share, _) = reviews(world)
    assert isinstance(share.fact, ReviewRequested)
    assert share.fact.found == (
        "share: 0/2, was 1/2; asked is at least 3/10; no longer attached: 04100001; since 2025-03-10"
    )


def test_the_fact_of_the_register_is_the_cause_and_stands_in_the_command_id(world: RoundWorld) -> None:
    imported(world, "2025-03-10T10:00", professionals=(OTHER,))
    envelope = reviews(world)[0].envelope()
    changed = next(
        row for row in world.contracting.log_port.rows_after(0) if row.topic == "ProviderChanged.v1"
    )  # fmt: skip
    assert envelope.causation_id == f"{PROVIDER}@{changed.originator_version}"
    assert envelope.command_id == f"registry/{envelope.causation_id}/{FYS}/share/2025-03-10"


def test_nothing_is_decided_by_itself(world: RoundWorld) -> None:
    before = world.contracting.load(ContractId.parse(FYS)).contract
    imported(world, "2025-03-10", professionals=(OTHER,))
    after = world.contracting.load(ContractId.parse(FYS)).contract
    assert (after.assignments, after.term) == (before.assignments, before.term)
    assert {each.outcome for each in after.reviews.values()} == {None}


def test_a_change_is_asked_about_once_by_imports_and_ticks(world: RoundWorld) -> None:
    imported(world, "2025-03-10", professionals=(OTHER,))
    head = world.head()
    assert imported(world, "2025-03-11", professionals=(OTHER,)) == {}
    assert ticked(world, "2025-03-12T00:25") == {}
    assert world.head() == head


def test_a_change_stays_asked_about_once_a_person_has_decided(world: RoundWorld) -> None:
    imported(world, "2025-03-10", professionals=(SPECIALIST, *(OTHER,)), certificates=())
    decided = DecideReview(review_id="registry_changed-1", outcome=ReviewOutcome.APPROVED)
    world.act(FYS, decided, reason="a new certificate is on its way")
    assert ticked(world, "2025-03-12") == {}


def test_what_an_officer_asked_about_already_is_not_asked_again(world: RoundWorld) -> None:
    world.at("2025-03-10T10:00")
    world.register(known(professionals=(OTHER,)))
    world.at("2025-03-10T11:00")
    by_hand = RequestReview(ground=ReviewGround.FACTOR_NO_LONGER_MET, factor="share", found="told by telephone")
    world.act(FYS, by_hand, reason="a call")
    decided = DecideReview(review_id="factor_no_longer_met-1", outcome=ReviewOutcome.APPROVED)
    world.act(FYS, decided, reason="a successor comes in April")
    assert ticked(world, "2025-03-11") == {"ReviewRequested": 1}
    assert asked(world) == [("factor_no_longer_met", "share"), ("registry_changed", "parkinson")]


def test_who_leaves_on_a_day_is_asked_about_from_the_day_after(world: RoundWorld) -> None:
    assert imported(world, "2025-03-10", professionals=(ended(SPECIALIST, "2025-05-31"), OTHER)) == {}
    assert ticked(world, "2025-05-31T23:59:59") == {}
    assert ticked(world, "2025-06-01T00:00") == {"ReviewRequested": 2}
    assert ticked(world, "2025-06-02T00:25") == {}


def test_a_change_that_leaves_everything_met_asks_nothing(world: RoundWorld) -> None:
    assert imported(world, "2025-03-10", professionals=(SPECIALIST, OTHER, THIRD)) == {}
    assert imported(world, "2025-03-11", city="Elders", name="Praktijk Anders") == {}


def test_somebody_who_counts_in_no_factor_may_leave(world: RoundWorld) -> None:
    assert imported(world, "2025-03-10", professionals=(SPECIALIST,)) == {}


def test_what_is_met_again_is_not_asked_about(world: RoundWorld) -> None:
    world.at("2025-03-10T09:00")
    world.register(known(certificates=()))
    world.at("2025-03-10T10:00")
    world.register(known())
    assert ticked(world, "2025-03-11") == {}


def test_what_is_lost_a_second_time_is_asked_about_again(world: RoundWorld) -> None:
    assert imported(world, "2025-03-10", certificates=()) == {"ReviewRequested": 1}
    decided = DecideReview(review_id="registry_changed-1", outcome=ReviewOutcome.APPROVED)
    world.act(FYS, decided, reason="it was renewed")
    assert imported(world, "2025-04-10") == {}
    assert imported(world, "2025-05-10", certificates=()) == {"ReviewRequested": 1}


@pytest.mark.parametrize(
    ("record", "subject"),
    [
        ({"certificates": (Certificate(valid_from=day("2020-01-01"), valid_to=day("2025-03-09")),)}, "certificate"),
        ({"locations": (ended(BRANCH, "2025-03-09"),)}, "location 04009999"),
        ({"locations": ()}, "location 04009999"),
        (
            {
                "professionals": (
                    SPECIALIST.model_copy(update={"memberships": (ended(SPECIALIST.memberships[0], "2025-03-01"),)}),
                    OTHER,
                )
            },
            "parkinson",
        ),
    ],
)
def test_each_end_in_the_register_is_asked_about_by_its_name(
    world: RoundWorld, record: dict[str, Any], subject: str
) -> None:
    assert imported(world, "2025-03-10", **record) == {"ReviewRequested": 1}
    assert asked(world) == [("registry_changed", subject)]


def test_a_practice_that_nobody_of_the_profession_works_at_any_more_is_asked_about(world: RoundWorld) -> None:
    imported(world, "2025-03-10", professionals=())
    assert ("registry_changed", "profession") in asked(world)


def test_two_ends_in_one_import_are_two_questions(world: RoundWorld) -> None:
    assert imported(world, "2025-03-10", certificates=(), locations=()) == {"ReviewRequested": 2}
    assert asked(world) == [("registry_changed", "certificate"), ("registry_changed", "location 04009999")]


def test_a_contract_that_has_ended_is_not_asked_about(world: RoundWorld) -> None:
    world.at("2025-02-01")
    world.act(FYS, Terminate(last_day=day("2025-02-28")), reason="the practice stops")
    assert imported(world, "2025-03-01", certificates=()) == {}


def test_a_loss_before_the_signature_is_asked_about_once_it_is_signed(sqlite_url: str) -> None:
    with round_world(sqlite_url) as world:
        world.register(known())
        world.adopt("caresq-2025-fys-term")
        world.at("2024-09-16T09:00")
        world.act(FYS, Approach())
        world.at("2024-10-01")
        world.act(FYS, ConfirmQuestionnaire(answers=claiming("share")))
        world.act(FYS, AssessQuestionnaire())
        world.act(FYS, MakeOffer())
        assert imported(world, "2024-10-15", professionals=(SPECIALIST, OTHER, THIRD, THIRD, THIRD)[1:]) == {}
        signed(world)
        assert ticked(world, "2024-11-02") == {"ReviewRequested": 2}


def test_every_purchaser_of_the_practice_is_asked_for_its_own_contract(world: RoundWorld) -> None:
    world.at("2024-12-01")
    world.adopt("asr-2024")
    asr = "asr/04001234/FYS/2024"
    term = {"start": "2024-01-01", "end": "2024-12-31"}
    carried_over = CarryOver.model_validate({"term": term, "external_policy": "asr-2023"})
    world.act(asr, carried_over, reason="from before")
    assert imported(world, "2024-12-10", certificates=()) == {"ReviewRequested": 2}
    (of_asr,) = reviews(world, asr)
    assert isinstance(of_asr.fact, ReviewRequested)
    assert of_asr.fact.factor == "vecozo_certificate"
    assert "caresq" not in of_asr.fact.model_dump_json()


def test_nothing_is_asked_as_of_a_day_that_has_not_come(world: RoundWorld) -> None:
    now = world.at("2025-03-10")
    with pytest.raises(RefusedError, match="nothing is due at"):
        ask_about_register(world.contracting, now.replace(year=2026))

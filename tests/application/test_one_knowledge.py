"""All that an answer rests on is of one knowledge, and its tiers come from facts."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from application.policies import AdoptionOrder, adopt
from application.queries.contract_answer import ContractAnswer
from application.queries.horizon import Asked
from domain.agb import AgbCode
from domain.contract.commands import Approach, AssessQuestionnaire, ConfirmQuestionnaire, MakeOffer, Sign
from domain.contract.contract_id import ContractId
from domain.contract.facts import TierAssigned
from domain.policy.adoption import Ground
from domain.provider.register import Membership, Profession, Professional
from infrastructure.bootstrap import policy_sources
from tests.application.test_round import complete_answers
from tests.given import at, day
from tests.infrastructure.cli.conftest import CONTRACT
from tests.round_world import RoundWorld, entry, round_world

FYS = ContractId.parse(CONTRACT)
MEMBER = Professional(
    agb=AgbCode("04100001"),
    profession=Profession.PHYSIOTHERAPIST,
    weekly_hours=Decimal(32),
    memberships=(Membership(network="ParkinsonNet", valid_from=day("2020-01-01")),),
    valid_from=day("2020-01-01"),
)
NO_MEMBER = MEMBER.model_copy(update={"memberships": ()})


@pytest.fixture
def world(database_url: str) -> Iterator[RoundWorld]:
    """A contract signed in November; the policy is amended in February and the membership is gone from March on."""
    with round_world(database_url) as opened:
        practice = entry("04001234")
        opened.register(replace(practice, record=practice.record.model_copy(update={"professionals": (MEMBER,)})))
        opened.adopt("caresq-2025-fys-term")
        opened.at("2024-09-16T09:00")
        answered = ConfirmQuestionnaire(answers=complete_answers())
        for command in (Approach(), answered, AssessQuestionnaire(), MakeOffer()):
            opened.act(CONTRACT, command)
        text = opened.offered_sha256(CONTRACT)
        opened.act(CONTRACT, Sign(person_id="p1", certificate_serial="s1", agreement_sha256=text))
        yield opened


def answer(world: RoundWorld, known_at: str | None = None) -> ContractAnswer:
    asked = Asked(effective_on=day("2025-06-15"), known_at=None if known_at is None else at(known_at))
    return world.system.questions.contract(FYS, asked)


def test_the_practice_and_the_policy_of_an_answer_are_those_known_with_its_facts(world: RoundWorld) -> None:
    world.at("2025-01-15T12:00")
    given_then = answer(world)
    practice = entry("04001234")
    world.at("2025-02-01T09:00")
    back = AdoptionOrder(actor="board", ground=Ground.POLICY)
    adopt(world.system.policies, policy_sources().read("caresq-2025"), back)
    world.at("2025-03-01T09:00")
    world.register(replace(practice, record=practice.record.model_copy(update={"professionals": (NO_MEMBER,)})))
    world.at("2025-07-01T09:00")

    repeated, now = answer(world, "2025-01-15T12:00"), answer(world)

    assert repeated.model_dump_json() == given_then.model_dump_json()
    assert repeated.legal_position is not None
    assert now.legal_position is not None
    assert (repeated.legal_position.selective, now.legal_position.selective) == (("parkinson",), ())
    assert repeated.policy_position is not None
    assert now.policy_position is not None
    assert now.policy_position > repeated.policy_position


def test_the_tiers_of_an_answer_are_those_that_facts_assigned(world: RoundWorld) -> None:
    history = world.contracting.load(FYS).history
    assigned = {(each.fact.tier, each.fact.effective_on) for each in history if isinstance(each.fact, TierAssigned)}
    legal = answer(world).legal_position

    assert legal is not None
    assert assigned
    assert {(each.tier, each.effective_on) for each in legal.timeline} <= assigned
    assert (legal.tier, legal.tier_from) in assigned

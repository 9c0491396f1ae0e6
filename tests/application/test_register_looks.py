"""What a tick looks at again in the register: what changed, what time changed, and never less than all would bring."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from application.order import Order
from application.registry_changes import ask_about_register
from application.tick import ask_about_register_of_all
from domain.contract.commands import DecideReview
from domain.contract.contract_id import ContractId
from domain.contract.facts import ReviewOutcome
from domain.provider.register import Certificate
from infrastructure.bootstrap import open_system, upgrade_database
from infrastructure.clock import SetClock
from tests.application.test_registry_changes import BRANCH, FYS, OTHER, SPECIALIST, THIRD, concluded, ended, known
from tests.given import at, day
from tests.round_world import RoundWorld, round_world

LATER_SIGNING = Path(__file__).parents[1] / "scenarios" / "policies" / "caresq-2025-later-signing.yaml"


@pytest.fixture
def world(sqlite_url: str) -> Iterator[RoundWorld]:
    """A contract in tier D by its share of specialists, signed on 1 November 2024."""
    with round_world(sqlite_url) as opened:
        concluded(opened)
        yield opened


def looked_at(world: RoundWorld, moment: str) -> int:
    """How many contracts a tick reads."""
    world.at(moment)
    return ask_about_register_of_all(world.system.ticking, world.clock.now()).contracts


def test_a_contract_is_looked_at_once_and_again_when_it_or_its_practice_changed(world: RoundWorld) -> None:
    assert [looked_at(world, "2025-03-01T00:25"), looked_at(world, "2025-03-02T00:25")] == [1, 0]
    world.at("2025-03-03T10:00")
    world.register(known(name="Praktijk Anders"))
    assert [looked_at(world, "2025-03-04T00:25"), looked_at(world, "2025-03-05T00:25")] == [1, 0]


def test_a_contract_of_which_something_was_asked_is_looked_at_until_there_is_nothing_to_ask(world: RoundWorld) -> None:
    world.at("2025-03-10T10:00")
    world.register(known(certificates=()))
    assert [looked_at(world, f"2025-03-1{number}T00:25") for number in (1, 2, 3)] == [1, 1, 0]


def test_what_ends_by_its_date_alone_is_asked_about_on_that_day_though_nothing_changed(world: RoundWorld) -> None:
    world.at("2025-03-10T10:00")
    world.register(known(certificates=(Certificate(valid_from=day("2020-01-01"), valid_to=day("2025-06-15")),)))
    assert [looked_at(world, moment) for moment in ("2025-03-11", "2025-06-15T23:59", "2025-06-16")] == [1, 0, 1]
    assert world.facts(FYS)[-1] == "ReviewRequested"


def test_an_adoption_has_every_contract_that_it_names_looked_at_again(world: RoundWorld) -> None:
    looked_at(world, "2025-03-01T00:25")
    world.adopt(str(LATER_SIGNING))
    assert looked_at(world, "2025-03-02T00:25") == 1


def test_a_tick_as_of_an_earlier_day_looks_for_itself(world: RoundWorld) -> None:
    looked_at(world, "2025-03-02T00:25")
    earlier = world.clock.now() - timedelta(days=1)
    assert ask_about_register_of_all(world.system.ticking, earlier).contracts == 1


RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "professionals": st.sampled_from(
            [
                (OTHER, THIRD),
                (SPECIALIST,),
                (ended(SPECIALIST, "2025-05-31"), OTHER),
                (SPECIALIST, ended(OTHER, "2025-04-30")),
            ]
        ),
        "certificates": st.sampled_from(
            [
                (),
                (Certificate(valid_from=day("2020-01-01"), valid_to=day("2025-06-15")),),
                (Certificate(valid_from=day("2025-05-01")),),
            ]
        ),
        "locations": st.sampled_from([(), (ended(BRANCH, "2025-07-01"),)]),
    },
)
CHANGES = st.one_of(RECORDS, st.none(), st.just("decide"))
STEPS = st.lists(st.tuples(st.sampled_from((0, 10, 40, 80)), CHANGES), min_size=4, max_size=10)


@pytest.fixture(scope="module")
def concluded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with that contract, to be copied."""
    file = tmp_path_factory.mktemp("looks") / "concluded.db"
    upgrade_database(f"sqlite:///{file}")
    with round_world(f"sqlite:///{file}") as opened:
        concluded(opened)
    return file


@settings(max_examples=20, deadline=None, phases=[Phase.generate])
@given(steps=STEPS)
def test_whatever_changes_and_whenever_nothing_is_left_that_a_look_at_all_contracts_would_ask(
    concluded_file: Path, steps: list[tuple[int, object]]
) -> None:
    with TemporaryDirectory() as folder:
        copied = copy(concluded_file, folder)
        clock = SetClock(at("2025-03-20"))
        with open_system(f"sqlite:///{copied}", clock=clock) as system:
            live(RoundWorld(system, clock), steps)


def live(world: RoundWorld, steps: list[tuple[int, object]]) -> None:
    """Carry out steps, so many days after each other, each followed by a tick."""
    now = world.clock.now()
    for days, change in steps:
        now += timedelta(days=days, minutes=1)
        world.clock.set(now)
        if isinstance(change, dict):
            world.register(known(**change))
        elif change == "decide":
            decide_one(world)
        now += timedelta(minutes=1)
        world.clock.set(now)
        ask_about_register_of_all(world.system.ticking, now)
        assert ask_about_register(world.contracting, now).recorded == {}


def decide_one(world: RoundWorld) -> None:
    """An officer answers a question that is open, if there is one."""
    reviews = world.contracting.load(ContractId.parse(FYS)).contract.reviews.items()
    for review_id in [each for each, review in reviews if review.outcome is None][:1]:
        order = Order("officer", f"decide {review_id}", reason="looked into it")
        decided = DecideReview(review_id=review_id, outcome=ReviewOutcome.DISMISSED)
        world.contracting.act(ContractId.parse(FYS), decided, order)

"""Worlds drawn at random, lived through the real application: several contracts, amendments, practices that change."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from hypothesis import strategies as st

from application.order import Order
from application.policies import AdoptionOrder, adopt
from application.ports import ClockAhead, Row
from application.provider_import import PracticeEntry, import_records
from domain.agb import AgbCode
from domain.calendar import Term
from domain.contract.commands import CarryOver, ContractCommand, CorrectFact, Terminate
from domain.contract.contract_id import ContractId
from domain.contract.facts import EvidenceAccepted, EvidenceUploaded, Registration
from domain.history import Fact, FactCorrected
from domain.provider.provider import PastContract
from domain.provider.register import Location, Membership
from domain.refusal import RefusedError
from infrastructure.bootstrap import System, open_system, policy_sources, upgrade_database
from infrastructure.clock import SetClock
from tests.domain.contract.random_lives import ANSWERS, ASKINGS, CORRECTIONS, _onward, _prove
from tests.domain.contract.test_lives_of_attempts import ASKINGS as APPLYING
from tests.domain.contract.test_lives_of_attempts import onward as onward_by_application
from tests.given import BUREAU, TWO_YEARS, Given, answers, at, day, practice, professional, staff, upload

CONTRACTS = (
    "caresq/04001234/FYS/2025-2026",
    "caresq/04005678/FYS/2025-2026",
    "caresq/04009012/FYS/2025-2026",
    "caresq/24005566/DIE/2025-2026",
    "caresq/26001122/VOET/2024-2025",
)
LATER_SIGNING = str(TWO_YEARS.parent / "caresq-2025-later-signing.yaml")
AMENDMENTS = (str(TWO_YEARS), LATER_SIGNING, "caresq-2025-fys-term", str(TWO_YEARS), LATER_SIGNING)
BEGINS = "2024-04-02"


class Step(NamedTuple):
    """After a while something is done; ``earlier`` is how much earlier it is said to have happened."""

    after: timedelta
    earlier: timedelta
    doing: "Doing"


Doing = Callable[["World", timedelta], None]


@dataclass
class World:
    """The system, its clock, and how often something was amended."""

    system: System
    clock: SetClock
    commands: int = 0
    amended: int = 0

    def act(self, contract_id: ContractId, command: ContractCommand, earlier: timedelta) -> None:
        """Carry out a command; a refusal changes nothing."""
        self.commands += 1
        now = self.clock.now()
        order = Order("somebody", f"drawn-{self.commands}", reason="drawn", occurred_at=now - earlier)
        try:
            self.system.contracting.act(contract_id, command, order)
        except (RefusedError, ValueError):
            return

    def given(self, contract_id: ContractId) -> Given:
        """The contract as the tests of the domain see it."""
        loaded = self.system.contracting.load(contract_id)
        return Given(contract_id, loaded.policies, loaded.provider, tuple(loaded.history), loaded.contract)


def _asks(number: int, asking: Callable[[Given], ContractCommand]) -> Doing:
    def doing(world: World, earlier: timedelta) -> None:
        contract_id = ContractId.parse(CONTRACTS[number])
        world.act(contract_id, asking(world.given(contract_id)), earlier)

    return doing


def _amend(world: World, earlier: timedelta) -> None:
    name = AMENDMENTS[world.amended % len(AMENDMENTS)]
    world.amended += 1
    order = AdoptionOrder(actor="board", occurred_at=world.clock.now() - earlier, reason="drawn")
    adopt(world.system.policies, policy_sources().read(name), order)


def _carry_over(number: int, first: date, days: int, tier: str | None) -> Doing:
    command = CarryOver(term=Term(start=first, end=first + timedelta(days=days)), external_policy="earlier", tier=tier)
    return _asks(number, lambda _: command)


def _registers(number: int, members: Sequence[tuple[str, date, int]], branch: int | None) -> Doing:
    """The register names a practice with these members of networks, and a location or none."""

    def doing(world: World, _: timedelta) -> None:
        contract_id = ContractId.parse(CONTRACTS[number])
        import_records(world.system.providers, [entry(contract_id, members, branch)], actor="register")

    return doing


def entry(
    contract_id: ContractId, members: Sequence[tuple[str, date, int]] = (), branch: int | None = None
) -> PracticeEntry:
    """A practice that the round approaches; each member by network, first day, and how many days it lasts."""
    known = practice(contract_id.care_type)
    memberships = tuple(
        Membership(network=network, valid_from=first, valid_to=first + timedelta(days=days))
        for network, first, days in members
    )
    people = known.record.professionals or staff(2, professional(1))
    first_of_all = people[0].model_copy(update={"memberships": memberships})
    locations = (
        ()
        if branch is None
        else (
            Location(agb=AgbCode(f"0400{branch:04}"), name="Branch", valid_from=day("2024-06-01") + timedelta(branch)),
        )
    )
    record = known.record.model_copy(
        update={
            "agb": contract_id.agb,
            "professionals": (first_of_all, *people[1:]),
            "locations": locations,
        }
    )
    past = PastContract(care_type=contract_id.care_type, first_day=day("2024-01-01"), last_day=day("2024-12-31"))
    return PracticeEntry(record, {"caresq": (past,)})


FYS = st.sampled_from([0, 0, 1, 2])
NUMBERS = st.sampled_from(range(len(CONTRACTS)))
DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2026, 3, 1))
DOINGS = st.one_of(
    *[st.builds(_asks, FYS, st.builds(_onward, ANSWERS))] * 5,
    *[st.builds(_asks, FYS, ASKINGS)] * 3,
    st.builds(_asks, FYS, CORRECTIONS),
    st.builds(_asks, NUMBERS, APPLYING),
    st.builds(_asks, NUMBERS, APPLYING),
    st.builds(_asks, st.just(3), st.just(onward_by_application)),
    st.just(_amend),
    st.builds(_carry_over, st.sampled_from([2, 4, 4]), DAYS, st.integers(0, 700), st.sampled_from(["B", None])),
    st.builds(
        _registers,
        NUMBERS,
        st.lists(
            st.tuples(st.sampled_from(["ParkinsonNet", "Chronisch ZorgNet"]), DAYS, st.integers(0, 500)), max_size=2
        ),
        st.none() | st.integers(1, 3),
    ),
)
AFTER = st.sampled_from([timedelta(minutes=each) for each in (0, 1, 420, 1_440, 2_880, 5_760, 43_200)])
EARLIER = st.sampled_from([timedelta(0)] * 8 + [timedelta(hours=3), timedelta(days=4), timedelta(days=40)])
WILD = st.lists(st.builds(Step, AFTER, EARLIER, DOINGS), min_size=40, max_size=110)
QUICKLY = st.lists(st.builds(Step, st.sampled_from([timedelta(0), timedelta(minutes=1)]), EARLIER, DOINGS), max_size=2)
SLOWLY = st.lists(st.builds(Step, AFTER, EARLIER, DOINGS), max_size=4)


def _mended(number: int, kind: type[Fact], moved_by: timedelta | None = None) -> Doing:
    """Correct the last fact of a kind, which may be a correction: void it, or say that it happened earlier."""

    def asking(contract: Given) -> ContractCommand:
        told = next((each for each in reversed(contract.history) if isinstance(each.fact, kind)), contract.history[-1])
        if moved_by is None:
            return CorrectFact(version=told.version)
        said = told.fact.model_dump(mode="json")
        return CorrectFact(version=told.version, replacement=said, fact_occurred_at=told.occurred_at - moved_by)

    return _asks(number, asking)


def _route(number: int, claims: Sequence[str]) -> list[tuple[float, Doing]]:
    """To a signature in time: days, and what is done after them. The term is decided on the way."""
    onward = _asks(number, _onward(answers(*claims, bureau=BUREAU)))
    known = _asks(number, lambda _: upload("kngf", "a"))
    return [(6, onward), (1, known), (20, onward), (1, onward), (0, _amend), (1, onward), (3, onward), (12, onward)]


def _aftermath(number: int, factor: str, late: int, moved_by: timedelta, last: int) -> list[tuple[float, Doing]]:
    """Proof that is checked late, a verdict that is corrected and uncorrected, an end, and another attempt."""
    right = _asks(number, _prove(factor, "b", Registration(attributes={"label": "Keurmerk"})))
    applying = _asks(number, onward_by_application)
    ended = _asks(number, lambda _: Terminate(last_day=day("2025-06-01") + timedelta(last)))
    return [
        (100, right),
        (late, right),
        (2, _mended(number, EvidenceAccepted)),
        (20, _mended(number, FactCorrected)),
        (1, _mended(number, EvidenceUploaded, moved_by)),
        (30, ended),
        (10, applying),
        (5, applying),
        (5, applying),
        (60, _asks(number, lambda _: upload("skf", "c"))),
        (late, right),
    ]


def _woven(
    route: Sequence[tuple[float, Doing]], wild: Sequence[list[Step]], earlier: Sequence[timedelta]
) -> list[Step]:
    """What a practice does one thing after the other, with whatever happens between."""
    lived: list[Step] = []
    for (days, doing), before, ago in zip(route, wild, earlier, strict=True):
        lived += [*before, Step(timedelta(days=days), ago, doing)]
    return lived


@st.composite
def _lives(draw: st.DrawFn) -> list[Step]:
    """A practice signs in time, is checked late and corrected, and begins anew; wild things happen meanwhile."""
    number = 1  # the wild things happen to the others too, and more often
    route = _route(number, draw(st.sampled_from([("kngf", "skf"), ("kngf", "skf", "prem"), ("prem", "kngf")])))
    late, moved_by = draw(st.sampled_from([3, 45, 90])), draw(st.sampled_from([timedelta(20), timedelta(40)]))
    after = _aftermath(number, draw(st.sampled_from(["skf", "kngf"])), late, moved_by, draw(st.integers(0, 200)))
    wild = [draw(QUICKLY) for _ in route] + [draw(SLOWLY) for _ in after]
    # whoever signs does so at an instant of its own, and so do the steps before
    earlier = [timedelta(0) for _ in route] + [draw(EARLIER) for _ in after]
    return _woven([*route, *after], wild, earlier)


STEPS = st.one_of(_lives(), _lives(), _lives(), WILD)


@contextmanager
def begun(url: str) -> Iterator[World]:
    """A world in which Caresq's policy was adopted in April 2024, and every practice is registered."""
    upgrade_database(url)
    clock = SetClock(at(BEGINS))
    with open_system(url, clock=clock) as system:
        world = World(system, clock)
        import_records(system.providers, [entry(ContractId.parse(each)) for each in CONTRACTS], actor="register")
        adopt(system.policies, policy_sources().read("caresq-2025"), AdoptionOrder(actor="board"))
        yield world


def live(world: World, steps: Sequence[Step], since: str = "2024-09-10") -> None:
    """Do one thing after the other; what the log refuses because it lies too far back is not done."""
    world.clock.set(max(at(since), world.clock.now()))
    for step in steps:
        world.clock.set(world.clock.now() + step.after)
        try:
            step.doing(world, step.earlier)
        except (ClockAhead, RefusedError):
            continue


def copied(rows: Sequence[Row], url: str) -> None:
    """Put the same facts into another log, commit by commit, recorded at the same instants."""
    upgrade_database(url)
    with open_system(url) as system, system.log.database.engine.begin() as connection:
        mark = "%s" if connection.dialect.name == "postgresql" else "?"
        columns = "position, stream_id, version, topic, state, occurred_at, recorded_at, context"
        connection.exec_driver_sql(
            f"INSERT INTO log ({columns}) VALUES ({', '.join([mark] * 8)})", [tuple(row) for row in rows]
        )

"""The year as it is lived: the milestones of the purchaser's planning, and between them what everybody does."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from heapq import heappop, heappush
from typing import NamedTuple, Protocol

from application.contracting import Contracting
from application.deadlines import record_due
from application.mapper import NewFact
from application.order import Order, contexts, digest
from application.policies import AdoptionOrder, PolicySources, PolicyStreams, adopt
from application.ports import Clock, ProgressReport
from application.provider_import import Register, import_register
from application.providers import ProviderStreams, execute
from application.publication import publish_due
from application.round import RoundOrder, registered_practices, run_round, version_of
from application.simulation.agenda import Act, Agenda
from application.simulation.choices import Choices
from application.simulation.corrections import BestCorrection
from domain.calendar import AMSTERDAM, local_day, to_microseconds
from domain.care_type import CareType
from domain.contract.contract_id import ContractId
from domain.history import Fact
from domain.provider.commands import SignalIntegrity
from domain.refusal import Refused, RefusedError
from domain.simulation import SIMULATION_STREAM, SimulationStarted

POLICY = "caresq-2025"
AMENDMENT = "caresq-2025-fys-term"
PURCHASER = "caresq"
OFFICER = "A. Proef, zorginkoop"
LAST_DAY = date(2025, 12, 31)
MIDNIGHT, MORNING = time(0), time(9)
ROWS_AT_ONCE = 1_000


class SettableClock(Clock, Protocol):
    """A clock that stands still until it is set."""

    def set(self, instant: datetime) -> None:
        """Put the clock at an instant."""
        ...


@dataclass
class SimulatedWorld:
    """What the simulation acts on, and what it remembers of it."""

    clock: SettableClock
    contracting: Contracting
    providers: ProviderStreams
    policies: PolicyStreams
    sources: PolicySources
    register: Register
    seed: int
    acts: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    correction: BestCorrection = field(default_factory=BestCorrection)


class Phase(NamedTuple):
    """A stretch of the year: what it is called, what its bar counts, and the work, which answers one line."""

    day: date
    label: str
    unit: str
    work: Callable[[ProgressReport], str]


class Year:
    """Lives through the milestones in order; the same seed and register give the same log."""

    def __init__(self, world: SimulatedWorld) -> None:
        self._world = world
        self._agenda: Agenda | None = None
        self._planned: list[tuple[datetime, str, str, int, Act]] = []
        self._plans = 0
        self._position = 0

    def phases(self) -> list[Phase]:
        """The year, in order; each phase is to be carried out once."""
        return [
            Phase(date(2024, 4, 1), "Policy adopted", "policies", self._adopt_policy),
            Phase(date(2024, 4, 2), "Register imported", "practices", self._import),
            self._round(date(2024, 8, 27), CareType.LOG),
            self._everyday(date(2024, 9, 16), MORNING),
            self._round(date(2024, 9, 16), CareType.FYS, CareType.OEF),
            self._everyday(date(2024, 9, 30), MORNING),
            self._round(date(2024, 9, 30)),
            self._everyday(date(2024, 10, 15), MORNING),
            Phase(date(2024, 10, 15), "Physiotherapy: one year", "policies", self._amend),
            self._everyday(date(2024, 10, 16), MORNING),
            self._round(date(2024, 10, 16), CareType.FYS),
            self._everyday(date(2024, 10, 21)),
            self._tick(date(2024, 10, 21), "Questionnaires lapse"),
            self._everyday(date(2024, 11, 8)),
            self._tick(date(2024, 11, 8), "Offers lapse"),
            self._everyday(date(2024, 11, 12)),
            self._tick(date(2024, 11, 12), "Care finder"),
            *(
                phase
                for day in (date(2024, 12, 16), date(2025, 4, 1), date(2025, 7, 1), date(2025, 10, 1), LAST_DAY)
                for phase in (self._everyday(day), self._tick(day, "What is due"))
            ),
        ]

    # -------------------------------------------------------------------------------------------- milestones

    def _adopt_policy(self, progress: ProgressReport) -> str:
        world = self._world
        world.clock.set(_local(date(2024, 4, 1), time(8, 55)))
        started = SimulationStarted(seed=world.seed, providers=world.register.practices)
        order = Order("simulation", f"{SIMULATION_STREAM}/{world.seed}")
        [context] = contexts(order, digest(started), SIMULATION_STREAM, policy_position=None, provider_version=None)
        world.contracting.save(NewFact(SIMULATION_STREAM, 1, started, to_microseconds(world.clock.now()), context))
        world.clock.set(_local(date(2024, 4, 1)))
        self._adopt(POLICY)
        progress(1, 1)
        return f"{POLICY} is in force; the term of physiotherapy is undecided"

    def _import(self, progress: ProgressReport) -> str:
        world = self._world
        world.clock.set(_local(date(2024, 4, 2)))
        imported = import_register(
            world.providers, world.register, actor="register import", on_refused=lambda _: None, progress=progress
        )
        signals = 0
        world.clock.set(_local(date(2024, 6, 3)))
        for agb in registered_practices(world.contracting):
            if Choices(world.seed, agb).chance("integrity", 0.004):
                order = Order(OFFICER, f"signal/{agb}", reason="claims that do not fit the opening hours")
                execute(world.providers, agb, SignalIntegrity(purchaser=PURCHASER), order)
                signals += 1
        self._catch_up()
        return f"{imported.new:,} practices, {signals} integrity signals"

    def _amend(self, progress: ProgressReport) -> str:
        self._world.clock.set(_local(date(2024, 10, 15), MORNING))
        self._adopt(AMENDMENT)
        progress(1, 1)
        return f"{AMENDMENT} decides the term that offers waited for"

    def _adopt(self, name: str) -> None:
        world = self._world
        answer = adopt(world.policies, world.sources.read(name), AdoptionOrder(actor=OFFICER))
        if isinstance(answer, Refused):
            raise RefusedError(answer)
        world.contracting.policies.refresh()
        document = version_of(world.contracting, POLICY, world.clock.now()).document
        if self._agenda is None:
            self._agenda = Agenda(world.seed, document)
        self._agenda.document = document

    def _round(self, day: date, *care_types: CareType) -> Phase:
        def work(progress: ProgressReport) -> str:
            self._world.clock.set(_local(day))
            done = run_round(self._world.contracting, RoundOrder(POLICY, OFFICER, day, care_types), progress=progress)
            self._catch_up()
            counts = done.counts.values()
            told = [
                f"{sum(each.approached for each in counts):,} approached",
                f"{sum(each.not_approached for each in counts):,} not",
                f"{sum(each.reviews for each in counts):,} reviews",
            ]
            released = sum(each.released_offers for each in counts)
            return ", ".join([*told, f"{released:,} offers released"] if released else told)

        return Phase(day, f"Round {', '.join(care_types) or 'again, all'}", "practices", work)

    def _tick(self, day: date, label: str) -> Phase:
        def work(progress: ProgressReport) -> str:
            self._world.clock.set(_local(day, MIDNIGHT))
            now = self._world.clock.now()
            recorded = Counter(record_due(self._world.contracting, now).recorded)
            progress(1, 2)
            recorded.update(publish_due(self._world.contracting, now).recorded)
            progress(2, 2)
            self._catch_up()
            return ", ".join(f"{count:,} {name}" for name, count in sorted(recorded.items())) or "nothing was due"

        return Phase(day, label, "ticks", work)

    # --------------------------------------------------------------------------------------------- everyday

    def _everyday(self, until: date, at: time = MIDNIGHT) -> Phase:
        """What practices and officers do until an instant of a day, local time."""

        def work(progress: ProgressReport) -> str:
            acts, refused = self._world.acts, self._world.refused.total()
            ends_at = _local(until, at)
            first_day = local_day(self._world.clock.now())
            days = max(1, (until - first_day).days)
            while self._planned and self._planned[0][0] < ends_at:
                act = heappop(self._planned)[-1]
                self._carry_out(act)
                if self._world.acts % 50 == 0:
                    progress((local_day(act.at) - first_day).days, days)
            progress(days, days)
            return f"{self._world.acts - acts:,} acts, {self._world.refused.total() - refused:,} of them refused"

        return Phase(until, "Practices, officers", "days", work)

    def _carry_out(self, planned: Act) -> None:
        world = self._world
        act = planned if self._agenda is None else self._agenda.as_the_portal_shows(planned)
        world.acts += 1
        world.clock.set(act.at)
        order = Order(act.actor, f"{act.name}/{act.contract_id}/{act.at:%Y%m%dT%H%M%S}", reason=act.reason)
        try:
            answer = world.contracting.act(act.contract_id, act.command, order)
        except RefusedError as error:
            world.refused[error.refused.code] += 1
            return
        self._position = max(self._position, answer.position)
        for fact in answer.facts:
            self._plan(act.contract_id, fact, act.at)
        world.correction.see(act.contract_id, answer.facts, act.at)

    def _plan(self, contract_id: ContractId, fact: Fact, at: datetime) -> None:
        if self._agenda is not None:
            for act in self._agenda.next_acts(contract_id, fact, at):
                heappush(self._planned, (act.at, str(contract_id), act.name, self._plans, act))
                self._plans += 1

    def _catch_up(self) -> None:
        """Let everybody hear what a round or a tick recorded."""
        world = self._world
        while rows := world.contracting.log_port.rows_after(self._position, limit=ROWS_AT_ONCE):
            self._position = rows[-1].position
            for row in rows:
                if row.originator_id.startswith(f"{PURCHASER}/"):
                    recorded = world.contracting.facts.decode(row)
                    self._plan(ContractId.parse(recorded.stream_id), recorded.fact, recorded.occurred_at)


def _local(day: date, at: time = MORNING) -> datetime:
    return datetime.combine(day, at, tzinfo=AMSTERDAM).astimezone(UTC)

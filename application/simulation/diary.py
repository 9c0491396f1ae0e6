"""What everybody is still going to do, and the doing of it: practices and officers of every purchaser."""

from datetime import date, datetime, time
from heapq import heappop, heappush

from application.order import Order
from application.ports import ProgressReport
from application.simulation.agenda import Act, Agenda
from application.simulation.world import SimulatedWorld, local_instant
from domain.calendar import local_day
from domain.contract.contract_id import ContractId
from domain.history import Fact
from domain.policy.document import PolicyDocument
from domain.refusal import RefusedError

ROWS_AT_ONCE = 1_000
NO_ACTS = "no acts"


class Diary:
    """Acts in the order of their instants; what comes of one gives somebody a reason for the next."""

    def __init__(self, world: SimulatedWorld) -> None:
        self._world = world
        self._agendas: dict[str, Agenda] = {}
        self._planned: list[tuple[datetime, str, str, int, Act]] = []
        self._plans = 0
        self._position = 0

    def begin(self, document: PolicyDocument) -> None:
        """Let practices and officers of a purchaser act by a document from now on."""
        agenda = self._agendas.setdefault(document.purchaser.id, Agenda(self._world.seed, document))
        agenda.document = document

    def live(self, until: date, at: time, progress: ProgressReport) -> str:
        """What practices and officers do until an instant of a day, local time."""
        world = self._world
        acts, refused = world.acts, world.refused.total()
        ends_at = local_instant(until, at)
        first_day = local_day(world.clock.now())
        days = max(1, (until - first_day).days)
        while self._planned and self._planned[0][0] < ends_at:
            act = heappop(self._planned)[-1]
            self._carry_out(act)
            if world.acts % 50 == 0:
                progress((local_day(act.at) - first_day).days, days)
        progress(days, days)
        done, denied = world.acts - acts, world.refused.total() - refused
        if not done:
            return NO_ACTS
        return f"{done:,} act{'' if done == 1 else 's'}" + (f", {denied:,} refused" if denied else "")

    def catch_up(self) -> None:
        """Let everybody hear what a round or a tick recorded."""
        log, facts = self._world.contracting.log_port, self._world.contracting.facts
        while rows := log.rows_after(self._position, limit=ROWS_AT_ONCE):
            self._position = rows[-1].position
            for row in rows:
                purchaser, _, rest = row.originator_id.partition("/")
                if rest and purchaser in self._agendas:
                    recorded = facts.decode(row)
                    self._world.reminder.remind(recorded)
                    self._plan(ContractId.parse(recorded.stream_id), recorded.fact, recorded.occurred_at)

    def _carry_out(self, planned: Act) -> None:
        world, act = self._world, self._agendas[planned.contract_id.purchaser].as_the_portal_shows(planned)
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
        world.reminder.see(act.contract_id, answer.facts, act.at)

    def _plan(self, contract_id: ContractId, fact: Fact, at: datetime) -> None:
        for act in self._agendas[contract_id.purchaser].next_acts(contract_id, fact, at):
            heappush(self._planned, (act.at, str(contract_id), act.name, self._plans, act))
            self._plans += 1

"""Two years as they are lived: the milestones of both purchasers' planning, and between them what everybody does."""

from collections import Counter
from datetime import date, time

from application.mapper import NewFact
from application.order import Order, contexts, digest
from application.policies import AdoptionOrder, adopt
from application.ports import ProgressReport
from application.provider_import import Register, import_register
from application.providers import execute
from application.round import RoundOrder, registered_practices, run_round, version_of
from application.simulation.choices import Choices
from application.simulation.diary import Diary
from application.simulation.world import MIDNIGHT, MORNING, Phase, SimulatedWorld, local_instant
from application.tick import EVERY_TICK
from domain.calendar import to_microseconds
from domain.care_type import CareType
from domain.provider.commands import SignalIntegrity
from domain.refusal import Refused, RefusedError
from domain.simulation import SIMULATION_STREAM, SimulationStarted

EARLIER_POLICY = "asr-2024"
POLICY = "caresq-2025"
AMENDMENT = "caresq-2025-fys-term"
PURCHASER = "caresq"
OFFICER = "A. Proef, zorginkoop"
LAST_DAY = date(2025, 12, 31)
NOT_DUE = "nothing was due"
_WORDS = {
    "OfferLapsed": "offer{s} lapsed",
    "Published": "published",
    "QuestionnaireLapsed": "questionnaire{s} lapsed",
    "Reminded": "reminded",
    "ReviewRequested": "review{s} asked for",
    "TierChangeAnnounced": "tier change{s} announced",
    "Unpublished": "taken off the care finder",
}
"""What a tick records, in words."""


class Year:
    """Lives through the milestones in order; the same seed and register give the same log.

    First the contracting of a.s.r. for 2024, then that of Caresq for 2025, over the same practices.
    """

    def __init__(self, world: SimulatedWorld) -> None:
        self._world = world
        self._diary = Diary(world)

    def phases(self) -> list[Phase]:
        """Both years, in order; each phase is to be carried out once."""
        return [*self._of_asr(), *self._of_caresq()]

    def _of_asr(self) -> list[Phase]:
        early = self._world.early_register
        return [
            Phase(date(2023, 4, 1), "Policy adopted", "policies", self._begin),
            self._import(date(2023, 4, 3), early),
            self._round(date(2023, 9, 4), EARLIER_POLICY),
            self._everyday(date(2023, 9, 25), MORNING),
            self._round(date(2023, 9, 25), EARLIER_POLICY),
            self._everyday(date(2023, 11, 12)),
            self._tick(date(2023, 11, 12), "Care finder"),
            self._everyday(date(2024, 4, 1)),
            self._tick(date(2024, 4, 1), "What is due"),
        ]

    def _of_caresq(self) -> list[Phase]:
        return [
            self._adoption(date(2024, 4, 1), "Policy adopted", POLICY, "the term of physiotherapy is undecided"),
            self._import(date(2024, 4, 2), self._world.register),
            Phase(date(2024, 6, 3), "Integrity signals", "practices", self._signal),
            self._everyday(date(2024, 8, 27), MORNING),
            self._round(date(2024, 8, 27), POLICY, CareType.LOG),
            self._everyday(date(2024, 9, 16), MORNING),
            self._round(date(2024, 9, 16), POLICY, CareType.FYS, CareType.OEF),
            self._everyday(date(2024, 9, 30), MORNING),
            self._round(date(2024, 9, 30), POLICY),
            self._everyday(date(2024, 10, 15), MORNING),
            self._adoption(
                date(2024, 10, 15), "Physiotherapy: one year", AMENDMENT, "decides the term that offers waited for"
            ),
            self._everyday(date(2024, 10, 16), MORNING),
            self._round(date(2024, 10, 16), POLICY, CareType.FYS),
            self._everyday(date(2024, 10, 17), MORNING),
            self._tick(date(2024, 10, 17), "Reminders", MORNING),
            self._everyday(date(2024, 10, 21)),
            self._tick(date(2024, 10, 21), "Questionnaires lapse"),
            self._everyday(date(2024, 11, 8)),
            self._tick(date(2024, 11, 8), "Offers lapse"),
            self._everyday(date(2024, 11, 12)),
            self._tick(date(2024, 11, 12), "Care finder"),
            *(
                phase
                for day in (
                    date(2024, 12, 16),
                    date(2025, 1, 1),
                    date(2025, 4, 1),
                    date(2025, 7, 1),
                    date(2025, 10, 1),
                    LAST_DAY,
                )
                for phase in (self._everyday(day), self._tick(day, "What is due"))
            ),
        ]

    # -------------------------------------------------------------------------------------------- milestones

    def _begin(self, progress: ProgressReport) -> str:
        world = self._world
        world.clock.set(local_instant(date(2023, 4, 1), time(8, 55)))
        started = SimulationStarted(seed=world.seed, providers=world.register.practices)
        order = Order("simulation", f"{SIMULATION_STREAM}/{world.seed}")
        [context] = contexts(order, digest(started), SIMULATION_STREAM, policy_position=None, provider_version=None)
        world.contracting.save(NewFact(SIMULATION_STREAM, 1, started, to_microseconds(world.clock.now()), context))
        world.clock.set(local_instant(date(2023, 4, 1)))
        self._adopt(EARLIER_POLICY)
        progress(1, 1)
        return f"{EARLIER_POLICY} is in force; contracts are offered without a questionnaire"

    def _adoption(self, day: date, label: str, name: str, meaning: str) -> Phase:
        def work(progress: ProgressReport) -> str:
            self._world.clock.set(local_instant(day))
            self._adopt(name)
            progress(1, 1)
            return f"{name} {meaning}" if name == AMENDMENT else f"{name} is in force; {meaning}"

        return Phase(day, label, "policies", work)

    def _adopt(self, name: str) -> None:
        world = self._world
        answer = adopt(world.policies, world.sources.read(name), AdoptionOrder(actor=OFFICER))
        if isinstance(answer, Refused):
            raise RefusedError(answer)
        world.contracting.policies.refresh()
        policy_id = POLICY if name == AMENDMENT else name
        self._diary.begin(version_of(world.contracting, policy_id, world.clock.now()).document)

    def _import(self, day: date, register: Register) -> Phase:
        def work(progress: ProgressReport) -> str:
            world = self._world
            world.clock.set(local_instant(day))
            imported = import_register(
                world.providers, register, actor="register import", on_refused=lambda _: None, progress=progress
            )
            self._diary.catch_up()
            told = [(imported.new, "new"), (imported.changed, "changed"), (imported.unchanged, "unchanged")]
            return f"{register.practices:,} practices: " + ", ".join(f"{n:,} {what}" for n, what in told if n)

        return Phase(day, "Register imported", "practices", work)

    def _signal(self, progress: ProgressReport) -> str:
        world, signals = self._world, 0
        world.clock.set(local_instant(date(2024, 6, 3)))
        for agb in registered_practices(world.contracting):
            if Choices(world.seed, agb).chance("integrity", 0.004):
                order = Order(OFFICER, f"signal/{agb}", reason="claims that do not fit the opening hours")
                execute(world.providers, agb, SignalIntegrity(purchaser=PURCHASER), order)
                signals += 1
        progress(1, 1)
        return f"{PURCHASER} has doubts about {signals}"

    def _round(self, day: date, policy: str, *care_types: CareType) -> Phase:
        def work(progress: ProgressReport) -> str:
            self._world.clock.set(local_instant(day))
            done = run_round(self._world.contracting, RoundOrder(policy, OFFICER, day, care_types), progress=progress)
            self._diary.catch_up()
            counts = done.counts.values()
            told = [
                f"{sum(each.approached for each in counts):,} approached",
                f"{sum(each.not_approached for each in counts):,} not",
                f"{sum(each.reviews for each in counts):,} reviews",
            ]
            released = sum(each.released_offers for each in counts)
            return ", ".join([*told, f"{released:,} offers"] if released else told)

        purchaser = policy.partition("-")[0]
        return Phase(day, f"Round {purchaser}, {' '.join(care_types) or 'all care'}", "practices", work)

    def _tick(self, day: date, label: str, at: time = MIDNIGHT) -> Phase:
        """What the scheduler does by itself at that instant."""

        def work(progress: ProgressReport) -> str:
            self._world.clock.set(local_instant(day, at))
            now = self._world.clock.now()
            recorded: Counter[str] = Counter()
            for number, each in enumerate(EVERY_TICK, start=1):
                recorded.update(each.carry_out(self._world.ticking, now).recorded)
                progress(number, len(EVERY_TICK))
            self._diary.catch_up()
            return ", ".join(f"{count:,} {_word(name, count)}" for name, count in sorted(recorded.items())) or NOT_DUE

        return Phase(day, label, "ticks", work)

    def _everyday(self, until: date, at: time = MIDNIGHT) -> Phase:
        def work(progress: ProgressReport) -> str:
            return self._diary.live(until, at, progress)

        return Phase(until, "Practices, officers", "days", work)


def _word(name: str, count: int) -> str:
    return _WORDS.get(name, name).format(s="" if count == 1 else "s")

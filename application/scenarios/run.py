"""A scenario is lived through: each step by the use case that serves it everywhere, then the questions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple, Protocol

from pydantic import ValidationError

from application.contracting import Contracting
from application.due import Ticking
from application.policies import PolicyMistakesError, PolicySources, PolicyStreams
from application.ports import Clock, EventLogError
from application.providers import ProviderStreams
from application.queries.register import RegisterQuestions
from application.queries.time_travel import TimeTravel
from application.scenarios.doing import Act, Doing
from application.scenarios.expectations import Expected, ExpectedFact, Refusal, differences
from application.scenarios.format import PolicyEntry, Scenario, Step
from application.scenarios.practices import ProviderForm
from application.scenarios.question import Desk, Question
from application.scenarios.questions import asked_when
from domain.history import Fact
from domain.model import what_is_wrong
from domain.refusal import Refused, RefusedError

Path = tuple[str | int, ...]
Writing = Step[object, Expected]


class ClockThatIsSet(Clock, Protocol):
    """A clock that a scenario puts at the instant of each step."""

    def set(self, instant: datetime) -> None:
        """Put it at an aware instant."""
        ...


@dataclass(frozen=True)
class World:
    """The system on a fresh store, its clock in the hands of the scenario."""

    contracting: Contracting
    ticking: Ticking
    providers: ProviderStreams
    policies: PolicyStreams
    clock: ClockThatIsSet
    sources: PolicySources
    time_travel: TimeTravel
    register: RegisterQuestions


class Failure(NamedTuple):
    """What came otherwise than expected, and where in the scenario it was expected."""

    path: Path
    expected: str
    found: str


class _Due(NamedTuple):
    """Something that happens at an instant, and where the scenario says so."""

    at: datetime
    path: Path
    do: Callable[[], None]
    expect: Expected | None = None


def run_scenario(scenario: Scenario, world: World) -> list[Failure]:
    """Live through a scenario on an empty store, and answer everything that came otherwise than expected.

    A step that fails does not end the scenario: what follows is judged too.
    """
    world.clock.set(scenario.policies[0].adopted_at)
    seen = _Seen(world.contracting)
    failures: list[Failure] = []
    for due in sorted(_agenda(scenario, world), key=lambda due: due.at):
        world.clock.set(due.at)
        refused = _done(due.do)
        failures += _judged(due, refused, seen.since_last_time())
    done_at = world.clock.now()
    for number, question in enumerate(scenario.questions):
        world.clock.set(asked_when(question, done_at))
        failures += _asked(question, world, scenario.contract, ("questions", number))
    return failures


def _agenda(scenario: Scenario, world: World) -> Iterator[_Due]:
    """Everything that happens: adoptions before registrations before steps, where they share an instant."""
    doing = Doing(world.ticking, world.providers, world.policies, world.sources, scenario)
    for number, policy in enumerate(scenario.policies):
        yield _Due(policy.adopted_at, ("policies", number), _adoption(doing, policy))
    for number, provider in enumerate(scenario.providers):
        at = provider.registered_at or scenario.policies[0].adopted_at
        yield _Due(at, ("providers", number), _registration(doing, provider))
    for number, step in enumerate(scenario.steps):
        yield _Due(step.at, ("steps", number), _deed(doing, step, number), step.expect)


def _adoption(doing: Doing, policy: PolicyEntry) -> Callable[[], None]:
    return lambda: doing.adopt(policy.policy, Act(policy.by, f"adoption of {policy.policy}"), policy.ground)


def _registration(doing: Doing, provider: ProviderForm) -> Callable[[], None]:
    return lambda: doing.register(provider)


def _deed(doing: Doing, step: Writing, number: int) -> Callable[[], None]:
    act = Act(
        step.by,
        step.command_id or f"step-{number + 1}",
        step.on_behalf_of,
        step.reason,
        step.occurred_at,
        step.contract,
        step.provider,
    )
    return lambda: doing.carry_out(step.do, act)


class _Trouble(NamedTuple):
    """Why a step could not be carried out at all."""

    message: str


def _done(do: Callable[[], None]) -> Refused | _Trouble | None:
    """Carry out a step; what forbade it is an answer like any other."""
    try:
        do()
    except RefusedError as error:
        return error.refused
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        return _Trouble(f"{'.'.join(map(str, first['loc']))}: {what_is_wrong(first)}")
    except (EventLogError, PolicyMistakesError, LookupError) as error:
        return _Trouble(str(error))
    return None


class _Seen:
    """How far in the log the scenario has looked."""

    def __init__(self, contracting: Contracting) -> None:
        self._log, self._facts = contracting.log_port, contracting.facts
        self._position = 0

    def since_last_time(self) -> list[tuple[str, Fact]]:
        """The facts recorded since, each with its stream, in log order."""
        found: list[tuple[str, Fact]] = []
        while rows := self._log.rows_after(self._position):
            self._position = rows[-1].position
            found += [(each.stream_id, each.fact) for each in self._facts.decode_all(rows)]
        return found


def _judged(due: _Due, refused: Refused | _Trouble | None, recorded: list[tuple[str, Fact]]) -> Iterator[Failure]:
    """What came otherwise than a step expects."""
    path, expected = (*due.path, "expect"), due.expect
    if isinstance(refused, _Trouble):
        yield Failure(due.path, "to be carried out", refused.message)
    elif isinstance(expected, Refusal):
        came = _facts([fact for _, fact in recorded]) if refused is None else _refusal(refused)
        if refused is None or refused.code != expected.refused:
            yield Failure(path, f"refused: {expected.refused}", came)
        elif expected.clause not in (None, refused.clause):
            yield Failure((*path, "clause"), f"refused under {expected.clause}", came)
    elif refused is not None:
        wanted = "to be carried out" if expected is None else _expected(expected)
        yield Failure(due.path if expected is None else path, wanted, _refusal(refused))
    elif isinstance(expected, dict):
        for stream, facts in expected.items():
            yield from _compared(facts, [fact for where, fact in recorded if where == stream], (*path, stream))
    elif expected is not None:
        yield from _compared(expected, [fact for _, fact in recorded], path)


def _compared(expected: tuple[ExpectedFact, ...], recorded: list[Fact], path: Path) -> Iterator[Failure]:
    names, came = [each.name for each in expected], [each.stored_name for each in recorded]
    if names != came:
        yield Failure(path, _expected(expected), _facts(recorded))
        return
    for number, (fact, found) in enumerate(zip(expected, recorded, strict=True)):
        for difference in differences(fact.fields, found.model_dump(mode="json")):
            where = f"{fact.name}.{difference.path}"
            yield Failure((*path, number, fact.name), f"{where}: {difference.expected}", difference.found)


def _expected(expected: object) -> str:
    if isinstance(expected, dict):
        return "; ".join(f"{stream}: {_expected(facts)}" for stream, facts in expected.items())
    if isinstance(expected, tuple):
        return ", ".join(each.name for each in expected) or "nothing"
    return str(expected)


def _facts(recorded: list[Fact]) -> str:
    """Facts by name, repetitions counted."""
    counted = [(name, len(list(group))) for name, group in groupby(each.stored_name for each in recorded)]
    return ", ".join(name if number == 1 else f"{number} x {name}" for name, number in counted) or "nothing"


def _refusal(refused: Refused) -> str:
    return f"refused: {RefusedError(refused)}"


def _asked(question: Question, world: World, contract: str | None, path: Path) -> Iterator[Failure]:
    """What was answered otherwise than a question expects."""
    try:
        answer = question.put(Desk(world.contracting, world.time_travel, world.register, contract))
    except (EventLogError, RefusedError, LookupError) as error:
        if question.refused != type(error).__name__:
            expected = "an answer" if question.refused is None else f"refused: {question.refused}"
            yield Failure(path, expected, f"refused: {type(error).__name__}: {error}")
        return
    if question.refused is not None:
        yield Failure((*path, "refused"), f"refused: {question.refused}", "an answer")
    for difference in question.differences(answer):
        where = f"{difference.path}: " if difference.path else ""
        yield Failure((*path, "answer", *difference.path.split(".")[:1]), where + difference.expected, difference.found)

"""A contract as it stood at an earlier instant: ours beside SQLAlchemy-Continuum and the library's own way."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import cycle, islice
from uuid import UUID

from sqlalchemy import Engine, create_engine

from application.queries.horizon import Asked
from benchmarks import continuum
from benchmarks.arena import DATABASES, Arena
from benchmarks.contracts import Kept, fill_histories, stock, told
from benchmarks.measure import Contest, Round, rate
from benchmarks.sampled import SMALLEST, sampled
from domain.contract.contract_id import ContractId
from domain.history import Recorded
from infrastructure.bootstrap import System, open_system
from infrastructure.persistence.engine import parse_url
from tests.given import at

KNOWN_AT = "2025-06-30T12:00"
EFFECTIVE_ON = date(2025, 3, 1)
QUESTIONS = 400
EVERY = 7
ROUNDS = 5


def contests(arena: Arena) -> Iterator[Contest]:
    """Questions per second, on each database; every seventh contract of the sample is asked about in turn."""
    for database in DATABASES:
        system = arena.stack.enter_context(open_system(sampled(arena, database, SMALLEST).url))
        histories = list(all_histories(system))
        asked = [history for history in histories[::EVERY] if history[0].recorded_at <= at(KNOWN_AT)]
        for name, peer, target in (
            ("Continuum", _continuum(arena, database, histories, asked), 1.0),
            ("repository.get(version=n)", _library(arena, database, system, asked), 0.2),
        ):
            told = f"past day, whole answer by the fold, against {name}"
            yield _whole_answer(system, database, asked, told, peer, target)


def _whole_answer(
    system: System, database: str, asked: list[list[Recorded]], name: str, peer: Round, target: float
) -> Contest:
    ids = cycle([ContractId.parse(history[0].stream_id) for history in asked])
    question = Asked(effective_on=EFFECTIVE_ON, known_at=at(KNOWN_AT))

    def questions() -> None:
        for each in islice(ids, QUESTIONS):
            system.questions.contract(each, question)

    def ours() -> float:
        return rate(questions, QUESTIONS)

    ours()
    peer()
    return Contest(name, database, ours, peer, target=target, rounds=ROUNDS)


def all_histories(system: System) -> Iterator[list[Recorded]]:
    """The history of every contract in the log, in order of id."""
    for purchaser in ("asr", "caresq"):
        after = ""
        while stream_ids := system.log.stream_ids(f"{purchaser}/", after=after):
            after = stream_ids[-1]
            found: dict[str, list[Recorded]] = {}
            for recorded in system.contracting.facts.decode_all(system.log.read_streams(stream_ids)):
                found.setdefault(recorded.stream_id, []).append(recorded)
            yield from found.values()


def filled_continuum(arena: Arena, database: str, histories: list[list[Recorded]]) -> Engine:
    """Continuum's tables on a new database, with these contracts."""
    engine = create_engine(parse_url(arena.bare_url(database)))
    arena.stack.callback(engine.dispose)
    continuum.fill(engine, histories)
    return engine


def _continuum(arena: Arena, database: str, histories: list[list[Recorded]], asked: list[list[Recorded]]) -> Round:
    engine = filled_continuum(arena, database, histories)
    names, instant = cycle([history[0].stream_id for history in asked]), at(KNOWN_AT)

    def state(name: str) -> None:
        assert continuum.stood(engine, name, EFFECTIVE_ON, instant) is not None

    def questions() -> None:
        for each in islice(names, QUESTIONS):
            state(each)

    return lambda: rate(questions, QUESTIONS)


def _library(arena: Arena, database: str, system: System, asked: list[list[Recorded]]) -> Round:
    """The number of facts that were known is given, as the library knows no instants."""
    application = stock(arena, database)
    rows = {history[0].stream_id: system.log.read([(history[0].stream_id, 0)]) for history in asked}
    ids = fill_histories(
        application, [[told(system.contracting.facts, row) for row in rows[each[0].stream_id]] for each in asked]
    )
    questions = cycle(list(zip(ids, [_known(history, at(KNOWN_AT)) for history in asked], strict=True)))

    def state(aggregate_id: UUID, version: int) -> None:
        aggregate: Kept = application.repository.get(aggregate_id, version=version)
        assert aggregate.version == version

    def all_states() -> None:
        for each in islice(questions, QUESTIONS):
            state(*each)

    return lambda: rate(all_states, QUESTIONS)


def _known(history: list[Recorded], instant: datetime) -> int:
    return sum(recorded.recorded_at <= instant for recorded in history)

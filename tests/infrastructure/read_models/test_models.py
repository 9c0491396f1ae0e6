"""The simple models hold what a question to the log answers, after every step of every scenario."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, Row, Table, inspect, select

from application.audit.subject import AdoptedPolicies, subject_of
from application.contract_pages import contract_pages
from application.due import record_due
from application.policies import PolicySource, PolicySources
from application.policy_library import PolicyLibrary
from application.ports import AuditFilter
from application.queries.audit_trail import matches
from application.queries.horizon import Asked
from application.queries.round_report import round_status
from application.scenarios.run import World, run_scenario
from domain.calendar import to_microseconds
from domain.contract.contract_id import ContractId
from domain.contract.standing import OVER
from domain.history import Recorded
from domain.policy.document import PolicyDocument
from domain.provider.facts import fold_provider
from domain.round.facts import ROUNDS
from infrastructure.clock import SetClock
from infrastructure.persistence.engine import create_log_engine
from infrastructure.persistence.recorder import LogRecorder
from infrastructure.read_models.audit_index import AUDIT_ENTRY
from infrastructure.read_models.audit_reads import AuditReads
from infrastructure.read_models.batches import BatchReader
from infrastructure.read_models.deadlines import DEADLINE
from infrastructure.read_models.lists import Lists
from infrastructure.read_models.models import all_models
from infrastructure.read_models.overview import OVERVIEW
from infrastructure.read_models.practices import PRACTICE
from infrastructure.read_models.runner import Runner
from infrastructure.read_models.service import ReadModels
from infrastructure.read_models.worklist import WORK
from infrastructure.trials import read_scenario, scenario_worlds
from tests.application.scenario_files import FILES, ROOT
from tests.postgres_server import PostgresServer

Worlds = Callable[[PolicySources], AbstractContextManager[World]]
KNOWN: dict[str, PolicySource] = {}
CASES = [
    *(
        pytest.param("sqlite", path, marks=[pytest.mark.slow] if number % 2 else [])
        for number, path in enumerate(FILES)
    ),
    *(pytest.param("postgres", path) for path in FILES[::9]),
]


@pytest.fixture(scope="module")
def sqlite_worlds() -> Iterator[Worlds]:
    with scenario_worlds() as worlds:
        yield worlds


@pytest.fixture(scope="module")
def postgres_worlds(postgres_server: PostgresServer) -> Iterator[Worlds]:
    with scenario_worlds(postgres_server.url(postgres_server.create_database())) as worlds:
        yield worlds


class Models:
    """The models of a world, caught up with batches of any size."""

    def __init__(self, world: World, sizes: Random) -> None:
        assert isinstance(world.contracting.log_port, LogRecorder)
        self.log = world.contracting.log_port
        self._sizes = sizes
        facts = world.contracting.facts
        self._reader = BatchReader(self.log, facts, PolicyLibrary(self.log, facts))
        self._runner = Runner(self.log.database, self._reader, facts, all_models(), world.clock)

    def catch_up(self) -> None:
        head = self.log.max_notification_id() or 0
        at = min(standing.position for standing in self._runner.standings().values())
        while at < head:
            batch = self._reader.after(at, limit=self._sizes.choice([1, 3, 50]))
            assert batch is not None
            at = batch.to
            assert not self._runner.catch_up(up_to=at).faults

    def rows(self, table: Table) -> list[Row[Any]]:
        with self.log.database.engine.connect() as connection:
            return list(connection.execute(select(table)))


class WatchedClock(SetClock):
    """Before it is put further, everything is looked at, and again before anything happens at the new instant."""

    def __init__(self, world: World, models: Models) -> None:
        super().__init__(world.clock.now())
        self._set = world.clock.set
        self._world = world
        self._models = models

    def set(self, instant: datetime) -> None:
        if hasattr(self, "_models"):
            self._models.catch_up()
            look(self._world, self._models)
            self._set(instant)
            look(self._world, self._models)
        super().set(instant)


def look(world: World, models: Models) -> None:
    """Hold what the tables say now against what the log answers now."""
    at = models.log.horizon().known_at
    found = {row.contract_id: row for row in models.rows(OVERVIEW) if row.at_from <= at < row.at_to}
    work: dict[str, set[tuple[str, str]]] = {}
    for row in models.rows(WORK):
        if at < row.until:
            work.setdefault(row.contract_id, set()).add((row.kind, row.item))
    contracts = {str(each.contract_id): each for page in contract_pages(world.contracting) for each in page}
    assert found.keys() == contracts.keys()
    for contract_id, loaded in contracts.items():
        answer = world.time_travel.contract(ContractId.parse(contract_id), Asked())
        procedure, row = answer.procedure, found[contract_id]
        assert procedure is not None
        assert (row.status, row.attempt, row.entitled_tier, row.reasons) == (
            procedure.status.value,
            procedure.attempt,
            procedure.entitled_tier,
            " ".join(each.code for each in procedure.reasons),
        )
        assert (row.purchaser, row.agb, row.care_type, row.period) == loaded.contract_id
        last = loaded.history[-1]
        assert (row.changed_at, row.changed_position) == (to_microseconds(last.recorded_at), last.position)
        assert row.offered_tier == (None if procedure.offer is None else procedure.offer.tier)
        reviews = {each.review_id for each in procedure.reviews if each.outcome is None}
        assert row.open_reviews == len(reviews)
        waiting = {each.evidence_id for each in procedure.evidence if each.state == "waiting"}
        told = work.get(contract_id, set())
        assert {item for kind, item in told if kind == "evidence"} == (set() if procedure.status in OVER else waiting)
        assert {item for kind, item in told if kind in {"review", "missing_data"}} - {"documents"} == reviews
        assert ("assessment", "questionnaire") in told or procedure.status != "confirmed"
        application = procedure.application
        received = procedure.status == "application_received" and application is not None
        assert (("missing_data", "documents") in told) == bool(
            received and application is not None and application.awaits_documents
        )


@pytest.mark.parametrize(("database", "path"), CASES, ids=str)
def test_the_lists_say_what_the_log_answers_whenever_they_are_asked(
    database: str, path: Path, request: pytest.FixtureRequest
) -> None:
    worlds: Worlds = request.getfixturevalue(f"{database}_worlds")
    file = read_scenario(ROOT / path, KNOWN)
    with worlds(file.sources) as world:
        models = Models(world, Random(str(path)))
        clock = WatchedClock(world, models)
        # what is asked in between makes what follows a microsecond later, and a scenario may tell: not judged here
        run_scenario(file.scenario, replace(world, clock=clock))
        models.catch_up()
        look(world, models)
        what_a_tick_records_was_due(world, models)
        models.catch_up()
        held_against_the_log(world, models)
        held_against_a_fresh_fold(models)
        a_round_stands_as_the_log_says(world, models)


def what_a_tick_records_was_due(world: World, models: Models) -> None:
    """A tick records of exactly those contracts something of which a deadline has passed, and then nothing is due."""
    now = to_microseconds(world.contracting.clock.now())

    def due() -> set[str]:
        return {row.contract_id for row in models.rows(DEADLINE) if row.due_at <= now < row.until}

    expected, head = due(), models.log.max_notification_id() or 0
    assert record_due(world.ticking, world.contracting.clock.now()).failures == ()
    assert {row.originator_id for row in models.log.rows_after(head)} == expected
    models.catch_up()
    # who is listed until the end of a term that has passed is told of it by the next tick
    again = {
        row.contract_id
        for row in models.rows(DEADLINE)
        if row.due_at <= now < row.until and row.kind != "unpublication"
    }
    assert again == set()


def held_against_the_log(world: World, models: Models) -> None:
    """The audit index has a row for each fact, from its envelope; practices are what the register says now."""
    facts = world.contracting.facts
    recorded = facts.decode_all(models.log.rows_after(0, limit=100_000))
    entries = {row.position: row for row in models.rows(AUDIT_ENTRY)}
    assert len(entries) == len(recorded)
    adopted = {each.position: each.document for each in world.contracting.policies.adopted_by(len(recorded))}
    for each in recorded:
        entry, context = entries[each.position], each.envelope()
        assert (entry.actor, entry.on_behalf_of, entry.policy_position) == (
            context.actor,
            context.on_behalf_of,
            context.policy_position,
        )
        assert (entry.occurred_at, entry.recorded_at) == (
            to_microseconds(each.occurred_at),
            to_microseconds(each.recorded_at),
        )
        cause = context.causation_id
        elsewhere = cause is not None and "@" in cause and not cause.startswith(f"{each.stream_id}@")
        assert entry.caused_by == (cause if elsewhere else None)
        assert (entry.correlation_id or context.command_id) == context.correlation_id
        assert entry.purchaser == whose(each.stream_id, each.fact, adopted)
        assert (entry.agb is None) == each.stream_id.startswith(("policy/", ROUNDS))
        if context.policy_position is not None:
            assert entry.policy_id == adopted[context.policy_position].id
    the_index_answers_what_is_asked(world, models, recorded)
    for row in models.rows(PRACTICE):
        provider = fold_provider(facts.decode_all(models.log.read([(f"provider/{row.agb}", 0)])))
        assert provider is not None
        assert (row.name, row.city) == (provider.record.name, provider.record.city)
    providers = {each.stream_id for each in recorded if each.stream_id.startswith("provider/")}
    assert {f"provider/{row.agb}" for row in models.rows(PRACTICE)} == providers


def the_index_answers_what_is_asked(world: World, models: Models, recorded: Sequence[Recorded]) -> None:
    """By every value that facts have, alone and together, and by every cause, in pages too."""
    index = AuditReads(models.log.database, lambda _position: None)
    policies = AdoptedPolicies.of(world.contracting.policies)
    head, fact = recorded[-1].position, recorded[len(recorded) // 2]
    context, subject = fact.envelope(), subject_of(fact.stream_id, fact.fact, policies.purchaser_of)
    policy = policies.policy_of(fact, context)
    asked = [
        AuditFilter(),
        *(AuditFilter(actor=each.envelope().actor) for each in recorded[-3:]),
        AuditFilter(purchaser="caresq"),
        AuditFilter(agb=subject.agb, policy_id=policy),
        AuditFilter(subject.purchaser, subject.agb, context.actor, context.on_behalf_of, policy),
        AuditFilter(policy_id=policy, occurred_from=to_microseconds(fact.occurred_at)),
        AuditFilter(occurred_until=to_microseconds(fact.occurred_at)),
    ]
    for wanted in asked:
        expected = [one.position for one in recorded if matches(one, wanted, policies)]
        assert index.positions(wanted, after=0, up_to=head, limit=head) == expected
        assert (
            index.positions(wanted, after=head // 3, up_to=head // 2, limit=2)
            == [position for position in expected if head // 3 < position <= head // 2][:2]
        )
    contexts = {each.position: each.envelope() for each in recorded}
    for each in recorded:
        assert index.caused_by(each.event_id, up_to=head) == [
            other.position
            for other in recorded
            if contexts[other.position].causation_id == each.event_id and other.stream_id != each.stream_id
        ]
        correlation = contexts[each.position].correlation_id
        assert index.correlated(correlation, after=0, up_to=head, limit=head) == [
            position
            for position, found in contexts.items()
            if found.correlation_id == correlation and found.command_id != correlation
        ]


def whose(stream_id: str, fact: Any, adopted: Mapping[int, PolicyDocument]) -> Any:
    if stream_id.startswith("provider/"):
        return getattr(fact, "purchaser", None)
    if stream_id.startswith(("policy/", ROUNDS)):
        return next(each.purchaser.id for each in adopted.values() if each.id == stream_id.split("/")[1])
    return stream_id.split("/", maxsplit=1)[0]


def a_round_stands_as_the_log_says(world: World, models: Models) -> None:
    """Of every policy, from the tables where it is alone in its periods."""
    contracting = world.contracting
    found = ReadModels(models.log, contracting.facts, contracting.policies, contracting.clock, all_models())
    lists = Lists(found, contracting, world.ticking.failures)
    for stream in contracting.policies.streams():
        policy = stream.partition("/")[2]
        if contracting.policies.versions(stream).at(contracting.clock.now()) is not None:
            assert lists.round_status(policy) == round_status(contracting, policy, Asked())


def held_against_a_fresh_fold(models: Models) -> None:
    """Applied at once, in other tables, the log gives the same rows."""
    engine = models.log.database.engine
    batch = models._reader.after(0)
    assert batch is not None
    assert batch.to == models.log.max_notification_id()
    for model in all_models():
        fresh = model.aside("_fresh")
        with engine.begin() as connection:
            for table in fresh.tables:
                table.create(connection)
            fresh.apply(connection, batch)
            for live, anew in zip(model.tables, fresh.tables, strict=True):
                assert all_rows(connection, live) == all_rows(connection, anew)


def all_rows(connection: Connection, table: Table) -> set[tuple[Any, ...]]:
    found = [tuple(row) for row in connection.execute(select(table))]
    assert len(found) == len(set(found))
    return set(found)


def test_the_tables_in_the_code_are_those_that_the_migrations_make(database_url: str) -> None:
    engine = create_log_engine(database_url)
    for model in all_models():
        for table in model.tables:
            stored = Table(table.name, MetaData(), autoload_with=engine)
            assert [(each.name, each.nullable or each.primary_key) for each in stored.columns] == [
                (each.name, each.nullable or each.primary_key) for each in table.columns
            ]
            assert [each.name for each in stored.primary_key.columns] == [
                each.name for each in table.primary_key.columns
            ]
            assert inspect(engine).has_table(table.name)
    engine.dispose()

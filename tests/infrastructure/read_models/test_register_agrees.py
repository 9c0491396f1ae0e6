"""The register's tables, the fold and a reckoning by hand agree on every cell of worlds drawn at random."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as drawn

from application.ports import Horizon
from application.register.claim_lines import ClaimLines, _cells
from application.register.claims import CareGiven, Claims
from domain.calendar import first_of_next_month, from_microseconds, instant_text, local_day
from domain.care_type import CareType
from domain.contract.contract import fold
from domain.contract.facts import (
    ApplicationReceived,
    ContractCarriedOver,
    ContractTerminated,
    EvidenceAccepted,
    EvidenceUploaded,
)
from domain.history import FactCorrected
from domain.policy.adoption import PolicyAdopted
from infrastructure.bootstrap import System, open_system
from infrastructure.read_models.register.model import RegisterModel
from infrastructure.read_models.register.overlaps import overlaps
from infrastructure.read_models.register.reads import RegisterTables
from infrastructure.read_models.register.remembered import RememberedTables
from tests.infrastructure.read_models.register_cells import (
    Log,
    Question,
    catch_up,
    cells_of_fold,
    cells_of_tables,
    in_short,
    questions,
    telling_days,
    worked_out,
)
from tests.postgres_server import PostgresServer
from tests.register_world import STEPS, Step, begun, copied, live

EXAMPLES, LEAST_CELLS = 10, 10_000
DAYS, COMMITS = 45, 16
EVERY_CLAIM = 12
CODES = ("04001234", "04005678", "04009012", "24005566", "26001122", "04000001", "04000002", "98000001")
"""Of the practices, of locations that they may have, and of nobody."""
# a world takes a second: making a failing one smaller would take many minutes
WORLD = settings(max_examples=EXAMPLES, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


SEEN = {
    "backdated", "checked late", "correction corrected", "carried over", "second attempt", "amended", "verdict mended",
    "tier changed", "ended",
}  # fmt: skip
"""What the worlds of a run must have seen together: a property of histories in which nothing happens says little."""


def seen(log: Log) -> Iterator[str]:
    """What of that a world has seen."""
    for contract_id in log.contracts():
        history = log.known(str(contract_id), len(log.rows))
        fact_of = {each.version: each.fact for each in history}
        supplied: dict[str, date] = {}
        for each in history:
            if each.recorded_at - each.occurred_at >= timedelta(days=1):
                yield "backdated"
            match each.fact:
                case EvidenceUploaded() as upload:
                    supplied[upload.evidence_id] = first_of_next_month(local_day(each.occurred_at))
                case EvidenceAccepted() as accepted if local_day(each.recorded_at) >= supplied[accepted.evidence_id]:
                    yield "checked late"
                case FactCorrected(corrects=version):
                    mended = fact_of[version]
                    yield from ("correction corrected",) if isinstance(mended, FactCorrected) else ()
                    yield from ("verdict mended",) if isinstance(mended, EvidenceAccepted) else ()
                case ContractCarriedOver():
                    yield "carried over"
                case ApplicationReceived(attempt=number) if number is not None and number > 1:
                    yield "second attempt"
                case ContractTerminated():
                    yield "ended"
                case _:
                    pass
        for attempt in fold(history).attempts:
            tiers = {
                attempt.tier_on(each.effective_on)
                for each in attempt.assignments
                if attempt.in_force(each.effective_on)
            }
            yield from ("tier changed",) if len(tiers) > 1 else ()
    if sum(isinstance(each.fact, PolicyAdopted) for each in log.rows) > 1:
        yield "amended"


def check_cells(url: str, *, at_once: int) -> tuple[int, set[str]]:
    """Bring the register up in batches of that many rows, and hold every cell of it against the fold."""
    with open_system(url) as system:
        catch_up(system, RegisterModel(), at_once=at_once)
        log, tables = Log(system), RegisterTables(system.log.database)
        days = telling_days(log.rows)
        days = days[:: max(1, len(days) // DAYS)]
        cells = 0
        asked = list(questions(log.rows, days, max(1, len(log.rows) // COMMITS)))
        for question in asked:
            found = cells_of_tables(tables, question)
            assert found == cells_of_fold(log, question), question
            assert in_short(found) == worked_out(log, question), question
            cells += len(log.contracts())
        check_claims(system, tables, asked[::EVERY_CLAIM])
        assert overlaps(system.log.database) == []
        return cells, {*seen(log)}


def check_claims(system: System, tables: RegisterTables, asked: Sequence[Question]) -> None:
    """Hold the lines of a file of claims, its practices read at once and remembered, against single lookups."""
    policies = system.contracting.policies
    last = max(asked, key=lambda question: question.known_at)
    lines = ClaimLines(
        RememberedTables(system.log.database, "caresq"),
        policies,
        system.log,
        "caresq",
        Horizon(last.known_at, last.position),
        delimiter=",",
        parse_instant=datetime.fromisoformat,
        parse_day=date.fromisoformat,
    )
    claims = Claims(tables, policies)
    for question in asked:
        known_at = instant_text(from_microseconds(question.known_at))
        wanted = [(code, care_type) for code in CODES for care_type in (CareType.FYS, CareType.DIE)]
        lines.prepare([(code, care_type.value, known_at) for code, care_type in wanted])
        for code, care_type in wanted:
            told = lines.answer((code, care_type.value, known_at), question.effective_on.isoformat())
            care = CareGiven("caresq", code, care_type, question.effective_on)
            horizon = Horizon(question.known_at, question.position)
            expected = _cells(care, horizon, claims.judge(care, horizon))
            assert told == ",".join(("", *expected)), (question, code, care_type)


def lived(folder: Path, steps: list[Step]) -> str:
    url = f"sqlite:///{folder / 'world.db'}"
    with begun(url) as world:
        live(world, steps)
    return url


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_tables_and_fold_agree_on_every_cell(database: str, request: pytest.FixtureRequest) -> None:
    cells: list[tuple[int, set[str]]] = []

    @drawn(steps=STEPS)
    @WORLD
    def agree(steps: list[Step]) -> None:
        at_once = (1, 5, 2_000)[len(steps) % 3]
        with TemporaryDirectory() as folder:
            url = lived(Path(folder), steps)
            if database == "sqlite":
                cells.append(check_cells(url, at_once=at_once))
                return
            with open_system(url) as system:
                rows = system.log.rows_after(0, limit=100_000)
            server: PostgresServer = request.getfixturevalue("postgres_server")
            name = server.create_database(request.getfixturevalue("postgres_template"))
            try:
                copied(rows, server.url(name))
                cells.append(check_cells(server.url(name), at_once=at_once))
            finally:
                server.drop_database(name)

    agree()
    assert sum(held for held, _ in cells) >= LEAST_CELLS
    assert {each for _, lived in cells for each in lived} == SEEN

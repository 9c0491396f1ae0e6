"""The register cell by cell: from its tables, from the fold, and worked out by hand."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple

from application.policy_library import PolicyLibrary
from application.register.reads import LegalRow, ProcedureRow, RegisterFilter, RegisterMoment
from domain.calendar import from_microseconds, last_instant, local_day, to_microseconds
from domain.contract.contract import fold
from domain.contract.contract_id import ContractId
from domain.contract.standing import (
    Status,
    deadlines_of,
    entitled_tier,
    last_signing_day,
    legal_position,
    listed,
    listed_from,
    members_of,
    reasons_of,
    status,
    term_sought,
)
from domain.history import Recorded, effective
from domain.policy.adoption import PolicyVersion
from domain.provider.facts import NO_PURCHASER, fold_provider
from infrastructure.bootstrap import System
from infrastructure.persistence import tracking
from infrastructure.persistence.recorder import LogRecorder
from infrastructure.read_models import state
from infrastructure.read_models.batches import BatchReader
from infrastructure.read_models.register.model import RegisterModel
from infrastructure.read_models.register.reads import RegisterTables
from infrastructure.read_models.runner import Runner
from tests.infrastructure.read_models.register_oracle import Law, law, planned_days, read
from tests.infrastructure.read_models.register_oracle import status as status_by_hand


class Question(NamedTuple):
    """A day, and the knowledge of an instant, in microseconds, at which a position was the last."""

    effective_on: date
    known_at: int
    position: int

    @property
    def judged_at(self) -> datetime:
        return min(last_instant(self.effective_on), from_microseconds(self.known_at))


Cell = tuple[ProcedureRow | None, LegalRow | None]


def catch_up(system: System, model: RegisterModel, *, at_once: int = 2_000) -> None:
    """Bring the register to the head of the log, so many rows at once."""
    log, contracting = system.log, system.contracting
    reader = BatchReader(log, contracting.facts, PolicyLibrary(log, contracting.facts))
    if at_once < 2_000:
        _step_by_step(log, reader, model, at_once)
    runner = Runner(log.database, reader, contracting.facts, [model], system.clock)
    caught_up = runner.catch_up(up_to=log.max_notification_id() or 0)
    assert not caught_up.faults, caught_up.faults


def _step_by_step(log: LogRecorder, reader: BatchReader, model: RegisterModel, at_once: int) -> None:
    with log.database.transaction() as connection:
        state.enter(connection, model)
    position = 0
    while batch := reader.after(position, limit=at_once):
        batch.prepare()
        with log.database.transaction() as connection:
            tracking.move(connection, model.name, read_from=position, to=batch.to)
            model.apply(connection, batch)
        position = batch.to


def questions(rows: Sequence[Recorded], days: Sequence[date], every: int) -> Iterator[Question]:
    """Days asked about with the knowledge of every so many commits: of the commit itself, and just before the next."""
    commits = [list(each) for _, each in groupby(rows, key=lambda recorded: recorded.recorded_at)]
    for number in range(len(commits) % every, len(commits), every):
        last = commits[number][-1]
        known = to_microseconds(last.recorded_at)
        later = to_microseconds(commits[number + 1][0].recorded_at) - 1 if number + 1 < len(commits) else known
        for index, day in enumerate(days):
            yield Question(day, later if index % 2 else known, last.position)


def telling_days(rows: Sequence[Recorded]) -> list[date]:
    """Days on which something happened or holds anew, the days before and after, and quiet ones."""
    days = {local_day(each.occurred_at) for each in rows}
    days |= {date(2024, 10, 20), date(2024, 11, 7), date(2024, 11, 14), date(2024, 11, 12)}
    for each in rows:
        for name in ("effective_on", "last_day"):
            found = getattr(each.fact, name, None)
            days |= set() if found is None else {found}
        term = getattr(each.fact, "term", None)
        if term is not None:
            days |= {term.start} | ({term.end} if term.end is not None else set())
    around = {day + timedelta(days=shift) for day in days for shift in (-1, 0, 1)}
    return sorted(around | {date(2023, 12, 31), date(2025, 6, 15), date(2026, 12, 31), date(2027, 2, 1)})


def cells_of_tables(tables: RegisterTables, question: Question) -> dict[str, Cell]:
    """Every contract of Caresq as the tables have it."""
    judged_at = to_microseconds(question.judged_at)
    moment = RegisterMoment(question.effective_on, judged_at, question.position)
    lines = tables.lines(RegisterFilter("caresq"), moment, after=None, limit=1_000)
    return {"/".join(line.key): (line.procedure, line.legal) for line in lines}


class Log:
    """All facts of a log, decoded once."""

    def __init__(self, system: System) -> None:
        self.rows = system.contracting.facts.decode_all(system.log.rows_after(0, limit=100_000))
        self.library = system.contracting.policies
        self.library.refresh()
        self._streams: dict[str, list[Recorded]] = {}
        for recorded in self.rows:
            self._streams.setdefault(recorded.stream_id, []).append(recorded)

    def contracts(self) -> list[ContractId]:
        return [ContractId.parse(each) for each in sorted(self._streams) if each.count("/") == 3]

    def known(self, stream_id: str, position: int) -> list[Recorded]:
        return [each for each in self._streams.get(stream_id, []) if each.position <= position]


def cells_of_fold(log: Log, question: Question) -> dict[str, Cell]:
    """Every contract as the fold of its facts answers."""
    found: dict[str, Cell] = {}
    for contract_id in log.contracts():
        history = log.known(str(contract_id), question.position)
        if not history:
            continue
        versions = log.library.governing(contract_id, up_to=question.position)
        version = versions.at(question.judged_at) or versions.versions[0]
        cell = (
            _procedure(contract_id, history, version, question),
            _legal(log, contract_id, history, version, question),
        )
        if cell != (None, None):
            found[str(contract_id)] = cell
    return found


def _procedure(
    contract_id: ContractId, history: Sequence[Recorded], version: PolicyVersion, question: Question
) -> ProcedureRow | None:
    occurred = [each for each in effective(history) if each.occurred_at <= question.judged_at]
    if not occurred:
        return None
    contract, rules = fold(occurred), version.document.care_types[contract_id.care_type]
    deadlines = deadlines_of(contract, version.document, contract_id.care_type)
    stands = status(contract, deadlines, question.judged_at)
    sought = term_sought(contract, None if rules.term is None else rules.term.term)
    due_on = None
    if stands is Status.OFFERED and contract.offer is not None:
        due_on = last_signing_day(contract.offer, deadlines)
    if stands is Status.QUESTIONNAIRE_OPEN and deadlines.questionnaire is not None:
        due_on = deadlines.questionnaire.last_day
    return ProcedureRow(
        str(contract_id.agb),
        contract_id.period,
        stands,
        contract.attempt,
        entitled_tier(contract, sought, question.judged_at),
        None if contract.offer is None else contract.offer.tier,
        due_on,
        reasons_of(contract),
    )


def _legal(
    log: Log, contract_id: ContractId, history: Sequence[Recorded], version: PolicyVersion, question: Question
) -> LegalRow | None:
    contract, day = fold(history), question.effective_on
    starts = deadlines_of(contract, version.document, contract_id.care_type).publication_starts
    position, shown = legal_position(contract, day), listed(contract, starts, last_instant(day))
    if not position.in_force and not shown:
        return None
    provider = fold_provider(log.known(f"provider/{contract_id.agb}", question.position), NO_PURCHASER)
    selective = version.document.care_types[contract_id.care_type].selective
    asked = contract.attempt_asked(day) or contract
    return LegalRow(
        str(contract_id.agb),
        contract_id.period,
        position.in_force,
        asked.attempt,
        None if position.term is None else position.term.start,
        None if position.term is None else position.term.end,
        None if position.tier is None else position.tier.tier,
        None if position.tier is None else position.tier.effective_on,
        members_of(selective, provider, day) if position.in_force else (),
        shown,
        listed_from(asked, starts),
    )


Worked = tuple[tuple[str, int] | None, Law | None]


def worked_out(log: Log, question: Question) -> dict[str, Worked]:
    """Every contract as a clerk works it out by hand."""
    found: dict[str, Worked] = {}
    for contract_id in log.contracts():
        history = log.known(str(contract_id), question.position)
        if not history:
            continue
        versions = log.library.governing(contract_id, up_to=question.position)
        at, day = question.judged_at, question.effective_on
        planned = planned_days(versions, contract_id.care_type, at)
        file = read(history, at)[-1]
        begun = any(each.occurred_at <= at for each in effective(history))
        stood = (status_by_hand(file, local_day(at), planned), file.number) if begun else None
        held = law(read(history), day, planned["publication"])
        if (stood, held) != (None, None):
            found[str(contract_id)] = (stood, held)
    return found


def in_short(cells: Mapping[str, Cell]) -> dict[str, Worked]:
    """Of each cell what is worked out by hand."""
    return {
        contract_id: (
            None if procedure is None else (procedure.status.value, procedure.attempt),
            None
            if legal is None
            else (legal.in_force, legal.term_start, legal.term_end, legal.tier, legal.tier_from, legal.listed),
        )
        for contract_id, (procedure, legal) in cells.items()
    }

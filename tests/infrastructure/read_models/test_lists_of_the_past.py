"""Lists of an earlier day or knowledge say of every contract what a question about that contract alone says."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from queue import Queue
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as drawn

from application.policies import AdoptionOrder, adopt
from application.ports import ReadModelBehind
from application.provider_import import PracticeEntry, import_records
from application.queries.contract_answer import ContractAnswer, Procedure
from application.queries.horizon import Asked
from application.queries.lists import ContractsAsked, DeadlinesAsked, WorkAsked
from domain.calendar import from_microseconds, local_day
from domain.contract.commands import Approach, AssessQuestionnaire, ConfirmQuestionnaire, MakeOffer
from domain.contract.contract_id import ContractId
from domain.contract.due import DueKind, WorkKind
from domain.contract.standing import OVER, Status
from domain.history import FactCorrected
from infrastructure.bootstrap import System, open_system, policy_sources
from infrastructure.read_models.past import AT_ONCE, Past, PastMoment
from tests.given import answers, at
from tests.register_world import CONTRACTS, LATER_SIGNING, STEPS, Step, begun, entry, live

# a world takes a second: making a failing one smaller would take many minutes
WORLDS = settings(max_examples=3, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
QUESTIONS = 25
ALL = 10_000
REVIEWS = {WorkKind.REVIEW, WorkKind.MISSING_DATA}


def questions(system: System) -> Iterator[Asked]:
    """Days before, on and after those on which something had happened, with the knowledge of some commit or of now."""
    rows = system.log.rows_after(0, limit=100_000)
    for number, row in enumerate(rows[:: max(1, len(rows) // QUESTIONS)]):
        occurred_on = local_day(from_microseconds(row.occurred_at))
        effective_on = (occurred_on, occurred_on - timedelta(days=1), occurred_on + timedelta(days=20), None)[
            number % 4
        ]
        known = rows[min(len(rows) - 1, rows.index(row) + 13 * (number % 3))]
        yield Asked(effective_on=effective_on, position=None if number % 5 == 4 else known.position)


def check_lists(system: System, asked: Asked) -> int:
    """Hold the three lists against the answers about each contract; how many contracts were listed."""
    listed = system.lists.contracts(ContractsAsked(purchaser="caresq", limit=ALL), asked)
    same = Asked(effective_on=listed.effective_on, known_at=listed.known_at, position=listed.position)
    work = system.lists.worklist(WorkAsked(purchaser="caresq", limit=ALL), same)
    due = system.lists.deadlines(DeadlinesAsked(purchaser="caresq", limit=ALL), same)
    rows = {each.contract_id: each for each in listed.contracts}
    for contract_id in CONTRACTS:
        answer = system.questions.contract(ContractId.parse(contract_id), same)
        assert (answer.known_at, answer.position, answer.effective_on) == (
            same.known_at,
            same.position,
            same.effective_on,
        )
        procedure, row = answer.procedure, rows.get(contract_id)
        if procedure is None or row is None:
            assert row is None
            assert contract_id not in {each.contract_id for each in work.items} | {
                each.contract_id for each in due.items
            }
            assert procedure is None or procedure.status is Status.NO_PROCEDURE
            continue
        assert listed.at == procedure.judged_at
        assert (row.status, row.attempt, row.entitled_tier) == (
            procedure.status,
            procedure.attempt,
            procedure.entitled_tier,
        )
        assert list(row.reasons) == [each.code for each in procedure.reasons]
        assert row.offered_tier == (None if procedure.offer is None else procedure.offer.tier)
        assert row.open_reviews == sum(each.outcome is None for each in procedure.reviews)
        assert row.changed_position <= listed.position
        items = {(each.kind, each.item) for each in work.items if each.contract_id == contract_id}
        check_work(items, procedure)
        check_last_days(row, {each.kind: each.due_at for each in due.items if each.contract_id == contract_id}, answer)
    return len(rows)


def check_work(items: set[tuple[WorkKind, str]], procedure: Procedure) -> None:
    """What waits in the worklist waits in the procedure."""
    waiting = {each.evidence_id for each in procedure.evidence if each.state == "waiting"}
    assert {item for kind, item in items if kind is WorkKind.EVIDENCE} == (
        set() if procedure.status in OVER else waiting
    )
    reviews = {each.review_id for each in procedure.reviews if each.outcome is None}
    assert {item for kind, item in items if kind in REVIEWS} - {"documents"} == reviews
    assert ((WorkKind.ASSESSMENT, "questionnaire") in items) == (procedure.status is Status.CONFIRMED)


def check_last_days(row: Any, due: dict[DueKind, Any], answer: ContractAnswer) -> None:
    """The last days of the lists are those of the procedure."""
    procedure = answer.procedure
    assert procedure is not None
    if procedure.status is Status.OFFERED and procedure.offer is not None:
        assert row.due_on == procedure.offer.last_signing_day
        lapses_at = due.get(DueKind.OFFER_LAPSE)
        assert lapses_at is None or local_day(lapses_at - timedelta(microseconds=1)) == row.due_on
    if procedure.status is Status.QUESTIONNAIRE_OPEN:
        lapses_at = due.get(DueKind.QUESTIONNAIRE_LAPSE)
        assert (None if lapses_at is None else local_day(lapses_at - timedelta(microseconds=1))) == row.due_on
    if procedure.status in OVER | {Status.SIGNED}:
        assert row.due_on is None


def test_each_row_is_what_the_contract_itself_answers_on_any_day_with_any_knowledge() -> None:
    listed: list[int] = []
    kinds: set[type] = set()

    @drawn(steps=STEPS)
    @WORLDS
    def agree(steps: list[Step]) -> None:
        with TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder) / 'world.db'}"
            with begun(url) as world:
                live(world, steps)
                decoded = world.system.contracting.facts.decode_all(world.system.log.rows_after(0, limit=100_000))
                kinds.update(type(each.fact) for each in decoded)
            with open_system(url) as system:
                for asked in questions(system):
                    listed.append(check_lists(system, asked))

    agree()
    assert FactCorrected in kinds
    assert sum(listed) > 100


def test_a_fact_that_occurred_after_the_day_or_was_recorded_after_the_knowledge_is_in_no_list(tmp_path: Path) -> None:
    with begun(f"sqlite:///{tmp_path / 'world.db'}") as world:
        world.clock.set(at("2024-09-16"))
        contract_id = ContractId.parse(CONTRACTS[0])
        world.act(contract_id, Approach(), timedelta(days=4))
        lists, wanted = world.system.lists, ContractsAsked(purchaser="caresq")

        def listed(**asked: Any) -> list[str]:
            return [each.status for each in lists.contracts(wanted, Asked(**asked)).contracts]

        assert listed() == listed(effective_on=date(2024, 9, 12)) == ["questionnaire_open"]
        assert listed(effective_on=date(2024, 9, 11)) == []
        assert listed(effective_on=date(2030, 1, 1)) == listed()
        assert listed(known_at=date(2024, 9, 15)) == []

        before = lists.contracts(wanted)
        known = entry(contract_id)
        renamed = known.record.model_copy(update={"name": "Praktijk Anders"})
        import_records(world.system.providers, [PracticeEntry(renamed, known.past_contracts)], actor="register")
        names = [lists.contracts(wanted, Asked(position=each)).contracts[0].name for each in (before.position, None)]
        assert names == [before.contracts[0].name, "Praktijk Anders"]


def test_a_deadline_is_the_one_that_held_on_the_day_as_known_then(tmp_path: Path) -> None:
    with begun(f"sqlite:///{tmp_path / 'world.db'}") as world:
        system, contract_id = world.system, ContractId.parse(CONTRACTS[0])

        def amended(moment: str, by: str) -> int:
            world.clock.set(at(moment))
            adopt(system.policies, policy_sources().read(by), AdoptionOrder(actor="board", reason="drawn"))
            return system.log.horizon().position

        amended("2024-09-10", "caresq-2025-fys-term")
        for moment, command in (
            ("2024-09-16", Approach()),
            ("2024-10-10", ConfirmQuestionnaire(answers=answers("kngf", "prem"))),
            ("2024-10-14", AssessQuestionnaire()),
            ("2024-10-16", MakeOffer()),
        ):
            world.clock.set(at(moment))
            world.act(contract_id, command, timedelta(0))
        before = system.log.horizon().position
        amended("2024-10-20", LATER_SIGNING)
        world.clock.set(at("2024-10-25"))

        def last_days(**asked: Any) -> tuple[date | None, date]:
            [row] = system.lists.contracts(ContractsAsked(purchaser="caresq"), Asked(**asked)).contracts
            wanted = DeadlinesAsked(purchaser="caresq", kind=DueKind.OFFER_LAPSE)
            [due] = system.lists.deadlines(wanted, Asked(**asked)).items
            return row.due_on, local_day(due.due_at - timedelta(microseconds=1))

        earlier, later = last_days(effective_on=date(2024, 10, 18)), last_days(effective_on=date(2024, 10, 24))
        assert earlier == last_days(position=before)
        assert later == last_days()
        assert (earlier[0], later[0]) == (earlier[1], later[1])
        assert earlier < later

        asked = Asked(effective_on=date(2024, 10, 12))
        [row] = system.lists.contracts(ContractsAsked(purchaser="caresq"), asked).contracts
        assert (row.status, local_day(row.changed_at)) == (Status.CONFIRMED, date(2024, 10, 10))


def test_while_some_wait_for_a_list_of_the_past_others_are_told_to_come_again(tmp_path: Path) -> None:
    with begun(f"sqlite:///{tmp_path / 'world.db'}") as world:
        contracting = world.system.contracting
        past = Past(contracting.log_port, contracting.facts, contracting.policies)
        moment = PastMoment(contracting.log_port.horizon().position, world.clock.now())
        told: Queue[str] = Queue()

        def ask() -> None:
            try:
                with past.reading("caresq", moment):
                    told.put("answered")
            except ReadModelBehind as error:
                told.put(str(error))

        asking = [Thread(target=ask) for _ in range(AT_ONCE)]
        with past.reading("caresq", moment):
            for each in asking:
                each.start()
            assert "ask again in a few seconds" in told.get(timeout=30)
        for each in asking:
            each.join()
        past.close()
        assert sorted(told.get(timeout=30) for _ in asking[1:]) == ["answered"] * (AT_ONCE - 1)

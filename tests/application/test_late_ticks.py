"""Rights never wait for a tick: with punctual ticks, late ones or none everybody is told the same."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from application.queries.horizon import Asked
from application.round import RoundOrder, run_round
from application.tick import tick
from domain.calendar import local_day
from domain.contract.commands import (
    AcceptEvidence,
    AssessQuestionnaire,
    ConfirmQuestionnaire,
    ContractCommand,
    MakeOffer,
    Sign,
    Terminate,
)
from domain.contract.contract_id import ContractId
from domain.contract.facts import Registration
from infrastructure.bootstrap import upgrade_database
from tests.given import answers, day, upload
from tests.round_world import POLICY, RoundWorld, entry, round_world

SIGNED, OFFERED, SENT = (f"caresq/0400123{number}/FYS/2025-2026" for number in (4, 5, 6))
LIFE: tuple[tuple[str, str, ContractCommand | None], ...] = (
    ("2024-10-02", SIGNED, ConfirmQuestionnaire(answers=answers("kngf"))),
    ("2024-10-03", OFFERED, ConfirmQuestionnaire(answers=answers("kngf"))),
    ("2024-10-04", SIGNED, AssessQuestionnaire()),
    ("2024-10-04", OFFERED, AssessQuestionnaire()),
    ("2024-10-04T13:00", SIGNED, MakeOffer()),
    ("2024-10-04T13:00", OFFERED, MakeOffer()),
    ("2024-10-06T09:00", "", None),
    ("2024-10-21T00:00", "", None),
    ("2024-11-01", SIGNED, None),
    ("2024-11-05T10:00", "", None),
    ("2024-11-08T00:00", "", None),
    ("2024-11-12T00:00", "", None),
    ("2025-05-10", SIGNED, upload("kngf", "1")),
    ("2025-05-20", SIGNED, AcceptEvidence(evidence_id="kngf-1", registration=Registration())),
    ("2025-06-01T00:00", "", None),
    ("2025-06-03", SIGNED, Terminate(last_day=day("2025-08-31"))),
    ("2025-09-01T00:00", "", None),
)
ANNOUNCED = {"published_at", "judged_at"}
"""When the care finder was told; and the instant of the question itself."""
KNOWN = {"known_at", "position"}
DAYS = ("2024-10-20", "2024-11-12", "2025-01-01", "2025-05-31", "2025-06-01", "2025-08-31", "2025-09-01")


@pytest.fixture
def worlds(tmp_path: Path) -> Iterator[list[RoundWorld]]:
    """Two worlds in which the same happens: one ticks at every moment, the other at none but the last."""
    with ExitStack() as stack:
        opened = []
        for name in ("punctual", "late"):
            url = f"sqlite:///{tmp_path / name}.db"
            upgrade_database(url)
            world = stack.enter_context(round_world(url))
            world.adopt("caresq-2025-fys-term")
            world.register(*(entry(each.split("/")[1]) for each in (SIGNED, OFFERED, SENT)))
            world.at("2024-09-16T09:00")
            run_round(world.contracting, RoundOrder(POLICY, "officer"))
            opened.append(world)
        yield opened


def live(world: RoundWorld, contract_id: str, command: ContractCommand | None) -> None:
    if contract_id and command is None:
        command = Sign(person_id="p1", certificate_serial="s1", agreement_sha256=world.offered_sha256(contract_id))
    if command is not None:
        world.act(contract_id, command, reason="by the calendar")


def told(world: RoundWorld) -> list[Any]:
    """What both sorts of answer and the register say now, of many days, without the positions that they rest on."""
    found: list[Any] = []
    for contract_id in (SIGNED, OFFERED, SENT):
        for text in DAYS:
            answer = world.system.questions.contract(ContractId.parse(contract_id), Asked(effective_on=day(text)))
            assert answer.procedure is not None
            stands = answer.procedure.model_dump(exclude=ANNOUNCED)
            found.append((contract_id, text, stands, answer.legal_position, answer.listed, answer.listed_from))
        for treated in (local_day(world.clock.now()), day("2025-03-15"), day("2025-07-01")):
            _, agb, care_type, _ = ContractId.parse(contract_id)
            line = world.system.register.lookup("caresq", agb, care_type, Asked(effective_on=treated))
            found.append((contract_id, treated, line.model_dump(exclude=KNOWN)))
    return found


def test_whether_ticks_are_punctual_late_or_missing_everybody_is_told_the_same(worlds: list[RoundWorld]) -> None:
    punctual, late = worlds
    recorded = 0
    for moment, contract_id, command in LIFE:
        for world in worlds:
            world.at(moment)
            live(world, contract_id, command)
        recorded += sum(
            sum(each.recorded.values()) for each in tick(punctual.system.ticking, punctual.clock.now()).values()
        )
        assert told(punctual) == told(late), moment
    assert recorded > 5

    tick(late.system.ticking, late.clock.now())
    assert told(punctual) == told(late)

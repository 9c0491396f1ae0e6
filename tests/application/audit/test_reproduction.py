"""A decision made again from what its envelope names comes out the same, whatever was recorded since."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from application.audit.reproduction import Outcome, Reproduction, reproduce
from application.contracting import Contracting
from application.mapper import NewFact
from application.scenarios.run import run_scenario
from application.simulation.year import Year
from domain.calendar import to_microseconds
from domain.refusal import RefusedError
from infrastructure.bootstrap import open_simulation, open_system
from infrastructure.clock import SetClock
from infrastructure.trials import read_scenario, scenario_worlds
from tests.application.scenario_files import FILES, ROOT
from tests.given import at
from tests.infrastructure.cli.conftest import CONTRACT

NOTHING_TO_DECIDE = {"RoundStarted", "RoundFinished", "SimulationStarted"}


def one_of_each_command(contracting: Contracting) -> Iterator[str]:
    """The first event of every command in the log."""
    seen: set[tuple[str, str]] = set()
    position = 0
    while rows := contracting.log_port.rows_after(position):
        position = rows[-1].position
        for row in rows:
            key = row.originator_id, json.loads(row.context)["command_id"]
            if key not in seen:
                seen.add(key)
                yield f"{row.originator_id}@{row.originator_version}"


def differing(contracting: Contracting, kinds: Counter[str]) -> list[Reproduction]:
    """All decisions of a log that come out otherwise; ``kinds`` counts what was decided again."""
    found = []
    for event_id in one_of_each_command(contracting):
        again = reproduce(contracting, event_id)
        kinds[again.command] += 1
        assert (again.outcome is Outcome.RECORDED) == (again.command in NOTHING_TO_DECIDE)
        if again.outcome is Outcome.DIFFERENT:
            found.append(again)
    return found


def test_every_decision_of_every_scenario_comes_out_the_same() -> None:
    kinds: Counter[str] = Counter()
    with scenario_worlds() as worlds:
        for path in FILES:
            file = read_scenario(ROOT / path, {})
            with worlds(file.sources) as world:
                run_scenario(file.scenario, world)
                assert differing(world.contracting, kinds) == [], path
    assert set(kinds) >= {
        "AcceptEvidence", "Approach", "AssessQuestionnaire", "CarryOver", "ConfirmQuestionnaire", "CorrectFact",
        "DecideApplication", "DecideReview", "MakeOffer", "Publish", "ReceiveApplication", "RecordLapse",
        "RejectEvidence", "RequestReview", "Sign", "Terminate", "UploadEvidence", "adoption", "import",
    }  # fmt: skip


def _unseen(done: int, total: int) -> None:
    """Nobody looks at the progress."""


def test_every_decision_of_a_simulated_year_comes_out_the_same(tmp_path: Path) -> None:
    kinds: Counter[str] = Counter()
    with open_simulation(f"sqlite:///{tmp_path / 'year.db'}", providers=60, seed=7) as (system, world):
        for phase in Year(world).phases():
            phase.work(_unseen)
        assert differing(system.contracting, kinds) == []
    assert kinds.total() > 500


def test_a_decision_that_can_not_be_made_again_today_is_told_with_the_difference(year: str) -> None:
    """A verdict that somebody put into the log by hand, past the rules."""
    clock = SetClock(at("2025-09-01"))
    with open_system(year, clock=clock) as system:
        tier = system.contracting.facts.decode_all(system.log.read_streams([CONTRACT]))[11]
        forged = tier.fact.model_copy(update={"tier": "A"})
        told = tier.envelope().model_copy(
            update={"command_id": "by-hand", "causation_id": None, "command": {"kind": "AssessQuestionnaire"}}
        )
        now = to_microseconds(clock.now())
        system.contracting.save(NewFact(CONTRACT, 13, forged, now, told.model_dump_json(exclude_none=True).encode()))
        again = reproduce(system.contracting, f"{CONTRACT}@13")

        assert reproduce(system.contracting, f"{CONTRACT}@12").outcome is Outcome.SAME
    assert again.outcome is Outcome.DIFFERENT
    [fact] = again.facts
    assert fact.name == "TierAssigned"
    assert [(each.path, each.old) for each in fact.differs if each.path == ("name",)] == [
        (("name",), "TierAssigned.v1")
    ]


def test_what_the_facts_do_not_tell_stands_in_the_envelope_and_nothing_else(year: str) -> None:
    with open_system(year, clock=SetClock(at("2026-01-01"))) as system:
        envelopes = [
            each.envelope() for each in system.contracting.facts.decode_all(system.log.read_streams([CONTRACT]))
        ]
    assert [each for each in envelopes if each.command or each.acted_at or each.decided_at] == []


def test_a_command_that_was_recorded_before_commands_were_kept_is_told_by_its_facts_or_not_at_all(year: str) -> None:
    with open_system(year, clock=SetClock(at("2026-01-01"))) as system:
        now = to_microseconds(system.clock.now())
        envelope = system.contracting.facts.decode_all(system.log.read_streams([CONTRACT]))[3].envelope()
        old = envelope.model_copy(update={"command_id": "old", "command_digest": "0" * 32})
        fact = system.contracting.facts.decode_all(system.log.read_streams([CONTRACT]))[10].fact
        system.contracting.save(NewFact(CONTRACT, 13, fact, now, old.model_dump_json(exclude_none=True).encode()))
        with pytest.raises(RefusedError, match="before commands were kept"):
            reproduce(system.contracting, f"{CONTRACT}@13")
        with pytest.raises(RefusedError, match="no event"):
            reproduce(system.contracting, f"{CONTRACT}@99")

"""Every question of the command line, asked again with the knowledge that its answer names: the same to the byte."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from application.order import Order
from application.policies import AdoptionOrder, adopt
from application.provider_import import import_records
from domain.contract.commands import CorrectFact, RequestReview
from domain.contract.contract_id import ContractId
from domain.contract.facts import ReviewGround
from domain.policy.grounds import Ground
from infrastructure.bootstrap import open_system, policy_sources
from tests.given import TWO_YEARS, day
from tests.infrastructure.cli.command_lines import ON_A_DATABASE, Command, every_command, line_of
from tests.infrastructure.cli.conftest import CONTRACT, Result, Run
from tests.infrastructure.read_models.test_register_for_ever import record_more
from tests.register_world import entry

NAMES_NONE = {"deadlines ical", "letters list"}
"""A calendar and a list of letters name no knowledge to be asked again with: their own tests hold them."""
ASKED = [
    each
    for each in every_command()
    if each.has("--known-at") and each.name in ON_A_DATABASE and each.name not in NAMES_NONE
]
IN_JSON = {"contract list", "contract search", "deadlines list", "worklist show"}
"""Their text names the instant by the second."""
ALWAYS_THE_SAME = ("decision reproduce",)
"""Rests on what the envelope names, whatever is asked about."""
DAY = day("2025-06-15")


@pytest.fixture
def lived_url(run: Run, year: str, database_url: str) -> str:
    """The log of the year on each database in turn, explanations and all."""
    assert run("backup", "year.backup", "--database", year).exit_code == 0
    assert run("restore", "year.backup", "--database", database_url).exit_code == 0
    return database_url


def lines(folder: Path) -> Iterator[list[str]]:
    """Every question, as text and as JSON."""
    for command in ASKED:
        line = [*line_of(command.name, folder), *_day_of(command), *(["--force"] if command.has("--force") else [])]
        if command.name not in IN_JSON:
            yield line
        if command.has("--json"):
            yield [*line, "--json"]
    yield ["contract", "diff", CONTRACT, "--axis", "known", "--from", "2024-12-01", "--to", "2025-12-01", "--json"]
    for name in ALWAYS_THE_SAME:
        yield [*line_of(name, folder), "--json"]


def _day_of(command: Command) -> list[str]:
    """On the day on which most can be told, where one may be named."""
    return ["--effective-on", str(DAY)] if command.has("--effective-on") and command.name != "contract diff" else []


def known_by(told: Result) -> list[str]:
    """The options that an answer names; ends the test where it names none."""
    named = re.search(r"nown[- ]at (\S+Z)[-,\s\\]+position (\d+)", f"{told.stdout}{told.stderr}")
    if named is not None:
        return ["--known-at", named[1], "--position", named[2]]
    if told.stdout.startswith(("{", "[")):
        answer = json.loads(told.stdout)
        answer = answer[0] if isinstance(answer, list) else answer
        return _options(answer if "known_at" in answer else answer["after"])
    columns, first = (each.split(",") for each in told.stdout.splitlines()[:2])
    return _options(dict(zip(columns[-2:], first[-2:], strict=True)))


def _options(answer: Mapping[str, Any]) -> list[str]:
    return ["--known-at", str(answer["known_at"]), "--position", str(answer["position"])]


def live_on(url: str) -> None:
    """What makes the present another: a verdict is voided, a review asked for, a policy amended, a practice changed."""
    with open_system(url) as system:
        contract_id = ContractId.parse(CONTRACT)
        order = Order("officer", "mistake", reason="a mistake")
        system.contracting.act(contract_id, CorrectFact(version=11), order)
        letter = Order("officer", "letter", reason="a letter")
        system.contracting.act(contract_id, RequestReview(ground=ReviewGround.INTEGRITY), letter)
        adopt(
            system.policies,
            policy_sources().read(str(TWO_YEARS)),
            AdoptionOrder(actor="board", ground=Ground.CLARIFICATION),
        )
        known = entry(contract_id, [("ParkinsonNet", day("2025-01-01"), 400)], branch=1)
        renamed = replace(known, record=known.record.model_copy(update={"name": "Another name"}))
        import_records(system.providers, [renamed], actor="register")


def test_every_question_asked_again_is_answered_the_same_to_the_byte(run: Run, lived_url: str, tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_text("agb,care_type,treated_on\n04001234,FYS,2025-06-15\n04001234,FYS,x\n")

    def ask(line: list[str], *known: str) -> tuple[Result, bytes]:
        told = run(*line, *known, "--database", lived_url)
        a_file = line[:2] == ["register", "check"]
        assert told.exit_code == (1 if a_file else 0), (line, told)
        return told, (tmp_path / "claims.answered.csv").read_bytes() if a_file else b""

    first = {}
    for line in lines(tmp_path):
        told, written = ask(line)
        fixed = line[:2] == list(ALWAYS_THE_SAME[0].split()) or "--axis" in line
        known = [] if fixed else known_by(told)
        # asked with what it names, the text that repeats that is the same too
        first[*line, *known] = (ask([*line, *known])[0].stdout, written)
        assert fixed or first[*line, *known][0] == told.stdout, line

    writing = Event()

    def write() -> None:
        writing.set()
        live_on(lived_url)
        record_more(lived_url, 0, 500)

    def check(lines: Iterable[tuple[str, ...]]) -> None:
        for line in lines:
            told, written = ask(list(line))
            assert (told.stdout, written) == first[line], line

    writer = Thread(target=write)
    writer.start()
    writing.wait()
    check(each for each in first if "--json" in each)
    writer.join()
    with open_system(lived_url) as system:
        for name in system.read_models.names:
            system.read_models.rebuild(name)
    check(first)


def test_what_nothing_was_known_of_can_be_asked_again_too(run: Run, year: str) -> None:
    early = run("register", "list", "--purchaser", "caresq", "--known-at", "2024-03-01", "--json", "--database", year)
    known = _options(json.loads(early.stdout))
    assert known[-1] == "0"
    again = run("register", "list", "--purchaser", "caresq", *known, "--json", "--database", year)
    assert (again.exit_code, again.stdout) == (3, early.stdout)
    alone = run("register", "list", "--purchaser", "caresq", "--position", "0", "--json", "--database", year)
    assert alone.exit_code == 4

"""One practice at two purchasers: nothing of the one shows in any answer to the other.

The queries are read from the program itself: its commands with all their switches, the questions of scenarios, the
answers that ``application.queries`` gives. One that is added without a place here makes a test fail.
"""

import importlib
import inspect
import json
import pkgutil
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

import application.queries
from application.ports import EventLogError
from application.scenarios.question import Desk, Question
from application.scenarios.questions import QUESTIONS
from domain.refusal import RefusedError
from infrastructure.bootstrap import System, open_system
from infrastructure.cli.main import main
from infrastructure.clock import SetClock
from tests.given import at
from tests.infrastructure.cli.command_lines import ON_A_DATABASE, Command, every_command
from tests.two_purchasers import AGB, ASR, CARESQ, PURCHASERS, Purchaser, log_at

NOW = "2025-12-01T09:00"
CARE_TYPES = ("FYS", "LOG", "ERG", "VOET")

ABOUT_A_CONTRACT = {
    "contract agreement",
    "contract diff",
    "contract events",
    "contract show",
    "contract why",
    "evidence download",
    "letters list",
    "letters preview",
}
ABOUT_A_POLICY = {
    "policy show",
    "policy schedule",
    "policy diff",
    "round status",
    "round report",
    "round run",
    "round plans list",
}
ABOUT_A_PRACTICE = {"providers show", "providers events", "contracts list"}
ABOUT_A_CARE_TYPE = {"listing"}
LISTS = {"contract list", "contract search", "deadlines list", "register list", "worklist show"}
ABOUT_A_PURCHASER = {
    "audit access",
    "deadlines ical",
    *LISTS,
    "audit trail",
    "audit why",
    "decision reproduce",
    "register lookup",
}
TENDING_TABLES = {f"readmodels {each}" for each in ("catch-up", "rebuild", "resume", "status", "verify")}
ABOUT_NOBODY = {"database status", "register verify", "scheduler retry", "scheduler tick", *TENDING_TABLES}
"""Commands on a log that name no purchaser: what both of them may see."""
INTO_FILES = {"register check"}
"""Commands that answer in a file what another one prints (``register lookup``), from the same place."""
THE_WHOLE_LOG = {"backup", "restore"}
"""Commands that copy a log whole, and tell only how far it goes."""
FOR_THE_OPERATOR = {"doctor", "evidence check", "evidence sweep", "jobs list", "jobs prune", "metrics"} | {
    *(f"outbox {each}" for each in ("hold", "list", "resend", "resume", "send", "status"))
}
"""Commands of who runs the service for both purchasers: they name messages and files, and never show one."""
ONLY_RECORD = {
    "policy adopt",
    "providers import",
    "providers opt-out",
    "providers withdraw-opt-out",
    "providers signal-integrity",
    "providers record",
    "providers correct",
    "providers delegate",
    "providers revoke-delegation",
    "contracts import",
    "contract act",
    "evidence upload",
    "round plan",
    "round plans cancel",
}
"""Commands that answer with what was just given to them; ``contract act`` is tried below."""

OTHER = {ASR: CARESQ, CARESQ: ASR}
Run = Callable[..., str]


@pytest.fixture(scope="module")
def log_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two")
    log_at(folder, "two.db")
    return folder / "two.db"


@pytest.fixture
def run(
    log_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Run:
    """Carries out a command line on a copy of the log, and answers all that it printed and wrote."""
    monkeypatch.chdir(tmp_path)
    copy = shutil.copy(log_file, tmp_path / "copy.db")

    def printed(*arguments: str) -> str:
        main([*arguments, "--database", f"sqlite:///{copy}"])
        told = capsysbinary.readouterr()
        return bytes(told.out + told.err).decode()

    return printed


@contextmanager
def opened(file: Path) -> Iterator[System]:
    with open_system(f"sqlite:///{file}", clock=SetClock(at(NOW))) as system:
        yield system


def commands() -> dict[str, Command]:
    return {each.name: each for each in every_command()}


def subjects(name: str, purchaser: Purchaser) -> list[list[str]]:
    """What a command may be asked about by somebody of a purchaser; the other one's periods and care types too."""
    if name in LISTS | TENDING_TABLES:
        return [_about_tables(name, purchaser)]
    if name == "letters preview":
        return [[f"{each}@{version}"] for each in purchaser.contracts for version in (1, 2)]
    if name == "evidence download":
        return [[each, "kngf-1", "read.pdf"] for each in (*purchaser.contracts, *OTHER[purchaser].contracts)]
    if name in ABOUT_A_CONTRACT:
        ends = ["--from", "2023-10-01", "--to", "2025-12-01"] if name == "contract diff" else []
        mirrored = [f"{purchaser.id}/{each.partition('/')[2]}" for each in OTHER[purchaser].contracts]
        return [[each, *ends] for each in (*purchaser.contracts, *mirrored)]
    if name == "policy diff":
        return [[purchaser.policy, purchaser.policy]]
    if name == "round run":
        return [[purchaser.policy, "--actor", purchaser.text("officer"), "--dry-run"]]
    if name == "round report":
        return [[purchaser.policy, "--csv", "-"]]
    if name in ABOUT_A_POLICY:
        return [[purchaser.policy]]
    if name in ABOUT_A_PURCHASER:
        return what_is_a_purchasers(name, purchaser)
    if name in ABOUT_A_PRACTICE:
        return [[AGB, "--purchaser", purchaser.id]]
    if name in ABOUT_A_CARE_TYPE:
        return [[purchaser.id, "--care-type", each] for each in CARE_TYPES]
    return [[]]


def _about_tables(name: str, purchaser: Purchaser) -> list[str]:
    if name in TENDING_TABLES:
        return ["contract_overview"] if name.split()[1] in {"rebuild", "resume", "verify"} else []
    return [*([AGB[:2]] if name == "contract search" else []), "--purchaser", purchaser.id]


def what_is_a_purchasers(name: str, purchaser: Purchaser) -> list[list[str]]:
    """What a command may be asked for a purchaser that it names, also of the other one's."""
    if name == "register lookup":
        return [[AGB, each, "2024-11-20", "--purchaser", purchaser.id] for each in CARE_TYPES]
    if name == "deadlines ical":
        return [["-", "--purchaser", purchaser.id], ["-", "--purchaser", purchaser.id, "--provider", AGB]]
    if name in {"audit why", "decision reproduce"}:
        events = [f"{purchaser.contracts[0]}@{n}" for n in (1, 2)] + [f"provider/{AGB}@{n}" for n in range(1, 12)]
        events += [f"policy/{purchaser.policy}@1", f"{OTHER[purchaser].contracts[0]}@1"]
        return [[each, "--purchaser", purchaser.id] for each in events]
    export: list[list[str]] = [["--csv", "-"], ["--jsonl", "-"], []]
    mine = [["--contract", purchaser.contracts[0]], ["--policy", purchaser.policy], ["--purchaser", purchaser.id]]
    mine += [["--purchaser", purchaser.id, "--provider", AGB], ["--purchaser", purchaser.id, "--actor", "register"]]
    mine += [["--purchaser", purchaser.id, "--contract", OTHER[purchaser].contracts[0]]]
    return [[*each, *how] for each in mine for how in export]


def switches(command: Command) -> list[tuple[str, ...]]:
    """The switches that change an answer: none, each, and all together."""
    flags = [each.opts[0] for each in command.options if getattr(each, "is_flag", False)]
    kept = [each for each in flags if each not in {"--force", "--dry-run", "--every-purchaser"}]
    return [(), *((each,) for each in kept), tuple(kept)] if len(kept) > 1 else [(), tuple(kept)]


def axes(command: Command) -> list[list[str]]:
    """With the knowledge of instants between and after the two purchasers' years, now and on an earlier day."""
    if not command.has("--known-at"):
        return [[]]
    if command.name == "contract diff":
        return [["--known-at", "2025-12-01T09:00:00+01:00"], ["--axis", "known", "--effective-on", "2024-11-20"]]
    known = [["--known-at", f"{day}T09:00:00+01:00"] for day in ("2023-12-01", "2025-12-01")]
    return [*known, [*known[-1], "--effective-on", "2024-11-20"]] if command.has("--effective-on") else known


def lines(name: str, purchaser: Purchaser) -> Iterator[list[str]]:
    """Every way in which a command can be asked."""
    command = commands()[name]
    for subject in subjects(name, purchaser):
        for flags in switches(command):
            for axis in axes(command):
                yield [*name.split(), *subject, *flags, *axis]


def questions(name: str, purchaser: Purchaser) -> Iterator[Question]:
    """A scenario's question about everything that a purchaser can name; a field that is new must be given one here."""
    model = QUESTIONS[name]
    fields = model.model_fields
    given: dict[str, list[Any]] = {
        "contract": [
            *purchaser.contracts,
            *(f"{purchaser.id}/{c.partition('/')[2]}" for c in OTHER[purchaser].contracts),
        ],
        "policy": [purchaser.policy],
        "care_type": list(CARE_TYPES),
        "provider": [AGB],
        "purchaser": [purchaser.id],
        "with_integrity": [False, True],
        "everybody": [False, True],
        "effective_on": [None, "2023-12-15", "2024-12-15", "2025-03-01"],
        "axis": ["effective", "known"],
        "before": ["2023-10-01"],
        "after": ["2025-12-01"] if name == "diff" else [0],
        "actor": [None, purchaser.text("officer"), "register"],
        "on_behalf_of": [None],
        "event": [f"{purchaser.contracts[0]}@2", f"provider/{AGB}@1"],
        "recorded": [None],
        "occurred": [None, {"first": "2023-01-01", "last": "2025-12-01"}],
        "agb": [AGB],
        "treated_on": ["2023-12-15", "2024-12-15", "2025-03-01"],
        "tier": [None],
        "status": [None],
        "listed": [None],
        "region": [None],
        "audience": ["purchaser", "provider"],
        "at": [None, "2024-11-12T00:00"],
    }
    assert fields.keys() - given.keys() <= {"ask", "answer", "known_at", "position", "asked_at", "refused", "note"}
    choices: list[dict[str, Any]] = [{}]
    for field in given.keys() & fields.keys():
        choices = [{**choice, field: each} for choice in choices for each in given[field]]
    for choice in choices:
        yield model.model_validate({"ask": name, **{key: each for key, each in choice.items() if each is not None}})


def answered(system: System, name: str, purchaser: Purchaser) -> list[str]:
    """What a question is answered, or with which error, each as JSON."""
    desk, found = Desk(system.contracting, system.questions, system.register, None), []
    for question in questions(name, purchaser):
        try:
            found.append(question.put(desk).model_dump_json())
        except (RefusedError, EventLogError, LookupError) as error:
            found.append(f"{type(error).__name__}: {error}")
    return found


def shown(text: str, marks: tuple[str, ...]) -> list[str]:
    return [mark for mark in marks if mark.lower() in text.lower()]


def test_every_command_on_a_log_has_a_place_here() -> None:
    placed = ABOUT_A_CONTRACT | ABOUT_A_POLICY | ABOUT_A_PRACTICE | ABOUT_A_CARE_TYPE | ABOUT_A_PURCHASER
    placed |= ABOUT_NOBODY | ONLY_RECORD | THE_WHOLE_LOG | INTO_FILES | FOR_THE_OPERATOR
    on_a_log = {each.name for each in every_command() if each.has("--database")}
    making = {"database upgrade", "demo", "outbox run", "readmodels run", "scenario run", "scheduler run", "serve"}
    assert on_a_log - making == placed
    assert {name for name, line in ON_A_DATABASE.items() if not line.stores} <= placed - ONLY_RECORD


def test_every_answer_of_the_queries_is_asked_for_by_a_question() -> None:
    answers = set()
    for module in pkgutil.iter_modules(application.queries.__path__):
        loaded = importlib.import_module(f"application.queries.{module.name}")
        owned = [each for each in vars(loaded).values() if getattr(each, "__module__", "") == loaded.__name__]
        classes = [each for each in owned if inspect.isclass(each)]
        asked = [*filter(inspect.isfunction, owned), *(m for each in classes for m in vars(each).values())]
        hints = [get_type_hints(each).get("return") for each in asked if inspect.isfunction(each)]
        named = [each for hint in hints for each in (hint, *get_args(hint))]
        answers |= {each for each in named if inspect.isclass(each) and each.__name__.endswith("Answer")}
    assert answers == {each.answer_model for each in QUESTIONS.values()}


@pytest.mark.parametrize("purchaser", PURCHASERS, ids=lambda each: each.id)
@pytest.mark.parametrize(
    "name", sorted(ABOUT_A_CONTRACT | ABOUT_A_POLICY | ABOUT_A_PRACTICE | ABOUT_A_CARE_TYPE | ABOUT_A_PURCHASER)
)
def test_no_command_shows_a_purchaser_what_is_the_others(name: str, purchaser: Purchaser, run: Run) -> None:
    others = OTHER[purchaser].marks
    leaks = [(line, shown(run(*line), others)) for line in lines(name, purchaser)]
    assert [each for each in leaks if each[1]] == []


@pytest.mark.parametrize("name", sorted(ABOUT_NOBODY))
def test_what_names_no_purchaser_shows_nothing_of_either(name: str, run: Run) -> None:
    told = "".join(run(*line) for line in lines(name, ASR))
    at_the_end = {each.second for each in PURCHASERS}  # when the log was last written, whoever wrote
    assert [each for purchaser in PURCHASERS for each in shown(told, purchaser.marks) if each not in at_the_end] == []


@pytest.mark.parametrize("purchaser", PURCHASERS, ids=lambda each: each.id)
def test_a_command_on_a_contract_answers_and_refuses_without_a_word_of_the_other(
    purchaser: Purchaser, run: Run
) -> None:
    told = ""
    for subject in subjects("contract show", purchaser):
        for command in ("Approach", "MakeOffer", "ReceiveApplication", "Publish"):
            told += run("contract", "act", *subject, command, "--actor", "officer", "--json")
    assert shown(told, OTHER[purchaser].marks) == []


def test_a_third_purchaser_is_shown_nothing_of_either(run: Run) -> None:
    known_at = ("--known-at", "2025-12-01T09:00:00+01:00")
    told = run("providers", "show", AGB, "--purchaser", "derde", "--with-integrity", *known_at)
    told += run("providers", "show", AGB, *known_at) + run("providers", "show", AGB, "--json", *known_at)
    told += run("contract", "show", "derde/04001234/FYS/2024", "--json", *known_at)
    assert "As derde knows it:\n  nothing recorded\n" in told
    assert [each for purchaser in PURCHASERS for each in shown(told, purchaser.marks)] == []


@pytest.mark.parametrize("purchaser", PURCHASERS, ids=lambda each: each.id)
@pytest.mark.parametrize("name", sorted(QUESTIONS))
def test_no_question_shows_a_purchaser_what_is_the_others(name: str, purchaser: Purchaser, log_file: Path) -> None:
    with opened(log_file) as system:
        told = "\n".join(answered(system, name, purchaser))
    assert shown(told, OTHER[purchaser].marks) == []


@pytest.mark.parametrize("purchaser", PURCHASERS, ids=lambda each: each.id)
def test_each_purchaser_is_shown_all_its_own_marks(purchaser: Purchaser, run: Run) -> None:
    """That the search above could find something: every mark stands in an answer to its own purchaser."""
    contract = purchaser.contracts[0]
    told = run("contract", "events", contract, "--json") + run("contract", "show", contract, "--json")
    told += run("providers", "show", AGB, "--purchaser", purchaser.id, "--with-integrity")
    assert shown(told, purchaser.marks) == list(purchaser.marks)


@pytest.mark.parametrize("purchaser", PURCHASERS, ids=lambda each: each.id)
def test_every_answer_is_the_same_as_if_the_other_purchaser_did_not_exist(
    purchaser: Purchaser, log_file: Path, tmp_path: Path
) -> None:
    log_at(tmp_path, "one.db", (purchaser,))
    with opened(log_file) as both, opened(tmp_path / "one.db") as alone:
        for name in sorted(QUESTIONS):
            assert compared(answered(both, name, purchaser)) == compared(answered(alone, name, purchaser)), name


PLACES = {"position", "policy_position", "provider_version"}
"""Places in the log and in the practice's stream, which both purchasers write in: they count and say nothing else."""


def compared(answers: list[str]) -> list[Any]:
    """Answers without those places; an error names one in its text."""
    errors = re.compile(r"log position \d+")
    answers = [re.sub(rf"provider/{AGB}@\d+", "a fact of the practice", each) for each in answers]
    return [without_places(json.loads(each)) if each.startswith("{") else errors.sub("", each) for each in answers]


def without_places(part: Any) -> Any:
    if isinstance(part, dict):
        of_the_practice = "past_contracts" in part or part.get("event_id") == "a fact of the practice"
        places = PLACES | ({"version"} if of_the_practice else set())
        places |= {"old", "new"} if part.get("path", [""])[-1] in PLACES else set()
        return {key: without_places(each) for key, each in part.items() if key not in places}
    return [without_places(each) for each in part] if isinstance(part, list) else part

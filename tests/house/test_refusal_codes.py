"""Every reason code by which something can be refused is met by a scenario, which shows when it comes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from application.wording.refusals import DUTCH

PROJECT = Path(__file__).parents[2]
SCENARIOS = sorted((PROJECT / "tests" / "scenarios").rglob("*.yaml"))
CODE = re.compile(r"[A-Z][A-Z_]{2,}")
MAKERS = {"Refused", "Reason", "bar", "person_decides", "Judged"}
"""What carries a code: a refusal, a reason in a fact, a rule that bars or is for a person."""
NOT_FOR_A_SCENARIO = {
    "CARE_TYPE_NOT_COVERED": "a question is refused by the name of its error",
    "CONFLICT": "needs another writer at the same moment",
    "DELEGATION_ENDED": "a scenario has nobody whose identity is asked",
    "EVENT_UNKNOWN": "a question is refused by the name of its error",
    "NOT_DELEGATED": "a scenario has nobody whose identity is asked",
    "NOT_FOR_A_DELEGATE": "a scenario has nobody whose identity is asked",
    "NOT_REPRODUCIBLE": "a question is refused by the name of its error",
    "OF_ANOTHER_PRACTICE": "evidence is no question of a scenario",
    "NO_RETEST": "every module of the fictional policies is tested anew",
    "OF_ANOTHER_PURCHASER": "a question is refused by the name of its error",
    "PLANNED_IN_PAST": "a scenario runs its rounds itself, on the day of the step",
    "PLAN_CARRIED_OUT": "a scenario runs its rounds itself, on the day of the step",
    "PLAN_UNKNOWN": "a scenario runs its rounds itself, on the day of the step",
    "ROUND_IN_FUTURE": "a round of a scenario runs on the day of its step",
}


def codes_of_the_code() -> Iterator[str]:
    for package in ("domain", "application"):
        for path in (PROJECT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MAKERS:
                    given = [
                        *node.args,
                        *(each.value for each in node.keywords if each.arg in ("code", "refusal_code")),
                    ]
                    yield from (code for each in given for code in _texts(each))
                if isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "RefusalCode" and node.value:
                    yield from _texts(node.value) if ast.unparse(node.target) != "flag" else ()


def _texts(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and CODE.fullmatch(each.value):
            yield each.value


def codes_of_refusals() -> Iterator[str]:
    """Of what answers a command or a question, wherever it is written."""
    for package in ("domain", "application", "infrastructure"):
        for path in (PROJECT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused":
                    yield from _texts(node.args[0])


def codes_of_the_documents() -> Iterator[str]:
    for path in (PROJECT / "domain" / "policy" / "documents").glob("*.yaml"):
        yield from _under(yaml.safe_load(path.read_text(encoding="utf-8")), ("code", "refusal_code", "unknown_code"))


def codes_met() -> Iterator[str]:
    """The codes that scenarios expect: of refusals, of reasons in facts and answers, and of what a person is asked."""
    for path in SCENARIOS:
        written = yaml.safe_load(path.read_text(encoding="utf-8"))
        if "scenario" in written:
            for step in [*written.get("steps", ()), *written.get("questions", ())]:
                told = {key: step.get(key) for key in ("expect", "answer")}
                yield from _under(told, ("refused", "code"))
                yield from (
                    found.partition(":")[0] for found in _under(told, ("found",), re.compile(r"[A-Z_]{3,}: .*"))
                )


def _under(value: Any, keys: tuple[str, ...], kind: re.Pattern[str] = CODE) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key in keys and isinstance(each, str) and kind.fullmatch(each):
                yield each
            yield from _under(each, keys, kind)
    if isinstance(value, list):
        for each in value:
            yield from _under(each, keys, kind)


def test_every_refusal_code_is_met_by_a_scenario() -> None:
    known = {*codes_of_the_code(), *codes_of_the_documents()}

    assert len(known) > 100
    assert known - set(codes_met()) == NOT_FOR_A_SCENARIO.keys()


def test_every_refusal_that_is_told_by_its_code_is_one() -> None:
    named_by_policies = {"CLAIMS_ALREADY_FILED", "CLAIMS_UNKNOWN"}
    by_another_error = {"POLICY_MISTAKES"}

    assert DUTCH.keys() <= {*codes_of_refusals(), *named_by_policies, *by_another_error}
    for code, sentence in DUTCH.items():
        assert re.fullmatch(r"[A-Z][^{}.]*\.|sign_by [^{}.]*\.", sentence), code


def test_there_are_the_worked_examples_and_more_of_our_own() -> None:
    names = [path.name for path in SCENARIOS if path.parent.name != "policies"]
    worked = {name.partition("-")[0].rstrip("abc") for name in names if re.match(r"S\d", name)}

    assert len(worked) == 55
    assert len([name for name in names if not re.match(r"S\d", name)]) >= 60

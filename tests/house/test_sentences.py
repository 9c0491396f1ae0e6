"""Whatever the service says is wrong has its sentence in Dutch: the code is read, and held against the catalogue."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pydantic_core._pydantic_core import list_all_errors

from application.wording.refusals import DUTCH
from application.wording.sentences import SENTENCES, literals_of, sentence_in_dutch

PROJECT = Path(__file__).parents[2]
SAYS = {
    "ClaimFileError": 0,
    "FieldRefused": 1,
    "HorizonMismatch": 0,
    "InstantError": 0,
    "JSONDecodeError": 0,
    "KnownAtInFuture": 0,
    "OtherVersion": 0,
    "PositionUnknown": 0,
    "Problem": 2,
    "Refused": 1,
    "RegisterFileError": 0,
    "TokenRefusedError": 0,
    "ValueError": 0,
    "fail": 1,
    "invalid": 1,
    "_MeantTwoWaysError": 0,
    "unauthenticated": 0,
}
"""What is called with a sentence for the caller of the API, and as which argument; a conflict is told by its code."""
ELSEWHERE = (
    "application/queries/lists.py",
    "application/scenarios/",
    "domain/policy/agreement_template.py",
    "domain/policy/starts.py",
    "infrastructure/cli/",
    "infrastructure/clock.py",
    "infrastructure/http/keys.py",
    "infrastructure/http/problem_examples.py",
    "infrastructure/persistence/recorder.py",
    "infrastructure/persistence/tracking.py",
    "infrastructure/providers/carried_over_file.py",
    "infrastructure/providers/sample_register.py",
    "infrastructure/read_models/state.py",
    "infrastructure/settings.py",
    "infrastructure/working_days.py",
)
"""Where what is said reaches no caller: command line, settings, cursors, examples, what a programmer does wrong."""
PASSED_ON = {"str", "what_is_wrong", "_listed", "replace", "problem.detail", "refused.message"}
"""Calls that tell what was said already in another place, or what is told by its code."""
BY_PYTHON_ONLY = {
    "no_such_attribute",
    "json_type",
    "needs_python_object",
    "recursion_loop",
    "recursion_depth_exceeded",
    "frozen_field",
    "frozen_instance",
    "get_attribute_error",
    "dataclass_type",
    "dataclass_exact_type",
    "named_tuple_type",
    "default_factory_not_called",
    "iterable_type",
    "iteration_error",
    "frozen_dict_type",
    "ordered_dict_type",
    "counter_type",
    "mapping_type",
    "deque_type",
    "set_item_not_hashable",
    "missing_sentinel_error",
    "ellipsis_error",
    "is_instance_of",
    "is_subclass_of",
    "callable_type",
    "arguments_type",
    "missing_argument",
    "unexpected_keyword_argument",
    "missing_keyword_only_argument",
    "unexpected_positional_argument",
    "missing_positional_only_argument",
    "multiple_argument_values",
    "complex_type",
    "complex_str_parsing",
}
"""What pydantic can say of no JSON, and of no field that a request has."""


class Said(NamedTuple):
    """A sentence of the code, ``{}`` for each value, and where it stands."""

    where: str
    sentence: str


@cache
def functions() -> dict[str, ast.FunctionDef]:
    """The functions of the code by name, for sentences that are made in one of their own."""
    return {
        node.name: node
        for _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and isinstance(node.returns, ast.Name) and node.returns.id == "str"
    }


@cache
def modules() -> tuple[tuple[str, ast.Module], ...]:
    found = []
    for package in ("domain", "application", "infrastructure"):
        for path in sorted((PROJECT / package).rglob("*.py")):
            name = path.relative_to(PROJECT).as_posix()
            if not name.startswith(ELSEWHERE):
                found.append((name, ast.parse(path.read_text(encoding="utf-8"))))
    return tuple(found)


def constants(name: str) -> list[ast.Assign]:
    """What a name stands for at the top of the modules that have it."""
    top = (each for _, tree in modules() for each in tree.body)
    return [each for each in top if isinstance(each, ast.Assign) and _names(each, name)]


@cache
def everything_said() -> tuple[Said, ...]:
    return tuple(
        Said(f"{name}:{call.lineno}", sentence)
        for name, tree in modules()
        for scope, call in calls(tree)
        for sentence in sentences(call.args[SAYS[called(call)]], scope)
    )


def calls(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.Call]]:
    """Each call that says something, with the innermost function around it."""
    scopes = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and len(node.args) > SAYS.get(called(node), 99) and not by_code(node):
            around = [each for each in scopes if each.lineno <= node.lineno <= (each.end_lineno or 0)]
            yield (around[-1] if around else tree), node


def called(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def by_code(call: ast.Call) -> bool:
    """A refusal with a sentence for its code has no need of another."""
    code = call.args[0] if called(call) == "Refused" else None
    return isinstance(code, ast.Constant) and code.value in DUTCH


def sentences(said: ast.expr, scope: ast.AST) -> Iterator[str]:
    """Every form that a sentence can have where it is said; what a parameter says is said by its caller."""
    match said:
        case ast.Constant(value=text):
            yield from [] if text is None else [str(text).replace("{", "{{").replace("}", "}}")]
        case ast.JoinedStr(values=parts):
            yield "".join(_part(each) for each in parts)
            for each in parts:
                yield from _in_a_place(each, scope)
        case ast.IfExp(body=one, orelse=other):
            yield from (*sentences(one, scope), *sentences(other, scope))
        case ast.BinOp(left=left, right=right):
            yield from (begin + end for begin in sentences(left, scope) for end in sentences(right, scope))
        case ast.Name(id=name) if name in _parameters(scope):
            return
        case ast.Name(id=name):
            given = [each for each in ast.walk(scope) if isinstance(each, ast.Assign) and _names(each, name)]
            given = given or constants(name)
            assert given, f"where is {name} said?"
            yield from (sentence for each in given for sentence in sentences(each.value, scope))
        case ast.Call() if called(said) in functions():
            yield from _returned(functions()[called(said)])
        case _:
            assert called_or_named(said) in PASSED_ON, f"what does this say: {ast.unparse(said)}?"


def _parameters(scope: ast.AST) -> set[str]:
    return {each.arg for each in ast.walk(scope) if isinstance(each, ast.arg)}


def called_or_named(said: ast.expr) -> str:
    return called(said) if isinstance(said, ast.Call) else ast.unparse(said)


def _part(part: ast.expr) -> str:
    return next(sentences(part, part)) if isinstance(part, ast.Constant) else "{}"


def _in_a_place(part: ast.expr, scope: ast.AST) -> Iterator[str]:
    """A value that is a sentence itself: made by a function, or one of two."""
    if not isinstance(part, ast.FormattedValue):
        return
    value = part.value
    if isinstance(value, ast.Call) and called(value) in functions():
        yield from (each for each in _returned(functions()[called(value)]) if " " in each)
    elif isinstance(value, ast.BoolOp) and isinstance(value.values[-1], ast.Constant):
        yield from sentences(value.values[-1], scope)


def _returned(function: ast.FunctionDef) -> Iterator[str]:
    for each in ast.walk(function):
        if isinstance(each, ast.Return) and isinstance(each.value, ast.JoinedStr | ast.Constant | ast.IfExp):
            yield from sentences(each.value, function)


def _names(assigned: ast.Assign, name: str) -> bool:
    return any(isinstance(each, ast.Name) and each.id == name for each in assigned.targets)


def test_whatever_the_code_says_has_its_dutch() -> None:
    said = everything_said()
    missing = sorted({f"{each.where}: {each.sentence}" for each in said if literals_of(each.sentence) not in known()})

    assert len(said) >= 200
    assert missing == []


@cache
def known() -> set[tuple[str, ...]]:
    return {literals_of(each) for each in SENTENCES}


def test_whatever_pydantic_says_of_a_field_has_its_dutch() -> None:
    told = [each for each in list_all_errors() if each["type"] not in BY_PYTHON_ONLY]
    found = {each["message_template_python"] for each in told} | {
        each["message_template_json"] for each in told if "message_template_json" in each
    }

    assert len(told) > 60
    assert sorted(each for each in found if literals_of(each) not in known()) == []


class Value(str):
    """A value that stays as it is, also where the phrase book of the rules is asked for it."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return str(self)


def test_a_sentence_is_found_again_with_its_values() -> None:
    for english, dutch in SENTENCES.items():
        literals = literals_of(english)
        values = [Value(f"x{number}") for number in range(len(literals) - 1)]
        said = "".join(text + value for text, value in zip(literals, [*values, ""], strict=True))

        assert "" not in literals[1:-1], f"{english}: where does one value end, and the next one begin?"
        assert sentence_in_dutch(said) == dutch.format(*values), english


def test_what_a_caller_sent_can_not_keep_the_catalogue_busy() -> None:
    assert sentence_in_dutch("; ".join(["found"] * 50_000)) == "; ".join(["found"] * 50_000)
    assert sentence_in_dutch("{0.text} is {1}" * 10_000) is None

"""A scenario from its YAML file, with every mistake in it told by file, line and path."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from application.policies import Mistake, PolicyMistakesError, PolicySource, PolicySources
from application.scenarios.deeds import CONTRACT_COMMANDS, FORMS, AdoptPolicy, kind_of
from application.scenarios.expectations import FACTS, NOTHING, Refusal
from application.scenarios.format import Frame, Scenario, last_instant_of
from application.scenarios.questions import QUESTIONS
from domain.refusal import nearest
from infrastructure.policies.library import SUFFIXES, PolicyFiles
from infrastructure.policies.mistakes import Told, mistakes_in, path_text
from infrastructure.policies.yaml_file import Path, described, read_yaml

POLICY_KEYS = ("amends:", "format:")
"""How a line begins that makes a YAML file a policy and no scenario."""


class ScenarioMistakesError(Exception):
    """A scenario can not be played; ``mistakes`` are all that was found, and the message has one line for each."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


class ScenarioFile(NamedTuple):
    """A scenario that was read whole, the policies that it names, and the line of each of its parts."""

    name: str
    scenario: Scenario
    sources: PolicySources
    line_of: Callable[[Path], int]


class PoliciesBeside:
    """Policies as a scenario names them: packaged ones by id, files relative to the scenario; each is read once."""

    def __init__(self, folder: FilePath, known: dict[str, PolicySource]) -> None:
        self._folder = folder
        self._known = known
        self._files = PolicyFiles()

    def read(self, name: str) -> PolicySource:
        """The policy of that id, or in that file; raises ``PolicyMistakesError``."""
        is_path = name.endswith(SUFFIXES) or "/" in name or "\\" in name
        key = str(self._folder / name) if is_path else name
        if key not in self._known:
            self._known[key] = self._files.read(key)
        return self._known[key]


def scenario_paths(path: FilePath) -> list[FilePath]:
    """The scenario files at a path: itself, or all YAML files under a folder that are no policies, in order of name.

    Raises ``ScenarioMistakesError`` when there is none.
    """
    if not path.is_dir():
        return [path]
    found = sorted(each for each in path.rglob("*") if each.suffix in SUFFIXES and each.is_file())
    scenarios = [each for each in found if not _is_policy(each)]
    if not scenarios:
        raise ScenarioMistakesError([Mistake(str(path), 0, "", "no scenario in this folder: no YAML file")])
    return scenarios


def _is_policy(path: FilePath) -> bool:
    try:
        lines = path.read_bytes().splitlines()
    except OSError:
        return False
    return any(line.startswith(tuple(key.encode() for key in POLICY_KEYS)) for line in lines)


def read_scenario(path: FilePath, known: dict[str, PolicySource]) -> ScenarioFile:
    """The scenario in a file; ``known`` keeps policies that were read before.

    Raises ``ScenarioMistakesError`` with all that is wrong in it.
    """
    name = str(path)
    file = read_yaml(_content(path))
    sources = PoliciesBeside(path.parent, known)
    mistakes = [Mistake(name, line, "", message) for line, message in file.mistakes]
    if isinstance(file.data, dict):
        told = _mistakes(file.data, sources)
        mistakes += [Mistake(name, file.line_of(each.path), path_text(each.path), each.message) for each in told]
    if mistakes:
        raise ScenarioMistakesError(sorted(mistakes, key=lambda mistake: mistake.line))
    return ScenarioFile(name, Scenario.model_validate(file.data), sources, file.line_of)


def _content(path: FilePath) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        message = "there is no such file or folder"
    except PermissionError:
        message = "the file may not be read; change its permissions"
    except OSError as error:
        message = f"the file can not be read: {error.strerror}"
    raise ScenarioMistakesError([Mistake(str(path), 0, "", message)])


def _mistakes(data: dict[str, Any], sources: PolicySources) -> list[Told]:
    """What is wrong: the frame, each part by its kind, then what does not fit together."""
    told = _in_model(Frame, data, ())
    for number, step in _entries(data, "steps"):
        if "do" in step:
            told += _in_deed(step["do"], ("steps", number, "do"))
        told += _in_expectation(step.get("expect"), ("steps", number, "expect"))
    for number, question in _entries(data, "questions"):
        told += _in_question(question, ("questions", number))
    if not told:
        told += _misfits(Scenario.model_validate(data), sources)
    return told


def _entries(data: dict[str, Any], part: str) -> Iterator[tuple[int, dict[str, Any]]]:
    entries = data.get(part)
    for number, entry in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(entry, dict):
            yield number, entry


def _in_model(model: type[BaseModel], data: Any, path: Path) -> list[Told]:
    try:
        model.model_validate(data)
    except ValidationError as error:
        return [Told((*path, *each.path), each.message) for each in mistakes_in(model, data, error)]
    return []


def _in_deed(written: Any, path: Path) -> list[Told]:
    fields = {"kind": written} if isinstance(written, str) else written
    if not isinstance(fields, dict):
        return [Told(path, f"found {described(written)}, expected a command such as Approach, or its kind and fields")]
    kind = fields.get("kind")
    if kind not in FORMS:
        where = path if isinstance(written, str) or kind is None else (*path, "kind")
        return [Told(where, _unknown("kind of command", kind, FORMS))]
    return _in_model(FORMS[kind], fields, path)


def _unknown(what: str, found: Any, known: Iterable[str]) -> str:
    near = nearest(found, known) if isinstance(found, str) else None
    hint = f'did you mean "{near}"?' if near else f"known are {', '.join(known)}"
    return f"missing {what}; {hint}" if found is None else f"found {described(found)}, no {what}; {hint}"


def _in_expectation(written: Any, path: Path) -> list[Told]:
    match written:
        case None | "nothing":
            return []
        case list():
            return _in_facts(written, path)
        case dict() if "refused" in written:
            return _in_model(Refusal, written, path)
        case dict() if all("/" in stream for stream in written):
            return [
                told
                for stream, facts in written.items()
                if facts != NOTHING
                for told in _in_facts(facts, (*path, stream))
            ]
        case _:
            found = f"the keys {', '.join(written)}" if isinstance(written, dict) else described(written)
            expected = "nothing, a list of facts, refused: CODE, or lists of facts by contract id"
            return [Told(path, f"found {found}, expected {expected}")]


def _in_facts(written: Any, path: Path) -> list[Told]:
    if not isinstance(written, list):
        return [Told(path, f"found {described(written)}, expected a list of facts, or nothing")]
    told: list[Told] = []
    for number, entry in enumerate(written):
        where = (*path, number)
        if isinstance(entry, dict) and len(entry) == 1:
            ((name, fields),) = entry.items()
        else:
            name, fields = entry, None
        if not isinstance(name, str):
            told.append(Told(where, f"found {described(entry)}, expected one fact: its name, or its name and fields"))
        elif name not in FACTS:
            told.append(Told(where, _unknown("name of a fact", name, FACTS)))
        elif fields is not None:
            told += _in_model(FACTS[name], fields, (*where, name))
    return told


def _in_question(written: dict[str, Any], path: Path) -> list[Told]:
    name = written.get("ask", "contract")
    if name not in QUESTIONS:
        return [Told((*path, "ask"), _unknown("question", name, QUESTIONS))]
    return _in_model(QUESTIONS[name], written, path)


def _misfits(scenario: Scenario, sources: PolicySources) -> Iterator[Told]:
    """What reads well and does not fit together: policies that are not there, instants that go back."""
    for number, policy in enumerate(scenario.policies):
        yield from _unread(policy.policy, sources, ("policies", number, "policy"))
        if policy.adopted_at < scenario.policies[0].adopted_at:
            yield Told(("policies", number, "adopted_at"), "lies before the first policy is adopted; put that first")
    for number, provider in enumerate(scenario.providers):
        if provider.registered_at is not None and provider.registered_at < scenario.policies[0].adopted_at:
            yield Told(("providers", number, "registered_at"), "lies before the first policy is adopted")
    for number, step in enumerate(scenario.steps):
        path: Path = ("steps", number)
        if step.at < (scenario.steps[number - 1].at if number else scenario.policies[0].adopted_at):
            before = "the step above" if number else "the first policy is adopted"
            yield Told((*path, "at"), f"lies before {before}; steps stand in the order in which they happen")
        if isinstance(step.do, AdoptPolicy):
            yield from _unread(step.do.policy, sources, (*path, "do", "policy"))
        if step.contract is None and scenario.contract is None and _needs_a_contract(step):
            yield Told((*path, "contract"), "missing; name it here, or once for the whole scenario")
    done_at = last_instant_of(scenario)
    for number, question in enumerate(scenario.questions):
        if question.asked_at is not None and question.asked_at < done_at:
            yield Told(
                ("questions", number, "asked_at"), "lies before all has happened; questions are asked afterwards"
            )
        if "contract" in type(question).model_fields and question.contract is None and scenario.contract is None:
            yield Told(("questions", number, "contract"), "missing; name it here, or once for the whole scenario")


def _needs_a_contract(step: Any) -> bool:
    return kind_of(type(step.do)) in {kind_of(each) for each in CONTRACT_COMMANDS}


def _unread(policy: str, sources: PolicySources, path: Path) -> Iterator[Told]:
    try:
        sources.read(policy)
    except PolicyMistakesError as error:
        for mistake in error.mistakes:
            yield Told(path, str(mistake))

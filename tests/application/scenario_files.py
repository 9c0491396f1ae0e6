"""Scenario files for tests: the project's own, and short ones written on the spot."""

import re
from pathlib import Path
from typing import Any

import yaml

from infrastructure.trials import ScenarioFile, ScenarioMistakesError, read_scenario, scenario_paths

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "tests" / "scenarios"
FILES = [path.relative_to(ROOT) for path in scenario_paths(SCENARIOS)]

SHORT = """\
scenario: A short one
clauses: [CQ25-4-8]
contract: caresq/05007788/LOG/2025-2026
policies:
  - {policy: caresq-2025, adopted_at: 2024-04-01T09:00}
providers:
  - agb: "05007788"
    professionals: [{profession: logopedist}]
steps:
  - at: 2024-09-16T09:00
    do: Approach
    expect: [Approached, QuestionnaireSent]
questions:
  - answer: {status: questionnaire_open}
"""


def read(path: Path) -> ScenarioFile:
    """A scenario without a mistake in it."""
    return read_scenario(path, {})


def mistakes(folder: Path, text: str | bytes) -> list[str]:
    """What the reader tells of a file with this text, without the folder's name."""
    path = folder / "case.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    try:
        read_scenario(path, {})
    except ScenarioMistakesError as error:
        return [str(each).replace(f"{folder}/", "") for each in error.mistakes]
    return []


class _CoreLoader(yaml.SafeLoader):
    """YAML 1.2 as editors read it: whole numbers, fractions, true, false and null; days stay text."""


_CoreLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":int", ":merge", ":value"))
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_CoreLoader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))


def as_editors_read_it(text: str) -> Any:
    """The data of a YAML text under the core schema."""
    return yaml.load(text, Loader=_CoreLoader)

"""``contractspoor scenario``: play scenario files, each on a fresh store, through the use cases of every day."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from application.policies import Mistake, PolicySource
from application.scenarios.format import Scenario
from application.scenarios.run import Failure, run_scenario
from infrastructure.cli.errors import FAILED, WRONG_USE
from infrastructure.cli.options import AsJson
from infrastructure.trials import ScenarioFile, ScenarioMistakesError, read_scenario, scenario_paths, scenario_worlds

app = typer.Typer(no_args_is_help=True, help="Play scenarios: what a policy does, step by step, on a fresh store.")


@app.command()
def run(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Scenario files, or folders of them.")],
    database_url: Annotated[
        str | None,
        typer.Option(
            "--database-url",
            metavar="URL",
            help="A PostgreSQL server on which each scenario gets a database of its own; left out: temporary files.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Play each scenario and tell in one line whether all came as expected.

    A scenario sets its own clock and touches no database of yours. Exit code 0 when all is well, 1 when something came
    otherwise, 2 when a file can not be read.
    """
    files, unreadable = _read(paths)
    told = [_unreadable(each) for each in unreadable]
    failed = False
    if not as_json:
        for error in unreadable:
            typer.echo(str(error), err=True)
    with scenario_worlds(database_url) as new_world:
        for file in files:
            with new_world(file.sources) as world:
                failures = run_scenario(file.scenario, world)
            failed = failed or bool(failures)
            told.append(_outcome(file, failures))
            if not as_json:
                _print_outcome(file, failures)
    if as_json:
        json.dump(told, sys.stdout, indent=2, ensure_ascii=False)
        sys.stdout.write("\n")
    if unreadable:
        raise typer.Exit(WRONG_USE)
    if failed:
        raise typer.Exit(FAILED)


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors that check and complete what you write."""
    print(schema_text(), end="")


def schema_text() -> str:
    """The JSON Schema of a scenario file, made from the models that read it."""
    schema: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    schema |= Scenario.model_json_schema()
    schema["title"] = "Contractspoor scenario"
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _read(paths: list[Path]) -> tuple[list[ScenarioFile], list[ScenarioMistakesError]]:
    """The scenarios at these paths, and what is wrong with those that can not be read."""
    files: list[ScenarioFile] = []
    unreadable: list[ScenarioMistakesError] = []
    known: dict[str, PolicySource] = {}
    for path in paths:
        try:
            found = scenario_paths(path)
        except ScenarioMistakesError as error:
            unreadable.append(error)
            continue
        for each in found:
            try:
                files.append(read_scenario(each, known))
            except ScenarioMistakesError as error:
                unreadable.append(error)
    return files, unreadable


def _print_outcome(file: ScenarioFile, failures: list[Failure]) -> None:
    scenario = file.scenario
    outcome = "FAILED" if failures else "ok    "
    typer.echo(f"{outcome} {file.name}: {scenario.scenario} ({', '.join([*scenario.clauses, *scenario.readings])})")
    for failure in failures:
        typer.echo(f"  {file.name}:{file.line_of(failure.path)}: expected {failure.expected}; found {failure.found}")


def _outcome(file: ScenarioFile, failures: list[Failure]) -> dict[str, Any]:
    return {
        "file": file.name,
        "scenario": file.scenario.scenario,
        "clauses": list(file.scenario.clauses),
        "readings": list(file.scenario.readings),
        "outcome": "failed" if failures else "ok",
        "failures": [
            {"line": file.line_of(each.path), "expected": each.expected, "found": each.found} for each in failures
        ],
        "mistakes": [],
    }


def _unreadable(error: ScenarioMistakesError) -> dict[str, Any]:
    return {
        "file": error.mistakes[0].file,
        "scenario": None,
        "clauses": [],
        "readings": [],
        "outcome": "unreadable",
        "failures": [],
        "mistakes": [_mistake(each) for each in error.mistakes],
    }


def _mistake(mistake: Mistake) -> dict[str, Any]:
    return {"line": mistake.line, "path": mistake.path, "message": mistake.message}

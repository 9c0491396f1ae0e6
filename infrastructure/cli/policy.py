"""``contractspoor policy``: check policy files, show a policy, adopt one into the log."""

import json
import sys
from datetime import datetime
from typing import Annotated, Any, NoReturn

import typer

from application.policies import AdoptionOrder, PolicyMistakesError, adopt, check
from application.ports import EventLogError, StorageUnavailable
from domain.calendar import from_microseconds, instant_text, to_microseconds
from domain.policy.adoption import Ground, PolicyVersions, adopted
from domain.policy.document import PolicyDocument
from domain.refusal import Refused
from infrastructure.bootstrap import open_system, policy_sources
from infrastructure.cli.instants import InstantError, instant, known_at
from infrastructure.cli.policy_text import print_policy
from infrastructure.settings import Settings, SettingsError, load_settings

app = typer.Typer(no_args_is_help=True, help="Check, show and adopt procurement policies.")

Database = Annotated[
    str | None, typer.Option("--database", help="The log, by URL; CONTRACTSPOOR_DATABASE_URL when left out.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


@app.command("check")
def check_files(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="YAML files, or ids of packaged policies.")],
    as_json: AsJson = False,
) -> None:
    """Read policies and amendments without adopting them; every mistake is one line. Exit code 1 when there is one."""
    checked = check(policy_sources(), files)
    if as_json:
        answer = [
            {
                "file": each.name,
                "policy_id": each.policy_id,
                "document_sha256": each.document_sha256,
                "mistakes": [
                    {"file": mistake.file, "line": mistake.line, "path": mistake.path, "message": mistake.message}
                    for mistake in each.mistakes
                ],
            }
            for each in checked
        ]
        _print_json(answer)
    else:
        for each in checked:
            for mistake in each.mistakes:
                typer.echo(str(mistake))
            if not each.mistakes:
                typer.echo(f"{each.name}: no mistakes; makes {each.policy_id}, sha256 {each.document_sha256}")
    if any(each.mistakes for each in checked):
        raise typer.Exit(1)


@app.command()
def show(
    policy_id: Annotated[str, typer.Argument(metavar="ID", help="A policy by its id, such as caresq-2025.")],
    known_at_text: Annotated[
        str | None, typer.Option("--known-at", help="With the knowledge of an instant, or of the end of a day.")
    ] = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Show a policy with the clause of every rule: the version in force in the log, else the packaged document."""
    found = _from_log(policy_id, known_at_text, database)
    if found is None:
        document, versions, horizon = _packaged(policy_id), PolicyVersions(()), None
    else:
        document, versions, horizon = found
    listed = [
        {
            "position": version.position,
            "in_force_from": instant_text(version.in_force_from),
            "document_sha256": version.document_sha256,
        }
        for version in versions.versions
    ]
    if as_json:
        answer: dict[str, Any] = {
            "policy_id": document.id,
            "source": "packaged" if horizon is None else "adopted",
            "document_sha256": adopted(document, Ground.PUBLICATION).document_sha256,
            "versions": listed,
            "document": document.model_dump(mode="json"),
        }
        if horizon is not None:
            answer |= {"known_at": instant_text(horizon[0]), "position": horizon[1]}
        _print_json(answer)
        return
    print_policy(document)
    if horizon is None:
        typer.echo("\nNot adopted in a log: this is the packaged document.")
        return
    typer.echo("\nAdopted versions")
    for line in listed:
        typer.echo(
            f"  position {line['position']}, in force from {line['in_force_from']}, sha256 {line['document_sha256']}"
        )
    typer.echo(f"As known at {instant_text(horizon[0])}, position {horizon[1]}.")


@app.command("adopt")
def adopt_policy(
    name: Annotated[str, typer.Argument(metavar="ID|FILE", help="A packaged policy by its id, or a YAML file.")],
    actor: Annotated[str, typer.Option("--actor", help="Who adopts it.")],
    ground: Annotated[Ground | None, typer.Option("--ground", help="Why it changes what was adopted before.")] = None,
    occurred_at_text: Annotated[
        str | None, typer.Option("--occurred-at", help="In force from an earlier instant; needs --reason.")
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why, in a sentence.")] = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Adopt a policy document or an amendment into the log; the same document again changes nothing."""
    if not actor.strip():
        _fail("--actor is empty: name who adopts the policy", 2)
    occurred_at = None if occurred_at_text is None else _instant("--occurred-at", occurred_at_text)
    order = AdoptionOrder(actor=actor, ground=ground, occurred_at=occurred_at, reason=reason)
    try:
        source = policy_sources().read(name)
        with open_system(_database_url(database)) as system:
            answer = adopt(system.policies, source, order)
    except (PolicyMistakesError, EventLogError) as error:
        _fail(str(error), 1)
    if isinstance(answer, Refused):
        _fail(f"refused: {answer.code}: {answer.message}", 1)
    version = answer.version
    if as_json:
        _print_json(
            {
                "policy_id": version.document.id,
                "is_new": answer.is_new,
                "position": version.position,
                "in_force_from": instant_text(version.in_force_from),
                "document_sha256": version.document_sha256,
            }
        )
        return
    done = "adopted" if answer.is_new else "nothing changed, it was adopted before:"
    typer.echo(
        f"{version.document.id}: {done} at position {version.position}, "
        f"in force from {instant_text(version.in_force_from)}, sha256 {version.document_sha256}"
    )


Found = tuple[PolicyDocument, PolicyVersions, tuple[datetime, int]]


def _from_log(policy_id: str, known_at_text: str | None, database: str | None) -> Found | None:
    """The version in force, all versions, and what the answer rests on; none when there is no log or no such policy.

    Without a question about the log, one that can not be read is no failure: the packaged document is shown.
    """
    asked = database is not None or known_at_text is not None or "database_url" in _settings().model_fields_set
    try:
        with open_system(_database_url(database)) as system:
            now = system.clock.now()
            try:
                at = None if known_at_text is None else to_microseconds(known_at(known_at_text, now))
            except InstantError as error:
                _fail(f"--known-at: {error}", 2)
            horizon = system.log.horizon(known_at=at)
            versions = system.policies.versions(policy_id, up_to=horizon.position)
    except StorageUnavailable as error:
        if asked:
            _fail(str(error), 1)
        return None
    except EventLogError as error:
        _fail(str(error), 1)
    instant_known = from_microseconds(horizon.known_at)
    in_force = versions.at(instant_known)
    if in_force is None:
        if known_at_text is not None:
            _fail(f"{policy_id} was not adopted as known at {instant_text(instant_known)}", 1)
        return None
    return in_force.document, versions, (instant_known, horizon.position)


def _packaged(policy_id: str) -> PolicyDocument:
    try:
        source = policy_sources().read(policy_id)
        base = policy_sources().read(source.policy_id).document(None) if source.amends else None
        return source.document(base)
    except PolicyMistakesError as error:
        _fail(str(error), 1)


def _instant(option: str, text: str) -> datetime:
    try:
        return instant(text)
    except InstantError as error:
        _fail(f"{option}: {error}", 2)


def _database_url(given: str | None) -> str:
    return _settings().database_url if given is None else given


def _settings() -> Settings:
    try:
        return load_settings()
    except SettingsError as error:
        _fail(str(error), 2)


def _print_json(answer: Any) -> None:
    json.dump(answer, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def _fail(message: str, code: int) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)

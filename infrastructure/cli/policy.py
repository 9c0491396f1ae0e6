"""``contractspoor policy``: check policy files, show a policy, adopt one into the log."""

from contextlib import ExitStack
from datetime import date
from typing import Annotated, Any

import typer

from application.extensions import extend_after
from application.policies import Adoption, AdoptionOrder, adopt, check, document_of
from application.queries.horizon import Asked
from application.queries.policy import PolicyAnswer, PolicyVersionShown, policy
from application.queries.schedule import ScheduleAnswer, schedule
from domain.calendar import instant_text
from domain.policy.adoption import Ground, PolicyVersion, adopted
from domain.policy.differences import Change, differences
from domain.policy.document import PolicyDocument
from domain.policy.schedule import in_order_of_time
from domain.refusal import Refused, RefusedError
from infrastructure.bootstrap import policy_sources
from infrastructure.cli.console import print_json
from infrastructure.cli.options import (
    Actor,
    AsJson,
    Database,
    KnownAt,
    OccurredAt,
    OnBehalfOf,
    Position,
    Reason,
    opened,
)
from infrastructure.cli.policy_diff_text import path_text, print_changes
from infrastructure.cli.policy_schema import schema_text
from infrastructure.cli.policy_text import print_policy, print_schedule
from infrastructure.cli.policy_versions import (
    NamedVersion,
    adoption_named,
    is_id,
    log_if_there,
    refuse_unless_now,
    version_named,
)

app = typer.Typer(no_args_is_help=True, help="Check, show and adopt procurement policies.")

_NOT_ADOPTED = {
    "packaged": "Not adopted in a log: this is the packaged document.",
    "file": "This is the file; it says nothing of what is adopted.",
}


@app.command("check")
def check_files(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="YAML files, or ids of packaged policies.")],
    as_json: AsJson = False,
) -> None:
    """Read policies and amendments without adopting them; every mistake is one line. Exit code 1 when there is one."""
    checked = check(policy_sources(), files)
    if as_json:
        print_json(
            [
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
        )
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
    name: Annotated[str, typer.Argument(metavar="ID|FILE", help="A policy by its id, or a YAML file.")],
    known_at: KnownAt = None,
    position: Position = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Show a policy with the clause of every rule: the version in force in the log, else packaged; or a file."""
    asked = _asked(name, known_at, position)
    shown = _from_log(name, asked, database) if is_id(name) else None
    adopted_one = None if shown is None else PolicyDocument.model_validate(shown.document)
    document = adopted_one or document_of(policy_sources(), name)
    if as_json:
        print_json(_show_json(document, _without_log(name), shown))
        return
    print_policy(document)
    if shown is None:
        typer.echo(f"\n{_NOT_ADOPTED[_without_log(name)]}")
        return
    typer.echo("\nAdopted versions")
    for version in shown.versions:
        typer.echo(f"  {_place(version)}")
    typer.echo(f"As known at {instant_text(shown.known_at)}, position {shown.position}.")


@app.command("schedule")
def show_schedule(
    name: Annotated[str, typer.Argument(metavar="ID|FILE", help="A policy by its id, or a YAML file.")],
    known_at: KnownAt = None,
    position: Position = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Show the planning in order of time: of the version in force in the log, else of the packaged document or file."""
    asked = _asked(name, known_at, position)
    answer = _schedule_from_log(name, asked, database) if is_id(name) else None
    if answer is None:
        document = document_of(policy_sources(), name)
        policy_id, rows = document.id, in_order_of_time(document.planning)
    else:
        policy_id, rows = answer.policy_id, answer.rows
    if as_json:
        echo = {"policy_id": policy_id, "source": _without_log(name)} if answer is None else {"source": "adopted"}
        about = {} if answer is None else answer.model_dump(mode="json", exclude={"rows"})
        print_json({**echo, **about, "rows": [row.model_dump(mode="json") for row in rows]})
        return
    print_schedule(policy_id, rows)
    if answer is None:
        typer.echo(_NOT_ADOPTED[_without_log(name)])
    else:
        known = f"As known at {instant_text(answer.known_at)}, position {answer.position}"
        typer.echo(f"{known}: the version adopted at position {answer.policy_position}.")


_NAMES = "A file, a policy by its id (in force in the log, else packaged), or the version adopted at ID@POSITION."


@app.command()
def diff(
    old: Annotated[str, typer.Argument(metavar="A", help=_NAMES)],
    new: Annotated[str, typer.Argument(metavar="B", help="The same; an amendment of A's policy is laid over A.")],
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Show what changed from A to B, by clause: each part with old and new, rules added and rules removed."""
    with ExitStack() as stack:
        adoptions = [adoption_named(name) for name in (old, new)]
        wanted = any(adoptions) or is_id(old) or is_id(new)
        system = stack.enter_context(log_if_there(database, needed=any(adoptions))) if wanted else None
        before = version_named(old, system)
        after = version_named(new, system, over=before)
    changes = differences(before.document, after.document)
    if as_json:
        print_json({"a": _named_json(before), "b": _named_json(after), "changes": [*map(_change_json, changes)]})
    else:
        print_changes(before.told, after.told, changes)


@app.command()
def schema() -> None:
    """Print the JSON Schema of policy files, for editors that check and complete what you write."""
    print(schema_text(), end="")


@app.command("adopt")
def adopt_policy(
    name: Annotated[str, typer.Argument(metavar="ID|FILE", help="A packaged policy by its id, or a YAML file.")],
    actor: Actor,
    ground: Annotated[Ground | None, typer.Option("--ground", help="Why it changes what was adopted before.")] = None,
    occurred_at: OccurredAt = None,
    reason: Reason = None,
    on_behalf_of: OnBehalfOf = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Adopt a policy document or an amendment into the log; the same document again changes nothing."""
    order = AdoptionOrder(actor, ground, occurred_at, reason, on_behalf_of)
    source = policy_sources().read(name)
    with opened(database) as system:
        answer = adopt(system.policies, source, order)
        if isinstance(answer, Refused):
            raise RefusedError(answer)
        extended = extend_after(system.contracting, answer.version.document)
    if as_json:
        told = {} if extended is None else {"extended": extended.model_dump(mode="json")}
        print_json(_adoption_json(answer) | told)
        return
    done = "adopted at" if answer.is_new else "nothing changed, it was adopted before at"
    typer.echo(f"{answer.version.document.id}: {done} {_place(answer.version)}")
    if extended is not None:
        typer.echo(f"{extended.recorded.get('TermExtended', 0)} contracts extended")
        for failure in extended.failures:
            typer.echo(f"{failure.contract_id}: not extended, a later tick tries again: {failure.message}", err=True)


def _asked(name: str, known_at: date | None, position: int | None) -> Asked:
    asked = Asked(known_at=known_at, position=position)
    if not is_id(name) and asked != Asked():
        raise typer.BadParameter(f"{name} is a file, of which no log knows; ask about an adopted policy by its id.")
    return asked


def _from_log(policy_id: str, asked: Asked, database: str | None) -> PolicyAnswer | None:
    """The policy as known then; none when there is no log or no such policy in it."""
    with log_if_there(database, needed=asked != Asked()) as system:
        if system is None:
            return None
        answer = policy(system.contracting, policy_id, asked)
    if answer.document is None:
        refuse_unless_now(policy_id, asked, answer.known_at, answer.position)
        return None
    return answer


def _schedule_from_log(policy_id: str, asked: Asked, database: str | None) -> ScheduleAnswer | None:
    """The planning as known then; none when there is no log or no such policy in it."""
    with log_if_there(database, needed=asked != Asked()) as system:
        if system is None:
            return None
        answer = schedule(system.contracting, policy_id, asked)
    if answer.policy_position is None:
        refuse_unless_now(policy_id, asked, answer.known_at, answer.position)
        return None
    return answer


def _without_log(name: str) -> str:
    return "packaged" if is_id(name) else "file"


def _place(version: PolicyVersion | PolicyVersionShown) -> str:
    in_force = instant_text(version.in_force_from)
    return f"position {version.position}, in force from {in_force}, sha256 {version.document_sha256}"


def _version_json(version: PolicyVersion | PolicyVersionShown) -> dict[str, Any]:
    return {
        "position": version.position,
        "in_force_from": instant_text(version.in_force_from),
        "document_sha256": version.document_sha256,
    }


def _show_json(document: PolicyDocument, source: str, shown: PolicyAnswer | None) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "policy_id": document.id,
        "source": source if shown is None else "adopted",
        "document_sha256": adopted(document, Ground.PUBLICATION).document_sha256,
        "versions": [] if shown is None else [_version_json(version) for version in shown.versions],
        "document": document.model_dump(mode="json"),
    }
    if shown is not None:
        answer |= {"known_at": instant_text(shown.known_at), "position": shown.position}
    return answer


def _named_json(named: NamedVersion) -> dict[str, Any]:
    return {
        "name": named.name,
        "policy_id": named.document.id,
        "source": named.source,
        "position": named.position,
        "laid_over": named.laid_over,
        "document_sha256": adopted(named.document, Ground.PUBLICATION).document_sha256,
    }


def _change_json(change: Change) -> dict[str, Any]:
    return {"path_text": path_text(change.path), "is_rule": change.is_rule, **change.model_dump(mode="json")}


def _adoption_json(adoption: Adoption) -> dict[str, Any]:
    return {"policy_id": adoption.version.document.id, "is_new": adoption.is_new, **_version_json(adoption.version)}

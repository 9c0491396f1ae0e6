"""``contractspoor evidence``: supply a file, read it back, and hold the store against the log."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from application.evidence import Reader as EvidenceReader
from application.evidence import check_evidence, left_unfinished, read_evidence, supply_evidence, unreferenced
from application.order import Order
from application.ports import StoredFile
from domain.calendar import instant_text, local_text
from infrastructure.cli.asked_about import check_governed
from infrastructure.cli.console import print_json
from infrastructure.cli.errors import FAILED, WRONG_USE, fail
from infrastructure.cli.options import (
    Actor,
    AsJson,
    CommandId,
    Contract,
    Database,
    OccurredAt,
    OnBehalfOf,
    Reader,
    Reason,
    opened,
)

CHUNK = 1 << 20

app = typer.Typer(no_args_is_help=True, help="Supply files of evidence, read them back, and check that all are there.")


@app.command()
def upload(
    contract_id: Contract,
    factor: Annotated[str, typer.Argument(metavar="FACTOR", help="What it proves: a factor of the policy, as kngf.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A PDF, PNG, JPEG or DOCX; its name is not kept.")],
    actor: Actor,
    on_behalf_of: OnBehalfOf = None,
    sha256: Annotated[
        str | None,
        typer.Option("--sha256", metavar="HEX", help="Its SHA-256 as the sender names it; another file is refused."),
    ] = None,
    reason: Reason = None,
    occurred_at: OccurredAt = None,
    command_id: CommandId = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Supply a file as evidence: it is checked and stored, and that it was supplied is recorded.

    What it is, is told by its content. The same file again changes nothing.
    """
    with file.open("rb") as content, opened(database) as system:
        name = command_id or f"cli/UploadEvidence/{instant_text(system.clock.now())}"
        order = Order(actor, name, on_behalf_of=on_behalf_of, reason=reason, occurred_at=occurred_at)
        check_governed(system, contract_id)
        parts = _parts(content)
        found = supply_evidence(system.contracting, system.evidence, contract_id, factor, parts, order, claimed=sha256)
    if as_json:
        told = {"contract_id": str(contract_id), "evidence_id": found.evidence_id, **found.file._asdict()}
        facts = [{"fact": each.stored_name, **each.model_dump(mode="json")} for each in found.answer.facts]
        print_json({**told, "command_id": name, "repeated": found.answer.repeated, "facts": facts})
        return
    again = "" if found.answer.facts and not found.answer.repeated else "; it was supplied before, nothing was recorded"
    typer.echo(
        f"{found.evidence_id}: {found.file.media_type}, {found.file.size} bytes, SHA-256 {found.file.sha256}{again}"
    )


@app.command()
def download(
    contract_id: Contract,
    evidence_id: Annotated[str, typer.Argument(metavar="EVIDENCE", help="Its id, such as kngf-1.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where it is written.")],
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
    reader: Reader = None,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """Read a file of evidence, as the contract's purchaser: verified, and written into the access log first."""
    if file.exists() and not force:
        fail(f"{file} exists; name another file, or write over it with --force", WRONG_USE)
    unfinished = file.with_name(f"{file.name}.part")
    with opened(database) as system, unfinished.open("wb") as written:
        by = EvidenceReader(reader or system.reader, purchaser=contract_id.purchaser)
        try:
            check_governed(system, contract_id)
            found = read_evidence(system.contracting, system.evidence, system.access, contract_id, evidence_id, by)
            with found.content:
                written.writelines(_parts(found.content))
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)
    if as_json:
        print_json({"evidence_id": evidence_id, "factor": found.factor, **found.file._asdict()})
    else:
        typer.echo(f"{file}: {found.file.media_type}, {found.file.size} bytes, SHA-256 {found.file.sha256}")


@app.command()
def check(database: Database = None, as_json: AsJson = False) -> None:
    """Hold the store against the log: which files are missing, which damaged, which ones does nothing name.

    Reads every file that the log names. Exit code 1 when one is missing or damaged.
    """
    with opened(database) as system:
        found = check_evidence(system.contracting, system.evidence, system.clock.now())
    wrong = found.missing or found.damaged
    if as_json:
        print_json(
            {
                "named": found.named,
                "missing": [each._asdict() for each in found.missing],
                "damaged": [each._asdict() for each in found.damaged],
                "unreferenced": [_json(each) for each in found.unreferenced],
            }
        )
    else:
        for word, files in (("missing", found.missing), ("damaged", found.damaged)):
            for each in files:
                typer.echo(f"{word}: {each.sha256}, which {each.event_id} names")
        _print_unreferenced(found.unreferenced)
        whole = found.named - len(found.missing) - len(found.damaged)
        typer.echo(f"{whole} of {found.named} files that the log names are there and whole.")
    if wrong:
        raise typer.Exit(FAILED)


@app.command()
def sweep(
    remove: Annotated[bool, typer.Option("--remove", help="Remove them; left out, they are listed.")] = False,
    database: Database = None,
    as_json: AsJson = False,
) -> None:
    """List the files that no fact names and that came in more than a day ago, or remove them.

    Such files stay behind when their supply was refused, or a write was cut off: what that left is found too.
    """
    with opened(database) as system:
        found = unreferenced(system.contracting, system.evidence, system.clock.now())
        unfinished = left_unfinished(system.evidence, system.clock.now())
        removed = [each.sha256 for each in found if remove and system.evidence.remove(each)]
        for each in unfinished if remove else ():
            system.evidence.discard(each)
            removed.append(each.name)
    if as_json:
        cut_off = [{**each._asdict(), "written_at": instant_text(each.written_at)} for each in unfinished]
        print_json({"unreferenced": [_json(each) for each in found], "unfinished": cut_off, "removed": removed})
        return
    _print_unreferenced(found)
    for each in unfinished:
        typer.echo(f"unfinished: {each.name}, {each.size} bytes, since {local_text(each.written_at)}")
    typer.echo(f"{len(found)} files that nothing names, {len(unfinished)} unfinished; {len(removed)} removed.")


def _print_unreferenced(files: tuple[StoredFile, ...]) -> None:
    for each in files:
        typer.echo(f"unreferenced: {each.sha256}, {each.size} bytes, since {local_text(each.stored_at)}")


def _json(file: StoredFile) -> dict[str, object]:
    return {**file._asdict(), "stored_at": instant_text(file.stored_at)}


def _parts(file: BinaryIO) -> Iterator[bytes]:
    while part := file.read(CHUNK):
        yield part
